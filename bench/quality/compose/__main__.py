"""Writes composed issues: gold and labels for training and measuring, or a raw corpus for throughput.

    python -m bench.quality.compose --seed-from 0 --count 20 --profile lines --profile fragments+medium --out DIR
    python -m bench.quality.compose --count 2000 --jobs 2 --raw DIR

``--out``: ``<profile>/<issue>/pNN.txt``, ``gold.json`` and ``labels.json``. ``--raw``: pages only, as a user's corpus
lies: ``<newspaper>/<date>-<seed>/<page>.txt``.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench.quality.compose import PROFILES, Issue, compose


def write(issue: Issue, folder: Path) -> None:
    here = folder / issue.profile / issue.name
    here.mkdir(parents=True, exist_ok=True)
    for n, text in enumerate(issue.pages, 1):
        (here / f"p{n:02d}.txt").write_text(text, "utf-8", newline="\n")
    (here / "gold.json").write_text(json.dumps(issue.gold, ensure_ascii=False), "utf-8")
    (here / "labels.json").write_text(json.dumps(issue.labels, ensure_ascii=False), "utf-8")


def write_raw(issue: Issue, seed: int, folder: Path) -> None:
    style = issue.gold["style"]
    here = folder / style["paper"] / f"{style['date']}-{seed:05d}"
    here.mkdir(parents=True, exist_ok=True)
    for n, text in enumerate(issue.pages, 1):
        (here / f"{n:02d}.txt").write_text(text, "utf-8", newline="\n")


def one(seed: int, profiles: list[str | None], pages: int | None, out: Path | None, raw: Path | None) -> int:
    """Compose the issues of one seed; characters written."""
    size = 0
    for profile in profiles:
        issue = compose(seed, profile=profile, pages=pages)
        size += sum(map(len, issue.pages))
        if out:
            write(issue, out)
        if raw:
            write_raw(issue, seed, raw)
    return size


def main() -> None:
    ap = argparse.ArgumentParser(
        prog="python -m bench.quality.compose", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--seed-from", type=int, default=0)
    ap.add_argument("--count", type=int, default=20, help="seeds; each gives one issue per --profile")
    ap.add_argument("--profile", action="append", help="reading, or reading+level, or all; may be repeated; else each seed draws one")
    ap.add_argument("--pages", type=int, help="pages of each issue")
    ap.add_argument("--jobs", type=int, default=1, help="processes")
    ap.add_argument("--out", type=Path, help="with gold and labels")
    ap.add_argument("--raw", type=Path, help="pages only")
    a = ap.parse_args()
    if not (a.out or a.raw):
        ap.error("--out or --raw is needed")
    wanted = list(PROFILES) if a.profile and "all" in a.profile else a.profile or [None]
    work = partial(one, profiles=wanted, pages=a.pages, out=a.out, raw=a.raw)
    seeds = range(a.seed_from, a.seed_from + a.count)
    if a.jobs > 1:
        with ProcessPoolExecutor(a.jobs) as pool:
            size = sum(pool.map(work, seeds, chunksize=8))
    else:
        size = sum(map(work, seeds))
    print(f"{a.count * len(wanted)} issues, {size} characters")


if __name__ == "__main__":
    main()
