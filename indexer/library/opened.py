"""An open index: the catalogue, the views that follow it, and the model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.catalogue import Catalogue
from indexer.embed import Encoder, Reranker, load_encoder
from indexer.errors import IndexProblem
from indexer.glossary import Glossary, load_glossary
from indexer.question import QuestionReader
from indexer.records import (
    Vector,
)
from indexer.segment import Segmenter, segmentation
from indexer.selection import SelectionView
from indexer.terms import TermsView
from indexer.vectors import VectorView
from indexer.wording.view import WordingView

QUESTIONS_KEPT = 64
"""Vectors of the last questions that are kept: a page asks the same one again and again."""


class Views(NamedTuple):
    """What questions are asked of, each following the catalogue."""

    vectors: VectorView
    terms: TermsView
    selection: SelectionView
    segmenter: Segmenter
    glossary: Glossary


def given(subject: str, encoder: Encoder, views: Views | None) -> str:
    """What a question asks for, as the model is to be given it."""
    return views.glossary.with_chinese(subject) if views and encoder.reads_terms else subject


class Opened:
    """An open index: its catalogue, its views, and the model, loaded at the first question."""

    def __init__(
        self,
        index: Path,
        load: Callable[[str], Encoder] | None = None,
        reranker: str | None = None,
    ) -> None:
        """Open the index in a folder; the model is loaded, by `load`, at the first question.

        `reranker` names a CrossEncoder that puts the first results into their final order.
        Raises IndexProblem: no_index, other_version, damaged.
        """
        self.index = index
        self.catalogue = Catalogue(index)
        self._file = self.catalogue.path.stat()
        self._load = load or load_encoder
        self._lock = threading.Lock()  # of the model, which takes seconds to load
        self._view_lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._reranker_name = reranker
        self._reranker: Reranker | None = None
        self._vector: Callable[[str], Vector] | None = None
        self._views: Views | None = None
        self._reader: tuple[int, QuestionReader] | None = None
        self._wording: WordingView | None = None

    def close(self) -> None:
        """Let go of the files."""
        self.catalogue.close()

    @property
    def replaced(self) -> bool:
        """Whether the index on disk is no longer the one that was opened."""
        try:
            now = self.catalogue.path.stat()
        except OSError:
            return True
        return (now.st_ino, now.st_dev) != (self._file.st_ino, self._file.st_dev)

    @property
    def ready(self) -> bool:
        """Whether the model is loaded, so that a question is answered at once."""
        return self._encoder is not None

    def warm_up(self) -> None:
        """Load the model and the vectors now rather than at the first question."""
        self._question_side()[0].warm_up()

    def _open_views(self) -> Views:
        with self._view_lock:
            if self._views is None:
                dimension = int(self.catalogue.settings()["dimension"])
                glossary = self._glossary()
                segmenter = Segmenter(glossary.terms)
                self._views = Views(
                    VectorView(self.catalogue, self.index, dimension),
                    TermsView(self.catalogue, self.index, segmenter, segmentation(glossary.terms)),
                    SelectionView(self.catalogue),
                    segmenter,
                    glossary,
                )
            for view in self._views[:3]:
                view.catch_up()
            return self._views

    def _glossary(self) -> Glossary:
        corpus = self.catalogue.settings().get("corpus")
        return load_glossary(Path(corpus) if corpus else None)[0]

    def _question_side(self) -> tuple[Encoder, Views | None]:
        settings = self.catalogue.settings()
        with self._lock:
            if self._encoder is None:
                encoder = self._load(settings.get("model_source", "bundled"))
                found = settings.get("model", encoder.name)
                if found != encoder.name:
                    raise IndexProblem(
                        "other_model", folder=str(self.index), found=found, wanted=encoder.name
                    )
                self._encoder = encoder
                self._vector = lru_cache(QUESTIONS_KEPT)(encoder.encode_question)
        return self._encoder, self._open_views() if "dimension" in settings else None
