"""What a run came to, for a terminal and for the Prefect UI."""

from __future__ import annotations

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


QUARANTINED = {"unreadable": "sources unreadable", "copies": "copies of other sources", "failed": "records failed a check"}


def quarantined(report: dict[str, Any]) -> int:
    return sum(int(report[key]) for key in QUARANTINED)


def lines(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The closing summary, label and text."""
    out = [
        ("in", f"{report['found']:,} sources, {report['characters']:,} characters"),
        ("out", f"{report['articles']:,} articles, {report['fragments']:,} fragments in {report['output']}/"),
        ("remade", f"{report['remade']:,} of {report['shards']:,} shards in {report['seconds']} s"),
        ("flagged", f"{report['flags']:,} places, {report['warned']:,} records with a warning"),
    ]
    if report.get("unjudged"):
        out.append(("unjudged", f"{report['unjudged']:,} expectations could not be evaluated: see {report['output']}/checks/"))
    if report["ignored"]:
        out.append(("passed over", f"{report['ignored']:,} files that are neither .txt nor .txt.gz (named in manifest.json)"))
    if quarantined(report):
        what = [
            f"{report[key]:,} {label}"
            for key, label in QUARANTINED.items()
            if report[key]
        ]
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
        said = f"{attempt['state']}, began {attempt['began']} as process {attempt['process']} on {attempt['host']}"
        rows.append(("last run", said + (f": {attempt['error']}" if attempt["error"] else "")))
        if attempt["state"] in ("failed", "killed"):
            rows.append(("", "nothing is half-written; the next run finishes the job"))
    if kept is None:
        rows.append(("corpus", "no run has finished yet"))
    else:
        totals, run = kept["totals"], kept["run"]
        rows += [
            ("corpus", f"of {run['started']}, made in {run['seconds']} s by {run['workers']} workers"),
            ("in", f"{totals['sources']:,} sources, {totals['characters']:,} characters"),
            ("out", f"{totals['articles']:,} articles, {totals['fragments']:,} fragments in {output}/"),
            ("flagged", f"{totals['flags']:,} places, {totals['warned']:,} records with a warning"),
            ("quarantined", f"{quarantined(totals):,}" + (f": see {output}/quarantine.jsonl" if quarantined(totals) else "")),
            ("proof", f"{output}/proof/index.html" if "proof/index.html" in kept["files"] else f"none; qingyang proof {output}"),
        ]
    return "\n".join(f"{label:>11}  {what}" for label, what in rows)
