"""What the pages of this module share: tabs, forms, names of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import HttpResponseBase

from elchi.console.forms import SeveralOf, WordsForm
from elchi.console.kit import AtDoor, show
from elchi.console.templatetags.elchi import name_of
from elchi.locale import Words
from elchi.modules.regional.rules import RegionalRight, state_of
from elchi.node.directory import queries as directory
from elchi.node.here import here

_TABS: Final = (
    ("regional", "inbox", RegionalRight.REGIONAL_SEE),
    ("regional_bulletin", "bulletin", RegionalRight.REGIONAL_SEE),
    ("regional_warnings", "warnings", RegionalRight.REGIONAL_SEE),
    ("regional_operations", "operations", RegionalRight.INBOX_READ),
    ("regional_space", "space", RegionalRight.SPACE_USE),
    ("regional_registers", "registers", RegionalRight.REGIONAL_SEE),
)


class RegionalForm(WordsForm):
    """A form whose labels are the messages `regional.<field>`."""

    room = "regional"


class States(SeveralOf):
    """Some states, ticked."""

    def __init__(self, **given: Any) -> None:
        super().__init__((), widget=forms.CheckboxSelectMultiple, **given)


def shown(request: AtDoor, template: str, at: str, context: Mapping[str, Any], status: int = 200) -> HttpResponseBase:
    """Show a page of the module under its tabs."""
    tabs = [(address, word) for address, word, right in _TABS if request.acting.may(right)]
    told = {"tabs": tabs, "at": at, "is_centre": is_centre(request), **context}
    return show(request, f"regional/{template}", told, status)


def is_centre(request: AtDoor) -> bool:
    """Tell whether the officer coordinates: of the centre's own staff, at a centre's node."""
    by = request.acting
    return by.may(RegionalRight.COORDINATE) and not here().country and not state_of(by)


def state_names(words: Words) -> dict[str, str]:
    """Give the names of states by code."""
    return {one.code: name_of(words, one) for one in directory.countries()}


def named_states(words: Words, codes: Iterable[str]) -> str:
    """Give the names of some states in their order."""
    names = state_names(words)
    return " → ".join(names.get(code, code) for code in codes)


def of_region(words: Words) -> list[tuple[str, str]]:
    """Give the states that have agencies in the directory, to choose among."""
    return [(one.code, name_of(words, one)) for one in directory.countries_with_agencies()]
