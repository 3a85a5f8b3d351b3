"""`/match` and `/search`. A match is a check of this node: stored, written down, and seen by the second line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from elchi.api.answers import answer
from elchi.api.tokens import AtApi
from elchi.api.yente import entities, shapes
from elchi.api.yente.asking import meant_lists, purpose_of, task_of, words_of
from elchi.api.yente.examples import is_a, read_properties, subjects_of
from elchi.errors import InvalidInput
from elchi.node.checks.services import search_lists, submit_check
from elchi.node.watchlists.queries import ListAge, entry_of
from elchi.subjects import Document, Organisation, Person, Subject, Vehicle

router = Router(by_alias=True)

ALGORITHMS: Final = (
    "elchi", "best", "logic-v2", "logic-v1", "name-based", "name-qualified", "regression-v1", "regression-v2",
    "regression-v3", "ofac-249",
)  # fmt: skip
"""Names that clients send: all are answered by the one way of matching that this node has."""
MAX_BATCH: Final = 100
MAX_TEXT: Final = 400
SINCE: Final = r"^\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?)?$"


class Scope(BaseModel):
    """Which entities are meant."""

    include_dataset: list[str] = Field(default_factory=list)
    exclude_dataset: list[str] = Field(default_factory=list)
    exclude_schema: list[str] = Field(default_factory=list)
    topics: list[str] = Field(default_factory=list)
    changed_since: str | None = Field(None, pattern=SINCE, description="Taken and not used: it would hide entries.")


class MatchFilters(Scope):
    """What a client of yente may ask of a match."""

    limit: int = Field(5, ge=0, le=500)
    threshold: float | None = Field(None, description="From which score it is a match; without it the node's own.")
    cutoff: float | None = Field(None, description="Below this score nothing is given.")
    algorithm: str = Field("best", max_length=40)
    exclude_entity_ids: list[str] = Field(default_factory=list, max_length=50)


class SearchFilters(Scope):
    """What a client of yente may ask of a search."""

    model_config = ConfigDict(populate_by_name=True)
    q: str = Field("", max_length=MAX_TEXT)
    schema_: str = Field("Thing", alias="schema", max_length=64)
    limit: int = Field(10, ge=0, le=500)
    offset: int = Field(0, ge=0, le=9_499)
    datasets: list[str] = Field(default_factory=list)
    countries: list[str] = Field(default_factory=list)
    filter: list[str] = Field(default_factory=list)
    filter_op: Literal["AND", "OR"] = "OR"
    facets: list[str] = Field(default_factory=lambda: ["countries", "topics", "datasets"])


@router.post("/match/{dataset}", response=shapes.EntityMatchResponse, summary="Check entities")
def match_entities(
    request: AtApi, dataset: str, asked: shapes.EntityMatchQuery, wanted: Annotated[MatchFilters, Query()]
) -> HttpResponse:
    """Check a batch of entities. All are read before the first is checked."""
    if wanted.algorithm.strip().lower() not in ALGORITHMS:
        raise InvalidInput("algorithm_unknown", field="algorithm", rule="one_of", allowed=list(ALGORITHMS))
    if not 1 <= len(asked.queries) <= MAX_BATCH:
        raise InvalidInput("subjects_count", field="queries", rule="number_in_range", maximum=MAX_BATCH)
    lists = meant_lists(request, dataset, wanted.include_dataset, wanted.exclude_dataset)
    read = {name: subjects_of(one.schema_, read_properties(one.properties)) for name, one in asked.queries.items()}
    responses = {}
    for name, (subjects, used) in read.items():
        results = list(_matches(request, subjects, lists, wanted))
        responses[name] = shapes.EntityMatches(
            results=results[: wanted.limit],
            total=shapes.TotalSpec(value=len(results)),
            query=shapes.EntityExample(
                id=asked.queries[name].id, schema=asked.queries[name].schema_, properties={**used}
            ),
        )
    given = answer(shapes.EntityMatchResponse(responses=responses, limit=wanted.limit))
    given["x-batch-size"] = str(len(responses))
    return given


@router.get("/search/{dataset}", response=shapes.SearchResponse, summary="Search by a text")
def search_entities(request: AtApi, dataset: str, wanted: Annotated[SearchFilters, Query()]) -> HttpResponse:
    """Look for a name or a number in the lists: no check, and written down."""
    lists = meant_lists(request, dataset, wanted.include_dataset, wanted.exclude_dataset)
    subjects = _subjects_of_text(wanted.q)
    found = search_lists(by=request.auth, subjects=subjects, purpose=purpose_of(request), task=task_of(request))
    met = [
        entities.entity(entry_of(one.list, one.version, one.entry), lists[one.list])
        for one in found
        if one.list in lists
    ]
    shown = [one for one in met if _is_meant(one, wanted) and is_a(one.schema_, wanted.schema_) and _fits(one, wanted)]
    told = shapes.SearchResponse(
        results=shown[wanted.offset : wanted.offset + wanted.limit],
        facets=entities.facets_of(shown, wanted.facets),
        total=shapes.TotalSpec(value=len(shown)),
        limit=wanted.limit,
        offset=wanted.offset,
    )
    return answer(told)


def _matches(
    request: AtApi, subjects: Sequence[Subject], lists: Mapping[str, ListAge], wanted: MatchFilters
) -> Iterator[shapes.ScoredEntityResponse]:
    told = submit_check(by=request.auth, subjects=subjects, purpose=purpose_of(request), task=task_of(request))
    threshold = 0.0 if wanted.threshold is None else wanted.threshold
    cutoff = 0.0 if wanted.cutoff is None else min(wanted.cutoff, threshold)
    for finding in told.findings:
        if finding.watchlist in lists and not finding.is_discreet and finding.score >= cutoff:
            age = lists[finding.watchlist]
            one = entities.scored(finding, age, finding.reasons, words_of(request), threshold)
            if _is_meant(one, wanted) and not {one.id, *one.referents} & set(wanted.exclude_entity_ids):
                yield one


def _is_meant(given: shapes.EntityResponse, wanted: Scope) -> bool:
    """Tell whether an entity is in the scope. One whose list knows no topics is: it would be hidden otherwise."""
    topics = set(given.properties.get("topics", ()))
    return given.schema_ not in wanted.exclude_schema and (
        not wanted.topics or not topics or bool(topics & {*wanted.topics})
    )


def _fits(given: shapes.EntityResponse, wanted: SearchFilters) -> bool:
    fields: dict[str, set[str]] = {}
    for field, values in (("datasets", wanted.datasets), ("countries", wanted.countries)):
        if values:
            fields[field] = set(values)
    for one in wanted.filter:
        field, colon, value = one.partition(":")
        if not colon:
            raise InvalidInput("filter_invalid", field="filter", rule="field_and_value")
        fields.setdefault(field.removeprefix("properties."), set()).add(value)
    enough = set.issubset if wanted.filter_op == "AND" else lambda asked, had: bool(asked & had)
    return all(enough(asked, entities.values_of(given, field)) for field, asked in fields.items())


def _subjects_of_text(text: str) -> list[Subject]:
    """Give what a text may be: a name of a person or a body, and where it has digits a number."""
    text = text.strip()
    if not text:
        raise InvalidInput("subject_empty", field="q", rule="needs_name_or_number")
    if any(character.isdigit() for character in text):
        return [Document(document_number=text), Vehicle(plate=text, vin=text)]
    return [Person(name=text), Organisation(name=text)]
