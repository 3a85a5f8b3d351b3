from __future__ import annotations

import pickle

import pytest

from elchi.errors import Conflict, ElchiError, InvalidInput, NotAllowed, NotFound


@pytest.mark.parametrize("family", [InvalidInput, NotAllowed, NotFound, Conflict])
def test_an_error_crosses_to_another_process_whole(family: type[ElchiError]) -> None:
    error = family("list_unknown", field="list", list="un")
    error.params["line"] = 7  # a reader adds the line later
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is family
    assert (other.code, other.params) == ("list_unknown", {"field": "list", "list": "un", "line": 7})
    assert str(other) == "list_unknown(field='list', list='un', line=7)"
