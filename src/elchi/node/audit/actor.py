"""Who acts, as the audit writes it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An officer, the node itself, or who works on its machine."""

    name: str
    """The sign-in name; `node` for what the node does by itself, `machine:NAME` for a command on its machine."""
    agency: str = ""
    """Code of the agency."""
    office: str = ""
    """Code of the office."""
    via: str = "node"
    """The door: `console`, `api`, `command` or `node`."""


NODE = Actor(name="node")
"""What the node does by itself: retention, day roots, expiry."""
