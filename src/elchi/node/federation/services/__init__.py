"""Verbs of the exchange with partners."""

from __future__ import annotations

from elchi.node.federation.services.accepting import accept
from elchi.node.federation.services.sending import send_message, send_messages

__all__ = ["accept", "send_message", "send_messages"]
