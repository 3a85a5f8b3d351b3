"""What the regional module writes into the audit."""

from __future__ import annotations

from elchi.node.plug import AnyVerb


class RegionalVerb(AnyVerb):
    """What was done."""

    TAKE_REPORTS = "regional.take_reports"
    READ_INBOX = "regional.read_inbox"
    WARN_MEMBERS = "regional.warn_members"
    HEAR_WARNING = "regional.hear_warning"
    SET_CORRIDOR = "regional.set_corridor"
    OPEN_OPERATION = "regional.open_operation"
    LOG_OPERATION = "regional.log_operation"
    HEAR_OPERATION = "regional.hear_operation"
    TAKE_BULLETIN = "regional.take_bulletin"
    PUT_ENTITY = "regional.put_entity"
    HEAR_ENTITY = "regional.hear_entity"
    READ_ENTITY = "regional.read_entity"
    WITHDRAW_ENTITY = "regional.withdraw_entity"
    SET_AUTHORITY = "regional.set_authority"
    SET_ORGANISATION = "regional.set_organisation"
