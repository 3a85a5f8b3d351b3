"""Findings and entries as entities of FollowTheMoney, as yente gives them.

An id of yente is unique in all its data; ours is in its list. So an entity is called `list:id` here, and its bare id is
a referent, by which it is found as long as only one list has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from elchi.api.yente.shapes import (
    EntityResponse,
    FeatureResult,
    ScoredEntityResponse,
    SearchFacet,
    SearchFacetItem,
)
from elchi.lists import Entry
from elchi.lists.properties import property_kinds
from elchi.locale import Words
from elchi.node.watchlists.queries import ListAge, entry_of

_PROPERTY: Final = {"genders": "gender", "topics": "topics"}
_LABELS: Final = {
    "datasets": "Data sources", "schema": "Entity types", "countries": "Countries", "identifiers": "Identifiers",
    "topics": "Topics", "genders": "Genders",
}  # fmt: skip
"""Facets, as yente calls them."""


class Found(Protocol):
    """What a finding says, whether it is kept or not."""

    @property
    def score(self) -> float:
        """0 to 1."""

    @property
    def entry(self) -> str:
        """The list's own id."""

    @property
    def version(self) -> int:
        """Of the list."""


def entity(entry: Entry, age: ListAge) -> EntityResponse:
    """Give an entry as an entity."""
    return EntityResponse(**_common(entry, age))


def scored(
    found: Found, age: ListAge, reasons: Iterable[Mapping[str, Any]], words: Words, threshold: float
) -> ScoredEntityResponse:
    """Give a finding as a scored entity.

    Args:
        found: the finding.
        age: its list.
        reasons: as `elchi.screening.Reason.as_dict`.
        words: say what each reason means.
        threshold: from which score it is a match.
    """
    explanations = _explanations(reasons, words)
    return ScoredEntityResponse(
        **_common(entry_of(age.name, found.version, found.entry), age),
        score=found.score,
        match=found.score >= threshold,
        explanations=explanations,
        features={code: told.score for code, told in explanations.items()},
    )


def facets_of(entities: Iterable[EntityResponse], wanted: Iterable[str]) -> dict[str, SearchFacet]:
    """Count the values of facets."""
    given = list(entities)
    facets = {}
    for name in dict.fromkeys(wanted):
        if name in _LABELS:
            counted = Counter(value for one in given for value in values_of(one, name))
            items = [SearchFacetItem(name=value, label=value, count=n) for value, n in counted.most_common()]
            facets[name] = SearchFacet(label=_LABELS[name], values=items)
    return facets


def values_of(given: EntityResponse, facet: str) -> set[str]:
    """Give the values that an entity has of a facet, or of a property."""
    if facet == "datasets":
        return set(given.datasets)
    if facet == "schema":
        return {given.schema_}
    kind = {"countries": "country", "identifiers": "mark"}.get(facet)
    kinds = property_kinds()
    names = [name for name in given.properties if kinds.get(name) == kind] if kind else [_PROPERTY.get(facet, facet)]
    return {value for name in names for value in given.properties.get(name.removeprefix("properties."), ())}


def _common(entry: Entry, age: ListAge) -> dict[str, Any]:
    return {
        "id": f"{age.name}:{entry.id}",
        "caption": entry.caption,
        "schema_": entry.schema,
        "properties": {name: list(values) for name, values in entry.properties.items()},
        "datasets": [age.name],
        "referents": [entry.id],
        "last_seen": age.loaded_at.strftime("%Y-%m-%dT%H:%M:%S"),
    }


def _explanations(reasons: Iterable[Mapping[str, Any]], words: Words) -> dict[str, FeatureResult]:
    """Give one feature a code: a code that is said of several words of a name is said of all of them at once."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for reason in reasons:
        by_code.setdefault(str(reason["code"]), []).append(reason)
    return {code: _feature(code, said, words) for code, said in by_code.items()}


def _feature(code: str, said: list[Mapping[str, Any]], words: Words) -> FeatureResult:
    worth = {"for": 1.0, "against": -1.0}.get(str(said[0]["weighs"]), 0.0)
    scores = [worth * float(one.get("similarity", 1.0)) for one in said]
    return FeatureResult(
        score=round(sum(scores) / len(scores), 4),
        detail="; ".join(words.reason(code, one) for one in said),
        query=" ".join(str(one["asked"]) for one in said if "asked" in one) or None,
        candidate=" ".join(str(one["listed"]) for one in said if "listed" in one) or None,
    )
