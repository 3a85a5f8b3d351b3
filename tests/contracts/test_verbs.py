"""Every verb of the node asks whether it may, and writes down what it did."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from elchi.node.audit.verbs import Verb

QUIET = {
    "audit.record": "it is what writes the line",
    "audit.record_all": "the same",
    "audit.wait_turn": "the same",
    "officers.use_token": "every request of a program; what it does then is written down",
    "officers.choose_language": "an officer's own matter",
    "officers.choose_theme": "the same",
    "officers.forget_attempt": "what followed is written down",
    "officers.pass_password": "the same",
    "officers.spend_code": "the same",
    "private_match.apply_match_retention": "what is removed was written down when it was asked",
    "private_match.hear_answer": "the exchange writes that a message came; finish_answered what it says",
    "private_match.hear_page": "the same",
    "private_match.note_settled": "the same",
    "interpol.note_alive": "a sign of life, every few minutes",
    "interpol.watch_points": "the same, of the node",
    "interpol.expire_queries": "the answer may still come",
    "interpol.wait_for_online": "it only waits; ask_online writes",
    "regional.forget_warning": "the exchange writes that its sender took it back",
    "regional.note_told": "the exchange writes that a receipt came",
    "regional.read_operation": "it only reads; hear_operation writes",
    "regional.read_put": "the same for hear_entity",
    "regional.read_warning": "the same for hear_warning",
}
"""Public functions of services that write no line, and why."""


@pytest.fixture(scope="module")
def verbs(
    root: Path, trees: Mapping[Path, ast.Module]
) -> dict[str, tuple[ast.FunctionDef, dict[str, ast.FunctionDef]]]:
    """What the services of a room offer, by `room.name`, each with all functions of its room."""
    rooms: dict[str, dict[str, ast.FunctionDef]] = {}
    offered: dict[str, set[str]] = {}
    for path, tree in trees.items():
        place = path.relative_to(root / "src/elchi").parts
        if place[0] in ("node", "modules") and len(place) > 2 and place[2].removesuffix(".py") == "services":
            found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            rooms.setdefault(place[1], {}).update(found)
            if place[2] == "services.py":
                offered[place[1]] = {name for name in found if not name.startswith("_")}
            elif place[3] == "__init__.py":
                imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
                offered[place[1]] = {name.name for node in imports for name in node.names}
    return {
        f"{room}.{name}": (function, functions)
        for room, functions in rooms.items()
        for name, function in functions.items()
        if name in offered[room]
    }


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _records(function: ast.FunctionDef, beside: Mapping[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    """Tell whether a function, or one of its room that it calls, writes a line of the audit."""
    for call in _calls(function):
        name = _name(call)
        if name in ("record", "record_all"):
            return True
        if name in beside and name not in seen and _records(beside[name], beside, seen | {name}):
            return True
    return False


def test_every_verb_writes_a_line(verbs: dict[str, tuple[ast.FunctionDef, dict[str, ast.FunctionDef]]]) -> None:
    silent = {name for name, (function, beside) in verbs.items() if not _records(function, beside, frozenset())}
    assert silent == set(QUIET)


def test_every_verb_takes_its_arguments_by_name(
    verbs: dict[str, tuple[ast.FunctionDef, dict[str, ast.FunctionDef]]],
) -> None:
    by_place = [name for name, (function, _) in verbs.items() if len(function.args.args) > 1]
    assert by_place == []


def test_every_verb_of_the_table_is_used(trees: Mapping[Path, ast.Module]) -> None:
    used = {
        node.attr
        for path, tree in trees.items()
        if path.name != "verbs.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Verb"
    }
    assert sorted({verb.name for verb in Verb} - used) == []
