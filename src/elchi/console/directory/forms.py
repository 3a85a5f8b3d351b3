"""What is filled in about an agency, an office, a crossing or a duty desk, and what is asked of the directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms

from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.errors import ElchiError
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
Choices = list[tuple[str, str]]


class CardForm(forms.Form):
    """Puts our words on fields: a label and a hint are keys until then."""

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea | forms.Select):
                field.widget.attrs["class"] = "wide"
            field.label = words.text(str(field.label))
            field.help_text = words.text(str(field.help_text)) if field.help_text else ""
            field.error_messages.update(dict.fromkeys(field.error_messages, words.text("directory.unreadable")))
            field.error_messages["required"] = words.text("rule.missing")
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_hint"

    def refuse(self, error: ElchiError) -> None:
        """Show why the directory did not take it, at its field."""
        name = str(error.params.get("field", ""))
        rule = error.params.get("rule")
        told = self.words.text(f"rule.{rule}") if rule else self.words.error(error.code, error.params)
        self.add_error(name if name in self.fields else None, told)

    def choose(self, name: str, choices: Choices, *, empty: bool = True) -> None:
        """Give a field its choices."""
        field: Any = self.fields[name]
        field.choices = [("", self.words.text("directory.none")), *choices] if empty else choices

    def words_of(self, vocabulary: str, values: Iterable[str]) -> Choices:
        """Give values of a vocabulary, each with its word."""
        return [(value, self.words.text(f"{vocabulary}.{value}")) for value in values]

    def countries(self) -> Choices:
        """Give the countries by name."""
        return sorted(((one.code, name_of(self.words, one)) for one in queries.countries()), key=lambda one: one[1])


class CodeForm(forms.Form):
    """The code of a new row."""

    code = forms.CharField(max_length=64, label="directory.code", help_text="directory.code_hint")


class AgencyForm(CardForm):
    """An agency."""

    kind = forms.ChoiceField(label="directory.kind")
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
        self.choose("kind", self.words_of("agency_kind", KINDS.AGENCY), empty=False)
        self.choose("country", self.countries())

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


class OfficeForm(CardForm):
    """An office."""

    kind = forms.ChoiceField(label="directory.kind")
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
        self.choose("kind", self.words_of("office_kind", KINDS.OFFICE), empty=False)
        self.choose("country", self.countries())
        agencies = [(one.code, f"{one.country_id or ''} {name_of(words, one)}".strip()) for one in queries.agencies()]
        self.choose("parent", [(one.code, name_of(words, one)) for one in queries.offices()])
        self.choose("lead", agencies)
        self.choose("agencies", agencies, empty=False)
        places = [(one.code, f"{one.code} {crossing_name(words, one)}") for one in queries.crossings()]
        self.choose("crossings", places, empty=False)

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


class CrossingForm(CardForm):
    """A crossing."""

    kind = forms.ChoiceField(label="directory.kind")
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
        self.choose("kind", self.words_of("crossing_kind", KINDS.CROSSING), empty=False)
        self.choose("country_a", self.countries())
        self.choose("country_b", self.countries())

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


class StatusForm(CardForm):
    """What a crossing is from a day on."""

    status = forms.ChoiceField(label="directory.status")
    from_date = forms.DateField(label="directory.from_date", widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label="directory.to_date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(max_length=300, label="directory.note", required=False)
    source = forms.CharField(max_length=300, label="directory.source")

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.choose("status", self.words_of("crossing_status", KINDS.STATUS), empty=False)

    def card(self) -> StatusCard:
        """Give what was filled in."""
        return StatusCard(**self.cleaned_data)


class ContactForm(CardForm):
    """A duty desk."""

    desk = forms.CharField(max_length=120, label="directory.desk", help_text="directory.desk_hint")
    subject_matter = forms.ChoiceField(label="directory.matter", required=False)
    rank = forms.IntegerField(min_value=1, max_value=9, label="directory.rank", initial=1)
    days = forms.MultipleChoiceField(
        label="directory.days", widget=forms.CheckboxSelectMultiple, initial=list(WEEKDAYS)
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
    languages = forms.MultipleChoiceField(
        label="directory.languages", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(max_length=300, label="directory.note", required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.choose("subject_matter", self.words_of("matter", KINDS.MATTER))
        self.choose("days", self.words_of("day", WEEKDAYS), empty=False)
        self.choose("languages", self.words_of("language", LANGUAGES), empty=False)
        self.choose("office", [(one.code, name_of(words, one)) for one in queries.offices()])
        zones = dict.fromkeys((here().time_zone, str(self.initial.get("time_zone") or "UTC"), *ZONES))
        self.choose("time_zone", [(zone, zone) for zone in zones], empty=False)

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


class DutyForm(CardForm):
    """Who is to be reached, and when."""

    agency = forms.ChoiceField(label="directory.agency")
    date = forms.DateField(
        label="directory.date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="directory.time", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    matter = forms.ChoiceField(label="directory.matter", required=False)

    def __init__(self, words: Words, now: dt.datetime, data: Mapping[str, Any] | None = None, agency: str = "") -> None:
        given = dict((data or {}).items())
        super().__init__(words, {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}", "agency": agency, **given})
        self.now = now
        self.choose("matter", self.words_of("matter", KINDS.MATTER))
        rows = queries.agencies() if not agency else ()
        shown = [(one.code, f"{one.country_id or ''} {name_of(words, one)}".strip()) for one in rows]
        self.choose("agency", shown or [(agency, agency)], empty=False)

    def at(self) -> dt.datetime:
        """Give the moment meant, on the clock of this node; now where it cannot be read."""
        if not self.is_valid():
            return self.now
        day, time = self.cleaned_data["date"], self.cleaned_data["time"]
        wanted = dt.datetime.combine(day or self.now.date(), time or self.now.time(), tzinfo=self.now.tzinfo)
        return self.now if wanted == self.now.replace(second=0, microsecond=0) else wanted


def _names_shown(names: Mapping[str, str]) -> dict[str, str]:
    others = "\n".join(f"{language} = {name}" for language, name in names.items() if language not in ("en", "ru"))
    return {"name_ru": names.get("ru", ""), "names": others}


def _names_read(english: str, russian: str, others: str) -> dict[str, str]:
    names = {"en": english.strip(), "ru": russian.strip()}
    for line in others.splitlines():
        language, _, name = (part.strip() for part in line.partition("="))
        names[language[:3].lower()] = name[:200]
    return {language: name for language, name in names.items() if language and name}
