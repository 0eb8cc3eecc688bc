"""Real paragraphs wrapped to newspaper columns, and how many of their line ends are joined again.

    python -m bench.pfr_wrap PATH/articles.jsonl.gz [--every 1] [--errors 20]

Reads the PFR corpus (People's Daily, January 1998, one article a line with its ``paragraphs``) from wherever it lies; its
licence is for research, so nothing of it is kept here. Every printed page becomes one source: article after article, the
first paragraph as its headline on a line of its own, the others set to columns of 10 to 24 characters, with and without
the indent of two ideographs. No line begins with a closing mark.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from qingyang.decode import read
from qingyang.identity import identify
from qingyang.issue import clean_issue

NOT_FIRST = frozenset("。，、；：？！”’）》")
ENDS = frozenset("。！？”）；：…")
WIDTHS = tuple(range(10, 25))
INDENTS = ("", "\u3000\u3000")


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most ``width`` characters; a closing mark takes the character before it down with it.

    >>> wrap("小麦丰收，农民高兴。", 4), wrap("小麦丰收", 4, "　　")
    (['小麦丰', '收，农民', '高兴。'], ['　　小麦', '丰收'])
    """
    lines: list[str] = []
    here, room = 0, width - len(indent)
    while here < len(text):
        end = here + room
        while end < len(text) and text[end] in NOT_FIRST and end > here + 1:
            end -= 1
        if end == here + 1 and room > 1:
            # nothing but closing marks: let them hang
            end = here + room
        lines.append(text[here:end])
        here, room = end, width
    lines[0] = indent + lines[0]
    return lines


@dataclass(slots=True)
class Count:
    tp: int = 0
    fp: int = 0
    fn: int = 0
    alike_on: int = 0
    """Paragraphs that go on after a full line that ends a sentence, without indents: by its shape this might be an end."""
    alike_end: int = 0
    """Paragraphs that end so. Only the words tell one from the other."""
    seen: list[tuple[str, str]] = field(default_factory=list)
    """(what, seam) of every mistake."""

    def __add__(self, other: Count) -> Count:
        mine = [getattr(self, k) + getattr(other, k) for k in ("tp", "fp", "fn", "alike_on", "alike_end", "seen")]
        return Count(*mine)

    @property
    def by_shape(self) -> float:
        """F1 of a reader who is always right but where only the words tell: there it joins, or never does, whichever is better."""
        n = self.tp + self.fn
        return max(2 * n / (2 * n + self.alike_end), 2 * (n - self.alike_on) / (2 * n - self.alike_on))

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0

    def __str__(self) -> str:
        p, r = (self.tp / (self.tp + x) if self.tp else 0.0 for x in (self.fp, self.fn))
        return f"{self.tp + self.fn:7}  P {p:.4f}  R {r:.4f}  F1 {self.f1:.4f}"


def page_text(articles: Iterable[Sequence[str]], width: int, indent: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The text of a page, and of every line its start, end and paragraph; headlines have paragraph -1."""
    out: list[str] = []
    where: list[tuple[int, int, int]] = []
    at = number = 0
    for head, *paragraphs in articles:
        for k, lines in enumerate([[head], *(wrap(p, width, indent) for p in paragraphs)]):
            for line in lines:
                where.append((at + len(line) - len(line.lstrip("\u3000")), at + len(line), number if k else -1))
                out.append(line)
                at += len(line) + 1
            number += 1
    return "\n".join(out) + "\n", where


def joins(name: str, articles: Sequence[Sequence[str]], width: int, indent: str) -> Count:
    """Every pair of lines that follow each other: joined where one paragraph goes on, apart elsewhere?

    The corpus does not tell headlines and captions from paragraphs: two of them in one field are no wrong join.
    """
    text, where = page_text(articles, width, indent)
    source = identify(read(name, text.encode()))
    entry = clean_issue([source]).ledger[0]
    starts: dict[int, tuple[int, int]] = {}
    ends: dict[int, tuple[int, int]] = {}
    for piece in entry["pieces"]:
        if piece[0] != "remove":
            size = piece[2] - piece[1] if piece[0] == "keep" else len(piece[7])
            starts[piece[1]] = (piece[3], piece[4])
            ends[piece[2]] = (piece[3], piece[4] + size)
            if piece[0] == "keep":
                # a line may begin or end inside of a piece
                for a, b, _ in where[_first(where, piece[1]) : _first(where, piece[2]) + 1]:
                    if piece[1] < a < piece[2]:
                        starts[a] = (piece[3], piece[4] + a - piece[1])
                    if piece[1] < b < piece[2]:
                        ends[b] = (piece[3], piece[4] + b - piece[1])
    n = Count()
    for (a, b, p), (c, d, q) in pairwise(where):
        left, right = ends.get(b), starts.get(c)
        together = left is not None and left == right
        # one paragraph would look the same here
        full = p >= 0 and q >= 0 and not indent and wrap(text[a:b] + text[c:d], width)[0] == text[a:b] and text[b - 1] in ENDS
        if p == q >= 0:
            n.alike_on += full
            if together:
                n.tp += 1
            elif not (left and right and _opening(entry["slots"], left, right)):
                n.fn += 1
                n.seen.append(("apart", _seam(text, b, c, entry["slots"], left, right)))
        else:
            n.alike_end += full
            if together and left and entry["slots"][left[0]][1] == "paragraphs":
                n.fp += 1
                n.seen.append(("joined where only words tell" if full else "joined", _seam(text, b, c, entry["slots"], left, right)))
    return n


def _first(where: Sequence[tuple[int, int, int]], at: int) -> int:
    from bisect import bisect_left

    return max(0, bisect_left(where, (at, 0, 0)) - 1)


def _opening(slots: Sequence[Sequence[Any]], left: tuple[int, int], right: tuple[int, int]) -> bool:
    """A dateline or byline that ends with its line, or a sign-off that begins one: no paragraph is torn."""
    a, b = slots[left[0]], slots[right[0]]
    return a[0] == b[0] and ((a[1] in ("dateline", "byline") and right[1] == 0 and b[1] != a[1]) or b[1] == "sign_off")


def _seam(text: str, b: int, c: int, slots: Sequence[Sequence[Any]], *at: tuple[int, int] | None) -> str:
    a, z = (f"{slots[x[0]][1]} {slots[x[0]][2]}" if x else "removed" for x in at)
    return f"{text[max(0, b - 26) : b]}|{text[c : c + 16]}".replace("\n", "⏎") + f"   [{a} | {z}]"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("corpus", type=Path)
    ap.add_argument("--every", type=int, default=10, metavar="N", help="each setting takes every Nth page, another share each (1 = all)")
    ap.add_argument("--errors", type=int, default=0, metavar="N", help="print N mistakes, from the worst settings first")
    a = ap.parse_args()
    pages: dict[tuple[str, int], list[list[str]]] = {}
    with gzip.open(a.corpus, "rt", encoding="utf-8") as f:
        for line in f:
            d = json.loads(line)
            if len(d["paragraphs"]) > 1:
                pages.setdefault((d["date"], d["page"]), []).append(d["paragraphs"])
    rows: dict[tuple[int, str], Count] = {}
    for k, (width, indent) in enumerate((w, i) for w in WIDTHS for i in INDENTS):
        n = Count()
        for m, ((date, page), articles) in enumerate(pages.items()):
            if m % a.every == k % a.every:
                n += joins(f"人民日报/{date}/{page:02d}.txt", articles, width, indent)
        rows[(width, indent)] = n
        print(f"{width:3}  {'indented' if indent else 'flush   '}  {n}", flush=True)
    for indent in INDENTS:
        print(f"all  {'indented' if indent else 'flush   '}  {sum((n for (_, i), n in rows.items() if i == indent), Count())}")
    whole = sum(rows.values(), Count())
    flush = sum((n for (_, i), n in rows.items() if not i), Count())
    print(f"all            {whole}")
    on, end = flush.alike_on, flush.alike_end
    print(f"without indents, {on} full lines end a sentence inside a paragraph, {end} end it: F1 by shape {flush.by_shape:.4f}")
    if a.errors:
        kinds = Counter(what for what, _ in whole.seen) + Counter(
            f"{what.split()[0]} after {seam.split('|')[0][-1:]}" for what, seam in whole.seen
        )
        print("  ".join(f"{k}: {v}" for k, v in kinds.most_common(24)))
        for (width, _), n in sorted(rows.items(), key=lambda r: r[1].f1):
            for what, seam in n.seen[: max(1, a.errors // 10)]:
                if a.errors > 0:
                    print(f"{width:3} {what}: {seam}")
                    a.errors -= 1


if __name__ == "__main__":
    main()
