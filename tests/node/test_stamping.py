"""The log is stamped by an authority; one that is down, or lies, harms nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from tests.partner_node import PartnerNode
from tests.time_authority import OPENSSL, TimeAuthority

from elchi.cli.stamping import ask_authority
from elchi.errors import NotFound, SealBroken
from elchi.exchange.verdict import verify_evidence
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.federation import kinds
from elchi.node.federation.drafts import Draft
from elchi.node.federation.kinds import Handler
from elchi.node.federation.queries.log import LogState, log_state, own_heads
from elchi.node.federation.services import export_evidence, rotate_key, send_message, stamp_heads, stamping
from elchi.node.here import TimeAuthority as Named
from elchi.node.officers.acting import at_machine
from elchi.seal.stamp import read_authorities, request_stamp

PEER = "KG-AKJ-1"
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl here")


class Note(Handler):
    needs_agreement = False


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("tsa") / "other", "Nobody trusts this")


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: TimeAuthority, settings: Any) -> PartnerNode:
    monkeypatch.setitem(kinds._handlers, "note", Note())  # noqa: SLF001  put back after the test
    trust(settings, authority)
    return PartnerNode(PEER, tmp_path, timezone.now().replace(microsecond=0))


def trust(settings: Any, authority: TimeAuthority, address: str = "http://127.0.0.1:9/") -> None:
    root = x509.load_pem_x509_certificate(authority.root).public_bytes(Encoding.DER)
    settings.ELCHI = dataclasses.replace(settings.ELCHI, time_authority=Named(address, (root,)))


def send() -> str:
    return send_message(by=NODE, draft=Draft(to=PEER, kind="note", body={"text": "a lorry"})).message_id


def test_the_log_is_stamped_and_the_stamp_proves_the_message(partner: PartnerNode, authority: TimeAuthority) -> None:
    message = send()
    assert stamp_heads(by=NODE, ask=authority.answer) == 1
    (head,) = own_heads()
    state = log_state()
    assert state.stamp is not None
    assert state == LogState(1, True, 1, state.stamp, None)
    assert (state.stamp.authority, abs(state.stamp.at - timezone.now()) < dt.timedelta(minutes=1)) == (
        "CN=Time of tests", True,
    )  # fmt: skip
    send()  # the log has grown; the stamp is of the log before
    content = export_evidence(by=at_machine("root"), message_id=message)
    told = verify_evidence(content, authorities=read_authorities(authority.root))
    assert told.faults == ()
    assert [(one.party, one.size, one.at, one.authority) for one in told.stamps] == [
        ("KZ-KOR-1", head.size, state.stamp.at, "CN=Time of tests")
    ]
    assert (told.seen_at, "witness" in told.missing) == (state.stamp.at, False)
    unasked = verify_evidence(content)
    assert (unasked.faults, unasked.stamps, "authority" in unasked.missing) == ((), (), True)
    line = AuditLine.objects.get(verb="federation.stamp_head")
    assert (line.on, line.detail["size"], line.detail["authority"]) == ("log:own", 1, "CN=Time of tests")


def test_it_is_asked_once_a_day_and_only_about_a_log_that_grew(
    partner: PartnerNode, authority: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stamp_heads(by=NODE, ask=authority.answer) == 0  # an empty log
    send()
    assert [stamp_heads(by=NODE, ask=authority.answer) for _ in range(2)] == [1, 0]
    send()
    assert stamp_heads(by=NODE, ask=authority.answer) == 0
    monkeypatch.setattr(stamping, "EVERY", dt.timedelta(0))
    assert [stamp_heads(by=NODE, ask=authority.answer) for _ in range(2)] == [1, 0]
    assert list(own_heads().values_list("size", flat=True)) == [2, 1]


def test_who_gives_out_evidence_or_changes_a_key_wants_a_stamp(partner: PartnerNode, authority: TimeAuthority) -> None:
    message = send()
    stamp_heads(by=NODE, ask=authority.answer)
    export_evidence(by=at_machine("root"), message_id=message)
    assert stamp_heads(by=NODE, ask=authority.answer) == 0  # it has one of the log as it is
    other = send()
    export_evidence(by=at_machine("root"), message_id=other)
    assert [stamp_heads(by=NODE, ask=authority.answer) for _ in range(2)] == [1, 0]
    send()
    rotate_key(by=at_machine("root"), algorithm="Ed25519")
    assert log_state().waits_since is not None
    assert stamp_heads(by=NODE, ask=authority.answer) == 1
    assert own_heads()[0].size == 3


def test_an_authority_that_is_down_is_asked_again(partner: PartnerNode, authority: TimeAuthority) -> None:
    def down(_: bytes) -> bytes:
        raise NotFound("address_unreachable", address="", reason="ConnectError")

    first = send()
    for _ in range(2):
        with pytest.raises(NotFound, match="address_unreachable"):
            stamp_heads(by=NODE, ask=down)
    other = send()
    export_evidence(by=at_machine("root"), message_id=other)
    assert [len(bytes(one.token)) for one in own_heads()] == [0, 0]
    assert stamp_heads(by=NODE, ask=authority.answer) == 1
    assert list(own_heads().values_list("size", flat=True)) == [2]  # it stands for the first one too
    told = verify_evidence(
        export_evidence(by=at_machine("root"), message_id=first), authorities=read_authorities(authority.root)
    )
    assert ([one.size for one in told.stamps], told.faults) == ([2], ())


def test_one_that_lies_is_not_believed(
    partner: PartnerNode, authority: TimeAuthority, stranger: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    other = authority.answer(request_stamp(b"something else"))
    for answer in (lambda _: other, stranger.answer, lambda _: b"no answer", lambda _: b""):
        with pytest.raises(SealBroken) as caught:
            stamp_heads(by=NODE, ask=answer)
        assert (caught.value.code, caught.value.params["rule"]) == ("stamp_wrong", "stamp_trusted")
    monkeypatch.setattr(stamping, "AHEAD", dt.timedelta(seconds=-1))  # as if its clock were far from ours
    with pytest.raises(SealBroken) as caught:
        stamp_heads(by=NODE, ask=authority.answer)
    assert caught.value.params["rule"] == "stamp_time"
    assert [bytes(one.token) for one in own_heads()] == [b""]


@pytest.fixture
def service(authority: TimeAuthority) -> Iterator[HTTPServer]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            told = {"/stamp": (200, authority.answer), "/large": (200, lambda _: b"." * 100_000)}
            status, answer = told.get(self.path, (503, lambda _: b""))
            self.send_response(status if self.headers["Content-Type"] == "application/timestamp-query" else 415)
            self.end_headers()
            self.wfile.write(answer(asked))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  as the base has it
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_is_asked_over_http(
    partner: PartnerNode, authority: TimeAuthority, service: HTTPServer, settings: Any
) -> None:
    send()
    place = f"http://127.0.0.1:{service.server_port}"
    for path, reason in (("/busy", "HTTP 503"), ("/large", "answer_too_large")):
        trust(settings, authority, place + path)
        with pytest.raises(NotFound) as caught:
            stamp_heads(by=NODE, ask=ask_authority)
        assert caught.value.params == {"address": place + path, "reason": reason}
    trust(settings, authority, "http://127.0.0.1:9/")
    with pytest.raises(NotFound, match="ConnectError"):
        stamp_heads(by=NODE, ask=ask_authority)
    trust(settings, authority, place + "/stamp")
    assert stamp_heads(by=NODE, ask=ask_authority) == 1


def test_without_an_authority_nothing_is_asked(partner: PartnerNode, settings: Any) -> None:
    settings.ELCHI = dataclasses.replace(settings.ELCHI, time_authority=None)
    send()
    assert stamp_heads(by=NODE, ask=ask_authority) == 0
    assert log_state() == LogState(1, False)
