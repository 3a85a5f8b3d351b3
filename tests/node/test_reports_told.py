"""The report of an incident travels without names: read from the sealed bytes of the run, received, counted once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.agreements_made import go, grant
from tests.api_calls import caller
from tests.factories import acting, make_officer, signed_in
from tests.node.test_asking import due, joined, outcomes, taken
from tests.node.test_incidents import FOUND, card, recorded
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.agreement import Side, templates
from elchi.exchange.batch import Item
from elchi.modules.operations import services
from elchi.modules.operations.incident import Count
from elchi.modules.operations.models import Incident, ReportReceived, ReportSent
from elchi.modules.operations.reported import WantedReports, counted, tellings_of
from elchi.modules.operations.telling import FIELDS, NOMINAL, read_report
from elchi.node.audit.models import AuditLine
from elchi.node.federation.models import AgreementVersion
from elchi.node.here import here
from elchi.node.officers.rules import Role
from elchi.subjects import Person

KG, TJ = "KG-AKJ-1", "TJ-FOT-1"
TYPED: dict[str, Any] = {
    "description": "Marker in words", "concealment_text": "Below Markers seat", "place": "Markville",
    "legal_basis": "Invented act, art. 7",
}  # fmt: skip
SECRETS = ("Testov", "Baikal", "N7654321", "05KG321DEM", "Marker", "Markville", "Invented act", "Protectova")
"""What names somebody, and what somebody typed."""


def reports(*fields: str, **given: Any) -> list[dict[str, Any]]:
    return [grant("report", purposes=["investigation"], details={name: go() for name in fields}, **given)]


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return joined(PartnerNode(KG, tmp_path, now), grants=reports(*FIELDS))


def seizure() -> Incident:
    found = replace(FOUND, counts=(Count(kind="smuggled", count=2),))
    row = recorded(found=found, **TYPED)
    services.protect_person(
        by=acting(Role.SUPERVISOR), incident_id=row.pk, subject=Person(name="Protectova Aida"), note="Marker"
    )
    return row


def test_what_is_sealed_names_nobody_and_says_what_happened(kg: PartnerNode, tmp_path: Path, now: dt.datetime) -> None:
    narrow = joined(PartnerNode(TJ, tmp_path, now), grants=reports("event_date", "substance", "unit"))
    row = seizure()
    sent = services.send_report(by=acting(Role.SECOND_LINE), incident_id=row.pk)
    assert [(one.partner, one.state) for one in sent] == [(KG, "queued"), (TJ, "queued")]
    items = due("report")
    for node, item in zip((kg, narrow), items, strict=True):
        opened, message = node.open(item)
        plain = json.dumps(opened.manifest, default=dict) + "".join(part.content.decode() for part in opened.parts)
        assert [one for one in SECRETS if one.casefold() in plain.casefold()] == []
        assert (message.kind, message.purpose, message.files) == ("report", "investigation", ())
    _, wide = kg.open(items[0])
    told = read_report(wide.body).told
    assert {name: told[name] for name in ("reference", "event_kind", "border", "substance", "quantity", "unit",
            "kilogram_equivalent", "concealment", "persons", "nationalities", "smuggled")} == {
        "reference": row.number, "event_kind": "seizure", "border": "KG-KZ", "substance": ["cannabis_resin"],
        "quantity": ["1981"], "unit": ["g"], "kilogram_equivalent": ["1.981"], "concealment": "magnets", "persons": 1,
        "nationalities": "TJ 1", "smuggled": 2,
    }  # fmt: skip
    _, small = narrow.open(items[1])
    day = row.at.date().isoformat()
    assert small.body == {"v": 1, "event_date": day, "substance": ["cannabis_resin"], "unit": ["g"]}
    assert sent[1].fields == ["event_date", "substance", "unit"]
    assert {"reference", "quantity", "persons"} <= set(sent[1].kept)


def test_nominal_is_refused_with_the_clause_unless_the_agreement_names_it(
    kg: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    row, by = seizure(), acting(Role.SECOND_LINE)
    with pytest.raises(NotAllowed, match="nominal_refused") as given:
        services.send_report(by=by, incident_id=row.pk, is_nominal=True)
    assert given.value.params == {"agreement": "KZ-KG-2026:1", "clause": "2"}
    assert (due("report"), ReportSent.objects.count()) == ([], 0)
    named = joined(PartnerNode(TJ, tmp_path, now), grants=reports("event_date", NOMINAL))
    sent = services.send_report(by=by, incident_id=row.pk, is_nominal=True)
    assert [(one.partner, one.is_nominal) for one in sent] == [(TJ, True)]
    _, message = named.open(due("report")[0])
    assert message.body[NOMINAL]["persons"] == [{"role": "driver", "name": "Testov Baikal", "documents": ["N7654321"]}]
    assert "Protectova" not in json.dumps(message.body, default=dict)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.send_report(by=acting(Role.FIRST_LINE), incident_id=row.pk)


def test_a_version_is_told_once_and_the_next_follows_the_first(kg: PartnerNode) -> None:
    row, by = seizure(), acting(Role.SUPERVISOR)
    (first,) = services.send_report(by=by, incident_id=row.pk)
    with pytest.raises(Conflict, match="report_known"):
        services.send_report(by=by, incident_id=row.pk)
    services.amend_incident(by=by, incident_id=row.pk, version=1, card=card(transport="truck"), found=FOUND, reason="x")
    (second,) = services.send_report(by=by, incident_id=row.pk)
    _, message = kg.open(due("report")[1])
    assert (second.version, message.thread, message.re) == (2, first.thread, first.message_id)
    assert message.body["transport_mode"] == "truck"
    kg.now = timezone.now()
    taken(kg, kg.receipt(due("report")[1], outcome="rejected", code="not_covered", clause="5"))
    second.refresh_from_db()
    assert (second.state, second.code) == ("rejected", "not_covered")
    services.send_report(by=by, incident_id=row.pk)


def test_a_withdrawn_incident_is_taken_back_from_partners(kg: PartnerNode) -> None:
    row, by = seizure(), acting(Role.SUPERVISOR)
    (sent,) = services.send_report(by=by, incident_id=row.pk)
    services.withdraw_incident(by=by, incident_id=row.pk, reason="Twice")
    sent.refresh_from_db()
    _, message = kg.open(due("withdrawal")[0])
    assert (sent.state, message.body) == ("withdrawn", {"message": sent.message_id})
    with pytest.raises(Conflict, match="incident_withdrawn"):
        services.send_report(by=by, incident_id=row.pk)


def test_nothing_leaves_where_no_agreement_covers_it(tmp_path: Path, now: dt.datetime) -> None:
    joined(PartnerNode(KG, tmp_path, now))
    with pytest.raises(Conflict, match="report_uncovered"):
        services.send_report(by=acting(Role.SECOND_LINE), incident_id=seizure().pk)
    assert due("report") == []


def told(node: PartnerNode, body: dict[str, Any], **given: Any) -> Item:
    values: dict[str, Any] = {
        "agreement": f"KZ-{node.code[:2]}-2026:1", "purpose": "investigation",
        "retention_until": node.now.date() + dt.timedelta(days=30), **given,
    }  # fmt: skip
    return node.says("report", {"v": 1, **body}, **values)


EVENT = {"event_kind": "seizure", "event_date": "2024-03-07", "border": "KG-KZ", "substance": ["cannabis_resin"],
         "quantity": ["1981"], "unit": ["g"]}  # fmt: skip


def test_what_comes_is_counted_once_however_often_it_is_told(kg: PartnerNode) -> None:
    thread = "6f1d3a5e-0000-4000-8000-000000000001"
    kg.now -= dt.timedelta(minutes=2)
    first = told(kg, EVENT, thread=thread)
    kg.now += dt.timedelta(minutes=1)
    second = told(kg, EVENT | {"quantity": ["1990"]}, thread=thread)
    assert outcomes(taken(kg, second)) == [("accepted", "")]
    assert outcomes(taken(kg, first, told(kg, EVENT | {"event_kind": "rescue"}))) == [("accepted", "")] * 2
    row = ReportReceived.objects.get(thread=thread)
    assert (row.told["quantity"], row.versions, row.border) == (["1990"], 2, "KG-KZ")
    assert (counted(WantedReports()), counted(WantedReports(kind="rescue"))) == ([(KG, 2)], [(KG, 1)])
    assert not Incident.objects.exists()
    assert AuditLine.objects.filter(verb="operations.receive_report", actor=f"partner:{KG}").count() == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**EVENT, "nominal": {"persons": [{"name": "Somebody"}]}}, "not_covered"),
        ({**EVENT, "event_date": "2024-02-30"}, "report_invalid"),
        ({**EVENT, "border": "here"}, "report_invalid"),
        ({**EVENT, "substance": "cannabis"}, "report_invalid"),
        ({**EVENT, "concealment": "x" * 201}, "report_invalid"),
        ({**EVENT, "threats": [{"deep": 1}]}, "report_invalid"),
        ({**EVENT, "goods": ["drug"] * 101}, "report_invalid"),
    ],
)
def test_what_is_no_report_or_not_agreed_is_refused(kg: PartnerNode, body: dict[str, Any], code: str) -> None:
    pushed = taken(kg, told(kg, body))
    assert [entry.code for entry in kg.read(pushed.back[0]).entries] == [code]
    assert not ReportReceived.objects.exists()


def test_what_a_partner_takes_back_is_forgotten(kg: PartnerNode) -> None:
    message = kg.message(
        "report", {"v": 1, **EVENT}, agreement="KZ-KG-2026:1", purpose="investigation",
        retention_until=kg.now.date() + dt.timedelta(days=30),
    )  # fmt: skip
    taken(kg, kg.seal(message))
    assert ReportReceived.objects.count() == 1
    taken(kg, kg.says("withdrawal", {"message": message.id}, re=message.id, thread=message.thread))
    assert not ReportReceived.objects.exists()


def test_a_body_of_another_version_is_not_guessed() -> None:
    with pytest.raises(InvalidInput, match="report_invalid"):
        read_report({"v": 2, **EVENT})


@pytest.mark.parametrize("name", ["bilateral", "caricc"])
def test_the_templates_let_every_field_go_that_names_nobody(kg: PartnerNode, now: dt.datetime, name: str) -> None:
    us, them = (Side(name={"en": code, "ru": code}, countries=(), agencies=(), offices=(), nodes=(code,))
                for code in (here().code, KG))  # fmt: skip
    made = templates()[name].fill(
        agreement_id="T", side_a=us, side_b=them, valid_from=now.date(), valid_until=now.date() + dt.timedelta(days=9)
    )
    AgreementVersion.objects.update(agreement="T", content=made.to_json(), valid_from=now.date())
    row = seizure()
    (telling,) = tellings_of(row, timezone.now())
    assert telling.kept == []
    with pytest.raises(NotAllowed, match="nominal_refused"):
        list(tellings_of(row, timezone.now(), is_nominal=True))


def test_the_pages_say_what_would_go_and_what_came(client: Client, kg: PartnerNode) -> None:
    row = seizure()
    signed_in(client, make_officer(Role.SECOND_LINE))
    page = client.get(f"/incidents/{row.pk}/report/").content.decode()
    assert ("KZ-KG-2026:1" in page, "annabis resin" in page, "Testov" in page) == (
        True, True, False,
    )  # fmt: skip
    assert client.post(f"/incidents/{row.pk}/report/", {"nominal": "1"}).status_code == 409
    assert client.post(f"/incidents/{row.pk}/report/").status_code == 302
    assert KG in client.get(f"/incidents/{row.pk}/").content.decode()
    taken(kg, told(kg, EVENT))
    came = ReportReceived.objects.get()
    assert f"/incidents/reported/{came.pk}/" in client.get(f"/incidents/reported/?partner={KG}").content.decode()
    assert "1981" in client.get(f"/incidents/reported/{came.pk}/").content.decode()
    assert f'href="/incidents/reported/?partner={KG}' in client.get("/picture/?show=1").content.decode()


def test_a_program_tells_and_reads(kg: PartnerNode) -> None:
    row, second = seizure(), caller(Role.SECOND_LINE)
    refused = second.post(f"/incidents/{row.pk}/reports", {"nominal": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "nominal_refused")
    sent = second.post(f"/incidents/{row.pk}/reports", {})
    assert [one["partner"] for one in sent.json()["items"]] == [KG]
    taken(kg, told(kg, EVENT))
    listed = second.get(f"/incidents/reported?partner={KG}").json()["items"]
    assert [(one["partner"], one["report"]) for one in listed] == [(KG, EVENT)]
