"""What a room shows is what its `__init__` lists, and all of it is there."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOMS = sorted(path.parent.name for path in (Path(__file__).parents[2] / "src/elchi").glob("*/__init__.py"))
LIBRARIES = ["documents", "lists", "locale", "names", "screening", "subjects"]
OTHERS = ["api", "cli", "console", "exchange", "modules", "node", "seal"]
"""Doors, the node, modules, and rooms whose files are their nouns."""


@pytest.mark.parametrize("room", LIBRARIES)
def test_a_library_lists_its_public_names(room: str, root: Path) -> None:
    tree = ast.parse((root / "src/elchi" / room / "__init__.py").read_text(encoding="utf-8"))
    imported = [
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    ]
    module = importlib.import_module(f"elchi.{room}")
    assert imported, "a room that shows nothing"
    assert sorted(module.__all__) == sorted(imported)


@pytest.mark.parametrize("room", LIBRARIES)
def test_what_is_listed_is_there(room: str) -> None:
    module = importlib.import_module(f"elchi.{room}")
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(set(module.__all__)) == len(module.__all__)


def test_every_room_is_known() -> None:
    assert sorted({*LIBRARIES, *OTHERS}) == ROOMS
