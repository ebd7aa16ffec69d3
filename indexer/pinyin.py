"""How names of Chinese places are spelled in Latin letters.

`data/romanised.csv` lists the places whose English name is not their pinyin, or whose pinyin is
read otherwise than usual.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files

from pypinyin import lazy_pinyin

from indexer.gazetteer import depth, units

_READINGS = {
    "长": "chang", "朝": "chao", "都": "du", "乐": "le", "勒": "le", "什": "shi", "会": "hui",
    "蚌": "beng", "尾": "wei", "佛": "fo", "圩": "xu", "珲": "hun", "涡": "guo", "单": "shan",
    "浚": "xun", "漯": "luo", "曾": "zeng", "筠": "jun", "棱": "ling", "泊": "bo", "町": "ding",
    "伽": "jia", "峒": "tong", "峙": "shi", "柏": "bai", "牟": "mu", "堡": "bao", "六": "liu",
}  # fmt: skip
"""How characters are read in names of places, where another reading is more frequent elsewhere."""

_PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|塔吉克|达斡尔|鄂温克|鄂伦春|俄罗斯|蒙古|土家|布依|朝鲜|哈尼|傈僳|拉祜|东乡"
    "|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|阿昌|普米|裕固|独龙|赫哲|门巴|珞巴|基诺|保安|锡伯|各"
    "|满|回|壮|苗|侗|瑶|白|彝|藏|土|水|羌|黎|傣|畲|佤|怒|京"
)
_ENDING = re.compile(
    rf"(?<=.)(?:(?:(?:{_PEOPLES})族?)*自治[县州区旗]|特别行政区|[地林特新]区|[县市省区州盟旗])$"
)
PROVINCE, CITY, COUNTY, _NO_UNIT = range(4)


@cache
def _known() -> dict[str, tuple[str, int]]:
    """Names of the gazetteer -> short form ("" where it has none) and level."""
    known: dict[str, tuple[str, int]] = {}
    for code, unit in units().items():
        for name in (unit.name, *unit.former):
            short = unit.short if name == unit.name else ""
            known[name] = min(
                known.get(name, ("", _NO_UNIT)), (short, depth(code)), key=lambda each: each[1]
            )
        if unit.short:
            known.setdefault(unit.short, (unit.short, _NO_UNIT))
    return known


def stem_of(name: str) -> str:
    """The name without its unit and the peoples of an autonomous one: 芷江 of 芷江侗族自治县."""
    short = _known().get(name, ("",))[0]
    if short and name.startswith(short):
        return short
    if len(name) == 2 and name[-1] == "州":
        return name
    return _ENDING.sub("", name)


def rank_of(name: str) -> int:
    """0 for a province, 1 a city, 2 a county, 3 a name without unit."""
    if name in _known():
        return _known()[name][1]
    if name == stem_of(name):
        return _NO_UNIT
    if name.endswith(("省", "自治区")):
        return PROVINCE
    return CITY if name.endswith(("市", "州", "盟", "地区")) else COUNTY


@cache
def _exceptions() -> dict[str, tuple[str, ...]]:
    with (files("indexer") / "data" / "romanised.csv").open(encoding="utf-8") as lines:
        return {row["name"]: tuple(row["romanised"].split("|")) for row in csv.DictReader(lines)}


def spellings_of(stem: str) -> tuple[str, ...]:
    """The letters of a name: as conventional if it is an exception, else its pinyin."""
    if stem in _exceptions():
        return tuple(letters_of(each) for each in _exceptions()[stem])
    syllables = [
        _READINGS.get(character, syllable)
        for character, syllable in zip(stem, lazy_pinyin(stem), strict=False)
    ]
    pinyin = letters_of("".join(syllables))
    if not any(syllable in {"lv", "nv", "lve", "nve"} for syllable in syllables):
        return (pinyin,)
    return tuple(
        letters_of("".join(re.sub(r"^([ln])v", rf"\1{vowel}", each) for each in syllables))
        for vowel in ("v", "u", "yu")
    )


def letters_of(text: str) -> str:
    """Lower-case letters alone, without tones, marks and apostrophes."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def pinyin_of(text: str) -> str:
    """The letters of a text's plain pinyin."""
    return letters_of("".join(lazy_pinyin(text)))
