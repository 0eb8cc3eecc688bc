"""Any sequence of additions, changes, renames and deletions ends in the bytes of a run from nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
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
SETTINGS = (Settings(), Settings(variants=("zh-Hant-TW",)), Settings(one_file_up_to_mb=0), Settings(proof=False))

places = st.builds("{}/{}/{:02d}.txt".format, st.sampled_from(PAPERS), st.sampled_from(DAYS), st.integers(1, 3))
texts = st.sampled_from(TEXTS)


EVENTS = ("put", "put", "put_in_gb18030", "rename", "delete", "say_beside", "delete_a_paper", "choose", "damage")

HISTORIES: list[Counter[str]] = []
"""How often what happened, machine by machine: a test of nothing would pass too."""


class Corpus(RuleBasedStateMachine):
    """One rule that draws what happens: of many rules, Hypothesis leaves most out of any one history."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="qingyang-"))
        self.raw, self.output = self.folder / "raw", self.folder / "output"
        self.raw.mkdir()
        self.chosen = SETTINGS[0]
        self.happened: Counter[str] = Counter()
        HISTORIES.append(self.happened)

    @rule(data=st.data(), event=st.sampled_from(EVENTS))
    def happens(self, data: st.DataObject, event: str) -> None:
        self.happened[event] += 1
        getattr(self, event)(data)

    def put(self, data: st.DataObject) -> None:
        path = self.raw / data.draw(places)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data.draw(texts), "utf-8")

    def put_in_gb18030(self, data: st.DataObject) -> None:
        path = self.raw / data.draw(places)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.draw(texts).encode("gb18030"))

    def one_of(self, data: st.DataObject) -> Path | None:
        """A source that is there."""
        there = sorted(self.raw.rglob("*.txt"))
        return data.draw(st.sampled_from(there)) if there else None

    def delete(self, data: st.DataObject) -> None:
        if path := self.one_of(data):
            path.unlink()

    def rename(self, data: st.DataObject) -> None:
        if path := self.one_of(data):
            other = self.raw / data.draw(places)
            other.parent.mkdir(parents=True, exist_ok=True)
            path.replace(other)

    def say_beside(self, data: st.DataObject) -> None:
        if path := self.one_of(data):
            page = data.draw(st.sampled_from(["7", "A2"]))
            path.with_name(f"{path.name}.json").write_text(f'{{"page": "{page}"}}', "utf-8")

    def delete_a_paper(self, data: st.DataObject) -> None:
        shutil.rmtree(self.raw / data.draw(st.sampled_from(PAPERS)), ignore_errors=True)

    def choose(self, data: st.DataObject) -> None:
        self.chosen = data.draw(st.sampled_from(SETTINGS))

    def damage(self, data: st.DataObject) -> None:
        """Of anything that a run has left, the proof and the state included."""
        files = sorted(p for p in self.output.rglob("*") if p.is_file() and p.name not in ("lock", "survey.json"))
        if files:
            path = data.draw(st.sampled_from(files))
            path.write_bytes(path.read_bytes()[:-1]) if data.draw(st.booleans()) else path.unlink()

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
    HISTORIES.clear()
    quiet = settings(
        max_examples=2, stateful_step_count=STEPS, deadline=None, database=None, derandomize=STEPS < 100,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip  # of two: the first that Hypothesis tries is the simplest there is
    run_state_machine_as_test(Corpus, settings=quiet)
    longest = max(HISTORIES, key=lambda h: (len(h), h.total()))
    assert longest.total() >= STEPS and len(longest) >= min(len(set(EVENTS)), STEPS // 3), HISTORIES
