"""Lines that are not wrapped prose: rows of tables and listings, and verse.

The network knows prose best. It takes the rows of a league table for a paragraph, the first of them for a headline, and joins the lines
of a poem. Runs of such lines are found by how they are set (cells held apart by blanks, hours of the clock, lines that all end far from
the end of their column); each line is proposed as a paragraph of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qingyang import bodymatter, lines
from qingyang.evidence import NAMES, Floats
from qingyang.fields import HAN
from qingyang.lines import Sheet
from qingyang.numerals import han_number
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal
from qingyang.roles import ROLES
from qingyang.thread import in_order

_COL = {n: i for i, n in enumerate(NAMES)}
_START, _CONTINUE = ROLES.index("start"), ROLES.index("continue")
_HEADS = ("kicker", "headline", "headline_cont")
_APART = compile_pattern("[\u3000\t]+| {2,}|(?<=[^A-Za-z ，。；：！？、,.;:!?”’）)》(（]) (?=[^A-Za-z (（])")
"""Blanks between cells; a single one between Latin words, or beside a mark, is none."""
_WIDE = compile_pattern("[\u3000\t]| {2}")
_SPACED = re.compile(rf"(?<![{HAN}])([{HAN}])[ \u3000]+(?=[{HAN}](?![{HAN}]))")
"""李　军: one name."""
_SPACED_OUT = compile_pattern("(?:[^0-9０-９ ] ){4}")
_CLOCK = compile_pattern("[0-2]?[0-9０-９][:：][0-5０-５][0-9０-９]")
_LABEL = compile_pattern("[\u3400-\u9fffA-Za-z]{1,6}[:：](?=.)")
"""时间：12月29日; CPU：Athlon."""
_DIGIT = compile_pattern("[0-9０-９]")
_SENTENCE = compile_pattern("[。；;！!]")
_NO_ROW = [_COL[f"is_{n}"] for n in ("furniture", "dateline", "caption", "heading_sign", "credit", "byline", "index")]

_FIGURE = "[-+－＋±]?[0-9０-９][0-9０-９.．:：/／%％－—-]{0,7}"
_FIGURES = compile_pattern(rf"{_FIGURE}(?:[ \u3000]+{_FIGURE})*")

NEAR, CELL = 8, 12
"""Lines to both sides among which a row is sought that has as many cells; characters of the longest cell of a row of figures."""
HEADED = 0.6
"""From which probability on a line with blanks is a head."""
ROWS = 3
"""Two lines with blanks may be a headline over two lines; three, or two with figures, are rows."""


def paragraphs(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """Every row of a table or a listing as a paragraph."""
    found, ends = rows(sheet, X, page.roles, page.p)
    return [*_begin(page.roles, found, "tabular.rows"), *(Proposal(k, "continue", "tabular.rest_of_row") for k in ends)]


def poems(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """Every line of verse as a paragraph, under its author."""
    lines_of = verse(sheet, X, page.roles, page.p)
    return [*_begin(page.roles, lines_of, "tabular.verse"), *poet(X, page.roles, lines_of)]


def beginnings(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """Every item of a list as a paragraph, and what stands under a line that ended early."""
    short = _begin(page.roles, after_short(sheet, X, page.roles, page.p), "tabular.after_short")
    return [*short, *_begin(page.roles, items(sheet, X, page.roles), "tabular.items")]


def _begin(roles: list[str], units: list[int], by: str) -> list[Proposal]:
    """Units as the beginnings of paragraphs, but for those that already begin something."""
    return [Proposal(k, "start", by) for k in units if roles[k] not in _STAY]


_STAY = frozenset(("subhead", "resume", "other"))


def cells(line: str) -> list[str]:
    """What blanks hold apart in a line; a spaced name is one.

    >>> cells("1　海州　10　7"), cells("第三名　李　军　11秒10"), cells("操作系统：Windows 98 SE")
    (['1', '海州', '10', '7'], ['第三名', '李军', '11秒10'], ['操作系统：Windows 98 SE'])
    >>> cells("队 伍 ， 而 队 员 却 只")
    ['队 伍 ， 而 队 员 却 只']
    """
    if _SPACED_OUT.search(line):
        return [line]
    return [c for c in _APART.split(_SPACED.sub(r"\1", line)) if c]


def _runs(which: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edge = np.diff(np.concatenate(([0], which.astype(np.int8), [0])))
    yield from zip(np.flatnonzero(edge == 1).tolist(), np.flatnonzero(edge == -1).tolist(), strict=True)


def _with_colon(sheet: Sheet, reach: int) -> list[int]:
    """The units with a colon among their first characters."""
    at = np.flatnonzero((sheet.cls & lines.COLON) != 0)
    unit = sheet.owners()[at]
    near = (unit >= 0) & (at - sheet.starts[unit] < reach)
    return sorted(set(unit[near].tolist()))


# ---------------------------------------------------------------- tables and listings
def rows(sheet: Sheet, X: Floats, roles: list[str], p: Floats) -> tuple[list[int], list[int]]:
    """The units that are rows of a table or a listing, and those that are the end of the row above them."""
    blanks = np.flatnonzero(X[:, _COL["blank_inside"]] > 0)
    clocked = np.flatnonzero((sheet.cls[sheet.starts] & lines.DIGIT) != 0)
    labelled = [k for k in _with_colon(sheet, 7) if X[k, _COL["is_question"]] <= 0 and _LABEL.match(sheet.unit(k))]
    parts = {k: cells(sheet.unit(k)) for k in sorted({*blanks.tolist(), *clocked.tolist(), *labelled})}
    row = np.zeros(len(sheet), np.bool_)
    for k, mine in parts.items():
        text = sheet.unit(k)
        if (len(mine) > 1 or _opens(text)) and not X[k, _NO_ROW].any() and not _SENTENCE.search(text):
            row[k] = True
    ends = rest_of_row(sheet, row, parts)
    for k in ends:
        row[k] = True
        parts[k - 1] = parts[k - 1] + parts.pop(k)
    # what a column's end broke off a row stands between two rows
    for k in np.flatnonzero(row[:-2] & ~row[1:-1] & row[2:]).tolist():
        row[k + 1] = (roles[k + 1] == "continue" and X[k, _COL["full"]] > 0) or _cell(X, roles, k + 1)
    out: list[int] = []
    for a, b in _runs(row):
        rows = [k for k in range(a, b) if k in parts]
        figures = sum(bool(_DIGIT.search(sheet.unit(k))) for k in rows)
        if len(rows) < ROWS and not (len(rows) == 2 and figures == 2):
            continue
        if any(roles[k] in _HEADS and p[k, ROLES.index(roles[k])] > 0.8 for k in rows[:1]) and len(parts[rows[0]]) != len(parts[rows[1]]):
            rows = rows[1:]
        if len(rows) < 2 or all(roles[k] == "byline" for k in rows) or _parted(X, rows).mean() > TORN:
            continue
        if _wrapped([parts[k] for k in rows]) or not _held_apart(sheet, p, rows, parts):
            continue
        loose = [k for k in rows if not bodymatter.own(sheet.unit(k))]
        own = len(loose) < len(rows)
        loose = [k for k in loose if roles[k] not in _HEADED or p[k, ROLES.index(roles[k])] < HEADED]
        out += [k for k in loose if roles[k] != "furniture" or not own]
        out += [k for k in range(a, b) if k not in rows and k not in ends and roles[k] == "furniture" and not own]
    return out, [k for k in ends if k - 1 in out]


def rest_of_row(sheet: Sheet, row: NDArray[np.bool_], parts: dict[int, list[str]]) -> list[int]:
    """Figures that the row above had no room for, 1 滨海队 14 9 3 2 / 30, are its end where both have as many cells as another row."""
    cut = [k for k in parts if k and row[k - 1] and figured(sheet.unit(k - 1)) and _FIGURES.fullmatch(sheet.unit(k))]
    whole = [len(parts[k - 1]) + len(parts[k]) for k in cut]
    near = [{len(parts[j]) for j in range(k - 1 - NEAR, k + NEAR) if j in parts and j != k and row[j]} for k in cut]
    return [k for k, n, others in zip(cut, whole, near, strict=True) if n in others or whole.count(n) > 1]


def figured(line: str) -> bool:
    """Whether a line is a row of a table with figures in it.

    >>> figured("1 滨海队 14 9 3 2"), figured("共有12 名代表到会"), figured("1998年")
    (True, False, False)
    """
    mine = cells(line)
    return (
        len(mine) > 2 and sum(bool(_FIGURES.fullmatch(c)) for c in mine) > 1 and not _SENTENCE.search(line) and max(map(len, mine)) <= CELL
    )


def _cell(X: Floats, roles: list[str], k: int) -> bool:
    """The last word of a row that the column had no room for."""
    return bool(roles[k] == "furniture" and X[k, _COL["tiny"]] > 0 and X[k, _COL["digits"]] <= 0)


def _opens(line: str) -> bool:
    """A row that shows itself by how it begins: 7:30, 时间：."""
    return bool(_CLOCK.match(line) or _LABEL.match(line))


def _wrapped(found: list[list[str]]) -> bool:
    """Are these no rows but one list of names, wrapped to the column? Then the ends of lines stand inside names."""
    torn = sum(len(c) == 1 and not _DIGIT.match(c) for row in found if len(row) > 1 for c in (row[0], row[-1]))
    return torn >= max(2, len(found) / 6)


def _held_apart(sheet: Sheet, p: Floats, rows: list[int], parts: dict[int, list[str]]) -> bool:
    """Where single blanks part the cells, which recognition also leaves around numbers, all rows must have as many cells."""
    if sum(_opens(text) or bool(_WIDE.search(text)) for text in map(sheet.unit, rows)) > len(rows) / 2:
        return True
    return len(rows) >= ROWS and len({len(parts[k]) for k in rows}) == 1 and in_order(p)


# ---------------------------------------------------------------- what begins for a reason
_COUNTED = "年月日时点分秒万亿千百元角人名个位户家次届号期版多余岁米％%℃-－—.．,，"
"""What goes on from a figure."""
MAYBE, RATHER = 0.12, 0.3
"""How probable the network must find it that a paragraph begins where the line above was short; and where that ends a sentence, too,
which the network had seen."""


def after_short(sheet: Sheet, X: Floats, roles: list[str], p: Floats) -> list[int]:
    """Units that seem to go on with the line above, though that ended far from the end of its column, where their first word had room:
    with a sentence, with a figure, or as a heading under a text that had ended."""
    width = np.expm1(X[:, _COL["width_log"]])
    column = _column(sheet, width)
    if column is None:
        return []
    ended = (X[:, _COL["last_stop"]] > 0) | (X[:, _COL["shut_after_stop"]] > 0)
    indented = X[0, _COL["page_indents"]] > 0.05
    out = []
    room = column - (width + sheet.indent)[:-1] - np.maximum(X[1:, _COL["first_word"]] + 1, SHORT)
    for k in (np.flatnonzero(room >= 0) + 1).tolist():
        if roles[k] != "continue" or roles[k - 1] not in _BODY:
            continue
        digits = X[k - 1, _COL["last_digit"]] > 0 and not X[k, _COL["first_digit"]] and width[k - 1] >= SHORT
        digits &= sheet.source.text[sheet.starts[k]] not in _COUNTED
        heading = not indented and k > 1 and ended[k - 2] and X[k - 1, _COL["last_han"]] > 0 and not _parted(X, [k - 1, k])[0]
        heading &= abs(float(width[k]) - column) <= 1.01
        if p[k, _START] >= (MAYBE if digits or heading else RATHER if ended[k - 1] else 1):
            out.append(k)
    return out


_BODY = frozenset(("start", "continue", "subhead", "resume", "other"))
_ORDINAL = compile_pattern(
    "(?:(?P<a>[0-9０-９]{1,2})[.．、](?![0-9０-９])|[（(](?P<b>[一二三四五六七八九十]{1,3})[）)]|(?P<c>[一二三四五六七八九十]{1,3})、|第(?P<d>[一二三四五六七八九十]{1,3})[，、条])"
)
_SPEAKER = compile_pattern("([\u3400-\u9fffA-Z]{1,8})[:：]|([【▲△●■◆○★])")
"""What opens the items of a list and the turns of a talk: 答：, 【, ▲."""
_SIGNS = "【▲△●■◆○★"
APART = 60
"""Units between two items of one list."""


def items(sheet: Sheet, X: Floats, roles: list[str]) -> list[int]:
    """Units under the end of a sentence that open as other paragraphs of the page do: the next number of a list, the other speaker."""
    first = sheet.cls[sheet.starts]
    out: list[int] = []
    number: dict[str, tuple[int, int]] = {}
    opened: dict[str, list[int]] = {}
    opens = ((first & (lines.DIGIT | lines.OPENB | lines.BULLET | lines.NUMERAL)) != 0) | (sheet.cps[sheet.starts] == ord("第"))
    for k in sorted({*np.flatnonzero(opens).tolist(), *_with_colon(sheet, 9)}):
        if roles[k] not in _BODY:
            continue
        ended = not k or bool(X[k - 1, _ENDS].any())
        unit = sheet.unit(k)
        if m := _ORDINAL.match(unit):
            kind = str(m.lastgroup)
            value = han_number(m[kind])
            before = number.get(kind)
            if value and before and before[0] + 1 == value and k - before[1] <= APART and ended and roles[k] == "continue":
                out.append(k)
            number[kind] = (value or 0, k)
        elif m := _SPEAKER.match(unit):
            opened.setdefault(m[0], []).append(k)
    for opener, units in opened.items():
        if len(units) > 1 and (opener in _SIGNS or any(roles[k] == "start" for k in units)):
            out += [k for k in units if roles[k] == "continue" and X[k - 1, _ENDS].any()]
    return out


_ENDS = [_COL[n] for n in ("last_stop", "shut_after_stop", "last_digit", "last_shutb", "last_semi")]

# ---------------------------------------------------------------- verse
VERSE = 4
"""Lines that end early one after another; three may be a headline with its byline."""
LONG, LINE = 6, 14.5
"""Where no printed lines tell the column: so many lines without marks, and ideographs of the longest."""
SHORT = 3.0
"""Ideographs: so much shorter than the column is every line of verse in it, or nearly every one."""
FILLED = 0.5
"""Share of the lines before the last that are as wide as the widest: prose in a narrow column has more."""
NARROW = 8.5
"""Ideographs: prose is set in no narrower column."""
SPOKEN = 0.8
"""Share of lines that end in a mark: of lines of prose in a column one in eight does."""
PARTED, TORN = 0.15, 0.3
"""Share of the line ends that seem to stand inside a word: in verse by chance, in rows where names and figures stand side by side."""
_WORD_AT = [_COL[f"seam_{n}"] for n in ("two", "three", "four")]
PROSE, CERTAIN = 0.5, 0.8
"""How probable the network finds it, on the mean, that lines of prose go on, even where a reading has torn them; of verse less."""
HEADS, POEM = 5, 8
"""Lines of the longest head; from one more than so many on they are verse, even where by chance words seem to run across them."""
SURE = 0.5
"""From which probability on a head is one."""
_HEADED = frozenset(("headline", "headline_cont", "kicker", "byline", "deck"))
_VERSE_ROLES = frozenset(("start", "continue", "headline", "headline_cont", "subhead", "kicker", "deck", "byline", "resume", "other"))
_MARKS = lines.COMMA | lines.STOP | lines.SEMI | lines.SHUTQ | lines.COLON | lines.DASH | lines.DOTS


def verse(sheet: Sheet, X: Floats, roles: list[str], p: Floats) -> list[int]:
    """The units that are lines of verse, or of another list without signs: they all end early, and not because the column is narrow."""
    width = np.expm1(X[:, _COL["width_log"]])
    column = _column(sheet, width)
    least = VERSE if column else LONG
    runs = _runs(_early(sheet, X, roles, width, column))
    return [k for a, b in runs if b - a >= VERSE for k in _lines_of_verse(sheet, X, roles, p, width[a:b], a, least)]


def poet(X: Floats, roles: list[str], lines_of: list[int]) -> list[Proposal]:
    """A name between a headline and the lines of verse below it is their author's."""
    named = (k - 1 for k in lines_of if k and roles[k - 1] == "headline_cont" and X[k - 1, _COL["is_name"]] > 0)
    return [Proposal(k, "byline", "tabular.poet") for k in named if k not in lines_of]


def _column(sheet: Sheet, width: Floats) -> float | None:
    """The width of the page's columns, where it is set in printed lines; the first lines of paragraphs with their indent."""
    width = width + np.minimum(sheet.indent, 2)
    body = np.round(width[(width >= 9) & (width <= 30)] * 2).astype(np.int64)
    if len(body) < 6:
        return None
    common = int(np.bincount(body).argmax())
    near = (np.abs(body - common) <= 2).mean()
    return common / 2 if near > 0.4 else None


def _early(sheet: Sheet, X: Floats, roles: list[str], width: Floats, column: float | None) -> NDArray[np.bool_]:
    indent = np.minimum(sheet.indent, 4)
    out = (width + indent <= (column - SHORT + 0.5 if column else LINE)) & (width >= 2)
    out &= np.array([r in _VERSE_ROLES for r in roles], np.bool_)
    out &= ~(X[:, [_COL[f"is_{n}"] for n in ("furniture", "caption", "dateline", "question", "salutation")]] > 0).any(1)
    # a single character between two such lines heads a stanza: 晨, 一
    single = (width == 1) & ((sheet.cls[sheet.starts] & lines.HAN) != 0)
    out[1:-1] |= single[1:-1] & out[:-2] & out[2:]
    return out


def _lines_of_verse(sheet: Sheet, X: Floats, roles: list[str], p: Floats, width: Floats, a: int, least: int) -> list[int]:
    """Of a run of early lines, those below its head, if it is no narrow column of prose; ``width`` is that of each, ``a`` the first."""
    top, b = a, a + len(width)
    # the last line of a paragraph above is early, too
    while a < b and p[a, _CONTINUE] > PROSE:
        a += 1
    heads = [k for k in range(a, b) if roles[k] in _HEADED and p[k, ROLES.index(roles[k])] >= SURE]
    orderly = in_order(p)
    authors = [k for k in range(a, b) if roles[k] == "byline" and orderly]
    # the head of the poem, or of what stands below it; what follows its author is no head, whatever it looks like
    block = next((k for k in range(a, b) if roles[k] not in _HEADED and width[k - top] > 1), b) - a
    if block > HEADS and orderly:
        a += 1 + bool(X[a + 1, _COL["is_name"]])  # more lines than any head has
        authors.append(a - 1)
    a = max([a, *(k + 1 for k in heads if not any(j < k for j in authors))])
    while a < b and roles[a] in _HEADED and not any(top <= j < a for j in authors):
        a += 1
    below = b
    while below > a and roles[below - 1] in _HEADED:
        below -= 1
    if below < b and roles[below] != "headline_cont":
        b = below  # the run ends in the head of what follows
    # what looks like a head in several short lines, with words across them, is one
    heads = [k for k in range(a, b) if roles[k] in _HEADED]
    torn, most = (TORN, TORN) if block > POEM and orderly else (PARTED / 2, PARTED)
    if heads and (b - a < LONG or _parted(X, list(range(max(a - 1, 0), b))).mean() > torn):
        return []
    if b - a < VERSE or (p[a:b, _CONTINUE] > CERTAIN).mean() > PARTED:
        return []
    wide = width[a - top : b - top]
    marked = (sheet.cls[sheet.ends[a:b] - 1] & _MARKS) != 0
    spoken = marked.mean()
    filled = (wide[:-1] >= wide.max() - 1.01).mean()
    if _parted(X, list(range(a, b))).mean() > most or p[a:b, _CONTINUE].mean() > PROSE:
        return []
    if spoken >= SPOKEN:
        # a line without a mark under one that ends a sentence is the title of the next poem
        stops = (sheet.cls[sheet.ends[a:b] - 1] & lines.STOP) != 0
        return [k for k in range(a, b) if marked[k - a] or k == a or not stops[k - 1 - a]]
    return list(range(a, b)) if (filled < FILLED or wide.max() < NARROW) and b - a >= least else []


def _parted(X: Floats, units: list[int]) -> NDArray[np.bool_]:
    """Before which of some units, the first apart, the seam seems to stand inside a word."""
    out: NDArray[np.bool_] = (X[units[1:]][:, _WORD_AT].max(1) > 0.4) & (X[units[1:], _COL["seam_odds"]] > 0)
    return out
