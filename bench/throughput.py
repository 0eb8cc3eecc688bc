"""How fast the whole job is, beside its floor on the same text, measured in one run.

    python -m bench.throughput                 # 5 MB of line-wise pages
    python -m bench.throughput --mb 1 --rounds 1
    python -m bench.throughput --grow          # 0.1, 1 and 10 MB: how cost and memory of every process grow; --mb 1 --grow ends at 100 MB
    python -m bench.throughput --mb 200 --one  # one source of 200 MB: what every process takes
    python -m bench.throughput --mb 3 --pair   # two workers beside one in turns, by the clock on the wall
    python -m bench.throughput --mb 1 --peers  # other tools on the part they share; --venvs FOLDER keeps them for the next time

The job is a run from nothing with one worker: three variants, words, flags, checks and the proof. Its floor is the words by
the same engine and the same three OpenCC conversions of the same clean text, and nothing else. Job, floor and other tools take turns,
each in a process of its own; figures are seconds of CPU, since other work on the machine makes the clock on the wall say little. The
last part is the command line, with Prefect and its server, beside the same work in a process without them. With --grow and --one it
runs once more, with two workers, and psutil (it comes with Dask, ``pip install -e '.[test]'``) watches every process of it.

Other tools do less: datatrove reads documents, repairs their text with ftfy and writes them; Data-Juicer runs mappers and filters
over records. They are installed from PyPI, in pinned versions, into a venv each, and get the same pages; where one cannot be
installed, the table says why.
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

DISTINCT = 60
"""Issues composed anew; beyond, they come again with the folio line of another day: composing takes time too."""

CHECKS = ("checks (Great Expectations)", "tasks.corpus:_check", "tasks.corpus:_check_corpus")
STAGES = (
    ("read, decode, identify", "tasks.corpus:look", "tasks.shard:_sources"),
    ("lines", "qingyang.issue:read_pages"),
    ("evidence", "qingyang.evidence:gather_all"),
    ("roles", "qingyang.issue:weigh"),
    ("rules on roles", "qingyang.issue:decide", "qingyang.issue:setting.weigh_again"),
    ("cut, decisions", "qingyang.issue:cut", "qingyang.issue:_decisions"),
    ("thread", "qingyang.issue:thread_all"),
    ("headings", "qingyang.issue:subheads.settle"),
    ("broken paragraphs", "qingyang.issue:unbroken.mend_all"),
    ("stitch", "qingyang.issue:stitch"),
    ("characters", "qingyang.characters:normalise", "qingyang.characters:blanks"),
    ("compose", "qingyang.articles:Writer.add", "qingyang.articles:Writer.finish"),
    ("issues, otherwise", "qingyang.issue:clean_issues"),
    ("account", "tasks.shard:_accounted"),
    ("flags", "qingyang.flags:find_all"),
    ("variants", "qingyang.scripts:Converters.convert_all"),
    ("words", "tasks.shard:words_record", "qingyang.scripts:cut_each"),
    ("metrics", "qingyang.metrics:row", "qingyang.metrics:characters", "qingyang.metrics:page_share", "qingyang.scripts:judge"),
    ("serialise", "tasks.shard:line"),
    ("batches: files, cycles", "tasks.shard:make"),
    CHECKS,
    ("assemble, write", "tasks.corpus:shard.assemble", "tasks.corpus:_commit"),
    ("proof", "tasks.corpus:_proof"),
    ("plan, join, manifest", "tasks.corpus:survey", "tasks.corpus:make_group", "tasks.corpus:finish"),
)
"""A stage's name, and the functions whose time counts as its; of a call inside a call, the inner one counts."""

STRUCTURE = (
    *("lines", "evidence", "roles", "rules on roles", "cut, decisions", "thread", "headings", "broken paragraphs", "stitch"),
    *("characters", "compose", "issues, otherwise", "account"),
)


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
        totals: dict[str, int] = corpus.finish(plan, {"started": "now", "host": "bench", "seconds": 0, "workers": 1}, pool)
        return totals


def plain(raw: Path, output: Path) -> dict[str, Any]:
    """What ``qingyang run`` does, from a cold start, without Prefect; of it, Great Expectations with its import."""
    import pandas

    from qingyang.settings import Settings
    from tasks import corpus, lock
    from tasks.manifest import STATE
    from tasks.workers import Workers

    del pandas  # needed without Great Expectations too
    clock = Clock()
    for place in CHECKS[1:]:
        clock.wrap(CHECKS[0], place)
    _bring(raw, output, Settings(), corpus, lock, Workers, STATE)
    return {"seconds": time.process_time(), "checks": clock.spent[CHECKS[0]]}


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


def workers(raw: Path, output: Path, count: int) -> dict[str, float]:
    """A run from nothing with ``count`` workers, without Prefect: seconds on the wall, of CPU here and in the others, start-up included."""
    begun = time.monotonic()
    from qingyang.settings import Settings
    from tasks import corpus, lock
    from tasks.manifest import STATE
    from tasks.quiet import import_great_expectations, one_thread
    from tasks.workers import Workers

    one_thread()
    with lock.hold(output / STATE), Workers(count) as pool, ThreadPoolExecutor() as threads:
        pool.prepare()
        import_great_expectations()  # as the command line does: while other processes start
        plan = corpus.survey(raw, output, Settings(), pool)
        assert plan is not None
        assert not any(threads.map(lambda group: corpus.make_group(plan, group, pool), plan.groups))
        corpus.finish(plan, {"started": "now", "host": "bench", "seconds": 0, "workers": count}, pool)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": time.monotonic() - begun, "here": time.process_time(), "others": others.ru_utime + others.ru_stime}


class Peer(NamedTuple):
    """Another tool: what is installed, what it does with a page, and a script for its own interpreter.

    The script gets a folder of JSON lines and a folder to write to; the last thing it prints is CPU seconds, start-up excluded.
    """

    name: str
    wanted: tuple[str, ...]
    does: str
    leaves: str
    script: str


CPU = "lambda: sum(os.times()[:4])"
"""Of the process and of those that it has waited for."""

PEERS = (
    Peer(
        "datatrove + ftfy",
        ("datatrove[io]==0.10.1", "ftfy==6.3.1", "regex==2026.11.15"),
        "reads, repairs text with ftfy, writes",
        "structure, provenance, flags, variants, words, checks, proof",
        f"""
import os, sys
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from loguru import logger
logger.remove()
cpu = {CPU}
FTFYFormatter().format("预热")
begun = cpu()
data = None
for step in (JsonlReader(sys.argv[1]), FTFYFormatter(), JsonlWriter(sys.argv[2], compression=None)):
    data = step.run(data, 0, 1)
assert sum(1 for _ in data)
print(cpu() - begun)
""",
    ),
    Peer(
        "Data-Juicer",
        ("py-data-juicer==1.6.1", "ftfy==6.3.1", "opencc==1.4.2", "aiohttp==3.14.5"),
        "four mappers (Unicode, punctuation, white space, one OpenCC conversion), three filters",
        "structure, provenance, flags, the other variants, words, checks, proof",
        f"""
import glob, json, os, sys
import datasets
from data_juicer.core import NestedDataset
from data_juicer.ops.filter import AlphanumericFilter, CharacterRepetitionFilter, TextLengthFilter
from data_juicer.ops.mapper import ChineseConvertMapper, FixUnicodeMapper, PunctuationNormalizationMapper, WhitespaceNormalizationMapper
cpu = {CPU}
datasets.disable_caching()
steps = [FixUnicodeMapper(), PunctuationNormalizationMapper(), WhitespaceNormalizationMapper(), ChineseConvertMapper(mode="s2t")]
steps += [TextLengthFilter(), CharacterRepetitionFilter(), AlphanumericFilter()]
for step in steps:
    step.auto_op_parallelism, step.num_proc = False, None  # in this process: one of its own for each step would count against it
def go(rows):
    data = NestedDataset.from_list(rows)
    for step in steps:
        data = step.run(data)
    return data
go([{{"id": "0", "text": "预热"}}])
rows = [json.loads(line) for line in open(glob.glob(sys.argv[1] + "/*.jsonl")[0], encoding="utf-8")]
begun = cpu()
go(rows).to_json(sys.argv[2] + ".jsonl", force_ascii=False)
print(cpu() - begun)
""",
    ),
)

PATIENCE = 3600
"""Seconds for an installation, and for a peer's run."""


def install(peer: Peer, venvs: Path) -> Path | str:
    """The interpreter of a venv that has ``peer``, made where it is not there; or why there is none."""
    venv = venvs / peer.name.split()[0].lower()
    python = venv / "bin" / "python"
    print(f"installing {' '.join(peer.wanted)} into {venv}", file=sys.stderr)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.wanted]
    return _asked(pip, venvs)[1] or python


def spent_by(peer: Peer, python: Path, raw: Path, folder: Path) -> float | str:
    """CPU seconds of ``peer`` on the pages of ``raw``, start-up excluded; or why they are not known."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    with open(folder / "in" / "pages.jsonl", "w", encoding="utf-8") as file:
        for path in sorted(raw.rglob("*.txt")):
            file.write(json.dumps({"id": path.name, "text": path.read_text("utf-8")}, ensure_ascii=False) + "\n")
    said, problem = _asked([str(python), "-c", peer.script, str(folder / "in"), str(folder / "out")], folder)
    return problem or float(said.split()[-1])


def _asked(command: list[str], folder: Path) -> tuple[str, str]:
    """What a command prints, or else what it complains of."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=folder)
    except subprocess.TimeoutExpired:
        return "", f"took more than {PATIENCE} s"
    if not done.returncode:
        return done.stdout, ""
    lines = done.stderr.strip().splitlines() or ["no message"]
    return "", next((line for line in lines if line.startswith("ERROR")), lines[-1])[:200]


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


class Watched(NamedTuple):
    """What a process took: which one it is, seconds of CPU, megabytes at most."""

    role: str
    cpu: float
    peak: float


LOOKS = 0.2
"""Seconds between two looks at the processes: what one spends after the last look is not seen."""

WORKER, PARENT, SERVER = "worker", "parent", "server"


def watch(command: list[str]) -> tuple[float, list[Watched]]:
    """Seconds on the wall of a command, and what each of its processes took."""
    import psutil

    begun = time.monotonic()
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said) as running:
        first = psutil.Process(running.pid)
        seen: dict[int, Watched] = {}
        while running.poll() is None:
            with suppress(psutil.Error):
                for process in (first, *first.children(recursive=True)):
                    with suppress(psutil.Error), process.oneshot():
                        spent, peak = process.cpu_times(), process.memory_info().rss / 1e6
                        before = seen.get(process.pid)
                        role = before.role if before else _role(process, running.pid)
                        seen[process.pid] = Watched(role, spent.user + spent.system, max(peak, before.peak if before else 0))
            time.sleep(LOOKS)
        if running.returncode not in (0, 1):
            said.seek(0)
            raise SystemExit(said.read().decode())
    return time.monotonic() - begun, list(seen.values())


def _role(process: Any, parent: int) -> str:
    """Workers are forked from a process of ours that has loaded what they need; it counts as one of them."""
    if process.pid == parent:
        return PARENT
    return SERVER if "flows.server" in process.cmdline() else WORKER


def processes(raw: Path, output: Path) -> dict[str, Any]:
    """``qingyang run`` with two workers, process by process."""
    wall, seen = watch([sys.executable, "-m", "flows.cli", "run", "--workers", "2", str(raw), str(output)])
    told = {role: [each for each in seen if each.role == role] for role in (WORKER, PARENT, SERVER)}
    figures = {f"{role} cpu": sum(each.cpu for each in mine) for role, mine in told.items()}
    return figures | {f"{role} peak": max((each.peak for each in mine), default=0.0) for role, mine in told.items()} | {"wall": wall}


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


def one_source(raw: Path, size: int) -> int:
    """The same pages in one source of ``size`` bytes at least, form feeds between them; how many bytes it has."""
    with tempfile.TemporaryDirectory() as folder:
        pages(Path(folder), size)
        (raw / "日报").mkdir(parents=True)
        with open(raw / "日报" / "1990.txt", "wb") as file:
            for path in sorted(Path(folder).rglob("*.txt")):
                file.write(path.read_bytes() + b"\f")
            return file.tell()


# ---------------------------------------------------------------- the table


def measure(
    folder: Path, mb: float, rounds: int, prefect: bool, beside: dict[Peer, Path] | None = None, watched: bool = False
) -> dict[str, Any]:
    raw, output = folder / "raw", folder / "output"
    size = pages(raw, int(mb * 1e6)) / 1e6
    jobs, floors = [], []
    others: dict[str, list[float | str]] = {peer.name: [] for peer in beside or ()}
    for _ in range(rounds):
        shutil.rmtree(output, ignore_errors=True)
        jobs.append(_child("job", raw, output))
        floors.append(_child("floor", raw, output))
        for peer, python in (beside or {}).items():
            others[peer.name].append(spent_by(peer, python, raw, folder / "peer"))
    out: dict[str, Any] = {"mb": size, "jobs": jobs, "floors": floors, "peers": others}
    if prefect:
        shutil.rmtree(output)
        out["plain"] = _child("plain", raw, output)
        shutil.rmtree(output)
        out["command"] = command_line(raw, output)
    if watched:
        shutil.rmtree(output)
        out["processes"] = processes(raw, output)
    shutil.rmtree(folder)
    return out


def shares(result: dict[str, Any]) -> tuple[float, float]:
    """Prefect's and Great Expectations' share of the CPU of the command line."""
    cpu, cold = result["command"][0], result["plain"]
    return max(0.0, cpu - cold["seconds"]) / cpu, cold["checks"] / cpu


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
        if stages.get(name, 0.0) >= 0.005:
            row(f"· {name}", stages[name], stages[name] / whole)
    print(f"\nwhole job ÷ floor: {median(j['seconds'] / f['seconds'] for j, f in zip(jobs, floors, strict=True)):.1f}", end="; ")
    print(f"floor: words {median(f['words'] for f in floors):.2f} s, conversions {median(f['variants'] for f in floors):.2f} s")
    print(f"start-up (imports, dictionaries, a small run): {median(j['start'] for j in jobs):.1f} s CPU; ", end="")
    print(f"peak memory: {max(j['memory'] for j in jobs):.0f} MB")
    if "command" in result:
        cpu, wall = result["command"]
        scheduler, gx = shares(result)
        print(f"qingyang run --workers 1: {cpu:.1f} s CPU ({wall:.1f} s on the wall), ", end="")
        print(f"of which Prefect {scheduler:.1%}, Great Expectations with its import {gx:.1%}, ours {1 - scheduler - gx:.1%}")


def show_peers(result: dict[str, Any], missing: dict[str, str]) -> None:
    """Ours, and each peer with what it does and what it leaves; ``missing`` says why there is none."""
    mb = result["mb"]
    ours = median(j["seconds"] for j in result["jobs"])
    print(f"\n| {'on the same pages, start-up excluded':<36} | CPU s |  MB/s | whole job ÷ it |")
    print(f"|{'-' * 38}|------:|------:|---------------:|")

    def row(name: str, seconds: float) -> None:
        print(f"| {name:<36} | {seconds:5.2f} | {mb / max(seconds, 1e-9):5.2f} | {ours / max(seconds, 1e-9):14.1f} |")

    row("qingyang, the whole job", ours)
    row("its floor: words, three conversions", median(f["seconds"] for f in result["floors"]))
    for peer in PEERS:
        spent = result["peers"].get(peer.name, [])
        problem = missing.get(peer.name) or next((s for s in spent if isinstance(s, str)), None)
        if problem:
            print(f"| {peer.name:<36} | not measured: {problem} |")
        else:
            row(peer.name, median(spent))
    for peer in PEERS:
        print(f"\n{peer.name} ({', '.join(peer.wanted)})\n  does: {peer.does}\n  does not: {peer.leaves}")


def show_pair(folder: Path, mb: float, rounds: int) -> None:
    """Two workers and one in turns, by the clock on the wall, start-up included."""
    size = pages(folder / "raw", int(mb * 1e6)) / 1e6
    wall: dict[int, list[float]] = {1: [], 2: []}
    cpu = alone = 0.0
    for turn in range(rounds):
        for count in (1, 2) if turn % 2 == 0 else (2, 1):
            shutil.rmtree(folder / "output", ignore_errors=True)
            told = _child(f"workers{count}", folder / "raw", folder / "output")
            wall[count].append(told["wall"])
            if count == 2:
                cpu, alone = told["here"] + told["others"], told["here"]
    one, two = median(wall[1]), median(wall[2])
    print(f"\n{size:.1f} MB on the wall, {rounds} turns: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast")
    print(f"the quickest turns: {min(wall[1]):.1f} s and {min(wall[2]):.1f} s, {min(wall[1]) / min(wall[2]):.2f} times")
    print(f"CPU with two workers: {cpu:.1f} s, of it {alone:.1f} s in the process that gives them work: ", end="")
    print(f"{cpu / (alone + (cpu - alone) / 2):.2f} times at least where nobody else wants the processors")


def show_growth(results: Iterable[dict[str, Any]]) -> None:
    """A row for each size as it comes, and whether a megabyte still costs what it did."""
    print("\n|     MB | CPU s per MB | start-up, s | its share | Great Expectations | Prefect | command line, s per MB | peak memory |")
    print("|-------:|-------------:|------------:|----------:|-------------------:|--------:|-----------------------:|------------:|")
    per_mb = []
    for result in results:
        jobs = result["jobs"]
        seconds, start = median(j["seconds"] for j in jobs), median(j["start"] for j in jobs)
        per_mb.append(seconds / result["mb"])
        scheduler, gx, whole = "—", "—", "—"
        if "command" in result:
            scheduler, gx = (f"{share:.1%}" for share in shares(result))
            whole = f"{result['command'][0] / result['mb']:.3f}"
        print(
            f"| {result['mb']:6.1f} | {per_mb[-1]:12.3f} | {start:11.1f} | {start / (start + seconds):9.1%} | {gx:>18} "
            f"| {scheduler:>7} | {whole:>22} | {max(j['memory'] for j in jobs):8.0f} MB |",
            flush=True,
        )
    if len(per_mb) > 1:
        print(f"\na megabyte of the largest costs {per_mb[-1] / per_mb[-2] - 1:+.0%} of CPU against the size before")


def show_processes(results: Sequence[dict[str, Any]]) -> None:
    """What each process of ``qingyang run --workers 2`` took, a row for each size."""
    print("\nqingyang run --workers 2, start-up included; the processor time of workers is together, their memory that of the largest\n")
    print("|     MB | wall, s | workers, CPU s per MB | a worker | parent, CPU s |   parent | server, CPU s |   server | parent + server |")
    print("|-------:|--------:|----------------------:|---------:|--------------:|---------:|--------------:|---------:|----------------:|")
    for result in results:
        mb, of = result["mb"], result["processes"]
        lead = of["parent cpu"] + of["server cpu"]
        print(
            f"| {mb:6.1f} | {of['wall']:7.1f} | {of['worker cpu'] / mb:21.3f} | {of['worker peak']:5.0f} MB | {of['parent cpu']:13.1f} "
            f"| {of['parent peak']:5.0f} MB | {of['server cpu']:13.1f} | {of['server peak']:5.0f} MB "
            f"| {lead / (lead + of['worker cpu']):15.1%} |",
            flush=True,
        )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--mb", type=float, help="of pages (default 5; with --grow, 0.1)")
    ask.add_argument("--rounds", type=int, help="turns of job and floor; medians are shown (default 3; with --grow, 1)")
    ask.add_argument("--grow", type=int, nargs="?", const=100, help="also ten times as many pages, and so on up to so many times (100)")
    ask.add_argument("--one", action="store_true", help="only one source of that size, watched process by process")
    ask.add_argument("--pair", action="store_true", help="also two workers beside one, by the clock on the wall")
    ask.add_argument("--peers", action="store_true", help="also other tools, installed into a venv each")
    ask.add_argument("--venvs", type=Path, help="where these venvs are kept (default: made anew and removed)")
    ask.add_argument("--no-prefect", action="store_true", help="without the command line")
    ask.add_argument("--pages", type=Path, help="only write pages into this folder")
    ask.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = ask.parse_args()
    mb = given.mb or (0.1 if given.grow else 5)
    rounds = given.rounds or (1 if given.grow else 3)
    if given.child:
        what, raw, output = given.child
        known: dict[str, Callable[[Path, Path], Any]] = {"job": job, "plain": plain, "floor": floor}
        known |= {f"workers{n}": functools.partial(workers, count=n) for n in (1, 2)}
        print(json.dumps(known[what](Path(raw), Path(output))))
        return
    if given.pages:
        print(f"{pages(given.pages, int(mb * 1e6)):,} bytes")
        return
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # per core
    folder = Path(tempfile.mkdtemp(prefix="qingyang-throughput-"))
    try:
        beside: dict[Peer, Path] = {}
        missing: dict[str, str] = {}
        if given.peers:
            venvs = (given.venvs or folder / "venvs").expanduser().absolute()
            venvs.mkdir(parents=True, exist_ok=True)
            for peer in PEERS:
                found = install(peer, venvs)
                if isinstance(found, Path):
                    beside[peer] = found
                else:
                    missing[peer.name] = found
        if given.one:
            size = one_source(folder / "raw", int(mb * 1e6)) / 1e6
            print(machine())
            show_processes([{"mb": size, "processes": processes(folder / "raw", folder / "output")}])
            return
        show(first := measure(folder / "1", mb, rounds, not given.no_prefect, beside, bool(given.grow)))
        if given.peers:
            show_peers(first, missing)
        if given.pair:
            show_pair(folder / "pair", mb, rounds)
        if given.grow:
            prefect = not given.no_prefect
            sizes = [first]

            def grown() -> Iterator[dict[str, Any]]:
                yield first
                for n in (n for n in (10, 100, 1000) if n <= given.grow):
                    sizes.append(measure(folder / str(n), mb * n, 1, prefect, watched=True))
                    yield sizes[-1]

            show_growth(grown())
            show_processes(sizes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
