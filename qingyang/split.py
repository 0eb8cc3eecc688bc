"""From roles to drafts: the articles and headless pieces of one page, still as stretches of the source.

A :class:`Draft` holds the units that the roles of :mod:`qingyang.roles` gave it. Order of reading is the order of the
file; what a column order put in the wrong place is :mod:`qingyang.thread`'s work, what jumps to another page
:mod:`qingyang.stitch`'s.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from qingyang.lines import Mark, Sheet

GOES_ON = ("continue", "start")
"""Roles of text that goes on with the article above."""

Unit = tuple[int, int]
"""(sheet number, unit number)."""


@dataclass(slots=True)
class Draft:
    """One article, or a headless piece of one, on one page."""

    sheet: int
    kicker: list[Unit] = field(default_factory=list)
    headline: list[Unit] = field(default_factory=list)
    deck: list[Unit] = field(default_factory=list)
    byline: list[Unit] = field(default_factory=list)
    docdate: list[Unit] = field(default_factory=list)
    captions: list[list[Unit]] = field(default_factory=list)
    paragraphs: list[list[Unit]] = field(default_factory=list)
    subheads: set[int] = field(default_factory=set)
    sign_off: list[tuple[int, Mark]] = field(default_factory=list)
    jump_in: tuple[int, Mark] | None = None
    jump_out: tuple[int, Mark] | None = None
    mid: bool = False
    """Begins inside a paragraph: its head stands elsewhere."""
    headless: bool = False
    doubtful: bool = False
    """Goes on with the draft above as far as the network sees, which is not sure of it."""
    unsure: bool = False
    """Goes on where the page numbers say, though seam and words speak against it."""
    first: Unit = (0, 0)
    last: Unit = (0, 0)

    @property
    def has_head(self) -> bool:
        return bool(self.headline or self.kicker or self.deck)

    @property
    def signed(self) -> bool:
        """Its authors stand under the text: 天津第三纺织厂工人　王德山."""
        return bool(self.byline and self.paragraphs and self.byline[-1] > self.paragraphs[-1][-1])

    @property
    def has_body(self) -> bool:
        return bool(self.paragraphs)


@dataclass(slots=True)
class PageDrafts:
    drafts: list[Draft]
    removed: list[tuple[int, str]]
    """(unit, rule) of page furniture."""
    stray_marks: list[Mark]
    """Marks that belong to no article."""
    decisions: list[dict[str, Any]]
    in_order: bool = False
    """Read in good order, as far as the network sees."""


def split(sheet: Sheet, number: int, roles: list[str], doubtful: Collection[int] = ()) -> PageDrafts:
    """Group the units of a page by their roles; see :data:`qingyang.roles.ROLES`.

    Units that are ``doubtful`` begin a piece of their own where their role would have them go on with the text above.
    """
    drafts: list[Draft] = []
    removed: list[tuple[int, str]] = []
    stray: list[Mark] = []
    cur: Draft | None = None
    waiting: Mark | None = None
    loose: list[list[Unit]] = []

    def begin(unit: Unit, headless: bool) -> Draft:
        d = Draft(number, first=unit, last=unit, headless=headless)
        drafts.append(d)
        return d

    n = len(sheet)
    for k in range(n + 1):
        for m in sheet.mark_before.get(k, ()):
            if m.kind == "sign_off":
                if cur is None:
                    stray.append(m)
                else:
                    cur.sign_off.append((number, m))
            elif m.kind == "continued_on":
                if cur is None or cur.jump_out:
                    stray.append(m)
                else:
                    cur.jump_out = (number, m)
            elif m.kind == "continued_from":
                if waiting:
                    stray.append(waiting)
                waiting = m
        if k == n:
            break
        role, unit = roles[k], (number, k)
        if role == "furniture":
            removed.append((k, "furniture.page"))
            continue
        if role in ("caption", "caption_cont"):
            if role == "caption_cont" and cur and cur.captions:
                cur.captions[-1].append(unit)
            elif role == "caption_cont" and cur is None and loose:
                loose[-1].append(unit)
            elif cur:
                cur.captions.append([unit])
            else:
                loose.append([unit])
            continue
        if waiting is not None:
            # a continued-from line stands under the headline it repeats, or opens a headless piece
            if cur is None or cur.has_body or cur.jump_out or cur.jump_in or cur.sign_off or role in ("kicker", "headline"):
                cur = begin(unit, headless=role not in ("kicker", "headline"))
            cur.jump_in = (number, waiting)
            waiting = None
            if role in ("resume", "other"):
                role = "start"
            if role == "continue":
                role = "start"
        if role == "kicker":
            if cur is None or cur.has_body or cur.headline or cur.byline or cur.jump_out:
                cur = begin(unit, False)
            cur.kicker.append(unit)
        elif role == "headline":
            if cur is None or cur.has_body or cur.headline or cur.byline or cur.jump_out or (cur.kicker and cur.deck):
                cur = begin(unit, False)
            cur.headline.append(unit)
        elif role == "headline_cont":
            if cur is None or cur.has_body or not cur.headline:
                cur = begin(unit, False)
            cur.headline.append(unit)
        elif role in ("resume", "other"):
            cur = begin(unit, True)
            cur.mid = role == "resume"
            cur.paragraphs.append([unit])
        else:
            if cur is None or (cur.jump_out and role != "byline"):
                cur = begin(unit, True)
                cur.mid = role == "continue"
            if k in doubtful and cur.has_body and role in GOES_ON:
                cur = begin(unit, True)
                cur.mid, cur.doubtful = role == "continue", True
                cur.paragraphs.append([unit])
            elif role == "deck" and not cur.has_body:
                cur.deck.append(unit)
            elif role == "byline" and not (cur.has_body and cur.byline):
                cur.byline.append(unit)
            elif role == "docdate" and not cur.docdate and not cur.has_body:
                cur.docdate.append(unit)
            elif role == "continue" and cur.paragraphs and not (cur.sign_off and cur.sign_off[-1][1].end <= sheet.starts[k]):
                cur.paragraphs[-1].append(unit)
            else:
                if role == "subhead":
                    cur.subheads.add(len(cur.paragraphs))
                cur.paragraphs.append([unit])
        cur.last = unit
    if waiting is not None:
        stray.append(waiting)
    if loose:
        if not drafts:
            begin(loose[0][0], True)
        drafts[0].captions = loose + drafts[0].captions
    return PageDrafts(drafts, removed, stray, [])
