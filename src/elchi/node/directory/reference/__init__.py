"""Public facts that travel with the package, each with who says so; README.md tells where they come from."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


def rows_of(name: str) -> list[dict[str, str]]:
    """Give the rows of a table of this folder, such as `crossings`."""
    text = files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def shapes_of(name: str) -> tuple[tuple[str, tuple[Sequence[Sequence[tuple[float, float]]], ...]], ...]:
    """Give lines on the ground: `outlines` of states, or `land_borders` between two.

    Returns:
        For each its code (`KZ`; `KG-KZ`; empty for ground of no state in the outlines) and its polygons, each of rings
        of longitude and latitude; a border is one polygon whose "rings" are open lines.
    """
    text = files(__name__).joinpath(f"{name}.geojson").read_text(encoding="utf-8")
    return tuple((_code(one["properties"]), _polygons(one["geometry"])) for one in json.loads(text)["features"])


@cache
def _source_texts() -> Mapping[str, str]:
    return {row["key"]: row["source"] for row in rows_of("sources")}


def sources_named(keys: str) -> tuple[str, ...]:
    """Say sources in full: each key of `sources.csv` as what it stands for, any other text as it is."""
    return tuple(_source_texts().get(key, key) for key in map(str.strip, keys.split(";")) if key)


def _code(properties: Mapping[str, str]) -> str:
    return properties.get("country") or properties.get("border", "")


def _polygons(geometry: Mapping[str, Any]) -> tuple[Any, ...]:
    coordinates = geometry["coordinates"]
    return tuple(coordinates) if geometry["type"] == "MultiPolygon" else (coordinates,)
