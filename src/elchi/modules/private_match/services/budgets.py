"""How much a partner may ask."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.modules.private_match.models import MatchBudget
from elchi.modules.private_match.queries import partner_for
from elchi.modules.private_match.rules import MatchRight
from elchi.modules.private_match.verbs import MatchVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting

MOST_PER_DAY: Final = 1_000_000
MOST_PER_HOUR: Final = 1_000
MAX_REASON: Final = 200


@transaction.atomic
def set_budget(*, by: Acting, partner: str, per_day: int, per_hour: int) -> MatchBudget:
    """Say how much a partner may ask.

    Args:
        by: who says it.
        partner: code.
        per_day: keys, 0 for none.
        per_hour: asks.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        InvalidInput: `match_invalid`.
    """
    by.require(MatchRight.MATCH_BUDGET)
    row = partner_for(partner)
    for field, value, most in (("per_day", per_day, MOST_PER_DAY), ("per_hour", per_hour, MOST_PER_HOUR)):
        if not 0 <= value <= most:
            raise InvalidInput("match_invalid", field=field, rule="number_in_range", minimum=0, maximum=most)
    given = {"per_day": per_day, "per_hour": per_hour}
    budget, _ = MatchBudget.objects.update_or_create(partner=row, defaults=given)
    record(MatchVerb.SET_BUDGET, by=by, on=f"partner:{row.code}", per_day=per_day, per_hour=per_hour)
    return budget


@transaction.atomic
def lift_throttle(*, by: Acting, partner: str, reason: str) -> MatchBudget:
    """Let a partner ask again as before; what he asked until now is not held against him any more.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `partner_unknown`.
        InvalidInput: `match_invalid`.
        Conflict: `not_throttled`.
    """
    by.require(MatchRight.MATCH_BUDGET)
    row = partner_for(partner)
    if not reason.strip() or len(reason) > MAX_REASON or not reason.strip().isprintable():
        raise InvalidInput("match_invalid", field="reason", rule="text_line", maximum=MAX_REASON)
    budget = MatchBudget.objects.filter(partner=row, throttled_at__isnull=False).first()
    if budget is None:
        raise Conflict("not_throttled", partner=row.code)
    budget.throttled_at, budget.throttled_because, budget.counted_from = None, "", timezone.now()
    budget.save()
    record(MatchVerb.LIFT_THROTTLE, by=by, on=f"partner:{row.code}", reason=reason.strip())
    return budget
