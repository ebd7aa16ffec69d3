"""Where each value was read and how sure it is; cited numbers, doubts, and schools that write."""

from __future__ import annotations

import pytest
from conftest import DATA
from hypothesis import given
from hypothesis import strategies as st

from indexer.cited import cites_of, number_of
from indexer.clean import clean
from indexer.describe import FIELDS, SURE, describe
from indexer.records import Description, RawText, Reading
from indexer.words import LANGUAGES, load


def read(text: str, doc: str = "文件.txt", **front: str) -> tuple[Description, Reading]:
    return describe(RawText(text, front=tuple(front.items())), text, doc)


def origins(reading: Reading) -> dict[str, tuple[str, str]]:
    return {origin.field: (origin.where, origin.sure) for origin in reading.origins}


def test_each_value_says_where_it_was_read_and_how_sure_it_is() -> None:
    _, reading = read(
        "横县教育局2018年工作总结\n横教字〔2018〕9号\n2018年，我县完成任务。\n横县教育局\n2018年12月3日"
    )
    assert origins(reading) == {
        "title": ("first_lines", "medium"),
        "province": ("gazetteer", "high"),
        "city": ("gazetteer", "high"),
        "place": ("title", "high"),
        "level": ("gazetteer", "high"),
        "year": ("title", "high"),
        "kind": ("title", "high"),
        "issuer": ("title", "high"),
        "number": ("head", "high"),
        "date": ("signature", "high"),
    }
    assert reading.code == "450181"  # that of 横州市, its name since 2021


@pytest.mark.parametrize(
    ("text", "doc", "field", "where", "sure"),
    [
        ("总结\n2020年，我县", "湖南/怀化/芷江/总结.txt", "place", "path", "medium"),
        ("总结\n2020年，我县", "湖南/怀化/芷江/总结.txt", "province", "gazetteer", "medium"),
        ("工作总结\n2020年，我县", "总结.txt", "year", "opening", "medium"),
        ("工作总结\n我县", "2020/总结.txt", "year", "path", "medium"),
        ("工作总结\n2020年，我县", "总结.txt", "level", "own_words", "medium"),
        ("X县教育局总结\n2020年", "总结.txt", "level", "title", "high"),
        ("情况\n我县出台了《横县方案》", "总结.txt", "place", "own_documents", "medium"),
        ("各项工作顺利进行，现总结如下。", "甲.txt", "title", "file_name", "low"),
        ("各项工作顺利进行，现总结如下。", "甲.txt", "kind", "opening", "medium"),
    ],
)
def test_weaker_signs_are_named_as_such(
    text: str, doc: str, field: str, where: str, sure: str
) -> None:
    assert origins(read(text, doc)[1])[field] == (where, sure)


def test_front_matter_is_named_as_the_source() -> None:
    front = {"place": "寿宁县", "year": "2022", "kind": "汇编", "level": "县"}
    description, reading = read("2023年总结\n2023年，我县", **front)
    told = origins(reading)
    assert {told[field] for field in front} == {("front", "high")}
    assert told["city"] == ("gazetteer", "high")
    assert description.city == "宁德市"
    assert reading.code == "350924"
    assert reading.doubts == ()  # whoever stated the year has looked


@pytest.mark.parametrize(
    ("front", "code"),
    [
        ({"place": "白榆县", "province": "岱原省"}, None),
        ({"place": "东城区", "province": "岱原省"}, None),
        ({"place": "鼓楼区"}, None),
        ({"place": "鼓楼区", "city": "南京市"}, "320106"),
        ({"place": "横县", "fictional": "true"}, None),
        ({"place": "株洲市"}, "430200"),
        ({"place": "湖南省"}, "430000"),
    ],
)
def test_a_code_is_given_only_where_the_place_is_certain(
    front: dict[str, str], code: str | None
) -> None:
    assert read("总结\n正文。", **front)[1].code == code


@given(
    st.lists(
        st.sampled_from(
            [
                "2023年",
                "我县",
                "横县教育局",
                "X县",
                "总结",
                "〔2016〕10号",
                "\n",
                "发",
                "2024-01-05",
            ]
        )
    )
)
def test_every_known_value_has_an_origin_and_no_other(parts: list[str]) -> None:
    description, reading = read("".join(parts))
    known = {field for field in FIELDS if getattr(description, field) is not None}
    assert set(origins(reading)) == known
    assert {sure for _, sure in origins(reading).values()} <= {"high", "medium", "low"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_origin_has_words(language: str) -> None:
    words = load(language)
    assert {f"origin.{where}" for where in SURE if where != "corrected"} <= words.keys()
    assert {f"sure.{sure}" for sure in SURE.values()} <= words.keys()
    assert {f"field.{field}" for field in FIELDS} <= words.keys()


# Schools ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("长沙路小学2022年工作总结\n2022年，我校", "校"),
        ("横县第一中学关于2021年工作的报告\n2021年", "校"),
        ("X县实验小学2023年工作总结\n2023年", "校"),
        ("2022年工作总结\n2022年，我校坚持立德树人。我校现有教师。", "校"),
        ("横县教育局关于幼儿园2022年检查的通报\n2022年", "县"),
        ("横县中小学校2023年招生方案\n我县", "县"),
        ("横县乡村小规模学校2023年情况报告\n我县", "县"),
        ("2023年工作总结\n我县各校都说“我校最美”。我县", "县"),
    ],
)
def test_the_level_is_the_schools_where_a_school_writes(text: str, level: str) -> None:
    description, reading = read(text)
    assert description.level in (level, None) if level == "县" else description.level == level
    if level == "校":
        assert origins(reading)["level"][0] in ("title", "opening")


# Cited numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("根据《方案》（横政办发〔2016〕10号）要求", ["横政办发〔2016〕10号"]),
        (
            "按照国办发[2018]27号和桂教基（2019） 3号文件精神",
            ["国办发〔2018〕27号", "桂教基〔2019〕3号"],
        ),
        ("认真落实中发【2019】26号", ["中发〔2019〕26号"]),
        ("见教督函〔2017〕8号、教督函〔2017〕8号", ["教督函〔2017〕8号"]),
        ("二〇二一年印发第10号", []),
        ("全县（2016）10号楼竣工", []),
        ("经县政府同意，依据湘教通〔2020〕第15号执行", ["湘教通〔2020〕第15号"]),
        ("合同甲乙丙〔2020〕1号", []),
    ],
)
def test_cited_numbers_are_found_without_what_stands_before(text: str, numbers: list[str]) -> None:
    assert list(cites_of(text, None)) == numbers


def test_the_own_number_is_not_cited() -> None:
    text = "通知\n青教字[2022] 8号\n根据青教字〔2022〕8号和青政发〔2021〕1号\n"
    assert number_of(text.split("\n")) == "青教字[2022]8号"
    assert read(text)[1].cites == ("青政发〔2021〕1号",)


# Doubts ----------------------------------------------------------------------------------------

BODY = "2021年新建学校三所。2021年招聘教师。"


@pytest.mark.parametrize(
    ("text", "doc", "doubts"),
    [
        # after the manner of seed 002: the site's title, the report's own first words
        ("2024年教育局上半年工作总结\n2021年上半年，全市完成任务。", "", ["year_title_body:2024:2021"]),
        ("2025年工作总结（通用5篇）\n2022年，全县教育系统", "", ["year_title_body:2025:2022"]),
        # the year of the title stands nowhere in the text
        (f"2024年教育情况报告\n一、成效\n{BODY}2021年底", "", []),  # told twice
        (f"2024年教育情况报告\n一、成效\n{BODY}2021年全年", "", ["year_title_body:2024:2021"]),
        (f"2024年教育工作要点\n{BODY}2021年全年", "", ["year_title_body:2024:2021"]),
        # and all is well
        (f"2021年教育情况报告\n{BODY}2021年全年", "", []),
        ("2024年教育工作要点\n2023年，2023年，2023年成效显著。", "", []),
        (f"2019—2021年情况报告\n{BODY}2021年全年", "", []),
        ("2024年教育工作总结\n到2025年，2025年底，2025年以来", "", []),
        # dates, signatures, folders
        ("2024年情况报告\n2024年\n横县教育局\n2023年1月5日", "", ["year_after_date:2024:2023-01-05"]),
        ("2024年工作要点\n2024年\n横县教育局\n2023年12月5日", "", []),
        ("横县2023年情况报告\n2023年\n宾阳县教育局\n2023年12月5日", "",
         ["place_title_signature:横州市:宾阳县"]),
        ("横县2023年情况报告\n2023年\n横州市教育局\n2023年12月5日", "", []),
        ("横县2023年情况报告\n2023年", "广西/南宁/宾阳县/报告.txt", ["place_path:横州市:宾阳县"]),
        ("横县2023年情况报告\n2023年", "广西/南宁/横州市/报告.txt", []),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_doubted(text: str, doc: str, doubts: list[str]) -> None:
    assert list(read(text, doc or "文件.txt")[1].doubts) == doubts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_doubt_has_words(language: str) -> None:
    names = ("year_title_body", "year_after_date", "place_title_signature", "place_path")
    assert all("{a}" in load(language)[f"doubt.{name}"] for name in names)


@pytest.mark.parametrize(
    ("seed", "doubts", "cites", "code"),
    [
        ("000", (), 2, None),
        ("001", (), 1, "450181"),
        ("002", ("year_title_body:2024:2015",), 0, "430200"),
        ("003", (), 0, None),
        ("004", (), 0, "431228"),
    ],
)
def test_the_seeds_are_doubted_where_they_should_be(
    seed: str, doubts: tuple[str, ...], cites: int, code: str | None
) -> None:
    if not (DATA / "seeds").is_dir():
        pytest.skip(f"no seed documents in {DATA}")
    (path,) = (DATA / "seeds").glob(f"{seed}_*.txt")
    text = clean(path.read_text(encoding="utf-8")).text
    _, reading = read(text, path.name)
    assert (reading.doubts, len(reading.cites), reading.code) == (doubts, cites, code)
