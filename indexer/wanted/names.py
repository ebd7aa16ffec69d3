"""Whether a sentence tells the name that a question asks for: of a school, a company, a project.

A near miss counts them (清退实习企业3家) or speaks of one (总承包企业) and names none.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = "[一二两三四五六七八九十几0-9]*"
_WHICH = r"\bwhich (?:(?:one|two|three|four|five|six|seven|eight|\d+) )?(?:\w+ ){0,2}"
_WHICH_OF = r"|\bwhich of the (?:\w+ ){0,4}?"
_NAME_OF = r"|\bnames? of (?:the |a )?(?:\w+ ){0,3}?"
_ASKED = {
    "school": re.compile(
        rf"哪{_NUMBER}所|哪{_NUMBER}个(?:小学|中学|学校|幼儿园|初中|高中|学院|大学)"
        r"|(?:学校|小学|中学|幼儿园)(?:叫什么|的?名[字称])"
        rf"|{_WHICH}(?:school|kindergarten|college|university)\b"
        r"|\bwhich (?:two|three|four|five|six|\d+) (?:\w+ ){0,2}"
        r"(?:schools|kindergartens|colleges)\b"
        rf"{_WHICH_OF}(?:schools|kindergartens|colleges)\b"
        rf"{_NAME_OF}(?:schools?|kindergartens?|colleges?)\b",
        re.IGNORECASE,
    ),
    "company": re.compile(
        rf"哪{_NUMBER}[家个](?:企业|公司|厂|机构|供应商)"
        r"|(?:企业|公司|厂家|机构|供应商)(?:叫什么|的?名[字称]|是哪)"
        rf"|{_WHICH}(?:company|firm|contractor|supplier|enterprise|bank|employer|publisher)\b"
        r"|\bwhich (?:two|three|four|five|six|\d+) (?:\w+ ){0,2}"
        r"(?:companies|firms|contractors|suppliers|enterprises|banks|employers)\b"
        rf"{_WHICH_OF}(?:companies|firms|contractors|suppliers|enterprises)\b"
        rf"{_NAME_OF}(?:compan(?:y|ies)|firms?|contractors?|suppliers?|enterprises?)\b",
        re.IGNORECASE,
    ),
    "either": re.compile(rf"哪{_NUMBER}家(?!长)"),
    "group": re.compile(rf"哪{_NUMBER}个(?:教育)?集团", re.IGNORECASE),
    "project": re.compile(
        rf"哪{_NUMBER}个(?:项目|工程)|(?:项目|工程)(?:叫什么|的?名[字称])"
        rf"|{_WHICH}(?:project|programme|program)\b"
        r"|\bwhich (?:two|three|four|five|six|\d+) (?:\w+ ){0,2}(?:projects|programmes)\b"
        rf"{_WHICH_OF}(?:projects|programmes)\b{_NAME_OF}(?:project|programme|program)\b",
        re.IGNORECASE,
    ),
}
_WHO = re.compile(r"^(?:who\b|谁|由谁)|\bwho decides\b", re.IGNORECASE)
"""Wants to know who does it: who decides which school a child goes to."""

_SPOKEN_OF = {
    "school": re.compile(r"[\d一二两三四五六七八九十]所|园所|学校|中学|小学|幼儿园"),
    "company": re.compile(r"[\d一二两三四五六七八九十]家|企业|公司|机构|厂商|供应商"),
    "either": re.compile(r"[\d一二两三四五六七八九十]家|企业|公司|机构|厂商|供应商"),
    "group": re.compile("集团"),
    "project": re.compile("项目|工程"),
}
"""A sentence that speaks of such things: it may be taken for one that names them."""

_ALWAYS_ENDS = {"school", "company", "group"}
"""What is named with its kind at the end: without one a sentence names none. But 哪家 may be
answered by 仁和医院, 哪个项目 by 翠屏高中."""

_SCHOOLS = (
    "中心校|(?<!中)小学|中学|初中|高中|学校|职校|技校|职高|学院|大学|幼儿园|教学点|职专|职教中心|中专"
    "|职中|卫校|分校|校区|园(?![所区长])"
)
_COMPANIES = (
    "公司|集团|企业|合作社|厂|银行|农商行|医院|协会|基金会|出版社|设计院|研究院|研究所|机构|中心"
)
_OFFICES = {"中心", "机构", "医院", "协会", "研究院", "研究所"}
_ANY_OFFICE = re.compile(r"机构|单位|supplier|contractor", re.IGNORECASE)
"""Asks for a company or office of any kind; a company is none of `_OFFICES`."""

_ENDS = {
    "school": re.compile(_SCHOOLS),
    "company": re.compile(_COMPANIES),
    "either": re.compile(f"{_SCHOOLS}|{_COMPANIES}"),
    "group": re.compile("集团"),
    "project": re.compile("工程|项目|行动|计划"),
}
_OF_A_TOWN = re.compile(
    r"[^\W乡城山牧各全我该本农社园片学县市](?:镇|乡|街道|县|市|区)(?:中心|寄宿制?|实验)*$"
)
_NUMBERED = re.compile(
    r"第[一二三四五六七八九十\d]+(?:实验)?(?:小学|中学|初中|高中|初级中学|高级中学|职业|幼儿园)"
    r"|[一二三四五六七八九十](?:中|小|幼|职高|完小|高)(?![年级学等心])|附[小中]|实[小中]"
)
_QUOTED = re.compile("[“《][^”》]{2,}[”》]")
_GENERIC = re.compile(
    "(?:的|是|其中|各|该|本|我县|我市|有|无|对|为|是|等|和|与|及|镇乡|农村|城区|县城|城乡|城镇|乡镇|乡村"
    "|山区|牧区|边远|薄弱|规模|寄宿制|寄宿|义务教育|公办|民办|普通|职业|高等|优质|成员|试点"
    "|示范|项目|新建|改扩建|抽查|结对|受援|支援|龙头|牵头|定点|普惠性|普惠|中心|完全|初级"
    "|高级|特殊教育|专门|重点|承包|施工|实习|合作|供应|供餐|配餐|餐饮|物业|保安|建筑|用工"
    "|培训|教育|第三方|国有|县属|市属|区属|区域|中小|不同|其他|多数|少数|部分|个别|相关|有关"
    "|上述|这些|校外|小区|配套|附属|在|到|由|从|让|使|向|把|被|将|请|以|了|每|某|两|三|四|五"
    "|六|七|八|九|十|百|千|万|同一|所在|双语|幼教|省内|省外|市内|县内|外地|当地|本地|民营"
    "|私立|公立|综合|学科类|一贯制|出台|推进|扩至|组建|成立|建立|加入|支持|建设|规划|举办"
    "|办好|责任|问题|违规|无证|研究|中职|技工|体育|艺术|科研|知名|一些|所有|全县|全市|全区"
    "|全省|不合格|合格|优秀|达标|评估|检测|劳务|派遣|安全|监理|设计|运营|保险|校车|产业|校企"
    "|帮扶|对口|片区|学区|信息化|改造|资金|惠民|民生|所|家|个|些|人)$"
)
"""What makes a school or company one of its kind, and none by name."""

_KIND = re.compile("(?:技工|民办|高级|初级|职业|艺术|保安|餐饮|物业|建筑|培训|劳务|教育)$")
"""What stands between the name of a school or company and what it is."""

_BREAK = re.compile(r"[，。、；：（）()“”《》\s\d]")

_UNNAMED = -7.0
"""What a sentence loses, in log-odds, that speaks of what is to be named and names none. Of the
Chinese training questions for a school one in forty that are answered would lose by it, of the
near misses more than half."""


def name_worth(question: str, sentence: str) -> float:
    """What a sentence loses where a name is asked for and it has none that the question has not."""
    sort = _asked(question)
    if sort is None or not (sort in _ALWAYS_ENDS or _SPOKEN_OF[sort].search(sentence)):
        return 0.0
    return 0.0 if names_one(sentence, sort, question) else _UNNAMED


def names_one(sentence: str, sort: str, question: str = "") -> bool:
    """Whether a sentence holds a name of a school, company, group or project, a new one."""
    if sort == "school" and _NUMBERED.search(sentence):
        return True
    if sort == "project" and _QUOTED.search(sentence):
        return True
    for end in _ENDS[sort].finditer(sentence):
        if sort == "company" and end[0] in _OFFICES and not _ANY_OFFICE.search(question):
            continue
        before = _BREAK.split(sentence[: end.start()])[-1]
        own = _KIND.sub("", before)
        if (
            len(own) < 2
            or sentence[end.start() - len(before) + len(own) - 2 : end.end()] in question
        ):
            continue
        if sort == "group" and own[-1] in "省市县区":
            continue  # 枫浦县教育集团捆绑考核办法: any of them
        if _OF_A_TOWN.search(before) or not _GENERIC.search(own):
            return True
    return False


@lru_cache(maxsize=64)
def _asked(question: str) -> str | None:
    """What a question wants the name of, if it wants one."""
    if _WHO.search(question):
        return None
    return next((sort for sort, asks in _ASKED.items() if asks.search(question)), None)
