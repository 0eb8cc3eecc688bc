"""What a run came to, for a terminal and for the Prefect UI."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.corpus import Plan


def of(plan: Plan, totals: dict[str, int], seconds: float, output: object = None) -> dict[str, Any]:
    """The figures of a finished run, JSON-able. ``output`` is where the corpus lies, when not where it was made."""
    return {
        **totals,
        "output": str(output or plan.output),
        "found": len(plan.seen),
        "ignored": len(plan.ignored),
        "remade": len(plan.pending),
        "shards": len(plan.shards),
        "seconds": round(seconds, 1),
    }


QUARANTINED = {
    "unreadable": ("source unreadable", "sources unreadable"),
    "copies": ("copy of another source", "copies of other sources"),
    "failed": ("record failed a check", "records failed a check"),
}


def many(count: int, one: str, more: str = "") -> str:
    """A number and what it counts.

    >>> many(1, "source"), many(1200, "source"), many(0, "copy of another source", "copies of other sources")
    ('1 source', '1,200 sources', '0 copies of other sources')
    """
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def local(moment: str) -> str:
    """A moment of the journal in the time of this machine, with its distance from UTC; what is no moment stays as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().isoformat(" ", "seconds")
    except ValueError:
        return moment


def quarantined(report: dict[str, Any]) -> int:
    return sum(int(report[key]) for key in QUARANTINED)


def lines(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The closing summary, label and text."""
    out = [
        ("in", f"{many(report['found'], 'source')}, {many(report['characters'], 'character')}"),
        ("out", f"{many(report['articles'], 'article')}, {many(report['fragments'], 'fragment')} in {report['output']}/"),
        ("remade", f"{report['remade']:,} of {many(report['shards'], 'shard')} in {report['seconds']} s"),
        ("flagged", f"{many(report['flags'], 'place')}, {many(report['warned'], 'record')} with a warning"),
    ]
    if report.get("unjudged"):
        out.append(("unjudged", f"{many(report['unjudged'], 'expectation')} could not be evaluated: see {report['output']}/checks/"))
    if report["ignored"]:
        some = many(report["ignored"], "file that is", "files that are")
        out.append(("passed over", f"{some} neither .txt nor .txt.gz (named in manifest.json)"))
    if quarantined(report):
        what = [many(report[key], *label) for key, label in QUARANTINED.items() if report[key]]
        out.append(("quarantined", f"{', '.join(what)}: see {report['output']}/quarantine.jsonl"))
    return out


def text(report: dict[str, Any]) -> str:
    rows = lines(report)
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:>{width}}  {what}" for label, what in rows)


def markdown(report: dict[str, Any]) -> str:
    return "| | |\n|---|---|\n" + "\n".join(f"| {label} | {what} |" for label, what in lines(report)) + "\n"


def status(output: Any, attempt: dict[str, Any] | None, kept: dict[str, Any] | None) -> str:
    """How the last run of an output folder went, and what the last finished one left, for a terminal."""
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
        rows += [
            ("corpus", f"of {local(run['started'])}, made in {run['seconds']} s by {many(run['workers'], 'worker')}"),
            ("in", f"{many(totals['sources'], 'source')}, {many(totals['characters'], 'character')}"),
            ("out", f"{many(totals['articles'], 'article')}, {many(totals['fragments'], 'fragment')} in {output}/"),
            ("flagged", f"{many(totals['flags'], 'place')}, {many(totals['warned'], 'record')} with a warning"),
            ("quarantined", f"{quarantined(totals):,}" + (f": see {output}/quarantine.jsonl" if quarantined(totals) else "")),
            ("proof", f"{output}/proof/index.html" if "proof/index.html" in kept["files"] else f"none; qingyang proof {output}"),
        ]
    return "\n".join(f"{label:>11}  {what}" for label, what in rows)
