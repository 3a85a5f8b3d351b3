"""To send a file to a partner, and to take one back; and what becomes of files as time goes by."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotAllowed, NotFound
from elchi.exchange.file import FILE, FileTold
from elchi.exchange.message import Handling
from elchi.node import files
from elchi.node.audit.actor import NODE, Actor
from elchi.node.audit.services import record, wait_turn
from elchi.node.audit.verbs import Verb
from elchi.node.federation import disk
from elchi.node.federation.drafts import LIFETIME
from elchi.node.federation.models import Outgoing, Partner, SharedFile
from elchi.node.federation.services._files import agreement_of_file, drop_file, end_file, permit_of
from elchi.node.federation.services.ending import withdraw_message
from elchi.node.federation.states import GOT_FILE, KNOWN, SENT_FILE, next_state
from elchi.node.federation.uses import use_of
from elchi.node.federation.wake import wake_courier
from elchi.node.here import file_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """A file that is to go to a partner."""

    to: str
    """Code of the partner."""
    use: str
    about: str = ""
    name: str
    media_type: str
    purpose: str
    handling: Handling | None = None
    """What it needs at least; the agreement's floor holds in any case."""
    onward: str = "with_permission"
    """At most; the agreement may allow less."""
    lifetime: dt.timedelta = LIFETIME
    on: str = ""
    """What it is about here, as in the audit."""


def send_file(*, by: Actor, draft: FileDraft, path: Path) -> SharedFile:
    """Have a file sent to a partner, in pieces, as far as the agreement in force then allows it at each of them.

    What may be sent is decided before, by the verb that calls this one. Called in a transaction, it is part of it.

    Args:
        by: who sends it.
        draft: what it is.
        path: of the file; it is copied.

    Raises:
        NotFound: `partner_unknown`.
        NotAllowed: `partner_not_joined`; `agreement_missing` or `not_covered`: no agreement lets files go for this.
        InvalidInput: `shared_file_invalid`, `shared_file_too_large`.
    """
    partner = Partner.objects.filter(code=draft.to).first()
    if partner is None:
        raise NotFound("partner_unknown", partner=draft.to)
    if partner.state not in KNOWN:
        raise NotAllowed("partner_not_joined", partner=draft.to, state=partner.state)
    now, file_id = timezone.now(), str(uuid.uuid4())
    place = disk.path_of(partner.pk, file_id, is_ours=True)
    try:
        size, sha256 = disk.copy_file(path, place, file_limits().file)
        told = FileTold(
            id=file_id, use=draft.use, about=draft.about, name=draft.name, media_type=draft.media_type, size=size,
            sha256=sha256,
        )  # fmt: skip
        handling = draft.handling or Handling()
        row = SharedFile(
            partner=partner, is_ours=True, file_id=file_id, use=draft.use, about=draft.about, name=draft.name,
            media_type=draft.media_type, size=size, sha256=sha256, state="sending", purpose=draft.purpose,
            handling=asdict(handling), onward=draft.onward, on=draft.on, begun_at=now, expires_at=now + draft.lifetime,
        )  # fmt: skip
        permit = permit_of(row, told, agreement_of_file(row, now), now)
        row.agreement = permit.agreement
        with transaction.atomic():
            wait_turn()
            row.save()
            record(
                Verb.SEND_FILE, by=by, on=f"file:{file_id}", purpose=draft.purpose, agreement=permit.agreement,
                partner=draft.to, use=draft.use, size=size, sha256=sha256, about=draft.on,
            )  # fmt: skip
            transaction.on_commit(lambda: wake_courier(draft.to))
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return row


def withdraw_file(*, by: Actor, file: SharedFile) -> None:
    """Take a file of ours back: nothing more of it leaves, and where pieces have arrived they are removed.

    Whether he may, the verb decides that calls this one.

    Raises:
        Conflict: `shared_file_over`.
    """
    with transaction.atomic():
        wait_turn()
        row = SharedFile.objects.select_related("partner").get(pk=file.pk)
        if not row.is_ours or "withdrawn" not in SENT_FILE[row.state]:
            raise Conflict("shared_file_over", file=row.file_id, state=row.state)
        sent = Outgoing.objects.filter(partner=row.partner, thread=row.file_id, kind=FILE)
        under_way = list(sent.filter(state__in=("carried", "relayed")))
        # One that is there stands for all that are; of those under way nobody knows which will be the first.
        for piece in (*under_way, *sent.filter(state__in=("delivered", "opened"))[:1]):
            withdraw_message(by=by, message_id=piece.message_id, to=row.partner.code)
        end_file(row, "withdrawn", "")
        record(Verb.WITHDRAW_FILE, by=by, on=f"file:{row.file_id}", partner=row.partner.code)


def check_files(*, by: Actor = NODE) -> int:
    """Compare files that came whole with what was told of them, and hand them to what they are for; give how many."""
    rows = SharedFile.objects.select_related("partner").filter(is_ours=False, state="whole")[:8]
    for row in rows:
        place = disk.path_of(row.partner_id, row.file_id, is_ours=False)
        is_right = disk.hash_of(place) == (row.size, row.sha256)
        with transaction.atomic():
            wait_turn()
            if not SharedFile.objects.filter(pk=row.pk, state="whole").exists():
                continue  # taken back meanwhile
            use = use_of(row.use)
            if is_right and use is not None:
                row.state = next_state(GOT_FILE, row.state, "kept")
                row.save(update_fields=["state"])
                record(
                    Verb.KEEP_FILE, by=by, on=f"file:{row.file_id}", agreement=row.agreement, partner=row.partner.code,
                    use=row.use, size=row.size, sha256=row.sha256,
                )  # fmt: skip
                use.came(row)
            else:
                row.code = "hash_wrong"
                drop_file(row, because="damaged")
                if use is not None:
                    use.failed(row)
    return len(rows)


def expire_files(*, by: Actor = NODE) -> int:
    """End files whose time is over, and remove those of partners that are kept long enough; give how many."""
    now, count = timezone.now(), 0
    with transaction.atomic():
        wait_turn()
        rows = SharedFile.objects.select_related("partner")
        for row in rows.filter(is_ours=True, state="sending", expires_at__lte=now):
            end_file(row, "expired", "file_expired")
            count += 1
        for row in rows.filter(is_ours=False, state="coming", expires_at__lte=now):
            _fail(row, "expired")
            count += 1
        for row in rows.filter(is_ours=False, state="kept", retention_until__lt=now.date()):
            drop_file(row, because="removed")
            count += 1
    kept = SharedFile.objects.filter(state__in=("sending", "coming", "whole", "kept"))
    named = kept.values_list("partner_id", "file_id", "is_ours")
    files.sweep({disk.path_of(partner, file_id, is_ours=ours) for partner, file_id, ours in named}, room=disk.ROOM)
    del by  # the node itself; each line says so
    return count


def _fail(row: SharedFile, because: str) -> None:
    drop_file(row, because=because)
    if use := use_of(row.use):
        use.failed(row)


def take_back(partner: Partner, file_id: str) -> None:
    """Remove what came of a file that its sender took back, in the transaction that does."""
    rows = SharedFile.objects.select_related("partner").filter(partner=partner, file_id=file_id, is_ours=False)
    for row in rows.filter(state__in=("coming", "whole", "kept")):
        _fail(row, "withdrawn")
