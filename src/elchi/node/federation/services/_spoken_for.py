"""For which agencies and offices a partner speaks: what it says, and what of that counts here (ADR 0037)."""

from __future__ import annotations

from elchi.node.federation.models import Partner
from elchi.seal.trust import KeyDocument


def confirm_all(partner: Partner, document: KeyDocument) -> None:
    """Let count what a key document says that people have looked at; the caller saves the row."""
    partner.agencies, partner.offices = list(document.agencies), list(document.offices)
    partner.claimed = {"agencies": partner.agencies, "offices": partner.offices}


def keep_said(partner: Partner, document: KeyDocument) -> None:
    """Take note of what a new key document says: what it says no more counts no more, and what is new does not yet."""
    partner.agencies = [code for code in partner.agencies if code in document.agencies]
    partner.offices = [code for code in partner.offices if code in document.offices]
    partner.claimed = {"agencies": list(document.agencies), "offices": list(document.offices)}
    partner.save(update_fields=["agencies", "offices", "claimed"])
