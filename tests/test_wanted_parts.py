"""Whether a sentence tells of the district or town that a question names."""

from __future__ import annotations

import pytest
from test_wanted import asked

from indexer.catalogue import PlacedChunk
from indexer.records import Description
from indexer.wanted.parts import part_worth, parts_named

IN_CITY = asked("大班额", places=("青溪市",))


def lost(question: str, sentence: str, heading: str = "", title: str = "青溪市2021年总结") -> bool:
    chunk = PlacedChunk("甲", Description(title), 0, sentence, (heading,), None, 1.0, ())
    return part_worth(question, IN_CITY, sentence, chunk) < 0


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("望江区2024年还剩多少个大班额", ("望江",)),
        ("青溪市东屏区2024年大班额", ("东屏",)),
        ("青禾县河口镇幼儿园何时开园", ("河口",)),
        ("东屏区和望江区的大班额", ("东屏", "望江")),
        ("2022年老城区大班额", ()),
        ("各乡镇学校", ()),
        ("以后县城学校缺老师从哪补", ()),
        ("愿意调到开发区那边教书", ()),
        ("东部地区学位", ()),
        ("写稳定乡村教师的材料", ()),
        ("", ()),
    ],
)
def test_the_districts_and_towns_that_a_question_names(
    question: str, named: tuple[str, ...]
) -> None:
    assert parts_named(question) == named


def test_what_does_not_name_the_district_asked_for_loses() -> None:
    question = "望江区2024年还剩多少个大班额"
    assert lost(question, "全市还有大班额60个。")
    assert not lost(question, "望江区还有大班额20个。")
    assert not lost(question, "还有大班额20个。", "二、望江区")
    assert not lost(question, "还有大班额20个。", title="望江区2024年总结")
    assert not lost("青溪市2024年还剩多少个大班额", "全市还有大班额60个。")


def test_a_figure_of_several_together_is_none_of_one() -> None:
    both = "望江、东屏两区2698个班中有大班额34个。"
    assert lost("望江区2024年还剩多少个大班额", both)
    assert lost("东屏区2024年还剩多少个大班额", both)
    assert not lost("望江区和东屏区还剩多少个大班额", both)
    assert not lost("望江区还剩多少个大班额", "望江、东屏两区分别有大班额14个和20个。")
    assert not lost("还剩多少个大班额", both)
