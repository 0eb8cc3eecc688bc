"""Recognises the lines that a page prints for itself: folio, registration, hotlines, editors, page labels.

A whole line is furniture when pieces of ``rules/furniture.toml`` tile it from end to end. Nothing is removed here: a
*sure* rule says what the line is, a *weak* one (a bare 体育, a date, 开辟未来（8版）) is evidence for the structure stage.
"""

from __future__ import annotations

import re
from functools import cache

from qingyang.fields import authors, is_name
from qingyang.rulebook import Rule, Rulebook, load

LONGEST = 120
"""Characters. The longest attested line of furniture, a registration line with site and hotline, has 76."""

_BLANK = " \t\u3000\u00a0\u2000-\u200a\u202f"
_BETWEEN = re.compile(r"[ \t\u3000\u00a0\u2000-\u200a\u202f|｜/／·•,，;；、■□◆●★▲—–－―-]*")
_NEVER = re.compile("[。！？!?“”]")
_LOOSE = re.compile("[\u3400-\u9fff]{2,8}(?![\u3400-\u9fff])")
"""A paper's or a section's name that no table knows, beside a date."""
_ANY_NAME = re.compile("策划|统筹|监制|出品|制作|设计|视觉|美术|编委|图表|绘图|插图|制图|一审|二审|三审")
"""Roles that also open a headline (策划：一场接力): what follows must look like a name."""

FOLIO = ("furniture.folio", "furniture.date", "furniture.lunar", "furniture.page-label", "furniture.page-number", "furniture.loose-number",
         "furniture.section-name", "furniture.nameplate", "furniture.issue-number", "furniture.issue-count")  # fmt: skip


def match(line: str, book: Rulebook | None = None) -> str | None:
    """The id of the rule that a whole printed line falls under; None for a line of an article.

    >>> match("4  经济    人民日报    2024年4月22日 星期一")
    'furniture.folio'
    >>> match("责编：袁勃、赵欣悦"), match("责编在会议上强调，要把好稿件的政治关和质量关。")
    ('furniture.credit', None)
    >>> match("体育"), strength("furniture.section-name")
    ('furniture.section-name', 'weak')
    """
    line = line.strip(_BLANK + "\r\n")
    if not line or len(line) > LONGEST:
        return None
    pieces = _tiles(line, book)
    return _telling(pieces, book) if pieces else None


def strength(rule: str, book: Rulebook | None = None) -> str:
    """``sure`` or ``weak``: whether the rule decides by itself."""
    return (book or load()).rules[rule].strength


def is_crossref(line: str, book: Rulebook | None = None) -> bool:
    """Whether a line only points to another article: （相关报道见第四版）. It is no continuation.

    >>> is_crossref("（相关报道见第四版）"), is_crossref("（下转第四版）")
    (True, False)
    """
    line = line.strip(_BLANK + "\r\n")
    return any(r.find.fullmatch(line) for r in (book or load()).of("crossref."))


@cache
def _pieces(book: Rulebook | None) -> tuple[Rule, ...]:
    return tuple(r for r in (book or load()).rules.values() if r.then == "remove" and not r.id.startswith(("jump.", "char.")))


def _tiles(line: str, book: Rulebook | None) -> list[str]:
    """The rules whose pieces tile the line; empty when something is left over."""
    found: list[str] = []
    loose = 0
    here = _BETWEEN.match(line).end() if line[0] not in "—–－―-" else 0  # type: ignore[union-attr]
    while here < len(line):
        best, end = "", here
        for rule in _pieces(book):
            m = rule.find.match(line, here)
            if m and m.end() > end and _plausible(rule, m.group()):
                best, end = rule.id, m.end()
        if not best:
            m = _LOOSE.match(line, here)
            if not m or loose:
                return []
            loose, end = 1, m.end()
        found.append(best)
        here = end
        between = _BETWEEN.match(line, here)
        here = between.end() if between else here
    if loose and not ("furniture.folio" in found or "furniture.issue-number" in found and len(found) > 2):
        return []
    return found


def _plausible(rule: Rule, piece: str) -> bool:
    """策划：一场没有终点的接力 is a headline: where a role is also a word, a name must follow."""
    if rule.id != "furniture.credit" or not _ANY_NAME.search(piece):
        return True
    names = authors(re.split(r"[:：]|[ \t\u3000\u00a0\u2000-\u200a\u202f]", piece, maxsplit=1)[-1])
    return bool(names) and is_name(names[0])


def _telling(pieces: list[str], book: Rulebook | None) -> str | None:
    """Which of its pieces a line is called after: the first sure one; several weak pieces of a folio are a folio."""
    pieces = [p for p in pieces if p]
    folio = [p for p in pieces if p in FOLIO]
    if any(p in ("furniture.folio", "furniture.date") for p in folio) and len(set(folio)) > 1:
        return "furniture.folio"
    return next((p for p in pieces if strength(p, book) == "sure"), pieces[0] if pieces else None)
