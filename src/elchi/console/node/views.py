"""How this node is, on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase

from elchi.console.kit import page, show
from elchi.node.installation.queries import node_state
from elchi.node.officers.rules import Right

_GIGABYTE: Final = 1 << 30


@page(Right.NODE_SEE)
def node(request: HttpRequest) -> HttpResponseBase:
    """Show the state of the node."""
    state = node_state()
    context = {
        "state": state,
        "free": state.disk_free / _GIGABYTE,
        "size": state.disk_total / _GIGABYTE,
        "duties": list(_duties(state.duties)),
    }
    return show(request, "node/node.html", context)


def _duties(duties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, told in duties.items():
        yield {"name": name, "at": dt.datetime.fromisoformat(told["at"]), "done": told["done"]}
