"""How well the sample questions find their passages, by language and split.

    python -m benchmarks.ranking [--index FOLDER]

A passage is right if it stands in a document that an answer names and overlaps the quotation there;
white space and markup do not count in looking for it. Questions without an answer are left out.
Scores by the chunk's vector alone (weight 0) are set against those with its best sentence. Weights
in between are tried on the split `tune` only, so that `held-out` stays a fair test of the choice.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import machine, table
from benchmarks.sample import sample_index, sample_questions, say, unmarked
from indexer import retrieve
from indexer.errors import RequestProblem
from indexer.library import Library
from indexer.records import Passage

DEPTH = 10
SWEEP = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
MEASURES = ("success@1", "success@3", "MRR@10")

_MARKUP = re.compile(r"[\s*#_`~\\]")
_CELL_EDGE = re.compile(r"</t[dh]>|\|")
_NEXT_CELL = r"\s*[，|]\s*(?:[^\n，|]*：)?"

Span = tuple[int, int]


class Question(NamedTuple):
    """A question and the stretches of the documents that answer it."""

    text: str
    language: str
    split: str
    right: dict[str, list[Span]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well the sample questions find passages.")
    parser.add_argument("--index", type=Path, help="an index of the sample library (default: new)")
    options = parser.parse_args()
    with sample_index(options.index) as index:
        library = Library(index)
        try:
            library.warm_up()
            questions = list(read_questions(library))
            ranks = {
                weight: [rank(library, question, weight) for question in questions]
                for weight in sorted({0.0, retrieve.SENTENCE_WEIGHT})
            }
            tune = [question for question in questions if question.split == "tune"]
            sweep = {w: measures([rank(library, q, w) for q in tune]) for w in SWEEP}
            counts = library.catalogue.counts()
        finally:
            library.close()
    print(machine() + "\n")
    print(
        f"{len(questions)} answerable questions over {counts['documents']} documents, "
        f"{counts['chunks']} chunks; no filters. Sentence weight in brackets.\n"
    )
    show(questions, ranks)
    print("\nOn `tune` only, both languages:\n")
    print(table(("sentence weight", *MEASURES), [(w, *sweep[w]) for w in SWEEP]))


def read_questions(library: Library) -> Iterable[Question]:
    """The answerable questions, with the places of their quotations."""
    for row in sample_questions():
        if not row["answerable"]:
            continue
        right: dict[str, list[Span]] = {}
        for answer in row["answers"]:
            spans = find(library, answer)
            if not spans:
                say(f"{row['id']}: not found in {answer['doc']}: {answer['quote'][:40]}")
            right.setdefault(answer["doc"], []).extend(spans)
        yield Question(row["question"], row["language"], row["split"], right)


def find(library: Library, answer: dict[str, Any]) -> list[Span]:
    """Where the quotation of an answer stands in the text of its document."""
    try:
        text = library.document(answer["doc"]).text
    except RequestProblem:
        return []
    cells = [cell for cell in map(unmarked, _CELL_EDGE.split(answer["quote"])) if cell]
    if len(cells) > 1:  # a table's row, which the index holds as "cell，head：cell，head：cell"
        row = _NEXT_CELL.join(r"\s*".join(map(re.escape, cell.split())) for cell in cells)
        return [match.span() for match in re.finditer(row, text)]
    places = [n for n, character in enumerate(text) if not _MARKUP.match(character)]
    bare = "".join(text[place] for place in places)
    quote = _MARKUP.sub("", unmarked(answer["quote"]))
    if not quote:
        return []
    return [
        (places[match.start()], places[match.start() + len(quote) - 1] + 1)
        for match in re.finditer(f"(?={re.escape(quote)})", bare)
    ]


def rank(library: Library, question: Question, weight: float) -> int | None:
    """The rank of the first right passage with this sentence weight; None if beyond DEPTH."""
    usual = retrieve.SENTENCE_WEIGHT
    retrieve.SENTENCE_WEIGHT = weight
    try:
        passages = library.search(question.text, limit=DEPTH)
    finally:
        retrieve.SENTENCE_WEIGHT = usual
    return next((n for n, passage in enumerate(passages, 1) if is_right(passage, question)), None)


def is_right(passage: Passage, question: Question) -> bool:
    """Whether a passage overlaps a quotation in its document."""
    spans = question.right.get(passage.doc, [])
    return any(passage.start < end and start < passage.end for start, end in spans)


def measures(ranks: Sequence[int | None]) -> tuple[float, ...]:
    """success@1, success@3 and MRR@10 of these first ranks."""
    count = len(ranks) or 1
    return (
        sum(r == 1 for r in ranks) / count,
        sum(r is not None and r <= 3 for r in ranks) / count,
        sum(1 / r for r in ranks if r) / count,
    )


def show(questions: Sequence[Question], ranks: dict[float, list[int | None]]) -> None:
    """Print the measures by language and split, one column a weight."""
    rows: list[list[object]] = []
    for language, split in [*product(("zh", "en"), ("tune", "held-out")), ("all", "all")]:
        chosen = [
            n
            for n, q in enumerate(questions)
            if language == "all" or (q.language == language and q.split == split)
        ]
        columns = zip(
            *(measures([found[n] for n in chosen]) for found in ranks.values()), strict=True
        )
        rows.append([language, split, len(chosen), *(v for column in columns for v in column)])
    head = [f"{name} ({weight:g})" for name, weight in product(MEASURES, ranks)]
    print(table(("language", "split", "questions", *head), rows))


if __name__ == "__main__":
    main()
