"""What kind of thing a question asks for, by its words."""

from __future__ import annotations

import re

_FIGURE = re.compile(
    r"多少|几[个所名人家次成万亿]|比例|占比|比率|[率数]是|率$|率(?:达|为|提|降|有)|增长了|下降了"
    r"|(?:[人个次校班户]数|数量|总数|支出|投入|经费|规模|面积|学位)[？?。]?$"
    r"|how (?:many|much|large|high|far|long)|what (?:share|percentage|proportion|rate|number)"
    r"|\brate\b|\bshare\b|\bnumber of\b|percent|\b(?:final|total) (?:count|number|amount)",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"[降升增减]了|(?:下降|上升|增加|增长|减少|提高|提升|压减)了?多少|增幅|降幅"
    r"|by how (?:many|much)|\b(?:increase|decrease|grow|fall|fell|rise|rose|drop)",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"目标|计划|要求|打算|力争|预计|准备|(?<![需主重])[要将拟](?:到|达|降|升|提|压|增|新|建|招|配|培|投|完成|实现)"
    r"|\b(?:target|goal|plan|aim|will\b|intend|hope|expect)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"实际|最后|最终|到底|究竟|真正|真的|真有|有没有.*[成到了]|是不是"
    r"|actually|really|in the end|\bfinal",
    re.IGNORECASE,
)
"""Asks what has come of it, in so many words."""

_MET = re.compile(
    r"(?:目标|计划|任务|承诺|指标)[^，。？?]{0,10}(?:实现|完成|达到|达成|达标|兑现|落实)(?:了)?(?:吗|没有|没)"
    r"|(?:有没有|是否|是不是|有无)(?:真的|真正|已经?|按时|如期|按期)*(?:实现|完成|达到|达成|兑现)"
    r"|(?:实现|完成|达到|达成|达标|兑现|做到)了?(?:吗|没有|没[？?]?$)"
    r"|(?:目标|计划|任务|承诺|指标)[^，。？?]{0,8}完成(?:得|的)?(?:怎么样|怎样|如何|情况)"
    r"|^(?:did|has|have|was|were)\b.*\b(?:meet|met|reach\w*|achiev\w*|hit|get|got|manage\w*|succeed\w*"
    r"|bring|brought|fulfil\w*|completed?|kept|keep|finish\w*|deliver\w*)\b|\bwhat is it now\b",
    re.IGNORECASE,
)
"""Asks whether what was to be reached was."""

_TELLS_OF_RESULT = re.compile(
    r"[达降升增减建招投发交花用完剩成]了|了多少|已经|还剩"
    r"|\b(?:did|was|were|has|have been|achieved?|spent|still)\b",
    re.IGNORECASE,
)
"""Speaks of what it asks for as past; it may have been planned for all that."""

_MAY_WANT_GOAL = re.compile(
    r"应|须|规定|以[上下]|\b(?:must|should|required?|supposed|aim)", re.IGNORECASE
)
_WHETHER = re.compile(r"是不是|是否|没有|了吗|^(?:did|was|were|has|have)\b", re.IGNORECASE)
_OF_EACH = re.compile(r"哪|各[县市地区]|县市|每个[县市]|which|each|counties|cities", re.IGNORECASE)
_HOW = re.compile(
    r"如何|怎么|怎样|做法|措施|办法|举措|经验|采取|途径|\bhow\b|measures?\b|what did|approach",
    re.IGNORECASE,
)
_SHARE = re.compile(r"比例|占比|比率|率|百分|share|percent|proportion|\brate\b", re.IGNORECASE)

_MONEY = re.compile(
    r"多少钱|多少[万亿]?元|[补奖贴发拿收缴付]到?多少(?=[？?，。]|$)"
    r"|(?:奖补|补[贴助]|津贴|收费|资助|学费|住宿费|餐费|伙食费?|报酬)的?标准|票价|单价|花[了费]?多少|多少(?:经费|资金|补助|补贴|学费|费用)"
    r"|(?:投入|支出|经费|资金|费用|成本|造价|工资|补贴|补助|奖金|学费)[^，。？?]{0,6}多少(?![个所名人家次])"
    r"|how much\b.*\b(?:costs?|spen[dt]|pay|paid|money|fund(?:s|ing)?|invest(?:ed|ment)?|charged?"
    r"|allowance|subsid\w+|prize|fees?)\b|\bwhat did .*\bcost\b|\bprice\b",
    re.IGNORECASE,
)


def asks_figure(question: str) -> bool:
    """Whether a question wants a number for an answer."""
    return bool(_FIGURE.search(question))


def asks_how(question: str) -> bool:
    """Whether a question wants to know how something was done, and no number."""
    return bool(_HOW.search(question)) and not asks_figure(question)


def asks_share(question: str) -> bool:
    """Whether a question wants a share of a whole or a rate."""
    return bool(_SHARE.search(question))


def asks_money(question: str) -> bool:
    """Whether a question wants a sum of money."""
    return bool(_MONEY.search(question))


def asks_change(question: str) -> bool:
    """Whether a question wants by how much something has changed."""
    return bool(_CHANGE.search(question))


def asks_goal(question: str) -> bool:
    """Whether a question asks for what is planned."""
    return bool(_GOAL.search(question))


def asks_of_each(question: str) -> bool:
    """Whether a question asks for figures of the places within the one that it names."""
    return bool(_OF_EACH.search(question))


def rejects_goals(question: str) -> bool:
    """Whether a question asks in so many words what has really come of it."""
    if asks_goal(question) or _MAY_WANT_GOAL.search(question) or not _RESULT.search(question):
        return False
    return asks_figure(question) or bool(_WHETHER.search(question))


def asks_if_met(question: str) -> bool:
    """Whether a question asks if something that was to be reached has been."""
    return bool(_MET.search(question))


def speaks_of_past(question: str) -> bool:
    """Whether a question speaks of the figure it wants as past, and of no plan."""
    if asks_goal(question) or _MAY_WANT_GOAL.search(question) or not asks_figure(question):
        return False
    return bool(_TELLS_OF_RESULT.search(question))
