"""Files for the fuzzing test: twenty good ones, and more than two hundred damaged or hostile.

All come from a seeded random generator: the same on every run.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from docx import Document
from openpyxl import Workbook
from openpyxl.worksheet.table import Table as SheetTable
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FACT = "全县新建学校三所，增加学位4200个，公开招聘教师120名。"
LINES = [f"第{n}项工作：{FACT}" for n in range(1, 9)]
TEXT = "河湾县教育局2022年工作总结\n" + "\n".join(LINES) + "\n"
SECRET = "秘密口令七四一九"
"""Stands in a file beside the corpus that hostile files try to pull in."""

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def good(scan: bytes | None, convert: bool) -> dict[str, bytes]:
    """Twenty files that must be indexed, each with FACT. `scan`: a picture of text."""
    files = {
        "好/utf8.txt": TEXT.encode(),
        "好/bom.txt": b"\xef\xbb\xbf" + TEXT.encode(),
        "好/gb18030.txt": TEXT.encode("gb18030"),
        "好/big5.txt": big5().encode("big5"),
        "好/utf16.txt": TEXT.encode("utf-16"),
        "好/总结.md": ("# 总结\n\n## 一、成效\n\n" + "\n\n".join(LINES)).encode(),
        "好/表.md": f"# 表\n\n| 项目 | 说明 |\n| --- | --- |\n| 学位 | {FACT} |\n".encode(),
        "好/网页.html": html(TEXT).encode(),
        "好/网页gbk.htm": html(TEXT, "gbk").encode("gbk"),
        "好/表.csv": csv().encode("utf-8-sig"),
        "好/表gbk.csv": csv(";").encode("gb18030"),
        "好/表.tsv": csv("\t").encode(),
        "好/文.docx": docx(),
        "好/改名.doc": docx(),
        "好/页.docx": docx(60),
        "好/表.xlsx": xlsx(),
        "好/文.pdf": pdf(),
        "好/长.pdf": pdf(12),
        "好/片.pptx": pptx(),
        "好/扫描.png": scan or docx(),
    }
    if scan is None:
        files["好/扫描.docx"] = files.pop("好/扫描.png")
    if convert:
        files["好/富文本.rtf"] = rtf()
        del files["好/页.docx"]
    return files


def damaged(seed: int) -> dict[str, bytes]:
    """Files over all readers, less those that only a file system can make."""
    chance = random.Random(seed)
    files: dict[str, bytes] = {}
    for ending, content in _whole().items():
        for name, spoil in _SPOILERS.items():
            if ending in _CONVERTED and name not in {"截断", "错字节"}:
                continue  # each takes LibreOffice seconds
            files[f"坏/{name}{ending}"] = spoil(content, chance)
    files |= _swapped()
    for number, (ending, content) in enumerate(_hostile(chance)):
        whole = content.encode() if isinstance(content, str) else content
        files[f"坏/敌{number:03}{ending}"] = whole
    files |= {f"名/{name}": TEXT.encode() for name in _NAMES}
    return files


_CONVERTED = {".doc", ".xls", ".rtf", ".odt", ".ods"}

_NAMES = [
    "-rf.txt",
    " 空格.txt",
    "点..txt",
    "换\n行.txt",
    "制\t表.txt",
    "<script>alert(1)</script>.txt".replace("/", "\u2215"),
    "引'号\".txt",
    "%s%n%00.txt",
    "$(touch x).txt",
    "`id`;.txt",
    "倒\u202etxt.exe.txt",
    "零\u200b宽.txt",
    "长" * 80 + ".txt",
    "e\u0301与é.txt",
    "CON.txt",
    "a.zip.txt",
    "大写.TXT",
]


def _whole() -> dict[str, bytes]:
    """One whole file for each reader."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return {
        ".txt": TEXT.encode("gb18030"),
        ".md": f"---\ntitle: 总结\n---\n# 总结\n\n{TEXT}".encode(),
        ".html": html(TEXT).encode(),
        ".csv": csv().encode("gb18030"),
        ".docx": docx(20),
        ".xlsx": xlsx(),
        ".pptx": pptx(),
        ".pdf": pdf(3),
        ".png": picture("PNG"),
        ".jpg": picture("JPEG"),
        ".tiff": picture("TIFF"),
        ".bmp": picture("BMP"),
        ".rtf": rtf(),
        ".odt": odt(),
        ".doc": ole + TEXT.encode("utf-16-le") + bytes(512),
        ".xls": ole + "Workbook\0".encode("utf-16-le") + bytes(2048),
    }


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(max(3, len(changed) // 200)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _blank(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    end = min(len(content), start + len(content) // 4)
    return content[:start] + bytes(end - start) + content[end:]


def _doubled(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at // 2 :]


_SPOILERS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "截断": _cut,
    "截尾": lambda content, chance: content[: -chance.randrange(1, 40)],
    "错字节": _flip,
    "抹零": _blank,
    "重叠": _doubled,
    "杂头": lambda content, chance: chance.randbytes(64) + content,
    "全乱": lambda content, chance: chance.randbytes(len(content)),
}


def _swapped() -> dict[str, bytes]:
    """Files under the ending of another kind."""
    whole = _whole()
    pairs = [(".pdf", ".txt"), (".txt", ".pdf"), (".docx", ".pdf"), (".pdf", ".docx")]
    pairs += [(".docx", ".xlsx"), (".xlsx", ".docx"), (".html", ".docx"), (".docx", ".html")]
    pairs += [(".png", ".pdf"), (".pdf", ".png"), (".xlsx", ".csv"), (".csv", ".xlsx")]
    pairs += [(".jpg", ".png"), (".txt", ".png"), (".pptx", ".docx"), (".png", ".md")]
    pairs += [(".docx", ".exe"), (".txt", ".json"), (".html", ".csv"), (".docx", "")]
    return {f"坏/本是{was[1:]}{ending}": whole[was] for was, ending in pairs}


def _hostile(chance: random.Random) -> Iterator[tuple[str, str | bytes]]:
    yield from _hostile_packages(chance)
    yield from _hostile_pdf()
    yield from _hostile_pictures()
    yield from _hostile_texts(chance)


def _hostile_packages(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    word = docx(2)
    paragraphs = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    opened = document_xml("").split(b"<w:p>", 1)[0]
    closed = b"</w:body></w:document>"
    # Bombs: of zeros, of spaces, of nodes, of text; one that lies about its size.
    yield ".docx", replaced(word, "word/document.xml", bytes(400_000_000))
    yield ".docx", replaced(word, "word/document.xml", opened + b" " * 200_000_000 + closed)
    yield ".docx", replaced(word, "word/document.xml", opened + paragraphs * 2_500_000 + closed)
    yield (
        ".docx",
        replaced(word, "word/document.xml", document_xml("<w:t>" + "学" * 9_000_000 + "</w:t>")),
    )
    yield ".docx", lying(replaced(word, "word/document.xml", bytes(50_000_000)))
    yield ".docx", replaced(word, "word/styles.xml", opened + paragraphs * 1_000_000 + closed)
    deep = "<w:r>" * 200_000 + "</w:r>" * 200_000
    yield ".docx", replaced(word, "word/document.xml", document_xml(deep))
    tables = "<w:tbl><w:tr><w:tc>" * 300 + "</w:tc></w:tr></w:tbl>" * 300
    yield ".docx", replaced(word, "word/document.xml", document_xml("</w:p>" + tables + "<w:p>"))
    spans = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc>' * 50
    table = f"</w:p><w:tbl><w:tr>{spans}</w:tr></w:tbl><w:p>"
    yield ".docx", replaced(word, "word/document.xml", document_xml(table))
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "哈" * 10}">' for n in range(10)
    )
    for entity in (
        f"<!DOCTYPE w [{laughs}]>",
        '<!DOCTYPE w [<!ENTITY l9 SYSTEM "file://@SECRET@">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/none.dtd" [<!ENTITY l9 "甲">]>',
        '<!DOCTYPE w [<!ENTITY % p SYSTEM "file://@SECRET@"> %p; <!ENTITY l9 "%p;">]>',
    ):
        xml = document_xml(f"<w:r><w:t>{FACT}&l9;</w:t></w:r>")
        head, body = xml.split(b"?>", 1)
        content = head + b"?>" + entity.encode() + body
        yield ".docx", replaced(word, "word/document.xml", content)
        yield ".html", html(f"{FACT}&l9;").replace("<!DOCTYPE html>", entity).encode()
    strings = f'<?xml version="1.0"?><!DOCTYPE s [{laughs}]><sst xmlns="{_SHEET}"><si><t>&l9;</t></si></sst>'
    yield ".xlsx", replaced(xlsx(), "xl/sharedStrings.xml", strings.encode())
    for target in (
        "../../../../../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "..\\..\\a",
    ):
        rels = part(word, "_rels/.rels").replace(b"word/document.xml", target.encode())
        yield ".docx", replaced(word, "_rels/.rels", rels)
    yield ".docx", added(word, {"../../越界.txt": b"x", "/越界.txt": b"x", "C:\\越界.txt": b"x"})
    yield ".docx", added(word, {f"f{n}": b"" for n in range(25_000)})
    yield ".docx", nested(docx(1), 12)
    yield ".docx", replaced(word, "[Content_Types].xml", b"<")
    yield ".docx", without(word, "word/document.xml")
    yield ".docx", without(word, "[Content_Types].xml")
    yield ".docx", flagged(word)
    yield ".xlsx", flagged(xlsx())
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    for ending in (".docx", ".xlsx", ".doc"):
        yield ending, ole + "EncryptedPackage".encode("utf-16-le") + bytes(1024)
    # Sheets: a million empty rows, far cells, merged all over, a loop of styles, no sheet.
    row = '<row r="{n}"><c r="A{n}"><v>1</v></c></row>'
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>远</t></is></c></row>'
    merged = '<mergeCells count="2"><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:A1"/></mergeCells>'
    for data, after in (
        ("".join(row.format(n=n) for n in range(1, 60_000)), ""),
        (far, ""),
        (row.format(n=1) + row.format(n=2), merged),
        (row.format(n=1), '<mergeCells><mergeCell ref="ZZZZ9:#REF"/></mergeCells>'),
        ('<row r="-5"><c r="??"><v>1e400</v></c></row>', ""),
        ('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>', ""),
        ('<row r="1"><c r="A1" t="d"><v>99999-99-99</v></c></row>', ""),
    ):
        sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{data}</sheetData>{after}</worksheet>'
        yield ".xlsx", replaced(xlsx(), "xl/worksheets/sheet1.xml", sheet.encode())
    yield ".xlsx", without(xlsx(), "xl/workbook.xml")
    yield ".pptx", replaced(pptx(), "ppt/presentation.xml", b"<p/>")
    yield ".pptx", without(pptx(), "ppt/slides/slide1.xml")
    for ending in (".zip", ".rar", ".7z", ".ofd", ".tar.gz"):
        yield ending, nested(docx(1), 2) if ending in {".zip", ".ofd"} else chance.randbytes(500)
    yield ".zip", added(b"", {"../../../越界.txt": TEXT.encode(), "好.txt": TEXT.encode()})
    yield ".zip", added(b"", {"弹.txt": bytes(300_000_000)})


def _hostile_pdf() -> Iterator[tuple[str, bytes]]:
    for password in ("口令", ""):
        yield ".pdf", pdf(1, encrypt=StandardEncryption(password or "u", canPrint=0))
    kids = b"[3 0 R]"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    text = b"BT /F1 12 Tf 72 720 Td (annual report 2022) Tj ET"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"

    def made(tree: bytes, box: bytes, stream: bytes, extra: bytes = b"") -> bytes:
        content = b"<</Length %d%s>>stream\n%s\nendstream" % (len(stream), extra, stream)
        return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, page % box, content, font])

    def tree(kids: bytes, count: bytes = b"1") -> bytes:
        return b"<</Type/Pages/Kids%s/Count %s>>" % (kids, count)

    a4 = b"595 842"
    for count in (b"2147483647", b"-1", b"99999999999999999999", b"100000"):
        yield ".pdf", made(tree(kids, count), a4, text)
    yield ".pdf", made(tree(b"[2 0 R]", b"5"), a4, text)
    yield ".pdf", made(tree(b"[" + b"3 0 R " * 1500 + b"]", b"1500"), a4, text)
    for box in (b"1e9 1e9", b"0 0", b"-5 -5", b"14400 14400", b"nan 842", b"0.001 842"):
        yield ".pdf", made(tree(kids), box, text)
    bomb = zlib.compress(b"0 0 m 1 1 l S\n" * 6_000_000, 9)
    yield ".pdf", made(tree(kids), a4, bomb, b"/Filter/FlateDecode")
    twice = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    yield ".pdf", made(tree(kids), a4, twice, b"/Filter[/FlateDecode/FlateDecode]")
    yield ".pdf", made(tree(kids), a4, b"q " * 400_000 + text)
    yield ".pdf", made(tree(kids), a4, b"BT /F1 1 Tf " + b"(x) Tj " * 150_000 + b"ET")
    yield ".pdf", made(tree(kids), a4, text).replace(b"trailer", b"trailer<</Prev 9>>")
    yield ".pdf", b"%PDF-1.7\n" + b"1 0 obj<<" * 50_000
    yield ".pdf", b"%PDF-1.7\n%%EOF"
    yield ".pdf", b"%PDF-1.7\n1 0 obj" + b"[" * 300_000


def _hostile_pictures() -> Iterator[tuple[str, bytes]]:
    def png(width: int, height: int, depth: int = 1, data: bytes = bytes(100)) -> bytes:
        head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
        chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c))
            for k, c in chunks
        )

    yield ".png", png(60_000, 60_000)
    yield ".png", png(20_000, 20_000, data=bytes(50_020_000))
    yield ".png", png(2**31 - 1, 2**31 - 1)
    yield ".png", png(0, 0)
    yield ".png", png(1, 30_000, 8, bytes(60_000))
    yield ".png", png(8_000, 8_000, 1, bytes(8_008_000))
    jpeg = bytearray(picture("JPEG"))
    at = jpeg.find(b"\xff\xc0") + 5
    jpeg[at : at + 4] = b"\xff\xff\xff\xff"
    yield ".jpg", bytes(jpeg)
    bmp = bytearray(picture("BMP"))
    bmp[18:26] = struct.pack("<ii", -5, -(2**31))
    yield ".bmp", bytes(bmp)
    tiff = bytearray(b"II*\0\x08\0\0\0\0\0\x08\0\0\0")  # the next directory is this one
    yield ".tif", bytes(tiff)
    many = io.BytesIO()
    frames = [Image.new("1", (20, 20), n % 2) for n in range(5)]
    frames[0].save(many, "TIFF", save_all=True, append_images=frames[1:])
    yield ".tif", many.getvalue()


def _hostile_texts(chance: random.Random) -> Iterator[tuple[str, str | bytes]]:
    yield ".txt", b""
    yield ".txt", bytes(200_000)
    yield ".txt", b"\xff\xfe"
    yield ".txt", TEXT.encode("utf-16-le")[:-1]
    yield ".txt", ("学\x00校" * 500).encode()
    yield ".txt", b"\xed\xa0\x80\xed\xb0\x80" * 300
    yield ".txt", TEXT.encode("gb18030")[:100] + TEXT.encode() + TEXT.encode("big5", "ignore")
    yield ".txt", ("学" + "\u0301" * 3000 + "校").encode() * 20
    yield ".txt", ("\u202e" + TEXT).encode() * 50
    yield ".txt", ("。" * 300_000 + FACT).encode()
    yield ".txt", ("1." * 100_000 + FACT).encode()
    yield ".txt", (" " * 400_000 + FACT).encode()
    yield ".txt", "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(200_000)).encode()
    yield ".txt", chance.randbytes(300_000)
    yield ".txt", ("[" * 200_000 + "]" * 200_000).encode()
    yield ".txt", b"---\na: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b]\n---\n" + TEXT.encode()
    yield ".md", ">" * 20_000 + FACT
    yield ".md", "[" * 50_000 + FACT
    yield ".md", "*" * 50_000 + FACT
    yield ".md", "- " * 5_000 + FACT
    yield ".md", "`" * 30_000 + FACT
    yield ".md", "|" + "甲|" * 3_000 + "\n|" + "-|" * 3_000 + "\n" + "|乙" * 3_000 + "|"
    yield ".html", "<div>" * 30_000 + FACT
    yield ".html", "<table><tr><td>" * 2_000 + FACT
    yield ".html", "<b><i><a>" * 3_000 + FACT
    yield ".html", f"<p title='{'x' * 1_000_000}'>{FACT}"
    yield ".html", f"<table><tr><td colspan=999999999 rowspan=999999999>{FACT}<td>2<tr><td>3<td>4"
    yield ".html", "<p>" + "&amp;" * 200_000 + FACT
    yield ".html", "<!--" * 50_000 + FACT
    yield ".html", b"<html><meta charset=utf-7><body>+ADw-p+AD4-" + FACT.encode()
    yield ".html", f"<iframe src='file://@SECRET@'></iframe><img src='file://@SECRET@'><p>{FACT}"
    yield ".csv", "," * 300_000 + FACT
    yield ".csv", '"' + FACT * 20_000
    yield ".csv", "甲,乙\n" * 60_000
    yield ".csv", b"a,b\0c\n" * 300
    yield ".tsv", ("\t" * 400 + "\n") * 800 + FACT
    yield ".rtf", b"{\\rtf1" + b"{" * 50_000
    yield ".json", "[" * 100_000
    yield ".xml", '<a b="' * 10_000


def html(text: str, charset: str = "utf-8") -> str:
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return f"<!DOCTYPE html><html><head><meta charset={charset}></head><body><h1>报告</h1>{body}"


def csv(mark: str = ",") -> str:
    rows = [
        ("县", "年份", "大班额比例", "说明"),
        *(("河湾县", str(y), f"{y % 9}.5%", FACT) for y in range(2018, 2024)),
    ]
    return "\r\n".join(mark.join(row) for row in rows).replace("，", "，")


def big5() -> str:
    return "河灣縣教育局工作總結\n" + "全縣新建學校三所，增加學位4200個，公開招聘教師120名。\n" * 6


def docx(paragraphs: int = 8) -> bytes:
    document = Document()
    document.add_heading("河湾县教育局工作总结", 0)
    for n in range(paragraphs):
        document.add_paragraph(f"第{n + 1}项工作：{FACT}")
    table = document.add_table(2, 2)
    table.cell(1, 1).text = FACT
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    for row in (("县", "年份", "说明"), ("河湾县", 2022, FACT), ("柳桥县", 2023, FACT)):
        sheet.append(row)
    sheet.add_table(SheetTable(displayName="T", ref="A1:C3"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(pages: int = 1, **settings: object) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, **settings)
    for page in range(pages):
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(LINES):
            canvas.drawString(70, 780 - 20 * n, f"{page + 1}.{line}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def raw_pdf(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(out),
    )  # fmt: skip


def pptx() -> bytes:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in LINES)
    slide = f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><p:cSld><p:spTree><p:sp><p:txBody>{lines}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>'
    main = f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>'

    def rels(kind: str, target: str) -> bytes:
        return f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{r}/{kind}" Target="{target}"/></Relationships>'.encode()

    return added(b"", {
        "_rels/.rels": rels("officeDocument", "ppt/presentation.xml"),
        "ppt/presentation.xml": main.encode(),
        "ppt/_rels/presentation.xml.rels": rels("slide", "slides/slide1.xml"),
        "ppt/slides/slide1.xml": slide.encode(),
    })  # fmt: skip


def odt() -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in LINES)
    body = f'<office:document-content xmlns:office="{office}office:1.0" xmlns:text="{office}text:1.0" office:version="1.2"><office:body><office:text>{paragraphs}</office:text></office:body></office:document-content>'
    kind = "application/vnd.oasis.opendocument.text"
    manifest = f'<manifest:manifest xmlns:manifest="{office}manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    return added(b"", {
        "mimetype": kind.encode(),
        "content.xml": body.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    })  # fmt: skip


def rtf() -> bytes:
    words = "".join(f"\\u{ord(c)}?" if ord(c) > 127 else c for c in "\n".join(LINES))
    return ("{\\rtf1\\ansi " + words.replace("\n", "\\par ") + "}").encode("ascii")


def picture(form: str) -> bytes:
    """A picture too small for text, so that damage to its format is tested, not OCR."""
    out = io.BytesIO()
    Image.effect_noise((64, 11), 40).save(out, form)
    return out.getvalue()


def scan(font: str) -> bytes:
    """A picture of FACT, set in a font file that has Chinese characters."""
    page = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(page).text((30, 60), FACT, 0, ImageFont.truetype(font, 28))
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def document_xml(inside: str) -> bytes:
    return f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body><w:p>{inside}</w:p></w:body></w:document>'.encode()


def part(archive: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(archive)).read(name)


def added(archive: bytes, members: dict[str, bytes], leave_out: str = "") -> bytes:
    """An archive with more members, or one less."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        if archive:
            old = zipfile.ZipFile(io.BytesIO(archive))
            for info in old.infolist():
                if info.filename != leave_out and info.filename not in members:
                    made.writestr(info.filename, old.read(info))
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def replaced(archive: bytes, name: str, content: bytes) -> bytes:
    return added(archive, {name: content})


def without(archive: bytes, name: str) -> bytes:
    return added(archive, {}, leave_out=name)


def nested(content: bytes, depth: int) -> bytes:
    for n in range(depth):
        content = added(b"", {f"{n}.zip": content})
    return content


def flagged(archive: bytes) -> bytes:
    """Marked as encrypted in its list of contents."""
    changed = bytearray(archive)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def lying(archive: bytes) -> bytes:
    """Its list of contents states 100 bytes for every member."""
    changed = bytearray(archive)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = struct.pack("<I", 100)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)
