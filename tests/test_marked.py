"""Text of documents as HTML: nothing is lost or let through, and each remark is where it belongs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.pages.marked import Remark, marked, remarks
from indexer.words import Words

TEXT = "大班额由2016619个减少到45个<b>，敎师"
WORDS = Words("zh")


def test_a_remark_is_told_where_it_is() -> None:
    noted = remarks(WORDS, repaired=[(122, 123, "敎")], damaged=[(104, 111)])
    assert [each.start for each in noted] == [104, 122]
    found = marked(TEXT, 100, noted=noted)
    unreadable = WORDS("search.unreadable")
    assert f'<span class="cx-unreadable" title="{unreadable}">2016619</span>' in found
    assert "&lt;b&gt;" in found
    assert "<b>" not in found


@pytest.mark.parametrize(
    ("highlights", "expected"),
    [
        ([(2, 4)], '一<span class="s">二</span><mark id="a"><span class="s">三</span>四</mark>五'),
        ([(0, 5)], '<mark id="a">一<span class="s">二三</span>四五</mark>'),
        ([(0, 1), (4, 9)], '<mark id="a">一</mark><span class="s">二三</span>四<mark>五</mark>'),
        ([(7, 9)], '一<span class="s">二三</span>四五'),
    ],
)
def test_a_remark_goes_on_through_a_highlight(
    highlights: list[tuple[int, int]], expected: str
) -> None:
    assert marked("一二三四五", 0, highlights, "a", [Remark(1, 3, "s")]) == expected


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=6)


@given(st.text("一二<>&\"'数", max_size=40), st.integers(0, 9), SPANS, SPANS)
def test_the_text_comes_through_whole(
    text: str, offset: int, spots: list[tuple[int, int]], lit: list[tuple[int, int]]
) -> None:
    noted = sorted(Remark(a, a + n, "s", '">') for a, n in spots)
    found = marked(text, offset, sorted((a, a + n) for a, n in lit), "a", noted)
    plain = re.sub(
        r'<mark(?: id="a")?>|</mark>|<span class="s" title="&quot;&gt;">|</span>', "", found
    )
    assert "<" not in plain
    assert unescape(plain) == text
