"""Gives the pieces of a page that lost their place back to their articles.

Where columns were read across, or blocks in the wrong order, an article comes in pieces: a headless piece begins inside a
paragraph, or with a paragraph of something that is not the article above it. :func:`thread` finds for each of them the piece
whose end it goes on with, all at once: the seam, the words both share, the width of the column, how far apart they stand. The weights
of the evidence are in ``rules/threads.toml``; they were fitted on composed pages (``bench/quality/train/threads.py``).
A piece that goes with nothing on its page stays a piece of its own.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, seams
from qingyang.assignment import assigned
from qingyang.evidence import NAMES, Floats, edges
from qingyang.lines import Sheet
from qingyang.split import Draft, PageDrafts

_COL = {n: i for i, n in enumerate(NAMES)}

FEATURES = (
    "mid_after_open",
    "mid_after_stop",
    "start_after_open",
    "start_after_stop",
    "mid_seam_odds",
    "mid_seam_word",
    "mid_reads_on",
    "mid_belongs",
    "mid_begins_word",
    "start_begins_word",
    "topic",
    "topic_best",
    "same_width",
    "width_apart",
    "next_piece",
    "next_in_order",
    "apart_log",
    "backwards",
    "head_only",
    "head_only_dateline",
    "head_only_mid",
    "closed",
    "open_quote",
    "after_headed",
    "long_above",
)
NONE = ("none", "none_mid", "none_topic", "none_short")
"""Evidence that a piece goes with nothing on the page."""


@lru_cache(maxsize=1)
def _weights() -> tuple[Floats, Floats]:
    t = tomllib.loads(resources.files("qingyang").joinpath("rules", "threads.toml").read_text("utf-8"))["weights"]
    return np.array([t[f] for f in FEATURES], np.float32), np.array([t[f] for f in NONE], np.float32)


def _ends(sheet: Sheet, d: Draft) -> tuple[int, int]:
    """First and last unit of running text; of the head where there is none."""
    units = [k for para in d.paragraphs for _, k in para] or [k for _, k in [*d.kicker, *d.headline, *d.deck, *d.docdate, *d.byline]]
    return (units[0], units[-1]) if units else (d.first[1], d.last[1])


def evidence(sheet: Sheet, X: Floats, drafts: list[Draft], wanted: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """[piece, candidate above, feature], and [piece, feature] for going with nothing."""
    n, m = len(drafts), len(wanted)
    pairs = np.zeros((m, n, len(FEATURES)), np.float32)
    alone = np.zeros((m, len(NONE)), np.float32)
    first, last = zip(*[_ends(sheet, d) for d in drafts], strict=True)
    f = {name: i for i, name in enumerate(FEATURES)}
    alike = likeness(sheet, drafts)
    width = X[:, _COL["width_log"]]
    wide = np.expm1(width)
    body = [[k for para in d.paragraphs for _, k in para] for d in drafts]
    head_w = [median(wide[b[:6]]) if b else 0.0 for b in body]
    tail_w = [median(wide[b[-6:]]) if b else 0.0 for b in body]
    la = np.array(last)
    stop = (X[la, _COL["last_stop"]] > 0) | (X[la, _COL["shut_after_stop"]] > 0)
    has = np.array([bool(d.paragraphs) for d in drafts])
    headed = np.array([d.has_head for d in drafts])
    shut_out = np.array([d.jump_out is not None for d in drafts])
    closed = np.array([bool(d.sign_off) for d in drafts])
    quote = np.array([_open_quote(sheet, k) for k in last])
    long_above = np.log1p(np.array([len(b) for b in body])) / 5
    tails = np.array(tail_w)
    index = np.arange(n)
    # every seam that may be asked for, at once: a run of n for each piece
    left, right = edges(sheet, np.tile(la, m), np.repeat([first[w] for w in wanted], n))
    runs = [(i * n, i * n + n) for i in range(m)]
    all_seams = seams.evidence(left, right)
    all_reads = np.clip(seams.reads_on(left, right, runs), -8, 8) / 4
    all_belong = np.clip(seams.belongs(left, right, all_seams, runs), -6, 6)
    for i, (w, run) in enumerate(zip(wanted, runs, strict=True)):
        h = drafts[w]
        mid = 1.0 if h.mid else 0.0
        seam, reads, belong = (a[slice(*run)] for a in (all_seams, all_reads, all_belong))
        like = alike[w].copy()
        like[w] = 0
        best = float(like.max()) if n > 1 else 0.0
        row = pairs[i]
        gap = np.abs(tails - head_w[w])
        bare_head = headed & ~has
        row[:, f["mid_after_open"]] = mid * (has & ~stop)
        row[:, f["mid_after_stop"]] = mid * (has & stop)
        row[:, f["start_after_open"]] = (1 - mid) * (has & ~stop)
        row[:, f["start_after_stop"]] = (1 - mid) * (has & stop)
        row[:, f["mid_seam_odds"]] = mid * has * np.clip(seam[:, 0], -6, 8) / 5
        row[:, f["mid_seam_word"]] = mid * has * seam[:, 1:4].max(1) / 8
        row[:, f["mid_reads_on"]] = mid * has * reads
        row[:, f["mid_belongs"]] = mid * has * np.where(stop, 0, belong) / 4
        row[:, f["mid_begins_word"]] = mid * seam[:, 4] / 5
        row[:, f["start_begins_word"]] = (1 - mid) * seam[:, 4] / 5
        row[:, f["topic"]] = like
        row[:, f["topic_best"]] = (like >= best) & (best > 0)
        row[:, f["same_width"]] = has * (head_w[w] > 0) * (gap <= 1.01)
        row[:, f["width_apart"]] = has * (head_w[w] > 0) * np.minimum(gap, 10) / 10
        row[:, f["next_piece"]] = index == w - 1
        row[:, f["next_in_order"]] = (index == w - 1) * X[first[w], _COL["page_open_seams"]]
        row[:, f["apart_log"]] = np.log1p(np.maximum(np.abs(w - index) - 1, 0))
        row[:, f["backwards"]] = index > w
        row[:, f["head_only"]] = bare_head
        row[:, f["head_only_dateline"]] = bare_head & bool(X[first[w], _COL["is_dateline"]] > 0)
        row[:, f["head_only_mid"]] = bare_head * mid
        row[:, f["closed"]] = closed
        row[:, f["open_quote"]] = mid * quote
        row[:, f["after_headed"]] = headed
        row[:, f["long_above"]] = long_above
        row[shut_out | (index == w)] = 0
        row[shut_out | (index == w), 0] = -99
        alone[i] = (1, mid, best, len(body[w]) <= 2)
    return pairs, alone


def _open_quote(sheet: Sheet, k: int) -> float:
    c = sheet.cls[sheet.starts[k] : sheet.ends[k]]
    return float(((c & (lines.OPENQ | lines.OPENB)) != 0).sum() > ((c & (lines.SHUTQ | lines.SHUTB)) != 0).sum())


def likeness(sheet: Sheet, drafts: list[Draft], heads: bool = True) -> Floats:
    """Cosine of the pairs of Han characters that two pieces use, rare pairs counting more."""
    bins = 2039
    owner = np.full(len(sheet), -1)
    for i, d in enumerate(drafts):
        groups = ([*d.kicker, *d.headline, *d.deck] if heads else [], *d.paragraphs)
        owner[[k for group in groups for _, k in group]] = i
    unit, codes = sheet.pairs()
    mine = owner[unit]
    hashed = codes % np.uint32(bins)
    at = (mine * bins + hashed)[mine >= 0]
    table = np.bincount(at, minlength=len(drafts) * bins).reshape(len(drafts), bins).astype(np.float32)
    table = np.sqrt(table) / (1 + np.log1p((table > 0).sum(0)))
    size = np.sqrt((table**2).sum(1)) + 1e-6
    out: Floats = (table @ table.T) / size[:, None] / size[None]
    return out


def median(values: Floats) -> float:
    """As numpy's, which takes its time over a few values.

    >>> median(np.array([3, 1, 2], np.float32)), median(np.array([4, 1, 2, 3], np.float32))
    (2.0, 2.5)
    """
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else float((ordered[half - 1] + ordered[half]) / np.float32(2))


def lost_pieces(drafts: list[Draft]) -> list[int]:
    """The pieces that look for what they go on with. One with a kicker or a deck, though no headline, begins something."""
    return [i for i, d in enumerate(drafts) if d.headless and not d.jump_in and d.paragraphs and not (d.kicker or d.headline or d.deck)]


def thread(sheet: Sheet, X: Floats, page: PageDrafts) -> PageDrafts:
    """The page with its headless pieces joined to what they go on with."""
    drafts = page.drafts
    wanted = lost_pieces(drafts)
    if not wanted or len(drafts) < 2 or len(drafts) > 400:
        return page
    pairs, alone = evidence(sheet, X, drafts, wanted)
    w, v = _weights()
    score = pairs @ w
    score[pairs[:, :, 0] < -9] = -1e9
    none = alone @ v
    q = np.exp(np.concatenate([score, none[:, None]], 1) - np.maximum(score.max(1), none)[:, None])
    q /= q.sum(1, keepdims=True)
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    n = len(drafts)
    chosen = assigned(score.astype(np.float64), np.tile(np.arange(n), (len(wanted), 1)), none.astype(np.float64))
    for chance, i, j in sorted(((q[i, j], i, int(j)) for i, j in enumerate(chosen) if j >= 0), reverse=True):
        h = wanted[i]
        if _reaches(after, h, j):
            # a ring: its least likely link is left out
            continue
        after[j], before[h] = h, j
        page.decisions.append(
            {
                "at": int(sheet.starts[_ends(sheet, drafts[h])[0]]),
                "rule": "thread.resume" if drafts[h].mid else "thread.next-paragraph",
                "p": round(float(chance), 3),
                "because": [FEATURES[c] for c in np.argsort(-(pairs[i, j] * w))[:3] if pairs[i, j, c] * w[c] > 0.3],
            }
        )
    gone: set[int] = set()
    for i, d in enumerate(drafts):
        if i in before:
            continue
        k = i
        while k in after:
            k = after[k]
            absorb(d, drafts[k])
            gone.add(k)
    page.drafts = [d for i, d in enumerate(drafts) if i not in gone]
    page.decisions.sort(key=lambda x: x["at"])
    return page


def _reaches(after: dict[int, int], start: int, goal: int) -> bool:
    while start in after:
        start = after[start]
        if start == goal:
            return True
    return start == goal


def absorb(d: Draft, h: Draft) -> None:
    at = len(d.paragraphs)
    if h.mid and d.paragraphs:
        d.paragraphs[-1] = d.paragraphs[-1] + h.paragraphs[0]
        d.subheads |= {s + at - 1 for s in h.subheads if s}
        d.paragraphs += h.paragraphs[1:]
    else:
        d.subheads |= {s + at for s in h.subheads}
        d.paragraphs += h.paragraphs
    d.byline += h.byline
    d.captions += h.captions
    d.sign_off += h.sign_off
    d.docdate = d.docdate or h.docdate
    d.jump_out = d.jump_out or h.jump_out
    d.last = h.last
