"""Kills a run at random moments, again and again, and compares what the last one leaves with an undisturbed run.

    python -m bench.crash --moments 50
    python -m bench.crash --moments 10 --command     # the command line with Prefect, instead of its tasks alone

Every kill is ``SIGKILL`` to the whole process; every few kills a source changes too. Between the kills no half-written file may be
seen, at the end the corpus must be byte for byte that of a run from nothing, and no process may be left.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import house  # noqa: E402  # found through the line above

from tasks.manifest import STATE  # noqa: E402

DIRECT = "import sys; sys.path[:0] = {!r}; from pathlib import Path; import house; house.bring(*map(Path, sys.argv[1:3]))"


def pages(raw: Path, issues: int) -> None:
    for k in range(issues):
        issue = f"日报/20{10 + k // 12:02d}-{1 + k % 12:02d}-01"
        one, two = house.PAGE_1.replace("24日", f"{1 + k % 28}日"), house.PAGE_2.replace("1日", f"{1 + k % 28}日")
        house.write(raw, **{f"{issue}/01.txt": one, f"{issue}/02.txt": two + one.replace("北京", "上海")})


def whole(output: Path) -> None:
    """Every visible file is complete."""
    for name, data in house.tree(output).items():
        if isinstance(data, bytes) and data and name.endswith((".json", ".jsonl")):
            assert data.endswith(b"}\n"), f"{name} is half written"
        assert not name.endswith(".tmp"), name


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--moments", type=int, default=50)
    ask.add_argument("--issues", type=int, default=24)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--command", action="store_true")
    given = ask.parse_args()
    chance = random.Random(given.seed)
    folder = Path(tempfile.mkdtemp(prefix="qingyang-crash-"))
    raw, output = folder / "raw", folder / "output"
    pages(raw, given.issues)
    if given.command:
        run = [sys.executable, "-m", "flows.cli", "run", str(raw), str(output)]
    else:
        run = [sys.executable, "-c", DIRECT.format(sys.path[:2]), str(raw), str(output)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    environment["PYTHONPATH"] = str(ROOT)

    def start() -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(run, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)

    began = time.monotonic()
    assert start().wait() == 0
    patience = time.monotonic() - began
    print(f"an undisturbed run takes {patience:.1f} s", flush=True)
    shutil.rmtree(output)
    killed = finished = 0
    while killed < given.moments:
        child = start()
        try:
            assert child.wait(chance.uniform(0.1, 1.1) * patience) in (0, 1, -signal.SIGTERM), "a run failed by itself"
            finished += 1
            shutil.rmtree(output, ignore_errors=True)  # it came through: begin anew, so that there is work to interrupt
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            killed += 1
            print(f"\rkilled {killed}", end="", file=sys.stderr, flush=True)
        if output.exists():
            whole(output)
        if chance.random() < 0.2:
            victim = chance.choice(sorted(raw.rglob("*.txt")))
            victim.write_text(victim.read_text("utf-8").replace("。", "！", 1), "utf-8")
    assert start().wait() in (0, 1)
    house.bring(raw, folder / "fresh")
    same = house.tree(output) == house.tree(folder / "fresh")
    left = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False).stdout.split()
    print(f"killed {killed} times ({finished} runs came through): {'identical' if same else 'NOT IDENTICAL'}; processes left: {len(left)}")
    print(f"temporary files left: {len(list(output.rglob('*.tmp'))) + (output / STATE / 'work').exists()}")
    shutil.rmtree(folder)
    sys.exit(0 if same and not left else 1)


if __name__ == "__main__":
    main()
