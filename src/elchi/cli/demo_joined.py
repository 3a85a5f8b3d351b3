"""To make nodes of the demonstration partners: files and fingerprints between each two, and the ways they reach one
another, past the hub that holds mail for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from elchi.cli.demo_side import Side

HELD: Final = 64 << 20
"""Bytes that the hub holds for each of them at most."""
_CALLED: Final = {"carriers": [{"kind": "https"}]}


def join(hub: Side, *sides: Side, folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Have each two of them exchange files and compare what they show; then say who reaches whom how.

    Args:
        hub: holds mail for the others.
        sides: the others.
        folder: where the files lie that they exchange.

    Returns:
        What each node was told to compare, by node and partner.
    """
    spoken: dict[str, dict[str, str]] = defaultdict(dict)
    for one, other in (*((side, hub) for side in sides), *combinations(sides, 2)):  # the hub first: ways lead past it
        invitation, answer = (folder / f"{one.code}-{other.code}.{end}" for end in ("invitation", "answer"))
        spoken[other.code][one.code] = one.call("partner", "invite", str(invitation))["spoken"]
        told = other.call("partner", "accept", str(invitation), "--answer", str(answer))
        spoken[one.code][other.code] = told["spoken"]
        one.call("partner", "accept", str(answer))
    for side in (*sides, hub):
        ways = {code: _ways(side, code, hub) for code in spoken[side.code]}
        side.do("compare", partners=spoken[side.code], ways=ways)
    return spoken


def _ways(side: Side, partner: str, hub: Side) -> dict[str, Any]:
    if side is hub:
        return _CALLED | {"relayed_bytes": HELD}
    if partner == hub.code:
        return _CALLED | {"is_relay": True}
    return {"carriers": [{"kind": "https"}, {"kind": "relay", "through": hub.code}, {"kind": "bundle"}]}
