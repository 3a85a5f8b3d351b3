"""The pages of the second line and of retention, as officers open them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import acting, make_agency, make_officer, signed_in
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.cases.models import Case
from elchi.node.checks.models import Alert, FoundEntry, Judgement, RememberedNegative, Retention
from elchi.node.checks.retention import LIMITS
from elchi.node.checks.services import judge_finding, submit_check
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.rules import Role
from elchi.subjects import Document, PartialDate, Person

PAGES = ("/second_line/", "/second_line/judged/", "/second_line/alerts/", "/node/retention/")


@pytest.fixture(autouse=True)
def _lists(node_home: Path) -> None:
    put_list("wanted", {"w-1": {"name": ["Шарипзода <b>Хуршед"], "birthDate": ["1980-04-09"], "topics": ["wanted"],
                                "passportNumber": ["AA1110001"]}}, action="stop", title="Wanted")  # fmt: skip


@pytest.fixture
def by() -> Acting:
    return acting(Role.SECOND_LINE)


@pytest.fixture
def client(by: Acting) -> Client:
    return sits_down(by.officer)


def sits_down(officer: Any) -> Client:
    return signed_in(Client(), officer)


def found(by: Acting, name: str = "SHARIPZODA KHURSHED", number: str = "TJ4400123") -> FoundEntry:
    documents = (Document(document_number=number, issuer="TJK"),)
    person = Person(name=name, birth_date=PartialDate(1980, 4, 9), documents=documents)
    return submit_check(by=by, subjects=[person], purpose="border_check").check.findings.get()


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_queue_shows_what_waits_by_its_time(by: Acting, client: Client) -> None:
    late, later = found(by), found(by, "SHARIPZODA HURSHED", "TJ1")
    FoundEntry.objects.filter(pk=late.pk).update(due_at=timezone.now() - dt.timedelta(minutes=12, seconds=30))
    page = text_of(client.get("/second_line/"))
    assert re.findall(r'href="/second_line/(\d+)/#cmp"><bdi>', page) == [str(late.pk), str(later.pk)]
    assert re.findall(r'class="due ([a-z]*)">([^<]*)<', page) == [("late", "late 13 min"), ("", "14 min")]
    page = text_of(client.get("/second_line/", {"sort": "-due", "text": "tj 44 00123"}))
    assert re.findall(r"href=\"/second_line/(\d+)/\?([^#]*)#cmp\"><bdi>", page) == [
        (str(late.pk), "text=tj+44+00123&amp;sort=-due")
    ]


def test_the_pages_ask_the_same_for_one_and_for_three(by: Acting, client: Client) -> None:
    def asked() -> list[int]:
        counts = []
        for address in PAGES[:3]:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    for number in range(2):
        judge_finding(by=by, finding_id=found(by).pk, outcome="unsure", reason="x")
        Alert.objects.create(kind="came_later", finding=found(by, number=f"TJ880{number}"))
        if number == 0:
            client.get("/second_line/")
            first = asked()
        else:
            Alert.objects.create(kind="came_later", finding=found(by, number="TJ8899"))
            judge_finding(by=by, finding_id=found(by).pk, outcome="unsure", reason="x")
    assert asked() == first


def test_who_may_open_what(by: Acting) -> None:
    finding = found(by)
    assert [Client().get(page).status_code for page in PAGES] == [302] * 4
    expected = {
        Role.FIRST_LINE: [403, 403, 403, 403], Role.SECOND_LINE: [200, 200, 200, 403],
        Role.SUPERVISOR: [200, 200, 200, 200], Role.LIST_KEEPER: [403, 403, 200, 403],
        Role.AUDITOR: [200, 200, 403, 200], Role.ADMINISTRATOR: [403, 403, 403, 200],
    }  # fmt: skip
    clients = {role: sits_down(make_officer(role)) for role in expected}
    assert {role: [one.get(page).status_code for page in PAGES] for role, one in clients.items()} == expected
    said = {"outcome": "negative", "reason": "x"}
    statuses = [clients[role].post(f"/second_line/{finding.pk}/judge/", said).status_code
                for role in (Role.FIRST_LINE, Role.AUDITOR, Role.LIST_KEEPER)]  # fmt: skip
    assert (statuses, Judgement.objects.count()) == ([403, 403, 403], 0)
    assert "data-judge" not in text_of(clients[Role.AUDITOR].get(f"/second_line/{finding.pk}/"))


def test_a_finding_stands_beside_its_entry_and_runs_nothing(by: Acting, client: Client) -> None:
    finding = found(by, "SHARIPZODA <i>HURSHED")
    page = text_of(client.get(f"/second_line/{finding.pk}/"))
    row = re.search(r'<tr><th scope="row">name</th>.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "SHARIPZODA" in row[0]
    assert "Шарипзода" in row[0]
    assert ("<i>HURSHED" in page, "<b>Хуршед" in page) == (False, False)
    assert "<mark>TJ4400123</mark>" in page
    line = AuditLine.objects.latest("sequence")
    assert (line.verb, line.on, line.actor) == ("checks.read_check", f"check:{finding.owner_id}", by.name)


def test_a_judgement_leads_to_the_next_finding(by: Acting, client: Client) -> None:
    first, second = found(by), found(by, "SHARIPZODA HURSHED", "TJ1")
    said = {
        "outcome": "negative",
        "reason": "Born elsewhere.",
        "threat": "wanted_person",
        "classification": "restricted",
    }
    answer = client.post(f"/second_line/{first.pk}/judge/?sort=due", said)
    assert (answer.status_code, answer["Location"]) == (302, f"/second_line/{second.pk}/?sort=due")
    page = text_of(client.get(answer["Location"]))
    assert f"Judgement on check {first.owner.number} saved: not the same. Remembered until" in page
    assert "SHARIPZODA" not in str(client.cookies)
    answer = client.post(f"/second_line/{second.pk}/judge/", said | {"outcome": "positive"})
    assert answer["Location"] == "/second_line/"
    assert f"Case {Case.objects.get().number}." in text_of(client.get("/second_line/"))
    page = text_of(client.get(f"/second_line/{second.pk}/"))
    assert (Case.objects.get().number in page, "data-judge" in page) == (True, False)


def test_what_cannot_be_saved_keeps_what_was_typed(by: Acting, client: Client) -> None:
    finding = found(by)
    answer = client.post(f"/second_line/{finding.pk}/judge/", {"reason": "The scar agrees."})
    assert (answer.status_code, Judgement.objects.count()) == (422, 0)
    page = text_of(answer)
    assert "The scar agrees.</textarea>" in page
    assert 'href="#id_outcome_0"' in page
    FoundEntry.objects.filter(pk=finding.pk).update(entry="w-2")  # an entry that does not say why it is listed
    answer = client.post(f"/second_line/{finding.pk}/judge/", {"outcome": "positive", "reason": "The scar agrees."})
    assert text_of(answer).count("choose the threat for the case.") == 2
    judge_finding(by=acting(Role.SECOND_LINE), finding_id=finding.pk, outcome="negative", reason="Faster.")
    answer = client.post(f"/second_line/{finding.pk}/judge/", {"outcome": "positive", "reason": "The scar agrees."})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "another officer has judged this finding already" in page.lower()
    assert "Faster." in page


def test_a_supervisor_overrules_and_forgets(by: Acting) -> None:
    supervisor = sits_down(make_officer(Role.SUPERVISOR))
    finding = found(by)
    judgement = judge_finding(by=by, finding_id=finding.pk, outcome="negative", reason="x")
    page = text_of(supervisor.get(f"/second_line/{finding.pk}/"))
    address = f"/second_line/judgements/{judgement.pk}/overrule/"
    assert (f'action="{address}"' in page, 'value="negative"' in page) == (True, False)
    negative = RememberedNegative.objects.get()
    assert supervisor.post(f"/second_line/remembered/{negative.pk}/forget/").status_code == 302
    said = {"outcome": "unsure", "reason": "Look again.", "threat": "other"}
    assert supervisor.post(address, said).status_code == 302
    page = text_of(supervisor.get(f"/second_line/{finding.pk}/"))
    # beside the pair and in the list of the day
    assert [page.count(word) for word in ("overruled</span>", "Look again.")] == [2, 1]
    assert "overruled</span>" in text_of(supervisor.get("/second_line/judged/"))


def test_a_discreet_finding_stands_on_no_page_of_others(by: Acting) -> None:
    security = make_agency("kz-security", kind="security")
    entries = {"d-1": {"name": ["Rahimova, Gulnora"], "passportNumber": ["QQ5550001"]}}
    put_list("watch", entries, action="discreet", owner=security, title="Quiet")
    found(by)
    hidden = submit_check(by=by, subjects=[Document(document_number="QQ5550001")], purpose="border_check").check
    finding = hidden.findings.get()
    owner, other = sits_down(make_officer(Role.SECOND_LINE, agency=security)), sits_down(by.officer)
    seen = {name: "".join(text_of(one.get(page)) for page in PAGES[:3]) for name, one in
            (("owner", owner), ("other", other))}  # fmt: skip
    assert {name: "Rahimova" in pages for name, pages in seen.items()} == {"owner": True, "other": False}
    assert [one.get(f"/second_line/{finding.pk}/").status_code for one in (owner, other)] == [200, 404]
    assert other.post(f"/second_line/{finding.pk}/judge/", {"outcome": "negative", "reason": "x"}).status_code == 404


def test_alerts_are_read_once_for_all(by: Acting, client: Client) -> None:
    alert = Alert.objects.create(kind="came_later", finding=found(by))
    page = text_of(client.get("/second_line/alerts/"))
    assert f'action="/second_line/alerts/{alert.pk}/read/"' in page
    keeper = sits_down(make_officer(Role.LIST_KEEPER))
    assert f"/second_line/{alert.finding_id}/" not in text_of(keeper.get("/second_line/alerts/"))
    assert 'class="told"' in page
    assert client.post(f"/second_line/alerts/{alert.pk}/read/").status_code == 302
    page = text_of(client.get("/second_line/alerts/"))
    assert ("No alerts." in page, 'class="told"' in page) == (True, False)
    assert str(by.officer) in text_of(client.get("/second_line/alerts/?all=1"))


def test_the_file_of_judgements_runs_no_formula(by: Acting, client: Client) -> None:
    finding = found(by)
    judge_finding(by=by, finding_id=finding.pk, outcome="negative", reason='=HYPERLINK("http://x","a")')
    answer = client.get("/second_line/judged.csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it is a stream
    header, row = csv.reader(io.StringIO(content))
    told = dict(zip(header, row, strict=True))
    assert (told["reason"], told["outcome"], told["subject"], told["officer"], told["list"]) == (
        "'=HYPERLINK(\"http://x\",\"a\")", "negative", "SHARIPZODA KHURSHED", by.name, "wanted",
    )  # fmt: skip


def policy(**changed: Any) -> dict[str, Any]:
    return {name: getattr(Retention(), name) for name in LIMITS} | {"reason": "Order 12."} | changed


def test_retention_shows_what_would_go_before_it_is_changed(by: Acting) -> None:
    officer: Officer = make_officer(Role.SUPERVISOR)
    supervisor, address = sits_down(officer), "/node/retention/change/"
    found(by).owner.__class__.objects.update(at=timezone.now() - dt.timedelta(days=20))
    assert 'value="30"' in text_of(supervisor.get(address))
    answer = supervisor.post(address, policy(finding_days=7))
    assert (answer.status_code, Retention.objects.count()) == (200, 0)
    row = re.search(
        r"<td>checks with findings</td><td class=\"n\">(\d+)</td><td class=\"n\"><b>(\d+)</b>", text_of(answer)
    )
    assert row is not None
    assert row.groups() == ("0", "1")
    assert "Order 12.</textarea>" in text_of(supervisor.post(address, policy(finding_days=7, edit="1")))
    assert supervisor.post(address, policy(finding_days=7, confirm="1"))["Location"] == "/node/retention/"
    assert [(one.finding_days, one.by, one.reason) for one in Retention.objects.all()] == [
        (7, officer.sign_in_name, "Order 12.")
    ]
    assert "Order 12." in text_of(supervisor.get("/node/retention/"))


@pytest.mark.parametrize("changed", [{"clear_days": 0}, {"clear_days": "x"}, {"reason": ""}, {"sign_in_days": 1}])
def test_retention_refuses_what_no_policy_can_say(changed: dict[str, Any]) -> None:
    supervisor = sits_down(make_officer(Role.SUPERVISOR))
    answer = supervisor.post("/node/retention/change/", policy(confirm="1", **changed))
    assert (answer.status_code, Retention.objects.count(), 'class="errors"' in text_of(answer)) == (422, 0, True)


def test_only_a_supervisor_changes_retention() -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SECOND_LINE):
        client = sits_down(make_officer(role))
        assert client.get("/node/retention/change/").status_code == 403
        assert client.post("/node/retention/change/", policy(confirm="1")).status_code == 403
    assert Retention.objects.count() == 0
