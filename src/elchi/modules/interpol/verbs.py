"""What the door to INTERPOL writes into the audit."""

from __future__ import annotations

from elchi.node.plug import AnyVerb


class InterpolVerb(AnyVerb):
    """What was done."""

    REGISTER_POINT = "interpol.register_point"
    MOVE_POINT = "interpol.move_point"
    SET_ACCESS_RULES = "interpol.set_access_rules"
    ASK = "interpol.ask"
    REFUSE_QUERY = "interpol.refuse_query"
    RECORD_ANSWER = "interpol.record_answer"
    RECORD_PROGRESS = "interpol.record_progress"
    READ_HIT = "interpol.read_hit"
    ASK_OWNER = "interpol.ask_owner"
    RECORD_OWNER_ANSWER = "interpol.record_owner_answer"
    GIVE_UP_OWNER = "interpol.give_up_owner"
    RECORD_ACT = "interpol.record_act"
    CLOSE_HIT = "interpol.close_hit"
    RECEIVE_REQUEST = "interpol.receive_request"
    READ_REQUEST = "interpol.read_request"
    ANSWER_REQUEST = "interpol.answer_request"
    PROPOSE_REPORT = "interpol.propose_report"
    DECIDE_REPORT = "interpol.decide_report"
    WITHDRAW_REPORT = "interpol.withdraw_report"
    PUBLISH_CHANGES = "interpol.publish_changes"
    TAKE_COPY = "interpol.take_copy"
    REMOVE_QUERIES = "interpol.remove_queries"
