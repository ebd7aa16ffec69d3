"""Repair: what it may not touch, and the way back to the raw text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import DATA
from hypothesis import given
from hypothesis import strategies as st

from indexer.clean import Cleaned, clean

UNSEEN = "\u200b\u00ad\u2060\ufeff\u200e\x00\x07"
PIECES = st.sampled_from(
    [
        *"一县教育0123456789.,%．，％：；。”（）\n\r\t \u3000\u00a0\u2028\u0085😀𠮷",
        *UNSEEN,
        "\r\n",
        "12.5%",
        "1,200",
    ]
)
RAW = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=60).map("".join))
NUMBER = re.compile(r"\d[\d.,%]*")
FILES = sorted([*DATA.glob("seeds/*.txt"), *DATA.glob("reports/*.txt")])
WIDTHS = str.maketrans("０１２３４５６７８９．，％", "0123456789.,%")


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text.translate(WIDTHS))


def seen(text: str) -> str:
    """The characters of a text that a reader sees."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


def check(raw: str) -> Cleaned:
    """Cleaned twice is cleaned once, and between two edits both texts are the same."""
    cleaned = clean(raw)
    text = cleaned.text
    assert clean(text).text == text
    last, raw_last = 0, 0
    for start, end, raw_start, raw_end in [
        *cleaned.offsets.edits,
        (len(text), len(text), len(raw), len(raw)),
    ]:
        assert start <= end <= len(text)
        assert raw_start <= raw_end <= len(raw)
        assert text[last:start] == raw[raw_last:raw_start]
        last, raw_last = end, raw_end
    return cleaned


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("\ufeff甲\u200b乙\u00ad丙\x07", "甲乙丙"),
        ("一\u3000二\t三\u00a0四", "一 二 三 四"),
        ("　　首段  \n  次段\t", "首段\n次段"),
        ("一\n\n\n\n\n二", "一\n\n二"),
        ("\n \n一\n \n", "一"),
        ("1\u200b2", "1\u200b2"),
        ("1\u200b.5和5%\ufeff3", "1\u200b.5和5%\ufeff3"),
        ("1\u200b人", "1人"),
        ("1\u00a0200", "1 200"),
        ("半\ud800个", "半\ufffd个"),
        ("😀👨\u200d👩\u200d👧𠮷", "😀👨\u200d👩\u200d👧𠮷"),
        ("", ""),
        (" \n\u200b", ""),
    ],
)
def test_what_no_reader_sees_is_mended(raw: str, text: str) -> None:
    assert check(raw).text == text


@given(RAW)
def test_cleaning_twice_equals_once(raw: str) -> None:
    check(raw)


@given(RAW)
def test_numbers_stay_as_they_were(raw: str) -> None:
    assert numbers(clean(raw).text) == numbers(raw)


@given(st.text(st.sampled_from("一县教育12.%😀𠮷 \n\u3000" + UNSEEN), max_size=60))
def test_nothing_that_a_reader_sees_is_removed(raw: str) -> None:
    assert seen(clean(raw).text) == seen(raw)


@given(st.text(st.sampled_from("一县教育12.%😀 \n\t\r\u3000\u200b\ufeff"), max_size=40), st.data())
def test_each_stretch_leads_back_to_the_raw_text_it_came_from(
    raw: str, data: st.DataObject
) -> None:
    cleaned = clean(raw)
    start = data.draw(st.integers(0, len(cleaned.text)))
    end = data.draw(st.integers(start, len(cleaned.text)))
    raw_start, raw_end = cleaned.offsets.to_raw(start, end)
    assert 0 <= raw_start <= raw_end <= len(raw)
    assert seen(raw[raw_start:raw_end]) == seen(cleaned.text[start:end])
    back_start, back_end = cleaned.offsets.to_clean(raw_start, raw_end)
    assert back_start <= start <= end <= max(back_end, back_start) or start == end


@pytest.mark.parametrize(
    "file",
    FILES or [pytest.param(DATA, marks=pytest.mark.skip(reason=f"no documents in {DATA}"))],
    ids=lambda file: file.name[:8],
)
def test_real_documents_keep_their_numbers_and_their_way_back(file: Path) -> None:
    raw = file.read_bytes().decode("utf-8")
    cleaned = check(raw)
    # Only whole lines may fall with the numbers in them; none is changed, moved or made.
    rest = iter(numbers(raw))
    assert all(number in rest for number in numbers(cleaned.text))
    for start, end, raw_start, raw_end in cleaned.offsets.edits:
        before, after = numbers(raw[raw_start:raw_end]), numbers(cleaned.text[start:end])
        assert before == after or (after == [] and "\n" in raw[raw_start:raw_end])
