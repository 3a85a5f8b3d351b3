"""What an officer says of a list, a file, its columns, and an own entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from elchi.console.forms import WIDE, OneOf, SeveralOf, WordsForm
from elchi.console.templatetags.elchi import name_of
from elchi.lists import FORMATS, TableMapping, make_mapping
from elchi.locale import Words
from elchi.node.checks.rules import PURPOSES
from elchi.node.directory.queries import agencies
from elchi.node.watchlists.own import LINES, MAX_DAYS, SCHEMATA, OwnDraft
from elchi.node.watchlists.rules import ACTIONS, HANDLING, LOADED_ORIGINS, TLP
from elchi.node.watchlists.services.rules_of_use import RulesOfUse

COLUMN_CHOICES: Final = (
    "id", "name", "lastName", "firstName", "fatherName", "alias", "weakAlias", "previousName", "birthDate",
    "birthPlace", "birthCountry", "nationality", "citizenship", "gender", "passportNumber", "idNumber", "innCode",
    "registrationNumber", "vin", "number", "phone", "email", "address", "country", "position", "startDate",
    "listingDate", "authority", "program", "notes",
)  # fmt: skip
"""What a column may be, as a person chooses it; a mapping file knows more (docs/lists.md)."""
TABLE_SCHEMATA: Final = ("Person", "Organization", "Vehicle", "Passport")
DATE_FORMATS: Final = ("%d.%m.%Y", "%Y-%m-%d", "%m/%d/%Y", "%Y")


class ReasonForm(WordsForm):
    """Why something is done that cannot be undone by a button."""

    room = "list_field"
    reason = forms.CharField(max_length=500, widget=forms.Textarea({"rows": 3}))


class RulesForm(WordsForm):
    """The rules of a list's use."""

    room = "list_field"
    title = forms.CharField(max_length=200, widget=WIDE)
    owner = forms.ChoiceField(required=False)
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    purposes = SeveralOf(PURPOSES, "purpose", required=False, widget=forms.CheckboxSelectMultiple)
    action = OneOf(ACTIONS, "action", initial="refer")
    handling = OneOf(HANDLING)
    tlp = OneOf(TLP)
    stale_after_days = forms.IntegerField(min_value=1, max_value=3650)
    four_eyes = forms.BooleanField(required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        known = [(row.code, name_of(words, row)) for row in agencies()]
        self.offer("owner", known, nothing="lists.nobody")
        self.offer("agencies", known)

    def told(self) -> RulesOfUse:
        """Give the rules."""
        said = self.cleaned_data
        many = {name: tuple(said[name]) for name in ("agencies", "purposes")}
        return RulesOfUse(**{**{name: said[name] for name in RulesOfUse.__dataclass_fields__}, **many})


class NewListForm(RulesForm):
    """A list that is not known yet."""

    name = forms.RegexField(r"^[a-z0-9][a-z0-9_-]{0,63}$", max_length=64, help_text="lists.name_hint")
    origin = OneOf(LOADED_ORIGINS, "origin")
    field_order = ("title", "name", "origin")


class FileForm(WordsForm):
    """A file and how to read it."""

    room = "list_field"
    file = forms.FileField(help_text="lists.file_hint")
    format = OneOf((FORMATS[-1], *FORMATS[:-1]), "list_format")
    force = forms.BooleanField(required=False, help_text="lists.force_hint")


class ColumnsForm(WordsForm):
    """Which column of a table is what."""

    room = "list_field"
    schema = OneOf(TABLE_SCHEMATA, "schema")
    separator = forms.CharField(required=False, max_length=3, strip=False)
    date_format = OneOf(DATE_FORMATS, nothing="lists.any_date", required=False)

    def __init__(self, words: Words, header: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.header = header
        said = [(name, words.text(f"property.{name}")) for name in COLUMN_CHOICES]
        for number, column in enumerate(header):
            field = forms.ChoiceField(required=False, label=column, initial=guess(column))
            field.choices = [("", words.text("lists.left_out")), *said]
            self.fields[f"column{number}"] = field

    @property
    def columns(self) -> list[Any]:
        """The fields of the columns, in their order."""
        return [self[f"column{number}"] for number in range(len(self.header))]

    def mapping(self) -> TableMapping:
        """Give the mapping.

        Raises:
            InvalidInput: `mapping_invalid`.
        """
        said = {column: self.cleaned_data[f"column{number}"] for number, column in enumerate(self.header)}
        keys: dict[str, Any] = {
            "columns": {column: name for column, name in said.items() if name},
            "schema": self.cleaned_data["schema"],
        }
        for name in ("separator", "date_format"):
            if self.cleaned_data[name]:
                keys[name] = self.cleaned_data[name]
        return make_mapping(keys)


_GUESSES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "№", "no", "рег. №", "регномер"),
    "name": ("name", "full name", "фио", "ф.и.о.", "имя и фамилия"),
    "lastName": ("lastname", "family_name", "surname", "family name", "фамилия"),
    "firstName": ("firstname", "given_names", "given name", "given names", "имя"),
    "fatherName": ("fathername", "patronymic", "отчество"),
    "alias": ("alias", "aliases"),
    "weakAlias": ("weakalias", "nickname", "клички", "кличка"),
    "birthDate": ("birthdate", "birth_date", "date of birth", "dob", "дата рождения"),
    "birthPlace": ("birthplace", "birth_place", "place of birth", "место рождения"),
    "nationality": ("nationality", "гражданство"),
    "gender": ("gender", "sex", "пол"),
    "passportNumber": ("passportnumber", "passport_number", "document_number", "passport", "паспорт", "номер паспорта"),
    "idNumber": ("idnumber", "national_id", "иин", "инн", "пинфл"),
    "registrationNumber": ("registrationnumber", "plate", "госномер", "номер тс"),
    "vin": ("vin",),
    "phone": ("phone", "phones", "телефон"),
    "address": ("address", "адрес"),
    "notes": ("notes", "note", "примечание", "примечания"),
}
"""Headers as offices write them; only what stands preselected, the officer decides."""


def guess(column: str) -> str:
    """Give what a column most likely is, by its header; empty when it does not say."""
    plain = " ".join(column.split()).casefold()
    return next((name for name, headers in _GUESSES.items() if plain in headers), "")


class EntryForm(WordsForm):
    """An own entry of one schema."""

    room = "list_field"
    action = OneOf(ACTIONS, "action", help_text="lists.action_hint")
    handling = OneOf(HANDLING)
    legal_basis = forms.CharField(max_length=300, widget=WIDE)
    authority = forms.CharField(max_length=300, widget=WIDE)
    instructions = forms.CharField(required=False, max_length=4000, widget=forms.Textarea({"rows": 3}))
    expires_date = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, words: Words, schema: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.schema = schema
        self.fields = {name: _property(name, words) for name in SCHEMATA[schema]} | self.fields
        self.fields["expires_date"].help_text = words.text("lists.expires_hint", count=MAX_DAYS)

    @property
    def properties(self) -> list[Any]:
        """The fields that say who or what it is."""
        return [self[name] for name in SCHEMATA[self.schema]]

    @property
    def orders(self) -> list[Any]:
        """The fields that say what is to be done, and on which ground."""
        return [field for field in self if field.name not in SCHEMATA[self.schema]]

    def draft(self) -> OwnDraft:
        """Give what was filled in."""
        said = self.cleaned_data
        values = {name: _values(name, said[name]) for name in SCHEMATA[self.schema]}
        told = {name: said[name] for name in OwnDraft.__dataclass_fields__ if name in said}
        return OwnDraft(schema=self.schema, properties={name: many for name, many in values.items() if many}, **told)


class AmendForm(EntryForm):
    """An own entry that says something else from now on."""

    reason = forms.CharField(max_length=500, widget=WIDE)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


def _property(name: str, words: Words) -> forms.Field:
    label = words.text(f"property.{name}")
    label = label[:1].upper() + label[1:]
    if name == "gender":
        sexes = [(value, words.text(f"sex.{value}")) for value in ("male", "female")]
        return forms.ChoiceField(required=False, label=label, choices=[("", words.text("lists.unknown")), *sexes])
    if name in LINES:
        hint = words.text("lists.lines_hint") if name != "notes" else ""
        widget = forms.Textarea({"rows": 2, "autocomplete": "off", "spellcheck": "false"})
        return forms.CharField(required=False, label=label, max_length=4000, widget=widget, help_text=hint)
    hints = {"birthDate": "lists.date_hint", "nationality": "lists.country_hint", "country": "lists.country_hint"}
    hint = words.text(hints[name]) if name in hints else ""
    plain = forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "wide"})
    return forms.CharField(required=False, label=label, max_length=500, widget=plain, help_text=hint)


def _values(name: str, text: str) -> tuple[str, ...]:
    parts = text.splitlines() if name in LINES and name != "notes" else [" ".join(text.split())]
    return tuple(part.strip() for part in parts if part.strip())
