"""The build: bring an index up to date with a folder of documents.

    walk -> (read -> clean -> describe -> chunk) -> embed -> store -> compare

Only what is new or changed is read, and no text is embedded twice: a chunk or sentence whose words
are known from any document keeps its vector. Documents are taken in groups large enough for the
model to work on texts of like length, and each is stored in a transaction of its own. The process
may be killed at any moment; the next build goes on from what was stored.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from filelock import FileLock, Timeout

from indexer.catalogue import FILE_NAME, Catalogue, text_hash
from indexer.chunk import CHUNK_CHARACTERS, chunk
from indexer.clean import Cleaned, clean
from indexer.describe import describe
from indexer.embed import BUNDLED, Encoder, load_encoder, model_name
from indexer.entered import load_entered, redescribe
from indexer.errors import CexunError, FileProblem, IndexProblem
from indexer.glossary import load_glossary
from indexer.read import SIZE_LIMIT_MB, read_bytes, read_file
from indexer.read.pool import Limits, ReaderPool
from indexer.records import (
    BuildReport,
    Condition,
    Document,
    Failure,
    HeadingMark,
    Matrix,
    PageMark,
    Progress,
    RawText,
    Source,
)
from indexer.relatives import compare_documents
from indexer.segment import Segmenter, segmentation
from indexer.terms import TermsView
from indexer.vectors import VectorView
from indexer.wording.view import WordingView

RECIPE = f"3-{CHUNK_CHARACTERS}"
"""Changes whenever reading, cleaning, describing or chunking do: documents are then made again."""

GROUP_TEXTS = 1024
"""Texts embedded together. Larger groups waste less padding and show progress less often."""

SLICE_TEXTS = 64
"""Texts handed to the model at once; after each slice the vectors are safe on disk."""

_NOT_DOCUMENTS = {"thumbs.db", "desktop.ini"}
"""Files that Windows itself puts into folders."""

LOCK_FILE = "build.lock"
_PROGRESS_EVERY = 0.5

Report = Callable[[Progress], None]


def build(
    corpus: Path,
    index: Path,
    *,
    model: str | None = None,
    encoder: Encoder | None = None,
    size_limit_mb: float = SIZE_LIMIT_MB,
    fresh: bool = False,
    report: Report = lambda progress: None,
) -> BuildReport:
    """Bring the index in folder `index` up to date with the documents in folder `corpus`.

    `model` names the model of a new index (default: the bundled one) and must agree with that of
    an existing one. `fresh`: read every document again, changed or not, and begin a new index
    where the one there cannot be used. `report` is called now and then with the progress.
    Raises IndexProblem (no_corpus, busy, other_model, index_not_writable ...) and ModelError.
    """
    if not corpus.is_dir():
        raise IndexProblem("no_corpus", folder=str(corpus))
    with ReaderPool(Limits(size_mb=size_limit_mb)) as readers:
        sources, failures = list_sources(corpus, size_limit_mb, readers.read)
        return build_sources(
            sources,
            index,
            failures=failures,
            corpus=str(corpus.resolve()),
            model=model,
            encoder=encoder,
            fresh=fresh,
            report=report,
        )


def list_sources(
    corpus: Path, size_limit_mb: float, read: Callable[[Path], RawText] = read_file
) -> tuple[list[Source], list[Failure]]:
    """The documents of a folder by name, and the files and folders that cannot even be opened."""
    sources: list[Source] = []
    failures: list[Failure] = []

    def closed(problem: OSError) -> None:
        folder = Path(problem.filename).relative_to(corpus).as_posix()
        denied = isinstance(problem, PermissionError)
        facts: dict[str, object] = {} if denied else {"reason": problem.strerror or str(problem)}
        code = "no_permission" if denied else "unreadable"
        failures.append(Failure(file=folder, code=code, facts=facts))

    for doc, path in walk(corpus, closed):
        try:
            doc.encode("utf-8")
            if _is_special(path):  # reading a pipe would wait for ever
                raise FileProblem("unreadable", reason="not a regular file")
            content = read_bytes(path, size_limit_mb)
        except UnicodeEncodeError:
            shown = doc.encode("utf-8", "replace").decode()
            failures.append(Failure(file=shown, code="bad_name", facts={}))
        except FileProblem as problem:
            failures.append(Failure(file=doc, code=problem.code, facts=problem.facts))
        else:
            digest = hashlib.sha256(content).hexdigest()
            # The processes that read stand in a folder of their own.
            sources.append(Source(doc, digest, len(content), partial(read, path.absolute())))
    return sources, failures


def _is_special(path: Path) -> bool:
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:  # reading it will say what is wrong
        return False


def walk(
    corpus: Path, closed: Callable[[OSError], None] = lambda problem: None
) -> Iterator[tuple[str, Path]]:
    """The files of a corpus as (doc, path), in order of their names.

    Names that begin with `_`, `.` or `~$` are left out, and so is the README of the corpus itself.
    `closed` is told of folders that cannot be entered.
    """
    for folder, folders, files in os.walk(corpus, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")))
        for name in sorted(files):
            if name.startswith(("_", ".", "~$")) or name.lower() in _NOT_DOCUMENTS:
                continue
            path = Path(folder, name)
            if path.parent == corpus and path.stem.lower().split(".")[0] == "readme":
                continue
            yield path.relative_to(corpus).as_posix(), path


def build_sources(
    sources: Iterable[Source],
    index: Path,
    *,
    failures: Iterable[Failure] = (),
    corpus: str = "",
    model: str | None = None,
    encoder: Encoder | None = None,
    fresh: bool = False,
    report: Report = lambda progress: None,
) -> BuildReport:
    """Make the index hold these documents and no others (but see failures).

    A document that fails now but was taken in before stays as it was.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        held = FileLock(index / LOCK_FILE, timeout=2).acquire()
    except Timeout as problem:
        raise IndexProblem("busy", folder=str(index)) from problem
    except OSError as problem:
        raise _not_writable(index, problem) from problem
    with held:
        catalogue = _opened(index, fresh)
        try:
            return _Build(catalogue, index, corpus, model, encoder, fresh, report).run(
                list(sources), list(failures)
            )
        finally:
            catalogue.close()


def _opened(index: Path, fresh: bool) -> Catalogue:
    """The catalogue of the index; where one is to be made afresh, one that is unusable goes."""
    try:
        return Catalogue(index, create=True)
    except IndexProblem as problem:
        if not fresh or problem.code not in ("other_version", "damaged"):
            raise
    try:
        for path in index.glob(f"{FILE_NAME}*"):
            path.unlink()
    except OSError as problem:
        raise _not_writable(index, problem) from problem
    return Catalogue(index, create=True)


def _not_writable(index: Path, problem: OSError) -> IndexProblem:
    reason = problem.strerror or str(problem)
    return IndexProblem("index_not_writable", folder=str(index), reason=reason)


def is_building(index: Path) -> bool:
    """Whether a build is at work in this index folder now."""
    lock = FileLock(index / LOCK_FILE)
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


@dataclass
class _Build:
    """One run of the build; holds what its steps share."""

    catalogue: Catalogue
    index: Path
    corpus: str
    model: str | None
    given: Encoder | None
    fresh: bool
    report: Report

    def run(self, sources: list[Source], failures: list[Failure]) -> BuildReport:
        self.progress = Progress("reading", 0, 0, 0, 0, time.time(), time.time())
        self.encoder: Encoder | None = None
        self.embedded = 0
        self._check_model()
        self.entered, wrong = load_entered(self.corpus)
        failures += wrong
        known = self.catalogue.fingerprints()
        changed = [s for s in sources if self.fresh or known.get(s.doc) != (s.digest, RECIPE)]
        self._tell(total=sum(s.size for s in changed), documents_total=len(changed), force=True)

        done: set[str] = set()
        for group in self._groups(changed, failures):
            self._embed_and_store(group)
            self.catalogue.clear_pending()
            self._save_terms()
            done |= {document.doc for document in group}

        kept = {s.doc for s in sources} | {f["file"] for f in failures}
        # A folder that cannot be entered now may come back, and its documents are still there.
        removed = [
            doc
            for doc in known
            if doc not in kept and not any(str(p) in kept for p in PurePosixPath(doc).parents)
        ]
        for doc in removed:
            self.catalogue.remove(doc)
        redescribe(self.catalogue, self.entered)
        compare_documents(self.catalogue, self._tell_compared)
        self.catalogue.save_failures(failures)
        self._save_view()
        self._save_terms()
        self._save_wording()
        self.catalogue.set(corpus=self.corpus, built=str(int(time.time())))
        self.catalogue.save_progress(None)
        counts = self.catalogue.counts()
        return BuildReport(
            documents=counts["documents"],
            chunks=counts["chunks"],
            added=len(done - known.keys()),
            updated=len(done & known.keys()),
            removed=len(removed),
            unchanged=len(sources) - len(changed),
            embedded=self.embedded,
            failed=tuple(sorted(failures, key=lambda f: f["file"])),
        )

    def _check_model(self) -> None:
        """An index holds vectors of one model only."""
        settings = self.catalogue.settings()
        wanted = self.given.name if self.given else model_name(self.model) if self.model else None
        have = settings.get("model")
        if have and wanted and wanted != have:
            raise IndexProblem("other_model", folder=str(self.index), found=have, wanted=wanted)
        self.source = settings.get("model_source") or self.model or BUNDLED

    def _load_encoder(self) -> Encoder:
        """Load the model when there is something to embed, not before."""
        if self.encoder is None:
            self._tell(stage="model", force=True)
            self.encoder = self.given or load_encoder(self.source)
            have = self.catalogue.settings().get("model", self.encoder.name)
            if have != self.encoder.name:
                raise IndexProblem(
                    "other_model", folder=str(self.index), found=have, wanted=self.encoder.name
                )
            self.catalogue.set(
                model=self.encoder.name,
                model_source=self.source if self.given is None else "given",
                dimension=str(self.encoder.dimension),
            )
            self.progress = replace(self.progress, started=time.time())
        return self.encoder

    def _groups(self, changed: list[Source], failures: list[Failure]) -> Iterator[list[Document]]:
        """Read, clean, describe and chunk, a group of documents at a time."""
        group: list[Document] = []
        texts = 0
        for source, reading in _ahead(changed):
            try:
                document = self._prepare(source, reading.result())
            except FileProblem as problem:
                failures.append(Failure(file=source.doc, code=problem.code, facts=problem.facts))
                continue
            except CexunError:
                raise
            # A parser may fail in as many ways as there are broken files; the others go on.
            except Exception as problem:
                facts: dict[str, object] = {"reason": f"{type(problem).__name__}: {problem}"[:200]}
                failures.append(Failure(file=source.doc, code="parser_failed", facts=facts))
                continue
            group.append(document)
            texts += sum(1 + len(each.sentences) for each in document.chunks)
            if texts >= GROUP_TEXTS:
                yield group
                group, texts = [], 0
        if group:
            yield group

    def _prepare(self, source: Source, raw: RawText) -> Document:
        cleaned = clean(raw.text)
        if not any(character.isalnum() for character in cleaned.text):
            raise FileProblem("no_text")
        encoder = self._load_encoder()
        headings = []
        for mark in raw.headings:
            start, end = cleaned.offsets.to_clean(mark.start, mark.end)
            if start < end:  # else it fell with the residue
                headings.append(HeadingMark(start, end, mark.level))
        pages = tuple(
            PageMark(cleaned.offsets.to_clean(page.start, page.start)[0], page.number)
            for page in raw.pages
        )
        removed = "\n".join(raw.text[start:end] for start, end in cleaned.removed)
        as_read = describe(_cleaned_front(raw), cleaned.text, source.doc, removed)
        title = as_read[0].title
        stem = PurePosixPath(source.doc).stem  # names a file, and would only blur the passages
        chunks = chunk(
            cleaned.text,
            encoder.count_tokens,
            encoder.window,
            tuple(headings),
            pages,
            title="" if title == stem else title,  # a corrected one would change the vectors
        )
        headings_of = (heading for each in chunks for heading in each.heading)
        description, reading = self.entered.applied(
            as_read, source.digest, cleaned.text, headings_of
        )
        return Document(
            doc=source.doc,
            digest=source.digest,
            size=source.size,
            raw=raw.text,
            edits=cleaned.offsets.edits,
            description=description,
            text=cleaned.text,
            chunks=chunks,
            condition=_condition(raw, cleaned),
            reading=reading,
            as_read=as_read,
        )

    def _embed_and_store(self, group: list[Document]) -> None:
        """Embed the texts of a group that are new, then store its documents one by one."""
        encoder = self._load_encoder()
        texts = {text_hash(text): text for document in group for text in _texts_of(document)}
        vectors = self.catalogue.known_vectors(texts)
        # Longest first, in tokens: alike in length, little padding.
        new = sorted(
            (key for key in texts if key not in vectors),
            key=lambda key: -encoder.count_tokens(texts[key]),
        )
        size = sum(document.size for document in group)
        work = sum(len(texts[key]) for key in new) or 1
        before = self.progress.done
        ready = 0
        for at in range(0, len(new), SLICE_TEXTS):
            keys = new[at : at + SLICE_TEXTS]
            fresh = encoder.encode_passages([texts[key] for key in keys])
            # As exact as they are kept, so that a build that was killed ends with the same bytes.
            fresh = fresh.astype(np.float16).astype(np.float32)
            slice_vectors: dict[bytes, Matrix] = dict(zip(keys, fresh, strict=True))
            self.catalogue.save_pending(slice_vectors)
            vectors |= slice_vectors
            ready += sum(len(texts[key]) for key in keys)
            self._tell(stage="embedding", done=before + size * ready / work)
        for document in group:
            self.catalogue.put(document, RECIPE, vectors)
        self.embedded += len(new)
        self._tell(
            done=before + size, documents_done=self.progress.documents_done + len(group), force=True
        )

    def _save_view(self) -> None:
        dimension = self.catalogue.settings().get("dimension")
        if dimension is None:  # nothing was ever embedded here
            return
        view = VectorView(self.catalogue, self.index, int(dimension))
        if view.unsaved:
            try:
                view.save()
            except OSError as problem:
                raise _not_writable(self.index, problem) from problem

    def _save_wording(self) -> None:
        dimension = self.catalogue.settings().get("dimension")
        if dimension is None:
            return
        view = WordingView(self.catalogue, self.index, int(dimension))
        if view.unsaved:
            try:
                view.save()
            except OSError as problem:
                raise _not_writable(self.index, problem) from problem

    def _save_terms(self) -> None:
        """Let keyword search catch up; opening it anew costs milliseconds."""
        corpus = Path(self.corpus) if self.corpus else None
        terms = load_glossary(corpus)[0].terms
        TermsView(self.catalogue, self.index, Segmenter(terms), segmentation(terms))

    def _tell_compared(self, done: int, total: int) -> None:
        self._tell(stage="comparing", done=done, total=total)

    def _tell(self, *, force: bool = False, **values: object) -> None:
        now = time.time()
        due = force or now - self.progress.updated >= _PROGRESS_EVERY
        self.progress = replace(
            self.progress,
            updated=now if due else self.progress.updated,
            **values,  # type: ignore[arg-type]
        )
        if due:
            self.catalogue.save_progress(self.progress)
            self.report(self.progress)


def _ahead(sources: list[Source]) -> Iterator[tuple[Source, Future[RawText]]]:
    """Read the sources in order, a few ahead of their use, on all cores."""
    count = os.cpu_count() or 1
    waiting: deque[tuple[Source, Future[RawText]]] = deque()
    threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
    try:
        for source in sources:
            waiting.append((source, threads.submit(source.read)))
            if len(waiting) > 4 * count:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        threads.shutdown(cancel_futures=True)


def _texts_of(document: Document) -> Iterator[str]:
    for each in document.chunks:
        if each.embedded:
            yield each.passage
            yield from (sentence.text for sentence in each.sentences if sentence.embedded)


def _condition(raw: RawText, cleaned: Cleaned) -> Condition:
    """How well the text has come down; recognised text is no better than its recognition."""
    front = dict(raw.front)
    if "ocr" not in front:
        return Condition(cleaned.quality, cleaned.reasons, cleaned.damaged)
    sure = float(front.get("ocr_confidence") or 0)
    reasons = (f"ocr:{round(100 * sure)}", *cleaned.reasons)
    return Condition(min(cleaned.quality, sure), reasons, cleaned.damaged)


def _cleaned_front(raw: RawText) -> RawText:
    front = tuple((key, clean(value).text) for key, value in raw.front)
    return replace(raw, front=front, title=clean(raw.title).text if raw.title else None)
