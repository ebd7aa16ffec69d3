"""Sentences and statements: where they end, and where no cut may fall."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sentences import (
    MAX_STATEMENT,
    is_statement,
    names_only,
    split_sentences,
    split_statements,
)

PIECES = st.sampled_from(
    [
        *"县教育。！？；，：、”“（）\n \"'!?;.,:",
        "1,200",
        "12.5%",
        "1：3",
        "8:30",
        "1，500",
        "End. The ",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=150).map("".join))
NUMBER = re.compile(r"\d+(?:[.,，:：]\d+)+%?")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("甲。乙。", ["甲。", "乙。"]),
        ("甲！乙？丙", ["甲！", "乙？", "丙"]),
        ("一是甲；二是乙；三是丙。", ["一是甲；", "二是乙；", "三是丙。"]),
        ("引领;突出;增长", ["引领;", "突出;", "增长"]),
        ("增长5%;2023年再增", ["增长5%;", "2023年再增"]),
        ("甲！！乙？！丙。。。丁", ["甲！！", "乙？！", "丙。。。", "丁"]),
        ("甲……乙", ["甲……乙"]),
        ("他说：“好。”乙", ["他说：“好。”", "乙"]),
        ("他说：“好。”，乙", ["他说：“好。”，乙"]),
        ("“好。”、“行”都有", ["“好。”、“行”都有"]),
        ("（见附件。）乙", ["（见附件。）", "乙"]),
        ("（他说：“好。”）乙", ["（他说：“好。”）", "乙"]),
        ("【（他说：“好。”）】乙", ["【（他说：“好。”）】", "乙"]),
        ("【《（他说：“好。”）》】乙", ["【《（他说：“好。”）》】", "乙"]),
        ("（见“附件。”）。乙", ["（见“附件。”）。", "乙"]),
        ("《甲！》乙", ["《甲！》", "乙"]),
        ("「甲。」乙『丙。』丁", ["「甲。」", "乙『丙。』", "丁"]),
        ("(见附件。)乙", ["(见附件。)", "乙"]),
        ("甲〔乙。〕丙", ["甲〔乙。〕", "丙"]),
        ("甲\n乙", ["甲", "乙"]),
        ("甲。\n\n  乙  \n", ["甲。", "乙"]),
        ("比例12.7%，投入1.5亿元", ["比例12.7%，投入1.5亿元"]),
        ("共1,200人。另1,350人。", ["共1,200人。", "另1,350人。"]),
        ("3.5亿元。1.2万人。", ["3.5亿元。", "1.2万人。"]),
        (
            "The rate fell. The county built schools.",
            ["The rate fell.", "The county built schools."],
        ),
        ("It fell to 8.5%. The county grew.", ["It fell to 8.5%.", "The county grew."]),
        ("It fell to 8.5 per cent overall.", ["It fell to 8.5 per cent overall."]),
        ("He asked (again.) The end.", ["He asked (again.) The end."]),
        ("It (the rate). The end.", ["It (the rate).", "The end."]),
        ("e.g. schools, i.e. all", ["e.g. schools, i.e. all"]),
        ("1. 加强领导", ["1. 加强领导"]),
        ("见http://a.cn/x?id=1&b=2。乙", ["见http://a.cn/x?id=1&b=2。", "乙"]),
        ("What? Yes! No", ["What?", "Yes!", "No"]),
        ("", []),
        (" \n\t", []),
        ("。", ["。"]),
        ("”。甲", ["”。", "甲"]),
        ("😀好。👍", ["😀好。", "👍"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [each.text for each in split_sentences(text)] == sentences


LONG = "全县坚持城乡一体、统筹推进"  # 13 characters


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (f"{LONG}，{LONG}。", [f"{LONG}，{LONG}。"]),  # short enough
        (f"{LONG}，{LONG}，{LONG}，{LONG}。", [f"{LONG}，{LONG}，{LONG}，", f"{LONG}。"]),
        (f"{LONG}：{LONG}，{LONG}，{LONG}。", [f"{LONG}：{LONG}，{LONG}，", f"{LONG}。"]),
        (LONG * 5 + "。", [LONG * 5 + "。"]),  # nowhere to cut
        (f"{LONG * 4}共1，200人，师生比1：18，8:30到校，计1,350人。",
         [f"{LONG * 4}共1，200人，", "师生比1：18，8:30到校，计1,350人。"]),
        (f"{LONG * 4}，甲；{LONG}", [f"{LONG * 4}，", "甲；", LONG]),
    ],
)  # fmt: skip
def test_long_sentences_are_cut_between_clauses(text: str, statements: list[str]) -> None:
    assert [each.text for each in split_statements(text)] == statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（一）防止因贫失学。", True),
        ("二、工作成效", True),
        ("3.师资队伍", True),
        ("一是控辍保学。", True),
        ("。", True),
        ("招聘教师八名。", False),
        ("（三）新建学校12所", False),
        ("对困难学生逐户走访。", False),
        ("一、全面落实义务教育经费保障机制", False),
    ],
)
def test_a_bare_heading_is_told_from_what_says_something(text: str, expected: bool) -> None:
    assert names_only(text) == expected


@pytest.mark.parametrize(
    ("text", "speaks"),
    [("】", False), ("。", False), ("— 3 —", False), ("一、成效", False), ("新增学位多。", False),
     ("新增学位两个。", True), ("见附件一二三", True), ("a b c d e f", True)],
)  # fmt: skip
def test_fragments_are_not_embedded(text: str, speaks: bool) -> None:
    assert is_statement(text) is speaks
    assert [each.embedded for each in split_statements(text)] == [speaks]


@given(TEXTS, st.integers(0, 1000))
def test_offsets_are_exact_and_nothing_but_white_space_is_left_out(text: str, offset: int) -> None:
    for split in (split_sentences, split_statements):
        found = split(text, offset)
        last = offset
        for each in found:
            assert text[each.start - offset : each.end - offset] == each.text
            assert each.text == each.text.strip() != ""
            assert not text[last - offset : each.start - offset].strip()
            last = each.end
        assert not text[last - offset :].strip()


@given(TEXTS)
def test_no_number_is_cut(text: str) -> None:
    for split in (split_sentences, split_statements):
        cuts = {place for each in split(text) for place in (each.start, each.end)}
        for number in NUMBER.finditer(text):
            assert not cuts & set(range(number.start() + 1, number.end()))


@given(TEXTS)
def test_statements_stay_near_their_size_where_there_are_clauses(text: str) -> None:
    clause = max((len(part) for part in re.split(r"[，,：:]", text)), default=0)
    longest = max((len(each.text) for each in split_statements(text)), default=0)
    if not re.search(r"\d[，,：:]\d", text):
        assert longest <= MAX_STATEMENT + clause + 1
