"""What the staff on both sides does in the part of the demonstration at the door to INTERPOL."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils import timezone

from elchi.cli.demo_staff import acting, wait_for
from elchi.modules.interpol import queries, services
from elchi.modules.interpol.access_point import AccessRule
from elchi.modules.interpol.offline.build import COLUMNS, read_whole
from elchi.modules.interpol.offline.copy_file import WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.question import KINDS
from elchi.modules.interpol.services import PointCard
from elchi.modules.interpol.sides import copy_folder
from elchi.modules.interpol.simulated import make_certificates
from elchi.node.audit.actor import NODE
from elchi.node.federation.keys import own_signers
from elchi.node.here import here, keys_passphrase
from elchi.subjects import Document

STOLEN: Final = Document(document_number="AC1234567", document_type="P", issuer="KGZ")
"""Known to the simulator and to the copy."""
AGE: Final = dt.timedelta(hours=5)
"""Of the copy."""
_ACT: Final = "document_seized"


def connect(*, point: str) -> None:
    """Make the office an access point with rules, make what the online side needs, and take in a copy."""
    chief, now = acting("supervisor"), timezone.now()
    law = "Invented act on border control, art. 12"
    rules = [
        AccessRule(point_kind="crossing", subject_kind=kind, purposes=frozenset(("border_check",)), law=law)
        for kind in KINDS
    ]
    services.set_access_rules(by=chief, rules=rules, reason="Training")
    services.register_point(by=chief, card=PointCard(code=point, kind="crossing", office=chief.himself.office.code))
    services.move_point(by=chief, code=point, by_move="approve")
    online = copy_folder() / "online"
    online.mkdir(mode=0o700, parents=True)
    make_certificates(online, keys_passphrase(), now)
    built = read_whole(io.BytesIO(f"{COLUMNS}\nKGZ\tP\tAC1234567\tstolen".encode()))
    head = CopyHead(kind=WHOLE, version=1, issued_at=now - AGE, issuer=here().code, types=built.types)
    file = here().home / "training.copy"
    write_copy_file(file, head, built.words, signers=own_signers(now)[:1])
    services.take_copy(by=NODE, file=file, at=now)
    file.unlink()


def ask() -> dict[str, Any]:
    """Ask in the town about a passport; give what the window is told, and of which age that is."""
    now = timezone.now()
    row = services.ask(by=acting("first.line"), asked=STOLEN, purpose="border_check")
    query = wait_for(lambda: queries.answered_queries().filter(pk=row.pk).first())
    answer = query.answers.last()
    age = (now - answer.copy_issued_at) // dt.timedelta(hours=1) if answer.copy_issued_at else None
    hit = query.hits.first()
    return {
        "guidance": query.guidance, "source": answer.source, "age_hours": age, "copy_version": answer.copy_version,
        "stale": answer.stale, "refusals": [one["code"] for one in answer.refusals],
        "hit": hit.pk if hit else None,
        "number": hit.number if hit else "",
    }  # fmt: skip


def pass_test(*, point: str) -> tuple[int, int]:
    """Let the town serve, since it has made a successful query; give how many are connected, and of how many."""
    services.move_point(by=acting("supervisor"), code=point, by_move="pass_test")
    board = queries.board_now(timezone.now()).board
    return board.connected, board.total


def ask_owner(*, hit: int) -> None:
    """Ask the state that owns the record."""
    services.ask_owner(by=acting("second.line"), hit_id=hit)


def confirm(*, number: str) -> str:
    """Wait until the other bureau asks, and confirm the record."""
    came = wait_for(lambda: queries.requests().filter(reference=number).first())
    return services.answer_request(by=acting("second.line"), request_id=came.pk, answer="confirmed").answer


def act(*, hit: int) -> dict[str, Any]:
    """Wait until the owner has confirmed, then seize the document and close the hit; give its steps."""
    by = acting("second.line")
    row = wait_for(lambda: queries.hits().filter(pk=hit, step="confirmed").first())
    times = queries.confirmation_of(row).times
    services.record_act(by=by, hit_id=hit, act=_ACT)
    closed = services.close_hit(by=by, hit_id=hit, note="The passport goes back to its state.")
    return {
        "owner": row.owner, "step": closed.step, "act": _ACT,
        "seconds": (times["confirmed"] - times["asked"]).total_seconds(),
    }  # fmt: skip


STEPS: Final[Mapping[str, Callable[..., Any]]] = {
    one.__name__: one for one in (connect, ask, pass_test, ask_owner, confirm, act)
}
