"""The command line: quick where it must be, clear where something is wrong, and nothing written on wrong use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import PAGE_1, sample

from flows import cli, commands_run
from qingyang import rulebook

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "raw/人民日报/2020-11-25/02.txt"


def qingyang(*arguments: str | Path, stdin: bytes | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd or ROOT, env=environment, timeout=120, check=False)


def code_of(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main([str(a) for a in arguments])
    return int(stopped.value.code or 0)


def test_help_imports_nothing_heavy() -> None:
    script = "import sys, flows.cli\ntry: flows.cli.main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, text=True, timeout=60, check=True)
    assert "restore" in done.stdout and "Commands" in done.stdout
    heavy = {"prefect", "great_expectations", "pandas", "numpy", "jieba", "rjieba", "opencc", "orjson", "qingyang.issue", "asyncio"}
    assert not heavy & set(done.stderr.split())


def test_clean_imports_neither_prefect_nor_great_expectations() -> None:
    script = f"import sys, flows.cli\ntry: flows.cli.main(['clean', {str(PAGE)!r}])\nexcept SystemExit: pass\n"
    script += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, text=True, timeout=60, check=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert any("劳模精神" in r["text"] for r in records)
    assert not {"prefect", "great_expectations", "pandas"} & set(done.stderr.split())


def test_clean_reads_standard_input_in_any_encoding() -> None:
    done = qingyang("clean", "-", "--encoding", "gb18030", stdin=PAGE_1.encode("gb18030"))
    assert done.returncode == 0
    assert "隆重举行" in done.stdout.decode()


def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    page = tmp_path / "long.txt"
    page.write_text(PAGE_1 * 300, "utf-8")
    command = f"{sys.executable} -m flows.cli clean {page} | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, cwd=ROOT, timeout=120, check=False)
    assert done.stderr == b"" and len(done.stdout) == 10


def test_clean_of_a_page_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a.txt"
    page.write_bytes(b"")
    assert code_of("clean", page) == 1
    assert "empty" in capsys.readouterr().err
    assert code_of("clean", tmp_path / "missing.txt") == 2
    assert "missing.txt" in capsys.readouterr().err
    assert code_of("clean", page, "--encoding", "klingon") == 2
    assert "klingon" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("--version") == 0
    assert capsys.readouterr().out.startswith("qingyang 0.")


WRONG = [
    (["run"], "RAW"),
    (["run", "{raw}"], "OUTPUT"),
    (["run", "{raw}/missing", "{out}"], "no such folder"),
    (["run", "{raw}", "{raw}"], "raw folder itself"),
    (["run", "{raw}/日报", "{raw}"], "holds the raw folder"),
    (["run", "{raw}", "{raw}/日报/2020-11-25/01.txt"], "not a folder"),
    (["run", "{raw}", "{out}", "--engine", "jeiba"], "did you mean 'jieba'"),
    (["run", "{raw}", "{out}", "--variants", "zh-Hant,zh-TW"], "zh-TW"),
    (["run", "{raw}", "{out}", "--encoding", "klingon"], "klingon"),
    (["run", "{raw}", "{out}", "--pattern", "{{publisher}}/x"], "publisher"),
    (["run", "{raw}", "{out}", "--workers", "0"], "workers"),
    (["run", "{raw}", "{out}", "--config", "{raw}/none.toml"], "none.toml"),
    (["run", "{raw}", "{out}", "--user-dict", "{raw}/none.txt"], "none.txt"),
    (["run", "{raw}", "{out}", "--nonsense"], "nonsense"),
    (["run", "{raw}", "{raw}/out"], "lies in the raw folder"),
    (["run", "{raw}", "{raw}/日报/new/out"], "lies in the raw folder"),
    (["restore", "{out}", "{raw}"], "no such folder"),
    (["restore", "{raw}", "{out}"], "holds no corpus"),
    (["proof", "{out}"], "no such folder"),
    (["explain", "{out}", "x"], "no such folder"),
    (["collate", "{out}", "{raw}"], "no such folder"),
    (["status", "{out}"], "no finished run"),
    (["fly"], "fly"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_use_is_told_and_nothing_is_written(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, out = sample(tmp_path / "raw"), tmp_path / "out"
    before = sorted(tmp_path.rglob("*"))
    assert code_of(*(a.format(raw=raw, out=out) for a in arguments)) == 2
    assert told in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("variants = 'zh-Hant'", "list"),
        ("pos = 'yes'", "true or false"),
        ("colour = 1", "colour"),
        ("engin = 'jieba'", "did you mean 'engine'"),
        ("max_source_mb = -1", "max_source_mb"),
        ("variants = [", "no TOML"),
    ],
)
def test_a_wrong_configuration_is_told_and_nothing_is_written(
    table: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = sample(tmp_path / "raw")
    (tmp_path / "qingyang.toml").write_text(table, "utf-8")
    assert code_of("run", raw, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert told in error and "qingyang.toml" in error
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/sys").exists(), reason="root may write anywhere")
def test_an_output_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = sample(tmp_path / "raw")
    assert code_of("run", raw, "/proc/sys/qingyang") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_output_that_is_not_ours_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out = sample(tmp_path / "raw"), tmp_path / "out"
    out.mkdir()
    (out / "articles.zh-Hans.jsonl").write_text("precious", "utf-8")
    assert code_of("run", raw, out) == 2
    assert "articles.zh-Hans.jsonl" in capsys.readouterr().err
    assert (out / "articles.zh-Hans.jsonl").read_text("utf-8") == "precious"


def test_a_broken_rule_table_stops_the_run_before_it_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = rulebook.tables()
    monkeypatch.setattr(rulebook, "tables", lambda: {**ours, "jumps.toml": "[[rule]"})
    rulebook._ours.cache_clear()
    try:
        assert code_of("run", sample(tmp_path / "raw"), tmp_path / "out") == 2
    finally:
        rulebook._ours.cache_clear()
    assert "jumps.toml" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_told_in_a_sentence() -> None:
    assert "disk is full" in cli.explain(OSError(28, "No space left on device", "x"))


def test_the_cause_is_told_rather_than_what_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError:
            raise RuntimeError("500 Internal Server Error") from None
    except RuntimeError as error:
        assert isinstance(commands_run.cause(error, tmp_path), OSError)
    defect = ValueError("a defect")
    assert commands_run.cause(defect, tmp_path) is defect
    monkeypatch.setattr(commands_run, "LEAST_ROOM", 1 << 62)
    assert "disk is full" in cli.explain(commands_run.cause(defect, tmp_path))


def test_clean_says_when_a_page_has_no_article(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "1.txt"
    page.write_text("海州日报\n2016年4月18日 星期一\n第3版\n", "utf-8")
    assert code_of("clean", page) == 0
    said = capfd.readouterr()
    assert said.out == "" and f"{page}: nothing on it reads as an article" in said.err
