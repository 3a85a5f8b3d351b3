"""Whether an agreement covers a message that came; the same rules hold for what goes."""

from __future__ import annotations

import datetime as dt

from elchi.errors import NotAllowed
from elchi.exchange.message import Message
from elchi.node.federation.models import AgreementVersion, Partner


def check_covered(message: Message, partner: Partner, *, at: dt.datetime) -> None:
    """Do nothing if the agreement that a message names is in force with its sender.

    Raises:
        NotAllowed: `agreement_missing`: it names none; `not_covered`: that version is not in force with him today.
    """
    if not message.agreement:
        raise NotAllowed("agreement_missing", kind=message.kind, partner=partner.code)
    name, _, version = message.agreement.rpartition(":")
    today = at.date()
    versions = AgreementVersion.objects.filter(partner=partner, agreement=name, version=int(version), state="in_force")
    row = versions.filter(valid_from__lte=today).first()
    if row is None or (row.valid_until and row.valid_until < today):
        raise NotAllowed("not_covered", agreement=message.agreement, clause="")
