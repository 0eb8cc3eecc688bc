"""A page as the eye takes it in: its printed lines, and the marks that stand in them.

:func:`read_lines` cuts a source into lines (outer blanks left out), takes jump lines and sign-offs out of them as
*marks*, and hands what remains to the structure stage as *units*, in arrays: one unit is one line, or what a mark left of
it. Nothing is decided here about paragraphs or articles.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import jumps, markup, spacing
from qingyang.codes import code_points
from qingyang.fields import SIGN_OFF, D, N, agencies, dateline, squeeze
from qingyang.leads import opens
from qingyang.markup import Markup
from qingyang.patterns import compile_pattern
from qingyang.reading import read_so
from qingyang.records import INVISIBLE, Source
from qingyang.rulebook import Rulebook

Ints = NDArray[np.int64]

# Every code point's class, one bit each; unlisted ones have none.
HAN, DIGIT, LATIN, BLANK, BREAK, COMMA, STOP, SEMI, COLON, OPENQ, SHUTQ, OPENB, SHUTB, DASH, DOTS, NUMERAL, BULLET, OTHER = (
    1 << k for k in range(18)
)
_TOP = 0x30000


def _classes() -> NDArray[np.uint32]:
    t = np.zeros(_TOP, np.uint32)
    for lo, hi in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFF), (0x2E80, 0x2FDF)):
        t[lo : hi + 1] |= HAN
    table = {
        DIGIT: "0123456789０１２３４５６７８９",
        LATIN: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        + "".join(chr(c) for c in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))),
        BLANK: " \t\u3000\u00a0\u2002\u2003\u2009\u202f" + INVISIBLE,
        BREAK: "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029",
        COMMA: "，,、",
        STOP: "。！？!?｡",
        SEMI: "；;",
        COLON: "：:",
        OPENQ: "“‘「『〝",
        SHUTQ: "”’」』〞",
        OPENB: "（(《〈【〔［[<",
        SHUTB: "）)》〉】〕］]>",
        DASH: "—―─-－–",
        DOTS: "…⋯",
        NUMERAL: "一二三四五六七八九十〇○零百千两",
        BULLET: "□■●◆○◎☆★▲△▼▽◇▪•※＊◀▶→←◁▷",
    }
    for bit, chars in table.items():
        for c in chars:
            t[ord(c)] |= bit
    return t


CLASS = _classes()


class Mark(NamedTuple):
    """A jump line or sign-off taken out of its line; ``line`` is the number of the line it begins in."""

    start: int
    end: int
    kind: str
    """``continued_from``, ``continued_on``, ``sign_off``, or ``cut``: nothing printed, a place where two things were glued."""
    page: str | None
    rule: str
    line: int


@dataclass(slots=True)
class Sheet:
    """The units of one source, in arrays over units; ``cps`` and ``cls`` are over characters."""

    source: Source
    """As it is looked at: without letter-spacing, in plain Simplified characters. :func:`qingyang.spacing.as_delivered` puts back what
    was printed."""
    cps: NDArray[np.uint32]
    cls: NDArray[np.uint32]
    starts: Ints
    ends: Ints
    indent: NDArray[np.float32]
    blank_before: NDArray[np.bool_]
    same_line: NDArray[np.bool_]
    """The unit stands in the same printed line as the one before it (a mark parted them)."""
    marks: list[Mark] = field(default_factory=list)
    mark_before: dict[int, list[Mark]] = field(default_factory=dict)
    """Unit number → marks between the unit before and this one; number of units → marks at the end."""

    row: Ints | None = None
    """Printed line of each unit, where lines were cut into columns (:mod:`qingyang.columns`)."""
    place: NDArray[np.float32] | None = None
    """Where in its line each unit stands, in ideographs; as ``row``."""
    order_unsure: bool = False
    """Its lines look like those of several columns read across; but whether they read better in another order is doubtful."""
    book: Rulebook | None = None
    """The rules, where the user has rules beside ours."""
    delivered: Ints | None = None
    """Where each character stands in the source as it was delivered, where the sheet is read without its letter-spacing
    (:mod:`qingyang.spacing`) or a converter's marks."""
    markup: Markup | None = None
    """What a converter's marks said (:mod:`qingyang.markup`)."""
    _pairs: tuple[Ints, NDArray[np.uint32]] | None = None

    def owners(self) -> Ints:
        """The unit of every character of the source; -1 where there is none."""
        order = np.argsort(self.starts, kind="stable")
        bounds = np.stack((self.starts[order], self.ends[order]), 1).ravel()
        units = np.full(2 * len(order) + 1, -1, np.int64)
        units[1::2] = order
        return np.repeat(units, np.diff(bounds, prepend=0, append=len(self.cps)))

    def pairs(self) -> tuple[Ints, NDArray[np.uint32]]:
        """The pairs of Han characters that stand side by side in a unit, in the order of the units: unit, and a number for both
        characters (31 times the first and the second)."""
        if self._pairs is None:
            at = np.flatnonzero((self.cls[:-1] & self.cls[1:] & HAN) != 0)
            owner = self.owners()
            unit = owner[at]
            at = at[(unit >= 0) & (unit == owner[at + 1])]
            at = at[np.argsort(owner[at], kind="stable")]
            self._pairs = owner[at], self.cps[at] * np.uint32(31) + self.cps[at + 1]
        return self._pairs

    def __len__(self) -> int:
        return len(self.starts)

    def unit(self, k: int) -> str:
        return self.source.text[self.starts[k] : self.ends[k]]


def classes(cps: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return CLASS.take(cps, mode="clip")


def read_lines(source: Source, book: Rulebook | None = None) -> Sheet:
    """The units of a source; ``book`` holds the rules where the user has some beside ours.

    >>> s = Source("p.txt", "各国。(下转第2版)\\n\\n　　小麦丰\\n收。\\n", "")
    >>> sheet = read_lines(s)
    >>> [sheet.unit(k) for k in range(len(sheet))], sheet.indent.tolist(), sheet.marks[0].page
    (['各国。', '小麦丰', '收。'], [0.0, 2.0, 0.0], '2')
    """
    return read_pages([source], book)[0]


TOGETHER = 100
"""Pages that are read together: what is asked of their seams takes a few megabytes."""


def read_pages(sources: Sequence[Source], book: Rulebook | None = None) -> list[Sheet]:
    """:func:`read_lines` of each source, sooner: what is asked of many is asked together."""
    from qingyang.columns import read_in_columns

    sheets = [_printed(source, book) for source in sources]
    for k in range(0, len(sheets), TOGETHER):
        read_in_columns(*sheets[k : k + TOGETHER])
    return sheets


MARGIN = 0.1
"""Share of a page's lines that may stand further out than its margin: a nameplate, a folio line."""


def _printed(source: Source, book: Rulebook | None) -> Sheet:
    """The units of a source as its lines give them."""
    source, unmarked, said = markup.read(source)
    source, delivered = spacing.closed_up(source)
    if unmarked is not None and said is not None:
        said = said if delivered is None else said.closed_up(delivered)
        delivered = unmarked if delivered is None else unmarked[delivered]
    text = source.text
    cps = code_points(text)
    cls = classes(cps)
    brk = np.flatnonzero(cls & BREAK)
    bounds_lo = np.concatenate(([0], brk + 1))
    bounds_hi = np.concatenate((brk, [len(text)]))
    ink = (cls & (BLANK | BREAK)) == 0
    inked = np.concatenate(([0], np.cumsum(ink)))
    full = inked[bounds_hi] > inked[bounds_lo]
    ink_at = np.flatnonzero(ink)
    lo, hi = bounds_lo[full], bounds_hi[full]
    starts = ink_at[inked[lo]] if len(lo) else np.zeros(0, np.int64)
    ends = ink_at[inked[hi] - 1] + 1 if len(lo) else np.zeros(0, np.int64)
    wide = np.zeros(len(cps) + 1, np.int32)
    np.cumsum((cls & BLANK != 0).view(np.int8) + (cps == 0x3000), out=wide[1:])
    indent = ((wide[starts] - wide[lo]) / 2).astype(np.float32)
    if len(indent):
        # what nearly every line stands in from the edge is the page's margin
        indent = np.maximum(indent - np.quantile(indent, MARGIN, method="lower"), np.float32(0))
    rows = np.flatnonzero(full)
    # \r\n gives an empty row between the two characters; it is no empty line
    crlf = np.zeros(len(full), bool)
    if len(brk) > 1:
        pair = np.flatnonzero((cps[brk[:-1]] == 13) & (cps[brk[1:]] == 10) & (np.diff(brk) == 1)) + 1
        crlf[pair] = True
    empty = np.cumsum(~full & ~crlf)
    blank_before = np.zeros(len(rows), bool)
    if len(rows):
        blank_before[1:] = empty[rows[1:]] > empty[rows[:-1]]
        blank_before[0] = True
    sheet = Sheet(source, cps, cls, starts, ends, indent, blank_before, np.zeros(len(starts), bool))
    sheet.book, sheet.delivered, sheet.markup = book, delivered, said
    # a 緊接 tells by its script which way it points: jump lines are looked for as they were printed
    jumped = jumps.find(text, book)
    read_so(sheet)
    marks = _marks(sheet, jumped)
    if marks:
        _cut(sheet, marks)
    return sheet


_OPEN_JUMP = compile_pattern(r"[（(【〔\[《〈][^（）()【】《》〈〉]{0,14}$")


def _marks(sheet: Sheet, jumped: Sequence[jumps.Jump]) -> list[Mark]:
    text = sheet.source.text
    found: list[Mark] = []
    for j in jumped:
        found.append(Mark(j.start, j.end, j.kind, j.page, j.rule, int(np.searchsorted(sheet.starts, j.start, "right")) - 1))
    if "上" in text or "下" in text or "接" in text or "转" in text:
        found += _wrapped_jumps(sheet, found)
    if any(a in text for a in ("电", "讯", "供稿", "报道")):
        found += _sign_offs(sheet)
    found += _glued_headlines(sheet)
    found.sort()
    out: list[Mark] = []
    for m in found:
        if not out or m.start >= out[-1].end:
            out.append(m)
    return out


def _wrapped_jumps(sheet: Sheet, known: list[Mark]) -> list[Mark]:
    """Jump lines that a column break cut in two: （下转第 / 四版）."""
    out: list[Mark] = []
    text = sheet.source.text
    opened = np.concatenate(([0], np.cumsum((sheet.cls & OPENB) != 0)))
    shut_ = np.concatenate(([0], np.cumsum((sheet.cls & SHUTB) != 0)))
    back = np.maximum(sheet.starts, sheet.ends - 16)
    for k in np.flatnonzero((opened[sheet.ends] - opened[back]) > (shut_[sheet.ends] - shut_[back])).tolist():
        if k + 1 == len(sheet):
            break
        end, nxt, nend = int(sheet.ends[k]), int(sheet.starts[k + 1]), int(sheet.ends[k + 1])
        tail = text[max(int(sheet.starts[k]), end - 16) : end]
        m = _OPEN_JUMP.search(tail)
        if not m or nend - nxt < 1:
            continue
        shut = re.match(r"[^（）()。，]{0,12}?[）)】〕\]》〉]", text[nxt : nxt + 14])
        if not shut:
            continue
        joined = tail + shut.group()
        for j in jumps.find(joined, sheet.book):
            if j.start == m.start() and j.end == len(joined):
                start = end - (len(tail) - m.start())
                if not any(x.start <= start < x.end for x in known):
                    out.append(Mark(start, nxt + shut.end(), j.kind, j.page, j.rule, k))
    return out


def _sign_offs(sheet: Sheet) -> list[Mark]:
    """Agency notes in brackets that close a line: （新华社北京11月24日电）. One that opens a line is a dateline."""
    keep = np.flatnonzero((sheet.cls & (BLANK | BREAK)) == 0)
    text = sheet.source.text
    squeezed = text if len(keep) == len(text) else sheet.cps[keep].tobytes().decode("utf-32-le", "surrogatepass")
    out: list[Mark] = []
    for m in SIGN_OFF.finditer(squeezed):
        start, end = int(keep[m.start()]), int(keep[m.end() - 1]) + 1
        first = int(np.searchsorted(sheet.starts, start, "right")) - 1
        last = int(np.searchsorted(sheet.starts, end - 1, "right")) - 1
        if last - first > 2 or end != sheet.ends[last]:
            continue
        # 【新华社重庆十四日电】at the head of a line that goes on is a dateline; on a line of its own in line-wise
        # text it may be one too, when it opens a paragraph: then the line below goes on without an indent.
        if last == first and start == sheet.starts[first] and last + 1 < len(sheet):
            if text[start] in "【〔[":
                continue
            # （合眾國際社華盛頓一日電）under a headline, in a column as narrow as that
            ended = sheet.cls[sheet.ends[first - 1] - 1] & (STOP | SHUTQ | SHUTB | DOTS)
            if first and not ended and not sheet.blank_before[last + 1] and not _SPEAKS.search(sheet.unit(first - 1)):
                continue
        out.append(Mark(start, end, "sign_off", None, "field.sign-off", first))
    return out


_SPEAKS = compile_pattern("[，。；、,;]")


# A headline glued to the dateline below it: 我国将建第一座核电站新华社北京11月24日电. The dateline must be unmistakable
# (agency, place or nothing, a date, 电 or 讯) and no sentence may stand before it. 据 and brackets belong to it.
_GLUED = compile_pattern(
    rf"(?P<head>[^。，；！？：（(]{{4,40}}?)(?P<date>(?:据|據)?(?:{'|'.join(map(re.escape, agencies()))})"
    rf"[^。，；！？：\s]{{0,12}}?[{D}{N}]{{1,3}}月[{D}{N}]{{1,3}}日(?:电|電|讯|訊))"
)


_CLOSES = compile_pattern("日[电電讯訊]")
_FRAMED = compile_pattern(
    r"(?P<head>[^。，；！？：（(【〔［\[]{3,29}[^。，；！？：（(【〔［\[的了在是和与與把被将將向叫说說为為])"
    r"(?P<date>[【〔［\[][^】〕］\]。，]{2,40}[讯訊電电導导道][】〕］\]])"
)
_FRAME_CLOSES = compile_pattern(r"[讯訊電电導导道][】〕］\]]")


def _glued_frames(sheet: Sheet) -> list[Mark]:
    """Headlines glued to a dateline or a byline in square brackets: 小巴撞欄六人輕傷【本報訊】."""
    text = sheet.source.text
    out: list[Mark] = []
    for closing in _FRAME_CLOSES.finditer(text):
        k = int(np.searchsorted(sheet.starts, closing.start(), "right")) - 1
        if k < 0:
            continue
        s, e = int(sheet.starts[k]), int(sheet.ends[k])
        m = _FRAMED.match(text, s, min(e, s + 80))
        open_above = k and not sheet.cls[sheet.ends[k - 1] - 1] & (STOP | SHUTQ | SHUTB)
        if m and not open_above and m.end() == closing.end() and opens(squeeze(text[m.start("date") : e][:80]).text):
            out.append(Mark(m.start("date"), m.start("date"), "cut", None, "split.glued-headline", k))
    return out


def _glued_headlines(sheet: Sheet) -> list[Mark]:
    text = sheet.source.text
    out = _glued_frames(sheet)
    closes = [m.start() for m in _CLOSES.finditer(text)]
    for k in sorted(set((np.searchsorted(sheet.starts, closes, "right") - 1).tolist())):
        if k < 0:
            continue
        s, e = int(sheet.starts[k]), int(sheet.ends[k])
        m = _GLUED.match(text, s, min(e, s + 80))
        if (
            m
            and not re.match(r"据|據", m["head"])
            and dateline(squeeze(m["head"]).text) is None
            and dateline(squeeze(text[m.start("date") : e][:60]).text)
        ):
            at = m.start("date")
            out.append(Mark(at, at, "cut", None, "split.glued-headline", k))
    return out


def _cut(sheet: Sheet, marks: list[Mark]) -> None:
    """Take the marks out of the lines; what remains of a line becomes one unit or two."""
    s_out: list[int] = []
    e_out: list[int] = []
    origin: list[int] = []
    same: list[bool] = []
    waiting: list[Mark] = []

    def hand_over() -> None:
        if waiting:
            sheet.mark_before.setdefault(len(s_out), []).extend(waiting)
            waiting.clear()

    starts, ends = sheet.starts.tolist(), sheet.ends.tolist()
    shut = [m.end for m in marks]
    touched = sorted({k for m in marks for k in range(bisect_right(ends, m.start), bisect_left(starts, m.end))})
    free = 0
    for k in [*touched, len(starts)]:
        if k > free:
            hand_over()
            s_out += starts[free:k]
            e_out += ends[free:k]
            origin += range(free, k)
            same += [False] * (k - free)
        free = k + 1
        if k == len(starts):
            break
        s, e = starts[k], ends[k]
        rest: list[tuple[int, int]] = []
        here, i = s, bisect_right(shut, s)
        while i < len(marks) and marks[i].start < e:
            m = marks[i]
            i += 1
            if m.start > here:
                rest.append((here, m.start))
            if m.start >= s:
                rest.append((-1, i - 1))
            here = max(here, m.end)
        if here < e:
            rest.append((here, e))
        first = True
        for a, b in rest:
            if a < 0:
                waiting.append(marks[b])
                continue
            a, b = _trim(sheet.cls, a, b)
            if b > a:
                hand_over()
                s_out.append(a)
                e_out.append(b)
                origin.append(k)
                same.append(not first)
                first = False
    hand_over()
    o, again = np.array(origin, np.int64), np.array(same, bool)
    sheet.marks = marks
    sheet.starts, sheet.ends = np.array(s_out, np.int64), np.array(e_out, np.int64)
    sheet.indent = np.where(again, 0, sheet.indent[o]).astype(np.float32)
    # a line that vanished whole (a mark alone) hands its empty line on
    blank = np.concatenate(([0], np.cumsum(sheet.blank_before)))
    sheet.blank_before = (blank[o + 1] > blank[np.concatenate(([0], o[:-1] + 1))[: len(o)]]) & ~again
    sheet.same_line = again


def _trim(cls: NDArray[np.uint32], a: int, b: int) -> tuple[int, int]:
    while a < b and cls[a] & (BLANK | BREAK):
        a += 1
    while b > a and cls[b - 1] & (BLANK | BREAK):
        b -= 1
    return a, b
