"""Document -> chunks with heading path and offsets.

Three rules hold for every text: `text[chunk.start:chunk.end] == chunk.text`; the chunks follow one
another without gap or overlap and so cover the text; and no chunk, with its headings and the
model's prompt, is longer than the model can read. A first- or second-level heading always begins a
new chunk, and a sentence is cut only where it alone is too long for the model.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from langchain_text_splitters import RecursiveCharacterTextSplitter

from indexer.headings import Heading, Outline, find_headings
from indexer.records import Chunk, HeadingMark, PageMark, Sentence
from indexer.sentences import BOUNDARY, split_statements

CountTokens = Callable[[str], int]
Fits = Callable[[int, int], bool]

CHUNK_CHARACTERS = 400
"""Aimed-at size of a chunk. Measured: see the README, "Choices and their measurements"."""

MAX_TITLE = 60
"""Characters of a document's title that go before each of its passages."""

_NUMBERED = r"(?<=\n)(?=\d{1,2}(?:[.．](?!\d)|、)|第[一二三四五六七八九十百零〇\d]{1,5}条)"
_LETTERED = r"(?<=\n)(?=[（(]\d{1,2}[）)])"
_MEASURES = r"(?<=\n)(?=[一二三四五六七八九十]{1,3}(?:是|要))"
_PARAGRAPH = r"(?<=\n)"
_CUTS = (
    re.compile(BOUNDARY),
    re.compile(r"(?<=\D[，、：,:])|(?<=[，、：,:])(?!\d)|(?<=\s)"),
    re.compile(r"(?<![\d.,．，%％])|(?![\d.,．，%％])"),
)
"""Where a text too long for the model is cut, best first; none of them lies within a number."""

_CHARACTERS_A_TOKEN = 16
"""No text with more characters a token than this is offered to the model: counting takes time."""


_by_structure = RecursiveCharacterTextSplitter(
    separators=[_NUMBERED, _LETTERED, _MEASURES, _PARAGRAPH, BOUNDARY],
    is_separator_regex=True,
    keep_separator="end",
    strip_whitespace=False,
    chunk_size=CHUNK_CHARACTERS,
    chunk_overlap=0,
).split_text


def chunk(
    text: str,
    count_tokens: CountTokens,
    window: int,
    marks: tuple[HeadingMark, ...] = (),
    pages: tuple[PageMark, ...] = (),
    title: str = "",
) -> tuple[Chunk, ...]:
    """Cut a document into chunks.

    `count_tokens` counts what the model would read for a text, prompt included; `window` is the
    most it can read, in tokens. `title` is put before each passage, so that the place and year
    that it names are known to every part of the document.
    """
    headings = find_headings(text, marks)
    outline = Outline(headings)
    lines = {
        (heading.start, heading.end) for heading in headings if heading.alone and heading.heads
    }
    page_starts = [page.start for page in pages]
    whole_title = title  # it goes before every passage, and alone would outrank them all
    title = _shortened(title[:MAX_TITLE], count_tokens, window)

    @cache
    def above(path: tuple[str, ...]) -> tuple[str, ...]:
        """The headings, without the outer ones where they would leave no room for the text."""
        while path and count_tokens(" ".join((title, *path))) > window // 2:
            path = path[1:]
        return path

    def passage(start: int, end: int) -> str:
        return passage_text(title, above(_path(text, outline, start, end)), text[start:end])

    def fits(start: int, end: int) -> bool:
        short = end - start <= _CHARACTERS_A_TOKEN * window
        return short and count_tokens(passage(start, end)) <= window

    chunks: list[Chunk] = []
    for start, end in _sections(text, headings):
        for piece_start, piece_end in _pieces(text, start, end, fits):
            piece = text[piece_start:piece_end]
            sentences = tuple(
                _mute(sentence)
                if (sentence.start, sentence.end) in lines or sentence.text == whole_title
                else sentence
                for sentence in split_statements(piece, piece_start)
            )
            page = bisect_right(page_starts, piece_start) - 1
            chunks.append(
                Chunk(
                    start=piece_start,
                    end=piece_end,
                    text=piece,
                    heading=_path(text, outline, piece_start, piece_end),
                    sentences=sentences,
                    passage=passage(piece_start, piece_end),
                    page=pages[page].number if page >= 0 else None,
                    embedded=any(sentence.embedded for sentence in sentences),
                )
            )
    return _findable(chunks)


def passage_text(title: str, heading: tuple[str, ...], text: str) -> str:
    """What the model is given of a chunk: the title and the headings above it, then its text."""
    # A title or heading that opens the chunk stands in its text already.
    above = [part for part in (title, *heading) if part and part not in text[: len(part) + 8]]
    return "\n".join([*([" ".join(above)] if above else []), text.strip()])


def _sections(text: str, headings: tuple[Heading, ...]) -> list[tuple[int, int]]:
    """The stretches between first- and second-level headings."""
    cuts = sorted({0, len(text), *(h.start for h in headings if h.level <= 2)})
    return list(pairwise(cuts))


def _shortened(title: str, count_tokens: CountTokens, window: int) -> str:
    """The title, cut where it would take more than a quarter of what the model can read."""
    while title and count_tokens(title) > window // 4:
        title = title[: len(title) * 3 // 4]
    return title


def _pieces(text: str, start: int, end: int, fits: Fits) -> Iterator[tuple[int, int]]:
    """Cut one section into stretches of the aimed-at size that fit the model."""
    for piece in _by_structure(text[start:end]):
        yield from _fitting(text, start, start + len(piece), fits)
        start += len(piece)


def _fitting(
    text: str, start: int, end: int, fits: Fits, places: tuple[re.Pattern[str], ...] = _CUTS
) -> Iterator[tuple[int, int]]:
    """Halve a stretch until it fits: between sentences, else clauses, else not in a number."""
    if end - start < 2 or fits(start, end):
        yield start, end
        return
    cut = _nearest(places[0], text, start, end) if places else (start + end) // 2
    if cut is None:
        yield from _fitting(text, start, end, fits, places[1:])
    else:
        yield from _fitting(text, start, cut, fits, places)
        yield from _fitting(text, cut, end, fits, places)


def _nearest(place: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """Where a pattern matches nearest to the middle of a stretch, with words on either side."""
    stretch = text[start:end]
    first = start + len(stretch) - len(stretch.lstrip())
    last = start + len(stretch.rstrip())
    middle = (start + end) // 2
    for radius in (100, end - start):
        low, high = max(first + 1, middle - radius), min(last, middle + radius)
        found = (match.start() for match in place.finditer(text, low, high))
        cut = min((at for at in found if at < high), key=lambda at: abs(at - middle), default=None)
        if cut is not None:
            return cut
    return None


def _path(text: str, outline: Outline, start: int, end: int) -> tuple[str, ...]:
    """The heading path of a stretch; a heading that opens it is part of it."""
    stretch = text[start:end]
    return outline.path(start + len(stretch) - len(stretch.lstrip()))


def _mute(sentence: Sentence) -> Sentence:
    return replace(sentence, embedded=False)


def _findable(chunks: list[Chunk]) -> tuple[Chunk, ...]:
    """A document of nothing but headings or fragments must still be found: keep its longest."""
    if chunks and not any(chunk.embedded for chunk in chunks):
        best = max(range(len(chunks)), key=lambda i: len(chunks[i].text.strip()))
        if chunks[best].text.strip():
            old = chunks[best]
            sentences = tuple(replace(s, embedded=True) for s in old.sentences)
            chunks[best] = replace(old, sentences=sentences, embedded=True)
    return tuple(chunks)
