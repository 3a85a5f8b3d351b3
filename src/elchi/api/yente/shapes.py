"""What yente takes and gives, field for field (its version 5); older fields that clients still read are there too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EntityExample(BaseModel):
    """An entity that is asked about."""

    model_config = ConfigDict(populate_by_name=True)
    id: str | None = None
    schema_: str = Field(alias="schema", max_length=64)
    properties: dict[str, str | list[Any]]


class EntityMatchQuery(BaseModel):
    """A batch of entities. Weights and configuration of yente's algorithms are taken and do nothing here."""

    weights: dict[str, float] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)
    queries: dict[str, EntityExample]


class EntityResponse(BaseModel):
    """An entity."""

    model_config = ConfigDict(populate_by_name=True)
    id: str
    caption: str
    schema_: str = Field(alias="schema")
    properties: dict[str, list[str]]
    datasets: list[str]
    referents: list[str]
    target: bool = True
    first_seen: dt.datetime | None = None
    last_seen: str | None = None
    last_change: dt.datetime | None = None


class FeatureResult(BaseModel):
    """What one piece of evidence did."""

    score: float
    detail: str | None = None
    query: str | None = None
    candidate: str | None = None
    weight: float | None = None


class ScoredEntityResponse(EntityResponse):
    """An entity that may be the one asked about."""

    score: float
    match: bool
    explanations: dict[str, FeatureResult]
    features: dict[str, float] = Field(description="As yente gave them before explanations.")


class TotalSpec(BaseModel):
    """How many there are."""

    value: int
    relation: str = "eq"


class EntityMatches(BaseModel):
    """What was found for one entity."""

    status: int = 200
    results: list[ScoredEntityResponse]
    total: TotalSpec
    query: EntityExample


class EntityMatchResponse(BaseModel):
    """What was found for each entity of a batch."""

    responses: dict[str, EntityMatches]
    matcher: dict[str, Any] = Field(default_factory=dict)
    limit: int


class SearchFacetItem(BaseModel):
    """A value and how often it is there."""

    name: str
    label: str
    count: int


class SearchFacet(BaseModel):
    """The values of a facet."""

    label: str
    values: list[SearchFacetItem]


class SearchResponse(BaseModel):
    """What a text was found in."""

    results: list[EntityResponse]
    facets: dict[str, SearchFacet]
    total: TotalSpec
    limit: int
    offset: int


class AdjacentResponse(BaseModel):
    """An entity and what is linked to it: nothing, for documents of a listed person are properties of his here."""

    entity: EntityResponse
    adjacent: dict[str, Any] = Field(default_factory=dict)


class StatusResponse(BaseModel):
    """Whether it answers."""

    status: str = "ok"


class DatasetShape(BaseModel):
    """A list, or a collection of lists."""

    name: str
    title: str
    version: str | None = None
    updated_at: str | None = None
    last_export: str | None = None
    entity_count: int
    thing_count: int
    load: bool
    index_version: str | None = None
    index_current: bool
    children: list[str]


class DataCatalogModel(BaseModel):
    """The lists that may be used."""

    datasets: list[DatasetShape]
    current: list[str]
    outdated: list[str] = Field(description="Lists older than they should be.")
    index_stale: bool


class Algorithm(BaseModel):
    """How is matched."""

    name: str
    description: str | None = None
    features: dict[str, Any]
    docs: dict[str, Any]


class AlgorithmResponse(BaseModel):
    """The ways of matching: there is one."""

    algorithms: list[Algorithm]
    default: str
    best: str
