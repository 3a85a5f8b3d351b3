"""What a node does for a test of the exchange, inside of it: its own folder, database and processes.

    carry 127.0.0.1:8443      the courier of the node, and nothing else of it
    serve                     steps of `STEPS`, asked and answered as lines of JSON

What takes effect is counted in a table without constraints, so that twice would show.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from tests import asking_steps, fault_steps, file_steps, match_steps

from elchi.cli.courier import carry
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.audit.queries import verify
from elchi.node.federation.drafts import Draft
from elchi.node.federation.kinds import Handler, register
from elchi.node.federation.models import (
    Equivocation,
    Held,
    Incoming,
    KeyVersion,
    Leaf,
    Link,
    Outgoing,
    OwnKey,
    Partner,
    Receipt,
)
from elchi.node.federation.services import send_messages
from elchi.node.federation.tree import tree_now
from elchi.node.federation.wake import wake_courier
from elchi.node.here import here, keys_passphrase
from elchi.node.installation.queries import run_folder
from elchi.seal.certificate import certificate_bytes, make_exchange_certificate
from elchi.seal.keys import DecryptionKey, SigningKey
from elchi.seal.public_key import PublicKey
from elchi.seal.trust import KeyDocument, issue_key_document, read_key_document

YEAR = dt.timedelta(days=365)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def make_keys(addresses: list[str]) -> str:
    """Give the node keys, a certificate and a key document."""
    now, folder, phrase = _now(), here().keys, keys_passphrase()
    OwnKey.objects.all().delete()
    KeyVersion.objects.all().delete()
    folder.mkdir(exist_ok=True)
    signing = SigningKey.create(folder / "test-sign.pem", phrase)
    opening = DecryptionKey.create(folder / "test-open.pem", phrase)
    certificate, key = make_exchange_certificate(here().code, passphrase=phrase, now=now)
    (folder / "test.crt").write_bytes(certificate)
    (folder / "test.key").write_bytes(key)
    der = certificate_bytes(certificate)
    rows = (
        (signing.kid, "sign", signing.algorithm, "test-sign.pem", signing.public),
        (opening.kid, "encrypt", opening.algorithm, "test-open.pem", opening.public),
        ("0" * 64, "tls", "P-256", "test.crt", der),
    )
    for kid, use, algorithm, place, public in rows:
        OwnKey.objects.create(
            kid=kid, use=use, algorithm=algorithm, place=place, public=public, valid_from=now - YEAR,
            valid_until=now + YEAR,
        )  # fmt: skip
    public_keys = tuple(
        PublicKey(algorithm=one.algorithm, public=one.public, valid_from=now - YEAR, valid_until=now + YEAR)
        for one in (signing, opening)
    )
    document = KeyDocument(
        party=here().code, name=here().name, version=1, issued_at=now, valid_until=now + dt.timedelta(days=29),
        keys=public_keys, certificates=(der,), addresses=tuple(addresses),
    )  # fmt: skip
    content = issue_key_document(document, signers=[signing])
    keep(content)
    return base64.b64encode(content).decode()


def change_certificate() -> str:
    """Present another certificate from now on; give it as PEM."""
    now, folder, phrase = _now(), here().keys, keys_passphrase()
    certificate, key = make_exchange_certificate(here().code, passphrase=phrase, now=now)
    (folder / "next.crt").write_bytes(certificate)
    (folder / "next.key").write_bytes(key)
    OwnKey.objects.create(
        kid="1" * 64, use="tls", algorithm="P-256", place="next.crt", public=certificate_bytes(certificate),
        valid_from=now, valid_until=now + YEAR,
    )  # fmt: skip
    wake_courier()
    return certificate.decode()


def keep(content: bytes) -> None:
    """Trust a key document."""
    document = read_key_document(content, trusted=None)
    KeyVersion.objects.create(
        party=document.party, version=document.version, document=content, sha256=document.sha256,
        issued_at=document.issued_at, valid_until=document.valid_until,
    )  # fmt: skip


def join(code: str, document: str, **told: Any) -> None:
    """Make another node a partner."""
    keep(base64.b64decode(document))
    Partner.objects.create(code=code, name=code, **{"state": "active", "carriers": [{"kind": "https"}], **told})


def change(code: str, **told: Any) -> None:
    """Change what is known of a partner."""
    Partner.objects.filter(code=code).update(**told)


def send(to: str, texts: list[str], **told: Any) -> list[str]:
    """Say something; give the ids."""
    ids: list[str] = []
    for first in range(0, len(texts), 64):
        drafts = [Draft(to=to, kind="note", body={"text": text}, **told) for text in texts[first : first + 64]]
        ids += [sent.message_id for sent in send_messages(by=NODE, drafts=drafts)]
    return ids


def send_sized(to: str, count: int, size: int) -> int:
    """Say so many things of so many bytes; some of them lie in the outbox while others are sealed."""
    for first in range(0, count, 64):
        texts = [secrets.token_hex(size // 2) for _ in range(min(64, count - first))]
        send(to, texts)
    return count


def one_by_one(to: str, count: int) -> list[float]:
    """Say one thing after another; give the milliseconds until the receipt of each is here."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        sent = send(to, [secrets.token_hex(500)])
        row = Outgoing.objects.filter(message_id=sent[0])
        while row.values_list("state", flat=True)[0] != "delivered":
            time.sleep(0.001)
        took.append(1000 * (time.perf_counter() - began))
    return took


def settled(after: int = 0, limit: float = 120.0) -> float:
    """Wait until so few messages are without a receipt; give the seconds that it took."""
    began = time.perf_counter()
    while Outgoing.objects.filter(envelope__isnull=False).count() > after:  # by an index: looking costs too
        if time.perf_counter() - began > limit:
            raise TimeoutError
        time.sleep(0.005)
    return time.perf_counter() - began


def told(what: str = "all") -> Mapping[str, Any]:
    """Give what the tables hold."""
    if what == "waiting":
        return {"waiting": Outgoing.objects.filter(state__in=("queued", "carried", "relayed")).count()}
    tree = tree_now()
    return {
        "outgoing": list(Outgoing.objects.values_list("message_id", "state", "code", "carrier")),
        "envelopes": Outgoing.objects.filter(envelope__isnull=False).count(),
        "incoming": [json.loads(bytes(body or b"{}")).get("text") for body in _column(Incoming, "body")],
        "effects": effects(),
        "held": Held.objects.count(),
        "links": list(Link.objects.values_list("partner__code", "carrier", "failures", "code")),
        "receipts": list(Receipt.objects.values_list("party", "outcome")),
        "equivocations": list(Equivocation.objects.values_list("what", "ref")),
        "leaves": Leaf.objects.count(),
        "tree": [tree.size, tree.root],
    }


def _column(model: Any, name: str) -> list[Any]:
    return list(model.objects.order_by("id").values_list(name, flat=True))


def effects() -> list[str]:
    """Give what took effect, as often as it did."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS test_effect (id TEXT)")
        cursor.execute("SELECT id FROM test_effect")
        return [row[0] for row in cursor.fetchall()]


def verify_audit() -> list[str]:
    """Give what is wrong with the audit."""
    return [str(fault) for fault in verify(here().code, b"", today=_now().date()).faults]


STEPS: dict[str, Callable[..., Any]] = {
    "make_keys": make_keys, "join": join, "change": change, "send": send, "told": told, "verify_audit": verify_audit,
    "send_sized": send_sized, "change_certificate": change_certificate, "one_by_one": one_by_one, "settled": settled,
}  # fmt: skip
STEPS |= asking_steps.STEPS | match_steps.STEPS | fault_steps.STEPS | file_steps.STEPS


class Note(Handler):
    """A kind whose effect is a row."""

    needs_agreement = False

    def effect(self, message: Message, partner: Partner, prepared: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO test_effect (id) VALUES (%s)", [message.id])


def main(what: str, listen: str) -> None:
    """Do what is asked."""
    fault_steps.prepare()
    register("note", Note())
    file_steps.register()
    effects()
    if what == "carry":
        run_folder().mkdir(mode=0o700, exist_ok=True)
        carry(listen)
        return
    for line in sys.stdin:
        step, given = json.loads(line)
        sys.stdout.write(json.dumps(STEPS[step](**given)) + "\n")
        sys.stdout.flush()
