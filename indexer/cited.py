"""Document numbers (横政办发〔2016〕10号): a document's own, and those that its text cites."""

from __future__ import annotations

import re

_YEAR = r"[〔\[［（(【]\s?((?:19|20)\d{2})\s?[〕\]］）)】]\s?(第?\d{1,4})\s?号"
_OWN = re.compile(rf"^[（(]?([\u4e00-\u9fffＸX×]{{2,14}}\s?{_YEAR})[）)]?$")
_CITED = re.compile(rf"([\u4e00-\u9fffＸX×]{{2,20}}){_YEAR}")
_BEFORE = re.compile(
    r".*(?:根据|按照|依据|依照|参照|遵照|对照|落实|贯彻|执行|印发|转发|下发|出台|制定|文件|通知|精神"
    r"|意见|办法|规定|要求|详见|参见|学习|宣传|号令|[见和与及以由的是为号经据按如])(?=.{2})"
)
"""Words that a sentence puts before a number without a break; the agency's code follows them."""
_CODE = re.compile(r"[发字函办教通规督基职文令传电政体人财计监安师幼民建议]$")


def number_of(lines: list[str]) -> str | None:
    """The document's own number, which stands alone on a line at its head."""
    for line in lines[:8]:
        found = _OWN.match(line)
        if found:
            return re.sub(r"\s", "", found[1])
    return None


def cites_of(text: str, own: str | None) -> tuple[str, ...]:
    """The numbers of other documents that a text cites, in order, brackets made alike."""
    numbers: dict[str, None] = {}
    for found in _CITED.finditer(text):
        agency = _BEFORE.sub("", found[1])
        if 2 <= len(agency) <= 10 and _CODE.search(agency):
            numbers[f"{agency}〔{found[2]}〕{found[3]}号"] = None
    same = cites_of(own, None) if own else ()
    return tuple(number for number in numbers if number not in same)
