"""The pages of the desk: ask, look at what goes, send, answer, and see it appear."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.desk_steps import agreed, asks, said_to, took
from tests.factories import make_agency, make_office, make_officer, signed_in
from tests.partner_node import PartnerNode

from elchi.node.liaison.models import Conversation, SharedFile
from elchi.node.officers.rules import Role

KG = "KG-AKJ-1"


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def kg(tmp_path: Path, now: dt.datetime) -> PartnerNode:
    make_agency("kg-drugs", country="KG", kind="drug_control")
    return agreed(PartnerNode(KG, tmp_path, now))


def officer(agency: str, role: Role = Role.SECOND_LINE) -> Client:
    office = make_office("kordai", agency=make_agency("kz-border"))
    return signed_in(Client(), make_officer(role, agency=make_agency(agency), office=office, language="en"))


@pytest.fixture
def border() -> Client:
    return officer("kz-border")


@pytest.fixture
def customs() -> Client:
    return officer("kz-customs")


def request_of(**given: Any) -> dict[str, Any]:
    return {
        "kind": "vehicle", "urgency": "flash", "title": "Van 01514KBC", "text": "Whose is it?",
        "purpose": "investigation", "handling": "H1", "tlp": "AMBER", **given,
    }  # fmt: skip


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_request_across_the_border_is_looked_at_before_it_goes(kg: PartnerNode, border: Client) -> None:
    assert f"?to={KG}" in border.get("/desk/new/").content.decode()
    told = request_of(about="vehicle", plate="01514KBC", vin="WVWZZZ1JZXW000001", agencies=["kg-drugs"],
                      evaluation="4x4 B 2", file=SimpleUploadedFile("owners.csv", b"a;b"))  # fmt: skip
    made = border.post(f"/desk/new/?to={KG}", told)
    row = Conversation.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/desk/{row.pk}/preview/")
    assert border.get(f"/desk/{row.pk}/").status_code == 302
    shown = text_of(border.get(f"/desk/{row.pk}/preview/"))
    assert "Article 7(1)" in shown
    assert "plate ✓ may go clause 7(1) Article 7(1) VIN ✗ blocked clause 2 Article 2" in shown
    assert border.post(f"/desk/{row.pk}/preview/").status_code == 302
    (message,) = said_to(kg)
    assert message.body["subject"] == {"kind": "vehicle", "plate": "01514KBC"}
    assert message.files[0].content == b"a;b"
    page = text_of(border.get(f"/desk/{row.pk}/"))
    assert "waits here" in page
    assert "If the link drops" in page
    file = border.get(f"/desk/files/{SharedFile.objects.get().pk}/")
    assert (file.content, file["Content-Disposition"]) == (b"a;b", 'attachment; filename="owners.csv"')


def test_without_an_agreement_the_page_says_so_and_offers_no_sending(kg: PartnerNode, border: Client) -> None:
    border.post(f"/desk/new/?to={KG}", request_of())
    row = Conversation.objects.get()
    Conversation.objects.update(purpose="border_check")
    page = border.get(f"/desk/{row.pk}/preview/")
    assert page.status_code == 200
    assert "Send sealed" not in text_of(page)
    assert border.post(f"/desk/{row.pk}/preview/").status_code == 403
    assert border.post(f"/desk/{row.pk}/drop/").status_code == 302
    assert not Conversation.objects.exists()


def test_colleagues_ask_and_answer_and_the_open_page_learns_of_it(border: Client, customs: Client) -> None:
    assert border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"])).status_code == 302
    row = Conversation.objects.get()
    border.post(f"/desk/{row.pk}/preview/")
    page = border.get(f"/desk/{row.pk}/").content.decode()
    news = re.search(r'id="talk" hx-get="([^"]+)"', page)
    assert news
    assert border.get(news[1]).status_code == 204
    assert '<b class="hot">' in customs.get("/desk/").content.decode()
    answered = customs.post(f"/desk/{row.pk}/", {"act": "answer", "text": "It is ours", "template": "stopped"})
    assert answered.status_code == 302
    shown = border.get(news[1])
    assert shown.status_code == 200
    assert "It is ours" in text_of(shown)
    assert "Stopped, being searched." in text_of(shown)
    assert 'role="alert"' not in shown.content.decode()


def test_looking_for_news_is_cheap(border: Client, customs: Client) -> None:
    border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"]))
    row = Conversation.objects.get()
    border.post(f"/desk/{row.pk}/preview/")
    news = re.search(r'id="talk" hx-get="([^"]+)"', border.get(f"/desk/{row.pk}/").content.decode())
    assert news
    with CaptureQueriesContext(connection) as few:
        border.get(news[1])
    for text in ("one", "two", "three"):
        customs.post(f"/desk/{row.pk}/", {"act": "say", "text": text})
    news = re.search(r'id="talk" hx-get="([^"]+)"', border.get(f"/desk/{row.pk}/").content.decode())
    assert news
    with CaptureQueriesContext(connection) as many:
        assert border.get(news[1]).status_code == 204
    assert len(few) == len(many) == 5


def test_the_open_list_learns_of_a_new_request_and_is_cheap(border: Client, customs: Client) -> None:
    page = customs.get("/desk/?which=owed").content.decode()
    news = re.search(r'id="talks" hx-get="([^"]+)"', page)
    assert news
    address = news[1].replace("&amp;", "&")
    with CaptureQueriesContext(connection) as none:
        assert customs.get(address).status_code == 204
    border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"]))
    assert customs.get(address).status_code == 204
    row = Conversation.objects.get()
    border.post(f"/desk/{row.pk}/preview/")
    shown = customs.get(address)
    assert shown.status_code == 200
    assert "new: Van 01514KBC" in text_of(shown)
    news = re.search(r'id="talks" hx-get="([^"]+)"', shown.content.decode())
    assert news
    with CaptureQueriesContext(connection) as one:
        assert customs.get(news[1].replace("&amp;", "&")).status_code == 204
    assert (len(none), len(one)) == (3, 4)


def test_a_mistake_keeps_what_was_typed(border: Client, customs: Client) -> None:
    answer = border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"], title="", text="Typed at length"))
    assert answer.status_code == 422
    assert "Typed at length" in answer.content.decode()
    answer = border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"], urgency="by_date"))
    assert answer.status_code == 422
    answer = border.post("/desk/new/?to=here", request_of())
    assert answer.status_code == 422
    assert border.get("/desk/new/?to=XX-NO-1").status_code == 404


def test_what_a_partner_asks_is_refused_with_a_clause(kg: PartnerNode, border: Client) -> None:
    took(kg, asks(kg))
    row = Conversation.objects.get()
    assert "A white van" in text_of(border.get("/desk/?which=owed"))
    assert border.post(f"/desk/{row.pk}/", {"act": "refuse", "text": "Not for us to say"}).status_code == 422
    assert border.post(f"/desk/{row.pk}/", {"act": "refuse", "text": "No", "clause": "8"}).status_code == 302
    page = text_of(border.get(f"/desk/{row.pk}/"))
    assert "refused" in page
    assert "8" in page
    assert "A white van" not in text_of(border.get("/desk/?which=owed"))
    assert "A white van" in text_of(border.get("/desk/?q=white"))


def test_it_is_shown_to_another_agency_and_taken_back(border: Client, customs: Client) -> None:
    officer("kz-police")
    border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"]))
    row = Conversation.objects.get()
    border.post(f"/desk/{row.pk}/preview/")
    assert border.post(f"/desk/{row.pk}/release/", {"agency": "kz-police"}).status_code == 302
    assert row.parties.filter(agency__code="kz-police").exists()
    assert customs.post(f"/desk/{row.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert border.post(f"/desk/{row.pk}/withdraw/", {"reason": "Found him"}).status_code == 302
    page = text_of(customs.get(f"/desk/{row.pk}/"))
    assert "Found him" in page
    assert "Send sealed" not in page
    assert officer("kz-drugs").get(f"/desk/{row.pk}/").status_code == 404


@pytest.mark.parametrize("language", ["ru", "kk", "tk"])
def test_each_reads_ready_sentences_in_his_language(border: Client, customs: Client, language: str) -> None:
    border.post("/desk/new/?to=here", request_of(agencies=["kz-customs"], template="need_more"))
    row = Conversation.objects.get()
    border.post(f"/desk/{row.pk}/preview/")
    customs.post("/language/", {"language": language, "next": "/"})
    said = {"ru": "Нужно больше данных.", "kk": "Қосымша мәлімет керек.", "tk": "Goşmaça maglumat gerek."}
    assert said[language] in text_of(customs.get(f"/desk/{row.pk}/"))


def test_an_alert_is_raised_shown_on_every_page_and_acknowledged(border: Client, customs: Client) -> None:
    told = {
        "action": "stop", "title": "White van", "text": "Under the plate", "purpose": "investigation",
        "about": "vehicle", "plate": "01514KBC", "handling": "H1", "tlp": "AMBER",
        "expires_at": (timezone.localtime() + dt.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert border.post("/desk/alerts/raise/", {**told, "route": "XX"}).status_code == 422
    assert border.post("/desk/alerts/raise/", {**told, "plate": ""}).status_code == 422
    window = officer("kz-customs", Role.FIRST_LINE)
    page = window.get("/officers/me/").content.decode()
    news = re.search(r'data-alarms="([^"]+)"', page)
    assert news
    assert window.get(news[1]).status_code == 204
    assert "White van" not in page
    raised = border.post("/desk/alerts/raise/", told)
    assert raised.status_code == 302
    shown = window.get(news[1])
    assert "White van" in text_of(shown)
    assert 'data-alarm="' in shown.content.decode()
    assert "White van" in text_of(window.get("/officers/me/"))
    assert "<form" not in re.sub(
        r"(?s)<dialog.*", "", window.get(raised["Location"]).content.decode().partition("<main")[2]
    )
    assert window.post(f"{raised['Location']}acknowledge/").status_code == 403
    assert "Acknowledge for my agency" in text_of(customs.get(raised["Location"]))
    assert customs.post(f"{raised['Location']}acknowledge/").status_code == 302
    assert 'data-alarm="' not in window.get("/officers/me/").content.decode()
    assert "acknowledged" in text_of(border.get(raised["Location"]))
    assert customs.post(f"{raised['Location']}withdraw/").status_code == 403
    assert border.post(f"{raised['Location']}withdraw/").status_code == 302
    assert "White van" not in text_of(window.get("/officers/me/"))
    assert "White van" in text_of(window.get("/desk/alerts/"))
