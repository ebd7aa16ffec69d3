"""Statements that speak to questions -> the cells of a comparison."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from indexer.catalogue import SentenceRow
from indexer.compare.layout import Layout
from indexer.compare.records import Cell, Comparison, Counts, Quote
from indexer.compare.scoring import Question, Spoken, spoken
from indexer.paragraphs import ReadDocument
from indexer.records import DocumentText
from indexer.retrieve import MAX_HIGHLIGHT
from indexer.years import years_named

QUOTES = 3
"""The most sentences that a cell quotes."""

_SPARE = 4 * QUOTES
"""Statements kept for a cell while reading: several may stand in one sentence, or be the same."""

_SHARED = 3
"""A statement that this many documents make word for word says little of any of them."""

_HEADING = re.compile(
    r"[（(]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})(?:[)）、.．]|是)[^，。]{1,20}。?"
)
_TOLD = 100
"""So many cells are filled before the share done is told again."""

_SIGNS = re.compile(r"\W")

Key = tuple[int, int, int]
"""The numbers of a cell's question, row and column."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A statement for a cell, and whether its document is of a place above or of another year."""

    said: Spoken
    document: int
    above: bool
    other_year: bool

    @property
    def order(self) -> tuple[int, float, int, int]:
        """The best first: of the cell's own documents, then by score, then by place."""
        return self.above + self.other_year, -self.said.score, self.document, self.said.start

    def order_among(self, shared: Collection[str]) -> tuple[int, bool, float, int, int]:
        """The same, headings and what many documents say word for word behind all else."""
        away, *rest = self.order
        common = _words(self.said.text) in shared or _HEADING.fullmatch(self.said.text) is not None
        return away, common, *rest  # type: ignore[return-value]


@dataclass
class _Cells:
    """What is found for the cells while the selection is read."""

    layout: Layout
    found: dict[Key, list[_Candidate]] = field(default_factory=lambda: defaultdict(list))
    speaking: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    saying: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def shared(self) -> frozenset[str]:
        """What several documents say in the same words."""
        return frozenset(words for words, docs in self.saying.items() if len(docs) >= _SHARED)

    def take(self, said: Spoken) -> None:
        layout = self.layout
        document = int(layout.owner[said.chunk])
        row, column = int(layout.rows[document]), int(layout.columns[document])
        if row >= 0 and column >= 0:
            self.speaking[said.question].add(document)
        rows = [(row, False)] if row >= 0 else []
        rows += [
            (each, True)
            for each in layout.below.get(document, ())
            if layout.places[each] in said.text
        ]
        if not rows:
            return
        self.saying[_words(said.text)].add(document)
        columns = [(column, False)] if column >= 0 else []
        columns += [(each, True) for each in self._years_in(said.text) if each != column]
        for to_row, above in rows:
            for to_column, other_year in columns:
                self._keep(
                    (said.question, to_row, to_column),
                    _Candidate(said, document, above, other_year),
                )

    def _years_in(self, text: str) -> Iterator[int]:
        named = years_named(text) if "年" in text else ()
        return (self.layout.years.index(year) for year in named if year in self.layout.years)

    def _keep(self, key: Key, candidate: _Candidate) -> None:
        held = self.found[key]
        held.append(candidate)
        if len(held) > 2 * _SPARE:
            held.sort(key=lambda each: each.order)
            del held[_SPARE:]


def fill(
    questions: Sequence[Question],
    layout: Layout,
    sentence_rows: Callable[[Sequence[int]], Mapping[int, SentenceRow]],
    document_texts: Callable[[Sequence[str]], Iterable[DocumentText]],
    progress: Callable[[float], None],
) -> Comparison:
    """Search every cell of a layout and quote what speaks to the questions.

    `progress` is told the share done from time to time; what it raises ends the work.
    """
    cells = _Cells(layout)
    for said in spoken(questions, layout.chunks, sentence_rows, lambda x: progress(0.8 * x)):
        cells.take(said)
    quotes = _quotes(cells, layout, document_texts, lambda x: progress(0.8 + 0.2 * x))
    filled = tuple(
        _cell(question.text, layout, (number, row, column), quotes)
        for row in range(len(layout.places))
        for column in range(len(layout.years))
        for number, question in enumerate(questions)
    )
    texts = tuple(question.text for question in questions)
    size = len(texts)
    return Comparison(
        questions=texts,
        places=layout.places,
        years=layout.years,
        cells=filled,
        counts=tuple(_counts(n, texts[n], cells, filled[n::size]) for n in range(len(texts))),
        speak=len(set().union(*cells.speaking.values())),
        calibrated=all(question.calibration is not None for question in questions),
    )


def _cell(question: str, layout: Layout, key: Key, quotes: Mapping[Key, tuple[Quote, ...]]) -> Cell:
    documents = int(layout.count[key[1:]])
    found = quotes.get(key, ())
    return Cell(
        question=question,
        place=layout.places[key[1]],
        year=layout.years[key[2]],
        status="quoted" if found else "silent" if documents else "no document",
        quotes=found,
        documents=documents,
    )


def _counts(number: int, question: str, cells: _Cells, filled: Sequence[Cell]) -> Counts:
    documents = int(np.sum(cells.layout.count))
    speak = len(cells.speaking[number])
    return Counts(
        question=question,
        documents=documents,
        speak=speak,
        silent=documents - speak,
        quoted_cells=sum(cell.status == "quoted" for cell in filled),
        silent_cells=sum(cell.status == "silent" for cell in filled),
        missing=sum(not cell.documents for cell in filled),
    )


def _quotes(
    cells: _Cells,
    layout: Layout,
    document_texts: Callable[[Sequence[str]], Iterable[DocumentText]],
    progress: Callable[[float], None],
) -> dict[Key, tuple[Quote, ...]]:
    """The quotations of all cells."""
    wanted: dict[str, list[tuple[Key, _Candidate]]] = defaultdict(list)
    shared = cells.shared
    for key, candidates in cells.found.items():
        candidates.sort(key=lambda each: each.order_among(shared))
        for candidate in candidates[:_SPARE]:
            wanted[layout.documents[candidate.document][0]].append((key, candidate))
    whole: dict[Key, list[tuple[_Candidate, Quote]]] = defaultdict(list)
    documents: dict[str, ReadDocument] = {}
    for text in document_texts(list(wanted)):
        document = documents[text.doc] = ReadDocument(text)
        for key, candidate in wanted[text.doc]:
            whole[key].append((candidate, _quote(document, candidate)))
    quotes: dict[Key, tuple[Quote, ...]] = {}
    for done, (key, pairs) in enumerate(whole.items(), 1):
        quotes[key] = tuple(_with_figures(q, documents[q.doc]) for q in _chosen(pairs, shared))
        if not done % _TOLD:
            progress(done / len(whole))
    return quotes


def _quote(document: ReadDocument, candidate: _Candidate) -> Quote:
    """The sentence round a statement, unless it is long."""
    said = candidate.said
    paragraph = document.paragraph_at(said.start)
    start, end = document.sentence_at(paragraph, said.start)
    if end < said.end or end - start > MAX_HIGHLIGHT:
        start, end = said.start, said.end
    if _HEADING.fullmatch(document.slice(start, end)):
        # 一是化解大班额。 says little without what follows it.
        _, further = document.sentence_at(paragraph, end)
        inside = further <= paragraph.start + len(paragraph.text)
        end = further if inside and end < further <= start + MAX_HIGHLIGHT else end
    return Quote(
        text=document.slice(start, end),
        start=start,
        end=end,
        figures=(),
        score=round(said.score, 4),
        speaks=None if said.speaks is None else round(said.speaks, 3),
        reference=document.reference(start, end),
        above=candidate.above,
        other_year=candidate.other_year,
    )


def _with_figures(quote: Quote, document: ReadDocument) -> Quote:
    # Reading figures costs most of all, so that it is done for what is quoted only.
    return replace(quote, figures=document.figures_between(quote.start, quote.end))


def _words(text: str) -> str:
    return _SIGNS.sub("", text)


def _chosen(pairs: list[tuple[_Candidate, Quote]], shared: Collection[str]) -> tuple[Quote, ...]:
    """The best quotations of a cell; the same words in other documents are told, not repeated."""
    kept: dict[str, Quote] = {}
    also: dict[str, dict[str, None]] = defaultdict(dict)
    for _, quote in sorted(pairs, key=lambda pair: pair[0].order_among(shared)):
        words = _words(quote.text)
        if words in kept:
            if quote.doc != kept[words].doc:
                also[words][quote.doc] = None
        elif len(kept) < QUOTES:
            kept[words] = quote
    return tuple(
        replace(quote, also_in=tuple(also[words])) if also[words] else quote
        for words, quote in kept.items()
    )
