"""How fast lists are read and loaded, and in how much memory: `make bench NAME=lists`.

Large files of invented entries are written first (`--megabytes`, 50 each by default), then every figure is measured in
a process of its own, so that the peak of its memory is its own. The floor beside the FollowTheMoney stream is the same
file through the standard library's `json.loads` and nothing else. The shipped lists are read as they are.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from elchi.lists import Entry, Store, read_list, read_shipped, shipped_list

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LOOKUPS = 20_000
FAMILIES = ["Sharipov", "Tolipov", "Rahimov", "Odinaev", "Karimov", "Nazarov", "Yusupov", "Azimov", "Saidov", "Turaev"]
GIVEN = ["Anor", "Bahrom", "Zarina", "Daler", "Firuza", "Gulnora", "Hamid", "Iskandar", "Jamshed", "Kamola"]


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--measure", nargs=3, metavar=("WHAT", "FORMAT", "PATH"))
    options = parser.parse_args()
    if options.measure:
        what, format_, path = options.measure
        print(json.dumps(MEASURES[what](format_, Path(path))))
        return
    figures: dict[str, float] = {}
    print(f"{'what':28}{'MB':>7}{'entries':>10}{'seconds':>9}{'entries/s':>11}{'MB/s':>7}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for format_, write in WRITERS.items():
            path = Path(folder) / format_
            write(path, options.megabytes << 20)
            for what in ("floor", "read", "load") if format_ == "ftm" else ("read",):
                figures |= _show(what, format_, path)
    for name in ("un", "ofac"):
        figures |= _show("shipped", name, Path())
    print(json.dumps(figures))


def _show(what: str, format_: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", what, format_, str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    count, seconds, peak = found.pop("count"), found.pop("seconds"), found.pop("peak_mb")
    size = found.pop("mb", path.stat().st_size / 1e6)
    name = f"{what}_{format_}"
    print(f"{name:28}{size:>7.1f}{count:>10}{seconds:>9.2f}{count / seconds:>11.0f}{size / seconds:>7.1f}{peak:>9.1f}")
    for extra, value in found.items():
        print(f"  {extra:26}{value:>7}")
    return {f"{name}_per_s": round(count / seconds), f"{name}_peak_mb": round(peak, 1)} | found


def _floor(_format: str, path: Path) -> dict[str, float]:
    def lines() -> Iterator[object]:
        with path.open("rb") as file:
            yield from map(json.loads, file)

    return _timed(lines())


def _read(format_: str, path: Path) -> dict[str, float]:
    return _timed(read_list(path, format_))


def _shipped(name: str, _path: Path) -> dict[str, float]:
    listed = shipped_list(name)
    return _timed(item for item in read_shipped(listed) if isinstance(item, Entry)) | {
        "mb": sum(file.bytes for file in listed.files) / 1e6
    }


def _load(format_: str, path: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        start = time.perf_counter()
        version = store.load("bench", read_list(path, format_), source={}, now=NOW).version
        seconds = time.perf_counter() - start
        peak = _peak()
        draw = random.Random(1)
        ordinals = [draw.randrange(version.total) for _ in range(LOOKUPS)]
        opening = _seconds(lambda: store.entry_at(version, 0))
        at = _seconds(lambda: [store.entry_at(version, ordinal) for ordinal in ordinals]) / LOOKUPS
        ids = [store.entry_at(version, ordinal).id for ordinal in ordinals]
        by_id = _seconds(lambda: [store.entry_by_id(version, entry_id) for entry_id in ids]) / LOOKUPS
        return {
            "count": version.total,
            "seconds": seconds,
            "peak_mb": peak,
            "open_ms": round(opening * 1e3, 2),
            "entry_at_us": round(at * 1e6, 1),
            "entry_by_id_us": round(by_id * 1e6, 1),
        }


def _timed(items: Iterator[object]) -> dict[str, float]:
    start = time.perf_counter()
    count = sum(1 for _ in items)
    return {"count": count, "seconds": time.perf_counter() - start, "peak_mb": _peak()}


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _people() -> Iterator[tuple[int, str, str, str, str]]:
    """Give number, family name, given name, birth date and passport number, without end."""
    draw = random.Random(7)
    number = 0
    while True:
        number += 1
        born = dt.date(1940, 1, 1) + dt.timedelta(days=draw.randrange(25_000))
        passport = f"AB{draw.randrange(10**7):07d}"
        yield number, draw.choice(FAMILIES), draw.choice(GIVEN), born.isoformat(), passport


def _write(path: Path, size: int, head: str, record: Callable[..., str], tail: str) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write(head)
        for person in _people():
            if out.tell() >= size:
                break
            out.write(record(*person))
        out.write(tail)


def _ftm_line(number: int, family: str, given: str, born: str, passport: str) -> str:
    properties = {
        "name": [f"{given} {family}"],
        "alias": [f"{family} {given[0]}."],
        "firstName": [given],
        "lastName": [family],
        "birthDate": [born],
        "nationality": ["tj"],
        "passportNumber": [passport],
        "topics": ["wanted"],
    }
    entity = {"id": f"x-{number}", "caption": f"{given} {family}", "schema": "Person", "properties": properties}
    return json.dumps(entity | {"datasets": ["bench"], "referents": []}) + "\n"


def _un_record(number: int, family: str, given: str, born: str, passport: str) -> str:
    return (
        f"<INDIVIDUAL><DATAID>{number}</DATAID><FIRST_NAME>{given}</FIRST_NAME><SECOND_NAME>{family}</SECOND_NAME>"
        "<NATIONALITY><VALUE>Tajikistan</VALUE></NATIONALITY>"
        f"<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>{family} {given[0]}.</ALIAS_NAME></INDIVIDUAL_ALIAS>"
        f"<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>{born}</DATE></INDIVIDUAL_DATE_OF_BIRTH>"
        f"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>{passport}</NUMBER>"
        "</INDIVIDUAL_DOCUMENT></INDIVIDUAL>\n"
    )


def _csv_row(number: int, family: str, given: str, born: str, passport: str) -> str:
    return f"{number};{family};{given};{born};TJ;{passport}\n"


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "ftm": lambda path, size: _write(path, size, "", _ftm_line, ""),
    "un": lambda path, size: _write(
        path, size, "<CONSOLIDATED_LIST><INDIVIDUALS>\n", _un_record, "</INDIVIDUALS></CONSOLIDATED_LIST>\n"
    ),
    "csv": lambda path, size: _write(
        path, size, "id;family_name;given_names;birth_date;nationality;document_number\n", _csv_row, ""
    ),
}
MEASURES = {"floor": _floor, "read": _read, "load": _load, "shipped": _shipped}

if __name__ == "__main__":
    main()
