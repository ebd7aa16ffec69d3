"""What people put right: it wins, survives renaming, can be undone, and costs no embedding."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Write
from hypothesis import given
from hypothesis import strategies as st
from light_encoder import LightEncoder

from indexer.build import build
from indexer.corrections import (
    FILE_NAME,
    apply,
    changed,
    checked,
    correction_of,
    load_corrections,
    save_correction,
    text_of,
)
from indexer.describe import FIELDS, describe
from indexer.errors import FileProblem, RequestProblem
from indexer.library import Library
from indexer.records import BuildReport, Description, Filters, Holding, RawText, Reading
from indexer.tables import plain_cell, read_table, text_cell, write_table

A, B = "a" * 64, "b" * 64
TEXT = "横县教育局2018年工作总结\n2018年，我县新建学校三所，大班额比例下降。\n食堂统一采购。\n"
OTHER = "柳桥县教育局2020年工作总结\n2020年，我县招聘教师六十名。\n"


def as_read(text: str = TEXT, doc: str = "总结.txt") -> tuple[Description, Reading]:
    return describe(RawText(text), text, doc)


def table(corpus: Path, rows: str | bytes) -> None:
    path = corpus / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rows if isinstance(rows, bytes) else rows.encode())


# Applying --------------------------------------------------------------------------------------


def test_a_correction_wins_and_says_so() -> None:
    description, reading = apply(
        *as_read(), {"year": "2017", "issuer": "横县人民政府", "kind": "-"}
    )
    assert (description.year, description.issuer, description.kind) == (2017, "横县人民政府", None)
    assert {o.field: o.where for o in reading.origins if o.where == "corrected"} == {
        "year": "corrected",
        "issuer": "corrected",
        "kind": "corrected",
    }
    assert description.place == "横县"
    assert reading.code == "450181"


@pytest.mark.parametrize(
    ("correction", "place", "code"),
    [
        ({"place": "石峰区"}, ("湖南省", "株洲市", "石峰区", "县"), "430204"),
        ({"place": "株洲市"}, ("湖南省", "株洲市", "株洲市", "市"), "430200"),
        ({"place": "万州区"}, ("重庆市", None, "万州区", "县"), "500101"),
        ({"place": "横州市"}, ("广西壮族自治区", "南宁市", "横州市", "县"), "450181"),
        # namesakes: told apart by what is stated beside them, else left open
        ({"place": "鼓楼区", "city": "南京市"}, ("江苏省", "南京市", "鼓楼区", "县"), "320106"),
        ({"place": "鼓楼区"}, (None, None, "鼓楼区", "县"), None),
        ({"place": "城中区"}, ("广西壮族自治区", "柳州市", "城中区", "县"), "450202"),
        # cells that are filled are not completed; an unknown place completes nothing
        ({"place": "石峰区", "city": "-"}, ("湖南省", None, "石峰区", "县"), "430204"),
        ({"place": "白榆县"}, ("广西壮族自治区", "南宁市", "白榆县", "县"), None),
        ({"place": "-"}, ("广西壮族自治区", "南宁市", None, "县"), None),
    ],
)
def test_a_corrected_place_brings_its_city_province_and_code(
    correction: dict[str, str], place: tuple[str | None, ...], code: str | None
) -> None:
    found, reading = apply(*as_read(), correction)
    assert (found.province, found.city, found.place, found.level) == place
    assert reading.code == code


def test_a_school_stays_a_school_when_its_place_is_corrected() -> None:
    read = as_read("长沙路小学2022年工作总结\n2022年，我校各项工作有序。")
    assert apply(*read, {"place": "石峰区"})[0].level == "校"


def test_a_corrected_field_is_in_doubt_no_more() -> None:
    read = as_read("2024年上半年工作总结\n2021年上半年，全市完成任务。")
    assert read[1].doubts == ("year_title_body:2024:2021",)
    assert apply(*read, {"year": "2021"})[1].doubts == ()
    assert apply(*read, {"place": "株洲市"})[1].doubts == read[1].doubts


VALUES = {
    "year": st.sampled_from(["2017", "-"]),
    "level": st.sampled_from(["省", "校", "-"]),
    "date": st.sampled_from(["2024-01-05", "-"]),
    "place": st.sampled_from(["株洲市", "横州市", "鼓楼区", "白榆县", "-"]),
}


def corrections() -> st.SearchStrategy[dict[str, str]]:
    texts = st.sampled_from(["甲", "=1+1", "@乙", "-", "'丙", "a,b", '"引"', "两 段"])
    return st.fixed_dictionaries(
        {}, optional={field: VALUES.get(field, texts) for field in FIELDS}
    ).map(lambda found: {k: v for k, v in found.items() if (k, v) != ("title", "-")})


@given(corrections())
def test_what_is_corrected_holds_and_the_rest_follows_only_the_place(
    correction: dict[str, str],
) -> None:
    read = as_read()
    description, reading = apply(*read, correction)
    for field in FIELDS:
        if field in correction:
            value = correction[field]
            assert text_of(description, field) == ("" if value == "-" else value)
        elif field not in ("province", "city", "level") or "place" not in correction:
            assert getattr(description, field) == getattr(read[0], field)
    assert apply(*read, {}) == read
    assert [o.field for o in reading.origins] == sorted(
        (o.field for o in reading.origins), key=FIELDS.index
    )


# What a person types ---------------------------------------------------------------------------


def test_only_what_was_changed_becomes_a_correction() -> None:
    read = as_read()
    shown = {field: text_of(read[0], field) for field in FIELDS}
    assert changed(read, {}, shown) == {}
    new = changed(read, {}, shown | {"place": "石峰区", "kind": ""})
    assert new == {"place": "石峰区", "kind": "-"}
    shown = {field: text_of(apply(*read, new)[0], field) for field in FIELDS}
    assert shown["city"] == "株洲市"
    assert changed(read, new, shown) == new  # what the place has brought is no correction
    back = changed(read, new, shown | {"place": "横县", "kind": "工作总结"})
    assert back == {}
    assert changed(read, {"title": "甲"}, {"title": ""}) == {}  # a document has a title


@given(corrections(), corrections())
def test_typing_leads_to_what_was_typed(old: dict[str, str], typed: dict[str, str]) -> None:
    read = as_read()
    shown = {field: text_of(apply(*read, old)[0], field) for field in FIELDS}
    wanted = shown | {field: "" if v == "-" else v for field, v in typed.items()}
    found = apply(*read, changed(read, old, wanted))[0]
    moved = wanted["place"] != shown["place"]  # the rest of the address follows the place
    for field in FIELDS:
        if wanted[field] != shown[field] or not (moved and field in ("province", "city", "level")):
            assert text_of(found, field) == wanted[field]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("year", "2021", "2021"),
        ("year", "2021年", "2021"),
        ("year", "2021.0", "2021"),
        ("date", "2024/1/5", "2024-01-05"),
        ("date", "2024年1月5日", "2024-01-05"),
        ("date", "2024-01-05", "2024-01-05"),
        ("title", "  两\n行 ", "两 行"),
        ("level", "县", "县"),
        ("city", "-", "-"),
        ("title", "-", ""),
        ("year", "21", None),
        ("year", "2021-2022", None),
        ("date", "2023-02-30", None),
        ("date", "45000", None),
        ("level", "镇", None),
        ("issuer", "长" * 301, None),
    ],
)
def test_values_are_checked(field: str, text: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(RequestProblem) as caught:
            checked(field, text)
        assert caught.value.code == "bad_value"
    else:
        assert checked(field, text) == value


# The file --------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from([A, B, "c" * 64]), corrections().filter(bool), max_size=3))
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, wanted: dict[str, dict[str, str]]
) -> None:
    corpus = tmp_path_factory.mktemp("corpus")
    for digest, correction in wanted.items():
        save_correction(corpus, digest, "=甲.txt", {"title": "旧"})
        save_correction(corpus, digest, "=甲.txt", correction)
    assert load_corrections(corpus) == (wanted, [])
    for digest in wanted:
        save_correction(corpus, digest, "", {})
    assert load_corrections(corpus) == ({}, [])


def test_the_table_is_made_for_a_spreadsheet(tmp_path: Path) -> None:
    save_correction(tmp_path, A, "=SUM(A1).txt", {"title": "=1+1", "kind": "-"})
    content = (tmp_path / FILE_NAME).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (row["title"], row["doc"], row["kind"]) == ("'=1+1", "'=SUM(A1).txt", "-")
    assert list(row) == ["digest", "doc", *FIELDS]
    assert correction_of(tmp_path, A) == {"title": "=1+1", "kind": "-"}


@given(st.text(st.sampled_from("=+-@'甲1 \t"), max_size=8).map(str.strip))
def test_no_cell_is_a_formula_and_text_comes_back(text: str) -> None:
    cell = text_cell(text)
    assert cell == "-" or not cell.startswith(("=", "+", "-", "@", "\t"))
    assert plain_cell(cell) == text


def test_other_rows_and_columns_stay(tmp_path: Path) -> None:
    table(tmp_path, f"digest,doc,备注,year\n{B},乙.txt,我的,2019\n不是摘要,,留着,\n")
    save_correction(tmp_path, A, "甲.txt", {"year": "2020"})
    save_correction(tmp_path, A, "甲.txt", {"year": "2021"})
    rows = [row.cells for row in read_table(tmp_path / FILE_NAME)]
    assert [(row["digest"], row["备注"], row["year"]) for row in rows] == [
        (B, "我的", "2019"),
        ("不是摘要", "留着", ""),
        (A, "", "2021"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_table_is_read_as_spreadsheets_save_it(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = f"digest,doc,place,date\r\n{A.upper()},甲.txt,株洲市,2024/1/5\r\n,,,\r\n"
    table(tmp_path, rows.replace(",", delimiter).encode(encoding))
    assert load_corrections(tmp_path) == ({A: {"place": "株洲市", "date": "2024-01-05"}}, [])


def test_a_wrong_cell_is_named_and_the_rest_holds(tmp_path: Path) -> None:
    table(
        tmp_path,
        f"digest,doc,year,place,level\n{A},甲,二十,株洲市,县\n\n123,乙,2020,,\n{B},丙,2021\n",
    )
    found, (failure,) = load_corrections(tmp_path)
    assert found == {A: {"place": "株洲市", "level": "县"}, B: {"year": "2021"}}
    assert failure["file"] == FILE_NAME
    assert failure["code"] == "bad_rows"
    assert failure["facts"] == {"rows": "2, 4", "row": 2, "column": "year", "value": "二十"}


@pytest.mark.parametrize(
    "content",
    [b"\xff\x80\xff" * 9, b"a,b\n1,2\n", b'digest,title\n"' + b"x" * 200_000, b"\x00\x01"],
)
def test_a_table_that_cannot_be_read_is_a_problem_not_a_crash(
    tmp_path: Path, content: bytes
) -> None:
    table(tmp_path, content)
    with pytest.raises(FileProblem) as caught:
        load_corrections(tmp_path)
    assert caught.value.code == "bad_table"
    with pytest.raises(FileProblem):  # nor is it written over
        save_correction(tmp_path, A, "甲", {"year": "2020"})
    assert (tmp_path / FILE_NAME).read_bytes() == content


@given(st.binary(max_size=300))
def test_no_content_of_the_table_breaks_the_build(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    corpus = tmp_path_factory.mktemp("corpus")
    table(corpus, b"digest,year\n" + content)
    try:
        load_corrections(corpus)
    except FileProblem as problem:
        assert problem.code == "bad_table"


def test_a_table_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RequestProblem) as caught:
        write_table(tmp_path / "file" / "table.csv", ["a"], [])
    assert caught.value.code == "table_not_writable"


# In the build ----------------------------------------------------------------------------------


class Made:
    """A corpus with its index, brought up to date with the light encoder."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self.corpus, self.index = corpus, index
        self.encoder = LightEncoder()

    def build(self) -> BuildReport:
        return build(self.corpus, self.index, encoder=self.encoder)

    def held(self, doc: str) -> Holding:
        library = Library(self.index, lambda _: self.encoder)
        try:
            return next(held for held in library.holdings() if held.doc == doc)
        finally:
            library.close()

    def correct(self, doc: str, correction: Mapping[str, str]) -> None:
        save_correction(self.corpus, self.held(doc).digest, doc, correction)


@pytest.fixture
def made(write: Write, tmp_path: Path) -> Made:
    made = Made(write({"甲.txt": TEXT, "乙.txt": OTHER}), tmp_path / "index")
    made.build()
    return made


def test_a_correction_is_found_by_the_next_question_without_embedding(made: Made) -> None:
    library = Library(made.index, lambda _: made.encoder)
    asked = "新建学校三所，大班额比例下降"
    before = library.search(asked)
    assert library.search(asked, Filters(place=("株洲市",))) == []
    made.correct("甲.txt", {"place": "石峰区", "year": "2016"})
    made.encoder.embedded.clear()
    report = made.build()
    assert (report.embedded, report.updated, report.unchanged) == (0, 0, 2)
    assert made.encoder.embedded == []
    for filters in (Filters(place=("株洲市",)), Filters(place=("石峰区",)), Filters(year=(2016,))):
        assert [hit.doc for hit in library.search(asked, filters)[:1]] == ["甲.txt"]
    assert library.search(asked, Filters(place=("横县",))) == []
    after = library.search(asked)
    assert [(hit.doc, hit.start, hit.score) for hit in after] == [
        (hit.doc, hit.start, hit.score) for hit in before
    ]
    assert library.check() == []
    assert made.build().embedded == 0
    library.close()


def test_a_correction_can_be_undone(made: Made) -> None:
    before = made.held("甲.txt")
    made.correct("甲.txt", {"place": "石峰区", "title": "另一个题目：双减"})
    made.build()
    corrected = made.held("甲.txt")
    assert corrected.description.place == "石峰区"
    assert "双减" in corrected.reading.topics  # named in the title
    assert corrected.as_read == (before.description, before.as_read[1])
    made.correct("甲.txt", {})
    assert made.build().embedded == 0
    assert made.held("甲.txt") == before


@pytest.mark.parametrize("new", ["丙.txt", "湖南/株洲/甲.txt"])
def test_a_correction_survives_renaming_moving_and_reading_again(made: Made, new: str) -> None:
    made.correct("甲.txt", {"place": "石峰区", "date": "-"})
    made.build()
    target = made.corpus / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (made.corpus / "甲.txt").rename(target)
    made.build()
    assert made.held(new).description.place == "石峰区"
    build(made.corpus, made.index, encoder=made.encoder, fresh=True)
    assert made.held(new).description.place == "石峰区"
    assert made.held(new).as_read[0].place == "横县"


def test_another_content_is_not_corrected(made: Made) -> None:
    made.correct("甲.txt", {"place": "石峰区"})
    (made.corpus / "甲.txt").write_text(TEXT + "又及。\n", encoding="utf-8")
    made.build()
    assert made.held("甲.txt").description.place == "横县"
    assert made.held("乙.txt").description.year == 2020


def test_a_table_that_cannot_be_read_leaves_what_was_corrected(made: Made) -> None:
    made.correct("甲.txt", {"place": "石峰区"})
    made.build()
    table(made.corpus, b"no,such\ncolumns,here\n")
    report = made.build()
    assert [(f["file"], f["code"]) for f in report.failed] == [(FILE_NAME, "bad_table")]
    assert made.held("甲.txt").description.place == "石峰区"
    (made.corpus / FILE_NAME).unlink()
    assert made.build().failed == ()
    assert made.held("甲.txt").description.place == "横县"


def test_wrong_rows_are_reported_by_the_build(made: Made) -> None:
    digest = made.held("甲.txt").digest
    table(made.corpus, f"digest,year,kind\n{digest},去年,意见\n".encode("gbk"))
    (failure,) = made.build().failed
    assert (failure["file"], failure["code"], failure["facts"]["rows"]) == (
        FILE_NAME,
        "bad_rows",
        "2",
    )
    assert made.held("甲.txt").description.kind == "意见"
    assert made.held("甲.txt").description.year == 2018
