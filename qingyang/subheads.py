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
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qingyang import furniture, headings, seams
from qingyang.evidence import NAMES, Floats
from qingyang.fields import squeeze
from qingyang.lines import HAN, Sheet
from qingyang.roles import ROLES
from qingyang.signatures import closing
from qingyang.split import Draft, PageDrafts
from qingyang.thread import absorb, in_order, median

_COL = {n: i for i, n in enumerate(NAMES)}
_HEAD = [ROLES.index(r) for r in ("headline", "headline_cont")]
_TEXT = [ROLES.index(r) for r in ("subhead", "start", "continue")]
_SUBHEAD, _START, _CONTINUE = (ROLES.index(r) for r in ("subhead", "start", "continue"))

FEATURES = (
    "one",
    "network",
    "network_subhead",
    "network_runs_on",
    "topic",
    "topic_best",
    "own_words",
    "words_above",
    "width_log",
    "ends_above",
    "closed_above",
    "dateline",
    "byline",
    "deck",
    "signed",
    "body_log",
    "body_above_log",
    "headed_above",
    "like_heading_above",
    "like_heading_below",
    "name",
    "same_column",
    "indent",
)

_ENDS_ABOVE = FEATURES.index("ends_above")

CAUTION, FEW, MOSTLY, BRIEF = 1.5, 0.25, 0.8, 200
"""Log-odds that must speak for a heading beyond that under an empty line, where no more than this share of the lines stand under one, and
at least so many of these are heads; and where the texts above and below have fewer characters together: a brief has no headings."""
LINES = 0.6
"""Share of a page's units that are as wide as their neighbours, where they are printed lines; of whole paragraphs fewer are."""
SURE = 1.0
"""Log-odds from which a headline is taken for a heading: nearly three to one, since two stories glued together cost more than one
cut in two."""


@lru_cache(maxsize=1)
def _weights() -> Floats:
    t = tomllib.loads(resources.files("qingyang").joinpath("rules", "subheads.toml").read_text("utf-8"))["weights"]
    return np.array([t[f] for f in FEATURES], np.float32)


def candidates(drafts: list[Draft]) -> list[int]:
    """Headlines that may be headings of the article above: no more than three lines, text below and above, which nobody signed
    or continued between."""
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
        and not drafts[i - 1].signed
    ]


def evidence(sheet: Sheet, X: Floats, p: Floats, drafts: list[Draft], wanted: list[int]) -> NDArray[np.float32]:
    """[candidate, feature]; positive weights speak for a heading."""
    out = np.zeros((len(wanted), len(FEATURES)), np.float32)
    f = {name: i for i, name in enumerate(FEATURES)}
    like = likeness(sheet, drafts)
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
        row[f["network_runs_on"]] = np.log(p[first, _CONTINUE] + 0.01) - np.log(p[first, _START] + 0.01)
        row[f["topic"]] = np.sqrt(like[i, i - 1])
        row[f["topic_best"]] = not len(others) or like[i, i - 1] >= others.max()
        if len(words):
            row[f["own_words"]] = _shared(words, text[i]) / len(words)
            row[f["words_above"]] = _shared(words, text[i - 1]) / len(words)
        row[f["width_log"]] = np.log1p(heading[i])
        row[f["ends_above"]] = X[last, _COL["last_stop"]] > 0 or X[last, _COL["shut_after_stop"]] > 0
        row[f["closed_above"]] = bool(above.sign_off) or closing(squeeze(sheet.unit(last)).text) is not None
        row[f["dateline"]] = X[first, _COL["is_dateline"]] > 0
        row[f["byline"]] = bool(d.byline)
        row[f["deck"]] = bool(d.deck)
        row[f["signed"]] = bool(d.sign_off)
        row[f["body_log"]] = np.log1p(len(text[i]))
        row[f["body_above_log"]] = np.log1p(len(text[i - 1]))
        row[f["headed_above"]] = bool(above.subheads)
        row[f["like_heading_above"]] = i - 1 in headings and abs(heading[i] - heading[i - 1]) <= 4
        row[f["like_heading_below"]] = i + 1 in headings and abs(heading[i] - heading[i + 1]) <= 4
        row[f["name"]] = X[k, _COL["is_name"]] > 0 or X[k, _COL["is_names"]] > 0 or X[k, _COL["is_byline"]] > 0
        row[f["same_column"]] = abs(tail[i - 1] - column[i]) <= 1.01 and column[i] <= 44
        row[f["indent"]] = X[k, _COL["indent"]]
    return out


_ROOM = 1 << 24
"""Cells of the table of articles and pairs of characters; where a page (a whole book) has more, pairs share columns."""
_AT_ONCE = 1 << 20
"""Cells that are counted together: eight megabytes."""
_PLAIN, _RARE, _UNKNOWN = 6.0, 12.0, 13.0
"""Surprise (nats) below which a pair of characters says nothing, from which on it says no more, and of a pair that no word has."""


def likeness(sheet: Sheet, drafts: list[Draft]) -> Floats:
    """Cosine of the pairs of Han characters in the texts of a page's articles, those counting more that are rare in the language.

    人民 and 工作 stand in every story, 震害 in those about earthquakes: that two texts have it in common says that they are one.
    """
    n = len(drafts)
    owner = np.full(len(sheet) + 1, -1)
    for i, d in enumerate(drafts):
        owner[[k for para in d.paragraphs for _, k in para]] = i
    mine = owner[sheet.owners()]
    at = np.flatnonzero((sheet.cls[:-1] & sheet.cls[1:] & HAN) != 0)
    at = at[(mine[at] >= 0) & (mine[at] == mine[at + 1])]
    pairs, column = np.unique(sheet.cps[at].astype(np.int64) << 21 | sheet.cps[at + 1], return_inverse=True)
    width = min(len(pairs), _ROOM // n)
    surprise = _surprise(pairs)
    if width < len(pairs):
        weights = surprise[column]
        column %= width
        surprise = np.bincount(column, weights, width) / np.maximum(np.bincount(column, minlength=width), 1)
    table = _counted(mine[at], column, n, width)
    held = sum(np.count_nonzero(some, 0) for _, some in _blocks(table))
    weight = np.clip((surprise - _PLAIN) / (_RARE - _PLAIN), 0, 1) / (1 + np.log1p(held))
    np.sqrt(table, out=table)
    table *= weight.astype(np.float32)
    size = np.sqrt(np.concatenate([(some**2).sum(1) for _, some in _blocks(table)])) + 1e-6
    out: Floats = (table @ table.T) / size[:, None] / size[None]
    return out


def _counted(row: NDArray[np.int64], column: NDArray[np.int64], n: int, width: int) -> Floats:
    """How often each cell of a table of ``n`` rows is named."""
    table = np.empty((n, width), np.float32)
    for first, some in _blocks(table):
        here = (row >= first) & (row < first + len(some)) if len(some) < n else slice(None)
        some[:] = np.bincount((row[here] - first) * width + column[here], minlength=some.size).reshape(some.shape)
    return table


def _blocks(table: Floats) -> Iterator[tuple[int, Floats]]:
    """A table some rows at a time, with the number of the first: what is made of all at once would stand in memory three times."""
    step = max(1, _AT_ONCE // max(1, table.shape[1]))
    for first in range(0, len(table), step):
        yield first, table[first : first + step]


def _surprise(pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """How rare each pair of characters is as part of a word, in nats."""
    words = seams.table()
    left, right = (pairs >> 21).astype(np.uint32), (pairs & 0x1FFFFF).astype(np.uint32)
    a, b = words.rank.take(left, mode="clip"), words.rank.take(right, mode="clip")
    known = (a >= 0) & (b >= 0)
    pair = np.where(known, a * np.int64(len(words.begin)) + b, 0).astype(np.uint32)
    seen = np.where(known, words.pairs.find(pair), np.float32(0))
    return np.where(seen > 0, np.float32(words.log_total) - seen, np.float32(_UNKNOWN)).astype(np.float64)


def _grams(sheet: Sheet, units: list[int]) -> NDArray[np.int64]:
    """The pairs of characters of some units, as numbers, each once and ascending."""
    first = sheet.starts[units]
    count = sheet.ends[units] - first - 1
    left = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
    codes = np.sort(sheet.cps[left].astype(np.int64) << 21 | sheet.cps[left + 1])
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes


def _shared(words: NDArray[np.int64], text: NDArray[np.int64]) -> int:
    return int(np.count_nonzero(text.take(np.searchsorted(text, words), mode="clip") == words)) if len(text) else 0


def _letters(sheet: Sheet, *drafts: Draft) -> int:
    units = [k for d in drafts for para in d.paragraphs for _, k in para]
    return int((sheet.ends[units] - sheet.starts[units]).sum())


def _empty_lines_part(sheet: Sheet, X: Floats, drafts: list[Draft]) -> bool:
    """Do the empty lines of a page stand before heads, and nowhere else? Then they part its articles more often than an article."""
    blank = np.flatnonzero(sheet.blank_before[1:]) + 1
    heads = {int(units[0][1]) for d in drafts for units in (d.kicker, d.headline) if units}
    return len(blank) > 1 and X[0, _COL["page_blanks"]] < FEW and sum(k in heads for k in blank.tolist()) >= MOSTLY * len(blank)


def _is_text(p: Floats, d: Draft) -> bool:
    """What seemed a headline is the first line of the text below it: that goes on inside the same paragraph."""
    first = d.paragraphs[0][0][1]
    return bool(p[first, _CONTINUE] > p[first, _START] and not (d.deck or d.byline or d.docdate))


def give_back(into: Draft, d: Draft, text: bool = False) -> None:
    """The text of ``d`` goes on with another article, its headline as a heading; as the beginning of its first paragraph where it
    is ``text``."""
    twice = d.docdate if into.docdate else []
    head = [list(units) for units in (d.kicker, d.headline, d.deck, twice) if units]
    paragraphs = [*head, *d.paragraphs]
    if text:
        paragraphs[len(head) - 1 : len(head) + 1] = [head[-1] + d.paragraphs[0]]
    joined = len(paragraphs) - len(d.paragraphs)
    rest = Draft(d.sheet, headless=True, mid=d.mid and (text or not head), first=d.first, last=d.last)
    rest.subheads = ({0} if joined else set()) | {s + joined for s in d.subheads}
    rest.paragraphs = paragraphs
    rest.byline, rest.captions, rest.sign_off, rest.docdate, rest.jump_out = d.byline, d.captions, d.sign_off, d.docdate, d.jump_out
    absorb(into, rest)


def lone_kicker(sheet: Sheet, p: Floats, page: PageDrafts) -> None:
    """The line above a headline that is not there is the headline, on a page in good order; 社论 says only what kind of text it is."""
    if not in_order(p):
        return
    for d in page.drafts:
        label = len(d.kicker) == 1 and furniture.match(sheet.unit(d.kicker[0][1]), sheet.book)
        if d.kicker and not d.headline and d.paragraphs and not label:
            d.kicker, d.headline = [], d.kicker
            page.decisions.append({"at": int(sheet.starts[d.headline[0][1]]), "rule": "field.headline", "by": "subheads.lone_kicker"})


def settle(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts) -> PageDrafts:
    """The page with the text under its headings given back to the article above.

    What was given back is looked at together with the article from then on: a second heading may be known by words of the text
    under the first.
    """
    lone_kicker(sheet, p, page)
    wanted = candidates(page.drafts)
    while wanted:
        found = _found(sheet, X, p, page, wanted)
        if not found:
            break
        gone = {id(d) for d in found}
        page.drafts = [d for d in page.drafts if id(d) not in gone]
        wanted = candidates(page.drafts)
    page.decisions.sort(key=lambda x: x["at"])
    return page


LEVEL_UNTOLD = 0.75
"""Log-odds that must speak for a heading beyond others where a converter gave all heads of a page one level."""


def _of_level(sheet: Sheet, drafts: list[Draft], wanted: list[int], odds: list[float]) -> list[float]:
    """The log-odds, those of heads that a converter set in one level no more than their mean: of one size, they are of one kind."""
    level = headings.levels(sheet)
    if not level:
        return odds
    mine = [level.get(drafts[i].headline[0][1], 0) for i in wanted]
    if not headings.ranked(sheet):
        return [o - LEVEL_UNTOLD if n else o for o, n in zip(odds, mine, strict=True)]
    mean = {n: float(np.mean([o for o, m in zip(odds, mine, strict=True) if m == n])) for n in set(mine)}
    return [min(o, mean[n]) if n else o for o, n in zip(odds, mine, strict=True)]


def _found(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts, wanted: list[int]) -> list[Draft]:
    """The drafts under headings that are sure by now, each given back to the article above it."""
    rows = evidence(sheet, X, p, page.drafts, wanted)
    w = _weights()
    gone: dict[int, Draft] = {}
    parted = _empty_lines_part(sheet, X, page.drafts)
    whole = float(X[:, _COL["in_column"]].mean()) < LINES
    for i, o, row in zip(wanted, _of_level(sheet, page.drafts, wanted, (rows @ w).tolist()), rows, strict=True):
        d = page.drafts[i]
        caution = sheet.blank_before[d.headline[0][1]] if parted else whole and _letters(sheet, page.drafts[i - 1], d) < BRIEF
        if o <= SURE + (CAUTION if caution else 0):
            continue
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
        text = _is_text(p, d)
        d.mid = text and not row[_ENDS_ABOVE]
        give_back(into, d, text)
        gone[i] = d
    return list(gone.values())
