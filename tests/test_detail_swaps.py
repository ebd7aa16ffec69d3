"""Near misses made of answered questions: one detail another, and nothing that the passage tells."""

from __future__ import annotations

import random

import pytest

from benchmarks.detail_swaps import SETS, YEAR, other_questions, other_sentences
from benchmarks.reading_groups import passages

PASSAGE = "2021年全县小学大班额比例降至3.1%。初中寄宿生1200人。"


@pytest.mark.parametrize(
    ("question", "among"),
    [
        ("小学大班额还有多少", "幼儿园大班额还有多少"),
        ("share of oversized classes in primary schools", "share of oversized classes in kindergartens"),
        ("寄宿生有多少人", "走读生有多少人"),
        ("How many boarders are there?", "How many day pupils are there?"),
    ],
)  # fmt: skip
def test_a_detail_is_changed_to_one_the_passage_lacks(question: str, among: str) -> None:
    assert among in other_questions(question, PASSAGE, "")
    assert question not in other_questions(question, PASSAGE, "")


@pytest.mark.parametrize("question", ["大班额还有多少", "小学和初中哪个多", "1200人住在哪里"])
def test_a_question_without_a_detail_or_with_two_stays_alone(question: str) -> None:
    assert other_questions(question, PASSAGE, "") == []


def test_what_the_passage_or_its_title_tells_is_not_put_in() -> None:
    found = other_questions("小学大班额还有多少", PASSAGE, "县高中2021年总结")
    assert found and not any("初中" in each or "高中" in each for each in found)


def test_a_year_is_changed_where_the_passage_gives_it() -> None:
    random.seed(3)
    (found,) = other_questions("2021年大班额有多少", PASSAGE, "2020年总结")
    (year,) = YEAR.findall(found)
    assert year not in {"2020", "2021"}
    assert other_questions("2019年大班额有多少", PASSAGE, "") == []


def test_a_sentence_loses_what_the_question_asks_for() -> None:
    sentence = "小学大班额比例降至3.1%。"
    found = other_sentences("大班额 primary schools", sentence, PASSAGE)
    assert "幼儿园大班额比例降至3.1%。" in found
    assert all("小学" not in each and "初中" not in each for each in found)
    assert other_sentences("大班额比例", sentence, PASSAGE) == []


def test_no_detail_is_told_in_the_words_of_another() -> None:
    for details in SETS:
        words = [word for each in details for word in {*each.chinese, *each.english}]
        assert len(set(words)) == len(words)


def test_many_questions_can_be_changed() -> None:
    changed = 0
    for each in passages():
        whole = "\n".join(each["sentences"])
        for asked in each["questions"]:
            found = other_questions(asked["q"], whole, each["title"]) if asked["answer"] else []
            assert asked["q"] not in found
            changed += bool(found)
    assert changed > 500
