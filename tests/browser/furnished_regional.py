"""What of the regional module there is at a state's node, for tests that look at every page."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from elchi.modules.regional import services
from elchi.modules.regional.entity import PutField
from elchi.modules.regional.models import (
    Corridor,
    EarlyWarning,
    Entity,
    EntityField,
    EntityKey,
    Entry,
    InboxItem,
    Operation,
    Report,
    Told,
)
from elchi.node.directory.models import Country
from elchi.node.federation.models import Partner
from elchi.node.officers.acting import Acting


def furnish_regional(by: dict[str, Acting], partner: str) -> dict[str, list[str]]:
    """Put it into the node; give the pages to look at, by role."""
    row, now = Partner.objects.get(code=partner), timezone.now()
    report = Report.objects.create(
        partner=row, country="KG", thread="t", message_id="m", agreement="KZ-KG-2026:1", for_members=True,
        event_kind="seizure", event_day=timezone.localdate(), border="KG-KZ", states=["KG", "KZ"], is_led=True,
        goods=[{"goods": "drug", "substance": "heroin", "kilograms": "12.5"}], told={"event_kind": "seizure"},
        sent_at=now,
    )  # fmt: skip
    warning = EarlyWarning.objects.create(
        number="CARICC-1-W-0007", partner=row, threat="drugs", states=["TJ", "KG", "KZ"], text="117",
        valid_until=now + dt.timedelta(days=9), by="partner",
    )  # fmt: skip
    Told.objects.create(warning=warning, country="KG", partner=partner, state="not_covered")
    operation = Operation.objects.create(
        number="CARICC-1-O-0003", title="117", states=["KG", "KZ"], begins=now.date(), ends=now.date()
    )  # fmt: skip
    Entry.objects.create(operation=operation, place=1, state="planned", text="117", by="centre")
    Corridor.objects.create(name="E-40", states=["TJ", "KG", "KZ"], changed_by="centre")
    items = [
        InboxItem.objects.create(country="KZ", kind=kind, **{kind: one})
        for kind, one in (("report", report), ("warning", warning), ("operation", operation))
    ]
    own, theirs = _entities(by["second_line"])
    services.set_organisation(
        by=by["supervisor"], card=services.OrganisationCard(name="UNODC", name_ru="УНП ООН", does="117")
    )
    card = services.AuthorityCard(
        country="KZ", agency="117", competence="requests", legal_basis="117", contact="+7 727 000",
        valid_from=timezone.localdate(),
    )  # fmt: skip
    authority = services.set_authority(by=by["supervisor"], card=card)
    base = "/regional/"
    return {
        "second_line": [
            *(f"{base}inbox/{one.pk}/" for one in items), f"{base}space/", f"{base}space/put/person/",
            f"{base}space/put/vehicle/", f"{base}space/{own}/", f"{base}space/{theirs}/",
            f"{base}operations/{operation.pk}/",
        ],
        "analyst": [f"{base}warnings/", f"{base}warnings/new/", f"{base}operations/", f"{base}operations/new/"],
        "supervisor": [
            f"{base}registers/", f"{base}registers/authority/", f"{base}registers/authority/{authority.pk}/",
            f"{base}registers/organisation/", f"{base}warnings/corridor/",
        ],
        "programme": [f"{base}bulletin/", f"{base}bulletin/?begins=2020-01-01&ends=2020-02-01", f"{base}warnings/"],
    }  # fmt: skip


def _entities(by: Acting) -> tuple[int, int]:
    """Put two that share a telephone, one of them of another state."""
    fields = [
        PutField(name="name", value="Проба Ветер", origin="117"),
        PutField(name="phones", value="+996 555 000 111", origin="117", tlp="GREEN"),
    ]
    own = services.put_entity(by=by, kind="person", fields=fields, reason="117")
    Country.objects.get_or_create(code="TJ", defaults={"names": {"en": "Tajikistan", "ru": "Таджикистан"}})
    theirs = Entity.objects.create(
        country="TJ", kind="person", reason="117", put_by="x", keep_until=timezone.localdate() + dt.timedelta(days=9)
    )  # fmt: skip
    field = EntityField.objects.create(entity=theirs, name="phones", value="+996555000111", origin="118")
    EntityKey.objects.create(entity=theirs, field=field, space="phone", value="+996555000111")
    return own.pk, theirs.pk
