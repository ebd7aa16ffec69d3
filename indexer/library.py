"""The library: opens an index and composes the steps.

The one door for pages, commands and tests.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer import answer, retrieve
from indexer.answer import LOOKED_AT, Answer, Statement, statements_of
from indexer.catalogue import Catalogue
from indexer.choices import load_choices
from indexer.compare import Comparison, Layout, Question, fill, lay_out
from indexer.copies import merge_copies
from indexer.duplicates import Relation
from indexer.embed import Encoder, Reranker, load_encoder, load_reranker
from indexer.errors import FileProblem, IndexProblem, ModelError, RequestProblem
from indexer.expand import groups_of
from indexer.facets import wanted
from indexer.figures import numbers_in
from indexer.glossary import NO_GLOSSARY, Glossary, load_glossary
from indexer.holders import SharedStretch, also_in, named, pieces_of, shared_stretches
from indexer.indicators import (
    Indicator,
    Outcome,
    Point,
    Reader,
    is_report,
    load_indicators,
    outcomes_of,
)
from indexer.indicators import named as named_indicators
from indexer.paragraphs import ReadDocument, own_place
from indexer.places import same_place
from indexer.question import QuestionReader, ReadQuestion
from indexer.records import (
    Description,
    Failure,
    Filters,
    Holding,
    Named,
    Passage,
    Progress,
    ScoreParts,
    StoredDocument,
    Vector,
)
from indexer.relatives import relatives_of
from indexer.segment import Segmenter, segmentation
from indexer.selection import Chosen, Marks, SelectionView
from indexer.speaks import LIKELY, Calibration, calibration_for
from indexer.terms import SATURATION, TermsView
from indexer.vectors import VectorView
from indexer.wording.contradict import (
    contradictions,
    draft_place,
    draft_year,
    place_of,
    within,
)
from indexer.wording.draft import marked
from indexer.wording.phrases import count_phrase, is_phrase, phrase_group
from indexer.wording.records import Contradiction, PhraseUse, Worded
from indexer.wording.search import Sources
from indexer.wording.search import search as search_wording
from indexer.wording.view import WordingView

DEFAULT_LIMIT = 10
LONGEST_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads fewer still."""

RERANKED = 30
"""Passages that a reranker reads; it takes about a second on two cores."""

QUESTIONS_KEPT = 64
"""Vectors of the last questions that are kept: a page asks the same one again and again."""

EXHAUSTIVE = 3_000
"""Passages looked at to say how many documents speak to a question."""

WORDING_USES = 50
"""Uses of a wording that are read, of all that are counted."""

COMPARED_CHUNKS = 1_500
"""Passages of a draft's own place whose figures are held against those of the draft."""

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

    reading: ReadQuestion
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
        self._question_side()

    def search(
        self,
        question: str,
        filters: Filters | None = None,
        limit: int = DEFAULT_LIMIT,
        group: bool = False,
        merge: bool = True,
    ) -> list[Passage]:
        """The passages that speak to a question, best first; `group`: one a document.

        Only the given filters narrow; `find` also reads the question for places and years.
        A blank question has no passages. Raises IndexProblem (other_model) and ModelError.
        """
        found = self.find(question, filters, limit, group, skip=ALL_FIELDS, merge=merge)
        return list(found.passages)

    def find(
        self,
        question: str,
        filters: Filters | None = None,
        limit: int = DEFAULT_LIMIT,
        group: bool = False,
        skip: Collection[str] = (),
        today: date | None = None,
        merge: bool = True,
        parts: retrieve.Parts = retrieve.ALL_PARTS,
    ) -> Found:
        """The passages that speak to a question, narrowed by what it names itself.

        A field that `filters` names is not read from the question, nor are those in `skip`. What is
        named and not in the library is told in `missing`, and then there are no passages. Of
        passages that are copies of one another the best is given, and the documents of the others
        with it, unless `merge` is False. `parts`
        leaves parts of the search out.
        """
        skip = skip if parts.reading else ALL_FIELDS
        asked, applied, found = self._prepared(
            question, filters or Filters(), skip, today, parts.glossary
        )
        encoder, views = self._question_side()
        if asked is None or views is None or limit < 1:
            return found
        sides = (self.catalogue, views.vectors, views.terms)
        candidates = max(retrieve.CANDIDATES, limit)
        while True:
            ranked = retrieve.rank(asked, *sides, candidates, parts.weights)
            merged: dict[int, list[int]] = {}
            hits = ranked
            if merge:
                merged = merge_copies(pieces_of(self.catalogue, [h.chunk for h in hits]).items())
                hits = [hit for hit in ranked if hit.chunk in merged]
            if group:
                hits = self._grouped(hits, views)
            # One long document or many copies may hold all the candidates: then look further.
            if len(hits) >= limit or len(ranked) < candidates:
                break
            candidates *= 4
        if self._reranker_name:
            hits = self._reranked(question, hits, max(limit, RERANKED))
        hits = hits[:limit]
        shown = {hit.chunk: merged[hit.chunk] for hit in hits if hit.chunk in merged}
        only = asked.chosen.ids if asked.chosen is not None else None
        copies = also_in(self.catalogue, shown, only)
        passages = retrieve.fetch(hits, self.catalogue, applied, copies)
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
        if views is None:
            empty = np.zeros(0, np.int64)
            layout = self._layout(
                Marks(0, empty, empty.astype(np.int32), (), {}), places, years, ()
            )
        else:
            rest = replace(filters or Filters(), place=(), year=())
            documents = [doc for doc, _ in views.selection.documents(self._widened(rest))]
            layout = self._layout(views.selection.marks, places, years, documents)
        ready = [self._comparing(text, layout, encoder, views) for text in asked]
        return fill(
            ready, layout, self.catalogue.sentence_rows, self.catalogue.document_texts, progress
        )

    def _layout(
        self, marks: Marks, places: Sequence[str], years: Sequence[int], docs: Sequence[str]
    ) -> Layout:
        """The layout of a comparison of these documents."""
        kept = set(docs)
        allowed = np.array([doc in kept for doc, _ in marks.documents], bool)
        known = [about for doc, about in marks.documents if doc in kept]
        if not places:
            own = Counter(own_place(about) for about in known)
            places = sorted(name for name in own if name)
        if not years:
            years = sorted({about.year for about in known if about.year})
        named = [tuple(dict.fromkeys((name, *same_place(name)))) for name in dict.fromkeys(places)]
        return lay_out(marks, named, tuple(dict.fromkeys(years)), allowed)

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
        wanted = {named_indicators(known, name).name for name in names}
        if "dimension" not in self.catalogue.settings() or not wanted:
            return ()
        selection = self._open_views().selection
        rest = replace(filters or Filters(), place=(), year=())
        held = selection.documents(self._widened(rest))
        chosen = {alias for name in places for alias in (name, *same_place(name))}
        own = {doc: own_place(about) or "" for doc, about in held}
        above = {
            parent
            for _, about in held
            if not chosen or own_place(about) in chosen
            for parent in (about.city, about.province)
            if parent
        }
        docs = [doc for doc, place in own.items() if not chosen or place in chosen | above]
        reader = Reader(known, wanted, set(own.values()) - {""})
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
        self,
        question: str,
        given: Filters,
        skip: Collection[str],
        today: date | None,
        glossary: bool = True,
    ) -> tuple[retrieve.Asked | None, Filters, Found]:
        """The question made ready, None if there is nothing to ask; the filters in force; and what
        can be said before searching."""
        question = _plain(question)
        encoder, views = self._question_side()
        if not question or views is None:
            return None, given, Found(ReadQuestion(question), given)
        if not glossary:
            views = views._replace(glossary=NO_GLOSSARY)
        reading = self._read(question, views, today or date.today())
        named = {field for field in ALL_FIELDS if getattr(given, field)}
        read = reading.filters(without={*skip, *named})
        if not views.selection.holds_number(read.number):  # it may be cited: search for its words
            read = replace(read, number=())
        filters = replace(given, **{f: getattr(read, f) for f in ALL_FIELDS if f not in named})
        missing = self._missing(views, read)
        applied = self._widened(filters)
        found = Found(reading, filters, missing=missing)
        if missing:
            return None, applied, found
        return self._asked(reading, read, applied, encoder, views), applied, found

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        skip: Collection[str] = (),
        today: date | None = None,
    ) -> tuple[Answer, Found]:
        """The sentences that answer a question, or that none does, with the nearest passages.

        A model without a calibration cannot tell what is answered: ModelError (no_calibration).
        """
        encoder, views = self._question_side()
        calibration = calibration_for(encoder.name, question)
        if calibration is None:
            raise ModelError("no_calibration", model=encoder.name)
        asked, applied, found = self._prepared(question, filters or Filters(), skip, today)
        if asked is None or views is None:
            return Answer("insufficient"), found
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        statements = self._statements(found, asked, hits, calibration)
        if statements:
            coverage = self._coverage(hits, statements, applied, views, calibration)
            return Answer("answered", False, statements, coverage), found
        if applied.place:
            anywhere = self._asked(
                found.reading, Filters(), replace(applied, place=()), encoder, views
            )
            others = retrieve.rank_all(
                anywhere, self.catalogue, views.vectors, views.terms, EXHAUSTIVE
            )
            statements = self._statements(found, anywhere, others, calibration, applied.place)
            if statements:
                return Answer("answered", True, statements), found
        nearest = retrieve.fetch(self._grouped(hits, views)[:3], self.catalogue, applied)
        return Answer("insufficient", nearest=tuple(nearest)), found

    def _statements(
        self,
        found: Found,
        asked: retrieve.Asked,
        hits: Sequence[retrieve.Hit],
        calibration: Calibration,
        naming: Sequence[str] = (),
    ) -> tuple[Statement, ...]:
        """The statements among the best passages; with `naming` those that hold such a name."""
        first = [hit.chunk for hit in hits[:LOOKED_AT]]
        rows, chunks = self.catalogue.sentence_rows(first), self.catalogue.placed_chunks(first)
        return statements_of(found.reading.text, asked, hits, rows, chunks, calibration, naming)

    def _coverage(
        self,
        hits: list[retrieve.Hit],
        statements: Sequence[Statement],
        applied: Filters,
        views: Views,
        calibration: Calibration,
    ) -> answer.Coverage:
        """What the selection has on the question; the documents of the statements count anyway."""
        likely = [hit for hit in hits if calibration.probability(hit.parts) >= LIKELY]
        placed = self.catalogue.placed_chunks([hit.chunk for hit in likely])
        speaking = {each.doc: each.about for each in placed.values()}
        figures = {each.doc for each in placed.values() if numbers_in(each.text)}
        for quote in (quote for statement in statements for quote in statement.quotes):
            speaking[quote.doc] = quote.about
            if quote.figures:
                figures.add(quote.doc)
        place = {doc: a.place or a.city or a.province for doc, a in speaking.items()}
        return answer.Coverage(
            documents=len(views.selection.documents(applied)),
            speaking=len(speaking),
            places=len({name for name in place.values() if name}),
            with_figures=len({place[doc] for doc in figures if place[doc]}),
            whole=len(hits) < EXHAUSTIVE,
        )

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

    def read(self, question: str, today: date | None = None) -> ReadQuestion:
        """What a question names by itself: places, years, a kind, a number."""
        if "dimension" not in self.catalogue.settings():
            return ReadQuestion(question)
        return self._read(question, self._open_views(), today or date.today())

    def _read(self, question: str, views: Views, today: date) -> ReadQuestion:
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
        self, reading: ReadQuestion, read: Filters, applied: Filters, encoder: Encoder, views: Views
    ) -> retrieve.Asked:
        """The question made ready: what narrows it is no longer searched for."""
        subject = reading.subject if read.place or read.year else reading.text
        groups = groups_of(subject, views.segmenter, views.glossary)
        return retrieve.Asked(
            vector=(self._vector or encoder.encode_question)(subject),
            groups=groups,
            weights=tuple(views.terms.weights(groups)),
            chosen=views.selection.choose(applied),
            facets=wanted(applied),
            years=applied.year,
        )

    def wording(
        self,
        text: str,
        filters: Filters | None = None,
        limit: int = DEFAULT_LIMIT,
        uses: int = WORDING_USES,
    ) -> tuple[Worded, ...]:
        """The precedents of each sentence of a text, a phrase or a draft: groups, best first.

        At most `limit` groups a sentence, of each at most `uses` uses. A phrase is counted in all
        texts; it need not be a clause there. Raises as `search` does.
        """
        encoder, views = self._question_side()
        if views is None or limit < 1:
            return ()
        sources = Sources(
            self.catalogue,
            self._open_wording(),
            views.selection,
            views.segmenter,
            encoder,
            views.selection.places(),
        )
        only = views.selection.choose(self._widened(filters or Filters()))
        found = search_wording(text, sources, only, limit, uses)
        if len(found) == 1 and is_phrase(text):
            use = self.phrase(text, filters, uses)
            counted = phrase_group(use) if use else None
            others = tuple(group for group in found[0].groups if group.kind != "exact")
            groups = (counted, *others) if counted else others
            found = (replace(found[0], groups=groups[:limit]),)
        marks = marked(found)
        wrong = self._contradictions(text, views)
        return tuple(
            replace(each, contradictions=within(wrong, each.start, each.end)) for each in marks
        )

    def _contradictions(self, text: str, views: Views) -> tuple[Contradiction, ...]:
        """The figures of a draft that documents of its own place state otherwise."""
        place = draft_place(text, views.selection.places())
        if place is None:
            return ()
        chosen = views.selection.choose(self._widened(Filters(place=(place,))))
        if chosen is None:
            return ()
        chunks = self.catalogue.placed_chunks(chosen.ids[-COMPARED_CHUNKS:].tolist())
        own = [chunk for chunk in chunks.values() if place_of(chunk.about) == place]
        return contradictions(text, draft_year(text), own)

    def phrase(
        self, phrase: str, filters: Filters | None = None, examples: int = DEFAULT_LIMIT
    ) -> PhraseUse | None:
        """How often a phrase is used, over the years and by place; None in an empty library.

        A filter on the year leaves documents of other years out, even where they name it.
        """
        if "dimension" not in self.catalogue.settings():
            return None
        views = self._open_views()
        applied = self._widened(filters or Filters())
        documents = views.selection.documents(replace(applied, year=()))
        return count_phrase(
            phrase, documents, self.catalogue, views.segmenter, examples, applied.year
        )

    def _open_wording(self) -> WordingView:
        with self._view_lock:
            if self._wording is None:
                dimension = int(self.catalogue.settings()["dimension"])
                self._wording = WordingView(self.catalogue, self.index, dimension)
            self._wording.catch_up()
            return self._wording

    def counts(self, field: str, filters: Filters) -> Counter[str | int]:
        """How many of the documents left by the filters have each value of a field."""
        if "dimension" not in self.catalogue.settings():
            return Counter()
        return self._open_views().selection.counts(field, self._widened(filters))

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
