"""The real thing: the command, the flow, its own Prefect server, Great Expectations, and sources of every kind of badness."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from house import PAGE_1, sample, tree

from tasks.manifest import STATE
from tasks.restore import restore

ROOT = Path(__file__).parent.parent


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def spoil(raw: Path) -> None:
    """Sources that cannot be cleaned, each in its own way, among those that can."""
    (raw / "日报/2020-11-25/03.txt").write_bytes(b"")
    (raw / "日报/2020-11-25/04.txt").write_bytes(bytes(range(256)) * 40)
    (raw / "日报/2020-11-25/05.txt").write_bytes("劳模精神".encode("gb18030") * 50 + b"\xff\xff\x00")
    (raw / "日报/2020-11-25/06.txt").write_bytes("一".encode() * 6_000_000)
    (raw / "日报/2020-11-25/07.txt").write_text("人民日报\n\n2020年11月25日 星期三\n\n07\n", "utf-8")
    (raw / "日报/2020-12-01/01 (1).txt").write_bytes((raw / "日报/2020-12-01/01.txt").read_bytes())
    (raw / "日报/2020-11-25/09.txt").symlink_to(raw / "gone.txt")
    (raw / "日报/2020-11-25/10.txt.gz").write_bytes(gzip.compress(b"\0" * 40_000_000))
    (raw / "日报/2020-11-25/11.txt.gz").write_bytes(gzip.compress(PAGE_1.replace("北京", "上海").encode(), mtime=0)[:-9])
    (raw / "日报/2020-11-25/12.txt").write_text(PAGE_1, "utf-8")
    (raw / "日报/2020-11-25/12.txt.json").write_text("{", "utf-8")
    (raw / "日报/2020-11-25/cover.jpg").write_bytes(b"\xff\xd8\xff")
    os.mkfifo(raw / "日报/2020-11-25/13.txt")
    (raw / "日报/circle").symlink_to(raw / "日报", target_is_directory=True)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("flow")
    raw = sample(folder / "raw")
    spoil(raw)
    done = subprocess.run(
        command("run", raw, folder / "output", "--workers", "2"),
        capture_output=True, text=True, timeout=300, check=False, cwd=ROOT, env=environment(),
    )  # fmt: skip
    return raw, folder / "output", done


def test_bad_sources_are_told_and_the_run_goes_on(run: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    _, output, done = run
    assert done.returncode == 1, done.stderr
    errors = {}
    for line in (output / "quarantine.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if "error" in entry:
            errors[entry["source"].rpartition("/")[2]] = entry["error"]
    told = {"03.txt": "empty", "04.txt": "", "05.txt": "", "06.txt": "no newspaper page", "07.txt": "nothing on it"}
    told |= {"01.txt": "same bytes", "09.txt": "cannot be read", "10.txt.gz": "unpacks to more", "11.txt.gz": "gzip"}
    told |= {"12.txt": "no JSON", "13.txt": "regular file"}
    for name, words in told.items():
        assert words in errors[name] and name in errors[name], (name, errors.get(name))
    records = [json.loads(line) for line in (output / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]
    assert len(records) >= 4 and all(r["checks"]["verdict"] in ("pass", "warn") for r in records)
    document = json.loads((output / "manifest.json").read_bytes())
    assert document["ignored"] == ["日报/2020-11-25/cover.jpg"]
    assert not (output / STATE / "work").exists()


def test_the_summary_says_what_and_where(run: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    _, output, done = run
    for words in ("sources", "articles", "flagged", "quarantined", f"{output}/quarantine.jsonl"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""


def test_every_source_comes_back(run: tuple[Path, Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    raw, output, _ = run
    count, failures = restore(output, tmp_path / "back")
    given = {p.relative_to(raw).as_posix() for p in raw.rglob("*.txt*") if p.is_file() and not p.name.endswith(".json")}
    given = {name for name in given if "circle" not in name}
    assert count == len(given)
    for name in given:
        assert (tmp_path / "back" / name).read_bytes() == (raw / name).read_bytes(), name
    assert {f.partition(":")[0].rpartition("/")[2] for f in failures} == {"09.txt", "13.txt"}


def test_prefect_has_it_on_record(run: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    _, output, _ = run
    database = sqlite3.connect(output / STATE / "prefect" / "prefect.db")
    assert database.execute("select state_type from flow_run").fetchall() == [("COMPLETED",)]
    runs = dict(database.execute("select name, state_type from task_run").fetchall())
    assert set(runs.values()) == {"COMPLETED"} and any(name.startswith("make ") for name in runs)
    (summary,) = database.execute("select data from artifact where key = 'summary'").fetchone()
    assert "articles" in summary


def test_a_second_run_has_nothing_to_do_and_starts_nothing(run: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    raw, output, _ = run
    before = tree(output)
    script = f"import sys, flows.cli\ntry: flows.cli.main(['run', {str(raw)!r}, {str(output)!r}])\n"
    script += "except SystemExit as stopped: code = stopped.code\nprint(code, *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=True, cwd=ROOT, env=environment()
    )
    code, *modules = done.stdout.split()
    assert code == "1" and not {"prefect", "great_expectations"} & set(modules)
    assert tree(output) == before


def test_nobody_is_left_behind_after_kill_9(tmp_path: Path) -> None:
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    child = subprocess.Popen(command("run", raw, output), stderr=subprocess.DEVNULL, cwd=ROOT, env=environment())
    deadline = time.monotonic() + 60
    while not (started := _mentioning(str(child.pid))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert started, "the server was never started"
    child.send_signal(signal.SIGKILL)
    child.wait()
    while any(_alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in started if _alive(pid)] == []


def _mentioning(parent: str) -> list[str]:
    """Processes whose parent is ``parent``."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if not children.parent.parent.exists():
        pytest.skip("needs /proc")
    return children.read_text().split() if children.exists() else []


def _alive(pid: str) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
