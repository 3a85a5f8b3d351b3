"""The lists in force as checks see them: current within a second, only what may be used, nothing passed over unsaid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from elchi.errors import Conflict
from elchi.lists import Entry
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.queries import entry_facts, entry_of, live
from elchi.screening import Band, load_list
from elchi.subjects import Person

BAIKAL = Person(name="Baikal Testov")


def entry(key: str, name: str) -> Entry:
    return Entry(key, "Person", {"name": (name,)})


def put(home: Path, name: str, *entries: Entry, issued_at: str | None = None) -> None:
    load_list(home / "lists", name, entries, source={"issued_at": issued_at}, now=timezone.now())


def test_a_list_is_searched_for_the_agencies_and_purposes_it_is_for(node_home: Path) -> None:
    put(node_home, "wanted", entry("1", "Baikal Testov"))
    Watchlist.objects.create(
        name="wanted", title="Wanted", origin="international", agencies=["kz-police"], purposes=["border_check"]
    )
    found = live().screen([BAIKAL], purpose="border_check", agency="kz-police")
    assert [(one.list, one.entry, one.band) for one in found.findings] == [("wanted", "1", Band.REVIEW)]
    for purpose, agency in (("training", "kz-police"), ("border_check", "kz-border")):
        with pytest.raises(Conflict, match="no_lists"):
            live().screen([BAIKAL], purpose=purpose, agency=agency)
        assert live().versions(purpose=purpose, agency=agency) == ()


def test_a_change_told_is_seen_at_once(node_home: Path) -> None:
    put(node_home, "wanted", entry("1", "Somebody Else"))
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international")
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.CLEAR
    put(node_home, "wanted", entry("1", "Baikal Testov"))
    tell_change()
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.REVIEW


def test_a_list_without_rules_is_told_and_not_searched(node_home: Path) -> None:
    put(node_home, "stray", entry("1", "Baikal Testov"))
    put(node_home, "wanted", entry("1", "Somebody Else"))
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international")
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.CLEAR
    assert live().orphans == ("stray",)


def test_nothing_is_clear_when_a_list_is_gone(node_home: Path) -> None:
    put(node_home, "wanted", entry("1", "Somebody Else"))
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international")
    gone = Watchlist.objects.create(name="gone", title="Gone", origin="international")
    Version.objects.create(watchlist=gone, state="in_force", loaded_by="keeper")
    with pytest.raises(Conflict, match="list_missing"):
        live().screen([BAIKAL], purpose="border_check", agency="")


def test_a_retired_list_is_passed_over(node_home: Path) -> None:
    put(node_home, "old", entry("1", "Baikal Testov"))
    put(node_home, "wanted", entry("1", "Somebody Else"))
    Watchlist.objects.create(name="old", title="Old", origin="international", retired_at=timezone.now())
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international")
    assert live().screen([BAIKAL], purpose="border_check", agency="").verdict is Band.CLEAR
    assert (live().orphans, live().missing) == ((), ())


@pytest.mark.parametrize(("days", "is_stale"), [(30, False), (31, True)])
def test_a_list_is_stale_after_its_days(node_home: Path, days: int, *, is_stale: bool) -> None:
    issued = timezone.localdate() - dt.timedelta(days=days)
    put(node_home, "wanted", entry("1", "Somebody Else"), issued_at=issued.isoformat())
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international", stale_after_days=30)
    (age,) = live().versions(purpose="border_check", agency="")
    assert (age.name, age.version, age.age_days, age.is_stale, age.total) == ("wanted", 1, days, is_stale, 1)


def test_the_facts_of_a_finding_are_those_of_its_list(node_home: Path) -> None:
    put(node_home, "wanted", entry("1", "Baikal Testov"))
    Watchlist.objects.create(name="wanted", title="Wanted", origin="international", action="stop", handling="H2")
    found = live().screen([BAIKAL], purpose="border_check", agency="").findings
    (facts,) = entry_facts(found).values()
    assert (facts.action, facts.handling, facts.is_discreet) == ("stop", "H2", False)
    assert entry_of("wanted", 1, "1") == entry("1", "Baikal Testov")
