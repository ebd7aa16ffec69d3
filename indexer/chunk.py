"""Document -> chunks with heading path and offsets.

Three rules hold for every text: `text[chunk.start:chunk.end] == chunk.text`; the chunks follow one
another without gap or overlap and so cover the text; and no chunk, with its headings and the
model's prompt, is longer than the model can read. A first- or second-level heading always begins a
new chunk, and a sentence is cut only where it alone is too long for the model.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from langchain_text_splitters import RecursiveCharacterTextSplitter

from indexer.headings import Heading, Outline, find_headings
from indexer.records import Chunk, HeadingMark, PageMark, Sentence
from indexer.sentences import BOUNDARY, split_statements

CountTokens = Callable[[str], int]

CHUNK_CHARACTERS = 400
"""Aimed-at size of a chunk. Measured: see the README, "Choices and their measurements"."""

MAX_TITLE = 60
"""Characters of a document's title that go before each of its passages."""

_NUMBERED = r"(?<=\n)(?=\d{1,2}(?:[.．](?!\d)|、)|第[一二三四五六七八九十百零〇\d]{1,5}条)"
_LETTERED = r"(?<=\n)(?=[（(]\d{1,2}[）)])"
_MEASURES = r"(?<=\n)(?=[一二三四五六七八九十]{1,3}(?:是|要))"
_PARAGRAPH = r"(?<=\n)"
_CLAUSE = r"(?<=[，、：\s])|(?<=[,:])(?!\d)"


def _splitter(separators: list[str], size: int, length: CountTokens) -> Callable[[str], list[str]]:
    return RecursiveCharacterTextSplitter(
        separators=separators,
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=size,
        chunk_overlap=0,
        length_function=length,
    ).split_text


_by_structure = _splitter(
    [_NUMBERED, _LETTERED, _MEASURES, _PARAGRAPH, BOUNDARY], CHUNK_CHARACTERS, len
)


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
    title = title[:MAX_TITLE]
    headings = find_headings(text, marks)
    outline = Outline(headings)
    lines = {(heading.start, heading.end) for heading in headings if heading.alone}
    page_starts = [page.start for page in pages]
    chunks: list[Chunk] = []
    for start, end in _sections(text, headings):
        for piece_start, piece_end in _pieces(
            text, start, end, outline, title, count_tokens, window
        ):
            piece = text[piece_start:piece_end]
            sentences = tuple(
                sentence if (sentence.start, sentence.end) not in lines else _mute(sentence)
                for sentence in split_statements(piece, piece_start)
            )
            path = _path(text, outline, piece_start)
            page = bisect_right(page_starts, piece_start) - 1
            chunks.append(
                Chunk(
                    start=piece_start,
                    end=piece_end,
                    text=piece,
                    heading=path,
                    sentences=sentences,
                    passage=passage_text(title, path, piece),
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


def _pieces(
    text: str,
    start: int,
    end: int,
    outline: Outline,
    title: str,
    count_tokens: CountTokens,
    window: int,
) -> list[tuple[int, int]]:
    """Cut one section into stretches that fit the model."""
    fitting: list[tuple[int, int]] = []
    for piece in _by_structure(text[start:end]):
        path = _path(text, outline, start)

        def tokens(part: str, path: tuple[str, ...] = path) -> int:
            return count_tokens(passage_text(title, path, part))

        parts = [piece]
        if tokens(piece) > window:
            parts = _splitter([BOUNDARY, _CLAUSE], window, tokens)(piece)
        for part in parts:
            for fit in _halves(part, tokens, window):
                fitting.append((start, start + len(fit)))
                start += len(fit)
    return fitting


def _halves(text: str, tokens: CountTokens, window: int) -> list[str]:
    """Halve a text, at a comma or space near the middle if there is one, until it fits."""
    if len(text) < 2 or tokens(text) <= window:
        return [text]
    middle = len(text) // 2
    near = [m.start() for m in re.finditer(_CLAUSE, text) if abs(m.start() - middle) < middle // 2]
    cut = min(near, key=lambda place: abs(place - middle), default=middle)
    return _halves(text[:cut], tokens, window) + _halves(text[cut:], tokens, window)


def _path(text: str, outline: Outline, start: int) -> tuple[str, ...]:
    """The heading path of a chunk; a heading that opens the chunk is part of it."""
    while start < len(text) and text[start].isspace():
        start += 1
    return outline.path(start)


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
