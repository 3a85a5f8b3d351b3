"""How fast a million names are searched, on one core: `make bench NAME=index [ARGS="--names N --cases DIR"]`.

The index holds the names of the cases (bench/names.py), where there are any, and invented ones (bench/corpus.py) up to
the number asked for; without cases the questions are distorted names of the index. Figures:

    build_s, bytes_per_name, open_ms   the sections of names, as they lie on disk
    cold_per_s, p99_cold_ms            every question new to the process: no token, no word seen before
    warm_per_s                         the same questions again: a shift meets the same names
    recall_10                          the right name among the first ten

Peers, on every `--every`-th question: rapidfuzz over all names, and a scan of the words with rapidfuzz alone.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bench.corpus import distort, invent_names
from bench.names import CASES, read_people, read_questions
from rapidfuzz import fuzz, process

from elchi.names.tokens import alternatives, tokenise
from elchi.screening.kernel import COMPILED, Segment
from elchi.screening.name_index import SECTIONS, NameIndex, ScoredName, build_sections
from elchi.screening.section_file import open_sections, write_sections

QUESTIONS = 2000


def main() -> None:
    """Print the table, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--every", type=int, default=100, help="which share of the questions the peer gets")
    options = parser.parse_args()
    names, questions = _names_and_questions(options.names, options.cases)
    print(f"{len(names)} names, {len(questions)} questions, kernel {'compiled' if COMPILED else 'in numpy'}")
    figures = _measure(names, questions)
    figures["peer_per_s"], figures["peer_recall_10"] = _ask_rapidfuzz(names, questions[:: options.every])
    for name, value in figures.items():
        print(f"{name:18}{value:>14,.3f}")
    print(f"{'ratio to rapidfuzz':18}{figures['cold_per_s'] / figures['peer_per_s']:>14,.0f} cold")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


def _names_and_questions(count: int, cases: Path) -> tuple[list[str], list[tuple[str, frozenset[str]]]]:
    """Give the names, and questions with the names that are right answers."""
    chance = random.Random(7)
    if not (cases / "index_v1.jsonl.gz").exists():
        names = invent_names(count)
        return names, [(distort(name, chance), frozenset((name,))) for name in chance.sample(names, QUESTIONS)]
    people = read_people(cases)
    right = {person.id: [part for name in person.names for part in alternatives(name)] for person in people}
    names = [name for found in right.values() for name in found]
    asked = [question for question in read_questions(cases, people) if question.right]
    questions = [
        (question.name, frozenset(name for owner in question.right for name in right.get(owner, ())))
        for question in chance.sample(asked, min(QUESTIONS, len(asked)))
    ]
    return names + invent_names(max(0, count - len(names))), questions


def _measure(names: Sequence[str], questions: Sequence[tuple[str, frozenset[str]]]) -> dict[str, float]:
    start = time.process_time()
    sections = build_sections(names)
    built = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.bin"
        write_sections(path, "bench", sections)
        size = path.stat().st_size
        del sections
        opened: list[float] = []
        for _ in range(5):
            start = time.process_time()
            index = NameIndex(
                {name: array for name, array in open_sections(path, "bench").items() if name in SECTIONS}, Segment
            )
            opened.append(time.process_time() - start)
        _forget()
        cold, _ = _ask(index, questions)
        warm, found = _ask(index, questions)
    right = sum(any(names[hit.name] in best for hit in hits) for hits, (_, best) in zip(found, questions, strict=True))
    return {
        "build_s": built,
        "bytes_per_name": size / len(names),
        "open_ms": 1000 * sorted(opened)[2],
        "cold_per_s": len(cold) / sum(cold),
        "p99_cold_ms": 1000 * float(np.percentile(cold, 99)),
        "warm_per_s": len(warm) / sum(warm),
        "recall_10": right / len(questions),
    }


def _forget() -> None:
    """Empty the caches of tokens, so that the first search of a word pays for all of it."""
    from elchi.names import reading, tokens
    from elchi.screening import packing

    for cached in (reading.read_token, tokens._token, tokens.joined, tokens.encode, packing.pack):  # noqa: SLF001 the same
        cached.cache_clear()


def _ask(
    index: NameIndex, questions: Sequence[tuple[str, frozenset[str]]]
) -> tuple[list[float], list[list[ScoredName]]]:
    seconds, found = [], []
    for name, _ in questions:
        start = time.process_time()
        hits = [hit for part in alternatives(name) for hit in index.search(tokenise(part))]
        seconds.append(time.process_time() - start)
        found.append(sorted(hits, key=lambda hit: -hit.score)[:10])
    return seconds, found


def _ask_rapidfuzz(names: Sequence[str], questions: Sequence[tuple[str, frozenset[str]]]) -> tuple[float, float]:
    folded = [_fold(name) for name in names]
    start = time.process_time()
    right = 0
    for name, best in questions:
        scores = process.cdist([_fold(name)], folded, scorer=fuzz.ratio, dtype=np.float32)[0]
        right += any(names[at] in best for at in np.argpartition(-scores, 10)[:10].tolist())
    return len(questions) / (time.process_time() - start), right / len(questions)


def _fold(name: str) -> str:
    return " ".join(sorted(token.form for token in tokenise(name)))


if __name__ == "__main__":
    main()
