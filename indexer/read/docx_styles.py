"""Word's styles: which paragraphs are headings, titles, list items or lines of a contents list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from indexer.read.numbering import W

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|文件标题|公文标题", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_LARGE = 36
"""Half-points: 小二 and larger. Body text of official documents is 三号, 32."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph is by its style and its own settings. `level` 0: no heading."""

    name_id: str = ""
    level: int = 0
    title: bool = False
    contents: bool = False
    list_id: str = ""
    list_level: int | None = None
    size: int = 0
    centred: bool = False


class Styles:
    """The styles of a document; each asks the one it is based on for what it does not say."""

    def __init__(self, tree: etree._Element | None) -> None:
        nodes = [] if tree is None else list(tree.iter(f"{W}style"))
        self._nodes = {node.get(f"{W}styleId", ""): node for node in nodes}
        self._default = next(
            (
                node.get(f"{W}styleId", "")
                for node in nodes
                if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in {"1", "true"}
            ),
            "",
        )
        self._known: dict[str, Style] = {}

    def of(self, paragraph: etree._Element) -> Style:
        """The style of a paragraph, its own settings first."""
        settings = paragraph.find(f"{W}pPr")
        if settings is None:
            return self._named(self._default)
        style = self._named(_value(settings, "pStyle") or self._default)
        return _overlaid(style, settings)

    def large(self, paragraph: etree._Element, style: Style) -> bool:
        """Whether a paragraph is centred and set in the size of a title."""
        sizes = [_int(node.get(f"{W}val", "")) for node in paragraph.iterfind(f"{W}r/{W}rPr/{W}sz")]
        return style.centred and max(sizes, default=style.size) >= _LARGE

    def _named(self, style_id: str, depth: int = 0) -> Style:
        if style_id in self._known:
            return self._known[style_id]
        node = self._nodes.get(style_id)
        if node is None or depth > 20:
            return Style(name_id=style_id)
        base = _value(node, "basedOn")
        inherited = self._named(base, depth + 1) if base else Style()
        name = _value(node, "name").strip()
        heading = _HEADING.fullmatch(name)
        title = bool(_TITLE.fullmatch(name))
        settings = node.find(f"{W}pPr")
        style = inherited if settings is None else _overlaid(inherited, settings)
        style = Style(
            name_id=style_id,
            level=0 if title else min(int(heading[1]), 6) if heading else style.level,
            title=title or (inherited.title and not heading),
            contents=bool(_CONTENTS.fullmatch(name)) or inherited.contents,
            list_id=style.list_id,
            list_level=style.list_level,
            size=_int(_value(node, f"rPr/{W}sz")) or inherited.size,
            centred=style.centred,
        )
        self._known[style_id] = style
        return style


def _overlaid(style: Style, settings: etree._Element) -> Style:
    """A style with what a `pPr` says over it."""
    level = style.level
    if outline := _value(settings, "outlineLvl"):
        level = _int(outline) + 1 if _int(outline) < 9 else 0
    list_id, list_level = style.list_id, style.list_level
    numbers = settings.find(f"{W}numPr")
    if numbers is not None:
        own = _value(numbers, "numId")
        list_id = "" if own == "0" else own or list_id
        at = _value(numbers, "ilvl")
        list_level = _int(at) if at else list_level
    alignment = _value(settings, "jc")
    return Style(
        style.name_id,
        0 if style.title else min(level, 6),
        style.title,
        style.contents,
        list_id,
        list_level,
        style.size,
        alignment == "center" if alignment else style.centred,
    )


def _value(node: etree._Element, path: str) -> str:
    found = node.find(f"{W}{path}")
    return "" if found is None else found.get(f"{W}val", "")


def _int(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 8 else 0
