"""Comparisons over an open index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from indexer.compare import Comparison, Layout, Question, fill, lay_out
from indexer.embed import Encoder
from indexer.errors import FileProblem, RequestProblem
from indexer.expand import groups_of
from indexer.indicators import (
    Indicator,
    Outcome,
    Point,
    Reader,
    documents_for,
    is_report,
    load_indicators,
    outcomes_of,
)
from indexer.indicators import named as named_indicators
from indexer.library.asking import Asking
from indexer.library.finding import plain_text
from indexer.library.opened import Views, given
from indexer.paragraphs import ReadDocument
from indexer.records import (
    Filters,
)
from indexer.selection import Chosen, Marks
from indexer.speaks import calibration_for
from indexer.terms import SATURATION


class Comparing(Asking):
    """Places and years compared, indicators over time, plans against results."""

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
        asked = list(dict.fromkeys(text for each in questions if (text := plain_text(each))))
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
        vector = encoder.encode_question(given(subject, encoder, views))
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
        docs, chosen = documents_for(held, places)
        names_of_places = {place for _, about in held if (place := about.own_place)}
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
            for _, _, about in self.catalogue.descriptions()
            if about.year and is_report(about.kind) and (name := about.own_place)
        }
        return outcomes_of(points, known, reported)
