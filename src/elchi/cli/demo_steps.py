"""What the staff of a node does in the parts of the demonstration that cross a border, in a process of its own.

python -m elchi.cli.demo_steps      each line of stdin is JSON, [book, step, what it is told], and is answered by one
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from elchi.cli.demo_staff import acting, hire, neighbours, wait_for
from elchi.cli.node import open_node, who_is_here

_SAID: Final = {
    "name": "name", "birth_date": "birth_date", "nationality": "nationality", "documents": "document_number",
    "phones": "phone",
}  # fmt: skip
"""What the window knows of a traveller, and what it is called."""


def begin(*, agency: str, password: str, language: str, crossings: Sequence[str]) -> None:
    """Hire the staff of a neighbour."""
    from elchi.node.here import here

    hire(neighbours(here().country), (agency,), password, language, crossings)


def want(*, name: str, birth_date: str, number: str, phone: str) -> None:
    """Put somebody on the list of this side, and a desk that answers for it."""
    from elchi.node.directory.cards import ContactCard
    from elchi.node.directory.services import add_contact
    from elchi.node.here import here
    from elchi.node.watchlists.own import OwnDraft
    from elchi.node.watchlists.services import create_entry

    keeper = acting("list.keeper")
    nation = here().country
    draft = OwnDraft(
        schema="Person",
        properties={"name": (name,), "birthDate": (birth_date,), "passportNumber": (number,), "nationality": (nation,)},
        action="stop",
        legal_basis="Invented order 12, for training",
        authority="Invented investigation department",
        instructions="",
        expires_date=dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90),
    )
    create_entry(by=keeper, draft=draft)
    card = ContactCard(
        agency=keeper.himself.agency.code, desk="Duty desk (training)", time_zone="Asia/Bishkek", phone=phone,
        languages=("ky", "ru"),
    )  # fmt: skip
    add_contact(by=who_is_here(), card=card)


def compare(*, partners: Mapping[str, str], ways: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare the fingerprints of other nodes, have them as partners, and say by which ways they are reached."""
    from elchi.node.federation.cards import PartnerCard
    from elchi.node.federation.services import change_partner, confirm_partner

    for code, spoken in partners.items():
        confirm_partner(by=acting("supervisor"), code=code, fingerprint=spoken)
    for code, told in ways.items():
        change_partner(by=who_is_here(), code=code, card=PartnerCard(**told))


def propose(*, partner: str, names: Mapping[str, Mapping[str, str]], agreement: str, template: str) -> str:
    """Write an agreement from a template, and have a second officer sign and send it; give its name."""
    from elchi.exchange.agreement import Side, templates
    from elchi.node.federation.services import draft_agreement, propose_agreement
    from elchi.node.here import here

    ours, theirs = (
        Side(name=dict(names[code]), countries=(), agencies=(), offices=(), nodes=(code,))
        for code in (here().code, partner)
    )
    today = dt.datetime.now(dt.UTC).date()
    filled = templates()[template].fill(
        agreement_id=agreement, side_a=ours, side_b=theirs, valid_from=today,
        valid_until=today + dt.timedelta(days=365),
    )  # fmt: skip
    drafted = draft_agreement(by=acting("agreement.keeper"), partner=partner, agreement=filled)
    propose_agreement(by=acting("supervisor"), version_id=drafted.pk)
    return filled.name


def countersign(*, agreement: str) -> str:
    """Wait for the proposal, have one officer read and another one sign it."""
    from elchi.node.federation.queries.versions import versions
    from elchi.node.federation.services import countersign_agreement, review_agreement

    came = wait_for(lambda: versions().filter(agreement=agreement, state="received").first())
    review_agreement(by=acting("agreement.keeper"), version_id=came.pk)
    countersign_agreement(by=acting("supervisor"), version_id=came.pk)
    return str(came.sha256)


def in_force(*, agreement: str) -> str:
    """Wait until the agreement holds here; give the hash of the text that was signed."""
    from elchi.node.federation.queries.versions import versions

    return str(wait_for(lambda: versions().filter(agreement=agreement, state="in_force").first()).sha256)


def check(*, name: str, birth_date: str, number: str, nationality: str) -> dict[str, Any]:
    """Check a traveller at the window; give the verdict, and what of it was asked of whom."""
    from elchi.node.checks.services import submit_check
    from elchi.node.federation.queries.messages import message_of, outgoing_of
    from elchi.subjects import Document, PartialDate, Person

    document = Document(document_number=number, issuer=nationality)
    person = Person(
        name=name,
        birth_date=PartialDate.parse(birth_date),
        nationality=nationality,
        phones=("+996 700 000 117",),
        documents=(document,),
    )
    answer = submit_check(by=acting("first.line"), subjects=(person,))
    [asked] = answer.asked
    sent = message_of(outgoing_of(asked.message_id)).body["subject"]
    return {
        "check": answer.check.pk,
        "verdict": str(answer.verdict),
        "went": [word for name, word in _SAID.items() if name in sent],
        "stayed": [word for name, word in _SAID.items() if name not in sent],
    }


def answered(*, check: int) -> dict[str, Any]:
    """Wait until the partner has answered; give what he said, and how long it took."""
    asked = wait_for(lambda: next((one for one in _questions(check) if one.answered_at), None))
    return {
        "state": asked.standing,
        "reference": asked.reference,
        "contact": asked.contact,
        "seconds": (asked.answered_at - asked.asked_at).total_seconds(),
    }


def held(*, partner: str) -> int:
    """Wait until something lies here for a partner; give its bytes."""
    from elchi.node.federation.queries.messages import held_for

    return int(wait_for(lambda: held_for(partner) or None))


def judged(*, check: int) -> str:
    """Have the second line confirm the hit of a check; give the number of the case that it opened."""
    from elchi.node.checks.services import judge_finding

    [asked] = _questions(check)
    said = "The desk across the border confirms the number."
    made = judge_finding(
        by=acting("second.line"), finding_id=asked.finding.pk, outcome="positive", reason=said,
        threats=("wanted_person",),
    )  # fmt: skip
    return str(made.case)


STEPS: Final[Mapping[str, Callable[..., Any]]] = {
    one.__name__: one for one in (begin, want, compare, propose, countersign, in_force, check, answered, held, judged)
}


def _questions(check: int) -> tuple[Any, ...]:
    from elchi.node.checks.queries import check_for, questions_of

    return questions_of(check_for(acting("second.line"), check))


def main() -> None:
    """Do steps until nobody tells any more."""
    open_node()
    for line in sys.stdin:
        book, step, told = json.loads(line)
        print(json.dumps(import_module(book).STEPS[step](**told)), flush=True)  # noqa: T201  this is its answer


if __name__ == "__main__":
    main()
