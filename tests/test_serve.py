"""What is left alone for years: the watch waits for whole files, schedules are checked, and the night's failure is told."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from house import bring, no_checks, sample, write

from flows import commands_proof, commands_serve, summary
from qingyang.records import SettingError
from tasks import corpus, journal, lock
from tasks.manifest import STATE

ROOT = Path(__file__).parent.parent


class Clock:
    """Time that passes only in sleep, and what happens meanwhile."""

    def __init__(self, *events: object) -> None:
        self.now, self.events = 0.0, list(events)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if not self.events:
            raise KeyboardInterrupt
        event = self.events.pop(0)
        if callable(event):
            event()


def looks(raw: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """When a run would begin, and how many sources there are then."""
    monkeypatch.setattr(commands_serve, "time", clock)
    out = []
    with pytest.raises(KeyboardInterrupt):
        for _ in commands_serve._settled(raw, raw / "none", settle=5, every=2):
            out.append((clock.now, len(list(raw.rglob("*.txt")))))
    return out


def test_watch_runs_at_the_start_and_then_only_on_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sample(tmp_path / "raw")
    clock = Clock(None, None, lambda: write(raw, **{"日报/2020-12-03/01.txt": "新"}), None, None, None, None)
    assert looks(raw, clock, monkeypatch) == [(0.0, 4), (12.0, 5)]


def test_watch_waits_for_a_file_that_is_still_being_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sample(tmp_path / "raw")
    copy = [lambda k=k: write(raw, **{"日报/2020-12-03/01.txt": "新" * k}) for k in range(1, 6)]
    assert looks(raw, Clock(*copy, None, None, None, None), monkeypatch) == [(0.0, 4), (16.0, 5)]


def test_watch_survives_a_raw_folder_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sample(tmp_path / "raw")
    away = tmp_path / "away"
    clock = Clock(lambda: raw.rename(away), None, lambda: away.rename(raw), None, None, None)
    assert looks(raw, clock, monkeypatch)[0] == (0.0, 4)


@pytest.mark.parametrize(("cron", "zone"), [("0 6 * *", "Asia/Shanghai"), ("0 25 * * *", "Asia/Shanghai"), ("0 6 * * *", "Asia/Peking")])
def test_a_wrong_schedule_is_told(cron: str, zone: str) -> None:
    commands_serve._check_schedule("0 6 * * *", "Asia/Shanghai")
    with pytest.raises(SettingError, match=r"--(cron|timezone)"):
        commands_serve._check_schedule(cron, zone)


def test_the_journal_tells_a_failed_run_from_a_killed_one(tmp_path: Path) -> None:
    state = tmp_path / STATE
    assert journal.last(state) is None
    with pytest.raises(OSError, match="full"), lock.hold(state), journal.keep(state):
        running = journal.last(state)
        assert running is not None and running["state"] == "running"
        raise OSError(28, "the disk is full")
    failed = journal.last(state)
    assert failed is not None and failed["state"] == "failed" and "full" in failed["error"]
    script = f"import os, pathlib\nfrom tasks import journal, lock\nstate = pathlib.Path({str(state)!r})\n"
    script += "with lock.hold(state), journal.keep(state): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    killed = journal.last(state)
    assert killed is not None and killed["state"] == "killed"
    assert "the next run finishes" in summary.status(tmp_path, killed, None)


def test_status_tells_what_a_finished_run_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    bring(sample(tmp_path / "raw"), tmp_path / "output")
    told = summary.status(tmp_path / "output", None, corpus.last(tmp_path / "output"))
    for words in ("4 sources", "articles", "proof/index.html"):
        assert words in told
    assert "quarantined" not in told


def test_run_status_and_proof_count_the_same_in_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    (raw / "日报/03.txt").write_bytes(b"")
    (raw / "日报/04.txt").write_text("人民日报\n\n2020年11月25日 星期三\n\n07\n", "utf-8")
    shutil.copy(raw / "日报/2020-11-25/01.txt", raw / "日报/2020-11-25/01 (1).txt")
    (raw / ".hidden").mkdir()
    for name in (".hidden/a.txt", ".hidden/b.txt", "._x.txt", "z.txt.part", "a.jpg"):
        (raw / name).write_bytes(b"x")
    plan, totals = bring(raw, output)
    assert plan.ignored == ["._x.txt", ".hidden/", "a.jpg", "z.txt.part"]
    told = summary.status(output, None, corpus.last(output))
    said = summary.text(summary.of(plan, totals, 0.0))
    page = (output / "proof" / "index.html").read_text("utf-8")
    for words in ("7 sources,", "4 files and folders: hidden, half-copied", "2 sources without a record, 1 copy of another source"):
        assert words in told and words in said
    assert "2 sources without a record, 1 copy of another source" in page and "<dt>sources</dt><dd>7</dd>" in page
    counts = json.loads((output / "manifest.json").read_bytes())["counts"]
    assert (counts["sources"], counts["cleaned"], counts["ignored"]) == (7, 5, 4)
    rows = json.loads((output / "proof" / "data" / "0.js").read_text("utf-8").partition(",")[2].rstrip(");\n"))
    assert sum(row[10] >= 2 for row in rows) == 3


def test_times_are_those_of_the_machine_and_one_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert summary.local("2020-11-24T22:00:00+00:00") == "2020-11-25 06:00:00+08:00"
        attempt = {"state": "finished", "began": "2020-11-24T22:00:00+00:00", "process": 1, "host": "h", "error": None}
        totals = dict.fromkeys(corpus.TOTALS, 1)
        run = {"started": "2020-11-24T22:00:00+00:00", "seconds": 1.0, "workers": 1}
        told = summary.status(tmp_path, attempt, {"totals": totals, "run": run, "files": {}})
    finally:
        monkeypatch.undo()
        time.tzset()
    assert told.count("2020-11-25 06:00:00+08:00") == 2 and "22:00" not in told
    assert "1 source, 1 character" in told and "1 article, 1 fragment in" in told and "by 1 worker\n" in told
    report = {**totals, "output": "o", "found": 1, "ignored": 1, "remade": 1, "shards": 1, "seconds": 1, "unjudged": 1}
    said = summary.text(report)
    for words in (
        "1 source,",
        "1 of 1 shard in",
        "1 place, 1 record with",
        "1 expectation could",
        "1 file or folder: hidden",
        "1 copy of another source",
    ):
        assert words in said
    assert "2 copies of other sources" in summary.text({**report, "copies": 2})
    assert "none found" in summary.text({**dict.fromkeys(report, 0), "output": "o"}) and "none found" not in said


LASTING = """
import os, pathlib, sys, urllib.error, urllib.request
from flows.server import PROOF, Server
def get(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return f"{answer.status} {answer.read(12)!r}"
    except urllib.error.HTTPError as error:
        return str(error.code)
with Server(pathlib.Path(sys.argv[1]), lasting=True) as server:
    server.ready()
    page, root = os.environ[PROOF], server.url.removesuffix("api")
    assert page.startswith("http://127.0.0.1:"), page
    print(get(page), get(root + "proof/"), get(root + "proof"), sep="|", end="|")
    print(get(root + "proof/none.html"), get(root + "proof/%2e%2e/secret"), get(root + "api/health"), sep="|")
assert PROOF not in os.environ
"""


def test_a_lasting_server_shows_the_proof_beside_its_pages(tmp_path: Path) -> None:
    """A page from http may not open a file: link, so that a click in Prefect's pages would do nothing."""
    state = tmp_path / STATE
    state.mkdir()
    (tmp_path / "secret").write_text("not of the proof")
    (tmp_path / "proof").mkdir()
    (tmp_path / "proof" / "index.html").write_text("pulled proof")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", LASTING, str(state)], capture_output=True, text=True, timeout=300, check=False,
        cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = "200 b'pulled proof'"
    assert done.stdout.strip().split("|") == [shown, shown, shown, "404", "404", "200 b'true'"]


def test_stopped_before_the_server_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr("flows.server.Server.__enter__", interrupted)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended, commands_serve._server(tmp_path / "output", 0):
            pytest.fail("no server is up")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
    assert "stopped" in capsys.readouterr().err


def heeds() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a worker does
    time.sleep(600)


def heeds_nothing() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("deaf", flush=True)
    time.sleep(600)


def test_a_run_under_way_ends_with_its_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_serve, "GRACE", 1.0)
    forked = multiprocessing.get_context("fork")
    runs = [forked.Process(target=target) for target in (heeds, heeds_nothing)]
    for run in runs:
        run.start()
    time.sleep(0.5)
    commands_serve._end_runs()
    assert [run.exitcode for run in runs] == [-signal.SIGTERM, -signal.SIGKILL]


def test_sigterm_ends_serve_even_where_ctrl_c_is_ignored(tmp_path: Path) -> None:
    """A shell's background job ignores SIGINT."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [sys.executable, "-m", "flows.cli", "serve", "--cron", "0 0 29 2 *", str(ROOT / "raw"), str(tmp_path / "output")]
    child = subprocess.Popen(
        command, cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    try:
        assert child.stderr is not None
        told = [child.stderr.readline() for _ in range(2)]
        assert told[1].endswith("Ctrl-C ends\n"), told
        state = tmp_path / "output" / STATE / "prefect" / "prefect.db"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not scheduled(state):
            time.sleep(0.2)
        child.terminate()
        assert child.wait(60) == 0
        assert child.stderr.read() == "qingyang: stopped\n"
    finally:
        child.kill()
        child.wait()


def scheduled(database: Path) -> bool:
    """Whether the schedule stands in Prefect's database."""
    with contextlib.closing(sqlite3.connect(database)) as connection, contextlib.suppress(sqlite3.Error):
        return bool(connection.execute("select count(*) from deployment_schedule").fetchone()[0])
    return False


def test_an_id_that_begins_another_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_checks(monkeypatch)
    bring(ROOT / "raw", tmp_path / "output")
    ids = [json.loads(line)["id"] for line in (tmp_path / "output" / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]
    short = next(a for a in ids for b in ids if a != b and b.startswith(a))
    assert commands_proof.explain.callback(tmp_path / "output", short) in (0, None)
    assert short in capsys.readouterr().out
