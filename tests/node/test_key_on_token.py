"""The signing key of the node on a token, which SoftHSM plays: used like one of a file, kept, renewed, lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.factories import acting
from tests.soft_token import PIN, needs_token, soft_token

from elchi.errors import Conflict, InvalidInput
from elchi.node.audit.actor import NODE
from elchi.node.federation import token as tokens
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import KeyVersion, OwnKey, Partner
from elchi.node.federation.queries.keys import document_of, own_key_document
from elchi.node.federation.services import make_keys, renew_keys, revoke_key, rotate_key
from elchi.node.here import Token
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.seal.document import read_document, sign_document
from elchi.seal.trust import read_key_document

START = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
pytest.importorskip("pkcs11", reason="no python-pkcs11: pip install elchi[token]")
pytestmark = needs_token


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    with soft_token(tmp_path_factory.mktemp("token")) as made:
        yield Token(*made)
        end_holder()


def end_holder() -> None:
    if holder := tokens._holders.pop(os.getpid(), None):  # noqa: SLF001  as if the token was pulled out
        holder.communicate()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by(clock: time_machine.Traveller, named: Token, settings: Any) -> Acting:
    settings.ELCHI = dataclasses.replace(settings.ELCHI, token=named)
    made = acting(Role.ADMINISTRATOR)
    make_keys(by=made)
    return made


def on_token() -> list[bool]:
    """Tell of each Ed25519 key, in the order of their use, whether it is on the token."""
    rows = OwnKey.objects.filter(algorithm="Ed25519", revoked_at=None).order_by("valid_from", "pk")
    return [row.place.startswith("pkcs11:") for row in rows]


def chain_holds() -> None:
    """Each version of the key document is one that a partner follows."""
    trusted = None
    for row in KeyVersion.objects.order_by("version"):
        trusted = read_key_document(bytes(row.document), trusted=trusted)


def test_what_the_token_signs_is_read_like_all_else(by: Acting) -> None:
    row = rotate_key(by=by, algorithm="Ed25519", on_token=True)
    (signer,) = own_signers(START)
    assert (signer.kid, bytes(row.public)) == (row.kid, signer.public)
    document = own_key_document()
    assert document is not None
    signed = sign_document({"a": 1}, typ="elchi-test-1", signers=[signer])
    assert read_document(signed, typ="elchi-test-1", key_of=document.key).signed_by == (row.kid,)
    assert on_token() == [False, True, False]  # the old one, this one, the one that stands by
    chain_holds()


def test_no_file_holds_it_and_no_log_the_pin(by: Acting, node_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = {path.name for path in (node_home / "keys").iterdir()}
    rotate_key(by=by, algorithm="Ed25519", on_token=True)
    assert {path.name for path in (node_home / "keys").iterdir()} == before
    told = "".join(capfd.readouterr()) + repr(OwnKey.objects.values())
    assert PIN not in told


def test_partners_learn_of_it_before_it_is_used(by: Acting, clock: time_machine.Traveller) -> None:
    Partner.objects.create(code="KG-AKJ-1", name="Ak-Jol", state="active")
    row = rotate_key(by=by, algorithm="Ed25519", on_token=True)
    assert row.valid_from == START + 7 * DAY
    assert own_signers(START)[0].kid != row.kid
    with pytest.raises(Conflict, match="key_announced"):
        rotate_key(by=by, algorithm="Ed25519")
    with pytest.raises(Conflict, match="key_announced"):
        rotate_key(by=by, algorithm="Ed25519", on_token=True)
    clock.move_to(START + 8 * DAY)
    assert own_signers(START + 8 * DAY)[0].kid == row.kid


def test_each_later_one_is_made_there_too_until_somebody_wants_a_file(
    by: Acting, clock: time_machine.Traveller
) -> None:
    first = rotate_key(by=by, algorithm="Ed25519", on_token=True)
    clock.move_to(START + 366 * DAY)
    assert renew_keys(by=NODE) > 0
    second = OwnKey.objects.get(kid=own_signers(START + 366 * DAY)[0].kid)
    assert (second.place.startswith("pkcs11:"), second.kid != first.kid) == (True, True)
    clock.move_to(START + 367 * DAY)
    back = rotate_key(by=by, algorithm="Ed25519", on_token=False)
    assert not back.place.startswith("pkcs11:")
    assert own_signers(START + 367 * DAY)[0].kid == back.kid
    chain_holds()


def test_a_token_that_is_lost_is_revoked_with_the_key_that_stands_by(by: Acting, settings: Any) -> None:
    row = rotate_key(by=by, algorithm="Ed25519", on_token=True)
    settings.ELCHI = dataclasses.replace(settings.ELCHI, token=None)
    with pytest.raises(Conflict) as caught:
        own_signers(START)[0].sign(b"anything")
    assert (caught.value.code, caught.value.params) == ("key_token_unusable", {"reason": "ELCHI_TOKEN"})
    revoke_key(by=by, kid=row.kid, because="The token is lost.")
    document = document_of(KeyVersion.objects.order_by("-version")[0])
    assert [key.revoked_at for key in document.keys if key.kid == row.kid] == [START]
    own_signers(START)[0].sign(b"anything")
    chain_holds()


def test_a_token_that_is_out_is_told_and_one_that_is_back_signs(
    by: Acting, named: Token, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate_key(by=by, algorithm="Ed25519", on_token=True)
    (signer,) = own_signers(START)
    end_holder()
    for wrong, code in (
        (dataclasses.replace(named, label="nobody"), "key_token_unusable"),
        (dataclasses.replace(named, pin="0000"), "key_token_locked"),
        (dataclasses.replace(named, library=Path(__file__)), "key_token_unusable"),
    ):
        settings.ELCHI = dataclasses.replace(settings.ELCHI, token=wrong)
        with pytest.raises(Conflict, match=code):
            signer.sign(b"anything")
    settings.ELCHI = dataclasses.replace(settings.ELCHI, token=named)
    end_holder()  # so that the next one is killed before it has begun to write at the token
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "PATIENCE", 0.0)  # as if it hung
        with pytest.raises(Conflict, match="key_token_unusable"):
            signer.sign(b"anything")
    assert len(signer.sign(b"anything")) == 64


def test_only_what_a_token_makes_is_made_there(by: Acting, settings: Any) -> None:
    with pytest.raises(InvalidInput, match="key_request_invalid"):
        rotate_key(by=by, algorithm="X-Wing", on_token=True)
    settings.ELCHI = dataclasses.replace(settings.ELCHI, token=None)
    with pytest.raises(Conflict, match="key_token_unusable"):
        rotate_key(by=by, algorithm="Ed25519", on_token=True)
    assert on_token() == [False, False]
