"""The library: opens an index and composes the steps.

The one door for pages, commands and tests.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer import retrieve
from indexer.catalogue import Catalogue
from indexer.choices import load_choices
from indexer.compare import Comparison, Layout, Question, fill, lay_out
from indexer.duplicates import Relation, fingerprint, relate
from indexer.embed import Encoder, Reranker, load_encoder, load_reranker
from indexer.errors import FileProblem, IndexProblem, RequestProblem
from indexer.expand import groups_of
from indexer.facets import wanted
from indexer.glossary import Glossary, load_glossary
from indexer.indicators import (
    Indicator,
    Outcome,
    Point,
    Reader,
    documents_for,
    is_report,
    load_indicators,
    named,
    outcomes_of,
)
from indexer.paragraphs import ReadDocument, own_place
from indexer.places import same_place
from indexer.question import QuestionReader, Reading
from indexer.records import (
    Description,
    Failure,
    Filters,
    Passage,
    Progress,
    ScoreParts,
    StoredDocument,
)
from indexer.segment import Segmenter, segmentation
from indexer.selection import Chosen, Marks, SelectionView
from indexer.speaks import LIKELY, calibration_for
from indexer.terms import SATURATION, TermsView
from indexer.vectors import VectorView

DEFAULT_LIMIT = 10
RELATIVES_LIMIT = 30_000
LONGEST_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads fewer still."""

RERANKED = 30
"""Passages that a reranker reads; it takes about a second on two cores."""

EXHAUSTIVE = 3_000
"""Passages looked at to say how many documents speak to a question."""

ALL_FIELDS = ("place", "year", "kind", "level", "stage", "number")


class Views(NamedTuple):
    """What questions are asked of, each following the catalogue."""

    vectors: VectorView
    terms: TermsView
    selection: SelectionView
    segmenter: Segmenter
    glossary: Glossary


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many documents of a selection speak to a question. `whole`: all of it was looked at."""

    documents: int
    speaking: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a question has found. `filters` are those applied, read ones among them.

    `missing` are the places and years that it names and no document is of: (field, name).
    """

    reading: Reading
    filters: Filters
    passages: tuple[Passage, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


def _plain(question: str) -> str:
    """A question as it is read, without more blanks than it needs."""
    # Half a surrogate pair, as a console of another encoding makes them, no model reads.
    return " ".join(question.encode("utf-8", "ignore").decode().split())[:LONGEST_QUESTION]


class Library:
    """An open index: search it, show its documents, say what it holds.

    Safe to share between threads. Each question first takes in what a build has changed since.
    """

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
        self._views: Views | None = None
        self._reader: tuple[int, QuestionReader] | None = None

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

        Only the given filters narrow; `find` also reads the question for places and years.
        A blank question has no passages. Raises IndexProblem (other_model) and ModelError.
        """
        return list(self.find(question, filters, limit, group, skip=ALL_FIELDS).passages)

    def find(
        self,
        question: str,
        filters: Filters | None = None,
        limit: int = DEFAULT_LIMIT,
        group: bool = False,
        skip: Collection[str] = (),
        today: date | None = None,
    ) -> Found:
        """The passages that speak to a question, narrowed by what it names itself.

        A field that `filters` names is not read from the question, nor are those in `skip`. What is
        named and not in the library is told in `missing`, and then there are no passages.
        """
        asked, applied, found = self._prepared(question, filters or Filters(), skip, today)
        encoder, views = self._question_side()
        if asked is None or views is None or limit < 1:
            return found
        candidates = max(retrieve.CANDIDATES, limit)
        hits = retrieve.rank(asked, self.catalogue, views.vectors, views.terms, candidates)
        if group:
            best = self._grouped(hits, views)
            # One long document may hold all the candidates: look further until there are enough.
            while len(best) < limit and len(hits) >= candidates:
                candidates *= 4
                hits = retrieve.rank(asked, self.catalogue, views.vectors, views.terms, candidates)
                best = self._grouped(hits, views)
            hits = best
        if self._reranker_name:
            hits = self._reranked(question, hits, max(limit, RERANKED))
        passages = retrieve.fetch(hits[:limit], self.catalogue, applied)
        calibration = calibration_for(encoder.name, question)
        if calibration is not None:
            passages = [
                replace(each, speaks=round(calibration.probability(each.parts), 3))
                for each in passages
                if each.parts is not None
            ]
        return replace(found, passages=tuple(passages))

    def _reranked(self, question: str, hits: list[retrieve.Hit], count: int) -> list[retrieve.Hit]:
        """The first hits in the order of the reranker, the others behind them."""
        with self._lock:
            if self._reranker is None:
                self._reranker = load_reranker(str(self._reranker_name))
        rows = self.catalogue.chunk_rows([hit.chunk for hit in hits[:count]])
        first = [hit for hit in hits[:count] if hit.chunk in rows]
        scores = self._reranker.scores(question, [rows[hit.chunk]["text"] for hit in first])
        order = sorted(zip(scores, first, strict=True), key=lambda pair: -pair[0])
        return [hit._replace(score=score) for score, hit in order] + hits[count:]

    def compare(
        self,
        questions: Sequence[str],
        places: Sequence[str] = (),
        years: Sequence[int] = (),
        filters: Filters | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> Comparison:
        """What the documents of places and years say to questions, every cell searched whole.

        No places or years: all of them. `progress` is told the share done; what it raises ends the
        work. Raises RequestProblem (no_questions), IndexProblem and ModelError.
        """
        asked = list(dict.fromkeys(text for each in questions if (text := _plain(each))))
        if not asked:
            raise RequestProblem("no_questions")
        encoder, views = self._question_side()
        marks, documents = Marks.empty(), set[str]()
        if views is not None:
            rest = replace(filters or Filters(), place=(), year=())
            marks = views.selection.marks
            documents = {doc for doc, _ in views.selection.documents(self._widened(rest))}
        layout = lay_out(marks, documents, places, years)
        ready = [self._comparing(text, layout, encoder, views) for text in asked]
        return fill(
            ready, layout, self.catalogue.sentence_rows, self.catalogue.document_texts, progress
        )

    def _comparing(
        self, text: str, layout: Layout, encoder: Encoder, views: Views | None
    ) -> Question:
        """A question made ready for a comparison."""
        passages, words = (np.zeros(len(layout.chunks), np.float32) for _ in range(2))
        if views is None:
            return Question(text, encoder.encode_question(text), (), (), passages, words, None)
        reading = self._read(text, views, date.today())
        subject = reading.subject
        groups = groups_of(subject, views.segmenter, views.glossary)
        weights = tuple(views.terms.weights(groups))
        vector = encoder.encode_question(subject)
        if len(layout.chunks):
            count, only = len(layout.chunks), Chosen.of(layout.chunks)
            ids, cosines = views.vectors.search(vector, count, only)
            passages[np.searchsorted(layout.chunks, ids)] = cosines
            full = SATURATION * sum(weights)
            found = views.terms.search(groups, count, (), layout.chunks.tolist()) if full else {}
            at = np.searchsorted(layout.chunks, np.fromiter(found, np.int64, len(found)))
            words[at] = np.fromiter(found.values(), np.float32, len(found)) / (full or 1)
        calibration = calibration_for(encoder.name, text)
        return Question(text, vector, groups, weights, passages, words, calibration)

    def indicators(self) -> tuple[tuple[Indicator, ...], tuple[FileProblem, ...]]:
        """The indicators that are known, and what is wrong in the library's own table of them."""
        corpus = self.catalogue.settings().get("corpus")
        return load_indicators(Path(corpus) if corpus else None)

    def indicator(
        self,
        names: Sequence[str],
        places: Sequence[str] = (),
        filters: Filters | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> tuple[Point, ...]:
        """Every figure of these indicators that the documents state of places (none: of all).

        Documents of cities and provinces are read for what they say of the places within.
        Raises RequestProblem: no_indicator.
        """
        known, _ = self.indicators()
        wanted = {named(known, name).name for name in names}
        if "dimension" not in self.catalogue.settings() or not wanted:
            return ()
        selection = self._open_views().selection
        rest = replace(filters or Filters(), place=(), year=())
        held = selection.documents(self._widened(rest))
        docs, chosen = documents_for(held, places)
        names_of_places = {place for _, about in held if (place := own_place(about))}
        reader = Reader(known, wanted, names_of_places)
        found: list[Point] = []
        for done, text in enumerate(self.catalogue.document_texts(docs), 1):
            found += reader.points(ReadDocument(text))
            progress(done / len(docs))
        return tuple(point for point in found if not chosen or point.place in chosen)

    def outcomes(
        self,
        place: str,
        names: Sequence[str] = (),
        filters: Filters | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> tuple[Outcome, ...]:
        """The targets of a place beside what is reported of them; no names: all indicators."""
        known, _ = self.indicators()
        names = names or [each.name for each in known]
        points = self.indicator(names, (place,), filters, progress)
        reported = {
            (name, about.year)
            for _, _, about in self.documents()
            if about.year and is_report(about.kind) and (name := own_place(about))
        }
        return outcomes_of(points, known, reported)

    def _prepared(
        self, question: str, given: Filters, skip: Collection[str], today: date | None
    ) -> tuple[retrieve.Asked | None, Filters, Found]:
        """The question made ready, None if there is nothing to ask; the filters in force; and what
        can be said before searching."""
        question = _plain(question)
        encoder, views = self._question_side()
        if not question or views is None:
            return None, given, Found(Reading(question), given)
        reading = self._read(question, views, today or date.today())
        named = {field for field in ALL_FIELDS if getattr(given, field)}
        read = reading.filters(without={*skip, *named})
        filters = replace(given, **{f: getattr(read, f) for f in ALL_FIELDS if f not in named})
        missing = self._missing(views, read)
        applied = self._widened(filters)
        found = Found(reading, filters, missing=missing)
        if missing:
            return None, applied, found
        return self._asked(reading, read, applied, encoder, views), applied, found

    def coverage(
        self,
        question: str,
        filters: Filters | None = None,
        skip: Collection[str] = (),
        today: date | None = None,
    ) -> Coverage | None:
        """How many documents of the selection speak to a question; None without a calibration."""
        encoder, views = self._question_side()
        calibration = calibration_for(encoder.name, question)
        if views is None or calibration is None or not question.strip():
            return None
        asked, applied, _ = self._prepared(question, filters or Filters(), skip, today)
        if asked is None:
            return None
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        owners = views.selection.documents_of([hit.chunk for hit in hits])
        speaking = {
            owner
            for owner, hit in zip(owners, hits, strict=True)
            if calibration.probability(hit.parts) >= LIKELY
        }
        return Coverage(
            documents=len(views.selection.documents(applied)),
            speaking=len(speaking),
            whole=len(hits) < EXHAUSTIVE,
        )

    def parts_by_document(
        self, question: str, today: date | None = None
    ) -> list[tuple[str, ScoreParts]]:
        """The document and the parts of the score of every passage of the selection, best first."""
        _, views = self._question_side()
        asked, _, _ = self._prepared(question, Filters(), (), today)
        if views is None or asked is None:
            return []
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        owners = views.selection.documents_of([hit.chunk for hit in hits])
        names = [doc for doc, _ in views.selection.documents(Filters())]
        return [(names[o], hit.parts) for o, hit in zip(owners, hits, strict=True) if o >= 0]

    @staticmethod
    def _grouped(hits: list[retrieve.Hit], views: Views) -> list[retrieve.Hit]:
        owners = views.selection.documents_of([hit.chunk for hit in hits])
        return retrieve.best_per_document(hits, owners)

    def _read(self, question: str, views: Views, today: date) -> Reading:
        if self._reader is None or self._reader[0] != views.selection.seq:
            reader = QuestionReader(views.selection.places(), views.selection.kinds())
            self._reader = (views.selection.seq, reader)
        return self._reader[1].read(question, today)

    @staticmethod
    def _missing(views: Views, read: Filters) -> tuple[tuple[str, str], ...]:
        """The places and years that the question names and no document is of: (field, name)."""
        selection = views.selection
        places = [p for p in read.place if not selection.holds_place(same_place(p))]
        if len(places) < len(read.place):
            places = []
        years = [y for y in read.year if not selection.holds_year(int(y))]
        if len(years) < len(read.year):
            years = []
        return tuple(("place", place) for place in places) + tuple(("year", str(y)) for y in years)

    def _widened(self, filters: Filters) -> Filters:
        """The filters with all names of each place, and with the choice to leave samples out."""
        corpus = self.catalogue.settings().get("corpus")
        if corpus and load_choices(Path(corpus)).samples_aside:
            filters = replace(filters, samples=False)
        places = dict.fromkeys(name for place in filters.place for name in same_place(place))
        return replace(filters, place=tuple(places))

    def _asked(
        self, reading: Reading, read: Filters, applied: Filters, encoder: Encoder, views: Views
    ) -> retrieve.Asked:
        """The question made ready: what narrows it is no longer searched for."""
        subject = reading.subject if read.place or read.year else reading.text
        groups = groups_of(subject, views.segmenter, views.glossary)
        return retrieve.Asked(
            vector=encoder.encode_question(subject),
            groups=groups,
            weights=tuple(views.terms.weights(groups)),
            chosen=views.selection.choose(applied),
            facets=wanted(applied),
            years=applied.year,
        )

    def counts(self, field: str, filters: Filters) -> Counter[str | int]:
        """How many of the documents left by the filters have each value of a field."""
        if "dimension" not in self.catalogue.settings():
            return Counter()
        return self._open_views().selection.counts(field, self._widened(filters))

    def neighbours(self, doc: str, start: int, end: int) -> tuple[str, str]:
        """The text before and after a passage, as far as its neighbours reach."""
        return self.catalogue.text_around(doc, start, end)

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
        """Whether catalogue and vectors agree: a list of problems, empty if all is well."""
        problems: list[dict[str, object]] = [
            {"code": "damaged", "reason": reason, "folder": str(self.index)}
            for reason in self.catalogue.integrity()
        ]
        settings = self.catalogue.settings()
        if "dimension" not in settings:
            return problems
        view = self._open_views().vectors
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
        return self._encoder, self._open_views() if "dimension" in settings else None
