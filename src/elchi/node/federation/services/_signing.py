"""The signed document of an agreement: ours, theirs, and both on the same bytes."""

from __future__ import annotations

import datetime as dt

from elchi.errors import SealBroken
from elchi.exchange.agreement import FORMAT, Agreement, agreement_from_json
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.federation.queries.keys import key_of
from elchi.node.federation.tree import LeafContent, append_leaves
from elchi.node.here import here
from elchi.seal.canonical import write_time
from elchi.seal.document import add_signature, read_document, sign_payload
from elchi.seal.public_key import check_signed_at


def sign_agreement(agreement: Agreement, at: dt.datetime) -> bytes:
    """Sign an agreement for this node."""
    return sign_payload(agreement.canonical(), typ=FORMAT, signers=own_signers(at)[:1])


def countersign_document(document: bytes, at: dt.datetime) -> bytes:
    """Add our signature to the same bytes."""
    return add_signature(document, typ=FORMAT, signers=own_signers(at)[:1])


def read_signed(content: bytes, partner: Partner, at: dt.datetime, *, both: bool) -> Agreement:
    """Read an agreement that a partner has signed.

    Args:
        content: the document.
        partner: who must have signed it.
        at: now.
        both: whether we must have signed it too.

    Raises:
        SealBroken: a signature is wrong or its key does not count, or one is missing.
        InvalidInput: `agreement_invalid`.
    """
    signed = read_document(
        content, typ=FORMAT, key_of=lambda kid: key_of(partner.code, kid) or key_of(here().code, kid)
    )
    for party in (partner.code, *((here().code,) if both else ())):
        keys = [key for kid in signed.signed_by if (key := key_of(party, kid))]
        if not keys:
            raise SealBroken("signature_missing", party=party)
        for key in keys if party == partner.code else ():
            check_signed_at(key, at)
    return agreement_from_json(dict(signed.content))


def log_agreement(row: AgreementVersion, what: str, at: dt.datetime) -> None:
    """Put a signature into the log: from then on the order of things can be proved."""
    told = {
        "what": f"agreement_{what}", "with": row.partner.code, "agreement": f"{row.agreement}:{row.version}",
        "sha256": row.sha256, "at": write_time(at),
    }  # fmt: skip
    append_leaves([LeafContent("agreement", row.sha256, told)], at=at)
