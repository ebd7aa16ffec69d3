"""A cross-encoder puts the first results into their final order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from light_encoder import LightEncoder

from indexer.embed import load_reranker
from indexer.errors import ModelError
from indexer.library import Library

QUESTION = "化解大班额"


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real cross-encoder of one small layer with random weights, in a folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    signs = [chr(code) for code in range(0x4E00, 0x9FA6)]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"0123456789，。、：%", *signs]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=128, num_labels=1, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture
def reranked(index: Path, encoder: LightEncoder, cross_encoder: Path) -> Iterator[Library]:
    opened = Library(index, lambda _: encoder, reranker=str(cross_encoder))
    yield opened
    opened.close()


def test_the_results_stand_in_the_order_of_the_cross_encoder(
    library: Library, reranked: Library, cross_encoder: Path
) -> None:
    plain, found = library.search(QUESTION), reranked.search(QUESTION)
    assert {(p.doc, p.start) for p in found} == {(p.doc, p.start) for p in plain}
    assert len(found) > 3
    scores = load_reranker(str(cross_encoder)).scores(QUESTION, [p.text for p in found])
    assert scores == sorted(scores, reverse=True)
    assert [p.score for p in found] == pytest.approx(scores, abs=1e-3)
    assert [(p.doc, p.start) for p in found] != [(p.doc, p.start) for p in plain]


@pytest.mark.parametrize("content", [None, {}, {"config.json": "{}"}, {"config.json": "no json"}])
def test_a_folder_that_holds_no_cross_encoder_is_told(
    tmp_path: Path, content: dict[str, str] | None
) -> None:
    folder = tmp_path / "model"
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as problem:
        load_reranker(str(folder))
    assert problem.value.code == "model_unavailable"
    assert str(folder) in str(problem.value.facts["model"])


def test_without_one_nothing_is_loaded(library: Library) -> None:
    library.search(QUESTION)
    assert library._reranker is None
