"""How fast messages are sealed and opened on one core: `make bench NAME=seal`.

One body of 1 KB, one recipient, X-Wing and one Ed25519 signature: canonical manifest, signature, HPKE, body, and back
with every check that `open_sealed` makes. Beside it the least that it could cost, the bare primitives of `cryptography`
(HPKE of the content key, AES-GCM, signature), and the nearest thing a well-kept library offers, JWS inside of JWE
(jwcrypto, Ed25519 and ECDH-ES over X25519, which no quantum computer is kept out of). They take turns; time is CPU
time of the process, and the fastest turn of each counts, since what disturbs a run only adds time.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.peers import peer_python
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from elchi.seal.envelope import open_sealed, seal
from elchi.seal.keys import DecryptionKey, Signer, SigningKey
from elchi.seal.part import Part
from elchi.seal.public_key import PublicKey

BODY = 1_000
"""Bytes."""
A_TURN = 300
TURNS = 15
TARGET = 2_500
PEER = "jwcrypto==1.6.1"
PEER_PROGRAM = """\
import json, secrets, sys, time
from jwcrypto import jwe, jwk, jws

told = json.load(sys.stdin)
signed = json.dumps({"alg": "EdDSA", "typ": "message"})
sealed = json.dumps({"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "typ": "message"})
payload = json.dumps({**told["manifest"], "body": secrets.token_urlsafe(told["body"] * 3 // 4)}).encode()
signing, opening = jwk.JWK.generate(kty="OKP", crv="Ed25519"), jwk.JWK.generate(kty="OKP", crv="X25519")


def make():
    signature = jws.JWS(payload)
    signature.add_signature(signing, None, signed, None)
    token = jwe.JWE(signature.serialize(compact=True).encode(), sealed)
    token.add_recipient(opening)
    return token.serialize(compact=True)


def read(content):
    token = jwe.JWE()
    token.deserialize(content, opening)
    signature = jws.JWS()
    signature.deserialize(token.payload.decode(), signing)
    return signature.payload


content = make()
assert read(content) == payload
best = {}
for _ in range(told["turns"]):
    for name, work in (("seal", make), ("open", lambda: read(content))):
        start = time.process_time()
        for _ in range(told["times"]):
            work()
        took = (time.process_time() - start) / told["times"]
        best["jwcrypto X25519, " + name] = min(took, best.get("jwcrypto X25519, " + name, took))
print(json.dumps(best))
"""
Work = Callable[[], object]


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    best: dict[str, float] = {}
    works = {**_elchi(), **_bare()}
    peer: dict[str, float] = {}
    python = peer_python(PEER)
    for _ in range(TURNS):
        for name, work in works.items():
            best[name] = min(best.get(name, float("inf")), _turn(work))
    for _ in range(3):
        for name, seconds in _peer(python).items():
            peer[name] = min(peer.get(name, float("inf")), seconds)
    best |= peer
    print(f"{BODY} bytes, one recipient, CPU time of one core")
    print(f"{'':32}{'a second':>12}{'µs':>10}")
    for name, seconds in best.items():
        print(f"{name:32}{1 / seconds:>12,.0f}{seconds * 1e6:>10.1f}")
    figures = {
        "seal_per_s": round(1 / best["elchi, seal"]),
        "open_per_s": round(1 / best["elchi, open"]),
        "bare_seal_per_s": round(1 / best["primitives alone, seal"]),
        "bare_open_per_s": round(1 / best["primitives alone, open"]),
        "jwe_seal_per_s": round(1 / best["jwcrypto X25519, seal"]),
        "jwe_open_per_s": round(1 / best["jwcrypto X25519, open"]),
    }
    figures["target_met"] = min(figures["seal_per_s"], figures["open_per_s"]) >= TARGET
    print(json.dumps(figures))


def _turn(work: Work) -> float:
    """Give the CPU seconds of one piece of work."""
    start = time.process_time()
    for _ in range(A_TURN):
        work()
    return (time.process_time() - start) / A_TURN


def _elchi() -> dict[str, Work]:
    signing, opening = SigningKey.generate(), DecryptionKey.generate()
    publics = {key.kid: _public(key) for key in (signing, opening)}
    parts = (Part("body", "application/json", os.urandom(BODY)),)
    sealed = seal(MANIFEST, parts, signers=[signing], recipients=[publics[opening.kid]]).content

    def key_of(_party: str, kid: str) -> PublicKey | None:
        return publics.get(kid)

    return {
        "elchi, seal": lambda: seal(MANIFEST, parts, signers=[signing], recipients=[publics[opening.kid]]),
        "elchi, open": lambda: open_sealed(sealed, keys={opening.kid: opening}, key_of=key_of, me="KG-AKJ-1"),
    }


def _bare() -> dict[str, Work]:
    signing, opening = SigningKey.generate(), DecryptionKey.generate()
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    body, secret, nonce, manifest = os.urandom(2 * BODY), os.urandom(32), bytes(12), os.urandom(900)
    signature = signing.sign(manifest)
    signer, reader = _public(signing), _public(opening).handle
    wrapped, sealed = suite.encrypt(secret, reader), AESGCM(secret).encrypt(nonce, body, b"")

    def make() -> None:
        signing.sign(manifest)
        suite.encrypt(secret, reader)
        AESGCM(secret).encrypt(nonce, body, b"")

    def read() -> None:
        suite.decrypt(wrapped, opening.handle)
        AESGCM(secret).decrypt(nonce, sealed, b"")
        signer.has_signed(manifest, signature)

    return {"primitives alone, seal": make, "primitives alone, open": read}


def _peer(python: Path) -> dict[str, float]:
    told = json.dumps({"manifest": MANIFEST, "body": BODY, "times": A_TURN, "turns": TURNS // 3})
    done = subprocess.run([str(python), "-c", PEER_PROGRAM], input=told, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _public(key: Signer | DecryptionKey) -> PublicKey:
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return PublicKey(
        algorithm=key.algorithm, public=key.public, valid_from=begin, valid_until=begin + dt.timedelta(days=365)
    )


MANIFEST = {
    "id": "01939c1e-7a2b-7cc3-98c4-dc0c0c07398f", "thread": "01939c1e-7a2b-7cc3-98c4-dc0c0c07398f", "v": 1,
    "from": "KZ-KOR-1", "to": ["KG-AKJ-1"], "at": "2026-11-21T10:00:00.000Z", "kind": "check.question",
    "lane": "question", "sequence": 4711, "deadline": "2026-11-21T10:05:00.000Z",
    "expires_at": "2026-12-21T10:00:00.000Z", "purpose": "border_check", "legal_basis": "agreement 3",
    "agreement": "kz-kg-border:3", "onward": "none", "handling": {"code": "H1", "tlp": "amber"},
}  # fmt: skip


if __name__ == "__main__":
    main()
