"""Past seizures from a spreadsheet: which column means what, each row read or refused with its reason.

On doubt a row is refused. "1,981" is two thousand in one office and two in another, "03/04/2024" two days: who imports
says once how his office writes, or gets such rows back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from elchi.errors import InvalidInput
from elchi.modules.operations.geography import Spot
from elchi.modules.operations.incident import Found, IncidentCard, Involved, Route, check_card, check_found
from elchi.modules.operations.seizure import Item
from elchi.modules.operations.substances import substance_called

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("reference", "number", "no", "№", "номер", "id"),
    "date": ("date", "date of seizure", "seizure date", "дата", "дата изъятия"),
    "time": ("time", "время"),
    "office": ("office", "post", "офис", "пост", "подразделение"),
    "crossing": ("crossing", "bcp", "place", "border crossing point", "пункт пропуска", "кпп", "место"),
    "latitude": ("latitude", "lat", "широта"),
    "longitude": ("longitude", "lon", "lng", "долгота"),
    "substance": ("substance", "drug", "drug type", "наркотик", "вещество", "вид наркотика", "вид"),
    "quantity": ("quantity", "amount", "weight", "количество", "вес", "масса"),
    "unit": ("unit", "units", "unit of measure", "единица", "ед", "ед. изм.", "единица измерения"),
    "purity": ("purity", "чистота"),
    "packages": ("packages", "number of packages", "упаковок", "число упаковок", "количество упаковок"),
    "transport": ("transport", "means of transport", "транспорт", "вид транспорта"),
    "concealment": ("concealment", "hiding place", "тайник", "сокрытие", "место сокрытия"),
    "departure": ("departure", "origin", "from", "откуда", "страна отправления"),
    "destination": ("destination", "to", "куда", "страна назначения"),
    "persons": ("persons", "number of persons", "arrested", "лиц", "задержано", "количество лиц"),
    "legal_basis": ("legal basis", "article", "основание", "статья"),
    "description": ("description", "note", "описание", "примечание", "фабула"),
}
"""What a column may mean, and by which heads it is known."""
NEEDED: Final = ("date", "substance", "quantity")
DECIMALS: Final = ("", ".", ",")
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 60
_UNITS: Final = {
    "mg": "mg", "мг": "mg", "g": "g", "gr": "g", "gram": "g", "grams": "g", "г": "g", "гр": "g", "грамм": "g",
    "kg": "kg", "кг": "kg", "t": "t", "т": "t", "тонна": "t", "ml": "ml", "мл": "ml", "l": "l", "л": "l", "литр": "l",
    "tablet": "tablet", "tablets": "tablet", "таб": "tablet", "табл": "tablet", "таблетка": "tablet",
    "таблеток": "tablet", "capsule": "capsule", "капсула": "capsule", "ampoule": "ampoule", "ампула": "ampoule",
    "dose": "dose", "доза": "dose", "plant": "plant", "куст": "plant", "растение": "plant", "piece": "piece",
    "pcs": "piece", "шт": "piece", "штука": "piece",
}  # fmt: skip
_DATE: Final = (re.compile(r"(\d{4})-(\d\d?)-(\d\d?)"), re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})"))
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?")
_QUANTITY: Final = re.compile(r"([\d\s.,\u00a0]+?)\s*([^\W\d_]+\.?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the office of the file writes, and what its words mean here."""

    columns: Mapping[str, str]
    """Field to the head of its column."""
    unit: str
    """Code of the office that made the seizures, where the table does not say."""
    legal_basis: str
    """For rows that say none."""
    zone: dt.tzinfo
    decimal: str = ""
    """Of `DECIMALS`; empty where numbers with one mark and three digits after it are refused."""
    offices: Mapping[str, str]
    """Names and codes in lower case to codes; so are the following."""
    crossings: Mapping[str, str]
    states: Mapping[str, str]
    transports: Mapping[str, str]
    concealments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read."""

    line: int
    reference: str
    card: IncidentCard
    found: Found


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not, and why."""

    line: int
    field: str
    rule: str
    value: str
    """What stands there, cut to 60 characters."""


def guess_columns(heads: Iterable[str]) -> dict[str, str]:
    """Give what each column likely means: field to head, each head once."""
    columns: dict[str, str] = {}
    for head in heads:
        plain = " ".join(head.casefold().replace("_", " ").split()).rstrip(":")
        field = next((name for name, known in FIELDS.items() if plain in known and name not in columns), None)
        if field:
            columns[field] = head
    return columns


def check_columns(columns: Mapping[str, str], heads: Sequence[str]) -> None:
    """Do nothing if a table can be read by these columns.

    Raises:
        InvalidInput: `operations_invalid`: a column that is not there, one meant twice, or one that is needed.
    """
    for field, head in columns.items():
        if field not in FIELDS or head not in heads:
            raise InvalidInput("operations_invalid", field=field, rule="column_there")
    if len(set(columns.values())) != len(columns):
        raise InvalidInput("operations_invalid", field="columns", rule="column_once")
    for field in NEEDED:
        if field not in columns:
            raise InvalidInput("operations_invalid", field=field, rule="column_needed")


def read_row(line: int, cells: Mapping[str, str], ways: Ways, *, now: dt.datetime) -> Row | Refused:
    """Read a row.

    Args:
        line: its number in the file.
        cells: by head.
        ways: how it is read.
        now: nothing happens later.
    """
    told = {field: cells.get(head, "").strip() for field, head in ways.columns.items()}
    try:
        card, found = _card(told, ways), Found(items=(_item(told, ways),), involved=_involved(told))
        check_card(card, now=now)
        check_found(card.kind, found)
    except InvalidInput as error:
        field = str(error.params.get("field", ""))
        return Refused(line, field, str(error.params.get("rule", error.code)), told.get(field, "")[:60])
    return Row(line, told.get("reference", "")[:60], card, found)


def _card(told: Mapping[str, str], ways: Ways) -> IncidentCard:
    at, precision = _moment(told, ways.zone)
    card = IncidentCard(
        kind="seizure",
        at=at,
        precision=precision,
        unit=_known("office", told, ways.offices) or ways.unit,
        crossing=_known("crossing", told, ways.crossings),
        legal_basis=told.get("legal_basis") or ways.legal_basis,
        transport=_known("transport", told, ways.transports),
        concealment=_known("concealment", told, ways.concealments),
        route=Route(
            departure=_known("departure", told, ways.states), destination=_known("destination", told, ways.states)
        ),
        description=told.get("description", ""),
    )
    if told.get("latitude") or told.get("longitude"):
        spot = Spot(float(_decimal("latitude", told, ".")), float(_decimal("longitude", told, ".")))
        card = replace(card, crossing="", spot=spot)
    return card


def _item(told: Mapping[str, str], ways: Ways) -> Item:
    substance = substance_called(told.get("substance", ""))
    if substance is None:
        raise InvalidInput("operations_invalid", field="substance", rule="substance_known")
    amount = _QUANTITY.fullmatch(told.get("quantity", ""))
    if amount is None:
        raise InvalidInput("operations_invalid", field="quantity", rule="number")
    written = told.get("unit") or amount[2] or ""
    unit = _UNITS.get(written.casefold().rstrip("."))
    if unit is None:
        raise InvalidInput("operations_invalid", field="unit", rule="unit_known")
    purity = told.get("purity", "").rstrip("% ")
    return Item(
        kind=substance.kind,
        substance=substance.code,
        quantity=_number("quantity", amount[1], ways.decimal),
        unit=unit,
        purity=_number("purity", purity, ways.decimal) if purity else None,
        packages=_whole("packages", told),
    )


def _involved(told: Mapping[str, str]) -> tuple[Involved, ...]:
    count = _whole("persons", told)
    if count > 100:
        raise InvalidInput("operations_invalid", field="persons", rule="limit", limit=100)
    return (Involved(),) * count


def _moment(told: Mapping[str, str], zone: dt.tzinfo) -> tuple[dt.datetime, str]:
    text, time = told.get("date", ""), _TIME.fullmatch(told.get("time", ""))
    if told.get("time") and time is None:
        raise InvalidInput("operations_invalid", field="time", rule="time_form")
    for pattern, order in zip(_DATE, ((0, 1, 2), (2, 1, 0)), strict=True):
        if found := pattern.fullmatch(text):
            parts = [int(one) for one in found.groups()]
            try:
                day = dt.date(*(parts[place] for place in order))
            except ValueError:
                break
            clock = dt.time(int(time[1]), int(time[2])) if time else dt.time(12)
            return dt.datetime.combine(day, clock, tzinfo=zone), "minute" if time else "day"
    raise InvalidInput("operations_invalid", field="date", rule="date_form")


def _known(field: str, told: Mapping[str, str], names: Mapping[str, str]) -> str:
    text = told.get(field, "")
    if not text:
        return ""
    code = names.get(" ".join(text.casefold().split()))
    if code is None:
        raise InvalidInput("operations_invalid", field=field, rule="word_known")
    return code


def _whole(field: str, told: Mapping[str, str]) -> int:
    text = told.get(field, "")
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 7:
        raise InvalidInput("operations_invalid", field=field, rule="whole_number")
    return int(text)


def _decimal(field: str, told: Mapping[str, str], decimal: str) -> Decimal:
    return _number(field, told.get(field, ""), decimal)


def _number(field: str, text: str, decimal: str) -> Decimal:
    plain = re.sub(r"[\s\u00a0]", "", text)
    if not decimal and re.fullmatch(r"-?\d{1,3}[.,]\d{3}", plain):
        raise InvalidInput("operations_invalid", field=field, rule="number_ambiguous")
    if decimal:
        plain = plain.replace("," if decimal == "." else ".", "")
    plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise InvalidInput("operations_invalid", field=field, rule="number") from None
    if not number.is_finite():
        raise InvalidInput("operations_invalid", field=field, rule="number")
    return number
