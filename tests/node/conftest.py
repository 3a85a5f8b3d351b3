"""For tests of the node: each has a database and a folder of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as node_settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is of the other database: `make test` runs all of it, half here and half there."""
    here = node_settings.DATABASES["default"]["ENGINE"]
    asked = {item: item.get_closest_marker("only") for item in items}
    items[:] = [item for item, mark in asked.items() if mark is None or mark.args[0] in here]


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
