"""What an officer says at the desk."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.cases.forms import KINDS as SUBJECTS
from elchi.console.cases.forms import subject_of
from elchi.console.forms import WIDE, Choices, OneOf, WordsForm
from elchi.exchange.message import EVALUATIONS, HANDLING, TLP, Evaluation
from elchi.locale import Words
from elchi.node.liaison.rules import KINDS, TEMPLATES, TEXT, TITLE, URGENCIES
from elchi.node.liaison.services import Given
from elchi.subjects import Subject

_SCHEMES: Final = ("4x4", "3x5x2")
_CODES: Final = tuple(
    f"{scheme} {source} {information}"
    for scheme in _SCHEMES
    for source in EVALUATIONS[scheme][0]
    for information in EVALUATIONS[scheme][1]
)
MARKS: Final = (
    "name", "birth_date", "nationality", "national_id", "document_number", "issuer", "plate", "vin",
    "container_number", "registration_number", "country", "phone",
)  # fmt: skip
"""Fields of a subject."""


def _text(rows: int, **given: Any) -> forms.CharField:
    return forms.CharField(max_length=TEXT, widget=forms.Textarea(attrs={"rows": rows}), **given)


class _Spoken(WordsForm):
    """What each thing said may have."""

    room = "desk"
    template = OneOf(TEMPLATES, "said", nothing="–", required=False)
    text = _text(3, required=False)
    file = forms.FileField(required=False)

    def given(self) -> dict[str, Any]:
        """Give words and files as the verbs take them."""
        said, file = self.cleaned_data, self.cleaned_data.get("file")
        kind = "application/octet-stream"
        return {
            "text": said["text"], "template": said["template"], "language": self.words.language,
            "files": [Given(file.name, kind, file.read())] if file else [],
        }  # fmt: skip


class RequestForm(_Spoken):
    """A request: of whom is said before."""

    room = "desk"
    field_order = ("agencies", "kind", "urgency", "due_at", "title", "text", "template", "purpose", "about", *MARKS)
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    kind = OneOf(KINDS, "request_kind")
    urgency = OneOf(URGENCIES, "urgency", initial="urgent")
    due_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="desk.due_hint",
    )
    title = forms.CharField(max_length=TITLE, widget=WIDE)
    purpose = forms.ChoiceField(label="cases.purpose")
    about = OneOf(SUBJECTS, "kind", nothing="–", required=False)
    name = forms.CharField(max_length=300, widget=WIDE, required=False, label="field.name")
    birth_date = forms.CharField(max_length=10, required=False, label="field.birth_date")
    nationality = forms.CharField(max_length=3, required=False, label="field.nationality")
    national_id = forms.CharField(max_length=40, required=False, label="field.national_id")
    document_number = forms.CharField(max_length=40, required=False, label="field.document_number")
    issuer = forms.CharField(max_length=3, required=False, label="field.issuer")
    plate = forms.CharField(max_length=20, required=False, label="field.plate")
    vin = forms.CharField(max_length=20, required=False, label="field.vin")
    container_number = forms.CharField(max_length=20, required=False, label="field.container_number")
    registration_number = forms.CharField(max_length=40, required=False, label="field.registration_number")
    country = forms.CharField(max_length=3, required=False, label="field.country")
    phone = forms.CharField(max_length=30, required=False, label="field.phone")
    handling = OneOf(HANDLING, "handling", initial="H1", label="cases.handling")
    tlp = OneOf(TLP, initial="AMBER")
    conditions = forms.CharField(max_length=500, widget=WIDE, required=False)
    evaluation = OneOf(_CODES, nothing="–", required=False)

    def __init__(self, words: Words, agencies: Choices, purposes: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("agencies", agencies)
        self.offer("purpose", purposes)

    def subject(self) -> Subject | None:
        """Give whom or what it is about, if it says so.

        Raises:
            InvalidInput: as `elchi.subjects.from_wire`.
        """
        about = self.cleaned_data["about"]
        return subject_of(about, {name: self.cleaned_data[name] for name in MARKS}) if about else None

    def evaluated(self) -> Evaluation | None:
        """Give how far source and information are trusted, if it says so."""
        code = self.cleaned_data["evaluation"]
        scheme, source, information = code.split(" ") if code else ("", "", "")
        return Evaluation(scheme=scheme, source=source, information=information) if code else None


class SayForm(_Spoken):
    """Something said in a conversation."""

    room = "desk"
    field_order = ("act", "template", "text", "clause", "agencies", "file")
    act = forms.ChoiceField()
    clause = forms.CharField(max_length=80, required=False, help_text="desk.clause_hint")
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="desk.released_to")

    def __init__(self, words: Words, acts: Choices, agencies: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        told = list(acts)
        self.offer("act", told)
        self.offer("agencies", agencies)
        if not any(value == "refuse" for value, _ in told):
            del self.fields["clause"]


class ReasonForm(WordsForm):
    """Why a request is taken back."""

    room = "desk"
    reason = forms.CharField(max_length=500, widget=WIDE, required=False)


class ReleaseForm(WordsForm):
    """Which other agency sees a conversation."""

    room = "desk"
    agency = forms.ChoiceField()

    def __init__(self, words: Words, agencies: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("agency", agencies)
