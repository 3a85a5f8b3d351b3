"""Every address of the node: refused to strangers and to wrong roles, open to right ones. Nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.factories import make_officer, signed_in

from elchi.node.officers.rules import Role, rights_table
from elchi.node.plug import AnyRight

OPEN = {
    "healthz": "machines ask whether the node lives",
    "readyz": "machines ask whether it can work",
    "metrics": "on this machine only; test_health holds it",
    "accounts/login/": "the door",
    "accounts/logout/": "leads to the door",
    "accounts/2fa/authenticate/": "leads to the door whoever has given no password",
    "language/": "a language is chosen before the door",
}
"""Addresses that a stranger may ask, and why; what else has no `right` must be a page of allauth for officers."""
API_OPEN = {
    "api/v1/openapi.json": "what the API offers is no secret",
    "match-api/openapi.json": "the same",
    "match-api/healthz": "as yente answers it",
    "match-api/readyz": "the same",
    "match-api/algorithms": "the same",
}
ALLAUTH = "accounts/"
APIS = ("api/v1/", "match-api/")
VALUES = {"int": "1", "slug": "none", "str": "none", "path": "none", "uuid": "00000000-0000-4000-8000-000000000000"}


class Address(NamedTuple):
    """An address with values put in, and what leads to it."""

    path: str
    pattern: str
    view: Any


def _addresses(patterns: Any, before: str = "") -> Iterator[Address]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            pattern = before + str(one.pattern)
            path = pattern
            for name, converter in getattr(one.pattern, "converters", {}).items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                for written in (f"<{kind}:{name}>", f"<{name}>"):
                    path = path.replace(written, VALUES[kind])
            yield Address(f"/{path}", pattern, one.callback)


ALL = list(_addresses(get_resolver().url_patterns))
PAGES = [one for one in ALL if not one.pattern.startswith(APIS)]
API = [one for one in ALL if one.pattern.startswith(APIS)]


def _named(addresses: list[Address]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("address", addresses, ids=[one.pattern or "/" for one in addresses])


def ask(client: Client, path: str) -> Any:
    """Get an address, or post nothing to it where it only takes posts."""
    answer = client.get(path)
    return client.post(path) if answer.status_code == 405 else answer


def test_there_is_something_to_walk() -> None:
    assert len(PAGES) > 30
    assert sorted(OPEN.keys() - {one.pattern for one in ALL}) == []
    assert sorted(API_OPEN.keys() - {one.pattern for one in ALL}) == []


@_named(PAGES)
def test_every_page_says_who_may_open_it(address: Address) -> None:
    assert address.pattern in OPEN or address.pattern.startswith(ALLAUTH) or hasattr(address.view, "right")


@_named([one for one in PAGES if one.pattern not in OPEN])
def test_a_stranger_is_led_to_the_door(address: Address, client: Client) -> None:
    answer = ask(client, address.path)
    assert (answer.status_code, answer.get("Location", "").split("?")[0]) == (302, "/accounts/login/")


@_named([one for one in PAGES if hasattr(one.view, "right")])
def test_a_page_opens_for_the_roles_of_its_right_and_no_other(address: Address) -> None:
    right: AnyRight | None = address.view.right
    may = set(Role) if right is None else {role for one in (right, *address.view.also) for role in rights_table()[one]}
    told = {role: ask(signed_in(Client(), make_officer(role)), address.path).status_code for role in Role}
    assert {role for role, status in told.items() if status != 403} == may
    assert [role for role, status in told.items() if status >= 500] == []


@_named([one for one in PAGES if one.pattern.startswith(ALLAUTH) and one.pattern not in OPEN])
@pytest.mark.parametrize("role", [Role.FIRST_LINE, Role.ADMINISTRATOR])
def test_every_officer_opens_the_pages_of_his_own_way_in(address: Address, role: Role, client: Client) -> None:
    answer = ask(signed_in(client, make_officer(role)), address.path)
    assert answer.status_code in (200, 302, 404)


@_named([one for one in API if one.pattern not in API_OPEN])
@pytest.mark.parametrize("with_session", [False, True])
def test_the_api_opens_for_no_stranger_and_for_no_session(
    address: Address,
    with_session: bool,  # noqa: FBT001  drawn by pytest
    client: Client,
) -> None:
    if with_session:
        signed_in(client, make_officer(Role.SUPERVISOR))
    assert ask(client, address.path).status_code in (401, 404)
