"""Office packages: a ZIP archive of XML parts, opened with limits on what they may unpack to."""

from __future__ import annotations

import posixpath
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from indexer.errors import FileProblem

UNPACKED_LIMIT_MB = 300
"""A package that states more than this in all is a bomb or no office document."""

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MADE_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _TRANSITIONAL.encode()),
    (b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"),
)


class Package:
    """An opened package. Nothing is ever unpacked to disk; parts are read by name, whole."""

    def __init__(self, content: bytes) -> None:
        """Open it. Raises FileProblem: malformed, encrypted, unpacks_too_large."""
        try:
            self._archive = ZipFile(BytesIO(content))
        except (BadZipFile, ValueError, NotImplementedError, OSError) as problem:
            raise FileProblem("malformed", reason=str(problem)) from problem
        members = self._archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise FileProblem("encrypted")
        size = sum(member.file_size for member in members) / 1e6
        if size > UNPACKED_LIMIT_MB or len(members) > 20_000:
            raise FileProblem("unpacks_too_large", size_mb=round(size), limit_mb=UNPACKED_LIMIT_MB)
        self.names = frozenset(member.filename for member in members)

    def part(self, name: str) -> bytes | None:
        """The content of a part; None where there is none. Raises FileProblem: malformed."""
        if name not in self.names:
            return None
        try:
            return self._archive.read(name)
        except (BadZipFile, EOFError, NotImplementedError, OSError, zlib.error) as problem:
            raise FileProblem("malformed", reason=str(problem)) from problem

    def xml(self, name: str) -> etree._Element | None:
        """A part as a tree, "strict" names made the usual ones. Raises FileProblem: malformed."""
        content = self.part(name)
        if content is None:
            return None
        if b"http://purl.oclc.org/ooxml/" in content[:20_000]:
            for strict, usual in _MADE_STRICT:
                content = content.replace(strict, usual)
            # Only the schema names of the main vocabularies carry a year.
            for stem in (b"wordprocessingml", b"drawingml", b"spreadsheetml", b"presentationml"):
                content = content.replace(
                    b"openxmlformats.org/" + stem + b"/main",
                    b"openxmlformats.org/" + stem + b"/2006/main",
                )
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError as problem:
            raise FileProblem("malformed", reason=f"{name}: {problem}") from problem

    def related(self, name: str, kind: str) -> list[str]:
        """The parts that a part (or, for "", the package) refers to as being of a kind."""
        folder, leaf = posixpath.split(name)
        tree = self.xml(posixpath.join(folder, "_rels", f"{leaf}.rels"))
        if tree is None:
            return []
        return [
            posixpath.normpath(posixpath.join("/", folder, target.get("Target", ""))).lstrip("/")
            for target in tree.iter(_RELATIONS)
            if target.get("Type", "").rsplit("/", 1)[-1] == kind
            and target.get("TargetMode") != "External"
        ]


def related_by_id(package: Package, name: str) -> dict[str, str]:
    """Relation id -> part, for the parts that must be read in the order another part names them."""
    folder, leaf = posixpath.split(name)
    tree = package.xml(posixpath.join(folder, "_rels", f"{leaf}.rels"))
    if tree is None:
        return {}
    return {
        target.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, target.get("Target", ""))
        ).lstrip("/")
        for target in tree.iter(_RELATIONS)
    }
