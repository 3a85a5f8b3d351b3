"""The body of an answer: what is written into it, and what is taken from it (docs/protocol/07-check.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from elchi.errors import InvalidInput
from elchi.node.audit.marks import mark_hash
from elchi.node.checks.rules import CONTACT
from elchi.node.directory.duty import answers_at
from elchi.node.directory.models import DutyContact
from elchi.node.here import here

OUTCOMES: Final = ("hit", "no_hit", "refused")
_TEXT: Final = 200
_REFERENCE: Final = 64
_CODE: Final = 64
_CLAUSE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a partner answers."""

    outcome: str
    """Of `OUTCOMES`."""
    code: str = ""
    clause: str = ""
    reference: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    band: str = ""
    """`stop` or `review`, where the agreement lets it be told."""


def read_reply(body: Mapping[str, Any]) -> Reply:
    """Read the body of an answer.

    Raises:
        InvalidInput: `answer_invalid` with `field` and `rule`.
    """
    outcome = _text(body, "outcome", _CODE)
    if outcome not in OUTCOMES:
        raise InvalidInput("answer_invalid", field="outcome", rule="one_of", allowed=list(OUTCOMES))
    contact = body.get("contact", {})
    if not isinstance(contact, Mapping):
        raise InvalidInput("answer_invalid", field="contact", rule="object")
    band = _text(body, "band", _CODE)
    return Reply(
        outcome=outcome,
        code=_text(body, "code", _CODE),
        clause=_text(body, "clause", _CLAUSE),
        reference=_text(body, "reference", _REFERENCE),
        contact={name: text for name in CONTACT if (text := _text(contact, name, _TEXT))},
        band=band if band in ("stop", "review") else "",
    )


def reference_for(partner: str, watchlist: str, entry: str) -> str:
    """Give what a partner and our desk call an entry by: the same each time, and another for each partner.

    It is made with the node's own key, so that nothing can be told from it.
    """
    digits = mark_hash("reference", f"{partner}\0{watchlist}\0{entry}")[:12].upper()
    return f"{here().code}-H-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def contact_for(agency: str, at: dt.datetime) -> dict[str, str]:
    """Give the desk that answers for a hit: of the agency that has the entry, else of this state; empty without one.

    Args:
        agency: code; empty where nobody here answers for the list.
        at: when: a desk that answers then comes before one that does not.
    """
    desks = DutyContact.objects.filter(subject_matter__in=("hit", ""), agency__is_active=True).select_related("agency")
    found = list(desks.filter(agency__code=agency)) or list(desks.filter(agency__country=here().country or None))
    found.sort(key=lambda desk: (not answers_at(desk, at), desk.subject_matter != "hit", desk.rank))
    if not found:
        return {}
    desk = found[0]
    told = {
        "agency": desk.agency.name, "desk": desk.desk, "phone": desk.phone, "email": desk.email,
        "languages": " ".join(desk.languages),
    }  # fmt: skip
    return {name: text for name, text in told.items() if text}


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or len(value) > most or not (value.isprintable() or not value):
        raise InvalidInput("answer_invalid", field=name, rule="text", maximum=most)
    return value
