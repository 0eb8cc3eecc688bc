"""Writes printed issues, as :mod:`bench.quality.compose` does: pages, gold and labels; or all into one file, as the gate keeps them.

python -m bench.quality.press --tool pdftotext --first 960000 --count 6 --pages 3 --pack bench/quality/printed/pdftotext.json.gz
python -m bench.quality.press --tool tesseract --first 960000 --count 5 --pages 2 --pack bench/quality/printed/tesseract.json.gz
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench.quality.compose import Issue
from bench.quality.compose.__main__ import write
from bench.quality.keep import pack
from bench.quality.press import TOOLS, press


def one(seed: int, tool: str, pages: int | None) -> Issue | str:
    try:
        return press(seed, tool, pages)
    except ValueError as why:
        return str(why)


def main() -> None:
    ap = argparse.ArgumentParser(prog="python -m bench.quality.press", description=__doc__)
    ap.add_argument("--tool", choices=TOOLS, required=True)
    ap.add_argument("--first", type=int, default=500_000)
    ap.add_argument("--count", type=int, default=10)
    ap.add_argument("--pages", type=int)
    ap.add_argument("--jobs", type=int, default=1)
    where = ap.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, help="a folder")
    where.add_argument("--pack", type=Path, help="one file, .json.gz")
    a = ap.parse_args()
    done = []
    with ProcessPoolExecutor(a.jobs) as pool:
        for made in pool.map(partial(one, tool=a.tool, pages=a.pages), range(a.first, a.first + a.count)):
            if isinstance(made, str):
                print(made, file=sys.stderr)
            elif a.out:
                write(made, a.out)
            else:
                done.append(made)
    if a.pack:
        pack(done, a.pack)


if __name__ == "__main__":
    main()
