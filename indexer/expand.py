"""A question's words, each with what may stand for it in a document.

An English phrase that the glossary knows is stood for by its Chinese terms, a Chinese word by its
synonyms at a lower share. A word that nothing is known of stands for itself alone; where no passage
holds it, it lowers what keyword search counts for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import NamedTuple

from indexer.figures import numbers_in
from indexer.glossary import Glossary
from indexer.segment import Segmenter, has_value, value_word

SYNONYM_SHARE = 0.7
"""What a synonym counts of the word itself."""

APART_SHARE = 0.9
"""What all the words inside a longer one (化解 … 大班额 for 化解大班额) count of it."""

PART_SHARE = 0.4
"""What one of them counts."""


GENERIC_SHARE = 0.4
"""What a word that goes with any subject (减少, 加强, 学校) counts of its weight."""


@cache
def generic_words() -> frozenset[str]:
    """Words that go with any subject of education policy."""
    source = resources.files("indexer").joinpath("data", "generic_words.txt")
    return frozenset(source.read_text(encoding="utf-8").split())


class Group(NamedTuple):
    """A word of the question with what may stand for it.

    `ways` are (words, share): a chunk that holds all the words of a way counts as if it held the
    group's word, at that share of its weight.
    """

    text: str
    ways: tuple[tuple[tuple[str, ...], float], ...]

    @property
    def share(self) -> float:
        """What the word counts of its weight: a verb or noun of any subject says little of one."""
        first = self.ways[0][0] if self.ways else ()
        return GENERIC_SHARE if first and all(word in generic_words() for word in first) else 1.0


def groups_of(question: str, segmenter: Segmenter, glossary: Glossary) -> tuple[Group, ...]:
    """The words of a question in order, English phrases as one group each."""
    groups: list[Group] = []
    rest: list[str] = []
    at = 0
    for phrase in glossary.chinese_of(question):
        rest.append(question[at : phrase.start])
        at = phrase.end
        terms = [segmenter.whole_words(term) for term in phrase.chinese]
        groups.append(Group(phrase.phrase, _ways((words, 1.0) for words in terms)))
    rest.append(question[at:])
    left = "\n".join(rest)
    for number in reversed([each for each in numbers_in(left) if has_value(each)]):
        ways = [((value_word(number),), 1.0), (segmenter.whole_words(number.text), APART_SHARE)]
        groups.append(Group(number.text, _ways(ways)))
        left = f"{left[: number.start]}\n{left[number.end :]}"
    words = segmenter.question_words(left)
    synonyms = glossary.widen(words)
    for word, parts in words.items():
        others = [(segmenter.whole_words(each), SYNONYM_SHARE) for each in synonyms.get(word, ())]
        apart = [(parts, APART_SHARE)] if len(parts) > 1 else []
        some = [((part,), PART_SHARE) for part in parts]
        groups.append(Group(word, _ways([((word,), 1.0), *apart, *others, *some])))
    return tuple(groups)


def _ways(
    ways: Iterable[tuple[tuple[str, ...], float]],
) -> tuple[tuple[tuple[str, ...], float], ...]:
    kept: dict[tuple[str, ...], float] = {}
    for words, share in ways:
        if words:
            kept.setdefault(words, share)
    return tuple(kept.items())
