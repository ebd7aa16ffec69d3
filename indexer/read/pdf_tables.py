"""Ruled tables of a PDF page: the lines drawn on it -> grids of cells, with merged ones."""

from __future__ import annotations

from indexer.read.grid import Cell, one_line
from indexer.read.layout import Piece, rows
from indexer.read.pages import Box
from indexer.read.pdf_rules import NEAR
from indexer.read.pdf_text import Rule


def tables(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that meet, grouped; only groups of at least two rows and two columns."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for rule in across:
        bars = [b for b in down if _meet(rule, b)]
        touched = [g for g in groups if any(b in g[1] for b in bars)]
        merged: tuple[list[Rule], list[Rule]] = ([rule], bars)
        for group in touched:
            merged[0].extend(group[0])
            merged[1].extend(b for b in group[1] if b not in merged[1])
            groups.remove(group)
        groups.append(merged)
    return [g for g in groups if len(_places(g[0])) >= 3 and len(_places(g[1])) >= 3]


def grid(table: tuple[list[Rule], list[Rule]], pieces: list[Piece]) -> list[list[Cell]]:
    """The cells of a table with their texts; places that no line parts are one cell."""
    across, down = table
    ys, xs = _places(across), _places(down)
    height, width = len(ys) - 1, len(xs) - 1
    origin = {(y, x): (y, x) for y in range(height) for x in range(width)}

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while origin[place] != place:
            place = origin[place]
        return place

    for y in range(height):
        for x in range(width):
            mid_x, mid_y = (xs[x] + xs[x + 1]) / 2, (ys[y] + ys[y + 1]) / 2
            for other, open_ in (
                ((y, x + 1), x + 1 < width and not _drawn(down, xs[x + 1], mid_y)),
                ((y + 1, x), y + 1 < height and not _drawn(across, ys[y + 1], mid_x)),
            ):
                if open_:
                    first, second = sorted((root((y, x)), root(other)))
                    origin[second] = first
    inside: dict[tuple[int, int], list[Piece]] = {}
    for piece in pieces:
        middle = (piece.left + piece.right) / 2
        y = sum(edge <= piece.middle for edge in ys[1:-1])
        x = sum(edge <= middle for edge in xs[1:-1])
        inside.setdefault(root((y, x)), []).append(piece)
    texts = {place: _text(held) for place, held in inside.items()}
    return [
        [Cell(texts.get(root((y, x)), ""), *root((y, x))) for x in range(width)]
        for y in range(height)
    ]


def frame(table: tuple[list[Rule], list[Rule]]) -> Box:
    """Left, top, right and bottom of a table."""
    ys, xs = _places(table[0]), _places(table[1])
    return xs[0], ys[0], xs[-1], ys[-1]


def _text(pieces: list[Piece]) -> str:
    return one_line("\n".join("".join(p.text for p in row) for row in rows(pieces)))


def _places(parallel: list[Rule]) -> list[float]:
    places: list[float] = []
    for rule in sorted(parallel):
        if not places or rule.at - places[-1] > NEAR:
            places.append(rule.at)
    return places


def _drawn(parallel: list[Rule], at: float, where: float) -> bool:
    return any(abs(r.at - at) <= NEAR and r.start - 1 <= where <= r.end + 1 for r in parallel)


def _meet(rule: Rule, bar: Rule) -> bool:
    return (
        rule.start - NEAR <= bar.at <= rule.end + NEAR
        and bar.start - NEAR <= rule.at <= bar.end + NEAR
    )
