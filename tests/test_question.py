"""What a question names by itself; above all, what it does not."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import labelled_questions
from hypothesis import given
from hypothesis import strategies as st

from indexer.library import Library
from indexer.question import QuestionReader, ReadQuestion

TODAY = date(2024, 6, 1)
PLACES = ("青禾县", "石坪县", "清汀市", "澜川省", "横州市", "芷江侗族自治县", "新建区", "平安区")
READER = QuestionReader(PLACES, ("工作总结", "实施方案"))


def read(question: str) -> ReadQuestion:
    return READER.read(question, TODAY)


def places(question: str) -> list[str]:
    return list(read(question).filters().place)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("青禾县大班额比例", ["青禾县"]),
        ("青禾大班额比例", ["青禾县"]),
        ("青禾县教育局", ["青禾县"]),
        ("横县大班额", ["横州市"]),  # as it was called
        ("芷江大班额比例", ["芷江侗族自治县"]),
        ("新建区大班额", ["新建区"]),
        ("湖南各县 2023 年", ["湖南省"]),
        ("广东省的大班额", ["广东省"]),
        # Chains, of which the last is meant, and what is no chain
        ("清汀市青禾县2023年", ["青禾县"]),
        ("澜川省清汀市青禾县", ["青禾县"]),
        ("青禾县和石坪县", ["青禾县", "石坪县"]),
        ("青禾县、石坪县", ["青禾县", "石坪县"]),
        ("石坪县青禾县比较", ["石坪县", "青禾县"]),
        ("清汀市对青禾县的督导", ["清汀市", "青禾县"]),
        # In English letters
        ("Heng county in 2018", ["横县"]),
        ("classes in Qinghe County", ["青禾县"]),
        ("Qinghe's oversized classes", ["青禾县"]),
        ("Qinghe and Shiping counties", ["青禾县", "石坪县"]),
        ("in Lanchuan Province", ["澜川省"]),
        ("teachers of Qinghe Middle School", ["青禾县"]),
        ("Changsha No. 1 Middle School", ["长沙市"]),
        ("Binjiang District Experimental School", ["滨江区"]),
        ("Qi\u0304nghe\u0301 County", ["青禾县"]),  # tones written as marks of their own
    ],
)
def test_places_a_question_names(question: str, expected: list[str]) -> None:
    assert places(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "各县如何化解大班额",
        "新建学校三所",
        "新建、改扩建学校",
        "平安校园建设",
        "新城区学位不足",
        "滨江小学",
        "城关镇初中",
        "文明校园创建",
        "示范县建设",
        "县城学校",
        "我县",
        "某县怎么做",
        "X县2022年大班额",
        "XX县",
        "确保定期检查",
        "how did counties cut oversized classes",
        "He said the guide was long",
        "Changsha University",
        "How long did work stop on Binjiang Experimental School?",
        "staff of Xinhua No. 2 Middle School",
        "Guangming Kindergarten",
        "",
        # Named to be left out
        "除青禾县外各县大班额",
        "除了青禾县",
        "不含青禾县的各县",
        "青禾县以外的各县",
        "青禾县之外哪些县",
        "counties except Qinghe",
        "counties other than Qinghe County",
    ],
)
def test_a_question_that_asks_of_no_place_is_not_narrowed_by_one(question: str) -> None:
    assert places(question) == []


def test_of_places_the_one_that_is_left_out_is_not_meant() -> None:
    assert places("除青禾县外，石坪县和清汀市") == ["石坪县", "清汀市"]


@pytest.mark.parametrize(
    ("question", "field", "values"),
    [
        ("青禾县的工作总结里怎么说大班额", "kind", ("工作总结",)),
        ("工作总结怎么写", "kind", ("工作总结",)),
        ("督导报告怎么说", "kind", ()),  # of which the library holds none
        ("写一份工作总结", "kind", ()),
        ("各校工作总结制度", "kind", ()),
        ("省级文件对大班额的要求", "level", ("省",)),
        ("县级方案", "level", ("县",)),
        ("县级财政投入", "level", ()),
        ("横政办发[2016] 第10号", "number", ("横政办发〔2016〕10号",)),
        ("横政办发[2016] 第10号", "year", ()),
        ("２０１６年大班额", "year", (2016,)),
        ("青禾县2016、2018年", "year", (2016, 2018)),
    ],
)
def test_kinds_levels_numbers_and_years(
    question: str, field: str, values: tuple[str | int, ...]
) -> None:
    assert getattr(read(question).filters(), field) == values


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("青禾县2023年大班额比例是多少", "大班额比例是多少"),
        ("湖南各县 2023 年", "各县"),
        ("青禾县的大班额", "大班额"),
        ("青禾县2023年", "青禾县2023年"),  # nothing else is asked
        ("Heng county in 2018", "Heng county in 2018"),
        ("oversized classes in Qinghe County", "oversized classes in"),
        ("大班额比例", "大班额比例"),
        ("青禾县2023年底大班额", "大班额"),
        ("青禾县2023年末和2021年初的大班额", "和 的大班额"),
        ("青禾县2023年初中大班额", "初中大班额"),
        ("青禾县2023年初一新生", "初一新生"),
        ("查处违规补课", "查处违规补课"),
        ("查一下青禾县的大班额", "大班额"),
        ("查青禾县大班额", "大班额"),
        ("Qi\u0304nghe\u0301 County oversized classes", "oversized classes"),
        ("横政办发〔2016〕10号", "横政办发〔2016〕10号"),
    ],
)
def test_what_narrows_is_not_searched_for(question: str, subject: str) -> None:
    assert read(question).subject == subject


def test_a_field_may_be_left_unread() -> None:
    reading = read("青禾县2023年大班额")
    assert reading.filters(without=["place"]).place == ()
    assert reading.filters(without=["place"]).year == (2023,)
    assert reading.filters(without=["place", "year"]).empty


@given(
    st.lists(
        st.sampled_from(
            ["青禾县", "清汀市", "石坪", "2023年", "去年", "除", "以外", "横政办发〔2016〕10号"]
            + ["大班额", "Qinghe County", " ", "的", "和", "e\u0301", "１", "\U0001f600", "\ud800"]
        ),
        max_size=8,
    )
)
def test_what_is_named_stands_where_it_is_said_to(parts: list[str]) -> None:
    reading = read("".join(parts))
    named = reading.named
    assert all(0 <= each.start < each.end <= len(reading.text) for each in named)
    assert all(a.end <= b.start for a, b in zip(named, named[1:], strict=False))
    assert all(each.values for each in named)
    assert reading.subject or not reading.text.strip()


# The labelled questions on the sample library

QUESTIONS = labelled_questions()

# What a question says in other words than the label: a range, a year meant by "next year".
OTHER_YEARS = {"SZ040", "SE052", "SN038"}
# 方案 alone, and "plan": too little to narrow by.
OTHER_KINDS = {"SZ028", "SZ029", "SE028"}


@pytest.fixture(scope="module")
def sample_reader(light_sample_library: Library) -> QuestionReader:
    places = [str(name) for name in light_sample_library.counts("place", READ_ALL)]
    kinds = [str(name) for name in light_sample_library.counts("kind", READ_ALL)]
    return QuestionReader(places, kinds)


READ_ALL = ReadQuestion("").filters()


def test_every_labelled_place_is_read_and_no_other(sample_reader: QuestionReader) -> None:
    wrong = {
        row["id"]: found
        for row in QUESTIONS
        if sorted(found := sample_reader.read(row["question"], TODAY).filters().place)
        != sorted(row["place"] or [])
    }
    assert len(QUESTIONS) > 200
    assert wrong == {}


@pytest.mark.parametrize(("field", "known"), [("year", OTHER_YEARS), ("kind", OTHER_KINDS)])
def test_years_and_kinds_are_read_as_labelled(
    sample_reader: QuestionReader, field: str, known: set[str]
) -> None:
    wrong = {
        row["id"]
        for row in QUESTIONS
        if sorted(getattr(sample_reader.read(row["question"], TODAY).filters(), field))
        != sorted(row[field] or [])
    }
    assert wrong == known
