"""The truth: documents, chunks, sentences and their vectors in one SQLite database.

Everything else in the index folder is a view that can be made again from here without embedding.
One document changes in one transaction, so readers never see half of one and a killed build loses
at most the documents it had not finished. `changes` numbers every addition and removal of a chunk;
a view remembers the last number it has applied and catches up from there.

Vectors of chunks are float16. Sentence vectors are int8 with one float32 scale each, all those of
a chunk in one blob (reading them one by one took twice as long); `pack_vectors` says how.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexProblem
from indexer.facets import document_facets, year_facets
from indexer.records import (
    ChunkText,
    Condition,
    Description,
    Document,
    DocumentText,
    Failure,
    Holding,
    Matrix,
    Origin,
    Progress,
    Reading,
    Replaced,
    StoredDocument,
)
from indexer.years import years_named

SCHEMA_VERSION = "2"
FILE_NAME = "catalogue.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents(
  id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
  recipe TEXT NOT NULL, size INTEGER NOT NULL, raw BLOB NOT NULL, edits TEXT NOT NULL,
  quality REAL NOT NULL, reasons TEXT NOT NULL, damaged TEXT NOT NULL,
  title TEXT NOT NULL, province TEXT, city TEXT, place TEXT, level TEXT, year INTEGER, kind TEXT,
  issuer TEXT, number TEXT, date TEXT, stage TEXT, fictional INTEGER NOT NULL,
  reading TEXT NOT NULL, as_read TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL,
  text TEXT NOT NULL, years TEXT NOT NULL, hash BLOB, vector BLOB, spans BLOB NOT NULL,
  sentence_vectors BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document, start);
CREATE INDEX IF NOT EXISTS chunks_by_hash ON chunks(hash) WHERE hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS embedded_chunks ON chunks(document) WHERE hash IS NOT NULL;
CREATE TABLE IF NOT EXISTS sentences(
  hash BLOB NOT NULL, chunk INTEGER NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL, PRIMARY KEY(hash, chunk, ordinal)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentences_of_chunk ON sentences(chunk);
CREATE TABLE IF NOT EXISTS prints(
  document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
  folded BLOB NOT NULL, letters INTEGER NOT NULL, compared INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS prints_by_folded ON prints(folded);
CREATE TABLE IF NOT EXISTS marks(
  key INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  letters INTEGER NOT NULL, PRIMARY KEY(key, document)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_of_document ON marks(document);
CREATE TABLE IF NOT EXISTS common_marks(key INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS relations(
  a INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  b INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, a_in_b REAL NOT NULL, b_in_a REAL NOT NULL, PRIMARY KEY(a, b)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS relations_of_b ON relations(b);
CREATE TABLE IF NOT EXISTS changes(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, op TEXT NOT NULL, chunk INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pending(hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures(
  doc TEXT PRIMARY KEY, code TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID;
"""
_PROBLEMS = {
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_ERROR: "damaged",  # a table or column that should be there is not
    sqlite3.SQLITE_FULL: "index_not_writable",
    sqlite3.SQLITE_READONLY: "index_not_writable",
    sqlite3.SQLITE_CANTOPEN: "index_not_writable",
    sqlite3.SQLITE_IOERR: "index_not_writable",
}
"""What SQLite may run into, and the code of what a person is told."""

_CONDITION = tuple(field.name for field in fields(Condition))
_DESCRIBED = tuple(field.name for field in fields(Description))
_READ = ("reading", "as_read")


def text_hash(text: str) -> bytes:
    """The key under which a text's vector is known (16 bytes of BLAKE2b)."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def pack_vectors(vectors: Matrix) -> bytes:
    """Pack unit vectors: a float32 scale for each, then the int8 components, row by row.

    The largest component becomes 127, so the error of a product of two vectors stays below .002;
    packing what was unpacked gives the same bytes.
    """
    scales = (np.abs(vectors).max(axis=1, initial=1e-9) / 127).astype(np.float32)
    whole = np.rint(vectors / scales[:, None]).astype(np.int8)
    packed: bytes = scales.tobytes() + whole.tobytes()
    return packed


def unpack_vectors(blob: bytes, count: int) -> Matrix:
    """The vectors of a packed blob, as float32 of shape (count, dimension)."""
    scales, whole = split_packed(blob, count)
    return whole.astype(np.float32) * scales[:, None]


def split_packed(blob: bytes, count: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """A packed blob as it is: the scales (count,) and the whole numbers (count, dimension)."""
    if not count:
        return np.zeros(0, np.float32), np.zeros((0, 0), np.int8)
    scales = np.frombuffer(blob, np.float32, count)
    return scales, np.frombuffer(blob, np.int8, offset=4 * count).reshape(count, -1)


class Changes(NamedTuple):
    """What a view lacks: ids to remove, ids to add and their vectors.

    `seq` is the number of the latest change, `total` how many vectors the view then holds.
    """

    seq: int
    removed: list[int]
    added: list[int]
    vectors: Matrix
    total: int


class SentenceRow(NamedTuple):
    """The sentences of a chunk: offsets in the document (n, 2) and packed vectors (n, d).

    `start` and `text` are the chunk's, `year` its document's. A vector is a scale times a row of
    whole numbers.
    """

    start: int
    text: str
    year: int | None
    spans: NDArray[np.int32]
    scales: NDArray[np.float32]
    whole: NDArray[np.int8]

    def texts(self) -> list[str]:
        """The sentences themselves."""
        return [self.text[a - self.start : b - self.start] for a, b in self.spans.tolist()]


class PlacedChunk(NamedTuple):
    """A chunk with what is known of its document; `damaged` are stretches of the document."""

    doc: str
    about: Description
    start: int
    text: str
    heading: tuple[str, ...]
    page: int | None
    quality: float
    damaged: tuple[tuple[int, int], ...]

    def unreadable(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Those damaged stretches that touch a stretch of the document."""
        return tuple((a, b) for a, b in self.damaged if a < end and b > start)


class TermEntry(NamedTuple):
    """What keyword search keeps of a chunk: its words with title and headings, and its marks."""

    chunk: int
    text: str
    facets: tuple[str, ...]


class WordingEntry(NamedTuple):
    """What precedent wording keeps of a chunk: its sentences, and the names of its places."""

    chunk: int
    row: SentenceRow
    names: tuple[str, ...]


class Catalogue:
    """The database of one index folder; safe to share between threads.

    No connection serves two threads at once: each use borrows an idle one or opens another.
    Writing is for the one build that holds the lock of the folder.
    """

    def __init__(self, folder: Path, create: bool = False) -> None:
        """Open the catalogue of a folder.

        Raises IndexProblem: no_index, other_version, damaged, index_not_writable.
        """
        self.path = folder / FILE_NAME
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        if not self.path.is_file():
            if not create:
                raise IndexProblem("no_index", folder=str(folder))
            folder.mkdir(parents=True, exist_ok=True)
        try:
            if not self._created():
                if not create:  # a build was killed at its very beginning
                    raise IndexProblem("no_index", folder=str(folder))
                self._create()
            found = self.settings().get("schema", "?")
            if found != SCHEMA_VERSION:
                raise IndexProblem(
                    "other_version", folder=str(folder), found=found, expected=SCHEMA_VERSION
                )
        except IndexProblem:
            self.close()
            raise

    def _created(self) -> bool:
        return bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'settings'"))

    def _create(self) -> None:
        with self._borrow() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        with self.writing() as write:
            for statement in _SCHEMA.split(";\n"):
                write.execute(statement)
            for name, value in (("schema", SCHEMA_VERSION), ("id", uuid.uuid4().hex)):
                write.execute("INSERT INTO settings VALUES (?, ?)", (name, value))

    @contextmanager
    def _borrow(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        try:
            if connection is None:
                connection = sqlite3.connect(
                    self.path, timeout=30, isolation_level=None, check_same_thread=False
                )
                connection.execute("PRAGMA foreign_keys=ON")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute("PRAGMA cache_size=-32000")
            yield connection
        except sqlite3.DatabaseError as problem:
            code = getattr(problem, "sqlite_errorcode", 0) & 0xFF  # the rest are finer shades
            if code not in _PROBLEMS:
                raise
            folder, reason = str(self.path.parent), str(problem)
            raise IndexProblem(_PROBLEMS[code], folder=folder, reason=reason) from problem
        finally:
            if connection is not None:
                with self._lock:
                    self._idle.append(connection)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._borrow() as connection:
            return connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Close all connections that are not in use."""
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._borrow() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the catalogue over several queries."""
        with self._borrow() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    # Settings, progress and failures -------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """All settings of the index."""
        return dict(self._rows("SELECT name, value FROM settings"))

    def set(self, **values: str) -> None:
        """Write settings."""
        with self.writing() as write:
            write.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", values.items())

    def save_progress(self, progress: Progress | None) -> None:
        """Note how far the build is; None when it has ended."""
        value = json.dumps(asdict(progress)) if progress else ""
        self.set(progress=value)

    def progress(self) -> Progress | None:
        """How far the running (or killed) build is."""
        value = self.settings().get("progress")
        return Progress(**json.loads(value)) if value else None

    def save_failures(self, failures: Sequence[Failure]) -> None:
        """Replace the list of files that could not be taken in."""
        rows = [(f["file"], f["code"], json.dumps(f["facts"])) for f in failures]
        with self.writing() as write:
            write.execute("DELETE FROM failures")
            write.executemany("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", rows)

    def failures(self) -> tuple[Failure, ...]:
        """The files that the last build could not take in."""
        rows = self._rows("SELECT doc, code, facts FROM failures ORDER BY doc")
        return tuple(
            Failure(file=doc, code=code, facts=json.loads(facts)) for doc, code, facts in rows
        )

    # Documents -----------------------------------------------------------------------------

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """For each document its content digest and the recipe it was made by."""
        rows = self._rows("SELECT doc, digest, recipe FROM documents")
        return {doc: (digest, recipe) for doc, digest, recipe in rows}

    def put(self, document: Document, recipe: str, vectors: Mapping[bytes, Matrix]) -> None:
        """Store a document in place of any older one of its name, in one transaction.

        `vectors` maps the hash of every embedded text of the document to its vector.
        """
        columns = ", ".join(
            ("doc", "digest", "recipe", "size", "raw", "edits", *_CONDITION, *_DESCRIBED, *_READ)
        )
        values = [
            document.doc,
            document.digest,
            recipe,
            document.size,
            zlib.compress(document.raw.encode("utf-8", "surrogatepass"), 6),
            json.dumps(document.edits),
            document.condition.quality,
            json.dumps(document.condition.reasons),
            json.dumps(document.condition.damaged),
            *(getattr(document.description, name) for name in _DESCRIBED),
            _json(document.reading),
            _json(document.as_read or (document.description, document.reading)),
        ]
        with self.writing() as write:
            self._delete(write, document.doc)
            marks = ", ".join("?" * len(values))
            number = write.execute(
                f"INSERT INTO documents ({columns}) VALUES ({marks})", values
            ).lastrowid
            for chunk in document.chunks:
                key = text_hash(chunk.passage) if chunk.embedded else None
                embedded = [s for s in chunk.sentences if s.embedded] if chunk.embedded else []
                keys = [text_hash(s.text) for s in embedded]
                spans = np.array([(s.start, s.end) for s in embedded], np.int32)
                packed = pack_vectors(np.stack([vectors[k] for k in keys])) if keys else b""
                chunk_id = write.execute(
                    "INSERT INTO chunks (document, start, end, page, heading, text, years, hash,"
                    " vector, spans, sentence_vectors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        number,
                        chunk.start,
                        chunk.end,
                        chunk.page,
                        json.dumps(chunk.heading, ensure_ascii=False),
                        chunk.text,
                        " ".join(map(str, years_named(chunk.text))),
                        key,
                        vectors[key].astype(np.float16).tobytes() if key else None,
                        spans.tobytes(),
                        packed,
                    ),
                ).lastrowid
                if key is None:
                    continue
                write.executemany(
                    "INSERT INTO sentences VALUES (?, ?, ?)",
                    [(k, chunk_id, ordinal) for ordinal, k in enumerate(keys)],
                )
                write.execute("INSERT INTO changes (op, chunk) VALUES ('+', ?)", (chunk_id,))

    def redescribe(self, doc: str, description: Description, reading: Reading) -> None:
        """Change what is told of a document; its text and vectors stay.

        Where the description differs its chunks get new ids, so that every view learns of it
        through `changes`.
        """
        columns = ("document", "start", "end", "page", "heading", "text", "years", "hash", "vector")
        copied = ", ".join((*columns, "spans", "sentence_vectors"))
        with self.writing() as write:
            row = write.execute(
                f"SELECT id, {', '.join(_DESCRIBED)} FROM documents WHERE doc = ?", (doc,)
            ).fetchone()
            if row is None:
                return
            number, *described = row
            names = ", ".join(f"{name} = ?" for name in (*_DESCRIBED, "reading"))
            values = [getattr(description, name) for name in _DESCRIBED]
            write.execute(
                f"UPDATE documents SET {names} WHERE id = ?", (*values, _json(reading), number)
            )
            if description == _description(described):
                return
            chunks = write.execute(
                "SELECT id, hash IS NOT NULL FROM chunks WHERE document = ? ORDER BY start",
                (number,),
            ).fetchall()
            for old, embedded in chunks:
                new = write.execute(
                    f"INSERT INTO chunks ({copied}) SELECT {copied} FROM chunks WHERE id = ?",
                    (old,),
                ).lastrowid
                write.execute("UPDATE sentences SET chunk = ? WHERE chunk = ?", (new, old))
                write.execute("DELETE FROM chunks WHERE id = ?", (old,))
                if embedded:
                    write.executemany(
                        "INSERT INTO changes (op, chunk) VALUES (?, ?)", [("-", old), ("+", new)]
                    )

    def remove(self, doc: str) -> None:
        """Take a document out, if it is there."""
        with self.writing() as write:
            self._delete(write, doc)

    @staticmethod
    def _delete(write: sqlite3.Connection, doc: str) -> None:
        write.execute(
            "INSERT INTO changes (op, chunk) SELECT '-', chunks.id FROM chunks JOIN documents"
            " ON documents.id = chunks.document WHERE documents.doc = ? AND hash IS NOT NULL",
            (doc,),
        )
        write.execute("DELETE FROM documents WHERE doc = ?", (doc,))

    def document(self, doc: str) -> StoredDocument | None:
        """One document with its whole text, or None."""
        with self.reading() as read:
            names = ", ".join(
                ("digest", "size", "reading", "raw", "edits", *_CONDITION, *_DESCRIBED)
            )
            row = read.execute(
                f"SELECT id, {names} FROM documents WHERE doc = ?", (doc,)
            ).fetchone()
            if row is None:
                return None
            number, digest, size, reading, raw, edits, quality, reasons, damaged, *described = row
            texts = read.execute(
                "SELECT text FROM chunks WHERE document = ? ORDER BY start", (number,)
            ).fetchall()
        return StoredDocument(
            doc=doc,
            digest=digest,
            size=size,
            description=_description(described),
            text="".join(text for (text,) in texts),
            chunks=len(texts),
            raw=_raw(raw),
            edits=_edits(edits),
            condition=Condition(
                quality, tuple(json.loads(reasons)), tuple(map(tuple, json.loads(damaged)))
            ),
            reading=_reading(json.loads(reading)),
        )

    def edits_of(self, docs: Iterable[str]) -> dict[str, tuple[Replaced, ...]]:
        """What repair has changed in each of these documents."""
        wanted = json.dumps(list(docs))
        query = "SELECT doc, edits FROM documents WHERE doc IN (SELECT value FROM json_each(?))"
        return {doc: _edits(edits) for doc, edits in self._rows(query, (wanted,))}

    def raw_text(self, doc: str) -> str:
        """The text of a document before repair; empty if it is gone."""
        rows = self._rows("SELECT raw FROM documents WHERE doc = ?", (doc,))
        return _raw(rows[0][0]) if rows else ""

    def descriptions(self) -> list[tuple[str, int, Description]]:
        """Name, size in bytes and description of every document, by name."""
        names = ", ".join(_DESCRIBED)
        rows = self._rows(f"SELECT doc, size, {names} FROM documents ORDER BY doc")
        return [(doc, size, _description(described)) for doc, size, *described in rows]

    def holdings(self) -> list[Holding]:
        """All documents without their texts, by name."""
        names = ", ".join(_DESCRIBED)
        rows = self._rows(
            f"SELECT doc, digest, size, quality, reading, as_read, {names} FROM documents"
            " ORDER BY doc"
        )
        found: list[Holding] = []
        for doc, digest, size, quality, reading, as_read, *described in rows:
            told, read = json.loads(as_read)
            found.append(
                Holding(
                    doc=doc,
                    digest=digest,
                    size=size,
                    quality=quality,
                    description=_description(described),
                    reading=_reading(json.loads(reading)),
                    as_read=(Description(**told), _reading(read)),
                )
            )
        return found

    def text_and_headings(self, doc: str) -> tuple[str, tuple[str, ...]]:
        """The text of a document and all headings in it, each once."""
        rows = self._rows(
            "SELECT text, heading FROM chunks JOIN documents ON documents.id = chunks.document"
            " WHERE doc = ? ORDER BY start",
            (doc,),
        )
        headings = dict.fromkeys(heading for _, path in rows for heading in json.loads(path))
        return "".join(text for text, _ in rows), tuple(headings)

    def counts(self) -> dict[str, int]:
        """How many documents, chunks (all, and those with a vector) and sentences there are."""
        queries = {
            "documents": "SELECT count(*) FROM documents",
            "chunks": "SELECT count(*) FROM chunks",
            "embedded_chunks": "SELECT count(*) FROM chunks WHERE hash IS NOT NULL",
            "sentences": "SELECT count(*) FROM sentences",
        }
        with self.reading() as read:
            return {name: read.execute(query).fetchone()[0] for name, query in queries.items()}

    # Vectors -------------------------------------------------------------------------------

    def known_vectors(self, hashes: Iterable[bytes]) -> dict[bytes, Matrix]:
        """The vectors there are already for these texts, wherever they stand."""
        found: dict[bytes, Matrix] = {}
        with self.reading() as read:
            for key in hashes:
                vector = _known(read, key)
                if vector is not None:
                    found[key] = vector
        return found

    def save_pending(self, vectors: Mapping[bytes, Matrix]) -> None:
        """Keep vectors of documents that are not finished, so that a killed build resumes."""
        rows = [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()]
        with self.writing() as write:
            write.executemany("INSERT OR REPLACE INTO pending VALUES (?, ?)", rows)

    def clear_pending(self) -> None:
        """Forget the vectors kept for unfinished documents."""
        with self.writing() as write:
            write.execute("DELETE FROM pending")

    def last_change(self) -> int:
        """The number of the latest change; 0 for an empty catalogue."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM changes")[0][0])

    def changes_since(self, seq: int) -> Changes:
        """What a view at `seq` lacks."""
        with self.reading() as read:
            rows = read.execute(
                "SELECT seq, op, chunk FROM changes WHERE seq > ? ORDER BY seq", (seq,)
            ).fetchall()
            removed = [chunk for _, op, chunk in rows if op == "-"]
            gone = set(removed)
            added = [chunk for _, op, chunk in rows if op == "+" and chunk not in gone]
            vectors = [
                read.execute("SELECT vector FROM chunks WHERE id = ?", (chunk,)).fetchone()[0]
                for chunk in added
            ]
            (total,) = read.execute("SELECT count(*) FROM chunks WHERE hash IS NOT NULL").fetchone()
        latest = rows[-1][0] if rows else seq
        return Changes(latest, removed, added, _halves(vectors), total)

    def all_vectors(self) -> tuple[int, list[int], Matrix]:
        """Everything a view is made from: (seq, chunk ids, their vectors)."""
        with self.reading() as read:
            seq = read.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0]
            rows = read.execute(
                "SELECT id, vector FROM chunks WHERE hash IS NOT NULL ORDER BY id"
            ).fetchall()
        return seq, [row[0] for row in rows], _halves([row[1] for row in rows])

    def sentence_rows(self, chunks: Sequence[int]) -> dict[int, SentenceRow]:
        """The sentences of these chunks with their vectors."""
        marks = ",".join(map(str, chunks))
        rows = self._rows(
            "SELECT chunks.id, start, text, year, spans, sentence_vectors FROM chunks"
            f" JOIN documents ON documents.id = chunks.document WHERE chunks.id IN ({marks})"
        )
        found = {}
        for chunk, start, text, year, spans, packed in rows:
            offsets = np.frombuffer(spans, np.int32).reshape(-1, 2)
            scales, whole = split_packed(packed, len(offsets))
            found[chunk] = SentenceRow(start, text, year, offsets, scales, whole)
        return found

    # Questions -----------------------------------------------------------------------------

    def document_texts(self, docs: Sequence[str]) -> Iterator[DocumentText]:
        """These documents with their texts, in order of their names, a few at a time."""
        names = ", ".join(_DESCRIBED)
        wanted = sorted(docs)
        for at in range(0, len(wanted), 200):
            part = wanted[at : at + 200]
            marks = ",".join("?" * len(part))
            rows = self._rows(
                f"SELECT doc, start, heading, text, page, damaged, {names} FROM chunks JOIN"
                " documents ON documents.id = chunks.document"
                f" WHERE doc IN ({marks}) ORDER BY doc, start",
                part,
            )
            for doc, group in groupby(rows, key=lambda row: row[0]):
                of_one = list(group)
                chunks = (
                    ChunkText(start, tuple(json.loads(heading)), text, page)
                    for _, start, heading, text, page, *_ in of_one
                )
                damaged = tuple(map(tuple, json.loads(of_one[0][5])))
                yield DocumentText(doc, _description(of_one[0][6:]), damaged, tuple(chunks))

    def chunk_changes(self, seq: int) -> tuple[int, list[int], list[int]]:
        """What a view at `seq` lacks: (latest change, chunk ids to remove, ids to add)."""
        with self.reading() as read:
            rows = read.execute(
                "SELECT seq, op, chunk FROM changes WHERE seq > ? ORDER BY seq", (seq,)
            ).fetchall()
        removed = [chunk for _, op, chunk in rows if op == "-"]
        gone = set(removed)
        added = [chunk for _, op, chunk in rows if op == "+" and chunk not in gone]
        return (rows[-1][0] if rows else seq), removed, added

    def term_entries(self, chunks: Sequence[int]) -> Iterator[TermEntry]:
        """What keyword search keeps of these chunks."""
        names = ", ".join(_DESCRIBED)
        for at in range(0, len(chunks), 500):
            marks = ",".join(map(str, chunks[at : at + 500]))
            rows = self._rows(
                f"SELECT chunks.id, doc, heading, text, years, {names} FROM chunks JOIN documents"
                f" ON documents.id = chunks.document WHERE chunks.id IN ({marks})"
            )
            for chunk, doc, heading, text, years, *described in rows:
                about = _description(described)
                words = "\n".join((about.title, *json.loads(heading), text))
                yield TermEntry(chunk, words, document_facets(doc, about) + year_facets(years))

    def wording_entries(self, chunks: Sequence[int]) -> Iterator[WordingEntry]:
        """What precedent wording keeps of these chunks, by id."""
        for at in range(0, len(chunks), 500):
            marks = ",".join(map(str, chunks[at : at + 500]))
            rows = self._rows(
                "SELECT chunks.id, place, city, province, start, text, year, spans,"
                " sentence_vectors FROM chunks JOIN documents ON documents.id = chunks.document"
                f" WHERE chunks.id IN ({marks}) ORDER BY chunks.id"
            )
            for chunk, place, city, province, start, text, year, spans, packed in rows:
                offsets = np.frombuffer(spans, np.int32).reshape(-1, 2)
                row = SentenceRow(start, text, year, offsets, *split_packed(packed, len(offsets)))
                names = tuple(name for name in (place, city, province) if name)
                yield WordingEntry(chunk, row, names)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and cleaned text of every document; one at a time is held in memory."""
        for number, doc in self._rows("SELECT id, doc FROM documents ORDER BY doc"):
            rows = self._rows(
                "SELECT text FROM chunks WHERE document = ? ORDER BY start", (number,)
            )
            yield doc, "".join(text for (text,) in rows)

    def marks(
        self,
    ) -> tuple[int, list[tuple[int, int, str]], list[tuple[int, str, Description]]]:
        """What narrowing needs: the latest change, (chunk, document, years named) of every
        embedded chunk by id, and (number, name, description) of every document."""
        names = ", ".join(_DESCRIBED)
        with self.reading() as read:
            seq = read.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0]
            chunks = read.execute(
                "SELECT chunks.id, document, years FROM chunks"
                " JOIN documents ON documents.id = chunks.document"  # a damaged one may lack it
                " WHERE hash IS NOT NULL ORDER BY chunks.id"
            ).fetchall()
            rows = read.execute(f"SELECT id, doc, {names} FROM documents ORDER BY doc").fetchall()
        return seq, chunks, [(row[0], row[1], _description(row[2:])) for row in rows]

    def passage_spans(self, doc: str) -> list[tuple[int, int]]:
        """Where the embedded chunks of a document stand in its text, in order."""
        return self._rows(
            "SELECT start, end FROM chunks WHERE hash IS NOT NULL"
            " AND document = (SELECT id FROM documents WHERE doc = ?) ORDER BY start",
            (doc,),
        )

    def text_around(self, doc: str, start: int, end: int) -> tuple[str, str]:
        """The chunk that ends where a passage begins, and the one that begins where it ends."""
        found = []
        for column, at in (("end", start), ("start", end)):
            rows = self._rows(
                "SELECT text FROM chunks WHERE document = (SELECT id FROM documents WHERE doc = ?)"
                f" AND chunks.{column} = ? LIMIT 1",
                (doc, at),
            )
            found.append(rows[0][0] if rows else "")
        return found[0], found[1]

    def placed_chunks(self, chunks: Sequence[int]) -> dict[int, PlacedChunk]:
        """These chunks with their document, by id."""
        marks = ",".join(map(str, chunks))
        names = ", ".join(_DESCRIBED)
        rows = self._rows(
            f"SELECT chunks.id, doc, start, page, heading, text, quality, damaged, {names}"
            f" FROM chunks JOIN documents ON documents.id = document WHERE chunks.id IN ({marks})"
        )
        return {
            chunk: PlacedChunk(
                doc=doc,
                about=_description(described),
                start=start,
                text=text,
                heading=tuple(json.loads(heading)),
                page=page,
                quality=quality,
                damaged=tuple((a, b) for a, b in json.loads(damaged)),
            )
            for chunk, doc, start, page, heading, text, quality, damaged, *described in rows
        }

    def broken_chunks(self, dimension: int) -> list[int]:
        """Chunks whose vectors have not the length that they should."""
        rows = self._rows(
            "SELECT id FROM chunks WHERE hash IS NOT NULL AND (length(vector) != ?"
            " OR length(sentence_vectors) != length(spans) / 8 * ?)",
            (2 * dimension, 4 + dimension),
        )
        return [row[0] for row in rows]

    def integrity(self) -> list[str]:
        """What SQLite itself finds wrong; empty if all is well."""
        rows = self._rows("PRAGMA integrity_check")
        broken = self._rows("PRAGMA foreign_key_check")
        return [row[0] for row in rows if row[0] != "ok"] + [str(row) for row in broken]


def _known(read: sqlite3.Connection, key: bytes) -> Matrix | None:
    row = read.execute("SELECT vector FROM pending WHERE hash = ?", (key,)).fetchone()
    if row is None:
        row = read.execute("SELECT vector FROM chunks WHERE hash = ? LIMIT 1", (key,)).fetchone()
    if row is not None:
        return np.frombuffer(row[0], np.float16).astype(np.float32)
    row = read.execute(
        "SELECT ordinal, length(spans) / 8, sentence_vectors FROM sentences JOIN chunks"
        " ON chunks.id = sentences.chunk WHERE sentences.hash = ? LIMIT 1",
        (key,),
    ).fetchone()
    if row is None:
        return None
    ordinal, count, packed = row
    vector: Matrix = unpack_vectors(packed, count)[ordinal]
    return vector


def _edits(stored: str) -> tuple[Replaced, ...]:
    return tuple(map(tuple, json.loads(stored)))


def _raw(stored: bytes) -> str:
    return zlib.decompress(stored).decode("utf-8", "surrogatepass")


def _halves(blobs: list[bytes]) -> Matrix:
    if not blobs:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), -1).astype(np.float32)


def _description(values: Sequence[object]) -> Description:
    known = dict(zip(_DESCRIBED, values, strict=True))
    known["fictional"] = bool(known["fictional"])
    return Description(**known)  # type: ignore[arg-type]


def _json(value: Reading | tuple[Description, Reading]) -> str:
    plain = [asdict(each) for each in value] if isinstance(value, tuple) else asdict(value)
    return json.dumps(plain, ensure_ascii=False)


def _reading(value: dict[str, Any]) -> Reading:
    return Reading(
        origins=tuple(Origin(*origin) for origin in value["origins"]),
        code=value["code"],
        cites=tuple(value["cites"]),
        topics=tuple(value["topics"]),
        doubts=tuple(value["doubts"]),
    )
