"""How often a phrase is used: over the years, by place, with which words around it.

Every text is looked through, so the counts are those of a plain search in the cleaned texts. They
are set against the amount of text, since a year with twice as many reports has twice as many uses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from indexer.catalogue import Catalogue
from indexer.cite import reference_to
from indexer.records import Description
from indexer.segment import Segmenter
from indexer.sentences import split_sentences
from indexer.wording.records import Group, PhraseUse, Share, Use

LONGEST = 16
"""Characters of a phrase; what is longer is a sentence."""

_AROUND = 12  # characters looked at on either side
_NEIGHBOURS = 10
_LOOKED_AT = 2_000  # uses whose neighbours are counted
_STOPS = re.compile(r"[^\w%]")
_TRIED = 5  # uses of a document that may serve as its example
_SENTENCE = 200  # an example is cut to so many characters on either side


def phrase_group(use: PhraseUse) -> Group | None:
    """The use of a phrase as a group of precedents, word for word; None if it has none."""
    if not use.count:
        return None
    return Group(
        kind="exact",
        text=use.phrase,
        frame=use.phrase,
        count=use.count,
        documents=use.documents,
        places=tuple(
            sorted(
                ((str(each.name), each.documents) for each in use.places if each.documents),
                key=lambda item: (-item[1], item[0]),
            )
        ),
        years=tuple((int(each.name), each.documents) for each in use.years if each.documents),
        uses=use.examples,
        likeness=1.0,
    )


@dataclass(slots=True)
class _Tally:
    count: int = 0
    documents: int = 0
    characters: int = 0

    def add(self, count: int, characters: int) -> None:
        self.count += count
        self.documents += count > 0
        self.characters += characters


@dataclass(slots=True)
class _Counts:
    whole: _Tally = field(default_factory=_Tally)
    years: dict[int, _Tally] = field(default_factory=dict)
    places: dict[str, _Tally] = field(default_factory=dict)
    looked_at: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[int, Use]] = field(default_factory=list)


def is_phrase(text: str) -> bool:
    """Whether a text is a phrase rather than a sentence: short and without punctuation."""
    text = text.strip()
    return 1 < len(text) <= LONGEST and not re.search(r"[，。！？；：,!?;:\n]", text)


def count_phrase(
    phrase: str,
    documents: Iterable[tuple[str, Description]],
    catalogue: Catalogue,
    segmenter: Segmenter,
    examples: int,
    years: Collection[int] = (),
) -> PhraseUse:
    """The use of a phrase in these documents; `years` leaves those of other years out.

    Overlapping uses count once, as `str.count` has it.
    """
    phrase = phrase.strip()
    about = {doc: each for doc, each in documents if not years or (each.year or 0) in years}
    counts = _Counts()
    for doc, text in catalogue.texts():
        if doc in about and phrase:
            _add(counts, phrase, doc, about[doc], text, segmenter, examples)
    whole = counts.whole
    places = [_share(name, tally) for name, tally in counts.places.items()]
    return PhraseUse(
        phrase,
        whole.count,
        whole.documents,
        tuple(_share(year, tally) for year, tally in sorted(counts.years.items())),
        tuple(sorted(places, key=lambda each: (-each.rate, str(each.name)))),
        tuple(counts.before.most_common(_NEIGHBOURS)),
        tuple(counts.after.most_common(_NEIGHBOURS)),
        tuple(use for _, use in sorted(counts.examples, key=lambda e: -e[0])[:examples]),
    )


def _add(
    counts: _Counts,
    phrase: str,
    doc: str,
    about: Description,
    text: str,
    segmenter: Segmenter,
    examples: int,
) -> None:
    number = text.count(phrase)
    counts.whole.add(number, len(text))
    if about.year:
        counts.years.setdefault(about.year, _Tally()).add(number, len(text))
    if name := about.own_place:
        counts.places.setdefault(name, _Tally()).add(number, len(text))
    tried: list[Use] = []
    for nth, hit in enumerate(re.finditer(re.escape(phrase), text)):
        if counts.looked_at < _LOOKED_AT:
            counts.looked_at += 1
            before = _STOPS.split(text[max(0, hit.start() - _AROUND) : hit.start()])[-1]
            after = _STOPS.split(text[hit.end() : hit.end() + _AROUND])[0]
            counts.before.update(_telling(segmenter.whole_words(before)[-1:]))
            counts.after.update(_telling(segmenter.whole_words(after)[:1]))
        if nth < _TRIED:
            tried.append(_example(hit.start(), doc, about, text))
    if tried:  # one example a document, rather a sentence than a heading
        best = next((use for use in tried if use.text[-1] in "。；！？"), tried[0])
        counts.examples.append((about.year or 0, best))


def _telling(words: Iterable[str]) -> list[str]:
    """Without figures and words of one character (个, 的), which say nothing of the use."""
    return [word for word in words if len(word) > 1 and not word[0].isdigit()]


def _example(at: int, doc: str, about: Description, text: str) -> Use:
    low = max(0, at - _SENTENCE)
    around = split_sentences(text[low : at + _SENTENCE], low)
    sentence = next(each for each in around if each.start <= at < each.end)
    reference = reference_to(doc, about, start=sentence.start, end=sentence.end)
    return Use(sentence.text, reference)


def _share(name: str | int, tally: _Tally) -> Share:
    return Share(name, tally.count, tally.documents, tally.characters)
