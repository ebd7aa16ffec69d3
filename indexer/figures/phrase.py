"""What the words right before and behind a number say of it: a bound, a change, what it measures.

Read outwards from the number, word by word, as long as the words are known: 大班额比例|由|上年|的|8.8%.
What is left is the phrase for what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_BEFORE_WORDS = {
    "least": "不少于 不低于 不小于 不得少于 不得低于 至少 大于等于 大于或等于 ≥ 最少 最低 不能少于 不能低于 不短于",
    "most": "不超过 不高于 不多于 不大于 不得超过 不得高于 不能超过 最多 至多 最高 低于 小于 少于 不足 不到 ≤ < 小于等于 "
    "小于或等于 控制在 压缩在 严控在 限制在",
    "over": "超过 高于 多于 大于 突破 超 逾 > 超出 多达 高达 高出",
    "about": "近 约 大约 约为 大概 将近 接近 约占",
    "to": "到 至 为 达 达到 达成 到了 至了 已达 已达到 稳定在 保持在 保持 稳定 维持在 巩固在",
    "up to": "增至 增到 增为 升至 升到 升为 提至 增加到 扩大到 提高到 提升到 上升到",
    "down to": "降至 降到 降为 减至 减到 减为 压到 压减到 压减至 降低到 下降到 缩减到 控制到",
    "up": "提高 提升 增加 增长 上升 上涨 增 升 净增 增幅 涨幅 扩大 上浮 扩增 高 多 净增长 递增 增收 增幅为 涨 回升 增产",
    "down": "下降 降低 减少 降 减 净减 缩小 压减 压缩 回落 下调 降幅 减幅 下滑 净减少 低 少 缩减 压降 递减",
    "share": "占 占比 占到 占了 各占 仅占 约占 占总数 占比为 占比达",
    "goal": "目标 指标 任务 目标为 计划数 计划为 年初计划 年初目标 目标是 确定的 承诺的 要求的 规定的",
    "from": "由 从",
    "linked": "了 的 是 有 共 共有 共计 合计 总计 累计 仅 仅有 只 只有 已 也 在 均 都 又 再 还 还有 尚有 仍有 现有 "
    "计 达 各 分别 依次 分别为 分别达 分别是 分别有 分别达到 实际 实际为 却 才 平均 年均 人均 每年 同比 全部 就 并 "
    "整体 总体 相当于 可 将 拟 要 须 应 能 会 比例 以 按 年 内 前 末 底 、 和 与 及 以及 : 尚 超额 首次 目前 未 未能 月人均 月均 月平均 一举 连续 其中 比 较 "
    "每生 每人 每生每年 每人每年 每学期 每天 每月 每周 每餐 数 至今 控制 落 落到 年初 年度 年末 年底 期末 差 离要求 离目标 距离目标 距目标 好于 优于 力争 确保 计划 预计 约为 最终 年内 全年",
}
_BEFORE = {word: tag for tag, words in _BEFORE_WORDS.items() for word in words.split()}
_BEFORE |= {"数": "stop", "比例": "stop", "新增": "stop", "占比": "stop", "约占": "share"}
_BEFORE |= dict.fromkeys(("生均", "撤并", "合并", "普及", "校均", "班均"), "stop")
_BEFORE |= {"占比为": "stop", "占比达": "stop", "指标": "stop", "任务": "stop", "降幅": "down"}
_LONGEST = max(map(len, _BEFORE))

_LEADING = """
其中 全县 全市 全省 全州 全区 全国 我县 我市 我省 我局 我区 本县 全年 共 共有 已 将 力争 确保 到 使 把 由 从 的 和 及 、 目前 截至 截至目前
年末 年底 到年底 年内 现有 累计 完成 实现 组织 建立起 , 使得 让 以 对 在 每年 争取 努力 计划 预计 拟 要 应 须 并 也 又 再 还 尚 仍 已有 共计 今年 上年 去年
至 为 同时 另 另有 其 该 有 全部 城乡 一年 实际 约 近 均 一是 二是 三是 四是 五是 六是 七是 八是 九是 由此 用 时间 两项 三项 四项 五项 两项合计 四项合计 分别 届时 上半年 下半年 一季度 二季度 三季度 四季度 前三季度 今后 下一步 未 年初 年度 要点 原定 承诺 好于 优于 离 比 较 同比 占 与 高于 低于 同期 较上年 首批 比例 整个 所有 中
各地 各县 县域内 市域内 年度 下 了 达到 达 超过 不少于 不低于 切实 积极 着力 重点 继续 进一步 加快 可 能 会 需 还需 即 而 却 但 因 按 总计 合计 三项合计 两项合计
先后 陆续 有效 最终 当年 每 从而 用于 围绕 通过 目标 小计 相当于 相比 仅 只 约占 之 等 确定 要求 规定 推动 促进 带动 保持 稳定 建成后可 可新增
""".split()
_LEAD: Mapping[int, frozenset[str]] = {
    size: frozenset(word for word in _LEADING if len(word) == size) for size in range(1, 6)
}
_KEPT = (
    "比例",
    "达标",
    "为人",
    "在园",
    "在校",
    "在岗",
    "中职",
    "中小",
    "中等",
    "中心",
    "中学",
    "到校",
    "到位",
    "用地",
    "用房",
    "用餐",
    "用电",
    "用水",
    "未成年",
    "时间银行",
    "用工",
    "用人",
    "到园",
    "有意",
    "有效率",
    "以上",
    "对口",
    "共建",
    "共享",
    "因材",
    "应届",
    "应入",
    "之家",
    "等级",
    "等次",
    "在编",
    "在读",
    "在职",
    "在籍",
    "再就",
    "合计",
    "全部",
    "使用",
    "可用",
    "从业",
    "达标率",
    "下达",
    "每生",
    "每万",
    "近视",
    "重点",
    "继续教育",
    "目标",
    "即",
    "能力",
    "会议",
    "下派",
    "下沉",
    "在建",
    "有学",
    "近亲",
    "较好",
    "还本",
    "要点",
    "由政",
    "其他",
    "按时",
    "均衡",
    "约谈",
    "应助",
    "应补",
    "须知",
    "需求",
    "按期",
    "在线",
    "下乡",
    "共青",
    "按摩",
)  # words that begin like a leading one
_TIME = re.compile(r"(?:[零一二三四五六七八九十两0-9]{1,3}(?:年|个月|学期)(?:来|间|内|多)?)$")
_COMPARED = re.compile("[比较于差净年再]|新?[增升降减涨]$")
_TIME_AHEAD = re.compile(
    r"(?:近|过去)?[零一二三四五六七八九十两0-9]{1,3}(?:年|个月)(?:来|间|内|多)?"
)
_RATIO = re.compile("[生师占之普]比$")
_LIST_MARK = re.compile(r"\(?[0-9]{1,2}[.、)] ?")
BEHIND = re.compile(
    r" ?(?:(?P<least>[及和]?以上)|(?P<most>[及和]?以[下内]|之内)|(?P<about>左右|上下)|(?P<over>[多余]))"
)
_NOUN_END = re.compile(
    r"[,。;:、()!?\n|“”\"《》]|[0-9]|(?<![初高])中(?!小|学|职|心|等|专|层|考)|今年|去年|建有|建成|压减|压缩|减|增|分别|由(?!政)|的(?=[^教学幼公乡优农])|已|将|达|占|全部|均(?!衡)|都|被|为|完成|"
    r"实现|参加|参与|享受|开展|进行|建成|投入|投用|通过|获|得到|等|因|在(?!校|园|职|编|岗|读|籍|线)|"
    r"与(?!法)|和|及|比|较|用于|实行|纳入|启动|提高|下降|增加|减少|新增|超(?!大班)|转|结对|安排|停止|作出|投产|逐|来自|集中|主要|到|分布|发生|出现|仍|剩|只|没|暑期|降|增至|减至|升|有(?!意)|后|以上|以下|以内|目标|没有|未|不|可|能(?!力)|是"
)
_UNCOUNTED = re.compile(r"[的 ]*")


class Lead(NamedTuple):
    """What stands before a number: its bound and direction, and where the noun phrase ends.

    `reached`: the number is what is reached (下降至), not the amount of the change.
    """

    noun_end: int
    bound: str | None
    direction: str | None
    reached: bool
    share: bool
    goal: bool
    start_value: bool


def lead(folded: str, low: int, end: int, skips: Mapping[int, int]) -> Lead:
    """Read the words before a number, from right to left, down to `low`.

    `skips`: ends of years and other numbers that are no figures -> where they start.
    """
    bound: str | None = None
    direction: str | None = None
    reached = share = goal = start_value = False
    while end > low:
        if folded[end - 1] == " ":
            end -= 1
            continue
        if end in skips and skips[end] >= low:
            end = skips[end]
            continue
        tag, size = _word(folded, low, end)
        if tag is None:
            found = _TIME.search(folded, max(low, end - 6), end)
            if found is None:
                break
            end = found.start()
            continue
        if tag == "stop" or (folded[end - size : end] == "比" and _RATIO.search(folded, low, end)):
            break
        if tag[:2] in {"up", "do"}:
            if direction or (size == 1 and not _COMPARED.search(folded, low, end)):
                break
            direction, _, arrived = tag.partition(" ")
            reached = reached or bool(arrived)
        elif tag in {"least", "most", "over", "about"}:
            bound = bound or tag
            goal = goal or folded[end - size : end] in {"控制在", "不少于", "不低于", "不得少于"}
        elif tag == "to":
            reached = reached or direction is None
        elif tag == "share":
            share = True
        elif tag == "goal":
            if folded[end] == "的":  # 完成目标的108%
                share = True
                break
            goal = True
        elif tag == "from":
            start_value = True
        end -= size
    whole = folded.rfind("占", low, end)
    if whole >= 0 and folded[whole + 1] not in "比地用编":  # 占在校生的41.9%
        share = True
        end = whole
        while end > low and folded[end - 1] in "约仍也各仅,":
            end -= 1
    return Lead(end, bound, direction, reached, share, goal, start_value)


def _word(folded: str, low: int, end: int) -> tuple[str | None, int]:
    for size in range(min(_LONGEST, end - low), 0, -1):
        tag = _BEFORE.get(folded[end - size : end])
        if tag:
            return tag, size
    return None, 0


def trim(folded: str, start: int, end: int, starts: Mapping[int, int]) -> int:
    """Where a noun phrase begins, without 其中, 全县, a year (`starts`: start -> end) and the like."""
    while start < end:
        if folded[start] in " ,、*①②③④⑤⑥⑦⑧⑨⑩":
            start += 1
            continue
        mark = _LIST_MARK.match(folded, start, end)
        if mark:
            start = mark.end()
            continue
        if start in starts and starts[start] <= end:
            start = starts[start]
            continue
        found = _TIME_AHEAD.match(folded, start, end)
        if found and not folded.startswith(("学", "义", "九", "制", "一贯"), found.end()):
            rest = folded[found.end() : found.end() + 1]
            if rest not in {"义", "制", "一", "毛", "教"}:
                start = found.end()
                continue
        size = next(
            (n for n in range(min(5, end - start), 0, -1) if folded[start : start + n] in _LEAD[n]),
            0,
        )
        if not size or folded.startswith(_KEPT, start):
            break
        start += size
    return start


def noun_behind(folded: str, start: int, high: int) -> tuple[int, int]:
    """The noun that a number and its unit are followed by: 4200个|学位|."""
    first = start + len(_UNCOUNTED.match(folded, start, high).group())  # type: ignore[union-attr]
    found = _NOUN_END.search(folded, first, min(high, first + 16))
    return first, found.start() if found else min(high, first + 16)
