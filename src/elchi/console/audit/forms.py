"""What an auditor asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from elchi.console.forms import WordsForm
from elchi.locale import Words
from elchi.node.audit.queries import Filter
from elchi.node.audit.verbs import all_verbs


class FilterForm(WordsForm):
    """The filters above the lines."""

    room = "audit"
    actor = forms.CharField(max_length=150, required=False)
    verb = forms.ChoiceField(required=False)
    on = forms.CharField(max_length=200, required=False)
    subject = forms.RegexField(r"[0-9a-f,]{32,400}", max_length=400, required=False, widget=forms.HiddenInput)
    purpose = forms.CharField(max_length=64, required=False)
    from_date = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    untasked = forms.BooleanField(required=False)

    def __init__(self, words: Words, data: Any) -> None:
        super().__init__(words, data)
        rooms = dict.fromkeys(verb.value.split(".")[0] for verb in all_verbs())
        verbs = sorted((verb.value, words.text(f"verb.{verb.value}")) for verb in all_verbs())
        all_of = [(room, f"{words.text(f'room.{room}')}: {words.text('audit.all')}") for room in rooms]
        self.offer("verb", [*all_of, *verbs], nothing="audit.all")

    def wanted(self) -> Filter:
        """Give the filter; fields that could not be read do not restrict, and the page says so."""
        self.is_valid()
        told = {name: value for name, value in self.cleaned_data.items() if value}
        return Filter(**told)
