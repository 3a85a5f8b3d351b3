"""How long a node takes from its start to its first answer: `make bench NAME=start [ARGS="--names N --runs N"]`.

The node is made by `elchi init`, its lists hold invented names. Figures:

    first_answer_s   from `elchi run` to the first /readyz that says 200: lists are open; median of the runs
    cpu_s            processor time of all its processes until then
    stop_s           from SIGTERM until the last process has ended; median of the runs
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import tempfile
import time
from pathlib import Path

from bench.http_node import cpu_seconds, family, fill_lists, make_node, running


def main() -> None:
    """Print the figures, and as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="elchi-bench-") as folder:
        make_node(Path(folder) / "node", port)
        fill_lists(options.names)
        runs = [_run(port) for _ in range(options.runs)]
    names = ("first_answer_s", "cpu_s", "stop_s")
    figures = {
        name: round(statistics.median(values), 2) for name, values in zip(names, zip(*runs, strict=True), strict=True)
    }
    print(f"{options.names} names, {options.runs} runs")
    for name, value in figures.items():
        print(f"{name:18}{value:>10.2f}")
    print(json.dumps(figures))


def _run(port: int) -> tuple[float, float, float]:
    began = time.perf_counter()
    with running(port) as process:
        answered = time.perf_counter() - began
        cpu = cpu_seconds(family(process.pid))
        ended = time.perf_counter()
    return answered, cpu, time.perf_counter() - ended


if __name__ == "__main__":
    main()
