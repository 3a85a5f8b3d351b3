"""A hub of NATS for tests: the server with the configuration that we give to others, on this machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization as form
from tests.running_node import free_port

from elchi.exchange.carriers.tls import Identity

SERVER = shutil.which("nats-server") or shutil.which("nats-server", path=str(Path(sys.executable).parent))
ROOT = Path(__file__).parents[1]


class HubServer:
    """The server of deploy/nats-hub.conf; only its paths and numbers are of here.

    Args:
        folder: where its files lie.
        identity: that it presents.
        partners: certificates of the nodes, PEM.
    """

    def __init__(self, folder: Path, identity: Identity, partners: Sequence[str]) -> None:
        self.folder, self.port = folder, free_port()
        key = form.load_pem_private_key(identity.key.read_bytes(), identity.passphrase.encode())
        open_key = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        (folder / "hub.key").write_bytes(open_key)
        self.let_in(partners)
        text = (ROOT / "deploy/nats-hub.conf").read_text()
        for old, new in (
            ("/etc/nats/hub.crt", str(identity.certificate)),
            ("/etc/nats/", f"{folder}/"),
            ("/var/lib/nats", f"{folder}/store"),
            ("0.0.0.0", "127.0.0.1"),
            ("4222", str(self.port)),
            ("50GB", "100MB"),
            ("2GB", "40MB"),
        ):
            assert old in text
            text = text.replace(old, new)
        (folder / "hub.conf").write_text(text)

    def let_in(self, partners: Sequence[str]) -> None:
        """Say whose certificates count, from the next start on."""
        (self.folder / "partners.pem").write_text("".join(partners))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the block ends; then it is killed."""
        assert SERVER is not None
        with (self.folder / "hub.log").open("ab") as log:
            process = subprocess.Popen([SERVER, "-c", str(self.folder / "hub.conf")], stdout=log, stderr=log)
        try:
            for _ in range(500):
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    break
                except OSError:
                    time.sleep(0.02)
            yield
        finally:
            process.kill()
            process.wait()
