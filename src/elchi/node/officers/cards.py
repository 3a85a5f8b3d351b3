"""What is told of an officer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerCard:
    """All that an administrator can change of an officer."""

    name: str
    """As the officer writes it."""
    agency: str
    """Code of the agency he belongs to."""
    office: str
    """Code of the office where he serves."""
    roles: Collection[str]
    """Values of `Role`."""
    email: str = ""
    """Where he is written to, or empty."""
