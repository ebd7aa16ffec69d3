"""Text -> number tokens with value and unit, and which of them state how much of something.

Dates, document numbers, list numbers, ranks, set phrases (“两个只增不减”, 九年义务教育) and what stands
between 《》 are numbers, but no figures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from indexer.figures import units
from indexer.figures.numerals import ARABIC, CHINESE, arabic, chinese
from indexer.records import Number

_NUMBER = re.compile(
    rf"(?P<per>[百千万])分之 ?(?:(?P<per_arabic>{ARABIC})|(?P<per_chinese>{CHINESE}))"
    rf"|(?P<whole>[二三四五六七八九十]{{1,3}}|[0-9]{{1,2}})分之"
    rf"(?P<part>[一二三四五六七八九十]{{1,3}}|[0-9]{{1,2}})"
    r"|(?<![0-9/.])(?P<over>[1-9])/(?P<under>[2-9]|10)(?![0-9/.年月])"
    r"|(?P<half>一半|半数|过半(?!数))"
    r"|(?P<tenths>[一二三四五六七八九1-9])成(?P<more_tenths>[一二三四五六七八九]|半)?"
    r"(?![立为效果员绩长本就功都分人年熟套品不交新份])"
    r"|(?P<left>[0-9]{1,6}(?:\.[0-9]{1,4})?)(?: ?: ?|(?<=[^0-9.]1)比|比(?=1(?![0-9.])))"
    r"(?P<right>[0-9]{1,6}(?:\.[0-9]{1,4})?)"
    rf"|(?P<minus>(?:(?<=[:,( |])|^)[-−])?(?P<arabic>{ARABIC})|(?P<chinese>{CHINESE})"
)
_SOME_NUMERAL = re.compile("[0-9零一二三四五六七八九十百千万亿两廿卅半]")
_SET_APART = re.compile(
    r"《[^》\n]*》|[“\"「『][^“”\"「」『』\n]{1,12}[”\"」』]|[〔\[【](?:19|20)[0-9]{2}[〕\]】]"
)
_LIST_NUMBER = re.compile(
    r"(?:^|(?<=[\n。;)]))[ \t]*\(?[0-9]{1,2}(?:[、)]|\.(?![0-9]|$)"
    r"|\.(?=(?:19|20)[0-9]{2}年|[0-9]+(?:所|名|个|人|家|项|间|套|门|条|次)(?!百分)))"
)
_RANGE = re.compile(r" ?(?:[-—–~―]{1,2}|(?P<word>至|到)) ?")
_START = re.compile(r"[由从自][^,。;:、]{0,14}$")
_LIST = re.compile(r" ?[、和与及] ?")
_EACH = re.compile(r"分别|依次|各[为有是]")

_RANK = re.compile(r"(?:第|排名?|名列|位列|位居|列|居)(?:全[国省州市县区]|[^,。;0-9]{0,3})第?$")
_TOP = re.compile(r"(?:第|前|每|每隔|每满|[这那该某]|上述|任何|同)$")
_CODE = re.compile(r"[A-Za-z_#+/.@]$|[A-Za-z0-9]-$")
_RATIO = re.compile(r"(?:比|按|配|例为|达到|不低于|不高于|至少)[^,。;]{0,8}$")
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


class Token(NamedTuple):
    """A number and whether it is a figure; `chinese` tells how it is written."""

    number: Number
    figure: bool
    chinese: bool
    over: bool


def scan(text: str, folded: str) -> list[Token]:
    """Find the numbers of a text (and its folded form), in order."""
    if not _SOME_NUMERAL.search(folded):
        return []
    apart = [found.span() for found in _SET_APART.finditer(folded)]
    marks = {found.start(): found.end() for found in _LIST_NUMBER.finditer(folded)}
    skipped = sorted(marks.items())
    tokens: list[Token] = []
    at = 0
    while found := _NUMBER.search(folded, at):
        inside = next((end for start, end in skipped if start <= found.start() < end), None)
        if inside is not None:
            at = inside
            continue
        number, over = _read(text, folded, found)
        at = max(found.start() + 1, number.end if number else found.end())
        if number is None:
            continue
        spelled = found.lastgroup in {"chinese", "per_chinese", "tenths", "more_tenths", "half"}
        token = Token(number, False, spelled, over)
        tokens.append(token._replace(figure=_is_figure(folded, token, apart, found)))
        _join(text, folded, tokens)
    _share_units(folded, tokens)
    return tokens


def _read(text: str, folded: str, found: re.Match[str]) -> tuple[Number | None, bool]:
    """The number that a match of the pattern states, and whether 余 or 多 follows."""
    start, end = found.span()
    unit = ""
    value: Decimal | None
    if found["per"]:
        value = (
            arabic(found["per_arabic"]) if found["per_arabic"] else chinese(found["per_chinese"])
        )
        unit = "‰" if found["per"] == "千" else "%"
        value = value / 100 if value is not None and found["per"] == "万" else value
        more = folded[end : end + 1] in {"多", "余"}
        return _number(text, start, end, value, unit, f"{found['per']}分之"), more
    if found["whole"] or found["over"]:
        part, whole = found["part"] or found["over"], found["whole"] or found["under"]
        above, below = (arabic(x) if x.isdigit() else chinese(x) for x in (part, whole))
        value = above * 100 / below if above and below and above < below else None
        return _number(text, start, end, value, "%", "分之"), False
    if found["half"]:
        return _number(text, start, end, Decimal(50), "%", "半"), found["half"] == "过半"
    if found["tenths"]:
        value = (
            chinese(found["tenths"]) if not found["tenths"].isdigit() else arabic(found["tenths"])
        )
        more_tenths = found["more_tenths"]
        extra = Decimal(5) if more_tenths == "半" else chinese(more_tenths or "零")
        value = value * 10 + extra if value is not None and extra is not None else None
        return _number(text, start, end, value, "%", "成"), False
    if found["left"]:
        left, right = arabic(found["left"]), arabic(found["right"])
        if right == 1:
            left, right = right, left
        return _number(text, start, end, right, f"{left.normalize():f}:", ":"), False
    value = arabic(found["arabic"]) if found["arabic"] else chinese(found["chinese"])
    if value is None:
        return None, False
    tail = units.TAIL.match(folded, end)
    if tail is None:
        return None, False
    over = bool(tail["first"] or tail["more"] or (tail["unit"] and tail["last"]))
    if tail["unit"] and not (found["chinese"] and tail["gap"]):
        unit = tail["unit"]
        # 2年多: the sign after a unit belongs to it; 个多月 is not written here.
        end = tail.end() if over else tail.end("unit")
    elif tail["times"]:
        end = tail.end("more") if tail["more"] else tail.end("times")
    elif tail["first"]:
        end = tail.end("first")
    value *= units.times(tail["times"])
    value = -value if found["minus"] else value
    unit_text = text[tail.end("gap") : end] if tail["times"] or unit else ""
    return _number(text, start, end, value, units.normal(unit), unit_text.strip(" 余多来")), over


def _number(
    text: str, start: int, end: int, value: Decimal | None, unit: str, unit_text: str
) -> Number | None:
    if value is None:
        return None
    return Number(start, end, text[start:end], value, None, unit, unit_text)


def _is_figure(
    folded: str, token: Token, apart: list[tuple[int, int]], found: re.Match[str]
) -> bool:
    number = token.number
    start, end, unit = number.start, number.end, number.unit
    before, after = folded[max(0, start - 12) : start], folded[end : end + 12]
    if any(first <= start < last for first, last in apart) and unit not in {"%", "元", "百分点"}:
        return False
    if _CODE.search(before) or _TOP.search(before):
        return False
    if unit.endswith(":"):
        lone = number.value != int(number.value) or unit != "1:"
        return bool(_RATIO.search(before)) or (unit == "1:" and lone)
    if not unit:
        return _bare_figure(folded, token, before, after)
    if unit in units.ANY:
        return not (unit == "元" and _NO_UNIT.match(f"元{after}"))
    written = number.text[-len(unit) :]
    if _NO_UNIT.match(written + after) or (unit in {"名", "位"} and _RANK.search(before)):
        return False
    if unit == "名" and re.search(r"前$", before):
        return False
    if unit == "分" and re.search(r"[时点:]$", before):
        return False
    if unit in {"年", "周"}:
        return _span_of_time(token, before, after)
    return not token.chinese or _counted(found, number, before, after)


def _counted(found: re.Match[str], number: Number, before: str, after: str) -> bool:
    """Whether a Chinese number before a unit counts something, and is no part of a set phrase."""
    numeral = found["chinese"] or ""
    if not numeral:
        return True
    if number.unit in units.ARABIC_ONLY or (numeral[0] in "百千万亿" and "余" not in number.text):
        return False
    if number.value == 1:
        paired = re.match(r"一", after[:1]) or re.search(r"一[^,。;]$", before)
        lone = number.unit in units.LONE_ONE and not _LONE.search(before) and not paired
        return lone and not re.match(r"[都也不一]", after)
    if number.value <= 3 and number.unit in {"本", "次", "期", "批"}:
        return False
    return number.unit not in {"个", "项", "种", "条", "类", "位", "人"} or not _SLOGAN.match(after)


def _span_of_time(token: Token, before: str, after: str) -> bool:
    """Whether a number of years is stated for itself (服务期不少于5年), not as a date or a name."""
    number = token.number
    if number.unit == "年" and 1900 <= number.value < 2100 and number.value == int(number.value):
        return False
    if _SPOKEN_SPAN.search(before[-3:]) and number.value == int(number.value):
        return False
    decimal = number.value != int(number.value)
    return decimal or bool(_SPAN.search(before) or _SPAN_END.match(after))


def _bare_figure(folded: str, token: Token, before: str, after: str) -> bool:
    """Whether a number without a unit states an amount: 6.3亿, 系数为0.39."""
    number = token.number
    if token.chinese or re.match(r"[A-Za-z0-9+/.%]|年|月|日|号|时|:", after):
        return False
    if number.unit_text:
        return True
    return bool(_BARE.search(before) and _BARE_END.match(after)) and not (
        1900 <= number.value < 2100 and number.value == int(number.value)
    )


def _join(text: str, folded: str, tokens: list[Token]) -> None:
    """Make one range of the last two tokens where they are its ends: 56—65人, 3%至5%."""
    if len(tokens) < 2:
        return
    low, high = tokens[-2], tokens[-1]
    first, last = low.number, high.number
    between = _RANGE.fullmatch(folded, first.end, last.start)
    if between is None or first.high is not None or first.unit not in {"", last.unit}:
        return
    if not last.unit and not last.unit_text:
        return
    turned = between["word"] == "到" or first.unit
    if turned and between["word"] and _START.search(folded, max(0, first.start - 16), first.start):
        return
    value = first.value
    scale = last.value / arabic(_digits(last.text)) if last.unit_text and not high.chinese else 1
    if not first.unit_text and scale in set(units.MULTIPLIERS.values()):
        value = value * scale if value < last.value / scale else value
    if value >= last.value:
        return
    number = replace(
        last, start=first.start, text=text[first.start : last.end], value=value, high=last.value
    )
    before = folded[max(0, first.start - 12) : first.start]
    figure = high.figure and not _CODE.search(before) and not _TOP.search(before)
    if number.unit in {"年", "周", "岁"}:
        figure = (
            value < 100
            and last.value < 100
            and not _NO_UNIT.match(number.unit + folded[last.end : last.end + 3])
        )
    tokens[-2:] = [Token(number, figure, high.chinese, high.over)]


def _digits(text: str) -> str:
    found = re.match(ARABIC, text.translate({ord("，"): ","}).lstrip("-−"))
    return found.group() if found else "1"


def _share_units(folded: str, tokens: list[Token]) -> None:
    """Give the numbers of a list the unit that its last one has: 分别为120、80、60人."""
    for at in range(len(tokens) - 2, -1, -1):
        number, following = tokens[at].number, tokens[at + 1].number
        if (
            not number.unit
            and not number.unit_text
            and following.unit
            and tokens[at + 1].figure
            and not tokens[at].chinese
            and _LIST.fullmatch(folded, number.end, following.start)
            and _EACH.search(folded, max(0, tokens[at].number.start - 30), number.start)
        ):
            shared = replace(number, unit=following.unit, unit_text=following.unit_text)
            tokens[at] = tokens[at]._replace(number=shared, figure=True)
