"""What private matches write into the audit."""

from __future__ import annotations

from elchi.node.plug import AnyVerb


class MatchVerb(AnyVerb):
    """What was done."""

    ASK_PRIVATELY = "private_match.ask"
    REFUSE_GUESSING = "private_match.refuse_guessing"
    FIND_COMMON = "private_match.find_common"
    HEAR_ASK = "private_match.hear_ask"
    ANSWER_ASK = "private_match.answer_ask"
    OPEN_CONTACT = "private_match.open_contact"
    HEAR_CONTACT = "private_match.hear_contact"
    CLOSE_CONTACT = "private_match.close_contact"
    SET_BUDGET = "private_match.set_budget"
    THROTTLE_PARTNER = "private_match.throttle_partner"
    LIFT_THROTTLE = "private_match.lift_throttle"
