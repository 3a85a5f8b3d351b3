"""What the rooms of the node are told from outside: which node this is, and where its files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from platformdirs import user_data_path

NODE_FILE: Final = "node.toml"
"""In the folder of a node: which node it is. `elchi init` writes it."""


@dataclass(frozen=True, slots=True)
class Here:
    """This node."""

    home: Path
    """Its folder: lists, files of cases, keys, and with SQLite the database."""
    code: str
    """Short and unique among partners, such as `KZ-KOR-1`; stands in every number that the node gives."""
    name: str
    country: str
    """ISO 3166-1 alpha-2, or empty for an international body."""
    organisation: str
    languages: tuple[str, ...]
    """Of its slips and its officers, the first being the default; ISO 639-1."""
    time_zone: str
    """IANA name."""
    demo: bool = False
    """A training node: says so on every page, listens on loopback only, and never becomes a real one."""

    @property
    def lists(self) -> Path:
        """The folder of the lists in force (`elchi.lists.Store`)."""
        return self.home / "lists"

    @property
    def files(self) -> Path:
        """The folder of what officers put into cases and of manifests."""
        return self.home / "files"

    @property
    def keys(self) -> Path:
        """The folder of the node's own keys."""
        return self.home / "keys"


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub of NATS at which this node has a mailbox."""

    addresses: tuple[str, ...]
    """`tls://host:port` or `wss://host:port`, tried in this order."""
    certificates: tuple[bytes, ...]
    """DER, that it may present."""


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Who stamps the log of this node with the time (RFC 3161)."""

    address: str
    """`http://` or `https://`; what is sent there is a hash."""
    roots: tuple[bytes, ...]
    """DER, of the certificates that are trusted for it."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where a signing key of this node may lie that no file holds (PKCS #11)."""

    library: Path
    """Of the token's maker: a shared object."""
    label: str
    """Of the token."""
    pin: str = field(repr=False)


def here() -> Here:
    """Give this node."""
    told: Here = settings.ELCHI.here
    return told


def hub() -> Hub | None:
    """Give the hub of this node, if it has one."""
    told: Hub | None = settings.ELCHI.hub
    return told


def time_authority() -> TimeAuthority | None:
    """Give who stamps the log of this node, if somebody does."""
    told: TimeAuthority | None = settings.ELCHI.time_authority
    return told


def token() -> Token | None:
    """Give the token of this node, if it has one."""
    told: Token | None = settings.ELCHI.token
    return told


def keys_passphrase() -> str:
    """Give what opens the private keys in `Here.keys`."""
    told: str = settings.ELCHI.keys_passphrase
    return told


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much goes in files between nodes, in bytes."""

    file: int
    """Of one file, that goes or comes."""
    partner: int
    """Of all that comes from one partner and lies here."""


def file_limits() -> FileLimits:
    """Give how much goes in files between nodes."""
    return FileLimits(settings.ELCHI.file_megabytes << 20, settings.ELCHI.files_megabytes << 20)


def home_of(environ: Mapping[str, str]) -> Path:
    """Give the folder that the environment names."""
    chosen = environ.get("ELCHI_HOME")
    return Path(chosen).expanduser().absolute() if chosen else user_data_path("elchi")


def is_node(home: Path) -> bool:
    """Tell whether a folder is that of a node."""
    return (home / NODE_FILE).is_file()
