"""How fast a node answers over HTTP, with storage and audit on: `make bench NAME=http [ARGS=...]`.

A node is made by `elchi init`, filled with invented names (bench/corpus.py) and run by `elchi run` with one worker
process. Connections submit checks of travellers through the API, each waiting for its answer; one in ten is a listed
name, distorted. Afterwards every answer must stand in the tables, with one audit line, and the audit must verify.

    checks_per_s, p50_ms, p95_ms, p99_ms   as the callers saw them
    cpu_ms_per_check                       processor time of all processes of the node
    ratio                                  to 30 checks a second: yente 5.5 over HTTP, as quoted in the project's
                                           findings from the same kind of machine; it is not run here

Both databases are measured, PostgreSQL where its programs are installed (tests/postgres.py).

    --load 10     200 officers' sessions at the console for ten minutes instead
    --kill        kill -9 in the midst of checks instead: every answered check is stored and audited, none half
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import http_node as node
from bench.corpus import distort, invent_names
from bench.http_load import Caller, Make, Told, call, request

YENTE_PER_S = 30.0
WARM_UP_S = 3.0


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--port", type=int, default=0, help="one that is free unless said")
    parser.add_argument("--database", choices=("both", "sqlite", "postgresql", "given"), default="both")
    parser.add_argument("--load", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    if options.database == "both":
        _again("sqlite")
        _again("postgresql")
        return
    if options.database == "postgresql":
        command = [sys.executable, "tests/postgres.py", sys.executable, "-m", "bench.http", *_args("given")]
        sys.exit(subprocess.run(command, check=False).returncode)
    options.port = options.port or node.free_port()
    if options.database == "sqlite":
        os.environ.pop("ELCHI_DATABASE", None)
    with tempfile.TemporaryDirectory(prefix="elchi-bench-") as folder:
        figures = _measure(Path(folder) / "node", options)
    for name, value in figures.items():
        print(f"{name:18}{value:>14}" if isinstance(value, str) else f"{name:18}{value:>14,.2f}")
    print(json.dumps(figures))


def _again(database: str) -> None:
    subprocess.run([sys.executable, "-m", "bench.http", *_args(database)], check=True)


def _args(database: str) -> list[str]:
    """Give the arguments of this run for another database."""
    given = sys.argv[1:]
    if "--database" in given:
        at = given.index("--database")
        given = given[:at] + given[at + 2 :]
    return [*given, "--database", database]


def _measure(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    node.make_node(home, options.port)
    names = node.fill_lists(options.names)
    officers = node.make_officers(options.connections, "first_line", "second_line")
    makers = _callers(names, node.make_tokens(officers))
    if options.kill:
        return _figures_of_kill(makers, options)
    if options.load:
        return _figures_of_load(names, options)
    with node.running(options.port) as process:
        warm = call(options.port, makers, WARM_UP_S)
        pids = node.family(process.pid)
        before = node.cpu_seconds(pids)
        told = call(options.port, makers, options.seconds)
        cpu = node.cpu_seconds(pids) - before
    _verify([warm, told], whole=True)
    count = len(told.took_ms)
    return {
        "database": _database(),
        "names": options.names,
        "connections": options.connections,
        "checks": count,
        "checks_per_s": round(count / options.seconds, 1),
        **_percentiles(told),
        "cpu_ms_per_check": round(1000 * cpu / count, 2),
        "ratio": round(count / options.seconds / YENTE_PER_S, 1),
    }


def _figures_of_kill(makers: list[Make], options: argparse.Namespace) -> dict[str, Any]:
    rounds: list[Told] = []
    for seconds in (1.3, 2.1, 0.7):
        with node.running(options.port) as process:
            pids = node.family(process.pid)
            killer = f"import os, time; time.sleep({seconds}); [os.kill(pid, {signal.SIGKILL:d}) for pid in {pids}]"
            with subprocess.Popen([sys.executable, "-c", killer]):
                rounds.append(call(options.port, makers, seconds + 2))
    stored = _verify(rounds, whole=False)
    answered = sum(len(one.took_ms) for one in rounds)
    return {
        "database": _database(),
        "kills": len(rounds),
        "answered": answered,
        "stored": stored,
        "connections_lost": sum(one.lost for one in rounds),
    }


def _figures_of_load(names: list[str], options: argparse.Namespace) -> dict[str, Any]:
    keys = node.make_sessions(node.make_officers(options.sessions, "first_line", name="shift"))
    makers: list[Make] = [partial(_officer, number, key, names) for number, key in enumerate(keys)]
    with node.running(options.port) as process:
        pids = node.family(process.pid)
        told = call(options.port, makers, options.load * 60)
        cpu = node.cpu_seconds(pids)
    stored = _verify([], whole=False)
    _hold(told.statuses.keys() <= {200, 302}, f"answers with status {told.statuses}")
    _hold(not told.lost, f"{told.lost} connections broke")
    # An officer whose time is over leaves between his check and its page.
    _hold(0 <= stored - told.statuses.get(200, 0) <= len(keys), f"{stored} checks stored, {told.statuses} answered")
    return {
        "database": _database(),
        "sessions": len(keys),
        "minutes": options.load,
        "checks": stored,
        "pages": len(told.took_ms),
        **_percentiles(told),
        "cpu_share": round(cpu / (options.load * 60), 2),
    }


def _officer(number: int, key: str, names: list[str]) -> Caller:
    """Check travellers at the console as an officer does: type, look at the verdict, wait for the next one."""
    chance, secret = random.Random(number), "b" * 32
    headers = {"Cookie": f"elchi_session={key}; elchi_csrf={secret}"}
    yield chance.uniform(0, 10)
    while True:
        form = urlencode({"csrfmiddlewaretoken": secret, "kind": "name", "as_read": "1", "q": chance.choice(names)})
        form_headers = {**headers, "Content_Type": "application/x-www-form-urlencoded"}
        made = yield request("POST", "/check/", form.encode(), **form_headers)
        place = re.search(rb"\r\nlocation: (\S+)", made.head, re.IGNORECASE)
        if place:
            yield request("GET", place[1].decode(), b"", **headers)
        yield chance.uniform(4, 12)


def _callers(names: list[str], tokens: list[str]) -> list[Make]:
    travellers = invent_names(40_000, seed=2)

    def make(number: int, token: str) -> Caller:
        chance = random.Random(number)
        while True:
            listed = chance.random() < 0.1
            name = distort(chance.choice(names), chance) if listed else chance.choice(travellers)
            paper = {"kind": "document", "document_number": node.document_number(chance), "issuer": "KAZ"}
            person = {"kind": "person", "name": name, "birth_date": node.birth_date(chance), "documents": [paper]}
            body = json.dumps({"subjects": [person], "purpose": "border_check", "task": "bench:1"}).encode()
            yield request(
                "POST", "/api/v1/checks", body, Authorization=f"Bearer {token}", Content_Type="application/json"
            )

    return [partial(make, number, token) for number, token in enumerate(tokens)]


def _percentiles(told: Told) -> dict[str, float]:
    took = sorted(told.took_ms)
    return {f"p{share}_ms": round(took[int(len(took) * share / 100)], 1) for share in (50, 95, 99)}


def _verify(rounds: list[Told], *, whole: bool) -> int:
    """Hold that every answered check is stored and audited, none half; give how many are stored."""
    from elchi.node.audit.models import AuditLine
    from elchi.node.audit.queries import content_of
    from elchi.node.checks.models import Check
    from elchi.seal.evidence import START, chain_hash

    for one in rounds:
        _hold(set(one.statuses) <= {201}, f"answers with status {one.statuses}")
    answered = [json.loads(body)["id"] for one in rounds for body in one.bodies]
    _hold(len(answered) == len(set(answered)), "two answers name one check")
    stored = {check.pk: len(check.findings.all()) for check in Check.objects.prefetch_related("findings")}
    lines = AuditLine.objects.filter(verb="checks.submit_check")
    audited = {int(line.on.partition(":")[2]): line.detail["findings"] for line in lines}
    _hold(len(audited) == lines.count(), "two audit lines name one check")
    _hold(audited == stored, "a check is stored and not audited, or with other findings")
    _hold(set(answered) <= stored.keys(), "an answered check is not stored")
    _hold(not whole or len(stored) == len(answered), "a check is stored that nobody was answered")
    previous = START
    for line in AuditLine.objects.order_by("sequence").iterator():
        _hold(line.previous == previous, f"line {line.sequence} does not follow")
        _hold(line.hash == chain_hash(previous, content_of(line)), f"line {line.sequence} was changed")
        previous = line.hash
    return len(stored)


def _hold(holds: bool, otherwise: str) -> None:  # noqa: FBT001  it is read as a sentence
    if not holds:
        raise SystemExit(otherwise)


def _database() -> str:
    from django.db import connection

    return connection.vendor


if __name__ == "__main__":
    main()
