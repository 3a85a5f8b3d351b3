"""Tables of the gateway of a national bureau: constraints, no verbs."""

from elchi.modules.interpol.models.hits import ConfirmationRequest, HitConfirmation
from elchi.modules.interpol.models.points import AccessPoint, AccessPolicy, Watch
from elchi.modules.interpol.models.queries import OnlineTask, Query, QueryAnswer
from elchi.modules.interpol.models.reports import ReportedDocument

__all__ = [
    "AccessPoint",
    "AccessPolicy",
    "ConfirmationRequest",
    "HitConfirmation",
    "OnlineTask",
    "Query",
    "QueryAnswer",
    "ReportedDocument",
    "Watch",
]
