"""What an officer says of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, cast

from django import forms
from django.http import QueryDict

from elchi.console.kit import say_refusal
from elchi.errors import Conflict, InvalidInput
from elchi.locale import Words
from elchi.node.cases import limits
from elchi.node.cases.rules import CLASSES, HANDLINGS, PARTS, SUBJECT_ROLES, THREATS
from elchi.node.cases.states import CASE, REASONS
from elchi.node.checks.rules import PURPOSES
from elchi.subjects import Subject, from_wire

_WIDE: Final = 100
"""Characters from which a field takes the whole width."""
KINDS: Final = ("person", "vehicle", "document", "organisation", "consignment")
_OF_KIND: Final = {
    "person": ("name", "birth_date", "nationality", "national_id", "documents", "phones"),
    "vehicle": ("plate", "vin", "container_number"),
    "document": ("document_number", "issuer"),
    "organisation": ("name", "registration_number", "country", "phones"),
    "consignment": ("document_number", "container_numbers"),
}
"""Which fields of the form tell something of which kind."""


class CaseForm(forms.Form):
    """A form whose labels and choices are words of the officer's language."""

    words_of: ClassVar[Mapping[str, str]] = {
        "threats": "threat", "classification": "class", "handling": "handling", "purpose": "purpose",
        "role": "subject_role", "kind": "kind", "reason": "case_reason", "to": "case_state",
    }  # fmt: skip

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        for name, field in self.fields.items():
            field.label = words.text(str(field.label or f"field.{name}"))
            if isinstance(field, forms.CharField) and (field.max_length or 0) >= _WIDE:
                field.widget.attrs["class"] = "wide"
            if isinstance(field, forms.ChoiceField) and name in self.words_of:
                values = [value for value, _ in cast("list[tuple[str, str]]", field.choices)]
                field.choices = [(value, self._said(name, value)) for value in values]

    def _said(self, name: str, value: str) -> str:
        return self.words.text(f"{self.words_of[name]}.{value}") if value else "–"

    def attempt(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        """Do what the form asks; if it cannot be, say why at the form, which keeps its text."""
        if not self.is_valid():
            return False
        try:
            act(self.cleaned_data)
        except (InvalidInput, Conflict) as error:
            say_refusal(self, self.words, error)
            return False
        return True


def _one_of(values: Iterable[str], *, empty: bool = False, **given: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[*([("", "")] if empty else []), *((one, one) for one in values)], **given)


def _text(limit: int, rows: int = 3, **given: Any) -> forms.CharField:
    return forms.CharField(max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **given)


def _time(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, widget=widget, label=label)


def _threats() -> forms.MultipleChoiceField:
    choices = [(one, one) for one in THREATS]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, label="cases.threats")


class NewCase(CaseForm):
    """A case opened by hand."""

    title = forms.CharField(max_length=limits.TITLE, label="cases.title")
    threats = _threats()
    purpose = _one_of(PURPOSES, initial="investigation", label="cases.purpose")
    classification = _one_of(CLASSES, initial="restricted", label="cases.classification")


class HeadForm(CaseForm):
    """The head of a case."""

    title = forms.CharField(max_length=limits.TITLE, label="cases.title")
    threats = _threats()
    classification = _one_of(CLASSES, label="cases.classification")
    handling = _one_of(HANDLINGS, label="cases.handling")
    due_at = _time("cases.due_at")
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def read_again(self, version: int) -> None:
        """Take the version that is there now: who saves again has seen what the other wrote."""
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(version)
        self.data = data


class MoveForm(CaseForm):
    """Where a case goes, and why."""

    to = _one_of(CASE, label="cases.to")
    reason = _one_of(REASONS, empty=True, required=False, label="cases.reason")
    note = _text(limits.CLOSING, required=False, label="cases.note")

    def __init__(self, words: Words, state: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        allowed = set(CASE[state].values())
        self.fields["to"].choices = [one for one in self.fields["to"].choices if one[0] in allowed]  # type: ignore[attr-defined]
        if "closed" not in allowed:
            del self.fields["reason"]


class NoteForm(CaseForm):
    """A note, and who told it."""

    text = _text(limits.NOTE, label="cases.note")
    told_by = forms.ChoiceField(required=False, label="cases.told_by")

    def __init__(self, words: Words, agencies: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.fields["told_by"].choices = [("", words.text("cases.told_by_us")), *agencies]  # type: ignore[attr-defined]


class FileForm(CaseForm):
    """A file."""

    file = forms.FileField(label="cases.file")
    note = forms.CharField(max_length=limits.FILE_NOTE, required=False, label="cases.file_note")


class ReasonForm(CaseForm):
    """Why something is taken away."""

    reason = forms.CharField(max_length=limits.FILE_NOTE, label="cases.reason")
    words_of: ClassVar[Mapping[str, str]] = {}


class TaskForm(CaseForm):
    """Something to be done."""

    text = forms.CharField(max_length=limits.TASK_TEXT, label="cases.task")
    officer = forms.ChoiceField(required=False, label="cases.officer")
    due_at = _time("cases.due_at")

    def __init__(self, words: Words, people: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.fields["officer"].choices = [("", words.text("cases.anybody")), *people]  # type: ignore[attr-defined]


class OfficerForm(CaseForm):
    """Who shall work on a case."""

    officer = forms.ChoiceField(label="cases.officer")
    part = _one_of(PARTS, initial="member", label="cases.part")

    def __init__(self, words: Words, officers: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.fields["officer"].choices = [("", "–"), *officers]  # type: ignore[attr-defined]
        self.fields["part"].choices = [(one, words.text(f"cases.{one}")) for one in PARTS]  # type: ignore[attr-defined]


class LinkForm(CaseForm):
    """Another case, and why it belongs to this one."""

    number = forms.CharField(max_length=64, label="cases.number")
    reason = forms.CharField(max_length=limits.LINK_REASON, label="cases.reason")
    words_of: ClassVar[Mapping[str, str]] = {}

    def clean_number(self) -> int:
        """Read the number: whole, or its last part."""
        last = self.cleaned_data["number"].strip().rpartition("-")[2]
        if not (last.isascii() and last.isdecimal()) or len(last) > 18:
            raise forms.ValidationError(self.words.text("cases.number_wrong"))
        return int(last)


class SubjectForm(CaseForm):
    """Whom or what a case is about."""

    kind = _one_of(KINDS, label="cases.kind")
    role = _one_of(SUBJECT_ROLES, label="cases.role")
    name = forms.CharField(max_length=300, required=False)
    birth_date = forms.CharField(max_length=10, required=False)
    nationality = forms.CharField(max_length=3, required=False)
    national_id = forms.CharField(max_length=40, required=False)
    document_number = forms.CharField(max_length=40, required=False)
    issuer = forms.CharField(max_length=3, required=False)
    plate = forms.CharField(max_length=20, required=False)
    vin = forms.CharField(max_length=20, required=False)
    container_number = forms.CharField(max_length=20, required=False)
    registration_number = forms.CharField(max_length=40, required=False)
    country = forms.CharField(max_length=3, required=False)
    phone = forms.CharField(max_length=30, required=False)

    def subject(self) -> Subject:
        """Give what was said as a subject; fields that say nothing of its kind are left out.

        Raises:
            InvalidInput: as `elchi.subjects.from_wire`.
        """
        said = {name: value.strip() for name, value in self.cleaned_data.items() if value.strip()}
        kind = said["kind"]
        number = {name: said[name] for name in ("document_number", "issuer") if name in said}
        said["documents"] = [{"kind": "document", **number}] if "document_number" in said else []
        said["phones"] = [said["phone"]] if "phone" in said else []
        said["container_numbers"] = [said["container_number"]] if "container_number" in said else []
        return from_wire({"kind": kind, **{name: said[name] for name in _OF_KIND[kind] if said.get(name)}})
