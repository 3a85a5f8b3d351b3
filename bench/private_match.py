"""The private match at its full size, beside a peer: `make bench NAME=private-match [ARGS="--held N --asked N"]`.

One side holds a million keys, the other asks ten thousand, a hundred of which both have. Figures:

    seconds      of both sides together, from keys to what both know: CPU time, so two cores may halve it
    set_s        of them for the set of tags, which is made once a month and when the lists change
    ask_s        of them for one ask against a set that is there: blinded, answered, read
    sent_mb      that goes from the one who holds, and asked_kb from the one who asks
    common       keys found, and false ones among them

The peer is openmined-psi (C++, P-256, the same protocol: Diffie-Hellman PSI), with its raw set, which is exact as ours
is, in the same run with the same keys.
"""

from __future__ import annotations

import argparse
import json
import time

import private_set_intersection.python as psi

from elchi.exchange.private_match import TAG, TagSet, blind, derive_key, evaluate, finalise, outputs, tag_of

BOTH = 100


def main() -> None:
    """Print the figures, the last line as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=10_000)
    options = parser.parse_args()
    held = [f"1\0phone\0+7701{number:09}".encode() for number in range(options.held)]
    asked = held[:: options.held // BOTH][:BOTH] + [f"1\0phone\0+992{at:09}".encode() for at in range(options.asked)]
    asked = asked[: options.asked]
    ours, peer = _ours(held, asked), _peer(held, asked)
    for name, figures in (("elchi", ours), ("openmined-psi", peer)):
        print(f"{name:16}" + "".join(f"{key} {value:,.2f}   " for key, value in figures.items()))
    print(json.dumps({**{key: round(value, 3) for key, value in ours.items()}, "peer": peer}))


def _ours(held: list[bytes], asked: list[bytes]) -> dict[str, float]:
    begun = time.process_time()
    key = derive_key(b"a seed of the bench's own: 32 b.", b"partner")
    tags = TagSet.of(tag_of(output) for output in outputs(key, held, threads=2))
    made = time.process_time()
    blinded = blind(asked)
    evaluated = evaluate(key, [one.element for one in blinded])
    found = [given for given, out in zip(asked, finalise(blinded, evaluated), strict=True) if tag_of(out) in tags]
    ended = time.process_time()
    return {
        "seconds": ended - begun,
        "set_s": made - begun,
        "ask_s": ended - made,
        "sent_mb": (len(tags) * TAG + len(asked) * 32) / 1e6,
        "asked_kb": len(asked) * 32 / 1e3,
        "common": len(found),
        "false": len(set(found) - set(held)),
    }


def _peer(held: list[bytes], asked: list[bytes]) -> dict[str, float]:
    begun = time.process_time()
    texts, told = [one.decode() for one in held], [one.decode() for one in asked]
    server, client = psi.server.CreateWithNewKey(True), psi.client.CreateWithNewKey(True)
    setup = server.CreateSetupMessage(1e-9, len(told), texts, psi.DataStructure.RAW)
    made = time.process_time()
    request = client.CreateRequest(told)
    response = server.ProcessRequest(request)
    found = client.GetIntersection(setup, response)
    ended = time.process_time()
    sent = len(setup.SerializeToString()) + len(response.SerializeToString())
    return {
        "seconds": ended - begun,
        "set_s": made - begun,
        "ask_s": ended - made,
        "sent_mb": sent / 1e6,
        "asked_kb": len(request.SerializeToString()) / 1e3,
        "common": len(found),
    }


if __name__ == "__main__":
    main()
