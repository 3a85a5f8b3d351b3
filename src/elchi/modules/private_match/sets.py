"""The set of tags that a partner is given: of which entries it is made, when anew, and where it lies.

Only what a partner may be told of is in it (`watchlists.rules.may_be_told`): nothing discreet, nothing for some
agencies or purposes alone, nothing whose owner must be asked first. Each partner's set is made with a key of its own,
so two partners cannot lay theirs side by side, and the key changes by the month.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, NotFound
from elchi.exchange.private_match import RULES, TAG, TagSet, derive_key, outputs, tag_of
from elchi.lists import Entry
from elchi.lists.version import iterate
from elchi.modules.private_match.marks import inputs_of_entry
from elchi.modules.private_match.models import HeldSet
from elchi.node.federation.models import Partner
from elchi.node.here import here
from elchi.node.watchlists.live import LiveLists, list_facts, live
from elchi.node.watchlists.rules import may_be_told
from elchi.screening.section_file import open_sections, write_sections

MONTH: Final = 30
"""Days for which a key holds."""
KEPT: Final = 2
"""Sets of a partner: he may still speak of the one before."""
_AT_ONCE: Final = 50_000
_FILE_RULES: Final = f"private-match-{RULES}"


def current_set(partner: Partner, *, at: dt.datetime) -> HeldSet:
    """Give the set that a partner has to be asked against, made anew when the lists or the month changed.

    It takes a minute for a million keys: called by the worker.

    Raises:
        Conflict: `no_lists` where nothing is in force: nothing in common would be a lie.
    """
    lists = live()
    if not lists.screener.lists:
        raise Conflict("no_lists")
    epoch, made_of = at.date().toordinal() // MONTH, _made_of(lists, at.date())
    row = HeldSet.objects.filter(partner=partner).first()
    if row and (row.epoch, row.made_of) == (epoch, made_of) and _path(row.set_id).exists():
        return row
    return _make(partner, lists, epoch=epoch, made_of=made_of)


def tags_of(held: HeldSet) -> TagSet:
    """Give the tags of a set.

    Raises:
        Conflict: `index_unusable`.
    """
    return TagSet(open_sections(_path(held.set_id), _FILE_RULES)["tags"].tobytes())


def key_of(held: HeldSet, partner: Partner) -> bytes:
    """Give the secret key of a set."""
    seed = hmac.digest(settings.SECRET_KEY.encode(), b"elchi: private match", "sha256")
    return derive_key(seed, f"{partner.code}\0{held.epoch}".encode())


def entry_behind(held: HeldSet, tag: bytes) -> tuple[str, str]:
    """Give the list and the id of the entry that a tag of ours stands for.

    Raises:
        NotFound: `tag_unknown`.
        Conflict: `index_unusable`.
    """
    sections = open_sections(_path(held.set_id), _FILE_RULES)
    place = TagSet(sections["tags"].tobytes()).place_of(tag)
    if place is None:
        raise NotFound("tag_unknown")
    number = int(sections["owners"][place])
    begins = sections["begins"]
    name, entry = bytes(sections["names"][begins[number] : begins[number + 1]]).decode().split("\0")
    return name, entry


def _make(partner: Partner, lists: LiveLists, *, epoch: int, made_of: str) -> HeldSet:
    row = HeldSet(partner=partner, set_id=secrets.token_hex(16), epoch=epoch, made_of=made_of)
    key, threads = key_of(row, partner), os.cpu_count() or 1
    owners: dict[bytes, int] = {}
    names: list[bytes] = []
    waiting = _inputs(lists, timezone.localdate(), names)
    while some := list(islice(waiting, _AT_ONCE)):
        for (_, owner), output in zip(some, outputs(key, [told for told, _ in some], threads=threads), strict=True):
            owners.setdefault(tag_of(output), owner)
    ordered = sorted(owners)
    row.size = len(ordered)
    begins = np.zeros(len(names) + 1, "<u8")
    begins[1:] = np.cumsum([len(one) for one in names]) if names else []
    sections = {
        "tags": np.frombuffer(b"".join(ordered), "u1"),
        "owners": np.array([owners[tag] for tag in ordered], "<u4"),
        "names": np.frombuffer(b"".join(names), "u1"),
        "begins": begins,
    }
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    write_sections(_path(row.set_id), _FILE_RULES, sections)
    with transaction.atomic():
        row.save()
        for old in HeldSet.objects.filter(partner=partner)[KEPT:]:
            old.delete()
            _path(old.set_id).unlink(missing_ok=True)
    return row


def _inputs(lists: LiveLists, today: dt.date, names: list[bytes]) -> Iterator[tuple[bytes, int]]:
    """Give what is compared, and the number of the entry; its name is put at the end of `names`."""
    for name, entry in _told(lists, today):
        names.append(f"{name}\0{entry.id}".encode())
        for told in dict.fromkeys(inputs_of_entry(entry)):
            yield told, len(names) - 1


def _told(lists: LiveLists, today: dt.date) -> Iterator[tuple[str, Entry]]:
    """Give the entries that a partner may be told of."""
    for version in lists.screener.lists:
        row = lists.rows.get(version.name)
        if row is None or row.agencies or row.purposes or not may_be_told(list_facts(row)):
            continue
        for entry in iterate(version):
            if row.origin == "own":
                facts = lists.facts.get((version.name, entry.id))
                if facts is None or not may_be_told(facts) or (facts.expires_date or today) < today:
                    continue
            yield version.name, entry


def _made_of(lists: LiveLists, today: dt.date) -> str:
    """Give a hash of what decides what is in the set: versions, rules of their use, and the day where entries end."""
    told = [
        f"{version.name}:{version.version}:{row.agencies}:{row.purposes}:{list_facts(row)}"
        for version in lists.screener.lists
        if (row := lists.rows.get(version.name))
    ]
    ended = sum(end < today for end in lists.ends.values())
    return hashlib.sha256("\n".join((*sorted(told), f"{RULES}:{TAG}:{ended and today}")).encode()).hexdigest()


def _folder() -> Path:
    return here().home / "private_match"


def _path(set_id: str) -> Path:
    return _folder() / f"{set_id}.bin"
