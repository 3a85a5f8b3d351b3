"""`elchi partner`: two nodes become partners by two short files; then how it stands with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node, who_is_here
from elchi.errors import Conflict, InvalidInput
from elchi.locale import Words

if TYPE_CHECKING:
    from elchi.node.federation.queries.partners import PartnerState

MAX_FILE: Final = 64 << 10
_FILE: Final = click.Path(path_type=Path)


@click.group()
@shared
def partner(_door: Door) -> None:
    """Join other nodes, see how it stands with them, suspend them."""


@partner.command()
@click.argument("file", type=_FILE)
@click.option("--for", "note", default="", metavar="TEXT", help="Whom it is for, for the list of invitations.")
@shared
def invite(door: Door, file: Path, note: str) -> None:
    """Write an invitation for one node to a new FILE.

    It holds nothing secret and goes by any way; it is good once, for 14 days.
    """
    open_node()
    from elchi.node.federation import services

    _check_new(file)
    made = services.invite_partner(by=who_is_here(), note=note)
    _write(file, made.file)
    until = made.invitation.valid_until.isoformat()
    told = {"invitation": made.invitation.pk, "file": str(file), "valid_until": until} | own_fingerprint()
    lines = [door.words.text("partner.invited", file=str(file), until=until), *fingerprint_lines(door.words, told)]
    door.answer(told, lines)


@partner.command()
@click.argument("file", type=_FILE)
@click.option("--answer", type=_FILE, metavar="FILE", help="Where our answer to an invitation goes.")
@shared
def accept(door: Door, file: Path, answer: Path | None) -> None:
    """Take the invitation of another node, or its answer to ours, from FILE.

    Nothing is shared before an officer has compared the fingerprint, on the page of the partner.
    """
    open_node()
    from elchi.node.federation import services

    if answer:
        _check_new(answer)
    joined = services.join_partner(by=who_is_here(), file=_read(file))
    reply = answer or file.with_name(f"{file.stem}-answer.elchi")
    if joined.answer:
        _check_new(reply)
        _write(reply, joined.answer)
    told = {"partner": joined.partner.code, "answer": str(reply) if joined.answer else ""} | own_fingerprint()
    lines = [door.words.text("partner.accepted", partner=joined.partner.code, name=joined.partner.name)]
    if joined.answer:
        lines.append(door.words.text("partner.answer_written", file=str(reply)))
    door.answer(told, [*lines, *fingerprint_lines(door.words, told)])


@partner.command()
@click.argument("code", required=False)
@shared
def status(door: Door, code: str | None) -> None:
    """Tell how it stands with all partners, or with one by its CODE."""
    open_node()
    from elchi.node.federation.queries.partners import partner_state, partner_states

    states = [partner_state(code, door.now)] if code else partner_states(door.now)
    wire = {"partners": [_as_dict(one) for one in states]}
    door.answer(wire, _lines(door.words, states) if states else [door.words.text("partner.none")])


@partner.command()
@click.argument("code")
@click.argument("ways", nargs=-1, required=True, metavar="WAY...")
@click.option("--is-relay", is_flag=True, help="It holds a mailbox for this node.")
@click.option("--hold", default=0, metavar="MB", help="Hold a mailbox of so many MB for it, as its relay.")
@shared
def reach(door: Door, code: str, ways: tuple[str, ...], *, is_relay: bool, hold: int) -> None:
    """Say by which ways a partner is reached, in order of preference.

    A WAY is https, https=ADDRESS, relay=CODE, nats or bundle.
    """
    open_node()
    from elchi.node.federation import services
    from elchi.node.federation.cards import PartnerCard

    card = PartnerCard(carriers=tuple(map(_way, ways)), is_relay=is_relay, relayed_bytes=hold << 20)
    changed = services.change_partner(by=who_is_here(), code=code, card=card)
    door.answer({"partner": changed.code, "carriers": changed.carriers}, [door.words.text("partner.changed")])


@partner.command()
@click.argument("code")
@click.option("--because", required=True, metavar="TEXT", help="Why; the partner is told.")
@shared
def suspend(door: Door, code: str, because: str) -> None:
    """Let nothing go to a partner or come from it, at once.

    What waits is kept. An officer lifts it, on the page of the partner.
    """
    open_node()
    from elchi.node.federation import services

    suspended = services.suspend_partner(by=who_is_here(), code=code, because=because)
    lines = [door.words.text("partner.suspended", partner=suspended.code)]
    door.answer({"partner": suspended.code, "state": suspended.state}, lines)


@partner.command()
@click.argument("code")
@click.argument("message")
@click.option("--because", required=True, metavar="TEXT", help="Why; the partner is told.")
@shared
def withdraw(door: Door, code: str, message: str, because: str) -> None:
    """Take a question back that was sent to the partner CODE, by the id of its MESSAGE.

    It does not leave any more; where it has arrived it is removed.
    """
    open_node()
    from elchi.node.federation import services

    sent = services.take_back_message(by=who_is_here(), message_id=message, to=code, because=because)
    told = {"message": message, "partner": code, "withdrawal": sent.message_id}
    door.answer(told, [door.words.text("partner.message_withdrawn", partner=code)])


def _way(told: str) -> dict[str, str]:
    kind, _, value = told.partition("=")
    name = "through" if kind == "relay" else "address"
    return {"kind": kind, name: value} if value else {"kind": kind}


def own_fingerprint() -> dict[str, Any]:
    """Give what the people of a partner compare with the key document of this node."""
    from elchi.node.federation.queries.keys import own_key_document
    from elchi.seal.trust import fingerprint_groups

    document = own_key_document()
    fingerprint = document.sha256 if document else ""
    return {"fingerprint": fingerprint, "spoken": " ".join(fingerprint_groups(fingerprint)) if fingerprint else ""}


def fingerprint_lines(words: Words, told: dict[str, Any]) -> Iterator[str]:
    """Show it in the way it is read aloud."""
    groups = told["spoken"].split()
    yield words.text("partner.own_fingerprint")
    yield from ("  " + "  ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))


def _as_dict(state: PartnerState) -> dict[str, Any]:
    row = state.partner
    return {
        "partner": row.code, "name": row.name, "state": row.state, "carriers": row.carriers, "is_relay": row.is_relay,
        "suspended_here": row.suspended_here_because, "suspended_there": row.suspended_there_because,
        "seen_at": row.seen_at, "keys_until": state.keys_until, "waiting": state.waiting, "oldest_at": state.oldest_at,
        "missing": state.missing, "cautions": state.cautions,
        "links": [
            {"carrier": one.carrier, "worked_at": one.worked_at, "failed_at": one.failed_at,
             "failures": one.failures, "code": one.code, "milliseconds": one.milliseconds}
            for one in state.links
        ],
    }  # fmt: skip


def _lines(words: Words, states: list[PartnerState]) -> Iterator[str]:
    for one in states:
        row = one.partner
        state = words.text(f"partner_state.{row.state}")
        yield f"{row.code}  {row.name}  {state}  {', '.join(map(_told_way, row.carriers))}"
        for because in filter(None, (row.suspended_here_because, row.suspended_there_because)):
            yield f"  {because}"
        seen = words.date(row.seen_at.isoformat()) if row.seen_at else words.text("status.never")
        yield "  " + words.text("partner.line", waiting=one.waiting, seen=seen)
        for link in one.links:
            failed = link.failures and words.text("partner.link_fails", failures=link.failures, code=link.code)
            yield f"  {link.carrier}: " + (failed or words.text("partner.link_works", ms=link.milliseconds))
        for caution in one.cautions:
            yield click.style(f"  ◆ {words.text(f'partner_caution.{caution}')}", fg="yellow")


def _told_way(way: dict[str, str]) -> str:
    return "=".join(way.values())


def _check_new(file: Path) -> None:
    if file.exists():
        raise Conflict("file_exists", file=str(file))


def _write(file: Path, content: bytes) -> None:
    with file.open("xb") as out:
        out.write(content + b"\n")


def _read(file: Path) -> bytes:
    with file.open("rb") as given:
        content = given.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise InvalidInput("joining_invalid", field="file", rule="too_large")
    return content
