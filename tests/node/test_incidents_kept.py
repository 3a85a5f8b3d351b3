"""How long incidents are kept: names first, then all of it; what is held, in an open case or in custody stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import acting, make_crossing, make_officer, signed_in
from tests.node.test_incidents import FOUND, HASHISH, recorded

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import exhibits, figures, keeping, queries, services
from elchi.modules.operations.custody import ExhibitCard, Said
from elchi.modules.operations.incident import Count, Found
from elchi.modules.operations.models import (
    Incident,
    IncidentHold,
    IncidentMark,
    IncidentVersion,
    ProtectedPerson,
    ReportReceived,
    Waiting,
)
from elchi.modules.operations.queries import Wanted
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.officers.rules import Role
from elchi.subjects import Person

TERMS = {"nominal_days": 400, "incident_days": 1000, "waiting_days": 30}


def old(days: int, found: Found = FOUND) -> Incident:
    row = recorded(at=timezone.now() - dt.timedelta(days=days), found=found, description="Testov drove",
                   concealment_text="Below Testovs seat")  # fmt: skip
    assert isinstance(row, Incident)
    return row


@pytest.fixture
def policy() -> None:
    services.set_incident_retention(by=acting(Role.SUPERVISOR), terms=TERMS, reason="Order 117")


def test_without_a_policy_everything_stays() -> None:
    row = old(5000)
    assert services.keep_incidents(by=NODE) == {"reports": 0, "operations": 0, "acts": 0}
    assert queries.found_of(queries.incident_of(row.pk)) == FOUND


def test_names_go_first_and_what_is_counted_stays(policy: None) -> None:
    found = replace(FOUND, items=(replace(HASHISH, name="Testovs bag"),), counts=(Count(kind="smuggled", count=2),))
    row, fresh = old(500, found), old(10)
    services.protect_person(by=acting(Role.SUPERVISOR), incident_id=row.pk, subject=Person(name="Protectova Aida"))
    services.amend_incident(
        by=acting(Role.SUPERVISOR), incident_id=row.pk, version=1, card=queries.card_of(queries.incident_of(row.pk)),
        found=found, reason="x",
    )  # fmt: skip
    before = figures.figures_of(Wanted())
    assert services.keep_incidents(by=NODE)["nominal"] == 1
    kept = queries.incident_of(row.pk)
    assert figures.figures_of(Wanted()) == before
    assert (kept.description, kept.concealment_text, kept.legal_basis, kept.stripped_at is None) == ("", "", "", False)
    told = queries.found_of(kept)
    assert [(one.role, one.sex, one.nationality, one.subject) for one in told.involved] == [("driver", "M", "TJ", None)]
    assert (told.vehicles, told.items[0].name, told.items[0].quantity) == ((), "", Decimal(1981))
    for model in (ProtectedPerson, IncidentMark, IncidentVersion):
        assert not model.objects.filter(incident=row).exists()
    assert queries.found_of(queries.incident_of(fresh.pk)) == FOUND
    assert "nominal" not in services.keep_incidents(by=NODE)


def test_then_all_of_it_goes_with_a_line_of_the_audit(policy: None) -> None:
    row = old(1200)
    assert services.keep_incidents(by=NODE)["incidents"] == 1
    with pytest.raises(NotFound, match="incident_unknown"):
        queries.incident_of(row.pk)
    line = AuditLine.objects.get(verb="operations.keep_incidents")
    assert line.detail["removed"] == {"incidents": 1}


def test_what_is_held_in_an_open_case_or_in_custody_stays(policy: None) -> None:
    by = acting(Role.SUPERVISOR)
    held, worked, kept = old(1200), old(1200), old(1200)
    services.hold_incident(by=by, incident_id=held.pk, reason="A court asks for it")
    services.open_incident_case(by=by, incident_id=worked.pk, title="x")
    card = ExhibitCard(kind="drug", what="x", quantity=Decimal(1), unit="g", seal="A1", place="Store")
    exhibit = services.take_exhibit(by=by, incident_id=kept.pk, card=card)
    assert "incidents" not in services.keep_incidents(by=NODE)
    assert queries.found_of(queries.incident_of(held.pk)) == FOUND
    with pytest.raises(Conflict, match="incident_held"):
        services.hold_incident(by=by, incident_id=held.pk, reason="Again")
    services.release_incident(by=by, incident_id=held.pk)
    with pytest.raises(NotFound, match="hold_unknown"):
        services.release_incident(by=by, incident_id=held.pk)
    services.move_exhibit(
        by=by, exhibit_id=exhibit.pk, move="end", said=Said(seal="A1", end="destroyed", note="Act 12")
    )
    assert services.keep_incidents(by=NODE)["incidents"] == 2
    assert [one.pk for one in Incident.objects.all()] == [worked.pk]
    assert (IncidentHold.objects.count(), exhibits.exhibits().count()) == (0, 0)


def test_what_partners_told_goes_when_their_agreement_says_so() -> None:
    now = timezone.now()
    today = now.astimezone(dt.UTC).date()
    for number, days in enumerate((-1, 0, 1)):
        ReportReceived.objects.create(
            partner="KG-AKJ-1", thread=str(number), agreement="x:1", sent_at=now, first_at=now,
            retention_until=today + dt.timedelta(days=days),
        )  # fmt: skip
    assert services.keep_incidents(by=NODE)["reports"] == 1
    assert sorted(one.thread for one in ReportReceived.objects.all()) == ["1", "2"]


def test_waiting_times_go_too(policy: None) -> None:
    place = make_crossing()
    for days in (29, 31):
        row = Waiting.objects.create(crossing=place, minutes=5, lane="car", direction="entry", by="x")
        Waiting.objects.filter(pk=row.pk).update(at=timezone.now() - dt.timedelta(days=days))
    assert services.keep_incidents(by=NODE)["waiting"] == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [({"nominal_days": 29}, "nominal_days"), ({"incident_days": 364}, "incident_days"),
     ({"nominal_days": 1001}, "nominal_days"), ({"waiting_days": 9999}, "waiting_days")],
)  # fmt: skip
def test_what_is_no_policy_is_refused(given: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        services.set_incident_retention(by=acting(Role.SUPERVISOR), terms=TERMS | given, reason="x")
    assert (error.value.params["field"], keeping.policy_in_force()) == (field, None)


def test_who_may_decide_hold_and_remove() -> None:
    row = recorded()
    with pytest.raises(NotAllowed, match="right_missing"):
        services.set_incident_retention(by=acting(Role.SECOND_LINE), terms=TERMS, reason="x")
    with pytest.raises(NotAllowed, match="right_missing"):
        services.hold_incident(by=acting(Role.ANALYST), incident_id=row.pk, reason="x")
    with pytest.raises(NotAllowed, match="case_node_only"):
        services.keep_incidents(by=acting(Role.SUPERVISOR))


def test_the_pages_show_what_would_go_before_it_is_decided(client: Client) -> None:
    row = old(1200)
    signed_in(client, make_officer(Role.SUPERVISOR))
    said = {name: str(days) for name, days in TERMS.items()} | {"reason": "Order 117"}
    page = client.post("/incidents/retention/", said).content.decode()
    assert ("This would remove at once: incidents 1," in page, keeping.policy_in_force()) == (True, None)
    assert client.post("/incidents/retention/", said | {"confirm": "1"}).status_code == 302
    assert client.post(f"/incidents/{row.pk}/hold/", {"reason": "A court"}).status_code == 302
    assert "A court" in client.get(f"/incidents/{row.pk}/").content.decode()
    assert row.number in client.get("/incidents/retention/").content.decode()
    assert client.post(f"/incidents/{row.pk}/release/").status_code == 302
    assert client.post("/incidents/retention/", said | {"nominal_days": "1"}).status_code == 422
