"""The log of an office: written, released, corrected, handed over, and whole; nothing of it for others."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.api_calls import caller
from tests.factories import acting, make_agency, make_office, make_officer, signed_in

from elchi.errors import ElchiError
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import KEY_FILE
from elchi.node.audit.verbs import Verb
from elchi.node.here import here, keys_passphrase
from elchi.node.officelog import queries, services
from elchi.node.officelog.models import LogEntry
from elchi.node.officelog.rules import KEPT_DAYS
from elchi.node.officelog.services import Written
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.seal.keys import SigningKey


@pytest.fixture(autouse=True)
def key() -> SigningKey:
    return SigningKey.create(here().keys / KEY_FILE, keys_passphrase())


def at(agency: str, role: Role = Role.SECOND_LINE) -> Acting:
    office = make_office("kordai", agency=make_agency("kz-border"))
    return acting(role, agency=make_agency(agency), office=office, language="en")


@pytest.fixture
def border() -> Acting:
    return at("kz-border")


@pytest.fixture
def customs() -> Acting:
    return at("kz-customs")


@pytest.fixture
def drugs() -> Acting:
    return at("kz-drugs")


def wrote(by: Acting, text: str = "Barrier stuck", *agencies: str) -> LogEntry:
    return services.write_entry(by=by, written=Written(kind="fault", text=text, agencies=agencies))


def seen(by: Acting, **wanted: str) -> list[int]:
    office = queries.office_for(by)
    return [row.number for row in queries.entries_found(by, office, queries.Wanted(**wanted))]  # type: ignore[arg-type]


def faults(by: Acting) -> list[tuple[str, int]]:
    return [(one.code, one.number) for one in services.verify_log(by=by).faults]


def refused(code: str) -> pytest.RaisesExc[ElchiError]:
    return pytest.raises(ElchiError, check=lambda error: error.code == code)


def test_an_entry_is_for_its_agency_and_those_it_names(border: Acting, customs: Acting, drugs: Acting) -> None:
    wrote(border, "For both of us", "kz-customs")
    wrote(customs, "Ours alone")
    assert (seen(border), seen(customs), seen(drugs)) == ([1], [2, 1], [])
    with refused("log_entry_unknown"):
        queries.entry_for(drugs, queries.office_for(drugs), 1)
    assert seen(at("kz-border", Role.AUDITOR)) == [2, 1]
    other = acting(Role.SUPERVISOR, agency=make_agency("kz-border"), office=make_office("alat"))
    assert seen(other) == []


def test_the_audit_says_that_somebody_searched_and_not_for_what(border: Acting) -> None:
    services.note_reading(by=border, office="kordai", wanted=queries.Wanted(kind="visit", sought="Marker Markname"))
    assert AuditLine.objects.get(verb=Verb.READ_LOG).detail == {"wanted": {"kind": "visit", "searched": True}}


def test_it_is_found_by_words_in_any_case_kind_and_agency(border: Acting) -> None:
    wrote(border, "ШЛАГБАУМ не поднимается")
    assert (seen(border, sought="шлагбаум"), seen(border, kind="visit"), seen(border, agency="kz-border")) == (
        [1], [], [1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "hand_over"}, "kind"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"agencies": ["kz-police"]}, "agencies"),
        ({"references": {"case": ["<b>"]}}, "case"),
        ({"references": {"case": [str(one) for one in range(11)]}}, "references"),
        ({"happened_at": timezone.now() + dt.timedelta(days=400)}, "happened_at"),
        ({"happened_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "happened_at"),
    ],
)
def test_what_cannot_stand_there_is_refused(border: Acting, given: dict[str, object], field: str) -> None:
    values: dict[str, object] = {"kind": "event", "text": "x", **given}
    with pytest.raises(ElchiError) as told:
        services.write_entry(by=border, written=Written(**values))  # type: ignore[arg-type]
    assert (told.value.code, told.value.params["field"]) == ("log_invalid", field)


def test_a_correction_is_a_new_entry_for_the_same_readers(border: Acting, customs: Acting) -> None:
    wrote(border, "Two vans", "kz-customs")
    with refused("log_of_others"):
        services.correct_entry(by=customs, number=1, text="One")
    new = services.correct_entry(by=border, number=1, text="Three vans")
    assert (new.number, new.re, new.agencies) == (2, 1, ("kz-border", "kz-customs"))
    assert LogEntry.objects.get(number=1).text == "Two vans"
    with refused("log_corrected"):
        services.correct_entry(by=border, number=1, text="Four")
    assert services.correct_entry(by=border, number=2, text="Four vans").re == 2


def test_what_is_changed_behind_the_node_is_told(border: Acting) -> None:
    for text in ("one", "two", "three"):
        wrote(border, text)
    assert faults(border) == []
    LogEntry.objects.filter(number=2).update(text="other")
    assert faults(border) == [("entry_changed", 2)]
    LogEntry.objects.filter(number=2).update(text="two", signature="00" * 64)
    assert faults(border) == [("entry_unsigned", 2)]
    LogEntry.objects.filter(number=2).delete()
    assert faults(border) == [("entry_missing", 2), ("entry_changed", 3)]


def test_a_log_cut_off_at_its_end_is_told_by_the_audit(border: Acting) -> None:
    wrote(border)
    wrote(border)
    LogEntry.objects.filter(number=2).delete()
    assert faults(border) == [("entry_missing", 2)]


def test_words_taken_before_their_time_are_told_and_later_not(border: Acting) -> None:
    wrote(border)
    LogEntry.objects.update(text="", folded="", salt="")
    assert faults(border) == [("entry_changed", 1)]


def test_retention_removes_words_and_the_chain_holds(border: Acting) -> None:
    wrote(border)
    assert services.remove_kept_words(by=NODE) == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=KEPT_DAYS + 1)):
        assert services.remove_kept_words(by=NODE) == 1
        assert (LogEntry.objects.get().text, LogEntry.objects.get().salt, faults(border)) == ("", "", [])


def test_a_shift_is_taken_over_by_another_whom_it_is_released_to(
    border: Acting, customs: Acting, drugs: Acting
) -> None:
    handed = services.hand_over_shift(by=border, remarks="The scale is broken", agencies=["kz-customs"])
    assert [queries.count_waiting(one) for one in (border, customs, drugs)] == [1, 1, 0]
    with refused("shift_own"):
        services.take_over_shift(by=border, number=handed.number)
    with refused("log_entry_unknown"):
        services.take_over_shift(by=drugs, number=handed.number)
    assert services.take_over_shift(by=customs, number=handed.number, remarks="Seen").re == handed.number
    with refused("shift_taken"):
        services.take_over_shift(by=at("kz-border"), number=handed.number)
    assert (queries.count_waiting(border), faults(border)) == (0, [])


def test_the_first_line_writes_and_hands_nothing_over() -> None:
    first = at("kz-border", Role.FIRST_LINE)
    assert wrote(first).number == 1
    with refused("right_missing"):
        services.hand_over_shift(by=first)
    with refused("right_missing"):
        wrote(at("kz-border", Role.ANALYST))


def page(by: Acting) -> Client:
    return signed_in(Client(), by.himself)


def test_the_pages_write_correct_hand_over_and_take_over(border: Acting, customs: Acting) -> None:
    office, next_one = page(border), page(customs)
    said = {"kind": "visit", "text": "Delegation", "agencies": ["kz-customs"], "case": "KZ-KOR-1-C-0001, 7"}
    assert office.post("/log/", said).status_code == 302
    assert LogEntry.objects.get().references == ["case:KZ-KOR-1-C-0001", "case:7"]
    kept = office.post("/log/", {**said, "text": "", "case": "<script>"})
    assert (kept.status_code, b"&lt;script&gt;" in kept.content) == (422, True)
    assert office.post("/log/1/", {"text": "Delegation of two"}).status_code == 302
    assert b"Delegation of two" in next_one.get("/log/?q=DELEGATION").content
    assert office.post("/log/shift/", {"remarks": "Quiet", "agencies": ["kz-customs"]}).status_code == 302
    assert b"Quiet" in next_one.get("/log/shift/").content
    assert next_one.post("/log/shift/3/", {"remarks": ""}).status_code == 302
    assert b"Delegation" in office.get("/log/print/").content
    assert b"KZ-KOR-1-C-0001" in b"".join(office.get("/log/csv/").streaming_content)  # type: ignore[attr-defined]
    assert b"as it was written" in office.post("/log/verify/", {"office": "kordai"}).content


def test_pages_tell_nothing_of_what_is_for_others(border: Acting, drugs: Acting) -> None:
    wrote(border, "Secret words")
    client = page(drugs)
    for address in ("/log/", "/log/?q=Secret", "/log/print/", "/log/shift/"):
        assert b"Secret words" not in client.get(address).content
    assert b"Secret" not in b"".join(client.get("/log/csv/").streaming_content)  # type: ignore[attr-defined]
    assert client.get("/log/1/").status_code == 404


def test_programs_do_the_same() -> None:
    office = make_office("kordai", agency=make_agency("kz-border"))
    one, other = (
        caller(officer=make_officer(Role.SECOND_LINE, agency=make_agency("kz-border"), office=office)) for _ in "ab"
    )
    new = one.post("/log", {"kind": "order", "text": "Close lane 2", "references": {"request": ["KZ-KOR-1-R-0001"]}})
    assert (new.status_code, new.json()["number"], new.json()["references"]) == (
        201, 1, ["request:KZ-KOR-1-R-0001"],
    )  # fmt: skip
    assert one.post("/log/1/correction", {"text": "Close lane 3"}).json()["re"] == 1
    assert [row["number"] for row in other.get("/log").json()["items"]] == [2, 1]
    assert one.post("/hand-overs", {"remarks": "Go on"}).json()["taken_over"] is None
    assert [row["number"] for row in other.get("/hand-overs?waiting=true").json()["items"]] == [3]
    assert other.post("/hand-overs/3/acknowledgement", {}).json()["taken_over"]["re"] == 3
    assert other.get("/hand-overs/1").json()["code"] == "log_entry_unknown"
    assert other.get("/log/verification").json()["faults"] == []


@pytest.mark.parametrize("address", ["/log/", "/log/?page=1", "/log/1/", "/log/shift/", "/log/shift/1/"])
def test_whichever_page_shows_entries_the_audit_knows_who_read(border: Acting, customs: Acting, address: str) -> None:
    services.hand_over_shift(by=border, remarks="Look at lane 2", agencies=["kz-customs"])
    assert page(customs).get(address).status_code == 200
    assert list(AuditLine.objects.filter(verb=Verb.READ_LOG).values_list("actor", "on")) == [
        (customs.name, "log:kordai")
    ]


@pytest.mark.parametrize("address", ["/log", "/log/1", "/hand-overs", "/hand-overs/1"])
def test_whichever_address_tells_entries_the_audit_knows_who_read(border: Acting, address: str) -> None:
    number = services.hand_over_shift(by=border, remarks="Look at lane 2").number
    told = caller(officer=border.himself).get(address)
    assert (number, told.status_code, AuditLine.objects.filter(verb=Verb.READ_LOG).count()) == (1, 200, 1)
