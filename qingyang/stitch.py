"""Finds, over the pages of an issue, the tail of every article that jumps.

Which head and which tail belong together is decided for the whole issue at once: page numbers in the jump lines, a
repeated headline, the words both parts share, the seam. A head whose tail is not in the issue stays incomplete, and so does
a tail without a head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from qingyang import seams
from qingyang.codes import code_points
from qingyang.lines import Sheet
from qingyang.patterns import compile_pattern
from qingyang.split import Draft, PageDrafts

Chain = list[Draft]

_HAN = compile_pattern("[\u3400-\u9fff]")


def _text(sheet: Sheet, d: Draft) -> str:
    text, starts, ends = sheet.source.text, sheet.starts, sheet.ends
    units = [k for para in d.paragraphs for _, k in para]
    return "".join([text[a:b] for a, b in zip(starts[units].tolist(), ends[units].tolist(), strict=True)]) if units else ""


def _head(sheets: Sequence[Sheet], d: Draft) -> str:
    return "".join(_HAN.findall("".join(sheets[s].unit(k) for s, k in d.kicker + d.headline)))


def _grams(text: str) -> Counter[int]:
    """The pairs of Han characters of a text, as numbers, and how often each stands there."""
    codes = code_points(text)
    han = (codes >= 0x3400) & (codes <= 0x9FFF)
    return Counter(((codes[:-1] << 16) | codes[1:])[han[:-1] & han[1:]].tolist())


def same_page(a: str, b: str) -> bool:
    """Two labels of one page: in a paper with sections, "A7" in print is "7" in a file's name.

    >>> same_page("A7", "7"), same_page("A7", "B7"), same_page("7", "8")
    (True, False, False)
    """
    return a == b or (a.lstrip("ABCDEFGH") == b.lstrip("ABCDEFGH") and (a.isdigit() or b.isdigit()))


def _seam(sheets: Sequence[Sheet], h: Draft, t: Draft) -> float:
    """Does the first line of the tail go on with the last line of the head? In [-1, 1]; 0 where nothing tells."""
    if not h.paragraphs or not t.paragraphs:
        return 0.0
    (a, i), (b, j) = h.paragraphs[-1][-1], t.paragraphs[0][0]
    above, below = sheets[a].unit(i), sheets[b].unit(j)
    if above[-1] in "。！？!?”’）)…":
        return 0.0 if sheets[b].indent[j] < 1 else 0.3
    left = np.zeros((1, seams.LEFT), np.uint32)
    right = np.zeros((1, seams.RIGHT), np.uint32)
    tail, front = above[-seams.LEFT :], below[: seams.RIGHT]
    left[0, seams.LEFT - len(tail) :] = [ord(c) for c in tail]
    right[0, : len(front)] = [ord(c) for c in front]
    e = seams.evidence(left, right)[0]
    return float(np.clip((e[0] + seams.reads_on(left, right)[0]) / 4 + max(e[1:4]) / 8, -1, 1))


NEEDED = 1.0
"""A head and a tail belong together from this score on: one page number that fits and some likeness, or a headline."""


def stitch(sheets: Sequence[Sheet], pages: Sequence[PageDrafts]) -> list[Chain]:
    """Every article of the issue as the chain of its parts, in reading order."""
    drafts = [d for p in pages for d in p.drafts]
    tails = [d for d in drafts if d.jump_in]
    marked = [d for d in drafts if d.jump_out]
    if not tails and not marked:
        return [[d] for d in drafts]
    label = {k: s.source.page for k, s in enumerate(sheets)}
    # a jump line that the reading lost: the other end and the headline may still tell
    back_to = {d.jump_in[1].page for d in tails if d.jump_in}
    on_to = {d.jump_out[1].page for d in marked if d.jump_out}
    heads = marked + [d for d in drafts if not d.jump_out and d.has_body and any(_fits(label[d.sheet], b) for b in back_to)]
    tails = tails + [d for d in drafts if not d.jump_in and d.has_body and any(_fits(label[d.sheet], b) for b in on_to)]
    texts = {id(d): _grams(_text(sheets[d.sheet], d)) for d in {id(d): d for d in heads + tails}.values()}
    spread: Counter[int] = Counter()
    for w in texts.values():
        spread.update(w.keys())

    @cache
    def size(k: int) -> float:
        return float(sum([(n / spread[g]) ** 2 for g, n in texts[k].items()]) ** 0.5 + 1e-6)

    titles = {id(d): set(_grams(_head(sheets, d))) for d in heads + tails}
    scored: list[tuple[float, int, int]] = []
    for i, h in enumerate(heads):
        for j, t in enumerate(tails):
            if h is t or h.sheet == t.sheet or not (h.jump_out or t.jump_in):
                continue
            to = h.jump_out[1].page if h.jump_out else None
            back = t.jump_in[1].page if t.jump_in else None
            here, there = label[h.sheet], label[t.sheet]
            if (to and there and not same_page(to, there)) or (back and here and not same_page(back, here)):
                continue
            a, b = titles[id(h)], titles[id(t)]
            same = len(a & b) / min(len(a), len(b)) if a and b else 0.0
            if not (h.jump_out and t.jump_in) and same < 0.6:
                continue
            w, v = texts[id(h)], texts[id(t)]
            small, large = (w, v) if len(w) < len(v) else (v, w)
            like = sum(n * large[g] / spread[g] ** 2 for g, n in small.items() if g in large) / (size(id(h)) * size(id(t)))
            score = 1.0 * bool(to and there) + 1.0 * bool(back and here) + 8.0 * like + _seam(sheets, h, t)
            score += 5.0 * same - (2.0 if a and b and same < 0.2 else 0.0) - 2.0 * (not h.jump_out) - 2.0 * (not t.jump_in)
            scored.append((score, i, j))
    scored.sort(key=lambda s: (-s[0], s[1], s[2]))
    follows: dict[int, Draft] = {}
    taken: set[int] = set()
    for score, i, j in scored:
        h, t = heads[i], tails[j]
        if score < NEEDED or id(h) in follows or id(t) in taken or _leads_back(follows, t, h):
            continue
        follows[id(h)] = t
        taken.add(id(t))
    chains: list[Chain] = []
    for d in drafts:
        if id(d) in taken:
            continue
        chain = [d]
        while id(chain[-1]) in follows:
            chain.append(follows[id(chain[-1])])
        chains.append(chain)
    return chains


def _fits(label: str | None, page: str | None) -> bool:
    return bool(label and page and same_page(label, page))


def _leads_back(follows: dict[int, Draft], start: Draft, goal: Draft) -> bool:
    here: Draft | None = start
    while here is not None:
        if here is goal:
            return True
        here = follows.get(id(here))
    return False
