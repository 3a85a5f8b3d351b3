"""The description of the API (OpenAPI): what every operation may answer is said once, here."""

from __future__ import annotations

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import BaseModel, Field

from elchi.api.answers import KEY, ONCE
from elchi.api.problems import MEDIA_TYPE


class Problem(BaseModel):
    """What is wrong, as problem+json (RFC 9457)."""

    type: str = Field(examples=["urn:elchi:error:subject_empty"])
    title: str = Field(description="In the language of `Accept-Language`.")
    status: int
    code: str = Field(description="Stable; docs/errors.md lists them all.")
    params: dict[str, Any]


_ALWAYS: Final = {
    "400": "Cannot be read",
    "401": "No valid token",
    "403": "Not allowed",
    "404": "There is no such thing here",
    "409": "It does not fit what is there now",
    "429": "Too many requests",
}
_OF_CHANGES: Final = {"412": "It was changed meanwhile", "413": "Too large", "428": "`If-Match` is missing"}
_INVALID: Final = {"422": "Something given cannot be read"}


class DescribedApi(NinjaAPI):
    """An API whose description says what can go wrong, and which calls each operation by its own name."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Give the name of the function: clients are generated from it."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Give the description, with problems added to each operation."""
        told = super().get_openapi_schema(**kwargs)
        told["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        for methods in told["paths"].values():
            for method, operation in methods.items():
                _add_problems(operation, method)
        return told


def _add_problems(operation: dict[str, Any], method: str) -> None:
    changes = method not in ("get", "head")
    problems = dict(_ALWAYS if operation.get("security") else {"400": _ALWAYS["400"]})
    if changes:
        problems |= _OF_CHANGES
    if operation.get("parameters") or changes:
        problems |= _INVALID
    if operation["operationId"] in ONCE:
        operation["parameters"].append(_KEY)
    if method == "put":
        operation["parameters"].append(_MATCH)
    operation["responses"] = {str(status): told for status, told in operation["responses"].items()}
    for status, told in sorted(problems.items()):
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"].setdefault(status, {"description": told, "content": content})


_KEY: Final = {
    "in": "header",
    "name": KEY,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    "description": "Sent again with the same key, the request is answered as before and not done twice.",
}
_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "`ETag` of what was read: when it was changed meanwhile, nothing is done (412).",
}
