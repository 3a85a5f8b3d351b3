"""Pages of a list ask the database as often for three rows as for one; other lists have such a test beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.node.audit.actor import NODE
from elchi.node.audit.models import DayRoot
from elchi.node.audit.queries import KEY_FILE
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.manifests import Told
from elchi.node.checks.models import Retention
from elchi.node.checks.services import screen_manifests, submit_manifest
from elchi.node.here import here, keys_passphrase
from elchi.node.officers.models import SignIn
from elchi.node.officers.rules import Role
from elchi.seal.keys import SigningKey

WANTED = "p1,Khurshed SHARIPZODA,1980-04-09,AB1234567\n"


def _manifest(lines: int = 1) -> int:
    text = "id,name,birth_date,document_number\n" + WANTED * lines
    manifest = submit_manifest(
        by=acting(Role.SECOND_LINE), name="train.csv", file=[text.encode()], terms=Told(purpose="border_check")
    )
    screen_manifests(by=NODE)
    return manifest.pk


def _line() -> None:
    with transaction.atomic():
        record(Verb.SUBMIT_CHECK, by=acting(Role.FIRST_LINE), on="check:1", subject="ab" * 16)


def _day() -> None:
    date = dt.date(2026, 1, 1) + dt.timedelta(days=DayRoot.objects.count())
    DayRoot.objects.create(date=date, first=1, last=1, root="", signature="", key="", signed_at=timezone.now())


def _sign_in() -> None:
    officer = make_officer(Role.FIRST_LINE)
    SignIn.objects.create(sign_in_name=officer.sign_in_name, officer=officer, address="10.0.0.7")


def _policy() -> None:
    Retention.objects.create(by="chief", reason="x")


@pytest.mark.parametrize(
    ("address", "role", "make"),
    [
        ("/manifests/", Role.SECOND_LINE, _manifest),
        ("/audit/", Role.AUDITOR, _line),
        ("/audit/untasked/", Role.AUDITOR, _line),
        ("/audit/days/", Role.AUDITOR, _day),
        ("/officers/sign-ins/", Role.AUDITOR, _sign_in),
        ("/node/retention/", Role.AUDITOR, _policy),
    ],
)
def test_a_list_asks_the_same_for_one_row_and_for_three(
    client: Client, address: str, role: Role, make: Callable[[], object]
) -> None:
    SigningKey.create(here().keys / KEY_FILE, keys_passphrase())
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}})
    signed_in(client, make_officer(role, agency=make_agency()))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make()
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_manifest_asks_the_same_for_one_finding_and_for_three(client: Client) -> None:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"], "passportNumber": ["AB1234567"]}})
    signed_in(client, make_officer(Role.SECOND_LINE))
    counts = []
    for lines in (1, 3):
        address = f"/manifests/{_manifest(lines)}/"
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
