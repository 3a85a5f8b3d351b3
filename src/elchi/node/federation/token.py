"""The signing key of this node on a token, used through a process of its own (`elchi.seal.token_process`).

The processes of a node speak TLS; the library of a token's maker may break that, or fall over. So it is not in them.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, Final

from elchi.errors import Conflict
from elchi.node.here import token
from elchi.seal.public_key import ED25519

ON_TOKEN: Final = "pkcs11:"  # noqa: S105  no password
"""How the place of a key on the token begins; its label follows."""
PATIENCE: Final = 20.0
"""Seconds that a token may take."""
_one_at_a_time: Final = threading.Lock()
_holders: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""Process to the one that it has started: what was forked starts its own."""


class TokenSigner:
    """A key on the token; a `Signer`."""

    algorithm = ED25519

    def __init__(self, label: str, kid: str, public: bytes) -> None:
        self._label = label
        self.kid = kid
        self.public = public

    def sign(self, content: bytes) -> bytes:
        """Give the signature of bytes, 64 bytes.

        Raises:
            Conflict: `key_token_unusable`, `key_token_locked`, `key_token_empty`.
        """
        told = _ask("sign", self._label, content)
        if told["kid"] != self.kid:
            raise Conflict("key_token_empty", label=self._label)
        return base64.b64decode(told["signature"])


def create_on_token(label: str) -> TokenSigner:
    """Make a key on the token.

    Raises:
        Conflict: `key_token_unusable`, `key_token_locked`, `key_token_taken`.
    """
    told = _ask("create", label, b"")
    return TokenSigner(label, told["kid"], base64.b64decode(told["public"]))


def _ask(what: str, label: str, content: bytes) -> dict[str, str]:
    named = token()
    if named is None:
        raise Conflict("key_token_unusable", reason="ELCHI_TOKEN")
    question = {
        "do": what, "library": str(named.library), "token": named.label, "pin": named.pin, "label": label,
        "content": base64.b64encode(content).decode(),
    }  # fmt: skip
    with _one_at_a_time:
        line = _answer_of(json.dumps(question).encode() + b"\n")
    answer: dict[str, Any] = json.loads(line)
    match answer.get("code"):
        case None:
            return answer
        case "key_token_locked":
            raise Conflict("key_token_locked", token=named.label)
        case "key_token_empty":
            raise Conflict("key_token_empty", label=label)
        case "key_token_taken":
            raise Conflict("key_token_taken", label=label)
        case _:
            raise Conflict("key_token_unusable", reason=str(answer["params"].get("reason", "")))


def _answer_of(question: bytes) -> bytes:
    """Ask the process that holds the token, and start it where there is none; one that hangs is ended."""
    holder = _holder()
    line = b""
    if holder.stdin and holder.stdout:
        with suppress(OSError):
            holder.stdin.write(question)
            holder.stdin.flush()
            if select.select([holder.stdout], [], [], PATIENCE)[0]:
                line = holder.stdout.readline()
    if not line.endswith(b"\n"):
        holder.kill()
        holder.communicate()
        del _holders[os.getpid()]
        raise Conflict("key_token_unusable", reason="process")
    return line


def _holder() -> subprocess.Popen[bytes]:
    holder = _holders.get(os.getpid())
    if holder is None or holder.poll() is not None:
        command = [sys.executable, "-P", "-m", "elchi.seal.token_process"]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  our own program
        _holders[os.getpid()] = holder
    return holder
