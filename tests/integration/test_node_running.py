"""`elchi run`: one tree of processes that answers over TLS, heals itself, stops cleanly and tells nobody's name."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.running_node import Node, Running, free_port, is_alive, make_node

NAME, NUMBER, PASSWORD = "Oosterhuis", "AC7327091", "tulip-mill-polder-9"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Mapping[str, Any]]:
    return make_node(tmp_path_factory.mktemp("running") / "node")


@pytest.fixture(scope="module")
def running(made: tuple[Node, Mapping[str, Any]]) -> Iterator[Running]:
    with made[0].running() as running:
        yield running


def _sign_in(client: httpx.Client, name: str, password: str) -> httpx.Response:
    return _send(client, _token(client), name, password)


def _token(client: httpx.Client) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("accounts/login/").text)
    assert found
    return found[1]


def _send(client: httpx.Client, token: str, name: str, password: str) -> httpx.Response:
    fields = {"login": name, "password": password, "csrfmiddlewaretoken": token}
    return client.post("accounts/login/", data=fields, headers={"Referer": f"{client.base_url}accounts/login/"})


def _beside(node: Node) -> Node:
    """The same node at another address."""
    other = Node(node.home, node.database, free_port())
    other.environ["ELCHI_LISTEN"] = f"127.0.0.1:{other.port}"
    return other


def test_it_speaks_tls_with_the_certificate_that_init_told(running: Running, made: Any) -> None:
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", running.node.port)))
    assert hashlib.sha256(der).digest().hex(":").upper() == made[1]["certificate"]
    context = ssl.create_default_context(cafile=str(running.node.home / "keys/tls.crt"))
    with httpx.Client(verify=context, trust_env=False) as client:
        assert client.get(f"{running.node.address}healthz").json() == {"alive": True}
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.get(f"http://127.0.0.1:{running.node.port}/healthz")


def test_the_administrator_signs_in_with_the_password_of_init(running: Running, made: Any) -> None:
    with running.client() as client:
        answer = _sign_in(client, "administrator", made[1]["password"])
        assert (answer.status_code, client.get("node/").headers["Location"]) == (302, "/accounts/password/change/")
        cookies = [one for one in client.cookies.jar if one.name.startswith("elchi_")]
        assert {one.name: (one.secure, one.has_nonstandard_attr("HttpOnly")) for one in cookies} == {
            "elchi_session": (True, True),
            "elchi_csrf": (True, False),
        }
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_probes_are_answered_without_signing_in(running: Running) -> None:
    with running.client() as client:
        ready = client.get("readyz")
        assert (ready.status_code, ready.json()) == (
            200,
            {"ready": True, "database": True, "migrations": True, "lists": True},
        )
        figures = client.get("metrics").text
        assert 'elchi_checks_last_hour{verdict="stop"} 0.0' in figures
        assert "# TYPE elchi_screening_last_hour_seconds histogram" in figures


def test_figures_are_for_this_machine_or_for_a_token(running: Running) -> None:
    with running.client() as client:
        assert client.get("metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403


def test_the_state_is_well_while_it_runs(running: Running) -> None:
    done = running.node.call("status")
    assert (done.status, done.json["faults"], done.json["cautions"]) == (0, [], ["no_lists"])
    waiting = ("findings", "late_findings", "manifests", "alerts", "versions", "messages")
    assert done.json["queues"] == dict.fromkeys(waiting, 0)


def test_no_second_one_at_the_same_address(running: Running) -> None:
    done = running.node.call("run")
    assert (done.status, done.error["code"]) == (5, "address_taken")


def test_what_dies_is_started_again(running: Running) -> None:
    before = running.children()
    assert len(before) == 4  # granian, the process below it that answers, the worker, the courier
    for pid in before:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (len(running.children()) < 4 or set(before) & set(running.children())):
        time.sleep(0.05)
    assert running.wait_for_answer() < 20
    assert [pid for pid in before if is_alive(pid)] == []


def test_what_was_typed_never_stands_in_the_log(running: Running) -> None:
    with running.client() as client:
        client.get(f"check/?q={NAME}")
        client.get(f"{NAME}/{NUMBER}/")
        client.get(f"match-api/entities/{NUMBER}")
        client.get(f"api/v1/checks/{NUMBER}", headers={"Authorization": f"Bearer {PASSWORD}"})
        client.post("api/v1/checks", json={"name": NAME}, headers={"Authorization": f"Bearer {PASSWORD}"})
        client.post("match-api/match/default", content=b"\xff" + NAME.encode())
        client.post("check/", data={"q": NUMBER})  # without a token against forgery
        client.get("healthz", headers={"Host": f"{NAME}.example"})
        client.request(NAME.upper(), "check/")
        assert _sign_in(client, NAME.lower(), PASSWORD).status_code == 200
    text = running.log.read_text(encoding="utf-8")
    assert [one for one in (NAME, NUMBER, PASSWORD) if one.lower() in text.lower()] == []
    lines = running.lines()
    told = [{name: line.get(name) for name in ("method", "route", "status")} for line in lines if "route" in line]
    assert {"method": "GET", "route": "-", "status": 404} in told
    assert {"method": "POST", "route": "accounts/login/", "status": 200} in told
    allowed = {"at", "level", "logger", "message", "error", "method", "route", "status", "ms", "duty", "count", "child"}
    assert {name for line in lines for name in line} <= allowed | {"exit", "seconds", "code"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_answers_what_has_begun(made: tuple[Node, Any], number: int) -> None:
    with _beside(made[0]).running() as running, running.client() as client:
        token, answers = _token(client), []

        def ask() -> None:
            answers.append(_send(client, token, "nobody", PASSWORD).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.03)  # to hash the password takes longer
        below, began = running.children(), time.monotonic()
        running.process.send_signal(number)
        status = running.process.wait(15)
        took = time.monotonic() - began
        asking.join()
    assert (status, answers, [pid for pid in below if is_alive(pid)]) == (0, [200], [])
    assert took < 8


def test_children_do_not_outlive_their_parent(made: tuple[Node, Any]) -> None:
    with _beside(made[0]).running() as running:
        below = running.children()
        running.process.kill()
        running.process.wait()
        deadline = time.monotonic() + 10
        while any(map(is_alive, below)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert (len(below), [pid for pid in below if is_alive(pid)]) == (4, [])


def test_it_does_not_start_on_tables_of_another_version(tmp_path: Path) -> None:
    node, _ = make_node(tmp_path / "node")
    forget = "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection as c; "
    forget += "R(c).migration_qs.filter(app='sessions').delete()"
    command = [sys.executable, "-c", f"import django; django.setup(); {forget}"]
    env = {**node.environ, "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    subprocess.run(command, env=env, check=True)
    done = node.call("run")
    assert (done.status, done.error["code"], done.error["params"]) == (5, "migrations_missing", {"count": 1})
    done = node.call("status")
    assert (done.status, done.json["faults"], done.json["missing_migrations"]) == (5, ["migrations"], 1)


def test_a_certificate_that_is_not_there_is_told(made: tuple[Node, Any]) -> None:
    certificate: dict[str, Any] = {"ELCHI_CERTIFICATE": "/nowhere.crt", "ELCHI_CERTIFICATE_KEY": "/nowhere.key"}
    done = _beside(made[0]).call("run", **certificate)
    assert (done.status, done.error["params"]) == (2, {"field": "ELCHI_CERTIFICATE", "rule": "readable_file"})
