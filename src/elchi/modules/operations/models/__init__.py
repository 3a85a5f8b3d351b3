"""Tables of the operations of an office: constraints, no verbs."""

from elchi.modules.operations.models.corridors import Corridor, Waiting
from elchi.modules.operations.models.custody import Exhibit, ExhibitPhoto, ExhibitStep
from elchi.modules.operations.models.exchanged import ReportReceived, ReportSent
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
from elchi.modules.operations.models.joint import HandOverPoint, JointOperation, OperationAct
from elchi.modules.operations.models.keeping import IncidentHold, IncidentRetention
from elchi.modules.operations.models.reviews import CrossingStock, CrossingTemplate, OfficeReview
from elchi.modules.operations.models.sections import SectionLevel

__all__ = [
    "Corridor",
    "Counted",
    "CrossingStock",
    "CrossingTemplate",
    "Exhibit",
    "ExhibitPhoto",
    "ExhibitStep",
    "HandOverPoint",
    "Import",
    "Incident",
    "IncidentHold",
    "IncidentMark",
    "IncidentRetention",
    "IncidentVersion",
    "Involvement",
    "JointOperation",
    "Lead",
    "MandatePolicy",
    "OfficeReview",
    "OperationAct",
    "ProtectedPerson",
    "ReportReceived",
    "ReportSent",
    "SectionLevel",
    "SeizedItem",
    "UnitAsset",
    "UnitMember",
    "UnitProfile",
    "UnitTask",
    "UsedVehicle",
    "Waiting",
]
