"""The signs by which a text tells whose it is: offices, signatures, own documents, masked names."""

from __future__ import annotations

import re
from collections import Counter

from indexer.places import Hit, find_places

LEVELS = dict.fromkeys(("省", "自治区"), "省") | dict.fromkeys(
    ("市", "地区", "州", "自治州", "盟"), "市"
)
"""The level of a kind of unit; what is not listed is of the county's."""

_MASK = r"(?:[XxＸｘ×✕╳]{1,4}|某{1,3}|[*＊]{1,4}|[○〇□■█▇△]{1,3}|_{2,}|…+|(?<![A-Za-z])[A-Z])"
_UNIT = r"(?:自治[区州县旗]|地区|[省市州盟县区旗])"
MASKED = re.compile(rf"(?:{_MASK}{_UNIT})*({_MASK})({_UNIT})(?!\*)")
"""An anonymised unit (X县, 某市, H省Z市C县); group 2 is what it is."""

OFFICE = re.compile(
    r"人民政府教育督导(?:委员会办公室|委员会|室)|人民政府办公[室厅]|人民政府"
    r"|委?教育工作领导小组(?:办公室|秘书组)?|委教育工(?:作)?委(?:员会)?|委办公[室厅]|教委|教体局|教科体?局"
    r"|社会(?:发展|事业|事务)(?:管理)?局|文教局|教育督导(?:委员会办公室|委员会|室|局)"
    r"|(?:科技|文化|文教|科学)?教育"
    r"(?:[和与、]?(?:体育|科技|文化|科学技术|科学|旅游|广电|卫生|民族|宗教))*(?:局|厅|委员会)"
)
"""What follows the place in the name of an office that writes about schools."""

MINE = re.compile(r"(?:我|全)(县|市|区|州|旗|省)(?![级域外])")
_BY_SCHOOL = re.compile(
    r"(?<!中小)(?<!各)(?<!教育)(?<!规模)(?<!寄宿制)(?<!乡村)(?<!农村)(?<![民公]办)(?<!普惠性)(?<!高中)"
    r"(?<!职业)(?<!示范)(?<!特色)(?<!城区)(?<!薄弱)(?<!所)(?<!家长)"
    r"(?:学校|小学|中学|幼儿园|学院|大学|职中|中专)(?=\d{4}|[一二][〇○零]|关于|第)"
)
_OFFICE_HEAD = re.compile(
    r"(?:党组|党委|党工委)?(?:副?书记|副?[局厅]长|副?主任|[、，])+[\u4e00-\u9fff]{0,4}"
)
_ISSUED = re.compile(r"(?:制定|出台|印发|下发|颁发|实施|编制)了?(?:《[^》]*》、?)*《(?:关于)?$")
_STUDIED = re.compile(r"(?:学习|借鉴|参照|参考|贯彻|落实|根据|按照|对照|转发)了?《(?:关于)?$")
_SUBJECT = re.compile(r"(?:^|[，,。])(?:中共)?$")
_GUEST = re.compile(
    r"[：:的和与、]|$|选派|派|对口|领导|专家|来|到|赴|支援|帮扶|向我|为我|给|对我|表彰|授予|副?局长|主任"
)
_DATED = re.compile(
    r"[（(]?(?:\d{4}|[一二][〇○零O一二三四五六七八九]{3})年[\d一二三四五六七八九十]{1,2}月"
)
_SOURCE = re.compile(r"来源[：:\s]*([\u4e00-\u9fff]{4,30})")
_HAS = re.compile(r"现有|现辖|下辖|辖|位于|地处|共有|教育(?:锚定|系统|工作)")
_TIME = re.compile(r"^(?:篇一：)?\d{4}年(?:度|上半年|下半年|前三季度|\d{1,2}月)?(?:来|以来)?[，,]")

Office = tuple[str, Hit]
"""The name of an office, and the place it is of."""


def office_at(text: str, hit: Hit) -> str | None:
    """The office whose name begins with this place there (and with those above it)."""
    if text[hit.start : hit.end] != hit.text:
        return None
    office = OFFICE.match(text, hit.end)
    if office is None:
        return None
    start = hit.start
    for above in reversed(find_places(text[: hit.start])):
        if above.end == start:
            start = above.start
    return text[start : office.end()]


def leading(text: str, context: str) -> Hit | None:
    """The last of the places that stand one after another at the beginning of a text."""
    last = None
    for hit in find_places(text, context):
        if hit.start != (last.end if last else 2 if text.startswith("中共") else 0):
            break
        last = hit
    return last


def signature(lines: list[str], context: str) -> Office | None:
    """The office that signs at the end, stands below the title, speaks, or is the page's source."""
    tail = lines[-40:]
    found = [_signed(line, context) for line in tail]
    dated = [
        office
        for office, below in zip(found, tail[1:], strict=False)
        if office and _DATED.match(below.replace(" ", ""))
    ]
    offices = dated or [office for office in found if office]
    if dated or len({name for name, _ in offices}) == 1:
        return offices[-1]
    if not offices:  # several would be a list of offices, not a signature
        for line in lines[:6]:
            office = _signed(line, context)
            if office:
                return office
    return _speaking(lines[:6], context)


def _speaking(lines: list[str], context: str) -> Office | None:
    """The office that an opening has for its subject: 2024年上半年，新晃侗族自治县教育局紧扣..."""
    for line in lines:
        sentence = line.split("。")[0][:80]
        for hit in find_places(sentence, context):
            name = office_at(sentence, hit)
            if name:
                start = sentence.index(name)
                guest = _GUEST.match(sentence, start + len(name))
                if _SUBJECT.search(sentence[:start]) and not guest:
                    return name, hit
    return None


def _signed(line: str, context: str) -> Office | None:
    """The office that a line consists of, or that it gives as the source or with its head."""
    source = _SOURCE.search(line)
    text = source[1] if source else re.sub(r"\s", "", line[:60])
    if len(text) > 45:
        return None
    hit = leading(text, context)
    office = office_at(text, hit) if hit else None
    if not hit or not office:
        return None
    rest = text[text.index(office) + len(office) :]
    return (office, hit) if not rest or source or _OFFICE_HEAD.fullmatch(rest) else None


def subject(lines: list[str], context: str) -> Hit | None:
    """A place that the opening speaks of as its own, or whose schools it addresses."""
    for line in lines[:6]:
        text = _TIME.sub("", line)
        hit = leading(text, context)
        if hit and _HAS.match(text, hit.end):
            return hit
        if hit and re.match(r"各|县直|直属", text[hit.end :]) and text.endswith(("：", ":")):
            return hit
    return None


def own_documents(text: str) -> Hit | None:
    """The place whose own documents the text cites while it speaks of 我县 or 我市.

    One that is said to be issued is enough, otherwise two; what is studied or followed is not own.
    """
    own = {found[1] for found in MINE.finditer(text)}
    masked = {found[2][-1] for found in MASKED.finditer(text)}
    counts: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], Hit] = {}
    for hit in find_places(text):
        before = text[max(0, hit.start - 60) : hit.start]
        if hit.form == "short" or hit.text[-1] not in own - masked:
            continue
        if before.endswith(("《", "《关于")) and not _STUDIED.search(before):
            counts[hit.codes] += 2 if _ISSUED.search(before) else 1
            first.setdefault(hit.codes, hit)
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < 2 or (len(ranked) > 1 and ranked[1][1] * 2 > ranked[0][1]):
        return None
    return first[ranked[0][0]]


def written_by_school(title: str, opening: str) -> bool:
    """Whether a school writes: it heads the title, or the text says 我校 more often than 我县."""
    if OFFICE.search(title):
        return False
    return bool(_BY_SCHOOL.search(title)) or opening.count("我校") > len(MINE.findall(opening))
