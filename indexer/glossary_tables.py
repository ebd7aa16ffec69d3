"""The tables behind the glossary, as shipped and as people keep them in their library.

    glossary.csv   english,chinese   alternatives on either side separated by |
    synonyms.csv   words             one group a line, separated by |
    terms.txt                        one term a line, for the dictionary of the segmentation

A first line of column names may be there or not. A row that cannot be used is told, not fatal.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from indexer.errors import FileProblem

FOLDER = "_library"
_HEADERS = {"english", "英文", "words", "同义词", "terms", "术语"}
_BETWEEN = re.compile(r"[|｜；;、，]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[a-z]")
_LONGEST_TERM = 30
_LONGEST_ROW = 2_000

Words = tuple[str, ...]

_NAMES = _GLOSSARY, _SYNONYMS, _TERMS = "glossary.csv", "synonyms.csv", "terms.txt"


class Tables(NamedTuple):
    """English phrase and Chinese terms; groups of one meaning; terms to keep whole."""

    pairs: tuple[tuple[str, Words], ...]
    groups: tuple[Words, ...]
    terms: Words


@cache
def shipped_tables() -> Tables:
    """The tables of the program."""
    folder = files("indexer") / "data"
    problems: list[FileProblem] = []
    tables = _tables([(folder / name).read_text("utf-8") for name in _NAMES], problems)
    if problems:
        raise problems[0]
    return tables


def own_tables(corpus: Path) -> tuple[Tables, tuple[FileProblem, ...]]:
    """The tables in the corpus folder's `_library/`, empty where there are none, and the problems.

    A problem's facts are `file`, and `line` where it is one row that was left out.
    """
    problems: list[FileProblem] = []
    texts = [own_text(corpus / FOLDER / name, problems) for name in _NAMES]
    return _tables(texts, problems), tuple(problems)


def own_text(path: Path, problems: list[FileProblem]) -> str:
    """The text of a library's table, "" where there is none; spreadsheets save UTF-8 or GB18030.

    The general reader guesses among more encodings, and a table of a few words gives it too little
    to guess by.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        reason = error.strerror or str(error)
        problems.append(FileProblem("table_unreadable", file=path.name, reason=reason))
        return ""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    problems.append(FileProblem("table_encoding", file=path.name))
    return ""


def _tables(texts: list[str], problems: list[FileProblem]) -> Tables:
    pairs, groups, terms = texts
    english: list[tuple[str, Words]] = []
    for line, cells in _rows(pairs):
        phrases = [" ".join(each.lower().split()) for each in _parts(cells[0])]
        phrases = [each for each in phrases if _LETTER.search(each) and not _HAN.search(each)]
        chinese = tuple(each for each in _parts(cells[1] if len(cells) > 1 else "") if _term(each))
        if phrases and chinese:
            english += [(phrase, chinese) for phrase in phrases]
        else:
            problems.append(FileProblem("glossary_row", file=_GLOSSARY, line=line))
    same: list[Words] = []
    for line, cells in _rows(groups):
        words = tuple(each for cell in cells for each in _parts(cell) if _term(each))
        if len(words) > 1:
            same.append(words)
        else:
            problems.append(FileProblem("synonyms_row", file=_SYNONYMS, line=line))
    kept: list[str] = []
    for line, text in enumerate(terms.splitlines(), 1):
        word = text.strip()
        if _term(word) and len(word) > 1 and not re.search(r"\s", word):
            kept.append(word)
        elif word and not (line == 1 and word.lower() in _HEADERS):
            problems.append(FileProblem("terms_row", file=_TERMS, line=line))
    return Tables(tuple(english), tuple(same), tuple(dict.fromkeys(kept)))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is not empty nor the column names."""
    # A quotation mark left open must not swallow the rest of the table: a row is a line.
    for line, content in enumerate(text.splitlines(), 1):
        cells = next(csv.reader(StringIO(content[:_LONGEST_ROW])), [])
        if any(cell.strip() for cell in cells) and not (
            line == 1 and cells[0].strip().lower() in _HEADERS
        ):
            yield line, cells


def _parts(cell: str) -> Words:
    parts = (part.strip() for part in _BETWEEN.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part))


def _term(word: str) -> bool:
    return bool(_HAN.search(word)) and len(word) <= _LONGEST_TERM
