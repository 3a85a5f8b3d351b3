"""Lists in pages. A cursor names the last row given, so rows that come meanwhile neither repeat nor hide others."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any, Final, Generic, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.db.models import QuerySet
from ninja import Query
from pydantic import BaseModel, Field

from elchi.errors import InvalidInput

MOST: Final = 200
Shape = TypeVar("Shape", bound=BaseModel)


class Pages(BaseModel):
    """Which page is asked for."""

    cursor: str = Field("", max_length=200, description="`next` of the page before; empty for the first page.")
    limit: int = Field(50, ge=1, le=MOST, description="Most rows to give.")


Asked = Annotated[Pages, Query()]


class Page(BaseModel, Generic[Shape]):
    """Rows, and where the next ones begin."""

    items: list[Shape]
    next: str | None = Field(description="Cursor of the next page; null when this is the last.")


def page_of(rows: QuerySet[Any], asked: Pages, shape: Callable[[Any], Shape], *, key: str = "-id") -> dict[str, Any]:
    """Give a page of rows.

    Args:
        rows: all rows that may be seen.
        asked: which page.
        shape: makes of a row what is given.
        key: the unique field they are ordered by, with `-` in front for the newest first.

    Raises:
        InvalidInput: `cursor_invalid`.
    """
    field, down = key.removeprefix("-"), key.startswith("-")
    chosen = rows.order_by(key)
    if asked.cursor:
        try:
            last = urlsafe_b64decode(asked.cursor.encode("ascii")).decode()
            chosen = chosen.filter(**{f"{field}__{'lt' if down else 'gt'}": last})
        except (ValueError, ValidationError, FieldError):
            raise InvalidInput("cursor_invalid", field="cursor", rule="as_given") from None
    given = list(chosen[: asked.limit + 1])
    more = len(given) > asked.limit
    given = given[: asked.limit]
    after = urlsafe_b64encode(str(getattr(given[-1], field)).encode()).decode() if more else None
    return {"items": [shape(row) for row in given], "next": after}
