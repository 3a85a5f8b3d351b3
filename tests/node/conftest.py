"""For tests of the node: each has a database and a folder of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def node_home(tmp_path: Path, settings: Any, db: None) -> Path:
    """The folder of this test's node."""
    home = tmp_path / "node"
    for name in ("keys", "files", "lists"):
        (home / name).mkdir(parents=True)
    (home / "keys" / "secret").write_text(settings.SECRET_KEY, encoding="ascii")
    here = dataclasses.replace(settings.ELCHI.here, home=home)
    settings.ELCHI = dataclasses.replace(settings.ELCHI, here=here)
    return home
