"""A real node for bench/http.py: made by `elchi init`, filled with invented names, run by `elchi run`."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.corpus import invent_names

ELCHI = str(Path(sys.executable).with_name("elchi"))
LISTS = ("bench_a", "bench_b")
"""Half of the names in each."""


def make_node(home: Path, port: int) -> None:
    """Make a node, and let this process work in it too."""
    os.environ.update(ELCHI_HOME=str(home), ELCHI_LISTEN=f"127.0.0.1:{port}", ELCHI_LOG_LEVEL="WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "elchi.settings"
    given = ["--code", "KZ-BENCH-1", "--name", "Bench", "--country", "KZ", "--organisation", "Bench", "--demo"]
    given += ["--database", os.environ["ELCHI_DATABASE"]] if os.environ.get("ELCHI_DATABASE") else []
    answers = ["--languages", "en,ru", "--time-zone", "Asia/Almaty", "--administrator", "admin", "--json"]
    subprocess.run([ELCHI, "init", *given, *answers], check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()


def fill_lists(count: int) -> list[str]:
    """Put so many invented names into two lists, and give them."""
    from elchi.lists import Draft
    from elchi.node.here import here
    from elchi.node.watchlists.live import tell_change
    from elchi.node.watchlists.models import Version, Watchlist
    from elchi.screening.screener import load_list

    chance, names = random.Random(3), invent_names(count)
    for number, name in enumerate(LISTS):
        drafts = []
        for at, listed in enumerate(names[number :: len(LISTS)]):
            draft = Draft(f"{name}-{at}", "Person")
            draft.add("name", listed)
            draft.add("birthDate", birth_date(chance))
            draft.add("passportNumber", document_number(chance))
            draft.add("nationality", chance.choice(("kz", "kg", "tj", "tm", "uz", "ru")))
            drafts.append(draft.entry())
        now = dt.datetime.now(dt.UTC)
        load_list(here().lists, name, drafts, source={"issued_at": now.date().isoformat()}, now=now)
        row = Watchlist.objects.create(name=name, title=name, origin="international", action="refer")
        Version.objects.create(watchlist=row, number=1, state="in_force", loaded_by="bench", total=len(drafts))
    tell_change()
    return names


def make_officers(count: int, *roles: str, name: str = "bench") -> list[Any]:
    """Make officers at the node's first office."""
    from elchi.node.directory.models import Office
    from elchi.node.officers.models import Officer

    office = Office.objects.order_by("pk").first()
    if office is None:
        message = "a node without an office"
        raise SystemExit(message)
    rows = [
        Officer(sign_in_name=f"{name}{n}", name=f"{name} {n}", agency=office.lead, office=office, roles=list(roles))
        for n in range(count)
    ]
    for row in rows:
        row.set_unusable_password()
    return list(Officer.objects.bulk_create(rows))


def make_tokens(officers: list[Any]) -> list[str]:
    """Give each officer a token with all his rights."""
    from elchi.node.officers.acting import at_machine
    from elchi.node.officers.services import issue_token

    by = at_machine("bench")
    return [issue_token(by=by, officer_id=one.pk, name="bench", scopes=one.rights, days=1)[1] for one in officers]


def make_sessions(officers: list[Any]) -> list[str]:
    """Sign officers in, each on a shift, and give the cookies of their sessions."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from elchi.node.checks.services import start_shift
    from elchi.node.officers.queries import acting_of

    keys = []
    for officer in officers:
        start_shift(by=acting_of(officer, via="console"), purpose="border_check", direction="entry")
        session = SessionStore()
        session[SESSION_KEY] = str(officer.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
        session["second_factor"] = True
        session.create()
        keys.append(str(session.session_key))
    return keys


@contextmanager
def running(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the node until the block ends; wait until it is ready."""
    from django.db import connections

    connections.close_all()
    command = [ELCHI, "run"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            wait_until_ready(port, process)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> float:
    """Wait until the node answers; give how many seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < 60 and process.poll() is None:
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"http://127.0.0.1:{port}/match-api/readyz", timeout=5).status == 200:
                return time.perf_counter() - began
        time.sleep(0.05)
    message = "the node did not answer within 60 s"
    raise SystemExit(message)


def family(pid: int) -> list[int]:
    """Give a process and all below it."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            told = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(told[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Give the seconds of processor time that processes have taken."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def birth_date(chance: random.Random) -> str:
    """Invent a birth date."""
    return f"{chance.randint(1945, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def document_number(chance: random.Random) -> str:
    """Invent the number of a passport."""
    return f"{chance.choice('ABCNPX')}{chance.randint(0, 9_999_999):07}"
