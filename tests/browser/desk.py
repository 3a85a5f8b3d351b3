"""An officer's desk: a page of Chromium, signed in, at which nothing may go wrong unseen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from tests.factories import signed_in

from elchi.node.officers.models import Officer

PATIENCE_MS = 15_000


@dataclass
class Desk:
    """A page and what an officer does at it."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", lambda request: self._note_origin(request.url))
        self.page.on("response", lambda answer: self._note_status(answer.url, answer.status))

    def go(self, path: str) -> Desk:
        """Open a page of the node."""
        self.page.goto(self.home + path)
        return self._settled()

    def at(self) -> str:
        """Give the path of the page that is shown."""
        return urlsplit(self.page.url).path

    def text(self, selector: str = "main") -> str:
        """Give what can be read there, its blanks made one."""
        return " ".join(self.page.inner_text(selector).split())

    def press(self, *keys: str) -> Desk:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type_fast(self, text: str) -> Desk:
        """Type as a scanner does that is a keyboard to the machine."""
        self.page.keyboard.type(text)
        return self

    def led(self, act: Callable[[], Any]) -> Desk:
        """Do what leads to another page, and wait until it is there."""
        with self.page.expect_navigation(wait_until="load"):
            act()
        return self._settled()

    def follow(self, what: str | Locator) -> Desk:
        """Press a link or button that leads to another page."""
        spot = self.page.locator(what).first if isinstance(what, str) else what
        return self.led(spot.click)

    def send(self, **fields: str) -> Desk:
        """Fill the fields of the form of the page by their names, and send it."""
        form = self.page.locator(f"main form[method=post]:has([name='{next(iter(fields))}'])").first
        for name, value in fields.items():
            spot = form.locator(f"[name='{name}']").first
            kind = spot.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
            if kind == "select":
                spot.select_option(value)
            elif kind in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{value}']").check()
            else:
                spot.fill(value)
        return self.follow(form.locator("button.btn").first)

    def focused(self) -> str:
        """Tell where the focus is: the name, id or words of what has it."""
        told: str = self.page.evaluate(
            "(({name, id, innerText, className}) => name || id || innerText || className)(document.activeElement)"
        )
        return told.strip()

    def _settled(self) -> Desk:
        """Wait for the focus that the page asks for: Chromium gives it a frame after the page, and keys go astray."""
        if self.page.locator("[autofocus]").count():
            self.page.locator(":focus").first.wait_for()
        return self

    def _note(self, kind: str, told: str) -> None:
        # "Failed to load resource" is told of each answer that is no 200: `_note_status` sorts them.
        if kind in ("error", "warning") and not told.startswith("Failed to load resource"):
            self.complaints.append(f"console: {told}")

    def _note_origin(self, address: str) -> None:
        if not address.startswith((self.home, "data:", "blob:")):
            self.complaints.append(f"elsewhere: {address}")

    def _note_status(self, address: str, status: int) -> None:
        if status >= 500 or (status >= 400 and "/static/" in address):
            self.complaints.append(f"{status}: {address}")


class Door:
    """Lets officers in, each with a browser window of his own."""

    def __init__(self, browser: Browser, home: str) -> None:
        self._browser, self._home = browser, home
        self.desks: list[Desk] = []

    def open(self, officer: Officer | None = None, **window: Any) -> Desk:
        """Open a window; of an officer who has signed in, or of nobody."""
        given = {"viewport": {"width": 1280, "height": 800}, "locale": "en", **window}
        context = self._browser.new_context(**given)
        context.set_default_timeout(PATIENCE_MS)
        if officer:
            self.let_in(context, officer)
        desk = Desk(context.new_page(), self._home)
        self.desks.append(desk)
        return desk

    def let_in(self, context: BrowserContext, officer: Officer) -> None:
        """Give a window the session of an officer who signed in past the second factor."""
        client = signed_in(Client(), officer)
        cookie = {"name": "elchi_session", "value": client.session.session_key, "url": self._home}
        context.add_cookies([cookie])  # type: ignore[list-item]

    def close(self) -> list[str]:
        """Close all windows; give what went wrong in them."""
        for desk in self.desks:
            desk.page.context.close()
        return [complaint for desk in self.desks for complaint in desk.complaints]


def wait_for(is_so: Callable[[], object], seconds: float = PATIENCE_MS / 1000) -> None:
    """Wait until something is so."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.05)
