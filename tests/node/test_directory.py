"""The directory: public facts taken over once, duty contacts at any hour, offices and crossings."""

from __future__ import annotations

import datetime as dt

from elchi.node.audit.models import AuditLine
from elchi.node.directory.models import Agency, Country, Crossing, Office
from elchi.node.directory.reference import rows_of, shapes_of, sources_named
from elchi.node.directory.services import load_reference_data


def test_public_facts_are_taken_over_once_and_changes_stay() -> None:
    first = load_reference_data()
    assert first == {name: len(rows_of(name)) for name in ("countries", "agencies", "crossings", "offices")}
    assert first["crossings"] == 71
    Crossing.objects.filter(code="BCP001").update(name_b="Ak-Zhol", status="restricted")
    assert load_reference_data() == dict.fromkeys(first, 0)
    assert Crossing.objects.values_list("name_b", "status").get(code="BCP001") == ("Ak-Zhol", "restricted")
    assert list(AuditLine.objects.values_list("verb", "detail")) == [("directory.load_reference", first)]


def test_what_is_taken_over_is_whole() -> None:
    load_reference_data()
    crossing = Crossing.objects.get(code="BCP032")
    assert crossing.names == {"ru": ["Кызыл-Бел", "Гулистон"]}
    assert [(one.status, one.from_date, one.to_date) for one in crossing.history.all()] == [
        ("open", dt.date(2025, 3, 13), None),
        ("closed", dt.date(2021, 5, 1), dt.date(2025, 3, 12)),
    ]
    teams = Office.objects.get(kind="interagency_mobile_team")
    assert (teams.parent.code, sorted(teams.agencies.values_list("code", flat=True))) == (
        "uz-oct",
        ["uz-customs", "uz-police", "uz-security"],
    )
    assert Country.objects.get(code="KG").names["ru"] == "Кыргызстан"
    assert Agency.objects.get(code="uz-border").names["ru"] == "Пограничные войска Службы государственной безопасности"


def test_every_fact_has_a_source_that_is_explained() -> None:
    rows = [row for name in ("agencies", "crossings", "offices") for row in rows_of(name)]
    assert [row["code"] for row in rows if not row["sources"]] == []
    keys = {row["key"] for row in rows_of("sources")}
    used = {key for row in rows for key in row["sources"].split("; ")}
    assert used - keys == set()
    assert sources_named("OWN; a letter of 3 May") == (
        "general knowledge; not checked against a source",
        "a letter of 3 May",
    )


def test_ground_of_the_map_is_there() -> None:
    assert {"KZ", "KG", "TJ", "TM", "UZ"} <= {code for code, _ in shapes_of("outlines")}
    borders = {code for code, _ in shapes_of("land_borders")}
    assert len(borders) == 15
    assert all(
        -180 <= x <= 180 and -90 <= y <= 90
        for _, (lines,) in shapes_of("land_borders")
        for line in lines
        for x, y in line
    )
