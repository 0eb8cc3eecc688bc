"""Whatever is done to the files of a corpus after its run: it is seen, told in a sentence, and costs no more than it must."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from house import bring, sample, tree

from flows import cli
from tasks import corpus, intact
from tasks.manifest import STATE

FILES = (
    "articles.zh-Hans.jsonl",
    "articles.zh-Hant-TW.jsonl",
    "words.jsonl",
    "quarantine.jsonl",
    "manifest.json",
    "checks/corpus.json",
    "checks/日报-2020.json",
    "proof/index.html",
    "ledger/日报-2020-11.jsonl",
)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{"id":"garbage')


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def edit(path: Path) -> None:
    data = bytearray(path.read_bytes() or b"\n")
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def strangers(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{}\n[1]\n"x"\n{"id":"x","source":"x"}\n\xff\xfe\n')


HOWS: tuple[Callable[[Path], object], ...] = (append, truncate, edit, empty, strangers, Path.unlink)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("damage")
    raw = sample(folder / "raw")
    (raw / "日报/2020-11-25/03.txt").write_bytes(b"%PDF-1.7")
    bring(raw, folder / "output")
    return raw, folder / "output"


def code_of(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main([str(a) for a in arguments])
    return int(stopped.value.code or 0)


def ids(output: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (output / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("how", HOWS, ids=lambda how: how.__name__)
@pytest.mark.parametrize("name", FILES)
def test_damage_is_seen_told_and_mended(
    name: str, how: Callable[[Path], object], made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, output = made
    wanted, rid = tree(output), ids(output)[0]
    copy = shutil.copytree(output, tmp_path / "copy")
    how(copy / name)
    if (output / name).read_bytes() == ((copy / name).read_bytes() if (copy / name).exists() else None):
        pytest.skip("nothing was changed")
    assert set(intact.changed(copy)) == {name}
    assert code_of("status", copy) == 3
    assert name in capsys.readouterr().out
    assert code_of("restore", copy, tmp_path / "back") == int("ledger" in name and how is not append)
    for path in sorted((tmp_path / "back").rglob("*.txt")):
        assert path.read_bytes() == (raw / path.relative_to(tmp_path / "back")).read_bytes()
    told = capsys.readouterr().err
    for source in sorted(p.relative_to(raw).as_posix() for p in raw.rglob("*.txt")):
        assert (tmp_path / "back" / source).exists() or f"{source}: cannot be restored" in told
    assert code_of("explain", copy, rid) in (0, 3)
    assert code_of("proof", copy) in (0, 3)
    told += capsys.readouterr().err
    assert "Traceback" not in told and "defect of ours" not in told
    bring(raw, copy)
    assert tree(copy) == wanted
    assert intact.changed(copy) == {}


def test_a_damaged_line_is_named_and_the_others_are_read(
    made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, output = made
    copy = shutil.copytree(output, tmp_path / "copy")
    (first, *more) = ids(copy)
    append(copy / "articles.zh-Hans.jsonl")
    assert code_of("explain", copy, more[-1]) == 0
    said = capsys.readouterr()
    assert more[-1] in said.out and f"line {len(more) + 2} is no JSON" in said.err and "qingyang run" in said.err
    lines = (copy / "articles.zh-Hans.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "articles.zh-Hans.jsonl").write_bytes(b"".join(lines[1:-1]))
    assert code_of("explain", copy, first) == 3
    assert "articles.zh-Hans.jsonl has" in capsys.readouterr().err
    assert code_of("explain", output, "no-such-id") == 2


def test_restore_without_state_gives_back_what_no_damaged_record_holds(
    made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, output = made
    copy = shutil.copytree(output, tmp_path / "copy")
    shutil.rmtree(copy / STATE)
    lines = (copy / "articles.zh-Hans.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "articles.zh-Hans.jsonl").write_bytes(lines[0][:50] + b"\n" + b"".join(lines[1:]))
    assert code_of("restore", copy, tmp_path / "back") == 1
    told = capsys.readouterr().err
    assert "line 1 is no JSON" in told and "cannot be restored (record" in told
    back = {p.relative_to(tmp_path / "back") for p in (tmp_path / "back").rglob("*") if p.is_file()}
    assert len(back) == 4 and all((tmp_path / "back" / name).read_bytes() == (raw / name).read_bytes() for name in back)


def test_status_knows_a_copy_without_state_by_its_manifest(
    made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(made[1], tmp_path / "copy", ignore=shutil.ignore_patterns(STATE))
    assert code_of("status", copy) == 1  # a PDF in quarantine
    assert "5 sources" in capsys.readouterr().out
    edit(copy / "words.jsonl")
    assert code_of("status", copy) == 3
    assert "words.jsonl was changed" in capsys.readouterr().out


def test_files_with_their_stamps_are_not_read_again(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.write.checksum", lambda path: pytest.fail(f"{path} was read"))
    assert intact.changed(made[1]) == {}


def test_a_defect_of_ours_is_not_blamed_on_the_files(made: tuple[Path, Path]) -> None:
    with pytest.raises(ZeroDivisionError), intact.blamed(made[1], made[1]):
        raise ZeroDivisionError


def test_a_process_that_is_forked_has_a_checker_of_its_own() -> None:
    """It inherits the pool of its parent without the thread in it, and would wait for ever."""
    assert corpus._checker(os.getpid()).submit(int).result() == 0
    child = multiprocessing.get_context("fork").Process(target=lambda: corpus._checker(os.getpid()).submit(int).result())
    child.start()
    child.join(20)
    code = child.exitcode
    child.kill()
    assert code == 0
