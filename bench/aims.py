"""What the project aims at on newspaper pages with exact gold, beside what it reaches there: one table, one command.

    python -m bench.aims FOLDER [--inputs colfrag pdfium] [--keep WORK]

FOLDER holds the benchmark: ``run.py``, ``dev/issues`` with the gold, ``dev/inputs`` with readings of the same pages. Its texts are under a
research licence, so nothing of it is kept here. ``run.py`` needs numba and rapidfuzz (``pip install numba rapidfuzz``). An aim that is
missed has its number in brackets.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

INPUTS = ("colfrag", "mupdf_blk", "pdfium", "pdftotext", "tess200")
AIMS: dict[str, tuple[float, ...]] = {
    "join": (0.96, 0.965, 0.993, 0.88, 0.97),
    "break": (0.985, 0.96, 0.965, 0.78, 0.88),
    "bcubed": (0.97, 0.97, 0.96, 0.80, 0.88),
    "articles_recovered": (0.90, 0.88, 0.85, 0.50, 0.55),
    "link": (0.97, 0.97, 0.95, 0.80, 0.80),
    "meta.title": (0.93, 0.91, 0.90, 0.50, 0.55),
    "meta.authors": (0.93, 0.91, 0.90, 0.50, 0.55),
    "meta.agency": (0.97, 0.96, 0.96, 0.70, 0.75),
    "meta.place": (0.97, 0.96, 0.96, 0.70, 0.75),
    "meta.date": (0.97, 0.96, 0.96, 0.70, 0.75),
    "orphan": (0.95,),
    "lost": (0.0005,) * 5,
    "dup": (0.0,) * 5,
    "invented": (0.0,) * 5,
}
"""Score → the least for each of :data:`INPUTS`, in this order; of the last three the most. ``orphan`` is measured without page 1."""
AT_MOST = frozenset(("lost", "dup", "invented"))
ROUNDED = 5e-5
"""What is written as 0 with four decimals counts as 0."""


def figure(pooled: Mapping[str, Any], score: str) -> float | None:
    """A score of ``run.py``: F1, accuracy, or the number itself.

    >>> figure({"join": {"f1": 0.96}, "meta.date": {"acc": 0.97}, "lost": 0.0009}, "meta.date")
    0.97
    """
    value = pooled.get(score)
    if isinstance(value, Mapping):
        value = value.get("f1", value.get("acc"))
    return None if value is None else float(value)


def cell(score: str, value: float | None, aim: float | None) -> str:
    """The value, and the aim where it is missed.

    >>> cell("join", 0.9646, 0.96), cell("join", 0.95, 0.96), cell("lost", 0.00086, 0.0005), cell("dup", 0.00001, 0.0)
    ('.965', '.950 (.960)', '.0009 (.0005)', '.0000')
    """
    if value is None:
        return "–"
    digits = 4 if score in AT_MOST else 3
    missed = aim is not None and (value > aim + ROUNDED if score in AT_MOST else value < aim)
    said = [f"{x:.{digits}f}".removeprefix("0") for x in (value, aim) if x is not None]
    return f"{said[0]} ({said[1]})" if missed else said[0]


def run(folder: Path, name: str, work: Path, qingyang: str, drop: int = 0) -> dict[str, Any]:
    """The pooled scores of one reading; exits with the message of ``run.py`` where it fails."""
    command = [
        sys.executable,
        "run.py",
        "--qingyang",
        qingyang,
        "--gold",
        "dev/issues",
        "--inputs",
        f"dev/inputs/{name}",
        "--work",
        str(work),
    ]
    done = subprocess.run([*command, "--drop", str(drop)], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{folder / 'run.py'} on {name}: exit {done.returncode}\n{done.stderr[-800:] or done.stdout[-800:]}")
    pooled: dict[str, Any] = json.loads((work / "scores.json").read_text("utf-8"))["pooled"]
    return pooled


def table(got: Mapping[str, Mapping[str, Any]]) -> str:
    """Scores of each reading, and below them how many decisions were right, wrong and missed, with the joins by kind."""
    names = list(got)
    out = ["| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for score, aims in AIMS.items():
        aim = dict(zip(INPUTS, aims, strict=False))
        out.append(f"| {score} | " + " | ".join(cell(score, figure(got[n], score), aim.get(n)) for n in names) + " |")
    out += ["", "right, wrong, missed:", "", "| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for score in ("join", "break", "boundary", "link"):
        counts = [tuple(got[n].get(score, {}).get(k, 0) for k in ("tp", "fp", "fn")) for n in names]
        out.append(f"| {score} | " + " | ".join(f"{tp}, {fp}, {fn}" for tp, fp, fn in counts) + " |")
    kinds = sorted({k for n in names for k in got[n].get("join", {}).get("recall_by_kind", {})})
    for kind in kinds:
        found = [got[n].get("join", {}).get("recall_by_kind", {}).get(kind) for n in names]
        out.append(f"| joins found: {kind} | " + " | ".join(f"{f['r']:.3f} of {f['n']}" if f and f["n"] else "–" for f in found) + " |")
    return "\n".join(out)


def main(argv: Sequence[str] | None = None) -> int:
    ap = argparse.ArgumentParser(prog="python -m bench.aims", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=Path)
    ap.add_argument("--inputs", nargs="+", choices=INPUTS, default=list(INPUTS), metavar="NAME", help="only these")
    ap.add_argument(
        "--qingyang", default=str(Path(sys.executable).with_name("qingyang")), help="the command (default: beside this Python)"
    )
    ap.add_argument("--keep", type=Path, metavar="WORK", help="where records and scores are kept (default: nowhere)")
    a = ap.parse_args(argv)
    for needed in (a.folder / "run.py", Path(a.qingyang), *(a.folder / "dev" / "inputs" / n for n in a.inputs)):
        if not needed.exists():
            ap.error(f"there is no {needed}")
    with tempfile.TemporaryDirectory() as scratch:
        work = (a.keep or Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        got = {}
        for name in a.inputs:
            got[name] = run(a.folder, name, work / name, a.qingyang)
            got[name].pop("orphan", None)  # with every page there, none is one
            if name == "colfrag":
                got[name]["orphan"] = run(a.folder, name, work / "colfrag-without-1", a.qingyang, drop=1).get("orphan")
    print(table(got))
    return 0


if __name__ == "__main__":
    sys.exit(main())
