"""More for an entry never lowers its score, more against never raises it, whatever else is known."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elchi.lists import Entry
from elchi.names import Comparison
from elchi.screening.evidence import KeyMeeting, ListedName, NameMeeting, ceiling, weigh
from elchi.screening.finding import Weighs
from elchi.screening.keys import Key, KeyIndex, KeyKind, build_key_sections, confirm, entry_keys, subject_keys
from elchi.subjects import Document, Organisation, PartialDate, Person, Sex, Vehicle

ordered = settings(max_examples=150, deadline=None)  # the first comparison reads the tables of names
YEARS = st.integers(1950, 1955)
DATES = st.builds(PartialDate, YEARS) | st.builds(PartialDate, YEARS, st.integers(1, 4), st.integers(1, 4))
STATES = ("KGZ", "UZB", "SUN", "D", "XXA")
COUNTRIES = ("kg", "uz", "su", "de", "somewhere")
PLACES = ("Osh", "Ош, Кыргызстан", "Naryn region", "Kyrgyzstan")
SCORES = st.integers(0, 10_000).map(lambda score: score / 10_000)

people = st.builds(
    Person,
    name=st.just("x"),
    birth_date=st.none() | DATES,
    sex=st.none() | st.sampled_from(Sex),
    nationality=st.sampled_from(("", *STATES)),
    birth_place=st.sampled_from(("", *PLACES)),
)
bodies = st.builds(Organisation, name=st.just("x"), country=st.sampled_from(("", *STATES)))
values = {
    "birthDate": DATES.map(str),
    "gender": st.sampled_from(("male", "female", "other")),
    "nationality": st.sampled_from(COUNTRIES),
    "country": st.sampled_from(COUNTRIES),
    "birthCountry": st.sampled_from(COUNTRIES),
    "birthPlace": st.sampled_from(PLACES),
}
properties = st.fixed_dictionaries(
    {}, optional={name: st.lists(value, min_size=1, max_size=3).map(tuple) for name, value in values.items()}
)
schemata = st.sampled_from(("Person", "LegalEntity", "Company", "Passport"))
names = st.builds(
    lambda score, weak: NameMeeting("x", ListedName("y", weak), Comparison(score, ())), SCORES, st.booleans()
)
perhaps = st.none() | names


@st.composite
def met_keys(draw: st.DrawFn) -> list[KeyMeeting]:
    meetings = []
    for kind in draw(st.lists(st.sampled_from(KeyKind), max_size=3)):
        value = draw(st.sampled_from(("12345", "123456789", "12345678901234")))
        given_by = st.sampled_from(("", "kg", "uz"))
        listed = draw(st.sampled_from([other for other in KeyKind if Key(other, "1").meets(Key(kind, "1"))]))
        meetings.append(KeyMeeting(Key(kind, value, draw(given_by)), Key(listed, value, draw(given_by))))
    return meetings


@st.composite
def cases(
    draw: st.DrawFn,
    subjects: st.SearchStrategy[Person | Organisation] = people | bodies,
    met: st.SearchStrategy[NameMeeting | None] = perhaps,
) -> tuple[Person | Organisation, Entry, NameMeeting | None, list[KeyMeeting]]:
    entry = Entry("e-1", draw(schemata), draw(properties))
    return draw(subjects), entry, draw(met), draw(met_keys())


def without(subject: Person | Organisation, code: str) -> Person | Organisation:
    """Take away what the subject says of one circumstance."""
    unknown: dict[str, dict[str, Any]] = {
        "birth_date": {"birth_date": None},
        "sex": {"sex": None},
        "nationality": {"country": ""} if isinstance(subject, Organisation) else {"nationality": ""},
        "birth_place": {"birth_place": ""},
    }
    return dataclasses.replace(subject, **next(fields for name, fields in unknown.items() if code.startswith(name)))


@ordered
@given(cases())
def test_scores_are_bounded_and_the_same_again(case: tuple[Any, ...]) -> None:
    score, reasons = weigh(*case)
    assert 0 <= score <= 1
    assert score == round(score, 4)
    assert repr((score, reasons)) == repr(weigh(*case))


@ordered
@given(cases())
def test_taking_a_circumstance_away_moves_the_score_as_its_reason_says(case: tuple[Any, ...]) -> None:
    subject, entry, name, keys = case
    score, reasons = weigh(*case)
    circumstances = ("birth_date", "sex", "nationality", "birth_place")
    for reason in reasons:
        if reason.code.startswith(circumstances):
            other, _ = weigh(without(subject, reason.code), entry, name, keys)
            order = {Weighs.FOR: other <= score, Weighs.AGAINST: other >= score, Weighs.NEUTRAL: other == score}
            assert order[reason.weighs], (reason, score, other)


@ordered
@given(cases())
def test_taking_a_mark_away_never_raises_the_score(case: tuple[Any, ...]) -> None:
    subject, entry, name, keys = case
    score, _ = weigh(*case)
    for at in range(len(keys)):
        assert weigh(subject, entry, name, keys[:at] + keys[at + 1 :])[0] <= score


@ordered
@given(cases())
def test_not_knowing_the_state_never_lowers_what_two_states_give(case: tuple[Any, ...]) -> None:
    subject, entry, name, keys = case
    unknown = [KeyMeeting(asked, dataclasses.replace(listed, country="")) for asked, listed in keys]
    assume(all(asked.country != listed.country for asked, listed in keys))
    assert weigh(subject, entry, name, unknown)[0] >= weigh(*case)[0]


@ordered
@given(cases(met=names), SCORES)
def test_a_better_name_never_lowers_the_score(case: tuple[Any, ...], other: float) -> None:
    subject, entry, name, keys = case
    worse, better = (
        name._replace(comparison=Comparison(score, ())) for score in sorted((name.comparison.score, other))
    )
    assert weigh(subject, entry, better, keys)[0] >= weigh(subject, entry, worse, keys)[0]


@ordered
@given(cases(met=names))
def test_a_strong_name_is_not_worth_less_for_being_strong(case: tuple[Any, ...]) -> None:
    subject, entry, name, keys = case
    strong, weak = (name._replace(listed=ListedName("y", is_weak)) for is_weak in (False, True))
    assert weigh(subject, entry, strong, keys)[0] >= weigh(subject, entry, weak, keys)[0]


@ordered
@given(cases(), st.lists(DATES.map(str), min_size=2, max_size=3))
def test_more_dates_of_an_entry_never_lower_the_score(case: tuple[Any, ...], dates: list[str]) -> None:
    """Lists give several birth dates where they are not sure; a further one can only agree better."""
    subject, entry, name, keys = case
    fewer, more = (
        Entry(entry.id, entry.schema, {**entry.properties, "birthDate": tuple(some)}) for some in (dates[:-1], dates)
    )
    assert weigh(subject, fewer, name, keys)[0] <= weigh(subject, more, name, keys)[0]


@ordered
@given(cases(met=names))
def test_no_entry_reaches_above_the_ceiling_of_its_name(case: tuple[Any, ...]) -> None:
    subject, entry, name, _ = case
    assert weigh(subject, entry, name, ())[0] <= ceiling(subject, name.score)


@ordered
@given(DATES, st.integers(9_000, 10_000), st.sampled_from(("KGZ", "UZB", "D")))
def test_name_birth_date_and_nationality_are_nearly_certain(date: PartialDate, name: int, state: str) -> None:
    assume(date.day is not None and (date.month, date.day) != (1, 1))
    subject = Person(name="x", birth_date=date, nationality=state)
    entry = Entry("e-1", "Person", {"birthDate": (str(date),), "nationality": (state,)})
    meeting = NameMeeting("x", ListedName("y"), Comparison(name / 10_000, ()))
    assert weigh(subject, entry, meeting, ())[0] >= 0.93


@ordered
@given(cases(subjects=people), st.integers(3, 60))
def test_no_name_survives_another_birth_year(case: tuple[Any, ...], years: int) -> None:
    subject, entry, name, _ = case
    born = dataclasses.replace(subject, birth_date=PartialDate(1990, 6, 15))
    other = Entry(entry.id, entry.schema, {**entry.properties, "birthDate": (f"{1990 - years}-06-15",)})
    assert weigh(born, other, name, ())[0] < 0.60


marks = st.text("ABKХ019 -/№().,;", max_size=20)


@ordered
@given(st.lists(marks, max_size=5), st.lists(marks, max_size=5))
def test_the_index_finds_what_a_search_through_all_entries_finds(asked: list[str], listed: list[str]) -> None:
    entries = [Entry(f"e-{at}", "Person", {"idNumber": (text,)}) for at, text in enumerate(listed)]
    index = KeyIndex(build_key_sections((at, entry_keys(entry)) for at, entry in enumerate(entries)))
    for text in asked:
        for key in subject_keys(Document(document_number=text)) if text.strip() else ():
            slow = [at for at, entry in enumerate(entries) if any(own.meets(key) for own in entry_keys(entry))]
            assert index.find(key) == slow
            assert index.find_many([key]) == [slow]
            assert [at for at in index.find(key) if confirm(key, entries[at])] == slow


@ordered
@given(st.text(max_size=80))
def test_no_text_breaks_a_key_and_what_is_typed_meets_itself(text: str) -> None:
    assume(text.strip())
    subject = Vehicle(plate=text, vin=text, container_number=text)
    person = Person(documents=(Document(document_number=text),), national_id=text, phones=(text,), emails=(text,))
    keys = (*subject_keys(subject), *subject_keys(person))
    sections = build_key_sections([(0, keys)])
    assert all(KeyIndex(sections).find(key) == [0] for key in keys)
    entry_keys(Entry("e-1", "Person", {"passportNumber": (text,), "phone": (text,), "email": (text,)}))
    entry_keys(Entry("e-2", "Vehicle", {"registrationNumber": (text,), "vin": (text,)}))


@ordered
@given(st.from_regex(r"[A-Z]{2}[0-9]{7}", fullmatch=True), st.sampled_from(("", "-", " ", " № ")))
def test_a_listed_number_is_found_under_another_spelling(number: str, between: str) -> None:
    listed = Entry("e-1", "Person", {"passportNumber": (number,)})
    (key, *_) = subject_keys(Document(document_number=f"{number[:2].lower()}{between}{number[2:]}"))
    found = confirm(key, listed)
    assert found is not None
    assert found.text == number
