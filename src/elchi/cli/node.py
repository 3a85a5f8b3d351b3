"""Open the node whose folder ELCHI_HOME names, for commands that work on it; the others start without Django."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elchi.node.officers.acting import Acting


def open_node() -> None:
    """Make Django ready; what belongs to the node can be imported afterwards.

    Raises:
        NotFound: `node_missing`.
        Conflict: `node_damaged`, `demo_stays_demo`.
        InvalidInput: `setting_invalid`, `setting_unknown`.
    """
    import django  # only commands of a node pay for it

    os.umask(0o077)  # what a node writes is for its own account
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elchi.settings")
    django.setup()


def who_is_here() -> Acting:
    """Give who runs the command: the account at the machine, after `open_node`."""
    from elchi.node.officers.acting import at_machine

    return at_machine(getpass.getuser())
