"""How this node is, on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpResponseBase

from elchi.console.kit import AtDoor, page, show
from elchi.node.installation.queries import node_state
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import ListAge, lists_for

_GIGABYTE: Final = 1 << 30


@page(Right.NODE_SEE)
def node(request: AtDoor) -> HttpResponseBase:
    """Show the state of the node."""
    state = node_state()
    context = {
        "state": state,
        "lists": _lists(request.acting, state.lists),
        "free": request.words.number(state.disk_free / _GIGABYTE, 1),
        "size": request.words.number(state.disk_total / _GIGABYTE, 1),
        "duties": list(_duties(state.duties)),
    }
    return show(request, "node/node.html", context)


def _lists(by: Acting, ages: tuple[ListAge, ...]) -> list[ListAge]:
    """Leave out lists of other agencies for officers who work with lists; who keeps the machine sees them all."""
    if not by.may(Right.LIST_SEE):
        return list(ages)
    known = {line.row.name for line in lists_for(by)}
    return [age for age in ages if age.name in known]


def _duties(duties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, told in duties.items():
        yield {"name": name, "at": dt.datetime.fromisoformat(told["at"]), "done": told["done"]}
