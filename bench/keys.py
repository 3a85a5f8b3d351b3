"""How fast an exact key is found, beside a dict of the same marks and SQLite with an index: `make bench NAME=keys`.

A million invented marks, of which ours are hashed and mapped from files as screening maps them, then found one by one
on one core, half of them not listed. Each contestant gets the key as `subject_keys` gives it, already normalised; our
time includes the hash. They take turns; the fastest turn of each counts, since what disturbs a run only adds time.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from elchi.screening.keys import Key, KeyIndex, KeyKind, build_key_sections, subject_keys
from elchi.subjects import Document, Person

LISTED = 1_000_000
ASKED = 20_000  # a turn
TURNS = 20
TARGET = 200_000
Find = Callable[[list[Key]], list[list[int]]]


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    draw = random.Random(6346)
    listed = [_mark(draw) for _ in range(LISTED)]
    with tempfile.TemporaryDirectory() as folder:
        contestants, figures = _contestants(listed, Path(folder))
        best = dict.fromkeys(contestants, float("inf"))
        found = 0
        for _ in range(TURNS):
            asked = draw.sample(listed, ASKED // 2) + [_mark(draw) for _ in range(ASKED // 2)]
            draw.shuffle(asked)
            answers: dict[str, list[list[int]]] = {}
            for name, find in contestants.items():
                start = time.perf_counter()
                answers[name] = find(asked)
                best[name] = min(best[name], time.perf_counter() - start)
            found += _found(answers)
    print(f"{LISTED:,} keys; {TURNS} x {ASKED:,} finds, {found:,} found by all")
    print(f"{'':28}{'finds/s':>12}{'µs':>8}")
    for name, seconds in best.items():
        print(f"{name:28}{ASKED / seconds:>12,.0f}{seconds / ASKED * 1e6:>8.2f}")
    print(f"build {figures['build_s']} s, open {figures['open_ms']} ms, {figures['bytes_per_key']} bytes a key")
    figures |= {
        "finds_per_s": round(ASKED / best["elchi"]),
        "finds_per_s_many": round(ASKED / best["elchi, all at once"]),
        "dict_per_s": round(ASKED / best["dict, in memory"]),
        "sqlite_per_s": round(ASKED / best["sqlite, indexed file"]),
        "normalised_per_s": round(_normalised_per_s(draw)),
        "target_met": ASKED / best["elchi"] >= TARGET,
    }
    print(f"from a traveller with three marks to its keys: {figures['normalised_per_s']:,} travellers/s")
    print(json.dumps(figures))


def _contestants(listed: list[Key], folder: Path) -> tuple[dict[str, Find], dict[str, float]]:
    start = time.perf_counter()
    sections = build_key_sections((at, (key,)) for at, key in enumerate(listed))
    figures = {"build_s": round(time.perf_counter() - start, 2)}
    for name, column in sections.items():
        np.save(folder / f"{name}.npy", column)
    start = time.perf_counter()
    index = KeyIndex({name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in sections})
    figures["open_ms"] = round((time.perf_counter() - start) * 1e3, 2)
    figures["bytes_per_key"] = round(sum(column.nbytes for column in sections.values()) / LISTED, 1)
    contestants: dict[str, Find] = {
        "elchi": lambda keys: [index.find(key) for key in keys],
        "elchi, all at once": index.find_many,
        "dict, in memory": _dict(listed),
        "sqlite, indexed file": _sqlite(listed, folder / "keys.sqlite"),
    }
    return contestants, figures


def _dict(listed: list[Key]) -> Find:
    held: dict[tuple[str, str], list[int]] = {}
    for at, key in enumerate(listed):
        held.setdefault((key.space, key.value), []).append(at)
    return lambda keys: [held.get((key.space, key.value), []) for key in keys]


def _sqlite(listed: list[Key], path: Path) -> Find:
    base = sqlite3.connect(path)
    base.execute("create table keys (space text, value text, entry integer, primary key (space, value, entry))")
    base.executemany("insert into keys values (?, ?, ?)", ((key.space, key.value, at) for at, key in enumerate(listed)))
    base.commit()
    sought = "select entry from keys where space = ? and value = ? order by entry"
    return lambda keys: [[row[0] for row in base.execute(sought, (key.space, key.value))] for key in keys]


def _found(answers: dict[str, list[list[int]]]) -> int:
    if any(answer != answers["elchi"] for answer in answers.values()):
        sys.exit("the contestants disagree: a hash collision, or a fault")
    return sum(map(bool, answers["elchi"]))


def _normalised_per_s(draw: random.Random) -> float:
    people = [
        Person(
            documents=(Document(document_number=_mark(draw).value, issuer="KGZ"),),
            national_id=f"{draw.randrange(10**14):014d}",
            emails=(f"traveller{at}@example.org",),
        )
        for at in range(5_000)
    ]
    start = time.perf_counter()
    for person in people:
        subject_keys(person)
    return len(people) / (time.perf_counter() - start)


def _mark(draw: random.Random) -> Key:
    letters = "ABCEHKMNOPTXY"
    if draw.random() < 0.7:
        value = f"{draw.choice(letters)}{draw.choice(letters)}{draw.randrange(10**7):07d}"
        return Key(draw.choice((KeyKind.DOCUMENT_NUMBER, KeyKind.NATIONAL_ID)), value)
    return Key(
        KeyKind.PLATE, f"{draw.randrange(1, 10):02d}{draw.randrange(1000):03d}{''.join(draw.choices(letters, k=3))}"
    )


if __name__ == "__main__":
    main()
