"""Fields that the forms of this module share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from django import forms

from elchi.console.forms import WIDE, OneOf, WordsForm

_LONG: Final = 200
"""Characters from which a field takes the whole width."""


class OperationsForm(WordsForm):
    """A form whose labels are the messages `operations.<field>`."""

    room: ClassVar[str] = "operations"


class ReasonForm(OperationsForm):
    """Why something is done."""

    reason = forms.CharField(max_length=300, widget=WIDE)


def one_of(values: Iterable[str], vocabulary: str = "", *, empty: bool = True) -> OneOf:
    """Give a field whose choices are codes; not needed where it may be empty."""
    return OneOf(values, vocabulary, nothing="–" if empty else None, required=not empty)


def text(limit: int, *, required: bool = False, rows: int = 0) -> forms.CharField:
    """Give a field of text; of some rows where it is long."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else WIDE if limit >= _LONG else None
    return forms.CharField(max_length=limit, required=required, widget=widget)


def moment(*, required: bool = True) -> forms.DateTimeField:
    """Give a field of a time on the clock of the node."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, required=required)


def day(*, required: bool = False) -> forms.DateField:
    """Give a field of a day."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=required)
