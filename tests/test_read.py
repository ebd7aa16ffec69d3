"""Files to raw text: what is kept as written, what is markup, and what a bad file is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import FileProblem
from indexer.read import html, markdown, plain, read_bytes, read_file
from indexer.read.blocks import Block, assemble, table_rows
from indexer.records import RawText

AS_WRITTEN = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [通知](http://a.cn/b_c?d=1) $E=mc^2$"
)
PARAGRAPH = "全县共有义务教育学校46所，在校生21000人，专任教师1520人，班额总体可控。"


def headings(raw: RawText) -> list[tuple[str, int]]:
    return [(raw.text[mark.start : mark.end], mark.level) for mark in raw.headings]


def in_markdown(text: str) -> RawText:
    return markdown.read(text.encode())


def in_html(body: str, head: str = "<title>页</title>") -> RawText:
    return html.read(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode())


# --- text ---


def test_a_text_file_is_kept_as_it_is_written() -> None:
    text = f"# 标题 **粗**\r\n　　{AS_WRITTEN}\n\n\n1. 甲\n"
    assert plain.read(text.encode()) == RawText(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_without_front_matter_comes_back_unchanged(text: str) -> None:
    text = "学" + text
    assert plain.read(text.encode()).text == text


# --- front matter ---


@pytest.mark.parametrize(
    ("text", "front", "rest"),
    [
        ("---\ntitle: 题\nyear: 2022\n---\n正文", (("title", "题"), ("year", "2022")), "正文"),
        ("---\r\nTitle: 题\r\n---\r\n正文", (("title", "题"),), "正文"),
        ("\ufeff---\ntitle: 题\n---\n正文", (("title", "题"),), "正文"),
        ("\n\n---\ntitle: 题\n---\n正文", (("title", "题"),), "正文"),
        ("---\n地区: 青禾县\n---\n正文", (("地区", "青禾县"),), "正文"),
        ("---\ntitle: 题\ntags: [a, b]\n---\n正文", (("title", "题"),), "正文"),
        ("---\ntitle: !!python/object:os.system x\n---\n正文", (("title", "x"),), "正文"),
        ("---\n普通的一行\n---\n正文", (), "---\n普通的一行\n---\n正文"),
        ("---\nhttp://a.cn\n---\n正文", (), "---\nhttp://a.cn\n---\n正文"),
        ("---\ntitle: 没有结尾", (), "---\ntitle: 没有结尾"),
        ("----\ntitle: 题\n----\n正文", (), "----\ntitle: 题\n----\n正文"),
        ("正文\n---\ntitle: 题\n---\n", (), "正文\n---\ntitle: 题\n---\n"),
    ],
)
def test_front_matter_is_parted_from_the_text(
    text: str, front: tuple[tuple[str, str], ...], rest: str
) -> None:
    assert plain.read(text.encode()) == RawText(rest, front=front)


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("title: [a\nyear: 2022", 3),
        ("title: a\n\tyear: 2022", 3),
        ("title: 关于: 通知", 2),
        ("title：全角冒号", 2),
        ("title:没有空格", 2),
        ("title: " + "[" * 9000, 2),
    ],
)
def test_malformed_front_matter_is_reported_with_its_line(block: str, line: int) -> None:
    for read in (plain.read, markdown.read):
        with pytest.raises(FileProblem, match="bad_front_matter") as caught:
            read(f"---\n{block}\n---\n正文".encode())
        assert caught.value.facts["line"] == line


# --- Markdown ---


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (AS_WRITTEN, AS_WRITTEN),
        ("<div>块</div>\n\n后", "<div>块</div>\n后"),
        ("甲&nbsp;乙 <http://a.cn> ![图](一.png)", "甲&nbsp;乙 <http://a.cn> ![图](一.png)"),
        ("[中文](/文件/一.pdf) 见[1][^2]\n\n[^2]: 注", "[中文](/文件/一.pdf) 见[1][^2]\n[^2]: 注"),
        ("1. 甲\n2. 乙", "1. 甲\n2. 乙"),
        ("3. 5亿元已到位\n4. 30所学校完工", "3. 5亿元已到位\n4. 30所学校完工"),
        ("7) 七\n8) 八", "7) 七\n8) 八"),
        ("1. 甲\n   1. 丙\n   2. 丁\n2. 乙", "1. 甲\n1. 丙\n2. 丁\n2. 乙"),
        ("1. 第一段。\n\n   第二段。\n\n2. 乙", "1. 第一段。\n第二段。\n2. 乙"),
        ("- 甲\n  - 乙\n* 丙\n+ 丁", "甲\n乙\n丙\n丁"),
        ("- [ ] 未完成\n- [x] 完成", "[ ] 未完成\n[x] 完成"),
        ("1\\. 不是列表 \\*星\\* \\# \\$", "1. 不是列表 *星* # $"),
        ("第一行  \n第二行\\\n第三行\n第四行", "第一行\n第二行\n第三行\n第四行"),
        ("全县**新增**学位*很多*，`代码`", "全县新增学位*很多*，代码"),
        ("*斜体* __粗体__ snake_case_name", "斜体 粗体 snake_case_name"),
        ("**“双减”**政策、**（一）目标。**到2025年", "“双减”政策、（一）目标。到2025年"),
        ("3*4=12，5*6=30，2**3=8", "3*4=12，5*6=30，2**3=8"),
        ("王*明、李*华；第*条", "王*明、李*华；第*条"),
        ("　　全角缩进。\n\n    四个空格缩进的**段落**。", "全角缩进。\n四个空格缩进的段落。"),
        ("```\n# 代码\n```\n后", "# 代码\n后"),
        ("> 引文\n>> 再引", "引文\n再引"),
        ("上\n\n---\n\n下", "上\n下"),
        ("12.7%的学校", "12.7%的学校"),
        ("#没有空格", "#没有空格"),
        ("", ""),
        ("# \n\n", ""),
    ],
)
def test_markdown_reads_as_a_person_reads_it(source: str, text: str) -> None:
    assert in_markdown(source).text == text


@pytest.mark.parametrize(
    ("source", "marks", "title"),
    [
        ("# 总结\n\n## 一、成效\n\n### （一）班额\n\n## 二、问题",
         [("总结", 0), ("一、成效", 1), ("（一）班额", 2), ("二、问题", 1)], "总结"),
        ("# 甲\n\n文\n\n# 乙\n\n## 丙", [("甲", 1), ("乙", 1), ("丙", 2)], None),
        ("总结\n\n## 一、成效\n\n文", [("一、成效", 1)], None),  # numbered, so not the title
        ("第X期\n\n# 简报\n\n### 动态", [("简报", 0), ("动态", 1)], "简报"),
        (f"{PARAGRAPH * 3}\n\n# 附件说明", [("附件说明", 1)], None),  # too far down
        ("### 先\n\n# 后", [("先", 3), ("后", 1)], None),
        ("标题\n===\n\n甲\n---\n\n文", [("标题", 0), ("甲", 1)], "标题"),
        ("这是一段话，并不是标题。\n---\n下文", [], None),
        ("第一行\n第二行\n---\n下文", [], None),
        ("## **一、粗体标题** ##", [("一、粗体标题", 1)], None),
        ("没有标题", [], None),
    ],
)  # fmt: skip
def test_markdown_headings_are_marked(
    source: str, marks: list[tuple[str, int]], title: str | None
) -> None:
    raw = in_markdown(source)
    assert (headings(raw), raw.title) == (marks, title)


def test_markdown_tables_carry_their_heads() -> None:
    source = "| 学校 | 班数 | 比例 |\n|---|---:|---|\n| 一小 | 30 | **5%** |\n| 二小 |  | a\\|b |"
    assert (
        in_markdown(source).text == "学校 | 班数 | 比例\n一小，班数：30，比例：5%\n二小，比例：a|b"
    )


@pytest.mark.parametrize(
    "source",
    [
        "> " * 5000 + "学",
        "".join("  " * depth + f"- 项{depth}\n" for depth in range(400)),
        "[" * 5000 + "学" + "]" * 5000,
        "*" * 5000 + "学",
    ],
    ids=["quotes", "lists", "brackets", "stars"],
)
def test_deep_nesting_in_markdown_loses_no_word(source: str) -> None:
    text = in_markdown(source).text
    assert "学" in text or "项399" in text


# --- HTML ---


def test_a_page_gives_its_article_with_headings_and_none_of_its_frame() -> None:
    raw = in_html(
        "<div class=menu><a href=/>首页</a> | <a href=/x>信息公开</a></div>"
        f"<article><h1>青禾县工作总结</h1><p>县政府：</p><h2>一、成效</h2><p>{PARAGRAPH}</p>"
        f"<h3>（一）班额</h3><p>{PARAGRAPH}</p><h2>二、问题</h2><p>缺编110人。</p>"
        "<p>青禾县教育局<br>2022年12月5日</p></article>"
        "<div class=more><a href=/y>上一篇：另一份文件</a></div><footer>主办单位：县政府</footer>"
    )
    assert raw.text.split("\n") == [
        "青禾县工作总结", "县政府：", "一、成效", PARAGRAPH, "（一）班额", PARAGRAPH,
        "二、问题", "缺编110人。", "青禾县教育局", "2022年12月5日",
    ]  # fmt: skip
    assert headings(raw) == [
        ("青禾县工作总结", 0), ("一、成效", 1), ("（一）班额", 2), ("二、问题", 1)
    ]  # fmt: skip
    assert raw.title == "青禾县工作总结"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("第一行<br>第二行<br/>第三行", "第一行\n第二行\n第三行"),
        ("<p>面积1200m<sup>2</sup>，CO<sub>2</sub>达标</p>", "面积1200m2，CO2达标"),
        ("<p><span>20</span><b>22</b>年<o:p></o:p></p>", "2022年"),
        ("<p>比例<del>8</del><ins>9</ins>个，<s>旧</s>新</p>", "比例9个，新"),
        ("<pre>第一行\n第二行</pre>", "第一行\n第二行"),
        ("<ul><li>甲<ul><li>乙<ol><li>丙</ol></ul><li>丁</ul>", "甲\n乙\n丙\n丁"),
        ("<dl><dt>名称</dt><dd>教育局</dd></dl>", "名称\n教育局"),
        ("前<!-- 注释 -->后<script>var a='学'</script><style>p{}</style>", "前后"),
        ("<p>图<img src=x onerror=alert(1)>片</p>", "图片"),
        ("<form id=aspnetForm><input value=搜索><div>正文在表单里</div></form>", "正文在表单里"),
        ("<table><tr><td><h1>通知</h1><p>甲。</p>乙。</td></tr></table>", "通知\n甲。\n乙。"),
        ("<p>没有<b>闭合<p>第二段<table><tr><td>一<td>二<tr><td>三<td>四",
         "没有闭合\n第二段\n一 | 二\n三，二：四"),
        ("<h1>关于印发<br>方案的通知</h1>", "关于印发方案的通知"),
        ("<p>甲&amp;乙 &lt;script&gt; $x$ [链接](u)</p>", "甲&乙 <script> $x$ [链接](u)"),
        ("", ""),
        ("<script>学校()</script>", ""),
    ],
)  # fmt: skip
def test_the_text_of_a_page(body: str, text: str) -> None:
    assert in_html(body).text == text


HEAD = "<tr><th>学校</th><th>2021</th><th>2022</th></tr>"
SPANNED = (
    "<tr><td rowspan=2>学校</td><td colspan=2>大班额</td></tr><tr><td>班数</td><td>比例</td></tr>"
)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (f"{HEAD}<tr><td>一小</td><td>30</td><td></td></tr>",
         "学校 | 2021 | 2022\n一小，2021：30"),
        (f"<caption>各校班数</caption><thead>{HEAD}</thead><tr><td>一小</td><td>3</td><td>4</td></tr>",
         "各校班数\n学校 | 2021 | 2022\n一小，2021：3，2022：4"),
        (f"<tr><td colspan=3>各校班数</td></tr>{HEAD}<tr><td>一小</td><td>3</td><td>4</td></tr>",
         "各校班数\n学校 | 2021 | 2022\n一小，2021：3，2022：4"),
        (f"{SPANNED}<tr><td>一小</td><td>2</td><td>5%</td></tr>",
         "学校 | 大班额班数 | 大班额比例\n一小，大班额班数：2，大班额比例：5%"),
        ("<tr><td rowspan=2>青禾县<td>一小<td>30</tr><tr><td>二小<td>20</tr>",
         "青禾县，一小，30\n青禾县，二小，20"),
        ("<tr><td><p>项目</p></td><td><p>数量</p></td></tr><tr><td>学<br>位</td><td>1,200</td></tr>",
         "项目 | 数量\n学 位，数量：1,200"),
        ("<tr><td>只有一行</td><td>两格</td></tr>", "只有一行\n两格"),
    ],
)  # fmt: skip
def test_tables_of_a_page_read_line_by_line(rows: str, text: str) -> None:
    found = in_html(f"<p>{PARAGRAPH}</p><table>{rows}</table><p>{PARAGRAPH}</p>")
    assert found.text == f"{PARAGRAPH}\n{text}\n{PARAGRAPH}"


def test_a_cell_cannot_span_more_than_a_page_holds() -> None:
    cell = "<td colspan=99999999 rowspan=99999999>甲</td><td>乙</td>"
    assert "甲" in in_html(f"<table><tr>{cell}</tr><tr>{cell}</tr></table>").text


def test_meta_tags_are_front_matter() -> None:
    raw = in_html(
        "<p>正文。</p>",
        "<meta charset=utf-8><meta name=' Province' content=澜川省><meta name=year content=2022>"
        "<meta property=og:title content=x><meta name=keywords content=''>"
        "<meta name=ArticleTitle content=青禾县通知>",
    )
    assert raw.front == (("province", "澜川省"), ("year", "2022"), ("title", "青禾县通知"))


def test_the_title_of_a_page_need_not_be_marked_as_a_heading() -> None:
    raw = in_html(
        "<div><h1><a href=/>青禾县人民政府</a></h1></div><div>青禾县控辍情况报告</div>"
        f"<div class=content><p>{PARAGRAPH}</p><h2>一、做法</h2><p>{PARAGRAPH}</p></div>",
        "<title>青禾县控辍情况报告_青禾县人民政府</title>",
    )
    assert raw.title == "青禾县控辍情况报告"
    assert headings(raw) == [("青禾县控辍情况报告", 0), ("一、做法", 1)]


@pytest.mark.parametrize("content", [b"<!-- a -->", b"<html></html>", b"<p>\n</p>", b"<br>"])
def test_an_empty_page_has_no_text(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "空.html").write_bytes(content)
    with pytest.raises(FileProblem, match="no_text"):
        read_file(tmp_path / "空.html")


def test_a_page_nested_a_thousand_deep_is_read_and_deeper_ones_are_reported() -> None:
    assert in_html("<div>" * 1000 + PARAGRAPH).text == PARAGRAPH
    with pytest.raises(FileProblem, match="parser_failed"):
        in_html("<div>" * 30_000 + PARAGRAPH)


def test_an_xml_declaration_does_no_harm() -> None:
    page = (
        '<?xml version="1.0" encoding="utf-8"?><html><body><h1>题目</h1><p>正文</p></body></html>'
    )
    assert html.read(page.encode()).text == "题目\n正文"


# --- blocks ---


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 6)), max_size=8))
def test_marks_lie_on_their_headings(given_blocks: list[tuple[str, int]]) -> None:
    blocks = [Block(text, level) for text, level in given_blocks]
    raw = assemble(blocks)
    kept = [block.text.strip() for block in blocks if block.level and block.text.strip()]
    assert [raw.text[mark.start : mark.end] for mark in raw.headings] == kept
    levels = [mark.level for mark in raw.headings if mark.level]
    assert min(levels, default=1) == 1


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([], []),
        ([["", " "]], []),
        ([["甲", "", "乙"]], ["甲，乙"]),
        (
            [["\xa0", "\n"], ["项目", "数量"], ["学位", "12 00"]],
            ["项目 | 数量", "学位，数量：12 00"],
        ),
        ([["项目", "数量"], ["学位", "3", "多出"]], ["项目 | 数量 | ", "学位，数量：3，多出"]),
    ],
)
def test_rows_of_a_table(rows: list[list[str]], lines: list[str]) -> None:
    assert [block.text for block in table_rows(rows)] == lines


# --- files ---


@pytest.mark.parametrize(
    "name", ["工作 总结.txt", "“引号”'单'.txt", "😀.md", "大写.TXT", "a;b&c.markdown", "页.HTM"]
)
def test_names_with_spaces_quotes_and_emoji_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("学校工作", encoding="utf-8")
    assert read_file(tmp_path / name).text == "学校工作"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.txt", b"", "empty_file"),
        ("空.txt", b" \r\n\t", "empty_file"),
        ("空.txt", b"\xef\xbb\xbf", "empty_file"),
        ("空.txt", b"\xff\xfe", "empty_file"),
        ("零.txt", bytes(50), "empty_file"),
        ("点.txt", "……。\u3000".encode(), "no_text"),
        ("点.md", b"---\n\n***\n", "no_text"),
        ("图.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "binary_file"),
        ("表.dat", b"x", "unknown_kind"),
        ("无后缀", b"x", "unknown_kind"),
        ("大.txt", b"x" * 2001, "too_large"),
        ("坏.md", b"---\ntitle: [\n---\nx", "bad_front_matter"),
    ],
)
def test_a_bad_file_is_reported_by_its_fault(
    name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        read_file(tmp_path / name, size_limit_mb=0.002)
    assert caught.value.code == code


def test_the_size_limit_is_the_last_size_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "一.txt").write_bytes(b"x" * 2000)
    assert len(read_bytes(tmp_path / "一.txt", 0.002)) == 2000


def test_a_file_that_is_gone_or_no_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="vanished"):
        read_file(tmp_path / "没有.txt")
    (tmp_path / "夹.txt").mkdir()
    with pytest.raises(FileProblem, match="unreadable"):
        read_file(tmp_path / "夹.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    (tmp_path / "密.txt").write_text("学校", encoding="utf-8")
    (tmp_path / "密.txt").chmod(0)
    with pytest.raises(FileProblem, match="no_permission"):
        read_file(tmp_path / "密.txt")


@pytest.mark.parametrize(
    ("ending", "code"),
    [(".zip", "needs_unpacking"), (".RAR", "needs_unpacking"), (".ofd", "needs_pdf")],
)
def test_what_to_do_with_archives_and_ofd(tmp_path: Path, ending: str, code: str) -> None:
    path = tmp_path / f"材料{ending}"
    path.write_bytes(b"PK")
    with pytest.raises(FileProblem) as told:
        read_file(path)
    assert (told.value.code, told.value.facts) == (code, {"ending": ending})


def test_the_form_above_a_page_of_a_government_site() -> None:
    cells = "<tr><td>{}<td>{}<td>{}<td>{}</tr>"
    rows = cells.format("索 引 号：", "QH001/2022-00012", "发布机构：", "青禾县教育局")
    rows += cells.format("文号：", "青教字〔2022〕12号", "发布日期：", "2022-03-04")
    text = html.read(f"<p>{'新增学位。' * 40}</p><table>{rows}</table>".encode()).text
    assert "索引号：QH001/2022-00012，发布机构：青禾县教育局\n文号：青教字〔2022〕12号，" in text
