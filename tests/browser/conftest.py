"""For tests in a browser: Chromium, a server that answers, a node of its own for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright
from tests.browser.chromium import ARGS, chromium_at
from tests.browser.desk import Door
from tests.node.conftest import node_home

__all__ = ["node_home"]

# Playwright keeps a loop of events in this thread; Django would refuse its database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file: threads of the server that share one connection in memory would lock each other."""
    database = connections.databases["default"]
    if "sqlite" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "node.sqlite3")
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_at(playwright)
        if not path:
            pytest.skip("there is no Chromium on this machine")
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield chromium
        chromium.close()


@pytest.fixture
def door(browser: Browser, live_server: Any, node_home: Path) -> Iterator[Door]:
    """Windows of officers; nothing may have gone wrong in any of them."""
    opened = Door(browser, live_server.url)
    yield opened
    assert opened.close() == []
