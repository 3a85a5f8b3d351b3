import datetime as dt

from elchi.documents import Repair, read_mrz, suggest_repairs

TODAY = dt.date(2026, 3, 1)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"


def swapped(text: str, *changes: tuple[int, str]) -> str:
    chars = list(text)
    for at, char in changes:
        chars[at] = char
    return "".join(chars)


def test_a_zone_without_faults_gets_no_suggestion() -> None:
    assert suggest_repairs(read_mrz(TD3, today=TODAY)) == ()


def test_letters_among_digits_and_digits_among_letters_are_told() -> None:
    read = read_mrz(swapped(TD2, (9, "5"), (45, "7"), (51, "O"), (52, "B"), (71, "G")), today=TODAY)
    (best, *_) = suggest_repairs(read)
    assert best.repairs == (
        Repair("names", 1, 9, "5", "S", "letter_expected"),
        Repair("birth_date", 2, 15, "O", "0", "digit_expected"),
        Repair("birth_date", 2, 16, "B", "8", "digit_expected"),
        Repair("composite", 2, 35, "G", "6", "digit_expected"),
    )
    assert "".join(best.lines) == TD2
    assert best.check_digits_valid


def test_reading_does_not_repair() -> None:
    misread = swapped(TD3, (45, "B"))
    mrz = read_mrz(misread, today=TODAY)
    assert "".join(mrz.lines) == misread
    assert mrz.document_number == "LB98902C3"


def test_every_look_alike_that_mends_the_check_digit_is_a_suggestion() -> None:
    suggestions = suggest_repairs(read_mrz(swapped(TD3, (45, "B")), today=TODAY))
    assert [
        [(repair.field, repair.position, repair.found, repair.suggested, repair.reason) for repair in one.repairs]
        for one in suggestions
    ] == [
        [("document_number", 1, "B", "8", "check_digit")],
        [("document_number", 3, "8", "B", "check_digit")],
        [("document_number", 6, "2", "Z", "check_digit")],
    ]
    assert all(one.check_digits_valid for one in suggestions)
    assert "".join(suggestions[0].lines) == TD3


def test_a_fault_that_no_look_alike_explains_gets_no_suggestion() -> None:
    assert suggest_repairs(read_mrz(swapped(TD3, (57, "9")), today=TODAY)) == ()


def test_at_most_eight_suggestions_are_made_of_a_zone_full_of_look_alikes() -> None:
    text = "IDUTO000000000" + "1" + "0" * 15 + "0000001F0000001UTO" + "0" * 11 + "1" + "A<<B".ljust(30, "<")
    assert len(suggest_repairs(read_mrz(text, today=TODAY))) <= 8
