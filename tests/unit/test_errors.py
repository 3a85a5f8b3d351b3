from __future__ import annotations

import pickle

import pytest

from elchi.api.problems import STATUS
from elchi.cli.exits import Exit, exit_of_error
from elchi.console import refusals
from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound, PartnerUnreachable, SealBroken

FAMILIES = [InvalidInput, NotAllowed, NotFound, Conflict, SealBroken, PartnerUnreachable]


@pytest.mark.parametrize("family", FAMILIES)
def test_an_error_crosses_to_another_process_whole(family: type[ElchiError]) -> None:
    error = family("list_unknown", field="list", list="un")
    error.params["line"] = 7  # a reader adds the line later
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is family
    assert (other.code, other.params) == ("list_unknown", {"field": "list", "list": "un", "line": 7})
    assert str(other) == "list_unknown(field='list', list='un', line=7)"


def test_only_a_partner_that_is_silent_is_tried_again() -> None:
    assert [family for family in FAMILIES if not family.permanent] == [PartnerUnreachable]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_its_own_exit_code_and_status(family: type[ElchiError]) -> None:
    assert refusals.STATUS[family] == STATUS[family]
    assert exit_of_error(family("x")) not in (Exit.DONE, Exit.FAILED)
    assert len({STATUS[one] for one in FAMILIES}) == len({exit_of_error(one("x")) for one in FAMILIES}) == len(FAMILIES)
