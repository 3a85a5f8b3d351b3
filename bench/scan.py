"""From a scan to the answer through a real node: `make bench NAME=scan [ARGS="--scans N"]`.

A node is made by `elchi init` and run by `elchi run` with one worker process. It is a national bureau: its office is an
access point, it has an offline copy of 100,001 documents, and its online side is the simulator that travels with Elchi,
on this machine, over TLS with certificates on both ends. An officer's session sends the zone of a passport to the form
and fetches the page that it leads to, again and again until that has the answer, as a browser does each second; half of
the passports are reported. What is timed is ours and the simulator's, not INTERPOL's. Milliseconds of the clock:

    offline_p50_ms, offline_p95_ms   no online side: the copy answers
    online_p50_ms, online_p95_ms     until the page has the answer of the online side
    api_p50_ms, api_p95_ms           the same through the API, which waits for the online side
    slow_p95_ms                      until the copy's answer is on the page while the online side takes two seconds
    offline_cpu_ms                   processor time of all processes of the node: form, question and page
    offline_ratio, online_ratio      how many times the aim is kept: 100 ms, and 1 s
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from bench import http_node as node
from bench.interpol_side import LISTED, RECORD, zone_of

AIM_OFFLINE_MS: Final = 100
AIM_ONLINE_MS: Final = 1_000
POLL_S: Final = 1.0
SLOW_S: Final = 2.0
LISTED_TOO: Final = 100_000
_FORM: Final = {"purpose": "border_check"}
_WORDS: Final = {True: "REFER", False: "NOTHING REPORTED"}


def main() -> None:
    """Print the figures, and the same as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scans", type=int, default=300)
    scans = parser.parse_args().scans
    os.environ.pop("ELCHI_DATABASE", None)
    with tempfile.TemporaryDirectory(prefix="elchi-bench-") as folder:
        figures = _measure(Path(folder) / "node", scans)
    print(f"{scans:,} scans of each kind")
    for name, value in figures.items():
        print(f"{name:16}{value:>10.2f}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def _measure(home: Path, scans: int) -> dict[str, float]:
    port = node.free_port()
    node.make_node(home, port)
    node.fill_lists(20)  # a node without lists is not ready
    officer = node.make_officers(1, "first_line")[0]
    _make_bureau(officer, 10 * scans + 1_000)
    [token], [session] = node.make_tokens([officer]), node.make_sessions([officer])
    officer.language = "en"
    officer.save()
    address = f"http://127.0.0.1:{port}"
    cookies = {"elchi_session": session}
    with node.running(port) as process, httpx.Client(base_url=address, cookies=cookies, timeout=30) as desk:
        pids = node.family(process.pid)
        _scan(desk, 0)
        before = node.cpu_seconds(pids)
        offline = [_scan(desk, at) for at in range(scans)]
        cpu_ms = 1000 * (node.cpu_seconds(pids) - before) / scans
        with _online() as simulator:
            _scan(desk, 0)  # the line is made, and the threads
            online = [_scan(desk, at) for at in range(scans)]
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=address, headers=headers, timeout=30) as program:
                api = [_ask(program, at) for at in range(scans)]
            simulator.fault, simulator.slow_seconds = "slow", SLOW_S
            slow = [_scan(desk, at, whole=False) for at in range(min(scans, 8))]
    told = {"offline": offline, "online": online, "api": api}
    figures = {f"{name}_p{share}_ms": _share(took, share) for name, took in told.items() for share in (50, 95)}
    return figures | {
        "slow_p95_ms": _share(slow, 95),
        "offline_cpu_ms": cpu_ms,
        "offline_ratio": AIM_OFFLINE_MS / figures["offline_p95_ms"],
        "online_ratio": AIM_ONLINE_MS / figures["online_p95_ms"],
    }


def _scan(desk: httpx.Client, at: int, *, whole: bool = True) -> float:
    """Send a zone to the form; give the milliseconds until the page says what is right."""
    form = desk.get("/interpol_ask/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    listed = bool(at % 2)
    fields = {**_FORM, "document_number": zone_of(_number(at, listed=listed)), "csrfmiddlewaretoken": token[1]}  # type: ignore[index]
    began = time.perf_counter()
    page = desk.post("/interpol_ask/", data=fields, headers={"Referer": str(desk.base_url)}, follow_redirects=True)
    while whole and 'http-equiv="refresh"' in page.text:
        time.sleep(POLL_S)
        page = desk.get(page.url)
    took = 1000 * (time.perf_counter() - began)
    word = _WORDS[listed] if whole or listed else "ASKING"
    if page.status_code != httpx.codes.OK or f"{word}</h1>" not in page.text:
        sys.exit(f"a page is wrong, it should say {word}: {page.status_code} {page.url}")
    return took


def _ask(program: httpx.Client, at: int) -> float:
    listed = bool(at % 2)
    subject = {
        "kind": "document", "document_number": _number(at, listed=listed), "document_type": "P", "issuer": "KGZ",
    }  # fmt: skip
    new = {"question": str(uuid.uuid4()), "subject": subject, "purpose": "border_check"}
    began = time.perf_counter()
    told = program.post("/api/v1/interpol/queries?wait=10", json=new)
    took = 1000 * (time.perf_counter() - began)
    wanted = ("answered", "refer" if listed else "nothing_reported", "online")
    body = told.json()
    if told.status_code != httpx.codes.CREATED or wanted != (
        body["state"], body["guidance"], body["answers"][-1]["source"],
    ):  # fmt: skip
        sys.exit(f"an answer is wrong: {told.status_code} {body}")
    return took


def _make_bureau(officer: Any, a_day: int) -> None:
    """Make the office of an officer an access point, with rules and a copy."""
    from elchi.modules.interpol import services
    from elchi.modules.interpol.access_point import AccessRule
    from elchi.modules.interpol.models import AccessPoint, AccessPolicy
    from elchi.modules.interpol.offline.build import COLUMNS, read_whole
    from elchi.modules.interpol.offline.copy_file import WHOLE, CopyHead, write_copy_file
    from elchi.modules.interpol.sides import copy_folder
    from elchi.modules.interpol.wire import rule_to_wire
    from elchi.node.audit.actor import NODE
    from elchi.node.federation.keys import own_signers
    from elchi.node.here import here

    AccessPoint.objects.create(code="BENCH", name="Bench", kind="crossing", office=officer.office, state="approved")
    rule = AccessRule(
        point_kind="crossing", subject_kind="document", purposes=frozenset(("border_check",)), law="Bench", a_day=a_day
    )
    AccessPolicy.objects.create(lines=[rule_to_wire(rule)], reason="Bench", by="bench")
    now = dt.datetime.now(dt.UTC)
    rows = "".join(f"KGZ\tP\tAD{at:07}\tlost\n" for at in range(LISTED_TOO))
    built = read_whole(io.BytesIO(f"{COLUMNS}\nKGZ\tP\t{LISTED}\tstolen\n{rows}".encode()))
    head = CopyHead(kind=WHOLE, version=1, issued_at=now, issuer=here().code, types=built.types)
    file = here().home / "bench.copy"
    write_copy_file(file, head, built.words, signers=own_signers(now)[:1])
    copy_folder().mkdir(exist_ok=True)
    services.take_copy(by=NODE, file=file, at=now)


@contextmanager
def _online() -> Iterator[Any]:
    """Put the online side before the node, whose processes see the new files."""
    from elchi.modules.interpol.sides import copy_folder
    from elchi.modules.interpol.simulated import make_certificates, simulator_in
    from elchi.node.here import keys_passphrase

    folder = copy_folder() / "online"
    folder.mkdir()
    make_certificates(folder, keys_passphrase(), dt.datetime.now(dt.UTC))
    with simulator_in(folder, mapping="mapping.toml") as simulator:
        text = (folder / "mapping.toml").read_text(encoding="utf-8")
        simulator.records = [RECORD]
        (folder / "mapping.toml").write_text(
            text.replace("questions_a_minute = 600", "questions_a_minute = 100000"), encoding="utf-8"
        )
        yield simulator


def _number(at: int, *, listed: bool) -> str:
    return LISTED if listed else f"R{at:08}"


def _share(took: list[float], percent: int) -> float:
    return sorted(took)[min(len(took) * percent // 100, len(took) - 1)]


if __name__ == "__main__":
    main()
