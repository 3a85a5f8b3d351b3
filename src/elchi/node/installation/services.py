"""What was done with the node itself, at its machine, written into the audit."""

from __future__ import annotations

from django.db import transaction

from elchi.node.audit.actor import Actor
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.here import here


@transaction.atomic
def note_made(*, by: Actor, key: str, version: str) -> None:
    """Write the first line of the audit: which node this is, whether it is a demo node, and its signing key."""
    record(Verb.MAKE_NODE, by=by, on=_node(), demo=here().demo, key=key, version=version)


@transaction.atomic
def note_backed_up(*, by: Actor, digest: str, last_line: int) -> None:
    """Write down that all of the node was copied: the SHA-256 of the file, and the last line that is in it."""
    record(Verb.BACK_UP_NODE, by=by, on=_node(), digest=digest, last_line=last_line)


@transaction.atomic
def note_restored(*, by: Actor, digest: str, made_at: str) -> None:
    """Write down that the node was brought back from a backup: what was done after it is lost."""
    record(Verb.RESTORE_NODE, by=by, on=_node(), digest=digest, made_at=made_at)


@transaction.atomic
def note_upgraded(*, by: Actor, version: str, migrations: int) -> None:
    """Write down that tables were changed to those of this version."""
    record(Verb.UPGRADE_NODE, by=by, on=_node(), version=version, migrations=migrations)


def _node() -> str:
    return f"node:{here().code}"
