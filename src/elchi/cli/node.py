"""The node behind a command: opened only by commands that need it, so that the others start without Django."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elchi.node.officers.acting import Acting


def open_node() -> None:
    """Read the settings of the node in ELCHI_HOME, and load its tables.

    Raises:
        NotFound: `node_missing`.
        InvalidInput: `setting_invalid`.
        Conflict: `node_damaged`.
    """
    import django  # noqa: PLC0415  half a second that only commands of a node pay

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elchi.settings")
    django.setup()


def at_this_machine() -> Acting:
    """Give who runs this command: the account of the machine, who keeps the node and reads none of its work."""
    from elchi.node.officers.acting import at_machine  # noqa: PLC0415  tables are there once the node is open

    return at_machine(getpass.getuser())
