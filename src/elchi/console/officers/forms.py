"""What an administrator says of an officer, and of a token."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.templatetags.elchi import name_of
from elchi.locale import Words
from elchi.node.directory import queries as directory
from elchi.node.officers.cards import OfficerCard
from elchi.node.officers.queries import Wanted
from elchi.node.officers.rules import Role
from elchi.node.plug import AnyRight

Choices = list[tuple[str, str]]
_LABELS: Final = {
    "text": "officers.text",
    "role": "officers.role",
    "agency": "officers.agency",
    "active": "officers.state",
    "sign_in_name": "frame.sign_in_name",
    "name": "officers.name",
    "office": "officers.office",
    "roles": "officers.roles",
    "email": "officers.email",
    "language": "frame.language",
    "scopes": "officers.scopes",
    "days": "officers.days",
}


class FilterForm(forms.Form):
    """The filters above the list."""

    text = forms.CharField(max_length=100, required=False)
    role = forms.ChoiceField(required=False)
    agency = forms.ChoiceField(required=False)
    active = forms.ChoiceField(required=False)

    def __init__(self, words: Words, data: Any) -> None:
        super().__init__(data)
        everything = ("", words.text("officers.everything"))
        _offer(self, "role", [everything, *_roles(words)])
        _offer(self, "agency", [everything, *_agencies(words)])
        shown = ("yes", words.text("officers.active_yes")), ("no", words.text("officers.active_no"))
        _offer(self, "active", [*shown, ("all", words.text("officers.active_all"))])
        _label(self, words)

    def wanted(self) -> Wanted:
        """Give the filter; a field that could not be read does not restrict."""
        self.is_valid()
        told = self.cleaned_data
        active = {"no": "no", "all": ""}.get(told.get("active", ""), "yes")
        return Wanted(
            text=told.get("text", "").strip(), role=told.get("role", ""), agency=told.get("agency", ""), active=active
        )


class OfficerForm(forms.Form):
    """What an officer is."""

    sign_in_name = forms.CharField(max_length=64)
    name = forms.CharField(max_length=200)
    agency = forms.ChoiceField()
    office = forms.ChoiceField()
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    email = forms.CharField(max_length=254, required=False)
    language = forms.ChoiceField(required=False)

    def __init__(self, words: Words, languages: Choices, data: Any = None, *, officer: Any = None) -> None:
        """Take the words, the languages and what was sent; for an officer who is there, without what stays."""
        initial = officer and {
            "name": officer.name, "agency": officer.agency.code, "office": officer.office.code,
            "roles": officer.roles, "email": officer.email,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        nothing = ("", "—")
        _offer(self, "agency", [nothing, *_agencies(words)])
        _offer(self, "office", [nothing, *((one.code, name_of(words, one)) for one in directory.offices())])
        _offer(self, "roles", _roles(words))
        if officer:
            del self.fields["sign_in_name"], self.fields["language"]
        else:
            _offer(self, "language", languages)
        _label(self, words)

    def card(self) -> OfficerCard:
        """Give what was sent."""
        return OfficerCard(**{name: self.cleaned_data[name] for name in ("name", "agency", "office", "roles", "email")})


class TokenForm(forms.Form):
    """What a program may do for an officer."""

    name = forms.CharField(max_length=100)
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(min_value=1, max_value=365, initial=90)

    def __init__(self, words: Words, scopes: tuple[AnyRight, ...], data: Any = None) -> None:
        super().__init__(data, prefix="token")
        _offer(self, "scopes", [(str(right), words.text(f"right.{right}")) for right in scopes])
        _label(self, words)
        self.fields["name"].label = words.text("officers.token_name")


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def _label(form: forms.Form, words: Words) -> None:
    for name, field in form.fields.items():
        field.label = words.text(_LABELS[name])
        if type(field) is forms.CharField and not isinstance(form, FilterForm):
            field.widget.attrs["class"] = "wide"
        said = words.text("frame.required")
        field.error_messages.update(dict.fromkeys((*field.error_messages, "required", "invalid_choice"), said))


def _roles(words: Words) -> Choices:
    return [(str(role), words.text(f"role.{role}")) for role in Role]


def _agencies(words: Words) -> Choices:
    return [(one.code, name_of(words, one)) for one in directory.agencies()]
