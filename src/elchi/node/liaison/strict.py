"""To read what a partner's message holds, strictly: each field of one form, or the message is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.exchange.conversation import LONGEST
from elchi.seal.canonical import read_time

AGENCIES: Final = 20


def object_in(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give an object, empty where there is none.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    value = told.get(name, {})
    if not isinstance(value, Mapping):
        raise InvalidInput("talk_invalid", field=name, rule="object")
    return value


def text_in(told: Mapping[str, Any], name: str, most: int, *, lines: bool = False) -> str:
    """Give a text that can be shown in one line, or with `lines` in several.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    value = told.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise InvalidInput("talk_invalid", field=name, rule="max_length", maximum=most)
    plain = value.replace("\n", " ").replace("\t", " ") if lines else value
    if plain and not plain.isprintable():
        raise InvalidInput("talk_invalid", field=name, rule="text")
    return value


def one_of_in(told: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    """Give one of the values allowed.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    value = told.get(name, "")
    if value not in allowed:
        raise InvalidInput("talk_invalid", field=name, rule="one_of", allowed=[one for one in allowed if one])
    return str(value)


def texts_in(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Give a list of codes.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    value = told.get(name, [])
    if not isinstance(value, list) or len(value) > AGENCIES:
        raise InvalidInput("talk_invalid", field=name, rule="texts")
    return tuple(text_in({name: one}, name, 64) for one in value)


def count_in(told: Mapping[str, Any], name: str, least: int = 0) -> int:
    """Give a whole number.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    value = told.get(name, 0)
    if type(value) is not int or not least <= value <= LONGEST:
        raise InvalidInput("talk_invalid", field=name, rule="number_in_range", minimum=least, maximum=LONGEST)
    return value


def time_in(told: Mapping[str, Any], name: str) -> dt.datetime | None:
    """Give a time, None where there is none.

    Raises:
        InvalidInput: `talk_invalid`.
    """
    text = text_in(told, name, 24)
    if not text:
        return None
    try:
        return read_time(text)
    except ValueError:
        raise InvalidInput("talk_invalid", field=name, rule="time_utc") from None
