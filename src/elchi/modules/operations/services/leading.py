"""The verb of leads: an officer says whether something led to an incident."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.modules.operations.models import Lead
from elchi.modules.operations.queries import incident_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.traces import leads_found
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting


@transaction.atomic
def decide_lead(*, by: Acting, incident_id: int, ref: str, is_confirmed: bool) -> Lead:
    """Say whether a check, finding, message or alert that the system found led to an incident. The last word holds.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `incident_unknown`, `lead_unknown` for what was not known before the incident.
        Conflict: `incident_withdrawn`.
    """
    by.require(OperationsRight.LEAD_DECIDE)
    row = incident_of(incident_id)
    if row.withdrawn_at:
        raise Conflict("incident_withdrawn", incident=incident_id)
    leads, traces = leads_found(by, row)
    if ref not in traces:
        raise NotFound("lead_unknown", incident=incident_id, ref=ref)
    reasons = next((lead.reasons for lead in leads if lead.trace.ref == ref), ())
    told = [{"code": code, **params} for code, params in reasons]
    decided, _ = Lead.objects.update_or_create(
        incident=row,
        ref=ref,
        defaults={"is_confirmed": is_confirmed, "reasons": told, "by": by.name, "at": timezone.now()},
    )
    confirmed = row.leads.filter(is_confirmed=True)
    row.led_by, row.led_at = confirmed.count(), confirmed.aggregate(first=Min("at"))["first"]
    row.save(update_fields=["led_by", "led_at"])
    record(OperationsVerb.DECIDE_LEAD, by=by, on=f"incident:{row.pk}", lead=ref, confirmed=is_confirmed)
    return decided
