"""Questions asked of an open index: answered, and how much of it speaks to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import inf

from indexer import retrieve
from indexer.answer import (
    ENOUGH,
    ENOUGH_ELSEWHERE,
    LOOKED_AT,
    Answer,
    Coverage,
    Statement,
    is_unsure,
    pooled_with,
    statements_of,
)
from indexer.candidates import (
    FAR_BELOW,
    MORE_FOR_MEASURES,
    Answers,
    Candidate,
    candidates_of,
    read_again,
    readings,
)
from indexer.catalogue import PlacedChunk
from indexer.errors import ModelError
from indexer.expand import Group
from indexer.figures import numbers_in
from indexer.library.finding import Finding, Found
from indexer.library.opened import Views, given
from indexer.records import Filters, ScoreParts
from indexer.speaks import LIKELY, Calibration, calibration_for, language_of, reading_for
from indexer.subjects import subjects_named
from indexer.told_of import told_of
from indexer.wanted import asks_figure, asks_how

EXHAUSTIVE = 3_000
"""Passages looked at to say how many documents speak to a question."""


def _more(question: str) -> float:
    return MORE_FOR_MEASURES if asks_how(question) else 1.0


@dataclass(frozen=True, slots=True)
class Speaking:
    """How many documents of a selection speak to a question. `whole`: all of it was looked at."""

    documents: int
    speaking: int
    whole: bool


class Asking(Finding):
    """What answers a question, and how many documents speak to it."""

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
        unsure = is_unsure(statements)
        if unsure and applied.year and asks_figure(found.reading.text):
            later = self._year_after(found, applied, calibration)
            if later:
                pooled = pooled_with(later, statements)
                return Answer("answered", False, pooled, year_after=True), found
        if unsure and applied.place:
            others = self._elsewhere(found, applied, calibration)
            if others:
                return Answer("answered", True, pooled_with(others, statements)), found
        if statements:
            coverage = self._coverage(hits, statements, applied, views, calibration)
            return Answer("answered", False, statements, coverage, unsure=unsure), found
        nearest = retrieve.fetch(self._grouped(hits, views)[:3], self.catalogue, applied)
        untold = self._untold(replace(asked, facets=()), views)
        return Answer("insufficient", nearest=tuple(nearest), untold=untold), found

    def _elsewhere(
        self, found: Found, applied: Filters, calibration: Calibration
    ) -> tuple[Statement, ...]:
        """What documents of other places say that name the place asked for."""
        encoder, views = self._question_side()
        if views is None:
            return ()
        read = found.reading.filters()
        asked = self._asked(found.reading, read, replace(applied, place=()), encoder, views)
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        named = self._naming(applied.place, views)
        hits = [hit for hit in hits if hit.chunk in named]
        return self._statements(found, asked, hits, calibration, applied.place, ENOUGH_ELSEWHERE)

    def _year_after(
        self, found: Found, applied: Filters, calibration: Calibration
    ) -> tuple[Statement, ...]:
        """What the documents of the year after say of the year asked for: 比上年的186人增加19人."""
        encoder, views = self._question_side()
        if views is None:
            return ()
        after = replace(applied, year=tuple(int(year) + 1 for year in applied.year))
        asked = self._asked(found.reading, found.reading.filters(), after, encoder, views)
        asked = replace(asked, years=applied.year)
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        return self._statements(found, asked, hits, calibration, enough=ENOUGH_ELSEWHERE)

    def _untold(self, asked: retrieve.Asked, views: Views) -> tuple[str, ...]:
        """The subjects that a question names, as it words them, and no passage of the selection."""
        return tuple(
            subject.text
            for subject in subjects_named(asked.groups, views.segmenter)
            if not views.terms.search([subject], 1, asked.facets)
            # What the index finds nowhere may stand in a text whose words were cut otherwise.
            and (views.terms.search([subject], 1) or not self._stands_anywhere(subject))
        )

    def _stands_anywhere(self, subject: Group) -> bool:
        """Whether a document has all the characters of one of the ways to say it."""
        ways = [words for words, _ in subject.ways]
        return any(
            all(word in text for word in words)
            for _, text in self.catalogue.texts()
            for words in ways
        )

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
        enough: float | None = None,
    ) -> tuple[Statement, ...]:
        """The statements among the best passages; with `naming` those that hold such a name.

        None where the question names a subject that no passage does.
        """
        views = self._question_side()[1]
        if views is not None and self._untold(asked, views):
            return ()
        candidates, chunks, answers = self._candidates(found, asked, hits, calibration)
        if naming:
            candidates = [c for c in candidates if any(name in c.text for name in naming)]
        question = found.reading.text
        reading = reading_for(self._question_side()[0].name, question)
        enough = enough or ENOUGH[language_of(question)]
        far_below = FAR_BELOW if asks_how(question) else inf
        candidates = read_again(candidates, answers, reading, _more(question), far_below)
        statements = statements_of(candidates, chunks, asked.years, enough)
        return tuple(self._placed(statements))

    def _placed(self, statements: Sequence[Statement]) -> Iterator[Statement]:
        """The statements with the place within their document's that they tell of."""
        views = self._question_side()[1]
        for statement in statements:
            about = statement.quotes[0].about
            if views is None or about.own_place not in (about.province, about.city):
                yield statement
                continue
            below = views.selection.places_below([about.own_place])
            yield replace(statement, below=told_of(statement.text, about, below))

    def _candidates(
        self,
        found: Found,
        asked: retrieve.Asked,
        hits: Sequence[retrieve.Hit],
        calibration: Calibration,
    ) -> tuple[list[Candidate], dict[int, PlacedChunk], Answers]:
        """The sentences of the best passages, their chunks, and the way to read them again."""
        first = hits[:LOOKED_AT]
        chunks = self.catalogue.placed_chunks([hit.chunk for hit in first])
        rows = self.catalogue.sentence_rows([hit.chunk for hit in first])
        question = found.reading.text
        encoder, views = self._question_side()
        subject = given(found.reading.subject or question, encoder, views)
        answers = partial(encoder.answers, subject)
        named = subjects_named(asked.groups, views.segmenter) if views is not None else ()
        return (
            candidates_of(question, asked, first, rows, chunks, calibration, named),
            chunks,
            answers,
        )

    def sentences_read(
        self, question: str, calibration: Calibration, today: date | None = None
    ) -> list[tuple[Statement, float, float]]:
        """The sentences of a question that are read again, each with its first probability, by
        this calibration, and the log-odds that reading it gives: what `speaks.Reading` is fitted
        on."""
        views = self._question_side()[1]
        asked, _, found = self._prepared(question, Filters(), (), today)
        if views is None or asked is None:
            return []
        hits = retrieve.rank_all(asked, self.catalogue, views.vectors, views.terms, EXHAUSTIVE)
        candidates, chunks, answers = self._candidates(found, asked, hits, calibration)
        return [
            (statement, each.probability, log_odds)
            for each, log_odds in readings(candidates, answers, _more(question)) or ()
            for statement in statements_of([each], chunks, asked.years, 0.0)
        ]

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
