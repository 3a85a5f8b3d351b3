"""The regional centre: inboxes by state, reports, warnings, operations, and what of a withdrawn entity remains."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone
from tests.agreements_made import agreement_json, go, grant, side
from tests.factories import acting, make_agency, make_country
from tests.partner_node import PartnerNode, make_own_keys

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound
from elchi.exchange.batch import Item
from elchi.exchange.message import Handling, Lane, Message
from elchi.modules.regional import services
from elchi.modules.regional.entity import PutField
from elchi.modules.regional.linking import entities_seen_by, fields_seen_by, links_seen_by
from elchi.modules.regional.models import EarlyWarning, Entity, EntityKey, Entry, InboxItem, Operation, Report, Told
from elchi.modules.regional.queries import bulletin_of, inbox_of, mailboxes, operations_seen_by, unread
from elchi.modules.regional.services.space import ENTITY
from elchi.node.audit.models import AuditLine
from elchi.node.directory.models import Agency
from elchi.node.federation.models import AgreementVersion, Held, Incoming, Outgoing, Partner
from elchi.node.federation.services import accept
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role

CENTRE = "CARICC-1"
KG, TJ = "KG-AKJ-1", "TJ-FOT-1"
NOW = timezone.now


@pytest.fixture
def centre(settings: LazySettings) -> None:
    """Make the node of the test the regional centre's."""
    for code in ("KZ", "KG", "TJ", "UZ"):
        make_country(code)
    told = dataclasses.replace(settings.ELCHI.here, code=CENTRE, country="", name="Regional centre")
    settings.ELCHI = dataclasses.replace(settings.ELCHI, here=told)


def officer(country: str, *roles: Role) -> Acting:
    """Give a liaison officer of a state, or for an empty country one of the centre's own staff."""
    if not country:
        agency, _ = Agency.objects.get_or_create(code="caricc", defaults={"kind": "regional_centre", "name": "Centre"})
    else:
        agency = make_agency(f"{country.lower()}-drugs", country=country)
    return acting(*(roles or (Role.ANALYST,)), agency=agency)


def member(code: str, folder: Path, *kinds: str, details: dict[str, Any] | None = None, **given: Any) -> PartnerNode:
    """Make a member's node, with an agreement in force that lets some kinds go both ways."""
    node = PartnerNode(code, folder, timezone.now().replace(microsecond=0))
    country = code[:2]
    Partner.objects.filter(code=code).update(country=make_country(country))
    node.row.refresh_from_db()
    grants = [
        grant(*kinds, purposes=["investigation"], subjects=given.pop("subjects", {}),
              details=details or dict.fromkeys(("warning", "operation", "entity"), go()))
    ]  # fmt: skip
    sides = {"a": side(country), "b": {**side(""), "nodes": [here().code]}}
    content = agreement_json(id=f"{country}-CARICC", grants=grants, sides=sides, valid_until="2036-01-01", **given)
    AgreementVersion.objects.create(
        partner=node.row, agreement=f"{country}-CARICC", version=1, state="in_force", is_ours=True, content=content,
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip
    return node


def due(kind: str) -> list[Item]:
    rows = Outgoing.objects.select_related("partner").filter(kind=kind).order_by("id")
    return [
        Item(row.partner.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")) for row in rows
    ]


def taken(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    return [
        (one.result, one.code) for one in accept(items=items, peer=node.code, carrier="https", at=node.now).outcomes
    ]


def says(node: PartnerNode, kind: str, body: dict[str, Any], **given: Any) -> Item:
    values: dict[str, Any] = {
        "agreement": f"{node.code[:2]}-CARICC:1", "purpose": "investigation", "onward": "with_permission",
        "retention_until": node.now.date() + dt.timedelta(days=30), **given,
    }  # fmt: skip
    return node.says(kind, {"v": 1, **body}, **values)


REPORTED = {
    "reference": "KG-1", "event_kind": "seizure", "event_date": "2026-11-20", "border": "KG-TJ",
    "departure_country": "TJ", "transit_countries": "KG", "destination_country": "KZ", "goods": ["drug", "cash"],
    "substance": ["heroin", None], "kilogram_equivalent": ["1.5", None], "intelligence_led": True,
}  # fmt: skip


def report(node: PartnerNode, thread: str, body: dict[str, Any], *, ago: int = 0) -> Message:
    """Make a report of a member, of some hours ago."""
    return node.message(
        "report", {"v": 1, **body}, thread=f"00000000-0000-4000-8000-00000000000{thread}",
        agreement=f"{node.code[:2]}-CARICC:1", purpose="investigation",
        onward="parties" if node.code == KG else "none", sent_at=node.now - dt.timedelta(hours=ago),
        retention_until=(node.now - dt.timedelta(hours=ago)).date() + dt.timedelta(days=30),
    )  # fmt: skip


@pytest.mark.usefixtures("centre")
def test_reports_are_counted_once_and_only_the_states_they_may_reach_see_them(tmp_path: Path) -> None:
    details = dict.fromkeys(REPORTED, go())
    kg = member(KG, tmp_path, "report", onward="parties", details=details)
    tj = member(TJ, tmp_path, "report", onward="none", details=details)
    newest = report(kg, "1", REPORTED, ago=1)
    first = report(kg, "1", {**REPORTED, "event_kind": "other"}, ago=5)
    month = report(tj, "2", {**REPORTED, "event_date": "2026-11", "intelligence_led": False})
    nominal = report(tj, "3", {**REPORTED, "subject": PERSON})
    assert [taken(node, node.seal(one)) for node, one in ((kg, first), (kg, newest), (tj, month), (tj, nominal))] == [
        [("accepted", "")], [("accepted", "")], [("accepted", "")], [("rejected", "not_covered")],
    ]  # fmt: skip
    assert (services.take_reports(), services.take_reports()) == (3, 0)
    assert [(one.partner.code, one.event_kind, str(one.event_day)) for one in Report.objects.order_by("id")] == [
        (KG, "seizure", "2026-11-20"), (TJ, "seizure", "2026-11-01"),
    ]  # fmt: skip
    seen = {state: inbox_of(officer(state)).count() for state in ("KG", "TJ", "KZ", "UZ", "")}
    assert seen == {"KG": 1, "TJ": 2, "KZ": 1, "UZ": 0, "": 0}
    told = bulletin_of(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert (told.total.count, told.total.led) == (2, 1)
    assert [(row.key, row.count) for row in told.members] == [("KG", 1), ("TJ", 1)]
    assert [(row.goods, row.substance, row.finds, str(row.kilograms), row.unweighed) for row in told.weighed] == [
        ("drug", "heroin", 2, "3.0", 0), ("cash", "", 2, "0", 2),
    ]  # fmt: skip
    taken(kg, kg.says("withdrawal", {"message": newest.id}, re=newest.id))
    services.take_reports()
    assert [(one.partner.code) for one in Report.objects.all()] == [TJ]
    assert inbox_of(officer("KG")).count() == 0


@pytest.mark.usefixtures("centre")
def test_an_officer_reads_the_inbox_of_his_own_state_alone(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, "report", onward="parties", details=dict.fromkeys(REPORTED, go()))
    taken(kg, kg.seal(report(kg, "1", {**REPORTED, "border": "KG-KZ", "destination_country": "KG"})))
    services.take_reports()
    InboxItem.objects.exclude(country="KG").delete()
    item = InboxItem.objects.get()
    for by, code in ((officer("TJ"), "inbox_unknown"), (officer(""), "state_needed")):
        with pytest.raises(ElchiError, match=code):
            services.read_inbox(by=by, item_id=item.pk)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.read_inbox(by=officer("KG", Role.PROGRAMME), item_id=item.pk)
    by = officer("KG")
    assert unread(by) == 1
    services.read_inbox(by=by, item_id=item.pk)
    services.read_inbox(by=by, item_id=item.pk)
    assert (unread(by), AuditLine.objects.filter(verb="regional.read_inbox").count()) == (0, 1)


@pytest.mark.usefixtures("centre")
def test_a_warning_reaches_officers_and_nodes_along_the_corridor_as_far_as_agreements_let_it(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, "regional.warning")
    member(TJ, tmp_path, "report")
    until = NOW() + dt.timedelta(days=10)
    told: dict[str, Any] = {
        "threat": "drugs",
        "states": ["TJ", "KG", "KZ"],
        "text": "Magnets below trailers.",
        "valid_until": until,
    }
    row = services.warn_members(by=officer(""), **told)
    assert row.number == f"{CENTRE}-W-{row.pk:04}"
    assert [(one.country, one.partner, one.state) for one in Told.objects.order_by("id")] == [
        ("TJ", TJ, "not_covered"), ("KG", KG, "queued"), ("KZ", "", "no_node"),
    ]  # fmt: skip
    assert {state: inbox_of(officer(state)).count() for state in ("TJ", "KG", "KZ", "UZ")} == {
        "TJ": 1, "KG": 1, "KZ": 1, "UZ": 0,
    }  # fmt: skip
    (item,) = due("regional.warning")
    _, message = kg.open(item)
    assert (message.lane, sorted(message.body["warning"])) == (
        Lane.ALERT, ["number", "states", "text", "threat", "valid_until"],
    )  # fmt: skip
    taken(kg, kg.receipt(item))
    assert Told.objects.get(partner=KG).state == "delivered"


@pytest.mark.usefixtures("centre")
def test_only_the_centres_own_staff_warns(settings: LazySettings) -> None:
    told: dict[str, Any] = {
        "threat": "drugs", "states": ["KG"], "text": "x", "valid_until": NOW() + dt.timedelta(days=1)
    }  # fmt: skip
    make_own_keys(NOW())
    with pytest.raises(NotAllowed, match="centre_staff_only"):
        services.warn_members(by=officer("KG"), **told)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.warn_members(by=officer("", Role.PROGRAMME), **told)
    for field, value in (("threat", "shoes"), ("states", ["XX"]), ("text", " "), ("valid_until", NOW())):
        with pytest.raises(InvalidInput, match="regional_invalid") as caught:
            services.warn_members(by=officer(""), **{**told, field: value})
        assert caught.value.params["field"] == field
    settings.ELCHI = dataclasses.replace(
        settings.ELCHI, here=dataclasses.replace(settings.ELCHI.here, country="KZ")
    )  # fmt: skip
    with pytest.raises(Conflict, match="not_a_centre"):
        services.warn_members(by=officer(""), **told)
    assert EarlyWarning.objects.count() == 0


WARNED = {
    "number": "CARICC-1-W-0007", "threat": "drugs", "states": ["KG", "KZ"], "text": "Magnets.",
    "valid_until": "2036-01-01T00:00:00.000Z",
}  # fmt: skip


def test_a_warning_of_the_centre_is_in_the_inbox_of_this_state_until_it_is_taken_back(tmp_path: Path) -> None:
    node = PartnerNode("CARICC-1", tmp_path, timezone.now().replace(microsecond=0))
    for code in ("KG", "KZ"):
        make_country(code)
    sides = {"a": side("KZ"), "b": {**side(""), "nodes": ["CARICC-1"]}}
    grants = [grant("regional.warning", "withdrawal", purposes=["investigation"], details={"warning": go()})]
    AgreementVersion.objects.create(
        partner=node.row, agreement="CA-CARICC", version=1, state="in_force", is_ours=True,
        content=agreement_json(id="CA-CARICC", grants=grants, sides=sides, valid_until="2036-01-01"),
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip
    message = node.message(
        "regional.warning", {"v": 1, "warning": WARNED}, lane=Lane.ALERT, agreement="CA-CARICC:1",
        purpose="investigation", onward="with_permission", retention_until=node.now.date(),
    )  # fmt: skip
    assert taken(node, node.seal(message)) == [("accepted", "")]
    again = {"lane": Lane.ALERT}
    assert taken(node, says(node, "regional.warning", {"warning": WARNED}, **again)) == [("rejected", "number_known")]
    for field, value in (("threat", "x"), ("states", []), ("states", ["xx"]), ("text", 7), ("number", "7")):
        bad = {"warning": {**WARNED, field: value}}
        assert taken(node, says(node, "regional.warning", bad, **again)) == [("rejected", "regional_invalid")]
    by = officer("KZ")
    assert [(item.kind, item.warning.text) for item in inbox_of(by) if item.warning] == [("warning", "Magnets.")]
    taken(node, node.says("withdrawal", {"message": message.id}, re=message.id, lane=Lane.REPORT))
    assert (EarlyWarning.objects.count(), inbox_of(by).count()) == (0, 0)


@pytest.mark.usefixtures("centre")
def test_an_operation_has_one_log_for_all_that_take_part(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, "regional.operation")
    today = timezone.localdate()
    row = services.open_operation(
        by=officer(""), title="Magnet", states=["KG", "TJ"], begins=today, ends=today, text="The plan."
    )  # fmt: skip
    services.log_operation(by=officer("KG"), operation_id=row.pk, state="planned", text="Team ready.")
    services.log_operation(by=officer(""), operation_id=row.pk, state="running", text="It begins.")
    with pytest.raises(InvalidInput, match="regional_invalid"):
        services.log_operation(by=officer("TJ"), operation_id=row.pk, state="closed", text="We close it.")
    with pytest.raises(NotFound, match="joint_operation_unknown"):
        services.log_operation(by=officer("UZ"), operation_id=row.pk, state="running", text="Me too.")
    services.log_operation(by=officer(""), operation_id=row.pk, state="closed", text="Done.")
    with pytest.raises(Conflict, match="joint_operation_over"):
        services.log_operation(by=officer(""), operation_id=row.pk, state="closed", text="Again.")
    log = [(one.place, one.country, one.state) for one in Entry.objects.order_by("place")]
    assert log == [(1, "", "planned"), (2, "KG", "planned"), (3, "", "running"), (4, "", "closed")]
    said = [kg.open(item)[1].body["operation"] for item in due("regional.operation")]
    assert [(one["place"], one["state"], one["country"]) for one in said] == [
        (1, "planned", ""), (2, "planned", "KG"), (3, "running", ""), (4, "closed", ""),
    ]  # fmt: skip
    assert ([len(operations_seen_by(officer(one))) for one in ("KG", "TJ", "UZ", "")]) == [1, 1, 0, 1]
    assert inbox_of(officer("TJ")).count() == 1
    _heard_elsewhere(kg, said)


def _heard_elsewhere(node: PartnerNode, said: list[dict[str, Any]]) -> None:
    """Let the same words come from another centre, last first: the operation is as the last line says."""
    for one in reversed(said):
        body = {"operation": {**one, "number": "CARICC-2-O-0001"}}
        assert taken(node, says(node, "regional.operation", body)) == [("accepted", "")]
    assert taken(node, says(node, "regional.operation", body)) == [("rejected", "number_known")]
    row = Operation.objects.get(number="CARICC-2-O-0001")
    assert (row.state, [one.place for one in row.entries.all()]) == ("closed", [1, 2, 3, 4])
    with pytest.raises(Conflict, match="not_a_centre"):
        services.log_operation(by=officer(""), operation_id=row.pk, state="closed", text="x")


def put(by: Acting, *fields: tuple[str, str], kind: str = "person", tlp: str = "AMBER", **given: Any) -> Entity:
    told = [PutField(name=name, value=value, origin="Case 7", tlp=tlp, **given) for name, value in fields]
    return services.put_entity(by=by, kind=kind, fields=told, reason="Case 7")


@pytest.mark.usefixtures("centre")
def test_fields_keep_origin_and_handling_and_are_seen_by_them() -> None:
    kg = officer("KG")
    row = services.put_entity(
        by=kg, kind="person", reason="Case 7",
        fields=[
            PutField(name="name", value="Olim Testov", origin="GKNB, case 7", handling="H2", tlp="GREEN"),
            PutField(name="phones", value="+996 555 000 111", origin="Operator", tlp="AMBER+STRICT"),
            PutField(name="documents.document_number", value="AN 1234567", origin="Seized", tlp="RED"),
            PutField(name="national_id", value="20101199900011", origin="Register", handling="H3"),
        ],
    )  # fmt: skip
    seen = {
        state: [one.name for one in fields_seen_by(officer(state), [row]).get(row.pk, [])] for state in ("KG", "TJ", "")
    }
    assert seen == {
        "KG": ["name", "phones", "documents.document_number", "national_id"], "TJ": ["name"], "": ["name", "phones"],
    }  # fmt: skip
    assert [(one.origin, one.handling, one.tlp) for one in row.fields.all()] == [
        ("GKNB, case 7", "H2", "GREEN"), ("Operator", "H1", "AMBER+STRICT"), ("Seized", "H1", "RED"),
        ("Register", "H3", "AMBER"),
    ]  # fmt: skip
    hidden = put(kg, ("phones", "+996 555 000 222"), tlp="RED")
    assert entities_seen_by(officer("TJ")).filter(pk=hidden.pk).count() == 0
    with pytest.raises(NotFound, match="entity_gone"):
        services.read_entity(by=officer("TJ"), entity_id=hidden.pk)
    with pytest.raises(NotAllowed, match="state_needed"):
        put(officer(""), ("name", "Nobody"))


@pytest.mark.usefixtures("centre")
def test_what_shares_a_mark_is_linked_with_the_reason_and_no_hidden_mark_links() -> None:
    kg, tj = officer("KG"), officer("TJ")
    first = put(kg, ("name", "Olim Testov"), ("phones", "+996 555 000 111"), ("documents.document_number", "AN1234567"))
    second = put(tj, ("name", "O. Testov"), ("phones", "00996555000111"))
    car = put(tj, ("plate", "01 KG 123 ABC"), kind="vehicle")
    other_car = put(kg, ("plate", "01kg123abc"), kind="vehicle")
    put(tj, ("name", "Olim Testov"))
    secret = put(tj, ("documents.document_number", "AN 1234567"), tlp="RED")
    rows = [first, second, car, other_car, secret]

    def told(by: Acting) -> list[tuple[int, int, str, str]]:
        return [(min(one.one.pk, one.other.pk), max(one.one.pk, one.other.pk), one.reason, one.value)
                for one in links_seen_by(by, rows)]  # fmt: skip

    both = [(first.pk, second.pk, "phone", "+996555000111"), (car.pk, other_car.pk, "plate", "01123ABC")]
    assert told(kg) == both
    assert sorted(told(tj)) == sorted([*both, (first.pk, secret.pk, "number", "AN1234567")])
    assert told(officer("")) == both


def everything() -> Iterator[str]:
    """Give all that the tables hold, as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.order_by().values_list():  # noqa: SLF001  Django's own name
            for value in row:
                yield bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview | bytes) else str(value)


def traces(*marks: str) -> list[str]:
    """Give what of the marks stands in a table, or in a file of the node."""
    told = [*everything(), *(path.read_bytes().decode("utf-8", "replace")
                             for path in here().home.rglob("*") if path.is_file())]  # fmt: skip
    return [mark for mark in marks if any(mark.lower() in one.lower() for one in told)]


MARKS = ("MARKNAME", "996777888999", "MK7654321", "Markcase")


@pytest.mark.usefixtures("centre")
def test_nothing_remains_of_an_entity_that_its_owner_takes_back() -> None:
    kg = officer("KG")
    fields = [("name", "MARKNAME Marker"), ("phones", "+996 777 888 999"), ("documents.document_number", "MK 7654321")]
    told = [PutField(name=name, value=value, origin="Markcase 7") for name, value in fields]
    row = services.put_entity(by=kg, kind="person", fields=told, reason="Markcase 7")
    put(kg, ("phones", "+996 777 888 000"))
    services.read_entity(by=officer("TJ"), entity_id=row.pk)
    assert traces(*MARKS) == ["MARKNAME", "996777888999", "MK7654321", "Markcase"]
    for by in (officer("TJ"), officer("UZ")):
        with pytest.raises(NotFound, match="entity_gone"):
            services.withdraw_entity(by=by, entity_id=row.pk)
    services.withdraw_entity(by=kg, entity_id=row.pk)
    assert traces(*MARKS) == []
    assert (Entity.objects.count(), EntityKey.objects.count()) == (1, 1)
    lines = AuditLine.objects.filter(on=f"entity:{row.pk}").order_by("sequence")
    assert [line.verb for line in lines] == ["regional.put_entity", "regional.read_entity", "regional.withdraw_entity"]
    assert (lines[0].subject, len(lines[0].subject)) == (lines[2].subject, 32)


@pytest.mark.only("sqlite")
@pytest.mark.usefixtures("centre")
def test_the_file_of_the_database_forgets_too() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL overwrites at VACUUM")
    kg = officer("KG")
    row = put(kg, ("name", "MARKNAME Marker"))
    services.withdraw_entity(by=kg, entity_id=row.pk)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone()[0] == 1


PERSON = {"kind": "person", "name": "MARKNAME Marker", "phones": ["+996777888999"],
          "documents": [{"kind": "document", "document_number": "MK7654321"}]}  # fmt: skip
NOMINAL = {"person": {"name": go(), "phones": go(), "documents.document_number": go()}}


@pytest.mark.usefixtures("centre")
def test_a_members_node_puts_an_entity_and_takes_it_back(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, ENTITY, subjects=NOMINAL)
    told = {"subject": PERSON, "entity": {"origin": "GKNB", "reason": "Markcase 7"}}
    message = kg.message(
        ENTITY, {"v": 1, **told}, agreement="KG-CARICC:1", purpose="investigation", onward="with_permission",
        retention_until=kg.now.date() + dt.timedelta(days=30), handling=Handling(code="H2", tlp="AMBER"),
    )  # fmt: skip
    assert taken(kg, kg.seal(message)) == [("accepted", "")]
    row = Entity.objects.get()
    assert [(one.name, one.origin, one.handling, one.tlp) for one in row.fields.all()] == [
        ("name", "GKNB", "H2", "AMBER"), ("documents.document_number", "GKNB", "H2", "AMBER"),
        ("phones", "GKNB", "H2", "AMBER"),
    ]  # fmt: skip
    assert (row.country, entities_seen_by(officer("TJ")).count()) == ("KG", 1)
    taken(kg, kg.says("withdrawal", {"message": message.id}, re=message.id))
    assert (Entity.objects.count(), traces(*MARKS)) == (0, [])


@pytest.mark.usefixtures("centre")
def test_without_an_agreement_for_names_a_person_is_refused_with_the_clause(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, ENTITY, subjects={"vehicle": {"plate": go()}})
    told = {"subject": PERSON, "entity": {"origin": "GKNB", "reason": "Case 7"}}
    assert taken(kg, says(kg, ENTITY, told)) == [("rejected", "not_covered")]
    assert (Incoming.objects.get().clause, Entity.objects.count(), traces(*MARKS)) == ("2", 0, [])


@pytest.mark.usefixtures("centre")
def test_the_centre_carries_for_members_and_cannot_read(tmp_path: Path) -> None:
    kg, tj = member(KG, tmp_path, "report"), member(TJ, tmp_path, "report")
    Partner.objects.filter(code=TJ).update(relayed_bytes=1 << 20)
    sealed = kg.seal(kg.message("note", {"text": "MARKNAME"}))
    item = Item(TJ, Lane.REPORT, sealed.expires_at, "envelope", sealed.content)
    outcome = accept(items=[item], peer=KG, carrier="https", at=kg.now).outcomes[0]
    assert (outcome.result, Held.objects.count()) == ("carried", 1)
    assert [(one.partner.code, one.items, one.bytes, one.limit) for one in mailboxes()] == [
        (TJ, 1, len(item.content), 1 << 20)
    ]  # fmt: skip
    assert (tj.code, traces("MARKNAME")) == (TJ, [])


@pytest.mark.usefixtures("centre")
def test_registers_say_who_is_competent_on_a_day() -> None:
    by, today = officer("", Role.SUPERVISOR), timezone.localdate()
    card = services.AuthorityCard(
        country="KG", agency="GKNB", competence="controlled_delivery", legal_basis="Invented act, art. 7",
        contact="Duty desk", valid_from=today,
    )  # fmt: skip
    row = services.set_authority(by=by, card=card)
    services.set_authority(by=by, card=dataclasses.replace(card, agency="Drug service"), authority_id=row.pk)
    from elchi.modules.regional.queries import authorities, organisations  # noqa: PLC0415  beside their only use

    assert [one.agency for one in authorities()] == ["Drug service"]
    assert authorities(today - dt.timedelta(days=1)).count() == 0
    bad: list[dict[str, Any]] = [
        {"country": "XX"}, {"competence": "x"}, {"valid_until": today - dt.timedelta(days=1)}, {"contact": "\n"}
    ]  # fmt: skip
    for changed in bad:
        with pytest.raises(InvalidInput, match="regional_invalid"):
            services.set_authority(by=by, card=dataclasses.replace(card, **changed))
    with pytest.raises(NotAllowed, match="right_missing"):
        services.set_authority(by=officer("KG"), card=card)
    told = services.OrganisationCard(name="UNODC", name_ru="УНП ООН", does="Programme of the centre")
    services.set_organisation(by=by, card=told)
    services.set_organisation(by=by, card=dataclasses.replace(told, contact="Desk"))
    assert [(one.name, one.contact) for one in organisations()] == [("UNODC", "Desk")]


@pytest.mark.usefixtures("centre")
def test_what_is_kept_long_enough_goes(tmp_path: Path) -> None:
    kg = member(KG, tmp_path, "report", onward="parties", details=dict.fromkeys(REPORTED, go()))
    taken(kg, kg.seal(report(kg, "1", REPORTED)))
    services.take_reports()
    put(officer("KG"), ("name", "MARKNAME Marker"))
    Report.objects.update(retention_until=kg.now.date() - dt.timedelta(days=1))
    Entity.objects.update(keep_until=kg.now.date() - dt.timedelta(days=1))
    assert services.apply_regional_retention() >= 2
    assert (Report.objects.count(), Entity.objects.count()) == (0, 0)
