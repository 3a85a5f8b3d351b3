from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

Trees = Mapping[Path, ast.Module]
FAMILIES = {"InvalidInput", "NotAllowed", "NotFound", "Conflict", "SealBroken", "PartnerUnreachable"}


@dataclass(frozen=True)
class ErrorCall:
    """A call of an error class: where, of which family, with what."""

    place: str
    family: str
    code: str | None
    """None when it is no literal."""
    params: frozenset[str]
    rule: str | None
    """The rule, when it is given as a literal."""


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def trees(root: Path) -> Trees:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((root / "src").rglob("*.py"))}


@pytest.fixture(scope="session")
def error_calls(trees: Trees) -> tuple[ErrorCall, ...]:
    return tuple(_error_calls(trees))


def _error_calls(trees: Trees) -> Iterator[ErrorCall]:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILIES:
                given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                yield ErrorCall(
                    place=f"{path.name}:{node.lineno}",
                    family=node.func.id,
                    code=_literal(node.args[0]) if node.args else None,
                    params=frozenset(given),
                    rule=_literal(given["rule"]) if "rule" in given else None,
                )


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
