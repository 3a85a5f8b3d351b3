"""Agreements that name agencies and offices: for whom nodes speak, and what people have confirmed of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.agreements_made import agreement_json, questions, side
from tests.factories import acting, make_agency, make_country, make_office
from tests.lists_made import put_list
from tests.node.test_asking import FIELDS, TRAVELLER, due
from tests.partner_node import PartnerNode

from elchi.errors import NotAllowed, NotFound
from elchi.exchange.agreement import Party
from elchi.node.audit.models import AuditLine
from elchi.node.checks.services import submit_check
from elchi.node.federation.models import AgreementVersion, Incoming, KeyVersion, Partner
from elchi.node.federation.queries.agreements import own_party, party_of
from elchi.node.federation.queries.keys import document_of
from elchi.node.federation.queries.partners import partner_state
from elchi.node.federation.services import accept, change_spoken_for, confirm_spoken_for, take_key_document
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.seal.trust import issue_key_document, read_key_document
from elchi.subjects import to_wire

KG = "KG-AKJ-1"


@pytest.fixture
def kg(tmp_path: Path) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}}, action="stop",
             owner=make_agency("kz-border"))  # fmt: skip
    node = PartnerNode(KG, tmp_path, timezone.now().replace(microsecond=0))
    Partner.objects.filter(code=KG).update(country=make_country("KG"))
    node.row.refresh_from_db()
    agree(node, {"agencies": ["kz-border"]}, {"agencies": ["kg-border"]})
    return node


def agree(node: PartnerNode, ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> None:
    """Have an agreement in force between what is named."""
    sides = {"a": side("KZ", **ours), "b": side("KG", **theirs)}
    content = agreement_json(id="KZ-KG-2026", grants=questions(FIELDS), valid_until="2036-01-01", sides=sides)
    AgreementVersion.objects.filter(partner=node.row).delete()
    AgreementVersion.objects.create(
        partner=node.row, agreement="KZ-KG-2026", version=1, state="in_force", is_ours=True, content=content,
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip


def says(node: PartnerNode, *agencies: str, offices: tuple[str, ...] = ()) -> None:
    """Have the partner say in its next key document for whom it speaks."""
    trusted = read_key_document(bytes(KeyVersion.objects.filter(party=KG)[0].document), trusted=None)
    following = replace(
        trusted, version=trusted.version + 1, previous=trusted.sha256, issued_at=trusted.issued_at,
        agencies=agencies, offices=offices,
    )  # fmt: skip
    content = issue_key_document(following, signers=[node.signing])
    take_key_document(party=KG, content=content, at=timezone.now())
    node.document = read_key_document(content, trusted=None)


def speaks() -> Party:
    return party_of(Partner.objects.select_related("country").get(code=KG))


def asks_us(node: PartnerNode) -> Any:
    """Have the partner ask; give the state and the refusal of its question."""
    subject = {**to_wire(TRAVELLER)}
    kept = {name: subject[name] for name in ("kind", "family_name", "given_names")}
    item = node.says("question", {"v": 1, "subject": kept}, purpose="border_check", agreement="KZ-KG-2026:1",
                     retention_until=(node.now + dt.timedelta(days=30)).date())  # fmt: skip
    accept(items=[item], peer=KG, carrier="https", at=node.now + dt.timedelta(seconds=1))
    row = Incoming.objects.order_by("-pk")[0]
    return row.state, row.code, row.clause


def keeper() -> Acting:
    return acting(Role.AGREEMENT_KEEPER)


def officer(agency: str, office: str = "kordai") -> Acting:
    return acting(Role.FIRST_LINE, agency=make_agency(agency), office=make_office(office))


def asked(by: Acting) -> int:
    submit_check(by=by, subjects=[TRAVELLER], purpose="border_check")
    return len(due())


def test_it_covers_who_says_so_and_was_confirmed_in_both_directions(kg: PartnerNode) -> None:
    border = officer("kz-border")
    assert (asked(border), asks_us(kg)) == (0, ("rejected", "not_covered", "2"))  # nobody has said anything
    change_spoken_for(by=at_machine("root"), agencies=["kz-border"], offices=[])
    says(kg, "kg-border")
    assert (asked(border), asks_us(kg)[1:]) == (0, ("not_covered", "2"))  # nobody here has confirmed what it says
    assert partner_state(KG, timezone.now()).cautions.count("speaks_for") == 1
    confirm_spoken_for(by=keeper(), code=KG)
    assert asked(border) == 1
    assert asks_us(kg) == ("accepted", "", "")
    assert len(due("answer")) == 1
    assert "speaks_for" not in partner_state(KG, timezone.now()).cautions


def test_an_officer_asks_for_his_own_agency_and_office(kg: PartnerNode) -> None:
    for code in ("kz-border", "kz-customs"):
        make_agency(code)
    make_office("kordai")
    change_spoken_for(by=at_machine("root"), agencies=["kz-border", "kz-customs"], offices=["kordai"])
    says(kg, "kg-border")
    confirm_spoken_for(by=keeper(), code=KG)
    assert own_party() == Party(
        node="KZ-KOR-1", country="KZ", agencies=("kz-border", "kz-customs"), offices=("kordai",)
    )
    assert asked(officer("kz-customs")) == 0
    assert asked(officer("kz-border")) == 1
    agree(kg, {"offices": ["kordai"]}, {"agencies": ["kg-border"]})
    assert asked(officer("kz-border", "elsewhere")) == 1  # the one before
    assert asked(officer("kz-customs")) == 2


def test_what_is_said_no_more_counts_no_more_and_what_is_new_not_yet(kg: PartnerNode) -> None:
    says(kg, "kg-border", "kg-customs", offices=("ak-jol",))
    confirm_spoken_for(by=keeper(), code=KG)
    assert speaks() == Party(node=KG, country="KG", agencies=("kg-border", "kg-customs"), offices=("ak-jol",))
    says(kg, "kg-customs", "kg-police")
    assert speaks() == Party(node=KG, country="KG", agencies=("kg-customs",), offices=())
    line = AuditLine.objects.get(verb="federation.confirm_spoken_for")
    assert line.detail == {"agencies": ["kg-border", "kg-customs"], "offices": ["ak-jol"]}


def test_our_key_document_says_it_and_goes_on_to(kg: PartnerNode) -> None:
    make_agency("kz-border")
    change_spoken_for(by=at_machine("root"), agencies=["kz-border", "kz-border"], offices=[])
    document = document_of(KeyVersion.objects.filter(party="KZ-KOR-1")[0])
    assert (document.agencies, document.offices) == (("kz-border",), ())
    with pytest.raises(NotFound, match="agency_unknown"):
        change_spoken_for(by=at_machine("root"), agencies=["nobody"], offices=[])
    with pytest.raises(NotAllowed, match="right_missing"):
        confirm_spoken_for(by=acting(Role.ADMINISTRATOR), code=KG)
    with pytest.raises(NotAllowed, match="right_missing"):
        change_spoken_for(by=keeper(), agencies=[], offices=[])
