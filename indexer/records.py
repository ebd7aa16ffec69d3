"""The nouns of the program: every step takes some of these and returns others.

All are frozen. Offsets are positions in Python strings (code points), `end` exclusive. Unless a
name says `raw`, they count in the cleaned text of the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""A unit vector of the model's dimension."""

Matrix = NDArray[np.float32]
"""Unit vectors, one a row."""


Replaced = tuple[int, int, int, int]
"""A place where cleaned and raw text differ: start, end, raw start, raw end."""


@dataclass(frozen=True, slots=True)
class HeadingMark:
    """A heading that the file format itself marks (`#` in Markdown, `<h2>` in HTML).

    `level` 0 is the title of the document, 1 the first level below it.
    """

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class PageMark:
    """The place where a page of a paged format begins."""

    start: int
    number: int


@dataclass(frozen=True, slots=True)
class RawText:
    """What a reader got out of a file, before any repair.

    `front` holds the metadata that the file states about itself (front matter, `<meta>`), and
    `title` the title that its format marks, if any.
    """

    text: str
    headings: tuple[HeadingMark, ...] = ()
    pages: tuple[PageMark, ...] = ()
    front: tuple[tuple[str, str], ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document to take in: its name in the library and the way to read it.

    `doc` is the path below the corpus folder with forward slashes; `digest` the SHA-256 of the
    content; `size` is in bytes.
    """

    doc: str
    digest: str
    size: int
    read: Callable[[], RawText]


@dataclass(frozen=True, slots=True)
class Description:
    """What a document is: everything a person would filter or cite by. None: not known."""

    title: str
    province: str | None = None
    city: str | None = None
    place: str | None = None
    level: str | None = None
    year: int | None = None
    kind: str | None = None
    issuer: str | None = None
    number: str | None = None
    date: str | None = None
    stage: str | None = None
    fictional: bool = False

    @property
    def own_place(self) -> str | None:
        """The place that a document is of: its county, else its city, else its province."""
        return self.place or self.city or self.province


class Origin(NamedTuple):
    """Where a field of a description was read, and how sure that is.

    `where` is a code such as "front", "title", "signature", "path", "gazetteer" or "corrected";
    `sure` is "high", "medium" or "low".
    """

    field: str
    where: str
    sure: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a description came about, and what else was read.

    `code` is the administrative code of the place (GB/T 2260), None for an unknown or fictional
    one. `cites` are the numbers of other documents that the text cites, `topics` the themes it
    speaks of, `doubts` codes of what does not fit together ("year_title_body:2024:2015").
    """

    origins: tuple[Origin, ...] = ()
    code: str | None = None
    cites: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a clause of a long one, with its offsets in the document.

    `embedded` is False for fragments (a lone `】`, a page number) that would only add noise.
    """

    start: int
    end: int
    text: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a text states it; `text` is the exact slice from `start` to `end`.

    `value` counts in `unit`, which is normalised: 3.5亿元 is 350000000 元. `high` is the upper end
    of a range. `unit_text` is the unit as written (亿元); both are "" for a bare number.
    """

    start: int
    end: int
    text: str
    value: Decimal
    high: Decimal | None
    unit: str
    unit_text: str


@dataclass(frozen=True, slots=True)
class Figure(Number):
    """A number that says how much of something there is, was or shall be.

    `sort`: a value, a target, a change (下降12.71个百分点), or the threshold of a definition
    (56人以上大班额). `year` is the year it is of, None where that is not told, `part` the half or
    quarter ("H1", "Q3") if one is; `direction` whether it went up or down.

    `measures` is the phrase for what is counted, "" where the text does not tell. It ends with what
    stands from `measures_start` to `measures_end`; what is before that was joined to it from
    elsewhere in the sentence (新增4200个学位 counts 新增学位, and the offsets are those of 学位).
    `share`: the figure is the part that this has of a whole (大班额41个，占13%).
    """

    year: int | None
    part: str | None
    sort: Literal["value", "target", "change", "threshold"]
    direction: Literal["up", "down"] | None
    bound: Literal["least", "most", "about", "over"] | None
    measures: str
    measures_start: int
    measures_end: int
    share: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage-sized piece of a document: what is embedded, ranked and shown.

    The chunks of a document follow one another without gap or overlap. `heading` is the path of
    headings above its first character. `passage` is what the model is given: title and headings,
    then the text. `embedded` is False where it holds nothing but headings.
    """

    start: int
    end: int
    text: str
    heading: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    passage: str
    page: int | None = None
    embedded: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """How well a text has come down: `quality` 0 to 1, and why it is not 1.

    `reasons` are codes with counts ("lookalikes:212"); `damaged` are stretches of the text that
    cannot be read, such as a year run together with a number, and are never used as figures.
    """

    quality: float = 1.0
    reasons: tuple[str, ...] = ()
    damaged: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be stored: text, description and chunks, not yet vectors.

    `as_read` is what the description was before people corrected it; None: nobody has.
    """

    doc: str
    digest: str
    size: int
    raw: str
    edits: tuple[Replaced, ...]
    description: Description
    text: str
    chunks: tuple[Chunk, ...]
    condition: Condition = field(default_factory=Condition)
    reading: Reading = field(default_factory=Reading)
    as_read: tuple[Description, Reading] | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """The documents a question is asked of. Values of one field mean either; fields add up.

    A year also keeps the passages of other documents that name it. `number` is a document's own
    number in one writing (`question.plain_number`).
    """

    place: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    kind: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    doc: tuple[str, ...] = ()
    samples: bool = True

    @property
    def empty(self) -> bool:
        """True where nothing is narrowed."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What a passage's score is made of: see `retrieve`.

    `passage` and `sentence` are cosines with the question; `words` is the BM25 score as a share of
    the most it could be; `covered` the share of the question's words in the best sentence.
    """

    passage: float
    sentence: float
    words: float
    covered: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A hit: a chunk with where it stands, how well it fits, and the sentence that fits best.

    `highlights` are offsets in the document, like `start` and `end`. `score` orders the hits of
    one question and means nothing across questions. `also_in` names the other documents that hold
    a copy of it; None where nobody looked. `repaired` are characters that repair has changed, as
    (start, end, original), `damaged` stretches that cannot be read. `other_year`: its document is
    of another year than asked for, which its text names. `speaks` is the probability that it
    speaks to the question.
    """

    doc: str
    title: str
    place: str | None
    year: int | None
    kind: str | None
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    page: int | None
    score: float
    highlights: tuple[tuple[int, int], ...]
    quality: float | None = None
    also_in: tuple[str, ...] | None = None
    date: str | None = None
    issuer: str | None = None
    fictional: bool = False
    number: str | None = None
    parts: ScoreParts | None = None
    other_year: bool = False
    speaks: float | None = None
    repaired: tuple[tuple[int, int, str], ...] = ()
    damaged: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the catalogue gives it back."""

    doc: str
    digest: str
    size: int
    description: Description
    text: str
    chunks: int
    raw: str
    edits: tuple[Replaced, ...]
    condition: Condition = field(default_factory=Condition)
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True, slots=True)
class Holding:
    """A document without its text, as lists of the library show it.

    `as_read` is what the description was before people corrected it.
    """

    doc: str
    digest: str
    size: int
    quality: float
    description: Description
    reading: Reading
    as_read: tuple[Description, Reading]


@dataclass(frozen=True, slots=True)
class Named:
    """A document as lists name it."""

    doc: str
    title: str
    date: str | None = None


class ChunkText(NamedTuple):
    """A chunk as it is read: where it starts, the headings above it, its text and page."""

    start: int
    heading: tuple[str, ...]
    text: str
    page: int | None


class DocumentText(NamedTuple):
    """A document as it is read: its chunks in order, and the stretches that cannot be read."""

    doc: str
    about: Description
    damaged: tuple[tuple[int, int], ...]
    chunks: tuple[ChunkText, ...]


class Failure(TypedDict):
    """A file that could not be taken in, and why."""

    file: str
    code: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `embedded` counts the texts that the model had to read."""

    documents: int
    chunks: int
    added: int
    updated: int
    removed: int
    unchanged: int
    embedded: int
    failed: tuple[Failure, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running build is. `done` and `total` count characters of text (estimated)."""

    stage: str
    done: float
    total: float
    documents_done: int
    documents_total: int
    started: float
    updated: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far; None while there is too little to go by."""
        spent = self.updated - self.started
        if self.share < 0.02 or spent < 2:
            return None
        return spent / self.share * (1 - self.share)
