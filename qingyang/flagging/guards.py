"""Where the language table must not be trusted: names of people, foreign names, numerals, strings of old or playful Chinese.

A mask says for each word of a paragraph whether it may belong to a name. It is generous: a name wrongly suspected is
worse than an error missed beside one.
"""

from __future__ import annotations

from functools import lru_cache

from qingyang.fields import surnames
from qingyang.flagging.language import Language, is_han, rules

NUMERALS = frozenset("〇零○一二三四五六七八九十百千万亿两几第多")
_RULES = rules()["names"]
TITLES = frozenset(_RULES["titles"].split())
PERSONAL = frozenset(t for t in TITLES if t[-1] in "长员记者席任手士师理人相使统督王将帅") | {"副委员长", "委员长", "大使", "书记", "教授"}
"""Titles after which single characters spell a name, whatever its family name."""
_BEFORE = frozenset("、，。（“”：；\u3000 和与及同跟》·？！—…\x02")
_AFTER = frozenset(_RULES["after"].split()) | {"\x02", "\u3000"}
_NEVER_GIVEN = frozenset(_RULES["never_given"])
STRONG = frozenset(_RULES["family"].replace("\n", ""))
"""Characters that stand alone in a text hardly ever but as a family name."""


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    single, double = surnames()
    return single | double


def names(words: list[str], language: Language, *, cut_off: bool = False) -> list[bool]:
    """For each word, whether it may be part of a person's or a foreign name; ``cut_off`` tells that text stands before.

    >>> from qingyang.flagging.language import language
    >>> cut = language().cut("市公安局局长刘志娇告诉记者")
    >>> [w for w, m in zip(cut, names(cut, language())) if m]
    ['刘', '志', '娇']
    """
    family = _surnames()
    n = len(words)
    mask = [False] * n
    single = [len(w) == 1 and is_han(w) for w in words]
    for k, word in enumerate(words):
        if len(word) > 1:
            if word in language.people:
                mask[k] = True
            if word in PERSONAL:
                for x in range(k + 1, min(n, k + 4)):
                    if not single[x] or words[x] in _NEVER_GIVEN:
                        break
                    mask[x] = True
        if not is_han(word):
            if word in "·•":
                _spread(words, mask, k)
            continue
        alone = word in family
        if not alone and not (len(word) == 2 and word[0] in family):
            continue
        before = words[k - 1] if k else "" if cut_off else "\x02"
        introduced = before in TITLES or before in _BEFORE or (len(before) > 1 and before[-1] in "长员记者席任家手士师授")
        for given in (1, 2):
            length, e = 0, k
            while length < (given if alone else 1) and e + 1 < n and is_han(words[e + 1]):
                e += 1
                length += len(words[e])
            if length != (given if alone else 1) or any(words[x] in _NEVER_GIVEN for x in range(k + 1, e + 1)):
                continue
            after = words[e + 1] if e + 1 < n else "\x02"
            if introduced and (after in _AFTER or after in TITLES or before in TITLES or before in "、（"):
                mask[k : e + 1] = [True] * (e + 1 - k)
        if word in STRONG and not mask[k]:
            mask[k] = True
            for x in (k + 1, k + 2):
                if x >= n or words[x] in _NEVER_GIVEN or not (single[x] or (x == k + 1 and len(words[x]) == 2 and is_han(words[x]))):
                    break
                mask[x] = True
                if len(words[x]) == 2:
                    break
    k = 0
    while k < n:
        e = k
        while e < n and is_han(words[e]) and all(c in language.foreign for c in words[e]):
            e += 1
        if sum(map(len, words[k:e])) >= 3 and any(single[k:e]):
            mask[k:e] = [True] * (e - k)
        k = max(e, k + 1)
    return mask


def _spread(words: list[str], mask: list[bool], dot: int) -> None:
    """Marks the Han words on both sides of the dot inside a foreign name."""
    for step in (-1, 1):
        x, length = dot + step, 0
        while 0 <= x < len(words) and is_han(words[x]) and length < 5 and words[x] not in _NEVER_GIVEN:
            mask[x] = True
            length += len(words[x])
            x += step
