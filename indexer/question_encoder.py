"""The vector of a question, from layers that have learned where answers to questions lie.

    "query: " + question → layers of the bundled model, changed → mean → unit vector

The bundled model puts an English question nearer to English words than to a Chinese answer, and a
Chinese one nearer to its own wording than to official prose. Its changed layers look for the
unchanged vectors of passages and sentences, so that an index stays as it is.
`python -m benchmarks.train_question_encoder` made the changes, of passages and questions written
for that; another model has none and its own way with questions is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.changed_layers import changed
from indexer.records import Vector

if TYPE_CHECKING:
    import torch
    from transformers import BertModel, PreTrainedTokenizerBase

CHANGES: Final = "question_encoder.safetensors"
PROMPT: Final = "query: "
LONGEST = 512
"""Tokens of a question, prompt included; what is beyond them is not read."""


class QuestionEncoder:
    """The bundled model as an encoder of questions; it shares its word vectors with the encoder."""

    def __init__(
        self,
        model: BertModel,
        tokenizer: PreTrainedTokenizerBase,
        changes: Mapping[str, torch.Tensor],
    ) -> None:
        self._model = changed(model, changes)
        self._tokenizer = tokenizer

    def vector(self, question: str) -> Vector:
        """The unit vector of a question."""
        import torch

        text: Any = self._tokenizer(
            PROMPT + question, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        with torch.inference_mode():
            mean = self._model(**text).last_hidden_state[0].mean(0)
            return np.asarray((mean / mean.norm()).numpy(), np.float32)
