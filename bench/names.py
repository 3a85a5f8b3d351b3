"""How well names are found, beside peers, on cases with a known answer: `make bench NAME=names [ARGS="--cases DIR"]`.

A folder of cases holds index_v1.jsonl.gz (listed people with their names), variants_v1.csv (a name asked for and the
ids of the entries it is) and negatives_v1.csv (names of nobody listed). They are built from public lists of which some
may not be passed on, so they lie beside the project, not in it. Every engine gets the same names and no more; the
peers, which are slow, get every `--every`-th question, and so does Elchi beside them.

    recall_1, recall_10   the right entry comes first, or among the first ten
    tpr_fpr1              share of the variants whose right entry scores above what 1 % of all negatives reach
    fpr_regional          share of recombined regional names above what 1 % of random world names reach
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from bench.peers import peer_python
from rapidfuzz import fuzz, process

from elchi.lists import Draft, Entry
from elchi.names.scripts import script_of
from elchi.names.tokens import tokenise
from elchi.screening.finding import Thresholds
from elchi.screening.screener import Screener, load_list
from elchi.subjects import PartialDate, Person

CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "bench"
WORLD = "yente_global"
TANTIVY = "tantivy==0.27.0"
FAR = 999

Answer = list[tuple[str, float]]
"""Ids of entries with their scores, best first, at most ten."""


@dataclass(frozen=True)
class Question:
    """A name asked for, its kind of case, and the ids of the entries that it is: none for a negative."""

    name: str
    category: str
    right: frozenset[str]
    birth_date: str = ""
    nationality: str = ""


@dataclass(frozen=True)
class Listed:
    """One listed person."""

    id: str
    names: tuple[str, ...]
    birth_dates: tuple[str, ...]
    countries: tuple[str, ...]


def read_people(cases: Path) -> list[Listed]:
    """Read the people of the index."""
    people = []
    with gzip.open(cases / "index_v1.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entity = json.loads(line)
            if entity["kind"] == "person" and entity["names"]:
                names = tuple(name for name, *_ in entity["names"])
                people.append(Listed(entity["id"], names, tuple(entity["dob"]), tuple(entity["country"])))
    return people


def read_questions(cases: Path, people: Sequence[Listed]) -> list[Question]:
    """Read the variants, then the negatives.

    A variant has the birth date and country of the listed person, where the list gives them; a negative has those of
    nobody: the date of its case or a drawn one, and a drawn country of the lists.
    """
    chance = random.Random(11)
    by_id = {person.id: person for person in people}
    countries = [person.countries[0] for person in people if person.countries]
    found = []
    with (cases / "variants_v1.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            person = by_id.get(row["source_id"])
            date = next(iter(person.birth_dates), "") if person else ""
            country = next(iter(person.countries), "") if person else ""
            right = frozenset(row["gold_ids"].split(";"))
            found.append(Question(row["query"], row["category"], right, date, country))
    with (cases / "negatives_v1.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            drawn = f"{chance.randrange(1945, 2005)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            found.append(
                Question(row["query"], row["category"], frozenset(), row["dob"] or drawn, chance.choice(countries))
            )
    return found


def entries_of(people: Sequence[Listed]) -> Iterator[Entry]:
    """Give the people as entries of a list."""
    for person in people:
        draft = Draft(person.id, "Person")
        draft.add("name", person.names[0])
        for alias in person.names[1:]:
            draft.add("alias", alias)
        for date in person.birth_dates:
            draft.add("birthDate", date)
        for country in person.countries:
            draft.add("country", country)
        yield draft.entry()


def ask_elchi(
    people: Sequence[Listed], questions: Sequence[Question], *, by_name: bool = True
) -> tuple[list[Answer], float]:
    """Answer with Elchi, as `elchi screen --min-score 0.0` does; and say how many a second."""
    with tempfile.TemporaryDirectory() as home:
        load_list(Path(home), "cases", entries_of(people), source={}, now=datetime.now(UTC))
        screener = Screener.open(Path(home))
        start = time.perf_counter()
        answers = []
        for question in questions:
            person = Person(name=question.name)
            if not by_name and question.birth_date:
                person = replace(person, birth_date=PartialDate.parse(question.birth_date))
            if not by_name:
                person = replace(person, nationality=question.nationality.upper())
            screening = screener.screen(person, min_score=0.0 if by_name else 0.3)  # far ones are not needed again
            answers.append([(finding.entry, finding.score) for finding in screening.findings])
        return answers, len(questions) / (time.perf_counter() - start)


def ask_rapidfuzz(people: Sequence[Listed], questions: Sequence[Question]) -> tuple[list[Answer], float]:
    """Answer by rapidfuzz over every name, in the Latin form that Elchi's own fold gives: its best set-up."""
    folded = [" ".join(sorted(token.form for token in tokenise(name))) for person in people for name in person.names]
    owners = [person.id for person in people for _ in person.names]
    start = time.perf_counter()
    answers = []
    for question in questions:
        asked = " ".join(sorted(token.form for token in tokenise(question.name)))
        scores = process.cdist([asked], folded, scorer=fuzz.ratio, dtype=np.float32)[0]
        best = np.argsort(-scores, kind="stable")[:60]
        answers.append(first_of_each((owners[at], float(scores[at]) / 100) for at in best.tolist()))
    return answers, len(questions) / (time.perf_counter() - start)


# Reads {"names": [[id, name], ...]} and then a name a line; answers with a list of [id, score] a line.
TANTIVY_PROGRAM = """
import json, sys, tantivy
names = json.loads(sys.stdin.readline())
builder = tantivy.SchemaBuilder()
builder.add_text_field("id", stored=True, tokenizer_name="raw")
builder.add_text_field("name", tokenizer_name="whitespace")
index = tantivy.Index(builder.build())
writer = index.writer(200_000_000, 1)
for owner, grams in names:
    writer.add_document(tantivy.Document(id=[owner], name=[grams]))
writer.commit(); index.reload()
searcher = index.searcher()
print("ready", flush=True)
for line in sys.stdin:
    grams = json.loads(line)
    terms = [(tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "name", gram)) for gram in grams]
    found = searcher.search(tantivy.Query.boolean_query(terms), 60).hits if terms else []
    best = [[searcher.doc(place)["id"][0], score / max(len(grams), 1)] for score, place in found]
    print(json.dumps(best), flush=True)
"""


def ask_tantivy(people: Sequence[Listed], questions: Sequence[Question]) -> tuple[list[Answer], float]:
    """Answer by tantivy's BM25 over trigrams of the same Latin form: the class of engine that Elasticsearch is."""
    listed = [(person.id, " ".join(_trigrams(name))) for person in people for name in person.names]
    peer = subprocess.Popen(
        [str(peer_python(TANTIVY)), "-c", TANTIVY_PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if peer.stdin is None or peer.stdout is None:
        raise RuntimeError
    peer.stdin.write(json.dumps(listed) + "\n")
    peer.stdin.flush()
    peer.stdout.readline()
    start = time.perf_counter()
    answers = []
    for question in questions:
        peer.stdin.write(json.dumps(_trigrams(question.name)) + "\n")
        peer.stdin.flush()
        answers.append(first_of_each((owner, score) for owner, score in json.loads(peer.stdout.readline())))
    seconds = time.perf_counter() - start
    peer.stdin.close()
    peer.wait()
    return answers, len(questions) / seconds


def _trigrams(name: str) -> list[str]:
    words = [f"_{token.form}_" for token in tokenise(name)]
    return sorted({word[at : at + 3] for word in words for at in range(len(word) - 2)})


def first_of_each(found: Iterator[tuple[str, float]]) -> Answer:
    """Keep the best of each entry, and ten."""
    best: dict[str, float] = {}
    for owner, score in found:
        best.setdefault(owner, score)
    return list(best.items())[:10]


def measure(questions: Sequence[Question], answers: Sequence[Answer]) -> dict[str, float]:
    """Give the four figures."""
    ranks = [_rank(question, answer) for question, answer in zip(questions, answers, strict=True) if question.right]
    tops = {True: [], False: []}  # type: dict[bool, list[float]]
    for question, answer in zip(questions, answers, strict=True):
        if not question.right:
            tops[question.category == WORLD].append(answer[0][1] if answer else 0.0)
    alert = _exceeded_by(tops[True] + tops[False], 0.01)
    world = _exceeded_by(tops[True], 0.01)
    return {
        "recall_1": sum(rank < 1 for rank, _ in ranks) / len(ranks),
        "recall_10": sum(rank < 10 for rank, _ in ranks) / len(ranks),
        "tpr_fpr1": sum(score > alert for _, score in ranks) / len(ranks),
        "fpr_regional": sum(score > world for score in tops[False]) / max(1, len(tops[False])),
        "threshold": alert,
    }


def false_positives_kept(questions: Sequence[Question], plain: Sequence[Answer], full: Sequence[Answer]) -> float:
    """Give the false positives with birth date and nationality as a share of those by name alone, at the same recall.

    The recall is that of the shipped threshold of REVIEW by name alone.
    """
    review = Thresholds().review
    right = [(score, questions[at]) for at, answer in enumerate(plain) for score in [_rank(questions[at], answer)[1]]]
    found = sum(score >= review for score, question in right if question.right)
    scores = sorted((_rank(q, a)[1] for q, a in zip(questions, full, strict=True) if q.right), reverse=True)
    same = scores[found - 1]
    return _alerts(questions, full, same) / max(1, _alerts(questions, plain, review))


def _alerts(questions: Sequence[Question], answers: Sequence[Answer], threshold: float) -> int:
    return sum(
        bool(answer) and answer[0][1] >= threshold
        for question, answer in zip(questions, answers, strict=True)
        if not question.right
    )


def print_groups(questions: Sequence[Question], answers: Sequence[Answer]) -> None:
    """Print the false positives at the shipped threshold of REVIEW, by script of the negatives."""
    review = Thresholds().review
    print(f"\n{'negatives, by script':24}{'names':>7}{'REVIEW by name alone':>22}")
    groups: dict[str, list[bool]] = {}
    for question, answer in zip(questions, answers, strict=True):
        if not question.right:
            kind = "world" if question.category == WORLD else "regional"
            alert = bool(answer) and answer[0][1] >= review
            groups.setdefault(f"{kind} {script_of(question.name)}", []).append(alert)
    for group, alerts in sorted(groups.items()):
        print(f"{group:24}{len(alerts):>7}{sum(alerts) / len(alerts):>22.4f}")


def _rank(question: Question, answer: Answer) -> tuple[int, float]:
    return next(((at, score) for at, (owner, score) in enumerate(answer) if owner in question.right), (FAR, -1.0))


def _exceeded_by(scores: Sequence[float], share: float) -> float:
    return sorted(scores)[int(len(scores) * (1 - share))]


def print_categories(questions: Sequence[Question], answers: Sequence[Answer], threshold: float) -> dict[str, float]:
    """Print recall of each kind of variant and the alerts of each kind of negative; give the recall_10 of each."""
    found: dict[str, float] = {}
    print(f"\n{'kind of case':20}{'cases':>7}{'recall@1':>10}{'recall@10':>11}{'above threshold':>17}")
    for category in dict.fromkeys(question.category for question in questions):
        chosen = [(q, a) for q, a in zip(questions, answers, strict=True) if q.category == category]
        alerts = sum(bool(answer) and answer[0][1] > threshold for _, answer in chosen) / len(chosen)
        ranks = [_rank(question, answer)[0] for question, answer in chosen if question.right]
        recall = [f"{sum(rank < most for rank in ranks) / len(ranks):.3f}" if ranks else "" for most in (1, 10)]
        print(f"{category:20}{len(chosen):>7}{recall[0]:>10}{recall[1]:>11}{alerts:>17.3f}")
        if ranks:
            found[category] = round(float(recall[1]), 4)
    return found


ENGINES: dict[str, Callable[[Sequence[Listed], Sequence[Question]], tuple[list[Answer], float]]] = {
    "elchi": ask_elchi,
    "rapidfuzz": ask_rapidfuzz,
    "tantivy": ask_tantivy,
}


def main() -> None:
    """Print the tables, and the figures as one JSON object on the last line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--every", type=int, default=4, help="which share of the questions the peers get")
    options = parser.parse_args()
    if not (options.cases / "index_v1.jsonl.gz").exists():
        sys.exit(f"no cases in {options.cases}: give --cases DIR (make bench NAME=names ARGS='--cases DIR')")
    people = read_people(options.cases)
    questions = read_questions(options.cases, people)
    print(f"{len(people)} people with {sum(len(person.names) for person in people)} names, {len(questions)} questions")
    answers, speed = ask_elchi(people, questions)
    figures = measure(questions, answers)
    categories = print_categories(questions, answers, figures["threshold"])
    print_groups(questions, answers)
    figures["fp_kept_with_birth_date"] = false_positives_kept(
        questions, answers, ask_elchi(people, questions, by_name=False)[0]
    )
    print(f"\nfalse positives with birth date and nationality / by name: {figures['fp_kept_with_birth_date']:.3f}")
    some = questions[:: options.every]
    print(
        f"\n{'engine':12}{'questions':>10}{'recall@1':>10}{'recall@10':>11}{'TPR@1%':>8}{'regional':>10}{'checks/s':>10}"
    )
    peers: dict[str, dict[str, float]] = {}
    for engine, ask in ENGINES.items():
        given, per_second = ask(people, some)
        peers[engine] = measure(some, given) | {"checks_per_s": per_second}
        _print_row(engine, len(some), peers[engine])
    _print_row("elchi, all", len(questions), figures | {"checks_per_s": speed})
    rounded = {name: round(value, 4) for name, value in figures.items()}
    print(json.dumps(rounded | {"checks_per_s": round(speed), "recall_10_by_kind": categories, "peers": peers}))


def _print_row(engine: str, count: int, figures: dict[str, float]) -> None:
    shown = [f"{figures[name]:.3f}" for name in ("recall_1", "recall_10", "tpr_fpr1", "fpr_regional")]
    print(
        f"{engine:12}{count:>10}{shown[0]:>10}{shown[1]:>11}{shown[2]:>8}{shown[3]:>10}{figures['checks_per_s']:>10.0f}"
    )


if __name__ == "__main__":
    main()
