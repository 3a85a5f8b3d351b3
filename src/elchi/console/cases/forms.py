"""What an officer says of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict

from elchi.console.forms import WIDE, Choices, OneOf, SeveralOf, WordsForm
from elchi.locale import Words
from elchi.node.cases import limits
from elchi.node.cases.rules import CLASSES, HANDLINGS, PARTS, SUBJECT_ROLES, THREATS
from elchi.node.cases.states import CASE, REASONS
from elchi.node.checks.rules import PURPOSES
from elchi.subjects import Subject, from_wire

KINDS: Final = ("person", "vehicle", "document", "organisation", "consignment")
OF_KIND: Final = {
    "person": ("name", "birth_date", "nationality", "national_id", "documents", "phones"),
    "vehicle": ("plate", "vin", "container_number"),
    "document": ("document_number", "issuer"),
    "organisation": ("name", "registration_number", "country", "phones"),
    "consignment": ("document_number", "container_numbers"),
}
"""Which fields of the form tell something of which kind."""


def _text(limit: int, rows: int = 3, **given: Any) -> forms.CharField:
    return forms.CharField(max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **given)


def _time(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, widget=widget, label=label)


def _threats() -> SeveralOf:
    return SeveralOf(THREATS, "threat", widget=forms.CheckboxSelectMultiple, label="cases.threats")


class NewCase(WordsForm):
    """A case opened by hand."""

    title = forms.CharField(max_length=limits.TITLE, widget=WIDE, label="cases.title")
    threats = _threats()
    purpose = OneOf(PURPOSES, "purpose", initial="investigation", label="cases.purpose")
    classification = OneOf(CLASSES, "class", initial="restricted", label="cases.classification")


class HeadForm(WordsForm):
    """The head of a case."""

    title = forms.CharField(max_length=limits.TITLE, widget=WIDE, label="cases.title")
    threats = _threats()
    classification = OneOf(CLASSES, "class", label="cases.classification")
    handling = OneOf(HANDLINGS, "handling", label="cases.handling")
    due_at = _time("cases.due_at")
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def read_again(self, version: int) -> None:
        """Take the version that is there now: who saves again has seen what the other wrote."""
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(version)
        self.data = data


class MoveForm(WordsForm):
    """Where a case goes, and why."""

    to = OneOf(CASE, "case_state", label="cases.to")
    reason = OneOf(REASONS, "case_reason", nothing="–", required=False, label="cases.reason")
    note = _text(limits.CLOSING, required=False, label="cases.note")

    def __init__(self, words: Words, state: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        allowed = set(CASE[state].values())
        self.offer("to", [(one, words.text(f"case_state.{one}")) for one in CASE if one in allowed])
        if "closed" not in allowed:
            del self.fields["reason"]


class NoteForm(WordsForm):
    """A note, and who told it."""

    text = _text(limits.NOTE, label="cases.note")
    told_by = forms.ChoiceField(required=False, label="cases.told_by")

    def __init__(self, words: Words, agencies: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("told_by", agencies, nothing="cases.told_by_us")


class FileForm(WordsForm):
    """A file."""

    file = forms.FileField(label="cases.file")
    note = forms.CharField(max_length=limits.FILE_NOTE, widget=WIDE, required=False, label="cases.file_note")


class ReasonForm(WordsForm):
    """Why something is taken away."""

    reason = forms.CharField(max_length=limits.FILE_NOTE, widget=WIDE, label="cases.reason")


class TaskForm(WordsForm):
    """Something to be done."""

    text = forms.CharField(max_length=limits.TASK_TEXT, widget=WIDE, label="cases.task")
    officer = forms.ChoiceField(required=False, label="cases.officer")
    due_at = _time("cases.due_at")

    def __init__(self, words: Words, people: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("officer", people, nothing="cases.anybody")


class OfficerForm(WordsForm):
    """Who shall work on a case."""

    officer = forms.ChoiceField(label="cases.officer")
    part = OneOf(PARTS, "cases", initial="member", label="cases.part")

    def __init__(self, words: Words, officers: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("officer", officers, nothing="–")


class LinkForm(WordsForm):
    """Another case, and why it belongs to this one."""

    number = forms.CharField(max_length=64, label="cases.number")
    reason = forms.CharField(max_length=limits.LINK_REASON, widget=WIDE, label="cases.reason")

    def clean_number(self) -> int:
        """Read the number: whole, or its last part."""
        last = self.cleaned_data["number"].strip().rpartition("-")[2]
        if not (last.isascii() and last.isdecimal()) or len(last) > 18:
            raise forms.ValidationError(self.words.text("cases.number_wrong"))
        return int(last)


class SubjectForm(WordsForm):
    """Whom or what a case is about."""

    kind = OneOf(KINDS, "kind", label="cases.kind")
    role = OneOf(SUBJECT_ROLES, "subject_role", label="cases.role")
    name = forms.CharField(max_length=300, widget=WIDE, required=False)
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
        return subject_of(self.cleaned_data["kind"], self.cleaned_data)


def subject_of(kind: str, given: Mapping[str, Any]) -> Subject:
    """Make a subject of what fields of a form say; those that say nothing of its kind are left out.

    Raises:
        InvalidInput: as `elchi.subjects.from_wire`.
    """
    said: dict[str, Any] = {
        name: value.strip() for name, value in given.items() if isinstance(value, str) and value.strip()
    }
    number = {name: said[name] for name in ("document_number", "issuer") if name in said}
    said["documents"] = [{"kind": "document", **number}] if "document_number" in said else []
    said["phones"] = [said["phone"]] if "phone" in said else []
    said["container_numbers"] = [said["container_number"]] if "container_number" in said else []
    return from_wire({"kind": kind, **{name: said[name] for name in OF_KIND[kind] if said.get(name)}})
