"""Whether a sentence tells a measure: something done, and not how resolved one is."""

from __future__ import annotations

import re

from indexer.catalogue import PlacedChunk
from indexer.covered import named_share
from indexer.figures import figures_in, outlook
from indexer.retrieve import Asked
from indexer.sentences import without_number
from indexer.wanted.figures import PERCENT, only_a_goal

_MEASURE = re.compile(
    r"通过|新建|扩建|新增|增设|实行|实施|推行|推进|严格|严禁|建立|控制|分流|划片|统筹|招聘|采取|一是|二是"
    r"|三是|四是|列入|纳入|设立|安排|组织|落实|配备|补充|下派|选派|开设|改造|调剂|补助|签订|考核|约谈"
)
_SAYS_NOTHING = re.compile(
    r"(?:报告|汇报|通报|总结|通知)如下|请予?审议|制定(?:了)?(?:本|此|如下)|^（?责任(?:股室|单位|科室|部门)：[^。]*$"
)
"""Opens a document or names an office: nothing that was done."""

_ONLY_RESOLVES = re.compile(
    r"坚持|按照.{0,40}(?:原则|思路)|高度重视|切实|积极稳妥|扎实|严格落实|长效机制|不断|进一步|大力"
)
"""A resolution: with nothing counted in the sentence it tells no measure."""

_COUNTED = re.compile(
    r"[0-9](?![0-9.]*[年月日])|[一二三四五六七八九十百两]+[所名人次条项支家万级户]|[二三四五六七八九十百两]个"
)
_TROUBLES_BELOW = re.compile(r"问题|困难|不足|短板|差距")
_ONLY_TROUBLES_BELOW = re.compile(r"(?:问题|困难|不足|短板|差距|挑战)$")
_DOES = re.compile(
    r"通过|建|增设|实行|招聘|分流|划片|设立|配备|补充|下派|选派|开设|改造|调剂|补助|考核|约谈"
)
"""A measure of its own, beside what is to be reached by it."""

MEASURE_WORTH = 0.5
UNDER_SUBJECT = 2.0
"""What a measure gains that stands under a line with all of the subject's words: 新建学校3所 alone
does not say what it is for."""

_TROUBLE = -2.0
"""What a sentence loses that is told as a trouble, where it is asked how something was done."""

_RESOLVES = -4.0
"""What it loses if it only tells how resolved one is, or what share is to be reached."""

_NEVER = -40.0
"""What a sentence is worth that says nothing."""


def measure_worth(asked: Asked, sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence gains or loses where it is asked how something was done."""
    gain = MEASURE_WORTH if _MEASURE.search(sentence) else -MEASURE_WORTH
    if _DOES.search(sentence):
        lines = (*chunk.heading, chunk.about.title)
        gain += UNDER_SUBJECT * max(
            named_share(asked.groups, asked.weights, line) for line in lines
        )
    if _SAYS_NOTHING.search(sentence):
        gain = _NEVER
    elif any(map(_TROUBLES_BELOW.search, chunk.heading[-1:])) or any(
        map(_ONLY_TROUBLES_BELOW.search, chunk.heading)
    ):
        gain += _TROUBLE
    elif _ONLY_RESOLVES.search(sentence) and not _COUNTED.search(without_number(sentence)):
        gain += _RESOLVES
    elif not _DOES.search(sentence):
        view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
        figures = figures_in(sentence, 0, view.year, plan=view.plan)
        shares = bool(figures) and all(figure.unit in PERCENT for figure in figures)
        gain += _RESOLVES if shares and only_a_goal(figures, view.plan) else 0.0
    return gain
