"""Stored documents -> paragraphs with the headings above them, and the figures of each.

A figure is read in its whole paragraph, which may run over several chunks: a sentence alone tells
less.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.cite import Reference, reference_to
from indexer.figures import PLANS, figures_in, outlook
from indexer.records import ChunkText, Description, DocumentText, Figure
from indexer.sentences import split_sentences

_LINE_HEADING = re.compile(r"\s*【[^】\n]{2,20}】\s*")
"""A heading between such brackets that no numbering marks: 【2024年打算】."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a document; `start` is its offset there, `heading` the path above it."""

    start: int
    text: str
    heading: tuple[str, ...]
    page: int | None


def paragraphs_of(chunks: Sequence[ChunkText]) -> tuple[Paragraph, ...]:
    """The paragraphs of a document, in order; blank ones are left out."""
    found: list[Paragraph] = []
    for chunk in chunks:
        at = chunk.start
        for line in chunk.text.splitlines(keepends=True):
            last = found[-1] if found else None
            if last and not last.text.endswith("\n"):
                found[-1] = Paragraph(last.start, last.text + line, last.heading, last.page)
            else:
                found.append(Paragraph(at, line, chunk.heading, chunk.page))
            at += len(line)
    return tuple(_under_lines([each for each in found if each.text.strip()]))


def _under_lines(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Put paragraphs under the bracketed heading before them, up to the next heading."""
    headed: list[Paragraph] = []
    over: Paragraph | None = None
    for each in paragraphs:
        if _LINE_HEADING.fullmatch(each.text):
            over = each
        if over is None or over is each or over.heading != each.heading:
            over = over if over is each else None
            headed.append(each)
        else:
            headed.append(replace(each, heading=(*each.heading, over.text.strip())))
    return headed


class ReadDocument:
    """A document with its paragraphs; the figures of a paragraph are read once."""

    def __init__(self, text: DocumentText) -> None:
        self.doc = text.doc
        self.about: Description = text.about
        self.damaged = text.damaged
        self.paragraphs = paragraphs_of(text.chunks)
        self._starts = [each.start for each in self.paragraphs]
        self._figures: dict[int, tuple[Figure, ...]] = {}
        self._sentences: dict[int, list[tuple[int, int]]] = {}

    def paragraph_at(self, offset: int) -> Paragraph:
        """The paragraph that holds an offset of the document."""
        return self.paragraphs[max(0, bisect_right(self._starts, offset) - 1)]

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets that lie in one paragraph."""
        paragraph = self.paragraph_at(start)
        return paragraph.text[start - paragraph.start : end - paragraph.start]

    def figures(self, paragraph: Paragraph) -> tuple[Figure, ...]:
        """The figures of a paragraph, with offsets in the document."""
        if paragraph.start not in self._figures:
            self._figures[paragraph.start] = self.figures_of(paragraph)
        return self._figures[paragraph.start]

    def figures_of(self, paragraph: Paragraph) -> tuple[Figure, ...]:
        """The figures of a paragraph that need not be as the document has it."""
        year, kind = self.about.year, self.about.kind
        told = outlook(paragraph.heading, kind, year)
        found = figures_in(paragraph.text, paragraph.start, told.year, self.damaged, told.plan)
        if not told.plan or kind in PLANS or year is None:
            return found
        # What a report's 下一步打算 says of a year that is over is no goal.
        return tuple(
            replace(each, sort="value")
            if each.sort == "target" and each.bound is None and each.year and each.year <= year
            else each
            for each in found
        )

    def figures_between(self, start: int, end: int) -> tuple[Figure, ...]:
        """The figures that stand between two offsets."""
        first = max(0, bisect_right(self._starts, start) - 1)
        found: list[Figure] = []
        for paragraph in self.paragraphs[first:]:
            if paragraph.start >= end:
                break
            found += self.figures(paragraph)
        return tuple(each for each in found if start <= each.start and each.end <= end)

    def sentence_at(self, paragraph: Paragraph, offset: int) -> tuple[int, int]:
        """Where the sentence of a paragraph that holds an offset begins and ends."""
        if paragraph.start not in self._sentences:
            cut = split_sentences(paragraph.text, paragraph.start)
            self._sentences[paragraph.start] = [(each.start, each.end) for each in cut]
        for start, end in self._sentences[paragraph.start]:
            if start <= offset < end:
                return start, end
        return paragraph.start, paragraph.start + len(paragraph.text.rstrip())

    def reference(self, start: int, end: int) -> Reference:
        """What one cites for a stretch of the document."""
        paragraph = self.paragraph_at(start)
        return reference_to(
            self.doc,
            self.about,
            start=start,
            end=end,
            heading=paragraph.heading,
            page=paragraph.page,
        )
