"""What an officer says of an incident: its head, and as many items, persons, vehicles and counts as there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any, ClassVar, Final

from django import forms
from django.forms import formset_factory

from elchi.console.forms import SeveralOf
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.modules.operations import incident as rules
from elchi.modules.operations import seizure
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved, Route
from elchi.modules.operations.pages.base import OperationsForm, moment, one_of, text
from elchi.modules.operations.seizure import Item
from elchi.modules.operations.substances import substances
from elchi.node.cases.rules import THREATS
from elchi.node.directory import queries as directory
from elchi.subjects import Document, PartialDate, Person, Vehicle

_UNITS: Final = tuple(dict.fromkeys(chain.from_iterable(units for units, _, _ in seizure.KINDS.values())))
_TYPES: Final = tuple(
    dict.fromkeys(chain.from_iterable(values for name, values in seizure.CHOICES.items() if name.endswith(".type")))
)
_DETAILS: Final = ("make", "calibre", "serial", "period", "material", "species", "issuer", "number")
"""Details that are written."""
_CHOSEN: Final = ("currency", "instrument", "appendix", "form", "fault")
_STATE: Final = 2


class HeadForm(OperationsForm):
    """What stands at the head of an incident."""

    kind = one_of(rules.KINDS, "incident_kind", empty=False)
    at = moment()
    precision = one_of(rules.PRECISIONS, "precision", empty=False)
    unit = one_of((), empty=False)
    crossing = one_of(())
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)
    error_km = forms.FloatField(required=False, min_value=0, max_value=1000)
    place = text(rules.LIMITS["place"])
    legal_basis = text(rules.LIMITS["legal_basis"])
    impact = one_of(rules.IMPACTS, "impact", empty=False)
    transport = one_of(seizure.TRANSPORTS, "transport")
    concealment = one_of(seizure.CONCEALMENTS, "concealment")
    concealment_text = text(rules.LIMITS["concealment_text"])
    detection = one_of(seizure.DETECTIONS, "detection")
    departure = text(_STATE)
    departure_place = text(rules.LIMITS["place"])
    transit = text(40)
    destination = text(_STATE)
    destination_place = text(rules.LIMITS["place"])
    agencies = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    threats = SeveralOf(THREATS, "threat", required=False, widget=forms.CheckboxSelectMultiple)
    description = text(rules.LIMITS["description"], rows=4)

    def __init__(self, words: Words, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        offices = [one for one in directory.offices() if not country or one.country_id == country]
        self.offer("unit", ((one.code, name_of(words, one)) for one in offices))
        self.offer("crossing", ((one.code, crossing_name(words, one)) for one in directory.crossings()), nothing="–")
        self.offer("agencies", ((one.code, name_of(words, one)) for one in directory.agencies(country=country)))

    def card(self) -> IncidentCard:
        """Give what was said.

        Raises:
            InvalidInput: `operations_invalid` for half a position.
        """
        said = self.cleaned_data
        same = (
            "kind", "at", "precision", "unit", "crossing", "place", "legal_basis", "impact", "transport", "concealment",
            "concealment_text", "detection", "description",
        )  # fmt: skip
        route = Route(
            departure=said["departure"].upper(), departure_place=said["departure_place"],
            transit=tuple(said["transit"].upper().split()), destination=said["destination"].upper(),
            destination_place=said["destination_place"],
        )  # fmt: skip
        return IncidentCard(
            **{name: said[name] for name in same}, spot=self._spot(), agencies=tuple(said["agencies"]),
            threats=tuple(said["threats"]), route=route,
        )  # fmt: skip

    def _spot(self) -> Spot | None:
        latitude, longitude, error = (self.cleaned_data[name] for name in ("latitude", "longitude", "error_km"))
        if latitude is None and longitude is None:
            return None
        if latitude is None or longitude is None:
            raise InvalidInput("operations_invalid", field="latitude", rule="position_whole")
        return Spot(latitude, longitude, error or 0.0)


class ItemForm(OperationsForm):
    """Goods."""

    goods = one_of(seizure.KINDS, "goods")
    substance = one_of(())
    name = text(seizure.LIMITS["name"])
    quantity = forms.DecimalField(required=False, max_digits=19, decimal_places=6)
    measure = one_of(_UNITS, "measure")
    purity = forms.DecimalField(required=False, min_value=0, max_value=100, decimal_places=2)
    packages = forms.IntegerField(required=False, min_value=0, max_value=seizure.LIMITS["packages"])
    packaging = one_of(seizure.PACKAGINGS, "packaging")
    type = one_of(_TYPES, "goods_type")
    type_text = text(seizure.LIMITS["detail"])
    currency = text(3)
    instrument = one_of(seizure.CHOICES["cash.instrument"], "instrument")
    appendix = one_of(())
    form = one_of(seizure.CHOICES["wildlife.form"], "goods_form")
    fault = one_of(seizure.CHOICES["document.fault"], "document_fault")
    make = text(seizure.LIMITS["detail"])
    calibre = text(seizure.LIMITS["detail"])
    serial = text(seizure.LIMITS["detail"])
    period = text(seizure.LIMITS["detail"])
    material = text(seizure.LIMITS["detail"])
    species = text(seizure.LIMITS["detail"])
    issuer = text(seizure.LIMITS["detail"])
    number = text(seizure.LIMITS["detail"])
    main: ClassVar = ("goods", "substance", "name", "quantity", "measure", "packages", "packaging", "purity")
    """Fields that are always seen; the others lie behind a summary."""

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        language = "en" if words.language == "en" else "ru"
        named = sorted((one.names[language], one.code) for one in substances().values())
        self.offer("substance", ((code, name) for name, code in named), nothing="–")
        said = {"none": words.text("operations.no_appendix")}
        self.offer("appendix", ((one, said.get(one, one)) for one in seizure.CHOICES["wildlife.appendix"]), nothing="–")

    def part(self) -> Item:
        """Give what was said; details that a kind does not have are refused by its rules."""
        said = self.cleaned_data
        details = {name: said[name] for name in (*_CHOSEN, *_DETAILS) if said[name]}
        if "currency" in details:
            details["currency"] = details["currency"].upper()
        if kind_of_thing := said["type"] or said["type_text"]:
            details["type"] = kind_of_thing
        return Item(
            kind=said["goods"], substance=said["substance"], name=said["name"], unit=said["measure"],
            quantity=said["quantity"] if said["quantity"] is not None else Decimal(0), purity=said["purity"],
            packages=said["packages"] or 0, packaging=said["packaging"], details=details,
        )  # fmt: skip

    @staticmethod
    def said_of(item: Item) -> dict[str, Any]:
        """Give an item as the fields of this form."""
        details = dict(item.details)
        kind_of_thing = details.pop("type", "")
        chosen = "type" if kind_of_thing in _TYPES else "type_text"
        return {
            "goods": item.kind, "substance": item.substance, "name": item.name, "quantity": item.quantity,
            "measure": item.unit, "purity": item.purity, "packages": item.packages, "packaging": item.packaging,
            chosen: kind_of_thing, **details,
        }  # fmt: skip


class InvolvedForm(OperationsForm):
    """A person who was in it."""

    role = one_of(rules.ROLES, "person_role")
    sex = one_of(rules.SEXES, "sex")
    nationality = text(_STATE)
    age_band = one_of(rules.AGE_BANDS)
    end = one_of(rules.ENDS, "person_end")
    person_name = text(300)
    birth_date = text(10)
    document_number = text(40)
    main: ClassVar = ("role", "sex", "nationality", "age_band", "end")

    def part(self) -> Involved:
        """Give what was said."""
        said = self.cleaned_data
        name, birth, number = (said[field].strip() for field in ("person_name", "birth_date", "document_number"))
        person = Person(
            name=name,
            birth_date=PartialDate.parse(birth, field="birth_date") if birth else None,
            documents=(Document(document_number=number),) if number else (),
        )
        return Involved(
            role=said["role"] or "other", sex=said["sex"], nationality=said["nationality"].upper(),
            age_band=said["age_band"], end=said["end"] or "unknown", subject=person if name or number else None,
        )  # fmt: skip

    @staticmethod
    def said_of(one: Involved) -> dict[str, Any]:
        """Give a person as the fields of this form."""
        person = one.subject if isinstance(one.subject, Person) else Person()
        return {
            "role": one.role, "sex": one.sex, "nationality": one.nationality, "age_band": one.age_band, "end": one.end,
            "person_name": person.name, "birth_date": str(person.birth_date or ""),
            "document_number": person.documents[0].document_number if person.documents else "",
        }  # fmt: skip


class VehicleForm(OperationsForm):
    """A vehicle or container."""

    plate = text(20)
    plate_country = text(3)
    vin = text(20)
    container_number = text(20)
    main: ClassVar = ("plate", "plate_country", "vin", "container_number")

    def part(self) -> Vehicle:
        """Give what was said."""
        return Vehicle(**{name: self.cleaned_data[name].strip().upper() for name in self.main})

    @staticmethod
    def said_of(one: Vehicle) -> dict[str, Any]:
        """Give a vehicle as the fields of this form."""
        return {name: getattr(one, name) for name in VehicleForm.main}


class CountForm(OperationsForm):
    """How many people of one sort."""

    counted = one_of(rules.COUNTED, "counted")
    count = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    sex = one_of(rules.SEXES, "sex")
    age_band = one_of(rules.AGE_BANDS)
    nationality = text(_STATE)
    main: ClassVar = ("counted", "count", "sex", "age_band", "nationality")

    def part(self) -> Count:
        """Give what was said."""
        said = self.cleaned_data
        return Count(
            kind=said["counted"], count=said["count"] or 0, sex=said["sex"], age_band=said["age_band"],
            nationality=said["nationality"].upper(),
        )  # fmt: skip

    @staticmethod
    def said_of(one: Count) -> dict[str, Any]:
        """Give a count as the fields of this form."""
        return {
            "counted": one.kind, "count": one.count, "sex": one.sex, "age_band": one.age_band,
            "nationality": one.nationality,
        }  # fmt: skip


PARTS: Final[Mapping[str, Any]] = {
    "items": ItemForm, "involved": InvolvedForm, "vehicles": VehicleForm, "counts": CountForm
}  # fmt: skip
"""The lists of an incident, and the form of a row of each."""


class IncidentForms:
    """The head and the rows, as one page."""

    def __init__(self, words: Words, country: str, data: Any = None, card: Any = None, found: Any = None) -> None:
        """Take what was posted, or what the incident is now."""
        self.head = HeadForm(words, data, country=country, initial=card)
        self.parts = {
            name: formset_factory(form, extra=0 if found and getattr(found, name) else 1, max_num=rules.MOST_PARTS)(
                data,
                prefix=name,
                form_kwargs={"words": words},
                initial=[form.said_of(one) for one in getattr(found, name)] if found and data is None else None,
            )
            for name, form in PARTS.items()
        }

    def is_valid(self) -> bool:
        """Tell whether all of it can be read."""
        return all([self.head.is_valid(), *(part.is_valid() for part in self.parts.values())])

    def errors(self) -> list[tuple[str, str, str]]:
        """Give what is wrong: where to go, the field, and why."""
        every: Iterable[Any] = [self.head, *chain.from_iterable(self.parts.values())]
        return [
            (form[name].id_for_label if name in form.fields else "", str(form[name].label) if name in form.fields
             else "", str(error))
            for form in every
            for name, errors in form.errors.items()
            for error in errors
        ]  # fmt: skip

    def told(self) -> tuple[IncidentCard, Found]:
        """Give what was said; rows that nobody filled in are none."""
        parts = {name: tuple(form.part() for form in rows if form.has_changed()) for name, rows in self.parts.items()}
        return self.head.card(), Found(**parts)


def head_said(card: IncidentCard) -> dict[str, Any]:
    """Give a card as the fields of the form."""
    spot = card.spot
    return {
        **{name: getattr(card, name) for name in HeadForm.base_fields if hasattr(card, name)},
        "latitude": spot.latitude if spot else None, "longitude": spot.longitude if spot else None,
        "error_km": spot.error_km if spot else None, "departure": card.route.departure,
        "departure_place": card.route.departure_place, "transit": " ".join(card.route.transit),
        "destination": card.route.destination, "destination_place": card.route.destination_place,
    }  # fmt: skip
