"""The straight lines drawn on a PDF page: the rules of its tables."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from indexer.read.pdf_text import Rule, Turn

NEAR = 3.0
"""Points by which lines that meet may miss each other."""

_MOST_OBJECTS = 20_000
_MOST_RULES = 3_000

Matrix = tuple[float, float, float, float, float, float]


def rules(page: Any, turn: Turn) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical lines of a page, pieces of one line made one."""
    across: list[Rule] = []
    down: list[Rule] = []
    for (ax, ay), (bx, by) in _strokes(page):
        x0, y0 = turn.upright(ax, ay)
        x1, y1 = turn.upright(bx, by)
        if abs(y0 - y1) < 1.5 and abs(x0 - x1) > 2:
            across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < 1.5 and abs(y0 - y1) > 2:
            down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        if len(across) + len(down) > _MOST_RULES:
            return [], []  # a drawing
    return _merged(across), _merged(down)


def _merged(parallel: list[Rule]) -> list[Rule]:
    """Lines end to end, or one over the other, as one; short ticks left out."""
    done: list[Rule] = []
    for rule in sorted(parallel, key=lambda r: (round(r.at / 1.5), r.start)):
        last = done[-1] if done else None
        if last and abs(last.at - rule.at) < 1.6 and rule.start <= last.end + NEAR:
            done[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            done.append(rule)
    return [rule for rule in done if rule.end - rule.start > 6]


def _strokes(page: Any) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight lines of every path on the page; thin filled boxes are lines too."""
    from pypdfium2 import raw

    objects = raw.FPDFPage_CountObjects(page.raw)
    stack: list[tuple[Any, int, Any, Matrix, int]] = [
        (raw.FPDFPage_GetObject, objects, page.raw, (1, 0, 0, 1, 0, 0), 0)
    ]
    seen = 0
    while stack:
        get, count, holder, outer, depth = stack.pop()
        for at in range(count):
            seen += 1
            if seen > _MOST_OBJECTS:
                return
            item = get(holder, at)
            kind = raw.FPDFPageObj_GetType(item)
            if kind not in {raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM}:
                continue
            own = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(item, ctypes.byref(own))
            matrix = _times((own.a, own.b, own.c, own.d, own.e, own.f), outer)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < 3:
                inner = raw.FPDFFormObj_CountObjects(item)
                stack.append((raw.FPDFFormObj_GetObject, inner, item, matrix, depth + 1))
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                yield from _sides(item, matrix, raw)


def _sides(path: Any, matrix: Matrix, raw: Any) -> Iterator[Any]:
    x, y = ctypes.c_float(), ctypes.c_float()
    a, b, c, d, e, f = matrix
    points: list[tuple[float, float]] = []
    count = raw.FPDFPath_CountSegments(path)
    for at in range(min(count, 2000) + 1):
        segment = raw.FPDFPath_GetPathSegment(path, at) if at < count else None
        kind = raw.FPDFPathSegment_GetType(segment) if segment else raw.FPDF_SEGMENT_MOVETO
        if kind == raw.FPDF_SEGMENT_MOVETO:
            yield from _outline(points)
            points = []
        if segment is None:
            return
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])


def _outline(points: list[tuple[float, float]]) -> Iterator[Any]:
    if len(points) < 2:
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    if min(max(xs) - min(xs), max(ys) - min(ys)) < 3:
        mid_x, mid_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        if max(xs) - min(xs) >= max(ys) - min(ys):
            yield (min(xs), mid_y), (max(xs), mid_y)
        else:
            yield (mid_x, min(ys)), (mid_x, max(ys))
        return
    yield from zip(points, points[1:], strict=False)


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
