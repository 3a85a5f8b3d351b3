"""The offline copy at its full size, beside others: `make bench NAME=offline-copy [ARGS="--keys N --peers N"]`.

Documents are invented: numbers of eight digits behind two letters, of 50 states, three types. Figures:

    bytes, build_s, peak_mb      from a table of text to the signed file, on one core
    apply_s                      the whole file verified and taken in; open_s: verified and mapped
    lookups_per_s, p99_us        one at a time, from what a zone gives (issuer, type, number); half of them are listed
    scan_p95_ms                  from the text of a zone to the answer: read, checked, looked up
    changes_apply_s              20,000 changes verified and taken in, while a thread goes on asking
    readers_kept                 answers of that thread in this time, right ones only
    false_positives              of documents that are not listed, counted; what to expect stands beside it

Peers hold the same keys at a size that fits beside them, in one run with ours at that size: SQLite, a set of Python, a
Bloom filter of a library (rbloom, 1e-9). Times are CPU seconds: other work may share the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import random
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from rbloom import Bloom

from elchi.documents.mrz import MrzFields, read_mrz
from elchi.documents.mrz_layout import MrzFormat
from elchi.documents.mrz_write import write_mrz
from elchi.documents.states import STATES
from elchi.modules.interpol.offline.build import COLUMNS, read_changes, read_whole
from elchi.modules.interpol.offline.copy_file import CHANGES, WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.offline.document_key import DocumentKey, key_of_document
from elchi.modules.interpol.offline.offline_copy import OfflineCopy, apply_file
from elchi.seal.keys import SigningKey
from elchi.seal.public_key import PublicKey

ISSUERS = sorted(code for code, state in STATES.items() if state.kind == "iso")[:50]
NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
CHANGED = 20_000
LISTED, FREE = "PA", "QA"
"""First letters of the numbers that are listed, and of those that are not."""

Asked = tuple[str, str, str]
T = TypeVar("T")


def main() -> None:
    """Print the tables, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=50_000_000)
    parser.add_argument("--peers", type=int, default=5_000_000, help="keys that each peer holds")
    parser.add_argument("--lookups", type=int, default=400_000)
    options = parser.parse_args()
    figures = _measure(options.keys, options.lookups)
    peers = _measure_peers(options.peers, options.lookups // 4)
    print(f"{options.keys:,} documents")
    for name, value in figures.items():
        print(f"{name:20}{value:>18,.6g}" if value < 1000 else f"{name:20}{value:>18,.0f}")
    print(f"\n{options.peers:,} documents {'bytes a key':>16}{'build_s':>10}{'look-ups/s':>14}{'p99_us':>10}")
    for name, row in peers.items():
        print(f"{name:24}{row[0]:>14.1f}{row[1]:>10.1f}{row[2]:>14,.0f}{row[3]:>10.1f}")
    print(json.dumps({**{name: round(value, 9) for name, value in figures.items()}, "peers": peers}))


def _document(at: int, letters: str = LISTED) -> Asked:
    return ISSUERS[at % 50], "PIV"[at % 3], f"{letters}{at:08}"


def _questions(keys: int, lookups: int) -> list[Asked]:
    drawn = random.Random(1)
    return [_document(drawn.randrange(keys), drawn.choice((LISTED, FREE))) for _ in range(lookups)]


def _write_table(path: Path, keys: int) -> None:
    with path.open("w", encoding="ascii") as file:
        file.write(COLUMNS + "\n")
        for begin in range(0, keys, 100_000):
            documents = (_document(at) for at in range(begin, min(begin + 100_000, keys)))
            file.write("".join(f"{issuer}\t{kind}\t{number}\tstolen\n" for issuer, kind, number in documents))


class _Folder:
    """A folder with a table, the copy made of it, and what opens it."""

    def __init__(self, home: Path, keys: int) -> None:
        self.home, self.copy = home, home / "copy"
        self.signer = SigningKey.generate()
        day = dt.timedelta(days=1)
        key = PublicKey(algorithm="Ed25519", public=self.signer.public, valid_from=NOW - day, valid_until=NOW + day)
        self.key_of = {key.kid: key}.get
        _write_table(home / "table.tsv", keys)

    def build(self) -> CopyHead:
        with (self.home / "table.tsv").open("rb") as file:
            built = read_whole(file)
        head = CopyHead(kind=WHOLE, version=1, issued_at=NOW, issuer="BENCH", types=built.types)
        return write_copy_file(self.home / "1.copy", head, built.words, signers=[self.signer])

    def build_changes(self, first: CopyHead) -> None:
        half = range(CHANGED // 2)
        rows = [(*_document(at), "withdrawn") for at in half] + [(*_document(at, "RA"), "lost") for at in half]
        text = "".join("\t".join(row) + "\n" for row in rows)
        (self.home / "changes.tsv").write_text(f"{COLUMNS}\n{text}", encoding="ascii")
        with (self.home / "changes.tsv").open("rb") as file:
            built = read_changes(file)
        head = CopyHead(
            kind=CHANGES, version=2, issued_at=NOW, issuer="BENCH", types=built.types, follows=first.fingerprint
        )
        write_copy_file(self.home / "2.changes", head, built.words, signers=[self.signer])

    def apply(self, name: str) -> None:
        apply_file(self.copy, self.home / name, key_of=self.key_of, at=NOW)

    def open(self) -> OfflineCopy:
        return OfflineCopy(self.copy, key_of=self.key_of)


def _measure(keys: int, lookups: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = _Folder(Path(name), keys)
        head, build_s = _timed(folder.build)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        _, apply_s = _timed(lambda: folder.apply("1.copy"))
        copy, open_s = _timed(folder.open)
        asked = _questions(keys, lookups)
        found, rate, p99, _ = _ask(lambda row: copy.look_up(key_of_document(*row)).reported is not None, asked)
        _check(found, asked)
        keyed = [key_of_document(*row) for row in asked]
        _, of_keys, _, _ = _ask(lambda key: copy.look_up(key).reported is not None, keyed)
        _, _, _, scans = _ask(partial(_scan, copy), [_zone(at) for at in range(20_000)])
        folder.build_changes(head)
        changes_s, kept = _apply_while_asked(folder, copy, keyed)
        false = sum(copy.look_up(key).reported is not None for key in _free(keys))
        return {
            "bytes": (folder.copy / "0000000001.copy").stat().st_size, "build_s": build_s, "peak_mb": peak_mb,
            "apply_s": apply_s, "open_s": open_s, "lookups_per_s": rate,
            "p99_us": p99, "lookups_of_keys_per_s": of_keys,
            "scan_p95_ms": scans / 1000, "changes_apply_s": changes_s, "readers_kept": kept, "false_positives": false,
            "expected_a_lookup": keys / 2**60,
        }  # fmt: skip


def _zone(at: int) -> str:
    return "\n".join(
        write_mrz(
            MrzFields(
                format=MrzFormat.TD3, document_type="P", issuer=ISSUERS[at % 50], document_number=f"R{at:08}",
                family_name="ERIKSSON", given_names="ANNA MARIA", nationality="UTO", birth_date="1974-08-12",
                sex="F", expiry_date="2032-04-15",
            )
        )
    )  # fmt: skip


def _scan(copy: OfflineCopy, text: str) -> bool:
    zone = read_mrz(text, today=NOW.date())
    key = key_of_document(zone.issuer, zone.document_type, zone.document_number)
    return copy.look_up(key).reported is not None


def _free(keys: int) -> Iterator[DocumentKey]:
    return (key_of_document(*_document(at, FREE)) for at in range(min(keys, 1_000_000)))


def _apply_while_asked(folder: _Folder, copy: OfflineCopy, asked: list[DocumentKey]) -> tuple[float, int]:
    """Give the seconds by the clock until the changes are in the answers, and what a thread was answered meanwhile."""
    ended, kept = threading.Event(), [0]

    def read() -> None:
        while not ended.is_set():
            for key in asked[:1000]:
                copy.look_up(key)
            kept[0] += 1000

    reader = threading.Thread(target=read)
    reader.start()
    begin = time.perf_counter()
    folder.apply("2.changes")
    copy.refresh()
    took = time.perf_counter() - begin
    ended.set()
    reader.join()
    if copy.look_up(key_of_document(*_document(1, "RA"))).reported != "lost":
        raise SystemExit("a change is not in the answers")
    if copy.look_up(key_of_document(*_document(1))).reported is not None:
        raise SystemExit("what was withdrawn is still reported")
    return took, kept[0]


def _measure_peers(keys: int, lookups: int) -> dict[str, list[float]]:
    asked = _questions(keys, lookups)
    rows: dict[str, list[float]] = {}
    for name, make in (("elchi", _ours), ("sqlite", _sqlite), ("set", _set), ("bloom", _bloom)):
        with tempfile.TemporaryDirectory() as folder:
            (has, size), build_s = _timed(lambda make=make, folder=folder: make(Path(folder), keys))  # type: ignore[misc]
            found, rate, p99, _ = _ask(has, asked)
            _check(found, asked)
            rows[name] = [size / keys, build_s, rate, p99]
        del has
        gc.collect()
    return rows


Peer = tuple[Callable[[Asked], bool], int]


def _ours(home: Path, keys: int) -> Peer:
    folder = _Folder(home, keys)
    folder.build()
    folder.apply("1.copy")
    copy = folder.open()
    return lambda row: copy.look_up(key_of_document(*row)).reported is not None, (home / "1.copy").stat().st_size


def _sqlite(home: Path, keys: int) -> Peer:
    base = sqlite3.connect(home / "peer.db")
    base.execute("CREATE TABLE document (mark TEXT PRIMARY KEY, reported INT) WITHOUT ROWID")
    base.executemany("INSERT INTO document VALUES (?, 1)", (("\n".join(_document(at)),) for at in range(keys)))
    base.commit()
    find = "SELECT reported FROM document WHERE mark = ?"
    return (
        lambda row: base.execute(find, (_mark(row),)).fetchone() is not None,
        (home / "peer.db").stat().st_size,
    )


def _set(_: Path, keys: int) -> Peer:
    held = {"\n".join(_document(at)) for at in range(keys)}
    size = sys.getsizeof(held) + sum(map(sys.getsizeof, held))
    return lambda row: _mark(row) in held, size


def _bloom(_: Path, keys: int) -> Peer:
    held = Bloom(keys, 1e-9, _hash)  # the hash of Python itself differs from process to process: no file could hold it
    held.update("\n".join(_document(at)) for at in range(keys))
    return lambda row: _mark(row) in held, held.size_in_bits // 8


def _hash(mark: str) -> int:
    return int.from_bytes(blake2b(mark.encode(), digest_size=16).digest(), "big", signed=True)


def _mark(row: Asked) -> str:
    """Give a document as peers hold it, brought into its one form as ours is."""
    key = key_of_document(*row)
    return f"{key.issuer}\n{key.kind}\n{key.number}"


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    begin = time.process_time()
    done = do()
    return done, time.process_time() - begin


def _ask(has: Callable[[T], bool], asked: list[T]) -> tuple[list[bool], float, float, float]:
    """Give the answers, how many a second, and the 99th and 95th percentile of one in microseconds.

    A clock of the processor is itself a call of the system: the rate is taken in a turn of its own.
    """
    begin = time.process_time()
    found = [has(one) for one in asked]
    rate = len(asked) / (time.process_time() - begin)
    took = []
    for one in asked:
        start = time.thread_time_ns()
        has(one)
        took.append(time.thread_time_ns() - start)
    took.sort()
    return found, rate, took[len(took) * 99 // 100] / 1000, took[len(took) * 95 // 100] / 1000


def _check(found: list[bool], asked: list[Asked]) -> None:
    if found != [number.startswith(LISTED) for _, _, number in asked]:
        raise SystemExit("an answer is wrong")


if __name__ == "__main__":
    main()
