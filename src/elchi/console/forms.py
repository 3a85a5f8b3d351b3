"""The base of every room's forms: labels and choices in the officer's language, refusals of verbs at their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from django import forms

from elchi.errors import Conflict, ElchiError, InvalidInput
from elchi.locale import Words

Choices = Iterable[tuple[str, str]]
"""Value and word."""
Done = TypeVar("Done")

WIDE: Final = forms.TextInput({"class": "wide"})
"""For a line of text that takes the whole width."""


class _Worded:
    """A field whose choices are values of the code, each said by its word in a vocabulary of the catalogues."""

    def __init__(
        self, values: Iterable[str], vocabulary: str = "", *, nothing: str | None = None, **given: Any
    ) -> None:
        """Make the field.

        Args:
            values: what may be chosen.
            vocabulary: where their words are: `purpose` for `purpose.visa`; empty for codes that are said as they are.
            nothing: what stands first, for no choice: a key of the catalogues, or a sign; None where one must be made.
            given: as any field of Django takes.
        """
        super().__init__(**given)
        self.values, self.vocabulary, self.nothing = tuple(values), vocabulary, nothing


class OneOf(_Worded, forms.ChoiceField):
    """One value."""


class SeveralOf(_Worded, forms.MultipleChoiceField):
    """Any of the values."""


class WordsForm(forms.Form):
    """A form in the officer's language: labels and hints are keys of the catalogues until it is made."""

    room: ClassVar[str] = "field"
    """Where the labels are that no field names: `audit` for `audit.verb`."""
    error_fields: ClassVar[Mapping[str, str]] = {}
    """What a verb calls something to the field of this form that says it."""

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        for name, field in self.fields.items():
            self._dress(name, field)

    def put(self, name: str, field: forms.Field) -> None:
        """Add a field that this form has beside those of its class."""
        self.fields[name] = field
        self._dress(name, field)

    def offer(self, name: str, choices: Choices, *, nothing: str | None = None) -> None:
        """Give a field its choices; `nothing` as of `OneOf`."""
        field: Any = self.fields[name]
        field.choices = [*([] if nothing is None else [("", self.words.text(nothing))]), *choices]

    def attempt(self, act: Callable[[dict[str, Any]], Done]) -> Done | None:
        """Do what the form asks.

        Args:
            act: takes what was said and gives what was made, which is not None.

        Returns:
            What was made; None where the form says why not, and keeps its text.

        Raises:
            ElchiError: what is no matter of the form, such as a right that is missing.
        """
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except ElchiError as error:
            if not isinstance(error, InvalidInput | Conflict) and error.params.get("field") not in self.fields:
                raise
            self.refuse(error)
            return None

    def refuse(self, error: ElchiError) -> None:
        """Say why a verb refused at the field that it means, which is not named again, or above the form."""
        named = str(error.params.get("field"))
        place = self.error_fields.get(named, named)
        told = {name: value for name, value in error.params.items() if name != "field"}
        self.add_error(place if place in self.fields else None, self.words.error(error.code, told))

    def _dress(self, name: str, field: forms.Field) -> None:
        said = self.words.text
        field.label = said(str(field.label or f"{self.room}.{name}"))
        field.help_text = said(str(field.help_text)) if field.help_text else ""
        field.error_messages["required"] = said("frame.required")
        if isinstance(field, OneOf | SeveralOf):
            of = field.vocabulary
            worded = [(value, said(f"{of}.{value}") if of else value) for value in field.values]
            self.offer(name, worded, nothing=field.nothing)
        if isinstance(field, forms.ChoiceField):
            field.error_messages["invalid_choice"] = said("rule.one_of")
        if isinstance(field, forms.IntegerField):
            field.error_messages["invalid"] = said("rule.number")
