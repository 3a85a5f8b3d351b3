"""Takes the pictures of docs/images: `ELCHI_LANGUAGE=en .venv/bin/python -m tests.browser.take_pictures [FOLDER]`.

Makes a node by `elchi demo`, runs it, and goes through it as its invented officers. On the pictures of findings only
invented persons of the invented ministry's list are shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.chromium import ARGS, chromium_at

import elchi.cli.demo as story

MAX_BYTES = 120_000
PORT = 8947
HOME = f"http://127.0.0.1:{PORT}"
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@contextmanager
def demo_node() -> Iterator[None]:
    """Make a node of the demonstration and run it."""
    program = str(Path(sys.executable).with_name("elchi"))
    with tempfile.TemporaryDirectory(prefix="elchi-pictures-") as folder:
        home = Path(folder) / "node"
        environ = {**os.environ, "ELCHI_LANGUAGE": "en", "ELCHI_HOME": str(home), "ELCHI_LISTEN": f"127.0.0.1:{PORT}"}
        subprocess.run([program, "demo", "--home", str(home)], check=True, stdin=subprocess.DEVNULL)
        with subprocess.Popen([program, "run"], env=environ, stderr=subprocess.DEVNULL) as node:
            try:
                yield
            finally:
                node.terminate()


def sign_in(browser: Browser, name: str, window: dict[str, int] = WIDE, scale: float = 1) -> Page:
    context = browser.new_context(viewport=window, device_scale_factor=scale, locale="en")  # type: ignore[arg-type]
    page = context.new_page()
    for _ in range(100):
        try:
            page.goto(f"{HOME}/accounts/login/")
            break
        except Exception:  # noqa: BLE001  the node is not up yet
            time.sleep(0.2)
    page.fill("[name=login]", name)
    page.fill("[name=password]", story.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def check(page: Page, text: str) -> None:
    page.goto(f"{HOME}/check/")
    page.fill("#q", text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def keep(page: Page, folder: Path, name: str, height: int = 0) -> None:
    """Keep what the window shows, or so many pixels of it from above, as a picture of few colours."""
    path = folder / f"{name}.png"
    size = page.viewport_size or WIDE
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]})
    with Image.open(path) as taken:
        few = taken.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(path, path.stat().st_size)  # noqa: T201  it says what it made
    assert path.stat().st_size <= MAX_BYTES


def take(browser: Browser, folder: Path) -> None:
    first = sign_in(browser, "first.line")
    check(first, "ZZ7654321")
    keep(first, folder, "check-clear")
    check(first, "01 KG 777 ABC")
    keep(first, folder, "check-stop")
    second = sign_in(browser, "second.line")
    second.goto(f"{HOME}/second_line/?list=wanted")
    follow(second, "table.data tbody tr:has-text('Zhumabaeva') a, table.data tbody tr:has-text('ZHUMABAEVA') a")
    second.evaluate("scrollTo(0, 0)")
    keep(second, folder, "second-line", 680)  # below stands who is on public lists
    second.goto(f"{HOME}/cases/")
    follow(second, "table.data tbody tr:has-text('01 KG') a")
    keep(second, folder, "case")
    second.goto(f"{HOME}/lists/")
    keep(second, folder, "lists", 480)
    second.goto(f"{HOME}/map/")
    second.evaluate("document.querySelector('figure.map').scrollIntoView({block: 'end'})")
    keep(second, folder, "map")
    chief = sign_in(browser, "supervisor")
    chief.goto(f"{HOME}/results/")
    keep(chief, folder, "results")
    phone = sign_in(browser, "first.line", PHONE, 2)
    check(phone, "01 KG 777 ABC")
    keep(phone, folder, "phone")


def main(*args: str) -> None:
    folder: Any = Path(args[0]) if args else Path(__file__).parents[2] / "docs" / "images"
    with demo_node(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_at(playwright), args=list(ARGS))
        take(browser, folder)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
