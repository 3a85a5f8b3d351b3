"""Incidents: recorded once, seen by who may, led to by what was known; past seizures; the protected file."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, make_crossing, make_office, make_officer, signed_in
from tests.lists_made import put_list

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import queries, services
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved
from elchi.modules.operations.models import Import, Incident, ProtectedPerson, SeizedItem
from elchi.modules.operations.queries import Wanted, incidents_found
from elchi.modules.operations.seizure import Item
from elchi.modules.operations.traces import leads_found
from elchi.modules.operations.wire import card_from_wire, card_to_wire, found_from_wire, found_to_wire
from elchi.node.audit.models import AuditLine
from elchi.node.checks import services as checks
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.subjects import Document, Person, Vehicle, to_wire

HASHISH = Item(kind="drug", substance="cannabis_resin", quantity=Decimal(1981), unit="g", packages=2, packaging="taped")
DRIVER = Person(name="Testov Baikal", documents=(Document(document_number="N7654321"),))
VAN = Vehicle(plate="05KG321DEM", plate_country="KGZ")
FOUND = Found(items=(HASHISH,), involved=(Involved(role="driver", sex="M", nationality="TJ", subject=DRIVER),),
              vehicles=(VAN,))  # fmt: skip


def card(**given: object) -> IncidentCard:
    make_crossing()
    values = {"kind": "seizure", "at": timezone.now() - dt.timedelta(minutes=1), "unit": make_office().code,
              "crossing": "BCP001", "legal_basis": "Invented act, art. 7", "concealment": "magnets",
              "transport": "van", **given}  # fmt: skip
    return IncidentCard(**values)  # type: ignore[arg-type]


def recorded(by: Acting | None = None, found: Found = FOUND, **given: object) -> Incident:
    return services.record_incident(by=by or acting(Role.SECOND_LINE), card=card(**given), found=found)


def test_hashish_is_recorded_once_for_all_agencies() -> None:
    customs = make_agency("kz-customs", kind="customs")
    row = queries.incident_of(recorded(agencies=(customs.code,)).pk)
    assert (row.border, row.place_key, row.threats) == ("KG-KZ", "BCP001", ["drugs"])
    assert sorted(one.code for one in row.agencies.all()) == ["kz-border", "kz-customs"]
    item = SeizedItem.objects.get()
    assert (item.kilograms, item.factor, item.factor_source) == (Decimal("1.981"), Decimal("0.001"), "SI")
    assert queries.card_of(row) == replace(card(agencies=("kz-customs",)), at=row.at, threats=("drugs",))
    assert queries.found_of(row) == FOUND
    line = AuditLine.objects.get(verb="operations.record_incident")
    assert (line.on, "Testov" in json.dumps(line.detail)) == (f"incident:{row.pk}", False)


def test_an_incident_survives_as_json() -> None:
    told = card(crossing="", spot=Spot(40.5, 69.3, 2.0), threats=("drugs",))
    found = replace(FOUND, counts=(Count(kind="rescued", count=2),))
    assert card_from_wire(json.loads(json.dumps(card_to_wire(told)))) == told
    assert found_from_wire(json.loads(json.dumps(found_to_wire(found)))) == found


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": "yesterday"}, "at"), ({"at": "2024-03-07T09:30:00"}, "at"), ({"colour": "red"}, "colour"),
        ({"kind": 7}, "kind"), ({"spot": {"latitude": "x", "longitude": 1}}, "latitude"),
    ],
)  # fmt: skip
def test_json_that_is_no_card_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as given:
        card_from_wire(card_to_wire(card()) | wrong)
    assert given.value.params["field"] == field


def test_a_place_that_is_no_crossing_counts_for_the_border_beside_it() -> None:
    near = recorded(crossing="", spot=Spot(43.02, 74.70, 3.0), kind="rescue",
                    found=Found(counts=(Count(kind="rescued", count=1),)))  # fmt: skip
    inland = recorded(crossing="", spot=Spot(48.0, 67.0), kind="crisis", found=Found())
    assert [(one.place_key, one.border) for one in (near, inland)] == [("43.0,74.7", "KG-KZ"), ("48.0,67.0", "")]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.PROGRAMME, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_record(role: Role) -> None:
    with pytest.raises(NotAllowed, match="right_missing"):
        recorded(acting(role))
    assert not Incident.objects.exists()


@pytest.mark.parametrize("wrong", [{"unit": "nowhere"}, {"crossing": "BCP999"}, {"agencies": ("nobody",)}])
def test_what_the_directory_does_not_know_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as given:
        recorded(**wrong)  # type: ignore[arg-type]
    assert (given.value.params["field"], given.value.params["rule"]) == (next(iter(wrong)), "in_directory")
    assert not Incident.objects.exists()


def test_amending_keeps_what_was_and_why() -> None:
    by, row = acting(Role.SUPERVISOR), recorded()
    changed = services.amend_incident(
        by=by, incident_id=row.pk, version=1, card=card(transport="truck"), found=replace(FOUND, vehicles=()),
        reason="It was a lorry.",
    )  # fmt: skip
    assert (changed.version, changed.transport, changed.vehicles.count()) == (2, "truck", 0)
    kept = changed.versions.get()
    assert (kept.before["transport"], kept.reason, kept.before["vehicles"]) == (
        "van",
        "It was a lorry.",
        [to_wire(VAN)],
    )
    with pytest.raises(Conflict, match="incident_changed"):
        services.amend_incident(by=by, incident_id=row.pk, version=1, card=card(), found=FOUND, reason="x")
    with pytest.raises(InvalidInput, match="operations_invalid"):
        services.amend_incident(by=by, incident_id=row.pk, version=2, card=card(), found=FOUND, reason=" ")


def test_withdrawn_counts_no_more_but_did_then() -> None:
    row = recorded()
    then = timezone.now()
    services.withdraw_incident(by=acting(Role.SUPERVISOR), incident_id=row.pk, reason="Recorded twice")
    now, before = incidents_found(Wanted()), incidents_found(Wanted(as_of=then))
    assert (list(now), list(before)) == ([], [row])
    assert list(incidents_found(Wanted(as_of=then - dt.timedelta(hours=1)))) == []
    with pytest.raises(Conflict, match="incident_withdrawn"):
        services.open_incident_case(by=acting(Role.SUPERVISOR), incident_id=row.pk, title="x")


def test_incidents_are_found_by_what_they_are() -> None:
    row = recorded()
    other = recorded(
        kind="rescue", crossing="", spot=Spot(48.0, 67.0), found=Found(counts=(Count(kind="rescued", count=1),))
    )
    told = {
        name: [one.pk for one in incidents_found(Wanted(**{name: value}))]  # type: ignore[arg-type]
        for name, value in (("sought", "05 KG 321 DEM"), ("goods", "cannabis_resin"), ("border", "KG-KZ"),
                            ("place", "48.0,67.0"), ("agency", "kz-border"), ("led", "no"), ("kind", "rescue"))
    }  # fmt: skip
    assert told == {
        "sought": [row.pk], "goods": [row.pk], "border": [row.pk], "place": [other.pk],
        "agency": [other.pk, row.pk], "led": [other.pk, row.pk], "kind": [other.pk],
    }  # fmt: skip
    assert [one.pk for one in incidents_found(Wanted(sought=row.number))] == [row.pk]


def test_what_led_to_it_is_found_by_the_system_and_confirmed_by_an_officer() -> None:
    put_list("wanted", {"w-1": {"name": ["TESTOV Baikal"], "passportNumber": ["N7654321"]}}, action="stop")
    first = acting(Role.FIRST_LINE)
    make_crossing()
    checks.start_shift(by=first, purpose="border_check", direction="entry", crossing_code="BCP001")
    check = checks.submit_check(by=first, subjects=(DRIVER,)).check
    checks.submit_check(by=first, subjects=(Person(name="Somebody Else"),))
    by, row = acting(Role.SECOND_LINE), recorded(at=timezone.now() + dt.timedelta(minutes=1))
    leads, traces = leads_found(by, row)
    finding = check.findings.get()
    assert {one.trace.ref for one in leads} == {f"check:{check.pk}", f"finding:{finding.pk}"}
    assert {lead.reasons[0][0] for lead in leads} == {"mark_shared"}
    services.decide_lead(by=by, incident_id=row.pk, ref=f"finding:{finding.pk}", is_confirmed=True)
    row.refresh_from_db()
    assert (row.is_led, traces[f"finding:{finding.pk}"].before) == (True, (f"check:{check.pk}",))
    services.decide_lead(by=by, incident_id=row.pk, ref=f"finding:{finding.pk}", is_confirmed=False)
    row.refresh_from_db()
    assert (row.led_by, row.led_at) == (0, None)
    with pytest.raises(NotFound, match="lead_unknown"):
        services.decide_lead(by=by, incident_id=row.pk, ref="check:999", is_confirmed=True)


def test_its_case_has_its_subjects() -> None:
    row = recorded()
    case = services.open_incident_case(by=acting(Role.SECOND_LINE), incident_id=row.pk, title="Hashish in a van")
    assert (case.origin, case.threats) == (f"incident:{row.pk}", ["drugs"])
    assert [one.subject["kind"] for one in case.subjects.all()] == ["person", "vehicle"]
    with pytest.raises(Conflict, match="incident_has_case"):
        services.open_incident_case(by=acting(Role.SECOND_LINE), incident_id=row.pk, title="x")


def test_who_was_trafficked_stands_in_the_protected_file_and_nowhere_else() -> None:
    victim = Person(name="Zashchitova Ayana", documents=(Document(document_number="P1112223"),))
    row = recorded(kind="persons", found=Found(counts=(Count(kind="trafficked", count=1, sex="F"),)))
    services.protect_person(by=acting(Role.SECOND_LINE), incident_id=row.pk, subject=victim)
    assert list(incidents_found(Wanted(sought="P1112223"))) == []
    for role in set(Role) - {Role.SUPERVISOR}:
        with pytest.raises(NotAllowed):
            services.read_protected(by=acting(role), incident_id=row.pk)
    _, rows = services.take_report(by=acting(Role.SUPERVISOR), name="national", wanted=Wanted())
    assert "Zashchitova" not in repr(list(rows))
    told = services.read_protected(by=acting(Role.SUPERVISOR), incident_id=row.pk)
    assert [one.subject["name"] for one in told] == ["Zashchitova Ayana"]
    lines = "".join(json.dumps(line.detail) + line.on + line.subject for line in AuditLine.objects.all())
    assert ("Zashchitova" in lines, "P1112223" in lines, ProtectedPerson.objects.count()) == (False, False, 1)
    assert AuditLine.objects.filter(verb="operations.read_protected").count() == 1


def test_a_report_without_names_and_one_with() -> None:
    recorded()
    _, drugs = services.take_report(by=acting(Role.PROGRAMME), name="drugs", wanted=Wanted())
    rows = list(drugs)
    assert (len(rows), "Testov" in repr(rows), "321DEM" in repr(rows)) == (1, False, False)
    with pytest.raises(NotAllowed):
        services.take_report(by=acting(Role.PROGRAMME), name="national", wanted=Wanted())
    with pytest.raises(InvalidInput):
        services.take_report(by=acting(Role.ANALYST), name="secret", wanted=Wanted())


TABLE = (
    "№,Дата изъятия,Вид наркотика,Количество,Ед. изм.,Место,Задержано\n"
    "17,07.03.2024,Гашиш,1981,г,Kordai,2\n"
    "18,03/04/2024,Гашиш,5,г,Kordai,\n"
    "19,08.03.2024,Героин,775,кг,Kordai,1\n"
    "17,09.03.2024,Опий,3,кг,Kordai,1\n"
)


def test_past_seizures_are_taken_and_doubtful_rows_told() -> None:
    make_crossing()
    by = acting(Role.ANALYST)
    row = services.receive_seizures(by=by, name="past.csv", chunks=[TABLE.encode()])
    ways = {**row.ways, "legal_basis": "Invented act, art. 7"}
    done = services.import_seizures(by=by, import_id=row.pk, ways=ways)
    assert (done.taken, [(one["line"], one["rule"]) for one in done.refused]) == (
        2, [(3, "date_form"), (5, "already_there")],
    )  # fmt: skip
    kept = Incident.objects.order_by("at")
    assert [(one.reference, one.place_key, one.precision, one.involved.count()) for one in kept] == [
        ("17", "BCP001", "day", 2), ("19", "BCP001", "day", 1),
    ]  # fmt: skip
    assert [one.kilograms for one in SeizedItem.objects.order_by("id")] == [Decimal("1.981"), Decimal(775)]
    assert [one.agencies.count() for one in kept] == [1, 1]
    with pytest.raises(Conflict, match="import_known"):
        services.receive_seizures(by=by, name="again.csv", chunks=[TABLE.encode()])
    with pytest.raises(Conflict, match="import_done"):
        services.import_seizures(by=by, import_id=row.pk, ways=ways)


def test_a_file_that_waits_can_be_dropped_and_handed_in_again() -> None:
    by = acting(Role.ANALYST)
    row = services.receive_seizures(by=by, name="past.csv", chunks=[TABLE.encode()])
    services.drop_import(by=by, import_id=row.pk)
    assert not Import.objects.exists()
    services.receive_seizures(by=by, name="past.csv", chunks=[TABLE.encode()])


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"x" * (6 << 20), b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        services.receive_seizures(by=acting(Role.ANALYST), name="x.csv", chunks=[content])


HEAD = {"kind": "seizure", "precision": "minute", "unit": "kordai", "crossing": "BCP001", "impact": "low",
        "legal_basis": "Invented act, art. 7", "transport": "van", "departure": "tj", "transit": "uz kz"}  # fmt: skip
ROWS = {f"{name}-{field}": count for name in ("items", "involved", "vehicles", "counts")
        for field, count in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))}  # fmt: skip
ITEM = {"items-0-goods": "drug", "items-0-substance": "cannabis_resin", "items-0-quantity": "1981",
        "items-0-measure": "g", "items-0-packages": "2"}  # fmt: skip


def test_an_officer_records_at_the_console(client: Client) -> None:
    make_crossing()
    signed_in(client, make_officer(Role.FIRST_LINE))
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    page = client.post("/incidents/record/", {**HEAD, **ROWS, **ITEM, "at": at, "more": "items"})
    assert (page.status_code, page.content.decode().count('-TOTAL_FORMS" value="2"')) == (200, 1)
    refused = client.post("/incidents/record/", {**HEAD, **ROWS, "at": at})
    assert refused.status_code == 422
    assert not Incident.objects.exists()
    person = {"involved-0-role": "driver", "involved-0-person_name": "Testov Baikal", "involved-0-nationality": "tj"}
    done = client.post("/incidents/record/", {**HEAD, **ROWS, **ITEM, **person, "at": at})
    row = Incident.objects.get()
    assert (done.status_code, done.headers["Location"]) == (302, f"/incidents/{row.pk}/")
    assert (row.departure, row.transit, row.involved.get().subject["name"]) == ("TJ", ["UZ", "KZ"], "Testov Baikal")


def test_who_may_not_see_names_sees_none(client: Client) -> None:
    row = recorded(description="Testov told us")
    services.amend_incident(
        by=acting(Role.SUPERVISOR), incident_id=row.pk, version=1, card=card(description="Testov told us"), found=FOUND,
        reason="Testov asked for it",
    )  # fmt: skip
    for role, is_seen in ((Role.PROGRAMME, False), (Role.FIRST_LINE, False), (Role.SECOND_LINE, True)):
        page = signed_in(client, make_officer(role)).get(f"/incidents/{row.pk}/").content.decode()
        assert ("Testov" in page, "321DEM" in page) == (is_seen, is_seen), role
    assert AuditLine.objects.filter(verb="operations.read_incident").count() == 1


def test_a_spreadsheet_is_read_at_the_console(client: Client) -> None:
    make_crossing()
    signed_in(client, make_officer(Role.ANALYST))
    sent = client.post("/incidents/imports/", {"file": SimpleUploadedFile("past.csv", TABLE.encode())})
    page = client.get(sent.headers["Location"]).content.decode()
    assert "legal" in page
    row = Import.objects.get()
    ways = {f"column_{name}": head for name, head in row.ways["columns"].items()}
    done = client.post(
        f"/incidents/imports/{row.pk}/", {**ways, "unit": "kordai", "legal_basis": "Act, art. 7", "do": "take"}
    )
    assert (done.status_code, Incident.objects.count()) == (302, 2)
    assert client.get(f"/incidents/imports/{row.pk}/").status_code == 200


def test_a_report_is_taken_at_the_console(client: Client) -> None:
    recorded()
    signed_in(client, make_officer(Role.ANALYST))
    answer = client.post("/incidents/reports/drugs/?from=2020-01-01")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert ("cannabis_resin" in text, text.count("\r\n")) == (True, 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(client: Client, rows: int) -> None:
    for _ in range(rows):
        recorded()
    signed_in(client, make_officer(Role.PROGRAMME))
    client.get("/incidents/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/incidents/")
    assert len(asked) == 6
