"""A comparison: a cell for each question, place and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.cite import Reference
from indexer.records import Figure

Status = Literal["quoted", "silent", "no document"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that speaks to a question, with its figures; offsets are the document's.

    `speaks` is the probability that it does, None without a calibration; `score` orders. `above`:
    the document is of the city or province of the cell's place. `other_year`: it is of another year
    than the cell, which the sentence names. `also_in` are documents with the same sentence.
    """

    text: str
    start: int
    end: int
    figures: tuple[Figure, ...]
    score: float
    speaks: float | None
    reference: Reference
    above: bool
    other_year: bool
    also_in: tuple[str, ...] = ()

    @property
    def doc(self) -> str:
        """The document that it stands in."""
        return self.reference.doc


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of a question in a place and a year.

    `documents` counts the place's own documents of the year. "silent": there are some, and nothing
    in them speaks to the question.
    """

    question: str
    place: str
    year: int
    status: Status
    quotes: tuple[Quote, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one question: how many documents speak and are silent, how many cells are of each kind.

    `missing` counts places and years without a document.
    """

    question: str
    documents: int
    speak: int
    silent: int
    quoted_cells: int
    silent_cells: int
    missing: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The cells by place, year and question, in the order asked for.

    `speak` is how many documents speak to any of the questions. `calibrated`: whether silence could
    be told; without, the best sentence of each cell stands.
    """

    questions: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]
    cells: tuple[Cell, ...]
    counts: tuple[Counts, ...]
    speak: int
    calibrated: bool

    def cell(self, place: str, year: int, question: str) -> Cell:
        """The cell of a place, a year and a question."""
        at = self.places.index(place) * len(self.years) + self.years.index(year)
        return self.cells[at * len(self.questions) + self.questions.index(question)]
