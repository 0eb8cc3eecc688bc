"""Fits ``AGAIN`` of :mod:`qingyang.pieces`: what it says for a seam that a run of characters across it stands elsewhere on the page.

    python -m bench.quality.train.again /tmp/printed/pdftotext

A conditional logistic model (McFadden 1974): each line that goes on from an open one chooses among the open lines above it, by what the
network and the n-grams say and by the length of the run that is found elsewhere. Pages and labels are those of ``bench.quality.press``.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.quality.train.roles import line_starts, read_printed
from qingyang import columns, said
from qingyang.lines import read_lines
from qingyang.pieces import AGAIN, Pieces
from qingyang.records import Source

REACH = 40
"""Pieces among which the one above is looked for."""


class Choices(NamedTuple):
    odds: np.ndarray
    """What network and n-grams say of each candidate."""
    run: np.ndarray
    """The length of the run found elsewhere."""
    start: np.ndarray
    """Where the candidates of each choice begin."""
    truth: np.ndarray
    """Which candidate is the true one."""


def true_above(held: Pieces, text: str, labels: list[list[dict[str, Any]]], page: int) -> dict[int, int]:
    """Piece → the piece that holds the text right before it."""
    begins = line_starts(text)
    segs = [(begins[r] + s["start"], (r, n), s) for r, row in enumerate(labels) for n, s in enumerate(row)]
    at = np.array([s[0] for s in segs])
    sheet = held.sheet
    first: dict[int, dict[str, Any]] = {}
    last: dict[tuple[int, int], int] = {}
    for j, (top, foot) in enumerate(zip(held.top, held.foot, strict=True)):
        k = int(np.searchsorted(at, sheet.starts[top]))
        if k < len(segs) and at[k] < sheet.ends[top]:
            first[j] = segs[k][2]
        k = int(np.searchsorted(at, sheet.ends[foot])) - 1
        if k >= 0 and at[k] >= sheet.starts[foot]:
            last[segs[k][1]] = j
    out = {}
    for j, seg in first.items():
        before = seg["prev"]
        if before is None or before[0] != page or seg["role"] in ("furniture", "index"):
            continue
        above = last.get((before[1], before[2]))
        if above is not None and above < j:
            out[j] = above
    return out


def asked(held: Pieces, truth: dict[int, int]) -> Choices:
    odds, run, size, right = [], [], [], []
    for j, g in truth.items():
        above = np.arange(max(0, j - REACH), j)
        above = above[(held.row[above] != held.row[j]) & ~held.stop[above]]
        if g not in above:
            continue
        below = np.full(len(above), j)
        again = held.again(above, below)
        odds.append(held.follows(above, below) - np.array(AGAIN)[again])
        run.append(again)
        size.append(len(above))
        right.append(sum(size) - len(above) + int(np.flatnonzero(above == g)[0]))
    if not size:
        return Choices(np.zeros(0), np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.intp))
    return Choices(np.concatenate(odds), np.concatenate(run), np.cumsum([0, *size[:-1]]), np.array(right))


def one(issue: Path) -> list[Choices]:
    """The choices of an issue, asked where the columns of its pages are read."""
    out: list[Choices] = []
    read = columns.columns_in_rows, columns.columns_scattered
    for page, (text, labels) in enumerate(zip(*read_printed(issue), strict=True), 1):

        def spied(reader: Any, text: str = text, labels: Any = labels, page: int = page) -> Any:
            def reading(held: Pieces) -> list[list[int]]:
                out.append(asked(held, true_above(held, text, labels, page)))
                return reader(held)

            return reading

        columns.columns_in_rows, columns.columns_scattered = map(spied, read)
        read_lines(Source(issue.name, text, ""))
    columns.columns_in_rows, columns.columns_scattered = read
    return out


def fit(choices: list[Choices], steps: int = 300) -> tuple[np.ndarray, float, float]:
    """What the odds count, and each length; loss; how often the true one is the likeliest."""
    size = np.cumsum([0] + [len(c.odds) for c in choices])
    odds, run = np.concatenate([c.odds for c in choices]), np.concatenate([c.run for c in choices])
    start = np.concatenate([c.start + n for c, n in zip(choices, size, strict=False)])
    truth = np.concatenate([c.truth + n for c, n in zip(choices, size, strict=False)])
    X = np.column_stack([odds, *(run == n for n in range(2, said.LONGEST + 1))]).astype(float)
    row = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(odds))))
    theta, m, v = np.zeros((3, X.shape[1]))
    theta[0] = 1.0
    for step in range(steps + 1):
        score = X @ theta
        top = np.maximum.reduceat(score, start)
        e = np.exp(score - top[row])
        q = e / np.add.reduceat(e, start)[row]
        if step == steps:
            break
        d = q.copy()
        d[truth] -= 1
        grad = X.T @ d / len(start)
        m, v = 0.9 * m + 0.1 * grad, 0.99 * v + 0.01 * grad**2
        theta -= 0.05 * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8)
    return theta, float(-np.log(q[truth]).mean()), float((score[truth] >= top).mean())


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("printed", type=Path, nargs="+", help="folders of printed issues")
    ap.add_argument("--workers", type=int, default=2)
    a = ap.parse_args()
    with ProcessPoolExecutor(a.workers) as pool:
        issues = pool.map(one, [issue for folder in a.printed for issue in sorted(folder.iterdir())], chunksize=2)
        choices = [c for got in issues for c in got if len(c.truth)]
    theta, loss, right = fit(choices)
    print(f"# {sum(len(c.truth) for c in choices)} seams: loss {loss:.3f}, right {right:.3f}; the odds count {theta[0]:.2f}")
    print("AGAIN =", (0.0, 0.0, *(round(float(x / theta[0]), 1) for x in theta[1:])))


if __name__ == "__main__":
    main()
