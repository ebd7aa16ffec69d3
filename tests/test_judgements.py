"""What people judged: kept, read back, undone, and found again in documents made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import RequestProblem
from indexer.judgements import (
    FILE_NAME,
    Judgement,
    add,
    labelled,
    load,
    locate,
    matching,
    remove,
    same_document,
)
from indexer.records import Filters

ONE = Judgement(
    question="各县如何化解大班额",
    language="zh",
    filters=Filters(place=("河湾县", "柳桥县"), year=(2021,), kind=("工作总结",)),
    doc="河湾县/总结2021.txt",
    start=20,
    end=40,
    quote="新建学校三所，大班额比例下降。",
    grade=1,
    date="2025-06-01",
)
HEAD = "question,language,place,year,kind,doc,start,end,quote,grade,date"


def path(corpus: Path) -> Path:
    return corpus / "_library" / FILE_NAME


def written(corpus: Path, content: str | bytes) -> Path:
    path(corpus).parent.mkdir(exist_ok=True)
    path(corpus).write_bytes(content.encode() if isinstance(content, str) else content)
    return corpus


def test_nothing_has_been_judged_at_first(tmp_path: Path) -> None:
    assert load(tmp_path) == ((), ())


def test_a_judgement_is_kept_for_spreadsheets_and_read_back(tmp_path: Path) -> None:
    add(tmp_path, ONE)
    assert load(tmp_path) == ((ONE,), ())
    content = path(tmp_path).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + HEAD.encode() + b"\r\n")
    assert "河湾县|柳桥县,2021,工作总结," in content.decode()


def test_a_changed_mind_takes_the_place_of_the_first(tmp_path: Path) -> None:
    add(tmp_path, ONE)
    add(tmp_path, replace(ONE, grade=-1, start=90, end=110, date="2025-07-01"))
    (kept,), _ = load(tmp_path)
    assert (kept.grade, kept.date) == (-1, "2025-07-01")
    assert matching([kept], ONE) == kept


def test_a_judgement_is_undone_and_nothing_else(tmp_path: Path) -> None:
    others = [
        replace(ONE, question="食堂"),
        replace(ONE, quote="另一段。"),
        replace(ONE, doc="另一份.txt"),
        replace(ONE, filters=Filters()),
    ]
    for each in (ONE, *others):
        add(tmp_path, each)
    remove(tmp_path, replace(ONE, grade=-1))
    assert load(tmp_path)[0] == tuple(others)
    remove(tmp_path, ONE)  # already gone
    assert load(tmp_path)[0] == tuple(others)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text.strip() == text and len(text.splitlines()) == 1 and "\0" not in text
)


@given(
    question=texts.map(lambda text: " ".join(text.split())).filter(bool),
    doc=texts,
    quote=texts,
    start=st.integers(0, 10**6),
    length=st.integers(0, 500),
    grade=st.sampled_from((1, -1)),
    years=st.lists(st.integers(1900, 2100), max_size=3, unique=True),
)
def test_any_judgement_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    question: str,
    doc: str,
    quote: str,
    start: int,
    length: int,
    grade: int,
    years: list[int],
) -> None:
    corpus = tmp_path_factory.mktemp("corpus")
    judgement = Judgement(
        question, "zh", Filters(year=tuple(years)), doc, start, start + length, quote, grade, ""
    )
    add(corpus, judgement)
    assert load(corpus) == ((judgement,), ())
    remove(corpus, judgement)
    assert load(corpus) == ((), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_what_a_spreadsheet_saved_is_read(tmp_path: Path, encoding: str) -> None:
    table = "文件,问题,评价,原文\r\n甲县/总结.txt,大班额降到多少,1,降到百分之九\r\n"
    (found,), problems = load(written(tmp_path, table.encode(encoding)))
    assert problems == ()
    assert (found.doc, found.question, found.quote) == (
        "甲县/总结.txt",
        "大班额降到多少",
        "降到百分之九",
    )
    add(tmp_path, ONE)  # goes in under the columns that there are
    assert [each.doc for each in load(tmp_path)[0]] == ["甲县/总结.txt", ONE.doc]


@pytest.mark.parametrize(
    "row",
    [
        ",zh,,,,a.txt,0,5,原文,1,",  # no question
        "问,zh,,,,,0,5,原文,1,",  # no document
        "问,zh,,,,a.txt,0,5,原文,2,",
        "问,zh,,,,a.txt,0,5,原文,好,",
        "问,zh,,,,a.txt,0,5,原文,,",
        "问,zh,,,,a.txt,9,5,原文,1,",
        "问,zh,,,,a.txt,x,5,原文,1,",
        "问,zh,,去年,,a.txt,0,5,原文,1,",
        "问,zh,,,,a.txt,,,,1,",  # neither words nor offsets
        '问,"zh,,,,a.txt,0,5,原文,1,',  # a quotation mark left open
    ],
)
def test_a_bad_row_is_told_and_left_as_it_is(tmp_path: Path, row: str) -> None:
    good = "问,zh,,,,a.txt,0,5,原文,1,2025-01-01"
    written(tmp_path, f"{HEAD}\n{row}\n\n{good}\n")
    found, problems = load(tmp_path)
    assert len(found) == 1
    assert [(p.code, p.facts) for p in problems] == [
        ("judgement_row", {"file": FILE_NAME, "line": 2})
    ]
    add(tmp_path, ONE)
    remove(tmp_path, ONE)
    assert row in path(tmp_path).read_text("utf-8-sig").splitlines()


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    content = b"\xff\xfe\x00"  # UTF-16, cut off
    written(tmp_path, content)
    found, problems = load(tmp_path)
    assert found == () and [p.code for p in problems] == ["table_encoding"]
    for change in (add, remove):
        with pytest.raises(RequestProblem, match="table_kept"):
            change(tmp_path, ONE)
    assert path(tmp_path).read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "_library").write_text("a file where the folder should be")
    with pytest.raises(RequestProblem, match="not_writable|table_kept"):
        add(tmp_path, ONE)


@pytest.mark.parametrize("question", ["=1+1", "'quoted'", "+ 多少", "-x", "@x", "＝1"])
def test_nothing_becomes_a_formula(tmp_path: Path, question: str) -> None:
    add(tmp_path, replace(ONE, question=question))
    line = path(tmp_path).read_text("utf-8-sig").splitlines()[1]
    assert line.startswith("'")
    assert load(tmp_path)[0][0].question == question


def test_judgements_of_one_question_belong_together() -> None:
    same = replace(ONE, question="各县如何化解大班额 ", doc="b.txt", grade=-1)
    english = replace(ONE, question="How Many?", language="en")
    other = replace(ONE, filters=Filters())
    groups = labelled([ONE, english, same, other, replace(english, question="how  many?", doc="c")])
    assert [len(group.judgements) for group in groups] == [2, 2, 1]
    assert groups[0].judgements == (ONE, same)
    assert [group.language for group in groups] == ["zh", "en", "zh"]


TEXT = "标题\n一、化解大班额。\n全县新建学校三所，\n大班额比例下降。\n二、全县新建学校三所，增加学位。\n"


@pytest.mark.parametrize(
    ("quote", "start", "end", "expected"),
    [
        ("大班额比例下降", 0, 7, "大班额比例下降"),  # the offsets are stale
        ("新建学校三所，大班额比例下降", 15, 29, "新建学校三所，\n大班额比例下降"),  # white space
        ("全县新建学校三所", 0, 8, "全县新建学校三所"),  # the nearer of two
        ("全县薪建学校三所", 12, 20, "全县新建学校三所"),  # repaired since
        ("早已删去的一句话", 12, 20, None),
        ("", 12, 20, None),
        ("全县薪建学校三所", 500, 520, None),
    ],
)
def test_a_quotation_is_found_again(quote: str, start: int, end: int, expected: str | None) -> None:
    span = locate(TEXT, replace(ONE, quote=quote, start=start, end=end))
    assert (TEXT[slice(*span)] if span else None) == expected


def test_the_nearest_of_equal_quotations_is_meant() -> None:
    second = TEXT.rindex("全县新建")
    far = replace(ONE, quote="全县新建学校三所", start=second + 2, end=second + 10)
    assert locate(TEXT, far) == (second, second + 8)


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ({"a/x.txt", "b/x.txt"}, "a/x.txt"),
        ({"b/x.txt", "b/y.txt"}, "b/x.txt"),  # moved
        ({"b/x.txt", "c/x.txt"}, None),  # which of them?
        (set(), None),
    ],
)
def test_a_moved_document_is_found_by_its_name(documents: set[str], expected: str | None) -> None:
    assert same_document("a/x.txt", documents) == expected
