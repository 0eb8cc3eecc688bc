"""Finds, over the pages of an issue, the tail of every article that jumps.

Which head and which tail belong together is decided for the whole issue at once: page numbers in the jump lines, a
repeated headline, the words both parts share, the seam. A head whose tail is not in the issue stays incomplete, and so does
a tail without a head.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qingyang import ngrams, seams
from qingyang.codes import code_points
from qingyang.lines import Mark, Sheet
from qingyang.patterns import compile_pattern
from qingyang.split import Draft, PageDrafts
from qingyang.subheads import give_back

Chain = list[Draft]

_HAN = compile_pattern("[\u3400-\u9fff]")


def _text(sheet: Sheet, d: Draft) -> str:
    text, starts, ends = sheet.source.text, sheet.starts, sheet.ends
    units = [k for para in d.paragraphs for _, k in para]
    return "".join([text[a:b] for a, b in zip(starts[units].tolist(), ends[units].tolist(), strict=True)]) if units else ""


def _head(sheets: Sequence[Sheet], d: Draft) -> str:
    return "".join(_HAN.findall("".join(sheets[s].unit(k) for s, k in d.kicker + d.headline)))


def _grams(text: str) -> NDArray[np.uint32]:
    """The pairs of Han characters of a text, as numbers."""
    codes = code_points(text)
    han = (codes >= 0x3400) & (codes <= 0x9FFF)
    out: NDArray[np.uint32] = ((codes[:-1] << np.uint32(16)) | codes[1:])[han[:-1] & han[1:]]
    return out


def _alike(sheets: Sequence[Sheet], pairs: Sequence[tuple[Draft, Draft]], drafts: Sequence[Draft]) -> list[float]:
    """How alike the texts of each pair are: cosine of their pairs of Han characters; the more of ``drafts`` have one, the less it
    counts."""
    grams = {id(d): np.unique(_grams(_text(sheets[d.sheet], d)), return_index=True, return_counts=True) for d in drafts}
    known, spread = np.unique(np.concatenate([codes for codes, _, _ in grams.values()]), return_counts=True)

    @cache
    def counted(k: int) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
        """The pairs of a text in order of appearance, how often each stands there, and in how many texts."""
        codes, first, count = grams[k]
        order = np.argsort(first)
        return codes[order], count[order], spread[np.searchsorted(known, codes[order])]

    @cache
    def size(k: int) -> float:
        _, count, texts = counted(k)
        return float(sum([share**2 for share in (count / texts).tolist()]) ** 0.5 + 1e-6)

    out: list[float] = []
    for h, t in pairs:
        small, large = (id(h), id(t)) if len(grams[id(h)][0]) < len(grams[id(t)][0]) else (id(t), id(h))
        codes, count, texts = counted(small)
        there, _, often = grams[large]
        at = np.minimum(np.searchsorted(there, codes), max(len(there) - 1, 0))
        both = there[at] == codes if len(there) else np.zeros(len(codes), np.bool_)
        common = sum((count[both] * often[at[both]] / texts[both] ** 2).tolist())
        out.append(common / (size(id(h)) * size(id(t))))
    return out


USUAL = 0.004
"""Likeness of two texts that share nothing but their language."""


def same_page(a: str, b: str) -> bool:
    """Two labels of one page: in a paper with sections, "A7" in print is "7" in a file's name.

    >>> same_page("A7", "7"), same_page("A7", "B7"), same_page("7", "8")
    (True, False, False)
    """
    return a == b or (a.lstrip("ABCDEFGH") == b.lstrip("ABCDEFGH") and (a.isdigit() or b.isdigit()))


def _told(sheets: Sequence[Sheet], pairs: Sequence[tuple[Draft, Draft]], alike: Sequence[float]) -> list[float]:
    """Log-odds that each tail goes on with its head, by the words that both share and, where the head ends in mid-sentence, by the seam.

    Fitted on 224 pairs of composed issues whose page numbers allow both (161 of them right): no right pair has less than -2, and of the
    tails with several heads 35 of 38 find theirs, against 27 by likeness alone.
    """
    out = [-0.8 + 1.5 * float(np.log((like + USUAL) / (2 * USUAL))) for like in alike]
    known: list[int] = []
    left: list[str] = []
    right: list[str] = []
    for k, (h, t) in enumerate(pairs):
        if not h.paragraphs or not t.paragraphs:
            continue
        above = "".join([sheets[n].unit(i) for n, i in h.paragraphs[-1][-_LINES:]])
        if above[-1] in "。！？!?”’）)…":
            continue
        known.append(k)
        left.append(above[-_SEEN:].rjust(_SEEN, "\0"))
        right.append("".join([sheets[n].unit(i) for n, i in t.paragraphs[0][:_LINES]])[:_SEEN].ljust(_SEEN, "\0"))
    if known:
        before, after = code_points("".join(left)).reshape(-1, _SEEN), code_points("".join(right)).reshape(-1, _SEEN)
        each = np.arange(len(known))
        belongs = seams.belongs(before[:, -seams.LEFT :], after[:, : seams.RIGHT], None, [(k, k + 1) for k in each.tolist()])
        gains = ngrams.gains(ngrams.Ends.of(before), ngrams.Starts.of(after), each, each)
        for k, belong, gain in zip(known, belongs.tolist(), gains.tolist(), strict=True):
            out[k] += 0.9 * min(max(belong, -6.0), 6.0) + 0.37 * min(max(gain, -3.0), 10.0)
    return out


_SEEN, _LINES = 10, 4
"""Characters that are seen on both sides of the seam, and lines they may stand in: the last may be a single word."""

AGAINST, AGAINST_IN_ORDER = -6.0, -2.5
"""Log-odds of :func:`_told` below which a head and a tail stay apart, unless the tail repeats the headline. On pages whose columns were
read across, right pairs come down to -5; on pages in good order none of 191 has less than -2, and half of the wrong ones less than -2.5:
two stories made one cost a reader more than one in two parts."""

_ORDINAL = compile_pattern("[\u2460-\u2487\u3220-\u3229]")


def _ordinal(sheets: Sequence[Sheet], jump: tuple[int, Mark] | None) -> int:
    """Which of several stories that jump to one page, as printed: （下转第三版①）; 0 where nothing is.

    >>> from qingyang.lines import read_lines
    >>> from qingyang.records import Source
    >>> sheet = read_lines(Source("p.txt", "价格（下转第三版②）", "0"))
    >>> _ordinal([sheet], (0, sheet.marks[0]))
    2
    """
    found = _ORDINAL.search(sheets[jump[0]].source.text, jump[1].start, jump[1].end) if jump else None
    return int(unicodedata.numeric(found.group())) if found else 0


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
    titles = {id(d): set(_grams(_head(sheets, d)).tolist()) for d in heads + tails}
    pairs: list[tuple[int, int, float, float]] = []
    sure: list[bool] = []
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
            if not (h.jump_out and t.jump_in) and same < SAME:
                continue
            one, other = _ordinal(sheets, h.jump_out), _ordinal(sheets, t.jump_in)
            if one and other and one != other:
                continue
            fits = 1.0 * bool(to and there) + 1.0 * bool(back and here) + 3.0 * bool(one and other) - 0.5 * (bool(one) != bool(other))
            title = 5.0 * same - (2.0 if a and b and same < 0.2 else 0.0) - 2.0 * (not h.jump_out) - 2.0 * (not t.jump_in)
            pairs.append((i, j, fits, title))
            sure.append(same >= SAME or bool(one and other))
    told = [(heads[i], tails[j]) for i, j, _, _ in pairs]
    alike = _alike(sheets, told, list({id(d): d for d in heads + tails}.values())) if told else []
    scored: list[tuple[float, int, int, bool]] = []
    for (i, j, fits, title), clear, odds in zip(pairs, sure, _told(sheets, told, alike), strict=True):
        ordered = pages[heads[i].sheet].in_order and pages[tails[j].sheet].in_order
        if odds < (AGAINST_IN_ORDER if ordered else AGAINST) and not clear:
            _doubt(pages, heads[i], "stitch.apart")
        else:
            scored.append((fits + title + min(max(odds / 2, -1.0), 3.0), i, j, odds < 0 and not clear))
    scored.sort(key=lambda s: (-s[0], s[1], s[2]))
    follows: dict[int, Draft] = {}
    taken: set[int] = set()
    for score, i, j, unsure in scored:
        h, t = heads[i], tails[j]
        if score < NEEDED or id(h) in follows or id(t) in taken or _leads_back(follows, t, h):
            continue
        follows[id(h)] = t
        taken.add(id(t))
        if unsure:
            h.unsure = True
            _doubt(pages, h, "stitch.unsure")
    gone = _headings(pages, label, heads, follows)
    drafts = [d for d in drafts if id(d) not in gone]
    chains: list[Chain] = []
    for d in drafts:
        if id(d) in taken:
            continue
        chain = [d]
        while id(chain[-1]) in follows:
            chain.append(follows[id(chain[-1])])
        chains.append(chain)
    return chains


SAME = 0.6
"""Share of a headline's pairs of characters from which another repeats it."""


def _doubt(pages: Sequence[PageDrafts], h: Draft, rule: str) -> None:
    """Writes down that seam and words speak against the continuation that the page numbers give to a head."""
    if not h.jump_out:
        return
    page = pages[h.sheet]
    page.decisions.append({"at": h.jump_out[1].start, "rule": rule, "because": ["seam_and_words_against"]})
    page.decisions.sort(key=lambda x: x["at"])


def _headings(pages: Sequence[PageDrafts], label: dict[int, str | None], heads: Sequence[Draft], follows: dict[int, Draft]) -> set[int]:
    """Gives text that jumps back to the article above whose headline its tail repeats; what it stood under was a heading.

    The headline over a continuation says which article goes on. Where that article has no jump line, but what follows it on its
    page has one to the page of the continuation and nothing to show for it, both are one article.
    """
    gone: set[int] = set()
    for h in heads:
        t = follows.get(id(h))
        if t is None or h.jump_out or not t.jump_in:
            continue
        page = pages[h.sheet]
        at = next(k for k, d in enumerate(page.drafts) if d is h)
        rest = page.drafts[at + 1] if at + 1 < len(page.drafts) else None
        if rest is None or not rest.jump_out or id(rest) in follows or rest.jump_in or rest.kicker or rest.docdate:
            continue
        if rest.jump_out[1].page and not _fits(label[t.sheet], rest.jump_out[1].page):
            continue
        because = ["continuation_repeats_headline_above"]
        page.decisions.append({"at": rest.jump_out[1].start, "rule": "stitch.heading", "because": because})
        page.decisions.sort(key=lambda x: x["at"])
        give_back(h, rest)
        gone.add(id(rest))
        page.drafts = [d for d in page.drafts if d is not rest]
    return gone


def _fits(label: str | None, page: str | None) -> bool:
    return bool(label and page and same_page(label, page))


def _leads_back(follows: dict[int, Draft], start: Draft, goal: Draft) -> bool:
    here: Draft | None = start
    while here is not None:
        if here is goal:
            return True
        here = follows.get(id(here))
    return False
