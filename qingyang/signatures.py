"""Names and sources under a text: 天津第三纺织厂工人　王德山 under a letter, （孟昭林） and （据新华社电） after the last sentence.

:func:`sign` gives a signature on a line of its own, which looks like a headline of what follows, to the text above it;
:func:`closing` finds the note in brackets that ends a text. Only looked at here: what becomes of it is :mod:`qingyang.articles`' work.
"""

from __future__ import annotations

import numpy as np

from qingyang import furniture, lines
from qingyang.evidence import NAMES, Floats
from qingyang.fields import HAN, agencies, is_issuer, is_name, places, squeeze, unglued, words_of, works_at
from qingyang.leads import authored, credit, opens
from qingyang.lines import Sheet
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal

_TEXT = frozenset(("start", "continue", "resume", "other"))
_HEAD = frozenset(("headline", "kicker"))
_PARTS = compile_pattern("[ \t\u3000\u00a0\u2000-\u200a、，,]+")
_ONLY_NAMES = compile_pattern(rf"[—–\- \u3000]*[{HAN}·•・ \t\u3000\u00a0\u2000-\u200a、，,]{{2,40}}")
_READER = compile_pattern(
    rf"(?P<where>[{HAN}]{{2,12}})?(?:一[位个個名]?|几[位个個]|本[报報]|你们的|忠实|老|[二三四五六七八九十]+[名位个個])(?:{words_of('readers')})"
)
_LETTER = compile_pattern(words_of("letter"))
_ENDS = lines.STOP | lines.SHUTQ | lines.SHUTB
LONGEST = 28
"""Ideographs: a work unit with its town, an occupation and two names."""
LETTER = 60
"""Lines that a letter may have above its signature."""


def signs(line: str) -> bool:
    """A line that says who wrote the text above it, and where they live or work.

    >>> signs("天津第三纺织厂工人　王德山"), signs("唐山　刘玉林"), signs("遵化县农民　孟庆有　李长贵"), signs("一读者")
    (True, True, True, True)
    >>> signs("合肥钢铁厂一工人"), signs("关爱每一位职工")
    (True, False)
    >>> signs("简　讯"), signs("农民买不到小农具"), signs("王德山"), signs("工农联盟 更加巩固")
    (False, False, False, False)
    """
    line = line.strip(" \u3000\u00a0（()）—–-")
    if not _ONLY_NAMES.fullmatch(line):
        return False
    reader = _READER.fullmatch(line)
    if reader and (not reader["where"] or reader["where"] in places() or works_at(reader["where"])):
        return True
    words = [w for w in _PARTS.split(line) if w]
    if len(words) > 2 and len(words[-1]) == len(words[-2]) == 1:
        words[-2:] = [words[-2] + words[-1]]
    names = 0
    while len(words) - names > 1 and is_name(words[-1 - names]):
        names += 1
    where = words[: len(words) - names]
    return bool(names) and all(w in places() or works_at(w) for w in where)


def sign(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """The signatures under texts, and the authors under headlines, as bylines; and what begins above and below them."""
    roles = list(page.roles)
    near = [k for k in np.flatnonzero(X[:, _WIDTH] <= np.log1p(LONGEST)).tolist() if k]
    under_text = [k for k in near if roles[k - 1] in _TEXT]
    found = [k for k in under_text if stands_under(sheet, roles, k)]
    under = [k for k in near if roles[k - 1] in _TITLE and roles[k] not in ("byline", "docdate") and writes(sheet, roles, k)]
    labels = [k for k in under_text if label(sheet, roles, k)]
    signed = [
        k for k in near if roles[k] == "caption" and (note := closing(squeeze(sheet.unit(k)).text)) and note[1] == "byline" and note[0]
    ]
    cut = [k for k in near if roles[k - 1] == "byline" and roles[k] != "byline" and runs_over(sheet, k)]
    torn = [k for k in np.flatnonzero(X[:, _IS_DATELINE]).tolist() if roles[k] == "byline" and opens(squeeze(sheet.unit(k)).text)]
    out: list[Proposal] = []

    def give(k: int, role: str, by: str) -> None:
        roles[k] = role
        out.append(Proposal(k, role, by))

    def over_text(k: int, by: str) -> None:
        """The byline over a text, which begins below it."""
        give(k, "byline", by)
        if k + 1 < len(roles) and roles[k + 1] in ("continue", "resume", "other"):
            give(k + 1, "start", by)

    for k in signed:
        give(k, "start", "signatures.closing")
    for k in cut:
        over_text(k, "signatures.runs_over")
    for k in torn:
        # 江汉日报讯（记者吴越 at the end of a short line
        give(k, "start", "leads.opens")
    for k in labels:
        give(k, "kicker", "signatures.label")
        give(k + 1, "headline", "signatures.label")
    for k in under:
        over_text(k, "signatures.writes")
    for k in found:
        give(k, "byline", "signatures.stands_under")
        below = k + 1
        if below == len(roles) or below in found:
            continue
        if roles[below] == "headline_cont" or (roles[below] == "byline" and not X[below, _IS_BYLINE]):
            give(below, "headline", "signatures.stands_under")
    return out


_WIDTH, _IS_BYLINE, _IS_DATELINE = (NAMES.index(n) for n in ("width_log", "is_byline", "is_dateline"))
_TITLE = frozenset(("headline", "headline_cont", "kicker", "deck"))
_LABEL = compile_pattern("(?:本报|本報)?(?:代)?[社短述快][ \u3000]{0,2}[论論评評]|(?:本报|本報)?[评評][论論][员員]文章")


def label(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Does unit ``k`` say above a headline what kind of comment stands there? 短　评."""
    return k + 1 < len(roles) and roles[k + 1] in _TITLE and _LABEL.fullmatch(sheet.unit(k)) is not None


def writes(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Is unit ``k`` under a headline the line of its authors, or what kind of comment it is?"""
    line = sheet.unit(k)
    if _LABEL.fullmatch(line):
        return k + 1 < len(roles) and roles[k + 1] in _TEXT
    if (not _WRITES.search(line) and furniture.match(line, sheet.book)) or _TAKEN.search(line):
        return False  # 编辑／段康强, （本报记者金超摄）: who made the page, and the picture
    return authored(line) or signs(line)


_TAKEN = compile_pattern("^[（(].*[摄攝供发發][影图圖]?[）)]$|^[^文报報]*[摄攝]$")
_WRITES = compile_pattern("[记記]者|文|作者|[采採][写寫访訪]|口述|撰|[译譯]")


def runs_over(sheet: Sheet, k: int) -> bool:
    """Does the byline above unit ``k`` end in mid-word? 本报记者 卞志辉 通讯 / 员 尹宝峰."""
    above = sheet.unit(k - 1)
    return bool(_OPEN_END.search(above)) and authored(above + sheet.unit(k))


_OPEN_END = compile_pattern("[、，,]$|本[报報]$|[记記编編]$|通[讯訊]?$|实习?$|见习?$|特[约約派]?$|媒体$")


def opens_document(sheet: Sheet, k: int) -> bool:
    """Does unit ``k`` open the title of a document, so that the house above it (市总工会 / 关于…) belongs to the title?"""
    return k < len(sheet) and sheet.unit(k).startswith(("关于", "關於"))


def stands_under(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Is unit ``k`` the signature of the text that ends above it?"""
    last = k + 1 == len(roles)
    if roles[k - 1] not in _TEXT or (not last and roles[k + 1] in _TEXT) or not sheet.cls[sheet.ends[k - 1] - 1] & _ENDS:
        return False
    line = sheet.unit(k)
    if opens_document(sheet, k + 1):
        return False
    if signs(line):
        return True
    if roles[k] == "byline" or not _in_letter(sheet, roles, k):
        return False
    words = [w for w in _PARTS.split(line.strip("（()） ")) if w]
    return (0 < len(words) < 3 and is_name(words[-1])) or is_issuer(line) or (works_at(squeeze(line).text) and len(line) >= 4)


def _in_letter(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Do the lines above belong to a letter to the editor?"""
    for above in range(k - 1, max(k - LETTER, -1), -1):
        if roles[above] in _HEAD:
            return False
        if _LETTER.search(sheet.unit(above)):
            return True
    return False


_CLOSING = compile_pattern(r"[（(〔［\[【](?P<inside>[^（）()〔〕［］\[\]【】\n。！？]{2,40}(?:[(（][^（）()]{1,12}[）)])?)[）)〕］\]】]$")
_AGENCY = "|".join(sorted(agencies(), key=len, reverse=True))
_SOURCE = compile_pattern(
    rf"(?:据|據)(?:{_AGENCY}|《[^》]{{1,12}}(?:[报報刊网]|杂志|雜誌|新闻|新聞|文摘|时代|周末|电讯)》|央视|新华|[{HAN}]{{2,8}}(?:[报報网網台]|客户端))[^，；：]{{0,24}}|(?:{_AGENCY})(?:(?:供[^，]{{0,6}})?(?:特稿|专稿|專稿|供稿|稿|综合|綜合|客户端))?"
    rf"|(?:[综綜]合|均据)(?:{_AGENCY}|新华|《|外电|央视)[^，；：]{{0,24}}|(?:{_AGENCY})(?:[、和](?:{_AGENCY}|[{HAN}]{{2,8}}[报報网網]))+|本报综合(?:整理|报道|报导)?|本報綜合(?:報道|報導)?"
    r"|(?:原[载載]|[摘选選转轉](?:自|编自|編自)|节选自|節選自|[来來]源[：:])[^，；]{2,36}"
)
_PICTURE = compile_pattern("[摄攝](?:影)?$|供[图圖]$|[图圖绘繪画畫]$")
_WRITTEN = compile_pattern(r"(?:文|撰文|撰稿|整理|编辑|摘|供稿|作者|采写|執筆|执笔)[：:／/\s]*")


def closing(text: str) -> tuple[int, str] | None:
    """Where the note in brackets begins that closes a squeezed text, and what it is: ``byline`` or ``sign_off``.

    >>> closing("表扬了老工人杜福全小组。（孟昭林）"), closing("最大风力可达十四级。（据新华社电）")
    ((12, 'byline'), (10, 'sign_off'))
    >>> closing("来稿请寄本报。（江苏洪泽县石守权）"), closing("到队尾。（摘自《连线》杂志2月号）")
    ((7, 'byline'), (4, 'sign_off'))
    >>> closing("每斤两元（含税）"), closing("他来自西部。（作者为大学教授）"), closing("清理垃圾。（本报记者金超摄）")
    (None, None, None)
    """
    m = _CLOSING.search(text)
    if not m or (m.start() and text[m.start() - 1] not in "。！？!?”’…』」）)"):
        return None
    inside = m["inside"]
    if _SOURCE.fullmatch(inside):
        return m.start(), "sign_off"
    if _PICTURE.search(inside):
        return None
    if credit(inside) or _named(_WRITTEN.sub("", inside)):
        return m.start(), "byline"
    return None


def _named(inside: str) -> bool:
    """孟昭林; 徐国春张雅文; 江苏洪泽县石守权: names, with where their bearers live."""
    words = [name for w in _PARTS.split(inside) if w for name in unglued(w)]
    if words and all(is_name(w) and w not in places() for w in words):
        return len(inside) > 2 or len(words) == 1
    for n in (3, 2):
        where, who = inside[:-n], inside[-n:]
        if len(where) > 2 and is_name(who) and (works_at(where) or where in places()):
            return True
    return False
