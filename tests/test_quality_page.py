"""The thumbs under the results and the quality page, in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest
from test_pages import (  # noqa: F401  # fixtures among them
    OWN,
    click,
    corpus,
    folders,
    go,
    index,
    load,
    said,
    shown,
    start,
    titles,
)

from indexer import export, judgements
from indexer.ablation import STEPS
from indexer.choices import Choices, save_choices
from indexer.export import xlsx
from indexer.glossary_tables import FOLDER
from indexer.judgements import FILE_NAME, SAMPLES_NAME, Judgement
from indexer.records import Filters
from indexer.words import LANGUAGES, Words

QUESTION = "大班额比例由百分之十五降到百分之九"
UP, DOWN = 1, 0


def judge(app: AppTest, number: int, value: int | None) -> AppTest:
    return app.feedback[number].set_value(value).run()


def kept(corpus: Path) -> list[tuple[str, str, int]]:  # noqa: F811
    found, problems = judgements.load(corpus)
    assert problems == ()
    return [(each.question, each.doc, each.grade) for each in found]


# Thumbs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("value", "grade", "key"), [(UP, 1, "judge.good"), (DOWN, -1, "judge.bad")]
)
def test_a_thumb_is_kept_thanked_for_and_remembered(
    index: Path,  # noqa: F811
    corpus: Path,  # noqa: F811
    language: str,
    value: int,
    grade: int,
    key: str,
) -> None:
    app = start(language=language, q=QUESTION)
    assert len(app.feedback) == len(titles(app)) > 1
    assert [each.value for each in app.feedback] == [None] * len(app.feedback)
    judge(app, 0, value)
    assert not app.exception
    assert Words(language)(key) in shown(app)
    assert kept(corpus) == [(QUESTION, OWN, grade)]
    app.run()
    assert Words(language)(key) not in shown(app)  # said once
    again = start(language=language, q=QUESTION)
    assert [each.value for each in again.feedback][:2] == [value, None]


def test_a_changed_mind_replaces_and_a_second_click_takes_back(
    index: Path,  # noqa: F811
    corpus: Path,  # noqa: F811
) -> None:
    app = start(q=QUESTION)
    judge(app, 0, UP)
    judge(app, 1, DOWN)
    judge(app, 0, DOWN)
    assert sorted(grade for _, _, grade in kept(corpus)) == [-1, -1]
    judge(app, 0, None)
    assert [each.value for each in app.feedback][:2] == [None, DOWN]
    assert len(kept(corpus)) == 1


def test_the_filters_of_the_side_bar_are_part_of_the_question(
    index: Path,  # noqa: F811
    corpus: Path,  # noqa: F811
) -> None:
    judge(start(q="大班额", year="2022", place="示例县"), 0, UP)
    (found,) = judgements.load(corpus)[0]
    assert found.filters == Filters(place=("示例县",), year=(2022,))
    assert {each.value for each in start(q="大班额").feedback} == {None}


def test_what_another_has_changed_in_the_file_shows(index: Path, corpus: Path) -> None:  # noqa: F811
    app = start(q=QUESTION)
    judge(app, 0, UP)
    (corpus / FOLDER / FILE_NAME).unlink()
    assert app.run().feedback[0].value is None
    assert kept(corpus) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_judgement_that_cannot_be_kept_is_told(
    index: Path,  # noqa: F811
    corpus: Path,  # noqa: F811
    language: str,
) -> None:
    app = start(language=language, q=QUESTION)
    (corpus / FOLDER).mkdir()
    (corpus / FOLDER / FILE_NAME).write_bytes(b"\xff\xfe\x00")
    judge(app, 0, UP)
    assert not app.exception
    assert said(app) == [Words(language).explain("table_kept", {"file": FILE_NAME})]
    assert app.feedback[0].value is None


# The page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_judgements_the_page_says_how_to_make_them(index: Path, language: str) -> None:  # noqa: F811
    app = start("quality", language)
    assert not app.exception
    assert said(app) == [Words(language)("ablation.empty")]
    labels = [button.label for button in app.button]
    assert Words(language)("ablation.run") not in labels


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_measures_what_was_judged(
    index: Path,  # noqa: F811
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files: list[bytes] = []
    monkeypatch.setattr(export, "xlsx", lambda *given: files.append(xlsx(*given)) or files[-1])
    words = Words(language)
    app = start(language=language, q=QUESTION)
    judge(app, 0, UP)
    go(app, "quality", lang=language)
    assert words("ablation.counted", questions=1, judgements=1, good=1) in shown(app)
    assert words("ablation.few") in shown(app)
    assert "cx-quality" not in shown(app)
    click(app, words("ablation.run"))
    assert not app.exception
    rows = re.findall(r"<tr><td>.*?</tr>", shown(app))
    assert len(rows) == len(STEPS)
    for step, row in zip(STEPS, rows, strict=True):
        assert words(f"ablation.{step}") in row
        assert words(f"ablation.{step}_meaning") in row
    assert "<td>100.0%</td><td>100.0%</td><td>1.000</td>" in rows[-1]
    assert words("ablation.stop") not in [button.label for button in app.button]
    app.run()  # what was measured stays
    assert len(re.findall(r"<tr><td>.*?</tr>", shown(app))) == len(STEPS)
    book = load_workbook(io.BytesIO(files[-1]))
    sheet = book[words("ablation.sheet")]
    assert [cell.value for cell in sheet["A"]][-len(STEPS) :] == [
        words(f"ablation.{step}") for step in STEPS
    ]
    assert sheet.cell(sheet.max_row, 4).value == 1


def test_a_thumb_down_alone_measures_nothing(index: Path) -> None:  # noqa: F811
    app = judge(start(q=QUESTION), 0, DOWN)
    go(app, "quality")
    assert Words("zh")("ablation.only_bad") in shown(app)
    assert Words("zh")("ablation.run") not in [button.label for button in app.button]


def test_bad_rows_and_lost_passages_are_told(index: Path, corpus: Path) -> None:  # noqa: F811
    words = Words("zh")
    gone = Judgement("问", "zh", Filters(), "没有.txt", 0, 3, "没有了", 1, "")
    judgements.add(corpus, gone)
    path = corpus / FOLDER / FILE_NAME
    path.write_bytes(path.read_bytes() + "<b>坏行</b>,,\r\n".encode())
    app = start("quality")
    problem = words.explain("judgement_row", {"file": FILE_NAME, "line": 3})
    assert [re.sub(r"\\", "", text) for text in said(app)] == [problem]
    assert words("ablation.lost", n=1) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_librarys_questions_are_measured_on_request(
    index: Path,  # noqa: F811
    corpus: Path,  # noqa: F811
    language: str,
) -> None:
    words = Words(language)
    judgements.add(corpus, Judgement("化解大班额几个", "zh", Filters(), OWN, 0, 6,
                                     "新建学校三所", 1, ""))  # fmt: skip
    missed = Judgement("<b>校车</b> $x$", "zh", Filters(), OWN, 0, 6, "逐户走访劝返学生", 1, "")
    judgements.add(corpus, missed)
    (corpus / FOLDER / FILE_NAME).rename(corpus / FOLDER / SAMPLES_NAME)
    app = start("quality", language)
    click(app, words("ablation.run_samples", n=2))
    assert words("ablation.samples_title", n=2) in shown(app)
    save_choices(corpus, Choices(samples_aside=True))
    labels = [button.label for button in start("quality", language).button]
    assert words("ablation.run_samples", n=2) not in labels


def test_no_library_no_table(folders: tuple[Path, Path]) -> None:  # noqa: F811
    app = start("quality")
    assert not app.exception
    assert said(app) == [Words("zh")("opening.no_index", folder=str(folders[0]))]
