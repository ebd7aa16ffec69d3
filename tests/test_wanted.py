"""What a question wants, and what a sentence gains by giving it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalogue import PlacedChunk
from indexer.expand import Group
from indexer.records import Description
from indexer.retrieve import Asked
from indexer.wanted import FIGURE_WORTH, asks_figure, asks_how, most_worth, worth


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("青禾县2022年大班额比例降到了多少", True),
        ("招聘了几名教师", True),
        ("巩固率是百分之几", True),
        ("义务教育巩固率", True),
        ("望岳市2022年全市大班额个数", True),
        ("全市招聘人数", True),
        ("how many teachers were hired", True),
        ("What share of schools has a canteen?", True),
        ("各县如何化解大班额", False),
        ("石坪县教师交流轮岗有哪些做法", False),
        ("how did counties cut oversized classes", False),
        ("", False),
    ],
)
def test_which_questions_want_a_figure(question: str, expected: bool) -> None:
    assert asks_figure(question) is expected


def asked(
    *words: str,
    years: tuple[int, ...] = (2021,),
    places: tuple[str, ...] = (),
    below: frozenset[str] = frozenset(),
) -> Asked:
    groups = tuple(Group(word, (((word,), 1.0),)) for word in words)
    weights = (1.0,) * len(groups)
    return Asked(np.zeros(4, np.float32), groups, weights, None, (), years, places, below)


def gain(
    question: str, words: Asked, sentence: str, kind: str = "工作总结", heading: str = ""
) -> float:
    about = Description("河湾县教育局2021年" + kind, place="河湾县", year=2021, kind=kind)
    return worth(
        question,
        words,
        sentence,
        PlacedChunk("甲", about, 0, sentence, (heading,) if heading else (), None, 1.0, ()),
    )


SHARE = ("大班额比例降到了多少", asked("大班额", "比例", "降到"))
COUNT = ("招聘教师多少名", asked("招聘", "教师"))


@pytest.mark.parametrize(
    ("question", "best", "worse"),
    [
        # The figure asked for, then one of something else, then none.
        (COUNT, "全年招聘教师120名。", "新建学校3所。"),
        (COUNT, "全年招聘教师120名。", "招聘教师工作顺利完成。"),
        # A share is a per cent, and 占9.0% of a sentence on the subject is one.
        (SHARE, "大班额46个，占9.0%。", "大班额还有46个。"),
        # A result before a goal; a goal that names it well is worth less than another share.
        (SHARE, "大班额比例降到9%。", "力争大班额比例降到5%以内。"),
        (SHARE, "体质健康达标率为93%。", "力争大班额比例降到5%以内。"),
        # The year asked for.
        (SHARE, "2021年大班额比例降到9%。", "2019年大班额比例为15%。"),
        # A rate of another thing is none of this one.
        (("普惠性幼儿园覆盖率", asked("普惠性幼儿园覆盖率")), "普惠性幼儿园覆盖率达到89%。",
         "集团化办学覆盖率达到62%。"),
        (("普惠性幼儿园覆盖率", asked("普惠性", "幼儿园", "覆盖率")), "普惠性幼儿园覆盖率达到89%。",
         "集团化办学覆盖率达到62%。"),
    ],
)  # fmt: skip
def test_what_gives_the_figure_gains(question: tuple[str, Asked], best: str, worse: str) -> None:
    assert gain(*question, best) > gain(*question, worse)


@given(
    st.sampled_from(
        ["招聘教师多少名", "大班额比例降到了多少", "如何招聘教师", "how many teachers", "教师"]
    ),
    st.lists(
        st.sampled_from(["招聘教师", "120名", "大班额", "占9%", "力争", "降到", "。"]), max_size=8
    ),
    st.sampled_from(["工作总结", "工作要点"]),
)
def test_nothing_gains_more_than_the_most(question: str, parts: list[str], kind: str) -> None:
    words = asked("招聘", "教师", "大班额", "比例")
    for heading in ("", "招聘教师", "如何化解大班额的比例，招聘教师"):
        assert gain(question, words, "".join(parts), kind, heading) <= most_worth(question)
    assert gain(*COUNT, "全年招聘教师120名。") == most_worth(COUNT[0])
    how = "如何化解大班额"
    assert gain(how, asked("大班额"), "新建学校3所。", heading="大班额") == most_worth(how)


def test_a_goal_is_wanted_where_goals_are_asked_for() -> None:
    goal, words = "力争大班额比例降到5%以内。", asked("大班额", "比例")
    assert gain("大班额比例目标是多少", words, goal) == FIGURE_WORTH
    assert gain("大班额比例是多少", words, goal) < -FIGURE_WORTH
    assert gain("大班额比例要降到多少", words, goal) == FIGURE_WORTH
    assert gain("大班额比例将达到多少", words, goal) == FIGURE_WORTH
    assert gain("How large will the share of 大班额 be?", words, goal) == FIGURE_WORTH
    assert gain("需要建多少学校来降大班额比例", words, goal) < -FIGURE_WORTH


def test_english_that_is_not_known_does_not_count() -> None:
    words = asked("大班额", "worst")
    assert gain("how many oversized classes", words, "大班额还有46个。") == FIGURE_WORTH


@pytest.mark.parametrize(
    "question", ["配备专车花了多少钱", "配备专车投入多少", "How much did 配备 of 专车 cost?"]
)
def test_a_sum_of_money_is_wanted_where_one_is_asked_for(question: str) -> None:
    words = asked("配备", "专车")
    assert gain(question, words, "配备专车2辆，花费31.6万元。") > gain(
        question, words, "今年配备专车2辆。"
    )
    assert gain("配备专车多少辆", words, "今年配备专车2辆。") == FIGURE_WORTH


def test_measures_are_wanted_where_it_is_asked_how() -> None:
    words = asked("大班额")
    assert gain("如何化解大班额", words, "新建学校3所。") > gain(
        "如何化解大班额", words, "形势喜人。"
    )
    assert gain("大班额的定义", words, "新建学校3所。") == 0.0


SUBJECT = "一、化解大班额"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # Below the line that names the subject, then below another.
        (("新建学校3所。", SUBJECT), ("新建学校3所。", "二、食堂")),
        # A deed, then how resolved one is, even if that names the subject.
        (("新建学校3所。", "二、食堂"), ("健全化解大班额长效机制，做到“一个都不能少”。", SUBJECT)),
        (("逐班建立台账。", SUBJECT), ("2.严格落实化解大班额要求，切实减轻负担。", SUBJECT)),
        (("坚持疏堵结合，新建学校3所。", SUBJECT), ("坚持疏堵结合的原则化解大班额。", SUBJECT)),
        (("坚持疏堵结合，招聘教师二十名。", SUBJECT), ("2021年继续坚持化解大班额。", SUBJECT)),
        # A goal with a way to it, then a share alone.
        (("到年底通过新建学校使大班额降到9%以内。", SUBJECT), ("到年底大班额比例控制在9%以内。", SUBJECT)),
        # What stands below troubles, at any height.
        (("新建学校3所。", SUBJECT), ("新建学校3所。", "三、存在的问题")),
        # What only opens a document is never one.
        (("形势喜人。", ""), ("现将化解大班额工作情况报告如下。", SUBJECT)),
        (("形势喜人。", ""), ("为化解大班额，结合我县实际，制定本方案。", SUBJECT)),
        (("形势喜人。", ""), ("（责任股室：基教股）", SUBJECT)),
    ],
)  # fmt: skip
def test_a_deed_is_wanted_where_it_is_asked_how(
    better: tuple[str, str], worse: tuple[str, str]
) -> None:
    how, words = "各县如何化解大班额", asked("大班额", years=())
    first, second = (gain(how, words, text, "工作要点", above) for text, above in (better, worse))
    assert first > second
    plain = "大班额"  # by itself it asks for no measure
    assert gain(plain, words, better[0], "工作总结", better[1]) == 0


@pytest.mark.parametrize(
    ("question", "expected"),
    [("各县如何化解大班额", True), ("how did counties cut oversized classes", True),
     ("大班额怎么降了多少", False), ("how many classes are oversized", False), ("大班额", False)],
)  # fmt: skip
def test_which_questions_ask_how(question: str, expected: bool) -> None:
    assert asks_how(question) is expected


GOAL, RESULT = "到年底新建学校3所。", "全年新建学校3所。"


def test_a_trouble_is_no_measure_where_it_is_asked_how() -> None:
    words = asked("班额")
    told = "三是个别学校控制班额靠临时板房。"
    assert gain("如何控制班额", words, told, heading="四、存在的问题") < gain(
        "如何控制班额", words, "全县班额逐年下降。"
    )
    assert gain("班额有哪些问题", words, told, heading="四、存在的问题") == 0


@pytest.mark.parametrize(
    ("question", "sentence", "no_answer"),
    [
        ("Did they get the class share down to 5%?", "力争大班额比例降至5%以内。", True),
        ("大班额比例的目标实现了吗", "力争大班额比例降至5%以内。", True),
        ("有没有如期完成大班额目标", "力争大班额比例降至5%以内。", True),
        ("Did they meet the goal?", "生师比由21.6∶1降至19∶1以内，差距缩小到10个百分点以内。", True),
        ("大班额比例的目标实现了吗", "大班额比例已降至5.2%，略高于目标。", False),
        ("大班额比例的目标是多少", "力争大班额比例降至5%以内。", False),
        ("Did they set up a leading group?", "成立领导小组。", False),  # a deed of a plan
    ],
)
def test_a_goal_is_no_answer_to_whether_it_was_met(
    question: str, sentence: str, no_answer: bool
) -> None:
    words = asked("大班额", "比例")
    assert (gain(question, words, sentence, kind="实施方案") < -20) is no_answer


@pytest.mark.parametrize(
    ("question", "no_answer"),
    [
        ("2021年实际新建了多少所学校", True),
        ("学校最后建了多少所", True),
        ("学校到底建成没有", True),
        ("是不是真的建了3所学校，到底几所", True),
        ("How many schools were really built?", True),
        ("Did they actually build the schools?", True),
        ("计划新建多少所学校，最后建在哪里", False),  # wants the goal, too
        ("实际进展不得用文字代替", False),  # no question for a figure or whether
        ("教师竞聘最后一轮怎么安排", False),
    ],
)
def test_a_goal_is_no_answer_to_what_has_really_come(question: str, no_answer: bool) -> None:
    words = asked("新建", "学校")
    assert (gain(question, words, GOAL, kind="工作要点") < -20) is no_answer
    assert gain(question, words, RESULT) > -20
    if no_answer:  # what is planned and tells no figure is none either
        assert gain(question, words, "抓紧新建学校。", kind="工作要点") < -20
        assert gain(question, words, "抓紧新建学校。") > -20


def test_a_goal_is_worth_less_where_the_figure_is_spoken_of_as_past() -> None:
    words = asked("新建", "学校")
    past = gain("新建了多少所学校", words, GOAL, kind="工作要点")
    assert past < gain("新建多少所学校", words, GOAL, kind="工作要点")


@pytest.mark.parametrize(
    ("question", "places", "sentence", "less"),
    [
        ("青溪省大班额还有多少个", ("青溪省",), "大班额还有46个。", True),
        ("青溪省大班额还有多少个", ("青溪省",), "青溪省大班额还有46个。", False),
        ("青溪省大班额还有多少个", ("青溪省",), "全省大班额还有46个。", False),
        ("青溪省各县大班额还有多少个", ("青溪省",), "大班额还有46个。", False),
        ("青溪省哪个县大班额还有多少个", ("青溪省",), "大班额还有46个。", False),
        ("河湾县大班额还有多少个", ("河湾县",), "大班额还有46个。", False),
        ("大班额还有多少个", (), "大班额还有46个。", False),
        ("how many large classes does Qingxi Province have", ("青溪省",), "大班额46个。", True),
    ],
)
def test_the_figure_of_a_county_is_not_that_of_its_province(
    question: str, places: tuple[str, ...], sentence: str, less: bool
) -> None:
    found = gain(question, asked("大班额", places=places), sentence)
    whole = gain(question, asked("大班额"), sentence)
    assert (found < whole - 2) is less
    assert less or found == whole


def test_a_result_of_another_year_does_not_make_a_goal_the_answer() -> None:
    told, kind = "2020年底床位使用率只有67%，2021年底力争提高到75%以上。", "工作要点"
    words = ("床位", "使用率")
    assert gain("床位使用率2021年真的到75%了吗", asked(*words), told, kind) < -20
    before = asked(*words, years=(2020,))
    assert gain("床位使用率2020年真的有67%吗", before, told, kind) > -20
    assert gain("床位使用率真的到75%了吗", asked(*words, years=()), told, kind) > -20


@pytest.mark.parametrize(
    ("sentence", "less"),
    [
        ("河湾县，2021年大班额46个。", True),
        ("2021年，河湾县、石桥县大班额46个。", True),
        ("青溪省大班额7680个，其中河湾县46个。", False),
        ("全省大班额7680个，其中河湾县46个。", False),
        ("全市大班额7680个，其中河湾县46个。", True),  # a city's, not the province's
        ("大班额7680个。", False),
    ],
)
def test_a_row_on_counties_in_a_document_of_the_province_is_not_of_the_province(
    sentence: str, less: bool
) -> None:
    about = Description("青溪省2021年报告", province="青溪省", year=2021, kind="工作总结")
    chunk = PlacedChunk("甲", about, 0, sentence, (), None, 1.0, ())
    words = ("大班额",)
    below = frozenset({"河湾县", "石桥县"})
    question = "青溪省大班额有多少个"
    of_all = worth(question, asked(*words, places=("青溪省",)), sentence, chunk)
    found = worth(question, asked(*words, places=("青溪省",), below=below), sentence, chunk)
    assert (found < of_all - 2) is less
    assert less or found == of_all
    each = worth(
        "青溪省各县大班额有多少个", asked(*words, places=("青溪省",), below=below), sentence, chunk
    )
    assert each == of_all


def test_a_sentence_that_nothing_ties_to_the_subject_loses() -> None:
    bus = Group("校车", ((("校车",), 1.0), (("接送", "车辆"), 1.0)))

    def lost(question: str, sentence: str, heading: str = "", *also: Group) -> float:
        about = Description("河湾县教育局2021年工作总结", place="河湾县", year=2021)
        chunk = PlacedChunk("甲", about, 0, sentence, (heading,) if heading else (), None, 1.0, ())
        words = asked("校车", "司机")
        return worth(question, words, sentence, chunk, [bus, *also]) - worth(
            question, words, sentence, chunk
        )

    assert lost("校车司机要哪些证件", "须持准驾证明上岗。") < -1
    assert lost("校车司机要哪些证件", "校车驾驶人须持准驾证明上岗。") == 0
    assert lost("校车司机要哪些证件", "接送学生的车辆由专人驾驶。") == 0
    assert lost("校车司机要哪些证件", "须持准驾证明上岗。", "二、校车安全") == 0
    meals = Group("营养餐", ((("营养餐",), 1.0),))
    assert lost("校车和营养餐各补多少", "营养餐每天补5元。", "", meals) == 0  # one of the two
    assert lost("校车停开怎么通知家长", "提前一晚由班主任逐户通知。") == 0  # a measure
