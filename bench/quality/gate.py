"""The quality gate: a fixed exam of composed issues and the sample page, scored and held against floors.

    python -m bench.quality.gate                                  the table; exit 1 below a floor
    python -m bench.quality.gate --errors 5 --of join lines       what went wrong in the profile ``lines``
    python -m bench.quality.gate --raise-floors                   after an improvement: floors go up, none goes down
    python -m bench.quality.gate --set-floors --because "…"       the only way to lower a floor, or to change the exam

The issues are composed anew from their seeds, which training never uses; two kinds were printed and read by real tools
(:mod:`bench.quality.press`), and are kept as files; four are pages of other genres, written by hand (:mod:`bench.quality.genres`),
each read in one way. ``floors.toml`` keeps a hash of their text, so that
an exam that changed does not pass for the one that the floors were set on.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import getpass
import hashlib
import json
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import floor
from pathlib import Path
from typing import Any

from bench.quality import genres
from bench.quality.compose import ODD, PROFILES, Issue, compose
from bench.quality.keep import KINDS, unpack
from bench.quality.score import Mistakes, figures, pool, score, sources_of, support
from qingyang.issue import clean_issue
from qingyang.ledger import account, account_output

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FLOORS = HERE / "floors.toml"
SAMPLE = ROOT / "raw" / "人民日报" / "2020-11-25" / "02.txt"
SAMPLE_GOLD = ROOT / "tests" / "data" / "sample.gold.json"
SAMPLE_DEVIATIONS = ROOT / "tests" / "data" / "sample.deviations.tsv"

FIRST = 900_000
"""Training takes its seeds from 100,000 to 399,999; these are never trained on."""
ISSUES = 10
"""Issues per profile: ten papers with their own columns, digits, brackets and habits. More would take more than a minute."""
PAGES = 3
EXAM = (*PROFILES, *ODD, *KINDS, *genres.KINDS)
HEADLESS = ("fragments", "lines", "blocks", "fragments+light")
"""Profiles that are also cleaned without page 1: what goes on from it must come out as incomplete."""

SHOWN = (
    "join",
    "break",
    "bcubed",
    "recovered",
    "boundary",
    "link",
    "orphan",
    "headline",
    "authors",
    "agency",
    "place",
    "date",
    "removal",
    "kept",
)
"""Every figure has a floor; all are better the higher they are."""
SLACK = 0.002
"""Below the measured value; and two decisions more, because float arithmetic differs from machine to machine."""


@dataclass(slots=True)
class Row:
    """One profile: counts, what went wrong, hash of the pages."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    mistakes: Mistakes = field(default_factory=list)
    pages: str = ""

    def figures(self) -> dict[str, float]:
        if self.name == "sample":
            return {k.removesuffix(".n"): self.counts[k.removesuffix(".n") + ".ok"] / n for k, n in self.counts.items() if k.endswith(".n")}
        return {k: v for k, v in figures(self.counts).items() if k in SHOWN and v is not None}


def sit(profile: str, count: int = ISSUES) -> Row:
    """One profile's part of the exam; ``count`` issues of those that are composed."""
    row = Row(profile)
    digest = hashlib.sha256()
    got = []
    for issue in _issues(profile, count):
        digest.update("\f".join(issue.pages).encode())
        got.append(score(issue, clean_issue(sources_of(issue)), mistakes=row.mistakes))
        if profile in HEADLESS:
            alone = clean_issue(sources_of(issue, without=[1]))
            said: Mistakes = []
            n = score(issue, alone, without=[1], mistakes=said)
            got[-1] = Counter({k: v for k, v in got[-1].items() if not k.startswith("orphan.")})
            got.append(Counter({k: v for k, v in n.items() if k.startswith("orphan.")}))
            row.mistakes[:] = [m for m in row.mistakes if m[0] != "orphan" or m[1].startswith("without")]
            row.mistakes += [(w, "without page 1, " + t) for w, t in said if w == "orphan"]
    row.counts = pool(got)
    if profile not in HEADLESS:
        for k in ("tp", "fp", "fn"):
            row.counts.pop(f"orphan.{k}", None)
    row.pages = digest.hexdigest()[:16]
    return row


def _issues(profile: str, count: int) -> Iterable[Issue]:
    if profile in KINDS:
        return unpack(profile)
    if profile in genres.KINDS:
        return genres.issues(profile)
    return (compose(FIRST + k, profile=profile, pages=PAGES) for k in range(count))


def key(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def sit_sample() -> Row:
    """The sample page against its gold, which is exact: articles, joins, fields, and every one of its 40 odd places untouched."""
    from qingyang.decode import read
    from qingyang.identity import identify

    data = SAMPLE.read_bytes()
    source = identify(read("人民日报/2020-11-25/02.txt", data))
    done = clean_issue([source])
    by_id = {r["id"]: r for r in done.records}
    account(done.ledger[0], source.text, by_id)
    account_output(done.ledger, by_id)
    gold = json.loads(SAMPLE_GOLD.read_text("utf-8"))
    row = Row("sample")
    n = row.counts

    def check(name: str, ok: bool, detail: str) -> None:
        n[name + ".n"] += 1
        n[name + ".ok"] += bool(ok)
        if not ok:
            row.mistakes.append((name, detail))

    found = [(r["kind"], [key(p) for p in r["paragraphs"]]) for r in done.records]
    for g in gold["records"]:
        check("articles", (g["kind"], [key(p) for p in g["paragraphs"]]) in found, str(g["headline"] or g["paragraphs"][0][:20]))
    for r in done.records[len(gold["records"]) :]:
        check("articles", False, f"one too many: {r['headline'] or r['text'][:20]}")
    joined = _joined(done.ledger[0], source.text)
    n["joins.n"] = gold["joins"]
    # that none of them is wrong shows in the paragraphs
    n["joins.ok"] = gold["joins"] - abs(gold["joins"] - joined)
    if joined != gold["joins"]:
        row.mistakes.append(("joins", f"{joined} joins, {gold['joins']} in print"))
    for r, g in zip(done.records, gold["records"], strict=False):
        for f in ("headline", "deck", "byline", "dateline", "sign_off"):
            check("fields", key(r[f]) == key(g[f]), f"{f}: {g[f]!r} as {r[f]!r}")  # type: ignore[literal-required]
        for f in ("authors", "agency", "place", "date", "complete"):
            check("fields", r[f] == g[f], f"{f}: {g[f]!r} as {r[f]!r}")  # type: ignore[literal-required]
        want, got = ((x["continued_from"] or {}).get("page") for x in (g, r))
        check("fields", want == got, f"continued from {want!r} as {got!r}")
    text = key("".join(r["text"] for r in done.records))
    with SAMPLE_DEVIATIONS.open(encoding="utf-8", newline="") as f:
        for place in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            words = key(place["seed_context"].replace("【", "").replace("】", ""))
            check("untouched", words in text, words)
    row.pages = hashlib.sha256(data).hexdigest()[:16]
    return row


def _joined(entry: Mapping[str, Any], text: str) -> int:
    """Line ends inside paragraphs."""
    last: dict[int, int] = {}
    count = 0
    for p in entry["pieces"]:
        if p[0] == "remove" or entry["slots"][p[3]][1] != "paragraphs":
            continue
        count += p[3] in last and "\n" in text[last[p[3]] : p[1]]
        last[p[3]] = p[2]
    return count


def exam(profiles: Sequence[str] = EXAM, *, workers: int = 1) -> list[Row]:
    """The sample and every profile."""
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool_:
            return [sit_sample(), *pool_.map(sit, profiles)]
    return [sit_sample(), *map(sit, profiles)]


# ---------------------------------------------------------------- floors
def floors_of(row: Row) -> dict[str, float]:
    """What a row of today would have as floors: a little below what was measured; the sample page is exact."""
    if row.name == "sample":
        return row.figures()
    floors = {k: floor((v - SLACK - 2 / support(row.counts, k)) * 1000) / 1000 for k, v in row.figures().items()}
    return {k: v for k, v in floors.items() if v > 0}


def below(row: Row, floors: Mapping[str, float]) -> list[str]:
    """Every floor that the row does not reach."""
    got = row.figures()
    return [f"{row.name}: {k} {got.get(k, 0.0):.4f} is below its floor {v:.3f}" for k, v in floors.items() if got.get(k, 0.0) < v]


def changed(rows: Iterable[Row], kept: Mapping[str, Any]) -> list[str]:
    """Parts of the exam that are not what the floors were set on."""
    pages = kept.get("pages", {})
    other = [r for r in rows if pages.get(r.name) != r.pages]
    return [f"{r.name} " + ("has other pages than its floors were set on" if r.name in pages else "has no floors") for r in other]


def load() -> dict[str, Any]:
    return tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}


HEADER = """\
# Floors of the quality gate, one per profile and score. Written by python -m bench.quality.gate, never by hand:
# --raise-floors after an improvement; --set-floors --because "…" to lower one or to change the exam. [[log]] says who did and why.
"""


def dump(kept: Mapping[str, Any]) -> None:
    out = [HEADER]
    for entry in kept["log"]:
        out.append("[[log]]")
        out += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in entry.items()]
        out.append("")
    out.append("[pages]")
    out += [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in kept["pages"].items()]
    for name, floors in kept["floors"].items():
        out += ["", f"[floors.{json.dumps(name)}]"]
        out += [f"{k} = {v}" for k, v in floors.items()]
    FLOORS.write_text("\n".join(out) + "\n", "utf-8")


def author() -> str:
    """Who git says that works here, else the system's user."""
    try:
        name = subprocess.run(["git", "config", "user.name"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except OSError:
        name = ""
    return name or getpass.getuser()


def set_floors(rows: Sequence[Row], because: str) -> None:
    """Floors as measured today, with an entry in the log: up, or down where a score fell below its floor or the exam is another."""
    kept = load()
    old = kept.get("floors", {})
    lowered, new = [], {}
    for row in rows:
        mine, got = floors_of(row), row.figures()
        same = kept.get("pages", {}).get(row.name) == row.pages
        for k, v in old.get(row.name, {}).items():
            if same and got.get(k, 0.0) >= v:
                mine[k] = max(v, mine.get(k, 0.0))
            elif mine.get(k, 0.0) < v:
                lowered.append(f"{row.name} {k} {v} → {mine.get(k)}")
        new[row.name] = mine
    pages = {r.name: r.pages for r in rows}
    entry = {
        "date": datetime.date.today().isoformat(),
        "who": author(),
        "because": because,
        "lowered": lowered,
        "other_pages": [k for k, v in pages.items() if kept.get("pages", {}).get(k, v) != v],
    }
    dump({"log": [*kept.get("log", []), entry], "pages": pages, "floors": new})


def raise_floors(rows: Sequence[Row]) -> int:
    """Floors that today's figures leave behind go up. How many did."""
    kept = load()
    count = 0
    for row in rows:
        mine = kept["floors"][row.name]
        for k, v in floors_of(row).items():
            if v > mine.get(k, 0.0):
                mine[k], count = v, count + 1
    dump(kept)
    return count


# ---------------------------------------------------------------- the table
def table(rows: Sequence[Row], kinds: bool = False) -> str:
    sample, *others = rows
    if kinds:
        out = [f"{'profile':20}{'next unit':>18}{'displaced':>18}{'page jump':>18}"]
        for row in others:
            n = [(row.counts[f"join.{k}.ok"], row.counts[f"join.{k}.n"]) for k in ("next", "displaced", "jump")]
            out.append(f"{row.name:20}" + "".join(f"{f'{ok}/{all_}':>18}" for ok, all_ in n))
        return "\n".join(out)
    head = f"{'profile':20}" + "".join(f"{k[:9]:>10}" for k in SHOWN)
    out = ["sample  " + "  ".join(f"{k} {sample.counts[k + '.ok']}/{sample.counts[k + '.n']}" for k in sample.figures()), "", head]
    for row in others:
        got = row.figures()
        out.append(f"{row.name:20}" + "".join(f"{got[k]:10.4f}" if k in got else f"{'–':>10}" for k in SHOWN))
    return "\n".join(out)


def main(argv: Sequence[str] | None = None) -> int:
    raw = argparse.RawDescriptionHelpFormatter
    ap = argparse.ArgumentParser(prog="python -m bench.quality.gate", description=__doc__, formatter_class=raw)
    ap.add_argument("profiles", nargs="*", help="only these (no floors are set then)")
    ap.add_argument("--workers", type=int, default=1)
    ap.add_argument("--errors", type=int, default=0, metavar="N", help="print N mistakes per score")
    ap.add_argument("--of", action="append", metavar="SCORE", help="only mistakes of this score")
    ap.add_argument("--kinds", action="store_true", help="also how many joins were made: next unit, displaced, over a page")
    ap.add_argument("--set-floors", action="store_true")
    ap.add_argument("--because", metavar="SENTENCE")
    ap.add_argument("--raise-floors", action="store_true")
    a = ap.parse_args(argv)
    if unknown := set(a.profiles) - set(EXAM):
        ap.error(f"no profile {', '.join(sorted(unknown))}; there are {', '.join(EXAM)}")
    if (a.set_floors or a.raise_floors) and a.profiles:
        ap.error("floors are set for the whole exam")
    if a.set_floors and len((a.because or "").split()) + len(a.because or "") // 8 < 4:
        ap.error('--set-floors needs --because "a sentence that says why"')
    rows = exam(a.profiles or EXAM, workers=a.workers)
    print(table(rows))
    if a.kinds:
        print("\ntrue joins made, by kind\n" + table(rows, kinds=True))
    for row in rows:
        by: Counter[str] = Counter()
        for what, detail in row.mistakes if a.errors else ():
            by[what] += 1
            if by[what] <= a.errors and (not a.of or what in a.of):
                print(f"  {row.name} {what}: {detail}")
    if a.set_floors:
        set_floors(rows, a.because)
        print(f"\nfloors set in {FLOORS.name}: read the difference before you commit it")
        return 0
    kept = load()
    failed = [line for row in rows for line in below(row, kept.get("floors", {}).get(row.name, {}))]
    other = changed(rows, kept)
    if a.raise_floors and not failed and not other:
        print(f"\n{raise_floors(rows)} floors raised")
    for line in failed + other:
        print(line, file=sys.stderr)
    if other:
        print('another exam needs new floors: --set-floors --because "…"', file=sys.stderr)
    return 1 if failed or other else 0


if __name__ == "__main__":
    sys.exit(main())
