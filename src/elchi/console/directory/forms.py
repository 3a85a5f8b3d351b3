"""What is filled in about an agency, an office, a crossing or a duty desk, and what is asked of the directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from elchi.console.forms import OneOf, SeveralOf, WordsForm
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import Words
from elchi.node.directory import queries
from elchi.node.directory.cards import AgencyCard, ContactCard, CrossingCard, OfficeCard, StatusCard
from elchi.node.directory.queries import KINDS
from elchi.node.here import here

WEEKDAYS: Final = ("1", "2", "3", "4", "5", "6", "7")
LANGUAGES: Final = ("ru", "en", "kk", "ky", "tg", "uz", "tk", "fa", "zh")
"""In which a desk may answer."""
ZONES: Final = (
    "Asia/Almaty", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Ashgabat", "Asia/Tashkent", "Asia/Kabul", "Asia/Shanghai",
    "Asia/Tehran", "Asia/Baku", "Asia/Yerevan", "Asia/Tbilisi", "Asia/Ulaanbaatar", "Europe/Istanbul", "Europe/Moscow",
    "Europe/Paris", "Europe/Vienna", "UTC",
)  # fmt: skip
NOTHING: Final = "directory.none"


class CodeForm(WordsForm):
    """The code of a new row."""

    code = forms.CharField(max_length=64, label="directory.code", help_text="directory.code_hint")


class AgencyForm(WordsForm):
    """An agency."""

    kind = OneOf(KINDS.AGENCY, "agency_kind", label="directory.kind")
    country = forms.ChoiceField(label="directory.country", required=False)
    name = forms.CharField(max_length=200, label="directory.name")
    name_ru = forms.CharField(max_length=200, label="directory.name_ru", required=False)
    names = forms.CharField(
        max_length=2000, label="directory.names", help_text="directory.names_hint", required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    mandate = forms.CharField(
        max_length=5000, label="directory.mandate", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    sources = forms.CharField(max_length=300, label="directory.sources", required=False)
    is_active = forms.BooleanField(label="directory.is_active", required=False, initial=True)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("country", _countries(words), nothing=NOTHING)

    @staticmethod
    def told(card: AgencyCard) -> dict[str, Any]:
        """Give the values of a card to begin with."""
        shown = {"kind": card.kind, "country": card.country, "name": card.name, "mandate": card.mandate}
        return {**shown, **_names_shown(card.names), "sources": card.sources, "is_active": card.is_active}

    def card(self) -> AgencyCard:
        """Give what was filled in."""
        told = dict(self.cleaned_data)
        told.pop("code", None)
        names = _names_read(told.pop("name"), told.pop("name_ru"), told.pop("names"))
        return AgencyCard(name=names["en"], names=names, **told)


class OfficeForm(WordsForm):
    """An office."""

    kind = OneOf(KINDS.OFFICE, "office_kind", label="directory.kind")
    name = forms.CharField(max_length=200, label="directory.name")
    name_ru = forms.CharField(max_length=200, label="directory.name_ru", required=False)
    names = forms.CharField(
        max_length=2000, label="directory.names", help_text="directory.names_hint", required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    country = forms.ChoiceField(label="directory.country", required=False)
    parent = forms.ChoiceField(label="directory.parent", required=False)
    lead = forms.ChoiceField(label="directory.lead", required=False)
    agencies = forms.MultipleChoiceField(label="directory.present", help_text="directory.several", required=False)
    crossings = forms.MultipleChoiceField(label="directory.crossings", help_text="directory.several", required=False)
    area = forms.CharField(max_length=300, label="directory.area", required=False)
    latitude = forms.FloatField(label="directory.latitude", required=False)
    longitude = forms.FloatField(label="directory.longitude", required=False)
    coordinate_error_km = forms.FloatField(label="directory.error_km", required=False)
    sources = forms.CharField(max_length=300, label="directory.sources", required=False)
    is_active = forms.BooleanField(label="directory.is_active", required=False, initial=True)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("country", _countries(words), nothing=NOTHING)
        agencies = [(one.code, f"{one.country_id or ''} {name_of(words, one)}".strip()) for one in queries.agencies()]
        self.offer("parent", [(one.code, name_of(words, one)) for one in queries.offices()], nothing=NOTHING)
        self.offer("lead", agencies, nothing=NOTHING)
        self.offer("agencies", agencies)
        places = [(one.code, f"{one.code} {crossing_name(words, one)}") for one in queries.crossings()]
        self.offer("crossings", places)

    @staticmethod
    def told(card: OfficeCard) -> dict[str, Any]:
        """Give the values of a card to begin with."""
        plain = ("kind", "name", "country", "parent", "lead", "agencies", "crossings", "area", "latitude", "longitude",
                 "coordinate_error_km", "sources", "is_active")  # fmt: skip
        return {**{name: getattr(card, name) for name in plain}, **_names_shown(card.names)}

    def card(self) -> OfficeCard:
        """Give what was filled in."""
        told = dict(self.cleaned_data)
        told.pop("code", None)
        names = _names_read(told.pop("name"), told.pop("name_ru"), told.pop("names"))
        present, places = tuple(told.pop("agencies")), tuple(told.pop("crossings"))
        return OfficeCard(name=names["en"], names=names, agencies=present, crossings=places, **told)


class CrossingForm(WordsForm):
    """A crossing."""

    kind = OneOf(KINDS.CROSSING, "crossing_kind", label="directory.kind")
    name_a = forms.CharField(max_length=120, label="directory.name_a")
    country_a = forms.ChoiceField(label="directory.country_a")
    name_b = forms.CharField(max_length=120, label="directory.name_b", required=False)
    country_b = forms.ChoiceField(label="directory.country_b", required=False)
    name_a_ru = forms.CharField(max_length=120, label="directory.name_a_ru", required=False)
    name_b_ru = forms.CharField(max_length=120, label="directory.name_b_ru", required=False)
    latitude = forms.FloatField(label="directory.latitude", required=False)
    longitude = forms.FloatField(label="directory.longitude", required=False)
    coordinate_error_km = forms.FloatField(label="directory.error_km", required=False)
    coordinate_basis = forms.CharField(max_length=300, label="directory.basis", required=False)
    note = forms.CharField(max_length=300, label="directory.note", required=False)
    sources = forms.CharField(max_length=300, label="directory.sources", required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        for name in ("country_a", "country_b"):
            self.offer(name, _countries(words), nothing=NOTHING)

    @staticmethod
    def told(card: CrossingCard) -> dict[str, Any]:
        """Give the values of a card to begin with."""
        plain = ("kind", "name_a", "country_a", "name_b", "country_b", "latitude", "longitude", "coordinate_error_km",
                 "coordinate_basis", "note", "sources")  # fmt: skip
        russian = card.names.get("ru", ("", ""))
        return {**{name: getattr(card, name) for name in plain}, "name_a_ru": russian[0], "name_b_ru": russian[1]}

    def card(self, before: CrossingCard | None = None) -> CrossingCard:
        """Give what was filled in; names in languages that the form does not show stay as they were."""
        told = dict(self.cleaned_data)
        told.pop("code", None)
        russian = (told.pop("name_a_ru"), told.pop("name_b_ru"))
        names = dict(before.names) if before else {}
        names.pop("ru", None)
        return CrossingCard(names={**names, "ru": russian} if any(russian) else names, **told)


class StatusForm(WordsForm):
    """What a crossing is from a day on."""

    status = OneOf(KINDS.STATUS, "crossing_status", label="directory.status")
    from_date = forms.DateField(label="directory.from_date", widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label="directory.to_date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(max_length=300, label="directory.note", required=False)
    source = forms.CharField(max_length=300, label="directory.source")

    def card(self) -> StatusCard:
        """Give what was filled in."""
        return StatusCard(**self.cleaned_data)


class ContactForm(WordsForm):
    """A duty desk."""

    desk = forms.CharField(max_length=120, label="directory.desk", help_text="directory.desk_hint")
    subject_matter = OneOf(KINDS.MATTER, "matter", nothing=NOTHING, label="directory.matter", required=False)
    rank = forms.IntegerField(min_value=1, max_value=9, label="directory.rank", initial=1)
    days = SeveralOf(
        WEEKDAYS, "day", label="directory.days", widget=forms.CheckboxSelectMultiple, initial=list(WEEKDAYS)
    )
    from_time = forms.TimeField(
        label="directory.from_time", help_text="directory.hours_hint", required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    to_time = forms.TimeField(
        label="directory.to_time", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    time_zone = forms.ChoiceField(label="directory.time_zone")
    office = forms.ChoiceField(label="directory.office", required=False)
    phone = forms.CharField(max_length=40, label="directory.phone", required=False)
    email = forms.CharField(max_length=254, label="directory.email", required=False)
    languages = SeveralOf(
        LANGUAGES, "language", label="directory.languages", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(max_length=300, label="directory.note", required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("office", [(one.code, name_of(words, one)) for one in queries.offices()], nothing=NOTHING)
        zones = dict.fromkeys((here().time_zone, str(self.initial.get("time_zone") or "UTC"), *ZONES))
        self.offer("time_zone", [(zone, zone) for zone in zones])

    @staticmethod
    def told(card: ContactCard) -> dict[str, Any]:
        """Give the values of a card to begin with."""
        plain = ("desk", "subject_matter", "rank", "from_time", "to_time", "time_zone", "office", "phone", "email",
                 "languages", "note")  # fmt: skip
        return {**{name: getattr(card, name) for name in plain}, "days": list(card.days)}

    def card(self, agency: str) -> ContactCard:
        """Give what was filled in, for an agency."""
        told = dict(self.cleaned_data)
        days, languages = "".join(sorted(told.pop("days"))), tuple(told.pop("languages"))
        return ContactCard(agency=agency, days=days, languages=languages, **told)


class DutyForm(WordsForm):
    """Who is to be reached, and when."""

    agency = forms.ChoiceField(label="directory.agency")
    date = forms.DateField(
        label="directory.date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="directory.time", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    matter = OneOf(KINDS.MATTER, "matter", nothing=NOTHING, label="directory.matter", required=False)

    def __init__(self, words: Words, now: dt.datetime, data: Mapping[str, Any] | None = None, agency: str = "") -> None:
        given = dict((data or {}).items())
        super().__init__(words, {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}", "agency": agency, **given})
        self.now = now
        rows = queries.agencies() if not agency else ()
        shown = [(one.code, f"{one.country_id or ''} {name_of(words, one)}".strip()) for one in rows]
        self.offer("agency", shown or [(agency, agency)])

    def at(self) -> dt.datetime:
        """Give the moment meant, on the clock of this node; now where it cannot be read."""
        if not self.is_valid():
            return self.now
        day, time = self.cleaned_data["date"], self.cleaned_data["time"]
        wanted = dt.datetime.combine(day or self.now.date(), time or self.now.time(), tzinfo=self.now.tzinfo)
        return self.now if wanted == self.now.replace(second=0, microsecond=0) else wanted


def _countries(words: Words) -> list[tuple[str, str]]:
    return sorted(((one.code, name_of(words, one)) for one in queries.countries()), key=lambda one: one[1])


def _names_shown(names: Mapping[str, str]) -> dict[str, str]:
    others = "\n".join(f"{language} = {name}" for language, name in names.items() if language not in ("en", "ru"))
    return {"name_ru": names.get("ru", ""), "names": others}


def _names_read(english: str, russian: str, others: str) -> dict[str, str]:
    names = {"en": english.strip(), "ru": russian.strip()}
    for line in others.splitlines():
        language, _, name = (part.strip() for part in line.partition("="))
        names[language[:3].lower()] = name[:200]
    return {language: name for language, name in names.items() if language and name}
