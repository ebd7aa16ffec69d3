"""Document properties as front matter."""

from __future__ import annotations

import pytest

from indexer.read.properties import with_properties
from indexer.records import RawText

KEYWORDS = [
    ("", ()),
    ("教育; 总结", ()),
    (
        "place=枫浦县; year=2024;fictional=true",
        (("place", "枫浦县"), ("year", "2024"), ("fictional", "true")),
    ),
    ("place=枫浦县, year=2024", (("place", "枫浦县"), ("year", "2024"))),
    ("工作总结，Place = 枫浦县；colour=red; year=", (("place", "枫浦县"),)),
    ("title=改名", ()),  # the text itself shows its title
]


@pytest.mark.parametrize(("keywords", "front"), KEYWORDS)
def test_keywords(keywords: str, front: tuple[tuple[str, str], ...]) -> None:
    assert with_properties(RawText("文"), "", keywords).front == front


def test_a_stated_title_counts_only_where_the_text_opens_with_it() -> None:
    raw = RawText("枫浦县教育局\n2024年工作总结\n一、成效")
    assert (
        with_properties(raw, "枫浦县教育局2024年工作总结", "").title == "枫浦县教育局2024年工作总结"
    )
    assert with_properties(raw, "柳湾县教育局2021年工作总结", "").title is None


def test_what_was_read_comes_before_what_is_stated() -> None:
    raw = RawText("文", front=(("ocr", "true"),), title="题")
    found = with_properties(raw, "文", "fictional=true")
    assert (found.front, found.title) == ((("ocr", "true"), ("fictional", "true")), "题")
