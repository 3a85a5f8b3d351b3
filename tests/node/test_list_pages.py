"""The pages of lists, as officers open them: load, compare, approve, search, and own entries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, signed_in

from elchi.console.lists.forms import guess
from elchi.node.audit.models import AuditLine
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role
from elchi.node.watchlists import offers, services
from elchi.node.watchlists.models import OwnEntry, Version, Watchlist
from elchi.node.watchlists.own import OwnDraft
from elchi.node.watchlists.queries import live
from elchi.node.watchlists.services.rules_of_use import RulesOfUse
from elchi.screening import Band
from elchi.subjects import Person

TABLE = "№;ФИО;Дата рождения;Паспорт\n1;Тестов Байкал;09.04.1981;N1000010\n2;Проба Шамал;1982;N1000020\n"


@pytest.fixture
def keeper() -> Acting:
    return acting(Role.LIST_KEEPER, name="keeper")


@pytest.fixture
def chief() -> Acting:
    return acting(Role.SUPERVISOR, name="chief")


@pytest.fixture
def client(keeper: Acting) -> Client:
    return at(keeper)


def at(by: Acting) -> Client:
    assert by.officer is not None
    return signed_in(Client(), by.officer)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def upload(client: Client, name: str, table: str = TABLE) -> Any:
    file = SimpleUploadedFile("розыск.csv", table.encode())
    return client.post(f"/lists/list/{name}/load/", {"file": file, "format": "csv"})


def offer(client: Client, name: str = "wanted", table: str = TABLE) -> Any:
    """Take a table through both pages."""
    assert upload(client, name, table)["Location"] == f"/lists/list/{name}/columns/"
    chosen = {"column0": "id", "column1": "name", "column2": "birthDate", "column3": "passportNumber"}
    return client.post(f"/lists/list/{name}/columns/", {"schema": "Person", **chosen})


def load(client: Client, name: str = "wanted", table: str = TABLE) -> Version:
    """Let the worker read it too."""
    answer = offer(client, name, table)
    version = Version.objects.latest("id")
    assert answer["Location"] == f"/lists/version/{version.pk}/", text_of(answer)
    assert services.load_queued() == 1
    version.refresh_from_db()
    return version


@pytest.fixture
def wanted(keeper: Acting) -> Watchlist:
    return services.add_list(by=keeper, name="wanted", origin="national", rules=RulesOfUse(title="Wanted"))


@pytest.fixture
def plain(keeper: Acting) -> Watchlist:
    return services.add_list(by=keeper, name="plain", origin="international", rules=RulesOfUse(title="Plain"))


def verdict(name: str) -> Band:
    return live().screen([Person(name=name)], purpose="border_check", agency="kz-border").verdict


def test_a_list_is_added_loaded_compared_and_approved(client: Client, chief: Acting) -> None:
    rules = {"title": "Wanted", "name": "wanted", "origin": "national", "action": "stop", "handling": "H1"}
    answer = client.post("/lists/new/", {**rules, "tlp": "AMBER", "stale_after_days": "7"})
    assert answer["Location"] == "/lists/list/wanted/load/"
    version = load(client)
    assert (version.state, version.source["file"], version.total) == ("waiting", "розыск.csv", 2)
    assert "/approve/" not in text_of(client.get(f"/lists/version/{version.pk}/"))
    assert client.post(f"/lists/version/{version.pk}/approve/").status_code == 403
    second = at(chief)
    assert f"/lists/version/{version.pk}/approve/" in text_of(second.get(f"/lists/version/{version.pk}/"))
    assert second.post(f"/lists/version/{version.pk}/approve/")["Location"] == "/lists/list/wanted/"
    assert verdict("Тестов Байкал") is not Band.CLEAR
    load(client, table=TABLE.replace("Проба Шамал", "Пробин Шамал") + "3;Сынак Кобыз;1983;N1000030\n")
    page = text_of(second.get(f"/lists/version/{Version.objects.latest('id').pk}/"))
    assert "<del><bdi>Проба Шамал</bdi></del> <ins><bdi>Пробин Шамал</bdi></ins>" in page
    assert "Сынак Кобыз" in page
    assert "Тестов Байкал" not in page


def test_changes_are_searched_and_paged_by_kind(
    client: Client, keeper: Acting, chief: Acting, wanted: Watchlist
) -> None:
    services.approve_version(by=chief, version_id=load(client).pk)
    version = load(client, table=TABLE.replace("Проба Шамал", "Пробин Шамал") + "3;Сынак Кобыз;1983;N1000030\n")
    address = f"/lists/version/{version.pk}/"
    assert "Пробин" not in text_of(client.get(f"{address}?kind=added"))
    found = text_of(client.post(f"{address}search/", {"q": "n1000030"}))
    assert ("Сынак Кобыз" in found, "Пробин" in found) == (True, False)


def test_the_columns_of_a_table_are_guessed_and_shown(client: Client, plain: Watchlist) -> None:
    upload(client, "plain")
    page = client.get("/lists/list/plain/columns/")
    form = page.context["form"]
    assert [field.initial for field in form.columns] == ["id", "name", "birthDate", "passportNumber"]
    assert "Тестов Байкал" in text_of(page)
    assert guess("никому не известный столбец") == ""


def test_columns_that_make_no_entry_are_asked_again(client: Client, plain: Watchlist) -> None:
    upload(client, "plain")
    answer = client.post("/lists/list/plain/columns/", {"schema": "Person"})
    assert answer.status_code == 422
    assert client.get("/lists/list/plain/columns/").status_code == 200


def test_a_bad_file_is_told_on_the_page_of_its_version(client: Client, plain: Watchlist) -> None:
    file = SimpleUploadedFile("un.xml", b"<html>no list</html>")
    page = client.post("/lists/list/plain/load/", {"file": file, "format": "un"})["Location"]
    services.load_queued()
    assert uploads_left() == []
    answer = client.get(page)
    assert answer.context["failure"] == (
        "the file cannot be read whole; what was there before stays as it was: "
        "the file is of another kind (file, allowed: CONSOLIDATED_LIST)"
    )
    assert "http-equiv" not in text_of(answer)


def test_a_page_tells_how_far_the_reading_is_and_takes_the_file_back(client: Client, plain: Watchlist) -> None:
    offer(client, "plain")
    version = Version.objects.get()
    address = f"/lists/version/{version.pk}/"
    page = text_of(client.get(address))
    assert ('http-equiv="refresh"' in page, f"{address}cancel/" in page, "<progress" in page) == (True, True, False)
    assert "handed in, not read yet" in text_of(client.get("/lists/"))
    assert address in text_of(client.get("/lists/list/plain/"))
    Version.objects.update(state="reading", lines_read=120, percent_read=40)
    page = text_of(client.get(address))
    assert ('<progress max="100" value="40"' in page, "120 lines read" in page) == (True, True)
    assert f"{address}cancel/" not in page
    Version.objects.update(state="queued")
    assert at(acting(Role.SUPERVISOR)).post(f"{address}cancel/").status_code == 403
    assert client.get(f"{address}cancel/").status_code == 405
    assert client.post(f"{address}cancel/")["Location"] == "/lists/list/plain/"
    assert (Version.objects.get().state, uploads_left()) == ("cancelled", [])


def uploads_left() -> list[Path]:
    folder = here().files / "lists"
    return list(folder.iterdir()) if folder.is_dir() else []


def test_bad_lines_are_shown_and_exported(client: Client, plain: Watchlist) -> None:
    version = load(client, "plain", TABLE + "4;Мысал Кемел;33.33.1980;N1000040\n")
    assert "there is no such date" in text_of(client.get(f"/lists/version/{version.pk}/"))
    answer = client.get(f"/lists/version/{version.pk}/bad/")
    rows = b"".join(getattr(answer, "streaming_content", ())).decode("utf-8-sig").splitlines()
    assert (rows[0], rows[1].split(",")[0], len(rows)) == ("line,reason", "4", 2)


def test_a_file_is_gone_once_it_is_loaded_and_belongs_to_one_session(
    client: Client, keeper: Acting, plain: Watchlist
) -> None:
    upload(client, "plain")
    assert len(uploads_left()) == 1
    assert at(keeper).get("/lists/list/plain/columns/").status_code == 404
    load(client, "plain")
    assert uploads_left() == []
    assert client.get("/lists/list/plain/columns/").status_code == 404


def test_a_file_that_is_too_large_is_refused(client: Client, plain: Watchlist, monkeypatch: Any) -> None:
    monkeypatch.setattr(offers, "MAX_BYTES", 10)
    answer = upload(client, "plain")
    assert (answer.status_code, "file" in answer.context["form"].errors) == (422, True)
    assert uploads_left() == []


def test_shipped_lists_load_by_a_button(client: Client) -> None:
    assert "/lists/shipped/un/" in text_of(client.get("/lists/"))
    version_page = client.post("/lists/shipped/un/")["Location"]
    services.load_queued()
    page = text_of(client.get("/lists/"))
    assert ("/lists/shipped/un/" in page, "badge stale" in page) == (False, True)
    assert client.get(version_page).status_code == 200


def test_a_list_is_rolled_back_and_removed_with_a_reason(client: Client, plain: Watchlist) -> None:
    load(client, "plain")
    load(client, "plain", TABLE.replace("Тестов Байкал", "Другой Некто"))
    assert "/lists/list/plain/back/1/" in text_of(client.get("/lists/list/plain/"))
    assert client.post("/lists/list/plain/back/1/", {"reason": ""}).status_code == 422
    assert client.post("/lists/list/plain/back/1/", {"reason": "wrong file"})["Location"] == "/lists/list/plain/"
    assert verdict("Тестов Байкал") is not Band.CLEAR
    assert client.post("/lists/list/plain/remove/", {"reason": "superseded"})["Location"] == "/lists/"
    assert client.get("/lists/list/plain/").status_code == 200


def test_a_search_is_posted_and_written_down(client: Client, plain: Watchlist) -> None:
    load(client, "plain")
    page = text_of(client.post("/lists/list/plain/search/", {"q": "baikal testov"}))
    assert "/lists/list/plain/entry/1" in page
    assert "/lists/list/plain/entry/1" in text_of(client.post("/lists/list/plain/search/", {"q": "N1000010"}))
    assert client.get("/lists/list/plain/search/", {"q": "x"}).status_code == 405
    assert client.post("/lists/list/plain/search/", {"q": ""}).status_code == 422
    assert "Тестов Байкал" in text_of(client.get("/lists/list/plain/entry/1"))
    verbs = AuditLine.objects.order_by("sequence").values_list("verb", "on")
    assert list(verbs)[-3:] == [
        ("watchlists.search_entries", "list:plain"),
        ("watchlists.search_entries", "list:plain"),
        ("watchlists.read_entry", "entry:plain:1"),
    ]


def own(**given: str) -> dict[str, str]:
    return {
        "name": "Baikal Testov\nБайкал Тестов", "birthDate": "09.04.1981", "nationality": "Kyrgyzstan",
        "gender": "male", "action": "stop", "handling": "H1", "legal_basis": "Order 12", "authority": "Court",
        "expires_date": (timezone.localdate() + dt.timedelta(days=30)).isoformat(), **given,
    }  # fmt: skip


def test_an_own_entry_is_made_amended_and_withdrawn(client: Client) -> None:
    answer = client.post("/lists/own/new/?schema=Person", own())
    row = OwnEntry.objects.get()
    assert answer["Location"] == f"/lists/own/{row.key}/"
    assert row.properties == {
        "name": ["Baikal Testov", "Байкал Тестов"], "birthDate": ["1981-04-09"], "nationality": ["kg"],
        "gender": ["male"],
    }  # fmt: skip
    first = client.get(f"{answer['Location']}amend/").context["form"].initial
    client.post(f"{answer['Location']}amend/", own(action="refer", reason="softened", seen=first["seen"]))
    row.refresh_from_db()
    assert (row.action, row.changes.get().before["action"]) == ("refer", "stop")
    assert client.post(f"{answer['Location']}amend/", own(reason="late", seen=first["seen"])).status_code == 422
    assert "softened" in text_of(client.get(answer["Location"]))
    client.post(f"{answer['Location']}withdraw/", {"reason": "found"})
    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize("schema", ["Vehicle", "Passport", "Identification", "Organization"])
def test_each_kind_has_a_form_of_its_own(client: Client, schema: str) -> None:
    mark = {"Vehicle": {"registrationNumber": "01KG777ABC", "name": ""}}.get(schema, {"number": "N1234567"})
    fields = own(**mark)
    for name in ("birthDate", "nationality", "gender"):
        del fields[name]
    assert client.post(f"/lists/own/new/?schema={schema}", fields).status_code == 302
    assert OwnEntry.objects.get().schema == schema


def test_an_own_entry_that_is_not_whole_keeps_its_text(client: Client) -> None:
    answer = client.post("/lists/own/new/?schema=Person", own(birthDate="eighty", legal_basis=""))
    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (422, {"legal_basis"})
    assert form["birthDate"].value() == "eighty"
    answer = client.post("/lists/own/new/?schema=Person", own(birthDate="eighty"))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"birthDate"})


def test_discreet_entries_stand_on_no_page_of_others(client: Client) -> None:
    client.post("/lists/own/new/?schema=Person", own(action="discreet"))
    client.post("/lists/own/new/?schema=Person", own(name="Shamal Proba"))
    hidden = OwnEntry.objects.get(action="discreet")
    stranger = at(acting(Role.SUPERVISOR, Role.LIST_KEEPER, agency=make_agency("kz-customs", kind="customs")))
    pages = {
        who: text_of(one.get("/lists/own/?list=own-kz-border")) for who, one in (("he", client), ("she", stranger))
    }
    assert [hidden.key in pages["he"], hidden.key in pages["she"], "Shamal" in pages["she"]] == [True, False, True]
    assert stranger.get(f"/lists/own/{hidden.key}/").status_code == 404
    assert stranger.get(f"/lists/list/own-kz-border/entry/{hidden.key}").status_code == 404
    assert stranger.get(f"/lists/own/{OwnEntry.objects.get(action='stop').key}/amend/").status_code == 403
    assert '<td class="n">1</td>' in text_of(stranger.get("/lists/"))
    found = text_of(stranger.post("/lists/list/own-kz-border/search/", {"q": "Baikal Testov"}))
    assert hidden.key not in found
    version = Version.objects.latest("id")
    assert stranger.get(f"/lists/version/{version.pk}/").status_code == 404


def test_a_discreet_list_is_known_to_its_owner_only(client: Client, keeper: Acting, plain: Watchlist) -> None:
    load(client, "plain")
    services.change_list(
        by=keeper, name="plain", rules=RulesOfUse(title="Plain", action="discreet", owner=keeper.agency)
    )
    stranger = at(acting(Role.SUPERVISOR, agency=make_agency("kz-customs", kind="customs")))
    assert ["/lists/list/plain/" in text_of(one.get("/lists/")) for one in (client, stranger)] == [True, False]
    assert stranger.get("/lists/list/plain/").status_code == 404
    assert stranger.get("/lists/list/plain/entry/1").status_code == 404


@pytest.mark.parametrize("role", [Role.FIRST_LINE, Role.ADMINISTRATOR, Role.PROGRAMME])
def test_others_see_no_lists(role: Role) -> None:
    assert at(acting(role)).get("/lists/").status_code == 403


def queries(client: Client, address: str) -> int:
    client.get(address)  # what a process reads once
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_ask_as_much_for_three_as_for_one(client: Client, keeper: Acting, plain: Watchlist) -> None:
    addresses = ("/lists/", "/lists/own/", "/lists/list/plain/")

    def make(number: int) -> None:
        name = f"list{number}"
        services.add_list(by=keeper, name=name, origin="international", rules=RulesOfUse(title=name))
        load(client, name)
        load(client, "plain", TABLE.replace("1982", f"198{number}"))
        draft = OwnDraft(
            schema="Person", properties={"name": (f"Testov {number}",)}, action="stop", legal_basis="Order",
            authority="Court", expires_date=timezone.localdate() + dt.timedelta(days=9),
        )  # fmt: skip
        services.create_entry(by=keeper, draft=draft)

    make(3)
    once = [queries(client, address) for address in addresses]
    make(4)
    make(5)
    assert [queries(client, address) for address in addresses] == once
