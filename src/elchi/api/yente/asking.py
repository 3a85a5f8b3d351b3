"""What the addresses of yente share: which lists are meant, for which purpose, and how it refuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from elchi.api.problems import problem_of
from elchi.api.tokens import AtApi
from elchi.errors import Conflict, ElchiError, NotFound
from elchi.locale import Words, best_language
from elchi.node.watchlists.queries import EntryFacts, ListAge, LiveLists, live

COLLECTIONS: Final[Mapping[str, tuple[str, ...]]] = {"default": (), "sanctions": ("international",)}
"""Names that stand for several lists: all, or those of these origins."""
PURPOSE: Final = "sanctions"


def refuse(request: HttpRequest, error: ElchiError) -> HttpResponse:
    """Answer with an error as yente does: `detail` says what is wrong, and what cannot be read is 400."""
    given = problem_of(request, error)
    body = json.loads(given.content)
    body["detail"] = body["title"]
    if given.status_code == 422 and error.code != "request_invalid":
        body["status"] = given.status_code = 400
    given.content = json.dumps(body, ensure_ascii=False).encode(errors="backslashreplace")
    return given


def purpose_of(request: HttpRequest) -> str:
    """Give the legal reason that the header `Elchi-Purpose` names."""
    return request.headers.get("Elchi-Purpose", PURPOSE)


def task_of(request: HttpRequest) -> str:
    """Give what ordered it, as the header `Elchi-Task` says."""
    return request.headers.get("Elchi-Task", "")[:64]


def words_of(request: HttpRequest) -> Words:
    """Give the words of the language asked for."""
    return Words(best_language(request.headers.get("Accept-Language", "").replace(";", ",").split(",")))


def usable_lists(request: AtApi) -> dict[str, ListAge]:
    """Give the lists that the agency may use for the purpose, by name; nobody is told of one that is discreet."""
    lists = live()
    ages = lists.versions(purpose=purpose_of(request), agency=request.auth.agency)
    return {age.name: age for age in ages if lists.rows[age.name].action != "discreet"}


def meant_lists(request: AtApi, dataset: str, include: Iterable[str], exclude: Iterable[str]) -> dict[str, ListAge]:
    """Give the lists that a request means.

    Raises:
        NotFound: `list_unknown`.
        Conflict: `no_lists`: nothing is said to be clear because nothing was searched.
    """
    ages, lists = usable_lists(request), live()
    meant = _names(dataset, ages, lists)
    if not meant and dataset not in COLLECTIONS:
        raise NotFound("list_unknown", field="dataset", list=dataset)
    included = {name for one in include for name in _names(one, ages, lists)}
    excluded = {name for one in exclude for name in _names(one, ages, lists)}
    chosen = {name: ages[name] for name in meant if (name in included or not include) and name not in excluded}
    if not chosen:
        raise Conflict("no_lists", field="dataset")
    return chosen


def may_leave(facts: EntryFacts | None, today: dt.date | None = None) -> bool:
    """Tell whether an entry may be given away by this door: not one that is discreet, unknown or expired."""
    if facts is None or facts.is_discreet:
        return False
    return facts.expires_date is None or facts.expires_date >= (today or timezone.localdate())


def _names(dataset: str, ages: Mapping[str, ListAge], lists: LiveLists) -> list[str]:
    if dataset in COLLECTIONS:
        origins = COLLECTIONS[dataset]
        return [name for name in ages if not origins or lists.rows[name].origin in origins]
    return [dataset] if dataset in ages else []
