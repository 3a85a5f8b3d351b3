"""Officers: who adds and changes them, what nobody does to himself, and the pages of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import acting, make_agency, make_office, make_officer, signed_in

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.node.audit.models import AuditLine
from elchi.node.officers.acting import Acting, at_machine
from elchi.node.officers.cards import OfficerCard
from elchi.node.officers.models import ApiToken, Officer
from elchi.node.officers.queries import Wanted, officers_of
from elchi.node.officers.rules import Role, rights_table
from elchi.node.officers.services import (
    add_officer,
    change_officer,
    let_go,
    reset_factors,
    reset_password,
    take_back,
    unlock_officer,
)


def given(**changed: Any) -> dict[str, Any]:
    make_office()
    return {
        "sign_in_name": "a.omarov", "name": "А. Омаров", "agency": "kz-border", "office": "kordai",
        "roles": [Role.FIRST_LINE], "email": "", "language": "en", **changed,
    }  # fmt: skip


def add(by: Acting, **changed: Any) -> tuple[Officer, str]:
    told = given(**changed)
    name, language = told.pop("sign_in_name"), told.pop("language")
    return add_officer(by=by, sign_in_name=name, language=language, card=OfficerCard(**told))


def card_of(*roles: Role) -> OfficerCard:
    return OfficerCard(name="New Name", agency="kz-border", office="kordai", roles=roles)


def test_an_officer_is_added_with_a_password_to_be_changed() -> None:
    officer, password = add(acting(Role.ADMINISTRATOR), language="kk", email="a@example.kz")
    officer.refresh_from_db()
    assert re.fullmatch(r"[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}", password)
    assert (officer.check_password(password), officer.must_change_password, officer.is_active) == (True, True, True)
    assert (officer.name, officer.roles, officer.language, officer.office.code) == (
        "А. Омаров", ["first_line"], "kk", "kordai",
    )  # fmt: skip
    line = AuditLine.objects.get()
    assert (line.verb, line.on, line.detail) == (
        "officers.add_officer",
        "officer:a.omarov",
        {"roles": ["first_line"], "of_agency": "kz-border", "at_office": "kordai"},
    )


def test_two_one_time_passwords_are_not_the_same() -> None:
    by = acting(Role.ADMINISTRATOR)
    passwords = {add(by, sign_in_name=f"officer-{n}-x")[1] for n in range(5)}
    assert len(passwords) == 5


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"sign_in_name": "A.Omarov"}, "sign_in_name", "sign_in_name"),
        ({"sign_in_name": "а.омаров"}, "sign_in_name", "sign_in_name"),
        ({"sign_in_name": ""}, "sign_in_name", "sign_in_name"),
        ({"sign_in_name": "x" * 65}, "sign_in_name", "sign_in_name"),
        ({"name": " "}, "name", "officer_name"),
        ({"email": "nowhere"}, "email", "email"),
        ({"agency": "none"}, "agency", "in_directory"),
        ({"office": "none"}, "office", "in_directory"),
        ({"roles": []}, "roles", "roles_known"),
        ({"roles": ["god"]}, "roles", "roles_known"),
        ({"roles": [Role.ADMINISTRATOR, Role.SUPERVISOR]}, "roles", "role_alone"),
        ({"roles": [Role.AUDITOR, Role.FIRST_LINE]}, "roles", "role_alone"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(acting(Role.ADMINISTRATOR), **changed)
    assert (refused.value.code, refused.value.params) == ("officer_invalid", {"field": field, "rule": rule})


def test_a_sign_in_name_is_never_given_twice() -> None:
    make_officer(Role.FIRST_LINE, name="a.omarov", is_active=False)
    with pytest.raises(Conflict) as refused:
        add(acting(Role.ADMINISTRATOR))
    assert refused.value.code == "sign_in_name_taken"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_add_officers(role: Role) -> None:
    with pytest.raises(NotAllowed):
        add(acting(role))


def test_the_machine_adds_the_first_officer() -> None:
    officer, _ = add(at_machine("root"), roles=[Role.ADMINISTRATOR])
    assert officer.roles == ["administrator"]
    assert AuditLine.objects.get().actor == "machine:root"


def test_a_change_of_roles_is_written_down_and_a_change_of_name_is_not_quoted() -> None:
    officer = make_officer(Role.FIRST_LINE)
    told: dict[str, Any] = {
        "name": "Other Name",
        "agency": "kz-border",
        "office": "kordai",
        "roles": ["second_line", "first_line"],
    }
    change_officer(by=acting(Role.ADMINISTRATOR), officer_id=officer.pk, card=OfficerCard(**told))
    officer.refresh_from_db()
    assert (officer.name, officer.roles) == ("Other Name", ["first_line", "second_line"])
    assert AuditLine.objects.get().detail == {"roles": [["first_line"], ["first_line", "second_line"]]}


def _himself(by: Acting) -> dict[str, Any]:
    return {"by": by, "officer_id": by.himself.pk}


@pytest.mark.parametrize("verb", [let_go, take_back, reset_password, reset_factors])
def test_nobody_ends_or_resets_his_own_account(verb: Any) -> None:
    by = acting(Role.ADMINISTRATOR)
    make_officer(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed) as refused:
        verb(**_himself(by))
    assert refused.value.code == "own_account"
    assert AuditLine.objects.count() == 0


def test_nobody_changes_his_own_roles() -> None:
    by = acting(Role.ADMINISTRATOR)
    make_officer(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed) as refused:
        change_officer(**_himself(by), card=card_of(Role.AUDITOR))
    assert refused.value.code == "own_account"
    assert Officer.objects.get(pk=by.himself.pk).roles == ["administrator"]


def test_an_administrator_changes_his_own_name() -> None:
    by = acting(Role.ADMINISTRATOR)
    change_officer(**_himself(by), card=card_of(Role.ADMINISTRATOR))
    assert Officer.objects.get(pk=by.himself.pk).name == "New Name"


def test_the_last_administrator_stays() -> None:
    last = make_officer(Role.ADMINISTRATOR)
    make_officer(Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(Conflict, match="last_administrator"):
        let_go(by=at_machine("root"), officer_id=last.pk)
    with pytest.raises(Conflict, match="last_administrator"):
        change_officer(by=at_machine("root"), officer_id=last.pk, card=card_of(Role.FIRST_LINE))
    make_officer(Role.ADMINISTRATOR)
    let_go(by=at_machine("root"), officer_id=last.pk)
    assert not Officer.objects.get(pk=last.pk).is_active


def test_who_is_taken_back_begins_with_a_new_password() -> None:
    officer = make_officer(Role.FIRST_LINE)
    by = acting(Role.ADMINISTRATOR)
    let_go(by=by, officer_id=officer.pk)
    officer, password = take_back(by=by, officer_id=officer.pk)
    officer.refresh_from_db()
    assert (officer.is_active, officer.must_change_password, officer.check_password(password)) == (True, True, True)
    changes = AuditLine.objects.order_by("sequence").values_list("detail", flat=True)
    assert list(changes) == [{"is_active": [True, False]}, {"is_active": [False, True]}]


def test_a_command_has_no_account_of_its_own() -> None:
    with pytest.raises(NotAllowed) as refused:
        _ = at_machine("root").himself
    assert refused.value.code == "officers_only"


def test_the_filters_of_the_list() -> None:
    customs = make_agency("kz-customs", kind="customs")
    first = make_officer(Role.FIRST_LINE, Role.SECOND_LINE, name="aigul", shown="Айгуль Сериккызы")
    second = make_officer(Role.SECOND_LINE, name="bolat", agency=customs)
    gone = make_officer(Role.FIRST_LINE, name="dana", is_active=False)

    def found(**wanted: str) -> list[Officer]:
        return list(officers_of(Wanted(**wanted)))

    assert found() == [first, second]
    assert found(active="no") == [gone]
    assert found(active="") == [first, second, gone]
    assert found(role="first_line", active="") == [first, gone]
    assert found(role="second_line") == [first, second]
    assert found(agency="kz-customs") == [second]
    assert found(text="OLA") == [second]
    assert found(text="Серик") == [first]


@pytest.fixture
def administrator(client: Client) -> Officer:
    officer = make_officer(Role.ADMINISTRATOR, name="chief")
    signed_in(client, officer)
    return officer


def test_the_list_asks_the_same_for_one_officer_and_for_three(client: Client, administrator: Officer) -> None:
    counts = []
    for more in (0, 2):
        for _ in range(more):
            make_officer(Role.FIRST_LINE, office=make_office(f"office{more}{_}"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/officers/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_frame_asks_twice(client: Client, administrator: Officer) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get("/officers/rights/")
    assert len(asked) == 2


def test_an_officer_is_added_on_the_page_and_his_password_shown_once(client: Client, administrator: Officer) -> None:
    sent = given(roles=["first_line"], email="", language="kk")
    answer = client.post("/officers/add/", sent)
    officer = Officer.objects.get(sign_in_name="a.omarov")
    password = re.search(r'class="code secret">([^<]+)<', answer.content.decode())
    assert password is not None
    assert officer.check_password(password[1])
    assert password[1] not in client.get(f"/officers/{officer.pk}/").content.decode()


def test_a_form_that_is_wrong_keeps_what_was_typed(client: Client, administrator: Officer) -> None:
    sent = given(sign_in_name="A B", roles=["administrator", "supervisor"], language="kk")
    answer = client.post("/officers/add/", sent)
    page = answer.content.decode()
    assert (answer.status_code, Officer.objects.count()) == (422, 1)
    assert ('value="A B"' in page, 'href="#id_sign_in_name"' in page) == (True, True)
    answer = client.post("/officers/add/", {**sent, "sign_in_name": "ab"})
    assert 'href="#id_roles"' in answer.content.decode()


def test_a_change_on_the_page(client: Client, administrator: Officer) -> None:
    officer = make_officer(Role.FIRST_LINE)
    sent = {"name": "New", "agency": "kz-border", "office": "kordai", "roles": ["analyst"], "email": ""}
    assert client.post(f"/officers/{officer.pk}/change/", sent)["Location"] == f"/officers/{officer.pk}/"
    officer.refresh_from_db()
    assert (officer.name, officer.roles) == ("New", ["analyst"])


@pytest.mark.parametrize("verb", ["let-go", "reset-password", "reset-factors", "unlock"])
def test_what_is_done_on_the_page_of_an_officer(client: Client, administrator: Officer, verb: str) -> None:
    officer = make_officer(Role.FIRST_LINE)
    answer = client.post(f"/officers/{officer.pk}/{verb}/", follow=True)
    assert answer.status_code == 200
    assert AuditLine.objects.get().on == f"officer:{officer.sign_in_name}"
    assert client.get(f"/officers/{officer.pk}/{verb}/").status_code == 405


def test_what_is_no_verb_is_no_page(client: Client, administrator: Officer) -> None:
    assert client.post(f"/officers/{make_officer(Role.FIRST_LINE).pk}/promote/").status_code == 404


def test_a_token_is_issued_on_the_page_and_shown_once(client: Client, administrator: Officer) -> None:
    officer = make_officer(Role.FIRST_LINE)
    sent = {"token-name": "gate", "token-scopes": ["check.submit"], "token-days": "30"}
    page = client.post(f"/officers/{officer.pk}/tokens/", sent).content.decode()
    token = ApiToken.objects.get()
    assert f">{token.prefix}" in page
    shown = client.get(f"/officers/{officer.pk}/").content.decode()
    assert (token.prefix in shown, re.search(rf"{token.prefix}\w", shown)) == (True, None)
    wrong = client.post(f"/officers/{officer.pk}/tokens/", {**sent, "token-scopes": ["case.see"]})
    assert (wrong.status_code, ApiToken.objects.count()) == (422, 1)
    client.post(f"/officers/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_rights_stand_on_their_page_for_everybody(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    page = client.get("/officers/rights/").content.decode()
    assert page.count("<td>yes</td>") == sum(map(len, rights_table().values()))
    assert len(re.findall(r'<th scope="row">', page)) == len(rights_table())


def test_language_and_colours_are_the_officers_own(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    signed_in(client, officer)
    client.post("/theme/", {"theme": "sun"})
    client.post("/language/", {"language": "ru"})
    page = client.get("/officers/me/").content.decode()
    assert '<html lang="ru" dir="ltr" data-theme="sun">' in page
    client.post("/theme/", {"theme": "auto"})
    assert '<html lang="ru" dir="ltr">' in client.get("/officers/me/").content.decode()


def test_who_unlocks_may_manage_officers() -> None:
    with pytest.raises(NotAllowed):
        unlock_officer(by=acting(Role.SUPERVISOR), officer_id=make_officer(Role.FIRST_LINE).pk)
