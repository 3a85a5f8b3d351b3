"""requirements.lock: every file by its hash, nothing by its address (docs/adr/0002)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REQUIREMENT = re.compile(r"([a-z0-9._-]+)==(\S+)(?: ; [^\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n(?:    #.*\n)+")


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.lock").read_text(encoding="utf-8")


def test_every_requirement_is_pinned_by_hashes(lock: str) -> None:
    assert re.sub(REQUIREMENT, "", lock) == ""


def test_no_address_stands_in_it(lock: str) -> None:
    assert re.findall(r"\S*(?:://|--(?:index|extra|find)-\w+|@ )\S*", lock) == []


def test_every_dependency_of_the_project_is_locked(root: Path, lock: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\s<>=!~\[;]", one, maxsplit=1)[0].lower() for one in wanted}
    locked = {name for name, _ in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, re.MULTILINE)}
    assert names - locked == set()
