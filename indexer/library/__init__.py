"""The library: opens an index and composes the steps.

The one door for pages, commands and tests.

    opened -> finding -> asking -> comparing, precedents -> Library
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from indexer.duplicates import Relation
from indexer.errors import RequestProblem
from indexer.holders import SharedStretch, named, shared_stretches
from indexer.library.asking import Speaking
from indexer.library.comparing import Comparing
from indexer.library.finding import ALL_FIELDS, Found
from indexer.library.precedents import Precedents
from indexer.records import (
    Description,
    Failure,
    Holding,
    Named,
    Progress,
    StoredDocument,
)
from indexer.relatives import relatives_of

__all__ = ["ALL_FIELDS", "Found", "Library", "Speaking"]


class Library(Comparing, Precedents):
    """An open index: search it, show its documents, say what it holds.

    Safe to share between threads. Each question first takes in what a build has changed since.
    """

    def neighbours(self, doc: str, start: int, end: int) -> tuple[str, str]:
        """The text before and after a passage, as far as its neighbours reach."""
        return self.catalogue.text_around(doc, start, end)

    def passages_of(self, doc: str) -> tuple[str, list[tuple[int, int]]]:
        """The text of a document and where its searchable passages stand in it.

        Raises RequestProblem: no_document.
        """
        return self.document(doc).text, self.catalogue.passage_spans(doc)

    def document(self, doc: str) -> StoredDocument:
        """One document. Raises RequestProblem: no_document."""
        found = self.catalogue.document(doc)
        if found is None:
            raise RequestProblem("no_document", doc=doc)
        return found

    def relatives(self, doc: str) -> list[tuple[Named, Relation]]:
        """Documents with the same or nearly the same text: a draft, a revision, a copied model."""
        return relatives_of(self.catalogue, doc)

    def shared(self, doc: str) -> list[SharedStretch]:
        """The stretches of a document that stand word for word in three others or more."""
        return shared_stretches(self.catalogue, doc)

    def named(self, docs: Iterable[str]) -> list[Named]:
        """Title and date of these documents, in the order given."""
        return named(self.catalogue, docs)

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

    def links(self) -> dict[str, str]:
        """The addresses of the files of all documents that are still in the corpus folder."""
        found: dict[str, str] = {}
        for doc, _, _ in self.documents():
            try:
                found[doc] = self.original(doc).resolve().as_uri()
            except RequestProblem:
                continue
        return found

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
        """Whether catalogue, vectors and terms agree: a list of problems, empty if all is well."""
        problems: list[dict[str, object]] = [
            {"code": "damaged", "reason": reason, "folder": str(self.index)}
            for reason in self.catalogue.integrity()
        ]
        settings = self.catalogue.settings()
        if "dimension" not in settings:
            return problems
        views = self._open_views()
        view = views.vectors
        _, ids, vectors = self.catalogue.all_vectors()
        words = views.terms.ids()
        if words != set(ids) or len(views.terms) != len(ids):
            lacking, over = len(set(ids) - words), max(len(views.terms) - len(ids), 0)
            extra_words = max(over, len(words - set(ids)))
            problems.append({"code": "terms_differ", "missing": lacking, "extra": extra_words})
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
