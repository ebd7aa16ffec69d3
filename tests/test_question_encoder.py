"""Questions find what answers them, and nothing else of the model changes for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from transformers import AutoModel

from benchmarks.low_rank import changes_between, half
from indexer.bundled_model import model_folder
from indexer.changed_layers import stored_changes
from indexer.embed import SentenceEncoder, load_encoder
from indexer.question_encoder import CHANGES, PROMPT, QuestionEncoder

RANK = 4
ANSWERED = {
    "why do some kids give up school before they are fifteen": "因厌学、外出务工等原因，全县有三十一名初中生中途流失。",
    "who checks that the school lunch is safe to eat": "市场监管所每月对食堂食材进行一次抽样检验。",
    "money the county still owes to builders": "校舍建设拖欠工程款尚有两千余万元没有付清。",
    "how far pupils travel in the morning": "最远的学生上学单程要走九公里山路。",
    "what is done for teachers who work in remote villages": "在边远教学点任教的人员每月另发津贴六百元。",
    "how the bureau stops paid private lessons": "对在职教师有偿补课的，一经查实取消评优资格。",
    "娃娃近视的多不多": "视力不良检出率为百分之五十三。",
    "老师不够怎么补上": "通过公开招聘、区域内调剂等方式补充师资一百余人。",
    "下雨天房子漏水的学校修好没有": "十二所学校的屋面防水改造已在汛期前完工。",
    "谁来管放学以后的孩子": "课后服务由本校教职工和社区志愿者共同承担。",
}
"""Questions in everyday words, each with the sentence that answers it and no other of these."""


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder()


@pytest.mark.model
def test_questions_find_what_answers_them_better_than_the_plain_model(
    encoder: SentenceEncoder,
) -> None:
    sentences = encoder.encode_passages(list(ANSWERED.values()))

    def right(vectors: list[np.ndarray]) -> int:
        return sum(int(np.argmax(sentences @ v)) == at for at, v in enumerate(vectors))

    trained = right([encoder.encode_question(each) for each in ANSWERED])
    plain = right([encoder.encode_sentence(each) for each in ANSWERED])
    assert trained >= 9 and trained > plain


@pytest.mark.model
def test_vectors_of_passages_and_sentences_stay_as_they_are() -> None:
    encoder = load_encoder()
    texts = list(ANSWERED.values())
    before = encoder.encode_passages(texts), encoder.encode_sentence(texts[0])
    encoder.warm_up()
    encoder.encode_question("大班额")
    assert np.array_equal(before[0], encoder.encode_passages(texts))
    fresh = load_encoder().encode_sentence(texts[0])
    assert np.array_equal(before[1], fresh)


@pytest.mark.model
@pytest.mark.parametrize("text", ["", "？", "大班额", "how " * 2000, "班" * 3000])
def test_any_question_has_a_unit_vector(encoder: SentenceEncoder, text: str) -> None:
    vector = encoder.encode_question(text)
    assert vector.shape == (encoder.dimension,) and vector.dtype == np.float32
    assert float(vector @ vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.model
def test_another_model_keeps_its_own_way_with_questions(encoder: SentenceEncoder) -> None:
    other = SentenceEncoder(encoder._model, "another")
    question = next(iter(ANSWERED))
    assert np.array_equal(other.encode_question(question), encoder.encode_sentence(question))
    assert not np.array_equal(other.encode_question(question), encoder.encode_question(question))


@pytest.mark.model
def test_without_changes_it_is_the_plain_model(encoder: SentenceEncoder) -> None:
    plain = QuestionEncoder(encoder._layers, encoder._model.tokenizer, {})
    question = next(iter(ANSWERED))
    assert plain.vector(question) == pytest.approx(encoder.encode_sentence(question), abs=1e-5)


@pytest.mark.model
def test_the_changes_as_kept_encode_as_the_trained_layers_do(encoder: SentenceEncoder) -> None:
    torch.manual_seed(1)
    trained = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False)
    before = {name: weight.clone() for name, weight in trained.state_dict().items()}
    with torch.no_grad():
        for weight in trained.encoder.parameters():
            if weight.ndim == 2:
                up, down = torch.randn(len(weight), RANK), torch.randn(RANK, weight.shape[1])
                weight += 0.1 * up @ down / math.sqrt(RANK * weight.shape[1])
            else:
                weight += 0.01 * torch.randn_like(weight)
    kept = half(changes_between(before, trained.state_dict(), RANK))
    assert sum(value.numel() for value in kept.values()) < 0.05 * sum(
        value.numel() for value in before.values()
    )
    tokenizer = encoder._model.tokenizer
    made = {name: value.float() for name, value in kept.items()}
    question = next(iter(ANSWERED))
    found = QuestionEncoder(encoder._layers, tokenizer, made).vector(question)
    text = tokenizer(PROMPT + question, return_tensors="pt")
    with torch.inference_mode():
        states = trained.eval()(**text).last_hidden_state[0].mean(0)
    expected = (states / states.norm()).numpy()
    assert found == pytest.approx(expected, abs=2e-3)
    assert float(found @ encoder.encode_sentence(question)) < 0.99


@pytest.mark.model
def test_every_change_belongs_to_a_weight_of_the_model(encoder: SentenceEncoder) -> None:
    shapes = {name: tuple(each.shape) for name, each in encoder._layers.named_parameters()}
    made = stored_changes(CHANGES)
    assert not any("word_embeddings" in name for name in made)
    for name, change in made.items():
        whole, _, part = name.rpartition(".")
        if part == "up":
            assert (change @ made[f"{whole}.down"]).shape == shapes[whole]
        elif part != "down":
            assert tuple(change.shape) == shapes[name]
        assert torch.isfinite(change).all()
