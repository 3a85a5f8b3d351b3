"""The deployment of a node: its folder, and what the environment or the folder says.

Read once, when the node starts. What officers decide lies in tables.
"""

from __future__ import annotations

import hmac
import os
import re
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.here import NODE_FILE, Here, Hub, TimeAuthority, Token, home_of

SETTINGS: Final[Mapping[str, str]] = {
    "ELCHI_DATABASE": "",
    "ELCHI_HOSTS": "",
    "ELCHI_LISTEN": "127.0.0.1:8181",
    "ELCHI_WORKERS": "1",
    "ELCHI_THREADS": "4",
    "ELCHI_CERTIFICATE": "",
    "ELCHI_CERTIFICATE_KEY": "",
    "ELCHI_BEHIND_PROXY": "no",
    "ELCHI_SECOND_FACTOR": "yes",
    "ELCHI_IDLE_MINUTES": "15",
    "ELCHI_SESSION_HOURS": "12",
    "ELCHI_METRICS_TOKEN": "",
    "ELCHI_KEYS_PASSPHRASE_FILE": "",
    "ELCHI_TOKEN": "",
    "ELCHI_TOKEN_LABEL": "",
    "ELCHI_TOKEN_PIN_FILE": "",
    "ELCHI_EXCHANGE_LISTEN": "",
    "ELCHI_HUB": "",
    "ELCHI_HUB_CERTIFICATE": "",
    "ELCHI_STAMPS": "",
    "ELCHI_STAMPS_CERTIFICATE": "",
    "ELCHI_FILE_MEGABYTES": "256",
    "ELCHI_FILES_MEGABYTES": "1024",
    "ELCHI_LOG_LEVEL": "INFO",
}
"""What may be said and what holds unless it is: in the environment, else in the table `[settings]` of node.toml, where
`listen` is what ELCHI_LISTEN is in the environment."""
ELSEWHERE: Final = ("ELCHI_HOME", "ELCHI_LANGUAGE", "ELCHI_PASSPHRASE", "ELCHI_URL", "ELCHI_TOKEN")
"""What the environment may say beside: to commands, and to `elchi.client`."""
SECRETS: Final = ("ELCHI_DATABASE", "ELCHI_METRICS_TOKEN")
"""Whose values no command prints."""
DEMO_MARK: Final = "demo-"
"""How the secret of a demo node begins: it stays one, whatever node.toml says."""
CERTIFICATE_FILE: Final = "tls.crt"
CERTIFICATE_KEY_FILE: Final = "tls.key"
"""In the folder of the keys: the certificate that `elchi init` makes."""
_PASSPHRASE: Final = 20
"""Characters at least (`elchi.seal.keys.MIN_PASSPHRASE`, which costs a start that needs no key)."""
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_HUB: Final = re.compile(r"(tls|wss)://[a-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?")
_WEB: Final = re.compile(r"https?://[a-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?(/[\x21-\x7e]{0,200})?")
_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_LOOPBACK: Final = ("127.0.0.1", "[::1]", "localhost")


@dataclass(frozen=True, slots=True)
class Said:
    """One setting, and who said it."""

    name: str
    value: str
    source: str
    """`environment`, `node.toml` or `unsaid`."""


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
    """ELCHI_CERTIFICATE: PEM file; without it the one that `elchi init` made, for the node speaks TLS itself."""
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
    metrics_token: str
    """ELCHI_METRICS_TOKEN: with it /metrics is told from anywhere; without it on this machine only."""
    keys_passphrase: str = field(repr=False)
    """ELCHI_KEYS_PASSPHRASE_FILE: the first line of that file opens the private keys; unless said, it is made of
    `keys/secret`, so that a key file alone opens nothing, but the whole folder does."""
    token: Token | None = field(repr=False)
    """ELCHI_TOKEN: shared object of the maker of a token (PKCS #11), ELCHI_TOKEN_LABEL: the token's label,
    ELCHI_TOKEN_PIN_FILE: its first line is the PIN. `elchi keys rotate Ed25519 --on token` makes a key there."""
    exchange_listen: str
    """ELCHI_EXCHANGE_LISTEN: `address:port` on which nodes of partners call; unless said, this node only calls them."""
    hub: Hub | None
    """ELCHI_HUB: `tls://host:port` or `wss://host:port` of a hub of NATS, several separated by commas, and
    ELCHI_HUB_CERTIFICATE: PEM file with the certificates that it may present; unless said, no way leads over one."""
    time_authority: TimeAuthority | None
    """ELCHI_STAMPS: address of an authority that stamps the log with the time (RFC 3161), and ELCHI_STAMPS_CERTIFICATE:
    PEM file with its root certificate; unless said, nothing is stamped."""
    file_megabytes: int
    """ELCHI_FILE_MEGABYTES: largest file that goes to a partner or comes from one; 256 unless said."""
    files_megabytes: int
    """ELCHI_FILES_MEGABYTES: of all files of one partner that lie here; 1024 unless said."""
    log_level: str
    """ELCHI_LOG_LEVEL: DEBUG, INFO, WARNING or ERROR; INFO unless said."""
    said: tuple[Said, ...] = field(default=(), repr=False)
    """Every setting as it was read, and where."""
    unknown: tuple[str, ...] = ()
    """Variables of the environment that look like settings and are none."""

    @property
    def is_secure(self) -> bool:
        """Whether the console is reached over TLS; a demo node on loopback is not."""
        return not self.here.demo

    @property
    def speaks_tls(self) -> bool:
        """Whether the node itself speaks TLS: not if a proxy does."""
        return self.is_secure and not self.behind_proxy


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the folder and the environment.

    Raises:
        NotFound: `node_missing`.
        InvalidInput: `setting_invalid`, `setting_unknown`.
        Conflict: `node_damaged`, `demo_stays_demo`.
    """
    environ = os.environ if environ is None else environ
    home = home_of(environ)
    told = _node_file(home)
    said = _said(environ, told.pop("settings", {}))
    here = _here(home, told)
    secret = _secret(here)
    value = {one.name: one.value for one in said}
    for name in ("ELCHI_LISTEN", "ELCHI_EXCHANGE_LISTEN"):
        _check_listen(name, value[name], here)
    certificate, key = _certificate(value, here)
    return Config(
        here=here,
        secret=secret,
        database=value["ELCHI_DATABASE"] or f"sqlite:///{home / 'node.sqlite3'}",
        hosts=_hosts(value),
        listen=value["ELCHI_LISTEN"],
        workers=_number(value, "ELCHI_WORKERS", range(1, 65)),
        threads=_number(value, "ELCHI_THREADS", range(1, 65)),
        certificate=certificate,
        certificate_key=key,
        behind_proxy=_switch(value, "ELCHI_BEHIND_PROXY"),
        second_factor=_switch(value, "ELCHI_SECOND_FACTOR"),
        idle_minutes=_number(value, "ELCHI_IDLE_MINUTES", range(1, 481)),
        session_hours=_number(value, "ELCHI_SESSION_HOURS", range(1, 25)),
        metrics_token=_token(value),
        keys_passphrase=_keys_passphrase(value, secret),
        token=_key_token(value),
        exchange_listen=value["ELCHI_EXCHANGE_LISTEN"],
        hub=_hub(value),
        time_authority=_time_authority(value),
        file_megabytes=_number(value, "ELCHI_FILE_MEGABYTES", range(1, 8_193)),
        files_megabytes=_number(value, "ELCHI_FILES_MEGABYTES", range(1, 1_048_577)),
        log_level=_level(value),
        said=said,
        unknown=tuple(sorted({one for one in environ if one.startswith("ELCHI_")} - {*SETTINGS, *ELSEWHERE})),
    )


def _node_file(home: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((home / NODE_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound("node_missing", field="ELCHI_HOME") from None
    except (OSError, ValueError):
        raise Conflict("node_damaged", file=NODE_FILE) from None


def _here(home: Path, told: dict[str, Any]) -> Here:
    try:
        return Here(home=home, **{**told, "languages": tuple(told["languages"])})
    except (TypeError, KeyError):
        raise Conflict("node_damaged", file=NODE_FILE) from None


def _said(environ: Mapping[str, str], in_folder: Any) -> tuple[Said, ...]:
    if not isinstance(in_folder, dict):
        raise Conflict("node_damaged", file=NODE_FILE)
    folder = {f"ELCHI_{name.upper()}": str(value) for name, value in in_folder.items()}
    for name in folder:
        if name not in SETTINGS:
            raise InvalidInput("setting_unknown", field=f"{NODE_FILE}: {name.removeprefix('ELCHI_').lower()}")
    return tuple(
        Said(name, environ[name], "environment") if environ.get(name)
        else Said(name, folder[name], NODE_FILE) if name in folder
        else Said(name, unless_said, "unsaid")
        for name, unless_said in SETTINGS.items()
    )  # fmt: skip


def _secret(here: Here) -> str:
    try:
        secret = (here.keys / "secret").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        secret = ""
    if len(secret) < 50:
        raise Conflict("node_damaged", file="keys/secret")
    if secret.startswith(DEMO_MARK) and not here.demo:
        raise Conflict("demo_stays_demo", file=NODE_FILE)
    return secret


def _keys_passphrase(value: Mapping[str, str], secret: str) -> str:
    name = value["ELCHI_KEYS_PASSPHRASE_FILE"]
    if not name:
        return hmac.digest(secret.encode(), b"elchi: passphrase of private keys", "sha256").hex()
    passphrase = _first_line(value, "ELCHI_KEYS_PASSPHRASE_FILE")
    if len(passphrase) < _PASSPHRASE:
        raise InvalidInput("setting_invalid", field="ELCHI_KEYS_PASSPHRASE_FILE", rule="passphrase_length")
    return passphrase


def _key_token(value: Mapping[str, str]) -> Token | None:
    names = ("ELCHI_TOKEN", "ELCHI_TOKEN_LABEL", "ELCHI_TOKEN_PIN_FILE")
    missing = [name for name in names if not value[name]]
    if len(missing) == len(names):
        return None
    if missing:
        raise InvalidInput("setting_invalid", field=missing[0], rule="missing")
    library = Path(value["ELCHI_TOKEN"])
    if not os.access(library, os.R_OK):
        raise InvalidInput("setting_invalid", field="ELCHI_TOKEN", rule="readable_file")
    pin = _first_line(value, "ELCHI_TOKEN_PIN_FILE")
    if not pin:
        raise InvalidInput("setting_invalid", field="ELCHI_TOKEN_PIN_FILE", rule="missing")
    return Token(library, value["ELCHI_TOKEN_LABEL"], pin)


def _first_line(value: Mapping[str, str], name: str) -> str:
    try:
        return Path(value[name]).read_text(encoding="utf-8").split("\n", 1)[0].strip("\r")
    except (OSError, ValueError):
        raise InvalidInput("setting_invalid", field=name, rule="readable_file") from None


def _check_listen(name: str, listen: str, here: Here) -> None:
    address, _, port = listen.rpartition(":")
    if not listen and not SETTINGS[name]:
        return
    if not address or not port.isdecimal() or int(port) > 65_535:
        raise InvalidInput("setting_invalid", field=name, rule="address_and_port")
    if here.demo and address not in _LOOPBACK:
        raise InvalidInput("setting_invalid", field=name, rule="demo_loopback_only")


def _hub(value: Mapping[str, str]) -> Hub | None:
    certificates = _pinned(value, "ELCHI_HUB", "ELCHI_HUB_CERTIFICATE")
    addresses = tuple(dict.fromkeys(one.strip() for one in value["ELCHI_HUB"].split(",") if one.strip()))
    if not all(_HUB.fullmatch(one) for one in addresses):
        raise InvalidInput("setting_invalid", field="ELCHI_HUB", rule="nats_address")
    return Hub(addresses, certificates) if addresses else None


def _time_authority(value: Mapping[str, str]) -> TimeAuthority | None:
    roots, address = _pinned(value, "ELCHI_STAMPS", "ELCHI_STAMPS_CERTIFICATE"), value["ELCHI_STAMPS"]
    if address and not _WEB.fullmatch(address):
        raise InvalidInput("setting_invalid", field="ELCHI_STAMPS", rule="web_address")
    return TimeAuthority(address, roots) if address else None


def _pinned(value: Mapping[str, str], name: str, file: str) -> tuple[bytes, ...]:
    """Give the certificates (DER) that go with an address; none if neither is said."""
    if bool(value[name]) != bool(value[file]):
        raise InvalidInput("setting_invalid", field=name if value[file] else file, rule="missing")
    if not value[file]:
        return ()
    try:
        found = _PEM.findall(Path(value[file]).read_text(encoding="ascii"))
        told = tuple(map(ssl.PEM_cert_to_DER_cert, found))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=b"".join(told))
    except (ssl.SSLError, ValueError):
        raise InvalidInput("setting_invalid", field=file, rule="certificate_pem") from None
    except OSError:
        raise InvalidInput("setting_invalid", field=file, rule="readable_file") from None
    return told


def _certificate(value: Mapping[str, str], here: Here) -> tuple[str, str]:
    certificate, key = value["ELCHI_CERTIFICATE"], value["ELCHI_CERTIFICATE_KEY"]
    if bool(certificate) != bool(key):
        missing = "ELCHI_CERTIFICATE_KEY" if certificate else "ELCHI_CERTIFICATE"
        raise InvalidInput("setting_invalid", field=missing, rule="certificate_and_key")
    if certificate:
        return certificate, key
    return str(here.keys / CERTIFICATE_FILE), str(here.keys / CERTIFICATE_KEY_FILE)


def _hosts(value: Mapping[str, str]) -> tuple[str, ...]:
    told = tuple(name.strip() for name in value["ELCHI_HOSTS"].split(",") if name.strip())
    if "*" in told:
        raise InvalidInput("setting_invalid", field="ELCHI_HOSTS", rule="hosts_by_name")
    if told:
        return tuple(dict.fromkeys((*told, "127.0.0.1", "localhost", "[::1]")))
    return ("127.0.0.1", "localhost", "[::1]", value["ELCHI_LISTEN"].rpartition(":")[0])


def _number(value: Mapping[str, str], name: str, allowed: range) -> int:
    text = value[name]
    if not text.isascii() or not text.isdecimal() or int(text) not in allowed:
        raise InvalidInput("setting_invalid", field=name, rule="number_in_range", allowed=f"{allowed[0]}-{allowed[-1]}")
    return int(text)


def _switch(value: Mapping[str, str], name: str) -> bool:
    text = value[name].lower()
    if text not in (*_TRUE, *_FALSE):
        raise InvalidInput("setting_invalid", field=name, rule="yes_or_no")
    return text in _TRUE


def _token(value: Mapping[str, str]) -> str:
    token = value["ELCHI_METRICS_TOKEN"]
    if token and len(token) < 16:
        raise InvalidInput("setting_invalid", field="ELCHI_METRICS_TOKEN", rule="token_length")
    return token


def _level(value: Mapping[str, str]) -> str:
    level = value["ELCHI_LOG_LEVEL"].upper()
    if level not in _LEVELS:
        raise InvalidInput("setting_invalid", field="ELCHI_LOG_LEVEL", rule="one_of", allowed=list(_LEVELS))
    return level
