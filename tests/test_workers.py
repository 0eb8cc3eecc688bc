"""A killed worker costs time and nothing else; a batch that kills every worker is told."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tasks.workers import WorkerLost, Workers


def double(number: int) -> int:
    return 2 * number


def die_once(marker: str) -> str:
    """Killed the first time, like by the kernel when memory is short."""
    path = Path(marker)
    if path.suffix == ".die" and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    told: list[int] = []
    with Workers(count) as workers:
        assert workers.map(double, range(20), told.append) == [2 * k for k in range(20)]
    assert told == [2 * k for k in range(20)]


def test_what_a_killed_worker_had_is_done_again(tmp_path: Path) -> None:
    items = [str(tmp_path / name) for name in ("a", "b.die", "c", "d.die", "e")]
    with Workers(2) as workers:
        assert workers.map(die_once, items) == ["a", "b.die", "c", "d.die", "e"]


def test_a_batch_that_kills_every_worker_is_told() -> None:
    with Workers(2) as workers, pytest.raises(WorkerLost, match="memory"):
        workers.map(die, [1])


def wait_long(_: int) -> None:
    time.sleep(600)


def test_ctrl_c_does_not_wait_for_what_is_in_hand() -> None:
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Workers(2) as workers:
        thread = threading.Thread(target=lambda: stopped.append(_told(workers)))
        stopped: list[str] = []
        thread.start()
        while not workers._pool or len(workers._pool._processes or {}) < 2:
            time.sleep(0.05)
        raise KeyboardInterrupt
    thread.join(60)
    assert "stopped" in stopped[0] and time.monotonic() - begun < 120


def _told(workers: Workers) -> str:
    try:
        workers.map(wait_long, [1, 2])
    except (WorkerLost, CancelledError) as error:
        return str(error) or "stopped"
    return ""


def test_an_error_in_a_worker_is_the_error_of_the_caller(tmp_path: Path) -> None:
    with Workers(2) as workers, pytest.raises(FileNotFoundError, match="none"):
        workers.map(os.listdir, [str(tmp_path / "none")])
