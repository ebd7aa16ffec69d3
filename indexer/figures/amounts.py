"""Which numbers state how much of something there is.

Dates, document numbers, ranks, set phrases (“两个只增不减”, 九年义务教育) and what stands between
《》 are numbers, but no figures.
"""

from __future__ import annotations

import re
from decimal import Decimal

from indexer.figures import units
from indexer.records import Number

_SET_APART = re.compile(
    r"《[^》\n]*》|[“\"「『][^“”\"「」『』\n]{1,12}[”\"」』]|[〔\[【](?:19|20)[0-9]{2}[〕\]】]"
)
_RANK = re.compile(r"(?:第|排名?|名列|位列|位居|列|居)(?:全[国省州市县区]|[^,。;0-9]{0,3})第?$")
_TOP = re.compile(r"(?:第|前|每|每隔|每满|[这那该某]|上述|任何|同)$")
_CODE = re.compile(r"[A-Za-z_#+/.@]$|[A-Za-z0-9]-$|[0-9] $")
_RATIO = re.compile(
    r"(?:比|按|配|例为|达到|不低于|不高于|至少)[^,。;]{0,8}$|:1[^,。;0-9]{0,3}[到至为]$"
)
_BARE = re.compile(
    r"(?:由|从|为|到|至|达|于|是|系数|指数|均值|总数|人数|数量|任务数|得分|评分)"
    r"(?:约|近|了|下降|上升|提高|降低)?$"
)
_BARE_END = re.compile(r"$|[,。;、)(!?\n|]|以[上下内]|左右|的|和|与|及|提高|下降|降|升|增|减")
_NO_UNIT = re.compile(
    r"年(?:级|制|一贯)|分(?:之|钟|别|校|类|批|片|步|工|部|管|组|层|解|流|配|析|子|析|享|为|三|两|二)"
    r"|元(?:旦|素|化|宵|月)|位(?:一体|数|置|次)|期(?:间|末|望|中)|次(?:日|年|月|第|全会|代表)"
    r"|天(?:津|水|然)|级|部(?:委|门|长|队|分)|本(?:科|市|县|省|级|地|着|次|年|月|学期|上线)|家长"
    r"|条(?:例|件)|处(?:理|置|于|分|级|室)|组(?:织|建|成|长|团|合)|类(?:别|型)|对(?:一|标|照|口|于)"
    r"|台(?:账|阶)|位于|套(?:餐|取)|人(?:大|民|员|均|才|工|事)|户(?:籍|外|口)|场(?:所|地|馆|景)"
    r"|节(?:约|点|假|能|余)|度|篇章|辆次|门类|件套|支(?:持|付|出|教|撑|部|配)|课(?!时)|张(?:家|三)"
)
_LONE = re.compile(r"(?:[每任何同某这那逐唯统无]|没有|不让|落下|万)$")
_SLOGAN = re.compile(
    # 三个代表, 两个只增不减, 三项合计, 四个方面: a Chinese number before what is not countable.
    r"[^,。;、]{0,2}?(?:方面|层面|环节|阶段|维度|原则|关键|重点|突出|坚持|结合|转变|统筹|到位|确保|必须"
    r"|只|不|也|都|均|全|化|维护|意识|自信|代表|文明|确立|合计|相加|一|抓|着力|聚焦|强化|优先|抓手|目标|问题"
    r"|共同|务必|体系|机制|作用|有|相抵|指标(?:均|都))|优秀|高"
)
_SPAN = re.compile(r"(?:用|满|期|龄|限|为期|不少于|不低于|至少|超过|任教|服务|工作|轮岗|交流)约?$")
_SPAN_END = re.compile(r"(?:左右)?(?:的?时间|以上|以内|之内|及以上|服务期|教龄|周期|期限)")
_SPOKEN_SPAN = re.compile(r"近|连续|过去|前|后|今后|未来|每|学前|达到|建设")
_SOME = re.compile("(?<![总人])数$|几$")
_CLOCK = re.compile("[时点:]$")
_BARE_NOT = re.compile(r"[A-Za-z0-9+/.%]|年|月|日|号|时|:")
_SLOGAN_UNITS = {"个", "项", "种", "条", "类", "位", "人"}
_YEARS = frozenset(map(Decimal, range(1900, 2100)))


def set_apart(folded: str) -> list[tuple[int, int]]:
    """The names and short quoted phrases of a text, and the years of document numbers."""
    return [found.span() for found in _SET_APART.finditer(folded)]


def states_amount(folded: str, number: Number, spelled: bool, apart: list[tuple[int, int]]) -> bool:
    """Whether a number is a figure; `spelled`: it is written in Chinese."""
    start, end, unit = number.start, number.end, number.unit
    before, after = folded[max(0, start - 12) : start], folded[end : end + 12]
    named = any(first <= start < last for first, last in apart)
    if (named and unit not in {"%", "元", "百分点"}) or _CODE.search(before) or _TOP.search(before):
        return False
    if not unit:
        return not spelled and _bare(number, before, after)
    if unit.endswith(":"):
        return _ratio(number, before)
    rank = unit in {"名", "位"} and _RANK.search(before)
    if rank or _NO_UNIT.match(unit + after) or (unit == "分" and _CLOCK.search(before)):
        return False
    if unit in {"年", "周", "岁"}:
        return _span_of_time(number, before, after)
    return unit in units.ANY or not spelled or _counted(number, before, after)


def _bare(number: Number, before: str, after: str) -> bool:
    """Whether a number without a unit states an amount: 6.3亿, 系数为0.39."""
    if _BARE_NOT.match(after):
        return False
    told = _BARE.search(before) and _BARE_END.match(after)
    return bool(number.unit_text or (told and number.value not in _YEARS))


def _ratio(number: Number, before: str) -> bool:
    """Whether two numbers and a colon are a ratio (师生比为1:13.5) and no time of the day."""
    decimal = number.unit == "1:" and number.value != int(number.value)
    return decimal or _RATIO.search(before) is not None


def _counted(number: Number, before: str, after: str) -> bool:
    """Whether a Chinese number before a unit counts something, and is no part of a set phrase."""
    if number.unit in units.ARABIC_ONLY:
        return False
    if _SOME.search(before):  # 数十所
        return False
    if number.text[0] in "百千万亿" and "余" not in number.text:  # 百所名校
        return False
    if number.value == 1:
        paired = after.startswith("一") or re.search(r"一[^,。;]$", before)  # 一校一策
        lone = number.unit in units.LONE_ONE and not _LONE.search(before) and not paired
        return lone and not after.startswith(("都", "也", "不", "一"))
    if number.value <= 3 and number.unit in {"本", "次", "期", "批"}:
        return False
    return number.unit not in _SLOGAN_UNITS or not _SLOGAN.match(after)


def _span_of_time(number: Number, before: str, after: str) -> bool:
    """Whether years are stated for themselves (服务期不少于5年), not as a date or in a name."""
    if number.value != int(number.value) or number.unit == "岁":
        return True
    if number.value in _YEARS:
        return False
    if number.high is not None:
        return True
    told = _SPAN.search(before) or _SPAN_END.match(after)
    return told is not None and not _SPOKEN_SPAN.search(before[-3:])
