"""Questions asked of an open index: passages found, answers, and how much speaks to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from indexer import retrieve
from indexer.answer import LOOKED_AT, Answer, Coverage, Statement, is_unsure, statements_of
from indexer.candidates import candidates_of
from indexer.choices import load_choices
from indexer.copies import merge_copies
from indexer.embed import Encoder, load_reranker
from indexer.errors import ModelError
from indexer.expand import Group, groups_of
from indexer.facets import wanted
from indexer.figures import numbers_in
from indexer.glossary import NO_GLOSSARY
from indexer.holders import also_in, pieces_of
from indexer.library.opened import Opened, Views
from indexer.places import same_place
from indexer.question import QuestionReader, ReadQuestion
from indexer.records import (
    Filters,
    Passage,
    ScoreParts,
)
from indexer.speaks import LIKELY, Calibration, calibration_for

DEFAULT_LIMIT = 10

LONGEST_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads fewer still."""

RERANKED = 30
"""Passages that a reranker reads; it takes about a second on two cores."""

EXHAUSTIVE = 3_000
"""Passages looked at to say how many documents speak to a question."""

ALL_FIELDS = ("place", "year", "kind", "level", "stage", "number")


@dataclass(frozen=True, slots=True)
class Speaking:
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


class Asking(Opened):
    """What a question goes through: read, narrowed, ranked, merged, answered."""

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
        chunks = self.catalogue.placed_chunks([hit.chunk for hit in hits[:count]])
        first = [hit for hit in hits[:count] if hit.chunk in chunks]
        scores = self._reranker.scores(question, [chunks[hit.chunk].text for hit in first])
        order = sorted(zip(scores, first, strict=True), key=lambda pair: -pair[0])
        return [hit._replace(score=score) for score, hit in order] + hits[count:]

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
            unsure = is_unsure(question, statements)
            return Answer("answered", False, statements, coverage, unsure=unsure), found
        if applied.place:
            read = found.reading.filters()
            anywhere = self._asked(found.reading, read, replace(applied, place=()), encoder, views)
            others = retrieve.rank_all(
                anywhere, self.catalogue, views.vectors, views.terms, EXHAUSTIVE
            )
            named = self._naming(applied.place, views)
            others = [hit for hit in others if hit.chunk in named]
            statements = self._statements(found, anywhere, others, calibration, applied.place)
            if statements:
                unsure = is_unsure(question, statements)
                return Answer("answered", True, statements, unsure=unsure), found
        nearest = retrieve.fetch(self._grouped(hits, views)[:3], self.catalogue, applied)
        return Answer("insufficient", nearest=tuple(nearest)), found

    @staticmethod
    def _naming(places: Sequence[str], views: Views) -> Collection[int]:
        """The passages that hold the name of one of these places."""
        ways = tuple((views.segmenter.whole_words(place), 1.0) for place in places)
        return views.terms.search([Group("".join(places), ways)], EXHAUSTIVE)

    def _statements(
        self,
        found: Found,
        asked: retrieve.Asked,
        hits: Sequence[retrieve.Hit],
        calibration: Calibration,
        naming: Sequence[str] = (),
    ) -> tuple[Statement, ...]:
        """The statements among the best passages; with `naming` those that hold such a name."""
        first = hits[:LOOKED_AT]
        chunks = self.catalogue.placed_chunks([hit.chunk for hit in first])
        rows = self.catalogue.sentence_rows([hit.chunk for hit in first])
        question = found.reading.text
        candidates = candidates_of(question, asked, first, rows, chunks, calibration)
        align = partial(self._question_side()[0].alignments, found.reading.subject or question)
        return statements_of(question, candidates, chunks, asked.years, align, naming)

    def _coverage(
        self,
        hits: list[retrieve.Hit],
        statements: Sequence[Statement],
        applied: Filters,
        views: Views,
        calibration: Calibration,
    ) -> Coverage:
        """What the selection has on the question; the documents of the statements count anyway."""
        likely = [hit for hit in hits if calibration.probability(hit.parts) >= LIKELY]
        placed = self.catalogue.placed_chunks([hit.chunk for hit in likely])
        speaking = {each.doc: each.about for each in placed.values()}
        figures = {each.doc for each in placed.values() if numbers_in(each.text)}
        for quote in (quote for statement in statements for quote in statement.quotes):
            speaking[quote.doc] = quote.about
            if quote.figures:
                figures.add(quote.doc)
        place = {doc: about.own_place for doc, about in speaking.items()}
        return Coverage(
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
    ) -> Speaking | None:
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
        return Speaking(
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
        question = plain_text(question)
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

    def counts(self, field: str, filters: Filters) -> Counter[str | int]:
        """How many of the documents left by the filters have each value of a field."""
        if "dimension" not in self.catalogue.settings():
            return Counter()
        return self._open_views().selection.counts(field, self._widened(filters))


def plain_text(question: str) -> str:
    """A question as it is read, without more blanks than it needs."""
    # Half a surrogate pair, as a console of another encoding makes them, no model reads.
    return " ".join(question.encode("utf-8", "ignore").decode().split())[:LONGEST_QUESTION]
