"""Whether a figure is a value, a target, a change or the threshold of a definition."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from indexer.figures.phrase import Lead
from indexer.records import Number

Sort = Literal["value", "target", "change", "threshold"]

_NO_PLANS = ("改善", "行动", "特岗", "国培", "优师", "工作", "定向", "培养", "攻坚", "招生")
_PROGRAMMES = "".join(f"(?<!{word})" for word in _NO_PLANS)
_CUE = re.compile(
    r"(?P<goal>力争|确保|务必|预计|明年|下一步|今后|[主具体要总期]目标|目标[是为:]|要达到"
    r"|争取(?!上级|资金|到|中央|项目|专项|启动|省|国家)|努力(?:实现|达到|使|让)"
    rf"|拟(?=[新改扩建招投用完增从安])|{_PROGRAMMES}计划(?=[^的,。;、:)”》]{{2}})"
    r"(?!受益|惠及|资金|覆盖|学生|补助)|要(?=求?[^,。;]{0,6}(?:不少于|不低于|不超过|达到))"
    r"|年初(?:提出|承诺|确定|定下)(?!的)"
    r"|将(?=新[增建]|达到|投入|招聘|建成|完成|增加|改造|实现|突破))"
    r"|(?P<done>已(?!然)|实际|目前|现有|截至|共有|完成了|实现了|尚有|仍有|去年|上年|圆满|如期|提前"
    r"|均达到?|现状)"
    r"|(?P<end>;|(?:20[0-9]{2}|今)年|年[底末])"
)
_GOAL_BEHIND = re.compile(
    r"(?:以[上下内])?的?(?:年初|年度|既定|预期|规划|约定|序时|省定|国家|省级|市级)?"
    r"[^,。;0-9的]{0,3}(?:目标|要求|计划数|任务(?!数))"
)
_BY_YEAR = re.compile(r"[^。;0-9]{0,14}?[于在到](20[0-9]{2})年[^,。;]{0,8}前")
_RULE = re.compile(
    r"的(?:学校|幼儿园|园|班级?|教师|学生|县|乡镇|地[方区]|项目|机构|企业|集团|单位|个人)"
    r"[,，]?(?:可|应|须|要|不得|不予|取消|扣|约谈|通报|一律|责令|给予|视为|由|限期|直接)"
)
_GROUND = re.compile(r"[^,。;0-9]{0,6}\)?的?基础上")
_CLASS_SIZE = re.compile(
    r"[的及]?[^,。;0-9人个]{0,6}?(?:大班|班级|教学班|班额|小规模|学校|教学点|乡镇|班)"
)
_GRADE = re.compile(r"(?:班额|班容量|班额数|规模|人数在|每班)(?:为|在|达到?|超过)?$")
_RISE = re.compile(r"[高升增多涨超]")
_FALL = re.compile(r"[低降减少缩差]")


class Setting(NamedTuple):
    """What a figure is judged by beside its own words.

    `year` is its own, `document` the document's; `base`: others are compared with it. `goal` is
    what the sentence says so far: True 力争, False 已, None nothing.
    """

    year: int | None
    document: int | None
    base: bool
    goal: bool | None
    plan: bool


def cue(folded: str, start: int, end: int, goal: bool | None, plan: bool) -> bool | None:
    """What a stretch of a sentence says of what follows: True a goal, False a fact."""
    for found in _CUE.finditer(folded, start, end):
        if not found["end"]:
            goal = found["goal"] is not None
        elif plan:
            goal = None
    return goal


def sort_of(
    folded: str, number: Number, lead: Lead, bound: str | None, behind: int, setting: Setting
) -> Sort:
    """The sort of a figure; `bound` is its bound and `behind` where that ends."""
    if _threshold(folded, number, lead, bound, behind):
        return "threshold"
    if number.unit == "百分点" or (lead.direction and not lead.reached):
        return "change"
    due = _BY_YEAR.match(folded, number.end)  # 21项于2025年3月底前整改完毕, in a report of 2024
    later = due and setting.document and int(due[1]) > setting.document
    if later or _GOAL_BEHIND.match(folded, number.end):
        return "target"
    if lead.origin or setting.base or _GROUND.match(folded, behind):
        return "value"
    return "target" if _aimed(lead, setting) else "value"


def _aimed(lead: Lead, setting: Setting) -> bool:
    """Whether a number is aimed at: by its own words, by its year, by the sentence, by the plan."""
    if lead.goal:
        return setting.goal is not False
    if setting.year and setting.document and setting.year != setting.document:
        return setting.year > setting.document
    return setting.plan if setting.goal is None else setting.goal


def direction_of(folded: str, low: int, number: Number, lead: Lead) -> Literal["up", "down"] | None:
    """Whether a figure tells of a rise or a fall."""
    if lead.direction:
        return "up" if lead.direction == "up" else "down"
    if number.unit != "百分点":
        return None
    before = folded[max(low, number.start - 8) : number.start]
    return "down" if _FALL.search(before) else "up" if _RISE.search(before) else None


def _threshold(folded: str, number: Number, lead: Lead, bound: str | None, behind: int) -> bool:
    """Whether a number delimits a class (56人以上大班额, 600分以上) and counts nothing itself."""
    if bound is not None and _RULE.match(folded, behind):  # 使用率低于60%的学校，可改作活动室
        return True
    limited = number.high is not None or (bound in {"least", "most"} and behind > number.end)
    if number.unit in {"分", "岁"}:
        return limited
    if number.unit not in {"人", "名"} or not limited or lead.goal or lead.reached:
        return False
    before = folded[max(0, number.start - 8) : number.start]
    bracketed = before.endswith("(") and folded.startswith(")", behind)
    return bracketed or bool(_CLASS_SIZE.match(folded, behind) or _GRADE.search(before))
