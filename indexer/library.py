"""The library: opens an index and composes the steps.

The one door for pages, commands and tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import retrieve
from indexer.catalogue import Catalogue
from indexer.choices import load_choices
from indexer.duplicates import Relation, fingerprint, relate
from indexer.embed import Encoder, load_encoder
from indexer.errors import IndexProblem, RequestProblem
from indexer.places import same_place
from indexer.records import (
    Description,
    Failure,
    Filters,
    Holding,
    Passage,
    Progress,
    StoredDocument,
)
from indexer.vectors import VectorView

DEFAULT_LIMIT = 10
RELATIVES_LIMIT = 30_000


class Library:
    """An open index: search it, show its documents, say what it holds.

    Safe to share between threads. Each question first takes in what a build has changed since.
    """

    def __init__(self, index: Path, load: Callable[[str], Encoder] | None = None) -> None:
        """Open the index in a folder; the model is loaded, by `load`, at the first question.

        Raises IndexProblem: no_index, other_version, damaged.
        """
        self.index = index
        self.catalogue = Catalogue(index)
        self._file = self.catalogue.path.stat()
        self._load = load or load_encoder
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._view: VectorView | None = None
        self._last_chosen: tuple[Filters, int, NDArray[np.int64]] | None = None

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
        self._question_side()

    def search(
        self,
        question: str,
        filters: Filters | None = None,
        limit: int = DEFAULT_LIMIT,
        group: bool = False,
    ) -> list[Passage]:
        """The passages that speak to a question, best first; `group`: one a document.

        A blank question has no passages. Raises IndexProblem (other_model) and ModelError.
        """
        # Half a surrogate pair, as a console of another encoding makes them, no model reads.
        question = " ".join(question.encode("utf-8", "ignore").decode().split())
        if not question or limit < 1:
            return []
        encoder, view = self._question_side()
        if view is None:
            return []
        vector = encoder.encode_question(question)
        only = self._chosen(filters or Filters(), view.seq)
        candidates = max(retrieve.CANDIDATES, limit)
        hits = retrieve.rank(vector, self.catalogue, view, only, candidates)
        if group:
            best = retrieve.best_per_document(hits, self.catalogue)
            # One long document may hold all the candidates: look further until there are enough.
            while len(best) < limit and len(hits) >= candidates:
                candidates *= 4
                hits = retrieve.rank(vector, self.catalogue, view, only, candidates)
                best = retrieve.best_per_document(hits, self.catalogue)
            hits = best
        return retrieve.fetch(hits[:limit], self.catalogue)

    def _chosen(self, filters: Filters, seq: int) -> NDArray[np.int64] | None:
        """The chunks that the filters leave, None for all; the last answer is remembered."""
        corpus = self.catalogue.settings().get("corpus")
        if corpus and load_choices(Path(corpus)).samples_aside:
            filters = replace(filters, samples=False)
        places = dict.fromkeys(name for place in filters.place for name in same_place(place))
        filters = replace(filters, place=tuple(places))
        if filters.empty:
            return None
        if self._last_chosen is None or self._last_chosen[:2] != (filters, seq):
            self._last_chosen = (filters, seq, self.catalogue.matching_chunks(filters))
        return self._last_chosen[2]

    def document(self, doc: str) -> StoredDocument:
        """One document. Raises RequestProblem: no_document."""
        found = self.catalogue.document(doc)
        if found is None:
            raise RequestProblem("no_document", doc=doc)
        return found

    def relatives(self, doc: str) -> list[tuple[StoredDocument, Relation]]:
        """Documents with the same or nearly the same text: a draft, a revision, a copied model.

        Those with most statements in common are compared sentence by sentence. A document of more
        than RELATIVES_LIMIT characters is not: that would take seconds.
        """
        own = self.document(doc)
        if len(own.text) > RELATIVES_LIMIT:
            return []
        print_own = fingerprint(own.text)
        found: list[tuple[StoredDocument, Relation]] = []
        for name in self.catalogue.sharing_statements(doc, limit=5):
            other = self.document(name)
            if len(other.text) <= RELATIVES_LIMIT:
                relation = relate(doc, print_own, name, fingerprint(other.text))
                if relation is not None:
                    found.append((other, relation))
        return sorted(found, key=lambda pair: -pair[1].shared)

    def documents(self) -> list[tuple[str, int, Description]]:
        """Name, size in bytes and description of every document, by name."""
        return self.catalogue.descriptions()

    def holdings(self) -> list[Holding]:
        """All documents with what is told of them, without their texts, by name."""
        return self.catalogue.holdings()

    def failures(self) -> tuple[Failure, ...]:
        """The files that the last build could not take in."""
        return self.catalogue.failures()

    def progress(self) -> Progress | None:
        """How far the running build is; None when none is running or it has ended."""
        return self.catalogue.progress()

    def original(self, doc: str) -> Path:
        """The file of a document in the corpus folder.

        Raises RequestProblem: no_original, if it is gone or lies outside that folder.
        """
        corpus = Path(self.catalogue.settings().get("corpus", ""))
        path = corpus / doc
        try:
            inside = corpus.is_absolute() and path.resolve().is_relative_to(corpus.resolve())
            if inside and path.is_file():
                return path
        except (OSError, ValueError):  # no name of a file at all
            pass
        raise RequestProblem("no_original", doc=doc)

    def status(self) -> dict[str, object]:
        """What the index holds, for people and for `status --json`."""
        settings = self.catalogue.settings()
        counts = self.catalogue.counts()
        built = settings.get("built")
        return {
            "index": str(self.index),
            "corpus": settings.get("corpus"),
            "model": settings.get("model"),
            "dimension": int(settings["dimension"]) if "dimension" in settings else None,
            **counts,
            "built": int(built) if built else None,
            "bytes": sum(f.stat().st_size for f in self.index.iterdir() if f.is_file()),
            "failed": len(self.failures()),
        }

    def check(self) -> list[dict[str, object]]:
        """Whether catalogue and vectors agree: a list of problems, empty if all is well."""
        problems: list[dict[str, object]] = [
            {"code": "damaged", "reason": reason, "folder": str(self.index)}
            for reason in self.catalogue.integrity()
        ]
        settings = self.catalogue.settings()
        if "dimension" not in settings:
            return problems
        view = self._open_view()
        _, ids, vectors = self.catalogue.all_vectors()
        found = view.ids()
        missing = np.setdiff1d(np.array(ids, np.int64), found)
        extra = np.setdiff1d(found, np.array(ids, np.int64))
        if len(missing) or len(extra):
            problems.append({"code": "view_differs", "missing": len(missing), "extra": len(extra)})
        elif len(ids):
            pairs = zip(ids, vectors, strict=True)
            off = [i for i, v in pairs if not view.reconstruct(i) @ v >= 0.99]  # nan is off, too
            if off:
                problems.append({"code": "view_differs", "missing": len(off), "extra": len(off)})
        broken = self.catalogue.broken_chunks(int(settings["dimension"]))
        return problems + [{"code": "broken_chunk", "chunk": chunk} for chunk in broken]

    def _open_view(self) -> VectorView:
        with self._lock:
            if self._view is None:
                dimension = int(self.catalogue.settings()["dimension"])
                self._view = VectorView(self.catalogue, self.index, dimension)
            self._view.catch_up()
            return self._view

    def _question_side(self) -> tuple[Encoder, VectorView | None]:
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
        view = self._open_view() if "dimension" in settings else None
        return self._encoder, view
