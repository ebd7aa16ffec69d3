"""What is trained is what is read with: the changes as kept make the same model of the same parts."""

from __future__ import annotations

import math

import pytest
import torch

from benchmarks.train_cross_encoder import PairModel, changes, restore
from indexer.bundled_model import model_folder
from indexer.changed_layers import stored_changes
from indexer.cross_encoder import CHANGES, OWN, CrossEncoder, second_texts
from indexer.embed import SentenceEncoder, load_encoder

QUESTION = "how did counties cut oversized classes"
TEXTS = ("（一）化解大班额：新建学校3所。", "食堂。", "大班额比例由21.3%下降到8.5%，其中小学6.1%。")
RANK = 4


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder()


@pytest.fixture(scope="module")
def trained() -> PairModel:
    """As training may leave it, by chance: each matrix changed a little, at a low rank."""
    torch.manual_seed(1)
    model = PairModel(model_folder()).eval()
    with torch.no_grad():
        model.second.weight.normal_(std=0.02)
        model.hidden.weight.normal_(std=0.5)  # so that what goes in tells in what comes out
        model.out.weight.normal_(std=0.5)
        for weight in model.base.encoder.parameters():
            if weight.ndim == 2:
                up, down = torch.randn(len(weight), RANK), torch.randn(RANK, weight.shape[1])
                weight += 0.1 * up @ down / math.sqrt(RANK * weight.shape[1])
            else:
                weight += 0.01 * torch.randn_like(weight)
    return model


@pytest.mark.model
def test_the_changes_as_kept_read_as_the_trained_model_does(
    encoder: SentenceEncoder, trained: PairModel
) -> None:
    layers, tokenizer = encoder._model[0].auto_model, encoder._model.tokenizer
    pairs = tokenizer([QUESTION] * len(TEXTS), list(TEXTS), padding=True, return_tensors="pt")
    ids, mask = pairs["input_ids"], pairs["attention_mask"]
    with torch.inference_mode():
        before = trained(ids, mask, second_texts(ids, mask, tokenizer.eos_token_id))
    assert float(before.std()) > 0.5
    kept = {name: value.float() for name, value in changes(trained, RANK).items()}
    found = CrossEncoder(layers, tokenizer, kept, half=False).log_odds(QUESTION, TEXTS)
    assert found.tolist() == pytest.approx(before.tolist(), abs=0.05)
    again = PairModel(model_folder()).eval()
    restore(again, kept)
    with torch.inference_mode():
        went_on = again(ids, mask, second_texts(ids, mask, tokenizer.eos_token_id))
    assert went_on.tolist() == pytest.approx(before.tolist(), abs=0.05)
    less = {name: value for name, value in kept.items() if ".layer.5." not in name}
    other = CrossEncoder(layers, tokenizer, less, half=False).log_odds(QUESTION, TEXTS)
    assert other.tolist() != pytest.approx(before.tolist(), abs=0.05)


@pytest.mark.model
def test_every_change_belongs_to_a_weight_of_the_model(encoder: SentenceEncoder) -> None:
    shapes = {name: tuple(p.shape) for name, p in encoder._model[0].auto_model.named_parameters()}
    made = stored_changes(CHANGES)
    for name, change in made.items():
        whole, _, part = name.rpartition(".")
        if part == "up":
            assert (change @ made[f"{whole}.down"]).shape == shapes[whole]
        elif part != "down" and name not in OWN:
            assert tuple(change.shape) == shapes[name]
        assert torch.isfinite(change).all()
    assert set(OWN) <= made.keys()


@pytest.mark.model
def test_numbers_of_16_bits_tell_nearly_the_same(encoder: SentenceEncoder) -> None:
    layers, tokenizer = encoder._model[0].auto_model, encoder._model.tokenizer
    whole, half = (
        CrossEncoder(layers, tokenizer, stored_changes(CHANGES), half=half)
        for half in (False, True)
    )
    told = whole.log_odds(QUESTION, TEXTS)
    assert float(told.std()) > 0.5
    found = half.log_odds(QUESTION, TEXTS)
    assert found.tolist() == pytest.approx(told.tolist(), abs=0.3)
    assert found.tolist() != told.tolist()  # they were read in fewer bits
    assert layers.embeddings.word_embeddings.weight.dtype == torch.float32
    assert {weight.dtype for weight in layers.encoder.parameters()} == {torch.float32}
    assert whole.log_odds(QUESTION, TEXTS).tolist() == told.tolist()
