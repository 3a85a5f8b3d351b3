"""What an officer proves himself with: passwords and second factors."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.officers.acting import Acting
from elchi.node.officers.models import Officer
from elchi.node.officers.services.officers import another_officer
from elchi.node.officers.services.sessions import end_sessions, give_password


@transaction.atomic
def reset_password(*, by: Acting, officer_id: int) -> tuple[Officer, str]:
    """Give an officer a new password, that he changes first; his sessions end.

    Raises:
        NotAllowed: `right_missing`, `own_account`.
        NotFound: `officer_missing`.
    """
    officer = another_officer(by, officer_id)
    password = give_password(officer)
    record(Verb.RESET_PASSWORD, by=by, on=f"officer:{officer.sign_in_name}")
    return officer, password


@transaction.atomic
def reset_factors(*, by: Acting, officer_id: int) -> Officer:
    """Take an officer's second factors away, lost ones for instance; his sessions end, and he sets up a new one.

    Raises:
        NotAllowed: `right_missing`, `own_account`.
        NotFound: `officer_missing`.
    """
    officer = another_officer(by, officer_id)
    Authenticator.objects.filter(user=officer).delete()
    end_sessions(officer)
    record(Verb.CHANGE_FACTOR, by=by, on=f"officer:{officer.sign_in_name}", change="reset")
    return officer


@transaction.atomic
def change_password(*, by: Acting, password: str, session: str = "") -> None:
    """Take the password that an officer chose; his other sessions end.

    Args:
        by: the officer himself.
        password: already looked at by the validators of passwords.
        session: key of the session that goes on.
    """
    officer = by.himself
    officer.set_password(password)
    officer.must_change_password = False
    officer.save(update_fields=["password", "must_change_password"])
    ended = end_sessions(officer, keep=session)
    record(Verb.CHANGE_PASSWORD, by=by, on=f"officer:{officer.sign_in_name}", sessions_ended=ended)


@transaction.atomic
def spend_code(*, authenticator: Authenticator, code: str) -> bool:
    """Tell whether a right code of an app is used for the first time, in all processes of the node.

    Args:
        authenticator: the app, or recovery codes, which allauth itself crosses out.
        code: right at this moment. There is one such code at a time, so that keeping the last is enough.
    """
    if authenticator.type != "totp":
        return True
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    if row.data.get("spent") == code:
        return False
    row.data["spent"] = code
    row.save(update_fields=["data"])
    return True


@transaction.atomic
def change_factor(*, by: Acting, factor: str, change: str, session: str = "") -> None:
    """Write down that an officer added, removed or renewed a second factor.

    A session that was opened with the password alone must not outlive the moment in which it is not enough any more.

    Args:
        by: the officer himself.
        factor: `totp`, `webauthn` or `recovery_codes`.
        change: `added`, `removed` or `renewed`.
        session: key of the one in which he did it; after a factor was added his others end.
    """
    if change == "added" and by.officer is not None:
        end_sessions(by.officer, keep=session)
    record(Verb.CHANGE_FACTOR, by=by, on=f"officer:{by.name}", factor=factor, change=change)
