"""The speed bench: its pages, its clock, and other tools that cannot be had."""

from __future__ import annotations

import importlib
import operator
import sys
import time
from pathlib import Path

import pytest

from bench import throughput
from bench.throughput import PEERS, Clock, Peer


def test_pages_are_as_many_as_wanted_and_no_two_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "DISTINCT", 2)  # so that some come again
    written = throughput.pages(tmp_path / "raw", 150_000)
    texts = [path.read_bytes() for path in (tmp_path / "raw").rglob("*.txt")]
    assert written == sum(map(len, texts)) >= 150_000
    assert len({path.parent for path in (tmp_path / "raw").rglob("*.txt")}) > 2
    assert len(set(texts)) == len(texts)


def test_a_call_inside_a_call_is_the_inner_ones_time() -> None:
    def burn(seconds: float) -> None:
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass

    clock = Clock()
    inner = clock.timed("inner", lambda: burn(0.2))

    def work() -> None:
        burn(0.05)
        inner()

    clock.timed("outer", work)()
    assert clock.spent["inner"] == pytest.approx(0.2, abs=0.04)
    assert clock.spent["outer"] == pytest.approx(0.05, abs=0.04)


@pytest.mark.parametrize("place", [place for _, *places in throughput.STAGES for place in places])
def test_a_stage_is_timed_where_its_function_stands(place: str) -> None:
    module, _, path = place.partition(":")
    assert callable(operator.attrgetter(path)(importlib.import_module(module)))


def test_a_peer_gets_every_page_and_says_its_seconds(tmp_path: Path) -> None:
    (tmp_path / "raw" / "a").mkdir(parents=True)
    (tmp_path / "raw" / "a" / "1.txt").write_text("小麦丰收\n", "utf-8")
    (tmp_path / "raw" / "2.txt").write_text("今年", "utf-8")
    script = (
        "import sys, json; print('noise', sum(len(json.loads(l)['text']) for l in open(sys.argv[1] + '/pages.jsonl', encoding='utf-8')))"
    )
    peer = Peer("counts", (), "", "", script)
    assert throughput.spent_by(peer, Path(sys.executable), tmp_path / "raw", tmp_path / "peer") == 7.0


def test_a_peer_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw").mkdir()
    here = Path(sys.executable)
    lost = Peer("lost", (), "", "", "import no_such_module_at_all")
    assert "no_such_module_at_all" in str(throughput.spent_by(lost, here, tmp_path / "raw", tmp_path / "peer"))
    monkeypatch.setattr(throughput, "PATIENCE", 0.2)
    slow = Peer("slow", (), "", "", "import time; time.sleep(20)")
    assert throughput.spent_by(slow, here, tmp_path / "raw", tmp_path / "peer") == "took more than 0.2 s"


def test_the_table_says_what_was_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = PEERS
    figures = {"mb": 2.0, "jobs": [{"seconds": 8.0}], "floors": [{"seconds": 1.0}], "peers": {first.name: [4.0]}}
    throughput.show_peers(figures, {second.name: "ERROR: no network"})
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith(f"| {first.name}")).split("|")[2:5] == ["  4.00 ", "  0.50 ", "            2.0 "]
    assert "not measured: ERROR: no network" in next(line for line in lines if line.startswith(f"| {second.name}"))


def test_peers_are_pinned() -> None:
    assert all("==" in wanted for peer in PEERS for wanted in peer.wanted)


def test_two_workers_beside_one_also_by_what_they_must_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The clock on the wall says little on a machine with other work; CPU that only the first process can spend says how far two can go."""
    told = {"workers1": {"wall": 20.0, "here": 19.0, "others": 0.0}, "workers2": {"wall": 12.5, "here": 2.0, "others": 18.0}}
    monkeypatch.setattr(throughput, "_child", lambda what, raw, output: told[what])
    monkeypatch.setattr(throughput, "pages", lambda raw, size: size)
    throughput.show_pair(tmp_path, 3, 2)
    said = capsys.readouterr().out
    assert "1.60 times as fast" in said
    assert "20.0 s, of it 2.0 s in the process" in said and "1.82 times at least" in said


def test_growth_is_shown_against_the_size_before(capsys: pytest.CaptureFixture[str]) -> None:
    def at(mb: float, seconds: float) -> dict[str, object]:
        job = {"seconds": seconds, "start": 5.0, "memory": 500.0}
        return {"mb": mb, "jobs": [job], "command": (20.0, 30.0), "plain": {"seconds": 15.0, "checks": 2.0}}

    throughput.show_growth([at(1, 8.0), at(10, 88.0)])
    said = capsys.readouterr().out
    assert "+10%" in said
    assert "25.0%" in said and "10.0%" in said  # Prefect: 5 of 20; Great Expectations: 2 of 20


def test_every_process_of_a_command_is_watched() -> None:
    child = "x = bytearray(90_000_000); import time; t = time.process_time()\nwhile time.process_time() < t + 1: pass"
    wall, seen = throughput.watch([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"])
    assert [process.role for process in seen] == [throughput.PARENT, throughput.WORKER]
    parent, worker = seen
    assert worker.peak > 90 > parent.peak > 0
    assert 0.5 < worker.cpu <= wall and parent.cpu < 0.5
    with pytest.raises(SystemExit, match="no such thing"):
        throughput.watch([sys.executable, "-c", "import time; time.sleep(0.5); print('no such thing'); raise SystemExit(3)"])


def test_one_source_holds_all_pages(tmp_path: Path) -> None:
    written = throughput.one_source(tmp_path / "one", 30_000)
    throughput.pages(tmp_path / "many", 30_000)
    (one,) = (tmp_path / "one").rglob("*.txt")
    pages = [path.read_bytes() for path in sorted((tmp_path / "many").rglob("*.txt"))]
    assert one.read_bytes() == b"".join(page + b"\f" for page in pages) and written == one.stat().st_size


def test_processes_are_shown_by_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {"worker cpu": 30.0, "parent cpu": 6.0, "server cpu": 4.0, "worker peak": 440.0, "parent peak": 310.0, "server peak": 200.0}
    throughput.show_processes([{"mb": 10.0, "processes": {**figures, "wall": 25.0}}])
    cells = [cell.strip() for cell in capsys.readouterr().out.splitlines()[-1].split("|")[1:-1]]
    assert cells == ["10.0", "25.0", "3.000", "440 MB", "6.0", "310 MB", "4.0", "200 MB", "25.0%"]
