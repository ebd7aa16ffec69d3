"""What keyword search compares: words of texts and questions, and what may stand for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.expand import SYNONYM_SHARE, groups_of
from indexer.glossary import load_glossary
from indexer.segment import Segmenter, fold, segmentation, simplified, stop_words

GLOSSARY = load_glossary()[0]
SEGMENTER = Segmenter(GLOSSARY.terms)


def found_by(question: str, text: str) -> bool:
    """Whether a text holds all the words of a question."""
    return set(SEGMENTER.words(question)) <= set(SEGMENTER.words(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("〔2016〕10号", ["2016", "10", "号"]),
        ("[２０１６] １０号", ["2016", "10", "号"]),
        ("降到21.23%", ["降到", "21.23%", "21.23"]),
        ("２１．２３％", ["21.23%", "21.23"]),
        ("1，200人", ["1200", "人"]),
        ("12,345,678元", ["12345678", "元"]),
        ("12，3", ["12", "3"]),
        ("3.5亿元", ["3.5", "亿元"]),
        ("Oversized CLASS", ["oversized", "class"]),
        ("“双减”", ["双减"]),
        ("！？…—（）", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert SEGMENTER.words(text) == words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("班额过大", "城区班額過大的問題"),
        ("班額過大", "城区班额过大的问题"),
        ("〔2016〕10号", "横政办发［2016］10号"),
        ("1200人", "增加学位1，200人"),
        ("21.23", "大班额比例由21.23%降到8.52%"),
        ("２１．２３％", "大班额比例由21.23%降到8.52%"),
        ("大班额", "大班额比例由21.23%降到8.52%"),
        ("大班额", "化解超大班额工作"),
        ("平均班额", "平均班额比例"),
        ("义务教育", "九年义务教育巩固率"),
        ("寄宿制", "寄宿制学校建设"),
    ],
)
def test_what_is_typed_finds_what_is_written(typed: str, written: str) -> None:
    assert found_by(typed, written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5亿元", "三点五亿元"),
        ("3.5亿元", "35000万元"),
        ("205人", "二百零五人"),
        ("205名", "205人"),
        ("21.23%", "百分之二十一点二三"),
        ("1，200个", "一千二百个"),
    ],
)
def test_a_number_is_one_word_however_it_is_written(one: str, other: str) -> None:
    assert SEGMENTER.values(f"投入{one}。") == SEGMENTER.values(f"用去{other}，") != []


@pytest.mark.parametrize("text", ["2016年", "〔2016〕10号", "一是加强管理", "3月", "30"])
def test_what_counts_nothing_has_no_value(text: str) -> None:
    assert SEGMENTER.values(text) == []


@pytest.mark.parametrize("term", ["县管校聘", "控辍保学", "双师型教师", "大班额", "巩固率", "双减"])
def test_terms_are_kept_whole(term: str) -> None:
    assert term in SEGMENTER.words(f"全县推进{term}工作")
    assert SEGMENTER.whole_words(term) == (term,)


def test_a_term_of_one_s_own_is_kept_whole() -> None:
    assert "厂中校" not in Segmenter().words("关停厂中校三所")
    assert "厂中校" in Segmenter(["厂中校"]).words("关停厂中校三所")


# These the dictionary cuts whatever is added to it: a sign in them, or a stronger neighbour.
NOT_WHOLE = {"1+X证书", "C级危房", "D级危房", "初小"}


def test_every_term_alone_is_one_of_its_words() -> None:
    cut = {term for term in GLOSSARY.terms if fold(term) not in SEGMENTER.words(term)}
    assert cut == NOT_WHOLE


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=60))
def test_every_word_stands_in_the_folded_text(text: str) -> None:
    folded = fold(text)
    assert all(word in folded for word in SEGMENTER.words(text))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(simplified(text)) == len(text)


def test_a_segmentation_is_named_by_its_terms_in_any_order() -> None:
    assert segmentation(["甲", "乙"]) == segmentation(["乙", "甲"])
    assert len({segmentation(terms) for terms in ([], ["甲"], ["甲", "乙"], ["甲乙"])}) == 4


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("的了吗呢", {}),
        ("what is the of", {}),
        ("各县怎么化解大班额", {"化解大班额": ("化解", "大班", "班额", "大班额")}),
        ("大班额 大班额", {"大班额": ("大班", "班额")}),
    ],
)
def test_words_of_a_question_are_those_that_tell(
    question: str, words: dict[str, tuple[str, ...]]
) -> None:
    found = SEGMENTER.question_words(question)
    assert found == words
    assert not set(found) & stop_words()


# What may stand for them


def ways(question: str) -> dict[str, dict[tuple[str, ...], float]]:
    return {group.text: dict(group.ways) for group in groups_of(question, SEGMENTER, GLOSSARY)}


def test_an_english_phrase_is_stood_for_by_its_chinese_terms() -> None:
    found = ways("how did counties cut oversized classes")
    assert found["oversized class"][("大班额",)] == 1.0
    assert not {"oversized", "classes"} & found.keys()


def test_a_chinese_word_is_widened_by_its_synonyms_at_a_lower_share() -> None:
    found = ways("大班额")["大班额"]
    assert found[("大班额",)] == 1.0
    assert found[("班额", "过大")] == SYNONYM_SHARE < 1


def test_a_word_that_nothing_is_known_of_stands_for_itself() -> None:
    assert ways("heng")["heng"] == {("heng",): 1.0}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_question_has_groups_whose_ways_are_of_words(question: str) -> None:
    for group in groups_of(question, SEGMENTER, GLOSSARY):
        assert all(words and 0 < share <= 1 for words, share in group.ways)
