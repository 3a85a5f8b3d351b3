"""How fast a machine-readable zone is read, beside the PyPI package `mrz` (GPL, so only here): `make bench NAME=mrz`.

Both get the same zones, made up and all valid, and give every field and every check digit's verdict: the peer needs its
checker made and then its `fields()`. `verdict` times the making alone, which gives no names. They take turns, a batch
each in its own process; the fastest batch of each counts, since what disturbs a run only ever adds time.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the folder of the package `bench`

from bench.peers import peer_python

from elchi.documents import MrzFields, MrzFormat, read_mrz, suggest_repairs, write_mrz

PEER = "mrz==0.6.2"
ZONES = 300  # a format
TURNS = 15
TODAY = dt.date(2026, 1, 1)

# Reads lines of {format, zones}; answers with the seconds for the verdicts alone and for verdicts and fields.
PEER_PROGRAM = """
import json, sys, time
from mrz.checker.td1 import TD1CodeChecker
from mrz.checker.td2 import TD2CodeChecker
from mrz.checker.td3 import TD3CodeChecker
from mrz.checker.mrva import MRVACodeChecker
from mrz.checker.mrvb import MRVBCodeChecker
CHECKERS = {"TD1": TD1CodeChecker, "TD2": TD2CodeChecker, "TD3": TD3CodeChecker,
            "MRV-A": MRVACodeChecker, "MRV-B": MRVBCodeChecker}
for line in sys.stdin:
    job = json.loads(line)
    check = CHECKERS[job["format"]]
    start = time.perf_counter()
    checked = [check(zone) for zone in job["zones"]]
    verdict = time.perf_counter() - start
    fields = [one.fields() for one in checked]
    both = time.perf_counter() - start
    print(json.dumps({"verdict": verdict, "both": both, "valid": sum(map(bool, checked))}), flush=True)
"""


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    peer = subprocess.Popen(
        [str(peer_python(PEER)), "-c", PEER_PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert peer.stdin is not None  # noqa: S101 they are pipes, as asked for above
    assert peer.stdout is not None  # noqa: S101 the same
    print(f"{'format':8}{'elchi µs':>10}{'mrz µs':>10}{'ratio':>8}{'verdict':>9}   valid of {ZONES} by elchi, mrz")
    totals = [0.0, 0.0, 0.0]
    figures: dict[str, float | str] = {"peer": PEER}
    for mrz_format in MrzFormat:
        zones = _zones(mrz_format)
        turns = [(_read_ours(zones), _read_theirs(peer.stdin, peer.stdout, mrz_format, zones)) for _ in range(TURNS)]
        seconds = (
            min(ours for (ours, _), _ in turns),
            min(theirs["both"] for _, theirs in turns),
            min(theirs["verdict"] for _, theirs in turns),
        )
        ours, theirs, verdict = (each / ZONES * 1e6 for each in seconds)
        totals = [total + each for total, each in zip(totals, (ours, theirs, verdict), strict=True)]
        (_, valid), answer = turns[-1]
        print(f"{mrz_format:8}{ours:>10.1f}{theirs:>10.1f}{theirs / ours:>8.1f}{verdict:>9.1f}   ", end="")
        print(f"{valid}, {answer['valid']}")
        figures[f"ratio_{mrz_format.lower().replace('-', '_')}"] = round(theirs / ours, 1)
    peer.stdin.close()
    peer.wait()
    ours, theirs, verdict = (total / len(MrzFormat) for total in totals)
    figures |= {
        "elchi_us": round(ours, 1),
        "peer_us": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
        "peer_verdict_us": round(verdict, 1),
        "ratio_verdict": round(verdict / ours, 1),
        "elchi_per_s": round(1e6 / ours),
        "repair_ms": round(_repair_ms(), 2),
    }
    print(f"{'all':8}{ours:>10.1f}{theirs:>10.1f}{theirs / ours:>8.1f}{verdict:>9.1f}")
    print(f"suggesting repairs of a zone with one misread character: {figures['repair_ms']} ms")
    print(json.dumps(figures))


def _read_ours(zones: list[str]) -> tuple[float, int]:
    valid = 0
    start = time.perf_counter()
    for zone in zones:
        valid += read_mrz(zone, today=TODAY).check_digits_valid
    return time.perf_counter() - start, valid


def _read_theirs(to: IO[str], back: IO[str], mrz_format: MrzFormat, zones: list[str]) -> dict[str, float]:
    print(json.dumps({"format": mrz_format, "zones": zones}), file=to, flush=True)
    answer: dict[str, float] = json.loads(back.readline())
    return answer


def _repair_ms() -> float:
    misread = [zone.replace("8", "B", 1) for zone in _zones(MrzFormat.TD3)]
    read = [read_mrz(zone, today=TODAY) for zone in misread]
    start = time.perf_counter()
    for mrz in read:
        suggest_repairs(mrz)
    return (time.perf_counter() - start) / len(read) * 1e3


def _zones(mrz_format: MrzFormat) -> list[str]:
    draw = random.Random(9303)
    visa = mrz_format in {MrzFormat.MRV_A, MrzFormat.MRV_B}
    zones = []
    for _ in range(ZONES):
        state = draw.choice(["KAZ", "KGZ", "TJK", "TKM", "UZB"])
        born = dt.date(1940, 1, 1) + dt.timedelta(days=draw.randrange(25_000))
        expires = dt.date(2026, 1, 2) + dt.timedelta(days=draw.randrange(3_600))
        fields = MrzFields(
            format=mrz_format,
            document_type="V" if visa else "P" if mrz_format is MrzFormat.TD3 else "I",
            issuer=state,
            document_number=f"{draw.choice('ABNEP')}{draw.randrange(10**8):08d}",
            family_name=_word(draw, 6, 11),
            given_names=f"{_word(draw, 4, 8)} {_word(draw, 5, 8)}",
            nationality=state,
            birth_date=born.isoformat(),
            sex=draw.choice("FM"),
            expiry_date=expires.isoformat(),
            optional=f"{draw.randrange(10**14):014d}" if mrz_format is MrzFormat.TD3 else "",
        )
        zones.append("\n".join(write_mrz(fields)))
    return zones


def _word(draw: random.Random, shortest: int, longest: int) -> str:
    return "".join(draw.choices("ABDEGIKLMNORSTUYZ", k=draw.randint(shortest, longest)))


if __name__ == "__main__":
    main()
