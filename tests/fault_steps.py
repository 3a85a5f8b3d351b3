"""What a node does for tests of faults, beside the steps of `exchange_steps`; and how its process dies or errs in time.

TEST_KILL_AT    a name of `POINTS`: the process kills itself there, as soon as it comes by
TEST_CLOCK      a file with seconds: by so much the node's clock is wrong now
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import datetime as dt
import importlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from tests.factories import acting

from elchi.cli import courier
from elchi.exchange.batch import Item
from elchi.exchange.carriers.opening import open_carrier
from elchi.exchange.carriers.tls import Identity
from elchi.exchange.message import Lane, Message, new_id
from elchi.exchange.receipt import decode_receipt
from elchi.node.audit.actor import NODE
from elchi.node.federation.keyring import Keyring
from elchi.node.federation.keys import open_signer, own_certificate
from elchi.node.federation.models import Head, Outgoing, OwnKey, Receipt
from elchi.node.federation.queries.keys import key_in_history
from elchi.node.federation.queries.messages import message_of
from elchi.node.federation.queries.ways import routes
from elchi.node.federation.sealing import Envelope, seal_message
from elchi.node.federation.services import renew_keys, revoke_key
from elchi.node.federation.tree import prove_growth, root_at, tree_now
from elchi.node.federation.wake import wake_courier
from elchi.node.here import here
from elchi.node.officers.rules import Role
from elchi.node.sqlite3 import base
from elchi.seal.tree import TreeHead, is_consistent

SERVICES: Final = "elchi.node.federation.services"
POINTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "send_written": (f"{SERVICES}.sending", "_write", "after"),
    "send_committed": ("tests.exchange_steps", "send_messages", "after"),
    "push_answered": ("elchi.node.federation.post", "Post.pushed", "before"),
    "receipt_written": (f"{SERVICES}.receipts", "_take", "after"),
    "receipt_committed": ("elchi.node.federation.post", "Post.pushed", "after"),
    "batch_came": (f"{SERVICES}.accepting", "_envelopes", "before"),
    "accept_written": (f"{SERVICES}._inbox", "_write", "after"),
    "accept_committed": ("elchi.node.federation.post", "Post.receive", "after"),
}
"""Name to module, function and side: before and after each commit of the way of a message, and where an answer is on
the way. `written` is before the commit, with every row in its place."""


def prepare() -> None:
    """Make this process err as its environment says."""
    if name := os.environ.get("TEST_KILL_AT"):
        _kill_at(*POINTS[name])
    if name := os.environ.get("TEST_CLOCK"):
        _err_by(Path(name))
    if os.environ.get("TEST_NO_FSYNC"):
        base._disk.sync = lambda path: None  # type: ignore[method-assign]  # noqa: SLF001  the fault itself


def _kill_at(module: str, name: str, side: str) -> None:
    holder: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for one in path:
        holder = getattr(holder, one)
    real = getattr(holder, last)

    @wraps(real)
    def mortal(*args: Any, **kwargs: Any) -> Any:
        given = [one for one in (*args, *kwargs.values()) if isinstance(one, Sequence)]
        matters = not (last in ("receive", "_envelopes") and not any(given))  # somebody asks whether we are there
        if matters and side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = real(*args, **kwargs)
        if matters:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(holder, last, mortal)


def _err_by(place: Path) -> None:
    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(place.read_text(encoding="ascii") or 0))

    timezone.now = now
    setattr(courier, "_now", now)  # noqa: B010  of a module


def envelopes(to: str) -> list[str]:
    """Give the envelopes that wait for a partner."""
    rows = Outgoing.objects.filter(partner__code=to, envelope__isnull=False).order_by("id")
    return [base64.b64encode(bytes(content or b"")).decode() for content in rows.values_list("envelope", flat=True)]


def push(to: str, contents: list[str]) -> list[list[str]]:
    """Hand envelopes to a partner over the network, past the courier; give what he says became of each."""
    way = next(route.ways[0] for route in routes() if route.party == to)
    own = own_certificate(timezone.now())
    until = timezone.now() + dt.timedelta(days=3)
    items = [Item(to, Lane.REPORT, until, "envelope", base64.b64decode(content)) for content in contents]

    async def pushed() -> list[list[str]]:
        carrier = open_carrier(way, me=here().code, identity=Identity(own.certificate, own.key, own.passphrase))
        try:
            return [[one.result, one.code] for one in (await carrier.push(items)).outcomes]
        finally:
            await carrier.close()

    return asyncio.run(pushed())


def contradiction(to: str, text: str) -> str:
    """Give another message under id and number of the last one that was sent to a partner."""
    row = Outgoing.objects.filter(partner__code=to).order_by("-id")[0]
    return _sealed(dataclasses.replace(message_of(row), body={"text": text}), Keyring(timezone.now()))


def forged(to: str, kid: str, text: str) -> str:
    """Give a message with a number that comes next, signed with a key that was revoked, as its thief would."""
    row = Outgoing.objects.filter(partner__code=to, kind="note").order_by("-id")[0]
    before = message_of(row)
    keyring = Keyring(timezone.now())
    keyring.__dict__["signer"] = open_signer(OwnKey.objects.get(kid=kid))
    number = {to: before.sequence[to] + 1}
    return _sealed(dataclasses.replace(before, id=new_id(), sequence=number, body={"text": text}), keyring)


def _sealed(message: Message, keyring: Keyring) -> str:
    made: Envelope = seal_message(message, keyring.to_seal(message.to[0]), keyring)
    return base64.b64encode(made.sealed.content).decode()


def renew() -> int:
    """Sign our key document anew, and have the courier look."""
    done = renew_keys(by=NODE)
    wake_courier()
    return done


def revoke() -> str:
    """Revoke the key that signs; give its name."""
    kid = Keyring(timezone.now()).signer.kid
    revoke_key(by=acting(Role.ADMINISTRATOR), kid=kid, because="a laptop was stolen")
    wake_courier()
    return kid


def unproven() -> list[str]:
    """Give what has left the outbox without a receipt that its receiver has signed for it."""
    faults = []
    for row in Outgoing.objects.filter(envelope__isnull=True).select_related("partner"):
        signed = Receipt.objects.filter(outgoing=row, party=row.partner.code, outcome=row.state)
        if not any(_proves(bytes(one.document.content), row) for one in signed.select_related("document")):
            faults.append(f"{row.message_id} {row.state}")
    return faults


def _proves(content: bytes, row: Outgoing) -> bool:
    receipt, _ = decode_receipt(content, key_of=key_in_history)
    told = {(entry.id, entry.manifest_sha256, entry.outcome) for entry in receipt.entries}
    return receipt.sender == row.partner.code and (row.message_id, row.manifest_sha256, row.state) in told


def heads(party: str) -> list[list[Any]]:
    """Give size and root of every head of a party's log that this node has kept."""
    return [[size, root] for size, root in Head.objects.filter(party=party).values_list("size", "root")]


def inconsistent(told: list[list[Any]]) -> list[str]:
    """Give what does not fit our log: heads of it that others have kept, each with every other one and with now."""
    tree = tree_now()
    known = sorted({(int(size), str(root)) for size, root in [*told, (tree.size, tree.root)]})
    faults = [f"root of {size}" for size, root in known if root_at(size) != root]
    for position, (size, root) in enumerate(known):
        before = TreeHead(here().code, size, root, timezone.now())
        for later, later_root in known[position + 1 :]:
            after = TreeHead(here().code, later, later_root, timezone.now())
            if not is_consistent(before, after, prove_growth(size, later)):
                faults.append(f"{size} to {later}")
    return faults


STEPS: dict[str, Callable[..., Any]] = {
    "envelopes": envelopes, "push": push, "contradiction": contradiction, "forged": forged, "renew": renew,
    "revoke": revoke, "unproven": unproven, "heads": heads, "inconsistent": inconsistent,
}  # fmt: skip
