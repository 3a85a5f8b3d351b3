from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from elchi.lists import Entry
from elchi.names import Comparison, Rule, TokenReason
from elchi.screening.evidence import KeyMeeting, ListedName, NameMeeting, listed_names, meet_name, weigh
from elchi.screening.finding import Reason, Thresholds
from elchi.screening.keys import Key, KeyKind, confirm, subject_keys
from elchi.subjects import Document, Organisation, PartialDate, Person, Sex, Subject, Vehicle

NAME = "Нурлан Абдыкадыров"
LISTED = "ABDYKADYROV, Nurlan"
HALF = "Aibek Abdykadyrov"
OTHER = "Zhang Wei"
REVIEW, STOP = Thresholds().review, Thresholds().stop


def entry(schema: str = "Person", **properties: str | Sequence[str]) -> Entry:
    values = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in properties.items()}
    return Entry("e-1", schema, values)


def traveller(**fields: Any) -> Person:
    if "birth_date" in fields:
        fields["birth_date"] = PartialDate.parse(fields["birth_date"])
    return Person(**{"name": NAME, **fields})


def agreement(name: str) -> Comparison:
    """What NAME compared with a listed one gives, fixed here so that tuning names moves no test of evidence."""
    score = {LISTED: 1.0, HALF: 0.3, OTHER: 0.0}[name]
    return Comparison(score, (TokenReason(Rule.SOUND if score else None, "нурлан", "nurlan" if score else "", score),))


def met(subject: Subject, listed: Entry) -> tuple[float, tuple[Reason, ...]]:
    """Weigh as the screener does: the best name and every confirmed key."""
    keys = [KeyMeeting(key, own) for key in subject_keys(subject) if (own := confirm(key, listed))]
    named = getattr(subject, "name", "") == NAME
    names = [NameMeeting(NAME, name, agreement(name.text)) for name in listed_names(listed) if named]
    return weigh(subject, listed, max(names, key=lambda name: name.score, default=None), keys)


def score(subject: Subject, listed: Entry) -> float:
    return met(subject, listed)[0]


def codes(subject: Subject, listed: Entry) -> list[tuple[str, str]]:
    return [(reason.code, str(reason.weighs)) for reason in met(subject, listed)[1]]


def last_reason(subject: Subject, listed: Entry) -> dict[str, Any]:
    return met(subject, listed)[1][-1].as_dict()


# Names


def test_the_agreement_fixed_here_has_the_order_of_the_real_one() -> None:
    real = [meeting.score for name in (LISTED, HALF, OTHER) if (meeting := meet_name(traveller(), entry(name=name)))]
    assert real == sorted(real, reverse=True)
    assert real[0] > real[1] > real[2] == 0


def test_a_name_alone_is_reviewed_and_never_stops() -> None:
    assert score(traveller(), entry(name=LISTED)) == 0.84
    assert codes(traveller(), entry(name=LISTED)) == [("name_sound", "for")]


def test_the_best_of_several_names_counts() -> None:
    listed = entry(name="Somebody Else", alias=("Nurlan Kadyrov", LISTED), previousName="Nurlan A.")
    best, only = meet_name(traveller(), listed), meet_name(traveller(), entry(name=LISTED))
    assert best == only
    assert best is not None


def test_a_weak_alias_counts_less_and_says_so() -> None:
    weak, strong = entry(name=OTHER, weakAlias=LISTED), entry(name=OTHER, alias=LISTED)
    assert (score(traveller(), weak), score(traveller(), strong)) == (0.756, 0.84)
    assert last_reason(traveller(), weak) == {"code": "weak_alias", "weighs": "against", "listed": LISTED}


def test_reasons_name_the_words_that_met_and_those_that_did_not() -> None:
    subject, listed = Person(name="Nurlan Asanov Bek"), entry(name="Nurlan Asanov Omar")
    reasons = [reason.as_dict() for reason in weigh(subject, listed, meet_name(subject, listed), ())[1]]
    assert sorted((reason["code"], reason.get("asked"), reason.get("listed")) for reason in reasons[:2]) == [
        ("name_same", "asanov", "asanov"),
        ("name_same", "nurlan", "nurlan"),
    ]
    assert reasons[2:] == [
        {"code": "name_missing", "weighs": "against", "asked": "bek"},
        {"code": "name_extra", "weighs": "against", "listed": "omar"},
    ]


def test_the_parts_of_a_name_stand_in_where_there_is_no_whole_one() -> None:
    assert listed_names(entry(firstName="Nurlan", lastName="Abdykadyrov")) == (ListedName("Nurlan Abdykadyrov"),)
    assert listed_names(entry(firstName="Nurlan", name=LISTED)) == (ListedName(LISTED),)


@pytest.mark.parametrize(
    ("subject", "listed"),
    [
        (Vehicle(plate="01123ABC"), entry(name=LISTED)),
        (Document(document_number="AB1234567"), entry(name=LISTED)),
        (traveller(), entry("Passport", number="AB1234567")),
        (Person(national_id="20101199012345"), entry(name=LISTED)),
    ],
)
def test_there_is_no_name_to_compare_where_one_has_none(subject: Subject, listed: Entry) -> None:
    assert meet_name(subject, listed) is None
    assert weigh(subject, listed, None, ()) == (0.0, ())


def test_names_that_have_nothing_in_common_give_nothing() -> None:
    listed = entry(name=OTHER, birthDate="1990-06-15", gender="male", nationality="kg")
    subject = traveller(birth_date="1990-06-15", sex=Sex.MALE, nationality="KGZ")
    assert score(subject, listed) == 0.0


# Birth dates


@pytest.mark.parametrize(
    ("asked", "listed", "code", "weighs"),
    [
        ("1990-06-15", "1990-06-15", "birth_date_same", "for"),
        ("1990-06-05", "1990-05-06", "birth_date_swapped", "for"),
        ("1990-06-15", "1990-06-16", "birth_date_near", "for"),
        ("1990-06-15", "1990-06-25", "birth_date_near", "for"),
        ("1990-06-15", "1990-07-15", "birth_date_near", "for"),
        ("1990-06-15", "1991-06-15", "birth_date_near", "for"),
        ("1990-06-15", "1992-06-15", "birth_date_differs", "against"),
        ("1990-06-15", "1990-07-16", "birth_date_differs", "against"),
        ("1990-06-15", "1990", "birth_date_year", "for"),
        ("1990", "1990-06-15", "birth_date_year", "for"),
        ("1990-06", "1990-06-15", "birth_date_year", "for"),
        ("1990-06", "1990-07-15", "birth_date_differs", "against"),
        ("1990", "1990", "birth_date_year", "for"),
        ("1990-06-15", "1990-01-01", "birth_date_placeholder", "for"),
        ("1990-01-01", "1990-06-15", "birth_date_placeholder", "for"),
        ("1990-01-01", "1990-01-01", "birth_date_placeholder", "for"),
        ("1990-01-01", "1990", "birth_date_placeholder", "for"),
        ("1990-01-01", "1991-01-01", "birth_date_differs", "against"),
        ("1990-01-02", "1991-01-01", "birth_date_differs", "against"),
    ],
)
def test_birth_dates_agree_or_differ(asked: str, listed: str, code: str, weighs: str) -> None:
    reason = last_reason(traveller(birth_date=asked), entry(name=LISTED, birthDate=listed))
    assert reason == {"code": code, "weighs": weighs, "asked": asked, "listed": listed}


def test_birth_dates_rank_by_how_well_they_agree() -> None:
    listed = ["1990-06-05", "1990-05-06", "1990-06-06", "1990", "", "1990-07-16", "1992-08-20", "1993-08-20"]
    listed += ["2000-08-20", "2010-08-20"]
    scores = [score(traveller(birth_date="1990-06-05"), entry(name=LISTED, birthDate=date)) for date in listed]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_the_best_of_several_birth_dates_counts() -> None:
    subject = traveller(birth_date="1990-06-15")
    listed = entry(name=LISTED, birthDate=("1950", "1990-06-15", "1991", "no date at all"))
    assert score(subject, listed) == score(subject, entry(name=LISTED, birthDate="1990-06-15"))
    apart = entry(name=LISTED, birthDate=("1950", "1988"))
    assert last_reason(subject, apart)["listed"] == "1988"


def test_a_birth_date_that_cannot_be_read_says_nothing() -> None:
    assert score(traveller(birth_date="1990-06-15"), entry(name=LISTED, birthDate="in the fifties")) == 0.84


def test_the_same_name_and_birth_date_stop() -> None:
    assert score(traveller(birth_date="1990-06-15"), entry(name=LISTED, birthDate="1990-06-15")) > STOP


def test_another_birth_year_clears_a_name_whatever_else_agrees() -> None:
    subject = traveller(birth_date="1990-06-15", sex=Sex.MALE, nationality="KGZ", birth_place="Osh")
    listed = entry(name=LISTED, birthDate="1993-06-15", gender="male", nationality="kg", birthPlace="Osh, Kyrgyzstan")
    assert 0 < score(subject, listed) < REVIEW


# Sex, nationality, place of birth


@pytest.mark.parametrize(
    ("asked", "listed", "code"),
    [
        (Sex.MALE, "male", "sex_same"),
        (Sex.FEMALE, "female", "sex_same"),
        (Sex.FEMALE, ("male", "female"), "sex_same"),
        (Sex.FEMALE, "male", "sex_differs"),
        (Sex.UNSPECIFIED, "male", "name_sound"),
        (Sex.FEMALE, "other", "name_sound"),
        (None, "male", "name_sound"),
    ],
)
def test_sex(asked: Sex | None, listed: str | tuple[str, ...], code: str) -> None:
    assert last_reason(traveller(sex=asked), entry(name=LISTED, gender=listed))["code"] == code


@pytest.mark.parametrize(
    ("asked", "properties", "code"),
    [
        ("KGZ", {"nationality": "kg"}, "nationality_same"),
        ("D", {"citizenship": "de"}, "nationality_same"),
        ("KGZ", {"nationality": ("ru", "kg")}, "nationality_same"),
        ("KGZ", {"nationality": "Kyrgyzstan"}, "nationality_same"),
        ("KGZ", {"nationality": "ru", "country": "kg"}, "nationality_same"),
        ("KGZ", {"nationality": "ru"}, "nationality_differs"),
        ("KGZ", {"country": "ru"}, ""),  # merely connected with it
        ("KGZ", {"nationality": "ru", "birthCountry": "kg"}, ""),  # may have kept or lost either
        ("KGZ", {"nationality": "su"}, ""),
        ("SUN", {"nationality": "kg"}, ""),
        ("AFG", {"nationality": "su"}, "nationality_differs"),
        ("KGZ", {"nationality": "somewhere"}, ""),
        ("KGZ", {"nationality": ("somewhere", "ru")}, ""),
        ("XXA", {"nationality": "kg"}, ""),
        ("", {"nationality": "kg"}, ""),
    ],
)
def test_nationality(asked: str, properties: dict[str, str], code: str) -> None:
    reason = last_reason(traveller(nationality=asked), entry(name=LISTED, **properties))
    assert reason["code"] == (code or "name_sound")


def test_nationality_shows_both_as_written() -> None:
    reason = last_reason(traveller(nationality="KGZ"), entry(name=LISTED, nationality=("ru", "Iran")))
    assert reason == {"code": "nationality_differs", "weighs": "against", "asked": "KGZ", "listed": "ru, Iran"}


@pytest.mark.parametrize(
    ("asked", "listed", "code"),
    [
        ("Ташкент", "Tashkent, Uzbekistan", "birth_place_same"),
        ("Osh region", "Osh, Kyrgyzstan", "birth_place_same"),
        ("Osh", ("Naryn", "Osh region"), "birth_place_same"),
        ("Osh region", "Naryn region", "birth_place_differs"),
        ("Uzbekistan", "Tashkent, Uzbekistan", ""),  # no more than the nationality
        ("Tashkent", "Uzbekistan", ""),
        ("", "Osh", ""),
    ],
)
def test_birth_place(asked: str, listed: str, code: str) -> None:
    reason = last_reason(traveller(birth_place=asked), entry(name=LISTED, birthPlace=listed))
    assert reason["code"] == (code or "name_sound")


def test_another_birth_place_is_told_and_does_not_weigh() -> None:
    subject, listed = traveller(birth_place="Osh"), entry(name=LISTED, birthPlace="Naryn")
    assert last_reason(subject, listed)["weighs"] == "neutral"
    assert score(subject, listed) == 0.84


def test_differences_rank_by_what_they_tell() -> None:
    told = {"nationality": "ru", "gender": "female", "birthDate": "1960-02-03"}
    subject = traveller(nationality="KGZ", sex=Sex.MALE, birth_date="1990-06-15")
    scores = [0.84] + [score(subject, entry(name=LISTED, **{name: value})) for name, value in told.items()]
    scores.append(score(subject, entry(name=LISTED, **told)))
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize(
    ("subject", "schema", "expected"),
    [
        (traveller(), "Person", 0.84),
        (traveller(), "LegalEntity", 0.84),
        (traveller(), "Organization", 0.504),
        (traveller(), "Vessel", 0.504),
        (Organisation(name=NAME), "Company", 0.84),
        (Organisation(name=NAME), "Person", 0.504),
    ],
)
def test_a_person_is_no_ship(subject: Subject, schema: str, expected: float) -> None:
    assert score(subject, entry(schema, name=LISTED)) == expected


# Marks


def holding(number: str = "AC1234567", issuer: str = "KGZ", **fields: Any) -> Person:
    return traveller(documents=(Document(document_number=number, issuer=issuer),), **fields)


@pytest.mark.parametrize(
    ("subject", "listed", "expected"),
    [
        (
            Document(document_number="AC1234567", issuer="KGZ"),
            entry("Passport", number="AC1234567", country="kg"),
            0.97,
        ),
        (Document(document_number="AC1234567", issuer="KGZ"), entry("Passport", number="AC1234567"), 0.93),
        (Document(document_number="AC1234567"), entry("Passport", number="AC1234567", country="kg"), 0.93),
        (Document(document_number="AC1234567", issuer="KGZ"), entry("Passport", number="AC1234567", country="ir"), 0.6),
        (Document(document_number="AC1234567", issuer="KGZ"), entry(idNumber="AC1234567"), 0.93),
        (Document(document_number="304555"), entry(passportNumber="304555"), 0.6),
        (Document(document_number="9701245904"), entry("Company", innCode="9701245904"), 0.6),
        (
            Vehicle(plate="01 KG 123 ABC", plate_country="KGZ"),
            entry("Vehicle", registrationNumber="01123ABC", country="kg"),
            0.93,
        ),
        (Vehicle(plate="01 KG 123 ABC"), entry("Vehicle", registrationNumber="01123ABC"), 0.9),
        (
            Vehicle(plate="01123ABC", plate_country="UZB"),
            entry("Vehicle", registrationNumber="01123ABC", country="kg"),
            0.6,
        ),
        (Vehicle(vin="1M8GDM9AXKP042788"), entry("Vehicle", vin="1M8GDM9AXKP042788"), 0.97),
        (Vehicle(container_number="CSQU3054383"), entry("Vehicle", registrationNumber="CSQU3054383"), 0.97),
        (Person(national_id="20101199012345"), entry(idNumber="20101199012345"), 0.97),
        (Person(phones=("+996555123456",)), entry(phone="996 555 123456"), 0.8),
        (Person(emails=("n@example.org",)), entry(email="N@Example.org"), 0.8),
    ],
)
def test_a_mark_alone(subject: Subject, listed: Entry, expected: float) -> None:
    assert score(subject, listed) == expected


def test_a_mark_says_its_kind_texts_and_issuer() -> None:
    listed = entry("Identification", number="ac 1234567", country="kg")
    assert last_reason(Document(document_number="AC-1234567", issuer="KGZ"), listed) == {
        "code": "key_same",
        "weighs": "for",
        "kind": "document_number",
        "listed_kind": "national_id",
        "asked": "AC-1234567",
        "listed": "ac 1234567",
        "issuer": "kg",
    }


def test_a_mark_says_what_makes_it_doubtful() -> None:
    listed = entry("Passport", number="304555", country="ir")
    assert codes(Document(document_number="304555", issuer="KGZ"), listed) == [
        ("key_same", "for"),
        ("issuer_differs", "against"),
        ("key_short", "against"),
    ]


def test_spellings_of_one_number_count_once() -> None:
    listed = entry(passportNumber="AC1234567", idNumber="AC 1234567 (Kyrgyzstan)")
    subject = Person(
        national_id="AC1234567",
        documents=(Document(document_number="AC1234567", issuer="KGZ"), Document(document_number="AC-123-4567")),
    )
    assert met(subject, listed)[0] == 0.97
    assert codes(subject, listed) == [("key_same", "for")]


def test_marks_of_two_kinds_count_both() -> None:
    listed = entry(passportNumber="AC1234567", phone="+996555123456")
    both = Person(documents=(Document(document_number="AC1234567"),), phones=("+996555123456",))
    assert score(both, listed) == 0.986


def test_a_name_lifts_a_mark_and_another_name_lowers_it_a_little() -> None:
    same, none, other = (
        score(holding(), entry(passportNumber="AC1234567", **names))
        for names in ({"name": LISTED}, {}, {"name": OTHER})
    )
    assert (same, none, other) == (0.9888, 0.93, 0.8835)


def test_half_a_name_is_told_word_by_word_unless_a_mark_met() -> None:
    half, marked = entry(name=HALF), entry(name=HALF, passportNumber="AC1234567")
    assert [code for code, _ in codes(holding(), half)] == ["name_sound"]
    assert [code for code, _ in codes(holding(), marked)] == ["key_same", "name_differs"]


def test_a_listed_passport_under_another_name_stops() -> None:
    subject = holding(birth_date="1990-06-15", sex=Sex.MALE, nationality="KGZ")
    stolen = entry("Passport", number="AC1234567", country="kg")
    assert score(subject, stolen) == 0.97
    lent = entry(idNumber="AC1234567 (Kyrgyzstan)", name=OTHER, birthDate="1950", gender="female", nationality="cn")
    assert score(subject, lent) > STOP
    assert codes(subject, lent) == [
        ("key_same", "for"),
        ("name_differs", "against"),
        ("birth_date_differs", "against"),
        ("sex_differs", "against"),
        ("nationality_differs", "against"),
    ]


def test_a_number_of_an_unknown_state_is_reviewed_when_name_and_birth_date_differ() -> None:
    subject = holding(birth_date="1990-06-15")
    other = {"name": OTHER, "birthDate": "1950"}
    one_differs = [score(subject, entry(passportNumber="AC1234567", **{key: other[key]})) for key in other]
    assert [value > STOP for value in one_differs] == [True, True]
    assert REVIEW < score(subject, entry(passportNumber="AC1234567", **other)) < STOP


def test_a_number_of_another_state_under_another_name_is_chance() -> None:
    listed = entry(passportNumber="AC1234567 (Iran)", name=OTHER)
    assert score(holding(), listed) < REVIEW


def test_a_mark_outweighs_another_birth_year() -> None:
    listed = {"name": LISTED, "birthDate": "1950"}
    subject = holding(birth_date="1990-06-15")
    assert score(subject, entry(**listed)) < REVIEW
    assert score(subject, entry(**listed, passportNumber="AC1234567")) > STOP


def test_a_telephone_of_a_company_is_no_matter_of_kind() -> None:
    assert codes(Person(phones=("+996555123456",)), entry("Company", phone="+996555123456")) == [("key_same", "for")]


# Bounds


def test_long_texts_of_lists_are_cut_in_reasons() -> None:
    listed = entry(name=LISTED, birthPlace="Naryn " * 5000, nationality="kg")
    assert len(str(last_reason(traveller(birth_place="Osh"), listed)["listed"])) == 256


def test_reasons_come_in_a_fixed_order() -> None:
    subject = holding(birth_date="1990-06-15", sex=Sex.MALE, nationality="KGZ", birth_place="Osh")
    listed = entry(
        name=LISTED,
        passportNumber="AC1234567",
        birthDate="1990",
        gender="male",
        nationality="kg",
        birthPlace="Osh",
    )
    assert [code for code, _ in codes(subject, listed)] == [
        "key_same",
        "name_sound",
        "birth_date_year",
        "sex_same",
        "nationality_same",
        "birth_place_same",
    ]


def test_weigh_takes_the_comparison_that_the_caller_made() -> None:
    made = Comparison(0.5, (TokenReason(Rule.CLOSE, "a", "b", 0.6),))
    found, reasons = weigh(traveller(), entry(name=LISTED), NameMeeting(NAME, ListedName(LISTED), made), ())
    assert found == 0.42
    assert [reason.as_dict() for reason in reasons] == [
        {"code": "name_close", "weighs": "for", "asked": "a", "listed": "b", "similarity": 0.6}
    ]


def test_one_key_of_each_kind_has_a_strength() -> None:
    for kind in KeyKind:
        key = Key(kind, "12345678901234")
        assert 0.5 < weigh(Vehicle(plate="X1"), entry(name=LISTED), None, [KeyMeeting(key, key)])[0] < 1
