"""The two sides as this node has them: files in its folder, opened once a process, opened again when they change.

    interpol/online/mapping.toml     how the online side is asked; its certificates lie beside it
    interpol/0000000012.copy         the offline copy, and its changes

A side that cannot be used is asked like one that does not answer: officers go on with the other, and the board says
why.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from elchi.errors import ElchiError, NotFound, PartnerUnreachable, SealBroken
from elchi.exchange.agreement import Agreement, Party
from elchi.modules.interpol.mapping import read_mapping
from elchi.modules.interpol.offline.copy_file import CopyHead, read_copy_head
from elchi.modules.interpol.offline.offline_copy import OfflineCopy
from elchi.modules.interpol.online import OnlineSide
from elchi.modules.interpol.question import OfflineSide, Question, Side, SideAnswer
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.federation.queries.keys import key_in_history, key_of
from elchi.node.federation.queries.partners import partners
from elchi.node.here import here, keys_passphrase
from elchi.seal.public_key import PublicKey

MAPPING: Final = "mapping.toml"
QUERY: Final = "interpol.query"
_log = logging.getLogger("elchi.interpol")
_lock: Final = threading.Lock()
_opened: Final[dict[Path, tuple[Any, Any]]] = {}
"""Folder to what it was opened as, and from which state of the files."""


@dataclass(frozen=True, slots=True)
class Unready:
    """A side that cannot be used, by the code of what is wrong with its files."""

    code: str

    def ask(self, question: Question) -> SideAnswer:  # noqa: ARG002  none is answered
        """Refuse.

        Raises:
            PartnerUnreachable: `interpol_unreachable`.
        """
        raise PartnerUnreachable("interpol_unreachable", reason=self.code)


def copy_folder() -> Path:
    """Give the folder of the offline copy."""
    return here().home / "interpol"


def online_side() -> Side | None:
    """Give the online side; None where there is no mapping."""
    folder = copy_folder() / "online"
    try:
        state = tuple((one.name, one.stat().st_mtime_ns) for one in sorted(folder.iterdir()))
    except FileNotFoundError:
        return None
    if not any(name == MAPPING for name, _ in state):
        return None
    with _lock:
        side, before = _opened.get(folder, (None, None))
        if before != state:
            _close(side)
            side = _open_online(folder)
            _opened[folder] = side, state
    opened: Side = side
    return opened


def offline_copy() -> OfflineCopy | Unready | None:
    """Give the offline copy as it is now; None where there is none.

    Who asks while a newer file is opened is answered from the one before.
    """
    copy: OfflineCopy | None = None
    try:
        copy = _open_copy(copy_folder())
        copy.refresh()
    except NotFound:
        return None
    except (ElchiError, OSError) as error:
        code = error.code if isinstance(error, ElchiError) else "copy_damaged"
        _log.error("copy refused", extra={"code": code})
        return copy or Unready(code)
    return copy


def close_sides() -> None:
    """Close what this process has opened; it is opened again when it is needed."""
    with _lock:
        for side, _ in _opened.values():
            _close(side)
        _opened.clear()


def offline_side(now: dt.datetime) -> Side | None:
    """Give the offline copy as a side."""
    copy = offline_copy()
    return OfflineSide(copy, now=now) if isinstance(copy, OfflineCopy) else copy


def check_giver(file: Path) -> CopyHead:
    """Give the head of a file, if who signed it may give out copies here: this node, or a bureau that it may ask.

    Raises:
        NotFound: `copy_giver_unknown`: nobody may.
        SealBroken: `copy_giver_wrong`: it names another giver than the one that signed; as `read_copy_head`.
    """
    refused: ElchiError = NotFound("copy_giver_unknown")
    for party in copy_givers():
        try:
            head = read_copy_head(file, key_of=partial(key_of, party))
        except SealBroken as error:
            refused = error
            continue
        if head.issuer != party:
            raise SealBroken("copy_giver_wrong", giver=head.issuer[:32], signer=party)
        return head
    raise refused


def copy_givers() -> Iterator[str]:
    """Give the codes of those whose copies are taken in: this node, and bureaus that it may ask by an agreement."""
    yield here().code
    us = own_party()
    for agreed in agreed_partners():
        if any(_may_ask(one, us, agreed.party) for one in agreed.agreements):
            yield agreed.party.node


def giver_key(kid: str) -> PublicKey | None:
    """Give a key of somebody who may give out copies."""
    return next((key for party in copy_givers() if (key := key_of(party, kid))), None)


def _may_ask(agreement: Agreement, us: Party, bureau: Party) -> bool:
    way = agreement.direction(us, bureau)
    return any((use.direction, use.kind) == (way, QUERY) for use in agreement.uses)


def _any_key(kid: str) -> PublicKey | None:
    """Give a key that counted when the files were taken in, whatever became of it since."""
    parties = (here().code, *partners().values_list("code", flat=True))
    return next((key for party in parties if (key := key_in_history(party, kid))), None)


def _open_copy(folder: Path) -> OfflineCopy:
    with _lock:
        copy, _ = _opened.get(folder, (None, None))
        if copy is None:
            copy = OfflineCopy(folder, key_of=_any_key)
            _opened[folder] = copy, None
        opened: OfflineCopy = copy
        return opened


def _open_online(folder: Path) -> Side:
    try:
        mapping = read_mapping((folder / MAPPING).read_text(encoding="utf-8"))
        return OnlineSide(mapping, folder=folder, passphrase=keys_passphrase())
    except ElchiError as error:
        code = error.code
    except (OSError, UnicodeDecodeError):
        code = "interpol_mapping_invalid"
    _log.error("online side refused", extra={"code": code})
    return Unready(code)


def _close(side: Any) -> None:
    if isinstance(side, OnlineSide):
        side.close()
