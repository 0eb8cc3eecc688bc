"""Pages whose engine put a blank between every two characters, 中 国 人 民, or behind every mark, read as if it had not.

A line of such a page is half as wide again as it was printed, no pattern knows its words, and its blanks look like the room between
columns. :func:`closed_up` gives the page without them, for all that weighs lines and words; :func:`as_delivered` puts what was found
there back to where it stands in the source, from which alone records are made. The blanks themselves are taken out of the records
under a rule of their own (:data:`RULE`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qingyang import codes
from qingyang.records import Edit, Source

if TYPE_CHECKING:
    from qingyang.lines import Mark, Sheet
    from qingyang.split import PageDrafts

RULE = "char.blank-letter-spaced"
SHARE, LEAST = 0.6, 60
"""Of the ideographs that follow one another in a line so many have one blank between them, and so many pairs say so: a page with
some spaced headlines, or a row of names, is none of these."""
_BLANK = 0x20


def spaced(text: str) -> NDArray[np.int64]:
    """Where the blanks of a letter-spaced text are; nowhere in any other.

    >>> spaced("中 国 人 民 站 起 来 了 " * 9)[:4].tolist(), spaced("中国人民 站起来了 " * 9).tolist()
    ([1, 3, 5, 7], [])
    """
    if text.count(" ") < LEAST:
        return np.zeros(0, np.int64)
    cps = codes.code_points(text)
    han = (cps >= 0x3400) & (cps <= 0x9FFF)
    digit = (cps >= 0x30) & (cps <= 0x39)
    word = digit | ((cps | 0x20) >= 0x61) & ((cps | 0x20) <= 0x7A)
    at = np.flatnonzero(cps[1:-1] == _BLANK) + 1
    # one blank, within a line
    at = at[(cps[at - 1] > _BLANK) & (cps[at + 1] > _BLANK) & (cps[at - 1] != 0x3000) & (cps[at + 1] != 0x3000)]
    if not _mostly(han, at):
        return np.zeros(0, np.int64)
    inside = word[at - 1] & word[at + 1]
    if _mostly(digit, at):
        inside &= ~(digit[at - 1] & digit[at + 1])
    out: NDArray[np.int64] = at[~inside]
    return out


def _mostly(signs: NDArray[np.bool_], at: NDArray[np.int64]) -> bool:
    """Do such signs mostly stand apart?"""
    apart = int(np.count_nonzero(signs[at - 1] & signs[at + 1]))
    touching = int(np.count_nonzero(signs[1:] & signs[:-1]))
    return apart >= LEAST and apart >= SHARE * (apart + touching)


_MARKS = np.array([ord(c) for c in "，。、；：！？,;:!?.”）》"], np.uint32)


def behind_marks(text: str) -> NDArray[np.int64]:
    """Where the blanks are that an engine put behind every mark: 今天， 我们隆重召开大会， 表彰. Nowhere in any other text.

    >>> spaced_out, other = "今天， 我们隆重召开大会， 表彰劳模。 " * 30, "今天， 我们开会，表彰劳模。" * 30
    >>> behind_marks(spaced_out)[:3].tolist(), behind_marks(other).tolist()
    ([3, 13, 19], [])
    """
    if text.count(" ") < LEAST // 2:
        return np.zeros(0, np.int64)
    cps = codes.code_points(text)
    mark = np.flatnonzero(np.isin(cps[:-2], _MARKS))
    han = (cps >= 0x3400) & (cps <= 0x9FFF)
    apart = mark[(cps[mark + 1] == _BLANK) & han[mark + 2]]
    touching = int(np.count_nonzero(han[mark + 1]))
    if len(apart) < LEAST // 2 or len(apart) < SHARE * (len(apart) + touching):
        return np.zeros(0, np.int64)
    out: NDArray[np.int64] = mark[(cps[mark + 1] == _BLANK) & (cps[mark + 2] > _BLANK) & (cps[mark + 2] != 0x3000)] + 1
    return out


def closed_up(source: Source) -> tuple[Source, NDArray[np.int64] | None]:
    """The source without its letter-spacing, and where each of the characters that remain stands; the source itself where it has none."""
    gone = np.union1d(spaced(source.text), behind_marks(source.text))
    if not len(gone):
        return source, None
    kept = np.delete(np.arange(len(source.text)), gone)
    text = codes.code_points(source.text)[kept].tobytes().decode("utf-32-le", "surrogatepass")
    return replace(source, text=text), kept


def blanks(source: Source, sheet: Sheet) -> list[Edit]:
    """The blanks to take out of the records of a letter-spaced page."""
    if sheet.delivered is None:
        return []
    kept = np.zeros(len(source.text), np.bool_)
    kept[sheet.delivered] = True
    for sign in sheet.markup.signs if sheet.markup else ():
        kept[sign.start : sign.end] = True
    return [Edit(k, k + 1, "", RULE) for k in np.flatnonzero(~kept).tolist()]


def as_delivered(source: Source, sheet: Sheet, page: PageDrafts) -> None:
    """Everything that was found on a page that was read with other characters, or without some, at its place in the source."""
    from qingyang.lines import classes

    if sheet.source is source:
        return
    sheet.source, sheet.cps = source, codes.code_points(sheet.markup.unseen(source.text) if sheet.markup else source.text)
    sheet.cls = classes(sheet.cps)
    at = sheet.delivered
    if at is None:
        return

    def moved(m: Mark) -> Mark:
        end = int(at[m.end - 1]) + 1 if m.end > m.start else int(at[min(m.start, len(at) - 1)])
        return m._replace(start=int(at[m.start]) if m.end > m.start else end, end=end)

    sheet.starts, sheet.ends = at[sheet.starts], at[sheet.ends - 1] + 1
    page.stray_marks = [moved(m) for m in page.stray_marks]
    for d in page.drafts:
        # a draft that was stitched to this one has its own page
        d.sign_off = [(n, moved(m)) for n, m in d.sign_off]
        d.jump_in = d.jump_in and (d.jump_in[0], moved(d.jump_in[1]))
        d.jump_out = d.jump_out and (d.jump_out[0], moved(d.jump_out[1]))
    for each in page.decisions:
        each["at"] = int(at[each["at"]])
