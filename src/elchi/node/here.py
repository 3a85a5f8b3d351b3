"""What the rooms of the node are told from outside: which node this is, and where its files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


def here() -> Here:
    """Give this node."""
    told: Here = settings.ELCHI.here
    return told


def keys_passphrase() -> str:
    """Give what opens the private keys in `Here.keys`."""
    told: str = settings.ELCHI.keys_passphrase
    return told


def home_of(environ: Mapping[str, str]) -> Path:
    """Give the folder that the environment names."""
    chosen = environ.get("ELCHI_HOME")
    return Path(chosen).expanduser().absolute() if chosen else user_data_path("elchi")


def is_node(home: Path) -> bool:
    """Tell whether a folder is that of a node."""
    return (home / NODE_FILE).is_file()
