"""Signing in and out, the lock of too many failures, and the lock of the screen.

An attempt is written down before the password is looked at, so that attempts at the same moment count each other.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from elchi.errors import NotAllowed
from elchi.node.audit.actor import Actor
from elchi.node.audit.marks import mark_hash
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer, SignIn
from elchi.node.officers.queries import LOCKED_FOR, acting_of, officer_of
from elchi.node.officers.rules import Right
from elchi.node.officers.services.sessions import end_sessions

NAME_FAILURES: Final = 5
"""So many failures of one name within `LOCKED_FOR`, and it is refused unseen until the first of them is old."""
ADDRESS_FAILURES: Final = 50
"""The same for an address, behind which a whole post may work."""
STRANGER: Final = Actor(name="unknown", via="console")


def begin_sign_in(*, name: str, address: str | None) -> SignIn:
    """Reserve an attempt to sign in, to go on, or to give a second factor.

    Args:
        name: as typed.
        address: of the network, or None if it is not known.

    Returns:
        The attempt. It counts as a failure until `finish_sign_in` or `forget_attempt`.

    Raises:
        NotAllowed: `sign_in_locked`, the same for names that exist and for those that do not.
    """
    typed = name.strip().lower()
    officer = Officer.objects.filter(sign_in_name=typed).first()
    known = officer.sign_in_name if officer else "#" + mark_hash("sign_in_name", typed)
    # Written before anything is counted, and in no transaction: of attempts at one moment each sees those before it.
    attempt = SignIn.objects.create(sign_in_name=known, officer=officer, address=address)
    if _is_refused(attempt):
        raise NotAllowed("sign_in_locked", minutes=int(LOCKED_FOR.total_seconds() // 60))
    return attempt


@transaction.atomic
def _is_refused(attempt: SignIn) -> bool:
    recent = SignIn.objects.filter(at__gt=timezone.now() - LOCKED_FOR, succeeded=False)
    beside = recent.filter(sign_in_name=attempt.sign_in_name)
    if beside.filter(counts=True).count() <= NAME_FAILURES:
        beside = recent.filter(address=attempt.address, address__isnull=False)
        if beside.filter(counts=True).count() <= ADDRESS_FAILURES:
            return False
    if beside.filter(factor="locked").exists():  # one line tells of the lock, not one for each knock at the door
        attempt.delete()
    else:
        attempt.counts, attempt.factor = False, "locked"
        attempt.save(update_fields=["counts", "factor"])
        _refuse(attempt, "locked")
    return True


@transaction.atomic
def refuse_sign_in(*, attempt: SignIn, cause: str) -> None:
    """Write down that an attempt failed; it goes on counting.

    Args:
        attempt: from `begin_sign_in`.
        cause: `password` or `factor`.
    """
    _refuse(attempt, cause)


def _refuse(attempt: SignIn, cause: str) -> None:
    on = f"officer:{attempt.sign_in_name}" if attempt.officer_id else f"sign_in_name:{attempt.sign_in_name}"
    record(Verb.REFUSE_SIGN_IN, by=STRANGER, on=on, cause=cause, address=attempt.address)


def pass_password(*, attempt: SignIn) -> None:
    """Let an attempt count no more: the password was right, and a second factor follows with its own attempts."""
    attempt.counts = False
    attempt.save(update_fields=["counts"])


def forget_attempt(*, attempt: SignIn) -> None:
    """Drop an attempt that was no sign-in: the screen is unlocked, the second factor was right."""
    attempt.delete()


@transaction.atomic
def finish_sign_in(*, attempt_id: int | None, officer: Officer, factor: str, address: str | None) -> Acting:
    """Write down that an officer signed in; his failures count no more.

    Args:
        attempt_id: of the attempt that began it, if there was one.
        officer: who.
        factor: `totp`, `webauthn`, `recovery_codes`, or empty for the password alone.
        address: of the network, or None.
    """
    found = SignIn.objects.filter(pk=attempt_id).first() if attempt_id else None
    attempt = found or SignIn(sign_in_name=officer.sign_in_name, address=address)
    attempt.officer, attempt.succeeded, attempt.counts, attempt.factor = officer, True, False, factor
    attempt.save()
    SignIn.objects.filter(sign_in_name=officer.sign_in_name, succeeded=False).update(counts=False)
    officer.last_login = timezone.now()
    officer.save(update_fields=["last_login"])
    by = acting_of(officer, via="console")
    record(Verb.SIGN_IN, by=by, on=f"officer:{officer.sign_in_name}", factor=factor, address=address)
    return by


@transaction.atomic
def sign_out(*, by: Acting, cause: str = "himself") -> None:
    """Write down that a session ended: by the officer `himself`, or because its `hours` were over."""
    record(Verb.SIGN_OUT, by=by, on=f"officer:{by.name}", cause=cause)


@transaction.atomic
def end_other_sessions(*, by: Acting, session: str) -> int:
    """End the officer's sessions elsewhere, and tell how many there were.

    Args:
        by: the officer himself.
        session: key of the session that goes on.
    """
    ended = end_sessions(by.himself, keep=session)
    record(Verb.SIGN_OUT, by=by, on=f"officer:{by.name}", cause="elsewhere", sessions_ended=ended)
    return ended


@transaction.atomic
def lock_screen(*, by: Acting, cause: str = "himself") -> None:
    """Write down that a screen was locked: by the officer `himself`, or because he was `idle`."""
    record(Verb.LOCK_SCREEN, by=by, on=f"officer:{by.name}", cause=cause)


@transaction.atomic
def unlock_screen(*, by: Acting, factor: str) -> None:
    """Write down that the officer went on, with his `password` or by `webauthn`."""
    record(Verb.UNLOCK_SCREEN, by=by, on=f"officer:{by.name}", factor=factor)


@transaction.atomic
def unlock_officer(*, by: Acting, officer_id: int) -> Officer:
    """Let an officer try again at once who typed a wrong password too often.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `officer_missing`.
    """
    by.require(Right.OFFICER_MANAGE)
    officer = officer_of(officer_id)
    SignIn.objects.filter(sign_in_name=officer.sign_in_name, succeeded=False).update(counts=False, factor="")
    record(Verb.CHANGE_OFFICER, by=by, on=f"officer:{officer.sign_in_name}", unlocked=True)
    return officer
