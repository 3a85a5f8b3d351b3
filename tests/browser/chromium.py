"""Where Chromium is, and how it is started: nothing of it asks anybody outside."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-default-apps", "--disable-extensions", "--no-first-run")  # fmt: skip


def chromium_at(playwright: Playwright) -> str:
    """Give where Chromium is: of the system, or of Playwright; nothing where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""
