"""What people judged: which passages answer a question, kept beside the documents.

    _library/questions.csv   question,language,place,year,kind,doc,start,end,quote,grade,date

One judgement a line; `grade` is 1 (it answers the question) or -1 (it does not), several places,
years or kinds stand between |. The file may be edited in a spreadsheet: column names may be
Chinese and in any order, UTF-8 and GB18030 are read. A line that cannot be used is told and left
as it is. Offsets help to find a quotation again; it is its words that count, so that a judgement
holds when documents are repaired and indexed anew.
"""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from io import StringIO
from itertools import pairwise
from pathlib import Path, PurePosixPath

from indexer.errors import FileProblem, RequestProblem
from indexer.glossary_tables import FOLDER, table_text
from indexer.records import Filters

FILE_NAME = "questions.csv"
SAMPLES_NAME = "sample_questions.csv"
"""The labelled questions that come with the sample library."""

FILTERED = ("place", "year", "kind")
_BETWEEN = "|"
_FORMULA = tuple("=+-@＝＋－＠'")
"""What a text begins with that is kept from a spreadsheet's reading by an apostrophe."""
_ALIKE = 0.5
"""The share of a quotation's pairs of characters that must stand where it stood before."""

_CHINESE = {
    "问题": "question",
    "语言": "language",
    "地区": "place",
    "年份": "year",
    "文种": "kind",
    "文件": "doc",
    "起": "start",
    "止": "end",
    "原文": "quote",
    "评价": "grade",
    "日期": "date",
}
_writing = threading.Lock()

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on a passage: `grade` 1, it answers the question; -1, it does not.

    `start` and `end` are where the quotation stood in the document when it was judged.
    """

    question: str
    language: str
    filters: Filters
    doc: str
    start: int
    end: int
    quote: str
    grade: int
    date: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, asked with filters, and what was judged about it."""

    question: str
    language: str
    filters: Filters
    judgements: tuple[Judgement, ...]


_COLUMNS = ("question", "language", *FILTERED, "doc", "start", "end", "quote", "grade", "date")


def load(
    corpus: Path, name: str = FILE_NAME
) -> tuple[tuple[Judgement, ...], tuple[FileProblem, ...]]:
    """The judgements of a corpus, and the problems: facts are `file` and, of one line, `line`.

    Where a passage was judged twice for a question the later word counts.
    """
    problems: list[FileProblem] = []
    text = table_text(corpus / FOLDER / name, problems)
    found: dict[tuple[object, ...], Judgement] = {}
    for line, judgement in _judgements(text.splitlines()):
        if judgement is None:
            problems.append(FileProblem("judgement_row", file=name, line=line))
        else:
            found.pop(_key(judgement), None)
            found[_key(judgement)] = judgement
    return tuple(found.values()), tuple(problems)


def labelled(judgements: Iterable[Judgement]) -> tuple[Labelled, ...]:
    """The judgements by question; the same words with other filters are another question."""
    groups: dict[tuple[str, Filters], list[Judgement]] = {}
    for each in judgements:
        groups.setdefault((_folded(each.question), each.filters), []).append(each)
    return tuple(
        Labelled(group[0].question, group[0].language, group[0].filters, tuple(group))
        for group in groups.values()
    )


def add(corpus: Path, judgement: Judgement) -> None:
    """Keep a judgement, in place of an earlier one of the same passage and question.

    Raises RequestProblem: not_writable, table_kept (the file cannot be read, so it is let be).
    """
    with _writing:
        lines = _without(_lines(corpus), judgement)
        if not lines:
            lines = [",".join(_COLUMNS)]
        _write(corpus, [*lines, _line(judgement, _order(lines))])


def remove(corpus: Path, judgement: Judgement) -> None:
    """Take back what was judged of the same passage and question, whatever its grade.

    Raises RequestProblem as `add` does.
    """
    with _writing:
        lines = _lines(corpus)
        left = _without(lines, judgement)
        if len(left) < len(lines):
            _write(corpus, left)


def locate(text: str, judgement: Judgement) -> Span | None:
    """Where the quotation of a judgement stands in its document's text; None if it is gone.

    Found by its words without white space; of several places the one nearest to where it stood.
    Words repaired since are forgiven there: half of its pairs of characters must be left.
    """
    places = [at for at, character in enumerate(text) if not character.isspace()]
    bare = "".join(text[at] for at in places)
    quote = "".join(judgement.quote.split())
    if quote:
        found = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", bare)]
        if found:
            spans = [(places[at], places[at + len(quote) - 1] + 1) for at in found]
            return min(spans, key=lambda span: abs(span[0] - judgement.start))
    there = text[judgement.start : judgement.end]
    if _shared(quote, "".join(there.split())) >= _ALIKE:
        return judgement.start, judgement.start + len(there)
    return None


def same_document(doc: str, documents: Collection[str]) -> str | None:
    """The document of a judgement, or the only one of its file name if it has been moved."""
    if doc in documents:
        return doc
    name = PurePosixPath(doc).name
    moved = [each for each in documents if PurePosixPath(each).name == name]
    return moved[0] if len(moved) == 1 else None


# Lines of the file ------------------------------------------------------------------------------


def _judgements(lines: Sequence[str]) -> Iterator[tuple[int, Judgement | None]]:
    """Line number and judgement of each line with something on it; None: it cannot be used."""
    order = _order(lines)
    for number, line in enumerate(lines, 1):
        # A quotation mark left open must not swallow the rest of the file: a row is a line.
        cells = _cells(line)
        if any(cell.strip() for cell in cells) and not (number == 1 and _names(cells)):
            yield number, _judgement(dict(zip(order, cells, strict=False)))


def _judgement(cells: Mapping[str, str]) -> Judgement | None:
    values = {name: _typed(cells.get(name, "")) for name in _COLUMNS}
    try:
        grade = int(values["grade"])
        start, end = int(values["start"] or 0), int(values["end"] or 0)
        filters = _filters(values)
    except ValueError:
        return None
    question = " ".join(values["question"].split())
    if not question or not values["doc"] or grade not in (1, -1) or not 0 <= start <= end:
        return None
    if not values["quote"] and start == end:
        return None
    return Judgement(
        question=question,
        language=values["language"],
        filters=filters,
        doc=values["doc"],
        start=start,
        end=end,
        quote=values["quote"],
        grade=grade,
        date=values["date"],
    )


def _filters(values: Mapping[str, str]) -> Filters:
    """The filters of a line. Raises ValueError for a year that is none."""
    several = {
        name: tuple(part.strip() for part in values[name].split(_BETWEEN) if part.strip())
        for name in FILTERED
    }
    years = tuple(int(year) for year in several["year"])
    return Filters(place=several["place"], year=years, kind=several["kind"])


def _line(judgement: Judgement, order: Sequence[str]) -> str:
    values = {field.name: getattr(judgement, field.name) for field in fields(Judgement)}
    values |= {name: _BETWEEN.join(map(str, getattr(judgement.filters, name))) for name in FILTERED}
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(_written(values.get(name, "")) for name in order)
    return out.getvalue()


def _written(value: object) -> str:
    """A cell of one line; an apostrophe keeps a spreadsheet from reading it as a formula."""
    if isinstance(value, int):
        return str(value)
    text = " ".join(str(value).splitlines()).strip()
    return f"'{text}" if text[:1] in _FORMULA else text


def _typed(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _order(lines: Sequence[str]) -> tuple[str, ...]:
    """The columns of a file in order: by its first line, as documented if that names none."""
    return (_names(_cells(lines[0])) if lines else ()) or _COLUMNS


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = [_CHINESE.get(cell.strip(), cell.strip().lower()) for cell in cells]
    return tuple(names) if {"question", "doc", "grade"} <= set(names) else ()


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader(StringIO(line)), [])
    except csv.Error:
        return [line]


def _lines(corpus: Path) -> list[str]:
    problems: list[FileProblem] = []
    text = table_text(corpus / FOLDER / FILE_NAME, problems)
    if problems:
        raise RequestProblem("table_kept", file=FILE_NAME)
    return text.splitlines()


def _without(lines: Sequence[str], judgement: Judgement) -> list[str]:
    judged = {number for number, each in _judgements(lines) if each and _same(each, judgement)}
    return [line for number, line in enumerate(lines, 1) if number not in judged]


def _write(corpus: Path, lines: Sequence[str]) -> None:
    path = corpus / FOLDER / FILE_NAME
    content = b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode("utf-8", "ignore")
    try:
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(".tmp")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as problem:
        raise RequestProblem("not_writable", folder=str(path.parent)) from problem


# Comparing --------------------------------------------------------------------------------------


def matching(judgements: Iterable[Judgement], wanted: Judgement) -> Judgement | None:
    """What was judged of the same passage and question; None if nothing was."""
    return next((each for each in judgements if _same(each, wanted)), None)


def _same(one: Judgement, other: Judgement) -> bool:
    return _key(one) == _key(other)


def _key(judgement: Judgement) -> tuple[object, ...]:
    what = "".join(judgement.quote.split()) or (judgement.start, judgement.end)
    return _folded(judgement.question), judgement.filters, judgement.doc, what


def _folded(question: str) -> str:
    return " ".join(question.split()).lower()


def _shared(one: str, other: str) -> float:
    """The share of the pairs of characters of one text that the other has, too."""
    pairs = {a + b for a, b in pairwise(one)}
    return len(pairs & {a + b for a, b in pairwise(other)}) / len(pairs) if pairs else 0.0
