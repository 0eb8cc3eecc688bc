"""python -m bench.quality.compose --seed-from 0 --count 20 --profile colfrag --out DIR"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.quality.compose import PROFILES, Issue, compose


def write(issue: Issue, folder: Path) -> None:
    """``<profile>/<issue>/pNN.txt``, ``gold.json`` and ``labels.json``."""
    here = folder / issue.profile / issue.name
    here.mkdir(parents=True, exist_ok=True)
    for n, text in enumerate(issue.pages, 1):
        (here / f"p{n:02d}.txt").write_text(text, "utf-8", newline="\n")
    (here / "gold.json").write_text(json.dumps(issue.gold, ensure_ascii=False), "utf-8")
    (here / "labels.json").write_text(json.dumps(issue.labels, ensure_ascii=False), "utf-8")


def main() -> None:
    ap = argparse.ArgumentParser(prog="python -m bench.quality.compose", description=__doc__)
    ap.add_argument("--seed-from", type=int, default=0)
    ap.add_argument("--count", type=int, default=20)
    ap.add_argument(
        "--profile", action="append", help="a reading, + and a level; 'all'; may be repeated; without it each issue draws its own"
    )
    ap.add_argument("--out", type=Path, required=True)
    a = ap.parse_args()
    wanted = list(PROFILES) if a.profile and "all" in a.profile else a.profile or [None]
    for seed in range(a.seed_from, a.seed_from + a.count):
        for profile in wanted:
            write(compose(seed, profile=profile), a.out)


if __name__ == "__main__":
    main()
