"""How this node is, on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpResponseBase

from elchi.console.kit import AtDoor, page, show
from elchi.node.installation.queries import node_state
from elchi.node.officers.rules import Right

_GIGABYTE: Final = 1 << 30


@page(Right.NODE_SEE)
def node(request: AtDoor) -> HttpResponseBase:
    """Show the state of the node."""
    state = node_state()
    context = {
        "state": state,
        "free": request.words.number(state.disk_free / _GIGABYTE, 1),
        "size": request.words.number(state.disk_total / _GIGABYTE, 1),
        "duties": list(_duties(state.duties)),
    }
    return show(request, "node/node.html", context)


def _duties(duties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, told in duties.items():
        yield {"name": name, "at": dt.datetime.fromisoformat(told["at"]), "done": told["done"]}
