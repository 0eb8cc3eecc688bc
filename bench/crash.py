"""Everything that can happen to a run, made to happen; afterwards the corpus must be byte for byte that of a run from nothing.

    python -m bench.crash                       # all of it, some minutes
    python -m bench.crash --moments 200         # more kills
    python -m bench.crash --only kill,disk

Runs are killed with ``SIGKILL`` at random moments, alone and with their workers; two run at once; the disk is full (a small file
system of memory where we are root, a limit on the size of files elsewhere); sources change while they are read; a worker of the
pool and one of a Dask cluster is killed. Between the runs no half-written file may be seen, at the end no process and no temporary
file may be left. Most runs are children of a process in which everything is loaded, so that a kill hits work and not imports; those
of ``command`` are the command line itself, Prefect and its server included.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import house  # noqa: E402  # found through the line above

from qingyang.settings import Settings  # noqa: E402
from tasks import corpus, lock  # noqa: E402
from tasks.manifest import STATE  # noqa: E402
from tasks.workers import Cluster, Workers  # noqa: E402

FULL, FAILED = 28, 1
"""What a child says when the disk was full, and when anything else went wrong."""


def pages(raw: Path, issues: int) -> None:
    for k in range(issues):
        issue = f"日报/20{10 + k // 12:02d}-{1 + k % 12:02d}-01"
        one, two = house.PAGE_1.replace("24日", f"{1 + k % 28}日"), house.PAGE_2.replace("1日", f"{1 + k % 28}日")
        house.write(raw, **{f"{issue}/01.txt": one, f"{issue}/02.txt": two + one.replace("北京", "上海")})


def bring(raw: Path, output: Path, pool: Workers | None = None, strike: Callable[[int], object] = lambda _: None) -> None:
    """What the flow does, without a scheduler: up to three rounds while sources change."""
    state = output / STATE
    with lock.hold(state), corpus.workplace(state), pool or Workers(1) as workers:
        changed: list[str] = []
        for _ in range(3):
            plan = corpus.survey(raw, output, Settings(), workers)
            assert plan is not None
            changed = [name for group in plan.groups for name in corpus.make_group(plan, group, workers, strike)]
            if not changed:
                corpus.finish(plan, {"started": "now", "host": "bench", "seconds": 0, "workers": workers.count})
                return


class Child:
    """A run in a process of its own, as soon as it is made."""

    def __init__(self, raw: Path, output: Path, workers: int = 1, before: Callable[[], object] = lambda: None) -> None:
        self.pid = os.fork()
        self.code: int | None = None
        if self.pid == 0:
            code = 0
            try:
                os.setsid()
                before()
                bring(raw, output, Workers(workers))
            except OSError as error:
                code = FULL if error.errno in (errno.ENOSPC, errno.EFBIG) else FAILED
                if code == FAILED:
                    sys.excepthook(type(error), error, error.__traceback__)
            except BaseException as error:
                code = FAILED
                sys.excepthook(type(error), error, error.__traceback__)
            finally:
                os._exit(code)

    def wait(self, seconds: float = 600.0) -> int | None:
        """Its exit code; None when it is still at work after so long."""
        end = time.monotonic() + seconds
        while self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                return None
            else:
                time.sleep(0.002)
        return self.code

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.wait()


class Bench:
    """The folder, the chance, and what was found."""

    def __init__(self, folder: Path, issues: int, seed: int) -> None:
        self.folder, self.chance, self.issues = folder, random.Random(seed), issues
        self.raw, self.output = folder / "raw", folder / "output"
        self.rows: list[tuple[str, str, bool, int, float]] = []

    def fresh(self) -> None:
        shutil.rmtree(self.raw, ignore_errors=True)
        shutil.rmtree(self.output, ignore_errors=True)
        pages(self.raw, self.issues)

    def change(self) -> None:
        victim = self.chance.choice(sorted(self.raw.rglob("*.txt")))
        victim.write_text(victim.read_text("utf-8").replace("。", "！", 1), "utf-8")

    def whole(self, output: Path | None = None) -> None:
        """Every visible file is complete."""
        for name, data in house.tree(output or self.output).items():
            if isinstance(data, bytes) and data and name.endswith((".json", ".jsonl")):
                assert data.endswith(b"}\n"), f"{name} is half written"
            assert not name.endswith(".tmp"), name

    def undisturbed(self) -> float:
        """Seconds that a run takes, with everything loaded."""
        self.fresh()
        begun = time.monotonic()
        assert Child(self.raw, self.output).wait() == 0
        took = time.monotonic() - begun
        shutil.rmtree(self.output)
        return took

    def judge(self, what: str, happened: str, begun: float, output: Path | None = None) -> None:
        """Finish the job, hold it against a run from nothing, and count what was left behind."""
        output = output or self.output
        assert Child(self.raw, output).wait() == 0
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        assert Child(self.raw, fresh).wait() == 0
        same = house.tree(output) == house.tree(fresh)
        left = len(list(output.rglob("*.tmp"))) + (output / STATE / "work").exists() + len(self.processes())
        self.rows.append((what, happened, same, left, time.monotonic() - begun))
        print(f"{what}: {happened}: {'identical' if same else 'NOT IDENTICAL'}, {left} left behind", file=sys.stderr, flush=True)

    def processes(self) -> list[int]:
        """Processes that were started here, at whatever remove: they have our folder in their environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                ours = str(self.folder).encode() in (entry / "environ").read_bytes()
                if ours and b"resource_tracker" not in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


def kill(bench: Bench, moments: int) -> None:
    """SIGKILL at random moments of one process; every few kills a source changes."""
    patience, begun = bench.undisturbed(), time.monotonic()
    killed = through = 0
    while killed < moments:
        child = Child(bench.raw, bench.output)
        code = child.wait(bench.chance.uniform(0, 1.05) * patience)
        if code is None:
            child.kill()
            killed += 1
        else:
            assert code == 0, "a run failed by itself"
            through += 1
            shutil.rmtree(bench.output)  # it came through: begin anew, so that there is work to interrupt
        if bench.output.exists():
            bench.whole()
        if bench.chance.random() < 0.2:
            bench.change()
    bench.judge("kill -9 of a run", f"{killed} moments, {through} came through", begun)


def command(bench: Bench, moments: int) -> None:
    """The command line with two workers, Prefect and its server: all of it dies with its parent."""
    bench.fresh()
    begun = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | {"PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-m", "flows.cli", "run", "--workers", "2", str(bench.raw), str(bench.output)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = time.monotonic()
    assert subprocess.Popen(run, cwd=ROOT, env=environment, **quiet).wait() == 0
    patience = time.monotonic() - started
    shutil.rmtree(bench.output)
    killed = through = 0
    while killed < moments:
        child = subprocess.Popen(run, cwd=ROOT, env=environment, **quiet)
        try:
            assert child.wait(bench.chance.uniform(0.3, 1.0) * patience) == 0, "a run failed by itself"
            through += 1
            shutil.rmtree(bench.output)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            killed += 1
        if bench.output.exists():
            bench.whole()
    end = time.monotonic() + 20
    while bench.processes() and time.monotonic() < end:
        time.sleep(0.1)
    assert subprocess.Popen(run, cwd=ROOT, env=environment, **quiet).wait() == 0
    bench.judge("kill -9 of qingyang run --workers 2", f"{killed} moments, {through} came through", begun)


def two(bench: Bench, times: int) -> None:
    """Two runs of one output at once; in every other pair one of them is killed."""
    patience, begun = bench.undisturbed(), time.monotonic()
    killed = 0
    for k in range(times):
        if k % 3 == 0 or k % 2:
            shutil.rmtree(bench.output, ignore_errors=True)
        first = Child(bench.raw, bench.output)
        time.sleep(bench.chance.uniform(0, 0.3) * patience)
        second = Child(bench.raw, bench.output)
        if k % 2:
            time.sleep(bench.chance.uniform(0, 0.3) * patience)
            if first.wait(0) is None:
                first.kill()
                killed += 1
        else:
            assert first.wait() == 0
        assert second.wait() == 0
        bench.whole()
        bench.change()
    bench.judge("two runs at once", f"{times} pairs, in {killed} of them one is killed", begun)


def disk(bench: Bench, sizes: int) -> None:
    """Less room than the corpus needs, from next to nothing to nearly enough."""
    bench.fresh()
    begun = time.monotonic()
    output = bench.folder / "disk" / "output"
    output.parent.mkdir(exist_ok=True)
    assert Child(bench.raw, bench.output).wait() == 0
    files = [p for p in bench.output.rglob("*") if p.is_file()]
    needed = sum(-(-p.stat().st_size // 4096) * 4096 for p in files) + 4096 * len(files)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(output.parent)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    full = 0
    try:
        for k in range(sizes):
            part = (k + 1) / (sizes + 1)
            room = int(needed * part)
            if mounted:
                subprocess.run(["mount", "-o", f"remount,size={room}", str(output.parent)], check=True)
                code = Child(bench.raw, output).wait()
            else:
                limit = int(max(p.stat().st_size for p in files) * part)
                code = Child(bench.raw, output, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))).wait()  # noqa: B023
            assert code in (0, FULL), f"with room for {part:.0%} a run ended with {code}"
            full += code == FULL
            if output.exists():
                bench.whole(output)
                assert not (output / STATE / "work").exists(), "unfinished parts take the room that is left"
            bench.change()
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=1g", str(output.parent)], check=True)
        least, most = (needed * k // (sizes + 1) // 1000 for k in (1, sizes))
        how = f"tmpfs of {least:,} to {most:,} kB" if mounted else "files of limited size"
        bench.judge("full disk", f"{full} of {sizes} runs out of room, {how}", begun, output)
    finally:
        if mounted:
            subprocess.run(["umount", str(output.parent)], check=True)


def reading(bench: Bench, times: int) -> None:
    """Sources that are rewritten in place, half first, while a run reads them."""
    patience, begun = bench.undisturbed(), time.monotonic()
    writer = os.fork()
    if writer == 0:
        chance = random.Random(7)
        names = sorted(bench.raw.rglob("*.txt"))
        while os.getppid() != 1:
            path = chance.choice(names)
            data = path.read_bytes()
            half = len(data) // 2
            with open(path, "wb", buffering=0) as file:
                file.write(data[:half])
                time.sleep(0.005)
                file.write(data[half:] + b"\xe3\x80\x82\n"[: chance.choice((0, 4))])
            time.sleep(chance.uniform(0, 0.05))
        os._exit(0)
    through = 0
    try:
        for _ in range(times):
            code = Child(bench.raw, bench.output).wait(20 * patience)
            assert code == 0, f"a run ended with {code}"
            through += 1
            bench.whole()
    finally:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    for path in sorted(bench.raw.rglob("*.txt")):  # the writer may have died in the middle of a character
        path.write_text(path.read_bytes().decode("utf-8", "ignore"), "utf-8")
    bench.judge("sources change while they are read", f"{through} runs", begun)


def worker(bench: Bench, times: int) -> None:
    """A worker of the pool is killed while it has a batch."""
    bench.fresh()
    begun = time.monotonic()
    struck: list[int] = []
    for _ in range(times):
        shutil.rmtree(bench.output, ignore_errors=True)
        with Workers(2) as pool:
            strike = striker(pool.map(_who, [0.1])[0], struck)
            bring(bench.raw, bench.output, pool, strike)
        bench.whole()
    bench.judge("a worker of the pool is killed", f"{len(struck)} workers in {times} runs", begun)


def striker(victim: int, struck: list[int]) -> Callable[[int], None]:
    """What kills ``victim`` the first time it is called, and notes that it did."""
    alive = [victim]

    def strike(_: int) -> None:
        if alive:
            os.kill(alive.pop(), signal.SIGKILL)
            struck.append(victim)

    return strike


def dask(bench: Bench, times: int) -> None:
    """A worker of a Dask cluster is killed while it has a batch."""
    from distributed import LocalCluster

    bench.fresh()
    begun = time.monotonic()
    struck: list[int] = []
    options: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None, "local_directory": str(bench.folder / "dask")}
    with LocalCluster(n_workers=2, **options) as cluster:
        for _ in range(times):
            shutil.rmtree(bench.output, ignore_errors=True)
            pool = Cluster(cluster.scheduler_address)
            strike = striker(pool._client.submit(os.getpid, pure=False).result(), struck)
            bring(bench.raw, bench.output, pool, strike)
            bench.whole()
    shutil.rmtree(bench.folder / "dask", ignore_errors=True)
    bench.judge("a Dask worker is killed", f"{len(struck)} workers in {times} runs", begun)


def _who(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


PARTS: dict[str, tuple[Callable[[Bench, int], None], int]] = {
    "kill": (kill, 50),
    "two": (two, 8),
    "disk": (disk, 10),
    "reading": (reading, 5),
    "worker": (worker, 2),
    "command": (command, 5),
    "dask": (dask, 2),
}
"""What can happen, and how often; Dask comes last, as it brings threads, which a forked process cannot have."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--moments", type=int, default=50, help="of the kills (default 50)")
    ask.add_argument("--issues", type=int, default=24, help="in the corpus (default 24)")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--only", default=",".join(PARTS), help=f"with commas, of {', '.join(PARTS)}")
    given = ask.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="qingyang-crash-"))
    os.environ["QINGYANG_CRASH"] = str(folder)
    bench = Bench(folder, given.issues, given.seed)
    begun = time.monotonic()
    try:
        house.bring(house.sample(folder / "warm"), folder / "warm-output")  # everything is loaded from here on
        for name in PARTS:
            if name in given.only.split(","):
                part, times = PARTS[name]
                part(bench, given.moments if name == "kill" else times)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("| what happened | how often | corpus | left behind | s |\n|---|---|---|---:|---:|")
    for what, happened, same, left, seconds in bench.rows:
        print(f"| {what} | {happened} | {'identical' if same else 'NOT IDENTICAL'} | {left} | {seconds:.0f} |")
    print(f"\n{given.issues} issues, {2 * given.issues} pages; {time.monotonic() - begun:.0f} s altogether")
    sys.exit(0 if all(same and not left for _, _, same, left, _ in bench.rows) else 1)


if __name__ == "__main__":
    main()
