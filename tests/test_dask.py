"""On a Dask cluster, a worker lost in mid-run included, the corpus comes out the same to the last byte."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from house import bring, no_checks, sample, tree

from qingyang.records import SettingError
from qingyang.settings import Settings
from tasks import corpus, lock
from tasks.manifest import STATE
from tasks.workers import Cluster

distributed = pytest.importorskip("distributed")


def test_a_lost_worker_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    monkeypatch.setattr(corpus, "BATCH_BYTES", 1)
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "local_directory": tmp_path / "dask"}
    with distributed.LocalCluster(**options) as cluster:  # noqa: SIM117  # the address comes out of the first
        with lock.hold(output / STATE), corpus.workplace(output / STATE), Cluster(cluster.scheduler_address) as pool:
            assert pool.count == 2
            plan = corpus.survey(raw, output, Settings(), pool)
            assert plan is not None
            victims = [pool._client.submit(os.getpid, pure=False).result()]

            def strike(_: int) -> None:
                if victims:
                    os.kill(victims.pop(), signal.SIGKILL)

            for group in plan.groups:
                assert corpus.make_group(plan, group, pool, strike) == []
            assert victims == []
            corpus.finish(plan, {"started": "now", "host": "test", "seconds": 0, "workers": 2})
    bring(raw, tmp_path / "alone")
    assert tree(output) == tree(tmp_path / "alone")


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.workers.CONNECT", 1)
    with pytest.raises(SettingError, match="no scheduler answers"):
        Cluster("tcp://127.0.0.1:9")
