"""Which documents of a catalogue have the same or nearly the same text, kept up to date.

    print what is new -> find the marks that too many share -> compare with those that share marks

Documents with the same text are told by the digest of their folded text, so that any number of
copies costs nothing; `relations` holds the pairs that are near. A document takes part once it is
compared, and is compared with all that are by then; so every pair is measured once, and a build
that was killed goes on with the documents that are not compared yet.

Only marks that at most MOST_HOLDERS documents hold propose a pair, so each mark of a document costs
at most so many comparisons. When a mark comes over that number or back under it, its few holders
are compared anew, so what is stored does not depend on the order in which documents came, unless
one has more than MOST_COMPARED others worth comparing: then those with most in common are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from indexer.catalogue import Catalogue
from indexer.duplicates import (
    BAND,
    MARKS_VERSION,
    PROPOSED,
    Fingerprint,
    Relation,
    fingerprint,
    relate,
)
from indexer.records import Named

MOST_HOLDERS = 100
"""A mark that more documents hold is boilerplate and proposes no pair."""

MOST_COMPARED = 100
"""Documents that one document is compared with at most when it comes."""

_KEPT_PRINTS = 512
_TEXT = "SELECT text FROM chunks WHERE document = ? ORDER BY start"


def compare_documents(
    catalogue: Catalogue, tell: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Bring the relations up to date with the documents; for the build that holds the lock.

    `tell` is called with how many documents are done and how many there are to do.
    """
    state = _state(catalogue)
    known = catalogue.settings().get("compared", "")
    if known == state:
        return
    if known.split(" ")[0] != MARKS_VERSION:
        with catalogue.writing() as write:
            for table in ("prints", "marks", "common_marks", "relations"):
                write.execute(f"DELETE FROM {table}")
        catalogue.set(compared=MARKS_VERSION)
    new = _rows(
        catalogue,
        "SELECT id FROM documents WHERE id NOT IN (SELECT document FROM prints) ORDER BY id",
    )
    for done, (document,) in enumerate(new):
        tell(done, 2 * len(new))
        _store_print(catalogue, document)
    _note_common_marks(catalogue)
    waiting = _rows(catalogue, "SELECT document FROM prints WHERE NOT compared ORDER BY document")

    @lru_cache(_KEPT_PRINTS)
    def print_of(document: int) -> tuple[str, Fingerprint]:
        with catalogue.reading() as read:
            (name,) = read.execute("SELECT doc FROM documents WHERE id = ?", (document,)).fetchone()
            text = "".join(text for (text,) in read.execute(_TEXT, (document,)))
        return name, fingerprint(text)

    for done, (document,) in enumerate(waiting):
        tell(len(waiting) + done, 2 * len(waiting))
        _compare(catalogue, document, print_of)
    catalogue.set(compared=state)


def relatives_of(catalogue: Catalogue, doc: str) -> list[tuple[Named, Relation]]:
    """The documents with the same text as this one and those near it, the nearest first."""
    about = "documents.doc, documents.title, documents.date"
    with catalogue.reading() as read:
        same = read.execute(
            f"SELECT {about} FROM documents JOIN prints ON prints.document = documents.id"
            " WHERE folded = (SELECT folded FROM prints JOIN documents ON documents.id = document"
            " WHERE doc = :doc) AND doc != :doc",
            {"doc": doc},
        ).fetchall()
        near = read.execute(
            f"SELECT {about}, first.doc, second.doc, a_in_b, b_in_a FROM relations"
            " JOIN documents AS first ON first.id = a JOIN documents AS second ON second.id = b"
            " JOIN documents ON documents.id = iif(first.doc = :doc, b, a)"
            " WHERE a = (SELECT id FROM documents WHERE doc = :doc)"
            " OR b = (SELECT id FROM documents WHERE doc = :doc)",
            {"doc": doc},
        ).fetchall()
    found = [(Named(*row), _same(doc, row[0])) for row in same]
    found += [(Named(*row[:3]), Relation("near", *row[3:])) for row in near]
    return sorted(found, key=lambda pair: (pair[1].kind != "same", -pair[1].shared, pair[0].doc))


def _same(doc: str, other: str) -> Relation:
    return Relation("same", min(doc, other), max(doc, other), 1.0, 1.0)


def _rows(catalogue: Catalogue, query: str) -> list[tuple[int, ...]]:
    with catalogue.reading() as read:
        return read.execute(query).fetchall()


def _state(catalogue: Catalogue) -> str:
    """What changes whenever a document comes or goes: no number is given twice."""
    ((count, last),) = _rows(catalogue, "SELECT count(*), coalesce(max(id), 0) FROM documents")
    return f"{MARKS_VERSION} {count} {last}"


def _store_print(catalogue: Catalogue, document: int) -> None:
    with catalogue.writing() as write:
        text = "".join(text for (text,) in write.execute(_TEXT, (document,)))
        found = fingerprint(text)
        write.execute(
            "INSERT INTO prints (document, folded, letters) VALUES (?, ?, ?)",
            (document, found.digest, len(found.text)),
        )
        write.executemany(
            "INSERT INTO marks VALUES (?, ?, ?)",
            [(key, document, letters) for key, letters in found.marks],
        )


def _note_common_marks(catalogue: Catalogue) -> None:
    """Find the marks that too many documents hold; where that has changed, compare anew."""
    with catalogue.writing() as write:
        before = {key for (key,) in write.execute("SELECT key FROM common_marks")}
        query = "SELECT key FROM marks GROUP BY key HAVING count(*) > ?"
        now = {key for (key,) in write.execute(query, (MOST_HOLDERS,))}
        again: set[tuple[int]] = set()
        for key in before ^ now:
            again |= set(
                write.execute(
                    "SELECT document FROM marks JOIN prints USING (document)"
                    " WHERE key = ? AND compared",
                    (key,),
                )
            )
        write.executemany("UPDATE prints SET compared = 0 WHERE document = ?", again)
        write.executemany("DELETE FROM relations WHERE a = ?", again)
        write.executemany("DELETE FROM relations WHERE b = ?", again)
        write.execute("DELETE FROM common_marks")
        write.executemany("INSERT INTO common_marks VALUES (?)", [(key,) for key in now])


def _compare(
    catalogue: Catalogue, document: int, print_of: Callable[[int], tuple[str, Fingerprint]]
) -> None:
    """Compare one document with those it may be near, and note that this is done."""
    with catalogue.reading() as read:
        proposed = read.execute(
            "SELECT other.document, sum(iif(own.letters = self.letters"
            "  AND other.letters = prints.letters, ? * min(prints.letters, self.letters),"
            "  own.letters)) AS common FROM marks AS own"
            " JOIN marks AS other ON other.key = own.key AND other.document != own.document"
            " JOIN prints AS self ON self.document = own.document"
            " JOIN prints ON prints.document = other.document"
            " WHERE own.document = ? AND own.key NOT IN (SELECT key FROM common_marks)"
            " AND prints.compared AND prints.folded != self.folded"
            " GROUP BY other.document"
            " HAVING common >= ? * min(prints.letters, self.letters)"
            " ORDER BY common DESC, other.document LIMIT ?",
            (BAND, document, PROPOSED, MOST_COMPARED),
        ).fetchall()
    found: list[tuple[int, int, str, float, float]] = []
    for other, _ in proposed:
        (name, own), (other_name, other_print) = print_of(document), print_of(other)
        relation = relate(name, own, other_name, other_print)
        if relation is not None:
            a, b = (document, other) if relation.a == name else (other, document)
            found.append((a, b, relation.kind, relation.a_in_b, relation.b_in_a))
    with catalogue.writing() as write:
        write.executemany("INSERT INTO relations VALUES (?, ?, ?, ?, ?)", found)
        write.execute("UPDATE prints SET compared = 1 WHERE document = ?", (document,))
