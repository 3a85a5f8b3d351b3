"""Partners and agreements through the API."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from tests.api_calls import caller
from tests.node.test_agreements_signed import agreement
from tests.partner_node import PartnerNode

from elchi.node.federation.models import AgreementVersion, Link
from elchi.node.federation.services.hearing import receive_agreement
from elchi.node.officers.rules import Role


@pytest.fixture
def partner(db: None, tmp_path: Path) -> PartnerNode:
    return PartnerNode("KG-AKJ-1", tmp_path, timezone.now().replace(microsecond=0))


def test_partners_are_told_with_their_links(partner: PartnerNode) -> None:
    Link.objects.create(partner=partner.row, carrier="https", failures=3, code="timeout")
    who = caller(Role.ADMINISTRATOR)
    told = who.get("/partners").json()["items"]
    assert [(one["code"], one["state"], one["cautions"]) for one in told] == [("KG-AKJ-1", "active", ["silent"])]
    assert told[0] == who.get("/partners/KG-AKJ-1").json()
    link = told[0]["links"][0]
    assert (link["carrier"], link["failures"], link["code"]) == ("https", 3, "timeout")
    unknown = who.get("/partners/KG-OSH-1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "partner_unknown")
    assert caller(Role.FIRST_LINE).get("/partners").status_code == 403


def test_agreements_are_told_with_their_text(partner: PartnerNode) -> None:
    told = agreement(valid_from=dt.date(2026, 1, 1), valid_until=dt.date(2027, 1, 1))
    receive_agreement(partner=partner.row, agreement=told, document=b"signed")
    pk = AgreementVersion.objects.get().pk
    who = caller(Role.AGREEMENT_KEEPER)
    [row] = who.get("/agreements").json()["items"]
    assert (row["id"], row["partner"], row["state"], row["sha256"]) == (pk, "KG-AKJ-1", "received", told.sha256)
    assert who.get(f"/agreements/{pk}").json()["content"] == told.to_json()
    assert who.get("/agreements/999").json()["code"] == "agreement_unknown"
    assert caller(Role.ADMINISTRATOR).get("/agreements").status_code == 403
