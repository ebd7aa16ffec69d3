"""What precedent wording finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.cite import Reference
from indexer.wording.differ import Change

Kind = Literal["exact", "variant", "meaning", "near"]
"""The same words; other names, numbers or a few other words; the same meaning in other words; the
nearest there is, which is no precedent."""

Mark = Literal["set", "precedented", "new"]


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a wording stands. The reference has document, offsets, headings and page."""

    text: str
    reference: Reference
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Uses of one wording. `text` is its most common form, `frame` what all forms share.

    `count` is of all uses, of which `uses` has some, every form among them; `places` and `years`
    are counts of the documents, the most common place first, the years in order. `likeness`
    orders groups of one kind.
    """

    kind: Kind
    text: str
    frame: str
    count: int
    documents: int
    places: tuple[tuple[str, int], ...]
    years: tuple[tuple[int, int], ...]
    uses: tuple[Use, ...]
    likeness: float

    @property
    def first(self) -> int | None:
        """The year of the first use that is known."""
        return self.years[0][0] if self.years else None

    @property
    def last(self) -> int | None:
        """The year of the latest use that is known."""
        return self.years[-1][0] if self.years else None

    @property
    def precedent(self) -> bool:
        """Whether the sentence has a precedent in this group."""
        return self.kind != "near"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A figure of the pasted text (offsets in it), and what a document has in its place."""

    start: int
    end: int
    text: str
    found: str
    use: Use


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence of the pasted text (offsets in it) and its groups, the best first.

    `copied` is the one place that it stands in word for word, where there is but one document.
    """

    start: int
    end: int
    text: str
    groups: tuple[Group, ...]
    mark: Mark = "new"
    copied: Use | None = None
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """How often a phrase is used in the documents of a year or a place."""

    name: str | int
    count: int
    documents: int
    characters: int

    @property
    def rate(self) -> float:
        """Uses per 10,000 characters."""
        return 10_000 * self.count / self.characters if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class PhraseUse:
    """The use of a phrase: over the years (in order), by place (the most frequent first), the
    words before and behind it with counts, and examples.
    """

    phrase: str
    count: int
    documents: int
    years: tuple[Share, ...]
    places: tuple[Share, ...]
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]
    examples: tuple[Use, ...]
