"""The table of aims says what is missed, and what is wrong with how it was called."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import aims

RUN = """
import argparse, json, pathlib
ap = argparse.ArgumentParser()
for a in ("qingyang", "gold", "inputs", "work", "drop"): ap.add_argument("--" + a)
a = ap.parse_args()
join = {"f1": 0.95, "tp": 19, "fp": 1, "fn": 1, "recall_by_kind": {"page jump": {"n": 2, "r": 0.5}}}
orphan = {"f1": 0.9} if a.drop == "1" else {"f1": None}
pooled = {"join": join, "lost": 0.0009, "dup": 0.0, "orphan": orphan, "meta.date": {"n": 4, "acc": 0.99}}
pathlib.Path(a.work).mkdir(parents=True)
(pathlib.Path(a.work) / "scores.json").write_text(json.dumps({"pooled": pooled}))
"""


def folder(path: Path, run: str = RUN) -> Path:
    (path / "dev" / "inputs" / "colfrag").mkdir(parents=True)
    (path / "run.py").write_text(run, "utf-8")
    return path


def test_what_is_missed_has_its_aim_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert aims.main([str(folder(tmp_path)), "--inputs", "colfrag", "--qingyang", str(tmp_path / "run.py")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| join | .950 (.960) |" in lines and "| meta.date | .990 |" in lines and "| lost | .0009 (.0005) |" in lines
    assert "| orphan | .900 (.950) |" in lines and "| meta.title | – |" in lines
    assert "| join | 19, 1, 1 |" in lines and "| joins found: page jump | 0.500 of 2 |" in lines


def test_a_wrong_folder_and_a_failing_run_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        aims.main([str(tmp_path / "none"), "--inputs", "colfrag"])
    assert "there is no" in capsys.readouterr().err
    broken = folder(tmp_path / "broken", "raise SystemExit('no gold')")
    with pytest.raises(SystemExit, match=r"on colfrag: exit 1\nno gold"):
        aims.main([str(broken), "--inputs", "colfrag", "--qingyang", str(broken / "run.py")])
