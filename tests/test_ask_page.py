"""The ask page, run without a browser: answers with their sources, refusals, follow-up questions."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import docx
import pytest
import streamlit
from conftest import DOCUMENTS
from streamlit.testing.v1 import AppTest
from test_pages import (  # noqa: F401  # fixtures among them
    HOSTILE,
    _Tags,
    click,
    folders,
    go,
    load,
    says,
    shown,
    start,
    text_of,
    update,
    write,
)

from indexer.answer import Answer
from indexer.library import Library
from indexer.pages.frame import plain
from indexer.words import LANGUAGES, Words, together

pytestmark = pytest.mark.usefixtures("calibrated", "counties")

COUNTY = "河湾县/总结2021.txt"
TITLE = "河湾县教育局2021年工作总结"
QUESTION = "大班额比例降到多少"
STATEMENT = "全县新建学校三所，增加学位四千个，大班额比例由百分之十五降到百分之九。"
MORE = {
    "柳桥县/总结2022.txt": "---\ntitle: 柳桥县教育局2022年工作总结\nplace: 柳桥县\nyear: 2022\n---\n"
    "大班额比例由12.5%降到7.5%。\n学校食堂实行大宗物资统一采购。\n",
    "石桥县/总结2022.txt": "---\ntitle: 石桥县教育局2022年工作总结\nplace: 石桥县\nyear: 2022\n"
    "fictional: true\n---\n更新校车。\n大班额比例由12.5%降到7.5%。\n",
    "怪.txt": f"---\ntitle: '{HOSTILE}'\nplace: '{HOSTILE}'\n---\n"
    f"校车照管员培训41人次{HOSTILE}。\n",
}


@pytest.fixture
def counties(folders: tuple[Path, Path]) -> Path:  # noqa: F811
    counties = {name: text for name, text in DOCUMENTS.items() if "长汀市/" not in name}
    return update(write(folders[0], counties | MORE), folders[1])


def asked(question: str, language: str = "zh", **parameters: str) -> AppTest:
    """The page as one finds it who opens an address with a question."""
    app = start("ask", language, q=question, **parameters)
    assert not app.exception
    return app


def ask(app: AppTest, question: str, language: str = "zh") -> AppTest:
    app.text_input(key="question_ask").set_value(question)
    click(app, Words(language)("ask.button"))
    assert not app.exception
    return app


def statements(app: AppTest) -> list[str]:
    """The statements as they are shown, with their numbers."""
    return [text_of(each) for each in re.findall(r'<p class="cx-statement">.*?</p>', shown(app))]


def links(app: AppTest) -> list[dict[str, str]]:
    """Where the links to documents lead, those within the answer first."""
    inside = re.findall(r'href="document\?(.*?)"', shown(app))
    beside = [link.proto.query_string for link in app.get("page_link")]
    found = [parse_qs(html.unescape(each)) for each in [*inside, *beside]]
    return [{name: values[0] for name, values in each.items()} for each in found if "doc" in each]


def quoted(app: AppTest, library: Library, number: int) -> str:
    link = links(app)[number]
    return library.document(link["doc"]).text[int(link["start"]) : int(link["end"])]


def marks(app: AppTest) -> set[str]:
    return {str(each.key) for each in app.button if str(each.key).startswith("mark_")}


def history(app: AppTest) -> list[str]:
    labels = [link.proto.label for link in app.get("page_link") if "q=" in link.proto.query_string]
    return [each for each in labels if each not in {Words(x)("search.open") for x in LANGUAGES}]


@pytest.fixture
def library(counties: Path) -> Library:
    return Library(counties)


# Before a question -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_questions(language: str) -> None:
    words = Words(language)
    app = start("ask", language)
    assert words("ask.lead") in text_of(shown(app))
    examples = [words(f"ask.example_{number}") for number in range(1, 5)]
    assert [button.label for button in app.button if button.label in examples] == examples
    click(app, examples[0])
    assert not app.exception
    assert app.query_params["q"] == examples[0]
    assert app.text_input(key="question_ask").value == examples[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", ["", "   "])
def test_a_blank_question_is_answered_by_an_example(question: str, language: str) -> None:
    app = ask(start("ask", language), question, language)
    assert [each.value for each in app.warning] == [Words(language)("search.blank")]
    assert "q" not in app.query_params
    assert statements(app) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_library_is_told(
    folders: tuple[Path, Path],  # noqa: F811
    language: str,
) -> None:
    for file in [each for each in folders[0].rglob("*") if each.is_file()]:
        file.unlink()
    update(*folders)
    app = start("ask", language)
    assert [each.value for each in app.info] == [Words(language)("opening.empty")]


# An answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_shown_by_place_and_year_with_numbered_citations(
    library: Library, language: str
) -> None:
    words = Words(language)
    app = ask(start("ask", language), QUESTION, language)
    first, second = sorted(statements(app), key=len, reverse=True)
    assert re.fullmatch(re.escape(STATEMENT) + r"\[\d\]", first)
    assert re.fullmatch(r"大班额比例由12\.5%降到7\.5%。\[\d\]", second)
    numbers = [re.findall(r"\[(\d)\]", each) for each in statements(app)]
    assert numbers == [["1"], ["2"]]
    heads = re.findall(r'<div class="cx-answer-head">(.*?)</div>', shown(app))
    assert sorted(heads) in (
        ["柳桥县 · 2022", "河湾县 · 2021"],
        ["河湾县 · 2021", "石桥县 · 2022"],
    )
    assert words("ask.verbatim") in text_of(shown(app))
    coverage = text_of(re.findall(r'<div class="cx-coverage">.*?</div>', shown(app))[0])
    assert coverage == words("ask.coverage", of=6, n=3, places=3, figures=3)
    for link, text in zip(links(app)[:2], statements(app), strict=True):
        assert text.startswith(
            library.document(link["doc"]).text[int(link["start"]) : int(link["end"])]
        )
        assert (link["q"], link["back"]) == (QUESTION, "ask")
        assert link.get("lang", "zh") == language


def test_the_evidence_names_each_document_that_says_it(library: Library) -> None:
    app = asked("大班额比例由12.5%降到7.5%")
    evidence = [text_of(each) for each in re.findall(r'<div class="cx-evidence">.*', shown(app))]
    assert evidence[0].startswith("[1] ")
    both = [each for each in evidence if each.startswith("[1]")]
    assert {re.sub(r"\[1\] (.*?总结).*", r"\1", each) for each in both} == {
        "柳桥县教育局2022年工作总结",
        "石桥县教育局2022年工作总结",
    }
    assert sum(Words("zh")("sample.badge") in each for each in evidence) == 1
    documents = {link["doc"] for link in links(app)}
    assert {"柳桥县/总结2022.txt", "石桥县/总结2022.txt"} <= documents
    for number in range(len(links(app))):
        assert "降到" in quoted(app, library, number)


def test_figures_are_marked() -> None:
    app = asked(QUESTION)
    figures = re.findall(r'<span class="cx-figure">(.*?)</span>', shown(app))
    assert {"百分之十五", "百分之九", "12.5%", "7.5%"} <= set(figures)
    for each in re.findall(r'<p class="cx-statement">.*?</p>', shown(app)):
        assert "cx-figure" in each


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_read_is_marked_and_so_is_its_document(
    folders: tuple[Path, Path],  # noqa: F811
    language: str,
) -> None:
    damaged = "2020年河湾县接入光纤的学校2016619增加到312所。\n敎帅敎育敎学。\n"
    update(
        write(folders[0], {"河湾县/损.txt": f"---\nplace: 河湾县\nyear: 2020\n---\n{damaged}"}),
        folders[1],
    )
    words = Words(language)
    app = ask(start("ask", language), "河湾县接入光纤的学校增加到多少所", language)
    span = f'<span class="cx-unreadable" title="{words("search.unreadable")}">2016619</span>'
    assert span in shown(app)
    assert words("search.unreadable_note") in shown(app)
    assert "312所" in re.findall(r'<span class="cx-figure">(.*?)</span>', shown(app))
    (evidence,) = re.findall(r'<div class="cx-evidence">.*', shown(app))
    assert words("search.quality", percent="").split("%")[0].strip() in text_of(evidence)
    found = start("search", language, q="河湾县接入光纤的学校")
    assert span in shown(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_is_not_sure_says_so(
    library: Library, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caution = Words(language)("ask.unsure")
    assert caution not in text_of(shown(ask(start("ask", language), QUESTION, language)))
    monkeypatch.setattr("indexer.answer.SURE", 1.1)
    app = ask(start("ask", language), QUESTION, language)
    (told,) = re.findall(r'<div class="cx-coverage">.*?</div></div>', shown(app))
    # It does not claim either that so many documents speak of it.
    assert text_of(told) == Words(language)("ask.searched", of=6) + caution
    assert statements(app)


def test_a_citation_opens_the_document_at_the_sentence(library: Library) -> None:
    app = asked("河湾县2021年" + QUESTION)
    link = links(app)[0]
    document = go(app, "document", **link)
    assert not document.exception
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", shown(document)) == [STATEMENT]


def test_a_sentence_of_a_later_report_is_marked_as_such(folders: tuple[Path, Path]) -> None:  # noqa: F811
    late = "---\nplace: 河湾县\nyear: 2024\n---\n2020年入学率为98.5%。\n"
    update(write(folders[0], {"河湾县/晚.txt": late}), folders[1])
    app = asked("河湾县2020年入学率是多少")
    (statement,) = statements(app)
    assert statement == f"2020年入学率为98.5%。[1]{Words('zh')('search.other_year')}"


def test_what_the_report_of_the_year_after_says_is_told_as_such(
    folders: tuple[Path, Path],  # noqa: F811
) -> None:
    late = (
        "---\nplace: 河湾县\nyear: 2024\n---\n光纤接入率为98.5%，比上年的91.2%提高7.3个百分点。\n"
    )
    early = "---\nplace: 河湾县\nyear: 2023\n---\n更新校车十五辆。\n"
    update(write(folders[0], {"河湾县/晚.txt": late, "河湾县/早.txt": early}), folders[1])
    app = asked("河湾县2023年光纤接入率是多少")
    (statement,) = statements(app)
    assert statement.startswith("光纤接入率为98.5%，比上年的91.2%提高7.3个百分点。[1]")
    assert Words("zh")("ask.year_after", years="2023") in text_of(shown(app))


def test_what_another_document_says_of_a_place_is_told_as_such(
    folders: tuple[Path, Path],  # noqa: F811
) -> None:
    city = {"长汀市/通报.txt": "长汀市教育局通报\n河湾县光纤接入率为98.5%。\n"}
    update(write(folders[0], city), folders[1])
    app = asked("河湾县光纤接入率是多少")
    assert statements(app) == ["河湾县光纤接入率为98.5%。[1]"]
    assert Words("zh")("ask.elsewhere", names="河湾县") in text_of(shown(app))


# No answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_documents_do_not_say_is_told_with_the_nearest_passages(language: str) -> None:
    words = Words(language)
    app = asked("火星上的天气怎么样", language)
    assert [each.value for each in app.warning] == [words("ask.insufficient")]
    assert words("ask.nearest") in text_of(shown(app))
    assert len(re.findall(r'<div class="cx-hit-title">', shown(app))) == 3
    assert statements(app) == []
    assert words("ask.verbatim") not in text_of(shown(app))


@pytest.mark.parametrize(
    ("language", "question", "name"),
    [("zh", "各县怎样防治校园欺凌", "校园欺凌"), ("en", "bullying at schools", "bullying")],
)
def test_a_subject_that_no_document_names_is_told(language: str, question: str, name: str) -> None:
    words = Words(language)
    app = asked(question, language)
    told = together(words, words("ask.insufficient"), words("ask.untold", name=name))
    assert "。 " not in told
    assert [each.value for each in app.warning] == [told]
    assert name in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_of_which_there_is_nothing_is_named_and_can_be_left_out(language: str) -> None:
    words = Words(language)
    app = asked("桃源县" + QUESTION, language)
    (message,) = [each.value for each in app.info]
    assert says(message.replace("\\", ""), language, "narrow.missing")
    assert "桃源县" in message
    assert statements(app) == []
    click(app, words("narrow.without_place"))
    assert statements(app)


# Follow-up questions -----------------------------------------------------------------------------


def test_a_follow_up_keeps_place_and_topic_as_marks() -> None:
    words = Words("zh")
    app = ask(start("ask"), "河湾县2021年大班额比例降到多少")
    assert marks(app) == {"mark_place", "mark_year"}
    ask(app, "那2022年呢？")
    assert (app.query_params["place"], app.query_params["topic"]) == ("河湾县", QUESTION)
    assert marks(app) == {"mark_place", "mark_year", "mark_topic"}
    assert app.button(key="mark_topic").label == plain(words("ask.topic", topic=QUESTION))
    assert app.button(key="mark_year").label == plain(words("narrow.mark_year", values="2022"))
    ask(app, "那柳桥县呢")
    assert app.button(key="mark_place").label == plain(words("narrow.mark_place", values="柳桥县"))
    assert statements(app) == ["大班额比例由12.5%降到7.5%。[1]"]
    ask(app, "还有哪些县")
    assert "place" not in app.query_params
    assert app.query_params["topic"] == QUESTION
    ask(app, "校车照管员有哪些规定")
    assert "topic" not in app.query_params
    assert "mark_topic" not in marks(app)


def test_each_mark_can_be_taken_away() -> None:
    app = ask(start("ask"), "河湾县2021年大班额比例降到多少")
    ask(app, "有哪些措施")
    assert marks(app) == {"mark_place", "mark_year", "mark_topic"}
    for name in ("topic", "place", "year"):
        app.button(key=f"mark_{name}").click().run()
        assert not app.exception
        assert f"mark_{name}" not in marks(app)
        assert name not in app.query_params
    assert app.query_params["q"] == "有哪些措施"


def test_other_choices_of_the_side_bar_stay() -> None:
    app = ask(start("ask", kind="工作总结"), "河湾县大班额比例降到多少")
    ask(app, "有哪些措施")
    assert (app.query_params["kind"], app.query_params["place"]) == ("工作总结", "河湾县")
    assert app.multiselect(key="narrow_place").value == ["河湾县"]


def test_the_first_question_of_a_session_keeps_nothing() -> None:
    app = ask(start("ask"), "那2022年呢？")
    assert not {"topic", "place"} & set(app.query_params)


def test_an_address_brings_its_follow_up_back() -> None:
    app = ask(start("ask"), "柳桥县2022年大班额比例降到多少")
    ask(app, "为什么")
    again = start(
        "ask", **{name: app.query_params[name] for name in ("q", "place", "year", "topic")}
    )
    assert statements(again) == statements(app) != []
    assert marks(again) == marks(app)


# The session -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_asked_is_listed_and_can_be_forgotten(language: str) -> None:
    words = Words(language)
    app = ask(start("ask", language), "河湾县2021年大班额比例降到多少", language)
    ask(app, "那2022年呢？", language)
    app.run()
    assert history(app) == [plain("那2022年呢？"), plain("河湾县2021年大班额比例降到多少")]
    (link,) = [
        parse_qs(each.proto.query_string)
        for each in app.get("page_link")
        if each.proto.label == plain("那2022年呢？")
    ]
    assert {name: link[name] for name in ("q", "place", "topic")} == {
        "q": ["那2022年呢？"],
        "place": ["河湾县"],
        "topic": [QUESTION],
    }
    ask(app, "河湾县2021年大班额比例降到多少", language)
    app.run()
    assert len(history(app)) == 2
    click(app, words("ask.forget"))
    assert history(app) == []
    assert not {"q", "place", "topic"} & set(app.query_params)
    assert app.query_params.get("lang", "zh") == language
    assert words("ask.lead") in text_of(shown(app))
    ask(app, "那柳桥县呢", language)
    assert "topic" not in app.query_params


# Markup in documents -----------------------------------------------------------------------------


def test_markup_in_an_answer_is_shown_as_written() -> None:
    app = asked("校车照管员培训多少人次")
    parser = _Tags()
    parser.feed(shown(app))
    assert parser.tags <= {"a", "b", "br", "button", "div", "p", "span", "sup"}
    allowed = {"class", "href", "target", "title", "type", "id"}
    assert {name for name in parser.attributes if not name.startswith("data-cx-")} <= allowed
    assert parser.text.count(HOSTILE) >= 2  # place and title
    assert "校车照管员培训41人次<script>window.hacked=1</script>" in parser.text
    for block in app.markdown:
        assert "hacked" not in block.value


@pytest.mark.parametrize(
    "question", [HOSTILE, "x" * 5_000, "？！", "\u202e$x$ **b**", "大班额" * 900]
)
def test_any_question_is_answered(question: str) -> None:
    app = ask(start("ask"), question)
    assert not app.exception
    assert not app.error
    ask(app, "那2022年呢")


# Taking an answer along --------------------------------------------------------------------------


def copies(app: AppTest) -> list[str]:
    return [
        html.unescape(text) for text in re.findall(r'data-cx-copy="(.*?)"', shown(app), re.DOTALL)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_copies_hold_each_statement_with_its_citation(language: str) -> None:
    app = asked(QUESTION, language)
    told = [re.sub(r"\[\d\]$", "", each) for each in statements(app)]
    assert len(told) == 2
    text, markdown = copies(app)
    for copied in (text, markdown):
        for number, statement in enumerate(told, 1):
            (line,) = [each for each in copied.splitlines() if statement in each]
            assert line.removeprefix("- ") == f"{statement}[{number}]"
        sources = copied.split(Words(language)("ask.evidence"))[-1].strip().splitlines()
        assert [each.removeprefix("- ")[:4] for each in sources] == ["[1] ", "[2] "]
        assert sum(TITLE in each for each in sources) == 1
        assert QUESTION in copied.splitlines()[0]
        assert text_of(re.findall(r'<div class="cx-coverage">.*?</div>', shown(app))[0]) in copied
    assert not re.search(r"^[#-]", text, re.MULTILINE)
    assert markdown.startswith(f"## {QUESTION}\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_holds_each_statement_with_its_citation(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    saved: dict[str, Any] = {}

    def button(label: str, data: Callable[[], bytes], **options: Any) -> bool:
        saved.update(options, data=data)
        return False

    monkeypatch.setattr(streamlit, "download_button", button)
    app = asked(QUESTION, language)
    assert re.fullmatch(r"\d{8}_大班额比例降到多少\.docx", saved["file_name"])
    file = docx.Document(io.BytesIO(saved["data"]()))
    body = "\n".join(each.text for each in file.paragraphs)
    assert QUESTION in body
    assert Words(language)("ask.verbatim") in body
    for statement in statements(app):
        assert re.sub(r"\[\d\]$", "", statement) in body
    notes = [
        part.blob.decode()
        for part in file.part.package.iter_parts()
        if str(part.partname).endswith("footnotes.xml")
    ]
    told = text_of("".join(notes))
    assert TITLE in told
    assert "2022年工作总结" in told


def test_an_answer_of_nothing_known_has_no_empty_heading() -> None:
    from indexer.answer import Quote, Statement
    from indexer.pages.save_answer import as_text
    from indexer.records import Description

    quote = Quote("x.txt", "修建校舍。", 0, 5, Description("报告"), (), None, ())
    answer = Answer("answered", statements=(Statement("修建校舍。", (quote,), 0.9),))
    lines = as_text(Words("zh"), answer, "问", "概述", markdown=True).splitlines()
    assert lines[:5] == ["## 问", "", "概述", "", "- 修建校舍。[1]"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["search", "ask"])
def test_a_place_and_a_year_that_are_not_held_together_are_told(page: str, language: str) -> None:
    words = Words(language)
    app = start(page, language, q="柳桥县2021年的大班额比例")
    assert not app.exception
    (message,) = [each.value for each in app.info]
    assert message == plain(words("narrow.nothing_of_year", place="柳桥县", years=2021))
    assert words("narrow.years_held", place="柳桥县", years=2022) in text_of(shown(app))
    click(app, words("narrow.without_year"))
    assert not app.exception
    assert "12.5%降到7.5%" in text_of(shown(app))
