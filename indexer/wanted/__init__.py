"""What kind of thing a question wants, and what a sentence gains or loses by giving it or not.

A question for a figure wants that figure: of what it asks about, of the year and the place it asks
for, and no goal for a result. One that asks how something was done wants a measure, one that asks
which school or company it was wants a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.catalogue import PlacedChunk
from indexer.expand import Group
from indexer.retrieve import Asked
from indexer.wanted.figures import FIGURE_WORTH, figure_worth
from indexer.wanted.kinds import cause_worth, kind_worth
from indexer.wanted.measures import MEASURE_WORTH, UNDER_SUBJECT, measure_worth
from indexer.wanted.names import name_worth
from indexer.wanted.parts import part_worth
from indexer.wanted.questions import asks_figure, asks_how
from indexer.wanted.subjects import subject_worth

__all__ = ["FIGURE_WORTH", "asks_figure", "asks_how", "most_worth", "worth"]


def most_worth(question: str) -> float:
    """What no sentence gains more than by `worth`."""
    return MEASURE_WORTH + UNDER_SUBJECT if asks_how(question) else FIGURE_WORTH


def worth(
    question: str, asked: Asked, sentence: str, chunk: PlacedChunk, subjects: Sequence[Group] = ()
) -> float:
    """What a sentence gains or loses by the kind of question, added to its log-odds.

    `subjects`: those that the question names.
    """
    gain = figure_worth(question, asked, sentence, chunk)
    gain += kind_worth(question, sentence) + name_worth(question, sentence)
    gain += cause_worth(question, sentence) + part_worth(question, asked, sentence, chunk)
    if asks_how(question):
        return gain + measure_worth(asked, sentence, chunk)
    return gain + subject_worth(subjects, sentence, chunk)
