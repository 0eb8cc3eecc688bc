"""What tests share: a corpus made without a scheduler and its bytes for comparing, texts as arrays of code points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from qingyang.settings import Settings
from tasks import corpus, lock
from tasks.manifest import STATE
from tasks.workers import Workers

PAGE_1 = """全国劳模表彰大会在京举行

新华社北京11月24日电 全国劳动模范和先进工作者表彰大会24日上午在北京人民大会堂隆重举行。大会向受到表彰的劳动模范表示热烈的祝贺。

会议强调，要大力弘扬劳模精神、劳动精神、工匠精神，激励各族人民开拓进取。（下转第二版）
"""

PAGE_2 = """小麦丰收

本报石家庄6月1日电 河北省小麦近日开镰收割，预计总产量将再创新高。农业部门组织联合收割机跨区作业，确保颗粒归仓。
"""

PAGE_3 = """国际要闻

新华社柏林11月24日电 两国领导人二十四日通电话，就双边关系和共同关心的问题交换意见，同意继续保持密切沟通。
"""


def write(raw: Path, **pages: str) -> None:
    """``write(raw, **{"日报/2020-11-25/01.txt": text})``"""
    for name, text in pages.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def sample(raw: Path) -> Path:
    """Two publications, two months, three issues."""
    write(
        raw,
        **{
            "日报/2020-11-25/01.txt": PAGE_1,
            "日报/2020-11-25/02.txt": PAGE_2,
            "日报/2020-12-01/01.txt": PAGE_3,
            "晚报/2020-11-25/01.txt": PAGE_2 + PAGE_3,
        },
    )
    return raw


def no_checks(monkeypatch: Any) -> None:
    """Every record passes, at once: for tests of what is made when, not of what the checks say."""
    from tasks import check

    def passed(ids: list[str]) -> check.Verdicts:
        return check.Verdicts({i: {"verdict": "pass", "failed": []} for i in ids}, results={"verdict": "pass", "records": ids})

    monkeypatch.setattr(check, "validate", lambda rows: passed([str(i) for i in rows["record_id"]] if len(rows) else []))
    monkeypatch.setattr(check, "validate_corpus", lambda rows: passed([row["record_id"] for row in rows]))


def bring(
    raw: Path, output: Path, settings: Settings | None = None, *, workers: int = 1, force: bool = False
) -> tuple[corpus.Plan, dict[str, int]]:
    """A run: the plan as it stood before anything was made, and the totals."""
    with lock.hold(output / STATE), corpus.workplace(output / STATE), Workers(workers) as pool:
        plan = corpus.survey(raw, output, settings or Settings(), pool, force)
        assert plan is not None
        for group in plan.groups:
            changed = corpus.make_group(plan, group, pool)
            assert not changed
        return plan, corpus.finish(plan, {"started": "now", "host": "test", "seconds": 0, "workers": workers})


def tree(output: Path) -> dict[str, Any]:
    """Every visible file of a corpus; of the manifest all but what belongs to the run."""
    out: dict[str, Any] = {}
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if path.is_file() and not name.startswith(STATE):
            out[name] = path.read_bytes()
    if "manifest.json" in out:
        document = json.loads(out["manifest.json"])
        del document["run"]
        out["manifest.json"] = document
    return out


def from_nothing(raw: Path, somewhere: Path, settings: Settings | None = None) -> dict[str, Any]:
    bring(raw, somewhere, settings)
    return tree(somewhere)


def codes(texts: list[str], width: int, last: bool) -> np.ndarray:
    """The last code points of each text, nearest last, or the first; 0 where there is none."""
    out = np.zeros((len(texts), width), np.uint32)
    for k, text in enumerate(texts):
        some = [ord(c) for c in (text[-width:] if last else text[:width])]
        out[k, width - len(some) if last else 0 : width if last else len(some)] = some
    return out
