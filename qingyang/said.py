"""Does what stands across a seam stand elsewhere on the page, too? The names and phrases of a story come back in it.

``钱其 | 琛会见了`` joins where 钱其琛 stands whole in another line. What no dictionary and no corpus knows, the page itself knows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import lines
from qingyang.lines import Sheet
from qingyang.seams import Lexicon, hashed_on, word_hash
from qingyang.simplified import fold

Codes = NDArray[np.uint32]

LONGEST = 5
"""Characters of the longest run asked for."""
_WIDER = ((2, 1), (1, 2), (2, 2), (3, 1), (1, 3), (3, 2), (2, 3))
"""Characters before and after a seam, asked for where the two at the seam are found."""


class Said(NamedTuple):
    """What a page says: the runs of 2 to :data:`LONGEST` Han characters inside its lines."""

    runs: Lexicon

    @classmethod
    def on(cls, sheet: Sheet) -> Said:
        codes = fold().take(sheet.cps, mode="clip")
        at = np.arange(len(codes))
        unit = np.searchsorted(sheet.starts, at, "right") - 1
        good = ((sheet.cls & lines.HAN) != 0) & (unit >= 0) & (at < sheet.ends[np.maximum(unit, 0)])
        joined = good[1:] & good[:-1] & (unit[1:] == unit[:-1])
        found, begins = [], good
        for size in range(2, LONGEST + 1):
            begins = begins[:-1] & joined[size - 2 :]
            here = np.flatnonzero(begins)
            found.append(word_hash(codes[here[:, None] + np.arange(size)]))
        keys = np.unique(np.concatenate(found))
        return cls(Lexicon.of(keys, np.ones(len(keys), np.float32)))

    def across(self, left: Codes, right: Codes, above: NDArray[np.intp], below: NDArray[np.intp]) -> NDArray[np.intp]:
        """The length of the longest run across each seam that stands in some line of the page; 0 where none does.

        ``left`` holds the last code points of texts, nearest last, ``right`` the first of others, nearest first; seam ``k`` is where
        text ``below[k]`` follows text ``above[k]``.

        >>> from qingyang.lines import read_lines
        >>> from qingyang.records import Source
        >>> said = Said.on(read_lines(Source("1.txt", "国务院副总理钱其琛会见了日本客人。", "")))
        >>> codes = lambda *texts: np.array([[ord(c) for c in t] for t in texts], np.uint32)
        >>> said.across(codes("副总理钱其"), codes("琛指出，", "增长百分"), np.array([0, 0]), np.array([0, 1])).tolist()
        [4, 0]
        """
        left, right = fold().take(left, mode="clip"), fold().take(right, mode="clip")
        out = np.zeros(len(above), np.intp)
        out[self._stand(left[above, -1:], right[below], 1)] = 2
        known = np.flatnonzero(out)
        left, right = left[above[known]], right[below[known]]
        for before, behind in _WIDER:
            hit = known[self._stand(left[:, -before:], right, behind)]
            out[hit] = np.maximum(out[hit], before + behind)
        return out

    def _stand(self, left: Codes, right: Codes, behind: int) -> NDArray[np.bool_]:
        number = word_hash(left)
        for k in range(behind):
            number = hashed_on(number, right[:, k])
        return self.runs.find(number) > 0
