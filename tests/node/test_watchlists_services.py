"""Lists: loaded, held back for a second officer, rolled back, removed; and what a cut leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.factories import acting, make_agency
from tests.power_cut import power_cut

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.lists import Store
from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.offers import ListFile
from elchi.node.watchlists.queries import list_faults, lists_for, live
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services.rules_of_use import RulesOfUse
from elchi.node.watchlists.staging import clear_stage
from elchi.screening import Band
from elchi.subjects import Person

NAMES = ("Baikal Testov", "Shamal Proba", "Qobyz Sinaq", "Dombra Ulgi", "Kemel Misal")


@pytest.fixture
def keeper() -> Acting:
    return acting(Role.LIST_KEEPER, name="keeper")


@pytest.fixture
def second() -> Acting:
    return acting(Role.SUPERVISOR, name="second")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Sequence[str]], Path]:
    """A spreadsheet of a ministry with these names."""

    def write(names: Sequence[str]) -> Path:
        path = tmp_path / "wanted.csv"
        lines = [f"{name.split()[1].lower()},{name}" for name in names]
        path.write_text("\n".join(["id,name", *lines]) + "\n", encoding="utf-8")
        return path

    return write


def told(*names: str) -> set[str]:
    """Which of these persons the lists in force know."""
    found = (live().screen([Person(name=name)], purpose="border_check", agency="kz-border") for name in names)
    return {name for name, one in zip(names, found, strict=True) if one.verdict is not Band.CLEAR}


def states() -> list[tuple[str, int | None]]:
    return list(Version.objects.order_by("id").values_list("state", "number"))


def load(by: Acting, path: Path, name: str = "wanted", **given: Any) -> Version:
    return services.load_list(by=by, name=name, file=ListFile(path=path, format="csv"), **given)


def in_force(keeper: Acting, second: Acting, path: Path) -> Version:
    """Load a national list and have it approved."""
    return services.approve_version(by=second, version_id=load(keeper, path).pk)


def test_a_national_list_waits_for_another_officer(keeper: Acting, second: Acting, file: Any) -> None:
    version = load(keeper, file(NAMES))
    assert (version.state, version.total, version.added) == ("waiting", 5, 5)
    assert Store(here().lists).names() == ()
    with pytest.raises(NotAllowed, match="four_eyes"):
        services.approve_version(by=keeper, version_id=version.pk)
    version = services.approve_version(by=second, version_id=version.pk)
    assert (version.state, version.number, version.decided_by) == ("in_force", 1, "second")
    assert told("Baikal Testov", "Nobody Here") == {"Baikal Testov"}
    assert not (here().lists / ".staged" / "wanted").exists()
    verbs = AuditLine.objects.order_by("sequence").values_list("verb", "actor", "on")
    assert list(verbs) == [
        ("watchlists.add_list", "keeper", "list:wanted"),
        ("watchlists.load_list", "keeper", "list:wanted"),
        ("watchlists.approve_version", "second", "list:wanted"),
    ]


def test_an_international_list_is_in_force_at_once(keeper: Acting, file: Any) -> None:
    services.add_list(by=keeper, name="un_sc", origin="international", rules=RulesOfUse(title="UN"))
    version = load(keeper, file(NAMES), "un_sc")
    assert (version.state, version.number, version.total, version.rescreened_at) == ("in_force", 1, 5, None)
    again = load(keeper, file(NAMES[1:]), "un_sc")
    assert (again.state, again.number, again.added, again.removed) == ("in_force", 2, 0, 1)
    assert again.rescreened_at is not None
    assert states() == [("replaced", 1), ("in_force", 2)]


def test_a_waiting_version_tells_what_it_would_change(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES[:4]))
    version = load(keeper, file((*NAMES[1:4], "Tamga Zhana")))
    assert (version.added, version.changed, version.removed) == (1, 0, 1)
    with pytest.raises(Conflict, match="version_waiting"):
        load(keeper, file(NAMES))
    services.reject_version(by=second, version_id=version.pk, reason="wrong file")
    assert told("Baikal Testov", "Tamga Zhana") == {"Baikal Testov"}
    assert [state for state, _ in states()] == ["in_force", "rejected"]


def test_who_loaded_may_take_it_back_and_nobody_else_without_the_right(keeper: Acting, file: Any) -> None:
    version = load(keeper, file(NAMES))
    with pytest.raises(NotAllowed, match="right_missing"):
        services.reject_version(by=acting(Role.ANALYST), version_id=version.pk, reason="")
    assert services.reject_version(by=keeper, version_id=version.pk, reason="").state == "rejected"


def test_what_the_machine_loads_waits_for_an_officer(second: Acting, file: Any) -> None:
    machine = at_machine("root")
    version = load(machine, file(NAMES))
    assert (version.state, version.loaded_by) == ("waiting", "machine:root")
    with pytest.raises(NotAllowed, match="right_missing"):
        services.approve_version(by=machine, version_id=version.pk)
    assert services.approve_version(by=second, version_id=version.pk).state == "in_force"
    with pytest.raises(NotAllowed, match="right_missing"):
        services.remove_list(by=machine, name="wanted", reason="")


def test_a_bad_file_leaves_the_old_list(keeper: Acting, second: Acting, file: Any, tmp_path: Path) -> None:
    in_force(keeper, second, file(NAMES))
    bad = tmp_path / "bad.csv"
    bad.write_text("id,name,birth_date\n1,Aidos Synak,1980\n" + "2,Aidar Synak,not a date\n" * 9, encoding="utf-8")
    with pytest.raises(InvalidInput, match="list_broken") as refused:
        load(keeper, bad)
    assert (refused.value.params["bad"], refused.value.params["line"]) == (9, 3)
    version = Version.objects.get(state="failed")
    assert (version.error["code"], version.bad, version.bad_lines[0]["line"]) == ("list_broken", 9, 3)
    assert told("Baikal Testov") == {"Baikal Testov"}


def test_a_waiting_version_may_not_shrink_unsaid(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES))
    with pytest.raises(Conflict, match="list_shrunk"):
        load(keeper, file(NAMES[:1]))
    assert load(keeper, file(NAMES[:1]), force=True).state == "waiting"


def test_a_list_rolls_back_to_a_version_that_is_kept(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES))
    in_force(keeper, second, file(NAMES[1:]))
    assert told("Baikal Testov") == set()
    version = services.roll_back_list(by=second, name="wanted", to_version=1, reason="a page was missing")
    assert (version.state, version.number, version.added) == ("in_force", 3, 1)
    assert told("Baikal Testov") == {"Baikal Testov"}
    with pytest.raises(NotFound, match="version_unknown"):
        services.roll_back_list(by=second, name="wanted", to_version=9, reason="")


def test_a_removed_list_is_gone_and_comes_back_with_its_next_file(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES))
    services.remove_list(by=keeper, name="wanted", reason="superseded")
    assert Store(here().lists).names() == ()
    with pytest.raises(Conflict, match="no_lists"):
        told("Baikal Testov")
    assert states() == [("replaced", 1)]
    in_force(keeper, second, file(NAMES))
    assert Watchlist.objects.get().retired_at is None
    assert told("Baikal Testov") == {"Baikal Testov"}


def test_rules_of_use_hold_from_the_next_check_on(keeper: Acting, second: Acting, file: Any) -> None:
    make_agency("kz-police", kind="police")
    in_force(keeper, second, file(NAMES))
    assert told("Baikal Testov") == {"Baikal Testov"}
    rules = RulesOfUse(title="Wanted", owner=keeper.agency, agencies=("kz-police",))
    services.change_list(by=keeper, name="wanted", rules=rules)
    assert Watchlist.objects.get().four_eyes
    with pytest.raises(Conflict, match="no_lists"):
        told("Baikal Testov")
    with pytest.raises(InvalidInput, match="list_rules"):
        services.change_list(by=keeper, name="wanted", rules=RulesOfUse(title="Wanted", agencies=("nobody",)))
    with pytest.raises(NotAllowed, match="right_missing"):
        services.change_list(by=at_machine("root"), name="wanted", rules=RulesOfUse(title="Wanted"))


@pytest.mark.parametrize("name", ["../x", "own-kz-border", "Ab", ""])
def test_a_name_that_is_none_is_refused(keeper: Acting, file: Any, name: str) -> None:
    with pytest.raises(InvalidInput, match="list_name"):
        load(keeper, file(NAMES), name)
    assert Watchlist.objects.count() == 0


def test_shipped_lists_load(keeper: Acting) -> None:
    version = services.load_shipped(by=keeper, name="un")
    assert (version.state, version.total) == ("in_force", 877)
    (line,) = lists_for(keeper)
    assert (line.row.title, line.row.origin) == ("UN Security Council list", "international")
    assert line.age is not None
    assert line.age.is_stale
    assert list_faults().stale == ("un",)


def test_a_load_cut_before_the_disk_leaves_the_old_list(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES))
    with power_cut(Store, "_put_in_force"):
        load(keeper, file(NAMES[1:]))
    assert list_faults().cut_off == ("wanted",)
    assert services.mend_lists() == ("wanted",)
    assert states() == [("in_force", 1), ("failed", None)]
    assert told("Baikal Testov") == {"Baikal Testov"}
    assert services.mend_lists() == ()


def test_a_load_cut_after_the_disk_is_finished(keeper: Acting, file: Any) -> None:
    services.add_list(by=keeper, name="un_sc", origin="international", rules=RulesOfUse(title="UN"))
    load(keeper, file(NAMES), "un_sc")
    with power_cut(step, "enforce"):
        load(keeper, file(NAMES[1:]), "un_sc")
    assert services.mend_lists() == ("un_sc",)
    assert states() == [("replaced", 1), ("in_force", 2)]
    version = Version.objects.get(state="in_force")
    assert (version.total, version.added, version.removed) == (4, 0, 1)
    line = AuditLine.objects.filter(verb="watchlists.load_list").latest("sequence")
    assert (line.actor, line.detail["mended"], line.detail["loaded_by"]) == ("node", True, "keeper")


def test_a_load_cut_after_staging_waits(keeper: Acting, second: Acting, file: Any) -> None:
    with power_cut(step, "wait"):
        load(keeper, file(NAMES))
    services.mend_lists()
    version = Version.objects.get()
    assert (version.state, version.total, version.added) == ("waiting", 5, 5)
    assert services.approve_version(by=second, version_id=version.pk).state == "in_force"


def test_an_approval_cut_before_the_disk_waits_again(keeper: Acting, second: Acting, file: Any) -> None:
    version = load(keeper, file(NAMES))
    with power_cut(Store, "_put_in_force"):
        services.approve_version(by=second, version_id=version.pk)
    services.mend_lists()
    version.refresh_from_db()
    assert (version.state, version.decided_by) == ("waiting", "")
    assert services.approve_version(by=second, version_id=version.pk).state == "in_force"


def test_an_approval_cut_after_the_disk_is_finished(keeper: Acting, second: Acting, file: Any) -> None:
    version = load(keeper, file(NAMES))
    with power_cut(step, "enforce"):
        services.approve_version(by=second, version_id=version.pk)
    services.mend_lists()
    version.refresh_from_db()
    assert (version.state, version.decided_by, version.added) == ("in_force", "second", 5)
    assert told("Baikal Testov") == {"Baikal Testov"}
    assert not (here().lists / ".staged" / "wanted").exists()


def test_a_removal_cut_before_the_disk_is_finished(keeper: Acting, second: Acting, file: Any) -> None:
    in_force(keeper, second, file(NAMES))
    with power_cut(Store, "remove"):
        services.remove_list(by=keeper, name="wanted", reason="superseded")
    assert live().orphans == ()
    with pytest.raises(Conflict, match="no_lists"):
        told("Baikal Testov")
    services.mend_lists()
    assert Store(here().lists).names() == ()


def test_what_waited_and_is_gone_from_the_disk_is_told(keeper: Acting, file: Any) -> None:
    load(keeper, file(NAMES))
    clear_stage("wanted")
    services.mend_lists()
    assert [(one.state, one.error["code"]) for one in Version.objects.all()] == [("rejected", "load_cut_off")]
