"""Raw and output under a URL: the same corpus, published object by object, mended where it was damaged, held by one run at a time."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from house import PAGE_3, bring, no_checks, sample, tree, write

from flows import summary
from flows.commands_proof import collate, explain, proof
from flows.commands_run import nothing_to_do, status
from qingyang.records import SettingError
from qingyang.settings import Settings
from tasks import corpus, journal, read, remote, working
from tasks.restore import restore
from tasks.workers import Workers


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A local S3 server; its address is what the environment of a user would name."""
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    threaded = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    threaded.start()
    yield f"http://127.0.0.1:{port}"
    threaded.stop()


@pytest.fixture(params=["s3", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty folder."""
    import fsspec

    monkeypatch.setenv("QINGYANG_WORK", str(tmp_path / "work"))
    no_checks(monkeypatch)
    if request.param == "memory":
        return f"memory://{tmp_path.name}"
    address = request.getfixturevalue("server")
    told = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    bucket = f"b{abs(hash(str(tmp_path))):x}"
    fsspec.filesystem("s3").mkdir(bucket)
    return f"s3://{bucket}/archive"


def run(raw: Path | remote.Remote, output: Path | remote.Remote, settings: Settings | None = None) -> list[str]:
    """A run as the flow does it; what was made."""
    with working.hold(output) as held, journal.keep(held.state, held.tell), corpus.workplace(held.state), Workers(1) as pool:
        plan = corpus.survey(raw, held.folder, settings or Settings(), pool)
        assert plan is not None
        for group in plan.groups:
            assert corpus.make_group(plan, group, pool) == []
        if not corpus.is_current(plan):
            corpus.finish(plan, {"started": "now", "host": "test", "seconds": 0, "workers": 1})
        held.publish()
        return plan.pending


def uploaded(folder: Path, url: str) -> remote.Remote:
    there = remote.Remote(url)
    there.put_files(folder, [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*")) if p.is_file()])
    return there


def downloaded(there: remote.Remote, folder: Path) -> dict[str, object]:
    there.get_files([name for name in there.listing() if not name.startswith(".qingyang")], folder)
    return tree(folder)


def test_the_corpus_of_a_url_is_that_of_a_folder(place: str, tmp_path: Path) -> None:
    local = sample(tmp_path / "raw")
    (local / "日报/2020-11-25/02.txt.json").write_text('{"page": "A2"}', "utf-8")
    (local / "日报/2020-11-25/.03.txt").write_text("hidden", "utf-8")
    (local / "日报/2020-11-25/cover.jpg").write_text("x", "utf-8")
    (local / "日报/2020-11-25/04.txt").write_bytes(bytes(range(256)) * 40)
    raw, output = uploaded(local, f"{place}/raw"), remote.Remote(f"{place}/output")
    write(tmp_path / "other", **{"notes.md": "theirs"})
    uploaded(tmp_path / "other", f"{place}/output")
    assert len(run(raw, output)) == 3
    bring(local, tmp_path / "output")
    (tmp_path / "output" / "notes.md").write_text("theirs", "utf-8")
    assert downloaded(output, tmp_path / "there") == tree(tmp_path / "output")
    with working.at_hand(output) as folder:
        count, failures = restore(folder, tmp_path / "back")
    assert failures == [] and count == 5
    assert (tmp_path / "back/日报/2020-11-25/04.txt").read_bytes() == bytes(range(256)) * 40


def test_only_what_changed_is_made_and_put(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = sample(tmp_path / "raw")
    raw, output = uploaded(local, f"{place}/raw"), remote.Remote(f"{place}/output")
    settings = Settings(one_file_up_to_mb=0)
    assert nothing_to_do(raw, output, settings) is None
    run(raw, output, settings)
    assert nothing_to_do(raw, output, settings) is not None
    before = {name: remote.stamp(info) for name, info in output.listing().items()}
    assert run(raw, output, settings) == []
    put = [name for name, info in output.listing().items() if remote.stamp(info) != before.get(name)]
    assert set(put) <= {".qingyang/attempt.json"}
    raw.put("日报/2020-12-01/02.txt", PAGE_3.replace("柏林", "巴黎").encode())
    raw.remove(["晚报/2020-11-25/01.txt"])
    assert run(raw, output, settings) == ["日报-2020-12"]
    names = set(output.listing())
    assert not any("晚报" in name for name in names) and ".qingyang/lease" not in names
    after = {name: remote.stamp(info) for name, info in output.listing().items()}
    assert before["articles.zh-Hans/日报-2020-11.jsonl"] == after["articles.zh-Hans/日报-2020-11.jsonl"]
    raw.get_files(["日报/2020-12-01/02.txt"], local)
    (local / "晚报/2020-11-25/01.txt").unlink()
    bring(local, tmp_path / "output", settings)
    assert downloaded(output, tmp_path / "there") == tree(tmp_path / "output")


def test_another_machine_goes_on_where_one_stopped(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, output = uploaded(sample(tmp_path / "raw"), f"{place}/raw"), remote.Remote(f"{place}/output")
    run(raw, output)
    monkeypatch.setenv("QINGYANG_WORK", str(tmp_path / "elsewhere"))
    assert nothing_to_do(raw, output, Settings()) is None
    assert run(raw, output) == []
    output.put("articles.zh-Hans.jsonl", b"{}\n")
    output.remove(["words.jsonl", "ledger/日报-2020-11.jsonl"])
    assert nothing_to_do(raw, output, Settings()) is None
    assert run(raw, output) == ["日报-2020-11"]
    bring(tmp_path / "raw", tmp_path / "output")
    assert downloaded(output, tmp_path / "there") == tree(tmp_path / "output")
    monkeypatch.setenv("QINGYANG_WORK", str(tmp_path / "work"))
    assert run(raw, output) == []


def test_one_run_at_a_time(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, told, order = remote.Remote(f"{place}/output"), [], []
    with working.Lease(output) as lease:
        assert working.alive(output)

        def second() -> None:
            with working.Lease(output, told.append):
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        while not told:
            time.sleep(0.01)
        order.append("first")
        lease.check()
    thread.join(20)
    assert order == ["first", "second"] and "waiting" in told[0]
    assert ".qingyang/lease" not in output.listing()


def test_a_dead_run_holds_nothing_and_a_slow_one_notices(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = remote.Remote(f"{place}/output")
    monkeypatch.setattr(working, "PATIENCE", 0.5)
    dead = {"token": "dead", "process": 1, "host": "gone", "beat": 3, "at": 0.0}
    output.put(working.Lease.NAME, json.dumps(dead).encode())
    assert not working.alive(output)
    with working.Lease(output) as lease:
        lease.check()
        lease._end.set()
        lease._thread.join()
        output.put(working.Lease.NAME, json.dumps({**dead, "token": "other"}).encode())
        with pytest.raises(working.Lost, match="gone"):
            lease.check()
    assert json.loads(output.read(working.Lease.NAME))["token"] == "other"


def test_a_renewal_never_overwrites_who_took_over_meanwhile(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read, taken over, written: between the two the store itself must look, where it can."""
    if not place.startswith("s3:"):
        pytest.skip("only S3 writes on a condition")
    output = remote.Remote(f"{place}/output")
    other = json.dumps({"token": "other", "process": 1, "host": "elsewhere", "beat": 3, "at": time.time()}).encode()
    lease = working.Lease(output)
    put, late = output.put, []

    def taken_over_meanwhile(self: remote.Remote, name: str, data: bytes, **how: Any) -> str:
        if how.get("instead_of") and not late:
            late.append(put(name, other))
        return put(name, data, **how)

    with monkeypatch.context() as patch:
        patch.setattr(working, "PATIENCE", 3.0)
        with lease:
            patch.setattr(remote.Remote, "put", taken_over_meanwhile)
            lease._thread.join(10)
            assert late and not lease._thread.is_alive()
            with pytest.raises(working.Lost, match="elsewhere"):
                lease.check()
    assert output.read(working.Lease.NAME) == other


def test_a_renewal_whose_answer_never_came_does_not_end_the_run(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = remote.Remote(f"{place}/output")
    monkeypatch.setattr(working, "PATIENCE", 3.0)
    with working.Lease(output) as lease:
        lease._tag = '"00000000000000000000000000000000"' if place.startswith("s3:") else ""
        while json.loads(output.read(working.Lease.NAME))["beat"] < 2:
            time.sleep(0.05)
        lease.check()


def test_a_working_run_is_not_taken_for_dead(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = remote.Remote(f"{place}/output")
    monkeypatch.setattr(working, "PATIENCE", 0.6)
    with working.Lease(output) as lease:
        time.sleep(1.5)
        lease.check()
        assert json.loads(output.read(working.Lease.NAME))["beat"] >= 3


def test_the_commands_take_a_url(place: str, tmp_path: Path) -> None:
    local = sample(tmp_path / "raw")
    raw, output = uploaded(local, f"{place}/raw"), remote.Remote(f"{place}/output")
    missing = CliRunner().invoke(status, [str(output)])
    assert isinstance(missing.exception, SettingError) and str(output) in str(missing.exception)
    run(raw, output)
    told = CliRunner().invoke(status, [str(output)])
    assert told.exit_code == 0 and "finished" in told.output and "4 sources" in told.output
    made = CliRunner().invoke(proof, [str(output)])
    assert made.output.strip() == f"{output}/proof/index.html"
    record = json.loads(output.read("articles.zh-Hans.jsonl").splitlines()[0])
    assert record["headline"] in CliRunner().invoke(explain, [str(output), record["id"]], standalone_mode=False).output
    write(tmp_path, **{"copy.txt": record["text"].replace("隆重", "热烈") * 2})
    compared = CliRunner().invoke(collate, [str(output), str(tmp_path / "copy.txt")])
    assert compared.stdout.strip() == f"{output}/collation/apparatus.jsonl"
    assert "of 5 records" in compared.stderr
    assert "collation/apparatus.jsonl" in output.listing()
    assert nothing_to_do(raw, output, Settings()) is not None
    assert summary.text(nothing_to_do(raw, output, Settings()) or {}).count(str(output)) >= 1


def test_a_night_that_failed_is_seen_from_afar(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, output = uploaded(sample(tmp_path / "raw"), f"{place}/raw"), remote.Remote(f"{place}/output")

    def full(*_: object) -> None:
        raise OSError(28, "the disk is full")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr(corpus, "finish", full)
        run(raw, output)
    told = CliRunner().invoke(status, [str(output)], standalone_mode=False)
    assert told.return_value == 3 and "failed" in told.output and "full" in told.output
    output.put(".qingyang/attempt.json", json.dumps({"began": "x", "process": 1, "host": "h", "state": "running", "error": None}).encode())
    assert "killed" in CliRunner().invoke(status, [str(output)], standalone_mode=False).output
    run(raw, output)
    assert CliRunner().invoke(status, [str(output)], standalone_mode=False).return_value == 0


def test_places_that_cannot_be_meant(place: str, tmp_path: Path) -> None:
    raw, output = uploaded(sample(tmp_path / "raw"), f"{place}/raw"), remote.Remote(f"{place}/output")
    corpus.check_places(raw, output)
    corpus.check_places(raw, tmp_path / "output")
    for wrong, told in [
        ((remote.Remote(f"{place}/none"), output), "no such folder"),
        ((raw, raw), "holds the raw folder"),
        ((raw, remote.Remote(place)), "holds the raw folder"),
        ((remote.Remote(place), output), "lies in the raw folder"),
        ((remote.Remote("nonsense://x/y"), output), "cannot be opened"),
    ]:
        with pytest.raises(SettingError, match=told):
            corpus.check_places(*wrong)


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    assert remote.place(f"file://{tmp_path}") == tmp_path
    assert remote.place("raw") == Path("raw")
    assert str(remote.place("s3://b/raw/")) == "s3://b/raw"


def test_a_network_that_fails_is_no_fault_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = remote.Remote(f"memory://{tmp_path.name}")
    raw.put("01.txt", b"x")

    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("connection reset")

    monkeypatch.setattr(type(raw.open()[0]), "cat_file", broken)
    with pytest.raises(OSError, match="connection reset"):
        read.load(raw, "01.txt", 100)
