"""Tells the headings inside an article from the headlines of articles.

A long feature is parted by headings (``更求长篇精品``, ``散文：保持扎实平稳的姿态``) that look like headlines. What tells them apart
is seen only when the page is split: whether the text under the heading has words in common with the text above it, more than
with other articles of the page; whether it has a dateline, a byline, a sign-off of its own; whether its neighbours are
headings of the same make. :func:`settle` weighs that for every headline without a head of its own, and gives the text back
to the article above where it is a heading. The weights are in ``rules/subheads.toml``; they were fitted on composed pages
(``bench/quality/train/subheads.py``).
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qingyang.evidence import NAMES, Floats
from qingyang.lines import Sheet
from qingyang.roles import ROLES
from qingyang.split import Draft, PageDrafts
from qingyang.thread import absorb, likeness, median

_COL = {n: i for i, n in enumerate(NAMES)}
_HEAD = [ROLES.index(r) for r in ("headline", "headline_cont")]
_TEXT = [ROLES.index(r) for r in ("subhead", "start", "continue")]
_SUBHEAD = ROLES.index("subhead")

FEATURES = (
    "one",
    "network",
    "network_subhead",
    "topic",
    "topic_over_mean",
    "topic_best",
    "topic_next",
    "own_words",
    "words_above",
    "width_log",
    "two_lines",
    "three_lines",
    "ends_above",
    "closed_above",
    "dateline",
    "byline",
    "deck",
    "signed",
    "short_above",
    "body_log",
    "body_above_log",
    "headless_above",
    "continued_above",
    "continued_on",
    "like_heading_above",
    "like_heading_below",
    "numbered",
    "label",
    "name",
    "same_column",
    "other_column",
    "blank_before",
    "page_blanks",
    "indent",
    "headings_share",
)


SURE = 0.7
"""Log-odds from which a headline is taken for a heading: two to one, since two stories glued together cost more than one story cut."""


@lru_cache(maxsize=1)
def _weights() -> Floats:
    t = tomllib.loads(resources.files("qingyang").joinpath("rules", "subheads.toml").read_text("utf-8"))["weights"]
    return np.array([t[f] for f in FEATURES], np.float32)


def candidates(drafts: list[Draft]) -> list[int]:
    """Headlines that may be headings of the article above: no more than three lines, text below and above, nothing jumps between."""
    return [
        i
        for i, d in enumerate(drafts)
        if i
        and d.headline
        and not d.kicker
        and not d.jump_in
        and len(d.headline) <= 3
        and d.paragraphs
        and drafts[i - 1].paragraphs
        and not drafts[i - 1].jump_out
    ]


def evidence(sheet: Sheet, X: Floats, p: Floats, drafts: list[Draft], wanted: list[int]) -> NDArray[np.float32]:
    """[candidate, feature]; positive weights speak for a heading."""
    out = np.zeros((len(wanted), len(FEATURES)), np.float32)
    f = {name: i for i, name in enumerate(FEATURES)}
    like = likeness(sheet, drafts, heads=False)
    np.fill_diagonal(like, 0)
    text = {i: _grams(sheet, [k for para in drafts[i].paragraphs for _, k in para]) for i in {j for w in wanted for j in (w - 1, w)}}
    wide = np.expm1(X[:, _COL["width_log"]])
    heading = [float(wide[[k for _, k in d.headline]].sum()) if d.headline else 0.0 for d in drafts]
    headings = set(wanted)
    column = [median(wide[[k for para in d.paragraphs for _, k in para][:6]]) if d.paragraphs else 0.0 for d in drafts]
    tail = [median(wide[[k for para in d.paragraphs for _, k in para][-6:]]) if d.paragraphs else 0.0 for d in drafts]
    for row, i in zip(out, wanted, strict=True):
        d, above = drafts[i], drafts[i - 1]
        k = d.headline[0][1]
        first = d.paragraphs[0][0][1]
        last = above.paragraphs[-1][-1][1]
        odds = p[k] + 1e-4
        others = np.delete(like[i], [i - 1, i])
        words = _grams(sheet, [u for _, u in d.headline])
        row[f["one"]] = 1
        row[f["network"]] = np.log(odds[_TEXT].sum()) - np.log(odds[_HEAD].sum())
        row[f["network_subhead"]] = np.log(odds[_SUBHEAD])
        row[f["topic"]] = like[i, i - 1]
        row[f["topic_over_mean"]] = like[i, i - 1] - (others.mean() if len(others) else 0)
        row[f["topic_best"]] = not len(others) or like[i, i - 1] >= others.max()
        row[f["topic_next"]] = like[i, i + 1] if i + 1 < len(drafts) else 0
        if len(words):
            row[f["own_words"]] = _shared(words, text[i]) / len(words)
            row[f["words_above"]] = _shared(words, text[i - 1]) / len(words)
        row[f["width_log"]] = np.log1p(heading[i])
        row[f["two_lines"]] = len(d.headline) == 2
        row[f["three_lines"]] = len(d.headline) == 3
        row[f["ends_above"]] = X[last, _COL["last_stop"]] > 0 or X[last, _COL["shut_after_stop"]] > 0
        row[f["closed_above"]] = bool(above.sign_off)
        row[f["dateline"]] = X[first, _COL["is_dateline"]] > 0
        row[f["byline"]] = bool(d.byline)
        row[f["deck"]] = bool(d.deck)
        row[f["signed"]] = bool(d.sign_off)
        row[f["short_above"]] = X[last, _COL["short_of_near"]] > 0.2
        row[f["body_log"]] = np.log1p(len(text[i]))
        row[f["body_above_log"]] = np.log1p(len(text[i - 1]))
        row[f["headless_above"]] = not above.has_head
        row[f["continued_above"]] = above.jump_in is not None
        row[f["continued_on"]] = d.jump_out is not None
        row[f["like_heading_above"]] = i - 1 in headings and abs(heading[i] - heading[i - 1]) <= 4
        row[f["like_heading_below"]] = i + 1 in headings and abs(heading[i] - heading[i + 1]) <= 4
        row[f["numbered"]] = X[k, _COL["is_numbered"]]
        row[f["label"]] = X[k, _COL["is_label"]]
        row[f["name"]] = X[k, _COL["is_name"]] > 0 or X[k, _COL["is_names"]] > 0 or X[k, _COL["is_byline"]] > 0
        row[f["same_column"]] = abs(tail[i - 1] - column[i]) <= 1.01 and column[i] <= 44
        row[f["other_column"]] = abs(tail[i - 1] - column[i]) > 2.5 and max(tail[i - 1], column[i]) <= 44
        row[f["blank_before"]] = X[k, _COL["blank_before"]]
        row[f["page_blanks"]] = X[k, _COL["page_blanks"]]
        row[f["indent"]] = X[k, _COL["indent"]]
        row[f["headings_share"]] = len(wanted) / len(drafts)
    return out


def _grams(sheet: Sheet, units: list[int]) -> NDArray[np.int64]:
    """The pairs of characters of some units, as numbers, each once and ascending."""
    first = sheet.starts[units]
    count = sheet.ends[units] - first - 1
    left = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
    codes = np.sort(sheet.cps[left].astype(np.int64) << 21 | sheet.cps[left + 1])
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes


def _shared(words: NDArray[np.int64], text: NDArray[np.int64]) -> int:
    return int(np.count_nonzero(text.take(np.searchsorted(text, words), mode="clip") == words)) if len(text) else 0


def give_back(into: Draft, d: Draft) -> None:
    """The text of ``d`` goes on with another article, its headline as a heading."""
    twice = d.docdate if into.docdate else []
    head = [list(units) for units in (d.kicker, d.headline, d.deck, twice) if units]
    rest = Draft(d.sheet, headless=True, mid=d.mid and not head, first=d.first, last=d.last)
    rest.subheads = ({0} if head else set()) | {s + len(head) for s in d.subheads}
    rest.paragraphs = [*head, *d.paragraphs]
    rest.byline, rest.captions, rest.sign_off, rest.docdate, rest.jump_out = d.byline, d.captions, d.sign_off, d.docdate, d.jump_out
    absorb(into, rest)


def settle(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts) -> PageDrafts:
    """The page with the text under its headings given back to the article above."""
    wanted = candidates(page.drafts)
    if not wanted:
        return page
    pairs = evidence(sheet, X, p, page.drafts, wanted)
    w = _weights()
    odds = pairs @ w
    gone: set[int] = set()
    for i, o, row in zip(wanted, odds.tolist(), pairs, strict=True):
        if o <= SURE:
            continue
        d = page.drafts[i]
        above = i - 1
        while above in gone:
            above -= 1
        into = page.drafts[above]
        if into.jump_out:
            # what was given to it a moment ago goes on elsewhere
            continue
        page.decisions.append(
            {
                "at": int(sheet.starts[d.headline[0][1]]),
                "rule": "split.subhead",
                "p": round(float(1 / (1 + np.exp(-o))), 3),
                "because": [FEATURES[c] for c in np.argsort(-(row * w))[:4] if row[c] * w[c] > 0.3 and FEATURES[c] != "one"],
            }
        )
        give_back(into, d)
        gone.add(i)
    page.drafts = [d for i, d in enumerate(page.drafts) if i not in gone]
    page.decisions.sort(key=lambda x: x["at"])
    return page
