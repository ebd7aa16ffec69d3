"""References in all forms, with their missing parts marked, and quotations to paste."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from indexer.cite import (
    FORMS,
    Form,
    Reference,
    cite,
    located,
    markdown,
    marker,
    plain,
    reference_list,
    reference_of,
)
from indexer.library import Library
from indexer.records import Description, Passage, StoredDocument
from indexer.words import Words

ZH, EN = Words("zh"), Words("en")

SUMMARY = Reference(
    doc="河湾县/总结2021.pdf",
    title="河湾县教育局2021年工作总结",
    issuer="河湾县教育局",
    date="2022-01-10",
    year=2021,
    place="河湾县",
    kind="工作总结",
    heading=("一、化解大班额", "（二）新建学校"),
    page=3,
    start=120,
    end=160,
)
NOTICE = Reference(
    doc="柳桥县/通知.txt",
    title="关于印发《柳桥县学前教育实施方案》的通知",
    issuer="柳桥县人民政府",
    number="柳政发〔2022〕5号",
    date="2022-03-01",
    kind="实施方案",
)
SPEECH = replace(SUMMARY, kind="讲话", title="在全县教育大会上的讲话", page=None)
WEB = {"url": "http://hewan.example/1.html", "accessed": "2026-05-04"}

CASES: list[tuple[str, Form, Reference, str]] = [
    # GB/T 7714-2025
    (
        "report",
        "gbt2025",
        SUMMARY,
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10：3.",
    ),
    (
        "no page",
        "gbt2025",
        replace(SUMMARY, page=None),
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10.",
    ),
    (
        "report with a number",
        "gbt2025",
        replace(SUMMARY, number="河教报〔2022〕2号"),
        "河湾县教育局. 河湾县教育局2021年工作总结：河教报〔2022〕2号[R]. 2022-01-10：3.",
    ),
    (
        "report on the web",
        "gbt2025",
        replace(SUMMARY, **WEB),
        "河湾县教育局. 河湾县教育局2021年工作总结[R/OL]. 2022-01-10：3. http://hewan.example/1.html.",
    ),
    (
        "notice",
        "gbt2025",
        NOTICE,
        "柳桥县人民政府. 关于印发《柳桥县学前教育实施方案》的通知：柳政发〔2022〕5号[Z]. 2022-03-01.",
    ),
    (
        "notice on the web",
        "gbt2025",
        replace(NOTICE, **WEB),
        "柳桥县人民政府. 关于印发《柳桥县学前教育实施方案》的通知：柳政发〔2022〕5号[EB/OL]. "
        "（2022-03-01）[2026-05-04]. http://hewan.example/1.html.",
    ),
    (
        "no issuer",
        "gbt2025",
        replace(SUMMARY, issuer=None),
        "[发布者不详]. 河湾县教育局2021年工作总结[R]. 2022-01-10：3.",
    ),
    (
        "no date: the year it is about is not its date",
        "gbt2025",
        replace(SUMMARY, date=None),
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. [日期不详]：3.",
    ),
    (
        "month only",
        "gbt2025",
        replace(SUMMARY, date="2022年1月"),
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01：3.",
    ),
    (
        "nothing known but the title",
        "gbt2025",
        Reference(doc="a.txt", title="讲话"),
        "[发布者不详]. 讲话[Z]. [日期不详].",
    ),
    (
        "not even the title",
        "gbt2025",
        Reference(doc="a.txt", title=""),
        "[发布者不详]. [题名不详][Z]. [日期不详].",
    ),
    (
        "web page without dates",
        "gbt2025",
        replace(SPEECH, date=None, url="http://a.example"),
        "河湾县教育局. 在全县教育大会上的讲话[EB/OL]. （[日期不详]）[引用日期不详]. http://a.example.",
    ),
    (
        "kind unknown",
        "gbt2025",
        replace(SUMMARY, kind=None),
        "河湾县教育局. 河湾县教育局2021年工作总结[Z]. 2022-01-10：3.",
    ),
    (
        "fictional",
        "gbt2025",
        replace(SUMMARY, fictional=True),
        "【虚构示例】河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10：3.",
    ),
    # GB/T 7714-2015
    (
        "report",
        "gbt2015",
        SUMMARY,
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. [出版地不详: 出版者不详], 2022: 3.",
    ),
    (
        "no page",
        "gbt2015",
        replace(SUMMARY, page=None),
        "河湾县教育局. 河湾县教育局2021年工作总结[R]. [出版地不详: 出版者不详], 2022.",
    ),
    (
        "notice",
        "gbt2015",
        NOTICE,
        "柳桥县人民政府. 关于印发《柳桥县学前教育实施方案》的通知: 柳政发〔2022〕5号[A]. "
        "[出版地不详: 出版者不详], 2022.",
    ),
    (
        "notice on the web",
        "gbt2015",
        replace(NOTICE, **WEB),
        "柳桥县人民政府. 关于印发《柳桥县学前教育实施方案》的通知: 柳政发〔2022〕5号[A/OL]. "
        "(2022-03-01)[2026-05-04]. http://hewan.example/1.html.",
    ),
    (
        "report on the web with a page",
        "gbt2015",
        replace(SUMMARY, **WEB),
        "河湾县教育局. 河湾县教育局2021年工作总结[R/OL]. 2022: 3(2022-01-10)[2026-05-04]. "
        "http://hewan.example/1.html.",
    ),
    (
        "speech",
        "gbt2015",
        SPEECH,
        "河湾县教育局. 在全县教育大会上的讲话[Z]. [出版地不详: 出版者不详], 2022.",
    ),
    (
        "no issuer, no date",
        "gbt2015",
        replace(SUMMARY, issuer=None, date=None),
        "[发布者不详]. 河湾县教育局2021年工作总结[R]. [出版地不详: 出版者不详], [日期不详]: 3.",
    ),
    (
        "web without dates",
        "gbt2015",
        replace(SPEECH, date=None, url="http://a.example"),
        "河湾县教育局. 在全县教育大会上的讲话[Z/OL]. ([日期不详])[引用日期不详]. http://a.example.",
    ),
    (
        "fictional",
        "gbt2015",
        replace(SPEECH, fictional=True),
        "【虚构示例】河湾县教育局. 在全县教育大会上的讲话[Z]. [出版地不详: 出版者不详], 2022.",
    ),
    # The official form
    (
        "all known, a title in a title",
        "official",
        NOTICE,
        "柳桥县人民政府《关于印发〈柳桥县学前教育实施方案〉的通知》（柳政发〔2022〕5号，2022年3月1日）",
    ),
    (
        "page, no number",
        "official",
        SUMMARY,
        "河湾县教育局《河湾县教育局2021年工作总结》（[未见文号]，2022年1月10日）第3页",
    ),
    (
        "titles three deep",
        "official",
        replace(NOTICE, title="转发《关于〈办法〉的通知》"),
        "柳桥县人民政府《转发〈关于《办法》的通知〉》（柳政发〔2022〕5号，2022年3月1日）",
    ),
    (
        "inner marks alone stay",
        "official",
        replace(NOTICE, title="关于〈办法〉的通知"),
        "柳桥县人民政府《关于〈办法〉的通知》（柳政发〔2022〕5号，2022年3月1日）",
    ),
    (
        "no issuer",
        "official",
        replace(NOTICE, issuer=None, title="通知"),
        "[发布者不详]《通知》（柳政发〔2022〕5号，2022年3月1日）",
    ),
    (
        "no date",
        "official",
        replace(NOTICE, date=None, title="通知"),
        "柳桥县人民政府《通知》（柳政发〔2022〕5号，[日期不详]）",
    ),
    (
        "month only",
        "official",
        replace(NOTICE, date="2022-03", title="通知"),
        "柳桥县人民政府《通知》（柳政发〔2022〕5号，2022年3月）",
    ),
    (
        "year only",
        "official",
        replace(NOTICE, date="2022", title="通知"),
        "柳桥县人民政府《通知》（柳政发〔2022〕5号，2022年）",
    ),
    (
        "a date in words stays",
        "official",
        replace(NOTICE, date="2022年春", title="通知"),
        "柳桥县人民政府《通知》（柳政发〔2022〕5号，2022年春）",
    ),
    (
        "an impossible date stays as written",
        "official",
        replace(NOTICE, date="2022-13-01", title="通知"),
        "柳桥县人民政府《通知》（柳政发〔2022〕5号，2022-13-01）",
    ),
    (
        "nothing known",
        "official",
        Reference(doc="a.txt", title="", date=" "),
        "[发布者不详]《[题名不详]》（[未见文号]，[日期不详]）",
    ),
    (
        "fictional",
        "official",
        replace(NOTICE, title="通知", fictional=True),
        "【虚构示例】柳桥县人民政府《通知》（柳政发〔2022〕5号，2022年3月1日）",
    ),
]


@pytest.mark.parametrize(
    ("form", "reference", "expected"),
    [pytest.param(*case[1:], id=f"{case[1]}: {case[0]}") for case in CASES],
)
def test_forms(form: Form, reference: Reference, expected: str) -> None:
    assert cite(reference, form, ZH) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("gbt2025", "[FICTIONAL SAMPLE] [issuer unknown]. 讲话[Z]. [date unknown]：2."),
        (
            "gbt2015",
            "[FICTIONAL SAMPLE] [issuer unknown]. 讲话[Z]. "
            "[place of publication unknown: publisher unknown], [date unknown]: 2.",
        ),
        (
            "official",
            "[FICTIONAL SAMPLE] [issuer unknown], 《讲话》 ([no number seen], [date unknown]), p. 2",
        ),
    ],
)
def test_the_marks_speak_the_readers_language(form: Form, expected: str) -> None:
    nothing = Reference(doc="a.txt", title="讲话", page=2, fictional=True)
    assert cite(nothing, form, EN) == expected


def test_the_place_names_headings() -> None:
    assert located(SUMMARY, "official", ZH).endswith("第3页（见“一、化解大班额 › （二）新建学校”）")
    assert located(NOTICE, "official", ZH) == cite(NOTICE, "official", ZH)


names = st.none() | st.text(min_size=1, max_size=12)
references = st.builds(
    Reference,
    doc=st.just("a"),
    title=st.text(max_size=12),
    issuer=names,
    number=names,
    date=names,
    kind=st.sampled_from(["工作总结", "通知", "讲话", None]),
    page=st.none() | st.integers(1, 999),
    fictional=st.booleans(),
    url=st.none() | st.just("http://a.example"),
)


@given(references, st.sampled_from(FORMS))
def test_any_metadata_gives_a_reference_that_warns_of_fiction(each: Reference, form: Form) -> None:
    text = cite(each, form, ZH)
    assert text.startswith("【虚构示例】") == each.fictional
    assert ("[发布者不详]" in text) == (not each.issuer)


# What a reference is made of


def test_a_passage_and_its_document_give_the_same_source(library: Library) -> None:
    (passage,) = library.search("校车照管员", limit=1)
    cited = reference_of(passage)
    stored = library.document(passage.doc)
    assert (cited.start, cited.end) == passage.highlights[0]
    assert "校车" in stored.text[cited.start : cited.end]
    assert cited.heading == ("二、校车管理",)
    whole = reference_of(stored)
    assert (whole.start, whole.end, whole.heading) == (0, len(stored.text), ())
    at_place = replace(whole, start=cited.start, end=cited.end, heading=cited.heading)
    assert at_place == cited


def test_all_that_is_known_of_a_document_reaches_its_reference() -> None:
    passage = Passage(
        "a.txt", "通知", "河湾县", 2021, "通知", ("一、",), "甲。乙。", 5, 9, 2, 1.0, (),
        date="2022-01-01", issuer="局", fictional=True, number="河教〔2022〕1号",
    )  # fmt: skip
    expected = Reference(
        "a.txt", "通知", "局", "河教〔2022〕1号", "2022-01-01", 2021, "河湾县", "通知", ("一、",), 2,
        5, 9, True,
    )  # fmt: skip
    assert reference_of(passage) == expected
    about = Description(
        "通知", "青溪省", "长汀市", None, "市", 2021, "通知", "局", "河教〔2022〕1号", "2022-01-01",
        None, True,
    )  # fmt: skip
    stored = StoredDocument("a.txt", "", 0, about, "甲。乙。", 1, "", ())
    whole = replace(expected, place="长汀市", heading=(), page=None, start=0, end=4)
    assert reference_of(stored) == whole


# Lists


def test_a_source_cited_twice_has_one_number() -> None:
    again = replace(SUMMARY, page=7, heading=())
    listed = reference_list([SUMMARY, NOTICE, again], "gbt2025", ZH)
    assert listed.numbers == (1, 2, 1)
    assert listed.entries == (
        "[1] 河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10.",
        "[2] 柳桥县人民政府. 关于印发《柳桥县学前教育实施方案》的通知：柳政发〔2022〕5号[Z]. 2022-03-01.",
    )
    assert [
        marker(*pair) for pair in zip(listed.numbers, [SUMMARY, NOTICE, again], strict=True)
    ] == [
        "[1]3",
        "[2]",
        "[1]7",
    ]


def test_an_empty_list() -> None:
    assert reference_list([], "official", ZH).entries == ()


# Quotations to paste


def test_plain() -> None:
    assert plain("新建学校三所。\n", NOTICE, ZH) == (
        "“新建学校三所。”（柳桥县人民政府《关于印发〈柳桥县学前教育实施方案〉的通知》"
        "（柳政发〔2022〕5号，2022年3月1日））"
    )
    assert plain("新建学校三所。", SUMMARY, EN, "gbt2025") == (
        "“新建学校三所。” (河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10：3."
        " (under “一、化解大班额 › （二）新建学校”))"
    )


def test_markdown_is_a_block_quote_with_its_source() -> None:
    assert markdown("1. 新建*三*所\n\n<b>二", SPEECH, ZH, "gbt2025") == (
        "> 1\\. 新建\\*三\\*所\n>\n> \\<b\\>二\n>\n"
        "> ——河湾县教育局. 在全县教育大会上的讲话\\[Z\\]. 2022-01-10."
        "（见“一、化解大班额 › （二）新建学校”）"
    )


SIGNS = st.text("甲乙1.)#*_`[]()<>&|~-=+!\\ \n:;x", max_size=40)


@given(SIGNS | st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40))
@example("- 甲\n+ 乙\n1) 丙\n# 丁\n---")
@example("甲\n===\n  2. 乙")
def test_markdown_shows_any_quotation_as_it_is(quote: str) -> None:
    tokens = MarkdownIt().enable(["table", "strikethrough"]).parse(markdown(quote, NOTICE, ZH))
    inline = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for token in inline for child in token.children or []}
    assert kinds <= {"text", "softbreak", "text_special"}
    shown = "".join(child.content for token in inline for child in token.children or [])
    source = f"——{cite(NOTICE, 'official', ZH)}"
    assert shown.endswith(source)
    assert "".join(shown.removesuffix(source).split()) == "".join(quote.split())
