"""`/entities`, `/catalog`, `/algorithms`, `/healthz`: what is there."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router

from elchi.api.answers import answer
from elchi.api.tokens import AtApi
from elchi.api.yente import entities, shapes
from elchi.api.yente.asking import COLLECTIONS, may_leave, task_of, usable_lists
from elchi.errors import NotFound
from elchi.lists import Entry
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import ListAge, entry_of, facts_of, live
from elchi.node.watchlists.services import read_entry

router = Router(by_alias=True)

_FEATURES: Final = (
    "name_same", "name_sound", "name_equivalent", "name_suffix", "name_close", "name_missing", "name_extra",
    "birth_date_same", "birth_date_differs", "sex_differs", "nationality_same", "nationality_differs", "key_same",
)  # fmt: skip
"""The reasons that weigh most; docs/evidence.md has them all."""


@router.get("/healthz", auth=None, response=shapes.StatusResponse, summary="Whether it answers")
def get_health(request: AtApi) -> HttpResponse:  # noqa: ARG001  ninja's order
    """Say that the node answers."""
    return answer(shapes.StatusResponse())


@router.get("/readyz", auth=None, response=shapes.StatusResponse, summary="Whether lists can be searched")
def get_readiness(request: AtApi) -> HttpResponse:  # noqa: ARG001  ninja's order
    """Say whether there are lists, and all that should be in force are there."""
    lists = live()
    is_ready = bool(lists.rows) and not lists.missing
    return answer(shapes.StatusResponse(status="ok" if is_ready else "unavailable"), 200 if is_ready else 503)


@router.get("/algorithms", auth=None, response=shapes.AlgorithmResponse, summary="How is matched")
def list_algorithms(request: AtApi) -> HttpResponse:  # noqa: ARG001  ninja's order
    """Name the one way of matching."""
    features = {code: {"description": None, "coefficient": 1.0, "url": ""} for code in _FEATURES}
    docs = {"name": "elchi", "description": None, "config": {}, "features": features}
    only = shapes.Algorithm(name="elchi", features=features, docs=docs)
    return answer(shapes.AlgorithmResponse(algorithms=[only], default="elchi", best="elchi"))


@router.get("/catalog", response=shapes.DataCatalogModel, summary="The lists that may be used")
@router.get("/manifest", response=shapes.DataCatalogModel, include_in_schema=False)
def get_catalog(request: AtApi) -> HttpResponse:
    """Give the lists that the agency may use for the purpose."""
    ages = usable_lists(request)
    datasets = [_dataset(age) for age in ages.values()]
    total = sum(age.total for age in ages.values())
    collection = shapes.DatasetShape(
        name=next(iter(COLLECTIONS)), title="Elchi", entity_count=total, thing_count=total, load=False,
        index_current=True, children=list(ages),
    )  # fmt: skip
    stale = [age.name for age in ages.values() if age.is_stale]
    told = shapes.DataCatalogModel(
        datasets=[*datasets, collection],
        current=[name for name in ages if name not in stale],
        outdated=stale,
        index_stale=bool(stale),
    )
    return answer(told)


@router.get("/entities/{path:entity_id}/adjacent", response=shapes.AdjacentResponse, summary="Links")
def get_adjacent_entities(request: AtApi, entity_id: str) -> HttpResponse:
    """Give an entity; nothing is linked to it here."""
    name, entry_id, age = _place(request, entity_id)
    return answer(shapes.AdjacentResponse(entity=entities.entity(_read(request, name, entry_id), age)))


@router.get("/entities/{path:entity_id}", response=shapes.EntityResponse, summary="One entity")
def get_entity(request: AtApi, entity_id: str, *, nested: bool = True) -> HttpResponse:  # noqa: ARG001  yente's
    """Give an entity by `list:id`; a bare id that one list has leads there."""
    name, entry_id, age = _place(request, entity_id)
    canonical = f"{name}:{entry_id}"
    if canonical != entity_id:
        given = HttpResponse(status=308)
        given["Location"] = reverse("match:get_entity", kwargs={"entity_id": canonical})
        return given
    return answer(entities.entity(_read(request, name, entry_id), age))


def _dataset(age: ListAge) -> shapes.DatasetShape:
    loaded = age.loaded_at.strftime("%Y-%m-%dT%H:%M:%S")
    return shapes.DatasetShape(
        name=age.name, title=age.title, version=str(age.version), updated_at=loaded, last_export=loaded,
        entity_count=age.total, thing_count=age.total, load=True, index_version=str(age.version), index_current=True,
        children=[],
    )  # fmt: skip


def _place(request: AtApi, entity_id: str) -> tuple[str, str, ListAge]:
    """Find the list and the id that an entity is called by."""
    request.auth.require(Right.LIST_SEE)
    ages = usable_lists(request)
    name, _, entry_id = entity_id.partition(":")
    places = [(name, entry_id)] if name in ages and entry_id else [(one, entity_id) for one in ages]
    facts = facts_of(places)
    held = [place for place in places if may_leave(facts.get(place), timezone.localdate()) and _has(*place)]
    if len(held) != 1:
        raise NotFound("entry_unknown", field="id", id=entity_id)
    return (*held[0], ages[held[0][0]])


def _has(name: str, entry_id: str) -> bool:
    try:
        entry_of(name, None, entry_id)
    except NotFound:
        return False
    return True


def _read(request: AtApi, name: str, entry_id: str) -> Entry:
    return read_entry(by=request.auth, name=name, version=None, entry_id=entry_id, task=task_of(request))
