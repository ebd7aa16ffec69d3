"""The same text under two names, near texts, and passages that many documents share.

    fingerprint -> candidates -> relate        differences        shared_passages

A fingerprint carries marks: hashes of its longer sentences, and bands of a MinHash over its
character shingles (rensa's R-MinHash, whose permutations are fixed). Marks in common only propose a
pair: the first find a part copied word for word into a text of any length, the second a whole text
copied with its names and numbers changed. What a relation says is then measured on the sentences.
Nothing is merged or dropped: a draft and its final version remain two documents and a relation.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist
from rensa import RMinHash  # type: ignore[import-untyped]

from indexer.records import Sentence
from indexer.sentences import split_sentences

MARKS_VERSION = f"1-{RMinHash.ALGORITHM_VERSION}"
"""Stored marks of another version are not comparable."""

NEAR = 0.6
"""Documents are near if this share of the letters of one stands in sentences the other has too."""

NEARLY_EQUAL = 75.0
"""Sentences are nearly equal from this likeness on (rapidfuzz ratio): three letters in four."""

PAIRED = 50.0
"""Two sentences left over by the alignment are one, changed, from this likeness on."""

PAIRS = 1_000_000
"""Pairs of sentences whose likeness is measured at most, some 0.2 s of work, for one comparison."""

MIN_SHARED = 50
"""Documents that have fewer letters than this in common are not told as near."""

PROPOSED = 0.3
"""Documents are compared if their common marks stand for this share of the shorter's letters."""

BAND = 0.15
"""The share that a band in common stands for: one alone is chance in a large library."""

_SHINGLE, _BANDS, _ROWS, _MARKED = 5, 42, 3, 12
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTHS |= str.maketrans("｡｢｣､･“”〝〞‘’", '。「」、・""""\'\'')
_LOOSE_SPACE = re.compile(r" (?![0-9A-Za-z])|(?<![0-9A-Za-z]) ")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is known of a text for comparing it. `text` and `sentences` are folded.

    `spans` are the offsets of the sentences in the text as given. `marks` are (key, letters): a
    signed 64-bit key and how many letters a match of it stands for.
    """

    text: str
    digest: bytes
    sentences: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two documents, `a` before `b` by name, whose text is the same or near.

    `a_in_b` is the share of the letters of `a` in sentences that `b` has too, word for word or
    nearly; 1.0 with a small `b_in_a` means that `b` contains `a`.
    """

    kind: Literal["same", "near"]
    a: str
    b: str
    a_in_b: float
    b_in_a: float

    @property
    def shared(self) -> float:
        """The larger of the two shares."""
        return max(self.a_in_b, self.b_in_a)


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence of one text and its counterpart in the other; `likeness` is between 0 and 1."""

    kind: Literal["same", "moved", "changed", "added", "dropped"]
    a: Sentence | None
    b: Sentence | None
    likeness: float


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """Sentences (folded) that follow one another in all of `docs`, and where in each of them."""

    sentences: tuple[str, ...]
    docs: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def fold(text: str) -> str:
    """The text without what two copies of it may differ in: white space, widths, kind of quotes.

    White space between two Latin letters or digits stays as one space: it keeps numbers apart.
    """
    return _LOOSE_SPACE.sub("", " ".join(text.translate(_WIDTHS).split()))


def fingerprint(text: str) -> Fingerprint:
    """Read a text once; about a millisecond for each 1,000 letters."""
    folded = fold(text)
    found = split_sentences(text)
    sentences = tuple(fold(sentence.text) for sentence in found)
    marks = {
        _key(each.encode("utf-8", "surrogatepass")): len(each)
        for each in sentences
        if len(each) >= _MARKED
    }
    if len(folded) >= _MARKED:
        marks |= dict.fromkeys(_bands(folded), len(folded))
    return Fingerprint(
        text=folded,
        digest=hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).digest(),
        sentences=sentences,
        spans=tuple((sentence.start, sentence.end) for sentence in found),
        marks=tuple(sorted(marks.items())),
    )


def _bands(folded: str) -> Iterator[int]:
    plain = _DIGITS.sub("0", folded)  # other numbers in the same words are no difference here
    minhash = RMinHash(num_perm=_BANDS * _ROWS, seed=1)
    minhash.update(list({plain[at : at + _SHINGLE] for at in range(len(plain) - _SHINGLE + 1)}))
    bands = np.array(minhash.digest(), "<u4").reshape(_BANDS, _ROWS)
    return (_key(bytes([number]) + band.tobytes()) for number, band in enumerate(bands))


def _key(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def find_relations(fingerprints: Mapping[str, Fingerprint]) -> tuple[Relation, ...]:
    """All pairs of documents with the same or near text, by name."""
    found = (relate(a, fingerprints[a], b, fingerprints[b]) for a, b in candidates(fingerprints))
    return tuple(sorted((each for each in found if each), key=lambda each: (each.a, each.b)))


def candidates(fingerprints: Mapping[str, Fingerprint]) -> Iterator[tuple[str, str]]:
    """The pairs worth comparing: common marks stand for 3 in 10 of the shorter's letters.

    A mark that stands for the whole of both texts is a band, and counts for less.
    """
    names = sorted(fingerprints)
    sizes = np.array([len(fingerprints[name].text) for name in names])
    holders: dict[tuple[int, bool], array[int]] = defaultdict(lambda: array("i"))
    for number, name in enumerate(names):
        size = len(fingerprints[name].text)
        marks = [(key, letters, letters == size) for key, letters in fingerprints[name].marks]
        known = [
            (holders[key, whole], -1 if whole and of_whole else letters)
            for key, letters, of_whole in marks
            for whole in (False, True)
            if (key, whole) in holders
        ]
        if known:
            held = np.concatenate([np.frombuffer(docs, np.int32) for docs, _ in known])
            letters = np.repeat([weight for _, weight in known], [len(docs) for docs, _ in known])
            shorter = np.minimum(sizes[:number], size)
            common = np.bincount(held, np.maximum(letters, 0), number)
            common += BAND * shorter * np.bincount(held, letters < 0, number)
            enough = common >= PROPOSED * shorter
            yield from ((names[other], name) for other in np.flatnonzero(enough))
        for key, _, whole in marks:
            holders[key, whole].append(number)


def relate(a: str, print_a: Fingerprint, b: str, print_b: Fingerprint) -> Relation | None:
    """Compare two documents by their sentences; None if they are neither the same nor near."""
    if a > b:
        a, print_a, b, print_b = b, print_b, a, print_a
    if not print_a.sentences or not print_b.sentences:
        return None
    if print_a.text == print_b.text:
        return Relation("same", a, b, 1.0, 1.0)
    in_b, in_a = _letters_in(print_a, print_b), _letters_in(print_b, print_a)
    of_a, of_b = (sum(map(len, each.sentences)) for each in (print_a, print_b))
    near = Relation("near", a, b, in_b / of_a, in_a / of_b)
    return near if near.shared >= NEAR and max(in_a, in_b) >= MIN_SHARED else None


def _letters_in(part: Fingerprint, whole: Fingerprint) -> int:
    """How many letters of `part` are in sentences that `whole` has, word for word or nearly.

    Of long texts an even sample of the sentences that are not there word for word stands for all.
    """
    held = set(whole.sentences)
    rest = [sentence for sentence in part.sentences if sentence not in held]
    letters = sum(map(len, part.sentences)) - sum(map(len, rest))
    sample = rest[:: math.ceil(len(rest) * len(whole.sentences) / PAIRS)] if rest else []
    if sample:
        likeness = cdist(sample, whole.sentences, scorer=ratio, score_cutoff=NEARLY_EQUAL)
        best = likeness.max(axis=1)
        # Looked up in the running text, too: lines broken elsewhere make no difference.
        near = (
            len(each)
            for each, score in zip(sample, best, strict=True)
            if score or each in whole.text
        )
        letters += round(sum(near) * sum(map(len, rest)) / sum(map(len, sample)))
    return letters


def differences(text_a: str, text_b: str) -> tuple[Difference, ...]:
    """Align the sentences of two texts, in the order of the second; what was dropped in its place.

    Equal sentences in the same order are aligned first; the others are paired, the likest first.
    Where these make more than PAIRS pairs, as in two long texts of which little is the same, they
    are told as dropped and added.
    """
    of_a, of_b = split_sentences(text_a), split_sentences(text_b)
    folded_a, folded_b = ([fold(each.text) for each in side] for side in (of_a, of_b))
    partner: dict[int, tuple[int, float]] = {}
    for run in LCSseq.opcodes(folded_a, folded_b):
        if run.tag == "equal":
            both = zip(
                range(run.src_start, run.src_end), range(run.dest_start, run.dest_end), strict=True
            )
            partner |= {a: (b, 1.0) for a, b in both}
    in_order = set(partner)
    taken = {b for b, _ in partner.values()}
    rest_a = [a for a in range(len(of_a)) if a not in partner]
    rest_b = [b for b in range(len(of_b)) if b not in taken]
    if rest_a and rest_b and len(rest_a) * len(rest_b) <= PAIRS:
        left, right = [folded_a[a] for a in rest_a], [folded_b[b] for b in rest_b]
        likeness = cdist(left, right, scorer=ratio, score_cutoff=PAIRED)
        pairs = [(rest_a[i], rest_b[j], likeness[i, j]) for i, j in np.argwhere(likeness)]
        for a, b, score in sorted(pairs, key=lambda p: (-p[2], abs(p[0] - p[1]), p[0], p[1])):
            if a not in partner and b not in taken:
                partner[a] = (b, float(score) / 100)
                taken.add(b)

    rows: list[tuple[tuple[int, int], Difference]] = []
    place = -1
    for a, sentence in enumerate(of_a):
        if a not in partner:
            rows.append(((place, a), Difference("dropped", sentence, None, 0.0)))
            continue
        place, score = partner[a]
        equal = folded_a[a] == folded_b[place]
        kind: Literal["same", "moved", "changed"] = (
            "same" if a in in_order else "moved" if equal else "changed"
        )
        rows.append(((place, -1), Difference(kind, sentence, of_b[place], score)))
    rows += [
        ((b, -1), Difference("added", None, sentence, 0.0))
        for b, sentence in enumerate(of_b)
        if b not in taken
    ]
    return tuple(row for _, row in sorted(rows, key=lambda row: row[0]))


def shared_passages(
    fingerprints: Mapping[str, Fingerprint], least: int = 3
) -> tuple[SharedPassage, ...]:
    """The longest runs of sentences that stand, word for word, in `least` documents or more.

    A sentence that is in more documents than its neighbours is told for itself as well. Short
    ones (headings, dates) are part of a run and make none. Those in most documents come first.
    """
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for name in sorted(fingerprints):
        for at, sentence in enumerate(fingerprints[name].sentences):
            places[sentence].setdefault(name, at)
    common = {sentence: docs for sentence, docs in places.items() if len(docs) >= least}

    def follow(docs: Mapping[str, int], step: int) -> dict[str, int] | None:
        """The next (or last) sentence of all these documents, if it is one and the same."""
        name, at = next(iter(docs.items()))
        sentences = fingerprints[name].sentences
        found = common.get(sentences[at + step]) if 0 <= at + step < len(sentences) else None
        joined = found and all(found.get(name) == at + step for name, at in docs.items())
        return {name: at + step for name, at in docs.items()} if joined else None

    passages: list[SharedPassage] = []
    for docs in common.values():
        if follow(docs, -1):
            continue
        ends: dict[str, int] = docs
        while after := follow(ends, 1):
            ends = after
        first, start = next(iter(docs.items()))
        sentences = fingerprints[first].sentences[start : ends[first] + 1]
        if max(map(len, sentences)) >= _MARKED:
            spans = (
                (fingerprints[name].spans[at][0], fingerprints[name].spans[ends[name]][1])
                for name, at in docs.items()
            )
            passages.append(SharedPassage(sentences, tuple(docs), tuple(spans)))
    return tuple(sorted(passages, key=lambda each: (-len(each.docs), each.docs, each.spans)))
