"""Precedent wording in an open index."""

from __future__ import annotations

from dataclasses import replace

from indexer.library.asking import Asking
from indexer.library.opened import Views
from indexer.records import (
    Filters,
)
from indexer.wording.contradict import contradictions, draft_place, draft_year, within
from indexer.wording.draft import marked
from indexer.wording.phrases import count_phrase, is_phrase, phrase_group
from indexer.wording.records import Contradiction, PhraseUse, Worded
from indexer.wording.search import Sources
from indexer.wording.search import search as search_wording
from indexer.wording.view import WordingView

DEFAULT_LIMIT = 10

WORDING_USES = 50
"""Uses of a wording that are read, of all that are counted."""

COMPARED_CHUNKS = 1_500
"""Passages of a draft's own place whose figures are held against those of the draft."""


class Precedents(Asking):
    """Who has written a sentence or a phrase before."""

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
        own = [chunk for chunk in chunks.values() if chunk.about.own_place == place]
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
