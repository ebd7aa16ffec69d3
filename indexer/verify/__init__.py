"""A written answer held, sentence by sentence, against the passages that it may cite.

    cut              the text, as it comes, into sentences with their citations
    stated, english  the numbers of a text, in Chinese and English
    read             a text's numbers with the words beside them
    figures          numbers of a sentence against those of its passages

No model, and nothing is mended: a sentence is kept as it is written, with what is wrong with it.
That a sentence has no fault means that its citations, quotations and figures hold, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.duplicates import fold
from indexer.verify import figures
from indexer.verify.cut import CITATION, next_end
from indexer.verify.read import Read, read
from indexer.verify.stated import plain_digits

_QUOTE = re.compile(r"“([^“”]*)(”?)|「([^「」]*)(」?)|『([^『』]*)(』?)|\"([^\"]*)(\"?)")
_GAP = re.compile(r"…+|\.{3,}|\[…\]")
_EDGE = "。，；：、！？,.;:!? \t\n"
_NUMBER = re.compile(r"(\d+)(?:\s*[-–—~～至]\s*\D{0,4}?(\d+))?")
_LONGEST_SPAN = 30
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a sentence.

    `code`: no_citation, bad_citation, quote_not_found, figure_not_found, or figure_misplaced for a
    figure that the passage gives for something else. `text` is what is at fault, from `start` to
    `end` of the whole answer; `instead` the figure that the passage has in its place, "" if none.
    """

    code: str
    text: str
    start: int
    end: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of an answer, from `start` to `end` of it, and the passages that it cites."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    read: Read
    folded: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a sentence and the passages cited for it."""

    start: int
    end: int
    cited: tuple[int, ...]


class Checker:
    """Checks an answer while it is being written; passages are numbered from 1."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = [_Passage(read(each, source=True), fold(each)) for each in passages]
        self._text = ""
        self._at = 0

    def feed(self, piece: str) -> list[CheckedSentence]:
        """Add a piece of the answer; the sentences that are whole by it."""
        self._text += piece
        return list(self._whole(final=False))

    def finish(self) -> list[CheckedSentence]:
        """The rest of the answer, which has ended."""
        return list(self._whole(final=True))

    @property
    def rest(self) -> str:
        """What has come of the sentence that is not whole yet."""
        return self._text[self._at :]

    def _whole(self, final: bool) -> Iterable[CheckedSentence]:
        while (end := next_end(self._text, self._at, final)) is not None:
            body = self._text[self._at : end].strip()
            start = self._text.index(body, self._at)
            self._at = end
            if body:
                yield self._checked(body, start)

    def _checked(self, text: str, offset: int) -> CheckedSentence:
        citations = [(found, numbers_of(found[0])) for found in CITATION.finditer(text)]
        problems: list[Problem] = []
        if not citations and _LETTER.search(text):
            problems.append(Problem("no_citation", text, 0, len(text)))
        problems += [
            Problem("bad_citation", found[0], *found.span())
            for found, numbers in citations
            if any(self._passage(number) is None for number in numbers)
        ]
        sentence = read(text, source=False)
        for stretch in _stretches(text, sentence):
            problems += self._faults(text, sentence, stretch)
        moved = tuple(
            Problem(p.code, p.text, p.start + offset, p.end + offset, p.instead) for p in problems
        )
        cited = tuple(dict.fromkeys(n for _, numbers in citations for n in numbers))
        return CheckedSentence(text, offset, offset + len(text), cited, moved)

    def _faults(self, text: str, sentence: Read, stretch: _Stretch) -> Iterable[Problem]:
        passages = [p for p in map(self._passage, stretch.cited) if p is not None]
        if not passages:
            return  # told already: nothing is cited, or nothing that there is
        sure: list[tuple[int, int]] = []  # quoted to the letter, so that no figure can be wrong
        for found in _QUOTE.finditer(text):
            if _quoted(found, passages):
                sure.append(found.span())
            elif stretch.start < found.end() <= stretch.end:
                yield Problem("quote_not_found", found[0], *found.span())
        within = [
            n
            for n in sentence.numbers
            if stretch.start <= n.number.start < stretch.end
            and not any(start <= n.number.start < end for start, end in sure)
        ]
        for fault in figures.faults(sentence, within, [each.read for each in passages]):
            number = fault.number
            yield Problem(fault.code, number.text, number.start, number.end, fault.instead)

    def _passage(self, number: int) -> _Passage | None:
        return self._passages[number - 1] if 1 <= number <= len(self._passages) else None


def check(text: str, passages: Sequence[str]) -> list[CheckedSentence]:
    """The sentences of a whole answer."""
    checker = Checker(passages)
    return checker.feed(text) + checker.finish()


def numbers_of(citation: str) -> list[int]:
    """The numbers that a citation names: [1], 【1、3】, [2-4]."""
    found: list[int] = []
    for first, last in _NUMBER.findall(plain_digits(citation)):
        low, high = int(first), int(last or first)
        found += range(low, high + 1) if low <= high <= low + _LONGEST_SPAN else [low, high]
    return found


def _stretches(text: str, sentence: Read) -> list[_Stretch]:
    """Which part of a sentence rests on which citation: what stands before it.

    Where citations lead (据[1]，...；据[2]，...) it is what stands behind.
    """
    groups: list[_Stretch] = []  # citations that stand side by side, as one
    for found in CITATION.finditer(text):
        cited = tuple(numbers_of(found[0]))
        if groups and not _LETTER.search(text, groups[-1].end, found.start()):
            last = groups.pop()
            groups.append(_Stretch(last.start, found.end(), last.cited + cited))
        else:
            groups.append(_Stretch(*found.span(), cited))
    if not groups:
        return []
    first = groups[0].start
    early = [number for number in sentence.numbers if number.number.start < first]
    quotes = [found for found in _QUOTE.finditer(text) if found.start() < first]
    leading = not early and not quotes and _LETTER.search(text, groups[-1].end)
    if leading:
        starts = [0, *(group.start for group in groups[1:]), len(text)]
    else:
        starts = [0, *(group.end for group in groups[:-1]), len(text)]
    return [
        _Stretch(start, end, group.cited)
        for start, end, group in zip(starts, starts[1:], groups, strict=False)
    ]


def _quoted(found: re.Match[str], passages: Sequence[_Passage]) -> bool:
    """Whether a quotation stands in one of the passages; what …… leaves out may stand between."""
    words, closing = (
        next(each for each in found.groups()[n::2] if each is not None) for n in (0, 1)
    )
    if not closing:
        return False
    for form in (words, CITATION.sub("", words)):  # a citation may stand inside the quotation
        parts = [fold(part).strip(_EDGE) for part in _GAP.split(form)]
        if any(_in_order(parts, passage.folded) for passage in passages):
            return True
    return False


def _in_order(parts: Sequence[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
