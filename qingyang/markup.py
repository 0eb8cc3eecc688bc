"""What a converter wrote between the printed characters: # headings, **emphasis**, > quotations, table pipes, HTML tags.

The paper printed none of it, but some of it tells how the page was set: what stood in large type, and how large beside the rest.
:func:`read` gives the page without such marks, for all that weighs lines and words, and keeps what they said (:class:`Markup`);
:mod:`qingyang.headings` takes headings and emphasis for what they show beside the others of the page. The marks go out of the records
under rules of their own (:data:`RULES`), so that the source comes back with them.

Cells of a table are parted by a full-width blank, as papers part them where they print no rules; a tab would show as any width.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import codes
from qingyang.patterns import compile_pattern
from qingyang.records import Edit, Source

HEADING, EMPHASIS, SIGN = "layout.heading-sign", "layout.emphasis", "layout.list-sign"
RULE, CELL, TAG = "layout.drawn-rule", "layout.table-cell", "layout.tag"
RULES = {
    HEADING: "The sign of a heading: # 小麦丰收.",
    EMPHASIS: "The signs of emphasis: **小麦丰收**.",
    SIGN: "The sign of a quotation or of an item of a list: > 小麦丰收, - 小麦丰收.",
    RULE: "A rule drawn with hyphens or stars, the fence round a text, the line under the head of a table.",
    CELL: "The line between two cells of a table; a full-width blank stands for it.",
    TAG: "A tag, a comment, an entity or a picture's address of HTML or Markdown.",
}
"""What each rule takes out."""


class Sign(NamedTuple):
    """Characters that are none of the paper's, and the one that is seen in their place, if any."""

    start: int
    end: int
    seen: str
    rule: str


@dataclass(slots=True)
class Markup:
    """What a converter said of a page, by the places of characters in the page without its marks."""

    signs: list[Sign] = field(default_factory=list)
    """In the source as it was delivered."""
    level: dict[int, int] = field(default_factory=dict)
    """First character of a heading → 1 for #, 2 for ## and so on."""
    strong: set[int] = field(default_factory=set)
    """First characters of lines that are emphasised as a whole."""
    rows: set[int] = field(default_factory=set)
    """First characters of the rows of tables and of the items of lists."""

    def closed_up(self, kept: NDArray[np.int64]) -> Markup:
        """The same of a page of which only these characters are looked at."""
        here = {k: n for n, k in enumerate(kept.tolist())}
        level = {here[k]: n for k, n in self.level.items() if k in here}
        strong, rows = ({here[k] for k in them if k in here} for them in (self.strong, self.rows))
        return Markup(self.signs, level, strong, rows)

    def unseen(self, text: str) -> str:
        """A text of the same length in which the marks are characters that nobody sees.

        >>> Markup([Sign(0, 2, "", EMPHASIS), Sign(4, 6, "", EMPHASIS)]).unseen("**本报**讯").split("\\u200b")
        ['', '', '本报', '', '讯']
        """
        codes_of = codes.code_points(text).copy()
        for s in self.signs:
            codes_of[s.start : s.end] = 0x200B
            if s.seen:
                codes_of[s.start] = ord(s.seen)
        return codes_of.tobytes().decode("utf-32-le", "surrogatepass")

    def edits(self, placed: NDArray[np.bool_]) -> tuple[list[Edit], list[Sign]]:
        """The marks inside strings of records, where they go or a blank stands for them; and those outside.

        ``placed`` tells of every character of the source whether it is in a string.
        """
        inside = [s for s in self.signs if placed[s.start]]
        return [Edit(s.start, s.end, s.seen.strip("\n"), s.rule) for s in inside], [s for s in self.signs if not placed[s.start]]


_SHOWS = compile_pattern(
    r"(?m)^[ \t]*#{1,6}[ \t]+[^#\s]|^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[-:| \t]*$|<(?:br|td|tr|table|p|div|h[1-6])\b[^<>\n]*>|<!--"
    r"|&nbsp;|&emsp;|!\[[^\]\n]*\]\([^)\n]*\)|^[ \t]*```"
)
_BOLD_LINE = compile_pattern(r"(?m)^[ \t]*\*\*[^\s*][^*\n]*\*\*[ \t]*$")
_SIGNS = "#|*<&`"
"""One of these stands on every page of a converter."""

_COMMENT = compile_pattern(r"(?s)<!--.{0,400}?-->")
_LINE_END = compile_pattern(r"(?i)<br[ \t]*/?>")
_ROW = compile_pattern(r"(?i)</(?:tr|table|p|div|h[1-6]|li|caption|figcaption|blockquote)[ \t]*>|<(?:table|tbody|thead)\b[^<>\n]*>")
_NEXT = compile_pattern(r"(?i)</t[dh][ \t]*>[ \t]*<t[dh]\b[^<>\n]*>")
_FIRST_CELL = compile_pattern(r"(?i)<tr\b[^<>\n]*>[ \t]*<t[dh]\b[^<>\n]*>[ \t]*")
_TAG = compile_pattern(
    r"(?i)</?(?:p|div|span|b|i|u|s|em|strong|sup|sub|small|big|center|font|table|thead|tbody|tr|t[dh]|h[1-6]|ul|ol|li|figure|figcaption"
    r"|caption|blockquote|section|article|header|footer|img|hr|br|a|mark)(?:\s[^<>\n]*)?/?>"
)
_ENTITY = compile_pattern("&(?:nbsp|emsp|ensp|thinsp|#160|#xa0|#12288|#x3000);")
_PICTURE = compile_pattern(r"!\[[^\]\n]*\]\([^)\n]*\)[ \t]*")
_FENCE = compile_pattern(r"(?m)^[ \t]*```[ \t]*[A-Za-z]{0,12}[ \t]*$")
_DRAWN = compile_pattern(r"(?m)^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:=[ \t]*){3,})$")
_UNDER_HEAD = compile_pattern(r"(?m)^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?)?[ \t]*$")
_OPENS = compile_pattern(
    r"(?m)^(?P<quote>[ \t]*(?:>[ \t]*)+)?(?P<item>[ \t]*[-+*][ \t]+(?=[^-+*\s]))?(?P<heading>[ \t]*#{1,6}[ \t]+(?=\S))?"
)
_SHUTS = compile_pattern(r"(?m)(?<=\S)[ \t]+#{1,6}[ \t]*$|\\[ \t]*$")
_STRONG = compile_pattern(r"(\*\*\*|\*\*|__)(?=[^\s*_])([^\n]{0,200}?[^\s*_])\1(?!\*)")
_SLANT = compile_pattern(r"(?<![*\w\\])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*\\])\*(?![*\w])")
_ROW_OF_CELLS = compile_pattern(r"(?m)^[ \t]*\|(?P<inside>[^\n]*[^\s|][^\n]*)\|[ \t]*$")
_PIPE = compile_pattern(r"[ \t]*(?<!\\)\|[ \t]*")
_ESCAPED = compile_pattern(r"\\(?=[*#_\-+.!\[\](){}>|`~])")
_MARK = compile_pattern("#{1,6}")


def read(source: Source) -> tuple[Source, NDArray[np.int64] | None, Markup | None]:
    """The source without the marks of a converter, where each character that remains stands, and what the marks said.

    >>> page = Source("1.txt", "# 小麦丰收\\n\\n**全省总产量又创新高**\\n\\n本报讯 | 今年<br>\\n", "")
    >>> plain, at, said = read(page)
    >>> plain.text, at[:3].tolist(), said.level, said.strong
    ('小麦丰收\\n\\n全省总产量又创新高\\n\\n本报讯 | 今年 \\n', [2, 3, 4], {0: 1}, {6})
    >>> read(Source("1.txt", "小麦丰收\\n*注：均为估计", ""))[1:]
    (None, None)
    """
    text = source.text
    if not any(c in text for c in _SIGNS) or not (_SHOWS.search(text) or len(_BOLD_LINE.findall(text)) > 1):
        return source, None, None
    signs, level, strong, rows = _found(text)
    if not signs:
        return source, None, None
    kept, changed = np.ones(len(text), np.bool_), codes.code_points(text).copy()
    for s in signs:
        kept[s.start : s.end] = False
        if s.seen:
            kept[s.start], changed[s.start] = True, ord(s.seen)
    at = np.flatnonzero(kept)
    plain = changed[at].tobytes().decode("utf-32-le", "surrogatepass")
    here = {int(k): n for n, k in enumerate(at.tolist())}
    strong, rows = ({here[k] for k in them if k in here} for them in (strong, rows))
    said = Markup(signs, {here[k]: n for k, n in level.items() if k in here}, strong, rows)
    return replace(source, text=plain), at, said


def _found(text: str) -> tuple[list[Sign], dict[int, int], set[int], set[int]]:
    """The marks of a text, sorted and without overlap; and the first characters of its headings, emphasised lines and rows."""
    signs: list[Sign] = []
    taken = np.zeros(len(text) + 1, np.bool_)

    def take(start: int, end: int, rule: str, seen: str = "") -> None:
        if end > start and not taken[start:end].any():
            taken[start:end] = True
            signs.append(Sign(start, end, seen, rule))

    rows = {m.end() for m in _FIRST_CELL.finditer(text)}
    for find, seen in ((_COMMENT, ""), (_NEXT, "\u3000"), (_LINE_END, " "), (_ROW, "\n"), (_TAG, ""), (_ENTITY, " "), (_PICTURE, "")):
        for m in find.finditer(text):
            take(*m.span(), CELL if find is _NEXT else TAG, seen)
    for find in (_FENCE, _DRAWN, _UNDER_HEAD):
        for m in find.finditer(text):
            take(*m.span(), RULE)
    level: dict[int, int] = {}
    for m in _OPENS.finditer(text):
        for name, rule in (("quote", SIGN), ("item", SIGN), ("heading", HEADING)):
            if m[name]:
                take(*m.span(name), rule)
        if m["heading"]:
            level[m.end()] = m["heading"].count("#")
        elif m["item"]:
            rows.add(m.end())
    for m in _SHUTS.finditer(text):
        take(*m.span(), HEADING if "#" in m.group() else TAG)
    strong: set[int] = set()
    for find in (_STRONG, _SLANT):
        for m in find.finditer(text):
            inside = m.span(m.lastindex or 1)
            if taken[m.start() : inside[0]].any() or taken[inside[1] : m.end()].any():
                continue
            if find is _STRONG and _whole_line(text, taken, *m.span()):
                strong.add(inside[0])
            if m.start() in level:
                level[inside[0]] = level.pop(m.start())
            take(m.start(), inside[0], EMPHASIS)
            take(inside[1], m.end(), EMPHASIS)
    for m in _ROW_OF_CELLS.finditer(text):
        first, last = m.span("inside")
        while first < last and text[first] in " \t|":
            first += 1
        while last > first and text[last - 1] in " \t|":
            last -= 1
        rows.add(first)
        take(m.start(), first, CELL)
        take(last, m.end(), CELL)
        for pipe in _PIPE.finditer(text, first, last):
            take(*pipe.span(), CELL, "\u3000")
    for m in _ESCAPED.finditer(text):
        take(*m.span(), TAG)
    return sorted(signs), level, strong, rows


def _whole_line(text: str, taken: NDArray[np.bool_], start: int, end: int) -> bool:
    """Does nothing but blanks and other marks stand beside these characters in their line?"""
    lo, hi = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    hi = len(text) if hi < 0 else hi
    return all(taken[k] or text[k].isspace() for k in (*range(lo, start), *range(end, hi)))
