"""Which year a document speaks of, and when it was issued.

The year is the one reported on or planned for, not that of publication. Sharing sites put the
current year into the title of an old report, so a report's own first words may overrule its title.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

_Y = r"(?<!\d)((?:19|20)\d{2})"
_SPAN = re.compile(
    _Y + r"\s*年?度?\s*(?:[-—–－~～―一至到]+)\s*(20\d{2}|\d{2}(?=年|学年))\s*(学年)?年?"
)
_YEAR = re.compile(_Y + r"(?![\d〕\]］】号.-]|年(?:以来|来|起))")
_SINCE_TITLE = re.compile(_Y + r"年(?:以来|来|起)")
_SHORT_YEAR = re.compile(
    r"(?<![\d近.—-])([012]\d)年(?=度?(?:工作|教育|上半年|下半年|总结|计划|[春秋]季))"
)
_SEVERAL = re.compile(r"近[二两三四五几\d]年|[“\"]十[一二三四五六七]五[”\"]")
_HAN_YEAR = re.compile(r"[一二][〇○零Oo九][〇○零Oo一二三四五六七八九]{2}(?=年|学年)")
_HAN_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_RETITLED = re.compile(r"范文|通用|精选|精品|最新|模板|大全|\d+篇|[（(][一二三四五]+[)）]$")
_RESIDUE = re.compile(
    r"^(?:发布|时间|来源|作者|阅读|浏览)|阅读|浏览|小编|网友|点击|供(?:您|大家|参考)"
)
_LEAD = r"^(?:篇[一1][：:.、]\s*)?(?:在)?"
_STATES = re.compile(
    _LEAD + _Y + r"年(?:度|上半年|下半年|前三季度|第?[一二三四]季度|学年度?)?[，,是]"
)
_STATES_PART = re.compile(_LEAD + _Y + r"年?(?:度|上半年|下半年|前三季度|第?[一二三四]季度|学年)")
_BEGINS = re.compile(_LEAD + _Y + r"(?:年(?!以来|来|至|到|底|前|—|-|起)|学年)")
_SINCE = re.compile(_LEAD + _Y + r"年(?:\d{1,2}月)?(?:以来|来|至|到|起)")
_HEADING = re.compile(r"^(?:[一二三]、|[（(][一二三][）)])" + _Y + r"年")
_REPORTED = re.compile(r"现[将就][^。]{0,12}?" + _Y + r"年(?!以来|来)")
_AHEAD = re.compile(r"(?:到|至|确保|力争|在|于|争取|前往|用)$")
_DATE = r"((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
_DATE_LINE = re.compile(rf"^[（(]?{_DATE}(?:印发)?[）)]?$")
_SPOKEN = re.compile(rf"^(?:——|—)\s*{_DATE}在")
_PUBLISHED = re.compile(rf"(?:发布|公开|成文|印发|发文)(?:日期|时间)?[：:\s]*{_DATE}")
_SITE = re.compile(r"阅读|浏览|点击|网络整理")
_OFFICIAL = re.compile(r"来源[：:\s]*\S*(?:局|厅|政府|委员会|办公室)")

PLANS = frozenset(("工作要点", "工作计划", "实施方案", "规划", "通知", "意见"))


def plain_years(text: str) -> str:
    """The text with years in Chinese numerals written in digits, length kept."""
    return _HAN_YEAR.sub(lambda found: found.group().translate(_HAN_DIGITS), text)


def year_of(
    title: str, lines: list[str], doc: str, kind: str | None, number: str | None, date: str | None
) -> tuple[int | None, str]:
    """The year that the document reports on or plans for, and where it stands (see `Origin`).

    None where no single year is told. `lines` are those of the text, the title's own among them.
    """
    title = plain_years(title)
    years, several = titled_years(title)
    opening = [plain_years(line) for line in body_lines(lines, title)][:6]
    for line in opening:  # a second title, the document's own, below the site's
        if kind_line(line):
            inner, _ = titled_years(line)
            if inner:
                return inner[0], "opening"
    if years:
        stated = _restated(title, years, kind, opening)
        return (stated, "opening") if stated else (years[0], "title")
    if several:
        return None, ""
    begun = _first(_REPORTED, opening) or _first(_BEGINS, opening) or _first(_HEADING, opening)
    issued = begun or _issued(kind, number, date)
    if issued or _first(_SINCE, opening[:2]):
        return issued, "opening" if begun else "number" if _year_in(number) else "date"
    filed = _in_path(doc)
    return (filed, "path") if filed or kind in PLANS else (_latest(lines), "text")


def _restated(title: str, years: list[int], kind: str | None, opening: list[str]) -> int | None:
    """The year that a report's first words give against its title, as sharing sites change it.

    A plan may well begin with the year gone by, and a report with an older one ("2020年，我县启动
    ..."): only a summary, a report on part of a year or a title that a site made up is overruled.
    """
    stated = _first(_STATES, opening)
    if stated is None or stated in years:
        return None
    part = kind == "情况报告" and _first(_STATES_PART, opening[:1])
    return stated if part or kind == "工作总结" or _RETITLED.search(title) else None


def _issued(kind: str | None, number: str | None, date: str | None) -> int | None:
    """The year of the document's number or date.

    A summary signed in January or February looks back on the year before.
    """
    year = _year_in(number) or _year_in(date)
    early = kind == "工作总结" and date is not None and date[5:7] in ("01", "02")
    return year - 1 if year and early else year


def kind_line(line: str) -> bool:
    """Whether a line looks like the title of a yearly report or plan."""
    return len(line) <= 45 and bool(
        re.search(r"年.*(?:总结|要点|计划|报告|方案|打算|安排)(?:[（(].{1,8}[）)])?$", line)
        and not re.match(r"[一二三四五六七八九十第（(根按为]", line)
    )


def date_of(lines: list[str]) -> str | None:
    """The day of issue: alone on a line at the head or below the text, or told by an office's page.

    What a sharing site says of itself (with its readers counted) is no date of the document.
    """
    for line in [*reversed(lines[-40:]), *lines[:6]]:
        found = _DATE_LINE.match(line.replace(" ", "")) or _SPOKEN.match(line)
        if found:
            return _iso(found)
    for line in lines[:6]:
        found = _PUBLISHED.search(line)
        if found and (_OFFICIAL.search(line) or not _SITE.search(line)):
            return _iso(found)
    return None


def _iso(found: re.Match[str]) -> str | None:
    year, month, day = (int(part) for part in found.groups())
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def titled_years(title: str) -> tuple[list[int], bool]:
    """The single years of a title, and whether it speaks of several years at once."""
    outside = re.sub(r"《[^》]*》", "", title)
    several = bool(_SEVERAL.search(outside) or _SINCE_TITLE.search(outside))
    text = outside if _YEAR.search(outside) or several else title
    years: list[tuple[int, int]] = []
    for found in _SPAN.finditer(text):
        if found[3]:  # a school year is named by the year it begins in
            years.append((found.start(), int(found[1])))
        else:
            several = True
    rest = _SPAN.sub(lambda found: " " * len(found.group()), text)
    years += [(found.start(), int(found[1])) for found in _YEAR.finditer(rest)]
    if not years:
        years = [(found.start(), 2000 + int(found[1])) for found in _SHORT_YEAR.finditer(rest)]
    return [year for _, year in sorted(years)], several


def body_lines(lines: list[str], title: str, count: int = 14) -> list[str]:
    """Those of the first lines that are neither the title nor a date nor a sharing site's."""
    return [
        line
        for line in lines[:count]
        if plain_years(line) != title
        and not _RESIDUE.search(line[:60])
        and not _DATE_LINE.match(line.replace(" ", ""))
    ]


def _first(pattern: re.Pattern[str], lines: list[str]) -> int | None:
    for line in lines:
        found = pattern.search(line)
        if found:
            return int(found[1])
    return None


def _year_in(number: str | None) -> int | None:
    found = re.search(r"(?:19|20)\d{2}", number or "")
    return int(found.group()) if found else None


def _in_path(doc: str) -> int | None:
    path = PurePosixPath(doc)
    for part in (path.stem, *reversed(path.parts[:-1])):
        years, several = titled_years(plain_years(part))
        if len(set(years)) == 1 and not several:
            return years[0]
    return None


def _latest(lines: list[str]) -> int | None:
    """The last year that a long text without a title reports on: told thrice, and not as a goal."""
    text = "\n".join(lines)
    if len(text) < 1500:
        return None
    told = [year for year, count in years_told(text).items() if count >= 3]
    return max(told, default=None)


def years_told(text: str) -> Counter[int]:
    """How often a text speaks of each year, other than as a goal or a beginning."""
    text = plain_years(text)
    return Counter(
        int(found[1])
        for found in _YEAR.finditer(text)
        if not _AHEAD.search(text[max(0, found.start() - 2) : found.start()])
        and not re.match(r"年(?:以来|底|前)", text[found.end() :][:4])
    )
