"""Finds, over the pages of an issue, the tail of every article that jumps.

Which head and which tail belong together is decided for the whole issue at once: page numbers in the jump lines, a
repeated headline, the words both parts share, the seam. A head whose tail is not in the issue stays incomplete, and so does
a tail without a head.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qingyang.lines import Sheet
from qingyang.split import Draft, PageDrafts

Chain = list[Draft]

_HAN = re.compile("[\u3400-\u9fff]")


def _text(sheet: Sheet, d: Draft) -> str:
    return "".join(sheet.unit(k) for para in d.paragraphs for _, k in para)


def _head(sheets: Sequence[Sheet], d: Draft) -> str:
    return "".join(_HAN.findall("".join(sheets[s].unit(k) for s, k in d.kicker + d.headline)))


def _grams(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1) if _HAN.match(text[i]) and _HAN.match(text[i + 1]))


def stitch(sheets: Sequence[Sheet], pages: Sequence[PageDrafts]) -> list[Chain]:
    """Every article of the issue as the chain of its parts, in reading order."""
    drafts = [d for p in pages for d in p.drafts]
    heads = [d for d in drafts if d.jump_out]
    tails = [d for d in drafts if d.jump_in]
    label = {k: s.source.page for k, s in enumerate(sheets)}
    scored: list[tuple[float, int, int]] = []
    words = {id(d): _grams(_text(sheets[d.sheet], d)) for d in heads + tails}
    spread: Counter[str] = Counter(g for w in words.values() for g in w)
    for i, h in enumerate(heads):
        for j, t in enumerate(tails):
            if h is t or h.sheet == t.sheet:
                continue
            assert h.jump_out and t.jump_in
            score = 0.0
            to, back = h.jump_out[1].page, t.jump_in[1].page
            here, there = label[h.sheet], label[t.sheet]
            if (to and there and to != there) or (back and here and back != here):
                continue
            score += 2.0 * bool(to and to == there) + 2.0 * bool(back and back == here)
            a, b = _head(sheets, h), _head(sheets, t)
            if a and b:
                share = len(set(_grams(a)) & set(_grams(b))) / max(1, min(len(_grams(a)), len(_grams(b))))
                score += 6.0 * share - 1.5
            wa, wb = words[id(h)], words[id(t)]
            common = sum(1.0 / spread[g] for g in wa if g in wb)
            score += 3.0 * common / (1 + min(len(wa), len(wb))) ** 0.5
            scored.append((score, i, j))
    scored.sort(key=lambda s: -s[0])
    after: dict[int, Draft] = {}
    used: set[int] = set()
    for score, i, j in scored:
        if score > 0.5 and i not in {k for k in after} and j not in used:
            after[i] = tails[j]
            used.add(j)
    follows = {id(heads[i]): t for i, t in after.items()}
    taken = {id(t) for t in after.values()}
    chains: list[Chain] = []
    for d in drafts:
        if id(d) in taken:
            continue
        chain = [d]
        while id(chain[-1]) in follows and len(chain) < 20:
            chain.append(follows[id(chain[-1])])
        chains.append(chain)
    return chains
