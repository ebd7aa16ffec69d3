"""The gazetteer, and where texts name its places."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer
from indexer.describe import describe
from indexer.gazetteer import ALIASES, depth, names, place_of, units, within
from indexer.places import find_places, resolve, same_place
from indexer.records import RawText

TABLE = Path(indexer.__file__).parent / "data" / "places.csv"


def test_every_division_is_there_once_and_below_its_parent() -> None:
    counts = [sum(depth(code) == level for code in units()) for level in range(3)]
    assert counts == [34, 333, 2847]
    for code, unit in units().items():
        assert re.fullmatch(r"\d{6}", code)
        assert (unit.parent == "") == (depth(code) == 0)
        assert not unit.parent or within(code, unit.parent)
        assert unit.name not in unit.former
        assert not unit.short or unit.name.startswith(unit.short)
    assert set(ALIASES.values()) <= set(units())
    assert TABLE.stat().st_size < 300_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("湖南省", ("湖南省", None, None, "省")),
        ("湖南", ("湖南省", None, None, "省")),
        ("内蒙古", ("内蒙古自治区", None, None, "省")),
        ("株洲", ("湖南省", "株洲市", None, "市")),
        ("湘西州", ("湖南省", "湘西土家族苗族自治州", None, "市")),
        ("恩施", ("湖北省", "恩施土家族苗族自治州", None, "市")),
        ("恩施市", ("湖北省", "恩施土家族苗族自治州", "恩施市", "县")),
        ("吉林", ("吉林省", None, None, "省")),
        ("吉林市", ("吉林省", "吉林市", None, "市")),
        ("海南州", ("青海省", "海南藏族自治州", None, "市")),
        ("阿里地区", ("西藏自治区", "阿里地区", None, "市")),
        ("芷江县", ("湖南省", "怀化市", "芷江侗族自治县", "县")),
        ("芷江", ("湖南省", "怀化市", "芷江侗族自治县", "县")),
        ("喀左县", ("辽宁省", "朝阳市", "喀喇沁左翼蒙古族自治县", "县")),
        ("横县", ("广西壮族自治区", "南宁市", "横州市", "县")),
        ("沙县", ("福建省", "三明市", "沙县区", "县")),
        ("株洲县", ("湖南省", "株洲市", "渌口区", "县")),
        ("襄樊市", ("湖北省", "襄阳市", None, "市")),
        ("仙桃市", ("湖北省", None, "仙桃市", "县")),
        ("云阳县", ("重庆市", None, "云阳县", "县")),
        ("北京", ("北京市", None, None, "省")),
        ("东莞市", ("广东省", "东莞市", None, "市")),
        ("湖南省株洲市天元区", ("湖南省", "株洲市", "天元区", "县")),
        ("开封市鼓楼区", ("河南省", "开封市", "鼓楼区", "县")),
        ("鼓楼区", (None, None, "鼓楼区", "县")),
        ("朝阳县", ("辽宁省", "朝阳市", "朝阳县", "县")),
        ("苏州工业园区", ("江苏省", "苏州市", "苏州工业园区", "县")),
        ("澜川省", (None, None, None, None)),
        ("", (None, None, None, None)),
    ],
)
def test_names_are_resolved(name: str, expected: tuple[str | None, ...]) -> None:
    assert resolve(name) == expected


@pytest.mark.parametrize(
    ("name", "context", "city"),
    [
        ("鼓楼区", "江苏/南京/总结", "南京市"),
        ("鼓楼区", "福建省福州市", "福州市"),
        ("城关区", "兰州市教育局：", "兰州市"),
        ("朝阳区", "面对长春突发疫情", "长春市"),
        ("西湖区", "江西省教育厅", "南昌市"),
        ("西湖区", "湖南省教育厅", None),
    ],
)
def test_namesakes_are_told_apart_by_their_surroundings(
    name: str, context: str, city: str | None
) -> None:
    assert resolve(name, context).city == city
    assert find_places(name, context)[0].place.city == city


def test_all_names_of_one_place_are_known() -> None:
    assert same_place("横县") == same_place("横州市") == ("横州市", "横县")
    assert same_place("株洲")[0] == "株洲市"
    assert same_place("鼓楼区") == ("鼓楼区",)
    assert same_place("白榆县") == ("白榆县",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("湖南省株洲市天元区的学校", ["湖南省", "株洲市", "天元区"]),
        ("在横县新建民族中学", ["横县"]),
        ("《横县方案》（横政办发〔2016〕10号）", ["横县"]),
        ("2019年横县教育局", ["横县"]),
        ("广西横县", ["广西", "横县"]),
        ("株洲和长沙的大班额", ["株洲", "长沙"]),
        ("赴韶山、遵义、西安等地研学", ["韶山", "遵义", "西安"]),
        ("湖南（株洲）园区", ["湖南", "株洲"]),
        ("洛阳市老城区教育局", ["洛阳市", "老城区"]),
        ("郑州高新技术产业开发区2023年", ["郑州高新技术产业开发区"]),
        ("牡丹江市西安区", ["牡丹江市", "西安区"]),
        ("河南县域普通高中", ["河南"]),
        ("保定教育事业", ["保定"]),
    ],
)
def test_places_are_found(text: str, expected: list[str]) -> None:
    hits = find_places(text)
    assert [hit.text for hit in hits] == expected
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


@pytest.mark.parametrize(
    "text",
    [
        "湖南师范大学附属中学", "北京时间8时", "长沙路小学", "南京东路", "长江西路", "北京冬奥会",
        "张家界航空工业职业技术学院", "朝阳产业", "维护和平", "老城区改造", "城区、郊区、矿区",
        "确保定期开展", "创新乡村教育", "校长治校", "日常德育", "其中卫生", "隆重庆祝", "各自贡献",
        "创建示范县", "创新县域治理", "省、市和县直机关", "秦巴山区和鲁西山区", "文山会海",
        "李长春、王凤凰等同志", "成功合作", "新建学校3所", "大同小异", "澜川省白榆县",
    ],
)  # fmt: skip
def test_what_is_no_place_is_not_found(text: str) -> None:
    assert find_places(text) == []


def test_questions_may_use_short_forms() -> None:
    found = [hit.place.name for hit in find_places("请问芷江大班额比例与重庆比如何", question=True)]
    assert found == ["芷江侗族自治县", "重庆市"]
    assert find_places("芷江大班额比例") == []


def test_finding_is_quick() -> None:
    sentence = "请问横县大班额比例后来降到多少，与芷江侗族自治县相比如何？"
    document = sentence * 400
    find_places(sentence)
    started = time.perf_counter()
    for _ in range(100):
        find_places(sentence)
    assert (time.perf_counter() - started) / 100 < 0.001
    started = time.perf_counter()
    find_places(document[:9000])
    assert time.perf_counter() - started < 0.03


ANY_NAME = re.compile("|".join(sorted(map(re.escape, names()), key=len, reverse=True)))
NAMES = st.sampled_from(sorted(names()))
TITLES = st.sampled_from(
    ["{}教育局2023年工作总结", "关于{}控辍保学情况的报告", "{}2024年教育工作要点", "2023年工作总结"]
)
LINES = st.sampled_from(
    [
        "2023年，{}教育局认真落实各项任务。", "{}现有学校98所。", "我县与{}结对帮扶。", "{}教育局",
        "出台《{}教育规划》，我县、我市、全区落实。", "来源：{}教育局", "{}教育局：",
        "2023年12月1日", "我县加快建设。", "2023年，{}选派教师。",
    ]
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    parts = [draw(TITLES), *draw(st.lists(LINES, min_size=1, max_size=6))]
    text = "\n".join(part.format(draw(NAMES)) for part in parts)
    return text, f"{draw(NAMES)}/{draw(NAMES)}教育局总结.txt"


@settings(max_examples=300, deadline=None)
@given(documents(), st.sampled_from(["X", "某", "**", "X县", "某市", "××区"]))
def test_a_document_without_names_is_never_given_one(document: tuple[str, str], mask: str) -> None:
    text, path = (ANY_NAME.sub(mask, part) for part in document)
    found = describe(RawText(text), text, path)[0]
    assert (found.place, found.province, found.city) == (None, None, None)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["X县", "某县", "XX市", "**县", "×县", "A市", "某某区", "xx县", "某自治县", "Ｘ县"]
    ),
    documents(),
)
def test_a_masked_writer_stays_masked_whatever_else_is_named(
    mask: str, document: tuple[str, str]
) -> None:
    text, path = document
    text = f"{mask}教育局2023年工作总结\n" + text.split("\n", 1)[1]
    assert describe(RawText(text), text, path)[0].place is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["X县", "某县", "**县", "×县", "某某区", "xx县"]), documents())
def test_a_writer_masked_in_the_opening_stays_so_too(mask: str, document: tuple[str, str]) -> None:
    text, path = document
    text = f"2023年工作总结\n2023年，{mask}教育局抓好各项工作。\n" + text.split("\n", 1)[1]
    assert describe(RawText(text), text, path)[0].place is None


@given(NAMES)
def test_every_name_is_found_where_it_stands_alone(name: str) -> None:
    assert resolve(name).level is not None
    assert {place_of(code).level for code in names()[name][1]} >= {resolve(name).level}
