"""What goes with every answer: cookies no script reads, a policy without inline code, no copies of pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.factories import PASSWORD, make_officer, signed_in
from tests.settings import NODE

from elchi.node.officers.rules import Role

SECURE = """
import json, django
from django.conf import settings as s
print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0]))
"""


def policy(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("address", ["/accounts/login/", "/officers/me/", "/officers/rights/", "/no/such/page/"])
def test_no_page_lets_code_run_that_is_not_ours(client: Client, address: str) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    told = policy(client.get(address, follow=True))
    assert told["default-src"] == ["'none'"]
    assert [value for values in told.values() for value in values if "unsafe" in value or value == "*"] == []
    assert (told["frame-ancestors"], told["base-uri"], told["form-action"]) == (["'none'"], ["'none'"], ["'self'"])


@pytest.mark.parametrize("address", ["/officers/me/", "/officers/rights/", "/accounts/2fa/", "/no/such/page/"])
def test_no_copy_of_a_page_with_an_officer_on_it_is_kept(client: Client, address: str) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    assert "no-store" in client.get(address)["Cache-Control"]


def test_the_door_is_not_kept_either(client: Client) -> None:
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]


def test_other_headers(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert {name: answer[name] for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")} == {
        "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    }  # fmt: skip


def test_no_script_reads_the_session_and_no_stranger_sends_it(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    client.post("/accounts/login/", {"login": officer.sign_in_name, "password": PASSWORD})
    cookie = client.cookies["elchi_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["domain"]) == (True, "Lax", "", "")
    client.post("/language/", {"language": "ru"})
    language = client.cookies["elchi_language"]
    assert (language["httponly"], language["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(("demo", "expected"), [("true", [False] * 4), ("false", [True] * 4)])
def test_a_real_node_sends_cookies_over_tls_only(tmp_path: Path, demo: str, expected: list[bool]) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("s" * 64, encoding="ascii")
    (tmp_path / "node.toml").write_text(NODE.replace("demo = true", f"demo = {demo}"), encoding="utf-8")
    env = {**os.environ, "ELCHI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "elchi.settings"}
    done = subprocess.run([sys.executable, "-c", SECURE], env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == expected


def test_a_page_sends_the_reader_nowhere_but_here(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    for address in ("/language/", "/theme/", "/lock/"):
        answer = client.post(address, {"next": "https://elsewhere.example/", "language": "ru", "theme": "dark"})
        assert "elsewhere" not in answer["Location"]
