"""What speaks for and against a repair, in points: the gain of the word table, and what print and article add.

The weights are round numbers set by hand; :data:`THRESHOLD` and the constants of each kind were measured on composed
newspaper pages with four injected errors in a thousand characters.
"""

from __future__ import annotations

from itertools import permutations
from math import exp
from typing import NamedTuple

from qingyang.flagging.language import Language, rules

THRESHOLD = 0.47
"""Confidence from which a repair is told. Lower, more errors are found and more sound text is suspected; the figures for several
thresholds stand in bench/language/README.md."""
STEEPNESS = 0.65
SHIFT = {"doubled": 0.6, "lookalike": 0.3, "swapped": 0.1, "homophone": -0.3, "extra": -0.4, "dropped": -0.7, "phrase": 0.0}
"""Points become a probability with these, measured on pages with injected errors (bench/language/README.md): hand-set
weights are too sure of themselves."""
LEAST_GAIN = {"doubled": 4.0, "extra": 8.0, "dropped": 5.0, "lookalike": 5.0, "homophone": 3.4, "swapped": 6.0, "phrase": 3.0}
"""Repairs that gain less are not weighed: nothing could lift them over the threshold."""

_CONFUSED, _CHARACTERS = rules()["confused"], rules()["characters"]
_TAKEN_FOR_EACH_OTHER = frozenset(pair for group in _CONFUSED["pairs"].split() for pair in permutations(group, 2))
_SURE = frozenset((group[0], group[1]) for group in _CONFUSED["sure"].split())
_VARIANTS = frozenset(_CONFUSED["variants"])
_SHORT_NAMES, _BODIES, _MEASURES, _INFIXES = (frozenset(_CHARACTERS[key]) for key in ("short_names", "bodies", "measures", "infixes"))
NEVER_TWICE = frozenset("的了是在和与")
"""Words that are doubled by mistake only."""
_OPENING, _CLOSING = frozenset("“《『「‘（("), frozenset("”》』」’）)")


class Place(NamedTuple):
    """A repair where it stands: characters ``start:end`` of ``text``, a paragraph of the article ``whole``."""

    whole: str
    text: str
    start: int
    end: int
    suggestion: str
    kind: str
    gain: float


def taken(was: str, now: str) -> bool:
    """Whether writers really confuse the two; else a single character needs a gain of 9 and more."""
    return (was, now) in _TAKEN_FOR_EACH_OTHER or (was, now) in _SURE


def confidence(points: float, kind: str) -> float:
    """The share of flags with so many points that are right."""
    return 1 / (1 + exp(-STEEPNESS * points - SHIFT[kind]))


def points(place: Place, tongue: Language, left: int, middle: int, right: int) -> float:
    """Points for the repair; ``left``, ``middle`` and ``right`` number the word before, the first inside, the word after."""
    whole, text, start, end, new, kind, gain = place
    old = text[start:end]
    if whole.count(text[start - 1 : end + 1]) > 1:
        return -9.0  # printed so elsewhere in the article: a name or a turn of its own
    if kind == "doubled":
        return _doubled(place)
    if kind == "extra" and old not in "的地了个" and old in (text[start - 2 : start - 1], text[end + 1 : end + 2]):
        return -9.0  # 有胜有负, 买官卖官
    odds = -1.2 * ((text[start - 1] in _OPENING) + (text[end : end + 1] in _CLOSING and end < len(text)))
    if kind == "extra":
        return odds + _extra(place, tongue, tongue.steps.attested(left, right))
    number = tongue.number[new]
    beside = tongue.steps.attested(left, number) + tongue.steps.attested(number, right)
    elsewhere = new in whole
    alone = tongue.alone(middle)
    if kind == "dropped":
        odds += (gain - 7.3) / 1.6 + 0.6 * elsewhere
        if len(old) == 1 and tongue.glues(text, start, end):
            odds += 0.8
        if len(new) > 2:
            odds += 1.0
        else:
            # A noun or verb cut in half is likelier than 较 for 比较, 句 for 一句.
            odds += -1.2 if tongue.tag(middle)[0] in "dprqmzf" else 0.3
            odds -= 1.5 * (alone > -8.0) + 0.7 * (beside == 2)
        if (len(old) > 1 and _SHORT_NAMES.issuperset(old)) or (old[0] in _SHORT_NAMES and _SHORT_NAMES.issuperset(new[:2])):
            odds -= 3.0
        return odds
    if kind == "phrase":
        if tongue.tag(middle)[0] in (tongue.tag(number)[0], "r"):
            return -9.0  # 没 for 没有, 存 for 存在
        return odds + min(2.0, (gain - 3.0) / 2.0)
    if kind == "swapped":
        odds += (gain - 8.8) / 1.8 + 0.8 * elsewhere + 1.0 * (beside > 0) - 0.3 * (len(new) > 2)
        return odds - 4.0 * (sum(c in _SHORT_NAMES for c in old) > 1)
    if kind == "lookalike":
        return odds + (gain - 7.5) / 1.2 + 0.6 * elsewhere + 0.4 * (beside > 0)
    around = odds
    was, now = next((a, b) for a, b in zip(old, new, strict=True) if a != b)
    odds += (gain - 10.8) / 2.0 + 0.7 * elsewhere + 0.6 * (beside > 0) + 0.7 * (len(new) > 2)
    if (was, now) in _SURE:
        return around + (gain - 3.2) / 1.2 + _after_de(tongue, right, now)
    if (was, now) in _TAKEN_FOR_EACH_OTHER:
        odds += 2.2
    elif len(new) == 1:
        odds -= 0.5 + 1.5 * (alone < -11.0)
    elif len(new) == 2 and not beside and not elsewhere:
        odds -= 0.6
    if {was, now} == _VARIANTS or was == "市":
        odds -= 4.0
    if was in _SHORT_NAMES and len(new) == 2:
        odds -= 0.7
    return odds - 1.0 * (len(old) > 1 and whole.count(old) > 1)


def _after_de(tongue: Language, right: int, now: str) -> float:
    """的 stands before nouns; before verbs 地 is right, and before a mark it is the noun."""
    tag = tongue.tag(right)
    if now != "的" or tag.startswith("n"):
        return 0.3
    return -3.0 if tag == "x" or right == 0 else -1.5 if tag[0] in "vdpfcr" else 0.0


def _doubled(place: Place) -> float:
    text, start, gain = place.text, place.start, place.gain
    c = text[start]
    first = start - 1 if text[start - 1] == c else start
    before, after = text[max(0, first - 2) : first], text[first + 2 : first + 4]
    odds = (gain - 5.5) / 1.6
    if before.endswith("一") or (len(after) == 2 and after[0] == after[1]) or (len(before) == 2 and before[0] == before[1]):
        odds -= 4.0  # 一枚枚, 涨涨落落
    if c in _MEASURES:
        odds -= 1.5  # 年年, 户户
    elif c in NEVER_TWICE:
        odds = max(odds, 0.5)
    if c in _BODIES and after[:1] and after[0] in "长员委属内外办里门民":
        odds -= 4.0  # 民工队队长
    return min(odds, 3.0)


def _extra(place: Place, tongue: Language, attested: bool) -> float:
    """A character between two that make a word without it."""
    text, start, end = place.text, place.start, place.end
    cover = ""
    for length in (4, 3, 2):
        for k in range(length - 1, 0, -1):
            word = text[max(0, start - k) : start] + text[end : end + length - k]
            if not cover and len(word) == length and word in tongue.number:
                cover = word
    odds = 0.3 * attested + 0.5 * (whole_count(place) > 0)
    c = text[start]
    if c in "的地个了在对这" and len(cover) in (2, 3):
        # 战了略: no noun is opened by a particle; verbs are (题了词).
        return odds + (place.gain - 9.5) / 2.0 - 2.0 * (c not in "的地" and tongue.tag(tongue.number[cover])[0] in "va")
    odds += (place.gain - 16.0) / 2.0 + {0: -1.5, 2: -0.5}.get(len(cover), 0.5) + (0.3 if tongue.glues(text, start, end) else -0.8)
    if len(cover) == 4 and text[start - 2 : start] + text[end : end + 2] == cover:
        odds -= 2.5  # 从头翻至尾: a set phrase opened on purpose
    return odds - 1.0 * (c in _INFIXES)


def whole_count(place: Place) -> int:
    """How often the repaired passage stands elsewhere in the article."""
    text, start, end = place.text, place.start, place.end
    return place.whole.count(text[max(0, start - 2) : start] + text[end : end + 2])
