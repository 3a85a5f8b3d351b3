"""Requests of the desk through the API."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path
from typing import Any

from django.utils import timezone
from tests.api_calls import Caller, caller
from tests.desk_steps import agreed, said_to
from tests.factories import make_agency, make_officer
from tests.partner_node import PartnerNode

from elchi.node.officers.rules import Role

NEW = {
    "kind": "vehicle", "urgency": "flash", "title": "Van 01514KBC", "text": "Whose is it?", "purpose": "investigation",
    "subject": {"kind": "vehicle", "plate": "01514KBC", "vin": "WVWZZZ1JZXW000001"},
}  # fmt: skip


def of(agency: str, role: Role = Role.SECOND_LINE) -> Caller:
    return caller(role, officer=make_officer(role, agency=make_agency(agency)))


def told(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    read: dict[str, Any] = answer.json()
    return read


def test_a_request_is_drafted_looked_at_and_sent(tmp_path: Path) -> None:
    kg = agreed(PartnerNode("KG-AKJ-1", tmp_path, timezone.now().replace(microsecond=0)))
    border = of("kz-border")
    files = [{"name": "a.txt", "media_type": "text/plain", "content": base64.b64encode(b"abc").decode()}]
    draft = told(border.post("/requests", {**NEW, "to": "KG-AKJ-1", "files": files}), 201)
    assert (draft["state"], draft["released_to"]) == ("draft", ["kz-border"])
    goes = told(border.get(f"/requests/{draft['id']}/preview"))
    assert {one["field"]: one["decision"] for one in goes["fields"]} == {
        "plate": "may_go", "vin": "blocked", "head": "may_go", "text": "may_go", "officer": "may_go", "files": "may_go",
    }  # fmt: skip
    sent = told(border.post(f"/requests/{draft['id']}/send"))
    assert (sent["state"], sent["clause"], sent["said"][0]["reach"][0]["state"]) == ("sent", "5", "queued")
    assert said_to(kg)[0].files[0].content == b"abc"
    assert told(border.post(f"/requests/{draft['id']}/withdrawal", {}))["state"] == "withdrawn"


def test_colleagues_answer_and_release() -> None:
    border, customs, police = of("kz-border"), of("kz-customs"), of("kz-police")
    draft = told(border.post("/requests", {**NEW, "agencies": ["kz-customs"]}), 201)
    assert told(customs.get("/requests"))["items"] == []
    told(border.post(f"/requests/{draft['id']}/send"))
    assert [one["number"] for one in told(customs.get("/requests?which=owed"))["items"]] == [draft["number"]]
    answered = told(customs.post(f"/requests/{draft['id']}/said", {"act": "answer", "text": "Ours"}), 201)
    assert [(one["number"], one["act"], one["agency"]) for one in answered["said"]] == [
        (1, "ask", "kz-border"), (2, "answer", "kz-customs"),
    ]  # fmt: skip
    assert told(police.get(f"/requests/{draft['id']}"), 404)["code"] == "conversation_unknown"
    told(border.post(f"/requests/{draft['id']}/releases", {"agency": "kz-police"}))
    assert told(police.get(f"/requests/{draft['id']}"))["state"] == "answered"
    assert told(of("kz-border", Role.ANALYST).post("/requests", NEW), 403)["code"] == "right_missing"


def test_what_is_no_file_is_refused() -> None:
    border, _ = of("kz-border"), of("kz-customs")
    files = [{"name": "a", "content": "not base64!"}]
    refused = told(border.post("/requests", {**NEW, "agencies": ["kz-customs"], "files": files}), 422)
    assert (refused["code"], refused["params"]) == ("talk_invalid", {"field": "files", "rule": "base64"})


def test_an_alert_is_raised_acknowledged_and_taken_back() -> None:
    border, customs = of("kz-border"), of("kz-customs")
    until = (timezone.now() + dt.timedelta(hours=2)).isoformat()
    new = {"action": "stop", "title": "Van", "subject": NEW["subject"], "purpose": "investigation", "expires_at": until}
    raised = told(border.post("/office-alerts", new), 201)
    place = f"/office-alerts/{raised['id']}"
    assert [(one["whom"], one["state"]) for one in told(customs.get(place))["readers"]] == [
        ("kz-border", "acknowledged"), ("kz-customs", "read"),
    ]  # fmt: skip
    assert told(customs.post(f"{place}/acknowledgement"))["readers"][1]["state"] == "acknowledged"
    assert told(customs.post(f"{place}/withdrawal"), 403)["code"] == "office_alert_of_others"
    assert told(border.post(f"{place}/withdrawal"))["state"] == "withdrawn"
    assert [one["number"] for one in told(of("kz-border", Role.FIRST_LINE).get("/office-alerts"))["items"]] == [
        raised["number"]
    ]
    assert told(of("kz-border", Role.ADMINISTRATOR).get("/office-alerts"))["items"] == []
