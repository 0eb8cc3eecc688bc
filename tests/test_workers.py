"""A killed worker costs time and nothing else; a batch that kills every worker is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from multiprocessing import forkserver
from pathlib import Path

import pytest

from tasks.workers import Nursery, WorkerLost, Workers, nursery

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", autouse=True)
def one_nursery() -> Iterator[None]:
    """Loading takes seconds: once is enough for all of these."""
    nursery.open()
    yield
    nursery.close()


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


def test_a_pool_that_is_left_twice_gives_up_its_parent_once() -> None:
    before = nursery._open
    with Workers(2) as workers, workers:
        workers.map(double, [1])
        assert nursery._open == before + 1
    assert nursery._open == before


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


def loaded(_: int) -> tuple[bool, int, int]:
    """Whether this worker was born with everything in memory; its parent, and how many threads that has."""
    return "tasks.ready" in sys.modules, os.getppid(), len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


@needs_proc
def test_workers_are_born_with_dictionaries_of_a_parent_without_threads() -> None:
    with Workers(2) as workers:
        workers.prepare()
        told = workers.map(loaded, range(8))
    assert {ready for ready, _, _ in told} == {True}
    assert {threads for _, _, threads in told} == {1}
    assert len({parent for _, parent, _ in told} - {os.getpid()}) == 1


def kill(process: int) -> None:
    """Kill it, and wait until it is dead: a signal takes its time on a busy machine."""
    os.kill(process, signal.SIGKILL)
    stat = Path(f"/proc/{process}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX":
        time.sleep(0.01)


@needs_proc
def test_what_workers_are_forked_from_may_be_killed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.workers.READY", [])  # it comes up three times
    with Workers(2) as workers:
        ((_, parent, _),) = workers.map(loaded, [0])
        kill(parent)
        assert workers.map(double, range(9)) == [2 * k for k in range(9)]
        ((_, another, _),) = workers.map(loaded, [0])
        assert another != parent
    with Workers(2) as workers:  # and while it loads
        workers.prepare()
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        assert workers.map(double, range(9)) == [2 * k for k in range(9)]


@needs_proc
def test_two_pools_have_one_parent_that_outlives_the_first() -> None:
    with Workers(2) as one:
        with Workers(2) as two:
            assert one.map(loaded, [0])[0][1] == two.map(loaded, [0])[0][1]
        assert one.map(double, range(9)) == [2 * k for k in range(9)]


def test_a_python_that_cannot_stop_their_parent_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.workers.READY", [])
    monkeypatch.delattr(forkserver.ForkServer, "_stop")
    one = Nursery()
    for _ in range(2):
        one.open()
        one.close()
    monkeypatch.delattr(forkserver, "_forkserver")
    one.open()
    one.close()


SCRIPT = """
import os, sys, time
from tasks import workers as module
from tasks.workers import Workers
from test_workers import loaded, wait_long
if __name__ == "__main__":
    ready, module.READY = module.READY, []
    with Workers(2) as workers:
        ((_, parent, _),) = workers.map(loaded, [0])
    print("gone" if not os.path.exists(f"/proc/{parent}") else "still there")
    module.READY = ready
    with Workers(2) as workers:
        print(*workers.map(loaded, [0])[0][:2], flush=True)
        workers.map(wait_long, [1, 2])
"""


@needs_proc
def test_a_folder_named_like_ours_is_not_taken_for_it_and_kill_9_leaves_nobody(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "__init__.py").write_text("raise SystemExit('not ours')")
    script = tmp_path / "elsewhere" / "script.py"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    child = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, env={**os.environ, **paths}, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "gone\n"  # with the last pool
    ready, parent = child.stdout.readline().split()
    assert ready == "True"
    while len(born := children(int(parent))) < 2:
        time.sleep(0.05)
    child.kill()
    child.wait()
    deadline = time.monotonic() + 30
    while any(map(alive, [*born, int(parent)])) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in [*born, int(parent)] if alive(pid)] == []


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_one_worker_takes_one_thing_at_a_time() -> None:
    """Threads of a flow that all have work for this process wait for their turn."""
    at_work: list[int] = []
    most: list[int] = []

    def work(number: int) -> int:
        at_work.append(number)
        most.append(len(at_work))
        time.sleep(0.01)
        at_work.remove(number)
        return number

    with Workers(1) as workers:
        threads = [threading.Thread(target=workers.map, args=(work, range(5))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(most) == 20 and max(most) == 1
