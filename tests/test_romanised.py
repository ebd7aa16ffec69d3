"""Chinese places in English questions."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.gazetteer import units
from indexer.pinyin import spellings_of, stem_of
from indexer.romanised import places_in_english, romanised_index

NAMES = [
    *(name for unit in units().values() for name in (unit.name, *unit.former)),
    *("青禾县", "澜川省", "清汀市", "石坪县"),
]
INDEX = romanised_index(NAMES)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("oversized classes in Heng county in 2018", {"Heng county": "横县"}),
        ("Heng County", {"Heng County": "横县"}),
        ("in heng county", {"heng county": "横县"}),
        ("HENG COUNTY DROPOUTS", {"HENG COUNTY": "横县"}),
        ("Hengxian and Heng Xian", {"Hengxian": "横县", "Heng Xian": "横县"}),
        ("heng xian", {"heng xian": "横县"}),
        ("Hengzhou", {"Hengzhou": "横州市"}),
        ("Qinghe County", {"Qinghe County": "青禾县 清河县 青河县"}),
        ("What did Shiping County do?", {"Shiping County": "石坪县 石屏县"}),
        ("Lanchuan Province", {"Lanchuan Province": "澜川省"}),
        ("Qingting's schools", {"Qingting": "清汀市"}),
        ("kindergartens in Hunan", {"Hunan": "湖南省"}),
        ("Hunan’s kindergartens", {"Hunan": "湖南省"}),
        ("Hu'nan or Hú nán", {"Hu'nan": "湖南省"}),
        ("Inner Mongolia", {"Inner Mongolia": "内蒙古自治区"}),
        ("Inner Mongolia Autonomous Region", {"Inner Mongolia Autonomous Region": "内蒙古自治区"}),
        ("Shaanxi, not Shanxi", {"Shaanxi": "陕西省", "Shanxi": "山西省"}),
        ("Chongqing", {"Chongqing": "重庆市 崇庆县"}),
        ("Chongqing Municipality", {"Chongqing Municipality": "重庆市"}),
        ("Tibet and Xizang", {"Tibet": "西藏自治区", "Xizang": "西藏自治区"}),
        ("Lvliang", {"Lvliang": "吕梁市 吕梁地区"}),
        ("Lüliang City", {"Lüliang City": "吕梁市"}),
        (unicodedata.normalize("NFD", "Lüliang City"), {unicodedata.normalize("NFD", "Lüliang City"): "吕梁市"}),
        ("Luliang Prefecture", {"Luliang Prefecture": "吕梁市 吕梁地区"}),
        ("Lyuliang", {"Lyuliang": "吕梁市 吕梁地区"}),
        ("Hong Kong and Macau", {"Hong Kong": "香港特别行政区", "Macau": "澳门特别行政区"}),
        ("Hohhot, Urumqi, Lhasa", {"Hohhot": "呼和浩特市", "Urumqi": "乌鲁木齐市", "Lhasa": "拉萨市"}),
        ("Xi'an", {"Xi'an": "西安市"}),
        ("Lu’an", {"Lu’an": "六安市 六安地区"}),
        ("Bengbu, Changzhi and Luohe", {"Bengbu": "蚌埠市", "Changzhi": "长治市", "Luohe": "漯河市"}),
        ("Changsha", {"Changsha": "长沙市"}),
        ("Changsha County", {"Changsha County": "长沙县"}),
        ("Jilin", {"Jilin": "吉林省"}),
        ("Jilin City", {"Jilin City": "吉林市"}),
        ("Suzhou City", {"Suzhou City": "苏州市 宿州市"}),
        ("Guangxi Zhuang Autonomous Region", {"Guangxi Zhuang Autonomous Region": "广西壮族自治区"}),
        ("Xiangxi Tujia and Miao Autonomous Prefecture", {"Xiangxi Tujia and Miao Autonomous Prefecture": "湘西土家族苗族自治州"}),
        ("Sanjiang Dong Autonomous County", {"Sanjiang Dong Autonomous County": "三江侗族自治县"}),
        ("Heng, Hengnan and Hengdong counties", {"Heng": "横县", "Hengnan": "衡南县", "Hengdong counties": "衡东县"}),
        ("Heng County, Guangxi", {"Heng County": "横县", "Guangxi": "广西壮族自治区"}),
        ("Hunan and Guangxi provinces", {"Hunan": "湖南省", "Guangxi provinces": "广西壮族自治区"}),
        ("He County", {"He County": "和县 贺县"}),
        ("横县 and Hunan", {"Hunan": "湖南省"}),
    ],
)  # fmt: skip
def test_places_are_found(question: str, expected: dict[str, str]) -> None:
    found = {question[p.start : p.end]: set(p.candidates) for p in places_in_english(question, INDEX)}  # fmt: skip
    assert {text: found.get(text) for text in expected} == {
        text: set(names.split()) for text, names in expected.items()
    }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did County X spend?", {"County X": ("X县",)}),
        ("what did county X do", {"county X": ("X县",)}),
        ("X County's classes", {"X County": ("X县",)}),
        ("Is it true of City X?", {}),  # of another unit
        ("County x-rays", {}),
        ("Plan X of the county", {}),
    ],
)
def test_the_letters_of_a_masked_name_stand_before_or_behind_its_unit(
    question: str, expected: dict[str, tuple[str, ...]]
) -> None:
    index = romanised_index(["X县", "横县"])
    found = {question[p.start : p.end]: p.candidates for p in places_in_english(question, index)}
    assert found == expected


@pytest.mark.parametrize(
    "question",
    [
        "He said that she was long gone", "in which counties and cities", "the county", "Can county schools hire?",
        "hunan", "Heng", "ten million Yuan", "a Guide to Boxing", "Hunan Normal University", "Lean, mean", "横县 2018",
        "How many pupils dropped out of school?", "Double reduction", "", "'", "Counties", "Autonomous County",
        "per county", "each District", "Labour Education and Party Building in Boarding Schools",
    ],
)  # fmt: skip
def test_what_is_no_place(question: str) -> None:
    assert places_in_english(question, INDEX) == []


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("横县", "横"), ("湖南省", "湖南"), ("芷江侗族自治县", "芷江"), ("内蒙古自治区", "内蒙古"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"), ("恩施土家族苗族自治州", "恩施"), ("杭州", "杭州"),
        ("青禾县", "青禾"), ("本溪满族自治县", "本溪"), ("神农架林区", "神农架"), ("县", "县"), ("", ""),
    ],
)  # fmt: skip
def test_names_without_their_unit(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("stem", "spelling"),
    [
        ("长沙", "changsha"), ("长治", "changzhi"), ("长垣", "changyuan"), ("朝天", "chaotian"), ("丰都", "fengdu"), ("长子", "zhangzi"), ("朝阳", "chaoyang"),
        ("成都", "chengdu"), ("乐山", "leshan"), ("乐清", "yueqing"), ("乐亭", "laoting"),
        ("六安", "luan"), ("六枝", "liuzhi"), ("漯河", "luohe"), ("珲春", "hunchun"),
        ("涡阳", "guoyang"), ("洪洞", "hongtong"), ("蚌埠", "bengbu"), ("丽水", "lishui"),
        ("厦门", "xiamen"), ("郴州", "chenzhou"), ("荥阳", "xingyang"), ("荥经", "yingjing"),
        ("番禺", "panyu"), ("大埔", "dabu"), ("会泽", "huize"), ("宿州", "suzhou"),
        ("什邡", "shifang"), ("筠连", "junlian"), ("单", "shan"), ("曾都", "zengdu"),
        ("陕西", "shaanxi"), ("山西", "shanxi"), ("绿春", "lyuchun"), ("铅山", "yanshan"),
    ],
)  # fmt: skip
def test_how_names_are_read(stem: str, spelling: str) -> None:
    assert spelling in spellings_of(stem)


def test_every_division_is_found_by_its_spelling() -> None:
    english = {"县": "County", "市": "City", "区": "District", "省": "Province", "旗": "Banner"}
    lost = []
    for unit in units().values():
        word = english.get(unit.name[-1])
        if word and "自治" not in unit.name and not unit.name.endswith("地区"):
            for spelling in spellings_of(stem_of(unit.name)):
                question = f"schools in {spelling.title()} {word} in 2020"
                found = places_in_english(question, INDEX)
                if not any(unit.name in place.candidates for place in found):
                    lost.append((question, unit.name, found))
    assert lost == []


def test_the_index_is_built_once_and_then_fast() -> None:
    question = "How did Heng County in Guangxi reduce oversized classes, and what of Hunan? " * 100
    start = time.perf_counter()
    assert len(places_in_english(question, INDEX)) == 300
    assert time.perf_counter() - start < 1  # about 0.02 s


PIECES = st.sampled_from(["Heng", " ", "County", "counties", ",", "and", "'", "-", "Autonomous", "Lü", "\u0308", "横", "xian", "İ"])  # fmt: skip


@given(st.text(max_size=80) | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_places_in_order_and_no_error(question: str) -> None:
    end = 0
    for place in places_in_english(question, INDEX):
        assert end <= place.start < place.end <= len(question)
        assert place.candidates
        assert set(place.candidates) <= set(NAMES)
        end = place.end


@given(st.lists(st.text(max_size=8), max_size=5))
def test_any_names_can_be_indexed(names: list[str]) -> None:
    index = romanised_index(names)
    for name in names:
        places_in_english(name, index)
