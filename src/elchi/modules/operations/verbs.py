"""What the operations write into the audit."""

from __future__ import annotations

from elchi.node.plug import AnyVerb


class OperationsVerb(AnyVerb):
    """What was done."""

    RECORD_INCIDENT = "operations.record_incident"
    READ_INCIDENT = "operations.read_incident"
    AMEND_INCIDENT = "operations.amend_incident"
    WITHDRAW_INCIDENT = "operations.withdraw_incident"
    OPEN_INCIDENT_CASE = "operations.open_incident_case"
    DECIDE_LEAD = "operations.decide_lead"
    PROTECT_PERSON = "operations.protect_person"
    READ_PROTECTED = "operations.read_protected"
    RECEIVE_SEIZURES = "operations.receive_seizures"
    DROP_IMPORT = "operations.drop_import"
    IMPORT_SEIZURES = "operations.import_seizures"
    TAKE_REPORT = "operations.take_report"
    SET_UNIT = "operations.set_unit"
    ADD_MEMBER = "operations.add_member"
    END_MEMBER = "operations.end_member"
    ADD_ASSET = "operations.add_asset"
    CHANGE_ASSET = "operations.change_asset"
    SET_MANDATE = "operations.set_mandate"
    GIVE_TASK = "operations.give_task"
    MOVE_TASK = "operations.move_task"
    SET_SECTION_LEVEL = "operations.set_section_level"
