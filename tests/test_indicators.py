"""Indicators: what figures are of, against the true figures of the sample library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import DATA
from indicator_truth import HELD_OUT, SORTS, Key, counts, held_out, keys_of, listed, truth

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.describe import describe
from indexer.errors import RequestProblem
from indexer.indicators import (
    Entry,
    Point,
    Reader,
    entries_of,
    load_indicators,
    named,
    outcomes_of,
    shipped,
)
from indexer.library import Library
from indexer.paragraphs import ReadDocument
from indexer.read import read_file
from indexer.records import ChunkText, Description, DocumentText

COUNTY, CITY = "青禾县", "清汀市"


def document(text: str, place: str | None = COUNTY, year: int = 2023, **about: str) -> ReadDocument:
    described = Description(
        title=about.get("title", "工作总结"),
        province="澜川省",
        city=CITY,
        place=place,
        level="县" if place else "市",
        year=year,
        kind=about.get("kind", "工作总结"),
    )
    heading = (about["heading"],) if "heading" in about else ()
    doc = about.get("doc", f"{place}/{year}.txt")
    return ReadDocument(DocumentText(doc, described, (), (ChunkText(0, heading, text, None),)))


def points(*documents: ReadDocument, name: str | None = None) -> list[Point]:
    wanted = [name] if name else [each.name for each in shipped()]
    reader = Reader(shipped(), wanted, {COUNTY, CITY, "石坪县"})
    return [point for each in documents for point in reader.points(each)]


def told(text: str, **about: str) -> list[tuple[str, str, str, int | None, str]]:
    """Indicator, part, text, year and sort of each figure of a text."""
    return [
        (p.indicator, p.part, p.figure.text, p.year, p.figure.sort)
        for p in points(document(text, **about))
    ]


CASES = [
    # The look-alikes that must not be mixed.
    (
        "大班额93个，占6.8%，超大班额9个。",
        [
            ("大班额班数", "", "93个", 2023, "value"),
            ("大班额比例", "", "6.8%", 2023, "value"),
            ("超大班额班数", "", "9个", 2023, "value"),
        ],
    ),
    (
        "课后服务覆盖率100%，学生参与率90.4%。",
        [
            ("课后服务覆盖率", "", "100%", 2023, "value"),
            ("课后服务参与率", "", "90.4%", 2023, "value"),
        ],
    ),
    (
        "教育经费投入9.68亿元，其中一般公共预算教育支出7.2亿元。",
        [
            ("教育经费投入", "", "9.68亿元", 2023, "value"),
            ("一般公共预算教育支出", "", "7.2亿元", 2023, "value"),
        ],
    ),
    # Parts of the whole.
    (
        "其中小学大班额58个、初中大班额35个。",
        [
            ("大班额班数", "小学", "58个", 2023, "value"),
            ("大班额班数", "初中", "35个", 2023, "value"),
        ],
    ),
    (
        "248个大班额中有231个在县城，占93.1%。",
        [
            ("大班额班数", "", "248个", 2023, "value"),
            ("大班额班数", "其中县城", "231个", 2023, "value"),
        ],
    ),
    ("县城268个大班额。", [("大班额班数", "县城", "268个", 2023, "value")]),
    ("三年累计新增学位7930个。", [("新增学位", "累计", "7930个", 2023, "value")]),
    # Targets, changes, other years.
    (
        "大班额比例由2022年的13.0%降至6.8%，下降6.2个百分点。",
        [
            ("大班额比例", "", "13.0%", 2022, "value"),
            ("大班额比例", "", "6.8%", 2023, "value"),
            ("大班额比例", "", "6.2个百分点", 2023, "change"),
        ],
    ),
    (
        "2024年，力争九年义务教育巩固率达到97.5%。",
        [("九年义务教育巩固率", "", "97.5%", 2024, "target")],
    ),
    # How far from a goal or an average is no change over the years.
    (
        "课后服务参与率93.2%，超出目标3.2个百分点。",
        [("课后服务参与率", "", "93.2%", 2023, "value")],
    ),
    # A limit for others and a rate for each.
    ("大班额比例超过15%的县有14个。", []),
    ("每新增1个学位补助8000元。", []),
    # Nought in words.
    ("66人以上超大班额全部清零。", [("超大班额班数", "", "全部清零", 2023, "value")]),
    # Words that are an indicator's only in its company.
    ("家长参与率90%。", []),
    ("改造学校食堂6所。", []),
    # Outside what is plausible.
    ("大班额比例1300%。", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_figure_is_of(text: str, expected: list[tuple[str, ...]]) -> None:
    assert told(text) == expected


def test_a_table_that_names_its_indicators_in_a_column() -> None:
    text = "1，指标：大班额比例，2023年目标：降至14%以内，责任股室：基教股\n"
    assert told(text) == [("大班额比例", "", "14%", 2023, "target")]


def test_a_bracketed_line_heads_what_follows() -> None:
    text = "【2024年打算】\n大班额比例控制在10%以内，新增学位2700个。\n"
    assert [(f, y, s) for _, _, f, y, s in told(text)] == [
        ("10%", 2024, "target"),
        ("2700个", 2024, "target"),
    ]


def test_a_citys_document_gives_the_counties_their_own() -> None:
    text = "全市大班额414个，占17.0%。其中青禾县57个，占6.4%；石坪县357个，占23.1%。"
    found = points(document(text, place=None), name="大班额比例")
    assert [(p.place, p.figure.text, p.above) for p in found] == [
        (CITY, "17.0%", False),
        (COUNTY, "6.4%", True),
        ("石坪县", "23.1%", True),
    ]


def test_a_place_that_is_only_mentioned_is_not_what_a_figure_is_of() -> None:
    text = "营养改善计划覆盖青禾县全域，受益学生4.46万人。"
    (point,) = points(document(text, place=None), name="营养餐受益学生")
    assert point.place == CITY


# Series, contradictions, plans ---------------------------------------------------------------------


def entry(*documents: ReadDocument, name: str = "大班额比例", year: int = 2023) -> Entry:
    (found,) = [e for e in entries_of(points(*documents, name=name)) if e.year == year]
    return found


def test_documents_that_disagree_are_flagged() -> None:
    one = document("大班额比例6.8%。", doc="a")
    assert not entry(one, document("大班额比例6.8%。", doc="b")).contradicted
    assert not entry(one, document("大班额比例7%。", doc="b")).contradicted  # rounded
    assert entry(one, document("大班额比例8.2%。", doc="b")).contradicted
    assert not entry(one, document("大班额比例不到7%。", doc="b")).contradicted


def test_a_plan_and_its_draft_may_disagree() -> None:
    text = "2024年大班额比例控制在{}以内。"
    final = document(text.format("3%"), kind="实施方案", doc="方案.txt")
    draft = document(text.format("4%"), kind="实施方案", doc="方案（征求意见稿）.txt")
    found = entry(draft, final, year=2024)
    assert found.disputed and found.value is None
    assert [point.doc for point in found.targets] == ["方案.txt", "方案（征求意见稿）.txt"]


PLAN = "大班额比例控制在14%以内，新招聘教师220名，九年义务教育巩固率达到96.7%以上，新增学位3000个。"


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        ("大班额比例13.0%。", "met"),
        ("大班额比例14.2%。", "not_met"),
        ("大班额比例约14%。", "unclear"),
        ("校车15辆。", "not_reported"),
        (None, "no_report"),
    ],
)
def test_a_target_beside_what_is_reported(report: str | None, verdict: str) -> None:
    plan = document(PLAN, kind="工作要点", doc="要点.txt")
    documents = [plan] + ([document(report, doc="总结.txt")] if report else [])
    found = outcomes_of(points(*documents), shipped(), {(COUNTY, 2023)} if report else ())
    (outcome,) = [each for each in found if each.indicator.name == "大班额比例"]
    assert outcome.verdict == verdict
    assert [point.figure.text for point in outcome.targets] == ["14%"]


def test_what_a_plan_says_of_its_own_year_is_no_result() -> None:
    plan = document("目前大班额比例13%，年底控制在12%以内。", kind="工作要点")
    (outcome,) = outcomes_of(points(plan, name="大班额比例"), shipped(), ())
    assert (outcome.verdict, outcome.results) == ("no_report", ())


# A library's own ------------------------------------------------------------------------------------


def own(folder: Path, **files: str) -> Path:
    (folder / "_library").mkdir()
    for name, text in files.items():
        path = folder / "_library" / f"indicators.{name}"
        path.write_text(text, encoding="utf-8")
    return folder


def test_indicators_of_ones_own(tmp_path: Path) -> None:
    sheet = "名称,单位,写法,最小值,最大值\n劳动基地数,个,劳动实践基地|劳动教育基地,0,500\n"
    table = '[[indicator]]\nname = "大班额比例"\nunit = "%"\nforms = ["大额率"]\n'
    known, problems = load_indicators(own(tmp_path, csv=sheet, toml=table))
    assert not problems
    added = named(known, "劳动基地数")
    assert {form.text for form in added.forms} == {"劳动基地数", "劳动实践基地", "劳动教育基地"}
    assert (added.low, added.high, added.unit) == (0, 500, "个")
    assert "大额率" in {form.text for form in named(known, "大班额比例").forms}
    reader = Reader(known, [added.name], {COUNTY})
    (point,) = reader.points(document("建成劳动教育基地12个。"))
    assert point.figure.value == Decimal(12)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("csv", "无单位,,写法\n", "indicator_row"),
        ("csv", "反了,个,写法,9,1\n", "indicator_row"),
        ("csv", "不是数,个,写法,甲,乙\n", "indicator_row"),
        ("toml", '[[indicator]]\nname = "x"\n', "indicator_row"),
        ("toml", "[[indicator\n", "indicator_table"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_is_used(
    tmp_path: Path, kind: str, text: str, code: str
) -> None:
    known, problems = load_indicators(own(tmp_path, **{kind: text}))
    assert [problem.code for problem in problems] == [code]
    assert {each.name for each in known} == {each.name for each in shipped()}


def test_what_is_shipped_is_whole() -> None:
    names = [each.name for each in shipped()]
    assert len(names) >= 35 and len(set(names)) == len(names)
    assert all(each.english != each.name and each.forms for each in shipped())


def test_an_unknown_indicator_is_told() -> None:
    with pytest.raises(RequestProblem) as problem:
        named(shipped(), "无此指标")
    assert problem.value.code == "no_indicator"


# The sample library ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read(light_sample_library: Library) -> tuple[Point, ...]:
    return light_sample_library.indicator(sorted({key.indicator for key in truth()}))


def measured(read: tuple[Point, ...], held: bool | None) -> dict[str, tuple[float, float]]:
    """Precision and recall by sort, and of all."""
    true = {key for key in truth() if held in (None, held_out(key.file))}
    found = listed(keys_of(p for p in read if held in (None, held_out(p.doc))), true)
    counted = counts(found, true)
    result: dict[str, tuple[float, float]] = {}
    for name, sorts in (*((sort, (sort,)) for sort in SORTS), ("all", SORTS)):
        right, given, whole = (
            sum(counted[sort, what] for sort in sorts) for what in ("right", "given", "true")
        )
        result[name] = right / given, right / whole
    return result


@pytest.mark.parametrize(
    ("sort", "precision", "recall"),
    [("value", 0.97, 0.88), ("target", 0.94, 0.84), ("change", 0.93, 0.89), ("all", 0.965, 0.88)],
)
def test_floors_of_precision_and_recall(
    read: tuple[Point, ...], sort: str, precision: float, recall: float
) -> None:
    found = measured(read, None)[sort]
    print(f"{sort}: precision {found[0]:.3f}, recall {found[1]:.3f}")
    assert found[0] >= precision
    assert found[1] >= recall


def test_both_halves_of_the_places_are_there() -> None:
    halves = {held_out(key.file) for key in truth()}
    assert halves == {True, False} and HELD_OUT


def test_nothing_else_stands_as_the_value_of_a_year(read: tuple[Point, ...]) -> None:
    true = truth()
    by_figure: dict[tuple[object, ...], list[Key]] = {}
    for key in true:
        by_figure.setdefault((key.file, key.indicator, key.value, key.unit), []).append(key)
    wrong = [
        (key, point.sentence)
        for key, point in keys_of(read).items()
        if key.sort == "value" and not key.part and key not in true
        for same in [by_figure.get((key.file, key.indicator, key.value, key.unit), [])]
        if same and all((k.sort, k.year, k.part) != ("value", key.year, False) for k in same)
    ]
    assert wrong == []


def test_every_point_is_the_text_at_its_offsets(
    light_sample_library: Library, read: tuple[Point, ...]
) -> None:
    texts = {
        doc: light_sample_library.document(doc).text
        for doc, _, _ in light_sample_library.documents()
    }
    for point in read:
        text, figure = texts[point.doc], point.figure
        assert text[figure.start : figure.end] == figure.text
        assert text[point.start : point.end] == point.sentence
        assert point.start <= figure.start and figure.end <= point.end
    assert len(read) > 1000


def reports() -> Iterator[Path]:
    yield from sorted((DATA / "reports").glob("*.txt"))


@pytest.mark.skipif(not (DATA / "reports").is_dir(), reason=f"no reports in {DATA}")
def test_figures_of_long_reports_are_the_text_at_their_offsets() -> None:
    names = [each.name for each in shipped()]
    figures = stated = 0
    for path in reports():
        raw = read_file(path)
        cleaned = clean(raw.text)
        chunks = tuple(
            ChunkText(each.start, each.heading, each.text, each.page)
            for each in chunk(cleaned.text, len, 100_000)
        )
        description, _ = describe(raw, cleaned.text, path.name)
        about = replace(description, place="某县")
        found = ReadDocument(DocumentText(path.name, about, cleaned.damaged, chunks))
        for paragraph in found.paragraphs:
            start, end = paragraph.start, paragraph.start + len(paragraph.text)
            assert cleaned.text[start:end] == paragraph.text
            for figure in found.figures(paragraph):
                assert cleaned.text[figure.start : figure.end] == figure.text
                figures += 1
        for point in Reader(shipped(), names, ()).points(found):
            assert cleaned.text[point.figure.start : point.figure.end] == point.figure.text
            stated += 1
    assert figures > 1000 and stated > 10
    print(f"{figures} figures, {stated} of indicators")
