"""Whether a sentence speaks of the subject that a question names, or stands under one that does."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.catalogue import PlacedChunk
from indexer.expand import Group

_NOWHERE = -2.0
"""What a sentence loses, in log-odds, where neither it nor what stands above it has any name of the
subject. Of the training questions that name one, one in fifteen (Chinese) and one in seven
(English) are answered so, of the sentences beside a near miss half and two thirds. Measures are
let be: 提前一晚由班主任逐户通知 need not say that it is about the school bus."""


def subject_worth(subjects: Sequence[Group], sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence loses where nothing names a subject asked for; of several one is enough."""
    lines = (sentence, *chunk.heading, chunk.about.title)
    named = any(_names(subject, line) for subject in subjects for line in lines)
    return 0.0 if named or not subjects else _NOWHERE


def _names(subject: Group, line: str) -> bool:
    return any(all(word in line for word in words) for words, _ in subject.ways)
