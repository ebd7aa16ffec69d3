"""Whether a sentence holds the kind of thing that a question asks for: money, a share, a time.

A near miss speaks of the very matter and lacks it: 向6所民办学校购买学位3490个 does not say what a
place costs. What is asked for without its kind being told by words (what happened, who) is not
looked at here, nor is whether the sum or the date is the right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.wanted.questions import asks_figure, asks_money


@dataclass(frozen=True, slots=True)
class _Kind:
    """What asks for a kind of thing, and what every sentence that gives it holds."""

    asked: re.Pattern[str]
    given: re.Pattern[str]


def _kind(asked: str, given: str) -> _Kind:
    return _Kind(re.compile(asked, re.IGNORECASE), re.compile(given))


_NUMBER = r"[0-9０-９一二三四五六七八九十百千万亿两半零〇几]"
_PART = (
    r"[%％‰]|百分|分之|[∶:倍半]|\d比\d|[一二三四五六七八九]成|全部(?!在)|全覆盖|全面|全员|全都|均|都|所有|零|无一"
    r"|不[到足]|清零"
)

_OF_MONEY = "(?:价|款|工资|薪|经费|费|成本|标准|投资|补贴|补助|津贴|奖|预算|收入|额)"
_MONEY = re.compile(
    rf"元|免费|免[除收交缴]|减免|不收|无偿|不要钱|自费|自理|全额|{_OF_MONEY}[^，。；]{{0,12}}(?:[%％成倍半]|分之)"
    rf"|(?:[%％成倍]|分之)[^，。；]{{0,8}}{_OF_MONEY}|[按以]\w{{0,6}}价"
)
_KINDS = (
    _kind(
        r"(?:比例|占比|比率|百分比|百分之)[^，。；？?]{0,8}(?:多少|几|[？?]|$)|多大(?:的)?(?:比例|比重)"
        r"|率(?:是|为|有|达|达到|提高到|提升到|降到|降至|降到了|升到了?)?(?:多少|几)|百分之(?:几|多少)"
        r"|(?:what|which) (?:\w+ )?(?:share|percentage|proportion)\b|\bpercentage of\b"
        r"|\bproportion of\b|what per ?cent|^share of\b"
        r"|\b(?:below|under|above|over|to|least|than) [\w.]+ (?:and a half )?(?:per ?cent\b|%)",
        _PART,
    ),
    _kind(
        r"什么时候|何时|哪一?年|几时|啥时"
        r"|^(?:by |since |until )?when (?:did|was|were|is|are|will|has|have)\b"
        r"|,? and when\b|(?:what|which) years?\b",
        rf"{_NUMBER}\s*[年月日号]|[年月]|学期|[假季节]|期间|目前|当[年日天]|次日|天|周[一二三四五六日末]|[每本上下]周|时间|时段|[前后](?=[，。；提逐全])|即日|点|方可|[0-9]\s*[.\-/]\s*[0-9]",
    ),
    _kind(
        r"多久|多长时间|多少(?:天|年|个月|周|小时|分钟|学时|课时)|几(?:天|个月|周|个?小时|分钟)"
        r"|几年(?!级)|how long (?:did|does|do|is|was|were|must|should|will|has|have|can|may)"
        r"|how many (?:days|years|months|weeks|hours|minutes)\b",
        r"[年月日天周秒时]|分钟|学期|课时|季|期|次|随时|小时|学制",
    ),
    _kind(
        r"几年级|哪[个些几]?年级|(?:what|which) (?:grades?|year groups?|forms?) (?!of)",
        r"年级|[高初][一二三]|[小中大托]班|起始|级|学段|阶段",
    ),
    _kind(
        r"哪一?[天日](?!常)|几[号日](?!子)|\b(?:what|which) (?:day|date)\b",
        r"[0-9一二三四五六七八九十]日|号|周[一二三四五六日末]|月[底末初]|[0-9一二三四五六七八九十]月[，上中下]|当天|次日|即日|节(?!约|能|省)"
        r"|工作日|每[天日]|\b[0-9]{1,2}\s*[.\-/]\s*[0-9]{1,2}(?![0-9.%年个名])",
    ),
    _kind(
        r"截止(?:时间|日期|到什么|什么)|最[晚迟](?:到)?(?:什么时|何时)"
        r"|\bdeadline for\b|\bby what dates?\b|\bwhat dates\b",
        r"[0-9一二三四五六七八九十][月日]|号|周[一二三四五六日末]|月[底末初]|学期|假|[年季][底末初内]"
        r"|前|后|当天|次日|即日|期|节|[点内]|半年|限|到\d{4}年|[0-9]\s*[.\-/]\s*[0-9]",
    ),
    _kind(
        r"几月|哪[个几]个?月|\b(?:what|which) months?\b",
        r"(?:[0-9一二三四五六七八九十]|本|当|每|[上下])月|学期|季|假|春|夏|秋|冬|节|月[底末初]|年[底末初]|半年",
    ),
    _kind(
        r"哪[个几些一]个?(?:股室?|科室|部门|单位|机构|局|处室?|办公室)|归哪"
        r"|\b(?:which|what) (?:office|department|section|division|unit|agency|bureau|body)",
        r"股|科(?![学目普技任])|局|部(?!分|署)|办(?![学理好法园])|小组|中心|委|处(?!理|置)|(?:办公|股|科|处|保卫|政教)室|站|专班|单位|机构"
        r"|公司|厅|院|所(?!有|在|需)|校|会(?!议|同)|组(?!织|建)|政府|镇|乡|队|厂|园",
    ),
    _kind(
        r"几[趟回遍轮]|多久(?:\w{1,6})?一[次回遍]|\bhow often\b(?! (?:did|was|were|has|have))",
        r"次|趟|回|遍|轮|每|随时|定期|逐|一[日周月季年]一|[日周月季]\w?[一二三]|平均|学期|半年|起|节",
    ),
    _kind(
        r"几分(?!钟|之|量)|多少分(?!钟|之|量)|\bhow many points\b",
        rf"{_NUMBER}\s*分(?!钟|之|别|批|期|类|级|片|档|段|步)|满分|一半|[∶:%]",
    ),
    _kind(
        r"明天|后天|今晚|明早|下周|\b(?:tomorrow|tonight|next week)\b", r"明天|后天|今晚|明早|下周"
    ),
    _kind(
        r"多远|多少(?:公里|千米|里路)|几(?:公里|里路)|how many (?:km|kilomet\w+|miles)\b",
        r"公里|千米|[米里]|km",
    ),
    _kind(
        r"多少(?:亩|平方米|平米)|(?:占地|建筑|校舍|场地)?面积(?:是|有|为|达)?多[少大]"
        r"|how many (?:square met\w+|hectares|mu)\b",
        r"平方|亩|㎡|公顷|平米",
    ),
)
_ANY_NUMBER = re.compile(rf"{_NUMBER}|全部|没有|无|清零|首[次个批家]|双")

_ASKS_WHY = re.compile(
    r"为什么|为何|为啥|怎么|怎样|如何|原因|哪几?[个所](?!股|科室|部门|单位|机构|局|处|办公室|月)"
    r"|\b(?:why|who)\b",
    re.IGNORECASE,
)
"""The kind that such a question names (市区普惠率为啥低) is not what it asks for."""

_CAUSE = _kind(
    r"为什么|为何|为啥|怎么会|咋[会没]|原因(?:是|有|何在|在哪|[？?]|$|[^，。]{0,4}什么)|什么原因|何种原因"
    r"|^why\b|\band why\b|, why\b|\breasons?\b|what caused|what (?:led|made)\b",
    r"因|由于|鉴于|在于|主要是|受|影响|造成|导致|致使|使|引[起发]|避免|防止|为[了避防保确方减缓解让]|考虑|反映|认为|担心|怕"
    r"|不[足够高强快顺平均匀到及能愿敢会宜便同清懂想少重]|无[法力人]|过[高大多少小低远快]|紧[张缺]|太|偏|难|困|慢|迟|缓|弱|只|滞后"
    r"|压力|矛盾|冲突|制约|限制|流失|外出|重复|停|断|误|漏|错|拖|卡|缺|老化|集中",
)
"""What tells of a cause; the words are many, and what has none of them seldom gives one."""

_ASKS = re.compile(
    r"多少|几[个所名人]|哪|什么|谁|多久|多大|多远|\b(?:how|what|which|when|who|why)\b",
    re.IGNORECASE,
)
"""A word that asks: one for each thing that a question asks for."""

_LACKING = -7.0
"""What a sentence loses, in log-odds, that has nothing of the kind."""

_NO_CAUSE = -1.5
"""What one loses that tells of no cause where that is asked for: of the training questions for a
cause one in eight (Chinese) and one in five (English) are answered so, of the sentences beside near
misses six in ten."""


def kind_worth(question: str, sentence: str) -> float:
    """What a sentence loses that holds nothing of the kind of thing asked for.

    Of several kinds (花多少钱，什么时候建成) one is enough: others may tell the rest.
    """
    kinds = _wanted(question)
    return _LACKING if kinds and not any(kind.search(sentence) for kind in kinds) else 0.0


def cause_worth(question: str, sentence: str) -> float:
    """What a sentence loses that tells of no cause where one is asked for."""
    return _NO_CAUSE if _asks_cause(question) and not _CAUSE.given.search(sentence) else 0.0


@lru_cache(maxsize=64)
def _asks_cause(question: str) -> bool:
    return bool(_CAUSE.asked.search(question))


@lru_cache(maxsize=64)
def _wanted(question: str) -> tuple[re.Pattern[str], ...]:
    """What a sentence must hold, one of them, to answer a question."""
    if _ASKS_WHY.search(question):
        return ()
    given = [kind.given for kind in _KINDS if kind.asked.search(question)]
    if asks_money(question):
        given.append(_MONEY)
    if asks_figure(question) and not given:
        given.append(_ANY_NUMBER)
    # What else a question asks for may be of any kind, and stand in a sentence of its own.
    return tuple(given) if len(_ASKS.findall(question)) <= len(given) else ()
