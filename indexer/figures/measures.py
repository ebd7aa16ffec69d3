"""What a figure measures: the noun before it, behind it, or the one spoken of before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.figures import units
from indexer.figures.lexicon import ACTS
from indexer.figures.phrase import Lead, noun_behind, trim
from indexer.records import Number

_ACT_FIRST = re.compile(ACTS)
_ACT_LAST = re.compile(rf"(?:{ACTS})$")
_GROUPS = (
    "普通高中|义务教育|幼儿园|小学|初中|高中|中职|学前|城镇|城区|县城|农村|乡村|乡镇"
    "|公办|民办|男生|女生"
)
_GROUP = re.compile(rf"(?:{_GROUPS}|[一-龥]{{2}}[县市区])(?=[^、和与及])")
_SUBJECT = re.compile(
    rf"(?:[^,。;]{{1,4}}[县市区镇乡省州]|{_GROUPS}|中小学|省级|市级|县级|中央|上级|[县市省]财政|社会|本级"
    r"|[上县]级资金|[^,。;]{2,8}(?:小学|中学|学校|幼儿园)(?:扩建)?|其他项目|其他|其余)的?"
)
_OF_GOAL = re.compile(r"(?:年度|年初)?(?:目标|任务|计划)?的")
_WHOLE_ITEM = re.compile(r"[率比重例额数量校园班人师生金费度]$")
_TOPIC = re.compile(
    r"[^,。;:()、0-9]{2,20}?(?:(?P<rate>率|比例|占比|比重|系数|满意度)"
    r"|人数|总数|总量|数量|经费|投入|学位|班额)(?=方面|[^,。;:]{0,6}[,:。;]|$)"
)
_AVERAGE = re.compile("平均(?:水平|数|值)?$|水平$")
_AND = re.compile("[、和与及]")
_EACH = re.compile("分别|依次")
_FRACTIONS = {"分之", "成", "半"}
_SHARES = {"%", "百分点"}
_FAR = 60
"""A noun further back than this is not what a number without one is about."""


class Measured(NamedTuple):
    """A phrase: `qualifier` and what stands from `start` to `end`; `unit` of the figure it had."""

    qualifier: str
    start: int
    end: int
    unit: str
    share: bool


class Place(NamedTuple):
    """Where a figure stands: its clause from `low`, where the one before ended, to `high`.

    Its bound ends at `behind`. `starts`: where years start -> where they end.
    """

    low: int
    behind: int
    high: int
    starts: Mapping[int, int]


def measured(
    folded: str, number: Number, lead: Lead, place: Place, spoken: Sequence[Measured]
) -> Measured:
    """The phrase for what a figure measures; `spoken` are those of the figures before it."""
    end = lead.noun_end
    while end > place.low and folded[end - 1] in " 的、,":
        end -= 1
    start = trim(folded, place.low, end, place.starts)
    behind = _behind(folded, number, lead, place, start, end)
    if behind:
        return behind
    if start == end and folded[max(0, place.low - 1) : place.low] == ")":
        start, end = _before_bracket(folded, place)
    if number.unit == "百分点" and _AVERAGE.search(folded, start, end):
        start = end  # 高于全省平均水平1.4个百分点
    own = Measured("", start, end, number.unit, lead.share)
    subject = _SUBJECT.fullmatch(folded, start, end)
    if start < end and not subject and not _ACT_FIRST.fullmatch(folded, start, end):
        return own
    topic = _topic(folded, number, lead, place.low, spoken)
    return _joined(folded, own, topic, place.low, number) if topic else own


def _behind(
    folded: str, number: Number, lead: Lead, place: Place, start: int, end: int
) -> Measured | None:
    """The noun behind a number, where that is what it counts: 新增4200个学位, 三分之二的乡镇."""
    first, last = noun_behind(folded, place.behind, place.high)
    long = last - first >= 2 or folded[first:last] in {"班", "岗"}
    part = number.unit_text in _FRACTIONS or (
        number.unit == "%" and folded.startswith("的", place.behind)
    )
    if part and not lead.direction:
        if start < end and folded[end - 1] == "中" and folded[end - 2] not in "初高":
            return Measured("", start, end - 1, number.unit, True)
        if start == end and not lead.share and long and not folded.startswith("目标", last):
            return Measured("", first, last, number.unit, True)
    counts = not (units.ANY | units.TIME) & {number.unit} and not number.unit.endswith(":")
    if not counts or not long:
        return None
    act = _ACT_LAST.search(folded, start, end)
    opens = _ACT_FIRST.match(folded, start, end)
    # 选派教师60名支教: what the verb before takes is counted, not what follows.
    taken = opens and not act and end - opens.end() >= 2
    if taken and opens and not _SUBJECT.fullmatch(folded, opens.end(), end):
        return None
    return Measured(act.group() if act else "", first, last, number.unit, False)


def _joined(folded: str, own: Measured, topic: Measured, low: int, number: Number) -> Measured:
    """A topic spoken of before, for a figure that has only 初中 or 新增, or no word, of its own."""
    start, end = own.start, own.end
    share = own.share or _OF_GOAL.fullmatch(folded, low, number.start) is not None
    share = share or (topic.share and own.unit in _SHARES)
    if start == end:
        return topic._replace(unit=own.unit, share=share)
    alike = share or units.kind(topic.unit) == units.kind(own.unit)
    if not alike or _SUBJECT.fullmatch(folded, topic.start, topic.end):
        return own
    replaced = _GROUP if _SUBJECT.fullmatch(folded, start, end) else _ACT_FIRST
    first = replaced.match(folded, topic.start, topic.end)
    head = first.end() if first and first.end() < topic.end else topic.start
    return Measured(folded[start:end].rstrip("的"), head, topic.end, own.unit, share)


def _before_bracket(folded: str, place: Place) -> tuple[int, int]:
    """The phrase that a bracket closed right before the number belongs to: 大班额(56人以上)41个."""
    low, floor = place.low, max(0, place.low - _FAR)
    end = folded.rfind("(", floor, low)
    if end < 0:
        return low, low
    begin = max(folded.rfind(sign, floor, end) for sign in ",。;:\n、()") + 1
    return trim(folded, max(begin, floor), end, place.starts), end


def _topic(
    folded: str, number: Number, lead: Lead, low: int, spoken: Sequence[Measured]
) -> Measured | None:
    """What a figure without a noun of its own is about."""
    known = [each for each in spoken if each.start < each.end]
    floor = max(low - _FAR, 0)
    if folded[max(0, low - 1) : low] == ":":
        begin = max([floor - 1, *(folded.rfind(s, floor, low - 1) for s in ",。;:\n、(")]) + 1
        if begin < low - 1 and not any(each.start >= begin for each in known):
            return Measured("", begin, low - 1, number.unit, False)
    rate = number.unit in _SHARES
    since = max(known[-1].end if known else 0, floor)
    named = [
        found
        for found in _TOPIC.finditer(folded, since, number.start)
        if rate == (found["rate"] is not None)
    ]
    if named and not (lead.share and known):
        begin = trim(folded, named[-1].start(), named[-1].end(), {})
        if begin < named[-1].end():
            return Measured("", begin, named[-1].end(), number.unit, False)
    return _spoken(number, lead, known)


def _spoken(number: Number, lead: Lead, known: Sequence[Measured]) -> Measured | None:
    """The phrase spoken of before that a figure goes on about, by their units."""
    if lead.share:  # 大班额171个，占13.0%
        alike = [each for each in known if not each.share and each.unit not in _SHARES]
    elif lead.direction and not lead.reached and number.unit == "%":  # 12.74亿元，增长7.4%
        alike = [each for each in known if each.unit != "百分点"]
    else:
        wanted = "%" if number.unit == "百分点" else units.kind(number.unit)
        alike = [each for each in known if units.kind(each.unit) == wanted]
    return next(reversed(alike or known), None)


def listed(folded: str, numbers: Sequence[Number], lead: Lead, place: Place) -> list[Measured]:
    """The phrases of numbers that share a list before them: 小学、初中巩固率分别为99.8%和98.5%."""
    if len(numbers) < 2 or not _EACH.search(folded, lead.noun_end, numbers[0].start):
        return []
    end = lead.noun_end
    start = trim(folded, place.low, end, place.starts)
    cuts = [found.span() for found in _AND.finditer(folded, start, end)]
    begins, stops = [start, *(stop for _, stop in cuts)], [*(begin for begin, _ in cuts), end]
    items = [(a, b) for a, b in zip(begins, stops, strict=True) if a < b]
    if not 2 <= len(items) <= len(numbers):
        return []
    whole = all(_WHOLE_ITEM.search(folded, a, b) for a, b in items[:-1])
    (first_start, first_end), (last_start, last_end) = items[0], items[-1]
    group = _GROUP.match(folded, last_start, last_end)
    # 初中|巩固率: where the list has no known group, its first item tells how long they are.
    head = group.end() if group else last_start + first_end - first_start
    head = head if head < last_end else last_start
    found: list[Measured] = []
    for (a, b), number in zip(items, numbers, strict=False):
        if whole or b == last_end:
            found.append(Measured("", a, b, number.unit, lead.share))
        else:
            found.append(Measured(folded[a:b], head, last_end, number.unit, lead.share))
    return found
