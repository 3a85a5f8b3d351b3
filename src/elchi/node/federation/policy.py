"""Whether an agreement covers a message that came; `permit` of the same agreement made what goes."""

from __future__ import annotations

import datetime as dt

from elchi.errors import NotAllowed
from elchi.exchange.message import Message
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.federation.queries.agreements import agreement_in, own_party, party_of

AGREED = ("countersigned", "agreed", "in_force")
"""Both have signed: a partner may have heard of it before we hear that he has."""
OVER = ("superseded", "ended")
GRACE = dt.timedelta(days=3)
"""For how long after its end a version still covers what was sent before, as its sender says: he may say anything."""


def check_covered(message: Message, partner: Partner, *, at: dt.datetime) -> None:
    """Do nothing if the agreement that a message names is in force with its sender, and admits it.

    A message that was sent while a version was in force may come after it was: the link was dead. It is measured
    against the version under which it was sent.

    Raises:
        NotAllowed: `agreement_missing`: it names none; `not_covered` with the clause.
        InvalidInput: its subject cannot be read.
    """
    if not message.agreement:
        raise NotAllowed("agreement_missing", kind=message.kind, partner=partner.code)
    row = _version(message, partner, at)
    if row is None:
        raise NotAllowed(
            "not_covered", agreement=message.agreement, rule="agreed_version", clause="", field="agreement"
        )
    agreement = agreement_in(row.content)
    agreement.admit(message, sender=party_of(partner), receiver=own_party(), at=message.sent_at)


def _version(message: Message, partner: Partner, at: dt.datetime) -> AgreementVersion | None:
    name, _, version = message.agreement.rpartition(":")
    row = AgreementVersion.objects.filter(partner=partner, agreement=name, version=int(version)).first()
    if row is None:
        return None
    if row.state in AGREED:
        return row if row.valid_from <= at.date() else None
    if row.state not in OVER or message.sent_at > row.changed_at or at > row.changed_at + GRACE:
        return None
    newer = AgreementVersion.objects.filter(partner=partner, agreement=name, version__gt=row.version)
    return None if newer.filter(state__in=("suspended", "ended")).exists() else row
