"""What each part of the search adds: the same labelled questions asked with parts left out.

A passage is right for a question if it holds at least half of what was judged to answer it, or lies
at least half within it. Questions are asked as a person asks them, passages are not grouped by
document. Those that nothing right is known of are left out: a thumb down alone says what is wrong,
not what should have been found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from indexer.errors import RequestProblem
from indexer.evaluate import measures
from indexer.export import Column, Table, row
from indexer.judgements import Labelled, Span, locate, same_document
from indexer.records import Filters, Passage
from indexer.retrieve import ALL_PARTS, Parts, Weights
from indexer.words import Words

DEPTH = 10
MEASURES = ("success@1", "success@3", "ndcg@10")

_CHUNKS = Weights(sentence=0.0, words=0.0, covered=0.0)
_WORDS = Weights(dense=0.0, words=1.0, covered=0.0)
STEPS: dict[str, Parts] = {
    "chunks": Parts(_CHUNKS, glossary=False, reading=False),
    "sentences": Parts(Weights(words=0.0, covered=0.0), glossary=False, reading=False),
    "words": Parts(_WORDS, glossary=False, reading=False),
    "fused": Parts(glossary=False, reading=False),
    "glossary": Parts(reading=False),
    "filters": ALL_PARTS,
}
"""The rows of the table: each adds a part to those before it, but for `words`, BM25 alone."""

Search = Callable[[str, Filters, Parts], Sequence[Passage]]
"""Question, filters, parts that take part -> passages, best first, DEPTH of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the names of the passages that answer it (see `name_of`)."""

    text: str
    language: str
    filters: Filters
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """How well one step does: the averages of MEASURES, each 0 to 1."""

    step: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The table over so many questions, and those of them that the whole search serves badly.

    `missed`: nothing right is among the first three passages of the last step.
    """

    rows: tuple[Row, ...]
    questions: int
    missed: tuple[Question, ...]


def name_of(doc: str, start: int) -> str:
    """The name of a passage among those of a library."""
    return f"{start}:{doc}"


def questions_of(
    asked: Iterable[Labelled],
    documents: Collection[str],
    passages_of: Callable[[str], tuple[str, list[Span]]],
) -> tuple[tuple[Question, ...], int]:
    """The questions with a right passage in this library, and how many judgements have got lost.

    `documents` are the names of its documents, `passages_of` gives the text of one and where its
    passages stand. Lost are passages judged right that are no longer found in any of them.
    """
    found: list[Question] = []
    lost = 0
    for each in asked:
        right: set[str] = set()
        for judgement in each.judgements:
            if judgement.grade < 1:
                continue
            doc = same_document(judgement.doc, documents)
            names: set[str] = set()
            if doc is not None:
                with suppress(RequestProblem):  # removed from the library a moment ago
                    text, spans = passages_of(doc)
                    span = locate(text, judgement)
                    names = {name_of(doc, s[0]) for s in spans if span and covers(s, span)}
            right |= names
            lost += not names
        if right:
            found.append(Question(each.question, each.language, each.filters, frozenset(right)))
    return tuple(found), lost


def covers(passage: Span, judged: Span) -> bool:
    """Whether a passage holds at least half of a judged stretch, or lies half within it."""
    common = min(passage[1], judged[1]) - max(passage[0], judged[0])
    return common > 0 and 2 * common >= min(passage[1] - passage[0], judged[1] - judged[0])


def ablate(
    questions: Sequence[Question],
    search: Search,
    report: Callable[[int, int], None] = lambda done, total: None,
    steps: dict[str, Parts] = STEPS,
) -> Result:
    """Ask all questions with the parts of each step; `report` hears how many are done, of how many.

    What `report` raises ends it.
    """
    values: dict[str, list[dict[str, float]]] = {step: [] for step in steps}
    missed: list[Question] = []
    for done, question in enumerate(questions):
        report(done, len(questions))
        grades = dict.fromkeys(question.right, 1)
        for step, parts in steps.items():
            passages = search(question.text, question.filters, parts)
            ranked = [name_of(passage.doc, passage.start) for passage in passages]
            values[step].append(measures(ranked, grades))
        if not values[[*steps][-1]][-1]["success@3"]:
            missed.append(question)
    rows = tuple(
        Row(step, tuple(fmean(v[name] for v in found) if found else 0.0 for name in MEASURES))
        for step, found in values.items()
    )
    return Result(rows, len(questions), tuple(missed))


def result_table(result: Result, words: Words, title: str) -> Table:
    """The table for a file."""
    names = ("part", *MEASURES, "meaning")
    columns = tuple(
        Column(words(f"ablation.{name.replace('@', '_')}"), 50 if name == "meaning" else None)
        for name in names
    )
    rows = tuple(
        row(
            words(f"ablation.{each.step}"),
            *(Decimal(f"{value:.3f}") for value in each.values),
            words(f"ablation.{each.step}_meaning"),
        )
        for each in result.rows
    )
    return Table(words("ablation.sheet"), columns, rows, title)
