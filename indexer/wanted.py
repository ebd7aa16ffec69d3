"""What kind of thing a question wants, and what a sentence gains or loses by giving it or not.

A question for a figure wants that figure: of what it asks about, of the year and the place it asks
for, and no goal for a result. One that asks how something was done wants a measure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.catalogue import PlacedChunk
from indexer.covered import named_share
from indexer.figures import figures_in, outlook
from indexer.records import Figure
from indexer.retrieve import Asked
from indexer.sentences import without_number

_ASKS_FIGURE = re.compile(
    r"多少|几[个所名人家次成万亿]|比例|占比|比率|[率数]是|率$|率(?:达|为|提|降|有)|增长了|下降了"
    r"|(?:人数|数量|总数|支出|投入|经费|规模|面积|学位)[？?。]?$"
    r"|how (?:many|much|large|high|far|long)|what (?:share|percentage|proportion|rate|number)"
    r"|\brate\b|\bshare\b|\bnumber of\b|percent|\b(?:final|total) (?:count|number|amount)",
    re.IGNORECASE,
)
_ASKS_CHANGE = re.compile(
    r"[降升增减]了|(?:下降|上升|增加|增长|减少|提高|提升|压减)了?多少|增幅|降幅"
    r"|by how (?:many|much)|\b(?:increase|decrease|grow|fall|fell|rise|rose|drop)",
    re.IGNORECASE,
)
_ASKS_GOAL = re.compile(r"目标|计划|要求|打算|力争|\b(?:target|goal|plan)", re.IGNORECASE)
_ASKS_RESULT = re.compile(
    r"实际|最后|最终|到底|究竟|真正|有没有.*[成到了]|是不是|actually|really|in the end|\bfinal",
    re.IGNORECASE,
)
"""Asks what has come of it, in so many words."""

_TELLS_OF_RESULT = re.compile(
    r"[达降升增减建招投发交花用完剩成]了|了多少|已经|还剩"
    r"|\b(?:did|was|were|has|have been|achieved?|spent|still)\b",
    re.IGNORECASE,
)
"""Speaks of what it asks for as past; it may have been planned for all that."""

_MAY_WANT_GOAL = re.compile(
    r"应|须|规定|以[上下]|\b(?:must|should|required?|supposed|aim)", re.IGNORECASE
)
_ASKS_WHETHER = re.compile(r"是不是|是否|没有|了吗|^(?:did|was|were|has|have)\b", re.IGNORECASE)
_OF_EACH = re.compile(r"哪|各[县市地区]|县市|每个[县市]|which|each|counties|cities", re.IGNORECASE)
"""Asks for figures of the places within the one named."""

_ASKS_HOW = re.compile(
    r"如何|怎么|怎样|做法|措施|办法|举措|经验|采取|途径|\bhow\b|measures?\b|what did|approach",
    re.IGNORECASE,
)
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

_HOW_IT_STANDS = re.compile(
    r"^(?:降[到至低]?|下降|减[少到至]?|上升|升[到至]|提[高升]|增[加长至到]?|达到?|还剩|剩下|共有|一共|实际"
    r"|全年|目前|现有|年底|总共|各|分别)$"
)
"""Words of a question that do not name what is counted."""

_A_SHARE = re.compile(
    r"比例|占比|比重|比率|百分比|shares?|percentages?|per ?cent|proportions?|rates?"
)
"""A word for a share by itself; 覆盖率 names what is shared too."""

_ASKS_SHARE = re.compile(r"比例|占比|比率|率|百分|share|percent|proportion|\brate\b", re.IGNORECASE)
_PERCENT = ("%", "百分点")

FIGURE_WORTH = 1.5  # log-odds that the figure asked for adds to a sentence, and its lack takes away
_MEASURE_WORTH = 0.5
_UNDER_SUBJECT = 2.0
"""What a measure gains that stands under a line with all of the subject's words: 新建学校3所 alone
does not say what it is for."""

_NAMED = 0.6  # of the question's words, by weight, are enough to name what is counted
_IN_SENTENCE = 0.6  # what a word counts that stands in the sentence, not at the figure
_IN_HEADING = 0.3  # or only in a heading above it
_NO_SHARE = 0.4  # what a number counts where a share is asked for
_GOAL = 0.5  # a sentence whose goal names so much better what is counted gives only that goal
_TROUBLE = -2.0
"""What a sentence loses that is told as a trouble, where it is asked how something was done."""

_RESOLVES = -4.0
"""What it loses if it only tells how resolved one is, or what share is to be reached."""

_NEVER = -40.0
"""What a goal is worth where it is asked what has really come: it is no answer."""

_PLANNED = -3.0
"""What a goal loses where the figure is spoken of as past."""

_OTHER_PLACE = -6.0
"""What a figure of a county loses where that of its city or province is asked for."""


def asks_figure(question: str) -> bool:
    """Whether a question wants a number for an answer."""
    return bool(_ASKS_FIGURE.search(question))


def asks_how(question: str) -> bool:
    """Whether a question wants to know how something was done, and no number."""
    return bool(_ASKS_HOW.search(question)) and not asks_figure(question)


def most_worth(question: str) -> float:
    """What no sentence gains more than by `worth`."""
    return _MEASURE_WORTH + _UNDER_SUBJECT if asks_how(question) else FIGURE_WORTH


def worth(question: str, asked: Asked, sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence gains or loses by the kind of question, added to its log-odds."""
    figure, goal = asks_figure(question), _goal_worth(question)
    gain = 0.0
    if figure or goal:
        view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
        figures = figures_in(sentence, 0, view.year, plan=view.plan)
        gain = goal if _only_a_goal(figures, view.plan) else 0.0
        if figure:
            gain += FIGURE_WORTH * (2 * _given(question, asked, sentence, chunk, figures) - 1)
            gain += _OTHER_PLACE if _of_a_part(question, asked, sentence, chunk) else 0.0
    if asks_how(question):
        gain += _measure_worth(asked, sentence, chunk)
    return gain


def _measure_worth(asked: Asked, sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence gains or loses where it is asked how something was done."""
    gain = _MEASURE_WORTH if _MEASURE.search(sentence) else -_MEASURE_WORTH
    if _DOES.search(sentence):
        lines = (*chunk.heading, chunk.about.title)
        gain += _UNDER_SUBJECT * max(
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
        shares = bool(figures) and all(figure.unit in _PERCENT for figure in figures)
        gain += _RESOLVES if shares and _only_a_goal(figures, view.plan) else 0.0
    return gain


def _goal_worth(question: str) -> float:
    """What a goal gains or loses by how the question speaks of what it asks for."""
    if _ASKS_GOAL.search(question) or _MAY_WANT_GOAL.search(question):
        return 0.0
    figure = asks_figure(question)
    if _ASKS_RESULT.search(question) and (figure or _ASKS_WHETHER.search(question)):
        return _NEVER
    return _PLANNED if figure and _TELLS_OF_RESULT.search(question) else 0.0


def _only_a_goal(figures: Sequence[Figure], plan: bool) -> bool:
    """Whether a sentence tells what is to come: by its figures, or without any by where it is."""
    sorts = {figure.sort for figure in figures}
    if sorts & {"value", "change"}:
        return False
    return "target" in sorts or plan


def _of_a_part(question: str, asked: Asked, sentence: str, chunk: PlacedChunk) -> bool:
    """Whether a sentence tells of a place within the one asked for, and not of that one."""
    own = chunk.about.own_place
    if not asked.places or own is None or own in asked.places or _OF_EACH.search(question):
        return False
    return not any(place in sentence for place in (*asked.places, "全省"))


def _given(
    question: str, asked: Asked, sentence: str, chunk: PlacedChunk, figures: Sequence[Figure]
) -> float:
    """How far one of the figures of a sentence is the one asked for, 0 to 1.

    Below 0, down to -1/2, where it is only a goal and the question is for a result.
    """
    wanted = {"value"}
    if _ASKS_GOAL.search(question):
        wanted.add("target")
    if _ASKS_CHANGE.search(question):
        wanted.add("change")
    text = sentence.lower()
    above = "\n".join((*chunk.heading, text)).lower()
    share = bool(_ASKS_SHARE.search(question))
    best = goal = 0.0
    for figure in figures:
        of_year = not asked.years or figure.year is None or figure.year in asked.years
        if figure.sort == "threshold" or not of_year:
            continue
        named = max(
            _named_share(asked, figure.measures.lower(), figure),
            _IN_SENTENCE * _named_share(asked, text, figure),
            _IN_HEADING * _named_share(asked, above, figure),
        )
        if share and figure.unit not in _PERCENT:
            named *= _NO_SHARE
        if figure.sort in wanted:
            best = max(best, named)
        elif figure.sort == "target":
            goal = max(goal, named)
    return min(1.0, best / _NAMED) if best > _GOAL * goal else -min(1.0, goal / _NAMED) / 2


def _named_share(asked: Asked, text: str, figure: Figure) -> float:
    """The share of the question's words, by weight, that a text names; a % is a share by itself."""
    share = figure.unit in _PERCENT
    total = held = 0.0
    for group, weight in zip(asked.groups, asked.weights, strict=True):
        unknown = all(word.isascii() for way, _ in group.ways for word in way)  # English, so far
        if unknown or _HOW_IT_STANDS.search(group.text):
            continue
        total += weight
        if any(all(word in text for word in way) for way, _ in group.ways) or (
            share and _A_SHARE.fullmatch(group.text.lower())
        ):
            held += weight
    return held / total if total else 0.0
