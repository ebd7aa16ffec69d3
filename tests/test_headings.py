"""The numbering of official documents: levels, titles and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.headings import MAX_TITLE, Outline, find_headings, numbering_level
from indexer.records import HeadingMark


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第一章 总则", 1),
        ("第十二章　附则", 1),
        ("第1章 总则", 1),
        ("第一部分 工作回顾", 1),
        ("第二编", 1),
        ("一、总体情况", 1),
        ("十一、保障措施", 1),
        ("二十一、其他", 1),
        ("一.总体要求", 1),
        ("三、九年义务教育", 1),
        ("二、三年行动计划实施情况", 1),
        ("第一节 目标", 2),
        ("（一）化解大班额", 2),
        ("(十一)控辍保学", 2),
        ("㈠班额", 2),
        ("第三条 本办法自发布之日起施行", 3),
        ("第12条 解释", 3),
        ("1.加强领导", 3),
        ("12．压实责任", 3),
        ("3、督促落实", 3),
        ("1. 5亿元资金到位", 3),
        ("⒈组织", 3),
        ("（1）新建学校", 4),
        ("(12)改扩建", 4),
        ("3）招聘教师", 4),
        ("⑴新建", 4),
        ("一是加强党的领导", 5),
        ("十是严格考核问责", 5),
        ("二要落实责任分工", 5),
        ("①新建学校", 5),
        ("2024年工作总结", None),
        ("（2024年）", None),
        ("1.5亿元用于校舍", None),
        ("12.7%的学校达标", None),
        ("3.15活动", None),
        ("一、二年级不布置书面作业", None),
        ("一、二、三年级", None),
        ("一、二等奖共30项", None),
        ("1、2年级合班", None),
        ("3、4月份开展督查", None),
        ("五.四青年节", None),
        ("第一节课推迟到8:30", None),
        ("第三条线索已核查", None),
        ("第一批学校名单", None),
        ("三要素齐备的学校", None),
        ("一是", None),
        ("一年来，全县新增学位", None),
        ("一方面加强管理", None),
        ("百年大计，教育为本", None),
        ("100.全", None),
        ("首先，加强领导", None),
        ("——优化布局", None),
        ("附件1：名单", None),
        ("", None),
    ],
)
def test_the_level_of_a_line(line: str, level: int | None) -> None:
    assert numbering_level(line) == level


@pytest.mark.xfail(strict=True, reason="only the sense tells it from 二、三年行动计划实施情况")
def test_neighbouring_numerals_are_no_heading() -> None:
    assert numbering_level("一、二线教师同等对待") is None


@pytest.mark.parametrize(
    ("line", "title", "alone"),
    [
        ("一、总体情况", "一、总体情况", True),
        ("一、工作总结。", "一、工作总结", True),
        ("一、总体情况：", "一、总体情况", True),
        ("1.全面完成任务。围绕目标推进。", "1.全面完成任务", False),
        ("（一）民生为本，全力推进。一是建校。", "（一）民生为本，全力推进", False),
        ("1.师生比由1：18提高到1：15", "1.师生比由1：18提高到1：15", True),
        ("1.全县新增义务教育学位四千二百个，大班额比例下降到百分之八。",
         "1.全县新增义务教育学位四千二百个，大班额比例下降到百分之八", False),
        ("一是" + "建" * 24 + "，" + "校" * 30, "一是" + "建" * 24, False),
        ("一是" + "建" * 30 + "投入12345678万元", "一是" + "建" * 30 + "投入", False),
        ("一是" + "建" * 24 + "1,200万元" + "校" * 30, "一是" + "建" * 24 + "1,200万元" + "校" * 7,
         False),
    ],
)  # fmt: skip
def test_the_title_of_a_line_and_whether_it_stands_alone(
    line: str, title: str, alone: bool
) -> None:
    (found,) = find_headings(f"{line}\n正文")
    assert (found.title, found.alone) == (title, alone)
    assert len(found.title) <= MAX_TITLE


TEXT = """总结
一、成效
（一）班额
1.建校
全县新建学校三所。
2.分流
一是调整划片范围。
二、问题
缺编。"""


@pytest.mark.parametrize(
    ("at", "path"),
    [
        ("总结", ()),
        ("成效", ("一、成效",)),
        ("班额", ("一、成效", "（一）班额")),
        ("三所", ("一、成效", "（一）班额", "1.建校")),
        ("划片", ("一、成效", "（一）班额", "2.分流", "一是调整划片范围")),
        ("缺编", ("二、问题",)),
    ],
)
def test_the_path_of_headings_above_a_place(at: str, path: tuple[str, ...]) -> None:
    assert Outline(find_headings(TEXT)).path(TEXT.index(at)) == path


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("一、甲\n正文", [True]),
        ("一、甲\n（一）乙\n正文", [True, True]),
        ("（一）新增学位\n（二）招聘教师", [False, False]),
        ("一、甲\n\n", [False]),
        ("一、甲\n二、乙\n一、甲\n正文\n二、乙\n正文", [True, True, True, True]),  # contents
    ],
)
def test_a_numbered_line_with_nothing_below_it_is_no_heading(text: str, heads: list[bool]) -> None:
    assert [heading.heads for heading in find_headings(text)] == heads


@pytest.mark.parametrize(
    ("text", "marks", "levels"),
    [
        ("题\n甲\n文", [(0, 1, 0), (2, 3, 1)], [("甲", 1)]),
        ("1.甲\n文", [(0, 3, 1)], [("1.甲", 1)]),  # the higher of the two
        ("一、甲\n文", [(0, 4, 3)], [("一、甲", 1)]),
        ("一、题\n文", [(0, 3, 0)], [("一、题", 1)]),  # numbered, so no title
        ("甲\n文", [], []),
    ],
)
def test_marks_of_the_format_are_merged(
    text: str, marks: list[tuple[int, int, int]], levels: list[tuple[str, int]]
) -> None:
    found = find_headings(text, tuple(HeadingMark(*mark) for mark in marks))
    assert [(heading.title, heading.level) for heading in found] == levels


LINES = st.lists(
    st.sampled_from(
        [
            "一、甲",
            "（一）乙",
            "1.丙",
            "（1）丁",
            "一是加强领导工作",
            "正文一行。",
            "",
            "第一章 总则",
        ]
    ),
    max_size=20,
)


@given(LINES)
def test_headings_of_any_document_are_whole_lines_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = find_headings(text)
    assert [text[each.start : each.end] for each in found] == [
        n for n in lines if numbering_level(n)
    ]
    outline = Outline(found)
    for each in found:
        path = outline.path(each.start)
        assert path[-1] == each.title
        assert len(path) <= each.level
