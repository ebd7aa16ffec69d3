"""The second reading: which candidates are read, and what it makes of their probabilities."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.candidates import (
    LIKELY_BEFORE,
    LONGEST_HEADING,
    READ_AGAIN,
    READ_CHARACTERS,
    WORTH_READING,
    Candidate,
    _above,
    read_again,
    with_notes,
)
from indexer.embed import SentenceEncoder, load_encoder
from indexer.expand import Group
from indexer.retrieve import Asked
from indexer.sentences import split_sentences
from indexer.speaks import Reading

READING = Reading(intercept=-0.5, before=0.8, read=0.7)


def candidate(
    text: str, probability: float, at: int, closeness: float = 0.0, above: str = ""
) -> Candidate:
    nothing = np.zeros(2, np.float32)
    return Candidate(text, at, 0, len(text), above, probability, 0.0, closeness, nothing)


def made(likely: list[float]) -> list[Candidate]:
    return [candidate(f"句{n % 30}", p, n) for n, p in enumerate(sorted(likely, reverse=True))]


LIKELY = st.lists(st.floats(1e-6, 1 - 1e-6), max_size=60)
TOLD = st.lists(st.floats(-9, 9), min_size=READ_AGAIN, max_size=READ_AGAIN)


@given(LIKELY, TOLD)
def test_the_likeliest_are_read_and_the_others_left_out(
    likely: list[float], told: list[float]
) -> None:
    candidates = made(likely)
    asked: list[str] = []

    def answers(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        asked.extend(texts)
        return np.array(told[: len(texts)], np.float32)

    found = read_again(candidates, answers, READING)
    worth = [each.text for each in candidates if each.probability >= WORTH_READING]
    assert asked == list(dict.fromkeys(worth))[:READ_AGAIN]
    assert {each.text for each in found} == set(asked)
    first = {each.chunk: each.probability for each in candidates}
    for each in found:
        expected = READING.probability(first[each.chunk], told[asked.index(each.text)])
        assert each.probability == pytest.approx(expected, abs=1e-6)
        assert 0 <= each.probability <= 1
    order = [each.probability for each in found]
    assert order == sorted(order, reverse=True)


def test_of_sentences_about_as_likely_the_closer_are_read() -> None:
    given = [(0.30, 0.80), (0.29, 0.86), (0.02, 0.88)]
    candidates = [candidate("甲乙丙"[n] * 400, p, n, near) for n, (p, near) in enumerate(given)]
    found = read_again(candidates, lambda texts: np.zeros(len(texts), np.float32), READING)
    assert [each.chunk for each in found] == [1]


@given(
    st.lists(st.integers(1, 2 * READ_CHARACTERS), min_size=1, max_size=40),
    st.sampled_from([1.0, 1.5, 2.0]),
)
def test_no_more_is_read_than_there_is_time_for(lengths: list[int], more: float) -> None:
    texts = [chr(0x4E00 + n) * length for n, length in enumerate(lengths)]
    candidates = [candidate(text, 0.9 - n / 100, n) for n, text in enumerate(texts)]
    found = read_again(candidates, lambda each: np.zeros(len(each), np.float32), READING, more)
    kept = [each.text for each in found]
    most, longest = int(more * READ_AGAIN), more * READ_CHARACTERS
    assert kept == texts[: len(kept)]  # the likeliest, whatever their length
    assert kept
    if len(kept) > 1:
        assert sum(map(len, kept)) <= longest
    if len(kept) < min(len(texts), most):
        assert sum(map(len, texts[: len(kept) + 1])) > longest
    assert len(kept) <= most


def test_what_reads_far_less_like_an_answer_than_the_best_is_left_out() -> None:
    candidates = made([0.5, 0.3, 0.2, 0.1])
    told = np.array([-4.0, 2.0, -0.9, -1.1], np.float32)
    found = read_again(candidates, lambda _: told, READING, far_below=3)
    assert {each.text for each in found} == {"句1", "句2"}
    found = read_again(candidates, lambda _: told, READING)
    assert {each.text for each in found} == {"句0", "句1", "句2", "句3"}
    # The likeliest stays even so: what was found before may outweigh how it reads.
    told = np.array([-1.1, 2.0, -0.9, -1.1], np.float32)
    sure = [candidate("句0", 0.999999, 0), *candidates[1:]]
    found = read_again(sure, lambda _: told, READING, far_below=3)
    assert [each.text for each in found] == ["句0", "句1", "句2"]
    # So does what was likely at first.
    told = np.array([-4.0, 2.0, -0.9, -1.1], np.float32)
    likely = [candidate("句0", LIKELY_BEFORE, 0), *candidates[1:]]
    found = read_again(likely, lambda _: told, READING, far_below=3)
    assert {each.text for each in found} == {"句0", "句1", "句2"}


@given(LIKELY)
def test_what_cannot_be_read_stays_as_it_is(likely: list[float]) -> None:
    candidates = made(likely)
    assert read_again(candidates, lambda _: None, READING) == candidates
    ones = np.ones(READ_AGAIN, np.float32)
    assert read_again(candidates, lambda texts: ones[: len(texts)], None) == candidates


def test_a_sentence_is_read_with_its_heading() -> None:
    long = "一" * 90
    candidates = [
        candidate("甲", 0.5, 1, above="（一）控辍保学"),
        candidate("乙", 0.4, 2),
        candidate("丙", 0.3, 3, above=long),
    ]
    asked: list[str] = []

    def answers(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        asked.extend(texts)
        return np.array([0.0, 4.0, 0.0], np.float32)

    found = read_again(candidates, answers, READING)
    assert asked == ["（一）控辍保学：甲", "乙", f"{long[:LONGEST_HEADING]}：丙"]
    assert found[0].text == "乙"


@pytest.mark.parametrize(
    ("heading", "title", "expected"),
    [
        (
            ("三、主要措施", "（三）规范招生"),
            "临河县化解大班额实施方案",
            "临河县化解大班额实施方案",
        ),
        (("二、化解大班额", "（一）数字变化"), "临河县工作总结", "二、化解大班额"),
        (("二、化解大班额", "（一）大班额怎样减"), "临河县化解大班额方案", "（一）大班额怎样减"),
        (("三、主要措施", "（三）规范招生"), "临河县工作总结", "（三）规范招生"),
        ((), "临河县化解大班额实施方案", "临河县化解大班额实施方案"),
        ((), "临河县工作总结", ""),
    ],
)
def test_a_sentence_is_read_under_the_line_that_names_the_subject(
    heading: tuple[str, ...], title: str, expected: str
) -> None:
    asked = Asked(np.zeros(2, np.float32), (Group("大班额", ((("大班额",), 1.0),)),), (1.0,))
    chunk = SimpleNamespace(heading=heading, about=SimpleNamespace(title=title))
    assert _above(asked, chunk) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "改造食堂3所。（责任股室：规划建设股）\n新建学校2所。",
            ["改造食堂3所。（责任股室：规划建设股）", "新建学校2所。"],
        ),
        ("改造食堂3所。\n（牵头单位：教育局）", ["改造食堂3所。\n（牵头单位：教育局）"]),
        ("改造食堂3所。\n（一）新建学校", ["改造食堂3所。", "（一）新建学校"]),
        ("改造食堂3所。（略）", ["改造食堂3所。", "（略）"]),
        ("（责任股室：规划建设股）", ["（责任股室：规划建设股）"]),
        ("", []),
    ],
)
def test_a_note_on_whose_task_it_is_belongs_to_the_sentence_before(
    text: str, expected: list[str]
) -> None:
    found = with_notes(split_sentences(text, 7), text, 7)
    assert [each.text for each in found] == expected
    assert [text[each.start - 7 : each.end - 7] for each in found] == expected


def test_what_several_documents_say_is_read_once_and_leaves_room_for_others() -> None:
    """Else a phrase of every report would take the place of all that the reports tell apart."""
    phrase = "按照统一部署，积极稳妥化解大班额。" * 10
    same = [candidate(phrase, 0.9 - n / 100, n, above=f"（{n}）") for n in range(9)]
    same[3] = candidate(phrase.replace("，", ", "), 0.87, 3)  # written a little differently
    other = candidate("新建学校三所。", 0.5, 9, above="（9）")
    asked: list[str] = []

    def answers(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        asked.extend(texts)
        return np.array([1.0, 2.0][: len(texts)], np.float32)

    found = read_again([*same, other], answers, READING)
    assert asked == [f"（0）：{phrase}", f"（9）：{other.text}"]
    assert {each.chunk for each in found} == set(range(10))
    for each in found:
        first, told = (other.probability, 2.0) if each.chunk == 9 else (0.9 - each.chunk / 100, 1.0)
        assert each.probability == pytest.approx(READING.probability(first, told))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-50, 50), st.floats(-50, 50))
def test_what_reads_better_is_likelier(p: float, q: float, a: float, b: float) -> None:
    low, high = sorted((p, q)), sorted((a, b))
    assert READING.probability(low[0], high[0]) <= READING.probability(low[1], high[0])
    assert READING.probability(low[0], high[0]) <= READING.probability(low[0], high[1])


CLASSES = "通过新建学校和增聘教师，大班额比例由21.3%下降到8.5%。"
CANTEEN = "食堂周三供应牛肉面。"
QUESTIONS = ("各县如何化解大班额", "how did counties cut oversized classes", "大班额")


@pytest.fixture(scope="module")
def model() -> SentenceEncoder:
    return load_encoder()


@pytest.mark.model
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_pair_is_read_together(model: SentenceEncoder, question: str) -> None:
    found = model.answers(question, [CLASSES, CANTEEN])
    assert found is not None
    right, wrong = found
    assert right > wrong + 2
    for text, told in ((CLASSES, right), (CANTEEN, wrong)):
        alone = model.answers(question, [text])
        assert alone is not None
        assert float(alone[0]) == pytest.approx(told, abs=0.1)  # 16 bits may be read


@pytest.mark.model
def test_what_is_asked_for_makes_the_difference(model: SentenceEncoder) -> None:
    text = "全县招聘教师120名，其中农村学校85名；教师年人均培训经费1200元。"
    asked = ("农村学校新来了多少老师", "县城有多少学生近视", "How much is spent on training a teacher?",
             "How many pupils live at school?")  # fmt: skip
    told = [model.answers(question, [text]) for question in asked]
    rural, eyesight, training, boarders = (float(each[0]) for each in told if each is not None)
    assert min(rural, training) > max(eyesight, boarders) + 1


@pytest.mark.model
def test_the_reader_leaves_the_encoder_as_it_was(model: SentenceEncoder) -> None:
    before = load_encoder().encode_passages([CLASSES])
    empty = model.answers("大班额", [])
    assert empty is not None
    assert empty.shape == (0,)
    assert np.array_equal(model.encode_passages([CLASSES]), before)
    words = model._model[0].auto_model.embeddings.word_embeddings.weight
    own = model._cross_encoder._model.embeddings.word_embeddings.weight
    assert own.data_ptr() == words.data_ptr()  # four fifths of its memory


@pytest.mark.model
def test_long_questions_and_sentences_are_cut(model: SentenceEncoder) -> None:
    found = model.answers("大班额" * 600, [CLASSES * 40, CLASSES])
    assert found is not None
    assert np.isfinite(found).all()
