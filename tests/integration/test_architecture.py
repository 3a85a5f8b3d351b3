"""The import contract catches what it is there to catch: each violation is committed in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LAYERS = "Imports go one way BROKEN"
LIBRARIES = "Libraries know no doors, no network BROKEN"
NETWORK = "Of the exchange, carriers and the courier alone know the network BROKEN"
ROOMS = "Rooms of the node BROKEN"
TABLES = "Doors know no tables BROKEN"
ANATOMY = "In a room: services, then queries, then tables BROKEN"
VIOLATIONS = {
    "names know documents": ("names/violation.py", "import elchi.documents", LAYERS),
    "documents know names": ("documents/violation.py", "from elchi import names", LAYERS),
    "errors know subjects": ("errors.py", "import elchi.subjects", LAYERS),
    "subjects know lists": ("subjects/violation.py", "from elchi.lists import Entry", LAYERS),
    "lists know screening": ("lists/violation.py", "def late():\n    import elchi.screening", LAYERS),
    "screening knows the command line": ("screening/violation.py", "import elchi.cli", LAYERS),
    "a room of which the contract knows nothing": ("cellar/__init__.py", "", LAYERS),
    "names know click": ("names/violation.py", "import click", LIBRARIES),
    "documents know the network": ("documents/violation.py", "import socket", LIBRARIES),
    "lists fetch": ("lists/violation.py", "import httpx", LIBRARIES),
    "screening looks for folders": ("screening/violation.py", "from platformdirs import user_data_path", LIBRARIES),
    "seal knows Django": ("seal/violation.py", "import django", LIBRARIES),
    "the node knows its doors": ("node/audit/violation.py", "import elchi.console", LAYERS),
    "a door knows the settings": ("console/violation.py", "import elchi.settings", LAYERS),
    "one door knows another": ("api/violation.py", "import elchi.console", LAYERS),
    "cases know checks": ("node/cases/violation.py", "import elchi.node.checks", ROOMS),
    "cases know the desk": ("node/cases/violation.py", "import elchi.node.liaison", ROOMS),
    "the exchange knows the desk": ("node/federation/violation.py", "import elchi.node.liaison", ROOMS),
    "cases know lists": ("node/cases/violation.py", "import elchi.node.watchlists", ROOMS),
    "officers know the directory": ("node/officers/violation.py", "import elchi.node.directory", ROOMS),
    "the audit knows officers": ("node/audit/violation.py", "import elchi.node.officers", ROOMS),
    "a page reads a table": ("console/violation.py", "from elchi.node.cases.models import Case", TABLES),
    "the API reads a table": ("api/violation.py", "import elchi.node.checks.models", TABLES),
    "a table knows its verbs": ("node/cases/models.py", "import elchi.node.cases.services", ANATOMY),
    "a read knows verbs": ("node/cases/queries.py", "import elchi.node.cases.services", ANATOMY),
    "the exchange knows screening": ("exchange/violation.py", "import elchi.screening", LAYERS),
    "the exchange knows Django": ("exchange/carriers/violation.py", "import django", LIBRARIES),
    "a batch knows the network": ("exchange/batch.py", "import aiohttp", NETWORK),
    "the port opens sockets": ("exchange/carrier.py", "import socket", LIBRARIES),
    "subjects open addresses": ("subjects/violation.py", "import urllib.request", LIBRARIES),
}


ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "src/elchi", tmp_path / "src/elchi", ignore=lambda _, names: [n for n in names if not _is_source(n)]
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def _is_source(name: str) -> bool:
    return name.endswith(".py") or "." not in name


def lint(house: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    env = {**os.environ, "PYTHONPATH": str(house / "src")}
    done = subprocess.run(command, cwd=house, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_tree_as_it_is_keeps_the_contract(house: Path) -> None:
    status, told = lint(house)
    assert (status, "Contracts: 6 kept, 0 broken." in told) == (0, True), told


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_caught(house: Path, violation: str) -> None:
    file, line, broken = VIOLATIONS[violation]
    path = house / "src/elchi" / file
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    status, told = lint(house)
    assert (status, broken in told) == (1, True), told
