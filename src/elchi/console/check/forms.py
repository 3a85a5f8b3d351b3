"""The full forms: one a kind of subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from elchi.console.forms import WordsForm
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.node.here import here
from elchi.screening.traveller import MAX_FIELD, clean_text, read_date, read_state, read_traveller
from elchi.subjects import Consignment, Document, Organisation, Sex, Subject, Vehicle

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": (
        "family_name", "given_names", "patronymic", "birth_date", "sex", "nationality", "birth_place",
        "document_number", "issuer", "national_id", "phone", "email", "plate",
    ),
    "document": ("document_number", "issuer", "expiry_date"),
    "vehicle": ("plate", "plate_country", "vin", "container_number"),
    "organisation": ("name", "registration_number", "country", "phone", "email"),
    "consignment": ("document_number", "container_number", "consignor", "consignee", "carrier", "plate"),
}  # fmt: skip
"""Kind of subject to what is asked of it."""
_DATES: Final = ("birth_date", "expiry_date")
_STATES: Final = ("nationality", "issuer", "plate_country", "country")
_PARTIES: Final = ("consignor", "consignee", "carrier")


class SubjectForm(WordsForm):
    """What is known of a subject; nothing is required by itself."""

    def __init__(self, kind: str, words: Words, *args: Any) -> None:
        super().__init__(words, *args)
        self.kind = kind
        for name in FIELDS[kind]:
            self.fields[name] = _field(name, words)

    def subjects(self) -> tuple[Subject, ...]:
        """Give the subjects; where they cannot be made, none, with the error at its field."""
        if not self.is_valid():
            return ()
        try:
            return self._made({name: clean_text(name, text) for name, text in self.cleaned_data.items()})
        except InvalidInput as error:
            self.refuse(error)
            return ()

    def _made(self, given: Mapping[str, str]) -> tuple[Subject, ...]:
        texts: dict[str, Any] = {
            name: read_state(text) if name in _STATES else text for name, text in given.items() if text
        }
        match self.kind:
            case "person":
                return read_traveller(texts, region=here().country)
            case "document":
                expiry = texts.pop("expiry_date", "")
                expiry_date = read_date(expiry, "expiry_date") if expiry else None
                return (Document(**{"document_number": "", **texts}, expiry_date=expiry_date),)
            case "vehicle":
                return (Vehicle(**texts),)
            case "organisation":
                return (_organisation(texts),)
        return (_consignment(texts),)


def _organisation(texts: Mapping[str, str]) -> Organisation:
    phones, emails = (_several(texts.get(name, "")) for name in ("phone", "email"))
    name, number, country = (texts.get(name, "") for name in ("name", "registration_number", "country"))
    return Organisation(name=name, registration_number=number, country=country, phones=phones, emails=emails)


def _consignment(texts: Mapping[str, str]) -> Consignment:
    return Consignment(
        document_number=texts.get("document_number", ""),
        container_numbers=_several(texts.get("container_number", "")),
        parties=tuple(Organisation(name=texts[role]) for role in _PARTIES if role in texts),
        vehicles=tuple(Vehicle(plate=plate) for plate in _several(texts.get("plate", ""))),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def _field(name: str, words: Words) -> forms.Field:
    label = words.text(f"field.{name}")
    label = label[:1].upper() + label[1:]
    if name == "sex":
        choices = [("", ""), *((str(sex), words.text(f"sex.{sex}")) for sex in Sex)]
        return forms.ChoiceField(required=False, label=label, choices=choices)
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if name in _DATES:
        attributes |= {"inputmode": "numeric", "placeholder": words.text("check.date_hint"), "size": "12"}
    if name in _STATES:
        attributes |= {"size": "8"}
    return forms.CharField(
        required=False, label=label, max_length=MAX_FIELD, widget=forms.TextInput(attributes), strip=True
    )
