"""What is plain to see outweighs the networks: dates, bullets, a headline over two lines.

Asked last, of what every other rule has left; :func:`see` says which unit it is and what it takes it for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qingyang.evidence import NAMES
from qingyang.precedence import Proposal
from qingyang.roles import ROLES

Floats = NDArray[np.float32]
Found = Iterator[tuple[int, str]]
"""Units, each with the role that it has."""

GOOD, BEST = 0.8, 0.88
"""From which share of seams in mid-sentence that run on a page counts as read in good order; and surely so."""
_READS, _ORDER, _DOCDATE = (NAMES.index(n) for n in ("seam_reads", "page_open_seams", "is_docdate"))
_HEAD = ("headline", "headline_cont", "deck", "byline", "kicker")
_BULLET = NAMES.index("first_bullet")
_NO_ITEM = [NAMES.index(n) for n in ("is_caption", "is_credit", "is_furniture", "is_furniture_weak", "is_section", "is_index")]
_BODY = ("start", "continue", "resume", "other")
_BODY_AT = [ROLES.index(r) for r in _BODY]
_MARKS = [NAMES.index(f"first_{n}") for n in ("comma", "stop", "semi", "colon", "shutq", "shutb")]
_PAUSES = [NAMES.index(n) for n in ("last_comma", "last_semi", "last_colon")]
_SIGNS = [NAMES.index(n) for n in ("han", "digits", "latin")]
_TINY, _QUESTION, _BRACKET = (NAMES.index(n) for n in ("tiny", "is_question", "last_shutb"))
_WIDTH, _WORD, _STOP, _SHUT, _LAST_HAN, _INDENTS = (
    NAMES.index(n) for n in ("width_log", "first_word", "last_stop", "shut_after_stop", "last_han", "page_indents")
)


def see(roles: Sequence[str], p: Floats, X: Floats) -> list[Proposal]:
    """What is plain on a page, rule by rule; each sees what the one before it took a unit for."""
    now = list(roles)
    out: list[Proposal] = []
    for rule in (mark, docdate, item, one_headline, below_foot, question, room_above):
        for k, role in rule(now, p, X):
            now[k] = role
            # what else the network thinks of the unit still counts where pieces are put together, but for what no text goes on with,
            # and for a paragraph that certainly begins where the line above it is the line above
            left = None if rule is below_foot else _begun(p[k]) if rule is room_above and X[k, _ORDER] >= BEST else p[k]
            out.append(Proposal(k, role, f"plain.{rule.__name__}", left))
    return out


def _begun(p: Floats) -> Floats:
    """The probabilities of a unit of a page in good order that begins a paragraph, and does not go on inside one."""
    p = p.copy()
    inside = [ROLES.index("continue"), ROLES.index("resume")]
    p[ROLES.index("start")] += p[inside].sum()
    p[inside] = 0
    return p


def mark(roles: list[str], p: Floats, X: Floats) -> Found:
    """A mark of punctuation that a reading left on a line of its own belongs to some text: it is no furniture."""
    for k in np.flatnonzero(X[:, _MARKS].any(1) & (X[:, _TINY] > 0) & ~X[:, _SIGNS].any(1)).tolist():
        if roles[k] == "furniture":
            yield k, _BODY[int(p[k, _BODY_AT].argmax())]


def docdate(roles: list[str], p: Floats, X: Floats) -> Found:
    """A line under a head that is a full date in brackets and nothing else, （2020年11月24日）, is the date of the document."""
    for k in np.flatnonzero(X[:, _DOCDATE]).tolist():
        if k and roles[k] in _HEAD and roles[k - 1] in _HEAD:
            yield k, "docdate"


def item(roles: list[str], p: Floats, X: Floats) -> Found:
    """A list goes on as it began: an item right under another, each with its bullet, is text where that is."""
    for k in np.flatnonzero((X[:, _BULLET] > 0) & ~(X[:, _NO_ITEM] > 0).any(1)).tolist():
        if k and X[k - 1, _BULLET] > 0 and roles[k] in ("caption", "furniture") and roles[k - 1] in ("start", "subhead"):
            yield k, "start"


def one_headline(roles: list[str], p: Floats, X: Floats) -> Found:
    """A headline right under another one, which has no text of its own, goes on with it where the networks half think so, where the
    words run on across the seam (长航集团推出春运优质服务标准公布监督电 | 话请社会监督), or where the page is read in good order: there
    no headline stands without its text."""
    cont = ROLES.index("headline_cont")
    for k in range(1, len(roles)):
        under = roles[k] == "headline" and roles[k - 1] in ("headline", "headline_cont")
        if under and (p[k, cont] >= 0.1 or X[k, _READS] > 0 or X[k, _ORDER] >= GOOD):
            yield k, "headline_cont"


def below_foot(roles: list[str], p: Floats, X: Floats) -> Found:
    """What stands below the foot of a page, its last furniture or caption, and goes on with nothing, since the text above has ended, is the
    tail of another story. A row of stars or a rule is no foot: what stands below it belongs to the text above."""
    text = [k for k, role in enumerate(roles) if role not in ("furniture", "caption", "caption_cont")]
    if len(text) < 3 or text[-1] != len(roles) - 1:
        return
    k = len(roles) - 1
    while k and roles[k] == "continue" and roles[k - 1] in _BODY:
        k -= 1
    above = max((j for j in text if j < k), default=None)
    if above is None or above == k - 1 or roles[k] not in ("continue", "resume") or roles[above] not in _BODY:
        return
    foot = any(roles[j] != "furniture" or X[j, _SIGNS].any() for j in range(above + 1, k))
    if foot and not (X[above, _LAST_HAN] > 0 or X[above, _PAUSES].any()):
        yield k, "other"


def question(roles: list[str], p: Floats, X: Floats) -> Found:
    """A question or an answer (答：) after the end of a sentence begins a paragraph."""
    ended = (X[:-1, _STOP] > 0) | (X[:-1, _SHUT] > 0) | (X[:-1, _BRACKET] > 0)
    for k in (np.flatnonzero((X[1:, _QUESTION] > 0) & ended) + 1).tolist():
        if roles[k] == "continue":
            yield k, "start"


def room_above(roles: list[str], p: Floats, X: Floats) -> Found:
    """A unit whose first word had room in the line above begins a paragraph: where that line ends a sentence, or where every line of a
    page in good order is full."""
    for k in np.flatnonzero(_had_room(roles, X)).tolist():
        if roles[k] == "continue" or (roles[k] == "resume" and X[k, _ORDER] >= BEST):
            yield k, "start"


ALIKE, STRICT, FULL, FIRST, ENOUGH = 0.6, 0.97, 0.99, 0.3, 20
"""Share of a page's lines that fill its column to the last character but one; share of the seams inside sentences where the next
word had no room, for lines that end a sentence and for those that do not; the least share of first lines of paragraphs that are as
full; and how many such seams say so."""
READS = 0.5
"""What the words across a seam (``seam_reads``) may at most say for one text, where a line that does not end a sentence had room."""


def _had_room(roles: Sequence[str], X: Floats) -> NDArray[np.bool_]:
    """Only where a page is set without indents in columns of one width, and every line is filled as far as its words allow.

    That is told by the seams inside sentences: a line that ends in a character goes on, so there the next word had no room. First lines
    of paragraphs are asked apart: a heading inside a text is one that has room; but if most have, their indents were lost.
    """
    none = np.zeros(len(X), np.bool_)
    if len(X) < 2 * ENOUGH or X[0, _INDENTS] > 0.01:
        return none
    # in half ideographs, which the logarithm in the evidence has not kept exactly
    halves = np.round(np.expm1(X[:, _WIDTH]) * 2).astype(np.int64)
    width, column = halves / 2, np.bincount(halves).argmax() / 2
    if column > 44 or ((width >= column - 1.01) & (width <= column + 0.51)).mean() < ALIKE:
        return none
    above = np.roll(width, 1)
    room = column - above - X[:, _WORD]
    of_column = (above <= column + 0.51) & (width <= column + 0.51)
    of_column[0] = False
    inside = of_column & np.roll(X[:, _LAST_HAN] > 0, 1) & (above > column / 2) & np.array([role == "continue" for role in roles])
    first = np.roll(np.array([role == "start" for role in roles]), 1)
    has_none = room < 0
    full = has_none[inside & ~first].mean() if (inside & ~first).sum() >= ENOUGH else 0.0
    if full < STRICT or has_none[inside & first].sum() < FIRST * (inside & first).sum():
        return none
    # a line that does not end a sentence has to be full beyond doubt, and its words may not run on
    ended = np.roll((X[:, _STOP] > 0) | (X[:, _SHUT] > 0), 1)
    return of_column & ~has_none & (ended | ((full >= FULL) & (X[:, _ORDER] >= BEST) & (X[:, _READS] <= READS)))
