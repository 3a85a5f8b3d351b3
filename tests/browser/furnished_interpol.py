"""The door to INTERPOL of the furnished node: points, questions, hits, reports. All of it is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.utils import timezone
from tests.factories import make_office
from tests.interpol_bureau import LISTED, copy_content

from elchi.errors import NotAllowed
from elchi.modules.interpol import services
from elchi.modules.interpol.access_point import POINT_KINDS, AccessRule
from elchi.modules.interpol.models import AccessPoint, ConfirmationRequest, Watch
from elchi.modules.interpol.question import KINDS
from elchi.modules.interpol.services import PointCard
from elchi.node.audit.actor import NODE
from elchi.node.federation.keys import own_signers
from elchi.node.federation.models import Partner
from elchi.node.officers.acting import Acting
from elchi.subjects import Document

LAW = "117"
_HOUR = dt.timedelta(hours=1)


def furnish_interpol(by: Mapping[str, Acting], folder: Path) -> dict[str, list[str]]:
    """Make the node a bureau with one of everything; give by role the pages to look at beside those of the menu."""
    chief, second, first, now = by["supervisor"], by["second_line"], by["first_line"], timezone.now()
    services.take_copy(
        by=NODE, file=copy_content(folder, issued_at=now - 60 * _HOUR, signers=own_signers(now)[:1]), at=now
    )
    make_office("taraz", name="Taraz", names={"ru": "Тараз"}, latitude=42.9, longitude=71.4, coordinate_error_km=1.0)
    for code, office, kind in (("KZ-KOR", "kordai", "crossing"), ("KZ-TARAZ", "taraz", "police")):
        services.register_point(by=chief, card=PointCard(code=code, office=office, kind=kind))
        services.move_point(by=chief, code=code, by_move="approve")
    rules = [
        AccessRule(point_kind=point, subject_kind=kind, purposes=frozenset(("border_check",)), law=LAW)
        for point in POINT_KINDS
        for kind in KINDS
    ]
    services.set_access_rules(by=chief, rules=rules, reason=LAW)
    stolen = Document(document_number=LISTED, document_type="P", issuer="KGZ")
    hit = services.ask(by=first, asked=stolen, purpose="border_check")
    clean = services.ask(by=first, asked=Document(document_number="AC0000009", issuer="KGZ"), purpose="border_check")
    with suppress(NotAllowed):
        services.ask(by=first, asked=stolen, purpose="visa")
    services.move_point(by=chief, code="KZ-KOR", by_move="pass_test")
    point = AccessPoint.objects.get(code="KZ-KOR")
    Watch.objects.create(point=point, at=now - 40 * _HOUR, until=now - 10 * _HOUR, was_up=True)
    row = hit.hits.get()
    services.ask_owner(by=second, hit_id=row.pk)
    again = services.ask(by=first, asked=stolen, purpose="border_check").hits.get()
    report = services.propose_report(
        by=second, document=Document(document_number="N12345678", document_type="P", issuer="KAZ"), reported="stolen"
    )
    services.approve_report(by=chief, report_id=report.pk)
    services.propose_report(
        by=second, document=Document(document_number="N7654321", document_type="P", issuer="KAZ"), reported="lost"
    )
    request = ConfirmationRequest.objects.create(
        partner=Partner.objects.get(code="KG-AKJ-1"), message_id="1", thread="1", agreement="KZ-KG-2026:1",
        purpose="border_check", reference="KG-NCB-1-C-0009", record="D-9", reported="stolen", due_at=now + _HOUR,
        subject={"kind": "document", "document_number": "N12345678", "issuer": "KAZ"},
    )  # fmt: skip
    hits = [f"/interpol_hits/{one}/" for one in (row.pk, again.pk)]
    return {
        "first_line": [
            "/interpol_ask/", "/interpol_ask/person/", "/interpol_ask/vehicle/", "/interpol_ask/firearm/",
            *(f"/interpol_ask/queries/{one}/" for one in (hit.pk, clean.pk, clean.pk + 1)),
        ],
        "second_line": [
            *hits, "/interpol_hits/?all=1", f"/interpol_hits/requests/{request.pk}/", "/interpol/reports/",
            "/interpol/reports/propose/",
        ],
        "supervisor": [
            "/interpol/points/register/", "/interpol/points/KZ-KOR/", "/interpol/rules/", "/interpol/rules/change/",
        ],
    }  # fmt: skip
