"""Alerts: raised here to offices or along a corridor, acknowledged, taken back, and ended when their time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from elchi.errors import ElchiError, InvalidInput, NotAllowed
from elchi.exchange.message import HANDLING, TLP, new_id
from elchi.node.audit.actor import Actor
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation.models import Incoming
from elchi.node.federation.services import open_message, send_message, withdraw_message
from elchi.node.here import here
from elchi.node.liaison.alert_basis import acknowledgement_draft, alert_draft, reached_by
from elchi.node.liaison.alert_entry import entry_of_alert
from elchi.node.liaison.alert_queries import alert_for
from elchi.node.liaison.models import AlertReader, OfficeAlert
from elchi.node.liaison.queries import desk_agencies
from elchi.node.liaison.rules import ALERT_ACTIONS, ALERT_LONGEST, ALERT_OFFICES, KEPT_DAYS, TITLE
from elchi.node.liaison.services._talk import checked_text, one_of
from elchi.node.liaison.states import check_move
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.services import end_alert_entry, put_alert_entry
from elchi.subjects import Subject, to_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """What an alert asks of whom, until when, and why."""

    to: Sequence[str] = ()
    """Codes of partners."""
    route: Sequence[str] = ()
    """States along a corridor in order of travel, ISO 3166-1 alpha-2: all partners there who may be alerted."""
    action: str
    """Of `rules.ALERT_ACTIONS`."""
    title: str
    text: str = ""
    language: str = ""
    subject: Subject
    purpose: str
    expires_at: dt.datetime
    handling: str = "H1"
    tlp: str = "AMBER"


@transaction.atomic
def raise_alert(*, by: Acting, card: AlertCard) -> OfficeAlert:
    """Alert this office, and the offices named or along a corridor; checks here meet it from now on.

    A partner to whom it may not go keeps nobody from being alerted: his row says why not.

    Raises:
        NotAllowed: `right_missing`; `nobody_alerted`: partners were named, and it may go to none of them.
        InvalidInput: `talk_invalid`; what the entry raises.
    """
    by.require(Right.DESK_WORK)
    wait_turn()
    now = timezone.now().replace(microsecond=0)
    if not now < card.expires_at <= now + ALERT_LONGEST:
        raise InvalidInput("talk_invalid", field="expires_at", rule="thirty_days")
    alert = OfficeAlert.objects.create(
        thread=new_id(), agency=by.agency, officer=by.himself.name, purpose=card.purpose[:40],
        action=one_of(card.action, ALERT_ACTIONS, field="action"),
        title=checked_text(card.title.replace("\n", " "), limit=TITLE, field="title"),
        text=checked_text(card.text, needed=False), language=card.language[:3], subject=to_wire(card.subject),
        route=list(card.route), handling=one_of(card.handling, HANDLING, field="handling"),
        tlp=one_of(card.tlp, TLP, field="tlp"), raised_at=now, came_at=now,
        expires_at=card.expires_at.replace(microsecond=0), keep_until=now.date() + dt.timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    alert.number = f"{here().code}-A-{alert.pk:04d}"
    _stand(alert, by, by.himself.agency)
    told = _tell(by, alert, card)
    if (card.to or card.route) and not any(told):
        raise NotAllowed("nobody_alerted", number=alert.number)
    AlertReader.objects.filter(alert=alert, agency=by.agency).update(
        read_at=now, acknowledged_at=now, officer=by.himself.name
    )
    mark = next(iter(marks_of(card.subject)), "")
    record(
        Verb.RAISE_ALERT, by=by, on=f"office_alert:{alert.pk}", subject=mark, purpose=alert.purpose, offices=sum(told),
        action=alert.action,
    )  # fmt: skip
    return alert


@transaction.atomic
def read_office_alert(*, by: Acting, alert_id: int) -> OfficeAlert:
    """Open an alert to read it: for the officer's agency it is read, and who raised it learns that it was.

    Raises:
        NotFound: `office_alert_unknown`.
        NotAllowed: `right_missing`.
    """
    alert = alert_for(by, alert_id)
    mine = alert.readers.filter(partner=None, agency=by.agency, read_at=None)
    if not mine.exists():
        return alert
    wait_turn()
    mine.update(read_at=timezone.now())
    record(Verb.READ_OFFICE_ALERT, by=by, on=f"office_alert:{alert.pk}", purpose=alert.purpose)
    if alert.partner is not None:
        for message in Incoming.objects.filter(partner=alert.partner, message_id=alert.message, state="accepted"):
            open_message(by=by, incoming=message.pk)
    return alert


@transaction.atomic
def acknowledge_alert(*, by: Acting, alert_id: int) -> OfficeAlert:
    """Say for the officer's agency that it has taken note and acts; who raised it is told.

    Where the agreement lets no acknowledgement go, the receipt alone says that somebody has read it.

    Raises:
        NotFound: `office_alert_unknown`.
        NotAllowed: `right_missing`.
    """
    by.require(Right.DESK_WORK)
    alert = read_office_alert(by=by, alert_id=alert_id)
    wait_turn()
    mine = alert.readers.filter(partner=None, agency=by.agency, acknowledged_at=None)
    if not mine.update(acknowledged_at=timezone.now(), officer=by.himself.name):
        return alert
    if alert.partner is not None and alert.state == "standing":
        draft = acknowledgement_draft(alert, agency=by.agency, officer=by.himself.name, at=timezone.now())
        if draft is not None:
            send_message(by=by, draft=draft)
    record(Verb.ACKNOWLEDGE_ALERT, by=by, on=f"office_alert:{alert.pk}", purpose=alert.purpose)
    return alert


@transaction.atomic
def withdraw_alert(*, by: Acting, alert_id: int) -> OfficeAlert:
    """Take back an alert that this node raised: checks meet it no more, here and at the offices it went to.

    Raises:
        NotFound: `office_alert_unknown`.
        NotAllowed: `right_missing`, `office_alert_of_others`.
        Conflict: `state_refuses`.
    """
    by.require(Right.DESK_WORK)
    wait_turn()
    alert = alert_for(by, alert_id)
    if alert.partner is not None or alert.agency != by.agency:
        raise NotAllowed("office_alert_of_others", number=alert.number)
    end(alert, by, "withdrawn")
    for reader in alert.readers.filter(partner__isnull=False).exclude(message="").select_related("partner"):
        withdraw_message(by=by, message_id=reader.message, to=reader.partner.code)
    record(Verb.WITHDRAW_ALERT, by=by, on=f"office_alert:{alert.pk}", purpose=alert.purpose)
    return alert


def expire_alerts(*, by: Actor) -> int:
    """End alerts whose time is over, and remove those whose retention is; give how many."""
    now = timezone.now()
    with transaction.atomic():
        wait_turn()
        over = list(OfficeAlert.objects.filter(state="standing", expires_at__lte=now)[:100])
        for alert in over:
            end(alert, by, "expired")
            record(Verb.EXPIRE_ALERT, by=by, on=f"office_alert:{alert.pk}", purpose=alert.purpose)
        OfficeAlert.objects.filter(keep_until__lt=now.date()).exclude(state="standing").delete()
    return len(over)


def end(alert: OfficeAlert, by: Actor, state: str) -> None:
    """End an alert, and with it the entry by which checks meet it.

    Raises:
        Conflict: `state_refuses`.
    """
    check_move(alert.state, state)
    alert.state = state
    alert.save(update_fields=["state"])
    if alert.entry:
        end_alert_entry(by=by, key=alert.entry, deed="withdraw" if state == "withdrawn" else "expire")


def stand(alert: OfficeAlert, by: Actor, owner: object, authority: str) -> None:
    """Have checks meet an alert, and the agencies of this node who see it read it."""
    entry = entry_of_alert(alert, authority=authority)
    if entry is not None:
        alert.entry = put_alert_entry(by=by, key=alert.number, draft=entry, owner=owner).key  # type: ignore[arg-type]
    alert.save()
    seen_by = [one.code for one in desk_agencies() if not alert.agencies or one.code in alert.agencies]
    AlertReader.objects.bulk_create(AlertReader(alert=alert, agency=code) for code in seen_by)


def _stand(alert: OfficeAlert, by: Acting, owner: object) -> None:
    stand(alert, by, owner, f"{here().name}, {by.himself.name}")


def _tell(by: Acting, alert: OfficeAlert, card: AlertCard) -> list[bool]:
    """Send it to the partners; tell of each whether it went."""
    told = []
    partners = reached_by(card.to, card.route)
    if len(partners) > ALERT_OFFICES:
        raise InvalidInput("talk_invalid", field="to", rule="number_in_range", maximum=ALERT_OFFICES)
    for partner in partners:
        reader = AlertReader(alert=alert, partner=partner)
        try:
            with transaction.atomic():
                draft = alert_draft(alert, card.subject, partner, at=timezone.now())
                reader.message = send_message(by=by, draft=draft).message_id
        except ElchiError as error:
            reader.code = error.code
        reader.save()
        told.append(bool(reader.message))
    return told
