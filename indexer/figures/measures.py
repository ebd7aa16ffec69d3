"""What a figure measures: the noun before it, behind it, or the one spoken of before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.figures import units
from indexer.figures.phrase import Lead, noun_behind, trim
from indexer.records import Number

_ACTS = "新增|新建|改建|扩建|改扩建|新改扩建|招聘|新招聘|招募|化解|消除|建成|改造|维修|培训|招收|选派|增设|增加|建设|压减|减少|取消|撤并|购置|添置|配备|引进|补充|惠及|资助|建立|组建|评选|认定|创建|安置|劝返|救助|立项|开设|开办|提供|完成|培养|表彰|移交|净增|补招|遴选|交流|轮岗|续建|新开|整合|新组建|腾退|收回|办结|新产生|产生|下达"
_ACT = re.compile(rf"(?:{_ACTS})$")
_ACT_FIRST = re.compile(_ACTS)
_OF_GOAL = re.compile(r"(?:年度|年初)?(?:目标|任务|计划)?的")
_SUBJECT = re.compile(
    r"(?:[^,。;]{1,4}[县市区镇乡省州]|普通高中|小学|初中|高中|中职|幼儿园|学前|义务教育|中小学|县城|城区|城镇|乡镇|农村|乡村|公办|民办"
    r"|男生|女生|省级|市级|县级|中央|上级|县财政|市财政|省财政|社会|本级|上级资金|县级资金|[^,。;]{2,8}(?:小学|中学|学校|幼儿园)(?:扩建)?|其他项目|其他|其余|教学点)的?"
)
_GROUP = re.compile(
    r"(?:普通高中|义务教育|幼儿园|小学|初中|高中|中职|学前|城镇|城区|县城|农村|乡村|乡镇|公办|民办|男生|女生|[一-龥]{2}[县市区])(?=[^、和与及])"
)
_RATE = re.compile(r"[率比重例额数量校园班人师生金费度]$")
_TOPIC = re.compile(
    r"[^,。;:()、0-9]{2,20}?(?:(?P<rate>率|比例|占比|比重|系数|满意度)|人数|总数|总量|数量|经费|投入|学位|班额)"
    r"(?=方面|[^,。;:]{0,6}[,:。;]|$)"
)
_AVERAGE = re.compile("平均(?:水平|数|值)?$|水平$")
_AND = re.compile("[、和与及]")


class Measured(NamedTuple):
    """A phrase: `qualifier` and what stands from `start` to `end`; `unit` of the figure it had."""

    qualifier: str
    start: int
    end: int
    unit: str
    share: bool


NOTHING = Measured("", 0, 0, "", False)


def measured(
    folded: str,
    number: Number,
    lead: Lead,
    low: int,
    behind: int,
    high: int,
    starts: Mapping[int, int],
    spoken: Sequence[Measured],
) -> Measured:
    """The phrase for what a figure measures; `spoken` are those of the figures before it.

    The figure's clause goes from `low`, where the one before ended, to `high`; its bound ends at
    `behind`.
    """
    unit = number.unit
    end = lead.noun_end
    while end > low and folded[end - 1] in " 的、,":
        end -= 1
    start = trim(folded, low, end, starts)
    if unit not in units.ANY and unit not in units.TIME and not unit.endswith(":"):
        first, last = noun_behind(folded, behind, high)
        act = _ACT.search(folded, start, end)
        opens = _ACT_FIRST.match(folded, start, end)
        # 选派教师60名支教: what the verb before takes is counted, not what follows.
        whole = (
            opens
            and end - opens.end() >= 2
            and not act
            and not _SUBJECT.fullmatch(folded, opens.end(), end)
        )
        if not whole and (last - first >= 2 or folded[first:last] in {"班", "岗"}):
            return Measured(act.group() if act else "", first, last, unit, False)
    if number.unit_text in {"分之", "成", "半"} and not lead.direction:
        if start < end and folded[end - 1] == "中" and folded[end - 2] not in "初高":
            return Measured("", start, end - 1, unit, True)
        first, last = noun_behind(folded, behind, high)
        if start == end and not lead.share and last - first >= 2:
            return Measured("", first, last, unit, True)
    if start == end and folded[max(0, low - 1) : low] == ")":  # 大班额(56人以上)41个
        start, end = _before_bracket(folded, low, starts)
    if unit == "百分点" and _AVERAGE.search(folded, start, end):
        start = end
    own = Measured("", start, end, unit, lead.share)
    dependent = _SUBJECT.fullmatch(folded, start, end) or _ACT.fullmatch(folded, start, end)
    if start < end and not dependent:
        return own
    topic = _topic(folded, number, lead, low, spoken)
    if topic is None:
        return own if start < end else NOTHING
    share = lead.share or _OF_GOAL.fullmatch(folded, low, number.start) is not None
    share = share or (topic.share and unit in {"%", "百分点"})
    if start == end:
        return topic._replace(unit=unit, share=share)
    alike = units.kind(topic.unit) == units.kind(unit) or share
    if not alike or _SUBJECT.fullmatch(folded, topic.start, topic.end):
        return own
    first = (_GROUP if _SUBJECT.fullmatch(folded, start, end) else _ACT_FIRST).match(
        folded, topic.start, topic.end
    )
    head = first.end() if first and first.end() < topic.end else topic.start
    return Measured(folded[start:end].rstrip("的"), head, topic.end, unit, share)


def _before_bracket(folded: str, low: int, starts: Mapping[int, int]) -> tuple[int, int]:
    """The phrase that a closed bracket right before `low` belongs to."""
    end = folded.rfind("(", 0, low)
    cuts = (folded.rfind(sign, 0, max(end, 0)) for sign in ",。;:\n、()")
    begin = max(cuts, default=-1) + 1
    return (trim(folded, begin, end, starts), end) if end - begin <= 20 and end > 0 else (low, low)


def _topic(
    folded: str, number: Number, lead: Lead, low: int, spoken: Sequence[Measured]
) -> Measured | None:
    """What a figure without a noun of its own is about."""
    if folded[max(0, low - 1) : low] == ":":
        begin = max((folded.rfind(sign, 0, low - 1) for sign in ",。;:\n、("), default=-1) + 1
        if begin < low - 1 and not any(each.start >= begin for each in spoken):
            return Measured("", begin, low - 1, number.unit, False)
    known = [each for each in spoken if each.start < each.end]
    latest = known[-1].end if known else 0
    named = None
    for found in _TOPIC.finditer(folded, max(latest, low - 60), number.start):
        if (number.unit in {"%", "百分点"}) == (found["rate"] is not None):
            named = found
    if named and not (lead.share and known):
        begin = trim(folded, named.start(), named.end(), {})
        if begin < named.end():
            return Measured("", begin, named.end(), number.unit, False)
    if not known:
        return None
    if lead.share:
        counted = [each for each in known if not each.share and each.unit not in {"%", "百分点"}]
        return (counted or known)[-1]
    wanted = "%" if number.unit == "百分点" else units.kind(number.unit)
    alike = [each for each in known if units.kind(each.unit) == wanted]
    if lead.direction and not lead.reached and number.unit == "%":
        alike = [each for each in known if each.unit != "百分点"]
    return (alike or known)[-1]


def listed(
    folded: str, numbers: Sequence[Number], lead: Lead, low: int, starts: Mapping[int, int]
) -> list[Measured]:
    """The phrases of numbers that share a list before them: 小学、初中巩固率分别为99.8%和98.5%."""
    first = numbers[0]
    if not re.search("分别|依次", folded[lead.noun_end : first.start]):
        return []
    end = lead.noun_end
    start = trim(folded, low, end, starts)
    items: list[tuple[int, int]] = []
    for sign in [*_AND.finditer(folded, start, end), None]:
        stop = sign.start() if sign else end
        if stop > start:
            items.append((start, stop))
        start = sign.end() if sign else end
    if not 2 <= len(items) <= len(numbers):
        return []
    last_start, last_end = items[-1]
    whole = all(_RATE.search(folded[a:b]) for a, b in items[:-1])
    head = last_start
    if not whole:
        group = _GROUP.match(folded, last_start, last_end)
        head = group.end() if group else last_start + items[0][1] - items[0][0]
        head = head if head < last_end else last_start
    found: list[Measured] = []
    for (a, b), number in zip(items, numbers, strict=False):
        if whole or (a, b) == items[-1]:
            found.append(Measured("", a, b, number.unit, lead.share))
        else:
            found.append(Measured(folded[a:b], head, last_end, number.unit, lead.share))
    return found
