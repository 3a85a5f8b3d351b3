"""Steps of a node that has to do with files shared in pieces; a part of `exchange_steps`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.agreements_made import agreement_json, go, grant
from tests.factories import make_country

from elchi.exchange.carriers.bundle import read_bundle
from elchi.exchange.file import FILE, FileTold, Pieces
from elchi.exchange.message import Message
from elchi.node.audit.actor import NODE
from elchi.node.federation import disk
from elchi.node.federation.models import AgreementVersion, Incoming, Outgoing, Partner, SharedFile
from elchi.node.federation.services import check_files
from elchi.node.federation.services._files import told_of
from elchi.node.federation.services.by_hand import take_by_hand
from elchi.node.federation.services.files import FileDraft
from elchi.node.federation.services.files import send_file as send
from elchi.node.federation.uses import FileUse, register_use


class Taken(FileUse):
    """A use for tests: everything may come."""

    def check(self, told: FileTold, message: Message, partner: Partner) -> None:
        """Take it."""


def agree_files(partner: str) -> None:
    """Put an agreement into force that lets files go."""
    row = Partner.objects.get(code=partner)
    row.country = make_country(partner[:2])
    row.save()
    grants = [grant(FILE, details={FILE: go(), "files": go()})]
    AgreementVersion.objects.create(
        partner=row, agreement="KZ-KG-FILES", version=1, state="in_force", is_ours=True,
        content=agreement_json(id="KZ-KG-FILES", grants=grants, valid_until="2046-01-01"),
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip


def send_file(to: str, path: str) -> str:
    """Send a file."""
    draft = FileDraft(to=to, use="test", name="file.bin", media_type="application/octet-stream", purpose="border_check")
    return send(by=NODE, draft=draft, path=Path(path)).file_id


def files() -> Mapping[str, Any]:
    """Give how far files are, and how often their pieces went and came."""
    check_files()
    rows = []
    for row in SharedFile.objects.order_by("id"):
        place = disk.path_of(row.partner_id, row.file_id, is_ours=row.is_ours)
        digest = hashlib.sha256(place.read_bytes()).hexdigest() if row.state == "kept" else ""
        rows.append([row.file_id, row.state, len(Pieces(told_of(row).pieces, bytes(row.done))), digest])
    return {
        "files": rows,
        "sent": Outgoing.objects.filter(kind=FILE).count(),
        "came": Incoming.objects.filter(kind=FILE).count(),
        "waiting": Outgoing.objects.filter(kind=FILE, envelope__isnull=False).count(),
    }


def take_stick(party: str, path: str) -> Mapping[str, int]:
    """Take what a partner wrote to a file."""
    return take_by_hand(read_bundle(Path(path)), party=party, at=dt.datetime.now(dt.UTC))


def register() -> None:
    """Have files for tests taken."""
    register_use("test", Taken())


STEPS: dict[str, Callable[..., Any]] = {"agree_files": agree_files, "send_file": send_file, "files": files,
                                         "take_stick": take_stick}  # fmt: skip
