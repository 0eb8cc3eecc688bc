"""Whole or not at all: whatever is killed when, no half-written file is seen and the next run finishes the job."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from house import bring, from_nothing, no_checks, sample, tree

from tasks import write
from tasks.manifest import STATE


class Killed(BaseException):
    """The process ends here."""


def strike(monkeypatch: pytest.MonkeyPatch, name: str, at: int, error: BaseException) -> list[int]:
    """Let the ``at``-th call of ``os.<name>`` fail; returns the counter."""
    real, calls = getattr(os, name), [0]

    def struck(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, name, struck)
    return calls


def whole(output: Path) -> None:
    """Every visible file is complete: lines end, JSON closes."""
    for name, data in tree(output).items():
        if isinstance(data, bytes) and data and name.endswith((".json", ".jsonl")):
            assert data.endswith(b"}\n"), name
        assert ".tmp" not in name


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("full", [False, True], ids=["killed", "full"])
def test_a_run_stopped_at_any_write_is_finished_by_the_next(call: str, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    raw = sample(tmp_path / "raw")
    expected = from_nothing(raw, tmp_path / "fresh")
    output, at = tmp_path / "output", 1
    while True:
        with monkeypatch.context() as patch:
            calls = strike(patch, call, at, OSError(errno.ENOSPC, "No space left on device") if full else Killed())
            try:
                bring(raw, output)
            except (Killed, OSError):
                pass
            else:
                break
        whole(output)
        at = calls[0] + 1 if at % 3 == 0 else 1 + at  # now and then at the same place of a later attempt
        assert at < 200
    assert tree(output) == expected
    left = [p.name for p in (output / STATE).rglob("*.tmp")]
    assert left == [] and not (output / STATE / "work").exists()


SCRIPT = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
import house
house.bring(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_kill_9_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sample(tmp_path / "raw")
    output = tmp_path / "output"
    script = SCRIPT.format(path=[str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    for patience in (0.3, 1.0, 0.2):
        child = subprocess.Popen([sys.executable, "-c", script, str(raw), str(output)], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not (output / STATE / "survey.json").exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(patience)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        if output.exists():
            whole(output)
    bring(raw, output)
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")


def test_two_runs_at_once_wait_for_each_other(tmp_path: Path) -> None:
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    script = SCRIPT.format(path=[str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    runs = [subprocess.Popen([sys.executable, "-c", script, str(raw), str(output)]) for _ in range(2)]
    assert [run.wait(120) for run in runs] == [0, 0]
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")


def test_replace_leaves_the_old_file_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "b.json"
    write.replace(path, b"old")
    strike(monkeypatch, "fsync", 1, OSError(errno.ENOSPC, "full"))
    with pytest.raises(OSError, match="full"):
        write.replace(path, b"new")
    assert path.read_bytes() == b"old" and [p.name for p in path.parent.iterdir()] == ["b.json"]
