"""The API of the node, and the door in the language of yente. Each noun has its own router."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from elchi.api import (
    audit,
    cases,
    checks,
    desk,
    directory,
    entries,
    findings,
    lists,
    me,
    office_alerts,
    office_log,
    partners,
)
from elchi.api.described import DescribedApi
from elchi.api.problems import problem_of
from elchi.api.tokens import TokenDoor
from elchi.api.yente import asking, catalogue, matching
from elchi.errors import ElchiError, InvalidInput, NotFound
from elchi.node.plug import modules

api = DescribedApi(title="Elchi", version="1", urls_namespace="api", auth=TokenDoor(), docs_url=None)
_ROUTERS: Any = {
    "me": me.router,
    "checks": checks.router,
    "findings": findings.router,
    "judgements": findings.judgements,
    "lists": lists.router,
    "versions": lists.versions,
    "entries": entries.router,
    "cases": cases.router,
    "requests": desk.router,
    "office-alerts": office_alerts.router,
    "log": office_log.router,
    "hand-overs": office_log.hand_overs,
    "directory": directory.router,
    "partners": partners.router,
    "agreements": partners.agreements,
    "audit": audit.router,
}
for module in modules():
    _ROUTERS |= {noun: import_string(router) for noun, router in module.routers.items()}
for noun, router in _ROUTERS.items():
    api.add_router(f"/{noun}", router, tags=[noun])

match_api = DescribedApi(
    title="Elchi, as yente", version="yente", urls_namespace="match", auth=TokenDoor(), docs_url=None
)
match_api.add_router("", matching.router, tags=["matching"])
match_api.add_router("", catalogue.router, tags=["catalogue"])


def refuse_with(door: NinjaAPI, answer: Callable[[HttpRequest, ElchiError], HttpResponse]) -> None:
    """Make a door answer every error by its code."""

    def refuse(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, error)

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        faults = [{"field": ".".join(map(str, one["loc"])), "rule": one["type"]} for one in error.errors]
        return answer(request, InvalidInput("request_invalid", faults=faults))

    def unknown(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001  ninja's order
        return answer(request, NotFound("address_unknown", field="path"))

    def unreadable(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001  ninja's order
        return answer(request, InvalidInput("request_unreadable", field="body", rule="json"))

    door.add_exception_handler(ElchiError, refuse)
    door.add_exception_handler(ValidationError, invalid)
    door.add_exception_handler(Http404, unknown)
    door.add_exception_handler(HttpError, unreadable)


refuse_with(api, problem_of)
refuse_with(match_api, asking.refuse)
