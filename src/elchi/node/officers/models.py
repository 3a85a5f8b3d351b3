"""Officers, their tokens, and the log of signing in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from elchi.node.officers.rules import THEMES, rights_of
from elchi.node.plug import AnyRight

LANGUAGES = [(code, code) for code in ("en", "ru", "kk", "ky", "tg", "uz", "tk")]
_THEMES = [(name, name) for name in ("", *THEMES)]


class Officer(AbstractBaseUser):
    """A person who signs in. Nobody registers himself; who leaves is made inactive, never deleted."""

    USERNAME_FIELD = "sign_in_name"
    objects = BaseUserManager["Officer"]()

    sign_in_name = models.CharField(max_length=64, unique=True)
    """Lower-case letters, digits, dots and hyphens; never given to another person."""
    name = models.CharField(max_length=200)
    """As the officer writes it."""
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("directory.Office", on_delete=models.PROTECT, related_name="+")
    roles = models.JSONField(default=list)
    """Values of `Role`."""
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    theme = models.CharField(max_length=5, choices=_THEMES, default="", blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    """After an administrator gave him one."""
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Read by name."""

        ordering: ClassVar = ["sign_in_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def rights(self) -> frozenset[AnyRight]:
        """What his roles give him."""
        return rights_of(self.roles)


class ApiToken(models.Model):
    """A program that acts for an officer, with no more rights than he has; its secret is shown once."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    """The part by which it is found; no secret."""
    hash = models.CharField(max_length=64)
    """SHA-256 of the whole token: it has 320 random bits, so a slow hash would add nothing."""
    scopes = models.JSONField(default=list)
    """Values of rights."""
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class KeptAnswer(models.Model):
    """What a request with an idempotency key was answered, so that the same request is not done twice."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request = models.CharField(max_length=64)
    """SHA-256 of method, path and body."""
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One answer a key."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once")]
        indexes: ClassVar = [models.Index(fields=["at"])]


class SignIn(models.Model):
    """One attempt to sign in. Its count locks out; its list is shown to the officer and to auditors."""

    at = models.DateTimeField(default=timezone.now)
    sign_in_name = models.CharField(max_length=64)
    """Of an officer; of what was typed and is no officer's name only the keyed hash: people type passwords there."""
    officer: Any = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.SET_NULL, related_name="sign_ins")
    succeeded = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    """Whether a failure counts towards the lock: not once he got in, or an administrator let him try again."""
    factor = models.CharField(max_length=20, blank=True)
    """`totp`, `webauthn`, `recovery_codes`, or empty for the password alone."""
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        """Counted by name or address, and time."""

        indexes: ClassVar = [models.Index(fields=["sign_in_name", "at"]), models.Index(fields=["address", "at"])]
