"""Whether an access point may ask, and its question as sides are asked it."""

from __future__ import annotations

from elchi.modules.interpol import queries
from elchi.modules.interpol.access_point import check_may_ask
from elchi.modules.interpol.models import AccessPoint, Query
from elchi.modules.interpol.question import Asked, Question
from elchi.node.here import here


def check_access(query: Query, point: AccessPoint) -> None:
    """Do nothing if the access rules let a point ask this.

    Raises:
        NotAllowed: `access_refused`.
    """
    check_may_ask(
        queries.rules_in_force(), state=point.state, point_kind=point.kind, subject_kind=query.kind,
        purpose=query.purpose, asked_today=queries.asked_today(point),
    )  # fmt: skip


def question_of(query: Query, asked: Asked, point: AccessPoint) -> Question:
    """Give a query as sides are asked it."""
    return Question(
        id=query.question, asked_at=query.asked_at, country=here().country, access_point=point.code,
        purpose=query.purpose, subject=asked,
    )  # fmt: skip
