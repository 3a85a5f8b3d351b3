"""The API of the node, and the door in the language of yente. Each noun has its own router."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, Throttled, ValidationError

from elchi.api.problems import problem, problem_of
from elchi.api.tokens import Bearer
from elchi.errors import ElchiError

api = NinjaAPI(title="Elchi", version="1", urls_namespace="api", auth=Bearer())
match_api = NinjaAPI(title="Elchi match", version="yente", urls_namespace="match", auth=Bearer())


def _refuse(request: HttpRequest, error: ElchiError) -> HttpResponse:
    return problem_of(request, error)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [{"field": ".".join(str(part) for part in one["loc"]), "rule": one["type"]} for one in error.errors]
    return problem(request, 422, "request_invalid", faults=faults)


def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001  ninja's order
    answer = problem(request, 401, "token_invalid")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    answer = problem(request, 429, "too_many_requests")
    if error.wait:
        answer["Retry-After"] = str(int(error.wait) + 1)
    return answer


_ANSWERS: Any = {
    ElchiError: _refuse, ValidationError: _invalid, AuthenticationError: _unknown, Throttled: _throttled,
}  # fmt: skip
for door in (api, match_api):
    for family, answer in _ANSWERS.items():
        door.add_exception_handler(family, answer)
