"""Questions put to an open index: read, narrowed, ranked, merged into passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from indexer import retrieve
from indexer.choices import load_choices
from indexer.copies import merge_copies
from indexer.embed import Encoder, load_reranker
from indexer.expand import groups_of
from indexer.facets import wanted
from indexer.glossary import NO_GLOSSARY
from indexer.holders import also_in, pieces_of
from indexer.library.opened import Opened, Views, given
from indexer.places import same_place
from indexer.question import QuestionReader, ReadQuestion
from indexer.records import Filters, Passage
from indexer.speaks import calibration_for

DEFAULT_LIMIT = 10

LONGEST_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads fewer still."""

RERANKED = 30
"""Passages that a reranker reads; it takes about a second on two cores."""

ALL_FIELDS = ("place", "year", "kind", "level", "stage", "number")


@dataclass(frozen=True, slots=True)
class Found:
    """What a question has found. `filters` are those applied, read ones among them.

    `missing` are the places and years that it names and no document is of: (field, name).
    """

    reading: ReadQuestion
    filters: Filters
    passages: tuple[Passage, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


class Finding(Opened):
    """What a question goes through until it has passages."""

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
            vector=(self._vector or encoder.encode_question)(given(subject, encoder, views)),
            groups=groups,
            weights=tuple(views.terms.weights(groups)),
            chosen=views.selection.choose(applied),
            facets=wanted(applied),
            years=applied.year,
            places=applied.place,
            below=views.selection.places_below(applied.place),
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
