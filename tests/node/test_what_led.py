"""What led to an incident where partners had told of it: in the order in which one thing came from the other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client, TestCase
from django.utils import timezone
from tests.desk_steps import agreed, said_to, says
from tests.factories import acting, make_agency, make_crossing, make_officer, signed_in
from tests.node.test_incidents import VAN, recorded
from tests.node.test_office_alerts import KG, alerts_us, card, heard
from tests.partner_node import PartnerNode

from elchi.exchange.conversation import Act
from elchi.modules.operations import services
from elchi.modules.operations.chain import picture_of
from elchi.modules.operations.queries import told_of
from elchi.modules.operations.traces import leads_found
from elchi.node.checks import services as checks
from elchi.node.federation.models import Incoming, Outgoing
from elchi.node.liaison import services as desk
from elchi.node.liaison.models import Conversation, OfficeAlert
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role

SUBJECT = {"kind": "vehicle", "plate": VAN.plate, "plate_country": VAN.plate_country}


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return agreed(PartnerNode(KG, tmp_path, now))


@pytest.fixture
def by() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-border"))


def came(kind: str, place: int = 0) -> str:
    return f"message:in-{Incoming.objects.filter(kind=kind).order_by('pk')[place].pk}"


def went(kind: str) -> str:
    return f"message:out-{Outgoing.objects.filter(kind=kind).latest('pk').pk}"


def asked_and_answered(kg: PartnerNode, by: Acting) -> None:
    request = desk.Request(
        to=KG, kind="vehicle", urgency="flash", title="A van", text="Has it left you?", subject=VAN,
        purpose="investigation",
    )  # fmt: skip
    row = desk.draft_request(by=by, request=request)
    desk.send_request(by=by, conversation_id=row.pk)
    (asked,) = said_to(kg, "request")
    kg.now = timezone.now()
    noted = says(kg, asked.thread, 2, Act.ACKNOWLEDGE, re=asked.id)
    assert heard(kg, noted, says(kg, asked.thread, 3, Act.ANSWER, "At nine", re=asked.id)) == [("accepted", "")] * 2
    assert Conversation.objects.get().state == "answered"


def van_arrived() -> tuple[str, str]:
    first = acting(Role.FIRST_LINE, agency=make_agency("kz-border"))
    make_crossing()
    checks.start_shift(by=first, purpose="border_check", direction="entry", crossing_code="BCP001")
    answer = checks.submit_check(by=first, subjects=(VAN,))
    (finding,) = answer.findings
    return f"check:{answer.check.pk}", f"finding:{finding.pk}"


def this_minute() -> dt.datetime:
    """Give the time as the form has it."""
    return timezone.now().replace(second=0, microsecond=0)


def test_from_the_seizure_back_to_the_first_warning(kg: PartnerNode, by: Acting) -> None:
    assert heard(kg, alerts_us(kg, body={"subject": SUBJECT}, head={"action": "stop"})) == [("accepted", "")]
    desk.acknowledge_alert(by=by, alert_id=OfficeAlert.objects.get().pk)
    asked_and_answered(kg, by)
    check, finding = van_arrived()
    row = recorded(at=this_minute())
    leads, traces = leads_found(by, row)
    warning, question, answer = came("alert"), went("request"), came("reply", 1)
    assert {one.trace.ref for one in leads} == {warning, question, answer, check, finding}
    before = {ref: traces[ref].before for ref in (warning, question, answer, finding)}
    assert before == {warning: (), question: (warning,), answer: (question,), finding: (check, warning)}
    picture = picture_of([answer, finding], traces)
    drawn = [box.trace.ref for box in picture.boxes if box.trace]
    assert (set(drawn), drawn[0]) == ({warning, question, answer, check, finding}, warning)
    assert picture.first == traces[warning]


def test_an_alert_of_our_own_leads_to_it_too(kg: PartnerNode, by: Acting) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        alert = desk.raise_alert(by=by, card=card(subject=VAN))
    check, finding = van_arrived()
    _, traces = leads_found(by, recorded(at=this_minute()))
    own = f"office_alert:{alert.pk}"
    assert (traces[own].before, traces[went("alert")].before, traces[finding].before) == ((), (own,), (check, own))


@pytest.mark.parametrize(
    ("precision", "seconds", "is_lead"),
    [("minute", 59, True), ("minute", 61, False), ("hour", 3599, True), ("hour", 3601, False), ("day", 43_199, True)],
)
def test_a_time_that_is_not_exact_reaches_as_far_as_it_may(
    by: Acting, kg: PartnerNode, precision: str, seconds: int, *, is_lead: bool
) -> None:
    heard(kg, alerts_us(kg, body={"subject": SUBJECT}))
    Incoming.objects.update(received_at=kg.now)
    row = recorded(at=kg.now - dt.timedelta(seconds=seconds), precision=precision)
    assert (came("alert") in leads_found(by, row)[1]) is is_lead


def test_what_came_after_it_was_recorded_led_to_nothing(by: Acting, kg: PartnerNode) -> None:
    row = recorded(at=this_minute(), precision="day")
    kg.now = timezone.now()
    heard(kg, alerts_us(kg, body={"subject": SUBJECT}))
    assert leads_found(by, row)[0] == ()


def test_the_page_says_what_came_and_opens_it(kg: PartnerNode, client: Client) -> None:
    officer = make_officer(Role.SECOND_LINE, agency=make_agency("kz-border"), language="en")
    heard(kg, alerts_us(kg, body={"subject": SUBJECT}))
    row = recorded(at=this_minute())
    services.decide_lead(by=acting(Role.SECOND_LINE), incident_id=row.pk, ref=came("alert"), is_confirmed=True)
    page = signed_in(client, officer).get(f"/incidents/{row.pk}/").content.decode()
    message = Incoming.objects.get(kind="alert").message_id
    assert f'<a href="/partners/messages/{message}/">alerts, from {KG}</a>' in page


def test_a_report_has_the_day_of_the_clock_on_the_wall() -> None:
    night = dt.datetime(2026, 3, 8, 1, 30, tzinfo=timezone.get_default_timezone())
    row = recorded(at=night)
    assert (told_of(row).date, night.astimezone(dt.UTC).date().isoformat()) == ("2026-03-08", "2026-03-07")
