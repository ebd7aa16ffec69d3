"""What the words right before and behind a number say of it: a bound, a change, a goal.

Read outwards from the number, word by word, as long as the words are known: 大班额比例|由|上年|的|
8.8%. What is left is the phrase for what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from indexer.figures.lexicon import BEFORE, KEPT, LEADING, LONGEST

_SPAN = r"[零一二三四五六七八九十两0-9]{1,3}"
_TIME = re.compile(rf"(?:{_SPAN}(?:年|个月|学期)(?:来|间|内|多)?)$")
_TIME_AHEAD = re.compile(rf"(?:近|过去)?{_SPAN}(?:年|个月)(?:来|间|内|多)?(?![学义九制一毛教])")
_COMPARED = re.compile("[比较于差净年再]|新?[增升降减涨]$")
_RATIO = re.compile("[生师占之普]比$")
_OF_WHOLE = re.compile("占(?!比|用|编|地(?!区|方))")
_LIST_MARK = re.compile(r"\(?[0-9]{1,2}[.、)] ?")
_SET_AS_GOAL = {"控制在", "不少于", "不低于", "不得少于"}
_BOUNDS = ("least", "most", "over", "about")
BEHIND = re.compile(
    r" ?(?:(?P<least>[及和]?以上)|(?P<most>[及和]?以[下内]|之内)"
    r"|(?P<about>左右|上下)|(?P<over>[多余]))"
)
_NOUN_END = re.compile(
    r"[,。;:、()!?\n|“”\"《》0-9已将达占都被为等和及比较逐到仍剩只没减增降升后未不可是转]"
    r"|(?<![初高])中(?!小|学|职|心|等|专|层|考)|今年|去年|建有|建成|压减|压缩|分别|由(?!政)"
    r"|的(?=[^教学幼公乡优农])|全部|均(?!衡)|完成|实现|参加|参与|享受|开展|进行|投入|投用|通过|获"
    r"|得到|因|在(?!校|园|职|编|岗|读|籍|线)|与(?!法)|用于|实行|纳入|启动|提高|新增|超(?!大班)|结对"
    r"|安排|按[时期]|开设|停止|作出|投产|来自|集中|主要|分布|发生|出现|暑期|有(?!意)|以[上下内]|目标|能(?!力)"
)


class Lead(NamedTuple):
    """What stands before a number: its bound and direction, and where the noun phrase ends.

    `reached`: the number is what is reached (下降至), not the amount of the change; `origin`: it is
    where a change began (由). `share`: it is a part of a whole (占). `goal`: it is set as a goal.
    """

    noun_end: int
    bound: str | None
    direction: str | None
    reached: bool
    share: bool
    goal: bool
    origin: bool


def lead(folded: str, low: int, end: int, skips: Mapping[int, int]) -> Lead:
    """Read the words before a number, from right to left, down to `low`.

    `skips`: where years end -> where they start.
    """
    tags: list[str] = []
    goal = False
    while (begin := _before(folded, low, end, skips)) < end:
        word = folded[begin:end]
        tag = BEFORE.get(word, "linked")
        if tag == "stop" or not _fits(folded, low, end, word, tag, tags):
            break
        if tag == "goal" and folded[end] == "的":  # 完成目标的108%
            tags.append("share")
            break
        goal = goal or word in _SET_AS_GOAL or tag == "goal"
        tags.append(tag)
        end = begin
    moves = [tag for tag in tags if tag.startswith(("up", "down"))]
    direction = moves[0].removesuffix("_to") if moves else None
    first_move = tags.index(moves[0]) if moves else len(tags)
    whole = _whole(folded, low, end)
    return Lead(
        noun_end=end if whole is None else whole,
        bound=next((tag for tag in tags if tag in _BOUNDS), None),
        direction=direction,
        reached="to" in tags[:first_move] or any(tag.endswith("_to") for tag in moves),
        share="share" in tags or whole is not None,
        goal=goal,
        origin="from" in tags,
    )


def _before(folded: str, low: int, end: int, skips: Mapping[int, int]) -> int:
    """Where the known word, year or span of time that ends at `end` begins; `end` if none does."""
    if end > low and folded[end - 1] == " ":
        return end - 1
    if end in skips:
        return max(low, skips[end])
    for size in range(min(LONGEST, end - low), 0, -1):
        if folded[end - size : end] in BEFORE:
            return end - size
    found = _TIME.search(folded, max(low, end - 6), end)
    return found.start() if found else end


def _fits(folded: str, low: int, end: int, word: str, tag: str, tags: list[str]) -> bool:
    """Whether a word means here what its tag says: the 高 of 普高 and the 比 of 师生比 do not."""
    if word == "比":
        return not _RATIO.search(folded, low, end)
    if tag.startswith(("up", "down")):
        again = any(each.startswith(("up", "down")) for each in tags)
        return not again and (len(word) > 1 or _COMPARED.search(folded, low, end) is not None)
    return True


def _whole(folded: str, low: int, end: int) -> int | None:
    """Where the noun phrase ends if a whole is named behind it: 寄宿生|占在校生的41.9%."""
    found = _OF_WHOLE.search(folded, low, end)
    if found is None:
        return None
    at = found.start()
    while at > low and folded[at - 1] in "约仍也各仅,":
        at -= 1
    return at


def trim(folded: str, start: int, end: int, starts: Mapping[int, int]) -> int:
    """Where a noun phrase begins, without 其中, 全县, a year (`starts`: start -> end) and so on."""
    while start < end:
        if folded[start] in " ,、*①②③④⑤⑥⑦⑧⑨⑩":
            start += 1
            continue
        found = _LIST_MARK.match(folded, start, end) or _TIME_AHEAD.match(folded, start, end)
        if start in starts and starts[start] <= end:
            start = starts[start]
        elif found:
            start = found.end()
        elif folded.startswith(KEPT, start):
            break
        else:
            sizes = range(min(5, end - start), 0, -1)
            size = next((n for n in sizes if folded[start : start + n] in LEADING), 0)
            if not size:
                break
            start += size
    return start


def noun_behind(folded: str, start: int, high: int) -> tuple[int, int]:
    """Where the noun stands that a number and its unit are followed by: 4200个|学位|."""
    while start < high and folded[start] in "的 ":
        start += 1
    high = min(high, start + 16)
    found = _NOUN_END.search(folded, start, high)
    return start, found.start() if found else high
