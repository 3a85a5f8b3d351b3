"""`elchi keys`: the keys with which this node meets others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node, who_is_here
from elchi.cli.partner import fingerprint_lines, own_fingerprint
from elchi.locale import Words

ALGORITHMS = ("Ed25519", "ML-DSA-65", "X-Wing", "X25519", "P-256")


@click.group(invoke_without_command=True)
@shared
@click.pass_context
def keys(context: click.Context, door: Door) -> None:
    """Show, change and revoke the keys with which this node meets others.

    Without a command: the keys, and the fingerprint that partners compare.
    """
    if context.invoked_subcommand is None:
        open_node()
        from elchi.node.federation.queries.keys import own_key_document, own_keys

        document, rows = own_key_document(), own_keys()
        told = {"version": document.version if document else 0, "keys": [_as_dict(row) for row in rows]}
        told |= {"addresses": list(document.addresses) if document else [], **own_fingerprint()}
        door.answer(told, _lines(door.words, rows, told))


@keys.command()
@click.argument("algorithm", type=click.Choice(ALGORITHMS))
@click.option(
    "--on", type=click.Choice(("token", "file")), help="Where it is made; where the present one is, unless given."
)
@shared
def rotate(door: Door, algorithm: str, on: str | None) -> None:
    """Put the next key of an ALGORITHM in place of the present one.

    P-256 is the certificate. A key that signs is used in seven days, when partners know it; the old one counts for
    thirty days more. With --on token it is made on the token that the settings name, and never leaves it.
    """
    open_node()
    from elchi.node.federation import services

    row = services.rotate_key(by=who_is_here(), algorithm=algorithm, on_token=None if on is None else on == "token")
    door.answer(_as_dict(row), [door.words.text("keys.rotated", kid=row.kid, start=row.valid_from.isoformat())])


@keys.command()
@click.argument("kid")
@click.option("--because", required=True, metavar="TEXT", help="Why.")
@shared
def revoke(door: Door, kid: str, because: str) -> None:
    """Declare a key void from now on, and use the next one. KID is its name.

    Do it at once when a machine was stolen; then compare the fingerprint with every partner.
    """
    open_node()
    from elchi.node.federation import services

    row = services.revoke_key(by=who_is_here(), kid=kid, because=because)
    told = _as_dict(row) | own_fingerprint()
    door.answer(told, [door.words.text("keys.revoked", kid=row.kid), *fingerprint_lines(door.words, told)])


@keys.command()
@click.argument("given", nargs=-1, metavar="ADDRESS...")
@shared
def addresses(door: Door, given: tuple[str, ...]) -> None:
    """Say to partners under which https addresses they reach this node.

    Without an address: under none; this node then calls others.
    """
    open_node()
    from elchi.node.federation import services

    version = services.change_addresses(by=who_is_here(), addresses=given)
    told = {"version": version.version, "addresses": list(given)}
    door.answer(told, [door.words.text("keys.addresses_said", version=version.version)])


@keys.command()
@click.argument("agencies", nargs=-1, metavar="AGENCY...")
@click.option("--office", "offices", multiple=True, metavar="CODE", help="An office for which it speaks; repeatable.")
@shared
def agencies(door: Door, agencies: tuple[str, ...], offices: tuple[str, ...]) -> None:
    """Say to partners for which agencies and offices this node speaks.

    They stand by their codes in the directory. The people of a partner confirm them before they count there.
    """
    open_node()
    from elchi.node.federation import services

    version = services.change_spoken_for(by=who_is_here(), agencies=agencies, offices=offices)
    told = {"version": version.version, "agencies": list(agencies), "offices": list(offices)}
    door.answer(told, [door.words.text("keys.spoken_for_said", version=version.version)])


def _as_dict(row: Any) -> dict[str, Any]:
    return {
        "kid": row.kid, "use": row.use, "algorithm": row.algorithm, "valid_from": row.valid_from,
        "valid_until": row.valid_until, "revoked_at": row.revoked_at, "superseded_by": row.superseded_by,
        "is_on_token": row.place.startswith("pkcs11:"),
    }  # fmt: skip


def _lines(words: Words, rows: list[Any], told: dict[str, Any]) -> Iterator[str]:
    for row in rows:
        use = words.text(f"key_use.{row.use}")
        until = words.text("keys.until", start=row.valid_from.isoformat(), until=row.valid_until.isoformat())
        place = f"  {words.text('keys.on_token')}" if row.place.startswith("pkcs11:") else ""
        yield f"{row.kid}  {row.algorithm}  {use}{place}  {words.text('keys.is_revoked') if row.revoked_at else until}"
    for address in told["addresses"]:
        yield f"  {address}"
    yield from fingerprint_lines(words, told)
