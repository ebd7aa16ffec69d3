"""Bytes -> text, in whichever encoding a Chinese office may have saved them."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from indexer.errors import FileProblem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_COMMON = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\x20-\x7e\s]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EVERYDAY = re.compile("[的一是在和有年学校教育工作人大中不了为]")


def decode(content: bytes, declared: str | None = None) -> str:
    """Decode the content of a text file.

    A byte order mark decides; then strict UTF-8; then the encoding that the file itself declares;
    then whatever charset-normalizer finds likeliest among the Chinese encodings.
    Raises FileProblem: binary_file, unknown_encoding.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_try(content, encoding))
    if (text := _try(content, "utf-8")) is not None:
        return _checked(text)
    if declared and (text := _try(content, _widened(declared))) is not None:
        return _checked(text)
    texts = [_try(content, name) for name in _guesses(content)]
    readable = [text for text in texts if text is not None and _looks_written(text)]
    if not readable:
        if _CONTROL.search(content[:4000].decode("latin-1")):
            raise FileProblem("binary_file")
        raise FileProblem("unknown_encoding")
    return max(readable, key=_likelihood)


def _guesses(content: bytes) -> list[str]:
    found = from_bytes(content[:200_000], cp_isolation=_CANDIDATES, enable_fallback=False)
    names = [match.encoding for match in found]
    return list(dict.fromkeys([*names, *_CANDIDATES]))


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _widened(declared: str) -> str:
    """GB2312 and GBK are declared where GB18030, which contains both, was written."""
    name = declared.strip().lower().replace("-", "").replace("_", "")
    return "gb18030" if name in {"gb2312", "gbk", "cp936", "xgbk", "gb18030"} else declared


def _looks_written(text: str) -> bool:
    """Whether a decoded text could be prose: nearly all of it Chinese or ASCII, no controls."""
    sample = text[:20_000]
    common = len(_COMMON.findall(sample))
    return common >= 0.9 * len(sample) and len(_CONTROL.findall(sample)) <= 0.001 * len(sample)


def _likelihood(text: str) -> float:
    """Everyday characters a Chinese character: what a wrong decoding does not produce."""
    sample = text[:20_000]
    return len(_EVERYDAY.findall(sample)) / (len(_HAN.findall(sample)) + 1)


def _checked(text: str | None) -> str:
    if text is None:
        raise FileProblem("unknown_encoding")
    if len(_CONTROL.findall(text[:20_000])) > 0.01 * len(text[:20_000]):
        raise FileProblem("binary_file")
    return text
