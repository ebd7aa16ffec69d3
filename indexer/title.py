"""The title of a document that does not mark it: the line that reads like one."""

from __future__ import annotations

import re

_KIND_WORD = re.compile(
    r"(?:报告|总结|小结|要点|计划|打算|安排|规划|方案|预案|意见|通知|通报|公告|公示|办法|细则|规定|条例"
    r"|标准|纲要|材料|汇报|讲话|决定|决议|公报|简报|纪要|综述|案例|说明|请示|批复|函|制度)"
    r"(?:[（(〔\[【][^）)〕\]】]{1,12}[）)〕\]】])?$"
)
_ENDS_SENTENCE = re.compile(r"[。；，！：,;:、]$")
# What stands above a title: menus, dates, document numbers, the red head of an official letter.
_NO_TITLE = re.compile(
    r"首页|(?:当前|所在)位置|[上下]一篇|相关阅读|(?:发布|发文|更新|成文)(?:时间|日期|机构)"
    r"|(?:来源|作者|责任编辑)[:：]|(?:浏览|点击|阅读)(?:次数|量|数)?[:：]?\s*\d|字号|打印|分享到|附件下载"
    r"|[>»|]|https?:|www\.|[〔\[]\d{4}[〕\]]\s*\d+\s*号$|^第?\d+[期号]|文件$|^附件?\s*\d*[:：]?$"
    r"|^目\s*录$|^\W*$|^[\d\s:：年月日./-]+$"
)
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[、.．）)]|第.{1,3}[编章节条]")
_STARTS_TITLE = re.compile(r"关于|[12]\d{3}年|[“《]")
_ISSUER = re.compile(r"(?:局|委|办公室|委员会|政府|厅|部|处|中心校|学校|小学|中学|领导小组)$")
_MAX_TITLE = 60
_MIN_TITLE = 6
_LINES_READ = 8


def title_of(text: str) -> str | None:
    """The line among the first few that reads like the title of an official document.

    Such a title ends in the kind of document (报告, 方案, 意见 ...); without one, the first line
    is taken if it is short and no sentence. A title broken over two lines is put together again.
    None: no line will do.
    """
    lines = [line.strip() for line in text.split("\n", 40)[:40]]
    read = [at for at, line in enumerate(lines) if line and not _NO_TITLE.search(line)]
    likely = [at for at in read[:_LINES_READ] if _could_be_title(lines[at])]
    with_kind = [at for at in likely if _KIND_WORD.search(lines[at])]
    for at in with_kind:
        whole = _with_line_above(lines, at, likely)
        if len(whole) >= _MIN_TITLE:  # 工作总结 alone is the name of a column, if another follows
            return whole
    first = with_kind or [at for at in likely if at == read[0]]
    return lines[first[0]] if first else None


def _could_be_title(line: str) -> bool:
    return not (len(line) > _MAX_TITLE or _ENDS_SENTENCE.search(line) or _NUMBERED.match(line))


def _with_line_above(lines: list[str], at: int, likely: list[int]) -> str:
    """The title that ends in this line: the line above may hold its issuer or its first half."""
    line = lines[at]
    above = lines[at - 1] if at - 1 in likely else ""
    if not above or _KIND_WORD.search(above) or len(above + line) > _MAX_TITLE:
        return line
    first_half = _STARTS_TITLE.match(above) and not _STARTS_TITLE.match(line)
    goes_on = first_half or line.startswith("——")
    issued = _ISSUER.search(above) and _STARTS_TITLE.match(line)
    return above + line if goes_on or issued else line
