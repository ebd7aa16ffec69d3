"""Pictures of text -> pieces of lines, by RapidOCR with the models inside its package."""

from __future__ import annotations

import ctypes
import getpass
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock, Timeout

from indexer.read import alive
from indexer.read.layout import Piece

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 200
"""The resolution at which pages are recognised; finer is slower and no better."""

PIXEL_LIMIT = 80_000_000
"""A picture of more pixels is reported, not read: a few kilobytes can claim gigabytes."""

_LONGEST = 1800
"""Pixels of a side that are recognised in one go: a page of A4 at 150 dots an inch, which reads 9
point text as well as 2400 do in two thirds of the memory. Longer pictures are cut between lines."""

_SURE = 0.85
_COULD_BE_TURNED = (90, 270, 180)


class Recognised(NamedTuple):
    """The text of one picture. `confidence` is the mean over its characters, 0 to 1."""

    pieces: list[Piece]
    confidence: float
    width: float
    height: float


def recognise(image: Image, dpi: float = DPI) -> Recognised:
    """Recognise the text of an upright or turned picture; lengths of the result are points."""
    alive.tell()
    best = _recognise_so(image, dpi)
    if best.confidence < _SURE or _on_its_side(best.pieces):
        for degrees in _COULD_BE_TURNED:
            turned = _recognise_so(image.rotate(degrees, expand=True), dpi)
            # Lines on their side are read too, but in the wrong order: upright ones win a tie.
            upright = _on_its_side(best.pieces) and not _on_its_side(turned.pieces)
            if _weight(turned) > (0.9 if upright else 1.1) * _weight(best):
                best = turned
            if best.confidence >= _SURE and not _on_its_side(best.pieces):
                break
    _give_back_memory()
    return best


def _give_back_memory() -> None:
    """Hand what glibc keeps of freed pictures back to the system.

    Pages of ever other sizes leave it in pieces that are not used again: a scan of 100 pages would
    grow over the limit of a worker, where 170 MB are enough.
    """
    if trim := getattr(_c_library(), "malloc_trim", None):
        trim(0)


@cache
def _c_library() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


@cache
def _alone() -> FileLock:
    """The workers of a pool have their temporary folder, and so this lock, in common."""
    return FileLock(Path(tempfile.gettempdir(), f"cexun-ocr-{getpass.getuser()}.lock"))


def busy() -> bool:
    """Whether this process has loaded the recogniser."""
    return bool(_engine.cache_info().currsize)


@cache
def _engine() -> Any:
    """The recogniser, loaded once a process. It is handed its models: it never looks online.

    It takes up to a gigabyte, so one worker has it at a time; it is let go of when that process
    ends, which a worker does after such a file (`busy`).
    """
    # It would otherwise report its use to its maker, over the network.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from rapidocr import RapidOCR

    while True:
        try:
            _alone().acquire(timeout=2)
            break
        except Timeout:
            alive.tell()

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": _LONGEST,
            # Files are read in parallel: one thread each.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _recognise_so(image: Image, dpi: float) -> Recognised:
    import numpy as np

    scale = 72 / dpi
    pieces: list[Piece] = []
    total = weighted = 0.0
    for top, part in _parts(image):
        # Colours in the order of OpenCV: blue, green, red.
        found = _engine()(np.ascontiguousarray(np.asarray(part.convert("RGB"))[:, :, ::-1]))
        if found.txts is None or found.boxes is None:
            continue
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            left, upper = box.min(axis=0)
            right, lower = box.max(axis=0)
            across = np.linalg.norm(box[1] - box[0]) >= np.linalg.norm(box[3] - box[0])
            x0, x1 = float(left) * scale, float(right) * scale
            y0, y1 = float(upper + top) * scale, float(lower + top) * scale
            size = 0.8 * (y1 - y0 if across else x1 - x0)
            pieces.append(Piece(text.strip(), x0, y0, x1, y1, size))
            total += len(text)
            weighted += len(text) * float(score)
    confidence = weighted / total if total else 0.0
    return Recognised(
        [p for p in pieces if p.text], confidence, image.width * scale, image.height * scale
    )


def _parts(image: Image) -> list[tuple[int, Image]]:
    """A long picture (a screenshot of a chat) cut where no line of text runs."""
    if image.height <= _LONGEST or image.height < 2 * image.width:
        return [(0, image)]
    import numpy as np

    grey = np.asarray(image.convert("L"), dtype=np.int16)
    ink = (grey.max(axis=1) - grey.min(axis=1)).astype(int)
    parts: list[tuple[int, Image]] = []
    top, step = 0, max(image.width, _LONGEST // 2)
    while top < image.height:
        end = min(image.height, top + step)
        if end < image.height:
            window = ink[end - step // 3 : end]
            end = end - step // 3 + int(len(window) - 1 - window[::-1].argmin())
        parts.append((top, image.crop((0, top, image.width, end))))
        top = max(end, top + 1)
    return parts


def _on_its_side(pieces: list[Piece]) -> bool:
    long = [p for p in pieces if len(p.text) > 2]
    tall = [p for p in long if p.bottom - p.top > 1.5 * (p.right - p.left)]
    return len(tall) > 0.5 * len(long)


def _weight(found: Recognised) -> float:
    return found.confidence**2 * sum(len(p.text) for p in found.pieces)
