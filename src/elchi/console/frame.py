"""The frame of every page: menu, readouts, languages, themes."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from elchi.console.desk.standing import standing
from elchi.locale import Words
from elchi.node.checks.findings import count_open, count_unread
from elchi.node.here import here
from elchi.node.liaison.queries import count_waiting
from elchi.node.officelog.queries import count_waiting as count_handed
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import THEMES, Right
from elchi.node.plug import Entry, modules

WORK: Final = (
    Entry("check", "check", Right.CHECK_SUBMIT, "scan"),
    Entry("second_line", "second_line", Right.FINDING_SEE, "queue", count_open),
    Entry("manifests", "manifests", Right.MANIFEST_SCREEN, "rows"),
    Entry("cases", "cases", Right.CASE_SEE, "folder"),
    Entry("desk", "desk", Right.DESK_SEE, "scales", count_waiting),
    Entry("log", "log", Right.LOG_SEE, "rows", count_handed),
    Entry("lists", "lists", Right.LIST_SEE, "list"),
    Entry("partners", "partners", Right.PARTNER_SEE, "pair"),
    Entry("directory", "directory", Right.DIRECTORY_SEE, "people"),
    Entry("map", "map", Right.DIRECTORY_SEE, "map"),
    Entry("results", "results", Right.RESULTS_SEE, "bars"),
)
HOUSE: Final = (
    Entry("officers", "officers", Right.OFFICER_MANAGE, "badge"),
    Entry("audit", "audit", Right.AUDIT_SEE, "eye"),
    Entry("node", "node", Right.NODE_SEE, "node"),
)


def menu() -> tuple[Entry, ...]:
    """Give all lines of the menu: work, the work of modules, and the house."""
    return (*WORK, *(entry for module in modules() for entry in module.menu), *HOUSE)


def menu_of(acting: Acting) -> list[Entry]:
    """Give the lines that an officer may open."""
    return [entry for entry in menu() if acting.may(entry.right)]


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
        **(standing(acting) if acting and not held else {}),
        "room": (match.route.split("/", 1)[0] if match else ""),
        "themes": ("auto", *THEMES),
        "theme": acting.himself.theme if acting else "",
    }
