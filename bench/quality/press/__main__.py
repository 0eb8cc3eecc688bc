"""Writes printed issues, as :mod:`bench.quality.compose` does: pages, gold and labels."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench.quality.compose.__main__ import write
from bench.quality.press import TOOLS, press


def one(seed: int, tool: str, pages: int | None, out: Path) -> str:
    try:
        write(press(seed, tool, pages), out)
    except ValueError as why:
        return str(why)
    return ""


def main() -> None:
    ap = argparse.ArgumentParser(prog="python -m bench.quality.press", description=__doc__)
    ap.add_argument("--tool", choices=TOOLS, required=True)
    ap.add_argument("--first", type=int, default=500_000)
    ap.add_argument("--count", type=int, default=10)
    ap.add_argument("--pages", type=int)
    ap.add_argument("--jobs", type=int, default=1)
    ap.add_argument("--out", type=Path, required=True)
    a = ap.parse_args()
    with ProcessPoolExecutor(a.jobs) as pool:
        for why in pool.map(partial(one, tool=a.tool, pages=a.pages, out=a.out), range(a.first, a.first + a.count)):
            if why:
                print(why, file=sys.stderr)


if __name__ == "__main__":
    main()
