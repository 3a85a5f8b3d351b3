"""Whatever is changed in the audit behind the node's back, verification says so."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine, DayRoot
from elchi.node.audit.queries import KEY_FILE, Verification, subject_hashes, verify
from elchi.node.audit.services import record, sign_days
from elchi.node.audit.verbs import Verb
from elchi.node.here import here, keys_passphrase
from elchi.seal.keys import SigningKey

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.create(here().keys / KEY_FILE, keys_passphrase())


@pytest.fixture
def three_days(key: SigningKey) -> SigningKey:
    """Two days that are signed, and a third that is not over."""
    for day in (18, 20, 21):
        with time_machine.travel(dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC), tick=False):
            sign_days(by=NODE)
            for number in range(5):
                with transaction.atomic():
                    record(Verb.SUBMIT_CHECK, by=NODE, on=f"check:{day}{number}", took_ms=1.5, lists={"un": 2})
    return key


def verified(key: SigningKey) -> Verification:
    return verify("KZ-KOR-1", key.public, today=TODAY)


def faults(key: SigningKey) -> list[tuple[str, str]]:
    return [(fault.code, fault.at) for fault in verified(key).faults]


def test_what_was_written_is_whole(three_days: SigningKey) -> None:
    told = verified(three_days)
    assert told.faults == []
    assert (told.lines, told.days, told.unsigned_lines) == (17, 2, 6)
    assert [(root.date.day, root.first, root.last) for root in DayRoot.objects.order_by("date")] == [
        (18, 1, 5),
        (20, 6, 11),
    ]


def test_signing_again_signs_nothing_twice(three_days: SigningKey) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 23, tzinfo=dt.UTC)):
        assert sign_days(by=NODE) == []


def test_a_changed_line_is_told(three_days: SigningKey) -> None:
    AuditLine.objects.filter(sequence=3).update(actor="somebody.else")
    assert faults(three_days) == [("line_changed", "3")]


def test_a_changed_line_with_a_new_hash_is_told_by_the_next_and_by_its_day(three_days: SigningKey) -> None:
    AuditLine.objects.filter(sequence=3).update(hash="f" * 64)
    assert faults(three_days) == [("line_changed", "3"), ("line_changed", "4"), ("day_changed", "2026-11-18")]


def test_a_missing_line_is_told(three_days: SigningKey) -> None:
    AuditLine.objects.filter(sequence=8).delete()
    assert faults(three_days) == [("line_missing", "8"), ("line_changed", "9"), ("day_changed", "2026-11-20")]


def test_lines_cut_off_a_signed_day_are_told(three_days: SigningKey) -> None:
    AuditLine.objects.filter(sequence__gte=10).delete()
    assert faults(three_days) == [("line_missing", "11")]


def test_a_root_of_another_key_is_told(three_days: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = SigningKey.create(tmp_path_factory.mktemp("other") / "signing.pem", keys_passphrase())
    assert faults(other) == [("day_unsigned", "2026-11-18"), ("day_unsigned", "2026-11-20")]


def test_a_root_taken_away_is_told(three_days: SigningKey) -> None:
    DayRoot.objects.all().delete()
    assert faults(three_days) == [("day_missing", "2026-11-18")]


def test_a_mark_is_found_however_it_is_typed() -> None:
    def hashes(text: str) -> tuple[str, ...]:
        return subject_hashes(text, today=TODAY, region="KZ")

    assert set(hashes("AC 0000117")) & set(hashes("ас0000117"))
    assert not set(hashes("AC0000117")) & set(hashes("AC0000118"))
