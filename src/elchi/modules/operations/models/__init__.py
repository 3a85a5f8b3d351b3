"""Tables of the operations of an office: constraints, no verbs."""

from elchi.modules.operations.models.forces import MandatePolicy, UnitAsset, UnitMember, UnitProfile, UnitTask
from elchi.modules.operations.models.incidents import (
    Counted,
    Import,
    Incident,
    IncidentMark,
    IncidentVersion,
    Involvement,
    Lead,
    ProtectedPerson,
    SeizedItem,
    UsedVehicle,
)
from elchi.modules.operations.models.sections import SectionLevel

__all__ = [
    "Counted",
    "Import",
    "Incident",
    "IncidentMark",
    "IncidentVersion",
    "Involvement",
    "Lead",
    "MandatePolicy",
    "ProtectedPerson",
    "SectionLevel",
    "SeizedItem",
    "UnitAsset",
    "UnitMember",
    "UnitProfile",
    "UnitTask",
    "UsedVehicle",
]
