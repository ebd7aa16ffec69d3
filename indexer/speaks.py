"""Whether a passage speaks to a question: the calibrated probability that it does.

A cosine by itself means little: with the bundled model an off-topic pair of Chinese texts has .83
and a right pair of an English question with a Chinese sentence .76. So the parts of a passage's
score go through a logistic regression, fitted for each model and language of the question on
labelled questions (`benchmarks/calibrate.py`). Coverage, refusal and comparison all ask here. A
sentence that a cross-encoder has read as well goes through a second regression. A model without a
calibration has no probabilities, and what needs them says so.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.records import ScoreParts

LIKELY = 0.5
"""From this probability on a passage counts as speaking to the question."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the parts of a score."""

    intercept: float
    passage: float
    sentence: float
    words: float
    covered: float

    def probability(self, parts: ScoreParts, more: float = 0.0) -> float:
        """That the passage speaks to the question, 0 to 1; `more` is added to the log-odds."""
        total = (
            more
            + self.intercept
            + self.passage * parts.passage
            + self.sentence * parts.sentence
            + self.words * parts.words
            + self.covered * parts.covered
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))

    def probabilities(self, parts: ScoreParts) -> NDArray[np.float32]:
        """The same for parts that are arrays, one value for each passage."""
        total = (
            self.intercept
            + self.passage * np.asarray(parts.passage)
            + self.sentence * np.asarray(parts.sentence)
            + self.words * np.asarray(parts.words)
            + self.covered * np.asarray(parts.covered)
        )
        chances = 1 / (1 + np.exp(-np.clip(total, -60, 60)))
        return np.asarray(chances, np.float32)


@dataclass(frozen=True, slots=True)
class Reading:
    """A logistic regression over what is known of a sentence before and after it is read again.

    `before` weighs the log-odds of its first probability, `read` those of the cross-encoder.
    """

    intercept: float
    before: float
    read: float

    def probability(self, first: float, log_odds: float) -> float:
        """That the sentence answers, 0 to 1, of its first probability and what reading it tells."""
        total = self.intercept + self.before * log_odds_of(first) + self.read * log_odds
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


def log_odds_of(probability: float) -> float:
    """The log-odds of a probability; those of 0 and 1 are finite too."""
    return math.log(max(probability, 1e-12) / max(1 - probability, 1e-12))


def reading_for(model: str, question: str) -> Reading | None:
    """How a second reading counts for a model and the language of a question, if it has one."""
    return _readings().get((model, language_of(question)))


def calibration_for(model: str, question: str) -> Calibration | None:
    """The calibration for a model (by its name) and the language of a question, if there is one."""
    return _calibrations().get((model, language_of(question)))


def language_of(question: str) -> str:
    """zh where the question has Chinese characters enough to carry its meaning, else en."""
    han = sum("\u3400" <= c <= "\u9fff" for c in question)
    latin = sum(c.isascii() and c.isalpha() for c in question)
    return "zh" if han and 3 * han >= latin else "en"


@cache
def _calibrations() -> dict[tuple[str, str], Calibration]:
    names = ("intercept", "passage", "sentence", "words", "covered")
    return {
        (row["model"], row["language"]): Calibration(*(float(row[name]) for name in names))
        for row in _fitted()["calibration"]
    }


@cache
def _readings() -> dict[tuple[str, str], Reading]:
    names = ("intercept", "before", "read")
    return {
        (row["model"], row["language"]): Reading(*(float(row[name]) for name in names))
        for row in _fitted()["reading"]
    }


@cache
def _fitted() -> dict[str, list[dict[str, Any]]]:
    source = resources.files("indexer").joinpath("data", "speaks.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
