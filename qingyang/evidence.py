"""What a reader sees at each unit of a page, as numbers.

:func:`gather` turns a :class:`~qingyang.lines.Sheet` into one row per unit: how wide it is against its column, how it and
the unit before it begin and end, whether the seam between them makes a word, what is still open across it, which
printed patterns it shows. :data:`NAMES` names the columns; :func:`reasons` says in words which of them speak at a unit.
Nothing is decided here: :mod:`qingyang.roles` weighs the rows of a whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import furniture, lines, seams
from qingyang.fields import (
    BY_PAREN,
    BYLINE,
    CAPTION,
    CREDIT,
    DOC_DATE,
    HAN,
    ISSUERS,
    D,
    N,
    is_issuer,
    is_name,
    looks_like_byline,
    squeeze,
    surnames,
    unglued,
)
from qingyang.leads import authored, opens
from qingyang.lines import Sheet
from qingyang.patterns import Signs, begins, needs
from qingyang.rulebook import Rulebook
from qingyang.simplified import fold

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
_QUESTION = re.compile(r"^(?:[问問]|答|[记記]者|本[报報][记記]者|主持人|[编編]者|甲|乙)[：:]")
_TRIG_HEAD = frozenset("本新据據综綜中人央法路美合共德塔朝韩俄工记記香彭埃【〔（([［新")
_BETWEEN = re.compile(r"[\s、]+")
_PARTED = re.compile(rf"(?<![{HAN}])([{HAN}])[\s\u3000\u00a0]+([{HAN}])(?![{HAN}])")
"""李  舸: a name of two characters, parted to the length of its neighbours of three."""
_TRIG_NUMBER = frozenset("第（(一二三四五六七八九十其首再最0123456789０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩●■◆▲△○★□※▪•㈠㈡㈢㈣㈤")
"""What a converter writes before a headline (Markdown)."""
_FAMILY = surnames()[0]
_NAME_OPENS = _FAMILY | {name[0] for name in surnames()[1]}
_ISSUER_CLOSES = "".join({name[-1] for name in ISSUERS})
_GLUED_NOT = re.compile("[的了是在和不为与对将成上下大会全国中央市县省部局委员党政经济工作]")
_LABEL = re.compile(r"^[（(【《〈]?[^，。；：]{1,8}[）)】》〉]?$")
_CLOSES = re.compile("[电電讯訊消报報]|[记記]者")
"""One of these closes every dateline, or stands in the byline that opens a text."""
_ASKING = frozenset("问問答记記本主编編甲乙")
_SAYING = re.compile(r"(?:说|指出|强调|表示|认为|介绍|道|问|称|告诉记者|如下|是|写道|宣布|要求|提出)[：:，,]?$")
_SAID = 5
"""告诉记者： is the longest of them."""


class Pages:
    """Some pages laid end to end: what is done in arrays costs as much for one page as for ten. Units and characters are numbered
    through; nothing that is seen from a unit reaches over the end of its page."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        counts = [len(s) for s in sheets]
        self.bounds: list[int] = [0, *accumulate(counts)]
        """The first unit of every page, and the number of units."""
        self.spans = [(a, b) for a, b in pairwise(self.bounds) if a < b]
        """First and last unit of every page that has some."""
        chars = list(accumulate((len(s.cps) for s in sheets), initial=0))
        self.cps, self.cls = np.concatenate([s.cps for s in sheets]), np.concatenate([s.cls for s in sheets])
        self.starts = np.concatenate([s.starts + at for s, at in zip(sheets, chars, strict=False)])
        self.ends = np.concatenate([s.ends + at for s, at in zip(sheets, chars, strict=False)])
        self.indent = np.concatenate([s.indent for s in sheets])
        self.blank_before = np.concatenate([s.blank_before for s in sheets])
        self.same_line = np.concatenate([s.same_line for s in sheets])
        self.count = np.repeat(counts, counts)
        """How many units the page of each unit has."""
        self.place = np.arange(len(self.starts)) - np.repeat(self.bounds[:-1], counts)
        """Number of each unit on its page."""
        self.first, self.last = self.place == 0, self.place == self.count - 1

    def __len__(self) -> int:
        return len(self.starts)

    def above(self, a: NDArray[Any], step: int = 1) -> Floats:
        """What the unit ``step`` above has; 0 at the top of a page."""
        out = np.zeros(len(a), np.float32)
        out[step:] = a[:-step]
        out[self.place < step] = 0
        return out

    def below(self, a: NDArray[Any], step: int = 1) -> Floats:
        """What the unit ``step`` below has; 0 at the bottom of a page."""
        out = np.zeros(len(a), np.float32)
        out[:-step] = a[step:]
        out[self.place >= self.count - step] = 0
        return out

    def within(self, signs: NDArray[np.bool_]) -> Floats:
        """How many of the signs, one for each character, every unit has."""
        run = np.zeros(len(signs) + 1, np.int32)
        np.cumsum(signs, out=run[1:])
        out: Floats = (run[self.ends] - run[self.starts]).astype(np.float32)
        return out

    def any(self, signs: NDArray[Any]) -> NDArray[Any]:
        """All the bits that the characters of each unit have."""
        bounds = np.stack((self.starts, self.ends), 1).ravel()
        out: NDArray[Any] = np.bitwise_or.reduceat(np.append(signs, signs.dtype.type(0)), bounds)[::2]
        return out

    def each(self, values: Sequence[Any]) -> Floats:
        """One value for each page that has units, handed to them."""
        return np.repeat(np.array(values, np.float32), [b - a for a, b in self.spans])

    def share(self, signs: NDArray[np.bool_]) -> Floats:
        """The share of each page's units that have a sign, handed to them."""
        return self.each([np.count_nonzero(signs[a:b]) / (b - a) for a, b in self.spans])


def _widest(pages: Pages, a: Floats, reach: int) -> Floats:
    """The greatest of each value (none is negative) and its ``reach`` neighbours on both sides."""
    out = a.copy()
    for step in range(1, reach + 1):
        np.maximum(out, pages.above(a, step), out=out)
        np.maximum(out, pages.below(a, step), out=out)
    return out


def _share(ordered: Floats, share: float) -> np.float32:
    """The value that ``share`` of the ordered values do not pass, between two of them in proportion."""
    at = share * (len(ordered) - 1)
    k = int(at)
    low, high = float(ordered[k]), float(ordered[min(k + 1, len(ordered) - 1)])
    part = at - k
    return np.float32(low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part))


def _middle(pages: Pages, a: Floats) -> Floats:
    """The median of each value and its two neighbours on both sides; of fewer at the ends."""
    n = len(a)
    out = np.empty(n, np.float32)
    if n > 4:
        v, w, x, y, z = a[:-4], a[1:-3], a[2:-2], a[3:-1], a[4:]
        low = np.maximum(np.minimum(v, w), np.minimum(y, z))
        high = np.minimum(np.maximum(v, w), np.maximum(y, z))
        out[2:-2] = np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), x))
    for first, end in pages.spans:
        for k in {*range(first, min(first + 2, end)), *range(max(end - 2, first), end)}:
            near = sorted(a[max(k - 2, first) : min(k + 3, end)].tolist())
            half = len(near) // 2
            out[k] = near[half] if len(near) % 2 else (near[half - 1] + near[half]) / 2
    return out


def gather(sheet: Sheet) -> Floats:
    """One row of evidence per unit; columns as in :data:`NAMES`."""
    return gather_all([sheet])[0]


def gather_all(sheets: Sequence[Sheet]) -> list[Floats]:
    """The evidence of each page. Pages that are gathered together have the same rows as alone."""
    pages = Pages(sheets)
    n = len(pages)
    table = np.zeros((len(NAMES), n), np.float32)  # a column at a time is written
    X = table.T
    if n:
        _gather(pages, X)
    return [X[a:b] for a, b in pairwise(pages.bounds)]


def _gather(pages: Pages, X: Floats) -> None:
    def put(name: str, values: Any) -> None:
        X[:, _COL[name]] = values

    starts, ends, cls, cps, spans = pages.starts, pages.ends, pages.cls, pages.cps, pages.spans

    def count(bits: int) -> Floats:
        return pages.within((cls & bits) != 0)

    length = (ends - starts).astype(np.float32)
    narrow = (cps < 0x2E80) & (cls & (lines.OPENQ | lines.SHUTQ | lines.DOTS | lines.DASH) == 0)
    width = length - pages.within(narrow) / 2
    blanks = count(lines.BLANK)
    ordered = [np.sort(width[a:b]) for a, b in spans]
    middle = [(float(o[(len(o) - 1) // 2]) + float(o[len(o) // 2])) / 2 for o in ordered]
    put("width", np.minimum(width, 60) / 20)
    put("width_log", np.log1p(width))
    put("width_to_page", np.minimum(width / pages.each(middle), 3))
    # the column: the widest line within three lines each way, among lines short enough to be a column's
    near = np.maximum(_widest(pages, np.where(width <= 44, width, np.float32(0)), 3), 1)
    steady = _middle(pages, width)
    put("width_to_near", np.minimum(width / near, 2))
    put("short_of_near", np.clip(near - width, -10, 20) / 5)
    full = (np.abs(near - width) <= 1.01) & (width <= 44)
    put("full", full)
    in_column = (np.abs(steady - width) <= 1.01) & (width >= 5) & (width <= 44)
    put("in_column", in_column)
    above, below = pages.above(width), pages.below(width)
    put("width_to_above", np.clip((width + 1) / (above + 1), 0, 4))
    put("width_to_below", np.clip((width + 1) / (below + 1), 0, 4))
    put("above_width", np.minimum(above, 60) / 20)
    put("below_width", np.minimum(below, 60) / 20)
    put("above_full", pages.above(full))
    put("below_full", pages.below(full))
    put("commas", count(lines.COMMA) / (length + 2) * 10)
    first, last = cls[starts], cls[ends - 1]
    stop = (last & lines.STOP) != 0
    put("stops", np.minimum(count(lines.STOP) - stop, 4))
    put("digits", count(lines.DIGIT) / (length + 1))
    put("latin", count(lines.LATIN) / (length + 1))
    put("blanks", blanks / (length + 1))
    put("blank_inside", np.minimum(blanks, 3) / 3)
    put("han", count(lines.HAN) / (length + 1))
    put("tiny", length <= 4)
    put("function_words", pages.within(_function().take(np.minimum(cps, 0xFFFF))) / (length + 1) * 10)
    indent = np.minimum(pages.indent, 4) / 2
    put("indent", indent)
    put("indent_below", pages.below(indent))
    put("indent_here_only", (indent >= 0.5) & (pages.below(indent) < 0.5))
    put("blank_before", pages.blank_before)
    put("blank_after", np.where(pages.last, 1, pages.below(pages.blank_before)))
    put("page_blanks", pages.share(pages.blank_before))
    put("page_indents", pages.share(pages.indent >= 1))
    put("page_width", pages.each([min(page, 80) / 20 for page in middle]))
    put("page_spread", pages.each([min(_share(o, 0.8) / (page + 1), 3) for o, page in zip(ordered, middle, strict=True)]))
    put("same_line", pages.same_line)
    put("first", pages.first)
    put("last", pages.last)
    put("top", np.clip(1 - pages.place / 6, 0, 1))
    put("bottom", np.clip(1 - (pages.count - 1 - pages.place) / 6, 0, 1))
    put("place", pages.place / np.maximum(pages.count - 1, 1))

    bits = np.array([bit for _, bit in _EDGE], np.uint32)[:, None]
    for edge, where in ((first, "first"), (last, "last")):
        X.T[[_COL[f"{where}_{name}"] for name, _ in _EDGE]] = (edge & bits) != 0
    before_last = np.where(ends - 2 >= starts, cls[np.maximum(ends - 2, 0)], 0)
    shut = ((last & (lines.SHUTQ | lines.SHUTB)) != 0) & ((before_last & (lines.STOP | lines.DOTS)) != 0)
    put("shut_after_stop", shut)
    put("above_shut_after_stop", pages.above(shut))
    put("page_stops", pages.share(stop | shut))
    for name, opening, closing in (("open_quote", lines.OPENQ, lines.SHUTQ), ("open_bracket", lines.OPENB, lines.SHUTB)):
        net = count(opening) - count(closing)
        depth = _depth(pages, net)
        put(name, depth)
        if name == "open_quote":
            put("shuts_unopened", np.clip(-net - depth, 0, 2))
    seam = _seam_columns(pages)
    for column, name in enumerate(_SEAM):
        put(name, seam[:, column])
    # seams after an open end: where the page is read in good order, most of them go on
    odds, reads = X[:, _COL["seam_odds"]], X[:, _COL["seam_reads"]]
    between = (pages.above((last & lines.HAN) != 0) > 0) & ((first & lines.HAN) != 0) & (width > 4)
    best, held = np.maximum(odds, reads), np.clip(odds + reads, -2, 2)
    open_seams = [np.flatnonzero(between[a:b]) + a for a, b in spans]
    put("page_open_seams", pages.each([np.count_nonzero(best[k] > 0) / max(len(k), 1) for k in open_seams]))
    put("page_open_odds", pages.each([held[k].mean() if len(k) else 0 for k in open_seams]))
    for name, topic in zip(("topic", "topic_wide"), _topic(pages), strict=True):
        put(name, topic * 4)
        for a, b in spans:
            here = topic[a:b]
            X[a:b, _COL[f"{name}_to_page"]] = np.clip((here - here.mean()) / (here.std() + 0.02), -3, 3)
    # would the unit's first word have fitted into the line above? Where it would, the line above ended for a reason
    first_word = _first_word(pages)
    put("first_word", first_word)
    room = pages.above(np.maximum(near - width, 0)) - first_word
    known = (pages.above(width <= 44) > 0) & (pages.indent < 0.5)
    put("room_above", np.where(known, np.clip(room, -3, 8), 0) / 3)
    put("room_above_known", known)
    ranks = _ranks()

    def rank(at: NDArray[np.int64]) -> NDArray[np.int16]:
        out: NDArray[np.int16] = ranks[np.minimum(cps[at], len(ranks) - 1)]
        return out

    put("char_first", rank(starts))
    put("char_second", rank(np.minimum(starts + 1, ends - 1)))
    put("char_last_but_one", rank(np.maximum(ends - 2, starts)))
    put("char_last", rank(ends - 1))
    _marks(pages, X)
    # a plain line that fills its column between others like it can show none of the short patterns
    plain = in_column & (width >= 8) & ~pages.blank_before & ((first & (lines.HAN | lines.DIGIT | lines.COMMA | lines.STOP)) != 0)
    plain &= (last & (lines.SHUTB | lines.COLON)) == 0
    plain &= (pages.place >= 6) & (pages.place < pages.count - 6)
    _patterns(pages, X, width, plain)


def _depth(pages: Pages, net: Floats) -> Floats:
    """What is open when a unit begins: over the six units before it, ended by a unit that is a paragraph's end. ``net`` is what each
    unit opens more than it closes."""
    run = np.zeros(len(net), np.float32)
    change = net.tolist()
    changes = np.flatnonzero(net).tolist()
    here = 0
    for first, end in pages.spans:
        depth, k = 0.0, first
        while here < len(changes) and changes[here] < end:
            opened = changes[here]
            here += 1
            k = max(k, opened)
            while k < end and (depth or k == opened):
                run[k] = depth
                depth = min(max(depth + change[k], 0.0), 2.0)
                if depth and (k - first) % 8 == 7 and change[k] == 0:
                    depth = max(depth - 1, 0.0)
                k += 1
    return run


def _marks(pages: Pages, X: Floats) -> None:
    """Jump lines, sign-offs and cuts beside a unit."""
    names = {"continued_from": "jump_in", "continued_on": "jump_out", "sign_off": "sign_off", "cut": "cut"}
    for sheet, first, end in zip(pages.sheets, pages.bounds, pages.bounds[1:], strict=False):
        for k, marks in sheet.mark_before.items():
            for m in marks:
                if first + k < end:
                    X[first + k, _COL[f"{names[m.kind]}_before"]] = 1
                if k > 0:
                    X[first + k - 1, _COL[f"{names[m.kind]}_after"]] = 1


@lru_cache(maxsize=1)
def _function() -> NDArray[np.bool_]:
    """Code point → whether it is a function word."""
    out = np.zeros(0x10000, np.bool_)
    out[[ord(c) for c in "的了在是和与为对也就都而及着被把从将"]] = True
    return out


def _seam_columns(pages: Pages) -> Floats:
    """The seam before each unit; the first unit of a page has none."""
    n = len(pages)
    left, right = edges(pages, np.where(pages.first, -1, np.arange(n) - 1), np.arange(n))
    words = seams.evidence(left, right)
    out = np.zeros((n, len(_SEAM)), np.float32)
    out[:, :6] = words
    out[:, 6] = np.clip(seams.reads_on(left, right, pages.spans), -8, 8)
    out[:, 7] = np.clip(seams.belongs(left, right, words, pages.spans), -8, 8)
    # a caption or a folio may stand between two lines that belong together
    out[1:, 8] = np.clip(seams.belongs(left[:-1], right[1:], None, [(a, b - 1) for a, b in pages.spans]), -8, 8)
    out[pages.first] = 0
    out[pages.place < 2, 8] = 0
    return (out / np.array([5, 8, 8, 8, 5, 3, 4, 7, 7], np.float32)).astype(np.float32)


def edges(sheet: Sheet | Pages, above: NDArray[np.int64], below: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The last code points of units ``above`` and the first of units ``below``, 0 where there is none; -1 is no unit."""
    real = np.maximum(above, 0)
    last = sheet.ends[real][:, None] + np.arange(-seams.LEFT, 0)
    inside = (last >= sheet.starts[real][:, None]) & (above >= 0)[:, None]
    left = np.where(inside, sheet.cps.take(last, mode="clip"), np.uint32(0))
    first = sheet.starts[below][:, None] + np.arange(seams.RIGHT)
    right = np.where(first < sheet.ends[below][:, None], sheet.cps.take(first, mode="clip"), np.uint32(0))
    return left, right


@lru_cache(maxsize=1)
def _ranks() -> NDArray[np.int16]:
    """Code point → 1 for the commonest Han character of jieba's dictionary … COMMON; 0 for all others."""
    t = seams.table()
    out = np.zeros(0x30000, np.int16)
    codes = np.flatnonzero((t.rank >= 0) & (fold() == np.arange(0x30000)))
    codes = codes[np.argsort(-np.logaddexp(t.begin, t.final)[t.rank[codes]], kind="stable")]
    codes = codes[(lines.CLASS[codes] & lines.HAN) != 0][:COMMON]
    out[codes] = np.arange(1, len(codes) + 1)
    return out[fold()]


_BINS = 509
_REACHES = (260, 800)
"""Characters compared on both sides of a unit: about three paragraphs of a short report, and a short report as a whole."""


_NO_LINE_START = lines.COMMA | lines.STOP | lines.SEMI | lines.COLON | lines.SHUTQ | lines.SHUTB


def _first_word(pages: Pages) -> Floats:
    """Ideographs that the line above would have needed to take what it may not part: the first character with the marks that may
    not begin a line (JIS X 4051, GB/T 15834), or a whole number or Latin word."""
    out = np.zeros(len(pages), np.float32)
    at, ends, unit = pages.starts, pages.ends, np.arange(len(pages))
    opened, in_run = np.ones(len(pages), np.bool_), np.zeros(len(pages), np.bool_)
    for _ in range(8):
        here = pages.cls[at]
        run = ((here & (lines.DIGIT | lines.LATIN)) != 0) & (pages.cps[at] < 0x2000)
        going = opened | (in_run & run) | ((here & _NO_LINE_START) != 0)
        out[unit[going]] += np.where(run[going], np.float32(0.5), np.float32(1.0))
        opened, in_run = (here & (lines.OPENQ | lines.OPENB)) != 0, run
        # most words end after their first character
        going &= at + 1 < ends
        at, ends, unit, opened, in_run = at[going] + 1, ends[going], unit[going], opened[going], in_run[going]
    return out


def _topic(pages: Pages) -> tuple[Floats, Floats]:
    """How alike the text above and the text from each unit on are: cosine of their pairs of Han characters, over both reaches.

    After Hearst's TextTiling (1997), with pairs of characters for words; a pair counts the less the more often the page
    has it.
    """
    n = len(pages)
    out = (np.zeros(n, np.float32), np.zeros(n, np.float32))
    pairs = [sheet.pairs() for sheet in pages.sheets]
    unit = np.concatenate([mine + first for (mine, _), first in zip(pairs, pages.bounds, strict=False)])
    bins = np.concatenate([codes % np.uint32(_BINS) for _, codes in pairs])
    length = np.concatenate(([0], np.cumsum(pages.ends - pages.starts)))
    here = np.arange(n)
    top = here - pages.place
    reaches = [
        (
            np.clip(np.searchsorted(length, length[:-1] - far, "left"), top, here),
            np.clip(np.searchsorted(length, length[:-1] + far, "left"), here + 1, top + pages.count),
        )
        for far in _REACHES
    ]
    lowest, highest = reaches[-1]
    cuts = np.searchsorted(unit, pages.bounds)
    texts = []
    for sheet, (a, b), (s, e) in zip(pages.sheets, pairwise(pages.bounds), pairwise(cuts), strict=True):
        # of a page of a few words nothing can be said
        if b - a >= 3 and np.count_nonzero(sheet.cls[:-1] & sheet.cls[1:] & lines.HAN) >= 40:
            weight = (1 / np.sqrt(np.bincount(bins[s:e], minlength=_BINS).astype(np.float32) + 1)).astype(np.float32)
            # the table of a whole book would not fit: some thousand units at a time
            for k in range(a, b, _SLICE):
                last = min(k + _SLICE, b)
                texts.append(_Text(k, last, int(lowest[k]), int(highest[last - 1]), weight))
    texts.sort(key=_Text.size)
    while texts:
        together = max(1, _SLICE // texts[-1].size())
        _alike(texts[-together:], unit, bins, reaches, out)
        del texts[-together:]
    return out


class _Text(NamedTuple):
    """Units ``first:last`` of a page, which are seen as far as ``top:bottom``."""

    first: int
    last: int
    top: int
    bottom: int
    weight: Floats
    """What each pair counts for."""

    def size(self) -> int:
        return self.bottom - self.top


def _alike(
    texts: Sequence[_Text],
    unit: NDArray[np.int64],
    bins: NDArray[np.uint32],
    reaches: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    out: Sequence[Floats],
) -> None:
    """Fill ``out`` for the units of some texts: their tables of pairs lie side by side, so that one addition serves all of them."""
    width = len(texts)
    run = np.zeros((texts[-1].size() + 1, width, _BINS), np.float32)
    for k, text in enumerate(texts):
        s, e = np.searchsorted(unit, (text.top, text.bottom))
        at = ((unit[s:e] - text.top + 1) * width + k) * _BINS + bins[s:e]
        np.add.at(run.reshape(-1), at, np.float32(1))
    run *= np.stack([text.weight for text in texts])
    # row k of each table becomes the sum of those above it
    for above, here in pairwise(run):
        np.add(above, here, here)
    flat = run.reshape(-1, _BINS)
    up, down = np.empty((2, _BLOCK, _BINS), np.float32)
    for k, text in enumerate(texts):
        for a in range(text.first, text.last, _BLOCK):
            b = min(a + _BLOCK, text.last)
            here, above, below = run[a - text.top : b - text.top, k], up[: b - a], down[: b - a]
            for (lo, hi), values in zip(reaches, out, strict=True):
                flat.take((lo[a:b] - text.top) * width + k, 0, above, "clip")
                np.subtract(here, above, above)
                flat.take((hi[a:b] - text.top) * width + k, 0, below, "clip")
                np.subtract(below, here, below)
                both = np.einsum("ij,ij->i", above, below)
                size = np.sqrt(np.einsum("ij,ij->i", above, above) * np.einsum("ij,ij->i", below, below))
                values[a:b] = np.where(size > 0, both / np.maximum(size, 1e-6), 0)


_SLICE = 4000
"""Units whose tables are held at a time: eight megabytes."""
_BLOCK = 256
"""Units compared at a time: their rows stay in the processor's cache."""


_SAYS, _NO_NAME, _ZERO_WIDTH, _DOT, _PARTS, _PICTURE, _TAKEN, _YEAR, _REPORTS, _SENT = (1 << k for k in range(10))


@lru_cache(maxsize=1)
def _hints() -> NDArray[np.uint16]:
    """Code point → what it says about its unit, in bits: it holds a sentence or a list, is no row of names, may be a caption, …"""
    out = np.zeros(0x10000, np.uint16)
    out |= _NO_NAME
    for lo, hi in ((0x3400, 0x9FFF), (0xFFFF, 0xFFFF)):  # the last stands for all beyond it
        out[lo : hi + 1] = 0
    out[[ord(c) for c in f"々、·•・{_ODD_BLANKS}{_SPACES}"]] = 0
    report = needs(BYLINE)
    for bit, signs in (
        (_SAYS, "，。；："),
        (_ZERO_WIDTH, _ODD_BLANKS),
        (_DOT, "·•・"),
        (_PARTS, " \u3000、\u00a0"),
        (_PICTURE, "图"),
        (_TAKEN, "摄供发"),
        (_YEAR, "年"),
        (_SENT, "讯訊"),
        (_REPORTS, report if report is not None else map(chr, range(0x10000))),
    ):
        out[[min(ord(c), 0xFFFF) for c in signs]] |= bit
    return out


_ODD_BLANKS = "\u200b\ufeff"
_SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace())


@cache
def _set(signs: Signs, more: str = "") -> NDArray[np.bool_]:
    """Code point → whether it is one of the signs; beyond the basic plane, whether one of them may be there."""
    out = np.full(0x10000, signs is None)
    out[[min(ord(c), 0xFFFF) for c in (*(signs or ()), *more)]] = True
    return out


def _headed(pages: Pages) -> Iterator[int]:
    """The units that bore a converter's heading sign."""
    first = 0
    for sheet in pages.sheets:
        if sheet.markup and sheet.markup.level:
            yield from (k for k, at in enumerate(sheet.starts.tolist(), first) if at in sheet.markup.level)
        first += len(sheet)


def _patterns(pages: Pages, X: Floats, width: Floats, plain: NDArray[np.bool_]) -> None:
    """Printed patterns, looked for only where the characters of a unit or its width allow them."""
    text = "".join([sheet.source.text for sheet in pages.sheets])
    book = pages.sheets[0].book
    begin, end = pages.starts.tolist(), pages.ends.tolist()
    codes = np.minimum(pages.cps, 0xFFFF)
    first, last = codes[pages.starts], codes[pages.ends - 1]
    inked = pages.within(~_set(frozenset(_SPACES)).take(codes))
    hints = pages.any(_hints().take(codes))
    seen = np.full(len(pages), True) if book else ~plain | _set(_OPENS).take(first)
    short, shorter = seen & (width <= 46), seen & (width <= 30)

    def starts(signs: Signs, more: str = "") -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = _set(signs, more).take(first)
        return out

    def closes(signs: str, more: str = "") -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = _set(frozenset(signs), more).take(last)
        return out

    def units(where: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
        for k in np.flatnonzero(where).tolist():
            yield k, text[begin[k] : end[k]]

    def tight(where: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
        """Without blanks."""
        return ((k, "".join(raw.split())) for k, raw in units(where))

    def put(name: str, found: Iterable[int]) -> None:
        X[list(found), _COL[name]] = 1

    def opening(k: int, raw: str) -> str:
        """Enough of a unit, and of the one below, to hold a dateline."""
        return raw[:90] if len(raw) >= 30 or pages.last[k] else raw + text[begin[k + 1] : end[k + 1]][:40]

    heads = ((k, opening(k, raw)) for k, raw in units((seen & starts(_TRIG_HEAD)) | ((hints & _SENT) != 0)))
    put("is_dateline", [k for k, head in heads if _CLOSES.search(head) and opens(squeeze(head).text)])
    put("is_numbered", [k for k, raw in units(seen & starts(_TRIG_NUMBER)) if _NUMBERED.match(raw)])
    put("is_heading_sign", _headed(pages))
    put("ends_saying", [k for k, raw in units(seen & closes("：:，,说是")) if _SAYING.search(raw, max(len(raw) - _SAID, 0))])
    put("is_caption", [k for k, raw in units(seen & ((hints & _PICTURE) != 0) & starts(begins(CAPTION))) if CAPTION.match(raw)])
    likely = short if book else short & furniture.likely(pages.cps, pages.starts, pages.ends)
    for k, raw in units(likely):
        rule = furniture.match(raw, book)
        if rule:
            put(_furnished(rule, book), [k])
    reports = shorter & ((hints & _REPORTS) != 0) & starts(begins(BYLINE), _SPACES)
    put("is_byline", [k for k, raw in tight(reports) if looks_like_byline(raw)])
    filled = ~seen & (width <= 30) & ((hints & _REPORTS) != 0) & starts(begins(BYLINE), _SPACES)
    put("is_byline", [k for k, raw in units(filled) if authored(raw)])
    names = shorter & ((hints & _NO_NAME) == 0)
    one = names & (width <= 12) & ((inked <= 4) | ((hints & (_DOT | _ZERO_WIDTH)) != 0))
    one &= starts(_NAME_OPENS, _SPACES) | ((hints & _DOT) != 0)
    name = {k for k, raw in units(one) if is_name(raw)}
    put("is_name", name)
    glued = names & (width <= 16) & starts(_FAMILY) & (inked >= 5)
    put("is_names", [k for k, raw in tight(glued) if k not in name and glued_names(raw)])
    put("is_names", [k for k, raw in units(names & ((hints & _PARTS) != 0)) if k not in name and _row_of_names(raw)])
    dates = shorter & ((hints & _YEAR) != 0) & starts(begins(DOC_DATE), _SPACES) & closes("日）)", _SPACES)
    put("is_docdate", [k for k, raw in tight(dates) if DOC_DATE.fullmatch(raw)])
    put("is_issuer", [k for k, raw in tight(shorter & closes(_ISSUER_CLOSES, _SPACES + _ODD_BLANKS)) if is_issuer(raw)])
    put("is_salutation", [k for k, raw in tight(shorter & closes("：:！!")) if _SALUTATION.match(raw)])
    paren = shorter & starts(frozenset("（(")) & closes("）)")
    put("is_paren", np.flatnonzero(paren))
    put("is_sign_off", [k for k, raw in tight(paren) if BY_PAREN.fullmatch(raw)])
    # up to eight characters need no brackets around them
    label = shorter & (inked > 0) & (inked <= 10) & ((hints & _SAYS) == 0)
    put("is_label", np.flatnonzero(label & (inked <= 8)))
    put("is_label", [k for k, raw in tight(label & (inked > 8)) if _LABEL.match(raw)])
    taken = tight(short & ((hints & _TAKEN) != 0))
    put("is_credit", [k for k, raw in taken if ("摄" in raw or "供图" in raw or "新华社发" in raw) and CREDIT.search(raw)])
    put("is_question", [k for k, raw in units(short & starts(_ASKING)) if _QUESTION.match(raw)])


_OPENS = _TRIG_HEAD | _TRIG_NUMBER | {"图"}
"""A line that opens with one of these is looked at even where it fills its column."""


def _furnished(rule: str, book: Rulebook | None) -> str:
    """The column of the evidence that a rule of furniture speaks in."""
    if rule == "furniture.section-name":
        return "is_section"
    if rule == "furniture.index-entry":
        return "is_index"
    if rule.startswith("caption"):
        return "is_credit"
    return "is_furniture" if furniture.strength(rule, book) == "sure" else "is_furniture_weak"


def _row_of_names(raw: str) -> bool:
    words = [x for x in _BETWEEN.split(_PARTED.sub(r"\1\2", raw)) if x]
    return bool(words) and all(map(is_name, words))


def glued_names(word: str) -> bool:
    """Two to four names without a blank between them, as a reading of spaced names leaves them; one of them may have two characters.

    >>> glued_names("何黄彪夏光辉"), glued_names("韩清忠罗锡亮李亚南"), glued_names("全国政协会议")
    (True, True, False)
    """
    if len(word) < 5 or _GLUED_NOT.search(word):
        return False
    names = unglued(word)
    return 2 <= len(names) <= 4 and sum(len(name) == 2 for name in names) <= 1


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


_SPEAKING = [_COL[name] for name in _WORDS]


def reasons(sheet: Sheet, X: Floats, units: Sequence[int]) -> list[list[str]]:
    """What speaks at each of some units of a page, in words; for the ledger."""
    out: list[list[str]] = [[] for _ in units]
    columns = X.T
    for words, says in zip(_WORDS.values(), columns[_SPEAKING][:, units] >= 0.5, strict=True):
        for i in np.flatnonzero(says).tolist():
            out[i].append(words)
    here, above = np.array(units, np.int64), np.maximum(np.array(units, np.int64) - 1, 0)

    def of(name: str, where: NDArray[np.int64]) -> list[float]:
        values: list[float] = columns[_COL[name]][where].tolist()
        return values

    word = np.maximum(np.maximum(columns[_COL["seam_two"]], columns[_COL["seam_three"]]), columns[_COL["seam_four"]])[here] > 0.4
    inside = (word & (columns[_COL["seam_odds"]][here] > 0)).tolist()
    below = zip(of("indent", here), inside, strict=True)
    ends = zip(*(of(name, above) for name in ("last_stop", "shut_after_stop", "last_comma", "short_of_near", "full")), strict=True)
    for told, k, (indent, in_word), (stop, shut, comma, short, full) in zip(out, units, below, ends, strict=True):
        if indent >= 0.5:
            told.append(f"indented by {indent * 2:g}")
        if not k:
            continue
        last = sheet.unit(k - 1)[-1]
        if stop or shut:
            told.append(f"the text above ends a sentence ({last})")
        elif comma:
            told.append(f"the text above ends in {last}")
        if short > 0.5 and not full:
            told.append(f"the line above is {short * 5:.0f} short of its column")
        if in_word:
            told.append(f"the seam {last}|{sheet.unit(k)[0]} stands inside a word")
    return out
