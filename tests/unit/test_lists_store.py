import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from elchi.errors import Conflict, ElchiError, InvalidInput, NotFound
from elchi.lists import BadLine, Change, Diff, Entry, LoadPolicy, LoadReport, PropertyChange, Store

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
SOURCE = {"file": "wanted.csv", "issued_at": "2026-02-28"}


def person(number: int, *names: str) -> Entry:
    return Entry(f"p-{number}", "Person", {"name": names or (f"Person {number}",)})


def people(count: int) -> list[Entry]:
    return [person(number) for number in range(count)]


def load(store: Store, *items: Entry | BadLine, policy: LoadPolicy | None = None) -> LoadReport:
    return store.load("wanted", items, source=SOURCE, now=NOW, policy=policy)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "lists")


def test_a_list_comes_back_as_it_was_loaded(store: Store) -> None:
    report = load(store, *people(3))
    version = store.current("wanted")
    assert report.version == version
    assert (version.name, version.version, version.total, version.loaded_at) == ("wanted", 1, 3, NOW)
    assert (version.source, version.issued_at) == (SOURCE, "2026-02-28")
    assert list(store.entries(version)) == people(3)
    assert [store.entry_at(version, ordinal) for ordinal in range(3)] == people(3)
    assert store.entry_by_id(version, "p-1") == person(1)
    assert store.names() == ("wanted",)


def test_a_version_file_is_a_follow_the_money_export(store: Store) -> None:
    version = load(store, person(7, "Anor Tolipov", "Анор Толипов")).version
    assert (version.path / "entries.jsonl").read_text() == (
        '{"caption":"Anor Tolipov","datasets":["wanted"],"id":"p-7",'
        '"properties":{"name":["Anor Tolipov","Анор Толипов"]},"referents":[],"schema":"Person"}\n'
    )


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (load(Store(tmp_path / name), *people(50)).version.path for name in "ab")
    assert [path.name for path in sorted(one.iterdir())] == ["entries.jsonl", "ids.bin", "meta.json", "offsets.bin"]
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_a_load_counts_what_changed(store: Store) -> None:
    load(store, *people(4))
    report = load(store, person(5), person(3), person(1, "Another Name"), person(2))
    assert (report.added, report.changed, report.removed, report.unchanged, report.total) == (1, 1, 1, 2, 4)
    assert store.diff("wanted") == Diff(
        added=("p-5",),
        changed=(Change("p-1", (PropertyChange("name", ("Another Name",), ("Person 1",)),)),),
        removed=("p-0",),
    )
    assert store.diff("wanted", 2, 1).added == ("p-0",)
    assert store.diff("wanted", 1, 1) == Diff((), (), ())


def test_a_change_of_schema_is_a_change(store: Store) -> None:
    load(store, person(1))
    load(store, Entry("p-1", "Company", {"name": ("Person 1",)}))
    assert store.diff("wanted").changed == (Change("p-1", (PropertyChange("schema", ("Company",), ("Person",)),)),)


def test_bad_and_skipped_lines_are_counted_and_told(store: Store) -> None:
    bad, skipped = BadLine(4, "row_width", {"columns": 3}), BadLine(9, "alias_orphan", {}, skipped=True)
    report = load(store, person(1), bad, person(2), skipped)
    assert (report.bad_lines, report.skipped_lines) == ((bad,), (skipped,))
    assert (report.version.bad, report.version.skipped, report.total) == (1, 1, 2)


def test_of_two_entries_with_one_id_the_first_stays(store: Store) -> None:
    report = load(store, person(1), person(2), person(1, "Other"), person(3), person(2))
    assert report.bad_lines == (BadLine(3, "id_taken", {"id": "p-1"}),)
    assert report.skipped_lines == (BadLine(5, "id_taken", {"id": "p-2"}, skipped=True),)
    version = store.current("wanted")
    assert list(store.entries(version)) == [person(1), person(2), person(3)]
    assert [store.entry_at(version, ordinal).id for ordinal in range(3)] == ["p-1", "p-2", "p-3"]
    assert store.entry_by_id(version, "p-3") == person(3)


def raises(store: Store, *items: Entry | BadLine, policy: LoadPolicy | None = None) -> ElchiError:
    with pytest.raises(ElchiError) as caught:
        load(store, *items, policy=policy)
    return caught.value


def test_a_doubtful_list_is_refused_and_the_old_one_stays(store: Store) -> None:
    load(store, *people(20))
    before = store.current("wanted")
    bad = [BadLine(line, "row_width") for line in range(1, 4)]

    error = raises(store, *people(15))
    assert (type(error), error.code) == (Conflict, "list_shrunk")
    assert (error.params["old"], error.params["new"]) == (20, 15)
    error = raises(store, *people(20), *bad)
    assert (type(error), error.code) == (InvalidInput, "list_broken")
    assert {name: error.params[name] for name in ("rule", "bad", "total", "line", "reason")} == {
        "rule": "bad_lines",
        "bad": 3,
        "total": 20,
        "line": 1,
        "reason": "row_width",
    }
    assert raises(store, *bad).code == "list_empty"
    assert raises(store, policy=LoadPolicy(force=True)).code == "list_empty"

    assert store.current("wanted") == before
    assert list(store.entries(before)) == people(20)
    assert [path.name for path in before.path.parent.iterdir()] == ["1"]


def test_the_policy_decides_what_is_doubtful(store: Store) -> None:
    load(store, *people(20))
    assert load(store, *people(16)).removed == 4
    assert raises(store, *people(13), policy=LoadPolicy(max_shrink=0.1)).code == "list_shrunk"
    assert load(store, *people(2), policy=LoadPolicy(max_shrink=1)).removed == 14
    bad = [BadLine(line, "row_width") for line in range(1, 4)]
    assert load(store, *people(2), *bad, policy=LoadPolicy(max_bad=0.6)).version.bad == 3
    assert load(store, *people(1), *bad, policy=LoadPolicy(force=True)).total == 1


def test_a_reader_that_fails_leaves_the_old_version(store: Store) -> None:
    def broken() -> Iterator[Entry]:
        yield person(1)
        raise InvalidInput("list_broken", field="file", rule="xml", line=7)

    load(store, *people(2))
    with pytest.raises(InvalidInput):
        store.load("wanted", broken(), source=SOURCE, now=NOW)
    assert store.current("wanted").version == 1
    with pytest.raises(InvalidInput):
        store.load("other", broken(), source=SOURCE, now=NOW)
    assert store.names() == ("wanted",)


def test_the_index_is_built_before_the_version_is_in_force(store: Store) -> None:
    load(store, *people(2))
    seen = []

    def build(folder: Path) -> None:
        seen.append((store.current("wanted").version, len((folder / "entries.jsonl").read_bytes().splitlines())))
        (folder / "index").mkdir()
        (folder / "index" / "names.bin").write_bytes(b"index")

    version = store.load("wanted", people(3), source=SOURCE, now=NOW, build=build).version
    assert seen == [(1, 3)]
    assert (store.current("wanted").path / "index" / "names.bin").read_bytes() == b"index"

    def fail(folder: Path) -> None:
        (folder / "index").write_bytes(b"half")
        raise MemoryError

    with pytest.raises(MemoryError):
        store.load("wanted", people(4), source=SOURCE, now=NOW, build=fail)
    assert store.current("wanted") == version
    assert [path.name for path in sorted(version.path.parent.iterdir())] == ["1", "2"]


def test_old_versions_are_pruned(store: Store) -> None:
    for count in range(1, 6):
        load(store, *people(count))
    assert [version.version for version in store.versions("wanted")] == [3, 4, 5]
    load(store, *people(6), policy=LoadPolicy(keep=1))
    assert [version.version for version in store.versions("wanted")] == [6]
    assert store.diff("wanted") == Diff((), (), ())
    with pytest.raises(NotFound) as caught:
        store.diff("wanted", 2)
    assert (caught.value.code, caught.value.params["version"], caught.value.params["kept"]) == (
        "version_unknown",
        2,
        [6],
    )


def test_two_loads_of_one_list_at_a_time_are_refused(store: Store) -> None:
    def build(_: Path) -> None:
        acts: list[Callable[[], object]] = [lambda: load(store, person(1)), lambda: store.remove("wanted")]
        for act in acts:
            with pytest.raises(Conflict) as caught:
                act()
            assert caught.value.code == "list_busy"
        store.load("other", people(1), source=SOURCE, now=NOW)

    store.load("wanted", people(2), source=SOURCE, now=NOW, build=build)
    assert store.names() == ("other", "wanted")


def test_a_removed_list_is_gone_and_may_come_again(store: Store) -> None:
    version = load(store, *people(3)).version
    assert store.entry_at(version, 0) == person(0)
    store.remove("wanted")
    assert store.names() == ()
    acts: list[Callable[[str], object]] = [store.current, store.remove]
    for act in acts:
        with pytest.raises(NotFound) as caught:
            act("wanted")
        assert caught.value.code == "list_unknown"
    again = load(store, person(9)).version
    assert store.entry_at(again, 0) == person(9)


@pytest.mark.parametrize("name", ["", "UN", "a/b", "..", ".locks", "-x", "a" * 65, "список"])
def test_a_list_name_must_be_plain(store: Store, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        store.load(name, people(1), source=SOURCE, now=NOW)
    assert caught.value.code == "list_name"


def test_an_entry_that_is_not_there(store: Store) -> None:
    version = load(store, *people(2)).version
    acts: list[Callable[[], object]] = [
        lambda: store.entry_at(version, 2),
        lambda: store.entry_at(version, -1),
        lambda: store.entry_by_id(version, "p-2"),
        lambda: store.entry_by_id(version, "\ud800"),
    ]
    for act in acts:
        with pytest.raises(NotFound) as caught:
            act()
        assert caught.value.code == "entry_unknown"


@pytest.mark.parametrize("name", ["current", "versions/1/meta.json"])
def test_a_damaged_disk_is_told(store: Store, name: str) -> None:
    load(store, person(1))
    (store.root / "wanted" / name).write_text(json.dumps({"version": "x", "name": 1}))
    with pytest.raises(Conflict) as caught:
        store.current("wanted")
    assert caught.value.code == "list_damaged"


@pytest.mark.parametrize("name", ["entries.jsonl", "offsets.bin", "ids.bin"])
def test_a_damaged_version_is_told(store: Store, name: str) -> None:
    version = load(store, *people(3)).version
    (version.path / name).write_bytes((version.path / name).read_bytes()[:-8])
    with pytest.raises(Conflict) as caught:
        store.entry_at(version, 0)
    assert caught.value.code == "list_damaged"
    (version.path / "entries.jsonl").unlink()
    with pytest.raises(Conflict):
        store.entry_at(version, 0)


def test_a_list_that_may_not_be_read_is_not_passed_over(store: Store) -> None:
    load(store, *people(3))
    current = store.root / "wanted" / "current"
    current.unlink()
    current.symlink_to("current")  # to itself: like a folder without permission, but for the superuser too
    with pytest.raises(OSError, match="current"):
        store.names()


def test_what_is_no_list_is_passed_over(store: Store) -> None:
    load(store, *people(3))
    (store.root / "lost+found").mkdir()
    (store.root / "notes").write_text("")
    assert store.names() == ("wanted",)


def test_a_damaged_entry_is_told(store: Store) -> None:
    version = load(store, *people(3)).version
    path = version.path / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"schema"', b'"schemb"'))
    for read in (lambda: store.entry_at(version, 1), lambda: list(store.entries(version))):
        with pytest.raises(Conflict) as caught:
            read()
        assert (caught.value.code, caught.value.params) == ("list_damaged", {"list": "wanted", "version": "1"})


def test_a_version_of_another_store_is_adopted_with_all_its_files(store: Store, tmp_path: Path) -> None:
    load(store, *people(2))
    other = Store(tmp_path / "other")

    def build(folder: Path) -> None:
        (folder / "index.bin").write_text("whole")

    offered = other.load("wanted", people(3), source=SOURCE, now=NOW, build=build).version
    later = NOW + dt.timedelta(days=1)
    adopted = store.adopt(offered, source={"issued_at": "2026-02-28", "offer": 7}, now=later)
    assert store.current("wanted") == adopted
    assert (adopted.version, adopted.total, adopted.loaded_at, adopted.source["offer"]) == (2, 3, later, 7)
    assert list(store.entries(adopted)) == people(3)
    assert (adopted.path / "index.bin").read_text() == "whole"
    assert other.current("wanted") == offered


def test_an_older_version_is_adopted_as_a_new_one(store: Store) -> None:
    for count in (2, 3):
        load(store, *people(count))
    adopted = store.adopt(store.versions("wanted")[0], source=SOURCE, now=NOW, keep=2)
    assert [(one.version, one.total) for one in store.versions("wanted")] == [(2, 3), (3, 2)]
    assert list(store.entries(adopted)) == people(2)


def test_what_cannot_be_copied_leaves_the_version_in_force(store: Store, tmp_path: Path) -> None:
    before = load(store, *people(2)).version
    offered = Store(tmp_path / "other").load("wanted", people(3), source=SOURCE, now=NOW).version
    (offered.path / "ids.bin").unlink()
    (offered.path / "ids.bin").symlink_to("nowhere")
    with pytest.raises(OSError, match=r"ids\.bin"):
        store.adopt(offered, source=SOURCE, now=NOW)
    assert store.versions("wanted") == (before,)
    assert [path.name for path in (store.root / "wanted" / "versions").iterdir()] == ["1"]
