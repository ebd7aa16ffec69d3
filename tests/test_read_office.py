"""Office files under any name are read by what they hold; old formats through LibreOffice."""

from __future__ import annotations

import io
import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("docx", reason="python-docx makes the test documents")
import openpyxl
from docx import Document

from indexer.errors import FileProblem
from indexer.read import office

if office.find_libreoffice() is None and os.environ.get("CI") == "true":
    raise RuntimeError("CI must have LibreOffice: apt-get install libreoffice-writer -calc")
needs_libreoffice = pytest.mark.skipif(
    office.find_libreoffice() is None, reason="LibreOffice is not installed"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def word_file() -> bytes:
    document = Document()
    document.add_heading("云溪县教育局2016年工作总结", 0)
    document.add_heading("一、主要成效", 1)
    document.add_paragraph("全县大班额比例由21.23%下降至8.52%。")
    table = document.add_table(2, 2, document.styles["Table Grid"])
    for y, row in enumerate([["学校", "人数"], ["一小", "500"]]):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    document.add_paragraph("云溪县教育局")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def excel_file() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["学校", "比例"])
    book.active.append(["一小", 0.0852])
    book.active["B2"].number_format = "0.00%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides_file() -> bytes:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"

    def shape(text: str, kind: str) -> str:
        return (
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody>'
            f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(
            "ppt/presentation.xml",
            f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst><p:sldId r:id="r2"/>'
            '<p:sldId r:id="r1"/></p:sldIdLst></p:presentation>',
        )
        made.writestr(
            "ppt/_rels/presentation.xml.rels",
            f'<Relationships xmlns="{relations}">'
            f'<Relationship Id="r1" Type="{r}/slide" Target="slides/slide1.xml"/>'
            f'<Relationship Id="r2" Type="{r}/slide" Target="slides/slide2.xml"/></Relationships>',
        )
        for at, text in ((1, "第二页正文"), (2, "第一页正文")):
            made.writestr(
                f"ppt/slides/slide{at}.xml",
                f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><p:cSld><p:spTree>'
                f"{shape(f'标题{at}', 'title')}{shape(text, 'body')}{shape('9', 'sldNum')}"
                "</p:spTree></p:cSld></p:sld>",
            )
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (word_file(), "一小，人数：500"),
        (excel_file(), "一小，比例：8.52%"),
        (slides_file(), "第一页正文"),
        ("<html><body><p>网页存成了文档，里面是一句正文。</p></body></html>".encode(), "一句正文"),
        ("只是文本，名字却是文档。".encode("gb18030"), "只是文本"),
    ],
    ids=["docx", "xlsx", "pptx", "html", "txt"],
)
def test_what_needs_no_conversion(content, words):
    assert words in office.read(content).text


def test_slides_are_pages_in_their_order():
    raw = office.read(slides_file())
    assert raw.text.split("\n") == ["标题2", "第一页正文", "标题1", "第二页正文"]
    assert [(mark.number, raw.text[mark.start :][:3]) for mark in raw.pages] == [
        (1, "标题2"),
        (2, "标题1"),
    ]


@needs_libreoffice
@pytest.mark.parametrize("ending", ["doc", "rtf", "odt"])
def test_old_word_files(ending):
    raw = office.read(office.convert(word_file(), ".docx", ending))
    assert raw.title == "云溪县教育局2016年工作总结"
    assert "全县大班额比例由21.23%下降至8.52%。" in raw.text
    assert "一小，人数：500" in raw.text
    assert any(raw.text[m.start : m.end] == "一、主要成效" for m in raw.headings)


@needs_libreoffice
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_old_spreadsheets(ending):
    assert "一小，比例：8.52%" in office.read(office.convert(excel_file(), ".xlsx", ending)).text


def code(content: bytes) -> str:
    with pytest.raises(FileProblem) as found:
        office.read(content)
    return found.value.code


def test_without_libreoffice_the_error_says_so(monkeypatch):
    monkeypatch.setattr(office, "find_libreoffice", lambda: None)
    assert code(OLE + bytes(600)) == "needs_libreoffice"
    assert code(b"{\\rtf1 text}") == "needs_libreoffice"
    assert "一小" in office.read(word_file()).text


def test_encrypted_and_foreign_files():
    assert code(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert code(out.getvalue()) == "needs_unpacking"


@needs_libreoffice
def test_a_damaged_old_file_is_reported_or_read():
    doc = office.convert(word_file(), ".docx", "doc")
    try:
        assert isinstance(office.read(doc[: len(doc) // 3]).text, str)
    except FileProblem as problem:
        assert problem.code in {"conversion_failed", "malformed"}


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for LibreOffice")
def test_a_conversion_that_hangs_is_ended_with_all_it_started(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "find_libreoffice", lambda: str(program))
    with pytest.raises(FileProblem, match="conversion_timeout"):
        office.convert(b"{\\rtf1}", ".rtf", "docx", seconds=1)
    child = Path(tmp_path, "child").read_text().strip()
    time.sleep(0.2)
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True)
    assert state.stdout.strip()[:1] in {"", "Z"}


@needs_libreoffice
def test_a_broken_workbook_is_not_taken_for_text():
    assert (
        code(OLE + bytes(504) + "Workbook\0".encode("utf-16-le") + bytes(300))
        == "conversion_failed"
    )
