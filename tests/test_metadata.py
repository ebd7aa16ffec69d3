"""What describe reads, against labelled cases.

The cases were written, after the manner of real documents, by somebody who had not seen the code.
Of these the held-out third was not to be tuned on. The seeds are named by file only.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA

from indexer.describe import describe, kind_of
from indexer.places import resolve
from indexer.records import Description, RawText

CASES = Path(__file__).parent / "data" / "metadata_cases.jsonl"
FLOORS = {"tune": (0.99, 0.99, 0.99), "held-out": (0.95, 0.95, 0.90)}
MASKED = re.compile(r"[XxＸ×某*＊A-Z]{1,3}(?:自治)?[省市县区州旗]")


def load(split: str) -> list[dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["split"] == split]


def described(case: dict[str, Any]) -> Description:
    front = tuple((key, str(value)) for key, value in case["front"].items())
    text = f"{case['title']}\n{case['opening']}"
    return describe(RawText(text, front=front), text, case["file"])[0]


def today(found: Description) -> str | None:
    """The place by its name of today: a document of 横县 is of 横州市."""
    above = f"{found.province or ''} {found.city or ''}"
    return found.place and (resolve(found.place, above).name or found.place)


def right(case: dict[str, Any]) -> tuple[bool, bool, bool]:
    """Whether the place (with those above it), the year and the kind are right."""
    found, expected = described(case), case["expect"]
    place = (today(found), found.province, found.city)
    return (
        place == (expected["place"], expected["province"], expected["city"]),
        found.year == expected["year"],
        found.kind == expected["kind"],
    )


@pytest.mark.parametrize("split", ["tune", "held-out"])
def test_places_years_and_kinds_are_read(split: str, capsys: pytest.CaptureFixture[str]) -> None:
    cases = load(split)
    shares = [sum(column) / len(cases) for column in zip(*map(right, cases), strict=True)]
    with capsys.disabled():
        print(f"\n{split}: {len(cases)} cases, place {shares[0]:.1%}, "
              f"year {shares[1]:.1%}, kind {shares[2]:.1%}")  # fmt: skip
    assert all(share >= floor for share, floor in zip(shares, FLOORS[split], strict=True)), shares


@pytest.mark.parametrize("split", ["tune", "held-out"])
def test_no_anonymised_place_is_given_a_name(split: str) -> None:
    unnamed = [case for case in load(split) if case["expect"]["place"] is None]
    assert len(unnamed) > 5
    assert [case["id"] for case in unnamed if described(case).place] == []


SEEDS = [
    ("000", None, None, None, "县", 2024, "情况报告"),
    ("001", "横县", "南宁市", "广西壮族自治区", "县", 2018, "情况报告"),
    ("002", "株洲市", "株洲市", "湖南省", "市", 2015, "工作总结"),
    ("003", None, None, None, "市", 2024, "工作要点"),
    ("004", "芷江侗族自治县", "怀化市", "湖南省", "县", 2023, "工作总结"),
]


@pytest.mark.parametrize(("seed", "place", "city", "province", "level", "year", "kind"), SEEDS)
def test_the_seeds_are_described(
    seed: str, place: str | None, city: str | None, province: str | None,
    level: str, year: int, kind: str,
) -> None:  # fmt: skip
    if not (DATA / "seeds").is_dir():
        pytest.skip(f"no seed documents in {DATA}")
    (path,) = (DATA / "seeds").glob(f"{seed}_*.txt")
    text = path.read_text(encoding="utf-8")
    found = describe(RawText(text), text, path.name)[0]
    assert (found.place, found.city, found.province) == (place, city, province)
    assert (found.level, found.year, found.kind) == (level, year, kind)


def test_front_matter_is_believed_and_completed() -> None:
    text = "2023年教育工作总结\n2023年，长沙市教育局圆满完成任务。"
    front = (("place", "寿宁县"), ("year", "2022"), ("kind", "汇编"))
    found = describe(RawText(text, front=front), text, "湖南/长沙/总结.txt")[0]
    assert (found.place, found.city, found.province) == ("寿宁县", "宁德市", "福建省")
    assert (found.level, found.year, found.kind) == ("县", 2022, "汇编")
    fictional = (("place", "白榆县"), ("province", "岱原省"), ("level", "县"))
    found = describe(RawText(text, front=fictional), text, "总结.txt")[0]
    assert (found.place, found.city, found.province) == ("白榆县", None, "岱原省")


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("2023年总结\n2023年，我县与株洲市石峰区结对。\n长沙市教育局选派名师到我县。", "", None),
        ("X县教育局2023年工作总结\n2023年，我县", "湖南/怀化/芷江/总结.txt", None),
        ("教育工作总结\n长沙市教育局：\n现将我县2023年工作汇报如下。", "", None),
        ("H省Z市C县教育局2022年工作总结\n2022年，我县", "", None),
        ("教育局2024年总结\n2024年，X县教育局\n来源：长沙市教育局", "", None),
        ("2023年全市总结\n各单位\n附件：受检单位\n芦淞区教育局\n天元区教育局", "", None),
        ("县教育局2023年总结\n我县学习《长沙县方案》，借鉴《长沙县办法》", "", None),
        ("凤凰小学2022年工作总结\n2022年，我校", "", None),
        ("教育局2023年工作总结\n2023年，全县教育系统", "湖南/株洲/总结.txt", None),
        ("教育局2023年工作总结\n2023年，全市教育系统", "湖南/株洲/总结.txt", "株洲市"),
        ("工作总结\n我县出台了《横县实施方案》（横政办发〔2016〕10号）", "", "横县"),
        ("2023年南县教育工作总结\n2023年", "", "南县"),
        ("中共株洲市委教育工作领导小组2023年工作要点\n", "", "株洲市"),
        ("湖南省2023年义务教育均衡发展情况\n我省", "", "湖南省"),
        ("长沙市雨花区教育局与泸溪县结对帮扶工作总结\n2022年", "", "雨花区"),
    ],
)
def test_only_the_writers_own_place_counts(text: str, path: str, place: str | None) -> None:
    assert describe(RawText(text), text, path or "总结.txt")[0].place == place


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024年教育工作要点\n2023年，全市教育系统成效显著。", 2024),
        ("2024年工作总结\n2015年上半年，全市教育系统稳步推进。", 2015),
        ("二〇二一年教育工作总结\n今年以来，", 2021),
        ("2022-2023学年第一学期工作计划\n本学期", 2022),
        ("2021年以来控辍保学情况报告\n2021年以来，我县", None),
        ("三年行动计划（2022—2024年）\n到2024年，", None),
        ("工作总结\n各项任务完成。\n2024年1月5日", 2023),
        ("关于做好开学工作的通知\n县教字〔2022〕8号\n确保2025年达标。", 2022),
    ],
)
def test_the_year_is_the_one_spoken_of(text: str, year: int | None) -> None:
    assert describe(RawText(text), text, "文件.txt")[0].year == year


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于加强教师队伍建设的实施意见", "意见"),
        ("校外培训机构管理办法（试行）", "办法"),
        ("关于2022年工作总结和2023年工作计划的报告", "工作总结"),
        ("督导评估自评报告", "情况报告"),
        ("教育事业发展统计公报", "公报"),
        ("关于落实双减意见的通知", "通知"),
        ("关于印发《防溺水工作方案（试行）》的通知", "实施方案"),
        ("在全县教育工作会议上的讲话提纲", "讲话"),
        ("先进事迹材料", "经验材料"),
        ("教育强县三年行动计划", "实施方案"),
        ("半年工作小结", "工作总结"),
        ("经验做法的学习体会及2023年工作安排", "工作计划"),
        ("关于做好2022年工作总结的通知", "通知"),
        ("家长学校", None),
    ],
)
def test_kinds_are_read_from_titles(title: str, kind: str | None) -> None:
    assert kind_of(title, []) == kind
