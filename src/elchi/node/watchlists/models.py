"""What the node knows about its lists beside the entries, which lie in `elchi.lists.Store`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

ACTIONS = ("stop", "refer", "discreet", "locate", "inform")
"""What to do with who is found: stop; refer to the second line; report and show nothing; say where he is; inform."""
HANDLING = ("H0", "H1", "H2", "H3")
"""Europol handling codes: none, not as evidence, not onward without the owner, other restriction."""
TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
"""Traffic light protocol 2.0: how far it may be passed on."""
LOADED_ORIGINS = ("international", "national", "notices")
"""Of lists that come as files."""
ORIGINS = (*LOADED_ORIGINS, "own")
ALERTS = "office-alerts"
"""Name of the list of entries that stand for alerts of offices: they are made and ended with these."""


_CAPTIONS = ("name", "alias", "registrationNumber", "vin", "number", "passportNumber", "idNumber", "phone", "email")


def _one_of(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Watchlist(models.Model):
    """A list and the rules of its use."""

    name: Any = models.CharField(primary_key=True, max_length=64)
    """As in the store: `un_sc`, `kg_wanted`."""
    title = models.CharField(max_length=200)
    titles = models.JSONField(default=dict)
    """By language."""
    origin = models.CharField(max_length=16, choices=_one_of(ORIGINS))
    owner: Any = models.ForeignKey(
        "directory.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The agency that answers for it, and is told of discreet findings."""
    agencies = models.JSONField(default=list)
    """Codes of the agencies whose officers may use it; empty for all."""
    purposes = models.JSONField(default=list)
    """Purposes for which it may be used; empty for all."""
    action = models.CharField(max_length=10, choices=_one_of(ACTIONS), default="refer")
    handling = models.CharField(max_length=2, choices=_one_of(HANDLING), default="H0")
    tlp = models.CharField(max_length=12, default="CLEAR")
    stale_after_days = models.PositiveIntegerField(default=30)
    """Older than this it is shown in red wherever a verdict relies on it."""
    four_eyes = models.BooleanField(default=False)
    """A new version waits for a second officer."""
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By title; a national list is approved by a second officer."""

        ordering: ClassVar = ["title"]
        constraints: ClassVar = [
            models.CheckConstraint(name="national_list_four_eyes", condition=~Q(origin="national") | Q(four_eyes=True))
        ]


class Version(models.Model):
    """A version that was offered, and what became of it (`states.VERSION`)."""

    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True, blank=True)
    """Of the store, once it is in force."""
    state = models.CharField(max_length=12, default="reading")
    loaded_at = models.DateTimeField(default=timezone.now)
    loaded_by = models.CharField(max_length=150)
    """Sign-in name; see `Actor.name`."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why rejected, rolled back or removed."""
    error: Any = models.JSONField(null=True, blank=True)
    """Why it came to nothing though nobody decided so: code and params."""
    to_read = models.JSONField(default=dict)
    """What the worker reads (`offers.wire_of`); empty where it was read by who offered it."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often the worker began."""
    lines_read = models.PositiveIntegerField(default=0)
    percent_read = models.PositiveSmallIntegerField(default=0)
    """Of the file's bytes; 0 where its format does not tell."""
    source = models.JSONField(default=dict)
    issued_at = models.CharField(max_length=40, blank=True)
    total = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    bad_lines = models.JSONField(default=list)
    rescreened_at = models.DateTimeField(null=True, blank=True)
    """When recent checks were screened against it; None means they are still to be."""
    rescreened_to = models.PositiveBigIntegerField(default=0)
    """The last check that was, while that is under way."""

    class Meta:
        """Newest first; one is queued, one waits and one is in force at a time."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["watchlist", "state"],
                condition=Q(state__in=("queued", "waiting", "in_force")),
                name="one_version_a_state",
            )
        ]


class OwnEntry(models.Model):
    """An entry that an officer of this node made. Its amendments are kept; the newest one is in force."""

    watchlist = models.ForeignKey(Watchlist, on_delete=models.PROTECT, related_name="own_entries")
    key = models.CharField(max_length=64, unique=True)
    """Its id in the list."""
    schema = models.CharField(max_length=64)
    """FollowTheMoney schema: Person, Vehicle, Passport ..."""
    properties = models.JSONField()
    """FollowTheMoney properties: name to list of texts."""
    action = models.CharField(max_length=10, choices=_one_of(ACTIONS))
    handling = models.CharField(max_length=2, choices=_one_of(HANDLING), default="H1")
    legal_basis = models.CharField(max_length=300)
    authority = models.CharField(max_length=300)
    """Who ordered it."""
    instructions = models.TextField(blank=True)
    """What the officer who meets it does."""
    owner = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    expires_date = models.DateField()
    state = models.CharField(max_length=12, default="in_force")
    """`states.ENTRY`: in force, withdrawn, expired."""
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    """Why amended or withdrawn."""

    class Meta:
        """Newest first; found by what expires."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["state", "expires_date"])]

    @property
    def caption(self) -> str:
        """What to call it."""
        values: list[str] = next((self.properties[one] for one in _CAPTIONS if self.properties.get(one)), [self.key])
        return values[0]


class EntryChange(models.Model):
    """What an own entry was before an amendment."""

    entry = models.ForeignKey(OwnEntry, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField()

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
