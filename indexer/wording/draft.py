"""Sentences with their precedents -> set phrase, precedented or new; copied from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.wording.frames import plain_form
from indexer.wording.records import Mark, Use, Worded

SET_PHRASE = 5
"""A set phrase stands in so many documents, word for word or with other names and numbers."""

_LONG_ENOUGH = 12
"""Letters of a sentence that two offices would hardly write alike by chance."""


def marked(sentences: Sequence[Worded]) -> tuple[Worded, ...]:
    """The sentences with what each is, and where it is copied from."""
    return tuple(replace(each, mark=_mark(each), copied=_copied(each)) for each in sentences)


def _mark(sentence: Worded) -> Mark:
    same = [group for group in sentence.groups if group.kind in ("exact", "variant")]
    if any(group.documents >= SET_PHRASE for group in same):
        return "set"
    return "precedented" if any(group.precedent for group in sentence.groups) else "new"


def _copied(sentence: Worded) -> Use | None:
    """The only document that has the sentence word for word."""
    if len(plain_form(sentence.text)) < _LONG_ENOUGH:
        return None
    exact = [group for group in sentence.groups if group.kind == "exact"]
    return exact[0].uses[0] if len(exact) == 1 and exact[0].documents == 1 else None
