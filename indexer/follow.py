"""A question asked after another: what it leaves out is taken from the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.question import ReadQuestion
from indexer.records import Filters

_ALL = re.compile(
    r"各[县市区地]|哪[些个几]?[县市区]|所有|全部|其他县|别的县|多少个?县"
    r"|\b(?:which|all|other|each|every) (?:counties|county|cities|places)\b|\bcounties\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"那么?|还有?|另外|再?看看|请问|具体|其中|情况|原因|为什么|为何|什么|哪些|怎么样?|怎样|如何"
    r"|措施|做法|办法|做到|数[字据]|多少|[呢吗的是有了做]"
    r"|\b(?:what|how|why|which|and|then|about|in|for|of|the|is|are|was|were|did|do|does|it|they"
    r"|there|that|reasons?|causes?|measures?|numbers?|figures?|many|much)\b",
    re.IGNORECASE,
)
"""Words that ask about what was asked before and name nothing themselves."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What to add to a question: filters kept and the topic, "" where it has its own."""

    place: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    topic: str = ""


def follow(question: ReadQuestion, before: ReadQuestion, filters: Filters, topic: str) -> FollowUp:
    """What a question takes from the one before, whose filters and topic are given.

    A place or a year that it names replaces those kept; one that asks of all places keeps none. A
    question that names nothing but a place or a year (那石坪县呢？), or asks on about what was told
    (原因是什么), keeps the topic.
    """
    named = {each.field for each in question.named}
    of_all = bool(_ALL.search(question.text))
    return FollowUp(
        place=() if "place" in named or of_all else filters.place,
        year=() if "year" in named else filters.year,
        topic="" if has_subject(question) else topic or before.subject,
    )


def has_subject(question: ReadQuestion) -> bool:
    """Whether a question says what it is about, besides places and years."""
    rest = question.text
    for each in sorted(question.named, key=lambda n: -n.start):
        if each.field in ("place", "year"):
            rest = rest[: each.start] + " " + rest[each.end :]
    return sum(map(str.isalnum, _POINTING.sub("", _ALL.sub("", rest)))) >= 2
