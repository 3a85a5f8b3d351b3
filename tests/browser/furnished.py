"""A node with one of everything, by its services, for tests that look at every page. All persons are invented."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image
from tests.browser.furnished_interpol import furnish_interpol
from tests.browser.furnished_match import furnish_match
from tests.browser.furnished_regional import furnish_regional
from tests.desk_steps import agreed_in_force
from tests.factories import make_agency, make_crossing, make_office, make_officer
from tests.lists_made import put_list
from tests.neighbour import Neighbour

from elchi.exchange.agreement import Side, templates
from elchi.exchange.message import Evaluation
from elchi.modules.operations import services as operations
from elchi.modules.operations.capability import shipped_template
from elchi.modules.operations.custody import ExhibitCard, Said
from elchi.modules.operations.incident import Count, Found, IncidentCard, Involved, Route
from elchi.modules.operations.joint import HandOver, Phase, Plan
from elchi.modules.operations.mandate import MandateLine
from elchi.modules.operations.maturity import PRACTICES, Answer, quarter_before, quarter_of
from elchi.modules.operations.models import ReportReceived
from elchi.modules.operations.seizure import Item
from elchi.modules.operations.traces import leads_found
from elchi.modules.operations.units import Where
from elchi.node.audit.actor import NODE
from elchi.node.audit.queries import KEY_FILE
from elchi.node.cases import services as cases
from elchi.node.checks import services as checks
from elchi.node.checks.manifests import Told
from elchi.node.checks.models import FoundEntry
from elchi.node.directory.models import DutyContact
from elchi.node.directory.services import load_reference_data
from elchi.node.federation import services as federation
from elchi.node.federation.models import Outgoing, Partner
from elchi.node.here import here, keys_passphrase
from elchi.node.liaison import services as liaison
from elchi.node.officelog import services as officelog
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services as watchlists
from elchi.node.watchlists.offers import ListFile
from elchi.node.watchlists.own import OwnDraft
from elchi.seal.keys import SigningKey
from elchi.subjects import Document, Person, Vehicle

WANTED = {
    "w-1": {"name": ["SHARIPZODA, Khurshed", "Шарипзода Хуршед"], "birthDate": ["1980-04-09"], "gender": ["male"],
            "passportNumber": ["AB1234567"], "nationality": ["TJ"], "topics": ["wanted"], "notes": ["Scar, left hand"]},
    "w-2": {"name": ["شهرت خدایبردیف", "KHUDOYBERDIEV, Shuhrat"], "birthDate": ["1975"], "topics": ["wanted"]},
    "w-3": {"name": ["Karimov Dilshod"], "passportNumber": ["C7770001"], "topics": ["wanted"]},
}  # fmt: skip
ASKED = (
    Person(name="Sharipzoda Khurshed", documents=(Document(document_number="AB1234567"),)),
    Person(name="Худойбердиев Шухрат"),
    Document(document_number="ZZ7654321"),
    Vehicle(plate="05KG321DEM", plate_country="KGZ"),
    Vehicle(plate="770DEM02", plate_country="KAZ"),
    Person(name="Karimov Dilshod", documents=(Document(document_number="C7770001"),)),
)
CASE_TABS = ("", "subjects/", "files/", "tasks/", "people/", "links/", "print/", "change/")
TABLE = "id,name,birthDate\n1,Тестов Байкал,09.04.1981\n2,Проба Шамал,1982\n3,,\n"
NAMES = ("Айдана Сейтқали", "Тимур Абенов", "Жанна Ли", "Гульмира Касенова", "Данияр Оспанов", "Marta Lindqvist",
         "Ерлан Мусин", "Асель Нурланова", "Санжар Рахимов")  # fmt: skip
MANIFEST = (
    "id,name,birth_date,document_number\n"
    "p1,Жолдубаева Аида,1991-05-11,ZZ1000011\n"
    "p2,Khurshed SHARIPZODA,1980-04-09,AB1234567\n"
    "p3,,1990-13-45,\n"
)


@dataclass(frozen=True)
class Furnished:
    """What the node has."""

    officers: dict[str, Officer]
    pages: dict[str, list[str]]
    """By role, the pages to look at beside those of the menu."""


def furnish(folder: Path) -> Furnished:
    """Put one of everything into the node of this test."""
    SigningKey.create(here().keys / KEY_FILE, keys_passphrase())
    load_reference_data(by=NODE)
    office = make_office(name="Kordai", names={"ru": "Кордай", "en": "Kordai"})
    office.crossings.add(make_crossing())
    officers = {
        str(role): make_officer(role, name=f"{role}.1", office=office, language="en", shown=shown)
        for role, shown in zip(Role, NAMES, strict=True)
    }
    old = {"o-1": {"name": ["Nobody Atall"]}}
    put_list("wanted", WANTED, action="stop", title="Wanted by the ministry", titles={"ru": "Розыск министерства"})
    put_list("old", old, issued=dt.date(2024, 1, 5), stale_after_days=7, title="Old one", titles={"ru": "Старый"})
    pages = _filled(officers, folder)
    by = {role: acting_of(officer, via="console") for role, officer in officers.items()}
    match, regional = furnish_match(by["second_line"], "KG-AKJ-1"), furnish_regional(by, "KG-AKJ-1")
    for told in (match, furnish_interpol(by, folder), regional):
        for role, more in told.items():
            pages[role] += more
    return Furnished(officers, pages)


def _filled(officers: dict[str, Officer], folder: Path) -> dict[str, list[str]]:
    by = {role: acting_of(officer, via="console") for role, officer in officers.items()}
    first, second, keeper = by["first_line"], by["second_line"], by["list_keeper"]
    own = watchlists.create_entry(by=keeper, draft=_entry("05 KG 321 DEM", "stop"))
    watchlists.create_entry(by=keeper, draft=_entry("770 DEM 02", "discreet"))
    version = watchlists.load_list(by=keeper, name="offered", file=_table(folder))
    checks.start_shift(by=first, purpose="border_check", direction="entry", crossing_code="BCP001")
    stop, review, clear = (checks.submit_check(by=first, subjects=(one,)).check.pk for one in ASKED[:3])
    for one in ASKED[3:]:
        checks.submit_check(by=first, subjects=(one,))
    found = [one.pk for one in FoundEntry.objects.order_by("pk")]
    checks.judge_finding(by=second, finding_id=found[1], outcome="negative", reason="Another man.")
    checks.judge_finding(
        by=second, finding_id=found[2], outcome="positive", reason="The same.", threats=("wanted_person",)
    )
    case = f"/cases/{_work_on(second)}/"
    agreed = _join(by)
    talks = _talk(second)
    incident = f"/incidents/{_record(second)}/"
    task = f"/units/tasks/{_send(by['supervisor'])}/"
    exhibit = f"/incidents/exhibits/{_seal(second, int(incident.split('/')[2]))}/"
    terms = Told(purpose="border_check", direction="entry", crossing="BCP001")
    manifest = checks.submit_manifest(by=second, name="bus 117.csv", file=[MANIFEST.encode()], terms=terms)
    checks.screen_manifests(by=NODE)
    checks.submit_manifest(by=second, name="train.csv", file=[MANIFEST.encode()], terms=terms)
    DutyContact.objects.create(
        agency=officers["first_line"].agency,
        desk="Оперативный дежурный",
        time_zone="Asia/Almaty",
        phone="+7 700 000 00 00",
    )
    return {
        "first_line": [
            "/picture/corridors/waiting/",
            "/check/shift/", *(f"/check/{kind}/" for kind in (stop, review, clear, "person", "vehicle")),
            f"/check/{stop}/slip/", "/officers/me/", "/officers/rights/", "/accounts/password/change/", "/lists/",
        ],
        "second_line": [
            f"{incident}report/", "/incidents/reported/", f"/incidents/reported/{_hear()}/",
            f"{incident}exhibits/", exhibit, f"{exhibit}give/", f"{exhibit}reseal/", f"{exhibit}photograph/",
            "/incidents/exhibits/",
            incident, f"{incident}amend/", f"{incident}withdraw/", f"{incident}protect/", "/incidents/record/",
            f"/check/{stop}/", f"/second_line/{found[0]}/", f"/second_line/{found[1]}/", "/second_line/judged/",
            *talks, "/desk/new/", "/desk/new/?to=KG-AKJ-1", "/desk/new/?to=here", "/desk/?which=mine",
            "/second_line/alerts/?all=1", "/manifests/new/", f"/manifests/{manifest.pk}/", "/cases/new/",
            *(case + tab for tab in CASE_TABS), "/lists/list/wanted/", "/lists/own/", "/lists/own/new/",
        ],
        "analyst": [
            *_drawn(by["supervisor"]), "/picture/level/", "/map/?period=all", "/incidents/imports/",
            "/incidents/reports/", "/second_line/judged/", "/cases/?state=all", "/nothing-here/",
        ],
        "supervisor": [
            "/incidents/retention/", f"{incident}hold/", *_reviewed(by["supervisor"]), *_joint(by["supervisor"]),
            f"{incident}protected/", task, "/units/unit/kordai/", "/units/unit/kordai/change/", "/units/mandate/",
            "/units/mandate/change/", "/units/tasks/give/",
            f"/second_line/{found[1]}/", "/node/retention/", "/node/retention/change/", f"/lists/version/{version.pk}/",
            f"/lists/version/{version.pk}/approve/", f"/lists/version/{version.pk}/reject/", f"{case}move/",
            "/partners/KG-AKJ-1/", "/partners/UZ-YAL-1/", "/partners/UZ-YAL-1/compare/", "/partners/KG-AKJ-1/suspend/",
            "/partners/KG-AKJ-1/agencies/", "/partners/messages/?way=sent", f"{agreed}propose/",
            *_said(),
        ],
        "list_keeper": [
            "/lists/new/", "/lists/list/offered/", "/lists/list/offered/load/", "/lists/list/wanted/rules/",
            "/lists/list/wanted/entry/w-1", f"/lists/own/{own.key}/", f"/lists/own/{own.key}/amend/",
            f"/lists/own/{own.key}/withdraw/", "/lists/own/new/?schema=Vehicle",
        ],
        "programme": ["/results/?period=month", incident, "/picture/register/?on=2021-11-23"],
        "agreement_keeper": [
            "/directory/agencies/kz-border/", "/partners/agreements/", "/partners/agreements/new/", agreed,
            f"{agreed}write/", f"{agreed}simulate/", f"{agreed}refuse/",
        ],
        "auditor": [
            "/audit/?verb=checks.submit_check", "/audit/untasked/", "/audit/days/", "/audit/2/", "/officers/sign-ins/",
        ],
        "administrator": [
            "/officers/add/", f"/officers/{officers['analyst'].pk}/", f"/officers/{officers['analyst'].pk}/change/",
            "/officers/sign-ins/", "/directory/offices/", "/directory/offices/kordai/", "/directory/crossings/",
            "/directory/crossings/BCP001/", "/directory/agencies/kz-border/", "/directory/agencies/kz-border/change/",
            "/directory/agencies/kz-border/desks/add/", "/directory/crossings/BCP001/status/",
            "/directory/add/crossing/", "/accounts/2fa/", "/partners/invite/", "/partners/take/", "/partners/keys/",
            "/partners/keys/paper/", "/partners/keys/addresses/", "/partners/keys/agencies/",
            "/partners/keys/X-Wing/change/", "/partners/KG-AKJ-1/reach/",
        ],
    }  # fmt: skip


def _talk(by: Acting) -> list[str]:
    """Ask a colleague and the neighbour, and be asked: conversations with all that they may show; give their pages."""
    agreed_in_force(Partner.objects.get(code="KG-AKJ-1"), id="KZ-KG-DESK")
    customs = acting_of(make_officer(Role.SECOND_LINE, agency=make_agency("kz-customs"), shown="Д. Ким"), via="console")
    asked: dict[str, Any] = {"kind": "vehicle", "purpose": "investigation", "language": "ru", "subject": ASKED[3]}
    across = liaison.Request(
        to="KG-AKJ-1", urgency="flash", title="Фургон 05 KG 321 DEM", text="Белый, серый тент. Чей?", **asked,
        evaluation=Evaluation(scheme="4x4", source="B", information="2"), agencies=("kg-border",), tlp="RED",
        files=(liaison.Given("owners.csv", "text/csv", b"a;b"),), conditions="Call before use.",
    )  # fmt: skip
    sent = liaison.draft_request(by=by, request=across)
    liaison.send_request(by=by, conversation_id=sent.pk)
    draft = liaison.draft_request(by=by, request=across)
    inside = liaison.Request(
        urgency="urgent", title="Фургон 05 KG 321 DEM", template="need_more", agencies=("kz-customs",), **asked
    )
    near = liaison.draft_request(by=by, request=inside)
    liaison.send_request(by=by, conversation_id=near.pk)
    liaison.read_conversation(by=customs, conversation_id=near.pk)
    liaison.say(by=customs, conversation_id=near.pk, act="refuse", text="Не наше.", clause="8", agencies=["kz-border"])
    card = liaison.AlertCard(
        to=("KG-AKJ-1",), action="stop", title="Фургон 01 514 KBC", text="Белый, серый тент.", language="ru",
        subject=Vehicle(plate="01514KBC", plate_country="KGZ"), purpose="investigation",
        expires_at=timezone.now() + dt.timedelta(hours=6),
    )  # fmt: skip
    alert = liaison.raise_alert(by=customs, card=card)
    liaison.withdraw_alert(by=by, alert_id=liaison.raise_alert(by=by, card=card).pk)
    return [
        f"/desk/{sent.pk}/", f"/desk/{draft.pk}/preview/", f"/desk/{near.pk}/", f"/desk/alerts/{alert.pk}/",
        "/desk/alerts/", "/desk/alerts/raise/", *_log(by, customs),
    ]  # fmt: skip


def _log(by: Acting, customs: Acting) -> list[str]:
    """Write into the log, correct it, hand a shift over twice and take one over; give the pages."""
    told = officelog.Written(
        kind="fault", text="Весы на полосе 2 не работают.", happened_at=timezone.now() - dt.timedelta(hours=2),
        references={"case": ["KZ-KOR-1-C-0001"]},
    )  # fmt: skip
    first = officelog.write_entry(by=by, written=told)
    new = officelog.correct_entry(by=by, number=first.number, text="Весы на полосе 3 не работают.")
    taken, waits = (officelog.hand_over_shift(by=by, remarks="Ждём ответа соседей.") for _ in "ab")
    colleague = make_officer(Role.SECOND_LINE, agency=by.himself.agency, office=by.himself.office, shown="А. Досов")
    officelog.take_over_shift(by=acting_of(colleague, via="console"), number=taken.number, remarks="Принял.")
    officelog.write_entry(by=customs, written=officelog.Written(kind="note", text="Своё."))
    return [
        f"/log/{first.number}/", f"/log/{new.number}/", "/log/print/", "/log/?q=Весы", "/log/shift/",
        f"/log/shift/{taken.number}/", f"/log/shift/{waits.number}/",
    ]  # fmt: skip


def _record(by: Acting) -> int:
    """Record a seizure with people in it, what led to it, and somebody in its protected file."""
    item = Item(
        kind="drug", substance="cannabis_resin", quantity=Decimal(1981), unit="g", packages=2, packaging="taped"
    )
    found = Found(
        items=(item, Item(kind="cash", quantity=Decimal("12500.5"), unit="money", details={"currency": "KZT"})),
        involved=(Involved(role="driver", sex="M", nationality="TJ", age_band="25-39", subject=ASKED[0]),),
        vehicles=(Vehicle(plate="05KG321DEM", plate_country="KGZ"),),
        counts=(Count(kind="smuggled", count=3),),
    )
    card = IncidentCard(
        kind="seizure", at=timezone.now(), unit="kordai", crossing="BCP001", legal_basis="Invented act, art. 7",
        transport="van", concealment="magnets", detection="information", impact="medium", description="On a trailer",
        route=Route(departure="TJ", transit=("UZ",), destination="KZ"),
    )  # fmt: skip
    row = operations.record_incident(by=by, card=card, found=found)
    leads, _ = leads_found(by, row)
    operations.decide_lead(by=by, incident_id=row.pk, ref=leads[0].trace.ref, is_confirmed=True)
    operations.protect_person(by=by, incident_id=row.pk, subject=Person(name="Проба Ветер"))
    chief = acting_of(Officer.objects.get(sign_in_name="supervisor.1"), via="console")
    operations.set_section_level(by=chief, border="KG-KZ", level="high", until=None, reason="117")
    return int(row.pk)


def _seal(by: Acting, incident: int) -> int:
    """Take an exhibit with a photo into custody, let it go and take it back."""
    card = ExhibitCard(
        kind="drug", what="117, 118", quantity=Decimal(1981), unit="g", seal="KZ 0017 A", place="Kordai, 4"
    )
    row = operations.take_exhibit(by=by, incident_id=incident, card=card)
    picture = io.BytesIO()
    Image.new("RGB", (80, 40), "brown").save(picture, "PNG")
    photo = operations.Photo("117.png", [picture.getvalue()])
    operations.photograph_exhibit(by=by, exhibit_id=row.pk, photo=photo, seal=card.seal)
    operations.move_exhibit(by=by, exhibit_id=row.pk, move="give", said=Said(seal=card.seal, to="supervisor.1"))
    operations.move_exhibit(by=by, exhibit_id=row.pk, move="recall", said=Said(seal=card.seal))
    return int(row.pk)


def _reviewed(by: Acting) -> list[str]:
    """Review the office twice, count what a crossing has, and price what it lacks; give the pages."""
    now = quarter_of(timezone.localdate())
    for number, quarter in enumerate((quarter_before(now), now), 2):
        answers = {name: Answer(number - index % 2, "117") for index, name in enumerate(PRACTICES)}
        operations.review_office(by=by, office="kordai", quarter=quarter, answers=answers)
    needs = [dataclasses.replace(one, price=Decimal(1000), currency="USD") for one in shipped_template()[:12]]
    operations.set_template(by=by, needs=[*needs, *shipped_template()[12:]], reason="117")
    operations.count_stock(by=by, crossing="BCP001", have={"uv_lamps": 2, "mains": 1, "radio_sets": 6})
    return [
        "/picture/reviews/", "/picture/reviews/kordai/", "/picture/reviews/kordai/write/", "/picture/crossings/",
        "/picture/crossings/BCP001/", "/picture/crossings/BCP001/count/", "/picture/crossings/template/",
    ]  # fmt: skip


def _joint(by: Acting) -> list[str]:
    """Plan a controlled delivery with a partner, and run another of this node alone; give the pages."""
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    points = tuple(
        HandOver(place="117", giver=giver, taker=taker, due_at=now + hours * hour, tolerance=15)
        for giver, taker, hours in ((here().code, here().code, 1), (here().code, here().code, 3))
    )
    plan = Plan(
        kind="controlled_delivery", title="117-A", aim="118", legal_basis="117", from_at=now, until=now + 9 * hour,
        points=points, units=("Kordai",), phases=(Phase(name="117", from_at=now, until=now + hour),),
    )  # fmt: skip
    first = operations.plan_operation(by=by, plan=plan, partner="KG-AKJ-1")
    row = operations.plan_operation(by=by, plan=plan)
    operations.move_operation(by=by, operation_id=row.pk, move="start")
    operations.log_operation(by=by, operation_id=row.pk, text="119")
    operations.hand_over(by=by, operation_id=row.pk, number=1, what="given")
    return [
        "/units/operations/", "/units/operations/plan/", f"/units/operations/{first.pk}/",
        f"/units/operations/{first.pk}/plan/", f"/units/operations/{row.pk}/",
    ]  # fmt: skip


def _drawn(by: Acting) -> list[str]:
    """Draw a corridor, and tell how long people wait; give the pages."""
    row = operations.draw_corridor(by=by, name="117", stops=("BCP002", "BCP001", "BCP003", "BCP004"))
    operations.tell_waiting(by=by, crossing="BCP001", minutes=35, lane="truck", direction="entry")
    address = f"/picture/corridors/{row.pk}/"
    return ["/picture/corridors/", address, f"{address}draw/"]


def _hear() -> int:
    """Keep a report of a partner."""
    told = {"event_kind": "seizure", "event_date": "2026-03-07", "border": "KG-KZ", "substance": ["cannabis_resin"],
            "goods": ["drug"], "quantity": ["1981"], "unit": ["g"], "intelligence_led": True}  # fmt: skip
    row = ReportReceived.objects.create(
        partner="KG-AKJ-1", thread="00000000-0000-4000-8000-000000000001", agreement="KZ-KG-2026:1",
        event_kind="seizure", event_date="2026-03-07", border="KG-KZ", told=told, sent_at=timezone.now(),
        first_at=timezone.now(),
    )  # fmt: skip
    return int(row.pk)


def _send(by: Acting) -> int:
    """Make the office a unit with a member and a van, write a mandate, and send it."""
    operations.set_unit(by=by, code="kordai", card=operations.UnitCard(crew_rule=("border", "customs")))
    operations.add_member(by=by, code="kordai", agency="kz-border", part="head", officer="supervisor.1")
    asset = operations.add_asset(by=by, code="kordai", kind="vehicle", name="05 KZ 17")
    operations.change_asset(by=by, asset_id=asset.pk, is_broken=True)
    line = MandateLine(agency="kz-border", act="search", may=True, where="crossing", article="7", law="117")
    operations.set_mandate(by=by, lines=[line], reason="117")
    order = operations.Order(where=Where(crossing="BCP001"), acts=("search",), purpose="05 KG 321 DEM")
    return int(operations.give_task(by=by, code="kordai", order=order).pk)


def _work_on(by: Acting) -> int:
    """Put one of each into the case that was opened."""
    terms: dict[str, Any] = {"threats": ["contraband"], "purpose": "investigation"}
    case = cases.open_case(by=by, title="A lorry with two plates", subjects=(ASKED[0], ASKED[3]), **terms)
    cases.add_note(by=by, case_id=case.pk, text="The driver says that he bought the lorry in good faith.")
    cases.add_task(by=by, case_id=case.pk, text="Ask the neighbour.", due_at=timezone.now() + dt.timedelta(hours=5))
    picture = io.BytesIO()
    Image.new("RGB", (80, 40), "grey").save(picture, "PNG")
    cases.add_file(by=by, case_id=case.pk, name="plate.png", chunks=[picture.getvalue()], note="The rear plate")
    other = cases.open_case(by=by, title="The other plate", subjects=(), **terms)
    cases.link_cases(by=by, case_id=case.pk, other_id=other.pk, reason="One plate in both")
    return int(case.pk)


def _join(by: dict[str, Acting]) -> str:
    """Make one node a partner, have another wait to be compared, and draft an agreement; give its address."""
    administrator, supervisor, keeper = (by[role] for role in ("administrator", "supervisor", "agreement_keeper"))
    federation.make_keys(by=administrator)
    federation.invite_partner(by=administrator, note="Dostyk")
    now = timezone.now().replace(microsecond=0)
    akjol, yallama = Neighbour(now), Neighbour(now, code="UZ-YAL-1", name="Yallama")
    for one, country in ((akjol, "KG"), (yallama, "UZ")):
        federation.join_partner(by=administrator, file=one.invitation(country=country))
    federation.confirm_partner(by=supervisor, code=akjol.code, fingerprint=akjol.fingerprint)
    us, them = (Side(name={"en": code}, countries=(), agencies=(), offices=(), nodes=(code,))
                for code in (here().code, akjol.code))  # fmt: skip
    today = now.date()
    first = templates()["bilateral"].fill(
        agreement_id="KZ-KG-2026", side_a=us, side_b=them, valid_from=today, valid_until=today + dt.timedelta(days=365)
    )
    row = federation.draft_agreement(by=keeper, partner=akjol.code, agreement=first)
    return f"/partners/agreements/{row.pk}/"


def _entry(plate: str, action: str) -> OwnDraft:
    return OwnDraft(
        schema="Vehicle",
        properties={"registrationNumber": (plate,)},
        action=action,
        legal_basis="Invented order 117",
        authority="Invented police department",
        instructions="Позвоните дежурному.",
        expires_date=timezone.localdate() + dt.timedelta(days=90),
    )


def _table(folder: Path) -> ListFile:
    path = folder / "offered.csv"
    path.write_text(TABLE, encoding="utf-8")
    return ListFile(path=path, format="csv")


def _said() -> list[str]:
    """Give the pages of a message to a partner."""
    message = Outgoing.objects.order_by("id")[0].message_id
    return [f"/partners/messages/{message}/", f"/partners/messages/{message}/KG-AKJ-1/withdraw/"]
