"""The command line: `elchi ...`. Errors become words and exit codes here, and only here."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from elchi.cli.agreement import agreement
from elchi.cli.audit import audit
from elchi.cli.backup import backup, restore
from elchi.cli.bundle import bundle
from elchi.cli.check import check
from elchi.cli.config import config
from elchi.cli.demo import demo
from elchi.cli.door import Door, shared, write_error
from elchi.cli.evidence import evidence
from elchi.cli.exits import Exit
from elchi.cli.init import init
from elchi.cli.keys import keys
from elchi.cli.lists import lists
from elchi.cli.log import log
from elchi.cli.modules import module_commands
from elchi.cli.partner import partner
from elchi.cli.run import run as run_node
from elchi.cli.screen import screen
from elchi.cli.status import status
from elchi.cli.upgrade import upgrade
from elchi.errors import Conflict, ElchiError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="elchi", message="elchi %(version)s")
@shared
def elchi(door: Door) -> None:
    """Is anything known about this person, this document, this plate?

    Load lists, check one traveller, or screen a whole manifest; or make a node, with officers, pages and an API, and
    run it. The state is kept in the folder ELCHI_HOME.
    """


_NODE = (
    agreement, audit, backup, bundle, check, config, demo, evidence, init, keys, lists, log, partner, restore, run_node,
    screen, status, upgrade,
)  # fmt: skip
for command in (*_NODE, *module_commands()):
    elchi.add_command(command)


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started us
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  it stays open to the end
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Run one command.

    Returns:
        Its exit code; see `elchi.cli.exits`.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what the terminal cannot show is escaped; in JSON that is the same text
            stream.reconfigure(errors="backslashreplace")
    door = Door()
    try:
        status = elchi.main(args=list(args), prog_name="elchi", standalone_mode=False, obj=door)
    except click.Abort:
        click.echo(err=True)
        return Exit.INTERRUPTED
    except click.ClickException as error:
        door.json |= "--json" in args  # the line may have failed before the option was read
        return _refuse(door, error)
    except ElchiError as error:
        return door.refuse(error)
    except OSError as error:
        return door.refuse(_of_system(error))
    return status if isinstance(status, int) else Exit.DONE


def _refuse(door: Door, error: click.ClickException) -> Exit:
    """Tell that the command line itself is wrong, in click's words."""
    if door.json:
        write_error("command_line", {}, error.format_message())
    else:
        error.show()
    return Exit.INVALID_INPUT


def _of_system(error: OSError) -> ElchiError:
    """Give what the system refused as an error of ours: a full disk, a folder that may not be written."""
    name = Path(os.fsdecode(error.filename)).name if error.filename else ""
    reason = errno.errorcode.get(error.errno or 0, "")
    return Conflict("file_refused", file=name, reason=reason)


if __name__ == "__main__":
    main()
