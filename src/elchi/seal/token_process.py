"""A process that holds a token (`elchi.seal.token`): the library of the token's maker is in it and nowhere else.

It reads questions as lines of JSON and writes one line of JSON to each. It ends when nobody asks any more. A library
that writes to the standard output, or breaks what it shares with Python, disturbs nobody but itself.

    {"do": "create" | "open" | "sign", "library", "token", "pin", "label", "content"}    content: base64, of `sign`
    {"kid", "public", "signature"} or {"code", "params"}                                 base64
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from elchi.errors import Conflict
from elchi.seal.token import KeyToken, TokenKey


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Answer questions until there are no more."""
    keys: dict[tuple[str, ...], TokenKey] = {}
    for line in asked:
        told.write(json.dumps(_answer(json.loads(line), keys)).encode() + b"\n")
        told.flush()


def _answer(question: dict[str, str], keys: dict[tuple[str, ...], TokenKey]) -> dict[str, Any]:
    place = (question["library"], question["token"], question["label"], question["pin"])
    token = KeyToken(Path(question["library"]), question["token"], question["pin"])
    try:
        if question["do"] == "create":
            keys[place] = TokenKey.create(token, question["label"])
        elif place not in keys:
            keys[place] = TokenKey.open(token, question["label"])
        key = keys[place]
        content = base64.b64decode(question["content"])
        signature = key.sign(content) if question["do"] == "sign" else b""
    except Conflict as error:
        keys.clear()  # it may have been pulled out: open it again
        return {"code": error.code, "params": dict(error.params)}
    return {
        "kid": key.kid,
        "public": base64.b64encode(key.public).decode(),
        "signature": base64.b64encode(signature).decode(),
    }


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
