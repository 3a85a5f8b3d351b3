"""Verbs of the desk."""

from __future__ import annotations

from elchi.node.liaison.services._talk import Given
from elchi.node.liaison.services.alerts import (
    AlertCard,
    acknowledge_alert,
    expire_alerts,
    raise_alert,
    read_office_alert,
    withdraw_alert,
)
from elchi.node.liaison.services.keeping import remind_due, remove_kept_conversations
from elchi.node.liaison.services.requests import (
    Request,
    draft_request,
    drop_draft,
    preview_request,
    send_request,
    withdraw_request,
)
from elchi.node.liaison.services.talking import (
    read_conversation,
    read_shared_file,
    release_conversation,
    say,
)

__all__ = [
    "AlertCard",
    "Given",
    "Request",
    "acknowledge_alert",
    "draft_request",
    "drop_draft",
    "expire_alerts",
    "preview_request",
    "raise_alert",
    "read_conversation",
    "read_office_alert",
    "read_shared_file",
    "release_conversation",
    "remind_due",
    "remove_kept_conversations",
    "say",
    "send_request",
    "withdraw_alert",
    "withdraw_request",
]
