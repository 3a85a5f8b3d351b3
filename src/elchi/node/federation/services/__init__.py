"""Verbs of the exchange with partners."""

from __future__ import annotations

from elchi.node.federation.services.accepting import accept
from elchi.node.federation.services.agreements import (
    countersign_agreement,
    draft_agreement,
    end_agreement,
    propose_agreement,
    refuse_agreement,
    resume_agreement,
    review_agreement,
    start_agreements,
    suspend_agreement,
)
from elchi.node.federation.services.ending import (
    expire_messages,
    open_message,
    remove_kept_messages,
    take_back_message,
    withdraw_message,
)
from elchi.node.federation.services.evidence import export_conversation, export_evidence
from elchi.node.federation.services.files import check_files, expire_files, send_file, withdraw_file
from elchi.node.federation.services.joining import confirm_partner, invite_partner, join_partner, withdraw_invitation
from elchi.node.federation.services.keys import (
    change_addresses,
    change_spoken_for,
    make_keys,
    renew_keys,
    revoke_key,
    rotate_key,
)
from elchi.node.federation.services.partners import (
    change_partner,
    confirm_spoken_for,
    end_partner,
    hear_standing,
    resume_partner,
    suspend_partner,
    take_key_document,
)
from elchi.node.federation.services.sending import send_message, send_messages
from elchi.node.federation.services.stamping import stamp_heads

__all__ = [
    "accept",
    "change_addresses",
    "change_partner",
    "change_spoken_for",
    "check_files",
    "confirm_partner",
    "confirm_spoken_for",
    "countersign_agreement",
    "draft_agreement",
    "end_agreement",
    "end_partner",
    "expire_files",
    "expire_messages",
    "export_conversation",
    "export_evidence",
    "hear_standing",
    "invite_partner",
    "join_partner",
    "make_keys",
    "open_message",
    "propose_agreement",
    "refuse_agreement",
    "remove_kept_messages",
    "renew_keys",
    "resume_agreement",
    "resume_partner",
    "review_agreement",
    "revoke_key",
    "rotate_key",
    "send_file",
    "send_message",
    "send_messages",
    "stamp_heads",
    "start_agreements",
    "suspend_agreement",
    "suspend_partner",
    "take_back_message",
    "take_key_document",
    "withdraw_file",
    "withdraw_invitation",
    "withdraw_message",
]
