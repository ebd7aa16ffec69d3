"""Bytes to text: every encoding a Chinese office may have used, and files that are no text."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import FileProblem
from indexer.read import html
from indexer.read.encoding import decode

SIMPLIFIED = [
    "今年全县新增学位四千二百个。",
    "关于化解大班额的实施方案",
    "严格落实“双减”政策，切实减轻负担",
    "一、总体情况\n二、存在的问题",
    "理念，“十二五”规划编制完成",
    "2023年，全县共有小学46所。",
    "县委编办、县财政局、各乡镇：",
    "——优化区域布局，守住底线",
]
TRADITIONAL = [
    "今年全縣新增學位四千二百個。",
    "關於化解大班額的實施方案",
    "嚴格落實“雙減”政策，切實減輕負擔",
    "一、總體情況\n二、存在的問題",
    "鄉村教師隊伍建設穩步推進，成效明顯。",
    "2023年，全縣共有小學46所。",
    "縣委編辦、縣財政局、各鄉鎮：",
]
EVERY = ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
WITH_MARK = ["utf-16-le", "utf-16-be", "utf-32-le"]


@pytest.mark.parametrize("encoding", EVERY)
@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL)
def test_a_short_text_is_read_in_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", TRADITIONAL)
def test_a_short_traditional_text_is_read_in_big5(text: str) -> None:
    assert decode(text.encode("big5")) == text


@pytest.mark.parametrize("encoding", WITH_MARK)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(encoding: str) -> None:
    assert decode("\ufeff学校".encode(encoding)) == "学校"


@pytest.mark.parametrize(
    "text",
    [
        "┌──┬──┐\n│学校│班数│\n├──┼──┤\n│一小│３０│\n└──┴──┘",
        "①新建学校３所；②改扩建５所；③面积１２００㎡。",
        "生僻字：㙍、䶮，姓名中常见。教育局的人名在其中。",
    ],
)
def test_frames_circled_figures_and_rare_characters_are_writing(text: str) -> None:
    assert decode(text.encode("gb18030")) == text


def test_an_english_text_in_utf_16_without_a_mark_is_read() -> None:
    assert decode("Report 2023\n".encode("utf-16-le")) == "Report 2023\n"


@pytest.mark.xfail(strict=True, reason="two characters of GBK may be valid UTF-8, as 联通 once was")
def test_two_characters_of_gbk_are_not_taken_for_utf_8() -> None:
    assert decode("学校".encode("gbk")) == "学校"


PAGE = "<html><head>{meta}</head><body><p>青禾县教育局2022年工作总结，全文如下。</p></body></html>"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("gb2312", "utf-8"),  # saved anew as UTF-8, the declaration left behind
        ("utf-8", "gb18030"),  # and the other way about
        ("iso-8859-1", "gb18030"),  # which decodes any bytes, and wrongly
        ("utf-16", "gb18030"),
        ("no-such-code", "gb18030"),
        ("undefined", "gb18030"),
        ("big5", "big5"),
    ],
)
def test_what_a_page_declares_is_weighed_not_believed(declared: str, written: str) -> None:
    page = PAGE.format(meta=META.format(declared))
    if written == "big5":
        page = page.replace("县", "縣").replace("总结", "總結").replace("务", "務")
    expected = "縣" if written == "big5" else "青禾县教育局2022年工作总结"
    assert expected in html.read(page.encode(written, "ignore")).text


def test_a_page_in_another_encoding_is_read_by_what_it_declares() -> None:
    page = PAGE.format(meta=META.format("iso-8859-1")).replace("青禾县教育局", "École et élèves, ")
    content = "".join(each for each in page if ord(each) < 256).encode("latin-1")
    assert "École et élèves, 2022" in html.read(content).text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_cut_off_within_a_character_is_still_read(encoding: str) -> None:
    text = "全县新增学位四千二百个。" * 20
    assert decode(text.encode(encoding)[:-1]) == text[:-1] + "\ufffd"


def test_one_broken_byte_does_not_cost_the_document() -> None:
    text = "全县新增学位四千二百个。" * 20
    assert decode(text.encode() + b"\xff" + "学校".encode()) == f"{text}\ufffd学校"


def archive() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", "<w>教育</w>" * 500)
    return content.getvalue()


DOS = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8" + bytes(40) + b"This program cannot be run\r\n$"
BINARY = {
    "png": bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"),
    "jpeg": bytes.fromhex("ffd8ffe000104a46494600010101006000600000") + bytes(60),
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04",
    "zip": archive(),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0\x01\0\0\0\xa0\x2f" + bytes(40),
    "exe": DOS,
    "old word": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + "教育".encode("utf-16-le") * 200,
    "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n",
    "rtf": rb"{\rtf1\ansi\ansicpg936 \'bd\'cc\'d3\'fd}",
    "zeros": bytes(100),
    "png and noise": b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(5000),
}


@pytest.mark.parametrize("kind", BINARY)
def test_a_binary_file_is_told_from_text(kind: str) -> None:
    with pytest.raises(FileProblem, match="binary_file"):
        decode(BINARY[kind])


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_text(seed: int) -> None:
    with pytest.raises(FileProblem):
        decode(random.Random(seed).randbytes(3000))


@pytest.mark.parametrize(
    "content", [b"Education report: caf\xe9 na\xefve", "今年".encode() + b"\xff\xff\xff"]
)
def test_what_cannot_be_told_is_reported(content: bytes) -> None:
    with pytest.raises(FileProblem, match="unknown_encoding"):
        decode(content)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_utf_8_comes_back_as_it_was(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff").replace("\ufffe", "").replace("\uffff", "")
    if not text.startswith(("%PDF-", "{\\rtf")):
        assert decode(text.encode(encoding)) == text


@given(
    st.binary(max_size=200), st.sampled_from([None, "gb2312", "hex", "idna", "undefined", "utf-7"])
)
def test_any_bytes_are_read_or_refused_by_name(content: bytes, declared: str | None) -> None:
    try:
        assert isinstance(decode(content, declared), str)
    except FileProblem as problem:
        assert problem.code in {"binary_file", "unknown_encoding"}


def test_bytes_of_a_table_with_zeros_do_not_become_chinese() -> None:
    with pytest.raises(FileProblem):
        decode(b"a,b\0c\n" * 300)
