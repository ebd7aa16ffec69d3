"""What stands inside one Word paragraph: its final text, its text boxes and its notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from indexer.read.numbering import W

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = {
    *(f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "instrText", "delText", "rt")),
    f"{_MC}Fallback",
}
_WRITTEN = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_TICKS = {"F052": "☑", "F0FE": "☑", "F0FD": "☒", "F051": "☒", "F0A3": "□", "F0A8": "□", "F06F": "□"}


@dataclass(slots=True)
class Inline:
    """The text of a paragraph, and what hangs on it."""

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def __add__(self, other: Inline) -> Inline:
        return Inline(self.text + other.text, self.boxes + other.boxes, self.notes + other.notes)


def inline(paragraph: etree._Element) -> Inline:
    """Read a paragraph: insertions kept, deletions and hidden text gone, fields as shown."""
    found = Inline()
    parts: list[str] = []
    _walk(paragraph, found, parts)
    found.text = "".join(parts)
    return found


def _walk(node: etree._Element, found: Inline, parts: list[str]) -> None:
    for child in node:
        tag = child.tag
        if tag in _LEFT_OUT:
            continue
        if tag in {f"{W}t", f"{_M}t"}:
            parts.append(child.text or "")
        elif tag in _WRITTEN:
            parts.append(_WRITTEN[tag])
        elif tag == f"{W}sym":
            parts.append(_TICKS.get(child.get(f"{W}char", "").upper(), ""))
        elif tag == f"{W}txbxContent":
            found.boxes.append(child)
        elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            kind = "footnote" if tag.endswith("footnoteReference") else "endnote"
            found.notes.append((kind, child.get(f"{W}id", "")))
        elif tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            chosen = choice if choice is not None else child.find(f"{_MC}Fallback")
            if chosen is not None:
                _walk(chosen, found, parts)
        elif tag == f"{W}r" and _hidden(child):
            continue
        else:
            _walk(child, found, parts)


def _hidden(run: etree._Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "1") not in {"0", "false"}
