"""Proposes the plain character where a page carries a stand-in for it: radicals, compatibility forms, full-width letters
and digits, half-width marks between ideographs, invisible debris. Words are never corrected, and blanks and line ends are
left to the structure stage: :func:`blanks` is asked for paragraphs only. Tables: ``rules/characters.toml`` and ``.tsv``.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from qingyang.fields import is_name
from qingyang.patterns import compile_pattern
from qingyang.records import Edit, RuleError
from qingyang.rulebook import Rule, Rulebook, load

LINE_ENDS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
BLANKS = " \t\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
HAN = "\u3400-\u9fff\uf900-\ufaff々〇\u2e80-\u2fdf\U00020000-\U0003ffff"

_MARKS, _PAREN, _SIGN = "char.halfwidth-punctuation", "char.halfwidth-parenthesis", "char.fullwidth-sign"
_DOOR = "\u2f3e"
_SIMPLIFIED = compile_pattern("[们这国为发会业东车时说过问动应员]")

# What a half-width mark sees when it looks left and right along its line.
_NOTHING, _THROUGH, _CHINESE, _OTHER = range(4)
_CLEAR = ",:;!?()，：；！？（）“”‘’…‥·•—–\"'" + BLANKS
"""Looked through: marks that may themselves change, quotation marks and dashes, which both scripts use, and blanks."""
_STRONG = compile_pattern(f"[{HAN}、。《》〈〉「」『』【】〔〕〖〗・]")

_LINE_END = compile_pattern(f"[{LINE_ENDS}]")
_BRACKET = compile_pattern("[()（）︵︶﹙﹚]")
_ASTRAL = compile_pattern("[\U00010000-\U0010ffff]")
_OPENING = "(（︵﹙"
_ENTITY = compile_pattern("&(?:[A-Za-z]{2,7}[0-9]?|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5})")
_CANDIDATES = "".join(map(chr, (*range(0x3000), *range(0xFE00, 0xFE10), *range(0xFEF0, 0x10000), *range(0xE0000, 0xE0200))))
"""Where invisible characters are."""

_BLANK = compile_pattern(f"[{BLANKS}]+")
_HAN = compile_pattern(f"[{HAN}]+")
_SINGLE = compile_pattern(f"[{HAN}][，。、；：！？）”》]?")
_MARK = compile_pattern("[，。、；：！？“”‘’（）《》【】「」『』]")


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    fold: dict[str, tuple[str, str]]
    """Character → what stands there afterwards, rule."""
    plain: re.Pattern[str]
    """A run of characters of the basic plane that any rule is about: the one pass over the source. Python tests a class with
    characters beyond that plane twenty times slower, so those have a pass of their own."""
    beyond: re.Pattern[str]
    kinds: _Kinds
    own: tuple[Rule, ...]
    """A user's own character rules."""


def normalise(text: str, book: Rulebook | None = None) -> list[Edit]:
    """Every character edit of a whole source, sorted, without overlap. Applied, they leave nothing more to propose.

    >>> text = "中国⼈⺠１９９８年(新华社)"
    >>> [(text[e.start:e.end], e.after, e.rule) for e in normalise(text)][:3]
    [('⼈', '人', 'char.kangxi-radical'), ('⺠', '民', 'char.cjk-radical'), ('１９９８', '1998', 'char.fullwidth-digit')]
    >>> normalise("二○○三年，争做奋斗者 建功新征程，比分3:2，①㈠")
    []
    """
    tables = _tables(book)
    fold, contextual = tables.fold, (_MARKS, _PAREN, _SIGN)
    near = _Neighbours(text, tables)
    edits: list[Edit] = []
    for m in _runs(text, tables):
        start = at = m.start()
        after, last = "", ""
        for i, c in enumerate(m.group(), at):
            new, rule = fold[c]
            if rule in contextual and not near.agrees(rule, i):
                rule = ""
            elif c == _DOOR and near.simplified():
                new = "户"
            if rule == last:
                after += new
                continue
            if last:
                edits.append(Edit(start, i, after, last))
            start, after, last = i, new, rule
        if last:
            edits.append(Edit(start, m.end(), after, last))
    return _with_own(text, edits, tables.own) if tables.own else edits


def apply(text: str, edits: list[Edit]) -> str:
    """``text`` with the edits made; for tests and notebooks. In a run :func:`qingyang.ledger.compose` makes them.

    >>> apply("２０２０年(新华社)", normalise("２０２０年(新华社)"))
    '2020年（新华社）'
    """
    out, here = [], 0
    for e in edits:
        out += [text[here : e.start], e.after]
        here = e.end
    return "".join([*out, text[here:]])


class _Kinds(dict[str, int]):
    """What kind of neighbour a character is. Whatever folds has the kind of what it becomes, so that a second pass over
    normalised text sees the same neighbours."""

    def __init__(self, fold: dict[str, tuple[str, str]]) -> None:
        super().__init__(dict.fromkeys(_CLEAR, _THROUGH) | dict.fromkeys(LINE_ENDS, _NOTHING))
        for c, (after, _) in fold.items():
            if c not in self:
                self[c] = self[after] if after else _THROUGH

    def __missing__(self, c: str) -> int:
        kind = _CHINESE if _STRONG.match(c) else _OTHER
        self[c] = kind
        return kind


class _Neighbours:
    """Answers, mark by mark from left to right, what stands beside it on its line. Every character is looked at a bounded
    number of times, however long the line."""

    def __init__(self, text: str, tables: _Tables) -> None:
        self.text, self.kinds, self.fold = text, tables.kinds, tables.fold
        self.mark, self.left_of_mark = -1, _NOTHING
        self.right_until, self.right = -1, _NOTHING
        self.line_end = 0
        self.brackets: dict[int, bool] = {}
        self._simplified: bool | None = None

    def agrees(self, rule: str, i: int) -> bool:
        if rule == _MARKS:
            return self.chinese_mark(i)
        return self.chinese_bracket(i) if rule == _PAREN else self.inside_latin(i)

    def simplified(self) -> bool:
        """The source is in simplified script: then ⼾ is 户, which Unicode's table does not know (it gives 戶)."""
        if self._simplified is None:
            self._simplified = bool(_SIMPLIFIED.search(self.text))
        return self._simplified

    def chinese_mark(self, i: int) -> bool:
        """A mark of Chinese text: an ideograph or a Chinese mark is the next thing to its left or to its right."""
        text, kinds = self.text, self.kinds
        j = i - 1
        while j > self.mark and kinds[text[j]] == _THROUGH:
            j -= 1
        self.left_of_mark = self.left_of_mark if 0 <= j == self.mark else kinds[text[j]] if j >= 0 else _NOTHING
        self.mark = i
        if i >= self.right_until:
            j, n = i + 1, len(text)
            while j < n and kinds[text[j]] == _THROUGH:
                j += 1
            self.right_until, self.right = j, kinds[text[j]] if j < n else _NOTHING
        if self.left_of_mark != _CHINESE and self.right != _CHINESE:
            return False
        return text[i] != ";" or not self._entity(i)

    def _entity(self, i: int) -> bool:
        """The semicolon closes an HTML entity: &nbsp;"""
        word, j = "", i - 1
        while j >= 0 and len(word) < 9:
            c = self.fold.get(self.text[j], (self.text[j], ""))[0]
            if c and not re.match("[&#0-9A-Za-z]", c):
                return False
            word, j = c + word, j - 1
            if c == "&":
                return bool(_ENTITY.fullmatch(word))
        return False

    def chinese_bracket(self, i: int) -> bool:
        """One of a pair that touches Chinese text, inside or outside; both halves get the same answer."""
        if i >= self.line_end:
            self._pair(i)
        return self.brackets[i]

    def _pair(self, i: int) -> None:
        """Judge every bracket of the line that ``i`` stands on."""
        text, kinds = self.text, self.kinds
        start = max(text.rfind(c, self.line_end, i) for c in LINE_ENDS)
        start = max(start + 1, self.line_end)
        m = _LINE_END.search(text, i)
        end = self.line_end = m.start() if m else len(text)
        places = [b.start() for b in _BRACKET.finditer(text, start, end)]
        beside = [False] * len(places)
        for order, step in ((range(len(places)), -1), (range(len(places) - 1, -1, -1), 1)):
            kind, stop = _NOTHING, start - 1 if step < 0 else end
            for k in order:
                j = places[k] + step
                while j != stop and kinds[text[j]] == _THROUGH:
                    j += step
                kind = kinds[text[j]] if j != stop else kind
                beside[k] |= kind == _CHINESE
                stop = places[k]
        self.brackets = {}
        waiting: list[int] = []
        for k, at in enumerate(places):
            self.brackets[at] = beside[k]
            if text[at] in _OPENING:
                waiting.append(k)
            elif waiting:
                first = waiting.pop()
                self.brackets[at] = self.brackets[places[first]] = beside[k] or beside[first]

    def inside_latin(self, i: int) -> bool:
        """Between letters or digits, of either width; a full stop also behind an initial (Ｃ．Ｂ．同志)."""
        left, right = self._beside(i, -1), self._beside(i, 1)
        if left.isascii() and right.isascii() and left.isalnum() and right.isalnum():
            return True
        return self.text[i] == "．" and left.isascii() and left.isalpha()

    def _beside(self, i: int, step: int) -> str:
        """The next character that is not removed, as it will stand; a blank where there is none."""
        text, j = self.text, i + step
        while 0 <= j < len(text):
            c = self.fold.get(text[j], (text[j], ""))[0]
            if c:
                return c
            j += step
        return " "


@cache
def _tables(book: Rulebook | None) -> _Tables:
    rules = {r.id: r for r in (book or load()).of("char.")}
    ours = {r.id: r for r in load().of("char.")}
    fold = {c: (after, rule) for c, after, rule in _table() if rule in rules}
    for rule in ours.values():
        if rule.then == "remove" and not rule.id.startswith("char.blank"):
            fold |= dict.fromkeys(rule.find.findall(_CANDIDATES), ("", rule.id))
    own = tuple(r for r in rules.values() if r is not ours.get(r.id) and r.then in ("remove", "replace"))
    plain = "".join(re.escape(c) for c in sorted(fold) if c <= "\uffff")
    beyond = "".join(c for c in sorted(fold) if c > "\uffff")
    return _Tables(fold, re.compile(f"[{plain}][{plain}]*"), re.compile(f"[{beyond}]"), _Kinds(fold), own)


def _runs(text: str, tables: _Tables) -> Iterable[re.Match[str]]:
    runs = tables.plain.finditer(text)
    if not _ASTRAL.search(text):
        return runs
    return heapq.merge(runs, tables.beyond.finditer(text), key=lambda m: m.start())


def _table() -> Iterator[tuple[str, str, str]]:
    """Character, what it becomes, rule: the lines of ``characters.tsv``."""
    text = (files("qingyang") / "rules" / "characters.tsv").read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), 1):
        if line and not line.startswith("# "):
            cells = line.split("\t")
            if len(cells) != 4 or cells[0] != f"U+{ord(cells[1]):04X}":
                raise RuleError(f"characters.tsv: line {number}: code point, character, what it becomes, rule; found {line!r}")
            yield cells[1], cells[2], cells[3]


def _with_own(text: str, edits: list[Edit], rules: tuple[Rule, ...]) -> list[Edit]:
    """Our edits and those of a user's rules; where two meet, the user's stands."""
    taken: list[Edit] = []
    for rule in rules:
        for m in rule.find.finditer(text):
            after = m.expand(rule.replacement) if rule.then == "replace" else ""
            if after != m.group() and not any(e.start < m.end() and m.start() < e.end for e in taken):
                taken.append(Edit(m.start(), m.end(), after, rule.id))
    taken.sort()
    out: list[Edit] = []
    k = 0
    for e in edits:
        while k < len(taken) and taken[k].end <= e.start:
            k += 1
        if k == len(taken) or e.end <= taken[k].start:
            out.append(e)
    return sorted(out + taken)


def gaps(cps: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Where runs of blanks begin in a text of these code points, and its end: a stretch with none of them inside has nothing for
    :func:`blanks`.

    >>> gaps(np.array([ord(c) for c in "1992 年 的"], np.uint32)).tolist()
    [4, 6, 8]
    """
    blank = _is_blank().take(cps, mode="clip")
    blank[1:] &= ~blank[:-1]
    return np.append(np.flatnonzero(blank), len(cps))


@cache
def _is_blank() -> NDArray[np.bool_]:
    """Code point → whether it is a blank; the last is none."""
    out = np.zeros(0x10000, np.bool_)
    out[[ord(c) for c in BLANKS]] = True
    return out


def blanks(text: str, start: int = 0, end: int | None = None) -> list[Edit]:
    """Blanks to take out of ``text[start:end]``, a stretch of a paragraph: those that extraction put between ideographs.

    What stays: blanks beside Latin words and numbers, unless the whole line is letter-spaced; wide blanks and those of a
    list of names, which part its entries. Not for headlines and bylines, whose blanks are printed on purpose.

    >>> text = "供 应 量 由 1992 年 的"
    >>> apply(text, blanks(text))
    '供应量由1992年的'
    >>> blanks("出席的有：张三丰　李四光　王五云")
    []
    """
    end = len(text) if end is None else end
    edits: list[Edit] = []
    if not _BLANK.search(text, start, end):
        return edits
    here = start
    while here < end:
        m = _LINE_END.search(text, here, end)
        stop = m.start() if m else end
        if _BLANK.search(text, here, stop):
            edits += _blanks_of_line(text, here, stop)
        here = stop + 1
    return edits


def _blanks_of_line(text: str, start: int, end: int) -> Iterator[Edit]:
    while start < end and text[start] in BLANKS:
        start += 1
    while end > start and text[end - 1] in BLANKS:
        end -= 1
    gaps = [m.span() for m in _BLANK.finditer(text, start, end)]
    if not gaps:
        return
    edges = [start, *(x for gap in gaps for x in gap), end]
    words = [text[edges[k] : edges[k + 1]] for k in range(0, len(edges), 2)]
    spaced = len(words) >= 4 and sum(bool(_SINGLE.fullmatch(w)) for w in words) >= 0.6 * len(words)
    narrow: list[bool] = []
    listed: list[bool] = []
    for k, (a, b) in enumerate(gaps):
        left, right = words[k][-1], words[k + 1][0]
        han_left, han_right = _HAN.match(left), _HAN.match(right)
        if han_left and han_right:
            narrow = narrow or [_width(text[a:b]) <= 1 for a, b in gaps]
            listed = listed or _listed(words)
            if listed[k]:
                gone = False
            elif spaced:
                gone = narrow[k] or not any(narrow)
            else:
                # 李　舸: a name of two characters is spaced to the width of three
                gone = narrow[k] or (words[k + 1][1:2] in ("", *"、，）)。") and is_name(left + right))
        elif (han_left and _MARK.match(right)) or (_MARK.match(left) and (han_right or _MARK.match(right))):
            gone = True
        else:
            if spaced and (han_left or han_right) and (left.isalnum() and right.isalnum()):
                yield Edit(a, b, "", "char.blank-letter-spaced")
            continue
        if gone:
            yield Edit(a, b, "", "char.blank-between-han")


def _width(blank: str) -> float:
    """In half-width blanks: an ideographic one counts two."""
    return sum(2 if c in "\u3000\t\u2003" else 1 for c in blank)


def _listed(words: list[str]) -> list[bool]:
    """For every gap, whether it parts two entries of a list of names (three or more, with blanks only between them)."""
    out = [False] * (len(words) - 1)
    k = 0
    while k < len(words):
        n = k
        while n < len(words) and len(words[n]) <= 4 and _HAN.fullmatch(words[n]):
            n += 1
        names: list[tuple[int, int]] = []
        i = k
        while i < n:
            two = i + 1 < n and len(words[i]) == len(words[i + 1]) == 1
            names.append((i, i + 1 + two))
            i += 1 + two
        if (
            len(names) >= 3
            and any(len(w) > 1 for w in words[k:n])
            and sum(is_name("".join(words[a:b])) for a, b in names) >= 0.7 * len(names)
        ):
            for _, b in names[:-1]:
                out[b - 1] = True
        k = max(n, k + 1)
    return out
