"""Text -> sentences and statements, by the punctuation of Chinese official prose.

A sentence ends after 。！？； (or their half-width forms) with the closing quotes and brackets
that belong to it, at a line end, and after an English full stop that a capital follows. `；`
counts: lists of measures are written as one long line of clauses that each say something.
"""

from __future__ import annotations

import re

from indexer.records import Sentence

_STOP = "。！？；!?;"
_CLOSING = re.escape("”’」』）)】》〉\"'〕]")
_NO_MORE = rf"(?![{_STOP}{_CLOSING}，,、])"
BOUNDARY = (
    # A half-width mark before a Latin letter belongs to an address: `a.cn/x?id=1`.
    rf"(?<=[{_STOP}])(?![{_STOP}{_CLOSING}])(?<![!?;](?=[A-Za-z]))"
    # A look-behind has one length: one closing mark, two, three, four.
    + "".join(rf"|(?<=[{_STOP}]{f'[{_CLOSING}]' * n}){_NO_MORE}" for n in range(1, 5))
    + r"|(?<=\n)"
    r"|(?<=[a-z)%]\.)(?=\s+[A-Z“\"])"
)
"""A pattern of no width that matches where one sentence ends and the next begins."""

_PIECES = re.compile(BOUNDARY)
_LETTERS = re.compile(r"\w")
MIN_LETTERS = 6
"""Fewer letters than this are a fragment: embedded alone it would match anything."""

_HEADING = 8  # characters; so short a sentence without a figure only names its subject
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}(?:[）)、.．]|是)\s*")
_COUNT = re.compile(r"\d|[一二两三四五六七八九十百千万]余?[名人所个间辆套项次家元处亩]")

MAX_STATEMENT = 50
_CLAUSE_END = re.compile(r"(?<!\d)[，：,:]|[，：,:](?!\d)")  # not in 1，200人, 1：3 or 8:30


def split_sentences(text: str, offset: int = 0) -> tuple[Sentence, ...]:
    """Cut a text into sentences without their surrounding white space.

    `offset` is added to the positions. All characters but white space are in some sentence.
    """
    found: list[Sentence] = []
    position = 0
    for piece in _PIECES.split(text):
        body = piece.strip()
        if body:
            start = offset + position + piece.index(body)
            found.append(Sentence(start, start + len(body), body, is_statement(body)))
        position += len(piece)
    return tuple(found)


def split_statements(text: str, offset: int = 0) -> tuple[Sentence, ...]:
    """Cut a text into what is embedded: sentences, and long ones clause by clause.

    A sentence beyond MAX_STATEMENT characters, as damaged texts without punctuation have them,
    says several things at once; its clauses are joined up to that length.
    """
    found: list[Sentence] = []
    for sentence in split_sentences(text, offset):
        if len(sentence.text) <= MAX_STATEMENT:
            found.append(sentence)
            continue
        start = 0
        for cut in [*_cuts(sentence.text), len(sentence.text)]:
            body = sentence.text[start:cut]
            at = sentence.start + start + len(body) - len(body.lstrip())
            body = body.strip()
            if body:
                found.append(Sentence(at, at + len(body), body, is_statement(body)))
            start = cut
    return tuple(found)


def _cuts(text: str) -> list[int]:
    """Where to cut a long sentence, so that clauses stay whole and pieces near the aimed size."""
    cuts: list[int] = []
    start = end = 0
    for clause in _CLAUSE_END.finditer(text):
        if end > start and clause.end() - start > MAX_STATEMENT:
            cuts.append(end)
            start = end
        end = clause.end()
    if end > start and len(text) - start > MAX_STATEMENT:
        cuts.append(end)
    return cuts


def is_statement(text: str) -> bool:
    """Whether a stretch of text holds enough letters to mean something by itself."""
    return len(_LETTERS.findall(text)) >= MIN_LETTERS


def without_number(text: str) -> str:
    """A sentence without the number before it: 化解大班额 of （一）化解大班额."""
    return _NUMBERING.sub("", text.strip())


def names_only(text: str) -> bool:
    """Whether a sentence is so short that it only names its subject: （一）化解大班额。"""
    if len(text) > 3 * _HEADING:
        return False
    said = without_number(text)
    return len(_LETTERS.findall(said)) <= _HEADING and not _COUNT.search(said)
