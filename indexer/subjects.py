"""Subjects that a question may name and a library say nothing of: school uniforms, student loans.

Whatever is nearest to such a question is about something else, however alike it sounds. The list
(`data/subjects.txt`, the names of a subject on each line) holds subjects that policy documents call
by few names; of others it cannot be told from words alone that a library is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from indexer.expand import SYNONYM_SHARE, Group
from indexer.segment import Segmenter


def subjects_named(groups: Iterable[Group], segmenter: Segmenter) -> tuple[Group, ...]:
    """The subjects that a question's words name, each with all that may stand for it.

    A word of several meanings (an English one with several terms, of which one is no name of a
    subject) names none.
    """
    found: list[Group] = []
    for group in groups:
        own = [words for words, share in group.ways if share >= SYNONYM_SHARE]
        named = [_subjects().get("".join(words), ()) for words in own]
        names = {name for each in named for name in each} | set(_subjects().get(group.text, ()))
        if names and (all(named) or group.text in _subjects()):
            ways = dict.fromkeys([*own, *(segmenter.whole_words(name) for name in sorted(names))])
            found.append(Group(group.text, tuple((words, 1.0) for words in ways if words)))
    return tuple(found)


@cache
def _subjects() -> Mapping[str, tuple[str, ...]]:
    """Name -> all names of its subject."""
    source = resources.files("indexer").joinpath("data", "subjects.txt")
    lines = [line.split("|") for line in source.read_text(encoding="utf-8").split()]
    return {name: tuple(names) for names in lines for name in names}
