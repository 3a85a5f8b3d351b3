"""Private matches for tests that look at every page: one that is done, one that waits, contacts, a budget."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from tests.agreements_made import agreement_json, go, grant

from elchi.exchange.private_match import KINDS
from elchi.modules.private_match import services
from elchi.modules.private_match.models import Asked, Contact, MatchBudget
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.officers.acting import Acting

MARKS = [
    {"kind": "phone", "text": "+7 701 555 12 34"}, {"kind": "plate", "text": "05KG321DEM"},
    {"kind": "name", "text": "Шарипзода Хуршед, 1980"},
]  # fmt: skip


def furnish_match(second: Acting, partner: str) -> dict[str, list[str]]:
    """Put it into the node; give the pages to look at, by role."""
    row = Partner.objects.get(code=partner)
    grants = [grant(*KINDS, purposes=["investigation"], details={"match": go(), "contact": go()})]
    content = agreement_json(id="KZ-KG-MATCH", grants=grants, valid_until="2036-01-01")
    AgreementVersion.objects.create(
        partner=row, agreement="KZ-KG-MATCH", version=1, state="in_force", is_ours=True, content=content,
        valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip
    terms = {"partner": partner, "purpose": "investigation", "task": "KZ-KOR-1-C-2026-17"}
    done = services.ask_privately(by=second, marks=MARKS, **terms)
    waits = services.ask_privately(by=second, marks=MARKS[:1], **terms)
    desk = {"agency": "Пограничная служба", "desk": "Оперативный дежурный", "phone": "+996 555 000 111"}
    found = [{"key": 0, "tag": "00" * 10}, {"key": 2, "tag": "11" * 10}]
    Asked.objects.filter(pk=done.pk).update(
        state="done", found=found, desk=desk, set_id="ab" * 16, finished_at=timezone.now()
    )
    services.open_contact(by=second, asked_id=done.pk, key=0)
    theirs = Contact.objects.create(
        partner=row, watchlist="wanted", entry="w-1", desk=desk, purpose="investigation",
        agreement="KZ-KG-MATCH:1", message_id="", opened_by=f"partner:{partner}", keep_until=done.keep_until,
    )  # fmt: skip
    MatchBudget.objects.create(partner=row, throttled_at=timezone.now(), throttled_because="every_day_full")
    base = "/private-match/"
    return {
        "second_line": [
            f"{base}ask/", f"{base}{done.pk}/", f"{base}{waits.pk}/", f"{base}contacts/{theirs.pk}/",
            f"{base}budgets/",
        ],
        "supervisor": [f"{base}budgets/{partner}/"],
        "agreement_keeper": [f"{base}budgets/"],
    }  # fmt: skip
