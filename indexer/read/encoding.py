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
_OTHER_KINDS = (b"%PDF-", b"{\\rtf")
"""How files begin that hold few bytes no text would hold, and yet are none."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
# Chinese characters, ASCII, and what stands between them in print: “” — … · ① Ⅲ ℃ ■ ┌ ×.
_COMMON = re.compile(
    r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\x20-\x7e\s"
    r"\u2010-\u2027\u2030-\u205e\u2100-\u22ff\u2460-\u27bf\u00a0-\u00bf\u00d7\u00f7]"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EVERYDAY = re.compile("[，。、；：“”（）的一是在和有年学校教育工作人大中不了为學為這個國會與對]")
_SAMPLE = 200_000
"""Characters looked at to judge a decoding; the head of a web page may hold none that tell."""


def decode(content: bytes, declared: str | None = None) -> str:
    """Decode the content of a text file.

    A byte order mark decides; then strict UTF-8; then the likeliest of the encoding that the file
    itself declares and the Chinese ones. A few broken bytes, as where a file was cut off within a
    character, become U+FFFD. Raises FileProblem: binary_file, unknown_encoding.
    """
    if content.startswith(_OTHER_KINDS):
        raise FileProblem("binary_file")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_try(content, encoding))
    text = _try(content, "utf-8")
    # UTF-16 without a mark may pass for UTF-8, but then holds zeros.
    if text is not None and not _CONTROL.search(text):
        return text
    names = [*([_widened(declared)] if declared else []), *_guesses(content)]
    for errors in ("strict", "replace"):
        texts = [_try(content, name, errors) for name in ["utf-8", *names]]
        readable = [
            text
            for name, text in zip(["utf-8", *names], texts, strict=True)
            if text is not None and _looks_written(text) and not _by_chance(name, text)
        ]
        if readable:
            return max(readable, key=_likelihood)
    if text is not None:
        return _checked(text)
    if _CONTROL.search(content[:4000].decode("latin-1")):
        raise FileProblem("binary_file")
    raise FileProblem("unknown_encoding")


def _guesses(content: bytes) -> list[str]:
    found = from_bytes(content[:_SAMPLE], cp_isolation=_CANDIDATES, enable_fallback=False)
    names = [match.encoding for match in found]
    return list(dict.fromkeys([*names, *_CANDIDATES]))


def _try(content: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        return content.decode(encoding, errors)
    except (UnicodeError, LookupError):
        return None


def _widened(declared: str) -> str:
    """GB2312 and GBK are declared where GB18030, which contains both, was written."""
    name = declared.strip().lower().replace("-", "").replace("_", "")
    return "gb18030" if name in {"gb2312", "gbk", "cp936", "xgbk", "gb18030"} else declared


def _looks_written(text: str) -> bool:
    """Whether a decoded text could be prose: nearly all of it Chinese or ASCII, hardly a flaw."""
    sample = text[:_SAMPLE]
    broken = sample.count("\ufffd")
    return (
        len(_COMMON.findall(sample)) >= 0.9 * len(sample)
        and len(_CONTROL.findall(sample)) <= 0.001 * len(sample)
        and broken <= 1 + 0.002 * len(sample)
        and broken <= 0.1 * len(_HAN.findall(sample))
    )


def _by_chance(name: str, text: str) -> bool:
    """Whether bytes of something else came out as Chinese: nearly any pair is a character there."""
    return name.startswith("utf_16") and len(_HAN.findall(text)) > 20 and _likelihood(text) < 0.02


def _likelihood(text: str) -> float:
    """Everyday characters and marks a Chinese character: a wrong decoding has few of them."""
    sample = text[:_SAMPLE]
    return len(_EVERYDAY.findall(sample)) / (len(_HAN.findall(sample)) + 1)


def _checked(text: str | None) -> str:
    if text is None:
        raise FileProblem("unknown_encoding")
    if len(_CONTROL.findall(text[:20_000])) > 0.01 * len(text[:20_000]):
        raise FileProblem("binary_file")
    return text
