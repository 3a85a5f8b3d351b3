"""What all pages share: who may open one, how an error becomes a page, pages of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, cast

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from elchi.console.refusals import refuse
from elchi.errors import ElchiError
from elchi.locale import Words
from elchi.node.officers.acting import Acting
from elchi.node.plug import AnyRight

PAGE_SIZE: Final = 50
LONGEST_ASKED: Final = 100
"""Characters of a parameter of an address."""
View = Callable[..., HttpResponseBase]


class AtDoor(HttpRequest):
    """A request as the pages see it, after `middleware.officer_at_the_door`."""

    acting: Acting
    words: Words
    htmx: Any


def page(right: AnyRight | None, *, also: tuple[AnyRight, ...] = ()) -> Callable[[View], View]:
    """Make a view a page that only officers with a right open; default is no.

    Args:
        right: the right; None for pages of every officer who signed in.
        also: other rights, one of which is enough.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting = cast("AtDoor", request).acting
            try:
                if right is not None and not any(acting.may(one) for one in (right, *also)):
                    acting.require(right)
                return view(request, *args, **kwargs)
            except ElchiError as error:
                return refuse(request, error)

        shown.right = right  # type: ignore[attr-defined]  # read by the test that walks all addresses
        shown.also = also  # type: ignore[attr-defined]
        return shown

    return decorate


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a template of the console."""
    return render(request, f"console/{template}", dict(context or {}), status=status)


def asked_of(request: HttpRequest, *names: str) -> dict[str, str]:
    """Give what the address asks for under these names; empty for what is not there or could stand in no table."""
    given = {name: request.GET.get(name, "") for name in names}
    return {name: text if len(text) <= LONGEST_ASKED and text.isprintable() else "" for name, text in given.items()}


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """Give the page of a list that the address asks for with `page`; the nearest one if there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def sort_of(request: HttpRequest, allowed: Mapping[str, str], default: str) -> tuple[str, str]:
    """Give how the address asks to sort, as `sort=name` or `sort=-name`.

    Args:
        request: whose address asks.
        allowed: names of columns and the fields they sort by.
        default: a name, with `-` in front for descending.

    Returns:
        The name chosen as in the address, and the field for `order_by`.
    """
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in allowed:
        asked = default
    sign = "-" if asked.startswith("-") else ""
    return asked, sign + allowed[asked.removeprefix("-")]
