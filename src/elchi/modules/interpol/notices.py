"""Public notices of INTERPOL, all of one colour: the service shows 160 of any question, so the question is divided.

First by age, halved until what is left is shown whole; then, where somebody is still missing, because an age is not
known or too many share one, by nationality. How many there must be says the service itself. What one answer looks like
is told in `elchi.lists.interpol`, which reads what is gathered here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.documents.states import STATES
from elchi.errors import InvalidInput

COLOURS: Final = ("red", "yellow", "un")
"""Those that are public. Blue, green, black, orange and purple ones are for police only."""
ADDRESS: Final = "https://ws-public.interpol.int/notices/v1/"
SHOWN: Final = 160
"""Notices of one question that the service shows, and of one page at most."""
OLDEST: Final = 120
MAX_REQUESTS: Final = 5_000
_MAX_NOTICES: Final = 200_000

Ask = Callable[[Mapping[str, str]], Any]
"""Gives the JSON value that the service answers to a question."""
_Ages = tuple[int, int]


@dataclass(slots=True)
class Gathered:
    """What was found."""

    total: int
    """How many the service says there are."""
    notices: dict[str, Any] = field(default_factory=dict)
    """By their id, as the service gives them."""
    requests: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nobody is missing."""
        return len(self.notices) >= self.total


def gather(ask: Ask, at: Callable[[int, int], None] = lambda _, __: None) -> Gathered:
    """Gather all notices of a colour.

    Args:
        ask: asks the service about this colour; it waits between two questions.
        at: is told how many were found, and of how many.

    Raises:
        InvalidInput: `list_broken`: the service answers with something else than notices.
    """
    found = Gathered(0)
    for query, ages in _questions(found):
        if found.requests and found.is_whole:
            break
        _take(ask, query, ages, found)
        at(len(found.notices), found.total)
    return found


def _questions(found: Gathered) -> Iterator[tuple[dict[str, str], _Ages]]:
    yield {}, (0, OLDEST)
    nations = sorted({state.alpha2 for state in STATES.values() if state.kind == "iso"})
    for nation in nations if not found.is_whole else ():
        yield {"nationality": nation}, (0, OLDEST)


def _take(ask: Ask, query: Mapping[str, str], ages: _Ages, found: Gathered) -> None:
    """Take all of a question, or divide it until all of each part is shown."""
    total, notices = _page(ask, query, 1, found)
    if not query and not found.total:
        found.total = total
    youngest, oldest = ages
    if total > SHOWN and youngest < oldest:
        middle = (youngest + oldest) // 2
        for part in ((youngest, middle), (middle + 1, oldest)):
            _take(ask, {**query, "ageMin": str(part[0]), "ageMax": str(part[1])}, part, found)
        return
    page, seen = 1, 0
    while notices:
        found.notices.update(notices)
        seen += len(notices)
        if seen >= min(total, SHOWN):
            return
        page += 1
        _, notices = _page(ask, query, page, found)


def _page(ask: Ask, query: Mapping[str, str], page: int, found: Gathered) -> tuple[int, dict[str, Any]]:
    found.requests += 1
    if found.requests > MAX_REQUESTS or len(found.notices) > _MAX_NOTICES:
        raise InvalidInput("list_broken", field="file", rule="file_size")
    told = ask({**query, "resultPerPage": str(SHOWN), "page": str(page)})
    try:
        total, notices = told["total"], told["_embedded"]["notices"]
        by_id = {notice["entity_id"]: notice for notice in notices}
    except (TypeError, KeyError):
        raise InvalidInput("list_broken", field="file", rule="object") from None
    if not isinstance(total, int) or total < 0 or not all(isinstance(one, str) and one for one in by_id):
        raise InvalidInput("list_broken", field="file", rule="object")
    return total, by_id
