"""What an officer writes into the log, and which entries he looks for."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.forms import Choices, OneOf, WordsForm
from elchi.locale import Words
from elchi.node.officelog.queries import SOUGHT, Wanted
from elchi.node.officelog.rules import KINDS, MOST_REFERENCES, NUMBER, OF_SHIFTS, REFERENCES, TEXT
from elchi.node.officelog.services import Written

_NUMBERS: Final = MOST_REFERENCES * (NUMBER + 2)


def _text(**given: Any) -> forms.CharField:
    return forms.CharField(max_length=TEXT, widget=forms.Textarea({"rows": 3}), **given)


class EntryForm(WordsForm):
    """An entry."""

    room = "log"
    kind = OneOf(KINDS, "log_kind")
    happened_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="log.happened_hint",
    )
    text = _text()
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    check = forms.CharField(max_length=_NUMBERS, required=False, label="log_reference.check")
    case = forms.CharField(max_length=_NUMBERS, required=False, label="log_reference.case")
    request = forms.CharField(max_length=_NUMBERS, required=False, label="log_reference.request")
    alert = forms.CharField(max_length=_NUMBERS, required=False, label="log_reference.alert")
    incident = forms.CharField(max_length=_NUMBERS, required=False, label="log_reference.incident")

    def __init__(self, words: Words, agencies: Choices, *args: Any) -> None:
        super().__init__(words, *args)
        self.offer("agencies", agencies)

    def shown(self) -> list[forms.BoundField]:
        """Give the fields that are always there."""
        return [self[name] for name in ("kind", "happened_at", "text")]

    def pointing(self) -> list[forms.BoundField]:
        """Give the fields of numbers that the entry points at."""
        return [self[name] for name in REFERENCES]

    def points(self) -> bool:
        """Tell whether one of them is filled in, or wrong."""
        return any(field.value() or field.errors for field in self.pointing())

    def written(self) -> Written:
        """Give the entry as the verb takes it."""
        said = self.cleaned_data
        told = {name: said[name] for name in ("kind", "happened_at", "text", "agencies")}
        return Written(references={kind: said[kind].split(",") for kind in REFERENCES}, **told)


class CorrectionForm(WordsForm):
    """What an entry should have said."""

    room = "log"
    text = _text(label="log.corrected_text")


class RemarksForm(WordsForm):
    """What a shift says to the next one, or that one to it."""

    room = "shift"
    error_fields = {"text": "remarks"}  # noqa: RUF012  as the base says
    remarks = _text(required=False)
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="log.agencies")

    def __init__(self, words: Words, agencies: Choices, *args: Any) -> None:
        super().__init__(words, *args)
        if agencies:
            self.offer("agencies", agencies)
        else:
            del self.fields["agencies"]


class FilterForm(WordsForm):
    """The filters above the entries."""

    room = "log"
    day = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    agency = forms.ChoiceField(required=False)
    kind = OneOf((*KINDS, *OF_SHIFTS), "log_kind", nothing="log.all", required=False)
    q = forms.CharField(max_length=SOUGHT, required=False, label="log.sought")

    def __init__(self, words: Words, agencies: Choices, *args: Any) -> None:
        super().__init__(words, *args)
        self.offer("agency", agencies, nothing="log.all")

    def wanted(self) -> Wanted:
        """Give the filter; fields that could not be read do not restrict, and the page says so."""
        said = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return Wanted(
            day=said.get("day"), agency=said.get("agency", ""), kind=said.get("kind", ""), sought=said.get("q", "")
        )
