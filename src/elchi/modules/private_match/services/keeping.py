"""What was asked goes when its time is over."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from elchi.modules.private_match.models import Asked, Contact, Heard


@transaction.atomic
def apply_match_retention() -> int:
    """Remove what is kept no longer; give how many rows. The worker does."""
    today = timezone.localdate()
    gone = 0
    for table in (Contact, Asked, Heard):
        count, _ = table._default_manager.filter(keep_until__lt=today).delete()  # noqa: SLF001  Django's own name
        gone += count
    return gone
