"""A view of the catalogue: the words of the chunks in a tantivy index, ranked by BM25.

Like the vectors it follows the numbered changes of the catalogue. tantivy keeps no note of ours
with a commit, so the number is written after it; a process killed in between applies the same
changes again, which does no harm. What does not fit or does not take the changes is made again from
the catalogue. Where the folder cannot be written the index lives in memory.

Filters are a field of each entry, so they narrow the search itself. A folder is written by whoever
holds its lock; others read what is there.

What is taken out still counts in the frequencies of tantivy until its segment is written anew, and
the scores would tell the history of a library; so the index is written anew when that is a tenth.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from itertools import chain
from math import log
from pathlib import Path
from typing import Any

import tantivy
from filelock import FileLock, Timeout

from indexer.catalogue import Catalogue
from indexer.expand import Group
from indexer.segment import Segmenter

FOLDER = "terms"
_FORMAT = 3
_STATE = "state.json"
_HEAP = 40_000_000
_BATCH = 20_000
_SLACK = 0.1
"""The most entries taken out that are left lying in the index, as a share of those it holds."""
SATURATION = 2.2
"""The most that one word adds to a BM25 score, in units of its weight (k1 + 1 for k1 = 1.2)."""


class TermsView:
    """The words of one catalogue, searchable."""

    def __init__(self, catalogue: Catalogue, folder: Path, segmenter: Segmenter, key: str) -> None:
        """Open the index of a folder if it fits the catalogue, and catch up.

        `key` names the segmentation: an index made by another one is made again.
        """
        self._catalogue = catalogue
        self._folder = folder / FOLDER
        self._segmenter = segmenter
        self._head = {
            "format": _FORMAT,
            "catalogue": catalogue.settings()["id"],
            "segmentation": key,
        }
        self._lock = threading.Lock()
        opened = self._open()
        self._index: tantivy.Index | None = opened[0] if opened else None
        self._seq = opened[1] if opened else 0
        self.catch_up()

    @property
    def seq(self) -> int:
        """The last change of the catalogue that this view has applied."""
        return self._seq

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs) if self._index else 0

    def catch_up(self) -> None:
        """Apply what has changed in the catalogue since, unless another process is at it."""
        with self._lock:
            if self._index is not None and self._catalogue.last_change() == self._seq:
                return
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with FileLock(self._folder.with_suffix(".lock"), timeout=0):
                    self._write()
            except Timeout:
                self._reopen()
            # A folder that may only be read; tantivy raises ValueError whatever fails in its files.
            except (OSError, ValueError):
                self._in_memory()

    def search(
        self,
        groups: Sequence[Group],
        count: int,
        facets: Sequence[Sequence[str]] = (),
        only: Sequence[int] | None = None,
    ) -> dict[int, float]:
        """The best chunks by BM25 with their scores, best first.

        `facets` narrows to chunks that carry one facet of each of these lists, `only` to these ids.
        """
        if self._index is None or not groups or count < 1:
            return {}
        schema = self._index.schema
        words = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, _group_query(schema, group)) for group in groups]
        )
        parts = [(tantivy.Occur.Must, words)]
        narrow = [tantivy.Query.term_set_query(schema, "facets", list(each)) for each in facets]
        if only is not None:
            narrow.append(tantivy.Query.term_set_query(schema, "chunk", list(only)))
        parts += [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in narrow
        ]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(parts), count, count=False).hits
        ids = searcher.fast_field_values("chunk", [address for _, address in hits])
        return {_whole(chunk): score for chunk, (score, _) in zip(ids, hits, strict=True)}

    def weights(self, groups: Sequence[Group]) -> list[float]:
        """How telling each word of a question is: its inverse document frequency in this library.

        ln(1 + (N - n + .5) / (n + .5)) after Robertson and Walker (1994), as tantivy has it; the
        rarest of the words of a way counts, and the most common of the ways that stand for it all.
        """
        if self._index is None:
            return [0.0] * len(groups)
        searcher = self._index.searcher()
        total = searcher.num_docs
        found = []
        for group in groups:
            most = max(
                (
                    min(searcher.doc_freq("words", word) for word in words)
                    for words, share in group.ways
                    if share >= 0.9 and words
                ),
                default=0,
            )
            weight = log(1 + (total - most + 0.5) / (most + 0.5)) if total >= most else 0.0
            found.append(group.share * weight)
        return found

    def knows(self, word: str) -> bool:
        """Whether any chunk holds the word."""
        return self._index is not None and self._index.searcher().doc_freq("words", word) > 0

    def ids(self) -> set[int]:
        """The ids of all chunks in the view."""
        if self._index is None:
            return set()
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        return set(map(_whole, searcher.fast_field_values("chunk", [a for _, a in hits])))

    # Writing ---------------------------------------------------------------------------------

    def _open(self) -> tuple[tantivy.Index, int, int] | None:
        """The index on disk with its number and how many entries were taken out of it.

        None if it is missing, damaged or of something else.
        """
        try:
            state = json.loads((self._folder / _STATE).read_text(encoding="utf-8"))
            seq, gone = state.pop("seq"), state.pop("gone")
            if state != self._head or not tantivy.Index.is_compatible(str(self._folder)):
                return None
            return tantivy.Index.open(str(self._folder)), int(seq), int(gone)
        # tantivy raises ValueError for whatever is wrong with its files.
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def _reopen(self) -> None:
        opened = self._open()
        if opened is not None:
            self._index, self._seq, _ = opened

    def _write(self) -> None:
        opened = self._open()  # another process may have got further meanwhile
        if opened is None or opened[1] > self._catalogue.last_change():
            self._bring_on(*self._made_anew())
            return
        try:
            self._bring_on(*opened)
        except ValueError:
            self._bring_on(*self._made_anew())

    def _made_anew(self) -> tuple[tantivy.Index, int, int]:
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        return tantivy.Index(_schema(), path=str(self._folder)), 0, 0

    def _bring_on(self, index: tantivy.Index, seq: int, gone: int) -> None:
        if seq < self._catalogue.last_change():
            seq, taken_out = self._apply(index, seq)
            gone += taken_out
            if gone > _SLACK * index.searcher().num_docs:
                seq, gone = self._apply(index, 0)[0], 0
            state = json.dumps(self._head | {"seq": seq, "gone": gone})
            beside = self._folder / f"{_STATE}.tmp"
            beside.write_text(state, encoding="utf-8")
            beside.replace(self._folder / _STATE)
        self._index, self._seq = index, seq

    def _in_memory(self) -> None:
        index = tantivy.Index(_schema())
        self._seq, _ = self._apply(index, 0)
        self._index = index

    def _apply(self, index: tantivy.Index, seq: int) -> tuple[int, int]:
        """Bring an index from one change of the catalogue to the latest; from 0 it is made anew.

        Returns the number of the latest change and how many entries were taken out.
        """
        latest, removed, added = self._catalogue.chunk_changes(seq)
        before = index.searcher().num_docs if seq else 0
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        # A run killed in the midst of a commit leaves files by the names that this one will write.
        writer.garbage_collect_files()
        if not seq:
            writer.delete_all_documents()
        else:  # what was added too: it may be there from a run that was killed
            for chunk in (*removed, *added):
                writer.delete_documents_by_term("chunk", chunk)
        for at in range(0, len(added), _BATCH):
            for entry in self._catalogue.term_entries(added[at : at + _BATCH]):
                document = tantivy.Document()
                document.add_integer("chunk", entry.chunk)
                document.add_text(
                    "words",
                    " ".join(
                        chain(self._segmenter.words(entry.text), self._segmenter.values(entry.text))
                    ),
                )
                for facet in entry.facets:
                    document.add_text("facets", facet)
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return latest, before + len(added) - int(index.searcher().num_docs)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("facets", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _whole(value: Any) -> int:
    return int(value)


def _group_query(schema: tantivy.Schema, group: Group) -> tantivy.Query:
    ways = []
    for words, share in group.ways:
        terms = [
            tantivy.Query.term_query(schema, "words", word, index_option="freq") for word in words
        ]
        query = terms[0]
        if len(terms) > 1:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, term) for term in terms])
        boost = share * group.share
        ways.append(query if boost == 1.0 else tantivy.Query.boost_query(query, boost))
    if not ways:
        return tantivy.Query.empty_query()
    return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways)
