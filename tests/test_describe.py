"""The title of a document: which of its first lines it is, and where else it may be stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.describe import describe
from indexer.records import RawText
from indexer.title import title_of


def hard(text: str, title: str | None, why: str) -> object:
    return pytest.param(text, title, id=why)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        # title lines
        ("青禾县教育局2023年工作总结\n一、成效", "青禾县教育局2023年工作总结"),
        ("青禾县2023年教育工作要点\n2023年，", "青禾县2023年教育工作要点"),
        ("关于印发《控辍保学方案》的通知\n各学校：", "关于印发《控辍保学方案》的通知"),
        ("青禾县化解大班额实施方案（征求意见稿）\n一、", "青禾县化解大班额实施方案（征求意见稿）"),
        ("青禾县督导报告〔摘要〕\n一、", "青禾县督导报告〔摘要〕"),
        ("青禾县上半年工作总结及下半年工作计划\n今年，", "青禾县上半年工作总结及下半年工作计划"),
        ("青禾县教育条例实施细则\n第一章 总则", "青禾县教育条例实施细则"),
        ("  青禾县学校食堂管理办法  \n第一条", "青禾县学校食堂管理办法"),
        ("在全县教育工作会议上的讲话\n（2023年2月1日）\n同志们：", "在全县教育工作会议上的讲话"),
        ("一间房、一趟车：乡村教师经验材料\n全县", "一间房、一趟车：乡村教师经验材料"),
        ("新学校建设进展顺利\n全县三所新校开学。", "新学校建设进展顺利"),
        ("工作总结\n全县完成任务。", "工作总结"),
        ("《青禾县教育规划纲要》\n一、", "《青禾县教育规划纲要》"),
        # what stands above the title
        ("发布 2024-03-12 阅读 1749\n青禾县2024年工作总结\n2024年，", "青禾县2024年工作总结"),
        ("青禾县教育局文件\n青教字〔2023〕3号\n关于开展督导的通知\n各校：", "关于开展督导的通知"),
        ("附件1\n青禾县2024年重点任务实施方案\n一、", "青禾县2024年重点任务实施方案"),
        ("您还没有浏览的资料哦~\n青禾县情况报告\n正文。", "青禾县情况报告"),
        ("\n\n\n青禾县情况报告\n正文。", "青禾县情况报告"),
        ("为什么有差距？\n青禾县整改情况报告\n正文。", "青禾县整改情况报告"),
        ("以下是为您整理的范文，供参考。\n青禾县工作总结\n正文。", "青禾县工作总结"),
        ("通知公告\n青禾县招生工作方案\n文。", "青禾县招生工作方案"),
        # no title
        ("这一年全县教育工作取得进步。\n后文。", None),
        ("根据要求，现将情况报告如下，请审阅；\n后文。", None),
        ("县" * 61 + "\n后文。", None),
        ("", None),
        ("\n \n", None),
        ("县" * 61 + "报告\n" + "文。\n" * 8 + "太靠后的工作报告", None),
        # known to fail
        hard("各位代表：\n现在报告工作。", None, "a form of address is no title"),
        hard("一、总体情况\n全县", None, "a numbered heading is no title"),
        hard(
            "首页 > 信息公开 > 工作报告\n青禾县情况报告\n文。", "青禾县情况报告", "a path of links"
        ),
        hard("青禾县教育局\n2023年工作总结\n一、", "青禾县教育局2023年工作总结", "over two lines"),
        hard(
            "关于2023年全县义务教育优质均衡发展\n情况的报告\n县政府：",
            "关于2023年全县义务教育优质均衡发展情况的报告",
            "over two lines",
        ),
        hard("青教字〔2023〕3号\n正文。", None, "a document number is no title"),
    ],
)
def test_the_title_among_the_first_lines(text: str, title: str | None) -> None:
    assert title_of(text) == title


KINDS = (
    "报告 总结 要点 计划 规划 方案 意见 通知 办法 细则 规定 纲要 材料 汇报 讲话 决定 公报 函 制度"
)


@pytest.mark.parametrize("kind", KINDS.split())
def test_a_line_that_ends_in_a_kind_of_document_is_preferred_to_the_first(kind: str) -> None:
    assert title_of(f"网站的一行短语\n青禾县教育工作{kind}\n正文。") == f"青禾县教育工作{kind}"


@pytest.mark.parametrize(
    ("front", "marked", "text", "title"),
    [
        ((("title", " 甲报告 "),), "乙报告", "丙报告\n文。", "甲报告"),
        ((("title", "  "),), "乙报告", "丙报告\n文。", "乙报告"),
        ((), None, "丙报告\n文。", "丙报告"),
        ((("title", "长" * 201),), "乙报告", "丙报告\n文。", "乙报告"),
        ((), "长" * 600_000, "丙报告\n文。", "丙报告"),
        ((), None, "文，没有题目的一行。", "青禾县v1.2"),
    ],
)
def test_front_matter_then_format_then_text_then_file_name_give_the_title(
    front: tuple[tuple[str, str], ...], marked: str | None, text: str, title: str
) -> None:
    assert (
        describe(RawText(text, front=front, title=marked), text, "县/青禾县v1.2.txt")[0].title
        == title
    )


@pytest.mark.parametrize(
    ("value", "fictional"),
    [("true", True), ("TRUE", True), ("是", True), ("1", True), ("false", False), ("", False)],
)
def test_fiction_is_marked_as_such(value: str, fictional: bool) -> None:
    raw = RawText("文", front=(("fictional", value),))
    assert describe(raw, "文", "文.txt")[0].fictional is fictional


@given(st.text(st.sampled_from("县教育报告总结通知年0123，。：\n 〔〕《》（）😀"), max_size=120))
def test_a_title_is_short_and_taken_from_the_head_of_the_text(text: str) -> None:
    title = title_of(text)
    if title is not None:
        assert 0 < len(title) <= 60
        assert title in text.replace("\n", "")
