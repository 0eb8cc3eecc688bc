"""Paragraphs that are one by their words: 中央人民 | 广播电台.

Where a block of recognised text, or a column, ends in mid-sentence, and the next paragraph of the same article goes on with words that
hardly ever begin a text and often follow those above, the line end stands inside a paragraph, whatever else speaks for a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, ngrams
from qingyang.evidence import NAMES, Floats, edges
from qingyang.lines import Sheet
from qingyang.pieces import weighed
from qingyang.seams import belongs
from qingyang.split import Draft, PageDrafts

OPEN = lines.HAN | lines.DIGIT | lines.LATIN | lines.COMMA
"""What a text ends in that is not at its end."""
OPENS = lines.OPENQ | lines.OPENB
"""What no text ends in: 散文选《 | 灯下集》 are one, whatever words stand there."""
_BEGINS = [NAMES.index(f"is_{n}") for n in ("dateline", "numbered", "salutation", "caption", "heading_sign")]
RUNS_ON, FOLLOWS = 3.0, 5.0
"""Log-odds by the network's word and the n-grams', and by the n-grams' alone, from either of which on the words run on: so nine in ten
such seams do that the roles had parted, on composed and on printed pages (35 of 40)."""


class _Seam(NamedTuple):
    """Where paragraph ``number`` of a draft begins: the last unit above, the first below."""

    draft: Draft
    number: int
    above: int
    below: int


def mend(sheet: Sheet, X: Floats, page: PageDrafts) -> PageDrafts:
    """The page with such paragraphs made one."""
    mend_all([(sheet, X, page)])
    return page


def mend_all(pages: Sequence[tuple[Sheet, Floats, PageDrafts]]) -> None:
    """:func:`mend` each page, sooner: the seams of all are asked about together."""
    asked = [(sheet, page, seams) for sheet, X, page in pages if (seams := _open(sheet, X, page))]
    if not asked:
        return
    sides = [edges(sheet, *_units(seams)) for sheet, _, seams in asked]
    left, right = (np.concatenate(side) for side in zip(*sides, strict=True))
    each = np.arange(len(left))
    gains = ngrams.gains(ngrams.Ends.of(left), ngrams.Starts.of(right), each, each)
    known = weighed(belongs(left, right, None, [(k, k + 1) for k in each.tolist()]), gains)
    runs_on = (known >= RUNS_ON) | (gains >= FOLLOWS)
    for (sheet, page, seams), mine in zip(asked, np.split(runs_on, np.cumsum([len(seams) for _, _, seams in asked])[:-1]), strict=True):
        opened = (sheet.cls[sheet.ends[_units(seams)[0]] - 1] & OPENS) != 0
        # from the foot of each article up, so that the numbers of the paragraphs above stay
        for k in np.flatnonzero(mine | opened).tolist()[::-1]:
            _join(seams[k].draft, seams[k].number)
            at = int(sheet.starts[seams[k].below])
            page.decisions.append({"at": at, "rule": "join.words", "because": ["the words run on across the seam"]})
        page.decisions.sort(key=lambda x: x["at"])


def _units(seams: Sequence[_Seam]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The units above and below the seams."""
    return np.array([seam.above for seam in seams], np.int64), np.array([seam.below for seam in seams], np.int64)


def _open(sheet: Sheet, X: Floats, page: PageDrafts) -> list[_Seam]:
    """Where the text above stands open, and nothing printed says that another begins below."""
    every = [
        _Seam(d, i, above[-1][1], below[0][1])
        for d in page.drafts
        for i, (above, below) in enumerate(pairwise(d.paragraphs), 1)
        if not {i - 1, i} & d.subheads
    ]
    if not every:
        return []
    above, below = _units(every)
    may = (sheet.cls[sheet.ends[above] - 1] & (OPEN | OPENS)) != 0
    may &= (sheet.indent[below] < 1) & ~X[below][:, _BEGINS].any(1)
    seams = [every[k] for k in np.flatnonzero(may).tolist()]
    return [seam for seam in seams if seam.below not in sheet.mark_before and seam.above + 1 not in sheet.mark_before]


def _join(d: Draft, i: int) -> None:
    d.paragraphs[i - 1 : i + 1] = [d.paragraphs[i - 1] + d.paragraphs[i]]
    d.subheads = {s - (s > i) for s in d.subheads}
