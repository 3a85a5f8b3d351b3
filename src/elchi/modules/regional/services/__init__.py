"""Verbs of the regional module."""

from elchi.modules.regional.services._telling import note_told
from elchi.modules.regional.services.inbox import read_inbox, take_bulletin
from elchi.modules.regional.services.operations import hear_operation, log_operation, open_operation, read_operation
from elchi.modules.regional.services.registers import (
    AuthorityCard,
    OrganisationCard,
    set_authority,
    set_organisation,
)
from elchi.modules.regional.services.space import (
    forget_entity,
    hear_entity,
    put_entity,
    read_entity,
    read_put,
    withdraw_entity,
)
from elchi.modules.regional.services.taking import apply_regional_retention, take_reports
from elchi.modules.regional.services.warnings import (
    forget_warning,
    hear_warning,
    read_warning,
    set_corridor,
    warn_members,
)

__all__ = [
    "AuthorityCard", "OrganisationCard", "apply_regional_retention", "forget_entity", "forget_warning", "hear_entity",
    "hear_operation", "hear_warning", "log_operation", "note_told", "open_operation", "put_entity", "read_entity",
    "read_inbox", "read_operation", "read_put", "read_warning", "set_authority", "set_corridor", "set_organisation",
    "take_bulletin", "take_reports", "warn_members", "withdraw_entity",
]  # fmt: skip
