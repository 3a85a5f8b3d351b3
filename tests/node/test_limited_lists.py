"""A list whose use is limited to some agencies is seen into by no other: on no page, by no program, in no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client
from tests.api_calls import Caller, caller
from tests.factories import acting, make_agency, signed_in
from tests.lists_made import put_list

from elchi.errors import InvalidInput, NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.checks.models import Alert, FoundEntry, RememberedNegative
from elchi.node.checks.services import judge_finding, submit_check
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.rules import Role
from elchi.node.watchlists import services
from elchi.node.watchlists.models import Version, Watchlist
from elchi.node.watchlists.offers import ListFile
from elchi.node.watchlists.queries import list_for, lists_for
from elchi.node.watchlists.services.rules_of_use import RulesOfUse
from elchi.subjects import Document

NAME, TITLE, MARK = "Shamalov Testbek", "Police register", "QQ5550001"
TABLE = f"id,name,passportNumber\np-1,{NAME},{MARK}\n"
POLICE = RulesOfUse(title=TITLE, owner="kz-police", agencies=("kz-police",), tlp="AMBER")
ROLES = (Role.SUPERVISOR, Role.LIST_KEEPER)


class Desk(NamedTuple):
    """An officer at his browser and with a program."""

    by: Acting
    page: Client
    program: Caller


def sits(agency: str, *roles: Role) -> Desk:
    by = acting(*(roles or ROLES), agency=make_agency(agency, kind="police"))
    return Desk(by, signed_in(Client(), by.himself), caller(officer=by.himself))


@pytest.fixture
def police() -> Desk:
    return sits("kz-police")


@pytest.fixture
def customs() -> Desk:
    return sits("kz-customs")


@pytest.fixture
def version(police: Desk, tmp_path: Path) -> Version:
    """The register, loaded by the police and approved by another officer of theirs."""
    file = tmp_path / "register.csv"
    file.write_text(TABLE, encoding="utf-8")
    services.add_list(by=police.by, name="register", origin="national", rules=POLICE)
    made = services.load_list(by=police.by, name="register", file=ListFile(path=file, format="csv"))
    return services.approve_version(by=sits("kz-police").by, version_id=made.pk)


@pytest.fixture
def finding(police: Desk, version: Version) -> FoundEntry:
    assert version.state == "in_force"
    check = submit_check(by=police.by, subjects=[Document(document_number=MARK)], purpose="border_check", task="t")
    return check.check.findings.get()


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def said(desk: Desk, address: str) -> str:
    """Give what an address says to an officer; nothing where he is told that nothing is there."""
    client = desk.program.client if address.startswith(("/api/", "/match-api/")) else desk.page
    answer = client.get(address)
    assert answer.status_code in (200, 404), address
    return text_of(answer) if answer.status_code == 200 else ""


@pytest.mark.usefixtures("finding")
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/lists/", TITLE),
        ("/lists/list/register/", TITLE),
        ("/lists/list/register/entry/p-1", NAME),
        ("/lists/list/register/rules/", TITLE),
        ("/lists/list/register/load/", TITLE),
        ("/lists/version/{version}/", TITLE),
        ("/node/", TITLE),
        ("/results/?period=today", TITLE),
        ("/results/export/?period=today", TITLE),
        ("/second_line/", TITLE),
        ("/second_line/{finding}/", NAME),
        ("/api/v1/lists", TITLE),
        ("/api/v1/lists/register", TITLE),
        ("/api/v1/lists/register/versions", '"register"'),
        ("/api/v1/lists/register/entries/p-1", NAME),
        ("/api/v1/versions/{version}", '"register"'),
        ("/api/v1/findings", NAME),
        ("/api/v1/findings/{finding}", NAME),
        ("/match-api/catalog", TITLE),
        ("/match-api/search/default?q=" + MARK, NAME),
        ("/match-api/search/register?q=" + MARK, NAME),
        ("/match-api/entities/register:p-1", NAME),
        ("/match-api/entities/register:p-1/adjacent", NAME),
    ],
)
def test_what_it_says_is_told_to_its_agency_only(
    police: Desk, customs: Desk, version: Version, finding: FoundEntry, address: str, told: str
) -> None:
    put_list("open", {"o-1": {"name": ["Somebody Else"]}}, title="Open")  # so that all have something to search
    address = address.format(version=version.pk, finding=finding.pk)
    assert [told in said(desk, address) for desk in (police, customs)] == [True, False]


@pytest.mark.usefixtures("version")
def test_searching_finds_for_its_agency_only(police: Desk, customs: Desk) -> None:
    told = [desk.page.post("/lists/list/register/search/", {"q": MARK}) for desk in (police, customs)]
    assert [one.status_code for one in told] == [200, 404]
    assert [NAME in text_of(one) for one in told] == [True, False]


def test_differences_are_shown_to_its_agency_only(
    police: Desk, customs: Desk, version: Version, tmp_path: Path
) -> None:
    file = tmp_path / "more.csv"
    file.write_text(TABLE + "p-2,Borankul Testov,QQ5550002\n", encoding="utf-8")
    offered = services.load_list(by=police.by, name="register", file=ListFile(path=file, format="csv"))
    addresses = (f"/lists/version/{offered.pk}/", f"/lists/version/{offered.pk}/search/")
    shown = [desk.page.get(addresses[0]) for desk in (police, customs)]
    found = [desk.page.post(addresses[1], {"q": "borankul"}) for desk in (police, customs)]
    for told in (shown, found):
        assert [one.status_code for one in told] == [200, 404]
        assert ["Borankul" in text_of(one) for one in told] == [True, False]
    for verb, given in (("approve", {}), ("reject", {"reason": "x"})):
        assert customs.page.post(f"/lists/version/{offered.pk}/{verb}/", given).status_code == 404
        assert customs.program.post(f"/versions/{offered.pk}/{verb}", given).status_code == 404
    offered.refresh_from_db()
    assert offered.state == "waiting"


def test_nobody_else_changes_it(customs: Desk, version: Version) -> None:
    for act in (
        lambda: services.change_list(by=customs.by, name="register", rules=RulesOfUse(title="Ours")),
        lambda: services.remove_list(by=customs.by, name="register", reason="x"),
        lambda: services.roll_back_list(by=customs.by, name="register", to_version=1, reason="x"),
        lambda: services.read_entry(by=customs.by, name="register", version=None, entry_id="p-1"),
    ):
        with pytest.raises(NotFound):
            act()
    row = Watchlist.objects.get(name="register")
    assert (row.title, row.retired_at, version.state) == (TITLE, None, "in_force")


def test_an_auditor_of_another_agency_sees_what_was_done_and_not_the_list(finding: FoundEntry) -> None:
    auditor = sits("kz-security", Role.AUDITOR)
    assert "list:register" in said(auditor, "/audit/?verb=watchlists.load_list")
    assert said(auditor, "/lists/list/register/") == said(auditor, f"/second_line/{finding.pk}/") == ""


def test_a_negative_judgement_is_forgotten_by_its_agency_only(police: Desk, customs: Desk, finding: FoundEntry) -> None:
    finding.owner.subjects = [{"kind": "person", "documents": [{"kind": "document", "document_number": MARK}]}]
    finding.owner.save()
    judge_finding(by=police.by, finding_id=finding.pk, outcome="negative", reason="Another one.")
    negative = RememberedNegative.objects.get()
    address = f"/second_line/remembered/{negative.pk}/forget/"
    assert [desk.page.post(address).status_code for desk in (customs, police)] == [404, 302]


def test_the_owner_sees_into_a_list_that_others_use(police: Desk, customs: Desk, version: Version) -> None:
    rules = RulesOfUse(title=TITLE, owner="kz-police", agencies=("kz-customs",), action="discreet")
    assert version.state == "in_force"
    services.change_list(by=police.by, name="register", rules=rules)
    submit_check(by=customs.by, subjects=[Document(document_number=MARK)], purpose="border_check", task="t")
    assert Alert.objects.get().agency.code == "kz-police"
    assert [NAME in said(desk, "/second_line/alerts/") for desk in (police, customs)] == [True, False]
    assert [NAME in said(desk, "/lists/list/register/entry/p-1") for desk in (police, customs)] == [True, False]


@pytest.mark.usefixtures("version")
@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (RulesOfUse(title=TITLE, owner="kz-customs", agencies=("kz-customs",)), "agencies"),
        (RulesOfUse(title=TITLE, agencies=("kz-customs",)), "agencies"),
        (RulesOfUse(title=TITLE, owner="kz-customs", action="discreet"), "owner"),
    ],
)
def test_nobody_hides_a_list_from_himself(police: Desk, customs: Desk, rules: RulesOfUse, field: str) -> None:
    lines = AuditLine.objects.count()
    acts: tuple[Callable[[], object], ...] = (
        lambda: services.change_list(by=police.by, name="register", rules=rules),
        lambda: services.add_list(by=police.by, name="another", origin="national", rules=rules),
    )
    for act in acts:
        with pytest.raises(InvalidInput) as refused:
            act()
        assert (refused.value.params["field"], refused.value.params["rule"]) == (field, "hides_from_yourself")
    assert (customs.by.agency, AuditLine.objects.count()) == ("kz-customs", lines)
    assert sorted(Watchlist.objects.values_list("name", flat=True)) == ["register"]
    assert list_for(police.by, "register").title == TITLE


@pytest.mark.usefixtures("version")
def test_the_machine_loads_it_and_does_not_see_into_it(tmp_path: Path) -> None:
    machine = at_machine("root")
    assert lists_for(machine) == ()
    file = tmp_path / "newer.csv"
    file.write_text(TABLE, encoding="utf-8")
    made = services.load_list(by=machine, name="register", file=ListFile(path=file, format="csv"))
    assert made.state == "waiting"
