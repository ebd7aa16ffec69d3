"""Comparisons: which cell quotes what, silence and absence, and the command that makes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Write
from kept_index import indexed
from light_encoder import LightEncoder

from indexer.__main__ import main
from indexer.compare import Cell, Comparison
from indexer.comparing import listed, years_of
from indexer.errors import RequestProblem
from indexer.library import Library
from indexer.speaks import Calibration

QUESTION = "化解大班额的措施"


def front(place: str, year: int, city: str = "长汀市", title: str = "") -> str:
    county = f"place: {place}\n" if place else ""
    title = title or f"{place or city}教育局{year}年工作总结"
    return (
        f"---\ntitle: {title}\nprovince: 青溪省\ncity: {city}\n{county}year: {year}\n"
        f"kind: 工作总结\n---\n{title}\n"
    )


FILES = {
    "甲/2021.txt": front("河湾县", 2021)
    + "化解大班额的措施是新建学校三所，大班额比例由15%降到9%。\n校园食堂统一采购大宗物资。\n",
    "甲/2022.txt": front("河湾县", 2022) + "教师招聘一百二十名，补充到乡村学校。\n",
    "甲/2022b.txt": front("河湾县", 2022, title="河湾县情况报告")
    + "2021年化解大班额的措施是分流学生四百人。\n",
    "乙/2021.txt": front("柳桥县", 2021) + "校园食堂统一采购大宗物资。\n",
    "市/2021.txt": front("", 2021)
    + "柳桥县化解大班额的措施是改建校舍两处。\n全市化解大班额的措施是统筹编制。\n",
}
PLACES, YEARS = ("河湾县", "柳桥县", "长汀市"), (2021, 2022)


@pytest.fixture
def calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calibration by which half of a question's words in a sentence are enough."""
    by_words = Calibration(intercept=-10, passage=0, sentence=0, words=0, covered=20)
    monkeypatch.setattr(
        "indexer.library.comparing.calibration_for", lambda model, question: by_words
    )


@pytest.fixture
def counties(write: Write, tmp_path: Path, calibrated: None) -> Iterator[Library]:
    yield from opened(write, tmp_path, FILES)


def opened(write: Write, tmp_path: Path, files: Mapping[str, str | bytes]) -> Iterator[Library]:
    indexed(write(files), tmp_path / "index")
    library = Library(tmp_path / "index", lambda _: LightEncoder())
    yield library
    library.close()


def cell(found: Comparison, place: str, year: int) -> Cell:
    return found.cell(place, year, found.questions[0])


def test_a_cell_quotes_its_own_documents_first(counties: Library) -> None:
    found = cell(counties.compare([QUESTION], PLACES, YEARS), "河湾县", 2021)
    assert found.status == "quoted"
    assert [quote.doc for quote in found.quotes] == ["甲/2021.txt", "甲/2022b.txt"]
    assert [quote.other_year for quote in found.quotes] == [False, True]
    assert [figure.text for figure in found.quotes[0].figures] == ["三所", "15%", "9%"]


def test_silence_is_told_apart_from_no_document(counties: Library) -> None:
    found = counties.compare([QUESTION], PLACES, YEARS)
    assert cell(found, "柳桥县", 2022).status == "no document"
    silent = counties.compare(["更新校车"], PLACES, YEARS)
    assert cell(silent, "柳桥县", 2021).status == "silent"
    assert cell(silent, "柳桥县", 2022).status == "no document"


def test_a_citys_document_speaks_for_the_county_it_names(counties: Library) -> None:
    found = counties.compare([QUESTION], PLACES, YEARS)
    (quote,) = cell(found, "柳桥县", 2021).quotes
    assert quote.above and "柳桥县" in quote.text
    assert all(not each.above for each in cell(found, "长汀市", 2021).quotes)


def test_counts(counties: Library) -> None:
    (counts,) = counties.compare([QUESTION], PLACES, YEARS).counts
    assert (counts.documents, counts.speak, counts.silent) == (5, 3, 2)
    assert (counts.quoted_cells, counts.silent_cells, counts.missing) == (4, 0, 2)


def test_a_sentence_of_two_documents_is_quoted_once(
    write: Write, tmp_path: Path, calibrated: None
) -> None:
    text = "化解大班额的措施是新建学校三所。\n"
    files = {
        "a.txt": front("河湾县", 2021) + text,
        "b.txt": front("河湾县", 2021) + "又。\n" + text,
    }
    for library in opened(write, tmp_path, files):
        (quote,) = library.compare([QUESTION]).cells[0].quotes
        assert {quote.doc, *quote.also_in} == {"a.txt", "b.txt"}


def test_without_a_calibration_nothing_is_called_silent(write: Write, tmp_path: Path) -> None:
    for library in opened(write, tmp_path, FILES):
        found = library.compare(["更新校车"], PLACES, YEARS)
        assert not found.calibrated
        assert {each.status for each in found.cells} == {"quoted", "no document"}
        assert all(quote.speaks is None for each in found.cells for quote in each.quotes)


def test_cells_stand_in_the_order_asked_for(counties: Library) -> None:
    found = counties.compare([QUESTION, "食堂采购"], ("柳桥县", "河湾县"), (2022, 2021))
    assert [(c.place, c.year, c.question) for c in found.cells] == [
        (place, year, question)
        for place in ("柳桥县", "河湾县")
        for year in (2022, 2021)
        for question in (QUESTION, "食堂采购")
    ]


def test_all_places_and_years_where_none_are_named(counties: Library) -> None:
    found = counties.compare([QUESTION])
    assert set(found.places) == set(PLACES)
    assert found.years == YEARS


def test_no_question_is_an_error(counties: Library) -> None:
    with pytest.raises(RequestProblem) as problem:
        counties.compare(["  "])
    assert problem.value.code == "no_questions"


def test_progress_is_told_and_may_end_the_work(counties: Library) -> None:
    told: list[float] = []
    counties.compare([QUESTION], progress=told.append)
    assert told and told == sorted(told) and told[-1] <= 1

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counties.compare([QUESTION], progress=stop)


def test_places_that_the_library_does_not_know(counties: Library) -> None:
    found = counties.compare([QUESTION], ["无此县"], [1999])
    assert [each.status for each in found.cells] == ["no document"]


def test_every_quotation_and_figure_is_the_text_at_its_offsets(
    light_sample_library: Library,
) -> None:
    found = light_sample_library.compare(["怎样化解大班额", "教师交流轮岗", "how is money spent"])
    quotes = [quote for each in found.cells for quote in each.quotes]
    texts = {quote.doc: light_sample_library.document(quote.doc).text for quote in quotes}
    figures = 0
    for quote in quotes:
        text = texts[quote.doc]
        assert text[quote.start : quote.end] == quote.text
        for figure in quote.figures:
            assert text[figure.start : figure.end] == figure.text
            figures += 1
    assert len(quotes) > 100 and figures > 100


@pytest.fixture
def command(counties: Library, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr("indexer.library.opened.load_encoder", lambda _: encoder)
    return CliRunner()


def run(command: CliRunner, library: Library, *arguments: str) -> tuple[int, str]:
    done = command.invoke(main, ["compare", *arguments, "--index", str(library.index)])
    return done.exit_code, done.stdout


def test_the_commands_json(command: CliRunner, counties: Library) -> None:
    status, out = run(command, counties, QUESTION, "--places", *PLACES, "--years", "2021-2022",
                      "--json")  # fmt: skip
    assert status == 0
    found = json.loads(out)
    assert found["counts"]["documents"] == 5
    assert found["counts"]["missing"] == 2
    rows = {(row["place"], row["year"]): row["cells"] for row in found["rows"]}
    assert list(rows) == [(place, year) for place in PLACES for year in YEARS]
    (first,) = rows["河湾县", 2021]
    assert (first["question"], first["status"]) == (QUESTION, "quoted")
    quote = first["quotes"][0]
    text = counties.document(quote["doc"]).text
    assert text[quote["start"] : quote["end"]] == quote["text"]
    assert [figure["value"] for figure in quote["figures"]] == [3, 15, 9]
    assert rows["柳桥县", 2022][0]["status"] == "no document"


@pytest.mark.parametrize("ending", ["xlsx", "csv", "docx"])
def test_the_command_writes_files(
    command: CliRunner, counties: Library, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"
    status, out = run(command, counties, QUESTION, "--out", str(path))
    assert (status, out) == (0, "")
    assert path.read_bytes()[:2] == (b"\xef\xbb" if ending == "csv" else b"PK")


def test_an_indicator_by_the_command(command: CliRunner, counties: Library) -> None:
    status, out = run(command, counties, "--indicator", "大班额比例", "--json")
    assert status == 0
    (found,) = json.loads(out)["indicators"]
    assert [(e["place"], e["year"], e["value"]) for e in found["entries"]] == [("河湾县", 2021, 9)]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        ((QUESTION, "--indicator", "大班额比例"), 2),
        ((QUESTION, "--years", "去年"), 2),
        ((QUESTION, "--out", "a.pdf"), 1),
        (("--indicator", "无此指标"), 1),
        (("无人提到的事",), 0),
    ],
)
def test_wrong_usage_and_requests_that_cannot_be_met(
    command: CliRunner, counties: Library, arguments: tuple[str, ...], status: int
) -> None:
    assert run(command, counties, *arguments)[0] == status


def test_lists_and_years() -> None:
    assert listed(["甲县,乙县", "甲县", " 丙县、丁县 "]) == ("甲县", "乙县", "丙县", "丁县")
    assert years_of(["2021-2023,2019", "2022年"]) == (2019, 2021, 2022, 2023)
    with pytest.raises(ValueError, match="22"):
        years_of(["22"])


def test_a_document_of_a_year_not_asked_for_speaks_of_one_that_is(counties: Library) -> None:
    found = cell(counties.compare([QUESTION], ["河湾县"], [2021]), "河湾县", 2021)
    assert [(quote.doc, quote.other_year) for quote in found.quotes] == [
        ("甲/2021.txt", False),
        ("甲/2022b.txt", True),
    ]
