"""`elchi agreement`: look at agreements with partners, and give them out. To decide on them is an act of officers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node
from elchi.errors import Conflict
from elchi.locale import Words


@click.group()
@shared
def agreement(_door: Door) -> None:
    """Look at agreements with partners, and give them out."""


@agreement.command("list")
@shared
def list_all(door: Door) -> None:
    """Tell all versions of agreements, those that changed last first."""
    open_node()
    from elchi.node.federation.queries.versions import versions

    rows = list(versions())
    lines = [_line(door.words, row) for row in rows] or [door.words.text("agreement.none")]
    door.answer({"agreements": [_as_dict(row) for row in rows]}, lines)


@agreement.command()
@click.argument("name", metavar="ID:VERSION")
@click.option("--partner", default="", metavar="CODE", help="With whom, where two have one of this name.")
@shared
def show(door: Door, name: str, partner: str) -> None:
    """Tell what a version lets go and come, field by field, and by which clause."""
    open_node()
    from elchi.node.federation.queries.agreements import agreement_in
    from elchi.node.federation.queries.versions import version_named

    row = version_named(name, partner=partner)
    read = agreement_in(row.content)
    told = _as_dict(row) | {"sha256": row.sha256, "note": row.note, "text": read.to_json()}
    door.answer(told, [_line(door.words, row), *_terms(door.words, read)])


@agreement.command()
@click.argument("name", metavar="ID:VERSION")
@click.option("--out", "file", required=True, type=click.Path(path_type=Path), help="A new file.")
@click.option("--partner", default="", metavar="CODE", help="With whom, where two have one of this name.")
@shared
def export(door: Door, name: str, file: Path, partner: str) -> None:
    """Write a version into a file: the document with its signatures, or the text of a draft."""
    open_node()
    from elchi.node.federation.queries.agreements import agreement_in
    from elchi.node.federation.queries.versions import version_named

    row = version_named(name, partner=partner)
    content = bytes(row.document) or agreement_in(row.content).canonical()
    if file.exists():
        raise Conflict("file_exists", file=file.name)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    wire = {"file": str(file), "size": len(content), "is_signed": bool(row.document)}
    door.answer(wire, [door.words.text("evidence.written", file=file.name, size=door.words.number(len(content)))])


def _as_dict(row: Any) -> dict[str, Any]:
    return {
        "agreement": row.agreement, "version": row.version, "partner": row.partner.code, "state": row.state,
        "valid_from": row.valid_from, "valid_until": row.valid_until, "is_ours": row.is_ours,
    }  # fmt: skip


def _line(words: Words, row: Any) -> str:
    until = row.valid_until.isoformat() if row.valid_until else "–"
    state = words.text(f"agreement_state.{row.state}")
    return f"{row.agreement}:{row.version}  {row.partner.code}  {state}  {row.valid_from.isoformat()} – {until}"


def _terms(words: Words, read: Any) -> Iterator[str]:
    """Give the grants; what no line names stays."""
    yield f"  {words.text(f'disclosure.{read.disclosure}')}; {read.handling_floor.code}, TLP:{read.handling_floor.tlp}"
    for grant in read.grants:
        ways = ", ".join(map(str, grant.directions))
        yield f"  {ways}: {', '.join(grant.message_kinds)} ({', '.join(grant.purposes)}) [{grant.clause}]"
        for kind, rules in (*grant.subjects.items(), *([("", grant.details)] if grant.details else [])):
            for name, rule in rules.items():
                mask = f", {words.text(f'mask.{rule.mask}')}" if rule.mask else ""
                place = f"{kind}: {name}" if kind else name
                yield f"    {place}  {words.text(f'decision.{rule.decision}')}{mask} [{rule.clause}]"
