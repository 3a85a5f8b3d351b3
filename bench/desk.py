"""How soon a colleague's open page shows what was said inside the office: `make bench NAME=desk [ARGS="--said 60"]`.

A node is made by `elchi init` and run by `elchi run`. Two officers of two agencies each have a page of Chromium open:
one a conversation, or the list of the desk; the other says something in it, as his browser does. Seconds from when
the server has taken it until the colleague's page shows it, by the clock of that page; nobody touches it. Then, with
nothing new, the processor time of all processes of the node for each page that asks again and again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.http_node import (
    cpu_seconds,
    family,
    fill_lists,
    free_port,
    make_node,
    make_officers,
    make_sessions,
    running,
)

QUIET = 20
"""Seconds in which nothing is said."""
_TEXT = "text => { const [id, word] = text; return document.querySelector(id)?.innerText.includes(word); }"


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--said", type=int, default=60)
    options = parser.parse_args()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop of events in this thread
    with tempfile.TemporaryDirectory(prefix="elchi-bench-") as folder:
        port = free_port()
        make_node(Path(folder) / "node", port)
        fill_lists(100)  # a node without lists is not ready
        figures = _measure(port, options.said)
    for name, value in figures.items():
        print(f"{name:34}{value:>10,.2f}")
    print(json.dumps(figures))


def _measure(port: int, said: int) -> dict[str, float]:
    from playwright.sync_api import sync_playwright
    from tests.browser.chromium import ARGS, chromium_at

    officers = _colleagues()
    sessions = make_sessions(officers)
    with running(port) as process, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_at(playwright), args=list(ARGS))
        pages = [_page(browser, port, session) for session in sessions]
        talk = _talk(officers)
        shown = _shown(pages, f"/desk/{talk}/", "#talk", lambda word: _say(officers, talk, word), said)
        listed = _shown(pages, "/desk/", "#talks", lambda word: _ask(officers, word), said)
        pages[1].goto("about:blank")
        pages[0].goto(f"http://127.0.0.1:{port}/desk/{talk}/")
        before = cpu_seconds(family(process.pid))
        pages[0].wait_for_timeout(1000 * QUIET)
        quiet = 1000 * (cpu_seconds(family(process.pid)) - before) / QUIET
        browser.close()
    return {
        "message shown, median s": statistics.median(shown), "message shown, longest s": max(shown),
        "request listed, median s": statistics.median(listed), "request listed, longest s": max(listed),
        "open page, processor ms a second": quiet,
    }  # fmt: skip


def _colleagues() -> list[Any]:
    """Give an officer of each of two agencies of one office."""
    from elchi.node.directory.models import Agency
    from elchi.node.officers.models import Officer
    from elchi.node.officers.rules import Role

    rows = make_officers(2, str(Role.SECOND_LINE))
    lead = rows[0].agency
    other = Agency.objects.filter(country=lead.country).exclude(pk=lead.pk).first()
    other = other or Agency.objects.create(code="kz-customs", name="Customs", kind="customs", country=lead.country)
    Officer.objects.filter(pk=rows[1].pk).update(agency=other)
    return list(Officer.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _page(browser: Any, port: int, session: str) -> Any:
    context = browser.new_context(locale="en")
    context.add_cookies([{"name": "elchi_session", "value": session, "url": f"http://127.0.0.1:{port}"}])
    return context.new_page()


def _talk(officers: list[Any]) -> int:
    return _ask(officers, "A van")


def _ask(officers: list[Any], title: str) -> int:
    from elchi.node.liaison import services
    from elchi.node.officers.queries import acting_of

    by = acting_of(officers[1], via="console")
    asked = services.Request(
        agencies=[officers[0].agency.code], kind="vehicle", urgency="routine", title=title, text="Whose is it?",
        purpose="investigation",
    )  # fmt: skip
    row = services.draft_request(by=by, request=asked)
    return int(services.send_request(by=by, conversation_id=row.pk).pk)


def _say(officers: list[Any], talk: int, word: str) -> None:
    from elchi.node.liaison import services
    from elchi.node.officers.queries import acting_of

    services.say(by=acting_of(officers[1], via="console"), conversation_id=talk, act="say", text=word)


def _shown(pages: list[Any], address: str, place: str, act: Any, count: int) -> list[float]:
    """Give the seconds from when it was said until the page that nobody touches shows it."""
    home = pages[0].context.cookies()[0]["domain"]
    port = os.environ["ELCHI_LISTEN"].rpartition(":")[2]
    pages[0].goto(f"http://{home}:{port}{address}")
    chance, took = random.Random(1), []
    for number in range(count):
        time.sleep(chance.uniform(0, 1.5))  # at any moment of the page's own rhythm
        word = f"word {number} {time.time_ns()}"
        act(word)
        began = time.perf_counter()
        pages[0].wait_for_function(_TEXT, arg=[place, word], polling=20, timeout=30_000)
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    main()
