"""What is filled in about partners, keys and agreements."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from elchi.console.forms import WIDE, OneOf, WordsForm
from elchi.exchange.agreement import templates
from elchi.exchange.carriers.qr import MAX_BYTES
from elchi.node.federation.cards import PartnerCard
from elchi.node.federation.rules import MAX_REASON
from elchi.node.here import here

MEGABYTE = 1 << 20
MAX_AGREEMENT = 256 << 10
"""Characters of the text of an agreement."""


class InviteForm(WordsForm):
    """For whom an invitation is."""

    room = "federation"
    note = forms.CharField(max_length=MAX_REASON, widget=WIDE, help_text="federation.note_hint")


class FileForm(WordsForm):
    """A file of another node, or the codes that were read instead of it."""

    room = "federation"
    error_fields: ClassVar = {"chain": "codes", "frame": "codes"}
    file = forms.FileField(required=False, help_text="federation.file_hint")
    codes = forms.CharField(
        required=False, max_length=4 * MAX_BYTES, help_text="federation.codes_hint",
        widget=forms.Textarea({"rows": 6, "class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class CompareForm(WordsForm):
    """The fingerprint as it was heard."""

    room = "federation"
    fingerprint = forms.CharField(
        max_length=200, help_text="federation.fingerprint_hint",
        widget=forms.Textarea({"rows": 3, "class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class ReasonForm(WordsForm):
    """Why something is done."""

    room = "federation"
    because = forms.CharField(max_length=MAX_REASON, widget=WIDE)


class SureForm(WordsForm):
    """Nothing but to be sure."""

    room = "federation"


class AddressesForm(WordsForm):
    """Where partners reach this node."""

    room = "federation"
    addresses = forms.CharField(
        max_length=3_000, required=False, help_text="federation.addresses_hint",
        widget=forms.Textarea({"rows": 3, "class": "code", "spellcheck": "false"}),
    )  # fmt: skip


class SpokenForForm(WordsForm):
    """For whom this node speaks."""

    room = "federation"
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    offices = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)


class ReachForm(WordsForm):
    """By which ways a partner is reached."""

    room = "federation"
    ways = forms.CharField(
        max_length=3_000, help_text="federation.ways_hint",
        widget=forms.Textarea({"rows": 4, "class": "code", "spellcheck": "false"}),
    )  # fmt: skip
    is_relay = forms.BooleanField(required=False)
    relayed_megabytes = forms.IntegerField(min_value=0, required=False, help_text="federation.relayed_hint")

    error_fields: ClassVar = {"carriers": "ways", "relayed_bytes": "relayed_megabytes"}

    @staticmethod
    def told(card: PartnerCard) -> dict[str, Any]:
        """Give the values of a card to begin with."""
        ways = "\n".join("=".join(way.values()) for way in card.carriers)
        return {"ways": ways, "is_relay": card.is_relay, "relayed_megabytes": card.relayed_bytes // MEGABYTE}

    def card(self) -> PartnerCard:
        """Give what was filled in."""
        told = self.cleaned_data
        lines = [line.strip() for line in told["ways"].splitlines() if line.strip()]
        held = (told["relayed_megabytes"] or 0) * MEGABYTE
        return PartnerCard(carriers=tuple(map(_way, lines)), is_relay=told["is_relay"], relayed_bytes=held)


class NewAgreementForm(WordsForm):
    """An agreement to begin with."""

    room = "federation"
    partner = forms.ChoiceField()
    template = OneOf(tuple(templates()), "template")
    name = forms.RegexField(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}", help_text="federation.name_hint")
    valid_from = forms.DateField(widget=forms.DateInput({"type": "date"}))
    valid_until = forms.DateField(widget=forms.DateInput({"type": "date"}))


class TextForm(WordsForm):
    """The text of an agreement, as JSON."""

    room = "federation"
    text = forms.CharField(
        max_length=MAX_AGREEMENT, strip=False,
        widget=forms.Textarea({"rows": 30, "class": "code", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip


def sides(partner: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the names and nodes of both sides, to begin with."""
    us = {"name": {"en": here().name, "ru": here().name}, "nodes": (here().code,)}
    return us, {"name": {"en": partner.name, "ru": partner.name}, "nodes": (partner.code,)}


def _way(told: str) -> dict[str, str]:
    kind, _, value = told.partition("=")
    name = "through" if kind == "relay" else "address"
    return {"kind": kind, name: value} if value else {"kind": kind}
