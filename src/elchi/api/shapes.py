"""What several routers give: findings and the lists that were searched."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from elchi.errors import InvalidInput
from elchi.subjects import Subject, from_wire


def _in_utc(at: dt.datetime) -> dt.datetime:
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:
        message = "beyond the years 1 to 9999"
        raise ValueError(message) from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""In UTC: PostgreSQL knows no zone 16 hours away."""
Verdict = Literal["CLEAR", "REVIEW", "STOP"]
Texts = list[str]
Properties = dict[str, Texts]
"""Of FollowTheMoney."""
Reasons = list[dict[str, Any]]
SUBJECT = Field(
    description="`kind` (person, document, vehicle, organisation, consignment) and the fields of docs/api.md.",
    examples=[{"kind": "person", "name": "Алия Омарова", "birth_date": "1990-04-09"}],
)


class Finding(BaseModel):
    """An entry of a list that may be the subject, as it was when it was found."""

    id: int
    list: str
    version: int
    entry: str = Field(description="The list's own id of it.")
    caption: str
    entry_schema: str = Field(serialization_alias="schema", description="FollowTheMoney schema.")
    score: float
    band: Verdict
    reasons: Reasons = Field(description="Codes with parameters, strongest first; docs/evidence.md.")
    action: str
    handling: str
    is_discreet: bool
    state: str
    due_at: dt.datetime | None


class ListUsed(BaseModel):
    """A list that a verdict relies on."""

    name: str
    title: str
    version: int
    issued_at: str | None
    loaded_at: dt.datetime
    age_days: int
    is_stale: bool
    total: int


def finding_shape(row: Any) -> Finding:
    """Give a finding as the API gives it."""
    return Finding(
        id=row.pk,
        list=row.watchlist,
        version=row.version,
        entry=row.entry,
        caption=row.caption,
        entry_schema=row.schema,
        score=row.score,
        band=row.band.upper(),
        reasons=row.reasons,
        action=row.action,
        handling=row.handling,
        is_discreet=row.is_discreet,
        state=row.state,
        due_at=row.due_at,
    )


def list_shape(age: Any) -> ListUsed:
    """Give a list and its age as the API gives it."""
    return ListUsed.model_validate(age, from_attributes=True)


def subjects_of(wires: list[dict[str, Any]]) -> list[Subject]:
    """Read subjects, and say which of several is at fault.

    Raises:
        InvalidInput: as of `from_wire`, with `line`, from 1.
    """
    subjects = []
    for number, wire in enumerate(wires, 1):
        try:
            subjects.append(from_wire(wire))
        except InvalidInput as error:
            if len(wires) > 1:
                error.params["line"] = number
            raise
    return subjects
