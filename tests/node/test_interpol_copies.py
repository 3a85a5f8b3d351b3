"""Whose copies a node takes in, and how a process goes on when its files are changed, damaged or gone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from tests.interpol_bureau import LISTED, agree, connected, copy_content, put_copy
from tests.partner_node import PartnerNode, make_own_keys

from elchi.errors import NotFound, PartnerUnreachable, SealBroken
from elchi.modules.interpol import services
from elchi.modules.interpol.offline.document_key import key_of_document
from elchi.modules.interpol.offline.offline_copy import OfflineCopy
from elchi.modules.interpol.question import Question
from elchi.modules.interpol.sides import (
    Unready,
    close_sides,
    copy_folder,
    copy_givers,
    offline_copy,
    offline_side,
    online_side,
)
from elchi.node.audit.actor import NODE
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.subjects import Document

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    return agree(PartnerNode("KG-NCB-1", tmp_path, now))


def take(file: Path, now: dt.datetime) -> int:
    return services.take_copy(by=NODE, file=file, at=now).version


def test_only_this_node_and_bureaus_that_it_may_ask_give_copies(kg: PartnerNode, now: dt.datetime) -> None:
    assert list(copy_givers()) == ["KZ-KOR-1", "KG-NCB-1"]
    AgreementVersion.objects.update(state="suspended")
    assert list(copy_givers()) == ["KZ-KOR-1"]


def test_a_copy_goes_on_to_answer_when_its_giver_is_suspended(
    kg: PartnerNode, tmp_path: Path, now: dt.datetime
) -> None:
    take(copy_content(tmp_path, issued_at=now, issuer=kg.code, signers=(kg.signing,)), now)
    Partner.objects.update(state="suspended")
    close_sides()
    copy = offline_copy()
    assert isinstance(copy, OfflineCopy)
    assert copy.look_up(key_of_document("KGZ", "P", LISTED)).reported == "stolen"
    newer = copy_content(tmp_path, issued_at=now, issuer=kg.code, signers=(kg.signing,), version=2)
    with pytest.raises(SealBroken, match="key_unknown"):
        take(newer, now)


def test_a_node_without_keys_of_its_own_or_a_bureau_takes_none(tmp_path: Path, now: dt.datetime) -> None:
    make_own_keys(now)
    file = copy_content(tmp_path, issued_at=now)
    Partner.objects.all().delete()
    assert take(file, now) == 1
    with pytest.raises(SealBroken, match="copy_giver_wrong"):
        take(copy_content(tmp_path, issued_at=now, issuer="KG-NCB-1", version=2), now)
    with pytest.raises(NotFound, match="copy_missing"):
        offline_copy_of_nothing(tmp_path)


def offline_copy_of_nothing(folder: Path) -> None:
    OfflineCopy(folder / "nothing", key_of=lambda _: None)


def test_a_newer_file_is_seen_and_a_damaged_one_leaves_the_older(tmp_path: Path, now: dt.datetime) -> None:
    put_copy(tmp_path, now)
    take(copy_content(tmp_path, issued_at=now, version=5, numbers=("AC7654321",)), now)
    copy = offline_copy()
    assert isinstance(copy, OfflineCopy)
    assert copy.head.version == 5
    (copy_folder() / "0000000009.copy").write_bytes(b"nothing of the kind")
    again = offline_copy()
    assert isinstance(again, OfflineCopy)
    assert again.head.version == 5
    close_sides()
    assert offline_copy() == Unready("copy_damaged")
    side = offline_side(now)
    assert side is not None
    with pytest.raises(PartnerUnreachable, match="copy_damaged"):
        side.ask(question(now))


def question(now: dt.datetime) -> Question:
    asked = Document(document_number=LISTED, issuer="KGZ")
    return Question(id="1", asked_at=now, country="KZ", access_point="KZ-KOR", purpose="border_check", subject=asked)


def test_a_mapping_is_read_again_when_it_changes(now: dt.datetime) -> None:
    assert online_side() is None
    with connected():
        side = online_side()
        assert side is not None
        assert side is online_side()
        assert side.ask(question(now)).outcome == "hit"
        mapping = copy_folder() / "online" / "mapping.toml"
        mapping.write_text("[connection]\n", encoding="utf-8")
        assert online_side() == Unready("interpol_mapping_invalid")
        (mapping.parent / "bureau.key").unlink()
        mapping.unlink()
        assert online_side() is None
