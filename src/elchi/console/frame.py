"""The frame of every page: menu, readouts, languages, themes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from elchi.locale import Words
from elchi.node.checks.findings import count_open, count_unread
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import THEMES, Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    word: str
    """Key of its words, `menu.check`."""
    address: str
    """Name of the page in `urls`."""
    right: Right
    icon: str
    count: Callable[[Acting], int] | None = None
    """How many wait there, as the number beside the line; one query at most."""


MENU: Final = (
    Entry("check", "check", Right.CHECK_SUBMIT, "scan"),
    Entry("second_line", "second_line", Right.FINDING_SEE, "queue", count_open),
    Entry("manifests", "manifests", Right.MANIFEST_SCREEN, "rows"),
    Entry("cases", "cases", Right.CASE_SEE, "folder"),
    Entry("lists", "lists", Right.LIST_SEE, "list"),
    Entry("directory", "directory", Right.DIRECTORY_SEE, "people"),
    Entry("map", "map", Right.DIRECTORY_SEE, "map"),
    Entry("results", "results", Right.RESULTS_SEE, "bars"),
    Entry("officers", "officers", Right.OFFICER_MANAGE, "badge"),
    Entry("audit", "audit", Right.AUDIT_SEE, "eye"),
    Entry("node", "node", Right.NODE_SEE, "node"),
)


def menu_of(acting: Acting) -> list[Entry]:
    """Give the lines that an officer may open."""
    return [entry for entry in MENU if acting.may(entry.right)]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates the words, the menu and the node."""
    acting: Acting | None = getattr(request, "acting", None)
    match = request.resolver_match
    held = getattr(request, "held", None) is not None
    return {
        "words": getattr(request, "words", None) or Words("en"),
        "here": here(),
        "acting": acting,
        "held": held,
        "idle_minutes": settings.ELCHI.idle_minutes,
        "languages": settings.LANGUAGES,
        "menu": [(entry, entry.count(acting) if entry.count else 0) for entry in menu_of(acting)]
        if acting and not held
        else [],
        "alerts": count_unread(acting) if acting and not held else 0,
        "room": (match.route.split("/", 1)[0] if match else ""),
        "themes": ("auto", *THEMES),
        "theme": acting.himself.theme if acting else "",
    }
