"""Follow-up questions: what each keeps of the place, the year and the topic before it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.follow import FollowUp, follow, has_subject
from indexer.question import QuestionReader
from indexer.records import Filters

READER = QuestionReader(["青禾县", "石坪县"], ["工作总结"])
TODAY = date(2025, 6, 1)
BEFORE = READER.read("青禾县2022年大班额比例降到了多少", TODAY)
PLACE, YEAR, TOPIC = ("青禾县",), (2022,), "大班额比例降到了多少"
FILTERS = Filters(place=PLACE, year=YEAR, kind=("工作总结",))


def after(question: str, topic: str = "") -> FollowUp:
    return follow(READER.read(question, TODAY), BEFORE, FILTERS, topic)


# A place or year that the question names is read from it again, so it is not kept from before.
ANOTHER_YEAR = FollowUp(PLACE, (), TOPIC)
ANOTHER_PLACE = FollowUp((), YEAR, TOPIC)
ALL_PLACES = FollowUp((), YEAR, TOPIC)
ASKED_ON = FollowUp(PLACE, YEAR, TOPIC)
OWN_TOPIC = FollowUp(PLACE, YEAR, "")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("那2023年呢？", ANOTHER_YEAR),
        ("2023年呢", ANOTHER_YEAR),
        ("去年呢？", ANOTHER_YEAR),
        ("what about 2023?", ANOTHER_YEAR),
        ("then in 2021", ANOTHER_YEAR),
        ("那石坪县呢", ANOTHER_PLACE),
        ("石坪县的情况怎么样？", ANOTHER_PLACE),
        ("再看看石坪县", ANOTHER_PLACE),
        ("and in Shiping County?", ANOTHER_PLACE),
        ("那么石坪县2021年的情况呢？", FollowUp((), (), TOPIC)),
        ("How about Shiping County in 2023?", FollowUp((), (), TOPIC)),
        ("还有哪些县", ALL_PLACES),
        ("其他县呢？", ALL_PLACES),
        ("各县情况如何", ALL_PLACES),
        ("and which counties?", ALL_PLACES),
        ("原因是什么", ASKED_ON),
        ("为什么？", ASKED_ON),
        ("有哪些措施", ASKED_ON),
        ("具体数字是多少", ASKED_ON),
        ("why?", ASKED_ON),
        ("what were the reasons?", ASKED_ON),
        ("那学前教育呢", OWN_TOPIC),
        ("教师交流轮岗有哪些做法", OWN_TOPIC),
        ("how were teachers recruited", OWN_TOPIC),
        ("石坪县控辍保学怎么做", FollowUp((), YEAR, "")),
        ("各县控辍保学的做法", FollowUp((), YEAR, "")),
        ("how did counties hire teachers in 2023", FollowUp((), (), "")),
    ],
)
def test_what_a_follow_up_keeps(question: str, expected: FollowUp) -> None:
    assert after(question) == expected


def test_the_topic_is_kept_over_several_questions() -> None:
    assert after("那2023年呢？", "化解大班额").topic == "化解大班额"
    assert after("那学前教育呢", "化解大班额").topic == ""


def test_nothing_is_kept_of_a_question_that_was_narrowed_by_nothing() -> None:
    before = READER.read("如何化解大班额", TODAY)
    kept = follow(READER.read("那石坪县呢", TODAY), before, Filters(), "")
    assert kept == FollowUp(topic="如何化解大班额")


@given(
    st.text()
    | st.lists(
        st.sampled_from(["那", "呢", "青禾县", "2023年", "各县", "？", "why", "about", "做法"])
    ).map("".join)
)
def test_any_question_may_follow_any_other(text: str) -> None:
    question = READER.read(text, TODAY)
    kept = follow(question, BEFORE, FILTERS, "")
    named = {each.field for each in question.named}
    assert kept.place in ((), PLACE)
    assert kept.year == (() if "year" in named else YEAR)
    assert not ("place" in named and kept.place)
    assert kept.topic == ("" if has_subject(question) else TOPIC)
    assert isinstance(follow(BEFORE, question, Filters(), ""), FollowUp)
