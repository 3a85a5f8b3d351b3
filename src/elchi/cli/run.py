"""`elchi run`: everything that a node needs, in one tree of processes."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from elchi.cli.door import Door, shared
from elchi.cli.node import open_node
from elchi.cli.supervise import Child, die_with_parent, supervise
from elchi.errors import Conflict, ElchiError, InvalidInput

_PATIENCE: Final = 5
"""Seconds in which requests that have begun are answered. Now and then granian waits on for an idle connection."""


@click.command()
@shared
def run(door: Door) -> None:
    """Run the node: console, API, worker and courier, until it is stopped.

    SIGTERM and Ctrl-C end it: requests that have begun are answered. Logs go to stderr, as JSON.
    """
    gc.disable()  # nothing of what is imported now is garbage; looking for some takes a sixth of the start
    open_node()
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver

    from elchi.node.installation.queries import HEARTBEAT, check_installation, run_folder
    from elchi.node.watchlists.services import mend_lists

    config = settings.ELCHI
    if config.unknown:
        raise InvalidInput("setting_unknown", field=config.unknown[0])
    check_installation()
    _check_address("ELCHI_LISTEN", config.listen)
    if config.exchange_listen:
        _check_address("ELCHI_EXCHANGE_LISTEN", config.exchange_listen)
    _check_certificate(config)
    run_folder().mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(ElchiError, OSError):  # a list that is damaged: its state, /readyz and checks tell
        mend_lists()
    get_resolver().url_patterns  # noqa: B018  pages are imported once, before the children are copied
    connections.close_all()
    gc.freeze()  # the children share it
    gc.enable()
    address = f"{'https' if config.speaks_tls else 'http'}://{config.listen}/"
    door.answer({"address": address}, [door.words.text("node.runs", name=config.here.name, address=address)])
    supervise(
        [
            Child("answers", lambda: _answer(config)),
            Child("worker", lambda: _work(run_folder() / HEARTBEAT)),
            Child("courier", lambda: _carry(config.exchange_listen)),
        ]
    )


def _answer(config: Any) -> None:
    """Answer requests: granian, and below it the processes that run the pages."""
    from django.conf import settings
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    host, _, port = config.listen.rpartition(":")
    tls: dict[str, Any] = (
        {"ssl_cert": Path(config.certificate), "ssl_key": Path(config.certificate_key)} if config.speaks_tls else {}
    )
    server = Server(
        "elchi.wsgi:application",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.auto,
        workers=config.workers,
        blocking_threads=config.threads,
        blocking_threads_idle_timeout=600,  # a thread keeps its connection to the database
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=_PATIENCE,
        log_level=LogLevels.warning,
        log_dictconfig=settings.LOGGING,
        **tls,
    )
    server.serve(target_loader=_loader(os.getpid()), wrap_loader=False)


def _loader(parent: int) -> Callable[[], Any]:
    def load() -> Any:
        die_with_parent(parent)
        application = import_module("elchi.wsgi").application
        with contextlib.suppress(Exception):  # what is wrong with the lists, /readyz and the first check tell
            from elchi.node.watchlists.queries import live

            live()
        gc.collect()
        gc.freeze()  # what is loaded once is not looked through again and again
        return application

    return load


def _work(beats: Path) -> None:
    from elchi.cli.worker import Worker, duties

    Worker(duties(), beats).run()


def _carry(listen: str) -> None:
    from elchi.cli.courier import carry

    carry(listen)


def _check_address(name: str, listen: str) -> None:
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise Conflict("address_taken", field=name, address=listen, reason=error.strerror) from None


def _check_certificate(config: Any) -> None:
    if not config.speaks_tls:
        return
    for name, path in (("ELCHI_CERTIFICATE", config.certificate), ("ELCHI_CERTIFICATE_KEY", config.certificate_key)):
        if not os.access(path, os.R_OK):
            raise InvalidInput("setting_invalid", field=name, rule="readable_file")
