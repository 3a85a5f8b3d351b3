"""Forms of the door to INTERPOL."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone

from elchi.console.check.forms import SubjectForm
from elchi.console.check.reading import lacks_lines
from elchi.console.forms import WIDE, OneOf, WordsForm
from elchi.documents.mrz import read_mrz
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.modules.interpol.access_point import POINT_KINDS, AccessRule
from elchi.modules.interpol.offline.document_key import Reported
from elchi.modules.interpol.question import Asked, Firearm
from elchi.modules.interpol.services import PointCard
from elchi.node.checks.rules import PURPOSES
from elchi.subjects import Document

COLUMNS: Final = ("point_kind", "subject_kind", "purposes", "law", "a_day")
"""Of a line of the access rules, parted by semicolons; purposes by blanks."""
_FIREARM: Final = ("serial_number", "make", "model", "calibre")
_DIGITS: Final = 7


class InterpolForm(WordsForm):
    """A form whose labels are the messages `interpol.<field>`."""

    room: ClassVar[str] = "interpol"


def ask_form(kind: str, words: Words, data: Any, purpose: str) -> WordsForm:
    """Give the form that asks about a kind: the fields of a check, or the marks of a firearm, and the purpose."""
    form: WordsForm = FirearmForm(words, data) if kind == Firearm.kind else AskForm(kind, words, data)
    next(iter(form.fields.values())).widget.attrs["autofocus"] = True  # a scanner types at once
    form.put("purpose", OneOf(PURPOSES, "purpose", label="field.purpose", initial=purpose))
    return form


class AskForm(SubjectForm):
    """The fields of a check; for what is asked is no field of the subject."""

    def subjects(self) -> tuple[Any, ...]:
        """Give the subjects, as a check has them."""
        if self.is_valid():
            self.cleaned_data.pop("purpose", None)
        return super().subjects()


class FirearmForm(WordsForm):
    """A firearm by its marks."""

    serial_number = forms.CharField(max_length=100, label="field.serial_number")
    make = forms.CharField(max_length=100, label="field.make", required=False)
    model = forms.CharField(max_length=100, label="field.model", required=False)
    calibre = forms.CharField(max_length=100, label="field.calibre", required=False)

    def subjects(self) -> tuple[Asked, ...]:
        """Give the firearm; where it cannot be made, none, with the error at its field."""
        if not self.is_valid():
            return ()
        try:
            return (Firearm(**{name: self.cleaned_data[name].strip() for name in _FIREARM}),)
        except InvalidInput as error:
            self.refuse(error)
            return ()


def is_begun(text: str) -> bool:
    """Tell whether a text is the beginning of a zone, whose other lines the scanner still sends."""
    return lacks_lines(text)


def is_zone(text: str) -> bool:
    """Tell whether a text is a zone: nothing else has fillers."""
    return text.count("<") > 1


def document_of_zone(text: str) -> Document:
    """Give the document of a zone.

    Raises:
        InvalidInput: `mrz_invalid`; `zone_doubtful`: a check digit is wrong, so its number may be another's.
    """
    zone = read_mrz(text, today=timezone.localdate())
    if not zone.check_digits_valid:
        raise InvalidInput("zone_doubtful", field="document_number")
    return Document(document_number=zone.document_number, document_type=zone.document_type, issuer=zone.issuer)


class PointForm(InterpolForm):
    """What an access point is."""

    code = forms.CharField(max_length=32)
    kind = OneOf(POINT_KINDS, "point_kind")
    office = OneOf((), nothing="–", required=False)
    partner = OneOf((), nothing="–", required=False)
    point_name = forms.CharField(max_length=200, required=False)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False)

    def __init__(
        self, words: Words, *args: Any, offices: Sequence[Any], partners: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("office", offices, nothing="–")
        self.offer("partner", partners, nothing="–")

    def card(self) -> PointCard:
        """Give what was said."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "point_name"}
        return PointCard(name=self.cleaned_data["point_name"], **told)


class RulesForm(InterpolForm):
    """The access rules, a line each."""

    lines = forms.CharField(
        max_length=100_000, widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"})
    )
    reason = forms.CharField(max_length=300, widget=WIDE)


class ReportForm(InterpolForm):
    """A document that this state reports."""

    document_number = forms.CharField(max_length=40, label="field.document_number")
    document_type = OneOf(("P", "I", "V"), "document_letter", label="field.document_type")
    reported = OneOf(tuple(Reported), "reported")


def written_rules(rules: Sequence[AccessRule]) -> str:
    """Give access rules as lines."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for one in rules:
        writer.writerow([one.point_kind, one.subject_kind, " ".join(sorted(one.purposes)), one.law, one.a_day])
    return out.getvalue()


def read_rules(text: str) -> list[AccessRule]:
    """Read lines of access rules.

    Raises:
        InvalidInput: `access_rule_invalid` with `line`, from 1.
    """
    rules = []
    for line, cells in enumerate(csv.reader(text.splitlines(), delimiter=";"), 1):
        told = [cell.strip() for cell in cells]
        if not any(told):
            continue
        if len(told) != len(COLUMNS):
            raise InvalidInput("access_rule_invalid", line=line, field="lines", rule="five_columns")
        if not (told[4].isascii() and told[4].isdecimal() and len(told[4]) <= _DIGITS):
            raise InvalidInput("access_rule_invalid", line=line, field="a_day", rule="number")
        rules.append(
            AccessRule(
                point_kind=told[0], subject_kind=told[1], purposes=frozenset(told[2].split()), law=told[3],
                a_day=int(told[4]),
            )
        )  # fmt: skip
    return rules
