"""In by password and second factor, out by lock and too many attempts."""

from __future__ import annotations

import datetime as dt

import time_machine
from allauth.mfa.totp.internal import auth as totp
from tests.browser.desk import Desk, Door, wait_for
from tests.factories import PASSWORD, make_crossing, make_office, make_officer
from tests.lists_made import put_list

from elchi.node.audit.models import AuditLine
from elchi.node.officers.models import Officer, SignIn
from elchi.node.officers.rules import Role

NEW_PASSWORD = "a-quiet-Ford-of-seven-herons"


def code_of(secret: str) -> str:
    """Give the code that an app shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def sign_in(desk: Desk, name: str, password: str = PASSWORD) -> Desk:
    return desk.go("/accounts/login/").send(login=name, password=password)


def test_a_new_officer_from_his_card_to_his_desk(door: Door) -> None:
    make_office()
    chief = door.open(make_officer(Role.ADMINISTRATOR, language="en")).go("/officers/")
    chief.follow("main a[href='/officers/add/']")
    chief.page.check("[name=roles][value=second_line]")
    chief.send(sign_in_name="timur", name="Timur Abenov", agency="kz-border", office="kordai", language="en")
    given = chief.text(".secret")
    desk = sign_in(door.open(), "timur", given)
    assert desk.at() == "/accounts/password/change/"
    assert desk.go("/second_line/").at() == "/accounts/password/change/"  # nothing else opens
    desk.send(oldpassword=given, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert desk.at() == "/accounts/2fa/"
    assert desk.go("/second_line/").at() == "/accounts/2fa/"
    desk.follow("a[href$='/totp/activate/']")
    secret = desk.text(".small .code")
    desk.send(code=code_of(secret))
    codes = desk.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    assert desk.go("/second_line/").text("h1") == "Second line"
    again = sign_in(door.open(), "timur", NEW_PASSWORD)
    assert again.at() == "/accounts/2fa/authenticate/"
    assert again.go("/second_line/").at() == "/accounts/2fa/authenticate/"
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=31)
    with time_machine.travel(later):  # a code is taken once
        again.send(code=code_of(secret))
    assert again.go("/second_line/").text("h1") == "Second line"
    lost = sign_in(door.open(), "timur", NEW_PASSWORD).send(code=codes[0])
    assert lost.go("/second_line/").text("h1") == "Second line"
    twice = sign_in(door.open(), "timur", NEW_PASSWORD).send(code=codes[0])
    assert twice.at() == "/accounts/2fa/authenticate/"
    assert AuditLine.objects.filter(verb="officers.add_officer", on="officer:timur").count() == 1


def at_desk(door: Door) -> tuple[Desk, Officer]:
    office = make_office()
    office.crossings.add(make_crossing())
    put_list("wanted", {"w-1": {"name": ["Nobody Atall"]}})
    officer = make_officer(Role.FIRST_LINE, office=office, language="en")
    desk = sign_in(door.open(), officer.sign_in_name)
    desk.go("/check/").send(purpose="border_check", crossing="BCP001", direction="entry")
    return desk, officer


def test_the_screen_locks_by_a_key_and_keeps_what_was_typed(door: Door) -> None:
    desk, officer = at_desk(door)
    desk.page.fill("#q", "ZZ76543")
    desk.press("Alt+l")
    desk.page.locator("#lock[open]").wait_for()
    assert not desk.page.locator("main").is_visible()
    assert desk.focused() == "password"
    wait_for(lambda: AuditLine.objects.filter(verb="officers.lock_screen").count() == 1)
    other = desk.page.context.new_page()  # another tab of his is locked too
    other.goto(f"{desk.home}/check/")
    assert "/accounts/reauthenticate/" in other.url
    other.close()
    desk.type_fast("not-my-password").press("Enter")
    desk.page.locator("#lock .err").wait_for()
    desk.type_fast(PASSWORD).press("Enter")
    desk.page.locator("#lock[open]").wait_for(state="detached")
    assert desk.page.locator("#q").input_value() == "ZZ76543"
    desk.page.focus("#q")
    desk.led(lambda: desk.type_fast("21").press("Enter"))
    assert desk.text("h1.word") == "NOTHING KNOWN"
    verbs = AuditLine.objects.filter(actor=officer.sign_in_name, verb__contains="lock_screen").order_by("sequence")
    assert [line.verb for line in verbs] == ["officers.lock_screen", "officers.unlock_screen"]


def test_five_wrong_passwords_lock_the_name_and_an_administrator_opens_it(door: Door) -> None:
    officer = make_officer(Role.FIRST_LINE, language="en")
    desk = door.open()
    for _ in range(5):
        sign_in(desk, officer.sign_in_name, "not-my-password")
    sign_in(desk, officer.sign_in_name)
    assert desk.at() == "/accounts/login/"
    assert "too many attempts" in desk.text("[role=alert]")
    chief = door.open(make_officer(Role.ADMINISTRATOR, language="en")).go(f"/officers/{officer.pk}/")
    chief.follow("form[action$='/unlock/'] button")
    assert sign_in(desk, officer.sign_in_name).at() != "/accounts/login/"
    assert SignIn.objects.filter(officer=officer, succeeded=True).count() == 1


def test_who_signs_out_leaves_no_page_behind(door: Door) -> None:
    desk, _ = at_desk(door)
    desk.page.click("header details:last-of-type summary")
    desk.follow("form[action='/accounts/logout/'] button")
    desk.page.go_back(wait_until="load")
    assert desk.at() == "/accounts/login/"


def test_the_door_speaks_the_language_of_the_browser_and_changes_it(door: Door) -> None:
    desk = door.open(locale="ru-RU").go("/accounts/login/")
    assert (desk.page.get_attribute("html", "lang"), desk.text("h1")) == ("ru", "Войти")
    desk.page.click("header summary")
    desk.follow("button[name=language][value=kk]")
    assert desk.page.get_attribute("html", "lang") == "kk"
