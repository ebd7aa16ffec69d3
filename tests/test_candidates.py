"""The second reading changes the order of candidates and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.candidates import ALIGNED, Candidate, aligned
from indexer.embed import SentenceEncoder, load_encoder


def candidate(text: str, probability: float, at: int) -> Candidate:
    vector = np.zeros(2, np.float32)
    return Candidate(text, at, 0, len(text), probability, 0.0, probability, vector)


def in_order(likely: list[float]) -> list[Candidate]:
    made = [candidate(f"句{n % 30}", p, n) for n, p in enumerate(sorted(likely, reverse=True))]
    return sorted(made, key=lambda each: (-each.weight, each.chunk, each.start))


LIKELY = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=40)
FITS = st.lists(st.floats(0, 1), min_size=ALIGNED, max_size=ALIGNED)


@given(LIKELY, FITS)
def test_only_the_order_changes(likely: list[float], fits: list[float]) -> None:
    given_ = in_order(likely)
    asked: list[str] = []

    def align(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        asked.extend(texts)
        return np.array(fits[: len(texts)], np.float32)

    found = aligned(given_, align)
    key = [(each.text, each.probability, each.chunk) for each in given_]
    assert sorted((each.text, each.probability, each.chunk) for each in found) == sorted(key)
    assert [each.weight for each in found] == sorted((e.weight for e in found), reverse=True)
    assert asked == list(dict.fromkeys(each.text for each in given_[:ALIGNED]))
    for each in found:
        assert 0 <= each.weight <= 1
        if each.text not in asked:
            assert each.weight == each.probability


@given(LIKELY, st.floats(0, 1))
def test_what_fits_alike_stays_in_order(likely: list[float], fit: float) -> None:
    given_ = in_order(likely)
    assert aligned(given_, lambda texts: np.full(len(texts), fit, np.float32)) == given_


def test_a_better_fit_goes_first() -> None:
    given_ = [candidate("甲", 0.5, 1), candidate("乙", 0.45, 2), candidate("丙", 0.1, 3)]
    fits = {"甲": 0.7, "乙": 0.9, "丙": 0.7}
    found = aligned(given_, lambda texts: np.array([fits[text] for text in texts], np.float32))
    assert [each.text for each in found] == ["乙", "甲", "丙"]
    assert found[0].weight > 0.5 > 0.45 == found[0].probability


CLASSES = "通过新建学校和增聘教师，大班额比例由21.3%下降到8.5%。"
CANTEEN = "食堂周三供应牛肉面。"


@pytest.fixture(scope="module")
def model() -> SentenceEncoder:
    return load_encoder()


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["各县如何化解大班额", "how did counties cut oversized classes", "大班额"]
)
def test_tokens_find_what_they_mean(model: SentenceEncoder, question: str) -> None:
    right, wrong = model.alignments(question, [CLASSES, CANTEEN])
    assert 1 >= right > wrong + 0.02 > 0
    alone = [float(model.alignments(question, [text])[0]) for text in (CLASSES, CANTEEN)]
    assert alone == pytest.approx([right, wrong], abs=2e-3)
    assert model.alignments(question, []).shape == (0,)
