"""Which indicator a figure tells of, by the phrase for what it measures.

Of all phrases that an indicator goes by, the longest in the figure's own phrase decides, so that
超大班额 is never 大班额. What else the phrase says is a place, a word that changes nothing (全县),
or it names a part: 初中大班额 is a part of 大班额 and never stands for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.figures.units import kind
from indexer.gazetteer import names
from indexer.indicators.definitions import Form, Indicator
from indexer.records import Figure

_NEUTRAL = re.compile(
    r"全[县市省区州]|[我本该][县市省州区]|[县市省]域内?|义务教育(?:阶段)?(?:学校)?|[0-9]+人(?:及)?以上的?"
    r"|[春秋]季(?:学期)?前?|学年度?|(?:19|20)[0-9]{2}年(?:度|底|末|初)?(?:治理)?前?|[今去上]年|年[度初底末内]前?"
    r"|目标|标准|要求|任务|计划|实际|现存|现有|尚有|仍有|剩余|余下|剩|共有?|总(?:数|量|体|计)|目前"
    r"|中小学|两项合计|完成|确保|力争|稳定|保留|保持|实现|公开|全年|全部|提出把?|一度|仅|只|仍|由|将|把|要"
    r"|达|离|在|自|起|已?连续[两三四五]年?|的|和|数|数量|情况|省定|国家|学生|城乡|基本|参与|组织|继续|持续|如期|动态|攻坚|无一|计算|按|[两三四五]项|[上下]半年"
    r"|[“”\"‘’（）()\s、]|来(?=累计)|^前"
)
_GROUP = re.compile(
    r"(?:其中)?(?P<group>小学|初中|普通高中|高中|县城|城区|中心城区|主城区|城镇|镇区|农村|乡村|乡镇|县直|市直"
    r"|市本级|重点县|两区|非学科类|起始年级|公办|民办|特岗教师|幼儿园|男生|女生)"
)
_IN_GROUP = re.compile(
    r"(?:个|名|人|所)?(?:大班额)?(?:集中)?在(?P<group>县城|城区|乡镇|农村|小学|初中)"
)
_AMONG = re.compile(
    r"(?:[个所家名人班额校师生]中，?(?:有|占|还有)?|^其中(?:有|不少于|约|近|将)?|^有)$"
)
_BRACKETED = re.compile(r"(?P<group>[一-龥]{2,12})（$")
_BEFORE_LIST = re.compile(r".*[0-9.]+[^，、。]{0,3}、")
_RUN = re.compile(
    r"(?:累计|[两二三四五六七八九十]年(?!级)|20[0-9]{2}年(?:至|到|—|-|–)20[0-9]{2}年|20[0-9]{2}年以来)"
    r"[^，。；：]{0,8}$"
)
_CLAUSE_START = re.compile(r"[，。；：（\n]")
_NOT_FORM = re.compile(r"[非未无]$")
_SINGLE = re.compile(r"每(?!年|学年)[^，。；]{0,4}$")
_APART = re.compile(
    r"(?:比|离|距|较|与|超出|超过|高于|低于|好于)[^，。；]{0,6}(?:目标|计划|要求|任务|要点|平均|标准|预期)"
    r"|(?:还差|仍差|相差|差)$"
)
"""How far a figure is from a goal or an average: no change over the years."""

_UNITS_OF_THEM = re.compile(r"(?:以[上下内])?的(?:县|市|区|学校|地区|乡镇|幼儿园|班级)")
_GONE = re.compile(r"[^，。；]{0,8}(?:全部|均已?|全面|已全部?)(?:消除|化解|清零|归零|销号)")
_SITE = re.compile(
    r"[一-龥]{2,}(?:小学|中学|学校|初中|幼儿园|校区|[一二三四五]中)(?!教师|教育|班|生|学位|和|、)"
    r"|二期|三期|扩建|教学楼|综合楼"
)
_SUM = re.compile(
    r"全[年县市省区]|共|合计|总|累计|[今当本]年|一年|年内|[两三四五]项|项目[0-9]+个|等项目|[两三四五六七八九十0-9]+所|个项目"
)
_AT_FIRST = re.compile(r"(?:年初|治理前|整治前)的?$")
_OF_MOVES = re.compile(
    r"占[^，。；]*|比例?|同?比|较|增[加长至到为]?|[减降]少?[至到为低]?|下降|上升|回升|提[高升至到]|升[至到高]?|扩大"
    r"|压[减缩降至到]*|净|至|到|为|是|有|约|近|超|其中|分别|好|低|高|于|从|从而|反而|及|也|已|均|都|又|再|还"
    r"|新增|增量|每年|首次|过半|突破|不少|不足|不超过|以[上下内]|最终|期末|同期|多|少|个|人|所|家|名|%|[0-9.]+"
    r"|[一-龥]{2,3}[县市区]|[一二三四]年?|连续|保障|届时|因此|并|力|争|努|以|大班额|[-—－]"
    r"|[十百千万亿]?元|百分点|[万亿]|与|未|要?点|确定|承诺|批复|（[^）]*）|教学班|班级?|学位|教师"
)
_SHORTEST_PART, _LONGEST_PART = 3, 12
_PART_END = re.compile("[0-9]|[个所]?(?:班|校|师)?[中有]?(?:有|共)|占|的$")
_RATE = re.compile("[率例比幅]$")
_JOINT = re.compile("[两三四][县区市]")
_COUNTED = {"个", "所", "家", "人"}
_AREA = re.compile(r"[一-龥]{1,7}?[县区市旗州]")


class Context(NamedTuple):
    """What stands around a figure: its paragraph, `at` its offset there, the headings above.

    `phrase_at` and `sentence_at` are where its phrase and its sentence begin. `upper`: the document
    is of a city or province, which reports on the places below it.
    """

    text: str
    at: int
    phrase_at: int
    sentence_at: int
    heading: str
    places: Collection[str]
    upper: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator; `part` names a part of what it counts ("" the whole); `place` if one is named.

    `form` is the phrase that was recognised.
    """

    indicator: Indicator
    part: str
    place: str | None
    form: str


def best_match(
    figure: Figure, context: Context, indicators: Sequence[Indicator], before: Match | None
) -> Match | None:
    """The indicator of a figure, None for one of something else.

    `before` is that of the figure before it in the sentence, which a figure that has only a place
    for its phrase goes on about (柳湾县公办园占比51%，云埠县55%).
    """
    if not _states(figure, context):
        return None
    phrase = figure.measures
    hits = [
        (len(form.text), bool(form.near), phrase.rfind(form.text), indicator, form)
        for indicator in indicators
        if _unit_fits(figure, indicator)
        for form in indicator.forms
        if _form_fits(figure, form, phrase, context)
    ]
    if not hits:
        return _carried(figure, context, before)
    size, _, at, indicator, form = max(hits, key=lambda hit: hit[:3])
    rest, place = _place_in(phrase[:at], phrase[at + size :], context)
    part = _qualifier(rest, context)
    if form.near and part and not _GROUP.fullmatch(part):
        return None  # 改造食堂 is no 改造 of schools
    part = _part(part, rest, figure, context, indicator)
    if figure.share and not indicator.rate:
        part = part or "其中"
    return Match(indicator, part, place, form.text)


def _states(figure: Figure, context: Context) -> bool:
    """Whether a figure says how much there is, and not how far from a goal or how much for each."""
    lead = context.text[_clause_start(context) : context.at]
    behind = context.at + len(figure.text)
    if figure.unit_text == "半" or _SINGLE.search(lead):
        return False
    if figure.sort == "change" and _APART.search(lead):
        return False
    if _UNITS_OF_THEM.match(context.text, behind):
        return False
    return not (figure.sort == "value" and _GONE.match(context.text, behind))


def _unit_fits(figure: Figure, indicator: Indicator) -> bool:
    unit = kind(figure.unit)
    if not unit and figure.value == int(figure.value):
        if _RATE.search(figure.measures):
            return False
        return indicator.unit in _COUNTED  # a column of a table that names no unit
    if unit in {kind(each) for each in indicator.units}:
        return True
    if figure.sort != "change":
        return False
    return unit == ("百分点" if indicator.rate else "%")


def _form_fits(figure: Figure, form: Form, phrase: str, context: Context) -> bool:
    at = phrase.rfind(form.text)
    if at < 0 or _NOT_FORM.search(phrase[:at]):
        return False
    if form.share:
        told = figure.share or figure.unit == "百分点"
        if not told or phrase[at + len(form.text) :].strip("数班"):
            return False
        # 县城268个，占大班额总数的75.1%
        return form.text not in context.text[_clause_start(context) : context.at].partition("占")[2]
    if figure.share and figure.unit == "%" and not _rate_word(form.text):
        return False
    if not form.near:
        return True
    near = context.heading + context.text[: context.at + len(figure.text)]
    return re.search(form.near, near) is not None


def _rate_word(form: str) -> bool:
    return form.endswith(("率", "比例", "占比", "比重", "幅"))


def _place_in(before: str, after: str, context: Context) -> tuple[str, str | None]:
    """What a phrase says beside its form, without the place that it names, and that place."""
    for known in context.places:
        if before.endswith(known) or before.startswith(known):
            return before.replace(known, "", 1) + after, known
        if after.startswith(known):
            return before + after[len(known) :], known
    found = _AREA.match(before) if context.upper else None
    if found and found[0] in names():
        return before[found.end() :] + after, found[0]
    return before + after, None


def _qualifier(rest: str, context: Context) -> str:
    part = _NEUTRAL.sub("", rest)
    return "" if part == "县" and not context.upper else part


def _part(part: str, rest: str, figure: Figure, context: Context, indicator: Indicator) -> str:
    start = _clause_start(context)
    own = start <= context.phrase_at < context.at
    lead = context.text[start : context.phrase_at if own else context.at]
    if "累计" in part or _RUN.search(lead) or _RUN.search(rest):
        return "累计"
    if part:
        return part
    return _of_clause(lead, own, start, figure, context, indicator)


def _of_clause(
    lead: str, own: bool, start: int, figure: Figure, context: Context, indicator: Indicator
) -> str:
    """The part that a figure's clause names before its phrase, or before the figure itself."""
    group = _GROUP.match(lead) or _IN_GROUP.match(context.text, context.at + len(figure.text))
    among = _AMONG.search(context.text[start : context.at])
    if group or among:
        return ("其中" if among else "") + (group["group"] if group else "")
    if _AT_FIRST.search(context.text[start : context.at]):
        return "年初"
    bracketed = _BRACKETED.search(context.text[context.sentence_at : context.at])
    if bracketed and not own and context.text.startswith("）", context.at + len(figure.text)):
        return bracketed["group"]  # 大班额分布在实验小学（13个）
    lead = _BEFORE_LIST.sub("", lead)
    said = _OF_MOVES.sub("", _NEUTRAL.sub("", lead))
    if len(said) >= _SHORTEST_PART or _JOINT.search(lead):
        plain = _PART_END.split(lead.strip("，、其中"))[0]
        return (plain if len(plain) >= _SHORTEST_PART else said)[:_LONGEST_PART]
    if indicator.sites and figure.sort != "target":
        said = context.text[context.sentence_at : context.at].rpartition("；")[2]
        if _SITE.search(said) and not _SUM.search(said):
            return "单个项目"
    return figure.part or "" if not indicator.rate else ""


def _clause_start(context: Context) -> int:
    low = max(context.sentence_at, context.at - 40)
    last = low
    for found in _CLAUSE_START.finditer(context.text, low, context.at):
        last = found.end()
    return last


def _carried(figure: Figure, context: Context, before: Match | None) -> Match | None:
    if before is None or not _unit_fits(figure, before.indicator):
        return None
    phrase = _NEUTRAL.sub("", figure.measures)
    known = [place for place in context.places if phrase == place]
    if not known:
        return None
    return Match(before.indicator, "", known[0], before.form)


def keys_of(indicators: Iterable[Indicator]) -> re.Pattern[str]:
    """A pattern that every paragraph with a figure of these indicators matches."""
    forms = {form.text for indicator in indicators for form in indicator.forms}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
