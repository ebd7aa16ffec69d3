"""Years that texts name and questions ask for; numbers of documents, which are no years."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.numbers import find_numbers, plain_number
from indexer.years import read_years, years_named, years_told

TODAY = date(2024, 6, 1)


def asked(question: str) -> list[int]:
    return [year for each in read_years(question, TODAY) for year in each.years]


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2016年大班额比例", [2016]),
        ("大班额 2016", [2016]),
        ("2016年底", [2016]),
        ("2018学年", [2018]),
        ("二〇一八年", [2018]),
        ("二零一八年", [2018]),
        ("2018、2019年", [2018, 2019]),
        ("2018年和2020年", [2018, 2020]),
        ("2019—2021年", [2019, 2020, 2021]),
        ("2019-2021", [2019, 2020, 2021]),
        ("2019至2021年", [2019, 2020, 2021]),
        ("从2019年到2021年", [2019, 2020, 2021]),
        ("2018—2019学年", [2018, 2019]),
        ("去年", [2023]),
        ("前年", [2022]),
        ("大前年", [2021]),
        ("今年", [2024]),
        ("明年", [2025]),
        ("上年度", [2023]),
        ("近三年", [2022, 2023, 2024]),
        ("最近两年来", [2023, 2024]),
        ("过去5年", [2020, 2021, 2022, 2023, 2024]),
        ("十四五", [2021, 2022, 2023, 2024, 2025]),
        ("“十三五”期间", [2016, 2017, 2018, 2019, 2020]),
        ("十四五末", [2025]),
        ("2021年以来", [2021, 2022, 2023, 2024]),
        ("自2022年起", [2022, 2023, 2024]),
        ("2021至今", [2021, 2022, 2023, 2024]),
        ("Heng county in 2018?", [2018]),
        ("in 2016.", [2016]),
        ("2019 and 2021", [2019, 2021]),
        ("between 2019 and 2021", [2019, 2020, 2021]),
        ("from 2019 to 2021", [2019, 2020, 2021]),
        ("since 2022", [2022, 2023, 2024]),
        ("last year", [2023]),
        ("the year before last", [2022]),
        ("over the past three years", [2022, 2023, 2024]),
        ("the 14th Five-Year Plan", [2021, 2022, 2023, 2024, 2025]),
    ],
)
def test_years_a_question_asks_for(question: str, years: list[int]) -> None:
    assert asked(question) == years


NO_YEARS = [
    "横政办发〔2016〕10号",
    "横政办发[2016]10号",
    "2016个班",
    "2016人",
    "2000名教师",
    "2000多名教师",
    "2000余人",
    "1980套周转房",
    "2000平方米",
    "2000元",
    "2000 yuan",
    "2016 students",
    "2000 pupils",
    "12016",
    "20162017",
    "2016.5",
    "2016级学生",
    "GB2018",
    "2050年",
    "1949年",
    "10年",
    "近年来",
    "近几年",
    "百分之十五降到百分之九",
]


@pytest.mark.parametrize("question", NO_YEARS)
def test_what_is_no_year_in_a_question(question: str) -> None:
    assert asked(question) == []


@pytest.mark.parametrize("text", NO_YEARS[:-3])
def test_what_is_no_year_in_a_text(text: str) -> None:
    assert years_named(f"关于{text}的说明") == ()


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2016年全县大班额比例21.23%，2018年降至8.52%。", (2016, 2018)),
        ("2019—2021年三年间", (2019, 2021)),
        ("2018、2019年分别为3所和5所", (2018, 2019)),
        ("二〇一八年度", (2018,)),
        ("指标：比例，2021年：15.0%", (2021,)),
        ("年份：2021", (2021,)),
        ("2018—2019学年", (2018, 2019)),
        ("去年新建学校三所", ()),
    ],
)
def test_years_a_text_names(text: str, years: tuple[int, ...]) -> None:
    assert years_named(text) == years


@given(st.integers(1950, 2049), st.sampled_from(["{}年", "{}年度", "到{}年底", "，{}年，", "{}"]))
def test_every_year_is_read_and_named(year: int, form: str) -> None:
    text = form.format(year)
    assert asked(text) == [year]
    assert years_named(text) == (year,)


@given(st.text(st.sampled_from("0123456789年月至—-十四五近三去自以来和 人个.,〔〕号"), max_size=25))
def test_what_is_read_stands_apart_and_in_order(question: str) -> None:
    found = read_years(question, TODAY)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert all(0 <= each.start < each.end <= len(question) and each.years for each in found)
    assert all(1950 <= year <= 2049 for year in years_named(question))


# Numbers of documents


@pytest.mark.parametrize(
    "written",
    [
        "横政办发〔2016〕10号",
        "横政办发[2016]10号",
        "横政办发［2016］10号",
        "横政办发（2016）10号",
        "横政办发(2016)10号",
        "横政办发【2016】10号",
        "横政办发﹝2016﹞10号",
        "横政办发[2016] 第10号",
        "横政办发 〔2016〕 010号",
        "查找横政办发〔2016〕10号",
        "请问横政办发〔2016〕10号讲了什么",
        "根据横政办发〔2016〕10号的要求",
    ],
)
def test_a_number_in_all_its_writings(written: str) -> None:
    ((start, end, number),) = find_numbers(written)
    assert number == "横政办发〔2016〕10号"
    assert written[start:end].rstrip().endswith("10号")


@pytest.mark.parametrize(
    "text", ["2016年10号", "第10号", "〔2016〕10号", "横县〔2016〕", "10号楼", ""]
)
def test_what_is_no_number_of_a_document(text: str) -> None:
    assert find_numbers(text) == []


def test_several_numbers() -> None:
    found = find_numbers("根据横政办发〔2016〕10号和青教〔2020〕3号、云教发[2021]7号")
    assert [number for _, _, number in found] == [
        "横政办发〔2016〕10号",
        "青教〔2020〕3号",
        "云教发〔2021〕7号",
    ]


@given(st.text(max_size=30))
def test_one_writing_stays_as_it_is(text: str) -> None:
    assert all(plain_number(number) == number for _, _, number in find_numbers(text))


@given(
    st.sampled_from(["横政办发", "青教", "和政教发"]),
    st.integers(1950, 2049),
    st.integers(1, 999),
    st.sampled_from(["〔〕", "[]", "（）", "()", "【】", "［］", "﹝﹞"]),
)
def test_any_number_is_found_in_any_brackets(
    issuer: str, year: int, count: int, brackets: str
) -> None:
    ((_, _, number),) = find_numbers(f"{issuer}{brackets[0]}{year}{brackets[1]}第{count}号")
    assert number == f"{issuer}〔{year}〕{count}号"


@pytest.mark.parametrize(
    ("text", "year", "told"),
    [
        ("全年交流205人，比上年的186人增加19人。", 2023, {2022}),
        ("较去年提高2个百分点", 2023, {2022}),
        ("上一年为12%", 2023, {2022}),
        ("上学年为12%", 2023, {2022}),
        ("2021年为9%，比上年下降1个百分点", 2023, {2021, 2022}),
        ("比上年的186人增加19人", None, set()),
        ("公办园在园幼儿占比54.3%，均比上年有提高。", 2023, set()),  # how it was is not told
        ("较上年稳步提升；由上年的12%降至9%", 2023, {2022}),
        ("比上年增加两所", 2023, {2022}),
        ("今年为9%", 2023, set()),
        ("近年来稳步上升", 2023, set()),
        ("2021年为9%", None, {2021}),
    ],
)
def test_which_years_a_sentence_tells_of(text: str, year: int | None, told: set[int]) -> None:
    assert years_told(text, year) == told
