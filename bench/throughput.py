"""How fast the whole job is, beside its floor on the same text, measured in one run.

    python -m bench.throughput                 # 5 MB of line-wise pages
    python -m bench.throughput --mb 1 --rounds 1
    python -m bench.throughput --mb 1 --grow   # and ten and a hundred times as much

The job is a run from nothing with one worker: three variants, words, flags, checks and the proof. Its floor is the words by
the same engine and the same three OpenCC conversions of the same clean text, and nothing else. Job and floor take turns, each in
a process of its own; figures are seconds of CPU, since other work on the machine makes the clock on the wall say little. The
last part is the command line, with Prefect and its server.

Other tools (Data-Juicer, datatrove) are left out: figures that were not measured side by side, on this machine and this
text, say nothing, and neither is installed.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

DISTINCT = 60
"""Issues composed anew; beyond, they come again with the folio line of another day: composing takes time too."""

STAGES = (
    ("read, decode, identify", "tasks.corpus:look", "tasks.shard:_sources"),
    ("lines", "qingyang.issue:read_lines"),
    ("evidence", "qingyang.evidence:gather"),
    ("roles", "qingyang.issue:weigh"),
    ("split, decisions", "qingyang.issue:split", "qingyang.issue:_decisions"),
    ("thread", "qingyang.issue:thread"),
    ("stitch", "qingyang.issue:stitch"),
    ("characters", "qingyang.characters:normalise", "qingyang.characters:blanks"),
    ("compose", "qingyang.articles:Writer.add", "qingyang.articles:Writer.finish"),
    ("account", "tasks.shard:_accounted"),
    ("flags", "qingyang.flags:find"),
    ("variants", "qingyang.scripts:Converters.convert"),
    ("words", "tasks.shard:words_record"),
    ("metrics", "qingyang.metrics:row", "qingyang.metrics:ledger_share"),
    ("serialise", "tasks.shard:line"),
    ("checks (Great Expectations)", "tasks.corpus:_check", "tasks.corpus:_check_corpus"),
    ("assemble, write", "tasks.corpus:shard.assemble", "tasks.corpus:_commit"),
    ("proof", "tasks.corpus:_proof"),
)
"""A stage's name, and the functions whose time counts as its; of a call inside a call, the inner one counts."""

STRUCTURE = ("lines", "evidence", "roles", "split, decisions", "thread", "stitch", "characters", "compose", "account")


class Clock:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.at = [("the rest", time.process_time())]

    def wrap(self, stage: str, place: str) -> None:
        module, _, path = place.partition(":")
        owner: Any = importlib.import_module(module)
        *steps, name = path.split(".")
        for step in steps:
            owner = getattr(owner, step)
        setattr(owner, name, self.timed(stage, getattr(owner, name)))

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            mine = "reference words (jieba)" if stage == "words" and args[1].engine == "jieba" else stage
            self.switch(mine)
            try:
                return function(*args, **named)
            finally:
                self.back()

        return call

    def switch(self, stage: str) -> None:
        now = time.process_time()
        outer, since = self.at[-1]
        self.spent[outer] += now - since
        self.at.append((stage, now))

    def back(self) -> None:
        now = time.process_time()
        stage, since = self.at.pop()
        self.spent[stage] += now - since
        self.at[-1] = (self.at[-1][0], now)


# ---------------------------------------------------------------- what is measured, each in a process of its own


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def job(raw: Path, output: Path) -> dict[str, Any]:
    """A run from nothing without a scheduler, by stages. Imports and dictionaries are start-up, made before."""
    from qingyang.settings import Settings
    from tasks import check, corpus, lock, proof, shard
    from tasks.manifest import STATE
    from tasks.workers import Workers

    settings = Settings()
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "raw" / "日报" / "2020-11-25" / "01.txt"
        page.parent.mkdir(parents=True)
        page.write_text("小麦丰收\n新华社北京11月24日电 记者范长江说，今年夏粮产量再创新高。\n", "utf-8")
        _bring(Path(folder) / "raw", Path(folder) / "output", settings, corpus, lock, Workers, STATE)
    del check, proof, shard
    begun = time.process_time()
    for stage, *places in STAGES:
        for place in places:
            clock.wrap(stage, place)
    clock.at = [("the rest", begun)]
    totals = _bring(raw, output, settings, corpus, lock, Workers, STATE)
    clock.switch("the rest")
    return {"start": begun, "seconds": sum(clock.spent.values()), "stages": clock.spent, "memory": peak(), "totals": totals}


def _bring(raw: Path, output: Path, settings: Any, corpus: Any, lock: Any, workers: Any, state: str) -> dict[str, int]:
    with lock.hold(output / state), workers(1) as pool:
        plan = corpus.survey(raw, output, settings, pool, False)
        for group in plan.groups:
            assert not corpus.make_group(plan, group, pool)
        totals: dict[str, int] = corpus.finish(plan, {"started": "now", "host": "bench", "seconds": 0, "workers": 1})
        return totals


def floor(raw: Path, output: Path) -> dict[str, Any]:
    """Words and conversions of the clean text of ``output``."""
    import opencc

    from qingyang.scripts import CONFIGS
    from qingyang.words import Segmenter

    segmenter, converters = Segmenter(), [opencc.OpenCC(config) for config in CONFIGS.values()]
    texts = []
    for path in sorted([*output.glob("articles.zh-Hans.jsonl"), *output.glob("articles.zh-Hans/*.jsonl")]):
        with open(path, encoding="utf-8") as file:
            texts += [json.loads(each)["text"] for each in file]
    segmenter.cut("预热")
    for converter in converters:
        converter.convert("预热")
    begun = time.process_time()
    for text in texts:
        segmenter.cut(text)
    words = time.process_time()
    for text in texts:
        for converter in converters:
            converter.convert(text)
    done = time.process_time()
    return {"seconds": done - begun, "words": words - begun, "variants": done - words, "bytes": sum(len(t.encode()) for t in texts)}


def _child(what: str, raw: Path, output: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.throughput", "--child", what, str(raw), str(output)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    out: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return out


def command_line(raw: Path, output: Path) -> tuple[float, float]:
    """CPU seconds of ``qingyang run`` with one worker, Prefect's server included, and of the clock on the wall."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "flows.cli", "run", "--workers", "1", str(raw), str(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begun


# ---------------------------------------------------------------- pages of any size


def pages(raw: Path, size: int) -> int:
    """Write a daily's line-wise pages of ``size`` bytes at least, no two the same; how many bytes there are."""
    from bench.quality.compose import compose

    issues = []
    written = number = 0
    while written < size:
        if number < DISTINCT:
            issues.append(compose(number, profile="lines").pages)
        day = date(1990, 1, 1) + timedelta(number)
        folder = raw / "日报" / day.isoformat()
        folder.mkdir(parents=True)
        for k, text in enumerate(issues[number % DISTINCT], 1):
            folio = f"{day.year}年{day.month}月{day.day}日　第{number}期\n" if number >= DISTINCT else ""
            data = (folio + text).encode()
            (folder / f"{k:02d}.txt").write_bytes(data)
            written += len(data)
            if written >= size:
                break
        number += 1
    return written


# ---------------------------------------------------------------- the table


def measure(folder: Path, mb: float, rounds: int, prefect: bool) -> dict[str, Any]:
    raw, output = folder / "raw", folder / "output"
    size = pages(raw, int(mb * 1e6)) / 1e6
    jobs, floors = [], []
    for _ in range(rounds):
        shutil.rmtree(output, ignore_errors=True)
        jobs.append(_child("job", raw, output))
        floors.append(_child("floor", raw, output))
    out: dict[str, Any] = {"mb": size, "jobs": jobs, "floors": floors}
    if prefect:
        shutil.rmtree(output)
        out["command"] = command_line(raw, output)
    shutil.rmtree(folder)
    return out


def show(result: dict[str, Any]) -> None:
    mb, jobs, floors = result["mb"], result["jobs"], result["floors"]
    whole, least = median(j["seconds"] for j in jobs), median(f["seconds"] for f in floors)
    stages = {s: median(j["stages"].get(s, 0.0) for j in jobs) for s in jobs[0]["stages"]}
    totals = jobs[0]["totals"]
    print(f"{mb:.1f} MB, {totals['sources']:,} line-wise pages, {totals['articles'] + totals['fragments']:,} records\n")
    print(f"| {'':<28} | CPU s |  MB/s | share |")
    print(f"|{'-' * 30}|------:|------:|------:|")

    def row(name: str, seconds: float, share: float | None = None) -> None:
        print(f"| {name:<28} | {seconds:5.2f} | {mb / seconds if seconds else 0:5.2f} | {'' if share is None else f'{share:5.1%}':>5} |")

    row("whole job", whole, 1.0)
    row("its floor", least, least / whole)
    row("structure with provenance", sum(stages.get(s, 0.0) for s in STRUCTURE), sum(stages.get(s, 0.0) for s in STRUCTURE) / whole)
    for name in [*(s[0] for s in STAGES), "reference words (jieba)", "the rest"]:
        if stages.get(name):
            row(f"· {name}", stages[name], stages[name] / whole)
    print(f"\nwhole job ÷ floor: {median(j['seconds'] / f['seconds'] for j, f in zip(jobs, floors, strict=True)):.1f}", end="; ")
    print(f"floor: words {median(f['words'] for f in floors):.2f} s, conversions {median(f['variants'] for f in floors):.2f} s")
    print(f"start-up (imports, dictionaries, a small run): {median(j['start'] for j in jobs):.1f} s CPU; ", end="")
    print(f"peak memory: {max(j['memory'] for j in jobs):.0f} MB")
    if "command" in result:
        cpu, wall = result["command"]
        ours = median(j["seconds"] + j["start"] for j in jobs)
        gx = stages.get("checks (Great Expectations)", 0.0)
        print(f"qingyang run --workers 1: {cpu:.1f} s CPU ({wall:.1f} s on the wall), ", end="")
        print(f"of which Prefect {max(0.0, cpu - ours) / cpu:.0%}, Great Expectations {gx / cpu:.0%}")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--mb", type=float, default=5, help="of pages (default 5)")
    ask.add_argument("--rounds", type=int, default=3, help="turns of job and floor; medians are shown")
    ask.add_argument("--grow", action="store_true", help="also ten and a hundred times as many pages, one round each")
    ask.add_argument("--no-prefect", action="store_true", help="without the command line")
    ask.add_argument("--pages", type=Path, help="only write pages into this folder")
    ask.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.child:
        what, raw, output = given.child
        print(json.dumps({"job": job, "floor": floor}[what](Path(raw), Path(output))))
        return
    if given.pages:
        print(f"{pages(given.pages, int(given.mb * 1e6)):,} bytes")
        return
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # per core
    folder = Path(tempfile.mkdtemp(prefix="qingyang-throughput-"))
    try:
        show(first := measure(folder / "1", given.mb, given.rounds, not given.no_prefect))
        if given.grow:
            print("\n|     MB | CPU s per MB | peak memory |\n|-------:|-------------:|------------:|")
            for times in (1, 10, 100):
                result = first if times == 1 else measure(folder / str(times), given.mb * times, 1, False)
                seconds, memory = median(j["seconds"] for j in result["jobs"]), max(j["memory"] for j in result["jobs"])
                print(f"| {result['mb']:6.1f} | {seconds / result['mb']:12.3f} | {memory:8.0f} MB |", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
