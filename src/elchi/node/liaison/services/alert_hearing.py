"""What partners say about alerts: they raise one, acknowledge ours, take theirs back."""

from __future__ import annotations

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.marks import marks_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.federation.models import Partner
from elchi.node.here import here
from elchi.node.liaison.alert_wire import Acknowledged, AlertSaid
from elchi.node.liaison.models import AlertReader, OfficeAlert
from elchi.node.liaison.queries import desk_agencies
from elchi.node.liaison.services.alerts import end, stand
from elchi.subjects import to_wire


def check_alert(said: AlertSaid, partner: Partner) -> None:
    """Do nothing if an alert has a number of who raises it.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    if not said.called.startswith(f"{partner.code}-A-"):
        raise InvalidInput("talk_invalid", field="called", rule="as_given")


def hear_alert(*, message: Message, partner: Partner, said: AlertSaid) -> OfficeAlert:
    """Have an alert of a partner stand here, in the transaction in which it is accepted: checks meet it from now on.

    It is for the agencies that it names, as far as they have a desk here; for all where it names none of them.

    Raises:
        Conflict: `office_alert_known`.
        InvalidInput: what the entry raises.
    """
    if OfficeAlert.objects.filter(partner=partner, number=said.called).exists():
        raise Conflict("office_alert_known", number=said.called)
    desks = desk_agencies()
    named = [one.code for one in desks if one.code in said.agencies]
    alert = OfficeAlert(
        thread=message.thread, number=said.called, partner=partner, message=message.id, agency=said.agency,
        officer=said.officer, agencies=named, action=said.action, title=said.title, text=said.text,
        language=said.language, subject=to_wire(said.subject), route=list(said.route), purpose=message.purpose,
        agreement=message.agreement, handling=message.handling.code, tlp=message.handling.tlp,
        raised_at=message.sent_at, expires_at=said.expires_at, keep_until=message.retention_until,
    )  # fmt: skip
    alert.save()
    stand(alert, NODE, _owner(desks, named), partner.name)
    mark = next(iter(marks_of(said.subject)), "")
    record(
        Verb.HEAR_ALERT, by=NODE, on=f"office_alert:{alert.pk}", subject=mark, purpose=alert.purpose,
        agreement=message.agreement, partner=partner.code, action=alert.action,
    )  # fmt: skip
    return alert


def hear_acknowledged(*, message: Message, partner: Partner, told: Acknowledged) -> AlertReader:
    """Note that a partner has acknowledged an alert of ours; the first agency of his that did so counts.

    Raises:
        NotFound: `office_alert_unasked`: he was sent none.
    """
    reader = AlertReader.objects.filter(partner=partner, message=message.re).exclude(message="").first()
    if reader is None:
        raise NotFound("office_alert_unasked")
    if reader.acknowledged_at is None:
        reader.acknowledged_at, reader.agency, reader.officer = message.sent_at, told.agency, told.officer
        reader.save(update_fields=["acknowledged_at", "agency", "officer"])
    record(Verb.HEAR_ACKNOWLEDGED, by=NODE, on=f"office_alert:{reader.alert_id}", partner=partner.code)
    return reader


def forget_alert(*, message_id: str, partner: Partner) -> None:
    """End an alert that its partner took back: checks meet it no more, and what it said is removed."""
    for alert in OfficeAlert.objects.filter(partner=partner, message=message_id, state="standing"):
        end(alert, NODE, "withdrawn")
        alert.text, alert.subject, alert.officer = "", None, ""
        alert.save(update_fields=["text", "subject", "officer"])
        record(
            Verb.WITHDRAW_ALERT,
            by=NODE,
            on=f"office_alert:{alert.pk}",
            partner=partner.code,
        )


def _owner(desks: list[Agency], named: list[str]) -> Agency:
    """Give the agency of this node that answers for an alert: one that it names, else the first of this state.

    Raises:
        NotFound: `agency_unknown`: this node has no agency that could.
    """
    found = [one for one in desks if not named or one.code in named] or list(
        Agency.objects.filter(country=here().country or None, is_active=True).order_by("kind", "code")[:1]
    )
    if not found:
        raise NotFound("agency_unknown", field="agency", agency="")
    return found[0]
