"""Files that go to partners and come from them in pieces: cut, repeated, refused, damaged, taken back, kept on time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from tests.agreements_made import agreement_json, go, grant
from tests.factories import make_country
from tests.partner_node import PartnerNode

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.exchange.batch import STICK, Item
from elchi.exchange.carrier import Pushed
from elchi.exchange.file import FILE, PIECE, FileTold, piece_part, read_piece
from elchi.exchange.message import Handling, Lane, Message, new_id
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.federation import disk, uses
from elchi.node.federation.models import AgreementVersion, Outgoing, Partner, SharedFile
from elchi.node.federation.services import (
    accept,
    check_files,
    expire_files,
    handing,
    remove_kept_messages,
    send_file,
    withdraw_file,
)
from elchi.node.federation.services.by_hand import items_by_hand
from elchi.node.federation.services.files import FileDraft
from elchi.node.federation.services.handing import hand_out
from elchi.node.federation.uses import FileUse
from elchi.node.here import here

KG = "KG-AKJ-1"
WINDOW = 12
"""Pieces: fewer than in earnest, so that the tests are quick."""
DETAILS = {FILE: go(), "files": go()}


class Taken(FileUse):
    """A use for tests: what became of its files is remembered."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.refuses: Exception | None = None

    def check(self, told: FileTold, message: Message, partner: Partner) -> None:
        if self.refuses:
            raise self.refuses

    def came(self, file: SharedFile) -> None:
        self.told.append(("came", file.about))

    def failed(self, file: SharedFile) -> None:
        self.told.append((file.state, file.about))

    def ended(self, file: SharedFile) -> None:
        self.told.append((file.state, file.code))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Taken:
    made = Taken()
    monkeypatch.setitem(uses._uses, "test", made)  # noqa: SLF001  put back after the test
    return made


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(handing, "WINDOW", WINDOW)
    place = here().files / "exchange"
    yield place
    for path in place.glob("*"):
        path.unlink()


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime, use: Taken) -> PartnerNode:
    node = PartnerNode(KG, tmp_path, now)
    Partner.objects.filter(code=KG).update(country=make_country("KG"))
    node.row.refresh_from_db()
    agree(node)
    return node


def agree(node: PartnerNode, details: dict[str, Any] | None = None, **given: Any) -> AgreementVersion:
    told = agreement_json(
        grants=[grant(FILE, details=DETAILS if details is None else details)], valid_until="2046-01-01"
    )
    return AgreementVersion.objects.create(
        partner=node.row, agreement="KZ-KG-2026", version=1, is_ours=True, content=told,
        valid_from=dt.date(2026, 3, 1), **{"state": "in_force", **given},
    )  # fmt: skip


def draft(**given: Any) -> FileDraft:
    values = {"to": KG, "use": "test", "name": "a.bin", "media_type": "application/octet-stream", "about": "un_sc",
              "purpose": "border_check", **given}  # fmt: skip
    return FileDraft(**values)


def made_file(tmp_path: Path, size: int) -> tuple[Path, bytes]:
    content = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(size // 32 + 1))[:size]
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    return path, content


def pieces(kg: PartnerNode, content: bytes, **given: Any) -> list[Item]:
    """Give the pieces of a file as the partner seals them."""
    told = FileTold(
        id=given.pop("id", new_id()), use=given.pop("use", "test"), about="un_sc", name="a.bin",
        media_type="application/octet-stream", size=len(content),
        sha256=given.pop("sha256", hashlib.sha256(content).hexdigest()),
    )  # fmt: skip
    values = {
        "thread": told.id, "lane": Lane.FILE, "agreement": "KZ-KG-2026:1", "purpose": "border_check",
        "retention_until": kg.now.date() + dt.timedelta(days=30), **given,
    }  # fmt: skip
    return [
        kg.says(
            FILE, {"v": 1, FILE: told.describe(n)}, files=(piece_part(content[n * PIECE : (n + 1) * PIECE]),), **values
        )
        for n in range(told.pieces)
    ]


def taken(kg: PartnerNode, *items: Item) -> Pushed:
    return accept(items=items, peer=kg.code, carrier="https", at=kg.now)


def codes(pushed: Pushed) -> list[tuple[str, str]]:
    return [(one.result, one.code) for one in pushed.outcomes]


def handed(kg: PartnerNode) -> list[Item]:
    """Give all that leaves for the partner now, as he would fetch it."""
    found: list[Item] = []
    while more := hand_out(kg.row, limit=64, skip=[one.sha256 for one in found], at=later(kg)):
        found += more
    return found


def later(kg: PartnerNode) -> dt.datetime:
    return kg.now + dt.timedelta(minutes=2)


def left(folder: Path) -> list[Path]:
    """Give what lies on the disk once what waits for the end of the transaction has been done."""
    waiting, connection.run_on_commit = connection.run_on_commit, []
    for callback in waiting:
        callback[1]()
    return list(folder.iterdir())


def read(kg: PartnerNode, items: Sequence[Item]) -> bytes:
    """Give the file that pieces of ours make at the partner."""
    found = {}
    for item in items:
        _, message = kg.open(item)
        _, number, piece = read_piece(message.body, message.files)
        found[number] = piece
    return b"".join(found[number] for number in sorted(found))


def test_a_file_goes_in_windows_and_arrives(kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path) -> None:
    path, content = made_file(tmp_path, (WINDOW + 9) * PIECE + 17)
    row = send_file(by=NODE, draft=draft(), path=path)
    path.unlink()  # it was copied
    first = handed(kg)
    assert len(first) == WINDOW
    assert handed(kg) == first  # no more leaves before some have arrived
    taken(kg, kg.receipt(*first))
    second = handed(kg)
    assert read(kg, [*first, *second]) == content
    assert SharedFile.objects.get(pk=row.pk).state == "sending"
    taken(kg, kg.receipt(*second))
    row.refresh_from_db()
    assert (row.state, row.code, use.told) == ("delivered", "", [("delivered", "")])
    assert left(folder) == []
    assert Outgoing.objects.filter(kind=FILE, envelope__isnull=False).count() == 0


def test_each_piece_says_the_conditions_of_the_agreement(kg: PartnerNode, tmp_path: Path) -> None:
    path, _ = made_file(tmp_path, 10)
    send_file(by=NODE, draft=draft(handling=Handling(code="H2", tlp="RED"), onward="none"), path=path)
    _, message = kg.open(handed(kg)[0])
    assert (message.handling.code, message.handling.tlp, message.onward) == ("H2", "RED", "none")
    assert message.retention_until == kg.now.date() + dt.timedelta(days=30)
    assert (message.agreement, message.purpose, message.lane) == ("KZ-KG-2026:1", "border_check", Lane.FILE)


def test_what_no_agreement_lets_go_stays(kg: PartnerNode, tmp_path: Path, folder: Path) -> None:
    path, _ = made_file(tmp_path, 10)
    for details in ({}, {FILE: go()}):
        AgreementVersion.objects.all().delete()
        agree(kg, details)
        with pytest.raises(NotAllowed) as raised:
            send_file(by=NODE, draft=draft(), path=path)
        assert raised.value.code == "not_covered"
    AgreementVersion.objects.update(state="suspended")
    with pytest.raises(NotAllowed) as raised:
        send_file(by=NODE, draft=draft(), path=path)
    assert raised.value.code == "agreement_missing"
    with pytest.raises(NotFound):
        send_file(by=NODE, draft=draft(to="XX-NO-1"), path=path)
    assert (SharedFile.objects.count(), left(folder)) == (0, [])


def test_a_suspended_agreement_holds_the_rest_back(kg: PartnerNode, tmp_path: Path) -> None:
    path, content = made_file(tmp_path, (WINDOW + 5) * PIECE)
    send_file(by=NODE, draft=draft(), path=path)
    first = handed(kg)
    AgreementVersion.objects.update(state="suspended")
    taken(kg, kg.receipt(*first))
    assert handed(kg) == []
    AgreementVersion.objects.update(state="in_force")
    assert read(kg, [*first, *handed(kg)]) == content


def test_a_stick_takes_more_at_once(kg: PartnerNode, tmp_path: Path) -> None:
    path, content = made_file(tmp_path, (WINDOW + 9) * PIECE)
    send_file(by=NODE, draft=draft(), path=path)
    assert read(kg, items_by_hand(KG, limits=STICK, at=later(kg))) == content


@pytest.mark.parametrize(("outcome", "state"), [("rejected", "refused"), ("expired", "expired")])
def test_one_refused_piece_ends_the_file(
    kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path, outcome: str, state: str
) -> None:
    path, _ = made_file(tmp_path, 5 * PIECE)
    row = send_file(by=NODE, draft=draft(), path=path)
    first = handed(kg)
    taken(kg, kg.receipt(first[0], outcome=outcome, code="shared_files_full"))
    row.refresh_from_db()
    assert (row.state, row.code) == (state, "shared_files_full")
    assert use.told == [(state, "shared_files_full")]
    assert (handed(kg), left(folder)) == ([], [])


def test_a_file_that_waits_too_long_ends(kg: PartnerNode, use: Taken, tmp_path: Path) -> None:
    path, _ = made_file(tmp_path, 10)
    row = send_file(by=NODE, draft=draft(lifetime=dt.timedelta(seconds=-1)), path=path)
    assert expire_files() == 1
    row.refresh_from_db()
    assert (row.state, use.told, handed(kg)) == ("expired", [("expired", "file_expired")], [])


def test_a_larger_file_than_allowed_does_not_go(
    kg: PartnerNode, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, file=1)
    path, _ = made_file(tmp_path, (1 << 20) + 1)
    with pytest.raises(InvalidInput) as raised:
        send_file(by=NODE, draft=draft(), path=path)
    assert raised.value.params == {"field": "size", "rule": "max_bytes", "maximum": 1 << 20}
    assert left(folder) == []


def limit(monkeypatch: pytest.MonkeyPatch, **megabytes: Any) -> None:
    told = {"file_megabytes": megabytes.get("file", 256), "files_megabytes": megabytes.get("files", 1024)}
    monkeypatch.setattr(settings, "ELCHI", replace_config(**told))


def replace_config(**told: Any) -> Any:
    from dataclasses import replace  # noqa: PLC0415  used here alone

    return replace(settings.ELCHI, **told)


def test_pieces_come_in_any_order_and_again(kg: PartnerNode, use: Taken, tmp_path: Path) -> None:
    _, content = made_file(tmp_path, 3 * PIECE + 5)
    one, two, three, four = pieces(kg, content)
    assert codes(taken(kg, four, two)) == [("accepted", ""), ("accepted", "")]
    assert codes(taken(kg, two, one)) == [("duplicate", ""), ("accepted", "")]
    row = SharedFile.objects.get()
    assert (row.state, check_files(), use.told) == ("coming", 0, [])
    taken(kg, three)
    row.refresh_from_db()
    assert (row.state, use.told) == ("whole", [])  # nobody sees it before it was compared
    assert check_files() == 1
    row.refresh_from_db()
    assert (row.state, use.told) == ("kept", [("came", "un_sc")])
    assert disk.path_of(row.partner_id, row.file_id, is_ours=False).read_bytes() == content
    assert (row.handling["code"], row.agreement) == ("H1", "KZ-KG-2026:1")
    line = AuditLine.objects.get(verb="federation.keep_file")
    assert (line.on, line.agreement) == (f"file:{row.file_id}", "KZ-KG-2026:1")


def test_a_file_that_is_not_what_was_told_is_seen_by_nobody(
    kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path
) -> None:
    _, content = made_file(tmp_path, PIECE + 5)
    taken(kg, *pieces(kg, content, sha256="0" * 64))
    assert check_files() == 1
    row = SharedFile.objects.get()
    assert (row.state, row.code, use.told) == ("damaged", "hash_wrong", [("damaged", "un_sc")])
    assert left(folder) == []


def test_bytes_that_changed_on_the_disk_are_found(kg: PartnerNode, use: Taken, tmp_path: Path) -> None:
    _, content = made_file(tmp_path, PIECE + 5)
    taken(kg, *pieces(kg, content))
    row = SharedFile.objects.get()
    disk.write_piece(disk.path_of(row.partner_id, row.file_id, is_ours=False), 0, b"x")
    check_files()
    assert use.told == [("damaged", "un_sc")]


def test_pieces_of_two_files_do_not_mix(kg: PartnerNode, tmp_path: Path) -> None:
    _, content = made_file(tmp_path, 2 * PIECE)
    file_id = new_id()
    first = pieces(kg, content, id=file_id)
    other = pieces(kg, content[::-1], id=file_id)
    assert codes(taken(kg, first[0])) == [("accepted", "")]
    assert codes(taken(kg, other[1])) == [("rejected", "shared_file_invalid")]
    assert codes(taken(kg, first[1])) == [("accepted", "")]
    assert codes(taken(kg, pieces(kg, content, id=file_id)[0])) == [("rejected", "shared_file_over")]


def test_quota_size_use_and_thread(
    kg: PartnerNode, use: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, file=1, files=1)
    _, content = made_file(tmp_path, 700_000)
    assert codes(taken(kg, *pieces(kg, content[: 2 * PIECE]))) == [("accepted", "")] * 2
    assert codes(taken(kg, pieces(kg, content)[0])) == [("rejected", "shared_files_full")]
    assert codes(taken(kg, pieces(kg, content + content)[0])) == [("rejected", "shared_file_too_large")]
    assert codes(taken(kg, pieces(kg, content, use="unknown")[0])) == [("rejected", "shared_file_invalid")]
    assert codes(taken(kg, pieces(kg, content, thread=new_id())[0])) == [("rejected", "shared_file_invalid")]
    use.refuses = Conflict("shared_file_over", file="x", state="removed")
    assert codes(taken(kg, pieces(kg, content)[0])) == [("rejected", "shared_file_over")]
    assert SharedFile.objects.count() == 1


def test_a_file_outside_the_agreement_is_refused(kg: PartnerNode, tmp_path: Path) -> None:
    AgreementVersion.objects.all().delete()
    agree(kg, {FILE: go()})
    _, content = made_file(tmp_path, 10)
    assert codes(taken(kg, *pieces(kg, content))) == [("rejected", "not_covered")]
    assert SharedFile.objects.count() == 0


def test_taken_back_by_its_sender_nothing_is_left(kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path) -> None:
    _, content = made_file(tmp_path, 3 * PIECE)
    one, two, three = pieces(kg, content)
    taken(kg, one, two)
    _, message = opened_by_us(kg, one)
    taken(kg, kg.says("withdrawal", {"message": message.id}, re=message.id, lane=Lane.ALERT))
    assert SharedFile.objects.get().state == "withdrawn"
    assert (use.told, left(folder)) == ([("withdrawn", "un_sc")], [])
    assert codes(taken(kg, three)) == [("rejected", "shared_file_over")]
    assert left(folder) == []


def opened_by_us(kg: PartnerNode, item: Item) -> tuple[Any, Message]:
    from elchi.exchange.message import decode_message  # noqa: PLC0415  used here alone
    from elchi.node.federation.keyring import Keyring  # noqa: PLC0415
    from elchi.seal.envelope import open_sealed  # noqa: PLC0415

    keyring = Keyring(kg.now)
    opened = open_sealed(item.content, keys=keyring.openers, key_of=keyring.key, me=here().code)
    return opened, decode_message(opened.manifest, opened.parts)


def test_we_take_a_file_back(kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path) -> None:
    path, _ = made_file(tmp_path, 6 * PIECE)
    row = send_file(by=NODE, draft=draft(), path=path)
    first = handed(kg)
    taken(kg, kg.receipt(*first[:2]))
    withdraw_file(by=NODE, file=row)
    leaving = handed(kg)
    messages = [kg.open(item)[1] for item in leaving]
    assert [message.kind for message in messages] == ["withdrawal"]
    assert messages[0].re == kg.open(first[0])[1].id
    row.refresh_from_db()
    assert (row.state, use.told, left(folder)) == ("withdrawn", [("withdrawn", "")], [])
    with pytest.raises(Conflict):
        withdraw_file(by=NODE, file=row)


def test_what_is_kept_long_enough_is_removed(kg: PartnerNode, tmp_path: Path, folder: Path) -> None:
    _, content = made_file(tmp_path, 10)
    taken(kg, *pieces(kg, content, retention_until=kg.now.date()))
    check_files()
    assert expire_files() == 0
    SharedFile.objects.update(retention_until=kg.now.date() - dt.timedelta(days=1))
    assert expire_files() == 1
    assert (SharedFile.objects.get().state, left(folder)) == ("removed", [])
    remove_kept_messages(by=NODE)


def test_a_file_that_never_comes_whole_is_removed(kg: PartnerNode, use: Taken, tmp_path: Path, folder: Path) -> None:
    _, content = made_file(tmp_path, 2 * PIECE)
    taken(kg, pieces(kg, content)[1])
    SharedFile.objects.update(expires_at=kg.now - dt.timedelta(hours=1))
    assert expire_files() == 1
    assert (use.told, left(folder)) == ([("expired", "un_sc")], [])


def test_leftovers_without_a_row_are_swept_after_a_day(kg: PartnerNode, folder: Path) -> None:
    import os  # noqa: PLC0415  used here alone

    place = disk.path_of(kg.row.pk, new_id(), is_ours=False)
    disk.write_piece(place, 0, b"left by a cut")
    expire_files()
    assert place.exists()
    os.utime(place, (0, 0))
    expire_files()
    assert not place.exists()
