"""The pages of the directory: three clicks to a desk, forms that keep their text, exports that run nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import make_agency, make_crossing, make_office, make_officer, signed_in

from elchi.node.directory.models import Agency, Crossing, DutyContact, Office
from elchi.node.directory.services import load_reference_data
from elchi.node.officers.rules import Role

NIGHT = dt.datetime(2026, 11, 21, 14, 40, tzinfo=dt.UTC)


def _desks() -> None:
    troops = Agency.objects.get(code="uz-border")
    for rank, desk in ((1, "Night room"), (2, "Headquarters"), (3, "Liaison")):
        DutyContact.objects.create(
            agency=troops, desk=desk, rank=rank, time_zone="Asia/Tashkent", phone=f"+998 00 000 00 0{rank}"
        )
    DutyContact.objects.create(
        agency=troops, desk="Day room", from_time=dt.time(8), to_time=dt.time(20), time_zone="Asia/Tashkent", phone="+1"
    )


def _answering(page: str) -> list[str]:
    duty = page.partition('id="duty"')[2].partition("</section>")[0]
    return re.findall(r"<td><b>([^<]+)</b>", duty.replace("<td><b>call first</b></td>", ""))


@time_machine.travel(NIGHT, tick=False)
def test_who_answers_at_three_is_three_clicks_away(client: Client) -> None:
    load_reference_data()
    _desks()
    signed_in(client, make_officer(Role.SECOND_LINE))
    home = client.get("/directory/").content.decode()  # the first click, in the menu
    address = re.search(r'href="(/directory/agencies/uz-border/)"', home)
    assert address
    agency = client.get(address[1]).content.decode()  # the second
    assert _answering(agency) == ["Day room", "Night room", "Headquarters", "Liaison"]
    night = re.search(r'class="chip" href="(\?[^"]+)"[^>]*>03:00<', agency)
    assert night
    page = client.get(address[1] + night[1].replace("&amp;", "&")).content.decode()  # the third
    assert _answering(page) == ["Night room", "Headquarters", "Liaison"]
    assert "22 Nov 2026 03:00" in page


@time_machine.travel(NIGHT, tick=False)
def test_the_form_asks_for_any_time_and_goes_to_the_agency(client: Client) -> None:
    load_reference_data()
    _desks()
    signed_in(client, make_officer(Role.SECOND_LINE))
    told = {"agency": "uz-border", "date": "2026-11-24", "time": "12:30", "matter": "hit"}
    answer = client.get("/directory/duty/", told)
    assert answer["Location"] == "/directory/agencies/uz-border/?date=2026-11-24&time=12%3A30&matter=hit#duty"
    page = client.get(answer["Location"]).content.decode()
    assert _answering(page) == ["Day room", "Night room", "Headquarters", "Liaison"]
    assert client.get("/directory/duty/", {"agency": "nobody"}).status_code == 404


def test_a_time_that_cannot_be_read_is_now(client: Client) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.SECOND_LINE))
    page = client.get("/directory/agencies/uz-border/?date=31.31.2026&time=noon")
    assert page.status_code == 200
    assert "Who answers now" in page.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/directory/",
        "/directory/?q=khorgos",
        "/directory/?q=%01%F0&country=-&kind=donor",
        "/directory/agencies/caricc/",
        "/directory/offices/",
        "/directory/offices/?kind=interagency_mobile_team&country=UZ",
        "/directory/offices/uz-imt/",
        "/directory/crossings/",
        "/directory/crossings/?border=KG-TJ&as_of=2024-01-01&status=closed&kind=road",
        "/directory/crossings/?as_of=yesterday",
        "/directory/?country=%01&kind=%01",
        "/directory/offices/?country=%01&kind=%01",
        "/directory/crossings/?border=%01&kind=%01&status=%01&as_of=%01",
        "/map/?border=%01&near=%01&kind=%01&border=A-B-C-D",
        "/directory/crossings/BCP032/",
        "/directory/crossings/BCP059/",
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_said_in_words(client: Client, address: str, language: str) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.ADMINISTRATOR, language=language))
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert re.findall(r"\b(?:directory|map|frame|rule|error)\.[a-z_]+\b(?!\.)", page) == []


def test_an_administrator_changes_what_stands_there(client: Client) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.ADMINISTRATOR))
    address = "/directory/agencies/tm-border/desks/add/"
    good = {
        "desk": "Duty officer", "rank": "1", "days": ["1", "2", "7"], "from_time": "20:00", "to_time": "08:00",
        "time_zone": "Asia/Ashgabat", "phone": "", "languages": ["tk", "ru"],
    }  # fmt: skip
    wrong = client.post(address, good)
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "a phone number or an e-mail address is needed" in page
    assert 'value="Duty officer"' in page
    done = client.post(address, good | {"phone": "+993 00 00 00 00"}, follow=True)
    assert "Saved." in done.content.decode()
    desk = DutyContact.objects.get()
    assert (desk.days, desk.from_time, desk.languages) == ("127", dt.time(20), ["tk", "ru"])
    change = f"/directory/desks/{desk.pk}/change/"
    assert 'value="20:00"' in client.get(change).content.decode()
    client.post(change, good | {"phone": "+993 00 00 00 01"})
    assert DutyContact.objects.get().phone == "+993 00 00 00 01"
    assert "+993 00 00 00 00 → <b>+993 00 00 00 01</b>" in client.get(
        "/directory/agencies/tm-border/"
    ).content.decode().replace("phone</span>: ", "</span>")
    client.post(f"/directory/desks/{desk.pk}/remove/")
    assert not DutyContact.objects.exists()


def test_forms_of_rows_give_back_what_they_show(client: Client) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.ADMINISTRATOR))
    rows: list[tuple[str, Any]] = [
        ("/directory/agencies/uz-border/change/", Agency.objects.filter(code="uz-border").values()),
        ("/directory/offices/uz-imt/change/", Office.objects.filter(code="uz-imt").values()),
        ("/directory/crossings/BCP001/change/", Crossing.objects.filter(code="BCP001").values()),
    ]
    for address, row in rows:
        before = row.get()
        form = client.get(address).context["form"]
        shown = {name: "" if value is None else value for name, value in form.initial.items() if value is not False}
        assert client.post(address, shown).status_code == 302
        assert row.all().get() == before
    assert sorted(Office.objects.get(code="uz-imt").agencies.values_list("code", flat=True)) == [
        "uz-customs",
        "uz-police",
        "uz-security",
    ]


def test_rows_are_added(client: Client) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.ADMINISTRATOR))
    agency = {"code": "kz-vet", "kind": "veterinary", "country": "KZ", "name": "Vets", "names": "kk = Мал дәрігері"}
    assert client.post("/directory/add/agency/", agency)["Location"] == "/directory/agencies/kz-vet/"
    assert Agency.objects.get(code="kz-vet").names == {"en": "Vets", "kk": "Мал дәрігері"}
    assert client.post("/directory/add/agency/", agency).status_code == 422
    office = {"code": "osh-1", "kind": "outpost", "country": "KG", "name": "Outpost", "parent": "kg-oms-osh"}
    assert client.post("/directory/add/office/", office)["Location"] == "/directory/offices/osh-1/"
    crossing = {"code": "X1", "kind": "road", "name_a": "A", "country_a": "KG", "name_b": "B", "country_b": "TJ"}
    assert client.post("/directory/add/crossing/", crossing)["Location"] == "/directory/crossings/X1/"
    status = {"status": "closed", "from_date": "2025-01-01", "source": "letter 7"}
    assert client.post("/directory/crossings/X1/status/", status)["Location"] == "/directory/crossings/X1/"
    assert Crossing.objects.get(code="X1").status == "closed"


def test_history_is_for_those_who_change_or_audit(client: Client) -> None:
    load_reference_data()
    signed_in(client, make_officer(Role.ADMINISTRATOR, name="keeper"))
    client.post("/directory/crossings/BCP001/status/", {"status": "closed", "from_date": "2025-01-01", "source": "x"})
    shown = {}
    for role in (Role.FIRST_LINE, Role.ADMINISTRATOR, Role.AUDITOR):
        signed_in(client, make_officer(role))
        shown[role] = "keeper" in client.get("/directory/crossings/BCP001/").content.decode()
    assert shown == {Role.FIRST_LINE: False, Role.ADMINISTRATOR: True, Role.AUDITOR: True}


@pytest.mark.parametrize("what", ["agencies", "desks", "offices", "crossings"])
def test_tables_are_exported_and_no_cell_is_a_formula(client: Client, what: str) -> None:
    load_reference_data()
    _desks()
    Agency.objects.filter(code="uz-border").update(name="=cmd()")
    signed_in(client, make_officer(Role.FIRST_LINE))
    body = b"".join(client.get(f"/directory/export/{what}/")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    tables: dict[str, Any] = {"agencies": Agency, "desks": DutyContact, "offices": Office, "crossings": Crossing}
    assert len(rows) == tables[what].objects.count()
    assert [cell for row in rows for cell in row.values() if cell[:1] in "=+@" and cell] == []
    assert client.get("/directory/export/officers/").status_code == 404


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/directory/", lambda n: make_agency(f"kz-{n}")),
        ("/directory/offices/", lambda n: make_office(f"post-{n}")),
        ("/directory/crossings/", lambda n: make_crossing(f"X{n}")),
    ],
)
def test_lists_cost_the_same_however_long(
    client: Client, django_assert_num_queries: Any, address: str, make: Any
) -> None:
    signed_in(client, make_officer(Role.SECOND_LINE))
    make(1)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    make(2)
    make(3)
    with django_assert_num_queries(len(one)):
        client.get(address)
