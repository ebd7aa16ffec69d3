"""Which themes of education policy a document speaks of.

The list the program ships (`data/themes.csv`) is extended by `_library/themes.csv` beside the
documents: a row there takes the place of the row of the same theme, other rows are added, and a
row without synonyms but `-` takes the theme out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path

from indexer.tables import Row, read_table

FILE_NAME = "_library/themes.csv"
_ENOUGH = 2
"""So often a theme stands in the running text of a document that speaks of it."""


@dataclass(frozen=True)
class Themes:
    """A list of themes, each with the words that name it (the theme's own name among them)."""

    words: tuple[tuple[str, tuple[str, ...]], ...]

    @cached_property
    def version(self) -> str:
        """Differs where the list does."""
        return hashlib.sha256(repr(self.words).encode()).hexdigest()[:16]

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        # Longest first: 超大班额 is one mention of 大班额, not two.
        return tuple(
            (theme, re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True)))))
            for theme, words in self.words
        )

    def topics(self, title: str, headings: Iterable[str], text: str) -> tuple[str, ...]:
        """The themes named in the title or a heading, or at least twice in the text."""
        heads = "\n".join((title, *headings))
        return tuple(
            theme
            for theme, pattern in self._patterns
            if pattern.search(heads)
            or sum(1 for _, _ in zip(range(_ENOUGH), pattern.finditer(text), strict=False))
            == _ENOUGH
        )


def load_themes(corpus: Path | None = None) -> Themes:
    """The themes in force for a documents folder. Raises FileProblem: bad_table."""
    with as_file(files("indexer") / "data" / "themes.csv") as shipped:
        words = dict(map(_theme, read_table(shipped)))
    if corpus is not None:
        for row in read_table(corpus / FILE_NAME, "theme"):
            theme, own = _theme(row)
            if theme:
                words[theme] = own
    return Themes(tuple((theme, own) for theme, own in words.items() if own))


def _theme(row: Row) -> tuple[str, tuple[str, ...]]:
    theme, synonyms = row.cells.get("theme", ""), row.cells.get("synonyms", "")
    if synonyms == "-":
        return theme, ()
    words = (word.strip() for word in re.split(r"[|｜]", f"{theme}|{synonyms}"))
    return theme, tuple(dict.fromkeys(word for word in words if word))
