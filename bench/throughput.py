"""How fast the whole job is, beside its floor on the same text, measured in one run.

    python -m bench.throughput                 # 5 MB of line-wise pages
    python -m bench.throughput --mb 1 --rounds 1
    python -m bench.throughput --mb 1 --grow   # and ten and a hundred times as much; --grow 10 stops at ten
    python -m bench.throughput --mb 1 --pair   # two workers beside one, by the clock on the wall
    python -m bench.throughput --mb 1 --peers  # other tools on the part they share, in a venv of their own

The job is a run from nothing with one worker: three variants, words, flags, checks and the proof. Its floor is the words by
the same engine and the same three OpenCC conversions of the same clean text, and nothing else. Job and floor take turns, each in
a process of its own; figures are seconds of CPU, since other work on the machine makes the clock on the wall say little. The
last part is the command line, with Prefect and its server.

Other tools do less: datatrove reads documents, repairs their text with ftfy and writes them; Data-Juicer runs mappers and filters
over records. They are installed from PyPI into a venv beside the pages, get the same pages, and are measured in the same run; where
one cannot be installed, the table says so.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
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
    ("flags", "qingyang.flags:find_all"),
    ("variants", "qingyang.scripts:Converters.convert_all"),
    ("words", "tasks.shard:words_record"),
    ("metrics", "qingyang.metrics:row", "qingyang.metrics:ledger_share", "qingyang.scripts:judge"),
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


def workers(raw: Path, output: Path, count: int) -> float:
    """Seconds on the wall of a run from nothing with ``count`` workers, without Prefect; start-up of the processes included."""
    from qingyang.settings import Settings
    from tasks import corpus, lock
    from tasks.manifest import STATE
    from tasks.workers import Workers

    begun = time.monotonic()
    _bring(raw, output, Settings(), corpus, lock, lambda _: Workers(count), STATE)
    return time.monotonic() - begun


PEERS: dict[str, tuple[tuple[str, ...], str]] = {
    "datatrove + ftfy": (
        ("datatrove[io]", "ftfy"),
        """
import sys, time
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
begun = time.process_time()
steps = [JsonlReader(sys.argv[1]), FTFYFormatter(), JsonlWriter(sys.argv[2], compression=None)]
data = None
for step in steps:
    data = step.run(data, 0, 1)
print(sum(1 for _ in data), time.process_time() - begun)
""",
    ),
    "Data-Juicer, 4 mappers + 3 filters": (
        ("py-data-juicer",),
        """
import sys, time, json, glob
from data_juicer.core import NestedDataset
from data_juicer.ops.filter import AlphanumericFilter, CharacterRepetitionFilter, TextLengthFilter
from data_juicer.ops.mapper import ChineseConvertMapper, FixUnicodeMapper, PunctuationNormalizationMapper, WhitespaceNormalizationMapper
rows = [json.loads(line) for line in open(glob.glob(sys.argv[1] + "/*.jsonl")[0], encoding="utf-8")]
data = NestedDataset.from_list(rows)
steps = [FixUnicodeMapper(), PunctuationNormalizationMapper(), WhitespaceNormalizationMapper(), ChineseConvertMapper(mode="s2t")]
steps += [TextLengthFilter(), CharacterRepetitionFilter(), AlphanumericFilter()]
begun = time.process_time()
for step in steps:
    data = step.run(data)
print(len(data), time.process_time() - begun)
""",
    ),
}
"""What is installed, and a script that gets a folder of JSON lines and one to write to and prints pages and CPU seconds."""


def peers(raw: Path, folder: Path) -> list[tuple[str, float | str]]:
    """CPU seconds of each peer on the pages of ``raw``, start-up excluded; or why there are none."""
    pages_in = folder / "in"
    pages_in.mkdir(parents=True)
    with open(pages_in / "pages.jsonl", "w", encoding="utf-8") as file:
        for path in sorted(raw.rglob("*.txt")):
            file.write(json.dumps({"id": path.name, "text": path.read_text("utf-8")}, ensure_ascii=False) + "\n")
    out: list[tuple[str, float | str]] = []
    for number, (name, (wanted, script)) in enumerate(PEERS.items()):
        venv = folder / f"venv{number}"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        python = str(venv / "bin" / "python")
        steps = ([python, "-m", "pip", "install", "-q", *wanted], [python, "-c", script, str(pages_in), str(folder / f"out{number}")])
        for command in steps:
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=folder)
            except subprocess.TimeoutExpired:
                out.append((name, f"took more than {PATIENCE} s: {' '.join(command[1:5])}"))
                break
            if done.returncode:
                lines = done.stderr.strip().splitlines() or ["no message"]
                out.append((name, next((line for line in lines if line.startswith("ERROR")), lines[-1])[:200]))
                break
        else:
            out.append((name, float(done.stdout.split()[-1])))
    return out


PATIENCE = 900
"""Seconds for an installation, and for a peer's run."""


def machine() -> str:
    """Processor, cores, memory, Python: what the figures were measured on."""
    name = platform.processor() or platform.machine()
    with suppress(OSError):
        found = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        name = found[0] if found else name
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    python = platform.python_version()
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {python}; load before: {load:.1f}"


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
    print(machine())
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
    ask.add_argument("--grow", type=int, nargs="?", const=100, help="also ten times as many pages, and so on up to so many times (100)")
    ask.add_argument("--pair", action="store_true", help="also two workers beside one, by the clock on the wall")
    ask.add_argument("--peers", action="store_true", help="also other tools, installed into a venv made for it")
    ask.add_argument("--no-prefect", action="store_true", help="without the command line")
    ask.add_argument("--pages", type=Path, help="only write pages into this folder")
    ask.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.child:
        what, raw, output = given.child
        known: dict[str, Callable[[Path, Path], Any]] = {"job": job, "floor": floor}
        known |= {f"workers{n}": functools.partial(workers, count=n) for n in (1, 2)}
        print(json.dumps(known[what](Path(raw), Path(output))))
        return
    if given.pages:
        print(f"{pages(given.pages, int(given.mb * 1e6)):,} bytes")
        return
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # per core
    folder = Path(tempfile.mkdtemp(prefix="qingyang-throughput-"))
    try:
        show(first := measure(folder / "1", given.mb, given.rounds, not given.no_prefect))
        if given.pair:
            pages(folder / "pair" / "raw", int(given.mb * 1e6))
            wall = {n: _child(f"workers{n}", folder / "pair" / "raw", folder / "pair" / f"output{n}") for n in (1, 2)}
            print(f"\non the wall: one worker {wall[1]:.1f} s, two workers {wall[2]:.1f} s, {wall[1] / wall[2]:.2f} times as fast")
        if given.peers:
            size = pages(folder / "peers" / "raw", int(given.mb * 1e6)) / 1e6
            print(f"\n| {'on the same pages':<36} | CPU s |  MB/s |\n|{'-' * 38}|------:|------:|")
            ours = median(j["seconds"] for j in first["jobs"])
            for name, spent in [("qingyang, the whole job", ours), *peers(folder / "peers" / "raw", folder / "peers")]:
                figures = f"{spent:5.2f} | {size / max(spent, 1e-9):5.2f}" if isinstance(spent, float) else f"not measured: {spent}"
                print(f"| {name:<36} | {figures} |")
        if given.grow:
            print("\n|     MB | CPU s per MB | start-up, CPU s | Great Expectations | peak memory |")
            print("|-------:|-------------:|----------------:|-------------------:|------------:|")
            for times in (t for t in (1, 10, 100) if t <= given.grow):
                result = first if times == 1 else measure(folder / str(times), given.mb * times, 1, False)
                jobs = result["jobs"]
                seconds, memory = median(j["seconds"] for j in jobs), max(j["memory"] for j in jobs)
                start, gx = median(j["start"] for j in jobs), median(j["stages"].get("checks (Great Expectations)", 0.0) for j in jobs)
                print(
                    f"| {result['mb']:6.1f} | {seconds / result['mb']:12.3f} | {start:15.1f} | {gx / seconds:18.1%} | {memory:8.0f} MB |",
                    flush=True,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
