"""What an administrator says of an officer, and of a token."""

from __future__ import annotations

from typing import Any

from django import forms

from elchi.console.forms import WIDE, Choices, OneOf, SeveralOf, WordsForm
from elchi.console.templatetags.elchi import name_of
from elchi.locale import Words
from elchi.node.directory import queries as directory
from elchi.node.officers.cards import OfficerCard
from elchi.node.officers.queries import Wanted
from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight


class FilterForm(WordsForm):
    """The filters above the list."""

    room = "officers"
    text = forms.CharField(max_length=100, required=False)
    role = OneOf(map(str, Role), "role", nothing="officers.everything", required=False)
    agency = forms.ChoiceField(required=False, label="officers.agency")
    active = forms.ChoiceField(required=False, label="officers.state")

    def __init__(self, words: Words, data: Any) -> None:
        super().__init__(words, data)
        self.offer("agency", _agencies(words), nothing="officers.everything")
        shown = ("yes", words.text("officers.active_yes")), ("no", words.text("officers.active_no"))
        self.offer("active", [*shown, ("all", words.text("officers.active_all"))])

    def wanted(self) -> Wanted:
        """Give the filter; a field that could not be read does not restrict."""
        self.is_valid()
        told = self.cleaned_data
        active = {"no": "no", "all": ""}.get(told.get("active", ""), "yes")
        return Wanted(
            text=told.get("text", "").strip(), role=told.get("role", ""), agency=told.get("agency", ""), active=active
        )


class OfficerForm(WordsForm):
    """What an officer is."""

    room = "officers"
    sign_in_name = forms.CharField(max_length=64, widget=WIDE, label="frame.sign_in_name")
    name = forms.CharField(max_length=200, widget=WIDE)
    agency = forms.ChoiceField()
    office = forms.ChoiceField()
    roles = SeveralOf(map(str, Role), "role", widget=forms.CheckboxSelectMultiple)
    email = forms.CharField(max_length=254, required=False, widget=WIDE)
    language = forms.ChoiceField(required=False, label="frame.language")

    def __init__(self, words: Words, languages: Choices, data: Any = None, *, officer: Any = None) -> None:
        """Take the words, the languages and what was sent; for an officer who is there, without what stays."""
        initial = officer and {
            "name": officer.name, "agency": officer.agency.code, "office": officer.office.code,
            "roles": officer.roles, "email": officer.email,
        }  # fmt: skip
        super().__init__(words, data, initial=initial)
        self.offer("agency", _agencies(words), nothing="—")
        self.offer("office", [(one.code, name_of(words, one)) for one in directory.offices()], nothing="—")
        if officer:
            del self.fields["sign_in_name"], self.fields["language"]
        else:
            self.offer("language", languages)

    def card(self) -> OfficerCard:
        """Give what was sent."""
        return OfficerCard(**{name: self.cleaned_data[name] for name in ("name", "agency", "office", "roles", "email")})


class TokenForm(WordsForm):
    """What a program may do for an officer."""

    room = "officers"
    name = forms.CharField(max_length=100, widget=WIDE, label="officers.token_name")
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(min_value=1, max_value=365, initial=90)

    def __init__(self, words: Words, scopes: tuple[AnyRight, ...], data: Any = None) -> None:
        super().__init__(words, data, prefix="token")
        self.offer("scopes", [(str(right), words.text(f"right.{right}")) for right in scopes])


def _agencies(words: Words) -> list[tuple[str, str]]:
    return [(one.code, name_of(words, one)) for one in directory.agencies()]
