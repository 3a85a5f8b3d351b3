"""The forms of signing in: allauth's, with our labels and nothing said in other words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, EditWebAuthnForm
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm as ReauthenticateKeyForm
from django.core.exceptions import ValidationError

from elchi.console.sign_in import begin_attempt, words_of
from elchi.node.officers import services

_LABELS: Final = {
    "login": "frame.sign_in_name",
    "password": "frame.password",
    "oldpassword": "frame.old_password",
    "password1": "frame.new_password",
    "password2": "frame.new_password_again",
    "code": "officers.code",
    "name": "officers.key_name",
    "credential": "officers.key",
}
_LONGEST: Final = 200


class _OurLabels:
    """Puts our words on the fields of a form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        words = words_of(context.request)
        for name, field in form.fields.items():
            field.label = words.text(_LABELS[name])
            field.help_text = words.text("frame.password_hint") if name == "password1" else ""
            field.error_messages.update(required=words.text("frame.required"), invalid=words.text("frame.required"))
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "wide"
            if name != "credential":
                field.widget.attrs["maxlength"] = str(_LONGEST)
        first = next(iter(form.visible_fields()), None)
        if first:
            first.field.widget.attrs["autofocus"] = True


def _counted(look: Callable[[], str], officer: Any, cause: str) -> str:
    attempt = begin_attempt(context.request, officer.sign_in_name)
    try:
        given = look()
    except ValidationError:
        services.refuse_sign_in(attempt=attempt, cause=cause)
        raise
    services.forget_attempt(attempt=attempt)
    return given


class SignInForm(_OurLabels, LoginForm):  # type: ignore[misc]  # allauth has no types
    """Sign-in name and password."""


class UnlockForm(_OurLabels, ReauthenticateForm):  # type: ignore[misc]
    """The password, to go on."""


class PasswordForm(_OurLabels, ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one, twice."""

    def clean_oldpassword(self) -> str:
        """Look at the old password; wrong ones count towards the lock."""
        return _counted(super().clean_oldpassword, self.user, "password")

    def clean(self) -> dict[str, Any]:
        """Hold the two against each other, and the new one against the old."""
        given: dict[str, Any] = self.cleaned_data
        words = words_of(context.request)
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", words.text("frame.passwords_differ"))
        if first and first == given.get("oldpassword"):
            self.add_error("password1", words.text("frame.password_same"))
        return given


class CodeForm(_OurLabels, AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    def clean_code(self) -> str:
        """Look at the code; wrong ones count towards the lock as wrong passwords do."""
        return _counted(self._look, self.user, "factor")

    def _look(self) -> str:
        code: str = super().clean_code()
        if not services.spend_code(authenticator=self.authenticator, code=code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class KeyForm(_OurLabels, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The answer of a security key, to sign in."""


class UnlockKeyForm(_OurLabels, ReauthenticateKeyForm):  # type: ignore[misc]
    """The answer of a security key, to go on."""


class AddAppForm(_OurLabels, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app."""


class RemoveAppForm(_OurLabels, DeactivateTOTPForm):  # type: ignore[misc]
    """Nothing to fill in."""


class AddKeyForm(_OurLabels, AddWebAuthnForm):  # type: ignore[misc]
    """A name for a security key, and its answer."""


class NameKeyForm(_OurLabels, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""


class CodesForm(_OurLabels, GenerateRecoveryCodesForm):  # type: ignore[misc]
    """Nothing to fill in."""
