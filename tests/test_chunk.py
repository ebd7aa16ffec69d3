"""Chunks: they cover the text, fit the model, begin at headings and cut no number."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from conftest import DATA
from hypothesis import given
from hypothesis import strategies as st

from indexer.chunk import CHUNK_CHARACTERS, chunk
from indexer.clean import clean
from indexer.describe import describe
from indexer.headings import find_headings
from indexer.records import Chunk, HeadingMark, PageMark, RawText
from indexer.sentences import split_sentences

Count = Callable[[str], int]


def characters(text: str) -> int:
    return len(text) + 2


def two_a_character(text: str) -> int:
    return 2 * len(text) + 7


def words(text: str) -> int:
    return len(text.split()) + 2


def uneven(text: str) -> int:
    """Counts digits dear and repeated characters cheap, as a real tokeniser may."""
    return 3 + sum(3 if each.isdigit() else 1 for each in re.sub(r"(.)\1+", r"\1", text))


COUNTERS = st.sampled_from([characters, two_a_character, words, uneven])
LINES = st.sampled_from(
    [
        "青禾县教育局2023年工作总结",
        "一、总体情况",
        "二、主要做法及取得的成效，以及在推进过程中形成的若干经验和需要说明的几个问题",
        "（一）化解大班额",
        "（二）新增学位4200个。",
        "1.新建学校",
        "2.大班额比例由21.3%下降到8.5%，净减12.8个百分点，共1,200个班。",
        "（1）严格招生",
        "一是加强领导，压实责任；二是强化督查，兑现奖惩。",
        "第三条 各校应当按时上报。",
        "全县新建学校三所，增加学位四千个；公开招聘教师一百二十名。" * 8,
        "没有标点的一长段" * 60,
        "只有逗号的一长段，" * 60,
        "A long English sentence without an end " * 20,
        "12345678901234567890" * 40,
        "学校：一小，班数：30",
        "】",
        "",
        "   ",
    ]
)
DOCUMENTS = st.lists(LINES, max_size=25).map("\n".join)
ANY_TEXT = st.text(max_size=300)
WINDOW = 128


def check(text: str, count: Count, window: int, title: str = "") -> tuple[Chunk, ...]:
    """All that holds for every chunk of every text."""
    chunks = chunk(text, count, window, title=title)
    assert "".join(each.text for each in chunks) == text
    starts = {heading.start for heading in find_headings(text) if heading.level <= 2}
    at = 0
    for each in chunks:
        assert each.start == at < each.end
        assert text[each.start : each.end] == each.text
        assert count(each.passage) <= window
        assert not starts & set(range(each.start + 1, each.end))
        for sentence in each.sentences:
            assert each.start <= sentence.start < sentence.end <= each.end
            assert text[sentence.start : sentence.end] == sentence.text
        assert each.embedded == any(sentence.embedded for sentence in each.sentences)
        at = each.end
    assert at == len(text)
    assert not text.strip() or any(each.embedded for each in chunks)
    return chunks


@given(DOCUMENTS, COUNTERS, st.sampled_from(["", "青禾县教育局2023年工作总结", "长" * 200]))
def test_chunks_of_documents_of_the_genre(text: str, count: Count, title: str) -> None:
    check(text, count, WINDOW, title)


@given(ANY_TEXT, COUNTERS)
def test_chunks_of_any_text(text: str, count: Count) -> None:
    check(text, count, WINDOW)


@given(DOCUMENTS, COUNTERS)
def test_a_sentence_is_cut_only_if_it_is_too_long_by_itself(text: str, count: Count) -> None:
    chunks = chunk(text, count, WINDOW)
    cuts = {each.start for each in chunks}
    for sentence in split_sentences(text):
        inside = cuts & set(range(sentence.start + 1, sentence.end))
        if not inside:
            continue
        # With what stands above it: half of the window may be title and headings.
        assert count(sentence.text) > WINDOW // 2
        clauses = re.split(r"(?<=[，：\s])(?!\d)", sentence.text)
        if max(map(len, clauses)) < 20:
            assert all(re.match(r"[，、：,:\s]", text[cut - 1]) for cut in inside)


@given(DOCUMENTS, st.sampled_from([characters, two_a_character]))
def test_no_number_is_cut_in_two(text: str, count: Count) -> None:
    cuts = {each.start for each in chunk(text, count, WINDOW)}
    for number in re.finditer(r"\d[\d.,]*%?", text):
        if len(number.group()) < WINDOW // 4:
            assert not cuts & set(range(number.start() + 1, number.end()))


def test_a_chunk_is_of_the_aimed_at_size_and_ends_with_a_sentence() -> None:
    text = "全县新增学位四千二百个，完成年度任务。" * 100  # 19 characters each
    chunks = check(text, characters, 512)
    assert [len(each.text) for each in chunks[:-1]] == [399] * (len(chunks) - 1)
    assert CHUNK_CHARACTERS // 19 * 19 == 399


def test_headings_begin_chunks_and_stand_above_their_text() -> None:
    text = (
        "总结\n一、成效\n（一）班额\n新建学校三所，增加学位。\n"
        "（二）师资\n招聘教师一百二十名。\n二、问题\n学位仍然紧缺。"
    )
    chunks = check(text, characters, 512, "青禾县总结")
    assert [each.text for each in chunks] == [
        "总结\n",
        "一、成效\n",
        "（一）班额\n新建学校三所，增加学位。\n",
        "（二）师资\n招聘教师一百二十名。\n",
        "二、问题\n学位仍然紧缺。",
    ]
    assert chunks[3].heading == ("一、成效", "（二）师资")
    assert chunks[3].passage == "青禾县总结 一、成效\n（二）师资\n招聘教师一百二十名。"
    assert [each.embedded for each in chunks] == [False, False, True, True, True]
    assert [each.text for each in chunks[3].sentences if each.embedded] == ["招聘教师一百二十名。"]


@pytest.mark.parametrize(
    "text",
    [
        "（一）新增学位4200个。\n（二）招聘教师120名。",
        "1.全县新增学位4200个\n2.招聘教师120名",
        "一、新建学校三所并投入使用\n二、招聘教师一百二十名到岗",
    ],
)
def test_numbered_lines_with_nothing_below_are_text_to_be_found(text: str) -> None:
    chunks = check(text, characters, 512)
    found = [sentence.text for each in chunks for sentence in each.sentences if sentence.embedded]
    assert found == text.split("\n")


@pytest.mark.parametrize(
    "text", ["一、成效", "一、\n二、\n三、存在问题", "一、成效\n（一）甲\n（二）乙", "】"]
)
def test_a_document_of_nothing_but_headings_can_be_found(text: str) -> None:
    assert sum(each.embedded for each in check(text, characters, 512)) >= 1


@pytest.mark.parametrize("text", ["", "\n", "   "])
def test_a_text_without_words_has_nothing_to_be_found(text: str) -> None:
    assert not any(each.embedded for each in check(text, characters, 512))


def test_long_titles_and_headings_leave_room_for_the_text() -> None:
    text = "\n".join(
        ["一、" + "甲" * 37, "（一）" + "乙" * 36, "1." + "丙" * 37, "新增学位。" * 30]
    )
    chunks = check(text, two_a_character, 200, "题" * 60)
    assert max(len(each.text) for each in chunks) > 20
    assert chunks[-1].heading == ("一、" + "甲" * 37, "（一）" + "乙" * 36, "1." + "丙" * 37)


def test_a_heading_within_a_piece_counts_for_the_passages_below_it() -> None:
    text = "1." + "短" * 5 + "\n" + "一句话。" * 15 + "\n2." + "长" * 35 + "\n" + "一句话。" * 40
    check(text, characters, 100)


def test_marks_and_pages_of_the_format_reach_the_chunks() -> None:
    text = "概述\n第一段的文字在此。\n说明\n第二段的文字在此。"
    marks = (HeadingMark(0, 2, 1), HeadingMark(13, 15, 1))
    chunks = chunk(text, characters, 512, marks, (PageMark(0, 7), PageMark(13, 8)))
    assert [(each.heading, each.page) for each in chunks] == [(("概述",), 7), (("说明",), 8)]


# 5 MB: were any step quadratic, these would not come to an end.
@pytest.mark.parametrize(
    "text",
    [
        "全县新增学位4200个，完成任务。" * 110_000,
        "学" * 1_700_000,
        "1" * 1_700_000,
        " " * 900_000 + "学",
    ],
    ids=["sentence", "character", "digit", "space"],
)
def test_a_repetitive_file_is_chunked(text: str) -> None:
    chunks = chunk(text, characters, 512)
    assert "".join(each.text for each in chunks) == text
    assert all(characters(each.passage) <= 512 for each in chunks)


FILES = [*sorted(DATA.glob("seeds/*.txt")), *sorted(DATA.glob("reports/20[02]2*.txt"))]


@cache
def real_counter() -> tuple[Count, int]:
    from indexer.embed import load_encoder

    encoder = load_encoder()
    return encoder.count_tokens, encoder.window


@pytest.mark.model
@pytest.mark.parametrize(
    "file",
    FILES or [pytest.param(DATA, marks=pytest.mark.skip(reason=f"no documents in {DATA}"))],
    ids=lambda file: file.name[:8],
)
def test_no_passage_of_a_real_document_is_too_long_for_the_model(file: Path) -> None:
    count, window = real_counter()
    assert window == 512
    text = clean(file.read_text(encoding="utf-8")).text
    chunks = check(text, count, window, describe(RawText(text), text, file.name)[0].title)
    assert len(chunks) >= len(text) / (2 * CHUNK_CHARACTERS)
