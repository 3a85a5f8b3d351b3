"""A part of an envelope: bytes with a name and a type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What is sealed beside the manifest, which binds its hash."""

    name: str
    """Within its envelope, once."""
    media_type: str
    content: bytes
