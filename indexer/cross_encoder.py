"""Reads a question and a sentence together: the log-odds that the sentence answers it.

    question </s></s> heading：sentence → layers of the bundled model, changed → mean → log-odds

Two vectors made apart blur what a sentence says, most of all to a question in another language.
Here every word of the question meets every word of the sentence. The layers are those of the
bundled model plus changes of low rank (`changed_layers.py`); `python -m
benchmarks.train_cross_encoder` made them of passages and questions written for that. Another model
has no such changes and is not read with. Where the processor multiplies numbers of 16 bits by
itself the layers are read in those, in little more than half the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.changed_layers import changed
from indexer.records import Vector

if TYPE_CHECKING:
    import torch
    from transformers import BertModel, PreTrainedTokenizerBase

LONGEST = 128
"""Tokens of question and sentence together; a sentence that is looked at has hardly more."""

_BATCH = 6  # of texts about as long as one another, so that little is padded

CHANGES: Final = "cross_encoder.safetensors"
OWN: Final = ("hidden", "hidden_bias", "out", "bias")
"""Of the changes, the two layers above the mean, which the bundled model lacks."""


class CrossEncoder:
    """The bundled model as a reader of pairs; it shares its word vectors with the encoder."""

    def __init__(
        self,
        model: BertModel,
        tokenizer: PreTrainedTokenizerBase,
        changes: Mapping[str, torch.Tensor],
        *,
        half: bool | None = None,
    ) -> None:
        """`half`: read in numbers of 16 bits; None: where that is quicker."""
        self._model = changed(model, changes)
        self._model.pooler = None  # not used, and in the way of other numbers
        if multiplies_halves() if half is None else half:
            _halve(self._model)
        self._tokenizer = tokenizer
        self._layers = {name: changes[name] for name in OWN}

    def log_odds(self, question: str, texts: Sequence[str]) -> Vector:
        """For each text the log-odds that it answers the question, without any other knowledge."""
        import torch

        found = np.zeros(len(texts), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                members = order[start : start + _BATCH]
                found[members] = self._of_batch(question, [texts[at] for at in members]).numpy()
        return found

    def _of_batch(self, question: str, texts: list[str]) -> torch.Tensor:
        import torch

        pairs: Any = self._tokenizer(
            [question] * len(texts),
            texts,
            truncation=True,
            max_length=LONGEST,
            padding=True,
            return_tensors="pt",
        )
        ids, mask = pairs["input_ids"], pairs["attention_mask"]
        second = second_texts(ids, mask, self._tokenizer.eos_token_id)
        states = self._model(ids, mask, token_type_ids=second).last_hidden_state
        mean = mean_state(states.float(), mask)
        own = self._layers
        hidden = torch.tanh(mean @ own["hidden"].T + own["hidden_bias"])
        return hidden @ own["out"] + own["bias"]


def multiplies_halves() -> bool:
    """Whether this processor multiplies bfloat16 by itself; others do so far more slowly."""
    import torch

    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def _halve(model: BertModel) -> None:
    """Make the layers bfloat16; the word vectors, which are shared, stay as they are."""
    import torch

    model.encoder.to(torch.bfloat16)
    model.embeddings.register_forward_hook(lambda _, __, states: states.to(torch.bfloat16))


def second_texts(ids: torch.Tensor, mask: torch.Tensor, end: int) -> torch.Tensor:
    """Where the second text of each pair stands, 1 or 0: behind the first of the tokens `end`.

    The tokenizer of this model does not mark it.
    """
    ends = (ids == end).long()
    return (ends.cumsum(1) - ends >= 1).long() * mask


def mean_state(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of the states of each pair's own tokens."""
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
