"""Files of lists that the worker reads: as the officer who handed them in, and whatever stops the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.factories import acting
from tests.power_cut import power_cut

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.lists import Store, make_mapping
from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.node.watchlists import offers, services
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.offers import ListFile, ShippedFiles, keep_file, kept_file
from elchi.node.watchlists.queries import list_faults, lists_for, live
from elchi.node.watchlists.services import _versions as step
from elchi.node.watchlists.services import loading
from elchi.node.watchlists.services.rules_of_use import RulesOfUse
from elchi.node.watchlists.staging import changing, staged
from elchi.screening import Band
from elchi.subjects import Person

NAMES = ("Baikal Testov", "Shamal Proba", "Qobyz Sinaq", "Dombra Ulgi", "Kemel Misal")


@pytest.fixture
def keeper() -> Acting:
    """Keeps a list that is in force as soon as it is read."""
    by = acting(Role.LIST_KEEPER, name="keeper")
    services.add_list(by=by, name="un_sc", origin="international", rules=RulesOfUse(title="UN"))
    return by


def offer(by: Acting, names: Sequence[str] = NAMES, name: str = "un_sc", **given: bool) -> Version:
    table = "\n".join(["id,name", *(f"{one.split()[1].lower()},{one}" for one in names)]) + "\n"
    file = ListFile(path=kept_file(keep_file([table.encode()])), format="csv", called="wanted.csv")
    return services.offer_list(by=by, name=name, file=file, **given)


def told(*names: str) -> set[str]:
    """Which of these persons the lists in force know."""
    found = (live().screen([Person(name=name)], purpose="border_check", agency="kz-border") for name in names)
    return {name for name, one in zip(names, found, strict=True) if one.verdict is not Band.CLEAR}


def states() -> list[str]:
    return list(Version.objects.order_by("id").values_list("state", flat=True))


def files_left() -> list[str]:
    return [path.name for path in (here().files / "lists").iterdir()]


def in_force(by: Acting, names: Sequence[str] = NAMES) -> None:
    offer(by, names)
    services.load_queued()


def test_a_file_is_read_by_the_worker_as_the_officer_who_handed_it_in(keeper: Acting) -> None:
    version = offer(keeper)
    assert (version.state, Store(here().lists).names()) == ("queued", ())
    assert services.load_queued(limit=5) == 1
    version.refresh_from_db()
    assert (version.state, version.number, version.total, version.lines_read) == ("in_force", 1, 5, 5)
    assert version.source["file"] == "wanted.csv"
    assert told("Baikal Testov", "Nobody Here") == {"Baikal Testov"}
    assert files_left() == []
    lines = AuditLine.objects.filter(verb__in=("watchlists.offer_list", "watchlists.load_list")).order_by("sequence")
    assert list(lines.values_list("verb", "actor", "via", "on")) == [
        ("watchlists.offer_list", "keeper", "console", "list:un_sc"),
        ("watchlists.load_list", "keeper", "node", "list:un_sc"),
    ]
    assert services.load_queued() == 0


def test_a_national_list_waits_for_another_officer_than_who_handed_it_in(keeper: Acting) -> None:
    version = offer(keeper, name="wanted")
    services.load_queued()
    with pytest.raises(NotAllowed, match="four_eyes"):
        services.approve_version(by=keeper, version_id=version.pk)
    offered = staged("wanted")
    assert offered is not None
    made = (offered.path / "index.bin").stat().st_mtime_ns
    assert services.approve_version(by=acting(Role.SUPERVISOR), version_id=version.pk).state == "in_force"
    index = Store(here().lists).current("wanted").path / "index.bin"
    assert index.stat().st_mtime_ns == made, "who approves does not wait for an index"


def test_the_oldest_is_read_first_and_one_at_a_time(keeper: Acting) -> None:
    offer(keeper)
    offer(keeper, name="wanted")
    assert (services.load_queued(), states()) == (1, ["in_force", "queued"])
    assert (services.load_queued(), states()) == (1, ["in_force", "waiting"])


def test_what_the_officer_said_of_columns_reaches_the_worker(keeper: Acting) -> None:
    mapping = make_mapping({"columns": {"kto": "name", "no": "id"}, "date_format": "%d.%m.%Y", "separator": "/"})
    kept = kept_file(keep_file([b"no,kto\n1,Baikal Testov/Testov B.\n"]))
    services.offer_list(by=keeper, name="un_sc", file=ListFile(path=kept, format="csv", mapping=mapping))
    services.load_queued()
    (entry,) = Store(here().lists).entries(Store(here().lists).current("un_sc"))
    assert (entry.id, entry.properties["name"]) == ("1", ("Baikal Testov", "Testov B."))


def test_a_workbook_is_known_by_its_content(keeper: Acting, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("id", "name"), (1, "Baikal Testov")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "wanted.xlsx")
    kept = kept_file(keep_file([(tmp_path / "wanted.xlsx").read_bytes()]))
    services.offer_list(by=keeper, name="un_sc", file=ListFile(path=kept, format="csv", called="wanted.xlsx"))
    services.load_queued()
    assert told("Baikal Testov") == {"Baikal Testov"}


def test_a_shipped_list_is_read_by_the_worker_and_has_titles(keeper: Acting) -> None:
    services.offer_list(by=keeper, name="un", file=ShippedFiles("un"))
    services.load_queued()
    row = next(line.row for line in lists_for(keeper) if line.row.name == "un")
    assert (row.title, row.titles["ru"], row.origin) == (
        "UN Security Council list", "Сводный санкционный перечень СБ ООН", "international",
    )  # fmt: skip
    services.change_list(by=keeper, name="un", rules=RulesOfUse(title="UN Security Council list", action="stop"))
    row.refresh_from_db()
    assert row.titles["ru"] == "Сводный санкционный перечень СБ ООН"
    services.change_list(by=keeper, name="un", rules=RulesOfUse(title="Sanctions"))
    row.refresh_from_db()
    assert (row.title, row.titles) == ("Sanctions", {})


def test_a_file_that_fails_says_why_and_the_old_list_stays(keeper: Acting) -> None:
    in_force(keeper)
    offer(keeper, NAMES[:1])
    assert services.load_queued() == 1
    version = Version.objects.latest("id")
    assert (version.state, version.error) == (
        "failed", {"code": "list_shrunk", "params": {"field": "file", "list": "un_sc", "old": 5, "new": 1}},
    )  # fmt: skip
    assert told("Baikal Testov", "Kemel Misal") == {"Baikal Testov", "Kemel Misal"}
    assert files_left() == []
    line = AuditLine.objects.filter(verb="watchlists.load_list").latest("sequence")
    assert (line.actor, line.detail["error"]) == ("keeper", "list_shrunk")
    offer(keeper, NAMES[:1], force=True)
    services.load_queued()
    assert states() == ["replaced", "failed", "in_force"]


def test_one_file_a_list_is_on_its_way(keeper: Acting) -> None:
    offer(keeper)
    with pytest.raises(Conflict, match="version_waiting"):
        offer(keeper)
    with pytest.raises(Conflict, match="version_waiting"):
        services.load_list(by=at_machine("root"), name="un_sc", file=ListFile(path=Path(__file__), format="csv"))


def test_a_file_is_taken_back_until_it_is_read(keeper: Acting) -> None:
    version = offer(keeper)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.cancel_offer(by=acting(Role.SUPERVISOR), version_id=version.pk)
    with changing("un_sc"), pytest.raises(Conflict, match="list_busy"):
        services.cancel_offer(by=keeper, version_id=version.pk)
    assert services.cancel_offer(by=keeper, version_id=version.pk).state == "cancelled"
    assert (files_left(), services.load_queued()) == ([], 0)
    with pytest.raises(Conflict, match="state_refuses"):
        services.cancel_offer(by=keeper, version_id=version.pk)


def test_what_is_queued_goes_with_its_list(keeper: Acting) -> None:
    in_force(keeper)
    offer(keeper)
    services.remove_list(by=keeper, name="un_sc", reason="superseded")
    assert (states(), files_left(), services.load_queued()) == (["replaced", "cancelled"], [], 0)


def test_who_left_or_may_no_longer_has_nothing_read(keeper: Acting) -> None:
    offer(keeper)
    keeper.himself.is_active = False
    keeper.himself.save()
    services.load_queued()
    keeper.himself.is_active, keeper.himself.roles = True, ["analyst"]
    keeper.himself.save()
    offer(keeper)
    services.load_queued()
    errors = Version.objects.order_by("id").values_list("state", "error__code")
    assert list(errors) == [("failed", "officer_left"), ("failed", "right_missing")]
    assert files_left() == []


def test_a_list_that_somebody_changes_is_passed_over(keeper: Acting) -> None:
    offer(keeper)
    offer(keeper, name="wanted")
    with changing("un_sc"):
        assert services.load_queued(limit=5) == 1
    assert states() == ["queued", "waiting"]


def test_its_row_tells_how_far_the_reading_is(keeper: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "TELL_EVERY", 0.0)
    offer(keeper)
    with power_cut(Store, "_put_in_force"):
        services.load_queued()
    version = Version.objects.get()
    assert (version.state, version.lines_read, version.percent_read) == ("reading", 5, 100)


def test_a_reading_cut_before_the_disk_is_taken_up_again(keeper: Acting) -> None:
    in_force(keeper)
    version = offer(keeper, NAMES[1:])
    with power_cut(Store, "_put_in_force"):
        services.load_queued()
    assert (states(), told("Baikal Testov")) == (["in_force", "reading"], {"Baikal Testov"})
    assert list_faults().cut_off == ()
    assert services.load_queued() == 1
    version.refresh_from_db()
    assert (version.state, version.tries, version.removed, told("Baikal Testov")) == ("in_force", 2, 1, set())
    assert files_left() == []


def test_a_reading_cut_after_the_disk_is_finished_not_repeated(keeper: Acting) -> None:
    in_force(keeper)
    offer(keeper, NAMES[1:])
    with power_cut(step, "enforce"):
        services.load_queued()
    assert services.load_queued() == 0
    assert (states(), files_left(), told("Baikal Testov")) == (["replaced", "in_force"], [], set())
    assert Store(here().lists).current("un_sc").version == 2


def test_a_reading_cut_after_staging_waits(keeper: Acting) -> None:
    offer(keeper, name="wanted")
    with power_cut(step, "wait"):
        services.load_queued()
    assert services.mend_lists() == ("wanted",)
    assert (states(), files_left()) == (["waiting"], [])


def test_a_reading_cut_after_its_end_leaves_a_file_that_goes(keeper: Acting) -> None:
    offer(keeper)
    with power_cut(loading, "drop_read"):
        services.load_queued()
    (left,) = files_left()
    assert states() == ["in_force"]
    hour_ago = time.time() - 3601
    os.utime(kept_file(left), (hour_ago, hour_ago))
    waiting = offer(keeper, NAMES[1:])
    assert files_left() == [waiting.to_read["file"]]
    os.utime(kept_file(waiting.to_read["file"]), (hour_ago, hour_ago))
    another = keep_file([b"x"])
    assert sorted(files_left()) == sorted([waiting.to_read["file"], another])


def test_a_file_that_stops_the_worker_each_time_is_given_up(keeper: Acting) -> None:
    in_force(keeper)
    offer(keeper, NAMES[1:])
    for _ in range(loading.MOST_TRIES):
        with power_cut(Store, "_put_in_force"):
            services.load_queued()
    assert services.load_queued() == 1
    version = Version.objects.latest("id")
    assert (version.state, version.error) == ("failed", {"code": "load_cut_off", "params": {"list": "un_sc"}})
    assert (told("Baikal Testov"), files_left()) == ({"Baikal Testov"}, [])


def test_a_file_that_is_gone_fails(keeper: Acting) -> None:
    kept_file(offer(keeper).to_read["file"]).unlink()
    services.load_queued()
    assert [(one.state, one.error["code"]) for one in Version.objects.all()] == [("failed", "file_unknown")]


def test_a_file_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MAX_BYTES", 10)
    with pytest.raises(InvalidInput, match="upload_too_large"):
        keep_file([b"123456", b"78901"])
    assert files_left() == []
    assert len(kept_file(keep_file([b"123456", b"7890"])).read_bytes()) == 10
