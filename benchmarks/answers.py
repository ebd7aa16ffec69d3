"""How many labelled questions the default answer answers, how many it refuses, and how fast.

    python -m benchmarks.answers [--index DIR] [--seeds-index DIR] [--size N]

The answer holds the required fact if its statements hold half of a labelled quotation or more, in
the quotation's document, or all the figures of one, wherever they stand. Of the questions on the
seed documents, which lie beside the project, every string labelled must stand in it. A question is
refused if the answer is `insufficient`. The harder questions on the sample library are half of them
near misses: a figure of another year, a goal where the result is asked for, a name that is not
told; of 160 more, written later, and of 40 that nobody looked at, two in three are. Time beyond
retrieval is `Library.ask` less `Library.find`, both without embedding the question; the larger
library repeats the sample's chunks under new ids.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from benchmarks.machine import machine, median_and_95th, resident_bytes, table
from benchmarks.question_latency import clocked, multiply
from benchmarks.ranking import find
from benchmarks.sample import DATA, ROOT, TODAY, sample_index, sample_questions, say
from indexer.answer import Answer
from indexer.build import build
from indexer.embed import load_encoder
from indexer.errors import RequestProblem
from indexer.figures import numbers_in
from indexer.library import Library
from indexer.records import Vector

HALF = 0.5
TIMED = 60
NOISE = 0.1

Row = dict[str, Any]


class Verdict(NamedTuple):
    """What became of a question. `holds`: the answer has the fact; False of the unanswerable.

    `unsure`: the answer says of itself that it may not be one; `statements`: how many it has.
    """

    id: str
    language: str
    split: str
    answerable: bool
    answered: bool
    holds: bool
    unsure: bool
    statements: int


class Shares(NamedTuple):
    """Shares of these questions, 0 to 1: None where there are none."""

    answerable: int
    holds: float | None
    refused_answerable: float | None
    unanswerable: int
    refused: float | None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well and how fast questions are answered.")
    parser.add_argument("--index", type=Path, help="an index of the sample library (default: new)")
    parser.add_argument("--seeds-index", type=Path, help="an index of the seeds (default: new)")
    parser.add_argument("--size", type=int, default=10_000, help="chunks of the larger library")
    options = parser.parse_args()
    rows: list[list[object]] = []
    times: list[list[object]] = []
    seconds, memory = reading_costs()
    with sample_index(options.index) as index:
        with closing(Library(index)) as library:
            found = verdicts(library, sample_questions())
            harder = verdicts(library, rows_of("questions_harder.jsonl"))
            near = verdicts(library, rows_of("questions_near_misses.jsonl"))
            unseen = verdicts(library, rows_of("questions_unseen.jsonl"))
        rows += shown("sample library", found) + shown("sample library, harder", harder)
        rows += shown("sample library, mostly near misses", near)
        rows += shown("sample library, near misses never looked at", unseen)
        with closing(Library(index, ReadingOnce)) as library:  # type: ignore[arg-type]
            rows += shown("sample library, read once", verdicts(library, sample_questions()))
        times.append(timed("sample library", index))
        with tempfile.TemporaryDirectory() as folder:
            larger = Path(folder) / "index"
            multiply(index, larger, options.size, NOISE)
            times.append(timed("repeated", larger))
    if (DATA / "seeds").is_dir():
        with seeds_index(options.seeds_index) as index, closing(Library(index)) as library:
            rows += shown("seeds", verdicts(library, seed_rows()))
    print(machine() + "\n")
    head = ("documents", "language", "split", "answerable", "answer holds the fact", "refused")
    print(table((*head, "unanswerable", "refused", "statements an answer"), rows) + "\n")
    print("Answers on the sample library that say of themselves that they are not sure:\n")
    print(table(("language", "split", "unsure", "of them hold the fact"), unsure(found)) + "\n")
    print(f"The first reading of sentences takes {seconds:.2f} s and {memory / 2**20:.0f} MiB.\n")
    print("Milliseconds a question, without embedding it:\n")
    head = ("library", "chunks", "`find`", "`ask`", "beyond retrieval", "95th percentile")
    print(table((*head, "of processor time", "95th percentile"), times))


# Questions ---------------------------------------------------------------------------------------


def seed_rows() -> list[Row]:
    """The labelled questions on the seeds."""
    return rows_of("questions_seeds.jsonl")


def rows_of(file: str) -> list[Row]:
    """The labelled questions of a file."""
    lines = (ROOT / "tests" / "data" / file).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@contextmanager
def seeds_index(given: Path | None = None) -> Iterator[Path]:
    """The index folder given, or one of the seeds, built in a folder that is removed after."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        say("building the seeds")
        build(DATA / "seeds", Path(folder))
        yield Path(folder)


# What becomes of them ----------------------------------------------------------------------------


def verdicts(library: Library, rows: Iterable[Row]) -> list[Verdict]:
    """Ask each question and judge its answer."""
    return [judged(library, row) for row in rows]


def judged(library: Library, row: Row) -> Verdict:
    """Ask a question and judge its answer."""
    answer, _ = library.ask(row["question"], today=TODAY)
    held = _has_strings(answer, row["facts"]) if "facts" in row else holds(library, answer, row)
    return Verdict(
        row["id"],
        row["language"],
        row["split"],
        row["answerable"],
        answer.status == "answered",
        row["answerable"] and held,
        answer.unsure,
        len(answer.statements),
    )


def _has_strings(answer: Answer, facts: Sequence[str]) -> bool:
    told = "".join("".join(statement.text.split()) for statement in answer.statements)
    return all("".join(fact.split()) in told for fact in facts)


def holds(library: Library, answer: Answer, row: Row) -> bool:
    """Whether an answer has the fact that a labelled question asks for."""
    return any(
        _quoted(library, answer, label) or _has_figures(answer, label["quote"])
        for label in row["answers"]
    )


def _quoted(library: Library, answer: Answer, label: dict[str, str]) -> bool:
    """Whether the statements hold half of a quotation or more, in its document."""
    held = {
        place
        for statement in answer.statements
        for quote in statement.quotes
        if quote.doc == label["doc"]
        for place in range(quote.start, quote.end)
    }
    try:
        text = library.document(label["doc"]).text
    except RequestProblem:
        return False
    for start, end in find(library, label):
        written = [place for place in range(start, end) if not text[place].isspace()]
        if sum(place in held for place in written) >= HALF * len(written):
            return True
    return False


def _has_figures(answer: Answer, quote: str) -> bool:
    wanted = {(number.value, number.unit) for number in numbers_in(quote)}
    told = {
        (number.value, number.unit)
        for statement in answer.statements
        for number in numbers_in(statement.text)
    }
    return bool(wanted) and wanted <= told


def shares(found: Sequence[Verdict]) -> Shares:
    """The shares of these questions."""
    yes = [verdict for verdict in found if verdict.answerable]
    no = [verdict for verdict in found if not verdict.answerable]
    return Shares(
        len(yes),
        _share(yes, lambda verdict: verdict.holds),
        _share(yes, lambda verdict: not verdict.answered),
        len(no),
        _share(no, lambda verdict: not verdict.answered),
    )


def _share(found: Sequence[Verdict], counts: Callable[[Verdict], bool]) -> float | None:
    return sum(map(counts, found)) / len(found) if found else None


def shown(name: str, found: Sequence[Verdict]) -> list[list[object]]:
    """Rows of the table by language and split."""
    rows: list[list[object]] = []
    for language, split in product(("zh", "en"), ("tune", "held-out")):
        own = _of(found, language, split)
        if not own:
            continue
        lengths = [each.statements for each in own if each.answered]
        rows.append([name, language, split, *shares(own), fmean(lengths) if lengths else None])
    return rows


def unsure(found: Sequence[Verdict]) -> list[list[object]]:
    """Rows of the table of answers that are not sure, by language and split."""
    rows: list[list[object]] = []
    for language, split in product(("zh", "en"), ("tune", "held-out")):
        doubted = [each for each in _of(found, language, split) if each.unsure]
        rows.append([language, split, len(doubted), sum(each.holds for each in doubted)])
    return rows


def _of(found: Iterable[Verdict], language: str, split: str) -> list[Verdict]:
    return [each for each in found if (each.language, each.split) == (language, split)]


# Time --------------------------------------------------------------------------------------------


class Remembering:
    """The model, which embeds no question twice."""

    def __init__(self, source: str) -> None:
        self._encoder = load_encoder(source)
        self.name = self._encoder.name
        self.reads_terms = self._encoder.reads_terms
        self._known: dict[str, Vector] = {}

    def encode_question(self, text: str) -> Vector:
        """The vector of a question, made at its first asking."""
        if text not in self._known:
            self._known[text] = self._encoder.encode_question(text)
        return self._known[text]

    def answers(self, question: str, texts: Sequence[str]) -> Vector | None:
        """What reading each text with the question tells, as the model itself says it."""
        return self._encoder.answers(question, texts)


class ReadingOnce(Remembering):
    """The same model without its cross-encoder: the likeliest sentences are not read again."""

    def answers(self, question: str, texts: Sequence[str]) -> None:  # type: ignore[override]
        """Nothing."""


def reading_costs() -> tuple[float, int]:
    """Seconds and bytes that the first reading of a question's sentences takes of an encoder."""
    encoder = load_encoder()
    question = sample_questions()[0]["question"]
    encoder.encode_question(question)
    before = resident_bytes()
    seconds, _ = clocked(lambda: encoder.answers(question, [question] * 8))
    return seconds, resident_bytes() - before


def timed(name: str, index: Path) -> list[object]:
    """A row of the table of times."""
    questions = [row["question"] for row in sample_questions()][:TIMED]
    with closing(Library(index, Remembering)) as library:  # type: ignore[arg-type]
        spent: list[list[float]] = []
        for question in questions:
            library.find(question, today=TODAY)  # embeds it, and brings it into the file cache
            finding, asking = _clocks(library.find, question), _clocks(library.ask, question)
            spent.append([finding[0], asking[0], asking[0] - finding[0], asking[1] - finding[1]])
        chunks = library.catalogue.counts()["embedded_chunks"]
    find, ask, beyond, processor = (median_and_95th(values) for values in zip(*spent, strict=True))
    return [name, chunks, find[0], ask[0], *beyond, *processor]


def _clocks(work: Callable[..., object], question: str) -> tuple[float, float]:
    """The milliseconds that a question takes, by the clock and of this thread's processor time."""
    before = time.thread_time()
    seconds, _ = clocked(partial(work, question, today=TODAY))
    return 1000 * seconds, 1000 * (time.thread_time() - before)


if __name__ == "__main__":
    main()
