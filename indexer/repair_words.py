"""Known Chinese words, by the dictionary of jieba: they tell damage from rightful characters."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(1 << 16)
def is_word(word: str) -> bool:
    """Whether the dictionary holds a word."""
    import rjieba  # late: reading its dictionary takes as long as cleaning a large document

    return bool(rjieba.has_word(word))


@lru_cache(1 << 14)
def cut(text: str) -> tuple[str, ...]:
    """The words of a short stretch of text."""
    import rjieba

    return tuple(rjieba.cut(text))
