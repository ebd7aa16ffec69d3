"""Duplicates: what is the same, what is near and by how much, what many documents share."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.build import list_sources
from indexer.clean import clean
from indexer.duplicates import (
    differences,
    find_relations,
    fingerprint,
    fold,
    relate,
    shared_passages,
)

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
HAN = [chr(code) for code in range(0x4E00, 0x5E00)]


def sentences(seed: int, count: int, length: int = 30) -> list[str]:
    """Sentences of one length that no other seed has."""
    rng = random.Random(seed)
    return ["".join(rng.choices(HAN, k=length - 1)) + "。" for _ in range(count)]


def relations(**texts: str):
    return find_relations({name: fingerprint(text) for name, text in texts.items()})


FOLDED = [
    ("占８.５２％，下降１２个百分点", "占8.52%,下降12个百分点"),
    ("大班额\n　比例", "大班额比例"),
    ("“双减”和‘五育’", "\"双减\"和'五育'"),
    ("①建校 ②招聘", "①建校②招聘"),  # a circled number is no digit
    ("面积10²米", "面积10²米"),
    ("合计 12 34 人", "合计12 34人"),  # two numbers stay two
    ("in  vest\nin 2023年", "in vest in 2023年"),
    ("", ""),
    (" \n", ""),
]


@pytest.mark.parametrize(("raw", "expected"), FOLDED)
def test_fold(raw: str, expected: str) -> None:
    assert fold(raw) == expected == fold(expected)


def test_marks_are_the_same_on_every_machine() -> None:
    marks = fingerprint("各县2023年新建学校三所，公开招聘教师一百二十名。").marks
    assert len(marks) == 43
    assert marks[:2] == PINNED


PINNED = ((-8935212380083605491, 26), (-8570136192606684424, 26))


BODY = "".join(sentences(1, 12))
KINDS = [
    ("the same words", BODY, BODY, "same", 1.0, 1.0),
    ("other white space", BODY, BODY.replace("。", "。\n　　"), "same", 1.0, 1.0),
    ("half of it new", BODY[:180] + "".join(sentences(2, 6)), BODY, None, 0, 0),
    ("a part of it", BODY[:120], BODY, "near", 1.0, 1 / 3),
    ("a part of a long text", BODY, BODY + "".join(sentences(3, 400)), "near", 1.0, 12 / 412),
    ("in another order", BODY[180:] + BODY[:180], BODY, "near", 1.0, 1.0),
    ("lines broken elsewhere", re.sub("(.{23})", r"\1\n", BODY) + "新。", BODY, "near", 1, 1),
    ("too short to tell", BODY[:30] + "新。", BODY[:30], None, 0, 0),
    ("nothing at all", "", " ", None, 0, 0),
]


@pytest.mark.parametrize(("a", "b", "kind", "a_in_b", "b_in_a"), [case[1:] for case in KINDS])
def test_kinds(a: str, b: str, kind: str | None, a_in_b: float, b_in_a: float) -> None:
    found = relations(a=a, b=b)
    assert [each.kind for each in found] == [kind] * bool(kind)
    if found:
        assert found[0].a_in_b == pytest.approx(a_in_b, abs=0.01)
        assert found[0].b_in_a == pytest.approx(b_in_a, abs=0.01)


def test_a_text_copied_with_names_and_numbers_changed_is_near() -> None:
    form = (
        "{0}2023年新建学校{1}所，增加学位{2}个，大班额比例由上年的{1}.4%降到{1}.1%。"
        "{0}公开招聘教师{2}名，其中补充到城区学校的有{1}名，其余全部安排到乡村学校任教。"
        "截至12月底，{0}共有{2}个教学班实行销号管理，每月由县教育局调度一次进展情况。"
        "{0}健全控辍保学台账，逐户走访劝返辍学学生{1}名，返校后由成长导师跟踪一个学期。"
    )
    (found,) = relations(a=form.format("河湾县", 3, 1200), b=form.format("柳桥县", 7, 860))
    assert found.kind == "near"
    assert found.shared == 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 40), st.integers(0, 15), st.integers(0, 1000), st.randoms())
def test_k_of_n_sentences_changed(n: int, k: int, seed: int, rng: random.Random) -> None:
    k = min(k, n * 3 // 8)
    a, new = sentences(seed, n), sentences(-seed - 1, n)
    changed = set(rng.sample(range(n), k))
    b = [new[at] if at in changed else each for at, each in enumerate(a)]
    (found,) = relations(a="".join(a), b="".join(b))
    assert found.kind == ("near" if k else "same")
    assert found.shared == found.a_in_b == pytest.approx((n - k) / n)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("学校教师，。 12\n", max_size=40), max_size=6), st.randoms())
def test_relations_are_symmetric_and_free_of_order(texts: list[str], rng: random.Random) -> None:
    texts += [BODY, BODY[:300], "".join(sentences(5, 9))]
    prints = {f"{number}": fingerprint(text) for number, text in enumerate(texts)}
    found = find_relations(prints)
    shuffled = sorted(prints.items(), key=lambda _: rng.random())
    assert find_relations(dict(shuffled)) == found
    for each in found:
        assert each.a < each.b
        assert relate(each.b, prints[each.b], each.a, prints[each.a]) == each


@settings(deadline=None)
@given(st.text("大班额，。； \n　a1", min_size=1, max_size=80), st.data())
def test_white_space_makes_no_other_text(text: str, data: st.DataObject) -> None:
    spaces = st.sampled_from(["", " ", "\n", "　\n"])
    spaced = re.sub(
        r"\s+|(?<![a1\s])(?!\s)", lambda gap: (" " if gap[0] else "") + data.draw(spaces), text
    )
    assert fingerprint(spaced).digest == fingerprint(text).digest


def test_unrelated_documents_have_no_relation() -> None:
    assert not relations(**{f"d{seed}": "".join(sentences(seed, 20)) for seed in range(30)})


def test_differences() -> None:
    one, two, three, four, five, six = sentences(7, 6)
    revised = two.replace(two[4:8], "百分之八")
    rows = differences("\n".join([one, two, three, four, five]), "".join([one, revised, five, six]))
    assert [row.kind for row in rows] == ["same", "changed", "dropped", "dropped", "same", "added"]
    assert rows[1].likeness == pytest.approx(26 / 30)
    assert rows[1].a and rows[1].b
    assert (rows[1].a.start, rows[1].b.start, rows[1].b.text) == (31, 30, revised)
    moved = differences(one + two + three, three + one + two)
    assert [row.kind for row in moved] == ["moved", "same", "same"]


@settings(max_examples=60, deadline=None)
@given(*[st.text("大班额比例，。\n12", max_size=60)] * 2)
def test_differences_hold_every_sentence_once_and_where_it_stands(a: str, b: str) -> None:
    rows = differences(a, b)
    for text, side in ((a, "a"), (b, "b")):
        found = [each for row in rows if (each := getattr(row, side))]
        assert all(text[each.start : each.end] == each.text for each in found)
        spans = sorted((each.start, each.end) for each in found)
        assert spans == list(fingerprint(text).spans)
    assert all(row.kind == "same" for row in differences(a, a))


def test_shared_passages() -> None:
    own, block, common = sentences(8, 6), sentences(9, 3), sentences(10, 1)
    a = own[0] + "".join(block) + own[1]
    b = "".join([own[2], *block, common[0]])
    c = block[1] + own[3] + common[0]
    prints = {"a": fingerprint(a), "b": fingerprint(b), "c": fingerprint(c)}
    found = [(each.sentences, each.docs) for each in shared_passages(prints, least=2)]
    assert found == [
        ((block[1],), ("a", "b", "c")),
        (tuple(block), ("a", "b")),
        ((common[0],), ("b", "c")),
    ]
    assert shared_passages(prints, least=2)[1].spans == ((30, 120), (30, 120))
    assert [each.docs for each in shared_passages(prints)] == [("a", "b", "c")]


def test_the_sample_library() -> None:
    sources, _ = list_sources(CORPUS, 100)
    texts = {source.doc: clean(source.read().text).text for source in sources}
    prints = {doc: fingerprint(text) for doc, text in texts.items()}
    (found,) = find_relations(prints)
    assert (found.kind, Path(found.a).stem, Path(found.b).stem) == (
        "near",
        "临沔县化解义务教育学校大班额实施方案",
        "临沔县化解义务教育学校大班额实施方案（征求意见稿）",
    )
    assert 0.8 < found.shared < 0.95
    changed = [row for row in differences(texts[found.b], texts[found.a]) if row.kind == "changed"]
    assert any("7.5%" in row.a.text and "7.2%" in row.b.text for row in changed if row.a and row.b)

    copied = [
        each
        for each in shared_passages(prints, least=2)
        if {doc.split("/")[1] for doc in each.docs} == {"石坪县", "云埠县"}
    ]
    block = max(copied, key=lambda each: len("".join(each.sentences)))
    (start, end), doc = block.spans[0], block.docs[0]
    assert [line[:3] for line in texts[doc][start:end].split("\n") if line] == [
        "竞聘按",
        "第二轮",
        "第三轮",
    ]
    stock = {
        texts[each.docs[0]][slice(*each.spans[0])]: len(each.docs)
        for each in shared_passages(prints, least=5)
    }
    assert stock["坚持以人民为中心的发展思想，努力办好人民满意的教育。"] == 8
    assert stock["认真落实教育投入“两个只增不减”要求。"] == 18
