"""Table rows as the readers write them: 小学，2021年大班额（个）：219，比例：20.9%."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.figures import units
from indexer.figures.numerals import ARABIC
from indexer.figures.tokens import Token
from indexer.figures.years import mentions
from indexer.records import Figure

_CELL = re.compile(r"[^,|]+(?:,(?=[0-9]{3}(?![0-9]))[^,|]*)*")
_ENTRY = re.compile(
    r"\s*(?P<head>[^:。;]{1,40})(?:(?<![0-9])|(?<=20[0-9]{2})):\s*(?P<value>[^:。;]{1,24}?)\s*$"
)
_VALUE = re.compile(
    r"(?:[降升增减]至|提高到|达到?|不[少低高多]于|不超过|控制在|保持在|至少|约)?"
    rf"[-−]?{ARABIC} ?[^0-9\s]{{0,4}}"
)
_UNIT = re.compile(r"\((?:单位:)?([^()]{1,5})\)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:年度?|学年)?")
_GOAL = re.compile("目标|计划数|任务|标准$|要求$")
_NAMED_IN = {"指标", "指标名称", "主要指标", "项目", "名称", "内容", "目标任务"}
_VALUE_HEAD = re.compile(r"(?:目标|任务|计划|完成|实际|现状|标准|要求|数)(?:值|数|情况)?|数值|单位")
_TOTAL = re.compile(r"合计|总计|小计|全[县市省州区]|总数|平均")


class Cell(NamedTuple):
    """A number in a table row: where it stands, its unit, year and what heads it."""

    start: int
    end: int
    unit: str
    year: int | None
    measures: tuple[int, int]
    subject: str
    goal: bool


def row_figures(
    text: str,
    folded: str,
    span: tuple[int, int],
    tokens: list[Token],
    year: int | None,
    plan: bool,
) -> list[Figure]:
    """The figures of a line that is a table row; none where it is not."""
    results: list[Figure] = []
    for cell in _cells(folded, *span, year):
        inside = [each.number for each in tokens if cell.start <= each.number.start < cell.end]
        if len(inside) != 1:
            continue
        number = inside[0]
        unit, unit_text, value = number.unit, number.unit_text, number.value
        if not unit:
            unit, times = unit_of(cell.unit)
            unit_text, value = cell.unit, value * units.times(times)
        begin, stop = cell.measures
        goal = plan or cell.goal
        results.append(
            Figure(
                start=number.start,
                end=number.end,
                text=number.text,
                value=value,
                high=number.high,
                unit=unit,
                unit_text=unit_text,
                year=cell.year,
                part=None,
                sort="change" if unit == "百分点" else "target" if goal else "value",
                direction=None,
                bound=None,
                measures=cell.subject + text[begin:stop],
                measures_start=begin,
                measures_end=stop,
                share=False,
            )
        )
    return results


def _cells(folded: str, start: int, end: int, year: int | None) -> list[Cell]:
    """The cells of a line that is a table row, which hold numbers."""
    if ":" not in folded[start:end] or "。" in folded[start : end - 1]:
        return []
    cells = [found for found in _CELL.finditer(folded, start, end) if found.group().strip()]
    entries = [_ENTRY.fullmatch(folded, cell.start(), cell.end()) for cell in cells]
    filled = [entry for entry in entries if entry]
    valued = [entry for entry in filled if _VALUE.fullmatch(entry["value"])]
    if len(cells) < 2 or not valued or len(filled) < len(cells) - 1:
        return []
    first = None if entries[0] else cells[0]
    stub = first.group().strip() if first else ""
    for entry in valued:  # 年份：2021
        if _YEAR.fullmatch(entry["value"]) and re.search("年", entry["head"]):
            year = int(entry["value"][:4])
    stub_year = _YEAR.match(stub)
    year = int(stub[:4]) if stub_year else year
    name = next((each for each in filled if each["head"].strip() in _NAMED_IN), None)
    found: list[Cell] = []
    for entry in valued:
        if not _YEAR.fullmatch(entry["value"]):
            cell = _cell(folded, entry, first, stub, year)
            found.append(_under(folded, cell, name) if name and name is not entry else cell)
            year = found[-1].year  # 2021年大班额：219，比例：20.9%
    return found


def _cell(
    folded: str, entry: re.Match[str], first: re.Match[str] | None, stub: str, year: int | None
) -> Cell:
    head, named = entry["head"], mentions(entry["head"], year)
    unit = _UNIT.search(head) or _UNIT.search(stub)
    begin, stop = _bare(head)
    measures = (entry.start("head") + begin, entry.start("head") + stop)
    subject = ""
    if first is not None and not _YEAR.fullmatch(stub):
        if begin == stop:  # the column is a year, the row names what is counted
            begin, stop = _bare(stub)
            at = first.start() + first.group().index(stub)
            measures = (at + begin, at + stop)
        elif not _TOTAL.match(stub):
            subject = stub[slice(*_bare(stub))]
    return Cell(
        entry.start("value"),
        entry.end("value"),
        unit[1] if unit else "",
        named[-1].year if named else year,
        measures,
        subject,
        _GOAL.search(head) is not None,
    )


def _under(folded: str, cell: Cell, name: re.Match[str]) -> Cell:
    """A cell of a row that names what it counts in another: 指标：大班额比例，目标：14%."""
    head = folded[slice(*cell.measures)]
    subject = "" if _VALUE_HEAD.fullmatch(head) else head
    return cell._replace(measures=name.span("value"), subject=subject)


def _bare(head: str) -> tuple[int, int]:
    """Where the words of a head stand, without the year before and the unit behind them."""
    named = mentions(head, None)
    begin = named[0].end if named and named[0].start == 0 else 0
    unit = _UNIT.search(head, begin)
    stop = unit.start() if unit else len(head)
    while begin < stop and head[begin] in " 的":
        begin += 1
    while stop > begin and head[stop - 1] == " ":
        stop -= 1
    return begin, stop


def unit_of(written: str) -> tuple[str, str | None]:
    """The unit and multiplier that a head gives its column: 万元 -> 元, 万."""
    found = units.TAIL.fullmatch(written)
    return (units.normal(found["unit"] or ""), found["times"]) if found else ("", None)
