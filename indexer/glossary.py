"""What words mean: English terms in Chinese, Chinese words of one meaning, terms kept whole.

The tables are those of the program joined with the library's own (see `glossary_tables`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.english import STOP_WORDS, Token, forms, singular, tokens
from indexer.errors import FileProblem
from indexer.glossary_tables import Tables, Words, own_tables, shipped_tables
from indexer.speaks import language_of

TERMS = 12
"""Chinese terms that go with an English question, at most."""

_JOINT = re.compile(r"(?:['’]s?)?[\s\-\u2010-\u2015/]*")


class Recognised(NamedTuple):
    """An English phrase of the glossary found in a question at question[start:end]."""

    phrase: str
    chinese: Words
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Glossary:
    """The joined tables. `digest` changes whenever one of them does.

    `english` maps a phrase to its Chinese terms, `synonyms` a word to the others of its group.
    """

    english: Mapping[str, Words]
    synonyms: Mapping[str, Words]
    terms: Words
    digest: str
    _phrases: Mapping[str, tuple[tuple[Words, str], ...]]

    def chinese_of(self, question: str) -> tuple[Recognised, ...]:
        """The phrases recognised in an English or mixed question, in its order.

        Where phrases overlap the longest is taken. Plural and verb forms and hyphens are tolerated.
        """
        found = tokens(question)
        matches = [match for at in range(len(found)) for match in self._at(question, found, at)]
        matches.sort(key=lambda match: (match[0] - match[1], match[0]))
        taken = [False] * len(found)
        chosen: list[tuple[int, Recognised]] = []
        for begin, end, phrase in matches:
            if not any(taken[begin:end]):
                taken[begin:end] = [True] * (end - begin)
                span = found[begin].start, found[end - 1].end
                chosen.append((begin, Recognised(phrase, self.english[phrase], *span)))
        return tuple(match for _, match in sorted(chosen))

    def with_chinese(self, question: str) -> str:
        """An English question with the first Chinese term of each phrase: cut class（削减，班级）.

        So it is given to a model that has learned to read it (`Encoder.reads_terms`). A Chinese
        question, and one of which no phrase is known, stays as it is.
        """
        if language_of(question) != "en":
            return question
        terms = dict.fromkeys(found.chinese[0] for found in self.chinese_of(question))
        return f"{question}（{'，'.join([*terms][:TERMS])}）" if terms else question

    def _at(self, question: str, found: list[Token], at: int) -> Iterator[tuple[int, int, str]]:
        """Matches that begin with a token: begin, end, phrase; the likeliest of each length."""
        longest: dict[int, str] = {}
        for first in forms(found[at].word):
            for words, phrase in self._phrases.get(first, ()):
                end = at + len(words)
                if end <= len(found) and end not in longest and _stand(question, found, at, words):
                    longest[end] = phrase
        for end, phrase in longest.items():
            yield at, end, phrase

    def widen(self, words: Iterable[str]) -> dict[str, Words]:
        """For those Chinese words that have any: the other words of their meaning."""
        return {word: self.synonyms[word] for word in words if word in self.synonyms}

    def covered(self, question: str, apart: Sequence[tuple[int, int]] = ()) -> float:
        """The share of an English question's content words that the glossary accounts for.

        Words within the spans `apart` (places, periods), stop words and numbers do not count. 0
        for a question without content words.
        """
        known = [(match.start, match.end) for match in self.chinese_of(question)]
        content = [
            token
            for token in tokens(question)
            if token.word not in STOP_WORDS
            and len(token.word) > 1
            and not token.word[0].isdigit()
            and not _inside(token, apart)
        ]
        return sum(_inside(token, known) for token in content) / len(content) if content else 0.0


NO_GLOSSARY = Glossary({}, {}, (), "", {})
"""Knows nothing: what searching without one is compared with."""


def load_glossary(corpus: Path | None = None) -> tuple[Glossary, tuple[FileProblem, ...]]:
    """The shipped tables joined with those in the corpus folder's `_library/`, and the problems.

    A library's English phrase takes the place of the shipped one; its groups of synonyms are joined
    with those that they share a word with; its terms are added.
    """
    own, problems = own_tables(corpus) if corpus else (Tables((), (), ()), ())
    return _joined(shipped_tables(), own), problems


@lru_cache(maxsize=2)  # a build asks for it twice, and every opening of an index once more
def _joined(shipped: Tables, own: Tables) -> Glossary:
    own_keys = {_key(phrase) for phrase, _ in own.pairs}
    english = {
        phrase: chinese
        for phrase, chinese in (*own.pairs, *shipped.pairs)
        if _key(phrase) not in own_keys
    }
    for phrase, chinese in own.pairs:
        english[phrase] = tuple(dict.fromkeys((*english.get(phrase, ()), *chinese)))
    synonyms = _groups((*own.groups, *shipped.groups))
    terms = tuple(dict.fromkeys((*shipped.terms, *own.terms)))
    content = repr((sorted(english.items()), sorted(synonyms.items()), sorted(terms)))
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    return Glossary(english, synonyms, terms, digest, _by_first_word(english))


def _groups(groups: Iterable[Words]) -> dict[str, Words]:
    """Each word -> the others of its group, groups that share a word being one."""
    group_of: dict[str, list[str]] = {}
    for words in groups:
        members = list(dict.fromkeys(each for word in words for each in group_of.get(word, [word])))
        for member in members:
            group_of[member] = members
    return {
        word: tuple(each for each in members if each != word) for word, members in group_of.items()
    }


def _key(phrase: str) -> Words:
    return tuple(singular(token.word) for token in tokens(phrase))


def _by_first_word(phrases: Iterable[str]) -> dict[str, tuple[tuple[Words, str], ...]]:
    """The first word -> what begins with it; a hyphen may be left out (drop-out, dropout)."""
    table: dict[str, list[tuple[Words, str]]] = {}
    for phrase in phrases:
        for written in dict.fromkeys((phrase, phrase.replace("-", ""))):
            words = _key(written)
            if words:
                table.setdefault(words[0], []).append((words, phrase))
    return {first: tuple(found) for first, found in table.items()}


def _stand(question: str, found: list[Token], at: int, words: Words) -> bool:
    """Whether the words of a phrase stand there one after the other, in any of their forms."""
    return all(
        word in forms(found[at + n].word)
        and (n == 0 or _JOINT.fullmatch(question, found[at + n - 1].end, found[at + n].start))
        for n, word in enumerate(words)
    )


def _inside(token: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= token.start and token.end <= end for start, end in spans)
