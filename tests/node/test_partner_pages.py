"""Pages of partners, keys and agreements: two officers join a node and agree with it by the console alone."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
from typing import Any

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from tests.factories import acting, make_country, make_officer, signed_in
from tests.neighbour import Neighbour
from tests.node.test_agreements_signed import agreement

from elchi.exchange.agreement import FORMAT
from elchi.exchange.carriers.qr import from_frames, to_frames
from elchi.node.checks.models import Check
from elchi.node.federation.models import AgreementVersion, Invitation, OwnKey, Partner
from elchi.node.federation.queries.keys import own_key_document
from elchi.node.federation.services import make_keys
from elchi.node.federation.services.hearing import receive_agreement
from elchi.node.officers.rules import Role
from elchi.seal.document import sign_payload
from elchi.seal.trust import fingerprint_groups

PEER = "KG-AKJ-1"


@pytest.fixture
def neighbour(db: None) -> Neighbour:
    make_keys(by=acting(Role.ADMINISTRATOR))
    make_country("KG")
    return Neighbour(timezone.now().replace(microsecond=0), addresses=("https://elchi.akjol.example:8443",))


def sign_in(role: Role, language: str = "en") -> Client:
    return signed_in(Client(), make_officer(role, language=language))


@pytest.fixture
def administrator(neighbour: Neighbour) -> Client:
    return sign_in(Role.ADMINISTRATOR)


@pytest.fixture
def supervisor(neighbour: Neighbour) -> Client:
    return sign_in(Role.SUPERVISOR)


@pytest.fixture
def keeper(neighbour: Neighbour) -> Client:
    return sign_in(Role.AGREEMENT_KEEPER)


def join(administrator: Client, supervisor: Client, neighbour: Neighbour) -> None:
    administrator.post("/partners/take/", {"file": SimpleUploadedFile("x.elchi", neighbour.invitation())})
    heard = " ".join(fingerprint_groups(neighbour.fingerprint))
    supervisor.post(f"/partners/{PEER}/compare/", {"fingerprint": heard})


def test_a_node_joins_by_two_files_and_what_is_heard(
    administrator: Client, supervisor: Client, neighbour: Neighbour
) -> None:
    made = administrator.post("/partners/invite/", {"note": "Ak-Jol"})
    assert made.headers["Location"] == "/partners/file/"
    document = own_key_document()
    assert document is not None
    shown = administrator.get("/partners/file/").content.decode()
    assert all(group in shown for group in fingerprint_groups(document.sha256))
    file = administrator.get("/partners/file/download/")
    assert (
        file.headers["Content-Disposition"] == f'attachment; filename="invitation-{Invitation.objects.get().pk}.elchi"'
    )

    answer = SimpleUploadedFile("answer.elchi", neighbour.acceptance(file.content))
    assert administrator.post("/partners/take/", {"file": answer}).headers["Location"] == f"/partners/{PEER}/"
    assert "/compare/" not in administrator.get(f"/partners/{PEER}/").content.decode()
    assert f"/partners/{PEER}/compare/" in supervisor.get(f"/partners/{PEER}/").content.decode()
    administrator.post("/partners/keys/X-Wing/change/", {"sent": "1"})
    shown = supervisor.get(f"/partners/{PEER}/").content.decode()
    assert all(group in shown for group in fingerprint_groups(document.sha256)), "that of the file, not the newest"
    page = supervisor.get(f"/partners/{PEER}/compare/").content.decode()
    assert neighbour.fingerprint not in page
    assert fingerprint_groups(neighbour.fingerprint)[0] not in page

    wrong = supervisor.post(f"/partners/{PEER}/compare/", {"fingerprint": "1" * 60})
    assert (wrong.status_code, Partner.objects.get().state) == (422, "invited")
    heard = " ".join(fingerprint_groups(neighbour.fingerprint))
    supervisor.post(f"/partners/{PEER}/compare/", {"fingerprint": heard})
    assert Partner.objects.get().state == "active"
    assert "used" in administrator.get("/partners/").content.decode()


def test_a_node_joins_by_codes_that_a_scanner_types(administrator: Client, neighbour: Neighbour) -> None:
    administrator.post("/partners/invite/", {"note": "Ak-Jol"})
    invitation = administrator.get("/partners/file/download/").content
    shown = administrator.get("/partners/file/codes/").content.decode()
    drawn = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", shown)
    read = [scanned(base64.b64decode(one)) for one in drawn]
    assert (from_frames(reversed(read)), len(read)) == (invitation, len(to_frames(invitation)))

    frames = to_frames(neighbour.acceptance(invitation))
    typed = [*reversed(frames[3:]), frames[0], frames[0]]
    part = administrator.post("/partners/take/", {"codes": "\n".join(typed)})
    assert (part.status_code, Partner.objects.count()) == (422, 0)
    page = part.content.decode()
    assert frames[-1] in page, "what was scanned stays"
    assert "2, 3" in page
    for wrong in ("ELCHI1:00000000:1/1:MFRGG", "a passport", "\n".join([frames[0], to_frames(b"other")[0]])):
        assert administrator.post("/partners/take/", {"codes": wrong}).status_code == 422
    whole = administrator.post("/partners/take/", {"codes": "\r\n".join([*typed, frames[2], frames[1]])})
    assert whole.headers["Location"] == f"/partners/{PEER}/"
    assert Partner.objects.get().state == "invited"


def scanned(picture: bytes) -> str:
    """Read a code as a scanner does, from a page that enlarges it."""
    small = Image.open(io.BytesIO(picture))
    found = zxingcpp.read_barcode(small.resize((4 * small.width, 4 * small.height), Image.Resampling.NEAREST))
    return found.text if found else ""


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * (65 << 10), b'{"payload":"","signatures":[]}'])
def test_a_file_that_is_none_is_refused_at_its_field(administrator: Client, content: bytes) -> None:
    answer = administrator.post("/partners/take/", {"file": SimpleUploadedFile("x.elchi", content)})
    assert (answer.status_code, Partner.objects.count()) == (422, 0)
    assert "id_file" in answer.content.decode()
    assert administrator.post("/partners/take/", {"sent": "1"}).status_code == 422


def test_a_partner_is_reached_suspended_resumed_and_ended(
    administrator: Client, supervisor: Client, neighbour: Neighbour
) -> None:
    join(administrator, supervisor, neighbour)
    administrator.post(f"/partners/{PEER}/reach/", {"ways": "https=https://10.0.0.2:8443\nbundle"})
    assert Partner.objects.get().carriers == [{"kind": "https", "address": "https://10.0.0.2:8443"}, {"kind": "bundle"}]
    wrong = administrator.post(f"/partners/{PEER}/reach/", {"ways": "pigeon"})
    assert wrong.status_code == 422
    supervisor.post(f"/partners/{PEER}/suspend/", {"because": "A stolen laptop."})
    assert "A stolen laptop." in supervisor.get(f"/partners/{PEER}/").content.decode()
    supervisor.post(f"/partners/{PEER}/resume/", {"sent": "1"})
    assert Partner.objects.get().state == "active"
    assert administrator.post(f"/partners/{PEER}/end/", {"because": "x"}).status_code == 403
    supervisor.post(f"/partners/{PEER}/end/", {"because": "It is over."})
    assert Partner.objects.get().state == "ended"
    assert [row.kind for row in Partner.objects.get().outgoing.all()] == ["partner_state"] * 4


def test_keys_are_shown_on_the_screen_and_on_paper_and_changed(administrator: Client) -> None:
    document = own_key_document()
    assert document is not None
    for path in ("/partners/keys/", "/partners/keys/paper/"):
        page = administrator.get(path).content.decode()
        assert all(group in page for group in fingerprint_groups(document.sha256))
        assert "data:image/svg+xml" in page
    administrator.post("/partners/keys/addresses/", {"addresses": "https://elchi.kordai.example:8443"})
    administrator.post("/partners/keys/X-Wing/change/", {"sent": "1"})
    after = own_key_document()
    assert after is not None
    assert (after.version, after.addresses) == (3, ("https://elchi.kordai.example:8443",))
    kid = OwnKey.objects.filter(algorithm="X-Wing").earliest("pk").kid
    administrator.post(f"/partners/keys/{kid}/revoke/", {"because": "Lost."})
    assert OwnKey.objects.get(kid=kid).revoked_because == "Lost."
    assert sign_in(Role.SUPERVISOR).post("/partners/keys/X-Wing/change/", {"sent": "1"}).status_code == 403


def test_an_agreement_is_written_by_one_and_proposed_by_another(
    administrator: Client, supervisor: Client, keeper: Client, neighbour: Neighbour
) -> None:
    join(administrator, supervisor, neighbour)
    today = timezone.localdate()
    told = {"partner": PEER, "template": "bilateral", "name": "KZ-KG-2026", "valid_from": today.isoformat(),
            "valid_until": (today + dt.timedelta(days=365)).isoformat()}  # fmt: skip
    begun = keeper.post("/partners/agreements/new/", told)
    row = AgreementVersion.objects.get()
    assert begun.headers["Location"] == f"/partners/agreements/{row.pk}/write/"
    broken = keeper.post(f"/partners/agreements/{row.pk}/write/", {"text": "{"})
    assert broken.status_code == 422
    page = keeper.get(f"/partners/agreements/{row.pk}/").content.decode()
    assert "/propose/" not in page
    assert ("masked" in page, "not named, so it stays" in page) == (True, True)
    assert keeper.post(f"/partners/agreements/{row.pk}/propose/", {"sent": "1"}).status_code == 403
    supervisor.post(f"/partners/agreements/{row.pk}/propose/", {"sent": "1"})
    row.refresh_from_db()
    assert row.state == "proposed"
    assert b'"signatures"' in keeper.get(f"/partners/agreements/{row.pk}/file/").content
    assert "KZ-KG-2026" in supervisor.get("/partners/agreements/").content.decode()
    assert "proposal of an agreement" in supervisor.get("/partners/messages/").content.decode()


def test_what_a_partner_proposed_is_compared_reviewed_and_countersigned(
    administrator: Client, supervisor: Client, keeper: Client, neighbour: Neighbour
) -> None:
    join(administrator, supervisor, neighbour)
    told = agreement()
    document = sign_payload(told.canonical(), typ=FORMAT, signers=[neighbour.signing])
    receive_agreement(partner=Partner.objects.get(), agreement=told, document=document)
    row = AgreementVersion.objects.get()
    keeper.post(f"/partners/agreements/{row.pk}/review/", {"sent": "1"})
    assert "/countersign/" not in keeper.get(f"/partners/agreements/{row.pk}/").content.decode()
    supervisor.post(f"/partners/agreements/{row.pk}/countersign/", {"sent": "1"})
    row.refresh_from_db()
    assert row.state == "countersigned"
    AgreementVersion.objects.update(state="in_force", in_force_at=timezone.now())
    amended = keeper.get(f"/partners/agreements/{row.pk}/amend/").content.decode()
    assert "&quot;version&quot;: 2" in amended
    keeper.post(f"/partners/agreements/{row.pk}/suspend/", {"because": "Data protection asks."})
    row.refresh_from_db()
    assert (row.state, row.note) == ("suspended", "Data protection asks.")
    assert keeper.get(f"/partners/agreements/{row.pk}/burn/").status_code == 404


def test_the_simulator_counts_and_shows_no_value(
    administrator: Client, supervisor: Client, keeper: Client, neighbour: Neighbour
) -> None:
    join(administrator, supervisor, neighbour)
    told = agreement()
    document = sign_payload(told.canonical(), typ=FORMAT, signers=[neighbour.signing])
    receive_agreement(partner=Partner.objects.get(), agreement=told, document=document)
    pk = AgreementVersion.objects.get().pk
    subject = {"kind": "person", "family_name": "Testov", "given_names": "Ivan", "phones": ["+77010000001"]}
    common: dict[str, Any] = {"via": "console", "kind": "person", "verdict": "review", "took_ms": 1.0}
    Check.objects.create(purpose="border_check", subjects=[subject], **common)
    Check.objects.create(purpose="visa", subjects=[subject], **common)
    Check.objects.create(purpose="border_check", subjects=None, **common)
    answer = keeper.get(f"/partners/agreements/{pk}/simulate/?days=7")
    assert {name: count for name, count in answer.context["outcomes"] if count} == {"reduced": 1, "refused": 1}
    page = answer.content.decode()
    assert ("Testov" in page, "+7701" in page, "1 check more" in page) == (False, False, True)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_list_pages_ask_the_same_however_long_they_are(
    administrator: Client, neighbour: Neighbour, language: str
) -> None:
    del administrator
    client = sign_in(Role.SUPERVISOR, language)
    counts = []
    for number in (1, 3):
        while Partner.objects.count() < number:
            Partner.objects.create(code=f"KG-X-{Partner.objects.count()}", name="x", state="active")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/partners/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
