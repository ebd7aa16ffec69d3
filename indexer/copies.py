"""Which passages are copies of one another, told by their sentences.

Passages of two documents are copies if of the shorter one's letters the share SAME stands in
sentences that the other holds too, word for word; fragments count for neither. Passages of
documents with one and the same text are copies, too, if they are of the same place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from indexer.duplicates import fold
from indexer.sentences import split_sentences

SAME = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of a chunk for telling its copies.

    `letters` gives the length of each of its sentences by its hash, `total` that of all of them,
    a sentence said twice counted twice; `folded` is the digest of the whole document's text, None
    where that is not known yet.
    """

    document: int
    text: str
    letters: Mapping[bytes, int]
    total: int
    folded: bytes | None = None


def is_copy(a: Piece, b: Piece) -> bool:
    """Whether two passages are copies of one another."""
    if a.document == b.document:
        return False
    common = sum(a.letters[key] for key in a.letters.keys() & b.letters.keys())
    return enough(common, a.total, b.total) or _same_place(a, b)


def enough(common: int, total_a: int, total_b: int) -> bool:
    """Whether so many letters in common make copies of passages with so many letters."""
    return common >= SAME * min(total_a, total_b) > 0


def _same_place(a: Piece, b: Piece) -> bool:
    """Whether two passages of the same text overlap, wherever each document was cut."""
    if a.folded is None or a.folded != b.folded:
        return False
    text_a, text_b = fold(a.text), fold(b.text)
    shorter = min(len(text_a), len(text_b))
    return LCSseq.similarity(text_a, text_b) >= SAME * shorter > 0


def merge_copies(pieces: Iterable[tuple[int, Piece]]) -> dict[int, list[int]]:
    """Keep the first of those that are copies, in order: its number, and those of its copies."""
    kept: dict[int, list[int]] = {}
    known: list[tuple[int, Piece]] = []
    holding: dict[bytes, list[int]] = defaultdict(list)  # sentence or text -> places in `known`
    for number, piece in pieces:
        keys = [*piece.letters, *([piece.folded] if piece.folded else [])]
        likely = sorted({place for key in keys for place in holding[key]})
        first = next((place for place in likely if is_copy(known[place][1], piece)), None)
        if first is not None:
            kept[known[first][0]].append(number)
            continue
        for key in keys:
            holding[key].append(len(known))
        known.append((number, piece))
        kept[number] = []
    return kept


def find_again(passage: str, text: str) -> tuple[int, int] | None:
    """Where a passage of another document stands in a text; None if none of its sentences does.

    From the first of its sentences that the text holds to the last one behind it, as far as they
    follow one another; white space and widths make no difference.
    """
    at = text.find(passage)
    if at >= 0:
        return at, at + len(passage)
    wanted = {fold(sentence.text) for sentence in split_sentences(passage) if sentence.embedded}
    best: tuple[int, int] | None = None
    begin = -1
    for sentence in split_sentences(text):
        if fold(sentence.text) not in wanted:
            begin = -1 if sentence.embedded else begin  # a fragment breaks no run
            continue
        begin = sentence.start if begin < 0 else begin
        if best is None or sentence.end - begin > best[1] - best[0]:
            best = (begin, sentence.end)
    return best
