"""Texts -> unit vectors, by any sentence-transformers model.

The only module that imports sentence-transformers, and it does so late: importing torch takes
seconds that a page must not wait for.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from indexer import bundled_model
from indexer.changed_layers import stored_changes
from indexer.errors import ModelError
from indexer.records import Matrix, Vector

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as PassageReader
    from sentence_transformers import SentenceTransformer

    from indexer.cross_encoder import CrossEncoder
    from indexer.question_encoder import QuestionEncoder

BUNDLED = "bundled"
"""The name that stands for the default model wherever a model is named."""

_LONGEST_WINDOW = 8192
_PROMPTS = {  # families whose published folders carry no prompts, though their authors ask for them
    "multilingual-e5": {"query": "query: ", "passage": "passage: "},
    "bge-large-zh": {"query": "为这个句子生成表示以用于检索相关文章："},
    "bge-base-zh": {"query": "为这个句子生成表示以用于检索相关文章："},
    "bge-small-zh": {"query": "为这个句子生成表示以用于检索相关文章："},
}


class Encoder(Protocol):
    """What the program needs of a model; tests bring a light one."""

    @property
    def name(self) -> str:
        """Identifies the model: vectors of two names are never compared."""

    @property
    def dimension(self) -> int:
        """Length of its vectors."""

    @property
    def window(self) -> int:
        """The most tokens it reads of a text, prompt and special tokens included."""

    @property
    def reads_terms(self) -> bool:
        """Whether it wants English questions with Chinese terms (`Glossary.with_chinese`)."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prompt and special tokens included."""

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of passages, one a row, in order."""

    def encode_question(self, text: str) -> Vector:
        """The unit vector of a question: what answers it is near."""

    def encode_sentence(self, text: str) -> Vector:
        """The unit vector of a sentence to search with: what says the same is near."""

    def answers(self, question: str, texts: Sequence[str]) -> Vector | None:
        """For each text the log-odds that it answers a question; None: it cannot read pairs."""

    def warm_up(self) -> None:
        """Make ready now what the first question would wait for."""


class SentenceEncoder:
    """A sentence-transformers model behind the Encoder protocol."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self._model = model
        self.name = name
        self.reads_terms = name == bundled_model.NAME
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.window = min(int(model.max_seq_length or 512), _LONGEST_WINDOW)
        prompts = model.prompts or {}
        # Which of its prompts a model means for passages differs; None: it wants none.
        names = [key for key in ("document", "passage", "corpus") if prompts.get(key)]
        self._prompt = names[0] if names else None
        prompt = (prompts[names[0]] or "") if names else ""
        self._extra = len(self._tokens(prompt + "一")) - len(self._tokens("一"))
        self._question = lru_cache(maxsize=256)(self._encode_question)
        self._sentence = lru_cache(maxsize=256)(self._encode_sentence)

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prompt and special tokens included."""
        return len(self._tokens(text)) + self._extra

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of passages, one a row, in order."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode_document(
            list(texts),
            prompt_name=self._prompt,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)

    def encode_question(self, text: str) -> Vector:
        """The unit vector of a question; the last few hundred are remembered."""
        return self._question(text)

    def encode_sentence(self, text: str) -> Vector:
        """The unit vector of a sentence to search with; the last few hundred are remembered."""
        return self._sentence(text)

    def answers(self, question: str, texts: Sequence[str]) -> Vector | None:
        """For each text the log-odds that it answers a question; None: it cannot read pairs."""
        if self.name != bundled_model.NAME:
            return None
        return self._cross_encoder.log_odds(question, texts)

    def warm_up(self) -> None:
        """Make ready now what the first question would wait for."""
        if self.name == bundled_model.NAME:
            _ = self._question_encoder, self._cross_encoder

    @cached_property
    def _cross_encoder(self) -> CrossEncoder:
        from indexer.cross_encoder import CHANGES, CrossEncoder

        return CrossEncoder(self._layers, self._model.tokenizer, stored_changes(CHANGES))

    @cached_property
    def _question_encoder(self) -> QuestionEncoder:
        from indexer.question_encoder import CHANGES, QuestionEncoder

        return QuestionEncoder(self._layers, self._model.tokenizer, stored_changes(CHANGES))

    @property
    def _layers(self) -> Any:
        transformer: Any = self._model[0]
        return transformer.auto_model

    def _encode_question(self, text: str) -> Vector:
        if self.name != bundled_model.NAME:
            return self._sentence(text)
        with _one_thread():
            return self._question_encoder.vector(text)

    def _encode_sentence(self, text: str) -> Vector:
        with _one_thread():
            vector = self._model.encode_query(
                text, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vector, np.float32)

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._model.tokenizer(text, verbose=False)["input_ids"]
        return ids


@contextmanager
def _one_thread() -> Iterator[None]:
    """A question is embedded by one thread.

    On a busy machine one took 1.95 s with two threads and .04 s with one; on an idle one 14 ms and
    18 ms.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def load_encoder(model: str = BUNDLED) -> SentenceEncoder:
    """Load a model by name: the bundled one, a folder, or a name on the model hub.

    Raises ModelError if it cannot be found or loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for noisy in ("sentence_transformers", "transformers", "huggingface_hub"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    folder = Path(model).expanduser()
    try:
        if model == BUNDLED:
            path = bundled_model.model_folder()
            loaded = SentenceTransformer(str(path), local_files_only=True)
            return SentenceEncoder(loaded, bundled_model.NAME)
        if folder.is_dir():
            loaded = SentenceTransformer(
                str(folder), prompts=_prompts_for(folder.name), local_files_only=True
            )
        else:
            loaded = SentenceTransformer(model, prompts=_prompts_for(model))
        if not loaded.prompts.get("query") and (known := _prompts_for(model)):
            loaded.prompts.update(known)
    except ModelError:
        raise
    # A model may fail to load in as many ways as there are libraries beneath it.
    except Exception as problem:
        raise ModelError("model_unavailable", model=model, reason=str(problem)[:300]) from problem
    return SentenceEncoder(loaded, model_name(model))


class Reranker:
    """A sentence-transformers CrossEncoder: reads question and passage together; slow and good."""

    def __init__(self, model: PassageReader, name: str) -> None:
        self._model = model
        self.name = name

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers the question; comparable within one question only."""
        pairs = [(question, passage) for passage in passages]
        found = self._model.predict(pairs, show_progress_bar=False)
        return [
            float(score) for score in np.asarray(found, np.float32).reshape(len(pairs), -1)[:, -1]
        ]


def load_reranker(model: str) -> Reranker:
    """Load a CrossEncoder by folder or name. Raises ModelError if it cannot be found or loaded."""
    from sentence_transformers import CrossEncoder

    folder = Path(model).expanduser()
    try:
        local = folder.is_dir()
        loaded = CrossEncoder(str(folder) if local else model, local_files_only=local)
    # A model may fail to load in as many ways as there are libraries beneath it.
    except Exception as problem:
        raise ModelError("model_unavailable", model=model, reason=str(problem)[:300]) from problem
    return Reranker(loaded, model)


def model_name(model: str) -> str:
    """The name under which an index remembers a model."""
    if model == BUNDLED:
        return bundled_model.NAME
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model


def _prompts_for(model: str) -> dict[str, str] | None:
    name = Path(model).name.lower()
    if "instruct" in name:  # these take an instruction of their own, which their folders carry
        return None
    return next((prompts for part, prompts in _PROMPTS.items() if part in name), None)
