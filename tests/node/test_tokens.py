"""Tokens: a program does what its officer may and the token says, no more and no longer."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from tests.factories import acting, make_officer

from elchi.errors import InvalidInput, NotAllowed
from elchi.node.audit.models import AuditLine
from elchi.node.officers.models import ApiToken
from elchi.node.officers.rules import Right, Role
from elchi.node.officers.services import issue_token, revoke_token, use_token


def issue(scopes: tuple[Right, ...] = (Right.CHECK_SUBMIT,), days: int = 30, *roles: Role) -> tuple[ApiToken, str]:
    officer = make_officer(*(roles or (Role.FIRST_LINE,)))
    return issue_token(
        by=acting(Role.ADMINISTRATOR), officer_id=officer.pk, name="gate reader", scopes=scopes, days=days
    )


def test_a_token_acts_for_its_officer_with_its_scopes_only() -> None:
    token, secret = issue((Right.CHECK_SUBMIT,))
    found = use_token(secret)
    assert found is not None
    assert (found.name, found.via, found.rights) == (
        token.officer.sign_in_name,
        "api",
        frozenset((Right.CHECK_SUBMIT,)),
    )


def test_a_token_loses_what_its_officer_loses() -> None:
    token, secret = issue((Right.CHECK_SUBMIT, Right.CHECK_SEE))
    token.officer.roles = [str(Role.ANALYST)]
    token.officer.save()
    found = use_token(secret)
    assert found is not None
    assert found.rights == {Right.CHECK_SEE}


def test_the_secret_is_not_stored() -> None:
    secret = issue()[1]
    stored = ApiToken.objects.values().get()
    assert stored["prefix"] == secret[:12]
    assert secret[12:] not in repr(stored)
    assert secret[12:] not in repr(list(AuditLine.objects.values()))


def test_a_token_is_refused_after_its_day() -> None:
    _, secret = issue(days=1)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert use_token(secret) is None


def test_a_revoked_token_is_refused() -> None:
    token, secret = issue()
    revoke_token(by=acting(Role.ADMINISTRATOR), token_id=token.pk)
    assert use_token(secret) is None


def test_an_officer_revokes_his_own_token_and_no_other() -> None:
    token, _ = issue()
    with pytest.raises(NotAllowed):
        revoke_token(by=acting(Role.FIRST_LINE), token_id=token.pk)


def test_a_token_of_an_officer_who_left_is_refused() -> None:
    token, secret = issue()
    token.officer.is_active = False
    token.officer.save()
    assert use_token(secret) is None


def test_a_wrong_secret_with_a_right_prefix_is_refused() -> None:
    _, secret = issue()
    assert use_token(secret[:12] + "A" * (len(secret) - 12)) is None
    assert use_token("") is None


def test_no_scope_beyond_the_rights_of_the_officer() -> None:
    with pytest.raises(NotAllowed) as refused:
        issue((Right.CHECK_SUBMIT, Right.CASE_SEE))
    assert (refused.value.code, refused.value.params) == ("token_scope", {"field": "scopes", "scope": "case.see"})


@pytest.mark.parametrize("days", [0, -1, 366])
def test_no_token_for_longer_than_a_year_or_for_nothing(days: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue(days=days)
    assert refused.value.params["field"] == "days"


def test_who_may_not_manage_officers_issues_none() -> None:
    officer = make_officer(Role.FIRST_LINE)
    with pytest.raises(NotAllowed):
        issue_token(by=acting(Role.SUPERVISOR), officer_id=officer.pk, name="x", scopes=[Right.CHECK_SUBMIT], days=1)


def test_issue_and_end_of_a_token_are_written_down() -> None:
    token, _ = issue()
    revoke_token(by=acting(Role.ADMINISTRATOR), token_id=token.pk)
    lines = AuditLine.objects.order_by("sequence").values_list("verb", "on", "detail__token")
    on = f"officer:{token.officer.sign_in_name}"
    assert list(lines) == [
        ("officers.issue_token", on, token.prefix),
        ("officers.revoke_token", on, token.prefix),
    ]


def test_the_last_use_is_written_down_by_the_minute() -> None:
    token, secret = issue()
    use_token(secret)
    token.refresh_from_db()
    first = token.last_used_at
    use_token(secret)
    token.refresh_from_db()
    assert (first is not None, token.last_used_at) == (True, first)
