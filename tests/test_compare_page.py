"""The comparison page, run without a browser."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from test_compare import front
from test_pages import (
    HOSTILE,
    _Tags,
    folders,
    go,
    load,
    said,
    shown,
    start,
    text_of,
    update,
    write,
)

from indexer.speaks import Calibration
from indexer.words import LANGUAGES, Words

__all__ = ["folders", "load"]

FILES = {
    "甲/2022.txt": front("河湾县", 2022)
    + "化解大班额新建学校三所，大班额比例由2021年的15%降到9%。\n",
    "甲/要点.txt": front("河湾县", 2022, title="2022年工作要点").replace("工作总结", "工作要点")
    + "大班额比例控制在10%以内。\n",
    "乙/2022.txt": front("柳桥县", 2022) + "校园食堂统一采购大宗物资。\n",
    "乙/2021.txt": front("柳桥县", 2021) + f"化解大班额 {HOSTILE}\n",
}
QUESTION = "化解大班额"


@pytest.fixture(autouse=True)
def library(folders: tuple, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    by_words = Calibration(intercept=-10, passage=0, sentence=0, words=0, covered=20)
    monkeypatch.setattr(
        "indexer.library.comparing.calibration_for", lambda model, question: by_words
    )
    update(write(folders[0], FILES), folders[1])


def opened(language: str = "zh", **parameters: str) -> AppTest:
    app = start("compare", language, **parameters)
    assert not app.exception
    return app


def address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value[0] if isinstance(value, list) else value


def rows(app: AppTest) -> list[list[str]]:
    """The table of the page as text."""
    (grid, *_) = re.findall(r"<tbody>.*?</tbody>", shown(app), re.S)
    return [
        [text_of(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", grid, re.S)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_with_an_example(language: str) -> None:
    app = opened(language)
    words = Words(language)
    assert words("compare.example_question") in app.text_area[0].value
    assert words("compare.example") in text_of(shown(app))
    assert [row[0] for row in rows(app)] == ["柳桥县", "河湾县"]


def test_cells_quote_are_silent_or_have_no_document() -> None:
    found = {row[0]: row[1:] for row in rows(opened(q=QUESTION))}
    assert found["柳桥县"][1] == "未提及"
    assert (
        found["河湾县"][0]
        == "化解大班额新建学校三所，大班额比例由2021年的15%降到9%。摘自2022年文件"
    )
    assert {row[0]: row[1:] for row in rows(opened(q="食堂"))}["河湾县"] == ["无文件", "未提及"]


def test_a_cell_leads_into_the_document() -> None:
    app = opened(q=QUESTION)
    (link, *_) = re.findall(r'href="(document\?[^"]*)" target="_blank"', shown(app))
    assert "start=" in link and "end=" in link


def test_rows_and_columns_are_swapped_and_the_address_says_so() -> None:
    app = opened(q=QUESTION)
    app.toggle(key="compare_swap").set_value(True).run()
    assert [row[0] for row in rows(app)] == ["2021", "2022"]
    assert address(app, "swap") == "1"
    assert [row[0] for row in rows(opened(q=QUESTION, swap="1"))] == ["2021", "2022"]


def test_what_is_asked_stands_in_the_address() -> None:
    app = opened()
    app.text_area[0].set_value(f"{QUESTION}\n校园食堂")
    app.multiselect(key="compare_places").set_value(["柳桥县"])
    app.multiselect(key="compare_years").set_value([2022])
    [button] = [each for each in app.button if each.label == "比较"]
    button.click().run()
    assert address(app, "q") == f"{QUESTION}|校园食堂"
    assert address(app, "place") == "柳桥县"
    assert address(app, "year") == "2022"
    assert rows(app) == [["柳桥县", "2022", "未提及", "校园食堂统一采购大宗物资。"]]
    again = opened(q=f"{QUESTION}|校园食堂", place="柳桥县", year="2022")
    assert rows(again) == rows(app)


def test_the_table_is_searched_and_filtered() -> None:
    app = opened(q=QUESTION)
    app.text_input(key="compare_find").set_value("15%").run()
    assert [row[0] for row in rows(app)] == ["河湾县"]
    app.text_input(key="compare_find").set_value("").run()
    app.selectbox(key="compare_show").set_value("silent").run()
    assert [row[0] for row in rows(app)] == ["柳桥县"]
    app.text_input(key="compare_find").set_value("无此内容").run()
    assert Words("zh")("compare.no_match") in said(app)


def test_a_comparison_that_was_stopped_is_not_begun_again() -> None:
    app = opened(q=QUESTION)
    app.session_state["compare_stopped"] = app.session_state["compared"][0]
    app.run()
    assert Words("zh")("compare.stopped") in said(app)


def test_markup_in_documents_is_text() -> None:
    for app in (opened(q=QUESTION), opened(tab="indicators"), opened(tab="plans")):
        parser = _Tags()
        parser.feed(shown(app))
        assert not {"script", "img"} & parser.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_indicator_with_its_values(language: str) -> None:
    app = opened(language, tab="indicators", indicator="大班额比例")
    assert [row[0] for row in rows(app)] == ["河湾县"]
    assert rows(app)[0][1] == "15" and rows(app)[0][2].startswith("9")
    assert address(app, "indicator") == "大班额比例"


def test_plans_and_results() -> None:
    app = opened(tab="plans", place="河湾县")
    (row,) = [row for row in rows(app) if row[0] == "大班额比例"]
    assert row[1:4] == ["2022", "大班额比例控制在10%以内。", "完成"]


def test_an_empty_library_says_so(folders: tuple) -> None:  # noqa: F811
    for path in [each for each in folders[0].rglob("*") if each.is_file()]:
        path.unlink()
    update(*folders)
    app = go(start(), "compare", lang="zh")
    assert not app.exception
    assert said(app) == [Words("zh")("opening.empty")]
