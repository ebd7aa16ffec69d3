"""The use of a phrase: against a plain count of the files, and counted by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import DATA, Write
from light_encoder import LightEncoder

from indexer.build import build
from indexer.library import Library
from indexer.records import Filters
from indexer.wording.phrases import is_phrase

REPORTS = DATA / "reports"


@pytest.fixture(scope="module")
def reports() -> Iterator[Library]:
    """The reports that lie beside the project, one a year."""
    if not REPORTS.is_dir():
        pytest.skip(f"no reports in {DATA}")
    encoder = LightEncoder()
    with TemporaryDirectory() as folder:
        build(REPORTS, Path(folder), encoder=encoder)
        library = Library(Path(folder), lambda _: encoder)
        yield library
        library.close()


@pytest.mark.parametrize(
    "phrase", ["义务教育均衡发展", "素质教育", "教育公平", "科教兴国", "高质量发展"]
)
def test_the_curve_is_a_plain_count_of_the_files(reports: Library, phrase: str) -> None:
    plain: Counter[int] = Counter()
    for file in REPORTS.glob("*.txt"):
        plain[int(file.name[:4])] += file.read_text(encoding="utf-8").count(phrase)
    found = reports.phrase(phrase)
    assert found is not None
    assert sum(plain.values()) > 3
    assert {share.name: share.count for share in found.years} == dict(plain)
    assert found.count == sum(plain.values())
    assert found.documents == sum(1 for count in plain.values() if count)
    assert all(phrase in use.text for use in found.examples)


HEAD = "---\ntitle: {name}\nplace: {place}\nyear: {year}\n---\n"
FILES = {
    "甲/2021.txt": HEAD.format(name="甲一", place="甲乙县", year=2021)
    + "稳步推进集团化办学，全县推进集团化办学改革。\n努力推进集团化办学\n",
    "甲/2022.txt": HEAD.format(name="甲二", place="甲乙县", year=2022) + "学校食堂明厨亮灶。\n",
    "丙/2022.txt": HEAD.format(name="丙", place="丙丁县", year=2022)
    + "深化集团化办学。\n2021年已有学校二十所。\n",
}


@pytest.fixture
def small(write: Write, tmp_path: Path, encoder: LightEncoder) -> Iterator[Library]:
    build(write(FILES), tmp_path / "index", encoder=encoder)
    opened = Library(tmp_path / "index", lambda _: encoder)
    yield opened
    opened.close()


def test_counted_by_hand(small: Library) -> None:
    found = small.phrase(" 集团化办学 ")
    assert found is not None
    assert (found.phrase, found.count, found.documents) == ("集团化办学", 4, 2)
    assert [(s.name, s.count, s.documents) for s in found.years] == [(2021, 3, 1), (2022, 1, 1)]
    places = {s.name: s for s in found.places}
    assert {name: s.count for name, s in places.items()} == {"甲乙县": 3, "丙丁县": 1}
    assert found.places[0].rate == max(s.rate for s in found.places)
    lengths = {doc: len(text) for doc, text in small.catalogue.texts()}
    own = lengths["甲/2021.txt"] + lengths["甲/2022.txt"]
    assert places["甲乙县"].rate == pytest.approx(10_000 * 3 / own)
    assert dict(found.before) == {"推进": 3, "深化": 1}
    assert dict(found.after) == {"改革": 1}
    assert {use.reference.year for use in found.examples} == {2021, 2022}
    for use in found.examples:
        text = small.document(use.reference.doc).text
        assert text[use.reference.start : use.reference.end] == use.text


def test_filters_narrow_the_documents(small: Library) -> None:
    one = small.phrase("集团化办学", Filters(place=("丙丁县",)))
    assert one is not None
    assert one.count == 1
    # The other report of 2022 only names 2021: its uses are not of that year.
    year = small.phrase("集团化办学", Filters(year=(2021,)))
    assert year is not None
    assert (year.count, [share.name for share in year.years]) == (3, [2021])


def test_a_phrase_that_nobody_uses(small: Library) -> None:
    found = small.phrase("元宇宙")
    assert found is not None
    assert (found.count, found.documents, found.examples) == (0, 0, ())
    assert [share.rate for share in found.years] == [0.0, 0.0]
    blank = small.phrase("  ")
    assert blank is not None
    assert blank.count == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("大班额", True), ("义务教育均衡发展", True), ("", False), ("是", False)]
    + [("化解大班额，增加学位", False), ("全县新建学校三所。", False), ("办" * 17, False)],
)
def test_what_is_a_phrase(text: str, expected: bool) -> None:
    assert is_phrase(text) is expected


def test_no_pattern_is_read_into_a_phrase(small: Library) -> None:
    found = small.phrase("集团.办学")
    assert found is not None
    assert found.count == 0
    assert re.search("集团.办学", "集团化办学")
