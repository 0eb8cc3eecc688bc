"""Pages in Traditional characters, read as if they were in Simplified ones.

What a line is was learned from Simplified pages, and the tables of words know those: :func:`read_so` gives what weighs a page its
text with every Traditional character as its Simplified one, each at its place. Records are made from the source as it was delivered
(:func:`qingyang.spacing.as_delivered`), so that nothing of this shows in them.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qingyang.lines import Sheet


@lru_cache(maxsize=1)
def fold() -> NDArray[np.uint32]:
    """Code point → code point, Traditional characters as Simplified: the tables know Simplified prose.

    >>> [chr(fold()[ord(c)]) for c in "國乾国"]
    ['国', '乾', '国']
    """
    raw = resources.files("qingyang").joinpath("model", "fold.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        out = np.arange(0x30000, dtype=np.uint32)
        out[z["pairs"][:, 0]] = z["pairs"][:, 1]
    return out


@cache
def forms() -> dict[int, str]:
    """The same as a table for :meth:`str.translate`: what changes, and nothing else."""
    table = fold()
    return {int(c): chr(table[c]) for c in np.flatnonzero(table != np.arange(len(table)))}


def simplified(text: str) -> str:
    """The text with its Traditional characters as Simplified ones. Only looked at, never handed on; every character keeps its place.

    >>> simplified("新華社臺北十四日電")
    '新华社台北十四日电'
    """
    return text.translate(forms())


BOTH = {
    "衞": "卫",
    "於": "于",
    "後": "后",
    "徵": "征",
    "夥": "伙",
    "菸": "烟",
    "鎔": "镕",
    "瞭": "了",
    "乾": "干",
    "揹": "背",
    "甦": "苏",
    "藉": "借",
}
"""Characters that Simplified text keeps for names and old words, and a form that the table lacks; on a page in Traditional characters
they are the everyday ones."""
TRADITIONAL = 0.05
"""Of the characters of a page in Traditional ones a third are not Simplified; of any other next to none."""


def read_so(sheet: Sheet) -> None:
    """From here on the page is looked at in Simplified characters."""
    from qingyang.lines import HAN, classes

    codes = fold().take(sheet.cps, mode="clip")
    np.copyto(codes, sheet.cps, where=sheet.cps >= len(fold()))
    changed = np.count_nonzero(codes != sheet.cps)
    if not changed:
        return
    if changed >= TRADITIONAL * np.count_nonzero(sheet.cls & HAN):
        for traditional, plain in BOTH.items():
            codes[codes == ord(traditional)] = ord(plain)
    sheet.source = replace(sheet.source, text=codes.tobytes().decode("utf-32-le", "surrogatepass"))
    sheet.cps, sheet.cls = codes, classes(codes)
