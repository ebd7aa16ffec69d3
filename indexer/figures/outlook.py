"""Document and headings -> the year that a passage speaks of, and whether it sets goals."""

from __future__ import annotations

import re
from typing import NamedTuple

PLANS = {"工作要点", "工作计划", "实施方案", "规划", "通知", "意见"}
_AHEAD = re.compile(
    r"下一步|下一?年|明年|来年|下半年|打算|今后|(?<!完成)(?:目标任务|工作目标|总体目标|主要目标)|整改(?:措施|对策)|(?<!规范)工作(?:计划|安排|思路|要点|重点)(?!完成|落实)|努力方向|对策|整改要求"
)
_BEHIND = re.compile(
    r"现状|基本情况|回顾|成效|总结|问题|困难|不足|完成情况|执行情况|取得|原因|基础|背景|进展|做法|成绩|已经"
)
_YEAR = re.compile(r"((?:19[4-9]|20[0-9])[0-9])年")
_NEXT = re.compile(r"下一?年|明年|来年")


class Outlook(NamedTuple):
    """What `figures_in` is told of a passage: `year` and `plan`."""

    year: int | None
    plan: bool


def outlook(heading: tuple[str, ...], kind: str | None, year: int | None) -> Outlook:
    """Judge a passage by its document's kind and year and by the headings above it.

    A section that looks ahead in a report sets goals, and one that looks back in a plan does not.
    The year of a report's 下一步打算 is not told: None, unless a heading names it.
    """
    plan = kind in PLANS
    for line in heading:
        named = [int(each) for each in _YEAR.findall(line)]
        ahead = _AHEAD.search(line) is not None or (
            year is not None and bool(named) and min(named) > year
        )
        if ahead and not plan:
            plan = True
            year = named[-1] if named else year + 1 if year and _NEXT.search(line) else None
        elif plan and not ahead and _BEHIND.search(line):
            plan = False
            year = named[-1] if named else year
    return Outlook(year, plan)
