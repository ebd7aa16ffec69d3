"""What narrows a search: given filters and those read from the question, inside every search."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Write, labelled_questions
from hypothesis import given, settings
from hypothesis import strategies as st
from light_encoder import LightEncoder

from indexer.build import build
from indexer.catalogue import Catalogue, text_hash
from indexer.expand import Group
from indexer.facets import wanted
from indexer.library import Library
from indexer.library import asking as library_module
from indexer.records import Chunk, Description, Document, Filters, Passage, Sentence
from indexer.speaks import Calibration

TODAY = date(2024, 6, 1)
DOCUMENTS = 1000
COUNTIES = [f"{name}县" for name in ("甲丁", "乙丁", "丙丁", "戊丁", "己丁", "庚丁")]
TOPICS = ("食堂", "校车", "大班额", "教师招聘", "宿舍", "控辍保学", "幼儿园", "操场")


def synthetic(number: int) -> Document:
    """A document of three passages, each unlike all others; one in five has no place."""
    chance = random.Random(number)
    sentences = [
        f"学校{chance.choice(TOPICS)}与{chance.choice(TOPICS)}第{chance.randrange(10**9)}次检查"
        + f"编号{chance.randrange(10**9)}涉及{chance.randrange(10**6)}处"
        + (f"，{chance.randrange(2016, 2025)}年完成。" if chance.random() < 0.3 else "。")
        for _ in range(3)
    ]
    about = Description(
        title=f"第{number}号",
        province="庚省" if number % 5 else None,
        city=chance.choice(["子市", "丑市"]) if number % 5 else None,
        place=f"独{number}县"
        if number % 50 == 1
        else chance.choice(COUNTIES)
        if number % 5
        else None,
        level=chance.choice(["县", "市", None]),
        year=chance.choice([*range(2018, 2024), None]),
        kind=chance.choice(["工作总结", "督导报告", None]),
        stage=chance.choice(["义务教育", None]),
        number=f"庚教〔2020〕{number}号" if number % 3 else None,
        fictional=number % 7 == 0,
    )
    chunks, at = [], 0
    for text in sentences:
        end = at + len(text)
        chunks.append(
            Chunk(at, end, text, (), (Sentence(at, end, text, True),), passage=f"{number} {text}")
        )
        at = end
    whole = "".join(sentences)
    return Document(f"{number}.txt", "", 0, whole, (), about, whole, tuple(chunks))


@pytest.fixture(scope="module")
def thousand() -> Iterator[Library]:
    """A library of a thousand documents and three thousand passages."""
    encoder = LightEncoder()
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder), create=True)
        for number in range(DOCUMENTS):
            document = synthetic(number)
            texts = [t for c in document.chunks for t in (c.passage, c.text)]
            vectors = {text_hash(text): encoder.vector(text) for text in texts}
            catalogue.put(document, "1", vectors)
        catalogue.set(model="light", dimension=str(encoder.dimension))
        catalogue.close()
        opened = Library(Path(folder), lambda _: encoder)
        yield opened
        opened.close()


def some(*values: object) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


FILTERS = st.builds(
    Filters,
    place=some(*COUNTIES[:3], "子市", "庚省", "独51县", "无此县"),
    year=some(2017, 2018, 2020, 2023, 2024, 1999),
    kind=some("工作总结", "督导报告"),
    level=some("县", "市"),
    stage=some("义务教育"),
    number=some("庚教〔2020〕1号", "庚教〔2020〕52号"),
    doc=some("1.txt", "51.txt", "500.txt"),
    samples=st.booleans(),
)
QUESTIONS = st.lists(st.sampled_from([*TOPICS, "学校", "检查", "编号", "unheard"]), min_size=1).map(
    " ".join
)


def fits(filters: Filters, about: Description, doc: str, text: str) -> bool:
    """What filters mean, said in other words than the program's."""
    places = {about.place, about.city, about.province}
    named = {year for year in filters.year if f"{year}年" in text}
    return (
        (not filters.place or bool(places & set(filters.place)))
        and (not filters.year or about.year in filters.year or bool(named))
        and (not filters.kind or about.kind in filters.kind)
        and (not filters.level or about.level in filters.level)
        and (not filters.stage or about.stage in filters.stage)
        and (not filters.number or about.number in filters.number)
        and (not filters.doc or doc in filters.doc)
        and (filters.samples or not about.fictional)
    )


def kept(library: Library, filters: Filters) -> set[int]:
    ids = library.catalogue.all_vectors()[1]
    about = {doc: description for doc, _, description in library.documents()}
    chunks = library.catalogue.placed_chunks(ids)
    return {
        number
        for number, chunk in chunks.items()
        if fits(filters, about[chunk.doc], chunk.doc, chunk.text)
    }


@settings(deadline=None, max_examples=30)
@given(filters=FILTERS)
def test_both_searches_are_narrowed_to_the_same_chunks(thousand: Library, filters: Filters) -> None:
    views = thousand._open_views()
    right = kept(thousand, filters)
    chosen = views.selection.choose(filters)
    every = set(thousand.catalogue.all_vectors()[1])
    assert (every if chosen is None else set(chosen.ids.tolist())) == right
    in_all = [Group("学校", ((("学校",), 1.0),))]
    assert set(views.terms.search(in_all, 10**4, wanted(filters))) == right


@settings(deadline=None, max_examples=25)
@given(filters=FILTERS)
def test_counts_are_of_the_documents_that_are_left(thousand: Library, filters: Filters) -> None:
    views = thousand._open_views()
    chunks = thousand.catalogue.placed_chunks(sorted(kept(thousand, filters)))
    docs = {chunk.doc for chunk in chunks.values()}
    left = views.selection.documents(filters)
    assert {doc for doc, _ in left} == docs
    counted = thousand.counts("kind", filters)
    kinds = [about.kind for _, about in left if about.kind]
    assert counted == {kind: kinds.count(kind) for kind in set(kinds)}
    provinces = sum(about.province == "庚省" for _, about in left)
    assert thousand.counts("place", filters)["庚省"] == provinces


def scored(passages: list[Passage]) -> dict[tuple[str, int], float]:
    return {(passage.doc, passage.start): passage.score for passage in passages}


# A year asks for sentences that name it, so scores are compared without one.
WITHOUT_YEARS = FILTERS.map(
    lambda f: Filters(f.place, (), f.kind, f.level, f.stage, f.number, f.doc)
)


@settings(deadline=None, max_examples=25)
@given(filters=WITHOUT_YEARS, question=QUESTIONS, limit=st.integers(1, 100))
def test_a_filter_returns_its_full_number_in_the_order_of_an_exhaustive_search(
    thousand: Library, filters: Filters, question: str, limit: int
) -> None:
    every = thousand.search(question, limit=10**4)
    assert len(every) == 3 * DOCUMENTS
    about = {doc: description for doc, _, description in thousand.documents()}
    right = [p for p in every if fits(filters, about[p.doc], p.doc, p.text)]
    found = thousand.search(question, filters, limit)
    assert len(found) == min(limit, len(right))
    if len(right) <= 120:  # all of them are looked at
        assert [p.score for p in found] == pytest.approx([p.score for p in right[:limit]], abs=2e-4)
        assert scored(found).items() <= scored(right).items() or scored(found) == pytest.approx(
            {key: scored(right)[key] for key in scored(found)}, abs=2e-4
        )


@pytest.mark.parametrize("number", [1, 51, 501, 951])
@pytest.mark.parametrize("question", [*TOPICS, "unheard", "oversized classes"])
def test_one_document_in_a_thousand_is_found_whole(
    thousand: Library, number: int, question: str
) -> None:
    for filters in (Filters(place=(f"独{number}县",)), Filters(doc=(f"{number}.txt",))):
        found = thousand.search(question, filters)
        assert [passage.doc for passage in found] == [f"{number}.txt"] * 3
        assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
        assert len(thousand.search(question, filters, group=True)) == 1


@settings(deadline=None, max_examples=30)
@given(filters=FILTERS, question=QUESTIONS)
def test_one_a_document_is_full_too(thousand: Library, filters: Filters, question: str) -> None:
    chunks = thousand.catalogue.placed_chunks(sorted(kept(thousand, filters)))
    docs = {chunk.doc for chunk in chunks.values()}
    found = thousand.search(question, filters, limit=40, group=True)
    assert len(found) == min(40, len(docs))
    assert len({passage.doc for passage in found}) == len(found)


@settings(deadline=None, max_examples=30)
@given(years=st.lists(st.integers(2016, 2024), min_size=1, max_size=3), question=QUESTIONS)
def test_a_year_keeps_its_documents_and_the_passages_that_name_it(
    thousand: Library, years: list[int], question: str
) -> None:
    found = thousand.search(question, Filters(year=tuple(years)), limit=500)
    assert found
    for passage in found:
        assert passage.other_year == (passage.year not in years)
        if passage.other_year:
            assert any(f"{year}年" in passage.text for year in years)


def test_the_sentence_that_names_the_year_is_marked(write: Write, tmp_path: Path) -> None:
    text = "---\ntitle: 总结\nplace: 青禾县\nyear: 2018\n---\n"
    text += "大班额比例降到了百分之八，比例为全市最低。\n2016年大班额为一百个。\n"
    encoder = LightEncoder()
    build(write({"总结.txt": text}), tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    (passage,) = library.find("2016年大班额比例").passages
    ((start, end),) = passage.highlights
    assert library.document("总结.txt").text[start:end] == "2016年大班额为一百个。"
    assert passage.other_year
    assert not library.find("2018年大班额比例").passages[0].other_year
    library.close()


# What the question names


# The place has a document and the year has some, but not both: the figure stands in the next
# year's report as 上年's, of which nothing says 2022; next year's plan in the report before.
NOTHING_OF_THE_YEAR = ["SZ021", "SZ040", "SN018"]

PLACED = [row for row in labelled_questions() if row["place"]]


def test_a_question_that_names_a_place_returns_nothing_from_another(
    light_sample_library: Library,
) -> None:
    about = {doc: description for doc, _, description in light_sample_library.documents()}
    empty = []
    for row in PLACED:
        found = light_sample_library.find(row["question"], limit=50, today=TODAY)
        for passage in found.passages:
            of = about[passage.doc]
            assert {of.place, of.city, of.province}.intersection(row["place"]), row["id"]
        if not found.passages:
            empty.append(row["id"])
    assert len(PLACED) > 80
    assert empty == NOTHING_OF_THE_YEAR


UNPLACED = [row for row in labelled_questions() if not row["place"]]


def test_a_question_that_names_no_place_is_never_narrowed_by_one(
    light_sample_library: Library,
) -> None:
    for row in UNPLACED:
        found = light_sample_library.find(row["question"], limit=1, today=TODAY)
        assert found.filters.place == ()
        assert all(field != "place" for field, _ in found.missing)


def test_what_the_library_does_not_hold_is_told(library: Library) -> None:
    found = library.find("横县大班额", today=TODAY)
    assert found.missing == (("place", "横县"),) or found.missing == (("place", "横州市"),)
    assert found.passages == ()
    assert library.find("横县大班额", skip=["place"], today=TODAY).passages
    year = library.find("1999年大班额", today=TODAY)
    assert (year.missing, year.passages) == ((("year", "1999"),), ())
    both = library.find("横县1999年大班额", today=TODAY)
    assert [field for field, _ in both.missing] == ["place", "year"]


def test_of_several_places_or_years_one_will_do(library: Library) -> None:
    found = library.find("河湾县和横县的大班额", today=TODAY)
    assert found.missing == ()
    assert {passage.place for passage in found.passages} == {"河湾县"}
    assert library.find("2021和1999年大班额", today=TODAY).passages


def test_given_filters_come_before_what_is_read(library: Library) -> None:
    found = library.find("柳桥县食堂", Filters(place=("河湾县",)), today=TODAY)
    assert found.filters.place == ("河湾县",)
    assert {passage.place for passage in found.passages} == {"河湾县"}
    given_year = library.find("2021年食堂", Filters(year=(2022,)), today=TODAY)
    assert given_year.filters.year == (2022,)


def test_places_below_are_those_within_of_which_there_are_documents(
    light_sample_library: Library,
) -> None:
    view = light_sample_library._question_side()[1]
    assert view is not None
    below = view.selection.places_below
    assert {"青禾县", "石坪县", "清汀市", "望岳市"} <= below(["澜川省"])
    assert "青禾县" in below(["清汀市"])
    assert "柳湾县" not in below(["清汀市"])
    assert not {"澜川省", "白榆县"} & below(["澜川省"])
    assert below(["青禾县"]) == below([None]) == below([]) == below(["无名县"]) == frozenset()
    assert below(["清汀市", "望岳市"]) == below(["清汀市"]) | below(["望岳市"])


def test_last_year_is_the_one_before_the_day_of_the_question(library: Library) -> None:
    for year, expected in ((2022, {2021}), (2023, {2022})):
        found = library.find("去年学校食堂", today=date(year, 3, 1))
        assert {p.year for p in found.passages if not p.other_year} == expected


def test_a_province_contains_its_counties_and_former_names_count(library: Library) -> None:
    assert {p.place for p in library.find("青溪省学校食堂", limit=50).passages} >= {
        "河湾县",
        "长汀市",
    }


# A document's own number

NUMBERED = {
    "通知.txt": "---\ntitle: 关于化解大班额的通知\nplace: 横州市\nyear: 2016\n"
    "number: 横政办发〔2016〕10号\n---\n各校要控制班额，起始年级不得超过五十人。\n",
    "另一.txt": "---\ntitle: 关于校车的通知\nplace: 横州市\nyear: 2016\n"
    "number: 横政办发〔2016〕11号\n---\n根据横政办发〔2016〕10号，做好校车管理。\n",
    "引文.txt": "---\ntitle: 工作总结\nyear: 2017\n---\n"
    "落实横政办发〔2016〕12号和横政办发〔2016〕10号，控制班额。\n",
}


@pytest.fixture
def numbered(write: Write, tmp_path: Path) -> Iterator[Library]:
    encoder = LightEncoder()
    build(write(NUMBERED), tmp_path / "index", encoder=encoder)
    opened = Library(tmp_path / "index", lambda _: encoder)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "typed",
    [
        "横政办发[2016] 第10号",
        "横政办发〔2016〕10号",
        "横政办发（2016）10号",
        "请问横政办发【2016】10号讲了什么",
    ],
)
def test_a_number_typed_goes_straight_to_its_document(numbered: Library, typed: str) -> None:
    found = numbered.find(typed, today=TODAY)
    assert {passage.doc for passage in found.passages} == {"通知.txt"}
    assert found.filters.number == ("横政办发〔2016〕10号",)


def test_a_number_that_is_only_cited_finds_what_cites_it(numbered: Library) -> None:
    found = numbered.find("横政办发〔2016〕12号", today=TODAY)
    assert found.passages[0].doc == "引文.txt"
    assert found.filters.number == ()


# How much of a selection speaks to a question


def test_coverage_counts_documents(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.coverage("大班额") is None  # the light encoder is not calibrated
    fitted = Calibration(intercept=-1, passage=0, sentence=0, words=0, covered=2)
    monkeypatch.setattr(library_module, "calibration_for", lambda *_: fitted)
    covered = library.coverage("校车")
    assert covered is not None
    assert (covered.documents, covered.speaking, covered.whole) == (4, 1, True)
    narrowed = library.coverage("校车", Filters(place=("柳桥县",)))
    assert narrowed is not None
    assert (narrowed.documents, narrowed.speaking) == (1, 0)
    assert library.coverage("  ") is None
    assert library.coverage("横县大班额") is None


def test_neighbours_are_the_text_before_and_after(library: Library) -> None:
    for doc, _, _ in library.documents():
        text = library.document(doc).text
        for passage in library.search("学校", Filters(doc=(doc,)), limit=50):
            before, after = library.neighbours(doc, passage.start, passage.end)
            assert text[: passage.start].endswith(before)
            assert text[passage.end :].startswith(after)
            assert bool(before) == (passage.start > 0)
            assert bool(after) == (passage.end < len(text))


# Odd questions


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "大",
        "x",
        "大班额" * 4000,
        "x" * 10_000,
        "\U0001f600\U0001f600",
        '""',
        "“”",
        "'",
        'AND OR "( * :',
        "NOT NEAR(a b)",
        "\ud800大班额\udfff",
        "\ud800",
        "\x00",
        "大班额\x00食堂",
        "的了吗",
        "what is the",
        "2022",
        "2022年",
        "去年",
        "河湾县",
        "Hewan County",
        "河湾县2022年",
        "除河湾县外",
        "横政办发〔2016〕10号",
        "%_';--",
        "\u202e大班额",
    ],
)
def test_any_question_is_answered(light_sample_library: Library, question: str) -> None:
    found = light_sample_library.find(question, limit=5, group=True, today=TODAY)
    assert len(found.passages) <= 5
    assert bool(found.passages) or not question.strip("\ud800 ") or bool(found.missing)
    assert len(light_sample_library.search(question)) <= 10
    assert light_sample_library.coverage(question) is None


@pytest.mark.parametrize("question", ["河湾县", "河湾县2022年", "2022年", "大", "2022"])
def test_a_place_or_a_year_alone_finds_its_documents(library: Library, question: str) -> None:
    assert library.find(question, today=TODAY).passages


@settings(deadline=None, max_examples=30)
@given(question=st.text(max_size=30))
def test_no_question_is_an_error(thousand: Library, question: str) -> None:
    found = thousand.find(question, today=TODAY)
    assert len(found.passages) <= 10
