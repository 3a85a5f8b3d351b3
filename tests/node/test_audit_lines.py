"""The audit: lines follow each other without a gap, and only inside the transaction of what they tell."""

from __future__ import annotations

import pytest
from django.db import transaction

from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.audit.queries import content_of
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.seal.evidence import START, chain_hash


def test_each_line_carries_the_hash_of_the_one_before() -> None:
    with transaction.atomic():
        for number in range(3):
            record(Verb.SIGN_DAY, by=NODE, on=f"day:{number}", lines=number)
    lines = list(AuditLine.objects.order_by("sequence"))
    assert [line.sequence for line in lines] == [1, 2, 3]
    assert [line.previous for line in lines] == [START, lines[0].hash, lines[1].hash]
    assert [line.hash for line in lines] == [chain_hash(line.previous, content_of(line)) for line in lines]


@pytest.mark.django_db(transaction=True)
def test_a_line_is_refused_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(Verb.SIGN_DAY, by=NODE, on="day:1")


def test_a_line_goes_with_what_it_tells_of() -> None:
    @transaction.atomic
    def fail() -> None:
        record(Verb.SIGN_DAY, by=NODE, on="day:1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert AuditLine.objects.count() == 0
