"""Any sequence of additions, changes, renames and deletions ends in the bytes of a run from nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from house import PAGE_1, PAGE_2, PAGE_3, bring, no_checks, tree
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from qingyang.settings import Settings

STEPS = int(os.environ.get("QINGYANG_STEPS", "12"))
"""Events in a row: ``QINGYANG_STEPS=200 python -m pytest tests/test_incremental.py`` takes some minutes."""

PAPERS = ("日报", "晚报")
DAYS = ("2020-11-24", "2020-11-25", "2020-12-01")
TEXTS = (PAGE_1, PAGE_2, PAGE_3, "", "人民日报 2020年11月25日\n", PAGE_3 + "\n" + PAGE_2.replace("河北", "山东"))
SETTINGS = (Settings(), Settings(variants=("zh-Hant-TW",)), Settings(one_file_up_to_mb=0))

places = st.builds("{}/{}/{:02d}.txt".format, st.sampled_from(PAPERS), st.sampled_from(DAYS), st.integers(1, 3))
texts = st.sampled_from(TEXTS)


class Corpus(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="qingyang-"))
        self.raw, self.output = self.folder / "raw", self.folder / "output"
        self.raw.mkdir()
        self.chosen = SETTINGS[0]

    @rule(name=places, text=texts)
    def put(self, name: str, text: str) -> None:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    @rule(name=places, text=texts)
    def put_in_gb18030(self, name: str, text: str) -> None:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("gb18030"))

    @rule(name=places)
    def delete(self, name: str) -> None:
        (self.raw / name).unlink(missing_ok=True)

    @rule(name=places, other=places)
    def rename(self, name: str, other: str) -> None:
        if (self.raw / name).exists():
            (self.raw / other).parent.mkdir(parents=True, exist_ok=True)
            (self.raw / name).replace(self.raw / other)

    @rule(name=places, page=st.sampled_from(["7", "A2"]))
    def say_beside(self, name: str, page: str) -> None:
        if (self.raw / name).exists():
            (self.raw / f"{name}.json").write_text(f'{{"page": "{page}"}}', "utf-8")

    @rule(paper=st.sampled_from(PAPERS))
    def delete_a_paper(self, paper: str) -> None:
        shutil.rmtree(self.raw / paper, ignore_errors=True)

    @rule(chosen=st.sampled_from(SETTINGS))
    def choose(self, chosen: Settings) -> None:
        self.chosen = chosen

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        files = sorted(p for p in self.output.rglob("*.json*") if p.is_file())
        if files:
            path = data.draw(st.sampled_from(files))
            path.write_bytes(path.read_bytes()[:-1]) if path.stat().st_size % 2 else path.unlink()

    @invariant()
    def is_what_a_run_from_nothing_gives(self) -> None:
        bring(self.raw, self.output, self.chosen)
        fresh = self.folder / "fresh"
        bring(self.raw, fresh, self.chosen)
        assert tree(self.output) == tree(fresh)
        shutil.rmtree(fresh)

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def test_incremental_is_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    long = STEPS >= 100
    quiet = settings(
        max_examples=1 if long else 2, stateful_step_count=STEPS, deadline=None, database=None, derandomize=not long,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(Corpus, settings=quiet)
