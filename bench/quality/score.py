"""Scores a cleaned issue against the composed one, character by character and without any alignment.

The composer knows for every character of a page what it is (:class:`Printed`), the ledger knows where every character went
(:class:`Placed`): a score is a comparison of the two. The words mean what they mean in the benchmark for other people's
pages: a *join* is a decision "this goes on with the paragraph of that", a *part* is an article on one page. Nobody is blamed
for what the reading of a page lost: only characters that stand in the source are asked for.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.quality.compose import Issue
from bench.quality.compose.words import han_number
from qingyang.issue import Cleaned
from qingyang.ledger import account, account_output, restore_text
from qingyang.records import Record, Source

GAP = 12
"""Characters that may stand between two neighbours (a note mark, a speckle) before they count as apart."""
WHOLE = 0.95
"""An article part is recovered where it and its record have this share of their characters in common (Jaccard)."""

KINDS = ("", "body", "lead", "tail", "title", "kicker", "deck", "byline", "docdate", "caption", "furniture", "marker", "cont_title")
CODE = {k: i for i, k in enumerate(KINDS)}
LABELS = {
    "body": "body",
    "subhead": "body",
    "dateline": "lead",
    "sign_off": "tail",
    "headline": "title",
    "headline_cont": "title",
    "kicker": "kicker",
    "deck": "deck",
    "byline": "byline",
    "docdate": "docdate",
    "caption": "caption",
    "furniture": "furniture",
    "index": "furniture",
    "jump_from": "marker",
    "jump_to": "marker",
    "cont_title": "cont_title",
}
"""The composer's labels → kinds of character. Captions and headlines repeated over a continuation are neutral."""
CONTENT = [CODE[k] for k in ("body", "lead", "tail", "title", "kicker", "deck", "byline", "docdate")]
JUNK = [CODE[k] for k in ("furniture", "marker")]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Mistakes = list[tuple[str, str]]
"""(score, what went wrong where), collected on request."""


def key(text: str | None) -> str:
    """Comparison form: NFKC, without blanks.

    >>> key("李　舸　１１月")
    '李舸11月'
    """
    return "".join(unicodedata.normalize("NFKC", text or "").split())


# ---------------------------------------------------------------- what is printed
@dataclass(slots=True)
class Printed:
    """What every character of an issue's sources is. The sources stand one after another; arrays are per character."""

    text: str
    texts: list[str]
    numbers: list[int]
    """Page number of each source."""
    gold: dict[str, Any]
    base: Ints
    kind: Ints
    art: Ints
    """Place of the article in the gold, -1 where there is none."""
    par: Ints
    page: Ints
    line: Ints
    order: Ints
    """Rises along every string as it was written, whatever its pieces' places on the page; -1 outside of strings."""
    ink: Bools
    """Not a blank."""


def printed(issue: Issue, *, without: Sequence[int] = ()) -> Printed:
    """The characters of ``issue``, pages ``without`` left out as if they were not in the corpus."""
    numbers = [n for n in range(1, len(issue.pages) + 1) if n not in without]
    texts = [issue.pages[n - 1] for n in numbers]
    base = np.concatenate([[0], np.cumsum([len(t) for t in texts])]).astype(np.int64)
    total = int(base[-1])
    kind, art, par, page, line, order = (np.full(total, v, np.int64) for v in (0, -1, -1, 0, -1, -1))
    ids = {a["id"]: k for k, a in enumerate(issue.gold["articles"])}
    strings: dict[tuple[int, int, int], dict[tuple[int, int, int], tuple[tuple[int, ...] | None, int, int]]] = defaultdict(dict)
    row = 0
    for k, n in enumerate(numbers):
        page[base[k] : base[k + 1]] = n
        at, number = int(base[k]), 0
        for text in texts[k].split("\n"):
            if text.strip():
                line[at : at + len(text)] = row
                for m, seg in enumerate(issue.labels[n - 1][number]):
                    a, b, what = at + seg["start"], at + seg["end"], CODE[LABELS[seg["role"]]]
                    kind[a:b] = what
                    if what not in JUNK and seg["article"] in ids:
                        art[a:b], par[a:b] = ids[seg["article"]], seg["para"]
                        strings[(ids[seg["article"]], what, seg["para"])][(n, number, m)] = (seg["prev"] and tuple(seg["prev"]), a, b)
                row += 1
                number += 1
            at += len(text) + 1
    here = 0
    for where in sorted(strings):
        for a, b in _in_order(strings[where]):
            order[a:b] = np.arange(here, here + b - a)
            here += b - a
    whole = "".join(texts)
    blanks = {c for c in set(whole) if c.isspace() or unicodedata.category(c)[0] == "C"}
    ink = np.array([c not in blanks for c in whole], bool)
    return Printed(whole, texts, numbers, issue.gold, base, kind, art, par, page, line, order, ink)


def _in_order(pieces: dict[tuple[int, int, int], tuple[tuple[int, ...] | None, int, int]]) -> Iterator[tuple[int, int]]:
    """The pieces of a string along their links; a piece whose forerunner is lost opens a stretch of its own."""
    after = {prev: me for me, (prev, _, _) in pieces.items() if prev in pieces}
    done: set[tuple[int, int, int]] = set()
    for first in sorted(pieces, key=lambda p: (pieces[p][0] in pieces, p)):
        me: tuple[int, int, int] | None = first
        while me is not None and me not in done:
            done.add(me)
            yield pieces[me][1:]
            me = after.get(me)


# ---------------------------------------------------------------- where it went
@dataclass(slots=True)
class Placed:
    """Where every character of the sources stands in the output."""

    records: list[Record]
    record: Ints
    """-1 where the character is in no record."""
    slot: Ints
    offset: Ints
    field: list[str]
    """Field of each slot."""
    para: list[int]
    trifle: Bools
    """Removed as a character, not as a part of the page: a zero-width mark, a blank."""
    read: Bools
    """Stands in a field that a reader of articles reads, which captions are not."""


TRIFLES = ("char.", "layout.")


def placed(p: Printed, done: Cleaned) -> Placed:
    """Follow the ledger. Raises AccountError where ledger, sources and records disagree."""
    by_id = {r["id"]: r for r in done.records}
    number = {r["id"]: k for k, r in enumerate(done.records)}
    if len(by_id) != len(done.records):
        raise ValueError("two records have one id")
    for entry, text in zip(done.ledger, p.texts, strict=True):
        account(entry, text, by_id)
        if restore_text(entry, by_id) != text:
            raise ValueError(f"{entry['source']}: the source does not come back from output and ledger")
    account_output(done.ledger, by_id)
    total = int(p.base[-1])
    record, slot, offset = (np.full(total, -1, np.int64) for _ in range(3))
    trifle = np.zeros(total, bool)
    slots: dict[tuple[str, str, int], int] = {}
    for k, entry in enumerate(done.ledger):
        b = int(p.base[k])
        mine = [slots.setdefault((r, f, q), len(slots)) for r, f, q in entry["slots"]]
        for piece in entry["pieces"]:
            start, end = b + piece[1], b + piece[2]
            if piece[0] == "remove":
                trifle[start:end] = piece[3].startswith(TRIFLES)
                continue
            n = mine[piece[3]]
            slot[start:end], record[start:end] = n, number[entry["slots"][piece[3]][0]]
            offset[start:end] = piece[4] + np.arange(end - start)
            if piece[0] == "change":
                offset[start:end] = np.minimum(offset[start:end], piece[4] + max(0, len(piece[7]) - 1))
    fields = [f for _, f, _ in slots]
    shown = np.array([f != "metadata.captions" for f in fields] + [False])
    return Placed(done.records, record, slot, offset, fields, [q for _, _, q in slots], trifle, shown[slot])


# ---------------------------------------------------------------- scores
def score(issue: Issue, done: Cleaned, *, without: Sequence[int] = (), mistakes: Mistakes | None = None) -> Counter[str]:
    """Counts of one issue; add the counts of many and ask :func:`figures`.

    Raises AccountError where a character was lost without a rule, doubled or invented: there is no score for that.
    """
    p = printed(issue, without=without)
    out = placed(p, done)
    here = p.ink & ~out.trifle & np.isin(p.kind, CONTENT)
    said = mistakes if mistakes is not None else []
    n: Counter[str] = Counter()
    _joins(p, out, here, n, said)
    _articles(p, out, here, n, said)
    _links(p, out, here, n, said)
    _fields(p, out, here, n, said)
    _removal(p, out, here, n, said)
    return n


def _seam(p: Printed, x: int, y: int) -> str:
    return f"{p.page[x]}: {p.text[max(0, x - 14) : x + 1]}|{p.text[y : y + 15]}".replace("\n", "⏎")


def _joins(p: Printed, out: Placed, here: Bools, n: Counter[str], said: Mistakes) -> None:
    """Decisions on paragraphs: what goes on, what begins."""
    body = np.nonzero(here & (p.kind == CODE["body"]))[0]
    seq = body[np.argsort(p.order[body], kind="stable")]
    if len(seq) < 2:
        return
    x, y = seq[:-1], seq[1:]

    def together(a: Ints, b: Ints) -> Bools:
        r: Bools = (p.line[a] == p.line[b]) & (b > a) & (b - a <= GAP)
        return r

    def near(a: Ints, b: Ints) -> Bools:
        d = out.offset[b] - out.offset[a]
        r: Bools = (out.slot[a] == out.slot[b]) & (d >= 0) & (d <= GAP)
        return r

    article = p.art[x] == p.art[y]
    same = article & (p.par[x] == p.par[y])
    both = out.read[x] & out.read[y]
    ok, glued = near(x, y), together(x, y)
    decision = same & both & ~glued
    kinds = np.where(p.page[x] != p.page[y], 2, np.where(p.line[y] == p.line[x] + 1, 0, 1))
    for k, name in enumerate(("next", "displaced", "jump")):
        n[f"join.{name}.n"] += int((decision & (kinds == k)).sum())
        n[f"join.{name}.ok"] += int((decision & (kinds == k) & ok).sum())
    missed = decision & ~ok
    n["join.tp"] += int((decision & ok).sum())
    n["join.fn"] += int(missed.sum())
    said += [("join", f"apart {_seam(p, int(a), int(b))}") for a, b in zip(x[missed], y[missed], strict=True)]
    torn = same & both & glued & ~ok
    said += [("break", f"torn {_seam(p, int(a), int(b))}") for a, b in zip(x[torn], y[torn], strict=True)]
    # wrong joins: neighbours in the output that are none in print
    rank = np.full(len(p.kind), -1, np.int64)
    rank[seq] = np.arange(len(seq))
    shown = body[out.read[body]]
    shown = shown[np.lexsort((shown, out.offset[shown], out.slot[shown]))]
    a, b = shown[:-1], shown[1:]
    step = rank[b] - rank[a]
    right = (p.art[a] == p.art[b]) & (p.par[a] == p.par[b]) & (step > 0) & (step <= 3 * GAP)
    wrong = near(a, b) & ~right & ~together(a, b)
    n["join.fp"] += int(wrong.sum())
    said += [("join", f"wrong {_seam(p, int(i), int(j))}") for i, j in zip(a[wrong], b[wrong], strict=True)]
    # paragraphs that begin
    begins = article & (p.par[y] == p.par[x] + 1) & (p.page[x] == p.page[y]) & both
    apart = out.slot[x] != out.slot[y]
    n["break.glued.n"] += int((begins & glued).sum())
    n["break.glued.ok"] += int((begins & glued & apart).sum())
    n["break.tp"] += int((begins & ~glued & apart).sum())
    lost = begins & ~glued & ~apart
    n["break.fn"] += int(lost.sum())
    n["break.fp"] += int(missed.sum() + torn.sum())
    said += [("break", f"not seen {_seam(p, int(i), int(j))}") for i, j in zip(x[lost], y[lost], strict=True)]


def _articles(p: Printed, out: Placed, here: Bools, n: Counter[str], said: Mistakes) -> None:
    """Articles as clusters of characters: part of the print against page of a record."""
    at = np.nonzero(here)[0]
    if not len(at):
        return
    part = p.art[at] * 1000 + p.page[at]
    cluster = np.where(out.read[at], out.record[at] * 1000 + p.page[at], -1 - np.arange(len(at)))
    parts, in_part = np.unique(part, return_counts=True)
    clusters, in_cluster = np.unique(cluster, return_counts=True)
    junk = np.nonzero(p.ink & (p.kind == CODE["furniture"]) & out.read)[0]
    extra = Counter((out.record[junk] * 1000 + p.page[junk]).tolist())
    in_cluster += np.array([extra[c] for c in clusters.tolist()], np.int64)
    pairs, m = np.unique(np.searchsorted(parts, part) * len(clusters) + np.searchsorted(clusters, cluster), return_counts=True)
    a, c = pairs // len(clusters), pairs % len(clusters)
    n["bcubed.n"] += len(at)
    n["bcubed.p"] += float((m * m / in_cluster[c]).sum())  # type: ignore[assignment]
    n["bcubed.r"] += float((m * m / in_part[a]).sum())  # type: ignore[assignment]
    likeness = np.where(clusters[c] >= 0, m / (in_part[a] + in_cluster[c] - m), 0.0)
    best = np.zeros(len(parts))
    np.maximum.at(best, a, likeness)
    n["recovered.n"] += len(parts)
    n["recovered.ok"] += int((best >= WHOLE).sum())
    for k, q in zip(parts[best < WHOLE].tolist(), best[best < WHOLE].tolist(), strict=True):
        said.append(("recovered", f"{k % 1000}: {p.gold['articles'][k // 1000]['title']} ({q:.2f})"))
    # boundaries between neighbouring lines that hold more content than anything else
    size = np.bincount(p.line[p.ink & (p.line >= 0)], minlength=1)
    full = np.bincount(p.line[at], minlength=len(size))[: len(size)]
    main = _most(p.line[at], part)
    held = _most(p.line[at][out.read[at]], out.record[at][out.read[at]])
    seq = [(divmod(main[k], 1000), held.get(k)) for k in np.nonzero((full >= 0.5 * size) & (full > 0))[0].tolist()]
    for (a0, r0), (a1, r1) in pairwise(seq):
        if a0[1] == a1[1]:
            seen = r0 is not None and r1 is not None and r0 != r1
            n["boundary." + {(True, True): "tp", (False, True): "fp", (True, False): "fn", (False, False): "tn"}[(a0 != a1, seen)]] += 1


def _most(group: Ints, value: Ints) -> dict[int, int]:
    """For every group its most frequent value, the smaller of two."""
    if not len(group):
        return {}
    wide = int(value.max()) + 1
    pairs, n = np.unique(group * wide + value, return_counts=True)
    order = np.lexsort((-pairs, n))
    return dict(zip((pairs[order] // wide).tolist(), (pairs[order] % wide).tolist(), strict=True))


def _links(p: Printed, out: Placed, here: Bools, n: Counter[str], said: Mistakes) -> None:
    """Parts of one article on two pages, and parts whose other half is not in the corpus."""
    at = np.nonzero(here & (p.kind == CODE["body"]))[0]
    present = Counter(zip(p.art[at].tolist(), p.page[at].tolist(), strict=True))
    gold: set[tuple[Any, Any]] = set()
    orphans: set[tuple[int, int]] = set()
    for a, art in enumerate(p.gold["articles"]):
        have = [(k, part["page"]) for k, part in enumerate(art["parts"]) if present[(a, part["page"])]]
        gold |= {((a, p0), (a, p1)) for (k0, p0), (k1, p1) in pairwise(have) if k1 == k0 + 1}
        if len(art["parts"]) > 1 and len(have) == 1 and have[0][0] > 0:
            orphans.add((a, have[0][1]))
    tally: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    first: dict[tuple[int, tuple[int, int]], tuple[int, int]] = {}
    shown = at[out.read[at]]
    paragraph = np.array([q if f == "paragraphs" else -1 for f, q in zip(out.field, out.para, strict=True)] or [0])
    # record and slot, article and page: a slot belongs to one record
    where = out.slot[shown] * 10**9 + p.art[shown] * 1000 + p.page[shown]
    for code, m in zip(*(v.tolist() for v in np.unique(where, return_counts=True)), strict=True):
        s, a, page = code // 10**9, code // 1000 % 10**6, code % 1000
        mine = shown[where == code]
        r = int(out.record[mine[0]])
        tally[r][(a, page)] += m
        place = (int(paragraph[s]), int(out.offset[mine].min()))
        first[(r, (a, page))] = min(first.get((r, (a, page)), place), place)
    found: set[tuple[Any, Any]] = set()
    for r, t in tally.items():
        mine = sorted((q for q in t if t[q] >= 0.5 * present[q]), key=lambda q: first[(r, q)])
        found |= {(q0, q1) for q0, q1 in pairwise(mine) if q0[1] != q1[1]}
    number = {r["id"]: k for k, r in enumerate(out.records)}
    main = {r: t.most_common(1)[0][0] for r, t in tally.items()}
    for k, record in enumerate(out.records):
        for link, forward in ((record["continued_on"], True), (record["continued_from"], False)):
            other = number.get((link or {}).get("id") or "")
            if other is not None and k in main and other in main and main[k] != main[other]:
                found.add((main[k], main[other]) if forward else (main[other], main[k]))
    n["link.tp"] += len(gold & found)
    n["link.fp"] += len(found - gold)
    n["link.fn"] += len(gold - found)
    title = [a["title"] for a in p.gold["articles"]]
    said += [("link", f"missed {q0[1]}→{q1[1]} {title[q0[0]]}") for q0, q1 in sorted(gold - found)]
    said += [("link", f"wrong {q0[1]}→{q1[1]} {title[q0[0]]} → {title[q1[0]]}") for q0, q1 in sorted(found - gold)]
    hit: set[tuple[int, int]] = set()
    for k, record in enumerate(out.records):
        start = record["continued_from"]
        headless = bool(start) and not (start or {}).get("id") and len({q["page"] for q in record["parts"]}) <= 1
        if record["kind"] != "fragment" and not headless:
            continue
        part, m = tally[k].most_common(1)[0] if tally[k] else ((-1, -1), 0)
        if part in orphans and m >= 0.8 * sum(tally[k].values()) and m >= 0.5 * present[part]:
            hit.add(part)
        else:
            n["orphan.fp"] += 1
            said.append(("orphan", f"wrong {record['page']}: {record['text'][:30]!r}"))
    n["orphan.tp"] += len(hit)
    n["orphan.fn"] += len(orphans - hit)
    said += [("orphan", f"missed {q[1]}: {title[q[0]]}") for q in sorted(orphans - hit)]


def _fields(p: Printed, out: Placed, here: Bools, n: Counter[str], said: Mistakes) -> None:
    """Headline and the other fields of every article that begins in the sources, as far as the reading kept them."""
    shown = np.nonzero(here & out.read)[0]
    # the record that holds most of an article, a headline counting three times
    thrice = np.concatenate([shown, *[shown[p.kind[shown] == CODE["title"]]] * 2])
    holder = _most(p.art[thrice], out.record[thrice])
    printed_as: dict[tuple[int, int], list[int]] = defaultdict(list)
    content = np.nonzero(here & (p.kind != CODE["body"]))[0]
    for i in content[np.argsort(p.order[content], kind="stable")].tolist():
        printed_as[(int(p.art[i]), int(p.kind[i]))].append(i)
    text = p.text
    in_field: dict[tuple[int, str], list[int]] = defaultdict(list)
    ink = np.nonzero(p.ink & ~out.trifle & (out.slot >= 0))[0]
    heads = [out.field[s] in ("headline", "kicker", "deck") for s in range(len(out.field))]
    for i in ink[np.lexsort((ink, out.offset[ink]))].tolist():
        if heads[out.slot[i]]:
            in_field[(int(out.record[i]), out.field[out.slot[i]])].append(i)
    for a, art in enumerate(p.gold["articles"]):
        if art["parts"][0]["page"] not in p.numbers or a not in holder:
            continue
        r = holder[a]
        record = out.records[r]

        def check(name: str, ok: bool, detail: str) -> None:
            n[f"{name}.n"] += 1
            n[f"{name}.ok"] += ok
            if not ok:
                said.append((name, detail))

        title, kicker, deck = (printed_as[(a, CODE[k])] for k in ("title", "kicker", "deck"))
        if title:
            good = (title, kicker + title, title + deck, kicker + title + deck)
            got = in_field[(r, "headline")]
            check("headline", got in good or in_field[(r, "kicker")] + got in good, f"{art['title']!r} as {record['headline']!r}")
        host = {k: key("".join(text[i] for i in printed_as[(a, CODE[k])])) for k in ("lead", "tail", "byline", "docdate")}
        intact = {k: host[k] == key(art[k]) for k in host}
        names = {key(w) for w in art["authors"]}
        if names and any(all(w in h for w in names) for h in host.values()):
            got_names = {key(w) for w in record["authors"]}
            check("authors", got_names == names, f"{sorted(names)} as {sorted(got_names)}: {record['byline'] or record['dateline']!r}")
        opens = "lead" if art["lead"] else "tail" if art["tail"] else "byline"
        if art["agency"] and intact[opens]:
            check("agency", key(record["agency"]) == key(art["agency"]), f"{art['agency']} as {record['agency']}: {host[opens]}")
        if art["place"] and intact[opens]:
            check("place", key(record["place"]) == key(art["place"]), f"{art['place']} as {record['place']}: {host[opens]}")
        dated = next((k for k in ("docdate", "lead", "tail") if art[k]), None)
        if dated is None or intact[dated]:
            want = day_of(art[dated] if dated else "", p.gold["style"]["date"])
            check("date", record["date"] == want, f"{want} as {record['date']}: {art[dated] if dated else ''}")


def day_of(printed_date: str, issue_date: str) -> str:
    """The day that a dateline means, of the year before the issue; the issue's own day where it says none.

    >>> day_of("新华社北京12月31日电", "2021-01-01"), day_of("本报讯", "2021-01-01"), day_of("十月二日", "1958-10-03")
    ('2020-12-31', '2021-01-01', '1958-10-02')
    """
    issue = datetime.date.fromisoformat(issue_date)
    if found := DAY.search(key(printed_date)):
        for back in range(366):
            d = issue - datetime.timedelta(back)
            if (d.month, d.day) == (_number(found[1]), _number(found[2])):
                return d.isoformat()
    return issue_date


DAY = re.compile("([0-9]{1,2}|[一二三四五六七八九十]{1,3})月([0-9]{1,2}|[一二三四五六七八九十]{1,3})日")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else next((n for n in range(1, 32) if han_number(n) == text), 0)


def _removal(p: Printed, out: Placed, here: Bools, n: Counter[str], said: Mistakes) -> None:
    """Content that went with the furniture or into captions, furniture that stayed."""
    caption = here & (out.slot >= 0) & ~out.read
    gone = here & (out.slot < 0)
    junk = p.ink & np.isin(p.kind, JUNK)
    n["lost.n"] += int(here.sum())
    n["lost.furniture"] += int(gone.sum())
    n["lost.captions"] += int(caption.sum())
    n["removal.tp"] += int((junk & ~out.read).sum())
    n["removal.fn"] += int((junk & out.read).sum())
    n["removal.fp"] += int((gone | caption).sum())
    for name, mask in (("lost", gone | caption), ("removal", junk & out.read)):
        at = np.nonzero(mask)[0]
        for run in np.split(at, np.nonzero(np.diff(at) > 1)[0] + 1) if len(at) else ():
            what = KINDS[p.kind[run[0]]]
            place = "caption" if caption[run[0]] else out.field[out.slot[run[0]]] if out.read[run[0]] else "removed"
            said.append((name, f"{p.page[run[0]]}: {what} {p.text[run[0] : run[-1] + 1][:40]!r} {place}"))


# ---------------------------------------------------------------- figures
RATES = {
    "join_next": "join.next",
    "join_displaced": "join.displaced",
    "join_jump": "join.jump",
    "resplit": "break.glued",
    "recovered": "recovered",
    "headline": "headline",
    "authors": "authors",
    "agency": "agency",
    "place": "place",
    "date": "date",
}
PAIRS = ("join", "break", "boundary", "link", "orphan", "removal")


def figures(n: Counter[str]) -> dict[str, float | None]:
    """Scores between 0 and 1 from summed counts; None where nothing was asked.

    >>> figures(Counter({"join.tp": 8, "join.fp": 2, "join.fn": 2}))["join"]
    0.8
    """
    out: dict[str, float | None] = {}
    for name in PAIRS:
        tp, fp, fn = (n[f"{name}.{k}"] for k in ("tp", "fp", "fn"))
        out[name] = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None
        out[name + "_p"] = tp / (tp + fp) if tp + fp else None
        out[name + "_r"] = tp / (tp + fn) if tp + fn else None
    for name, count in RATES.items():
        out[name] = n[count + ".ok"] / n[count + ".n"] if n[count + ".n"] else None
    if n["bcubed.n"]:
        p, r = n["bcubed.p"] / n["bcubed.n"], n["bcubed.r"] / n["bcubed.n"]
        out["bcubed"] = 2 * p * r / (p + r)
    else:
        out["bcubed"] = None
    out["kept"] = 1 - (n["lost.furniture"] + n["lost.captions"]) / n["lost.n"] if n["lost.n"] else None
    return out


def support(n: Counter[str], name: str) -> int:
    """How many decisions a figure rests on; characters for ``bcubed``, ``kept`` and ``removal``."""
    if name in RATES:
        return n[RATES[name] + ".n"]
    if name in ("bcubed", "kept"):
        return n["lost.n"]
    return sum(n[f"{name}.{k}"] for k in ("tp", "fp", "fn"))


def pool(counts: Iterable[Counter[str]]) -> Counter[str]:
    out: Counter[str] = Counter()
    for n in counts:
        out.update(n)
    return out


def sources_of(issue: Issue, *, without: Sequence[int] = ()) -> list[Source]:
    """The pages of an issue as a corpus holds them: ``<paper>/<date>-<issue>/<page>.txt``."""
    from qingyang.decode import read
    from qingyang.identity import identify

    style = issue.gold["style"]
    folder = f"{style['paper']}/{style['date']}-{issue.name}"
    pages = [(n, t) for n, t in enumerate(issue.pages, 1) if n not in without]
    return [identify(read(f"{folder}/{n:02d}.txt", t.encode())) for n, t in pages]
