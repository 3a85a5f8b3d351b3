"""What liaison officers read, and bulletins that are taken."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from elchi.errors import InvalidInput
from elchi.modules.regional.bulletin import Bulletin
from elchi.modules.regional.models import InboxItem
from elchi.modules.regional.queries import bulletin_of, inbox_item
from elchi.modules.regional.rules import RegionalRight, require_state
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting

LONGEST = dt.timedelta(days=366 * 5)


@transaction.atomic
def read_inbox(*, by: Acting, item_id: int) -> InboxItem:
    """Give an item of the inbox of one's own state; the first reading is noted for all of its officers.

    Raises:
        NotAllowed: `right_missing`, `state_needed`.
        NotFound: `inbox_unknown`.
    """
    by.require(RegionalRight.INBOX_READ)
    require_state(by)
    item = inbox_item(by, item_id)
    if item.read_at is None:
        item.read_at, item.read_by = timezone.now(), by.name
        item.save(update_fields=["read_at", "read_by"])
        record(RegionalVerb.READ_INBOX, by=by, on=f"inbox:{item.pk}", kind=item.kind)
    return item


@transaction.atomic
def take_bulletin(*, by: Acting, begins: dt.date, ends: dt.date) -> Bulletin:
    """Give the bulletin of a period out as a file; that it was is written down.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `regional_invalid`.
    """
    by.require(RegionalRight.REGIONAL_SEE)
    if not begins <= ends <= begins + LONGEST:
        raise InvalidInput("regional_invalid", field="ends", rule="after_begin")
    told = bulletin_of(begins, ends)
    period = [begins.isoformat(), ends.isoformat()]
    record(RegionalVerb.TAKE_BULLETIN, by=by, on="bulletin:regional", period=period, events=told.total.count)
    return told
