"""How modules plug in: they add to the table of rights, and cannot change what holds for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from elchi.node.officers import rules
from elchi.node.officers.rules import Right, Role, rights_of, rights_table
from elchi.node.plug import AnyRight


class Invented(AnyRight):
    GATE_SEE = "gate.see"
    GATE_OPEN = "gate.open"


class Taken(AnyRight):
    CASE_SEE = "case.see"


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    rights_table.cache_clear()
    yield
    rights_table.cache_clear()


def plugged(monkeypatch: pytest.MonkeyPatch, **rights: frozenset[str]) -> None:
    table = {Invented[name]: holders for name, holders in rights.items()}
    monkeypatch.setattr(rules, "modules", lambda: (SimpleNamespace(label="gates", rights=table),))


def test_rows_of_a_module_follow_those_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rights_of([Role.SECOND_LINE])
    rights_table.cache_clear()
    plugged(monkeypatch, GATE_SEE=frozenset((Role.AUDITOR, Role.SECOND_LINE)), GATE_OPEN=frozenset((Role.SECOND_LINE,)))
    assert list(rights_table())[: len(Right)] == list(Right)
    assert rights_of([Role.SECOND_LINE]) - before >= {Invented.GATE_SEE, Invented.GATE_OPEN}
    assert Invented.GATE_OPEN not in rights_of([Role.AUDITOR])
    assert Invented.GATE_SEE in rights_of([Role.AUDITOR])


@pytest.mark.parametrize("holders", [{Role.ADMINISTRATOR}, {Role.AUDITOR}, {"guest"}])
def test_no_module_gives_what_nobody_may_have(monkeypatch: pytest.MonkeyPatch, holders: set[str]) -> None:
    plugged(monkeypatch, GATE_OPEN=frozenset(holders))
    with pytest.raises(ImproperlyConfigured, match=r"gates: gate\.open"):
        rights_table()


def test_no_module_changes_a_row_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {Taken.CASE_SEE: frozenset((Role.FIRST_LINE,))}
    monkeypatch.setattr(rules, "modules", lambda: (SimpleNamespace(label="gates", rights=table),))
    with pytest.raises(ImproperlyConfigured, match=r"gates: case\.see"):
        rights_table()
