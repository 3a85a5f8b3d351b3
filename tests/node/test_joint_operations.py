"""A joint operation of two offices: each side its own acts, clocks of a controlled delivery, and what stays."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.agreements_made import go, grant
from tests.factories import acting, make_crossing, make_office, make_officer, signed_in
from tests.node.test_asking import due, joined, outcomes, taken
from tests.node.test_incidents import recorded
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.exchange.batch import Item
from elchi.exchange.message import Lane
from elchi.modules.operations import operations, services
from elchi.modules.operations.joint import ACTS, HandOver, Phase, Plan, plan_to_wire
from elchi.modules.operations.models import JointOperation, OperationAct
from elchi.node.federation.models import AgreementVersion
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role

KG = "KG-AKJ-1"
HOUR = dt.timedelta(hours=1)


def covers(*fields: str) -> list[dict[str, Any]]:
    return [grant("operation", purposes=["investigation"], details={name: go() for name in fields})]


ALL = covers("act", *ACTS.values())


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return joined(PartnerNode(KG, tmp_path, now), grants=ALL)


def chief() -> Acting:
    return acting(Role.SUPERVISOR)


def plan(now: dt.datetime, **given: Any) -> Plan:
    points = tuple(
        HandOver(place=place, giver=giver, taker=taker, due_at=now + hours * HOUR, tolerance=15)
        for place, giver, taker, hours in (("Kordai yard", here().code, KG, 1), ("Bishkek depot", KG, KG, 3))
    )
    values: dict[str, Any] = {
        "kind": "controlled_delivery", "title": "Grey van", "aim": "Follow the van to its depot",
        "legal_basis": "Invented act, art. 20", "from_at": now, "until": now + 10 * HOUR, "points": points,
        "phases": (Phase(name="Approach", from_at=now, until=now + HOUR),), "units": ("Team 1",), **given,
    }  # fmt: skip
    return Plan(**values)


def planned(now: dt.datetime, **given: Any) -> JointOperation:
    return services.plan_operation(by=chief(), plan=plan(now, **given), partner=KG)


def bodies(node: PartnerNode) -> list[dict[str, Any]]:
    return [dict(node.open(item)[1].body) for item in due("operation")]


def says(node: PartnerNode, row: JointOperation, act: str, content: dict[str, Any], **given: Any) -> Item:
    """Say something of an operation as the other side does."""
    told = {"id": str(uuid.uuid4()), "said_at": timezone.now().isoformat(), **content}
    values: dict[str, Any] = {
        "lane": Lane.ALERT, "thread": row.key, "agreement": "KZ-KG-2026:1", "purpose": "investigation",
        "retention_until": node.now.date() + dt.timedelta(days=30), **given,
    }  # fmt: skip
    return node.says("operation", {"v": 1, "act": act, ACTS[act]: told}, **values)


def heard(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    node.now = timezone.now()
    pushed = taken(node, *items)
    if pushed.back:
        return [(entry.outcome, entry.code) for one in pushed.back for entry in node.read(one).entries]
    return outcomes(pushed)


def test_from_plan_to_results_with_the_other_side(kg: PartnerNode, now: dt.datetime) -> None:
    by, row = chief(), planned(now)
    services.log_operation(by=by, operation_id=row.pk, text="Not yet told")
    services.move_operation(by=by, operation_id=row.pk, move="propose")
    (first,) = bodies(kg)
    assert (first["act"], first["plan"]["title"], len(first["plan"]["points"])) == ("plan", "Grey van", 2)
    assert heard(kg, says(kg, row, "state", {"move": "agree", "units": ["KG team"]})) == [("delivered", "")]
    services.move_operation(by=by, operation_id=row.pk, move="start")
    services.hand_over(by=by, operation_id=row.pk, number=1, what="given")
    heard(kg, says(kg, row, "hand_over", {"number": 1, "what": "taken", "at": timezone.now().isoformat()}))
    heard(kg, says(kg, row, "hand_over", {"number": 2, "what": "taken", "at": timezone.now().isoformat()}))
    heard(kg, says(kg, row, "result", {"reference": "KG-1", "event_kind": "seizure", "event_date": "", "goods": "x"}))
    services.add_result(by=by, operation_id=row.pk, incident_id=recorded().pk)
    services.move_operation(by=by, operation_id=row.pk, move="end")
    row = operations.operation_of(row.pk)
    assert (row.state, row.units) == ("ended", {here().code: ["Team 1"], KG: ["KG team"]})
    assert [clock.state for _, clock, _ in operations.clocks_of(row, timezone.now())] == ["done", "done"]
    assert [(one.node, one.act, one.state) for one in row.acts.all()] == [
        (here().code, "entry", "kept"), (here().code, "plan", "queued"), (KG, "state", "received"),
        (here().code, "state", "queued"), (here().code, "hand_over", "queued"), (KG, "hand_over", "received"),
        (KG, "hand_over", "received"), (KG, "result", "received"), (here().code, "result", "queued"),
        (here().code, "state", "queued"),
    ]  # fmt: skip
    result = next(one["result"] for one in bodies(kg) if one["act"] == "result")
    assert (result["event_kind"], result["goods"]) == ("seizure", "1981 g cannabis_resin")
    assert "Testov" not in str(bodies(kg))


def test_what_no_agreement_covers_stays_and_says_why(tmp_path: Path, now: dt.datetime) -> None:
    kg = joined(PartnerNode(KG, tmp_path, now), grants=covers("act", "plan", "state"))
    by, row = chief(), planned(now)
    services.move_operation(by=by, operation_id=row.pk, move="propose")
    heard(kg, says(kg, row, "state", {"move": "agree"}))
    line = services.log_operation(by=by, operation_id=row.pk, text="Stays here")
    assert (line.state, line.why) == ("kept", "clause:2")
    AgreementVersion.objects.update(state="suspended")
    services.move_operation(by=by, operation_id=row.pk, move="start")
    last = OperationAct.objects.filter(operation=row).order_by("-id")[0]
    assert (last.act, last.state, last.why) == ("state", "kept", "uncovered")
    assert [one["act"] for one in bodies(kg)] == ["plan"]


def test_without_an_agreement_nothing_is_proposed(tmp_path: Path, now: dt.datetime) -> None:
    joined(PartnerNode(KG, tmp_path, now))
    row = planned(now)
    with pytest.raises(Conflict, match="operation_uncovered") as given:
        services.move_operation(by=chief(), operation_id=row.pk, move="propose")
    assert (given.value.params["why"], operations.operation_of(row.pk).state, due("operation")) == (
        "uncovered", "planned", [],
    )  # fmt: skip


def test_an_invitation_comes_is_agreed_to_and_handed_over(kg: PartnerNode, now: dt.datetime) -> None:
    theirs = JointOperation(key=str(uuid.uuid4()), leader=KG, partner=KG)
    points = (HandOver(place="Yard", giver=KG, taker=here().code, due_at=now + HOUR, tolerance=15),)
    wire = plan_to_wire(plan(now, points=points, units=("KG team",)))
    assert heard(kg, says(kg, theirs, "plan", wire)) == [("delivered", "")]
    row = JointOperation.objects.get(key=theirs.key)
    assert (row.state, row.is_ours, row.units) == ("proposed", False, {KG: ["KG team"]})
    for move in ("start", "cancel"):
        with pytest.raises(NotAllowed, match="operation_other_side"):
            services.move_operation(by=chief(), operation_id=row.pk, move=move)
    services.move_operation(by=chief(), operation_id=row.pk, move="agree", units=("Team 1",))
    assert bodies(kg)[0]["state"]["units"] == ["Team 1"]
    heard(kg, says(kg, theirs, "state", {"move": "start"}))
    with pytest.raises(NotAllowed, match="operation_other_side"):
        services.hand_over(by=chief(), operation_id=row.pk, number=1, what="given")
    services.hand_over(by=chief(), operation_id=row.pk, number=1, what="taken")
    with pytest.raises(Conflict, match="hand_over_refused"):
        services.hand_over(by=chief(), operation_id=row.pk, number=1, what="taken")
    (point,) = operations.operation_of(row.pk).points.all()
    assert (point.given_at, point.taken_at is None) == (None, False)


def test_what_a_side_may_not_say_is_refused(kg: PartnerNode, now: dt.datetime) -> None:
    row = planned(now)
    services.move_operation(by=chief(), operation_id=row.pk, move="propose")
    wrong = [
        ("plan", plan_to_wire(plan(now)), "operation_other_side"),
        ("state", {"move": "start"}, "operation_other_side"),
        ("hand_over", {"number": 1, "what": "given", "at": now.isoformat()}, "operation_other_side"),
        ("hand_over", {"number": 9, "what": "taken", "at": now.isoformat()}, "hand_over_unknown"),
        ("entry", {"text": " "}, "act_invalid"),
        ("entry", {"text": "x" * 2001}, "act_invalid"),
        ("entry", {"text": "x", "said_at": (now + HOUR).isoformat()}, "act_invalid"),
    ]  # fmt: skip
    for act, content, code in wrong:
        assert heard(kg, says(kg, row, act, content)) == [("rejected", code)], (act, content)
    stranger = JointOperation(key=str(uuid.uuid4()))
    assert heard(kg, says(kg, stranger, "entry", {"text": "x"})) == [("rejected", "operation_unknown")]
    assert [one.node for one in OperationAct.objects.all()] == [here().code]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "party"}, "operation_kind"),
        ({"title": " "}, "title"),
        ({"until": timezone.now() - HOUR}, "until"),
        ({"legal_basis": ""}, "legal_basis"),
        ({"points": ()}, "place"),
        ({"phases": (Phase(name="x", from_at=timezone.now() - HOUR, until=timezone.now()),)}, "until"),
    ],
)
def test_what_is_no_plan_is_refused(kg: PartnerNode, now: dt.datetime, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        planned(now, **given)
    assert error.value.params["field"] == field


def test_an_operation_of_this_node_alone_says_nothing(now: dt.datetime) -> None:
    by = chief()
    row = services.plan_operation(by=by, plan=plan(now, kind="joint_action", points=()))
    with pytest.raises(Conflict, match="operation_move_refused"):
        services.move_operation(by=by, operation_id=row.pk, move="propose")
    services.move_operation(by=by, operation_id=row.pk, move="start")
    line = services.log_operation(by=acting(Role.SECOND_LINE), operation_id=row.pk, text="Begun")
    assert (line.state, line.why) == ("kept", "alone")
    services.move_operation(by=by, operation_id=row.pk, move="end")
    with pytest.raises(Conflict, match="operation_over"):
        services.log_operation(by=by, operation_id=row.pk, text="Late")
    with pytest.raises(NotAllowed, match="right_missing"):
        services.log_operation(by=acting(Role.ANALYST), operation_id=row.pk, text="x")
    with pytest.raises(NotAllowed, match="right_missing"):
        services.move_operation(by=acting(Role.SECOND_LINE), operation_id=row.pk, move="end")


def test_the_pages_plan_propose_and_run(client: Client, kg: PartnerNode, now: dt.datetime) -> None:
    make_crossing()
    make_office()
    signed_in(client, make_officer(Role.SUPERVISOR))
    at = [timezone.localtime(now + hours * HOUR).strftime("%Y-%m-%dT%H:%M") for hours in (0, 1, 9)]
    form = {
        "operation_kind": "controlled_delivery", "title": "Grey van", "partner": KG, "legal_basis": "art. 20",
        "from_at": at[0], "until": at[2], "aim": "Follow it", "phases-TOTAL_FORMS": "1", "phases-INITIAL_FORMS": "0",
        "points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0", "points-0-place": "Yard",
        "points-0-giver": here().code, "points-0-taker": KG, "points-0-due_at": at[1], "points-0-tolerance": "15",
    }  # fmt: skip
    refused = client.post("/units/operations/plan/", form | {"legal_basis": ""})
    assert refused.status_code == 422
    assert client.post("/units/operations/plan/", form).status_code == 302
    row = JointOperation.objects.get()
    address = f"/units/operations/{row.pk}/"
    assert client.post(f"{address}plan/", form | {"title": "White van"}).status_code == 302
    assert client.post(f"{address}do/", {"do": "start"}).status_code == 409
    assert client.post(f"{address}do/", {"do": "propose"}).status_code == 302
    heard(kg, says(kg, row, "state", {"move": "agree", "units": ["KG team"]}))
    for what in ("start", "given"):
        assert client.post(f"{address}do/", {"do": what, "number": "1"}).status_code == 302
    assert client.post(f"{address}do/", {"do": "entry", "text": "It turned left"}).status_code == 302
    page = client.get(address).content.decode()
    assert ("White van" in page, "KG team" in page, "It turned left" in page, "let go, not yet taken" in page) == (
        True, True, True, True,
    )  # fmt: skip
    AgreementVersion.objects.update(state="suspended")
    client.post(f"{address}do/", {"do": "entry", "text": "Alone now"})
    assert "no agreement in force covers joint operations" in client.get(address).content.decode()
