"""How a page is looked at while its lines are weighed: in the characters that its rules and tables know.

The same story comes in Traditional characters, with 「corner quotes」, with the radical ⼈ where 人 is printed, with a half-width comma
between ideographs. None of this says anything of what a line is, so :func:`read_so` gives what weighs a page its text without it, each
character at its place. Records are made from the source as it was delivered (:func:`qingyang.spacing.as_delivered`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qingyang import characters
from qingyang.codes import code_points
from qingyang.patterns import compile_pattern
from qingyang.simplified import fold

if TYPE_CHECKING:
    from qingyang.lines import Sheet

_STOP = compile_pattern("(?<=[\u3400-\u9fff”）》])[.](?![0-9A-Za-z.])")

STAND_INS = frozenset(
    f"char.{rule}"
    for rule in (
        "kangxi-radical",
        "cjk-radical",
        "compatibility-ideograph",
        "vertical-form",
        "small-form",
        "halfwidth-form",
    )
)
"""Rules of ``rules/characters.toml`` whose plain characters are looked at; digits and letters keep the width they were printed in."""
NARROW = frozenset(("char.halfwidth-punctuation", "char.halfwidth-parenthesis"))
"""The same on a page whose marks are half-width throughout."""
QUOTES = {"「": "“", "」": "”", "『": "‘", "』": "’"}
"""GB/T 15834-2011 5.1 and the Ministry of Education's 重訂標點符號手冊 (2008): the same marks on either side of the strait."""
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
    """From here on the page is looked at in plain Simplified characters."""
    from qingyang.lines import HAN, classes

    codes = plain(sheet.source.text)
    if np.array_equal(codes, sheet.cps):
        return
    cls = classes(codes)
    changed = np.count_nonzero((codes != sheet.cps) & ((cls & HAN) != 0))
    if changed >= TRADITIONAL * np.count_nonzero(cls & HAN):
        codes = _both().take(codes, mode="clip")
        cls = classes(codes)
    sheet.source = replace(sheet.source, text=codes.tobytes().decode("utf-32-le", "surrogatepass"))
    sheet.cps, sheet.cls = codes, cls


def plain(text: str) -> NDArray[np.uint32]:
    """The code points of a text with plain marks and Simplified characters, one for each of its own.

    >>> plain("「中国⼈⺠」,臺北,金門.\\n2.5").tobytes().decode("utf-32-le")
    '“中国人民”，台北，金门。\\n2.5'
    """
    codes = code_points(text)
    known = fold()
    out = known.take(codes, mode="clip")
    np.copyto(out, codes, where=codes >= len(known))
    narrow = _narrow(text)
    for e in characters.normalise(text) if narrow or _stands_in().take(codes, mode="clip").any() else ():
        if (e.rule in STAND_INS or (narrow and e.rule in NARROW)) and len(e.after) == e.end - e.start:
            out[e.start : e.end] = known[code_points(e.after)]
    for printed, mark in QUOTES.items():
        out[out == ord(printed)] = ord(mark)
    if narrow:
        out[[m.start() for m in _STOP.finditer(text)]] = ord("。")
    return out


@lru_cache(maxsize=1)
def _stands_in() -> NDArray[np.bool_]:
    """Code point → whether a rule of :data:`STAND_INS` may be about it; the last stands for all beyond it."""
    out = np.zeros(0x20000, np.bool_)
    for lo, hi in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFE10, 0xFE6F), (0xFF61, 0xFF65), (0x1FFFF, 0x1FFFF)):
        out[lo : hi + 1] = True
    return out


def _narrow(text: str) -> bool:
    """Are most marks of a text half-width ones? Where only some are, they are what an engine misread, and weighed as such."""
    return text.count(",") > text.count("，") + text.count("、")


@lru_cache(maxsize=1)
def _both() -> NDArray[np.uint32]:
    out = np.arange(0x30000, dtype=np.uint32)
    for printed, everyday in BOTH.items():
        out[ord(printed)] = ord(everyday)
    return out
