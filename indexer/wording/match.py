"""How like two wordings are, and the stretch of a text that is likest to a sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from rapidfuzz.fuzz import ratio

from indexer.wording.frames import Clause

VARIANT = 0.62
"""Two wordings are one, varied, from this likeness of their frames on."""

_SHORTEST, _LONGEST = 0.4, 1.7  # a stretch worth comparing, in lengths of the sentence


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence made ready for comparing: its clauses joined, as normal form and as frame."""

    plain: str
    frame: str
    pairs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring clauses (numbers, the end exclusive) and their likeness to a sentence.

    `exact`: the sentence stands in them word for word.
    """

    first: int
    end: int
    likeness: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """Whether a sentence says the same as another: calibrated for a model.

    The score is the cosine of the two, plus `words` times the share of words in common.
    """

    words: float
    threshold: float


def stated(clauses: Sequence[Clause]) -> Stated:
    """Clauses joined for comparing."""
    plain = "".join(clause.plain for clause in clauses)
    frame = "".join(clause.frame for clause in clauses)
    return Stated(plain, frame, _pairs(frame))


def likeness(sentence: Stated, other: Stated) -> float:
    """How like two wordings are, 0 to 1, whatever the order of their clauses.

    The larger of the share of characters in the same order and of pairs of neighbours in common
    (Dice): the second forgives clauses that have changed places.
    """
    both = len(sentence.pairs) + len(other.pairs)
    dice = 2 * len(sentence.pairs & other.pairs) / both if both else 0.0
    return max(ratio(sentence.frame, other.frame) / 100, dice)


def best_window(sentence: Stated, clauses: Sequence[Clause], first: int, end: int) -> Window:
    """The clauses of one sentence, some of `first` to `end` among them, likest to another."""
    low, high = first, end
    while low > 0 and not clauses[low - 1].ends:
        low -= 1
    while high < len(clauses) and not clauses[high - 1].ends:
        high += 1
    best = Window(first, end, 0.0, False)
    size = len(sentence.frame)
    for a in range(low, end):
        for b in range(max(a, first) + 1, high + 1):
            length = sum(len(clause.frame) for clause in clauses[a:b])
            if length < _SHORTEST * size or (length > _LONGEST * size and b - a > 1):
                continue
            window = stated(clauses[a:b])
            exact = sentence.plain in window.plain
            like = 1.0 if window.plain == sentence.plain else likeness(sentence, window)
            if (exact, like) > (best.exact, best.likeness):
                best = Window(a, b, like, exact)
    return best


def common_words(words: Set[str], others: Set[str]) -> float:
    """The share of words in common (Dice), 0 to 1."""
    both = len(words) + len(others)
    return 2 * len(words & others) / both if both else 0.0


@cache
def meaning_for(model: str) -> Meaning | None:
    """The calibration for a model by its name; None where there is none."""
    source = resources.files("indexer").joinpath("data", "wording.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))["calibration"]
    for row in rows:
        if row["model"] == model:
            return Meaning(float(row["words"]), float(row["threshold"]))
    return None


def _pairs(frame: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(frame))
