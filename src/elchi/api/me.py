"""Whose token it is, and what it may do."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from elchi.api.answers import answer
from elchi.api.tokens import AtApi
from elchi.node.here import here

router = Router()


class Me(BaseModel):
    """The officer for whom a program acts."""

    sign_in_name: str
    agency: str = Field(description="Code of the agency.")
    office: str = Field(description="Code of the office.")
    rights: list[str] = Field(description="What the token may do; never more than the officer.")
    node: str = Field(description="Code of the node.")
    is_demo: bool


@router.get("", response=Me, summary="Whose token it is")
def get_me(request: AtApi) -> HttpResponse:
    """Give the officer and the rights of the token that asks."""
    by = request.auth
    told = Me(
        sign_in_name=by.name,
        agency=by.agency,
        office=by.office,
        rights=sorted(by.rights),
        node=here().code,
        is_demo=here().demo,
    )
    return answer(told)
