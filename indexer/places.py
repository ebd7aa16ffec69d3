"""Where a text names a place, and which.

A text is scanned once, by a table from the first two characters of a name to the names that begin
so, longest first. For a page of 9,000 characters that takes 3 ms, where an automaton of the
library pyahocorasick with its longest-match search took 7 ms on the same machine.

A name inside a longer word is no place (湖南师范大学, 北京时间, 长沙路, 示范县, 确保定期), nor is a
division's name that any town has a quarter of (城区, 矿区); what comes before and after decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indexer.gazetteer import (
    COUNTY,
    NOWHERE,
    PREFECTURE,
    PROVINCE,
    Place,
    beginnings,
    depth,
    names,
    place_of,
    shared,
    units,
    within,
)

_COMMON = re.compile(
    "三明|保定|来宾|大同|朝阳|和田|日照|文山|中山|安康|白银|大理|中卫|广安|自贡|长治|新乡|定西"
    "|六安|常德|重庆|通化|兴安|海东|海西|海北|黄南|百色|平凉|四平|泰安|德阳|东方"
)
"""Short forms that also begin or end a common phrase (确保定期, 创新乡村, 校长治校)."""

_COUNTY_WORDS = re.compile(
    "新建|滨江|新城|城关|城东|城西|城厢|东城|西城|南城|河口|天桥|新平|大竹|治多|称多|改则|从化"
    "|上街|新市|市中|站前|北关|南关|路桥|古城|大东|平原|兴国|道里|道外|山城|老边|太平|新干|乐业"
    "|新安|集安|牡丹|白水|大关|大化|大田|大新|未央|长寿|安定|定安|将乐|宽城|和政|思明|修文|高安"
    "|吉安|望城|长安|新和|新源|新田|兴文|兴业|兴和|同心|同德|文安|天等|天全|永兴|延长|通道|界首"
    "|顺平"
)
"""Short forms of counties that are words in a question or parts of a town (新建学校)."""

_GENERIC = re.compile(
    "城区|郊区|矿区|东区|西区|老城区|新城区|市中区|新市区|城中区|城北区|城东区|城西区|港口区"
    "|江南区|前进区|前锋区|友好区|红旗区|东风区|中原区|工农区|永定区"
)
"""Names of divisions that any town has a quarter of: places only below a parent or as an office."""

_LINKS = frozenset("年度月共在赴到对从由向与和及是为于经即我将请问道查看比")
"""Characters after which a short name may begin."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_OFFICE = re.compile(r"人民政府|政府|教育|教体|教委|县委|区委|市委|\d{4}年")
_PART_OF_TOWN = re.compile(r"[山城港湖林江岸源]区$|和[县区]$")
_AFTER_SHORT = re.compile(r"$|[^\u4e00-\u9fff]|[的在是有和与各现]")
_UNITS = frozenset("市县区州旗盟")
_AFTER_COUNTY = frozenset("域级直城管乡市中校")
_AFTER_DISTRICT = frozenset("域划间别分位")
_NOT_PLACE = re.compile(
    r"治(?![理安])|生产建设兵团|师范|理工|医科|中学|小学|时间|[东西南北中]?(?:路|街|大道|站|桥|话|籍|菜)|航空|冬奥"
    r"|[一二三四五六七八九十]{1,3}中|第?[一二三四五六七八九十]{1,3}(?:中学|小学|学校)"
    r"|[^，。、；：\s的有多少哪各和与\d]{0,6}(?:大学|学院|公司|集团|银行|工业)"
)
_BEFORE_PROVINCE = frozenset("长黄淮泰洞湖大浙中两")
_ZONE = re.compile(
    r"(?:国家)?(?:高新技术产业(?:开发)?区|经济技术开发区|经济开发区|高新区|经开区|工业园区|开发区"
    r"|航空港(?:经济综合实验)?区|综合保税区|(?:旅游)?度假区|生态城)"
)
"""Zones run schools like a county; they are named after their city."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place named in a text. `codes` are the divisions it may be, one where that is certain.

    `form` is full (common abbreviations included), former, short or zone.
    """

    start: int
    end: int
    text: str
    codes: tuple[str, ...]
    form: str

    @property
    def place(self) -> Place:
        """The place by its names of today (a zone by its own)."""
        if self.form == "zone":
            city = place_of(self.codes[0])
            return Place(city.province, city.city, self.text, "县")
        return shared(self.codes)


def resolve(name: str, context: str = "") -> Place:
    """The place that a name means, told apart from its namesakes by the places in `context`.

    Takes full, short and former names, and chains of them (湖南省株洲市天元区). Where it stays open
    which of several is meant, province and city are None; for an unknown name all four are.
    """
    name = name.strip()
    if name in names():
        return shared(_narrow(names()[name][1], _evidence(find_places(context))))
    hits = find_places(name, context)
    return hits[-1].place if hits and hits[-1].end == len(name) else NOWHERE


def code_of(name: str, context: str = "") -> str | None:
    """The administrative code of a place by any of its names; None if unknown or one of several.

    A zone (高新区) has none of its own.
    """
    name = name.strip()
    if name in names():
        codes = _narrow(names()[name][1], _evidence(find_places(context)))
        return codes[0] if len(codes) == 1 else None
    hits = find_places(name, context)
    whole = bool(hits) and hits[-1].end == len(name) and hits[-1].form != "zone"
    return hits[-1].codes[0] if whole and len(hits[-1].codes) == 1 else None


def same_place(name: str) -> tuple[str, ...]:
    """All names of what this name means, today's first: what a filter should match."""
    hits = find_places(name)
    codes = names()[name][1] if name in names() else hits[-1].codes if hits else ()
    if len(codes) != 1 or (hits and hits[-1].form == "zone"):
        return (name,)
    unit = units()[codes[0]]
    return (unit.name, *unit.former)


def find_places(text: str, context: str = "", *, question: bool = False) -> list[Hit]:
    """The places a text names, in order; of namesakes the one that text and `context` point to.

    In a `question` the short form of a county counts whatever follows (芷江大班额比例); in a
    document, where 新建 and 大竹 are more often other words, only before a break or an office.
    """
    hits: list[Hit] = []
    table = beginnings()
    at, end = 0, len(text) - 1
    while at < end:
        hit = None
        for name in table.get(text[at : at + 2], ()):
            if text.startswith(name, at):
                hit = _accept(text, at, name, hits[-1] if hits else None, question)
                if hit:
                    hits.append(hit)
                    break
        at = hit.end if hit else at + 1
    if any(len(hit.codes) > 1 for hit in hits):
        told = _evidence(hits) | (_evidence(find_places(context)) if context else set())
        hits = [replace(hit, codes=_narrow(hit.codes, told)) for hit in hits]
    return hits


def _accept(text: str, at: int, name: str, last: Hit | None, question: bool) -> Hit | None:
    """The hit, if the name stands there as a name and not inside a longer word."""
    form, codes = names()[name]
    end = at + len(name)
    below: tuple[str, ...] = ()
    if last and last.end == at and last.form != "zone":
        below = tuple(c for c in codes if any(within(c, above) for above in last.codes))
    before = text[at - 1 : at] if at else ""
    apart = bool(below) or not before or before in _LINKS or not _HAN.match(before)
    if depth(codes[0]) == PREFECTURE and (apart or form == "full"):
        zone = _ZONE.match(text, end)
        if zone:
            return Hit(at, zone.end(), text[at : zone.end()], below or codes, "zone")
    stands = _short_stands if form == "short" else _full_stands
    if not stands(text, at, name, apart, bool(below), question):
        return None
    return Hit(at, end, name, below or codes, "full" if form == "alias" else form)


def _short_stands(text: str, at: int, name: str, apart: bool, below: bool, question: bool) -> bool:
    """Whether a short form is the place: 长沙的, not 长沙路; ，保定教育, not 确保定期."""
    end = at + len(name)
    level = depth(names()[name][1][0])
    if not apart and (level != PROVINCE or text[at - 1] in _BEFORE_PROVINCE):
        return False
    if _NOT_PLACE.match(text, end):
        return False
    if level != PROVINCE and text[end : end + 1] in _UNITS:
        return False  # some other unit's name, 长汀市 of a novel
    if below or _OFFICE.match(text, end):
        return True
    if level == COUNTY and (not question or _COUNTY_WORDS.fullmatch(name)):
        return not question and bool(_AFTER_SHORT.match(text, end))
    return not _COMMON.fullmatch(name) or (apart and (question or level == PROVINCE))


def _full_stands(text: str, at: int, name: str, apart: bool, below: bool, _question: bool) -> bool:
    """Whether a full name is the place: 横县, not 示范县域; 洛阳市老城区, not 老城区改造."""
    end = at + len(name)
    after = text[end : end + 1]
    if name[-1] == "区" and after in _AFTER_DISTRICT:
        return False
    if _GENERIC.fullmatch(name):
        return below or (apart and bool(_OFFICE.match(text, end)))
    if len(name) == 2:
        return apart and after not in _AFTER_COUNTY
    if _PART_OF_TOWN.search(name):
        return apart
    if names()[name][0] == "alias" and name[-1] == "县" and after in _AFTER_COUNTY:
        return depth(names().get(name[:-1], ("", ("",)))[1][0]) == COUNTY  # not 河南 + 县域
    return True


def _evidence(hits: list[Hit]) -> set[str]:
    return {hit.codes[0] for hit in hits if len(hit.codes) == 1}


def _narrow(codes: tuple[str, ...], told: set[str]) -> tuple[str, ...]:
    """Those of the namesakes whose city is named elsewhere, failing that whose province is."""
    if len(codes) < 2:
        return codes
    cities = {code[:4] for code in told if depth(code) != PROVINCE}
    provinces = {code[:2] for code in told}
    return (
        tuple(code for code in codes if code[:4] in cities)
        or tuple(code for code in codes if code[:2] in provinces)
        or codes
    )
