"""A question that should not have been asked is taken back; what was said is proven, message by message."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list
from tests.node.test_asking import KG, checked, due, joined
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.message import Lane
from elchi.exchange.verdict import verify_evidence
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Asked
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Incoming, Outgoing
from elchi.node.federation.services import accept, export_conversation, send_message, take_back_message
from elchi.node.officers.acting import at_machine
from elchi.node.officers.rules import Role


@pytest.fixture
def kg(tmp_path: Path) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}}, action="stop",
             owner=make_agency())  # fmt: skip
    return joined(PartnerNode(KG, tmp_path, timezone.now().replace(microsecond=0)))


def asked() -> str:
    checked()
    message: str = Outgoing.objects.get(kind="question").message_id
    return message


def test_a_question_is_taken_back_with_a_reason_that_the_partner_hears(kg: PartnerNode) -> None:
    message = asked()
    take_back_message(by=acting(Role.SUPERVISOR), message_id=message, to=KG, because=" Another person. ")
    (item,) = due("withdrawal")
    told = kg.open(item)[1]
    assert (told.re, dict(told.body)) == (message, {"message": message, "because": "Another person."})
    assert (Outgoing.objects.get(message_id=message).state, Asked.objects.get().state) == ("withdrawn", "expired")
    assert Asked.objects.get().code == "withdrawn"
    line = AuditLine.objects.get(verb="federation.withdraw_message")
    assert line.detail["because"] == "Another person."
    with pytest.raises(Conflict, match="message_over"):
        take_back_message(by=at_machine("root"), message_id=message, to=KG, because="Again.")


def test_not_everything_is_and_not_by_everybody(kg: PartnerNode) -> None:
    message = asked()
    state = send_message(
        by=NODE, draft=Draft(to=KG, kind="partner_state", body={"state": "active", "number": 9, "because": ""})
    )
    supervisor = acting(Role.SUPERVISOR)
    with pytest.raises(Conflict, match="message_stays"):
        take_back_message(by=supervisor, message_id=state.message_id, to=KG, because="x")
    with pytest.raises(InvalidInput, match="partner_invalid"):
        take_back_message(by=supervisor, message_id=message, to=KG, because=" ")
    with pytest.raises(NotFound, match="message_unknown"):
        take_back_message(by=supervisor, message_id=message, to="UZ-TAS-1", because="x")
    with pytest.raises(NotAllowed, match="right_missing"):
        take_back_message(by=acting(Role.SECOND_LINE), message_id=message, to=KG, because="x")
    assert Outgoing.objects.get(message_id=message).state == "queued"


def test_that_a_partner_takes_one_back_stands_in_the_audit_with_his_reason(kg: PartnerNode) -> None:
    first = kg.message("partner_state", {"state": "active", "number": 1, "because": ""})
    back = kg.message(
        "withdrawal", {"message": first.id, "because": "A slip."}, re=first.id, thread=first.thread, lane=Lane.ALERT
    )
    accept(items=[kg.seal(first), kg.seal(back)], peer=KG, carrier="https", at=kg.now)
    assert Incoming.objects.get(message_id=first.id).state == "withdrawn"
    line = AuditLine.objects.get(verb="federation.hear_withdrawal")
    assert (line.on, line.detail) == (
        f"message:{first.id}", {"partner": KG, "kind": "partner_state", "because": "A slip."},
    )  # fmt: skip


def test_the_evidence_of_a_conversation_is_one_file(kg: PartnerNode) -> None:
    message = asked()
    supervisor = acting(Role.SUPERVISOR)
    take_back_message(by=supervisor, message_id=message, to=KG, because="Another person.")
    written = zipfile.ZipFile(io.BytesIO(export_conversation(by=supervisor, message_id=message)))
    assert [name.split("-")[1] for name in written.namelist()] == ["question", "withdrawal"]
    verdicts = [verify_evidence(written.read(name)) for name in written.namelist()]
    assert [(one.manifest["kind"], one.faults) for one in verdicts] == [("question", ()), ("withdrawal", ())]
    assert AuditLine.objects.filter(verb="federation.export_evidence").count() == 2
    with pytest.raises(NotAllowed, match="right_missing"):
        export_conversation(by=acting(Role.ADMINISTRATOR), message_id=message)
    with pytest.raises(NotFound, match="message_unknown"):
        export_conversation(by=supervisor, message_id="0" * 36)


def test_the_page_of_a_conversation(kg: PartnerNode) -> None:
    message = asked()
    supervisor = signed_in(Client(), make_officer(Role.SUPERVISOR))
    administrator = signed_in(Client(), make_officer(Role.ADMINISTRATOR))
    assert f"/partners/messages/{message}/" in supervisor.get("/partners/messages/").content.decode()
    page = supervisor.get(f"/partners/messages/{message}/").content.decode()
    assert ("MARK" in page, f"/{KG}/withdraw/" in page, "/evidence/" in page) == (False, True, True)
    page = administrator.get(f"/partners/messages/{message}/").content.decode()
    assert (f"/{KG}/withdraw/" in page, "/evidence/" in page) == (False, False)
    assert administrator.get(f"/partners/messages/{message}/evidence/").status_code == 403
    assert administrator.get("/partners/messages/nothing/").status_code == 404
    file = supervisor.get(f"/partners/messages/{message}/evidence/")
    assert file.headers["Content-Disposition"] == f'attachment; filename="evidence-{message}.zip"'
    (name,) = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert json.loads(zipfile.ZipFile(io.BytesIO(file.content)).read(name))["typ"] == "elchi-evidence-1"
    path = f"/partners/messages/{message}/{KG}/withdraw/"
    assert supervisor.post(path, {"because": ""}).status_code == 422
    assert supervisor.post(path, {"because": "Another person."}).headers["Location"] == f"/partners/messages/{message}/"
    assert f"/{KG}/withdraw/" not in supervisor.get(f"/partners/messages/{message}/").content.decode()
