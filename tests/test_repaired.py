"""Repaired characters are told with what stood there, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write
from hypothesis import given, settings
from hypothesis import strategies as st
from light_encoder import LightEncoder

from indexer.build import build
from indexer.catalogue import Catalogue
from indexer.clean import clean
from indexer.library import Library
from indexer.repaired import repaired_characters

DAMAGED = (
    "县敎育局\u3000\u3000公开招聘敎师一百名，\t新建学校三所，增加学位四千个。\n"
    "全县各乡镇中心学校壯大骨干队伍，因地制宜办好乡村小规模学校和寄宿制学校。\n"
)


def told(raw: str) -> list[tuple[str, str]]:
    cleaned = clean(raw)
    found = repaired_characters(cleaned.offsets.edits, cleaned.text, 0, lambda: raw)
    return [(cleaned.text[start:end], was) for start, end, was in found]


def test_repaired_characters_are_told_and_white_space_is_not() -> None:
    assert told(DAMAGED) == [("教", "敎"), ("教", "敎"), ("壮", "壯")]
    assert told("一、工作\r\n　　新建学校。\n\n\n\n二、其他\n") == []


def test_what_fell_out_before_a_character_is_not_its_original() -> None:
    edits = ((0, 1, 0, 9), (3, 3, 11, 15))
    assert repaired_characters(edits, "教育局长", 0, lambda: "上一篇：无\n\n 敎育局") == (
        (0, 1, "敎"),
    )


def test_an_original_that_cannot_be_seen_is_told_by_number() -> None:
    assert told("\uf0b7 新建学校三所，招聘教师。\n") == [("•", "U+F0B7")]


def test_the_raw_text_is_read_only_if_there_is_something_to_tell() -> None:
    def unread() -> str:
        raise AssertionError

    assert repaired_characters(((2, 2, 2, 9), (4, 5, 11, 12)), "新建 学校", -1, unread) == ()
    assert repaired_characters(((9, 10, 9, 10),), "学校", 2, unread) == ()


@settings(deadline=None)
@given(st.text("敎壯囙教师\u3000 \t\r\n，。&ldquo;", max_size=60), st.data())
def test_a_part_tells_what_the_whole_does(raw: str, data: st.DataObject) -> None:
    cleaned = clean(raw)
    edits, text = cleaned.offsets.edits, cleaned.text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    whole = repaired_characters(edits, text, 0, lambda: raw)
    part = repaired_characters(edits, text[start:end], start, lambda: raw)
    assert part == tuple(each for each in whole if start <= each[0] and each[1] <= end)


def test_hits_bring_their_repaired_characters(
    write: Write, tmp_path: Path, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write({"损.txt": DAMAGED, "好.txt": "公开招聘教师二百名，\t改建学校两所。\n"})
    build(corpus, tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    read: list[str] = []
    real = Catalogue.raw_text
    monkeypatch.setattr(
        Catalogue, "raw_text", lambda self, doc: (read.append(doc), real(self, doc))[1]
    )
    passages = {passage.doc: passage for passage in library.search("公开招聘教师")}
    assert read == ["损.txt"]
    assert passages["好.txt"].repaired == ()
    text = library.document("损.txt").text
    found = passages["损.txt"].repaired
    assert [(text[start:end], was) for start, end, was in found][:2] == [("教", "敎")] * 2
