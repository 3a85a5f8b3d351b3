from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from elchi.cli.main import run

WANTED = """id,name,birth_date,document_number,plate,schema
w-1,Темирлан Абдыкадыров,1979-02-14,,,Person
w-2,Zebo Nazarzoda,1984-11-03,AC0000117,,Person
w-3,,,,01 117 ABC,Vehicle
w-4,Ak-Jol Cargo,,,,Company
"""
"""A list of invented persons, a vehicle and a company."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


Elchi = Callable[..., Done]


@pytest.fixture
def surroundings(tmp_path: Path) -> Mapping[str, str]:
    """The environment of a command: a home of its own, English unless asked otherwise, nobody measuring."""
    others = ("ELCHI_", "LC_", "LANG", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "ELCHI_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}


@pytest.fixture
def elchi(
    surroundings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Elchi:
    """Run a command in this process."""
    for name in set(os.environ) - set(surroundings):
        monkeypatch.delenv(name)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)

    def call(*args: object) -> Done:
        capsys.readouterr()
        status = run([str(arg) for arg in args])
        told = capsys.readouterr()
        return Done(int(status), told.out, told.err)

    return call


@pytest.fixture
def program() -> str:
    """The installed command, for tests that need a process."""
    return str(Path(sys.executable).with_name("elchi"))


@pytest.fixture
def wanted(elchi: Elchi, tmp_path: Path) -> Path:
    """The file of a list that is loaded as `wanted`."""
    path = tmp_path / "wanted.csv"
    path.write_text(WANTED, encoding="utf-8")
    assert elchi("lists", "load", path, "--list", "wanted", "--format", "csv").status == 0
    return path
