"""Signing in: password, second factor, lock-out, lock of the screen, the end of sessions; all of it written down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone
from tests.factories import PASSWORD, acting, make_officer, signed_in

from elchi.console.sign_in import Factors
from elchi.errors import NotAllowed
from elchi.node.audit.models import AuditLine
from elchi.node.officers.models import Officer, SignIn
from elchi.node.officers.rules import Role
from elchi.node.officers.services import begin_sign_in, let_go, reset_factors, reset_password, unlock_officer

LOGIN = "/accounts/login/"
UNLOCK = "/accounts/reauthenticate/"
ME = "/officers/me/"
NEW_PASSWORD = "a-quiet-Ford-of-seven-herons"


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": name, "password": password})


def add_app(officer: Officer) -> str:
    """Give an officer an app, as allauth stores it; its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(officer, secret)
    return str(secret)


def code_of(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def verbs() -> list[tuple[str, Any]]:
    return list(AuditLine.objects.order_by("sequence").values_list("verb", "detail__cause"))


def test_a_first_line_officer_signs_in_with_his_password(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    answer = sign_in(client, officer.sign_in_name)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(ME).status_code == 200
    row = SignIn.objects.get()
    assert (row.officer, row.succeeded, row.factor, row.address) == (officer, True, "", "127.0.0.1")
    line = AuditLine.objects.get()
    assert (line.verb, line.actor, line.on) == (
        "officers.sign_in", officer.sign_in_name, f"officer:{officer.sign_in_name}",
    )  # fmt: skip


def test_the_name_may_be_typed_in_capitals(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    assert sign_in(client, f" {officer.sign_in_name.upper()} ").status_code == 302


def test_the_session_gets_another_key_when_somebody_signs_in(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client, officer.sign_in_name)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def _told(answer: Any) -> list[str]:
    return re.findall(r'<div class="errors" role="alert"><p>(.*?)</p>', answer.content.decode())


def test_wrong_password_unknown_name_and_officer_who_left_are_told_the_same(client: Client) -> None:
    there, gone = make_officer(Role.FIRST_LINE), make_officer(Role.FIRST_LINE, is_active=False)
    answers = [
        sign_in(client, there.sign_in_name, "wrong"),
        sign_in(client, "nobody.at-all", "wrong"),
        sign_in(client, gone.sign_in_name),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [_told(answer) for answer in answers] == [["Sign-in name or password is wrong."]] * 3
    assert [row.counts and not row.succeeded for row in SignIn.objects.all()] == [True] * 3


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    algorithm = "md5"
    hashed: list[int] = []  # noqa: RUF012  one for all instances is what is meant

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(1)
        return super().encode(password, salt)


def test_an_unknown_name_costs_as_much_as_a_known_one(client: Client, settings: Any) -> None:
    officer = make_officer(Role.FIRST_LINE)
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    cost = []
    for name in (officer.sign_in_name, "nobody.at-all"):
        Counting.hashed.clear()
        sign_in(client, name, "wrong")
        cost.append(len(Counting.hashed))
    assert cost == [1, 1]


def test_what_was_typed_as_a_name_is_not_kept_when_it_is_none(client: Client) -> None:
    sign_in(client, PASSWORD, "wrong")
    row = SignIn.objects.get()
    assert re.fullmatch(r"#[0-9a-f]{32}", row.sign_in_name)
    assert row.officer is None
    assert PASSWORD.lower() not in repr(list(AuditLine.objects.values())).lower()


@pytest.mark.parametrize("known", [True, False])
def test_five_failures_lock_a_name_known_or_not(
    client: Client,
    known: bool,  # noqa: FBT001  drawn by pytest
) -> None:
    name = make_officer(Role.FIRST_LINE).sign_in_name if known else "nobody.at-all"
    answers = [sign_in(client, name, "wrong") for _ in range(5)]
    assert {_told(answer)[0] for answer in answers} == {"Sign-in name or password is wrong."}
    locked = [sign_in(client, name), sign_in(Client(), name)]
    assert [_told(answer) for answer in locked] == [["too many attempts: wait 15 minutes or ask the administrator"]] * 2
    assert verbs() == [("officers.refuse_sign_in", "password")] * 5 + [("officers.refuse_sign_in", "locked")]


def test_a_lock_opens_by_time(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    for _ in range(6):
        sign_in(client, officer.sign_in_name, "wrong")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert sign_in(client, officer.sign_in_name).status_code == 302


def test_an_administrator_opens_a_lock(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    for _ in range(6):
        sign_in(client, officer.sign_in_name, "wrong")
    unlock_officer(by=acting(Role.ADMINISTRATOR), officer_id=officer.pk)
    assert sign_in(client, officer.sign_in_name).status_code == 302


def test_getting_in_forgets_the_failures_before(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    for _ in range(2):
        for _ in range(4):
            sign_in(Client(), officer.sign_in_name, "wrong")
        assert sign_in(Client(), officer.sign_in_name).status_code == 302


def test_an_address_that_tries_many_names_is_locked(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    for number in range(50):
        sign_in(client, f"nobody{number}", "wrong")
    assert "too many attempts" in _told(sign_in(client, officer.sign_in_name))[0]
    elsewhere = client.post(LOGIN, {"login": officer.sign_in_name, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 302


def test_behind_a_proxy_the_last_address_counts(client: Client, settings: Any) -> None:
    settings.ELCHI = dataclasses.replace(settings.ELCHI, behind_proxy=True)
    officer = make_officer(Role.FIRST_LINE)
    forged = {"X-Forwarded-For": "1.2.3.4, 10.0.0.7"}
    client.post(LOGIN, {"login": officer.sign_in_name, "password": PASSWORD}, headers=forged)
    assert SignIn.objects.get().address == "10.0.0.7"


def test_who_has_an_app_gets_in_with_its_code_only(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    secret = add_app(officer)
    answer = sign_in(client, officer.sign_in_name)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(ME).status_code == 302
    assert "The code is wrong" in client.post(answer["Location"], {"code": "000000"}).content.decode()
    got_in = client.post(answer["Location"], {"code": code_of(secret)})
    assert (got_in.status_code, client.get(ME).status_code) == (302, 200)
    assert SignIn.objects.get(succeeded=True).factor == "totp"
    assert verbs() == [("officers.refuse_sign_in", "factor"), ("officers.sign_in", None)]


def test_a_recovery_code_lets_in_once(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    add_app(officer)
    code = RecoveryCodes.activate(officer).get_unused_codes()[0]
    for there, expected in ((Client(), 302), (Client(), 200)):
        sign_in(there, officer.sign_in_name)
        assert there.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected


def test_a_code_is_taken_once_whichever_process_sees_it(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    code = code_of(add_app(officer))
    for there, expected in ((client, 302), (Client(), 200)):
        sign_in(there, officer.sign_in_name)
        cache.clear()  # what one process remembers
        assert there.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected


def test_wrong_codes_lock_as_wrong_passwords_do(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    secret = add_app(officer)
    sign_in(client, officer.sign_in_name)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert "too many attempts" in answer.content.decode()


def test_the_secret_of_an_app_is_sealed(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    secret = add_app(officer)
    stored = Authenticator.objects.get(user=officer).data["secret"]
    assert secret not in stored
    assert Factors().decrypt(stored) == secret


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FIRST_LINE])
def test_who_needs_a_second_factor_sets_it_up_before_anything_else(client: Client, role: Role) -> None:
    sign_in(client, make_officer(role).sign_in_name)
    for address in ("/", ME, "/officers/", "/accounts/password/change/"):
        assert client.get(address)["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/").status_code == 200


def test_a_node_may_do_without_second_factors(client: Client, settings: Any) -> None:
    settings.ELCHI = dataclasses.replace(settings.ELCHI, second_factor=False)
    sign_in(client, make_officer(Role.SUPERVISOR).sign_in_name)
    assert client.get(ME).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_node_and_gives_recovery_codes(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    sign_in(client, officer.sign_in_name)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/recovery-codes/", 302)]
    codes = re.findall(r'<li class="code">(\d+)</li>', answer.content.decode())
    assert len(set(codes)) == 10
    assert client.get(ME).status_code == 200
    again = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert [code for code in codes if code in again] == []
    changes = AuditLine.objects.filter(verb="officers.change_factor").values_list("detail__factor", "detail__change")
    assert sorted(changes) == [("recovery_codes", "added"), ("totp", "added")]


def test_the_last_second_factor_stays_where_the_role_needs_one(client: Client) -> None:
    officer = make_officer(Role.SUPERVISOR)
    add_app(officer)
    signed_in(client, officer)
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert "This is your last second factor" in answer.content.decode()
    key = Authenticator.objects.create(user=officer, type="webauthn", data={"name": "k", "credential": {}})
    Authenticator.objects.filter(type="totp").delete()
    answer = client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert "This is your last second factor" in answer.content.decode()
    assert Authenticator.objects.filter(user=officer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_first_line_officer_may_remove_his(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    add_app(officer)
    signed_in(client, officer)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.count() == 0


def test_second_factors_are_changed_only_by_who_proved_himself_lately(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    signed_in(client, officer)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith(UNLOCK)


def test_a_one_time_password_is_changed_before_anything_else(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE, must_change_password=True)
    sign_in(client, officer.sign_in_name)
    assert client.get(ME)["Location"] == "/accounts/password/change/"
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", new)["Location"] == "/"
    assert client.get(ME).status_code == 200
    officer.refresh_from_db()
    assert (officer.check_password(NEW_PASSWORD), officer.must_change_password) == (True, False)


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", "short", "The password has fewer than 12 characters."),
        ("918273645918273", "918273645918273", "The password has digits only."),
        ("password1234", "password1234", "Too many people use this password."),
        (PASSWORD, PASSWORD, "This is the present password."),
        (NEW_PASSWORD, "something-else-1", "The two passwords are not the same."),
    ],
)
def test_a_weak_password_is_refused_in_our_words(client: Client, new: str, again: str, told: str) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": again})
    assert re.findall(r'<span class="err"[^>]*>(.*?)</span>', answer.content.decode())[:1] == [told]


def test_a_new_password_ends_the_other_sessions(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    other = Client()
    for there in (client, other):
        sign_in(there, officer.sign_in_name)
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/password/change/", new)
    assert (client.get(ME).status_code, other.get(ME).status_code) == (200, 302)
    assert Session.objects.count() == 1


@pytest.mark.parametrize("verb", [let_go, reset_password, reset_factors])
def test_an_administrator_ends_all_sessions_of_whom_he_changes(client: Client, verb: Any) -> None:
    officer = make_officer(Role.FIRST_LINE)
    sign_in(client, officer.sign_in_name)
    verb(by=acting(Role.ADMINISTRATOR), officer_id=officer.pk)
    assert client.get(ME)["Location"] == f"{LOGIN}?next={ME}"
    assert Session.objects.count() == 0


def test_an_officer_ends_his_other_sessions(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    other = Client()
    for there in (client, other):
        sign_in(there, officer.sign_in_name)
    client.post("/officers/me/end-sessions/")
    assert (client.get(ME).status_code, other.get(ME).status_code) == (200, 302)


def test_a_locked_screen_opens_no_page_until_the_password(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    answer = client.post("/lock/", {"next": ME})
    assert answer["Location"] == f"{UNLOCK}?next=%2Fofficers%2Fme%2F"
    for address in ("/", ME, "/accounts/2fa/", "/accounts/password/change/"):
        assert client.get(address)["Location"].startswith(UNLOCK)
    assert "The password is wrong." in client.post(UNLOCK, {"password": "x", "next": ME}).content.decode()
    assert client.get(ME).status_code == 302
    answer = client.post(UNLOCK, {"password": PASSWORD, "next": ME})
    assert (answer["Location"], client.get(ME).status_code) == (ME, 200)
    assert [verb for verb, _ in verbs()] == [
        "officers.lock_screen", "officers.refuse_sign_in", "officers.unlock_screen",
    ]  # fmt: skip


def test_the_script_locks_without_leaving_the_page(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    answer = client.post("/lock/", {"cause": "idle"}, headers={"Accept": "application/json"})
    assert (answer.status_code, verbs()) == (204, [("officers.lock_screen", "idle")])


def test_an_officer_who_went_away_finds_his_screen_locked(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    client.get(ME)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert client.get(ME)["Location"].startswith(UNLOCK)
    assert verbs() == [("officers.lock_screen", "idle")]


def test_a_page_that_asks_by_itself_does_not_keep_the_screen_open(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10)):
        assert client.get(ME, headers={"HX-Request": "true"}).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        answer = client.get(ME, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == UNLOCK


def test_what_was_sent_to_a_locked_screen_is_done_after_it_is_unlocked(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    signed_in(client, officer)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16), tick=True):
        held = client.post("/theme/", {"theme": "dark", "next": ME})
        assert held["Location"] == f"{UNLOCK}?next=%2Ftheme%2F"
        officer.refresh_from_db()
        assert officer.theme == ""
        done = client.post(UNLOCK, {"password": PASSWORD, "next": "/theme/"})
    officer.refresh_from_db()
    assert (done["Location"], officer.theme) == (ME, "dark")


def test_a_form_from_elsewhere_is_not_kept_for_a_locked_screen() -> None:
    client = Client(enforce_csrf_checks=True)
    officer = make_officer(Role.FIRST_LINE)
    signed_in(client, officer)
    session = client.session
    session["locked"] = True
    session.save()
    assert client.post("/theme/", {"theme": "dark"}).status_code == 403
    assert "account_reauthentication_state" not in client.session


def test_after_so_many_hours_an_officer_signs_in_again(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    session = client.session
    session["signed_in_at"] -= 12 * 3600 + 1
    session.save()
    assert client.get(ME)["Location"] == f"{LOGIN}?next={ME}"
    assert verbs() == [("officers.sign_out", "hours")]


def test_signing_out_ends_the_session_and_is_written_down(client: Client) -> None:
    signed_in(client, make_officer(Role.FIRST_LINE))
    client.post("/accounts/logout/")
    assert client.get(ME).status_code == 302
    assert (verbs(), Session.objects.count()) == ([("officers.sign_out", "himself")], 0)


@pytest.mark.parametrize(
    "address",
    [
        "signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "login/code/confirm/", "inactive/",
        "social/signup/", "3rdparty/", "2fa/recovery-codes/download/", "2fa/webauthn/signup/", "2fa/webauthn/login/",
        "2fa/reauthenticate/",
    ],
)  # fmt: skip
def test_what_nobody_needs_does_not_exist(client: Client, address: str) -> None:
    assert client.get(f"/accounts/{address}").status_code == 404
    signed_in(client, make_officer(Role.ADMINISTRATOR))
    assert client.get(f"/accounts/{address}").status_code == 404


def test_an_officer_sees_who_tried_with_his_name(client: Client) -> None:
    officer = make_officer(Role.FIRST_LINE)
    client.post(LOGIN, {"login": officer.sign_in_name, "password": "wrong"}, REMOTE_ADDR="10.1.2.3")
    sign_in(client, officer.sign_in_name)
    shown = client.get(ME).content.decode()
    assert ("10.1.2.3" in shown, "refused" in shown) == (True, True)


@pytest.mark.only("postgresql")  # SQLite in memory, as in tests, locks by table
@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_count_each_other() -> None:
    officer = make_officer(Role.FIRST_LINE)

    def guess(number: int) -> bool:
        try:
            begin_sign_in(name=officer.sign_in_name, address=f"10.0.0.{number}")
        except NotAllowed:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        let_through = sum(pool.map(guess, range(1, 25)))
    assert let_through <= 5
