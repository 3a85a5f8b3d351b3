"""Own entries: found by the next check, owned by one agency, discreet where they are so, gone after their day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import acting, make_agency
from tests.power_cut import power_cut

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.lists import Store
from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services
from elchi.node.watchlists.models import OwnEntry, Version
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.queries import (
    entry_facts,
    entry_of,
    lists_for,
    live,
    own_entries_for,
    own_entry_for,
    own_list_name,
    search_list,
    versions_for,
)
from elchi.node.watchlists.services import _versions as step
from elchi.screening import Band
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle

LIST = "own-kz-border"
BAIKAL = Person(name="Baikal Testov")


@pytest.fixture
def writer() -> Acting:
    return acting(Role.SECOND_LINE, name="writer")


@pytest.fixture
def stranger() -> Acting:
    return acting(Role.SUPERVISOR, Role.LIST_KEEPER, name="stranger", agency=make_agency("kz-customs", kind="customs"))


def draft(**given: Any) -> OwnDraft:
    values: dict[str, Any] = {
        "schema": "Person", "properties": {"name": ("Baikal Testov", "Байкал Тестов"), "birthDate": ("09.04.1981",)},
        "action": "stop", "legal_basis": "Order 12", "authority": "Prosecutor", "instructions": "Call the duty desk",
        "expires_date": timezone.localdate() + dt.timedelta(days=90), **given,
    }  # fmt: skip
    return OwnDraft(**values)


def found(*subjects: Subject, agency: str = "kz-border") -> list[tuple[str, str]]:
    screening = live().screen(subjects, purpose="border_check", agency=agency)
    return [(one.list, one.entry) for one in screening.findings]


def test_the_next_check_finds_it(writer: Acting) -> None:
    made = services.create_entry(by=writer, draft=draft())
    assert found(BAIKAL) == [(LIST, made.key)]
    (facts,) = entry_facts(live().screen([BAIKAL], purpose="border_check", agency="").findings).values()
    assert (facts.action, facts.owner_agency, facts.legal_basis, facts.instructions, facts.is_discreet) == (
        "stop", "kz-border", "Order 12", "Call the duty desk", False,
    )  # fmt: skip
    assert entry_of(LIST, 1, made.key).properties["birthDate"] == ("1981-04-09",)
    line = AuditLine.objects.get(verb="watchlists.create_entry")
    assert (line.actor, line.on, set(line.detail)) == ("writer", f"entry:{LIST}:{made.key}", {"schema", "expires"})


@pytest.mark.parametrize(
    ("schema", "properties", "asked"),
    [
        ("Vehicle", {"registrationNumber": ("01 KG 777 ABC",)}, Vehicle(plate="01KG777ABC", plate_country="KGZ")),
        ("Vehicle", {"vin": ("WVWZZZ1JZXW000010",)}, Vehicle(vin="WVWZZZ1JZXW000010")),
        ("Passport", {"number": ("N1234567",), "country": ("KZ",)}, Document(document_number="N1234567")),
        ("Identification", {"number": ("850409300123",)}, Person(national_id="850409300123")),
        ("Organization", {"name": ("Altyn Misal LLC",)}, Organisation(name="Altyn Misal LLC")),
    ],
)
def test_things_and_papers_are_found_by_their_numbers(
    writer: Acting, schema: str, properties: dict[str, tuple[str, ...]], asked: Subject
) -> None:
    made = services.create_entry(by=writer, draft=draft(schema=schema, properties=properties))
    assert found(asked) == [(LIST, made.key)]


def test_an_amendment_keeps_what_was(writer: Acting) -> None:
    made = services.create_entry(by=writer, draft=draft())
    new = draft(properties={"name": ("Shamal Proba",)}, action="refer")
    services.amend_entry(by=writer, key=made.key, draft=new, reason="another name", seen=made.changed_at.isoformat())
    assert (found(BAIKAL), found(Person(name="Shamal Proba"))) == ([], [(LIST, made.key)])
    (change,) = OwnEntry.objects.get().changes.all()
    assert (change.by, change.reason, change.before["action"]) == ("writer", "another name", "stop")
    assert change.before["properties"]["name"] == ["Baikal Testov", "Байкал Тестов"]
    with pytest.raises(Conflict, match="entry_changed"):
        services.amend_entry(by=writer, key=made.key, draft=new, reason="", seen=made.created_at.isoformat())


def test_a_withdrawn_entry_is_found_no_more_and_stays_on_record(writer: Acting) -> None:
    first = services.create_entry(by=writer, draft=draft())
    second = services.create_entry(by=writer, draft=draft(properties={"name": ("Shamal Proba",)}))
    services.withdraw_entry(by=writer, key=first.key, reason="found")
    assert (found(BAIKAL), found(Person(name="Shamal Proba"))) == ([], [(LIST, second.key)])
    assert b"Baikal" not in (Store(here().lists).current(LIST).path / "entries.jsonl").read_bytes()
    assert entry_of(LIST, 1, first.key).caption == "Baikal Testov"
    services.withdraw_entry(by=writer, key=second.key, reason="found")
    assert Store(here().lists).names() == ()
    with pytest.raises(Conflict, match="state_refuses"):
        services.amend_entry(by=writer, key=first.key, draft=draft(), reason="again")


def test_only_the_owner_changes_it(writer: Acting, stranger: Acting) -> None:
    made = services.create_entry(by=writer, draft=draft())
    with pytest.raises(NotAllowed, match="own_entry_of_others"):
        services.amend_entry(by=stranger, key=made.key, draft=draft(), reason="")
    with pytest.raises(NotAllowed, match="own_entry_of_others"):
        services.withdraw_entry(by=stranger, key=made.key, reason="")
    with pytest.raises(NotAllowed, match="right_missing"):
        services.create_entry(by=acting(Role.ANALYST), draft=draft())


def test_a_discreet_entry_is_known_to_its_owner_only(writer: Acting, stranger: Acting) -> None:
    hidden = services.create_entry(by=writer, draft=draft(action="discreet"))
    shown = services.create_entry(by=writer, draft=draft(properties={"name": ("Shamal Proba",)}))
    services.create_entry(by=stranger, draft=draft(properties={"name": ("Qobyz Sinaq",)}))
    assert {by.name: _totals(by)[LIST] for by in (writer, stranger)} == {"writer": 2, "stranger": 1}
    assert {by.name: {one.key for one in own_entries_for(by, LIST)} for by in (writer, stranger)} == {
        "writer": {hidden.key, shown.key},
        "stranger": {shown.key},
    }
    assert [len(search_list(by=by, name=LIST, subjects=[BAIKAL])) for by in (writer, stranger)] == [1, 0]
    assert services.read_entry(by=writer, name=LIST, version=None, entry_id=hidden.key).id == hidden.key
    for call in (
        lambda: own_entry_for(stranger, hidden.key),
        lambda: services.read_entry(by=stranger, name=LIST, version=None, entry_id=hidden.key),
        lambda: services.withdraw_entry(by=stranger, key=hidden.key, reason=""),
    ):
        with pytest.raises(NotFound, match="entry_unknown"):
            call()
    assert [
        version.total for version in live().versions(purpose="border_check", agency="") if version.name == LIST
    ] == [1]
    assert versions_for(stranger, LIST).count() == 0
    assert found(BAIKAL, agency="kz-customs") == [(LIST, hidden.key)]  # the check must find it to tell the owner


def _totals(by: Acting) -> dict[str, int]:
    return {line.row.name: line.age.total for line in lists_for(by) if line.age}


def test_nobody_is_found_by_an_entry_whose_day_has_passed(writer: Acting, time_machine: Any) -> None:
    services.create_entry(by=writer, draft=draft())
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.REVIEW
    last = timezone.localdate() + dt.timedelta(days=90)
    time_machine.move_to(dt.datetime.combine(last, dt.time(23, 30), timezone.get_current_timezone()))
    assert len(found(BAIKAL)) == 1
    time_machine.shift(3600)
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.CLEAR
    assert services.expire_entries() == 1
    assert (OwnEntry.objects.get().state, Store(here().lists).names()) == ("expired", ())
    assert services.expire_entries() == 0
    renewed = services.amend_entry(
        by=writer, key=OwnEntry.objects.get().key, reason="court order renewed",
        draft=draft(expires_date=timezone.localdate() + dt.timedelta(days=30)),
    )  # fmt: skip
    assert found(BAIKAL) == [(LIST, renewed.key)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"legal_basis": " "}, "legal_basis"),
        ({"authority": ""}, "authority"),
        ({"action": "arrest"}, "action"),
        ({"handling": "H9"}, "handling"),
        ({"schema": "Company"}, "schema"),
        ({"properties": {"name": ("A B",), "vin": ("1",)}}, "vin"),
        ({"properties": {"name": ("A B",), "birthDate": ("81?",)}}, "birthDate"),
        ({"properties": {"name": ("A B",), "nationality": ("Atlantis",)}}, "nationality"),
        ({"properties": {"gender": ("male",)}}, "properties"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(writer: Acting, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.create_entry(by=writer, draft=draft(**given))
    assert refused.value.params["field"] == field
    assert OwnEntry.objects.count() == 0


@pytest.mark.parametrize("days", [0, -1, 367])
def test_an_entry_holds_a_year_at_most(writer: Acting, days: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.create_entry(by=writer, draft=draft(expires_date=timezone.localdate() + dt.timedelta(days=days)))
    assert refused.value.params["rule"] == "within_a_year"


def test_a_withdrawal_cut_before_the_disk_holds_all_the_same(writer: Acting) -> None:
    made = services.create_entry(by=writer, draft=draft())
    services.create_entry(by=writer, draft=draft(properties={"name": ("Shamal Proba",)}))
    with power_cut(step, "put"):
        services.withdraw_entry(by=writer, key=made.key, reason="found")
    assert found(BAIKAL) == []
    assert services.mend_lists() == (LIST,)
    assert b"Baikal" not in (Store(here().lists).current(LIST).path / "entries.jsonl").read_bytes()
    assert services.mend_lists() == ()


def test_an_entry_cut_before_the_disk_is_written_by_the_repair(writer: Acting) -> None:
    with power_cut(step, "put"):
        services.create_entry(by=writer, draft=draft())
    assert services.mend_lists() == (LIST,)
    assert len(found(BAIKAL)) == 1
    assert list(Version.objects.order_by("id").values_list("state", flat=True)) == ["failed", "in_force"]


def test_an_entry_cut_after_the_disk_is_still_screened_against_recent_checks(writer: Acting) -> None:
    with power_cut(step, "enforce"):
        services.create_entry(by=writer, draft=draft())
    services.mend_lists()
    assert list(Version.objects.values_list("state", "number", "rescreened_at")) == [("in_force", 1, None)]


def test_a_withdrawal_brings_nobody_new(writer: Acting) -> None:
    made = services.create_entry(by=writer, draft=draft())
    services.create_entry(by=writer, draft=draft(properties={"name": ("Shamal Proba",)}))
    services.withdraw_entry(by=writer, key=made.key, reason="found")
    assert [bool(version.rescreened_at) for version in Version.objects.order_by("id")] == [False, False, True]


def test_names_of_own_lists_fit_the_store() -> None:
    assert own_list_name("kz-border") == "own-kz-border"
    long = own_list_name("a" * 64)
    assert (len(long), long == own_list_name("a" * 63 + "b")) == (64, False)
