"""How a partner stands with this node, and to say it to the partner."""

from __future__ import annotations

from typing import Final

from elchi.node.audit.actor import Actor
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Partner
from elchi.node.federation.services.sending import send_message
from elchi.node.federation.states import PARTNER, next_state

IN_DOUBT: Final = "keys_in_doubt"
"""Why the node suspends a partner by itself: new keys that a thief of the old ones could have signed."""


def settle_state(partner: Partner, state: str = "") -> None:
    """Give a partner the state that follows from who has suspended it; it is not saved.

    Args:
        partner: compared.
        state: another one that it is to have.

    Raises:
        Conflict: `state_refuses`.
    """
    is_suspended = partner.suspended_here_at or partner.suspended_there_at
    wanted = state or ("suspended" if is_suspended else "active")
    partner.state = next_state(PARTNER, partner.state, wanted)


def tell_standing(partner: Partner, *, by: Actor) -> None:
    """Say to a partner how it stands with us, in a message that passes a suspension."""
    state = "ended" if partner.state == "ended" else "suspended" if partner.suspended_here_at else "active"
    partner.said += 1
    partner.save(update_fields=["said"])
    body = {"state": state, "number": partner.said, "because": partner.suspended_here_because}
    send_message(by=by, draft=Draft(to=partner.code, kind="partner_state", body=body, on=f"partner:{partner.code}"))
