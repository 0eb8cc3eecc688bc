"""Paragraphs that are one by their words: 中央人民 | 广播电台.

Where a block of recognised text, or a column, ends in mid-sentence, and the next paragraph of the same article goes on with words that
hardly ever begin a text and often follow those above, the line end stands inside a paragraph, whatever else speaks for a new one.
"""

from __future__ import annotations

import numpy as np

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


def mend(sheet: Sheet, X: Floats, page: PageDrafts) -> PageDrafts:
    """The page with such paragraphs made one."""
    asked = [(d, i, d.paragraphs[i - 1][-1][1], d.paragraphs[i][0][1]) for d in page.drafts for i in range(1, len(d.paragraphs))]
    asked = [(d, i, a, b) for d, i, a, b in asked if not {i - 1, i} & d.subheads and _may(sheet, X, a, b)]
    if not asked:
        return page
    above, below = (np.array(side) for side in zip(*((a, b) for _, _, a, b in asked), strict=True))
    left, right = edges(sheet, above, below)
    each = np.arange(len(asked))
    gains = ngrams.gains(ngrams.Ends.of(left), ngrams.Starts.of(right), each, each)
    known = weighed(belongs(left, right, None, [(k, k + 1) for k in each.tolist()]), gains)
    opened = (sheet.cls[sheet.ends[above] - 1] & OPENS) != 0
    # from the foot of each article up, so that the numbers of the paragraphs above stay
    for k in np.flatnonzero((known >= RUNS_ON) | (gains >= FOLLOWS) | opened).tolist()[::-1]:
        d, i, _, b = asked[k]
        _join(d, i)
        page.decisions.append({"at": int(sheet.starts[b]), "rule": "join.words", "because": ["the words run on across the seam"]})
    page.decisions.sort(key=lambda x: x["at"])
    return page


def _may(sheet: Sheet, X: Floats, above: int, below: int) -> bool:
    """Does the text above stand open, and does nothing printed say that another begins below?"""
    if not sheet.cls[sheet.ends[above] - 1] & (OPEN | OPENS) or sheet.indent[below] >= 1 or X[below, _BEGINS].any():
        return False
    return below not in sheet.mark_before and above + 1 not in sheet.mark_before


def _join(d: Draft, i: int) -> None:
    d.paragraphs[i - 1 : i + 1] = [d.paragraphs[i - 1] + d.paragraphs[i]]
    d.subheads = {s - (s > i) for s in d.subheads}
