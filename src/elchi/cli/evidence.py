"""`elchi evidence`: give out what is proven of a message; tell what a file proves, to somebody who has no node."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.exits import Exit
from elchi.cli.node import open_node, who_is_here
from elchi.errors import Conflict
from elchi.locale import Words

if TYPE_CHECKING:
    from elchi.exchange.verdict import Verdict

_FINGERPRINT: Final = re.compile(r"([A-Z0-9-]{1,32})=([0-9a-f]{64})", re.ASCII)


@click.group()
@shared
def evidence(_door: Door) -> None:
    """Give out evidence of what nodes have said to each other, and verify it."""


@evidence.command()
@click.argument("message")
@click.option("--out", "file", required=True, type=click.Path(path_type=Path), help="A new file.")
@click.option("--partner", default="", metavar="CODE", help="The other side, where it went to several.")
@shared
def export(door: Door, message: str, file: Path, partner: str) -> None:
    """Write what this node can prove of the message with the id MESSAGE into a file.

    The file holds the body of the message, if it is still kept, and nothing of other messages but ids and hashes.
    """
    open_node()
    from elchi.node.federation import services

    if file.exists():
        raise Conflict("file_exists", file=file.name)
    content = services.export_evidence(by=who_is_here(), message_id=message, partner=partner)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    wire = {"file": str(file), "size": len(content)}
    door.answer(wire, [door.words.text("evidence.written", file=file.name, size=door.words.number(len(content)))])


@evidence.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    metavar="CODE=HEX",
    help="Of a key document, from paper; repeatable.",
)
@click.option(
    "--authority",
    "authorities",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Root certificate of a time-stamping authority that you trust; PEM; repeatable.",
)
@shared
def verify(door: Door, file: Path, fingerprints: Sequence[str], authorities: Sequence[Path]) -> int:
    """Tell what an evidence file proves, and what in it does not hold.

    No node is needed, and nothing is asked of anybody. Ends with exit code 6 if anything does not hold. Give the
    fingerprints that stand on the paper of the agreement: without them it is proven only that all of it fits together.
    """
    from elchi.exchange.evidence import MAX_EVIDENCE
    from elchi.exchange.verdict import verify_evidence  # cryptography: other commands start without it
    from elchi.seal.stamp import read_authorities

    known = dict(_fingerprint(one) for one in fingerprints)
    roots = [root for path in authorities for root in read_authorities(path.read_bytes())]
    with file.open("rb") as opened:
        verdict = verify_evidence(opened.read(MAX_EVIDENCE + 1), fingerprints=known, authorities=roots)
    door.answer(_wire(verdict), _lines(door.words, verdict))
    return Exit.DONE if verdict.holds else Exit.SEAL_BROKEN


def _fingerprint(text: str) -> tuple[str, str]:
    found = _FINGERPRINT.fullmatch(text.replace(" ", ""))
    if not found:
        raise click.BadParameter(text, param_hint="--fingerprint")
    return found[1], found[2]


def _wire(verdict: Verdict) -> dict[str, Any]:
    """Give the verdict as JSON values; of parts only what they are."""
    told = {one.name: getattr(verdict, one.name) for one in dataclasses.fields(verdict) if one.name != "parts"}
    told |= {
        name: [dataclasses.asdict(one) for one in told[name]] for name in ("parties", "outcomes", "logged", "stamps")
    }
    faults = [{"code": one.code, "params": dict(one.params), "at": one.at} for one in verdict.faults]
    parts = [{"name": one.name, "media_type": one.media_type, "size": len(one.content)} for one in verdict.parts]
    return {**told, "manifest": dict(verdict.manifest), "faults": faults, "parts": parts, "holds": verdict.holds}


def _lines(words: Words, verdict: Verdict) -> Iterator[str]:
    from elchi.seal.canonical import write_time

    faults = verdict.faults
    yield words.text("evidence.broken", count=len(faults)) if faults else words.text("evidence.holds")
    for fault in faults:
        yield f"  {fault.at}: {words.error(fault.code, fault.params)}"
    told = verdict.manifest
    if told:
        to, shown = told.get("to"), {name: _shown(told.get(name)) for name in ("kind", "id")}
        receivers = ", ".join(map(_shown, to if isinstance(to, list) else []))
        yield words.text("evidence.said", sender=_shown(told.get("from")), to=receivers, **shown)
        yield words.text("evidence.manifest", sha256=verdict.manifest_sha256)
    if verdict.seen_at:
        yield words.text("evidence.seen_at", at=write_time(verdict.seen_at))
    yield from _attested(words, verdict)
    for missing in verdict.missing:
        yield words.text(f"evidence_missing.{missing}")


def _shown(value: Any) -> str:
    """Give what a stranger signed, if nothing in it acts on a terminal."""
    return value if isinstance(value, str) and value.isprintable() else "?"


def _attested(words: Words, verdict: Verdict) -> Iterator[str]:
    from elchi.seal.canonical import write_time
    from elchi.seal.trust import fingerprint_groups

    for one in verdict.outcomes:
        outcome = words.text(f"message_outcome.{one.outcome}")
        yield words.text("evidence.receipt", party=one.party, at=write_time(one.at), outcome=outcome)
    for leaf in verdict.logged:
        witnesses = ", ".join(leaf.witnesses)
        yield words.text("evidence.logged", party=leaf.party, index=leaf.index, at=write_time(leaf.at), by=witnesses)
    for stamp in verdict.stamps:
        yield words.text("evidence.stamp", party=stamp.party, at=write_time(stamp.at), authority=stamp.authority)
    for party in verdict.parties:
        yield words.text("evidence.party", party=party.code, name=party.name, version=party.version)
        yield f"  {party.fingerprint}"
        yield f"  {' '.join(fingerprint_groups(party.fingerprint))}"
