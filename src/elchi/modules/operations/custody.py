"""The chain of custody of an exhibit: who had it when, and that nothing was put between.

Each step names who holds the exhibit afterwards, the number read on its seal, and a digest of all that the exhibit was
then. Steps are chained by hash as lines of the audit are, and each has a line there, so that who changes one must
change all that follow in both. A hand-over inside the node is two steps of two officers: one lets go, the other takes.
(ISO/IEC 27037, 6.1, asks who, when, where, why, and what was changed; UNODC's guidelines for seized drugs the same.)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import rfc8785

from elchi.errors import Conflict, InvalidInput, NotAllowed
from elchi.modules.operations.seizure import KINDS, one_of, short
from elchi.seal.evidence import START, chain_hash

STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "held": {
        "give": "given", "send_out": "out", "photograph": "held", "reseal": "held", "take_over": "held", "end": "ended"
    },
    "given": {"take": "held", "decline": "held", "recall": "held", "take_over": "held"},
    "out": {"bring_back": "held", "end": "ended"},
    "ended": {},
}  # fmt: skip
"""`given`: let go, and not yet taken. `out`: with somebody who does not sign in here, such as a laboratory."""
BY_TAKER: Final = frozenset(("take", "decline"))
"""What only he does to whom it was given; everything else only he who has or had it."""
BY_CHIEF: Final = frozenset(("take_over",))
"""What a supervisor does when the one who has it cannot."""
MOST_EXHIBITS: Final = 200
"""Of an incident."""
MOST_PHOTOS: Final = 20
"""Of an exhibit."""
MOST_STEPS: Final = 500
ENDS: Final = ("destroyed", "returned", "court", "forfeited")
LIMITS: Final = {"what": 300, "seal": 40, "outside": 200, "place": 200, "note": 500}
_MOST_QUANTITY: Final = Decimal(10**12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitCard:
    """What is taken into custody."""

    kind: str
    """Of `seizure.KINDS`."""
    what: str
    """In words, as on the label."""
    quantity: Decimal
    unit: str
    """Of measure, one that the kind has."""
    seal: str
    """Number of the bag or seal."""
    place: str
    """Where it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an officer says with a step: he confirms by reading the seal."""

    seal: str = ""
    """As he reads it; of a new seal its number."""
    is_whole: bool = True
    """Whether the seal is."""
    to: str = ""
    """Sign-in name of who shall take it."""
    outside: str = ""
    """Who has it outside of the node, and the number of his receipt."""
    quantity: Decimal | None = None
    """What was weighed or counted, where the seal was opened."""
    end: str = ""
    """Of `ENDS`."""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as it is chained."""

    number: int
    """From 1."""
    move: str
    """Of `STATES`, or `seize`, the first."""
    state: str
    at: dt.datetime
    by: str
    agency: str
    holder: str
    """Sign-in name; empty while it is outside, and when it is ended."""
    to: str
    outside: str
    seal: str
    is_whole: bool
    quantity: str
    place: str
    end: str
    note: str
    exhibit: str
    """Digest of what the exhibit was after this step."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold."""

    number: int
    code: str
    """`changed` (a step is not what it was), `missing`, `order` (a move that could not follow), `exhibit` (the exhibit
    is not what its last step says), `photo` (of that number: its file is not what came)."""


def check_exhibit(card: ExhibitCard) -> None:
    """Do nothing if an exhibit can be this.

    Raises:
        InvalidInput: `operations_invalid`.
    """
    one_of("goods", card.kind, tuple(KINDS))
    one_of("measure", card.unit, KINDS[card.kind][0])
    for name in ("what", "seal", "place"):
        text = getattr(card, name)
        if not text.strip():
            raise InvalidInput("operations_invalid", field=name, rule="missing")
        short(name, text, LIMITS[name])
    if not 0 < card.quantity < _MOST_QUANTITY:
        raise InvalidInput("operations_invalid", field="quantity", rule="number_in_range", limit=int(_MOST_QUANTITY))


def check_said(move: str, said: Said, *, seal: str) -> None:
    """Do nothing if a step can be told so.

    Args:
        move: what is done.
        said: with it.
        seal: that the exhibit has, as the last step says.

    Raises:
        InvalidInput: `operations_invalid`: a seal that is broken or another than the one known needs a note.
    """
    for name in ("seal", "outside", "place", "note"):
        short(name, getattr(said, name), LIMITS[name])
    if not said.seal.strip():
        raise InvalidInput("operations_invalid", field="seal", rule="missing")
    for name in {"give": ("to",), "send_out": ("outside",), "reseal": ("note",), "take_over": ("note",),
                 "decline": ("note",), "end": ("note",)}.get(move, ()):  # fmt: skip
        if not getattr(said, name).strip():
            raise InvalidInput("operations_invalid", field=name, rule="missing")
    if move == "end":
        one_of("custody_end", said.end, ENDS)
    if said.quantity is not None and not (move == "reseal" and 0 <= said.quantity < _MOST_QUANTITY):
        raise InvalidInput("operations_invalid", field="quantity", rule="only_resealed")
    is_odd = not said.is_whole or (move != "reseal" and not same_seal(said.seal, seal))
    if is_odd and not said.note.strip():
        raise InvalidInput("operations_invalid", field="note", rule="seal_differs")


def next_state(state: str, move: str) -> str:
    """Give the state to which a move leads.

    Raises:
        Conflict: `custody_move_refused`.
    """
    try:
        return STATES[state][move]
    except KeyError:
        raise Conflict("custody_move_refused", state=state, to=move) from None


def check_mover(move: str, *, by: str, holder: str, to: str) -> None:
    """Do nothing if somebody may make a move: who has it, or who shall take it; a supervisor takes over.

    While it is outside, anybody who may handle exhibits brings it back: the holder is nobody.

    Raises:
        NotAllowed: `custody_other_holder`.
    """
    if move in BY_CHIEF:
        return
    needed = to if move in BY_TAKER else holder
    if needed and by != needed:
        raise NotAllowed("custody_other_holder", field="move", holder=needed)


def same_seal(one: str, other: str) -> bool:
    """Tell whether two readings are the number of one seal: blanks and small letters do not matter."""
    return "".join(one.split()).upper() == "".join(other.split()).upper()


def digest_of(told: Mapping[str, Any]) -> str:
    """Give SHA-256 over what an exhibit is, in the canonical form of RFC 8785."""
    return hashlib.sha256(rfc8785.dumps(dict(told))).hexdigest()


def content_of(step: Step) -> dict[str, Any]:
    """Give what is hashed of a step."""
    told = {name: getattr(step, name) for name in Step.__slots__}
    return told | {"at": step.at.astimezone(dt.UTC).isoformat(timespec="milliseconds")}


def hash_of(step: Step, previous: str) -> str:
    """Give the hash of a step that follows another; `START` before the first."""
    return chain_hash(previous or START, content_of(step))


def faults_of(steps: Sequence[tuple[Step, str]], exhibit: str) -> tuple[Fault, ...]:
    """Give where a chain does not hold; empty for one that is whole.

    Args:
        steps: in order, each with the hash that stands beside it.
        exhibit: digest of what the exhibit is now.
    """
    found, previous, state = [], START, ""
    for place, (step, told) in enumerate(steps, 1):
        if step.number != place:
            found.append(Fault(place, "missing"))
            break
        if hash_of(step, previous) != told:
            found.append(Fault(place, "changed"))
        if step.state != (STATES[state].get(step.move) if state else "held" if step.move == "seize" else None):
            found.append(Fault(place, "order"))
        previous, state = told, step.state if step.state in STATES else "ended"
    if not steps or steps[-1][0].exhibit != exhibit:
        found.append(Fault(len(steps), "exhibit"))
    return tuple(found)
