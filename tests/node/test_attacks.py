"""Ways around a rule that somebody tried at a running node; each worked once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.api_calls import caller
from tests.factories import make_officer, signed_in

from elchi.node.officers.rules import Role

ME = "/officers/me/"
UNLOCK = "/accounts/reauthenticate/"


@pytest.mark.parametrize("header", ["Bearer x", "x", ""])
def test_no_header_opens_a_locked_screen(client: Client, header: str) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE)).post("/lock/")
    answer = client.get(ME, headers={"Authorization": header})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, UNLOCK)


@pytest.mark.parametrize(
    ("given", "first"),
    [({"must_change_password": True}, "/accounts/password/change/"), ({}, "/accounts/2fa/")],
)
def test_no_header_passes_over_what_comes_first(client: Client, given: dict[str, Any], first: str) -> None:
    client.force_login(make_officer(Role.SECOND_LINE, **given))
    answer = client.get(ME, headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer["Location"]) == (302, first)


def test_half_a_character_is_told_to_be_wrong() -> None:
    entry = {
        "schema": "Person", "properties": {"\ud800": ["x"]}, "action": "stop", "legal_basis": "x", "authority": "x",
        "expires_date": "2027-01-01",
    }  # fmt: skip
    answer = caller(Role.SUPERVISOR).post("/entries", entry)
    assert (answer.status_code, answer.json()["params"]["field"]) == (422, "\ud800")
