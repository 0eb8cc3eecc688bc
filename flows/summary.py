"""What a run came to, for a terminal and for the Prefect UI."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tasks import counts
from tasks.counts import many
from tasks.output import WAY_OUT, named

if TYPE_CHECKING:
    from tasks.corpus import Plan


def of(plan: Plan, totals: dict[str, int], seconds: float, output: object = None) -> dict[str, Any]:
    """The figures of a finished run, JSON-able. ``output`` is where the corpus lies, when not where it was made."""
    return {
        **totals,
        "output": str(output or plan.output),
        "remade": len(plan.pending),
        "shards": len(plan.shards),
        "seconds": round(seconds, 1),
    }


def local(moment: str) -> str:
    """A moment of the journal in the time of this machine, with its distance from UTC; what is no moment stays as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().isoformat(" ", "seconds")
    except ValueError:
        return moment


def quarantined(totals: dict[str, Any]) -> bool:
    return bool(counts.quarantined(totals))


def lines(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The closing summary, label and text."""
    made = ("remade", f"{report['remade']:,} of {many(report['shards'], 'shard')} in {report['seconds']:.1f} s")
    into, out, *more = _corpus(report, report["output"])
    return [into, out, made, *more]


def _corpus(totals: dict[str, Any], output: Any) -> list[tuple[str, str]]:
    """What a corpus was made of and holds: the end of a run and its status tell it in the same words."""
    rows = [
        ("in", f"{many(totals['sources'], 'source')}, {many(totals['characters'], 'character')}"),
        ("out", f"{many(totals['articles'], 'article')}, {many(totals['fragments'], 'fragment')} in {output}/"),
        ("flagged", f"{many(totals['flags'], 'place')}, {many(totals['warned'], 'record')} with a warning"),
    ]
    if not totals["sources"] and not counts.quarantined(totals):
        rows.append(("pages", "none found: they are .txt or .txt.gz files, best as RAW/人民日报/2020-11-25/02.txt"))
    if totals.get("unjudged"):
        rows.append(("unjudged", f"{many(totals['unjudged'], 'expectation')} could not be evaluated: see {output}/checks/"))
    if totals.get("ignored"):
        rows.append(("passed over", counts.passed_over(totals["ignored"])))
    if what := counts.quarantined(totals):
        rows.append(("quarantined", f"{what}: see {output}/quarantine.jsonl"))
    return rows


def text(report: dict[str, Any]) -> str:
    rows = lines(report)
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:>{width}}  {what}" for label, what in rows)


def markdown(report: dict[str, Any]) -> str:
    return "| | |\n|---|---|\n" + "\n".join(f"| {label} | {what} |" for label, what in lines(report)) + "\n"


def status(output: Any, attempt: dict[str, Any] | None, kept: dict[str, Any] | None, damaged: Mapping[str, str] | None = None) -> str:
    """How the last run of an output folder went, what the last finished one left, and what was ``damaged`` since, for a terminal."""
    rows: list[tuple[str, str]] = []
    if attempt is not None:
        said = f"{attempt['state']}, began {local(attempt['began'])} as process {attempt['process']} on {attempt['host']}"
        rows.append(("last run", said + (f": {attempt['error']}" if attempt["error"] else "")))
        if attempt["state"] in ("failed", "killed"):
            rows.append(("", "nothing is half-written; the next run finishes the job"))
    if kept is None:
        rows.append(("corpus", "no run has finished yet"))
    else:
        totals, run = kept["totals"], kept["run"]
        made = f"of {local(run['started'])}, made in {run['seconds']:.1f} s by {many(run['workers'], 'worker')}"
        there = f"{output}/proof/index.html" if "proof/index.html" in kept["files"] else f"none; qingyang proof {output}"
        rows += [("corpus", made), *_corpus(totals, output), ("proof", there)]
    if damaged:
        rows += [("damaged", f"{many(len(damaged), 'file')} since the run: {named(damaged)}"), ("", WAY_OUT)]
    return "\n".join(f"{label:>11}  {what}" for label, what in rows)
