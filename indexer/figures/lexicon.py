"""The words that tell what a figure is (`data/figures.toml`)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_TABLE = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "figures.toml").read_text(encoding="utf-8")
)

BEFORE: dict[str, str] = {
    word: tag for tag, words in _TABLE["before"].items() for word in words.split()
}
"""Words between a noun phrase and its number -> what they say."""

LONGEST = max(map(len, BEFORE))

UNITS: list[str] = sorted(_TABLE["units"].split(), key=len, reverse=True)

LEADING: frozenset[str] = frozenset(_TABLE["leading"].split())

KEPT: tuple[str, ...] = tuple(_TABLE["kept"].split())

ACTS: str = "|".join(map(re.escape, sorted(_TABLE["acts"].split(), key=len, reverse=True)))
"""A pattern."""
