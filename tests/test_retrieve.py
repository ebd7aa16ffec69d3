"""Ranking, on vectors chosen so that every score can be worked out by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from math import log2
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from conftest import ROOT, labelled_questions
from light_encoder import Array

from indexer.catalogue import Catalogue, text_hash
from indexer.expand import Group
from indexer.library import Library
from indexer.records import Chunk, Description, Document, Filters, Passage, ScoreParts, Sentence
from indexer.retrieve import DEFAULT_WEIGHTS, Asked, Hit, best_per_document, fetch, rank
from indexer.segment import Segmenter
from indexer.terms import TermsView
from indexer.vectors import VectorView


def at(cosine: float) -> Array:
    """A unit vector with this product with the question, which is (1, 0)."""
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


QUESTION = at(1.0)

# Each document is one chunk: its own product with the question, then those of its sentences.
PRODUCTS: dict[str, tuple[float, list[float]]] = {
    "a": (0.8, [0.2, 0.6]),
    "b": (0.7, [0.9, 0.1, 0.3]),
    "c": (0.75, []),
    "d": (0.6, [0.6]),
}
# (1 - w) * chunk + w * best sentence with w = .4; a chunk without sentences keeps its own.
SCORES = {"b": 0.78, "c": 0.75, "a": 0.72, "d": 0.6}


def make_document(doc: str, sentences: int) -> Document:
    text = "".join(f"{doc}的第{number}句。" for number in range(sentences)) or f"{doc}。"
    parts = tuple(
        Sentence(6 * n, 6 * n + 6, text[6 * n : 6 * n + 6], True) for n in range(sentences)
    )
    chunk = Chunk(0, len(text), text, (), parts, passage=f"passage {doc}")
    return Document(doc, "", 0, text, (), Description(title=doc), text, (chunk,))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path, create=True)
    for doc, (own, of_sentences) in PRODUCTS.items():
        document = make_document(doc, len(of_sentences))
        (chunk,) = document.chunks
        vectors = {text_hash(chunk.passage): at(own)}
        for sentence, product in zip(chunk.sentences, of_sentences, strict=True):
            vectors[text_hash(sentence.text)] = at(product)
        opened.put(document, "1", vectors)
    yield opened
    opened.close()


class Ranking(NamedTuple):
    catalogue: Catalogue
    vectors: VectorView
    terms: TermsView


def views_of(catalogue: Catalogue, folder: Path) -> Ranking:
    vectors = VectorView(catalogue, folder, 2)
    return Ranking(catalogue, vectors, TermsView(catalogue, folder, Segmenter(), "1"))


@pytest.fixture
def views(catalogue: Catalogue, tmp_path: Path) -> Ranking:
    return views_of(catalogue, tmp_path)


def asked_for(*words: str, views: Ranking | None = None, years: tuple[int, ...] = ()) -> Asked:
    """A question of these words, which weigh what the library says; of none, only its vector."""
    groups = tuple(Group(word, (((word,), 1.0),)) for word in words)
    return Asked(QUESTION, groups, tuple(views.terms.weights(groups)) if views else (), years=years)


def docs_of(views: Ranking, asked: Asked, candidates: int = 120) -> list[str]:
    hits = rank(asked, *views, candidates)
    return [passage.doc for passage in fetch(hits, views.catalogue, Filters())]


def test_score_is_chunk_and_best_sentence_weighted(views: Ranking) -> None:
    assert DEFAULT_WEIGHTS.sentence == 0.4
    hits = rank(asked_for(), *views)
    passages = fetch(hits, views.catalogue, Filters())
    assert [passage.doc for passage in passages] == list(SCORES)
    for passage in passages:
        assert passage.score == pytest.approx(SCORES[passage.doc], abs=0.004)


def test_words_add_their_share_and_those_in_one_sentence_more(views: Ranking) -> None:
    """The titles, a to d, are words of every chunk; of the sentences only those of d hold it."""
    hits = {
        p.doc: p
        for p in fetch(rank(asked_for("d", views=views), *views), views.catalogue, Filters())
    }
    without = {doc: p for doc, p in hits.items() if doc != "d"}
    for doc, passage in without.items():
        assert passage.score == pytest.approx(SCORES[doc], abs=0.004)
    parts = hits["d"].parts
    assert parts is not None
    assert parts.covered == 1
    assert 0 < parts.words <= 1
    added = DEFAULT_WEIGHTS.words * parts.words + DEFAULT_WEIGHTS.covered
    assert hits["d"].score == pytest.approx(SCORES["d"] + added, abs=0.004)


def test_words_that_nothing_holds_lower_the_share_of_the_rest(views: Ranking) -> None:
    def share(*words: str) -> float:
        hits = rank(asked_for(*words, views=views), *views)
        return max(hit.parts.words for hit in hits)

    assert share("d", "unheard") < share("d")
    assert share("unheard") == 0


def test_a_word_brings_in_a_chunk_that_the_vectors_left_out(views: Ranking) -> None:
    assert docs_of(views, asked_for(), candidates=1) == ["a"]
    assert set(docs_of(views, asked_for("d", views=views), candidates=1)) == {"a", "d"}


def test_the_best_sentence_is_marked(views: Ranking) -> None:
    hits = rank(asked_for(), *views)
    found = {passage.doc: passage for passage in fetch(hits, views.catalogue, Filters())}
    assert found["b"].highlights == ((0, 6),)
    assert found["a"].highlights == ((6, 12),)
    assert found["c"].highlights == ()
    assert found["a"].text[slice(*found["a"].highlights[0])] == "a的第1句。"


def test_only_the_nearest_chunks_are_looked_at_again(views: Ranking) -> None:
    assert docs_of(views, asked_for(), candidates=2) == ["c", "a"]  # b's sentence is not seen


def test_equal_scores_keep_the_order_of_the_catalogue(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "equal", create=True)
    for doc in "zyx":
        catalogue.put(make_document(doc, 0), "1", {text_hash(f"passage {doc}"): at(0.5)})
    assert docs_of(views_of(catalogue, tmp_path), asked_for()) == ["z", "y", "x"]
    catalogue.close()


def test_chunks_removed_since_the_view_was_made_are_passed_over(views: Ranking) -> None:
    views.catalogue.remove("b")
    hits = rank(asked_for(), *views)
    views.catalogue.remove("a")
    assert [p.doc for p in fetch(hits, views.catalogue, Filters())] == ["c", "d"]


def test_one_hit_a_document() -> None:
    parts = ScoreParts(0, 0, 0, 0)
    hits = [Hit(n, 1 - n / 10, None, parts) for n in (6, 1, 5, 2)]
    assert [hit.chunk for hit in best_per_document(hits, [3, 0, 3, 1])] == [6, 1, 2]


def mark(tmp_path: Path, text: str, *spans: tuple[int, int]) -> list[str]:
    """What is highlighted in a chunk where the last of these stretches fits best."""
    parts = tuple(Sentence(a + 100, b + 100, text[a:b], True) for a, b in spans)
    chunk = Chunk(100, 100 + len(text), text, (), parts, passage="passage")
    vectors = {text_hash(part.text): at(0.1) for part in parts}
    vectors |= {text_hash("passage"): at(0.5), text_hash(parts[-1].text): at(0.9)}
    catalogue = Catalogue(tmp_path, create=True)
    document = Document("f", "", 0, "", (), Description(title="f"), "", (chunk,))
    catalogue.put(document, "1", vectors)
    hits = rank(asked_for(), *views_of(catalogue, tmp_path))
    (passage,) = fetch(hits, catalogue, Filters())
    catalogue.close()
    return [text[start - 100 : end - 100] for start, end in passage.highlights]


def test_a_clause_is_marked_with_its_whole_sentence(tmp_path: Path) -> None:
    text = "一是新建学校三所，二是招聘教师八名。三是更新校车。"
    assert mark(tmp_path, text, (18, 25), (9, 18)) == ["一是新建学校三所，二是招聘教师八名。"]


def test_a_clause_of_an_endless_sentence_is_marked_alone(tmp_path: Path) -> None:
    text = "，".join(f"新建学校{number}所" for number in range(30)) + "。"
    assert mark(tmp_path, text, (0, 6), (7, 13)) == ["新建学校1所"]


def test_what_stands_below_a_bare_heading_is_marked_instead_of_it(tmp_path: Path) -> None:
    text = "（一）防止因贫失学。\n对困难学生逐户走访。\n免除学费。"
    below = "对困难学生逐户走访。"
    assert mark(tmp_path, text, (11, 21), (0, 10)) == [below]
    assert mark(tmp_path / "alone", text[:10], (0, 10)) == [text[:10]]


# With the real model


SEED = "001_"
FIGURES = ("21.23%", "8.52%")


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["各县如何化解大班额", "how did counties cut oversized classes"]
)
def test_both_languages_find_the_county_that_cut_its_classes(
    seed_library: Library, question: str
) -> None:
    found = seed_library.search(question, limit=3)
    right = [p for p in found if p.doc.startswith(SEED) and all(f in p.text for f in FIGURES)]
    assert right, [(p.doc, p.start, p.end) for p in found]


# How often one of the first three passages answers a question of tests/data/sample_questions_*.
# Measured when the floors were set: zh .793 of 58, en .712 of 52, nothing read from the question.
FLOORS = {"zh": 0.75, "en": 0.69}

_MARKUP = re.compile(r"<[^>]*>|[\s|*#_`>]+")


def overlaps(passage: str, quote: str) -> bool:
    """Whether a quotation stands in a passage, or reaches into it, whatever the markup.

    A row of a table is read with the column's head before each cell: all cells must be there, in
    order, on one line.
    """
    cells = [cell for cell in _MARKUP.split(quote) if cell]
    if quote.lstrip().startswith(("|", "<tr")):
        row = re.compile(".*?".join(map(re.escape, cells)))
        return any(row.search(_MARKUP.sub("", line)) for line in passage.split("\n"))
    inside, whole = "".join(cells), _MARKUP.sub("", passage)
    if inside in whole or whole in inside:
        return True
    # A quotation that goes on in the next chunk: eight characters are no accident.
    return any(
        whole.endswith(inside[:n]) or whole.startswith(inside[-n:]) for n in range(8, len(inside))
    )


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("新建学校三所", True),
        ("新建学 校\n三所，**增加**学位", True),
        ("新建学校五所", False),
        ("在此之前，各地已经新建学校三所", False),
        ("各地在此前两年已经完成工作总结\n新建学校三所", True),
        ("公开招聘教师八名。其中乡村教师三名", True),
        ("| 大班额比例 | 9.0% |", True),
        ("<tr><td>大班额比例</td><td>9.0%</td></tr>", True),
        ("| 大班额比例 | 15.0% | 9.0% |", True),
        ("| 大班额比例 | 9.0% | 15.0% |", False),
    ],
)
def test_what_counts_as_overlap(quote: str, expected: bool) -> None:
    table = "指标：大班额比例，2021年：15.0%，2022年：9.0%"
    passage = f"工作总结\n新建学校三所，增加学位。\n{table}\n公开招聘教师八名。"
    assert overlaps(passage, quote) is expected


@pytest.mark.model
@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_find_their_answers_in_the_sample_library(
    sample_library: Library, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        json.loads(line)
        for file in sorted((ROOT / "tests/data").glob("sample_questions_*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    asked = [
        row
        for row in rows
        if row["answerable"] and row["split"] == "tune" and row["language"] == language
    ]
    missed = []
    for row in asked:
        found = sample_library.search(row["question"], limit=3)
        if not any(
            passage.doc == answer["doc"] and overlaps(passage.text, answer["quote"])
            for passage in found
            for answer in row["answers"]
        ):
            missed.append(row["id"])
    share = 1 - len(missed) / len(asked)
    with capsys.disabled():
        print(f"\nsample library, {language}: success@3 {share:.3f} of {len(asked)}; not {missed}")
    assert len(asked) > 10
    assert share >= FLOORS[language]


# The same of tests/data/questions_search.jsonl, places and years read from the question. Measured
# when the floors were set: success@3 zh 65 of 77, en 26 of 36; nDCG@10 zh .716, en .664.
ASKED_ON = date(2025, 3, 1)
FIND_FLOORS = {"zh": 0.80, "en": 0.66}
ENGLISH_TO_CHINESE = 0.9


def answered_at(passages: Sequence[Passage], answers: list[dict[str, str]]) -> list[int]:
    """The ranks, from 0, of the passages that hold an answer not found higher up."""
    left, ranks = list(answers), []
    for rank_, passage in enumerate(passages):
        hit = [a for a in left if a["doc"] == passage.doc and overlaps(passage.text, a["quote"])]
        if hit:
            ranks.append(rank_)
            left = [each for each in left if each not in hit]
    return ranks


def ndcg(ranks: Sequence[int], right: int) -> float:
    """nDCG@10 where every answer is worth the same."""
    best = sum(1 / log2(n + 2) for n in range(min(right, 10)))
    return sum(1 / log2(n + 2) for n in ranks if n < 10) / best


def test_ndcg_by_hand() -> None:
    assert ndcg([0], 1) == 1
    assert ndcg([1], 1) == pytest.approx(1 / log2(3))
    assert ndcg([0, 2], 2) == pytest.approx(1.5 / (1 + 1 / log2(3)))
    assert ndcg([10], 1) == ndcg([], 3) == 0


@pytest.mark.model
def test_labelled_questions_find_their_answers(
    sample_library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    gains: dict[str, float] = {}
    for language, floor in FIND_FLOORS.items():
        rows = [
            row
            for row in labelled_questions()
            if row["answerable"] and row["split"] == "tune" and row["language"] == language
        ]
        found = {r["id"]: sample_library.find(r["question"], today=ASKED_ON) for r in rows}
        ranks = {r["id"]: answered_at(found[r["id"]].passages, r["answers"]) for r in rows}
        missed = [name for name, at_ in ranks.items() if not at_ or at_[0] > 2]
        share = 1 - len(missed) / len(rows)
        gains[language] = sum(ndcg(ranks[r["id"]], len(r["answers"])) for r in rows) / len(rows)
        with capsys.disabled():
            print(
                f"\nquestions, {language}: success@3 {share:.3f} of {len(rows)}, "
                f"nDCG@10 {gains[language]:.3f}; not {missed}"
            )
        assert len(rows) > 30
        assert share >= floor
    assert gains["en"] >= ENGLISH_TO_CHINESE * gains["zh"]
