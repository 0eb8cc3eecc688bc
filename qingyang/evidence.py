"""What a reader sees at each unit of a page, as numbers.

:func:`gather` turns a :class:`~qingyang.lines.Sheet` into one row per unit: how wide it is against its column, how it and
the unit before it begin and end, whether the seam between them makes a word, what is still open across it, which
printed patterns it shows. :data:`NAMES` names the columns; :func:`reasons` says in words which of them speak at a unit.
Nothing is decided here: :mod:`qingyang.roles` weighs the rows of a whole page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyang import furniture, lines, seams
from qingyang.fields import (
    BY_PAREN,
    CAPTION,
    CREDIT,
    DOC_DATE,
    HAN,
    D,
    N,
    dateline,
    is_issuer,
    is_name,
    looks_like_byline,
    squeeze,
    surnames,
)
from qingyang.lines import Sheet
from qingyang.patterns import compile_pattern

Floats = NDArray[np.float32]

_EDGE = (
    ("han", lines.HAN),
    ("digit", lines.DIGIT),
    ("latin", lines.LATIN),
    ("comma", lines.COMMA),
    ("stop", lines.STOP),
    ("semi", lines.SEMI),
    ("colon", lines.COLON),
    ("openq", lines.OPENQ),
    ("shutq", lines.SHUTQ),
    ("openb", lines.OPENB),
    ("shutb", lines.SHUTB),
    ("dash", lines.DASH),
    ("dots", lines.DOTS),
    ("numeral", lines.NUMERAL),
    ("bullet", lines.BULLET),
)
_PATTERNS = (
    "dateline",
    "byline",
    "name",
    "names",
    "docdate",
    "furniture",
    "furniture_weak",
    "section",
    "index",
    "caption",
    "credit",
    "numbered",
    "salutation",
    "question",
    "issuer",
    "paren",
    "sign_off",
    "label",
    "heading_sign",
)
_SEAM = (
    "seam_odds",
    "seam_two",
    "seam_three",
    "seam_four",
    "seam_begins",
    "seam_beside",
    "seam_reads",
    "seam_belongs",
    "seam_belongs_to_next_above",
)
NAMES: tuple[str, ...] = (
    "width",
    "width_log",
    "width_to_page",
    "width_to_near",
    "short_of_near",
    "width_to_above",
    "width_to_below",
    "above_full",
    "below_full",
    "full",
    "commas",
    "stops",
    "digits",
    "latin",
    "blanks",
    "han",
    "tiny",
    "indent",
    "indent_below",
    "indent_here_only",
    "blank_before",
    "blank_after",
    "gap_in_line",
    "open_quote",
    "open_bracket",
    "shuts_unopened",
    "first",
    "last",
    "place",
    "top",
    "bottom",
    "page_width",
    "page_spread",
    "page_blanks",
    "page_indents",
    "page_stops",
    "shut_after_stop",
    "above_shut_after_stop",
    "jump_in_before",
    "jump_out_before",
    "sign_off_before",
    "jump_in_after",
    "jump_out_after",
    "sign_off_after",
    "cut_before",
    "cut_after",
    "same_line",
    "function_words",
    "above_width",
    "below_width",
    "blank_inside",
    "ends_saying",
    "in_column",
    "topic",
    "topic_to_page",
    "topic_wide",
    "topic_wide_to_page",
    "room_above",
    "room_above_known",
    "first_word",
    "page_open_seams",
    "page_open_odds",
    *(f"first_{n}" for n, _ in _EDGE),
    *(f"last_{n}" for n, _ in _EDGE),
    *_SEAM,
    *(f"is_{n}" for n in _PATTERNS),
    "char_first",
    "char_second",
    "char_last_but_one",
    "char_last",
)
CHARS = 4
"""The last four columns are no measures: they number the characters at both ends among the :data:`COMMON` commonest."""
COMMON = 400
_COL = {n: i for i, n in enumerate(NAMES)}

_NUMBERED = re.compile(
    rf"^(?:第[{N}]{{1,3}}[，、,章节条条款编：:\s]|[（(][{N}]{{1,3}}[）)]|[一二三四五六七八九十]{{1,3}}[、，是要]|[{D}]{{1,2}}[．.、)）]|[①②③④⑤⑥⑦⑧⑨⑩㈠㈡㈢㈣㈤]|[●■◆▲△○★□※▪•]|其[一二三四]|首先，|其次，|再次，|最后，)"
)
_SALUTATION = re.compile(r"^[^，。！？；：]{2,22}(?:们|代表|同志|委员|来宾|先生|女士|领导|编辑|朋友|同胞|将士|全体[^，。]{2,8})?[：:！!]$")
_QUESTION = re.compile(r"^(?:问|答|记者|本报记者|主持人|编者|甲|乙)[：:]")
_TRIG_HEAD = frozenset("本新据據中人央法路美合共德塔朝韩俄工【〔（([［新")
_BETWEEN = re.compile(r"[\s、]+")
_PARTED = re.compile(rf"(?<![{HAN}])([{HAN}])[\s\u3000\u00a0]+([{HAN}])(?![{HAN}])")
"""李  舸: a name of two characters, parted to the length of its neighbours of three."""
_TRIG_NUMBER = frozenset("第（(一二三四五六七八九十其首再最0123456789０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩●■◆▲△○★□※▪•㈠㈡㈢㈣㈤")
_HEADING_SIGN = re.compile(r"#{1,6}\s")
"""What a converter writes before a headline (Markdown)."""
_FAMILY = surnames()[0]
_ONE, _TWO = (f"[{''.join(sorted(_FAMILY))}][{HAN}]{{{given}}}" for given in (2, 1))
_GLUED_NAMES = compile_pattern(f"(?:{_ONE}){{2,4}}|{_ONE}{_TWO}|{_TWO}{_ONE}")
_GLUED_NOT = re.compile("[的了是在和不为与对将成上下大会全国中央市县省部局委员党政经济工作]")
_LABEL = re.compile(r"^[（(【《〈]?[^，。；：]{1,8}[）)】》〉]?$")
_CLOSES = re.compile("[电電讯訊消]")
"""One of these closes every dateline."""
_ASKING = frozenset("问答记本主编甲乙")
_SAYING = re.compile(r"(?:说|指出|强调|表示|认为|介绍|道|问|称|告诉记者|如下|是|写道|宣布|要求|提出)[：:，,]?$")
_SAID = 5
"""告诉记者： is the longest of them."""


def _widest(a: Floats, reach: int) -> Floats:
    """The greatest of each value (none is negative) and its ``reach`` neighbours on both sides."""
    pad = np.zeros(len(a) + 2 * reach, np.float32)
    pad[reach : reach + len(a)] = a
    out: Floats = np.lib.stride_tricks.sliding_window_view(pad, len(a))[: 2 * reach + 1].max(0)
    return out


def _share(ordered: Floats, share: float) -> np.float32:
    """The value that ``share`` of the ordered values do not pass, between two of them in proportion."""
    at = share * (len(ordered) - 1)
    k = int(at)
    low, high = float(ordered[k]), float(ordered[min(k + 1, len(ordered) - 1)])
    part = at - k
    return np.float32(low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part))


def _middle(a: Floats) -> Floats:
    """The median of each value and its two neighbours on both sides; of fewer at the ends."""
    n = len(a)
    out = np.empty(n, np.float32)
    if n > 4:
        v, w, x, y, z = a[:-4], a[1:-3], a[2:-2], a[3:-1], a[4:]
        low = np.maximum(np.minimum(v, w), np.minimum(y, z))
        high = np.minimum(np.maximum(v, w), np.maximum(y, z))
        out[2:-2] = np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), x))
    for k in {*range(min(2, n)), *range(max(n - 2, 0), n)} if n > 4 else range(n):
        near = sorted(a[max(k - 2, 0) : k + 3].tolist())
        half = len(near) // 2
        out[k] = near[half] if len(near) % 2 else (near[half - 1] + near[half]) / 2
    return out


def gather(sheet: Sheet) -> Floats:
    """One row of evidence per unit; columns as in :data:`NAMES`."""
    n = len(sheet)
    X = np.zeros((n, len(NAMES)), np.float32)
    if not n:
        return X

    def put(name: str, values: Any) -> None:
        X[:, _COL[name]] = values

    starts, ends, cls, cps = sheet.starts, sheet.ends, sheet.cls, sheet.cps

    def total(bits: int) -> NDArray[np.int64]:
        return np.concatenate(([0], np.cumsum((cls & bits) != 0)))

    def count(c: NDArray[np.int64]) -> Floats:
        return (c[ends] - c[starts]).astype(np.float32)

    length = (ends - starts).astype(np.float32)
    narrow = ((cps < 0x2E80) & (cls & (lines.OPENQ | lines.SHUTQ | lines.DOTS | lines.DASH) == 0)).astype(np.float32)
    cum = np.concatenate(([0.0], np.cumsum(1 - 0.5 * narrow)))
    width = (cum[ends] - cum[starts]).astype(np.float32)
    blanks = count(total(lines.BLANK))
    ordered = np.sort(width)
    page = (float(ordered[(n - 1) // 2]) + float(ordered[n // 2])) / 2
    put("width", np.minimum(width, 60) / 20)
    put("width_log", np.log1p(width))
    put("width_to_page", np.minimum(width / page, 3))
    # the column: the widest line within three lines each way, among lines short enough to be a column's
    near = np.maximum(_widest(np.where(width <= 44, width, np.float32(0)), 3), 1)
    steady = _middle(width)
    put("width_to_near", np.minimum(width / near, 2))
    put("short_of_near", np.clip(near - width, -10, 20) / 5)
    full = (np.abs(near - width) <= 1.01) & (width <= 44)
    put("full", full)
    put("in_column", (np.abs(steady - width) <= 1.01) & (width >= 5) & (width <= 44))
    above, below = np.roll(width, 1), np.roll(width, -1)
    above[0] = below[-1] = 0
    put("width_to_above", np.clip((width + 1) / (above + 1), 0, 4))
    put("width_to_below", np.clip((width + 1) / (below + 1), 0, 4))
    put("above_width", np.minimum(above, 60) / 20)
    put("below_width", np.minimum(below, 60) / 20)

    def shift(a: NDArray[Any]) -> Floats:
        return np.concatenate(([0], a[:-1])).astype(np.float32)

    def lift(a: NDArray[Any]) -> Floats:
        return np.concatenate((a[1:], [0])).astype(np.float32)

    put("above_full", shift(full.astype(np.float32)))
    put("below_full", lift(full.astype(np.float32)))
    put("commas", count(total(lines.COMMA)) / (length + 2) * 10)
    stops_at = total(lines.STOP)
    put("stops", np.minimum(stops_at[np.maximum(ends - 1, starts)] - stops_at[starts], 4))
    put("digits", count(total(lines.DIGIT)) / (length + 1))
    put("latin", count(total(lines.LATIN)) / (length + 1))
    put("blanks", blanks / (length + 1))
    put("blank_inside", np.minimum(blanks, 3) / 3)
    put("han", count(total(lines.HAN)) / (length + 1))
    put("tiny", length <= 4)
    put("function_words", count(np.concatenate(([0], np.cumsum(_function()[np.minimum(cps, 0xFFFF)])))) / (length + 1) * 10)
    indent = np.minimum(sheet.indent, 4) / 2
    put("indent", indent)
    put("indent_below", lift(indent))
    put("indent_here_only", (indent >= 0.5) & (lift(indent) < 0.5))
    blank = sheet.blank_before.astype(np.float32)
    put("blank_before", blank)
    put("blank_after", np.concatenate((blank[1:], [1])))
    put("page_blanks", blank.mean())
    put("page_indents", (sheet.indent >= 1).mean())
    put("page_width", min(page, 80) / 20)
    put("page_spread", min(_share(ordered, 0.8) / (page + 1), 3))
    put("same_line", sheet.same_line)
    put("first", np.arange(n) == 0)
    put("last", np.arange(n) == n - 1)
    put("top", np.clip(1 - np.arange(n) / 6, 0, 1))
    put("bottom", np.clip(1 - (n - 1 - np.arange(n)) / 6, 0, 1))
    put("place", np.arange(n) / max(n - 1, 1))

    first, last = cls[starts], cls[ends - 1]
    for name, bit in _EDGE:
        put(f"first_{name}", (first & bit) != 0)
        put(f"last_{name}", (last & bit) != 0)
    before_last = np.where(ends - 2 >= starts, cls[np.maximum(ends - 2, 0)], 0)
    shut = ((last & (lines.SHUTQ | lines.SHUTB)) != 0) & ((before_last & (lines.STOP | lines.DOTS)) != 0)
    put("shut_after_stop", shut)
    put("above_shut_after_stop", shift(shut.astype(np.float32)))
    ended = ((last & lines.STOP) != 0) | shut
    put("page_stops", ended.mean())
    # what is open when a unit begins: over the six units before it, ended by a unit that is a paragraph's end
    for name, op, cl in (("open_quote", lines.OPENQ, lines.SHUTQ), ("open_bracket", lines.OPENB, lines.SHUTB)):
        net = count(total(op)) - count(total(cl))
        run = np.zeros(n, np.float32)
        depth, k, change = 0.0, 0, net.tolist()
        for opened in np.flatnonzero(net).tolist():
            k = max(k, opened)
            while k < n and (depth or k == opened):
                run[k] = depth
                depth = min(max(depth + change[k], 0.0), 2.0)
                if depth and k % 8 == 7 and change[k] == 0:
                    depth = max(depth - 1, 0.0)
                k += 1
        put(name, run)
        if name == "open_quote":
            put("shuts_unopened", np.clip(-net - run, 0, 2))
    X[:, [_COL[s] for s in _SEAM]] = _seam_columns(sheet)
    # seams after an open end: where the page is read in good order, most of them go on
    between = ((shift((last & lines.HAN) != 0)) > 0) & ((first & lines.HAN) != 0) & (width > 4)
    between[0] = False
    if between.any():
        held = X[between][:, [_COL["seam_odds"], _COL["seam_reads"]]]
        put("page_open_seams", (held.max(1) > 0).mean())
        put("page_open_odds", np.clip(held.sum(1), -2, 2).mean())
    for name, topic in zip(("topic", "topic_wide"), _topic(sheet), strict=True):
        put(name, topic * 4)
        put(f"{name}_to_page", np.clip((topic - topic.mean()) / (topic.std() + 0.02), -3, 3))
    # would the unit's first word have fitted into the line above? Where it would, the line above ended for a reason
    first_word = _first_word(sheet)
    put("first_word", first_word)
    room = shift(np.maximum(near - width, 0)) - first_word
    known = (shift((width <= 44).astype(np.float32)) > 0) & (sheet.indent < 0.5)
    put("room_above", np.where(known, np.clip(room, -3, 8), 0) / 3)
    put("room_above_known", known)
    rank = _ranks()[np.minimum(cps, len(_ranks()) - 1)]
    at_end = np.maximum(ends - 2, starts)
    put("char_first", rank[starts])
    put("char_second", rank[np.minimum(starts + 1, ends - 1)])
    put("char_last_but_one", rank[at_end])
    put("char_last", rank[ends - 1])
    for k, marks in sheet.mark_before.items():
        for m in marks:
            name = {"continued_from": "jump_in", "continued_on": "jump_out", "sign_off": "sign_off", "cut": "cut"}[m.kind]
            if k < n:
                X[k, _COL[f"{name}_before"]] = 1
            if k > 0:
                X[k - 1, _COL[f"{name}_after"]] = 1
    # a plain line that fills its column between others like it can show none of the short patterns
    plain = (
        (X[:, _COL["in_column"]] > 0)
        & (width >= 8)
        & ~sheet.blank_before
        & ((first & (lines.HAN | lines.DIGIT | lines.COMMA | lines.STOP)) != 0)
    )
    plain &= (last & (lines.SHUTB | lines.COLON)) == 0
    plain[:6] = False
    plain[-6:] = False
    _patterns(sheet, X, width, plain)
    return X


@lru_cache(maxsize=1)
def _function() -> NDArray[np.bool_]:
    """Code point → whether it is a function word."""
    out = np.zeros(0x10000, np.bool_)
    out[[ord(c) for c in "的了在是和与为对也就都而及着被把从将"]] = True
    return out


def _seam_columns(sheet: Sheet) -> Floats:
    """The seam before each unit; the first unit has none."""
    n = len(sheet)
    left, right = edges(sheet, np.arange(n) - 1, np.arange(n))
    words = seams.evidence(left, right)
    out = np.zeros((n, len(_SEAM)), np.float32)
    out[:, :6] = words
    out[:, 6] = np.clip(seams.reads_on(left, right), -8, 8)
    out[:, 7] = np.clip(seams.belongs(left, right, words), -8, 8)
    # a caption or a folio may stand between two lines that belong together
    out[1:, 8] = np.clip(seams.belongs(left[:-1], right[1:]), -8, 8)
    out[0] = 0
    out[:2, 8] = 0
    return (out / np.array([5, 8, 8, 8, 5, 3, 4, 7, 7], np.float32)).astype(np.float32)


def edges(sheet: Sheet, above: NDArray[np.int64], below: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The last code points of units ``above`` and the first of units ``below``, 0 where there is none; -1 is no unit."""
    left = np.zeros((len(above), seams.LEFT), np.uint32)
    right = np.zeros((len(below), seams.RIGHT), np.uint32)
    top = len(sheet.cps) - 1
    real = np.maximum(above, 0)
    for j in range(seams.LEFT):
        at = sheet.ends[real] - 1 - j
        left[:, seams.LEFT - 1 - j] = np.where((at >= sheet.starts[real]) & (above >= 0), sheet.cps[np.maximum(at, 0)], 0)
    for j in range(seams.RIGHT):
        at = sheet.starts[below] + j
        right[:, j] = np.where(at < sheet.ends[below], sheet.cps[np.minimum(at, top)], 0)
    return left, right


@lru_cache(maxsize=1)
def _ranks() -> NDArray[np.int16]:
    """Code point → 1 for the commonest Han character of jieba's dictionary … COMMON; 0 for all others."""
    t = seams.table()
    out = np.zeros(0x30000, np.int16)
    order = np.argsort(-np.logaddexp(t.begin, t.final)[t.rank[t.rank >= 0]], kind="stable")
    codes = np.flatnonzero(t.rank >= 0)[order]
    codes = codes[(lines.CLASS[codes] & lines.HAN) != 0][:COMMON]
    out[codes] = np.arange(1, len(codes) + 1)
    return out


_BINS = 509
_REACHES = (260, 800)
"""Characters compared on both sides of a unit: about three paragraphs of a short report, and a short report as a whole."""


_NO_LINE_START = lines.COMMA | lines.STOP | lines.SEMI | lines.COLON | lines.SHUTQ | lines.SHUTB


def _first_word(sheet: Sheet) -> Floats:
    """Ideographs that the line above would have needed to take what it may not part: the first character with the marks that may
    not begin a line (JIS X 4051, GB/T 15834), or a whole number or Latin word."""
    n, top = len(sheet), len(sheet.cps) - 1
    out = np.zeros(n, np.float32)
    going = np.ones(n, bool)
    opened, in_run = going, np.zeros(n, bool)
    for j in range(8):
        at = np.minimum(sheet.starts + j, top)
        here = sheet.cls[at]
        run = ((here & (lines.DIGIT | lines.LATIN)) != 0) & (sheet.cps[at] < 0x2000)
        going = going & (sheet.starts + j < sheet.ends) & (opened | (in_run & run) | ((here & _NO_LINE_START) != 0))
        out += np.where(going, np.where(run, 0.5, 1.0), 0)
        opened, in_run = (here & (lines.OPENQ | lines.OPENB)) != 0, run
    return out


def _topic(sheet: Sheet) -> tuple[Floats, Floats]:
    """How alike the text above and the text from each unit on are: cosine of their pairs of Han characters, over both reaches.

    After Hearst's TextTiling (1997), with pairs of characters for words; a pair counts the less the more often the page
    has it.
    """
    n = len(sheet)
    out = (np.zeros(n, np.float32), np.zeros(n, np.float32))
    pair = np.flatnonzero(((sheet.cls[:-1] & sheet.cls[1:]) & lines.HAN) != 0)
    if n < 3 or len(pair) < 40:
        return out
    owner = sheet.owners()
    unit = owner[pair]
    good = (unit >= 0) & (unit == owner[pair + 1])
    pair, unit = pair[good], unit[good]
    bins = (sheet.cps[pair].astype(np.int64) * 31 + sheet.cps[pair + 1]) % _BINS
    weight = 1 / np.sqrt(np.bincount(bins, minlength=_BINS).astype(np.float32) + 1)
    order = np.argsort(unit, kind="stable")
    unit, bins = unit[order], bins[order]
    length = np.concatenate(([0], np.cumsum(sheet.ends - sheet.starts)))
    spans = [
        (
            np.minimum(np.searchsorted(length, length[:-1] - reach, "left"), np.arange(n)),
            np.clip(np.searchsorted(length, length[:-1] + reach, "left"), np.arange(n) + 1, n),
        )
        for reach in _REACHES
    ]
    widest = spans[-1]
    # the table of a whole book would not fit: some thousand units at a time
    for first in range(0, n, _SLICE):
        last = min(first + _SLICE, n)
        a, b = int(widest[0][first]), int(widest[1][last - 1])
        s, e = np.searchsorted(unit, (a, b))
        table = np.bincount((unit[s:e] - a) * _BINS + bins[s:e], minlength=(b - a) * _BINS).reshape(b - a, _BINS).astype(np.float32)
        table *= weight
        run = np.zeros((b - a + 1, _BINS), np.float32)
        np.cumsum(table, 0, out=run[1:])
        here = run[first - a : last - a]
        for (lo, hi), values in zip(spans, out, strict=True):
            above = here - run[lo[first:last] - a]
            below = run[hi[first:last] - a] - here
            both = np.einsum("ij,ij->i", above, below)
            size = np.sqrt(np.einsum("ij,ij->i", above, above) * np.einsum("ij,ij->i", below, below))
            values[first:last] = np.where(size > 0, both / np.maximum(size, 1e-6), 0)
    return out


_SLICE = 4000


def _patterns(sheet: Sheet, X: Floats, width: Floats, plain: NDArray[np.bool_]) -> None:
    """Printed patterns, looked for only where the first character or the width allows them."""
    text = sheet.source.text
    n = len(sheet)

    def put(k: int, name: str) -> None:
        X[k, _COL[f"is_{name}"]] = 1

    opens = _opening()[np.minimum(sheet.cps[sheet.starts], 0xFFFF)]
    furnished = [True] * n if sheet.book else furniture.likely(sheet.cps, sheet.starts, sheet.ends).tolist()
    w = width.tolist()
    ss, es = sheet.starts.tolist(), sheet.ends.tolist()
    for k in range(n) if sheet.book else np.flatnonzero(~plain | opens).tolist():
        s, e = ss[k], es[k]
        raw = text[s:e]
        c, last = raw[0], raw[-1]
        if c in _TRIG_HEAD:
            head = raw[:90] if e - s >= 30 or k + 1 == n else raw + text[ss[k + 1] : es[k + 1]][:40]
            if _CLOSES.search(head) and dateline(squeeze(head).text):
                put(k, "dateline")
        if c in _TRIG_NUMBER and _NUMBERED.match(raw):
            put(k, "numbered")
        if c == "#" and _HEADING_SIGN.match(raw):
            put(k, "heading_sign")
        if last in "：:，,说是" and _SAYING.search(raw, max(e - s - _SAID, 0)):
            X[k, _COL["ends_saying"]] = 1
        pictured = "图" in raw and CAPTION.match(raw)
        if pictured:
            put(k, "caption")
        if w[k] > 46:
            continue
        rule = furniture.match(raw, sheet.book) if furnished[k] else None
        if rule:
            if rule == "furniture.section-name":
                put(k, "section")
            elif rule == "furniture.index-entry":
                put(k, "index")
            elif rule.startswith("caption"):
                put(k, "credit")
            else:
                put(k, "furniture" if furniture.strength(rule, sheet.book) == "sure" else "furniture_weak")
        tight = "".join(raw.split())
        if w[k] <= 30:
            if looks_like_byline(tight):
                put(k, "byline")
            if w[k] <= 12 and is_name(raw):
                put(k, "name")
            elif w[k] <= 16 and c in _FAMILY and glued_names(tight):
                put(k, "names")
            elif " " in raw or "\u3000" in raw or "、" in raw or "\u00a0" in raw:
                words = [x for x in _BETWEEN.split(_PARTED.sub(r"\1\2", raw)) if x]
                if words and all(is_name(x) for x in words):
                    put(k, "names")
            if ("年" in raw) and DOC_DATE.fullmatch(tight):
                put(k, "docdate")
            if is_issuer(tight):
                put(k, "issuer")
            if last in "：:！!" and _SALUTATION.match(tight):
                put(k, "salutation")
            if c in "（(" and last in "）)":
                put(k, "paren")
                if BY_PAREN.fullmatch(tight):
                    put(k, "sign_off")
            if len(tight) <= 10 and _LABEL.match(tight):
                put(k, "label")
        if ("摄" in tight or "供图" in tight or "新华社发" in tight) and CREDIT.search(tight):
            put(k, "credit")
        if c in _ASKING and _QUESTION.match(raw):
            put(k, "question")


@lru_cache(maxsize=1)
def _opening() -> NDArray[np.bool_]:
    """Code point → whether a line that opens with it is looked at even where it fills its column."""
    out = np.zeros(0x10000, np.bool_)
    out[[ord(c) for c in (*_TRIG_HEAD, *_TRIG_NUMBER, "图")]] = True
    return out


def glued_names(word: str) -> bool:
    """Two to four names without a blank between them, as a reading of spaced names leaves them.

    >>> glued_names("何黄彪夏光辉"), glued_names("韩清忠罗锡亮李亚南"), glued_names("全国政协会议")
    (True, True, False)
    """
    return bool(len(word) >= 5 and _GLUED_NAMES.fullmatch(word) and not _GLUED_NOT.search(word))


_WORDS = {
    "full": "the line fills its column",
    "above_full": "the line above fills its column",
    "blank_before": "an empty line stands above",
    "open_quote": "a quotation is open",
    "open_bracket": "a bracket is open",
    "is_heading_sign": "bears a converter's heading sign",
    "is_dateline": "opens with a dateline",
    "is_byline": "reads as a byline",
    "is_name": "is a person's name",
    "is_names": "is a row of names",
    "is_docdate": "is a date",
    "is_furniture": "is page furniture",
    "is_section": "is a section's name",
    "is_index": "is an index entry",
    "is_caption": "opens as a caption",
    "is_credit": "ends as a photo credit",
    "is_numbered": "opens with a number",
    "is_salutation": "is a salutation",
    "is_issuer": "names an issuing body",
    "jump_in_before": "a continued-from line stands above",
    "jump_out_before": "a continued-on line stands above",
    "sign_off_before": "a sign-off stands above",
    "first_stop": "begins with a full stop",
    "first_comma": "begins with a comma",
    "first_shutq": "begins with a closing quotation mark",
    "first_shutb": "begins with a closing bracket",
    "same_line": "a mark parts it from the text before in the same line",
}


_SPEAKING = [(_COL[name], words) for name, words in _WORDS.items()]


def reasons(X: Floats, k: int, text_above: str, text: str) -> list[str]:
    """What speaks at unit ``k``, in words; for the ledger."""
    row = X[k].tolist()
    out = [words for at, words in _SPEAKING if row[at] >= 0.5]
    if row[_COL["indent"]] >= 0.5:
        out.append(f"indented by {row[_COL['indent']] * 2:g}")
    if k and text_above:
        above = X[k - 1].tolist()
        if above[_COL["last_stop"]] or above[_COL["shut_after_stop"]]:
            out.append(f"the text above ends a sentence ({text_above[-1]})")
        elif above[_COL["last_comma"]]:
            out.append(f"the text above ends in {text_above[-1]}")
        if above[_COL["short_of_near"]] > 0.5 and not above[_COL["full"]]:
            out.append(f"the line above is {above[_COL['short_of_near']] * 5:.0f} short of its column")
        best = max(row[_COL["seam_two"]], row[_COL["seam_three"]], row[_COL["seam_four"]])
        if best > 0.4 and row[_COL["seam_odds"]] > 0:
            out.append(f"the seam {text_above[-1]}|{text[0]} stands inside a word")
    return out
