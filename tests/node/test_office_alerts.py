"""Alerts of offices: raised, met by checks until they end, acknowledged, taken back; and those of partners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone
from tests.agreements_made import go, grant
from tests.desk_steps import DETAILS, agreed, due, said_to, terms, took
from tests.factories import acting, make_agency, make_country
from tests.lists_made import put_list
from tests.partner_node import PartnerNode

from elchi.errors import ElchiError
from elchi.exchange.batch import Item
from elchi.exchange.message import Lane
from elchi.node.audit.actor import NODE
from elchi.node.checks.services import submit_check
from elchi.node.federation.models import Incoming, Partner
from elchi.node.federation.services import accept
from elchi.node.liaison import services
from elchi.node.liaison.alert_queries import alerts_for, readers_of, standing_for
from elchi.node.liaison.models import AlertReader, OfficeAlert
from elchi.node.liaison.services import AlertCard
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.node.watchlists.models import ALERTS, OwnEntry
from elchi.node.watchlists.services import withdraw_entry
from elchi.seal.canonical import write_time
from elchi.subjects import Person, Subject, Vehicle

KG, TJ = "KG-AKJ-1", "TJ-FOT-1"
VAN = Vehicle(plate="01514KBC", plate_country="KGZ")
FIELDS = {"vehicle": {"plate": go(), "plate_country": go()}, "person": {"name": go()}}


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


def alerting(code: str, folder: Path, now: dt.datetime, **given: Any) -> PartnerNode:
    grants = [
        grant(
            "alert", "alert_reply", **{"subjects": FIELDS, "details": DETAILS, "purposes": ["investigation"], **given}
        )
    ]
    return agreed(PartnerNode(code, folder, now), grants=grants)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    put_list("wanted", {"w-1": {"name": ["SHARIPZODA, Khurshed"]}}, action="stop", owner=make_agency())
    return alerting(KG, tmp_path, now)


@pytest.fixture
def border() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-border"), shown="A. Seitkali")


@pytest.fixture
def customs() -> Acting:
    return acting(Role.SECOND_LINE, agency=make_agency("kz-customs"), shown="D. Kim")


def card(**given: Any) -> AlertCard:
    values: dict[str, Any] = {
        "to": [KG], "action": "stop", "title": "Van with hashish", "text": "Under the trailer plate", "subject": VAN,
        "purpose": "investigation", "expires_at": timezone.now() + dt.timedelta(hours=6), **given,
    }  # fmt: skip
    return AlertCard(**values)


def raised(by: Acting, **given: Any) -> OfficeAlert:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return services.raise_alert(by=by, card=card(**given))


def alerts_us(node: PartnerNode, **given: Any) -> Item:
    head = {
        "called": f"{node.code}-A-0003", "action": "stop", "agency": "kg-border",
        "expires_at": write_time(node.now + dt.timedelta(hours=6)), **given.pop("head", {}),
    }  # fmt: skip
    body: Mapping[str, Any] = {
        "v": 1, "head": {name: value for name, value in head.items() if value is not None}, "officer": "M. Toktosunov",
        "text": {"title": "White van", "words": "Hashish under the plate"},
        "subject": {"kind": "vehicle", "plate": "01514KBC", "plate_country": "KGZ"}, **given.pop("body", {}),
    }  # fmt: skip
    return node.says("alert", body, **{**terms(node), "lane": Lane.ALERT, **given})


def heard(node: PartnerNode, *items: Item) -> list[tuple[str, str]]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return took(node, *items)


def verdict(*subjects: Subject) -> str:
    by = acting(Role.FIRST_LINE, agency=make_agency("kz-border"))
    return str(submit_check(by=by, subjects=subjects or (VAN,), purpose="border_check").verdict)


def reach(alert: OfficeAlert) -> list[tuple[str, str]]:
    return [(one.whom, one.state) for one in readers_of(alert)]


def refuses(code: str, act: Any) -> None:
    with pytest.raises(ElchiError) as refused:
        act()
    assert refused.value.code == code


def test_a_truck_that_arrives_meets_the_alert_until_it_is_taken_back(
    kg: PartnerNode, border: Acting, customs: Acting
) -> None:
    assert verdict() == "CLEAR"
    alert = raised(border)
    assert verdict() == "STOP"
    assert verdict(Vehicle(plate="01515KBC", plate_country="KGZ")) == "CLEAR"
    (message,) = said_to(kg, "alert")
    assert message.lane is Lane.ALERT
    assert message.body["head"]["called"] == alert.number == f"KZ-KOR-1-A-{alert.pk:04d}"
    assert message.body["subject"] == {"kind": "vehicle", "plate": "01514KBC", "plate_country": "KGZ"}
    assert abs(message.expires_at - alert.expires_at) < dt.timedelta(seconds=5)
    assert [one.is_noted for one in standing_for(customs, timezone.now())] == [False]  # type: ignore[attr-defined]
    refuses("office_alert_of_others", lambda: services.withdraw_alert(by=customs, alert_id=alert.pk))
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.withdraw_alert(by=border, alert_id=alert.pk)
    assert verdict() == "CLEAR"
    assert standing_for(customs, timezone.now()) == []
    assert [one.body["message"] for one in said_to(kg, "withdrawal")] == [message.id]
    refuses("state_refuses", lambda: services.withdraw_alert(by=border, alert_id=alert.pk))


def test_each_office_is_followed_until_it_acknowledges(kg: PartnerNode, border: Acting, customs: Acting) -> None:
    alert = raised(border)
    assert reach(alert) == [("kz-border", "acknowledged"), ("kz-customs", "delivered"), (KG, "queued")]
    (item,) = due("alert")
    accept(items=[kg.receipt(item)], peer=KG, carrier="https", at=kg.now)
    services.read_office_alert(by=customs, alert_id=alert.pk)
    assert reach(alert)[1:] == [("kz-customs", "read"), (KG, "delivered")]
    accept(items=[kg.receipt(item, outcome="opened")], peer=KG, carrier="https", at=kg.now)
    assert reach(alert)[2] == (KG, "read")
    assert readers_of(alert)[2].seconds is not None
    _, message = kg.open(item)
    told = {"v": 1, "head": {"act": "acknowledge", "agency": "kg-border"}, "officer": "M. Toktosunov"}
    said = kg.says("alert_reply", told, **{**terms(kg), "lane": Lane.ALERT}, re=message.id, thread=message.thread)
    assert took(kg, said) == [("accepted", "")]
    last = readers_of(alert)[2]
    assert (last.state, last.officer) == ("acknowledged", "M. Toktosunov")
    services.acknowledge_alert(by=customs, alert_id=alert.pk)
    assert reach(alert)[1] == ("kz-customs", "acknowledged")
    stray = kg.says("alert_reply", told, **{**terms(kg), "lane": Lane.ALERT}, re=alert.thread)
    assert took(kg, stray) == [("rejected", "office_alert_unasked")]


def test_along_a_corridor_it_goes_to_whom_it_may(tmp_path: Path, now: dt.datetime, border: Acting) -> None:
    kg = alerting(KG, tmp_path, now)
    alerting(TJ, tmp_path, now, purposes=["customs_check"])
    PartnerNode("UZ-OYB-1", tmp_path, now)
    Partner.objects.filter(code="UZ-OYB-1").update(country=make_country("UZ"))
    alert = raised(border, to=[], route=["TJ", "UZ", "KG"])
    assert [(one.whom, one.state, one.code) for one in readers_of(alert)] == [
        ("kz-border", "acknowledged", ""), (KG, "queued", ""), (TJ, "not_sent", "agreement_missing"),
        ("UZ-OYB-1", "not_sent", "agreement_missing"),
    ]  # fmt: skip
    assert said_to(kg, "alert")[0].body["head"]["route"] == ["TJ", "UZ", "KG"]
    refuses("nobody_alerted", lambda: raised(border, to=[TJ]))
    refuses("partner_unknown", lambda: raised(border, to=["XX-NO-1"]))
    assert OfficeAlert.objects.count() == 1


def test_an_alert_of_a_partner_stands_on_the_screen_and_at_the_window(
    kg: PartnerNode, border: Acting, customs: Acting
) -> None:
    assert heard(kg, alerts_us(kg, head={"agencies": ["kz-border"]})) == [("accepted", "")]
    alert = OfficeAlert.objects.get()
    assert verdict() == "STOP"
    entry = OwnEntry.objects.get(watchlist=ALERTS)
    assert (entry.key, entry.action, entry.handling, entry.instructions) == (
        f"{KG}-A-0003", "stop", "H2", "White van\nHashish under the plate",
    )  # fmt: skip
    window = acting(Role.FIRST_LINE, agency=make_agency("kz-border"))
    assert [one.pk for one in standing_for(window, timezone.now())] == [alert.pk]
    assert standing_for(customs, timezone.now()) == []
    refuses("office_alert_unknown", lambda: services.read_office_alert(by=customs, alert_id=alert.pk))
    refuses("right_missing", lambda: services.acknowledge_alert(by=window, alert_id=alert.pk))
    services.acknowledge_alert(by=border, alert_id=alert.pk)
    assert Incoming.objects.get(kind="alert").state == "opened"
    (answer,) = said_to(kg, "alert_reply")
    assert (answer.re, answer.body["head"]) == (alert.message, {"act": "acknowledge", "agency": "kz-border"})
    services.acknowledge_alert(by=border, alert_id=alert.pk)
    assert len(said_to(kg, "alert_reply")) == 1
    assert heard(kg, alerts_us(kg)) == [("rejected", "office_alert_known")]
    keeper = acting(Role.LIST_KEEPER, agency=make_agency("kz-border"))
    refuses("own_entry_of_others", lambda: withdraw_entry(by=keeper, key=entry.key, reason="x"))


def test_what_its_partner_took_back_is_gone(kg: PartnerNode, border: Acting) -> None:
    heard(kg, alerts_us(kg))
    alert = OfficeAlert.objects.get()
    back = kg.says("withdrawal", {"message": alert.message}, thread=alert.thread, re=alert.message, lane=Lane.ALERT)
    assert heard(kg, back) == [("accepted", "")]
    alert.refresh_from_db()
    assert (alert.state, alert.subject, alert.text) == ("withdrawn", None, "")
    assert verdict() == "CLEAR"


def test_it_ends_when_its_time_is_over(kg: PartnerNode, border: Acting) -> None:
    alert = raised(border)
    assert services.expire_alerts(by=NODE) == 0
    OfficeAlert.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert standing_for(border, timezone.now()) == []
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert services.expire_alerts(by=NODE) == 1
    assert verdict() == "CLEAR"
    alert.refresh_from_db()
    assert alert.state == "expired"
    OfficeAlert.objects.update(keep_until=dt.date(2020, 1, 1))
    services.expire_alerts(by=NODE)
    assert not AlertReader.objects.exists()


def test_what_came_masked_stands_on_the_screen_only(kg: PartnerNode, border: Acting) -> None:
    masked = {"subject": {"kind": "vehicle", "plate": "01•••BC", "masked": {"plate": "ends"}}}
    assert heard(kg, alerts_us(kg, body=masked)) == [("accepted", "")]
    assert OfficeAlert.objects.get().entry == ""
    assert alerts_for(border).count() == 1
    assert verdict() == "CLEAR"


@pytest.mark.parametrize(
    "given",
    [
        {"head": {"called": "KZ-KOR-1-E-ABCDEFG"}},
        {"head": {"called": None}},
        {"head": {"action": "discreet"}},
        {"head": {"expires_at": None}},
        {"head": {"expires_at": "2020-01-01T00:00:00.000Z"}},
        {"body": {"subject": None}},
        {"body": {"v": 2}},
        {"body": {"text": {"title": "x" * 201}}},
    ],
)
def test_an_alert_that_says_it_wrong_is_refused(kg: PartnerNode, border: Acting, given: dict[str, Any]) -> None:
    assert heard(kg, alerts_us(kg, **given)) == [("rejected", "talk_invalid")]
    assert not OfficeAlert.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"expires_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)},
        {"action": "discreet"},
        {"title": ""},
        {"tlp": "BLACK"},
    ],
)
def test_what_cannot_be_raised(kg: PartnerNode, border: Acting, given: dict[str, Any]) -> None:
    refuses("talk_invalid", lambda: raised(border, **given))
    assert not OfficeAlert.objects.exists()


def test_who_raises_alerts(border: Acting) -> None:
    for role in set(Role) - {Role.SECOND_LINE, Role.SUPERVISOR}:
        refuses("right_missing", lambda role=role: raised(acting(role), to=[]))
    alert = raised(acting(Role.SUPERVISOR), to=[], subject=Person(name="Testov Ivan"))
    assert verdict(Person(name="Testov Ivan")) in ("STOP", "REVIEW")
    assert [one.pk for one in alerts_for(acting(Role.AUDITOR))] == [alert.pk]
    assert not alerts_for(acting(Role.ADMINISTRATOR)).exists()
