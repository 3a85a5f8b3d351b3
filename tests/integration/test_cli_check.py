from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from elchi.documents import MrzFields, MrzFormat, write_mrz

Elchi = Callable[..., Any]
ZONE = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
NAZARZODA = write_mrz(
    MrzFields(
        format=MrzFormat.TD3,
        document_type="P",
        issuer="TJK",
        document_number="AC0000117",
        family_name="NAZARZODA",
        given_names="ZEBO",
        nationality="TJK",
        birth_date="1984-11-03",
        sex="F",
        expiry_date="2031-10-28",
    )
)

pytestmark = pytest.mark.usefixtures("wanted")


def test_a_person_who_is_listed_is_stopped(elchi: Elchi) -> None:
    done = elchi("check", "person", "--name", "Temirlan Abdykadyrov", "--birth-date", "14.02.1979")
    lines = done.out.splitlines()
    assert (done.status, done.err) == (11, "")
    assert lines[0].startswith("STOP: ")
    assert lines[2].startswith("1. Темирлан Абдыкадыров  STOP 0.9")
    assert lines[3].startswith("   entry w-1")
    assert "   + birth date is the same: 14 Feb 1979" in lines
    assert lines[-1].startswith("Checked against: wanted ")


def test_another_birth_year_weighs_against(elchi: Elchi) -> None:
    done = elchi("check", "person", "--name", "Temirlan Abdykadyrov", "--birth-date", "1955")
    same = elchi("check", "person", "--name", "Temirlan Abdykadyrov")
    other = elchi(
        "check", "person", "--name", "Temirlan Abdykadyrov", "--birth-date", "1955", "--min-score", 0, "--json"
    )
    assert same.status == 10
    assert done.status in (0, 10)
    reasons = {reason["code"]: reason["weighs"] for reason in other.json["findings"][0]["reasons"]}
    assert reasons["birth_date_differs"] == "against"


def test_nobody_known_is_clear_and_says_against_what(elchi: Elchi) -> None:
    done = elchi("check", "person", "--name", "Wilhelmina Oosterhuis", "--json")
    assert (done.status, done.json["verdict"], done.json["findings"]) == (0, "CLEAR", [])
    assert [(one["name"], one["version"], one["entries"]) for one in done.json["lists"]] == [("wanted", 1, 4)]


@pytest.mark.parametrize(
    ("args", "entry", "kind"),
    [
        (["person", "--document", "AC 0000117"], "w-2", "document_number"),
        (["document", "--number", "ac0000117"], "w-2", "document_number"),
        (["vehicle", "--plate", "01117ABC"], "w-3", "plate"),
    ],
)
def test_a_mark_finds_its_entry(elchi: Elchi, args: list[str], entry: str, kind: str) -> None:
    done = elchi("check", *args, "--json")
    (finding,) = done.json["findings"]
    assert (done.status, finding["entry"], finding["band"]) == (11, entry, "STOP")
    assert [(one["code"], one["kind"]) for one in finding["reasons"] if one["code"] == "key_same"] == [
        ("key_same", kind)
    ]


def test_an_organisation_is_found_by_its_name(elchi: Elchi) -> None:
    done = elchi("check", "organisation", "--name", "AK JOL CARGO", "--json")
    assert [finding["entry"] for finding in done.json["findings"]] == ["w-4"]


def test_a_zone_is_read_and_its_holder_checked(elchi: Elchi) -> None:
    done = elchi("check", "mrz", *NAZARZODA, "--json")
    told = done.json
    assert (done.status, told["verdict"], [one["entry"] for one in told["findings"]]) == (11, "STOP", ["w-2"])
    assert (told["mrz"]["document_number"], told["mrz"]["family_name"], told["mrz"]["faults"]) == (
        "AC0000117",
        "NAZARZODA",
        [],
    )
    assert told["mrz"]["suggestions"] == []


def test_a_misread_zone_tells_faults_and_repairs(elchi: Elchi) -> None:
    done = elchi("check", "mrz", ZONE[0], ZONE[1].replace("8902", "89O2"))
    assert done.status == 0
    assert done.out.splitlines()[-7:] == [
        "ERIKSSON ANNA MARIA, document L8989O2C3, issued by UTO, born 12 Aug 1974",
        "   line 2, character 10: the check digit is wrong (document number)",
        "   line 2, character 44: the check digit is wrong (whole zone)",
        "Perhaps misread; compare with the document in your hand:",
        "   line 2, character 6: 0 instead of O",
        *(f"      {line}" for line in ZONE),
    ]
    told = elchi("check", "mrz", ZONE[0], ZONE[1].replace("8902", "89O2"), "--json").json["mrz"]
    assert [(fault["code"], fault["field"]) for fault in told["faults"]] == [
        ("check_digit", "document_number"),
        ("check_digit", "composite"),
    ]
    assert [one["lines"] for one in told["suggestions"]] == [list(ZONE)]


@pytest.mark.parametrize(
    "typed", ["\r\n".join(ZONE), "\n\n" + "\n".join(ZONE).lower() + "\n\nmore that is not read", "".join(ZONE) + "\n"]
)
def test_a_zone_comes_from_a_scanner_as_well(elchi: Elchi, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    done = elchi("check", "mrz", "--json")
    assert (done.status, done.json["mrz"]["document_number"]) == (0, "L898902C3")


@pytest.mark.parametrize(
    ("args", "status", "code"),
    [
        (["person"], 2, "subject_empty"),
        (["person", "--name", "?!"], 2, "subject_unusable"),
        (["person", "--name", "Rik", "--birth-date", "31.02.1961"], 2, "date_invalid"),
        (["person", "--name", "Rik", "--sex", "Q"], 2, "field_type"),
        (["person", "--name", "Rik" * 1000], 2, "field_too_long"),
        (["person", "--name", "Rik", "--lists", "x"], 4, "list_unknown"),
        (["person", "--name", "Rik", "--min-score", "nan"], 2, "command_line"),
        (["person", "--name", "Rik", "--top", "0"], 2, "command_line"),
        (["mrz", "P<UTO"], 2, "mrz_invalid"),
        (["vehicle"], 2, "subject_empty"),
        (["vehicle", "--plate", "x" * 2000], 2, "field_too_long"),
        (["document"], 2, "command_line"),
        (["organisation", "--name", " "], 2, "subject_empty"),
        (["ship"], 2, "command_line"),
    ],
)
def test_what_cannot_be_checked_is_an_error_and_never_clear(
    elchi: Elchi, args: list[str], status: int, code: str
) -> None:
    done = elchi("check", *args, "--json")
    assert (done.status, done.out, done.error["code"]) == (status, "", code)


def test_a_node_without_lists_never_says_clear(elchi: Elchi) -> None:
    elchi("lists", "remove", "wanted", "--yes")
    done = elchi("check", "person", "--name", "Wilhelmina Oosterhuis", "--json")
    assert (done.status, done.out, done.error["code"]) == (5, "", "no_lists")


def test_json_writes_nothing_that_acts_on_a_terminal(elchi: Elchi) -> None:
    name = "\u009b31m\u202e"
    done = elchi("check", "person", "--name", "Rik", "--lists", name, "--json")
    assert done.error["params"]["list"] == name
    assert [character for character in name if character in done.err] == ["3", "1", "m"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", r"Checked against: wanted \(version 1, loaded \d+ \w+ \d{4}, own date unknown\)"),
        ("ru", r"Проверено по спискам: wanted \(версия 1, загружен \d\d\.\d\d\.\d{4}, дата самого списка неизвестна\)"),
    ],
)
def test_a_list_without_a_date_of_its_own_has_no_age(elchi: Elchi, language: str, told: str) -> None:
    done = elchi("check", "person", "--name", "Wilhelmina Oosterhuis", "--language", language)
    assert re.fullmatch(told, done.out.splitlines()[-1])


@pytest.mark.parametrize(
    ("args", "notes", "lines"),
    [
        (["--vin", "1M8GDM9AXKP042788", "--container", "CSQU 305438-3"], [], []),
        (["--vin", "AE86-5012345", "--container", "CSQU305438", "--plate", "02 KG 1"], [], []),
        (
            ["--vin", "1M8GDM9A-1KP042788"],
            [{"code": "check_digit", "field": "vin", "position": 8, "line": None}],
            ["VIN, character 9: the check digit is wrong"],
        ),
        (
            ["--vin", "1M8GDM9AXKPO42788"],
            [{"code": "reserved", "field": "vin", "position": 11, "line": None}],
            ["VIN, character 12: I, O or Q cannot stand there"],
        ),
        (
            ["--container", "CSQU3054384"],
            [{"code": "check_digit", "field": "container_number", "position": 10, "line": None}],
            ["container number, character 11: the check digit is wrong"],
        ),
        (
            ["--vin", "1M8GDM9AXKP0427889", "--container", "CSQU1"],
            [
                {"code": "mark_invalid", "field": "vin", "rule": "length", "allowed": [5, 17]},
                {"code": "mark_invalid", "field": "container_number", "rule": "iso_6346"},
            ],
            [],
        ),
    ],
)
def test_marks_that_cannot_be_right_are_told_and_checked_all_the_same(
    elchi: Elchi, args: list[str], notes: list[Any], lines: list[str]
) -> None:
    done = elchi("check", "vehicle", *args, "--json")
    assert (done.status, done.json["verdict"], done.json["notes"]) == (0, "CLEAR", notes)
    told = elchi("check", "vehicle", *args).out.splitlines()
    assert ("Look at these marks again; they were checked as typed:" in told) == bool(notes)
    if lines:
        assert told[-len(lines) :] == [f"   {line}" for line in lines]
