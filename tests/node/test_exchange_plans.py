"""No step of the exchange walks through a table that grows: a node of ten years answers as a new one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.partner_node import Note, PartnerNode

from elchi.exchange.batch import Limits, Outcome
from elchi.exchange.carrier import Pushed, Way
from elchi.node.audit.actor import NODE
from elchi.node.federation import kinds
from elchi.node.federation.drafts import Draft
from elchi.node.federation.models import Outgoing
from elchi.node.federation.post import Post
from elchi.node.federation.services import send_messages
from elchi.node.federation.tree import prove_growth, prove_leaf

PEER = "KG-AKJ-1"
GROWING = ("audit_auditline", "federation_head", "federation_held", "federation_incoming", "federation_leaf",
           "federation_outgoing", "federation_receipt", "federation_receiptdocument", "federation_subtree")  # fmt: skip
WALK = re.compile(
    r"SCAN (\w+)|SEARCH (federation_(?:incom|outgo)ing) USING INDEX (?!outgoing_due)\w+ \(partner_id=\?\)$"
)
"""Through all of a table, or all that a partner ever said."""
LAST = re.compile("DESC LIMIT 1$")
WAY = Way("https", PEER)


@contextmanager
def plans() -> Iterator[set[str]]:
    """Collect how SQLite looks for rows: `SCAN table`, without those that only read the last rows of an index.

    PostgreSQL chooses by what the tables hold, and walks through small ones: there is nothing to collect.
    """
    found: set[str] = set()
    if connection.vendor != "sqlite":
        yield found
        return

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not many and sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked = "EXPLAIN QUERY PLAN " + sql.replace("%s", "?")
            rows = connection.connection.execute(asked, tuple(params or ())).fetchall()
            walks = [walk for row in rows if (walk := WALK.match(row[3])) and not LAST.search(sql)]
            found.update(walk[1] or walk[2] for walk in walks)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def test_no_step_walks_through_a_table_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._handlers, "note", Note())  # noqa: SLF001  put back after the test
    now, post = timezone.now().replace(microsecond=0), Post()
    partner = PartnerNode(PEER, tmp_path, now)
    relay = PartnerNode("KZ-AST-1", tmp_path, now)
    relay.row.relayed_bytes = 1 << 20
    relay.row.save()
    later = now + dt.timedelta(seconds=5)
    with plans() as walked:
        for _ in range(2):
            send_messages(by=NODE, drafts=[Draft(to=PEER, kind="note", body={"text": "x"})] * 3)
            items = post.due(PEER, limit=64, skip=["0" * 64], at=later)
            came = [partner.says() for _ in range(3)]
            given = post.receive(came, peer=PEER, at=later)
            held = [dataclasses.replace(one, to=relay.code) for one in came]
            post.receive(held, peer=PEER, at=later)
            post.receive(came, peer=PEER, at=later)
            partner.read(given.back[0])
            outcomes = tuple(Outcome(one.sha256, "accepted") for one in items)
            post.pushed(PEER, Pushed(outcomes, (partner.receipt(*items),)), way=WAY, at=later)
            post.waiting(peer=relay.code, limits=Limits(), at=later)
            post.acknowledge(Pushed(tuple(Outcome(one.sha256, "accepted") for one in held)), peer=relay.code, at=later)
        prove_growth(5, 9)
        prove_leaf(3, 9)
    assert [one.state for one in Outgoing.objects.all()] == ["delivered"] * 6
    assert sorted(walked & {*GROWING, "made"}) == []
