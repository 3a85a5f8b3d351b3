"""How allauth lets officers in: nobody registers himself, every attempt is written down, all words are ours."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import time
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import authentication_step_completed
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from elchi.errors import NotAllowed
from elchi.locale import Words
from elchi.node.here import here
from elchi.node.officers import queries, services

FRESH_SECONDS: Final = 600
"""So long after he proved himself an officer may change his second factors without doing so again."""
_DONE: Final = {
    "account/messages/password_changed.txt": "frame.password_changed",
    "mfa/messages/totp_activated.txt": "officers.factor_added",
    "mfa/messages/totp_deactivated.txt": "officers.factor_removed",
    "mfa/messages/webauthn_added.txt": "officers.factor_added",
    "mfa/messages/webauthn_removed.txt": "officers.factor_removed",
    "mfa/messages/recovery_codes_generated.txt": "officers.codes_made",
}
"""What allauth says when something is done, in our words; what does not stand here is not said."""
_WRONG: Final = {
    "username_password_mismatch": "frame.wrong_sign_in",
    "incorrect_password": "frame.wrong_password",
    "enter_current_password": "frame.wrong_password",
    "incorrect_code": "officers.wrong_code",
    "cannot_delete_authenticator": "officers.last_factor",
    "cannot_generate_recovery_codes": "officers.factor_first",
}
"""What allauth says when something is wrong, in our words."""
_WEAK: Final = {
    "password_too_short": "frame.password_short",
    "password_too_common": "frame.password_common",
    "password_entirely_numeric": "frame.password_digits",
    "password_too_similar": "frame.password_alike",
}


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Passwords as allauth looks at them; an officer comes with his agency and office in one query."""

    def get_user(self, user_id: Any) -> Any:
        """Give the officer of a session, or None when he has left."""
        return queries.officer_who_signed_in(user_id)


class _OurWords:
    """Says what is wrong in the words of the request."""

    request: Any

    def validation_error(self, code: str, *_: object) -> ValidationError:
        """Give an error of a form."""
        return ValidationError(words_of(self.request).text(_WRONG[code]), code=code)


class Door(_OurWords, DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The door of this node: how officers sign in, go on and sign out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's order
        """Give no: an administrator adds officers."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give the address of who asks, or nothing when it is not known."""
        given = request.META.get("REMOTE_ADDR", "")
        if settings.ELCHI.behind_proxy:  # the proxy on this machine wrote the last one, anybody the others
            given = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(given))
        except ValueError:
            return ""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Look at a sign-in name and password: of who signs in, or of an officer who goes on.

        Raises:
            ValidationError: the name or the address failed too often.
        """
        attempt = begin_attempt(request, credentials["username"])
        officer = super().authenticate(request, **credentials)
        if officer is None or not officer.is_active:  # allauth would tell who left that he is known
            services.refuse_sign_in(attempt=attempt, cause="password")
            return None
        if request.user.is_authenticated:
            services.forget_attempt(attempt=attempt)
        else:
            services.pass_password(attempt=attempt)
            request.session["sign_in"] = attempt.pk
        return officer

    def post_login(self, request: HttpRequest, user: Any, **given: Any) -> HttpResponseBase:
        """Begin the session of an officer who got in."""
        used = [one.get("type", "") for one in get_authentication_records(request, user) if one["method"] == "mfa"]
        services.finish_sign_in(
            attempt_id=request.session.pop("sign_in", None),
            officer=user,
            factor=used[-1] if used else "",
            address=self.get_client_ip(request) or None,
        )
        request.session["signed_in_at"] = request.session["seen_at"] = int(time.time())
        request.session["second_factor"] = bool(used)
        return super().post_login(request, user, **given)  # type: ignore[no-any-return]

    def logout(self, request: HttpRequest) -> None:
        """End the session."""
        services.sign_out(by=request.acting)  # type: ignore[attr-defined]
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        """Take the password that an officer chose."""
        by = queries.acting_of(user, via="console")
        services.change_password(by=by, password=password, session=self.request.session.session_key or "")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  allauth's order
        """Give where an officer goes on after he changed his password."""
        return reverse("home")

    def clean_password(self, password: str, user: Any = None) -> str:
        """Give the password back if it is strong enough."""
        try:
            validate_password(password, user)
        except ValidationError as weak:
            said = [words_of(self.request).text(_WEAK[one.code or ""]) for one in weak.error_list]
            raise ValidationError([ValidationError(one) for one in said]) from None
        return password

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """Give how an officer proves that he is still he: his password or a security key."""
        if not user.is_authenticated:
            return []
        words = words_of(self.request)
        methods = [{"description": words.text("officers.use_password"), "url": reverse("account_reauthenticate")}]
        if queries.factors_of(user).filter(type="webauthn").exists():
            key = reverse("mfa_reauthenticate_webauthn")
            methods.append({"description": words.text("officers.use_key"), "url": key})
        return methods

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Tell whether the officer must prove himself before he changes his second factors."""
        session = self.request.session
        proved_at: int = session.get("proved_at") or session.get("signed_in_at", 0)
        return time.time() - proved_at > FRESH_SECONDS

    def add_message(
        self,
        request: HttpRequest,
        level: int,  # noqa: ARG002
        message_template: str | None = None,
        message_context: Any = None,  # noqa: ARG002
        extra_tags: str = "",  # noqa: ARG002
        message: str | None = None,
    ) -> None:
        """Say what is done, in our words."""
        key = _DONE.get(message_template or "")
        if key:
            messages.success(request, words_of(request).text(key))
        elif message:  # a security key that was not taken, which allauth tells this way
            messages.error(request, message)

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """Send nothing: what is done stands in the audit and on the officer's own page."""


class Factors(_OurWords, DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors at this node: their secrets are sealed, and the last one stays."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Give the node as security keys know it: by the name in its address."""
        told: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**told, "name": f"Elchi {here().code}"}

    def get_totp_label(self, user: Any) -> str:
        """Give the sign-in name: it is what the officer knows, and no address."""
        return str(user.sign_in_name)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth's order
        """Give a name for a new security key."""
        number = queries.factors_of(user).filter(type=type).count() + 1
        return words_of(self.request).text("officers.key_number", number=number)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Tell whether the officer may remove it: not his last where his role calls for one."""
        left = queries.factors_of(authenticator.user).exclude(type="recovery_codes").exclude(pk=authenticator.pk)
        return not queries.needs_second_factor(authenticator.user) or left.exists()

    def encrypt(self, text: str) -> str:
        """Seal a secret with the node's key: a copy of the database alone signs nobody in."""
        return _fernet().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return _fernet().decrypt(encrypted_text.encode("ascii")).decode()


def words_of(request: Any) -> Words:
    """Give the words of a request."""
    words: Words = request.words
    return words


def begin_attempt(request: HttpRequest, name: str) -> Any:
    """Reserve an attempt.

    Raises:
        ValidationError: the name or the address failed too often.
    """
    try:
        return services.begin_sign_in(name=name, address=Door().get_client_ip(request) or None)
    except NotAllowed as error:
        raise ValidationError(words_of(request).error(error.code, error.params), code=error.code) from None


def _fernet() -> Fernet:
    key = hmac.digest(settings.SECRET_KEY.encode(), b"elchi: second factors", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


@receiver(authentication_step_completed)
def go_on(request: Any, method: str, reauthenticated: bool = False, **_: Any) -> None:  # noqa: FBT001, FBT002  a signal
    """Unlock the screen of an officer who proved himself."""
    if not reauthenticated:
        return
    request.session["proved_at"] = request.session["seen_at"] = int(time.time())
    if request.session.pop("locked", False):
        services.unlock_screen(by=request.acting, factor="webauthn" if method == "mfa" else "password")


@receiver(authenticator_added)
def take_factor(request: Any, authenticator: Any, **_: Any) -> None:
    """Let the session go on that added a second factor."""
    if authenticator.type != "recovery_codes":
        request.session["second_factor"] = True
    session = request.session.session_key or ""
    services.change_factor(by=request.acting, factor=authenticator.type, change="added", session=session)


@receiver(authenticator_removed)
def lose_factor(request: Any, authenticator: Any, **_: Any) -> None:
    """Write down that a second factor went."""
    services.change_factor(by=request.acting, factor=authenticator.type, change="removed")


@receiver(authenticator_reset)
def renew_codes(request: Any, authenticator: Any, **_: Any) -> None:
    """Write down that there are new recovery codes."""
    services.change_factor(by=request.acting, factor=authenticator.type, change="renewed")
