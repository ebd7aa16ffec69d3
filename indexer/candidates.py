"""The sentences of the best passages, each with the probability that it answers a question.

    passages → their sentences, each as likely as its likeliest statement → the likeliest read again

The second reading is by a cross-encoder, question and sentence together: one vector of each blurs
them, most of all where they are in two languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import PlacedChunk, SentenceRow
from indexer.covered import Floats, SentenceTexts, named_share
from indexer.duplicates import fold
from indexer.expand import Group
from indexer.records import ScoreParts, Sentence, Vector
from indexer.retrieve import Asked, Hit
from indexer.sentences import names_only, split_sentences, without_number
from indexer.speaks import Calibration, Reading, log_odds_of
from indexer.wanted import asks_figure, most_worth, worth
from indexer.years import years_told

LONGEST_SENTENCE = 160
LONGEST_HEADING = 40

READ_AGAIN = 16
"""The likeliest sentences that are read again, at most."""

READ_CHARACTERS = 550
"""Characters of them, with their headings: what bounds the time, at some .2 s on two cores."""

MORE_FOR_MEASURES = 1.6
"""So much more is read where it is asked how something was done: many sentences may answer that."""

WORTH_READING = 0.005
"""A sentence whose first probability is less is let be: hardly one of them answers."""

FAR_BELOW = 3.0
"""Asked how something was done, a sentence whose log-odds, as read again, lie so far below those
of the best one is left out: of such statements hardly one in six belonged in the answer, of others
more than half. Other questions have their answer among them too often."""

LIKELY_BEFORE = 0.7
"""But one with such a first probability stays: a result (由21.23%降至8.52%) reads little like a
measure and belongs beside it."""

_CLOSER = 5.0
"""What a sentence's own cosine counts once more, in log-odds, for which are read first: with it the
answer of an English question is among them a little more often, of a Chinese one as often."""

_NOTE = re.compile(
    r"[（(](?:[主牵]\w{0,2}|责任|配合|负责|承办|完成|时限)\w{0,4}[：:][^（()）]{1,60}[）)]"
)
"""Who does what a sentence says, or by when: （责任股室：人事股、项目办）."""

Answers = Callable[[Sequence[str]], Vector | None]
"""Texts -> the log-odds that each answers the question, None unread (`Encoder.answers`)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a chunk, with its offsets in the document and its vector.

    `above` is the heading it is read under; `probability` that it answers; `gain` what of
    its log-odds is due to the kind of question; `closeness` its cosine with the question.
    """

    text: str
    chunk: int
    start: int
    end: int
    above: str
    probability: float
    gain: float
    closeness: float
    vector: NDArray[np.float32]


def candidates_of(
    question: str,
    asked: Asked,
    hits: Sequence[Hit],
    rows: Mapping[int, SentenceRow],
    chunks: Mapping[int, PlacedChunk],
    calibration: Calibration,
    subjects: Sequence[Group] = (),
) -> list[Candidate]:
    """The sentences of these passages that may well answer, the likeliest first.

    `rows` and `chunks` hold their sentences and where they stand; what they lack is left out.
    `subjects`: those that the question names (`subjects.subjects_named`).
    """
    held = [hit for hit in hits if hit.chunk in rows and hit.chunk in chunks]
    texts = SentenceTexts([rows[hit.chunk] for hit in held])
    covered = texts.covered(asked.groups, asked.weights)
    ends = np.cumsum([len(rows[hit.chunk].spans) for hit in held])
    shares = np.split(covered, ends[:-1]) if held else []
    return _in_order(
        each
        for hit, share in zip(held, shares, strict=True)
        for each in _of_passage(
            question, asked, hit, rows[hit.chunk], chunks[hit.chunk], share, calibration, subjects
        )
    )


def read_again(
    candidates: Sequence[Candidate],
    answers: Answers,
    reading: Reading | None,
    more: float = 1.0,
    far_below: float = inf,
) -> list[Candidate]:
    """The likeliest candidates, likelier or less likely for having been read with the question.

    Those that were not read are left out; but for the likeliest and those `LIKELY_BEFORE` also
    those whose log-odds, as read, are by more than `far_below` less than the highest. All stay as
    they are where nothing can be read. `more` is read: how many times as much as else.
    """
    told = readings(candidates, answers, more) if reading is not None else None
    if reading is None or told is None:
        return list(candidates)
    best = max((log_odds for _, log_odds in told), default=0.0)
    read = [
        (
            replace(each, probability=reading.probability(each.probability, log_odds)),
            log_odds >= best - far_below or each.probability >= LIKELY_BEFORE,
        )
        for each, log_odds in told
    ]
    likeliest = max((each.probability for each, _ in read), default=0.0)
    return _in_order(each for each, kept in read if kept or each.probability == likeliest)


def readings(
    candidates: Sequence[Candidate], answers: Answers, more: float = 1.0
) -> list[tuple[Candidate, float]] | None:
    """The likeliest candidates with what reading each tells; None where nothing can be read.

    What several documents say word for word is read once, under the heading of the first of them.
    """
    said = [(each, fold(each.text)) for each in candidates if each.probability >= WORTH_READING]
    texts: dict[str, str] = {}
    for each, words in sorted(said, key=lambda pair: -_promise(pair[0])):
        texts.setdefault(words, under(each.above, each.text))
    chosen = dict(zip(texts, _first(list(texts.values()), more), strict=False))
    found = answers(list(chosen.values()))
    if found is None:
        return None
    told = dict(zip(chosen, found.tolist(), strict=True))
    return [(each, told[words]) for each, words in said if words in told]


def _promise(candidate: Candidate) -> float:
    """How early a sentence is read."""
    return log_odds_of(candidate.probability) + _CLOSER * candidate.closeness


def _first(texts: Sequence[str], more: float) -> list[str]:
    """As many of the first texts as are read again, one at least."""
    ends = accumulate(map(len, texts))
    return [
        text
        for at, (text, end) in enumerate(zip(texts, ends, strict=True))
        if at == 0 or (at < more * READ_AGAIN and end <= more * READ_CHARACTERS)
    ]


def under(above: str, sentence: str) -> str:
    """A sentence behind the line it stands under, which often names what it is about."""
    return f"{above[:LONGEST_HEADING]}：{sentence}" if above else sentence


def _in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (-each.probability, each.chunk, each.start))


def _of_passage(
    question: str,
    asked: Asked,
    hit: Hit,
    row: SentenceRow,
    chunk: PlacedChunk,
    covered: Floats,
    calibration: Calibration,
    subjects: Sequence[Group],
) -> Iterable[Candidate]:
    """The sentences of a passage; a sentence is as likely as the likeliest of its statements.

    `covered`: the share of the question's words that each statement holds.
    """
    if not len(row.spans):
        return
    vectors = row.whole.astype(np.float32) * row.scales[:, None]
    cosines = vectors @ asked.vector
    spans = row.spans.tolist()
    most = most_worth(question)
    above = chunk.heading[-1] if chunk.heading else ""
    if not asks_figure(question):
        above = _above(asked, chunk)
    other_year = bool(asked.years) and row.year not in asked.years
    for sentence in with_notes(split_sentences(row.text, row.start), row.text, row.start):
        inside = [n for n, (a, b) in enumerate(spans) if sentence.start <= a and b <= sentence.end]
        # A sentence without an end, as damaged texts have them, is looked at clause by clause.
        whole = sentence.end - sentence.start <= LONGEST_SENTENCE
        for members in [inside] if whole and inside else [[n] for n in inside]:
            start, end = (sentence.start, sentence.end) if whole else spans[members[0]]
            text = row.text[start - row.start : end - row.start]
            if _only_a_heading(text, chunk.about.title):
                continue
            if other_year and not years_told(text, row.year) & set(asked.years):
                continue
            parts = [
                ScoreParts(hit.parts.passage, float(cosines[n]), hit.parts.words, float(covered[n]))
                for n in members
            ]
            if max(calibration.probability(each, most) for each in parts) < WORTH_READING:
                continue  # whatever kind of thing it is: most sentences, and to tell takes time
            gain = worth(question, asked, text, chunk, subjects)
            probabilities = [calibration.probability(each, gain) for each in parts]
            at = int(np.argmax(probabilities))
            likely, n = probabilities[at], members[at]
            yield Candidate(
                text, hit.chunk, start, end, above, likely, gain, float(cosines[n]), vectors[n]
            )


def with_notes(sentences: Sequence[Sentence], text: str, offset: int) -> list[Sentence]:
    """Sentences with the note that follows them in brackets: …全部达标。（责任股室：体卫艺股）

    Alone the note says nothing, and without it the sentence does not say whose task it is.
    """
    found: list[Sentence] = []
    for each in sentences:
        before = found[-1] if found else None
        if before and _NOTE.fullmatch(each.text) and len(before.text) <= LONGEST_SENTENCE:
            whole = text[before.start - offset : each.end - offset]
            found[-1] = replace(before, end=each.end, text=whole)
        else:
            found.append(each)
    return found


def _above(asked: Asked, chunk: PlacedChunk) -> str:
    """What a passage is read under: the one of its headings and its title that names most of what
    is asked for, the lowest if some do alike. 三、主要措施 says nothing of its subject.
    """
    lines = (*chunk.heading[::-1], chunk.about.title)
    shares = [named_share(asked.groups, asked.weights, line) for line in lines]
    best = int(np.argmax(shares))
    return lines[best] if shares[best] > 0 or chunk.heading else ""


def _only_a_heading(text: str, title: str) -> bool:
    """Whether a sentence only names its subject: the document's title, or （一）化解大班额。

    Or whom it is for or what is to come: 各县教育局： and 现将有关事项通知如下：
    """
    return (
        names_only(text)
        or fold(without_number(text)) == fold(title)
        or text.rstrip().endswith(("：", ":"))
    )
