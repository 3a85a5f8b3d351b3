"""To write down how ways to partners work."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from elchi.errors import ElchiError
from elchi.exchange.carrier import Way
from elchi.node.federation.models import KeyVersion, Link, Partner
from elchi.node.federation.queries.keys import key_document_of
from elchi.seal.trust import read_key_document


def note_health(way: Way, *, error: ElchiError | None, seconds: float, at: dt.datetime) -> None:
    """Write down whether a way works.

    Args:
        way: which.
        error: why it failed; None when it worked.
        seconds: that the round trip took; 0 where none was measured.
        at: now.
    """
    partner = Partner.objects.filter(code=way.party).first()
    if partner is None:
        return
    link, _ = Link.objects.get_or_create(partner=partner, carrier=way.carrier)
    rows = Link.objects.filter(pk=link.pk)
    if error is None:
        measured = {"milliseconds": round(1000 * seconds)} if seconds else {}
        rows.update(worked_at=at, failures=0, code="", **measured)
    else:
        rows.update(failed_at=at, failures=F("failures") + 1, code=str(error.params.get("reason", error.code))[:64])


def keep_key_document(*, party: str, content: bytes, at: dt.datetime) -> None:
    """Keep a newer key document of a party, if the one that is trusted here vouches for it.

    Raises:
        SealBroken: as `read_key_document`.
    """
    trusted = key_document_of(party)
    if trusted is None:
        return
    document = read_key_document(content, trusted=trusted)
    if document.version > trusted.version:
        KeyVersion.objects.create(
            party=party, version=document.version, document=content, sha256=document.sha256,
            issued_at=document.issued_at, valid_until=document.valid_until, fetched_at=at,
        )  # fmt: skip
