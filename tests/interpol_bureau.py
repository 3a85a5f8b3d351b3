"""A node as a national bureau, for tests: access points, rules, both sides. All of it is invented."""

from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.factories import acting, make_agency, make_country, make_office
from tests.interpol_side import RECORDS, TEXT, make_certificates
from tests.partner_node import PartnerNode, make_own_keys

from elchi.exchange.agreement import Side, templates
from elchi.exchange.batch import Item
from elchi.exchange.message import Lane, Message
from elchi.modules.interpol import services
from elchi.modules.interpol.access_point import POINT_KINDS, AccessRule
from elchi.modules.interpol.models import AccessPoint, OnlineTask
from elchi.modules.interpol.offline.build import COLUMNS, read_whole
from elchi.modules.interpol.offline.copy_file import WHOLE, CopyHead, write_copy_file
from elchi.modules.interpol.question import KINDS
from elchi.modules.interpol.services import PointCard
from elchi.modules.interpol.sides import close_sides, copy_folder, offline_copy
from elchi.modules.interpol.simulator import Simulator
from elchi.node.audit.actor import NODE
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import AgreementVersion, Outgoing, Partner
from elchi.node.here import here, keys_passphrase
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.seal.keys import Signer

LISTED = "AC1234567"
"""Stolen, of Kyrgyzstan, in the simulator and in the copies made here."""
AGREEMENT = "INTERPOL-2026"


def chief(**given: Any) -> Acting:
    return acting(Role.SUPERVISOR, **given)


def make_point(
    code: str = "KZ-KOR", *, serving: bool = True, office: str = "kordai", kind: str = "crossing"
) -> AccessPoint:
    """Make an office an access point; one that serves has made its test."""
    make_office(office)
    services.register_point(by=chief(), card=PointCard(code=code, kind=kind, office=office))
    if serving:
        services.move_point(by=chief(), code=code, by_move="approve")
    return AccessPoint.objects.get(code=code)


def allow(*purposes: str, a_day: int = 1_000, kinds: tuple[str, ...] = KINDS) -> None:
    """Put access rules into force that let every kind of point ask."""
    rules = [
        AccessRule(point_kind=point, subject_kind=kind, purposes=frozenset(purposes or ("border_check",)),
                   law="Invented act, art. 5", a_day=a_day)
        for point in POINT_KINDS for kind in kinds
    ]  # fmt: skip
    services.set_access_rules(by=chief(), rules=rules, reason="First rules")


@contextmanager
def connected(records: list[dict[str, Any]] | None = None, **connection: object) -> Iterator[Simulator]:
    """Connect this node to a simulator of the online side."""
    folder = copy_folder() / "online"
    folder.mkdir(parents=True, exist_ok=True)
    make_certificates(folder, keys_passphrase())
    with Simulator(
        records if records is not None else RECORDS, certificate=folder / "side.crt", key=folder / "side.key",
        trusted=folder / "bureau.crt",
    ) as simulator:  # fmt: skip
        values: dict[str, object] = {"address": simulator.address, "tries": 1, **connection}
        lines = TEXT.splitlines()
        for name, value in values.items():
            written = f'"{value}"' if isinstance(value, str) else str(value)
            lines = [f"{name} = {written}" if line.startswith(f"{name} = ") else line for line in lines]
        (folder / "mapping.toml").write_text("\n".join(lines), encoding="utf-8")
        try:
            yield simulator
        finally:
            close_sides()


def ask_online() -> int:
    """Ask the online side what waits for it, as the threads of a process do; give how often somebody was asked."""
    waiting = list(OnlineTask.objects.values_list("query", flat=True))
    return sum(services.ask_online(by=NODE, query_id=one) for one in waiting)


def copy_content(
    folder: Path, *, issued_at: dt.datetime, issuer: str = "", signers: tuple[Signer, ...] = (), version: int = 1,
    numbers: tuple[str, ...] = (LISTED,),
) -> Path:  # fmt: skip
    """Make a whole copy of a few documents; signed by this node unless others are given."""
    table = "\n".join((COLUMNS, *(f"KGZ\tP\t{number}\tstolen" for number in numbers)))
    built = read_whole(io.BytesIO(table.encode()))
    head = CopyHead(kind=WHOLE, version=version, issued_at=issued_at, issuer=issuer or here().code, types=built.types)
    file = folder / f"{secrets.token_hex(4)}.copy"
    write_copy_file(file, head, built.words, signers=signers or own_signers(issued_at)[:1])
    return file


def put_copy(folder: Path, now: dt.datetime, *, age: dt.timedelta = dt.timedelta(hours=1)) -> None:
    """Give this node an offline copy of its own, so old."""
    make_own_keys(now)
    services.take_copy(by=NODE, file=copy_content(folder, issued_at=now - age), at=now)
    assert offline_copy() is not None


def agree(node: PartnerNode, **terms: Any) -> PartnerNode:
    """Put the template for bureaus into force with a partner, whose country begins its code."""
    node.row.country = make_country(node.code[:2])
    node.row.save()
    us, them = (
        Side(name={"en": name, "ru": name}, countries=(), agencies=(), offices=(), nodes=(name,))
        for name in (here().code, node.code)
    )
    content = templates()["interpol"].fill(
        agreement_id=AGREEMENT, side_a=us, side_b=them, valid_from=dt.date(2026, 1, 1), valid_until=dt.date(2046, 1, 1)
    )  # fmt: skip
    AgreementVersion.objects.create(
        partner=node.row, agreement=AGREEMENT, version=1, state="in_force", is_ours=True,
        content={**content.to_json(), **terms}, valid_from=dt.date(2026, 1, 1),
    )  # fmt: skip
    return node


def said(node: PartnerNode, kind: str, body: dict[str, Any], **given: Any) -> Item:
    """Have a partner say something under the agreement."""
    values: dict[str, Any] = {
        "lane": Lane.QUESTION, "agreement": f"{AGREEMENT}:1", "purpose": "border_check",
        "retention_until": node.now.date() + dt.timedelta(days=30), "onward": "none", **given,
    }  # fmt: skip
    return node.says(kind, {"v": 1, **body}, **values)


def sent(node: PartnerNode, kind: str) -> list[Message]:
    """Open what lies in the outbox for a partner."""
    rows = Outgoing.objects.filter(kind=kind, partner__code=node.code).order_by("id")
    return [
        node.open(Item(node.code, Lane(row.lane), row.expires_at, "envelope", bytes(row.envelope or b"")))[1]
        for row in rows
    ]


def ministry() -> Any:
    return make_agency("kz-border")


def rejoin(code: str, **told: Any) -> None:
    Partner.objects.filter(code=code).update(**told)
