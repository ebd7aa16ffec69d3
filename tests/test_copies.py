"""Copies of a passage: one of them is shown, and every document that holds it is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Write
from hypothesis import given
from hypothesis import strategies as st
from light_encoder import LightEncoder

from indexer import holders
from indexer.build import build
from indexer.catalogue import text_hash
from indexer.copies import Piece, find_again, is_copy, merge_copies
from indexer.library import Library
from indexer.records import Filters, Passage


def piece(document: int, *sentences: str, folded: bytes | None = None) -> Piece:
    letters = {text_hash(each): len(each) for each in sentences}
    total = sum(map(len, sentences))
    return Piece(document, "".join(sentences), letters, total, folded)


def of(*lengths: int) -> list[str]:
    """Sentences of these lengths; those of the same place and length are equal."""
    return [f"{place:02}" + "字" * (length - 2) for place, length in enumerate(lengths)]


TEN = of(10, 10, 10, 10, 10)
CASES = [
    ("the same", TEN, TEN, True),
    ("four in five of the shorter", TEN, [*TEN[:4], "别的" * 5, "更多" * 5], True),
    ("three in five", TEN, [*TEN[:3], "别的" * 5, "更多" * 5], False),
    ("a part", TEN[:1], TEN, True),
    ("just short of four in five", of(79, 21), [*of(79), "别" * 21], False),
    ("nothing but fragments", [], [], False),
    ("fragments against a passage", [], TEN, False),
]


@pytest.mark.parametrize(("a", "b", "expected"), [case[1:] for case in CASES])
def test_which_passages_are_copies(a: list[str], b: list[str], expected: bool) -> None:
    assert is_copy(piece(1, *a), piece(2, *b)) is expected
    assert is_copy(piece(2, *b), piece(1, *a)) is expected
    assert not is_copy(piece(1, *a), piece(1, *b))  # a document is no copy of itself


def test_the_same_place_of_the_same_text_is_a_copy_wherever_it_was_cut() -> None:
    whole = "各县新建学校三所，增加学位四千个，公开招聘教师一百二十名，全部补充到乡村学校。"
    a = Piece(1, whole, {}, 0, b"x")
    assert is_copy(a, Piece(2, whole.replace("，", "，\n"), {}, 0, b"x"))
    assert not is_copy(a, Piece(2, whole.replace("，", "，\n"), {}, 0, b"y"))
    assert not is_copy(
        a, Piece(2, "食堂实行大宗物资统一采购，校长每天陪餐，结果公示。", {}, 0, b"x")
    )


SENTENCES = [f"{n}{'一二三四五六七八'[n] * (6 + 5 * n)}" for n in range(8)]


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    held = draw(st.lists(st.sampled_from(SENTENCES), max_size=5))
    folded = draw(st.none() | st.sampled_from([b"x", b"y"]))
    return piece(draw(st.integers(1, 5)), *held, folded=folded)


@given(pieces(), pieces())
def test_the_rule_is_symmetric(a: Piece, b: Piece) -> None:
    assert is_copy(a, b) == is_copy(b, a)


@given(st.lists(pieces(), max_size=12))
def test_merging_keeps_the_order_and_loses_none(found: list[Piece]) -> None:
    merged = merge_copies(enumerate(found))
    kept = list(merged)
    assert kept == sorted(kept)
    assert sorted([*kept, *(n for copies in merged.values() for n in copies)]) == list(
        range(len(found))
    )
    for first, copies in merged.items():
        assert all(n > first and is_copy(found[first], found[n]) for n in copies)
        assert not any(is_copy(found[other], found[first]) for other in kept if other < first)
    assert list(merge_copies((n, found[n]) for n in kept)) == kept


# The whole library -------------------------------------------------------------------------------

BLOCK = "对超大班额学校实行台账管理，逐班销号。\n增加的学位优先安排随迁子女入学，一律免收借读费。\n"


def body(place: str, year: int, text: str, date: str = "") -> str:
    dated = f"date: {date}\n" if date else ""
    return f"---\ntitle: {place}{year}年总结\nplace: {place}\nyear: {year}\n{dated}---\n{text}"


FILES: Mapping[str, str] = {
    "甲.txt": body("河湾县", 2021, f"{BLOCK}河湾县另建学校三所。\n", "2021-05-01"),
    "乙.txt": body("柳桥县", 2020, f"{BLOCK}柳桥县改建校舍。\n"),
    "丙.txt": body("柳桥县", 2022, BLOCK + "食堂实行统一采购并公示。\n", "2022-01-02"),
    "丁.txt": body(
        "青溪县", 2022, "青溪县为每辆校车配备照管员，逐车检查超大班额以外的安全隐患。\n"
    ),
}


@pytest.fixture
def copies(write: Write, tmp_path: Path, encoder: LightEncoder) -> Library:
    build(write(FILES), tmp_path / "index", encoder=encoder)
    return Library(tmp_path / "index", lambda _: encoder)


def holding(passages: list[Passage]) -> list[Passage]:
    return [passage for passage in passages if "逐班销号" in passage.text]


def test_one_of_several_copies_is_given_with_the_other_documents(copies: Library) -> None:
    (found,) = holding(copies.search("对超大班额学校实行台账管理"))
    others = [doc for doc in ("乙.txt", "甲.txt", "丙.txt") if doc != found.doc]
    assert found.also_in == tuple(others)  # by date
    apart = holding(copies.search("对超大班额学校实行台账管理", merge=False))
    assert {passage.doc for passage in apart} == {"甲.txt", "乙.txt", "丙.txt"}


def test_a_passage_of_its_own_is_in_no_other_document(copies: Library) -> None:
    (found,) = [p for p in copies.search("校车照管员") if p.doc == "丁.txt"]
    assert found.also_in == ()


def test_copies_count_in_the_selection_only(copies: Library) -> None:
    chosen = Filters(place=("柳桥县",))
    (found,) = holding(copies.search("对超大班额学校实行台账管理", chosen))
    assert {found.doc, *(found.also_in or ())} == {"乙.txt", "丙.txt"}
    (found,) = holding(copies.search("对超大班额学校实行台账管理", Filters(year=(2021,))))
    assert (found.doc, found.also_in) == ("甲.txt", ())


def test_copies_beyond_the_hits_are_told(copies: Library) -> None:
    (found,) = copies.search("对超大班额学校实行台账管理", limit=1)
    assert len(found.also_in or ()) == 2


def test_as_many_passages_remain_as_were_asked_for(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    many = {f"副{n:03}.txt": body(f"第{n}县", 2020, BLOCK) for n in range(200)}
    others = {f"别{n}.txt": body("县", 2020, f"第{n}组超大班额学校另作安排。\n") for n in range(6)}
    build(write({**many, **others}), tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    found = library.search("对超大班额学校实行台账管理", limit=5)
    assert len(found) == 5
    assert len(holding(found)[0].also_in or ()) == 199
    grouped = library.search("对超大班额学校实行台账管理", limit=7, group=True)
    assert len(grouped) == 7


def test_copies_of_boilerplate_are_counted_up_to_a_bound(
    copies: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "MOST_PLACES", 2)
    (found,) = holding(copies.search("对超大班额学校实行台账管理"))
    assert 1 <= len(found.also_in or ()) <= 2


def test_the_stretches_that_many_documents_share(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    files = dict(FILES) | {"戊.txt": body("县", 2020, "本县概况如下所述。\n" + BLOCK)}
    build(write(files), tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    ((start, end, documents),) = library.shared("戊.txt")
    assert library.document("戊.txt").text[start:end] == BLOCK.strip()
    assert documents == 3
    assert library.shared("丁.txt") == []


# The same passage in another document ------------------------------------------------------------


@pytest.mark.parametrize(
    ("passage", "text", "expected"),
    [
        (BLOCK, f"前言。\n{BLOCK}后记。", BLOCK),
        (BLOCK.strip(), "前言。\n" + BLOCK.replace("\n", "\n\n　") + "后记。", BLOCK.strip()),
        (
            BLOCK,
            "增加的学位优先安排随迁子女入学，一律免收借读费。",
            "增加的学位优先安排随迁子女入学，一律免收借读费。",
        ),
        ("增加的学位优先安排。" + BLOCK, f"旧的一句话在这里。{BLOCK}", BLOCK.strip()),
        (BLOCK, "食堂实行统一采购并公示。", None),
        ("", "", ""),
    ],
)
def test_a_passage_is_found_again(passage: str, text: str, expected: str | None) -> None:
    found = find_again(passage, text)
    shown = None if found is None else "".join(text[slice(*found)].split())
    assert shown == (None if expected is None else "".join(expected.split()))
