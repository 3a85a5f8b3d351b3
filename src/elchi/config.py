"""The deployment of a node: its folder, and what the environment says.

Read once, when the node starts. What officers decide lies in tables.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.here import NODE_FILE, Here, home_of

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that a deployment decides."""

    here: Here
    """Which node, and its folder: ELCHI_HOME, else below the user's data folder."""
    secret: str
    """For sessions and keyed hashes; `<home>/keys/secret`."""
    database: str
    """ELCHI_DATABASE: `postgresql://...`; without it SQLite in the folder of the node."""
    hosts: tuple[str, ...]
    """ELCHI_HOSTS: names under which the console is reached, separated by commas."""
    listen: str
    """ELCHI_LISTEN: `address:port`; 127.0.0.1:8181 unless said."""
    workers: int
    """ELCHI_WORKERS: processes that answer; 1 unless said."""
    threads: int
    """ELCHI_THREADS: threads of each; 4 unless said."""
    certificate: str
    """ELCHI_CERTIFICATE: PEM file; with it and the key the node speaks TLS itself."""
    certificate_key: str
    """ELCHI_CERTIFICATE_KEY: PEM file."""
    behind_proxy: bool
    """ELCHI_BEHIND_PROXY: a proxy on this machine speaks TLS and sets X-Forwarded-Proto and X-Forwarded-For."""
    second_factor: bool
    """ELCHI_SECOND_FACTOR: whether roles beyond the first line need one; yes unless said."""
    idle_minutes: int
    """ELCHI_IDLE_MINUTES: after so many the screen locks; 15 unless said."""
    session_hours: int
    """ELCHI_SESSION_HOURS: after so many an officer signs in again; 12 unless said."""
    log_level: str
    """ELCHI_LOG_LEVEL: DEBUG, INFO, WARNING; INFO unless said."""

    @property
    def is_secure(self) -> bool:
        """Whether the console is reached over TLS; a demo node on loopback is not."""
        return not self.here.demo


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the folder and the environment.

    Raises:
        NotFound: `node_missing`.
        InvalidInput: `setting_invalid`.
        Conflict: `node_damaged`.
    """
    environ = os.environ if environ is None else environ
    home = home_of(environ)
    here = _here(home)
    listen = environ.get("ELCHI_LISTEN") or "127.0.0.1:8181"
    _check_listen(listen, here)
    return Config(
        here=here,
        secret=_secret(home),
        database=environ.get("ELCHI_DATABASE") or f"sqlite:///{home / 'node.sqlite3'}",
        hosts=_hosts(environ, listen),
        listen=listen,
        workers=_number(environ, "ELCHI_WORKERS", 1, range(1, 65)),
        threads=_number(environ, "ELCHI_THREADS", 4, range(1, 65)),
        certificate=environ.get("ELCHI_CERTIFICATE", ""),
        certificate_key=environ.get("ELCHI_CERTIFICATE_KEY", ""),
        behind_proxy=_switch(environ, "ELCHI_BEHIND_PROXY", unless_said=False),
        second_factor=_switch(environ, "ELCHI_SECOND_FACTOR", unless_said=True),
        idle_minutes=_number(environ, "ELCHI_IDLE_MINUTES", 15, range(1, 481)),
        session_hours=_number(environ, "ELCHI_SESSION_HOURS", 12, range(1, 25)),
        log_level=environ.get("ELCHI_LOG_LEVEL", "INFO").upper(),
    )


def _here(home: Path) -> Here:
    try:
        told: dict[str, Any] = tomllib.loads((home / NODE_FILE).read_text(encoding="utf-8"))
        return Here(home=home, **{**told, "languages": tuple(told["languages"])})
    except FileNotFoundError:
        raise NotFound("node_missing", field="ELCHI_HOME") from None
    except (OSError, ValueError, TypeError, KeyError):
        raise Conflict("node_damaged", file=NODE_FILE) from None


def _secret(home: Path) -> str:
    try:
        secret = (home / "keys" / "secret").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        secret = ""
    if len(secret) < 50:
        raise Conflict("node_damaged", file="keys/secret")
    return secret


def _check_listen(listen: str, here: Here) -> None:
    address, _, port = listen.rpartition(":")
    if not address or not port.isdecimal() or int(port) > 65_535:
        raise InvalidInput("setting_invalid", field="ELCHI_LISTEN", rule="address_and_port")
    if here.demo and address not in ("127.0.0.1", "[::1]", "localhost"):
        raise InvalidInput("setting_invalid", field="ELCHI_LISTEN", rule="demo_loopback_only")


def _hosts(environ: Mapping[str, str], listen: str) -> tuple[str, ...]:
    told = tuple(name.strip() for name in environ.get("ELCHI_HOSTS", "").split(",") if name.strip())
    if "*" in told:
        raise InvalidInput("setting_invalid", field="ELCHI_HOSTS", rule="hosts_by_name")
    return told or ("127.0.0.1", "localhost", "[::1]", listen.rpartition(":")[0])


def _number(environ: Mapping[str, str], name: str, unless_said: int, allowed: range) -> int:
    text = environ.get(name, "")
    if not text:
        return unless_said
    if not text.isascii() or not text.isdecimal() or int(text) not in allowed:
        raise InvalidInput("setting_invalid", field=name, rule="number_in_range", allowed=f"{allowed[0]}-{allowed[-1]}")
    return int(text)


def _switch(environ: Mapping[str, str], name: str, *, unless_said: bool) -> bool:
    text = environ.get(name, "yes" if unless_said else "").lower()
    if text not in (*_TRUE, *_FALSE):
        raise InvalidInput("setting_invalid", field=name, rule="yes_or_no")
    return text in _TRUE
