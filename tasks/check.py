"""A verdict for every record and for the corpus, from the rows of :mod:`qingyang.metrics`.

What is asked stands in :mod:`tasks.expectations`; Great Expectations judges. A record that breaks a critical expectation
fails, one that breaks a warning is warned. An expectation that raises has judged nothing: its records are warned with
``check.errored:<id>``, so that no record is lost to a broken check, and the verdict of the whole is ``error``, so that
nothing passes for checked that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.expectations import BY_ID, CORPUS, CRITICAL, INFO, ISSUES, LONG_FROM, MANY_FROM, MAY_BE_NULL, RECORD, WARNING, Expectation
from tasks.judge import Judged, judge

if TYPE_CHECKING:
    import pandas

__all__ = ["BY_ID", "Expectation", "Verdicts", "validate", "validate_corpus"]

ERRORED = "check.errored:"
LISTED = 100
"""So many failing ids are listed per expectation in ``checks/``; the records themselves carry all of theirs."""


@dataclass(slots=True)
class Verdicts:
    """What the checks found, by record and as a whole."""

    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    """``{record id: {"verdict": "pass"|"warn"|"fail", "failed": [expectation ids]}}``; info does not count as failed."""
    critical: dict[str, list[str]] = field(default_factory=dict)
    """The reasons, in words, of every record that fails."""
    results: dict[str, Any] = field(default_factory=dict)
    """For ``checks/``: JSON in the manner of Great Expectations; the same rows give the same bytes."""
    errored: list[str] = field(default_factory=list)
    """``<expectation id>: <what it raised>`` of every expectation that could not judge. Not empty: the run must say so."""

    @property
    def verdict(self) -> str:
        """Of the whole: ``error`` before ``fail`` before ``warn`` before ``pass``."""
        return str(self.results["verdict"])


def validate(rows: pandas.DataFrame) -> Verdicts:
    """A verdict for every record, from a frame with one row of :func:`qingyang.metrics.row` per record.

    One call judges any number of rows; see tests/test_check.py for what it costs.
    """
    frame = rows.reset_index(drop=True).copy(deep=False)
    needed = [c for c in dict.fromkeys(e.column for e in RECORD) if c in frame and c not in MAY_BE_NULL]
    frame["missing_figures"] = frame[needed].isna().sum(axis=1)
    for name, column, least in (("long", "characters", LONG_FROM), ("many_paragraphs", "paragraphs", MANY_FROM)):
        if column in frame:
            frame[name] = frame[column] >= least
    names = _names(frame)
    judged = judge("record", RECORD, frame)
    out = Verdicts({name: {"verdict": "pass", "failed": []} for name in names})
    for j in judged:
        _enter(out, j, frame, names)
        if j.error is not None:
            for k in _asked(j.expectation, frame):
                _note(out.by_id, names[k], "warn", ERRORED + j.expectation.id)
    out.results = _report("record", [(j, names) for j in judged], {"records": len(frame)})
    return out


def validate_corpus(rows: pandas.DataFrame, by_id: Mapping[str, Mapping[str, Any]] | None = None) -> Verdicts:
    """The verdict of the corpus as a whole, from the rows and the verdicts (``by_id``) of all its records.

    Needs the columns :data:`CORPUS_COLUMNS` only. In what it returns, ``by_id`` names just the records that a corpus
    expectation points at: two of one id, two of one text.
    """
    frame = rows.reset_index(drop=True).copy(deep=False)
    for column in CORPUS_COLUMNS:
        if column not in frame and not len(frame):
            frame[column] = None
    told = [(by_id or {}).get(name, {}).get("verdict") for name in _names(frame)]
    frame["failed"] = [float(v == "fail") for v in told]
    frame["warned"] = [float(v == "warn") for v in told]
    frame["placed"] = (frame["publication"].notna() & frame["issue_date"].notna()).astype(float)
    frame["dated"] = (frame["date"].notna() | frame["issue_date"].notna()).astype(float)
    frame["fragment"] = (frame["kind"] == "fragment").astype(float)
    frame["long_text_hash"] = frame["text_hash"].where(frame["characters"] >= LONG_FROM)
    issues = _issues(frame)
    tables = [(judge("corpus", CORPUS, frame), frame, _names(frame)), (judge("issues", ISSUES, issues), issues, list(issues["record_id"]))]
    out = Verdicts()
    for judged, table, names in tables:
        for j in judged:
            _enter(out, j, table, names)
    listed = [(j, names) for judged, _, names in tables for j in judged]
    out.results = _report("corpus", listed, {"records": len(frame), "issues": len(issues)})
    return out


CORPUS_COLUMNS = ("record_id", "kind", "publication", "issue_date", "page", "issue", "date", "text_hash", "characters", "han_share")


def _names(frame: pandas.DataFrame) -> list[str]:
    return [str(name) for name in frame["record_id"]] if "record_id" in frame else [f"row {k}" for k in range(len(frame))]


def _issues(frame: pandas.DataFrame) -> pandas.DataFrame:
    """One row per issue: how many of its pages are not there, section by section (A1, A2, B1 …)."""
    import pandas

    pages: dict[str, dict[str, set[int]]] = {}
    dated = frame[frame["issue_date"].notna() & frame["page"].notna()]
    for issue, printed_on in zip(dated["issue"], dated["page"], strict=True):
        for page in str(printed_on).split(","):
            number = page.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if number.isdecimal() and int(number):
                pages.setdefault(issue, {}).setdefault(page[: -len(number)], set()).add(int(number))
    out = [(issue, sum(max(found) - len(found) for found in sections.values())) for issue, sections in sorted(pages.items())]
    return pandas.DataFrame(out, columns=["record_id", "missing_pages"])


def _enter(out: Verdicts, j: Judged, frame: pandas.DataFrame, names: Sequence[str]) -> None:
    """Write what one expectation came to into the verdicts of the records that fail it."""
    e = j.expectation
    if j.error is not None:
        out.errored.append(f"{e.id}: {j.error}")
        return
    if e.severity == INFO:
        return
    for k in j.rows:
        _note(out.by_id, names[k], "fail" if e.severity == CRITICAL else "warn", e.id)
        if e.severity == CRITICAL:
            reasons = out.critical.setdefault(names[k], [])
            reason = _reason(e, frame, k)
            if reason not in reasons:
                reasons.append(reason)


def _asked(e: Expectation, frame: pandas.DataFrame) -> Iterable[int]:
    """The rows that an expectation was to judge."""
    if e.when is None or e.when[0] not in frame:
        return range(len(frame))
    return [int(k) for k in frame.index[frame[e.when[0]] == e.when[1]]]


def _note(by_id: dict[str, dict[str, Any]], name: str, verdict: str, what: str) -> None:
    mine = by_id.setdefault(name, {"verdict": "pass", "failed": []})
    if mine["verdict"] != "fail":
        mine["verdict"] = verdict
    if what not in mine["failed"]:
        mine["failed"].append(what)


_TELLS_MORE = {"record.variant-structure": "variants_worst", "record.within-budget": "over_budget_rules"}
"""Columns that say more to a reader than the figure that was judged."""


def _reason(e: Expectation, frame: pandas.DataFrame, k: int) -> str:
    """Why a record fails, in words: which expectation, what it asks, what was found, what to do."""
    column = _TELLS_MORE.get(e.id, e.column)
    found = "" if e.test[0] != "between" and e.id not in _TELLS_MORE else f" Found {frame[column].iloc[k]}."
    return f"{e.id}: not true of this record: {e.meaning}{found} {e.advice}"


def _report(name: str, judged: Sequence[tuple[Judged, Sequence[str]]], counted: Mapping[str, int]) -> dict[str, Any]:
    """What goes to ``checks/``: named as Great Expectations names it, without what changes from run to run."""
    results = []
    for j, names in judged:
        e = j.expectation
        failing = sorted({names[k] for k in j.rows})
        results.append(
            {
                "id": e.id,
                "success": j.success,
                "severity": e.severity,
                "meaning": e.meaning,
                "advice": e.advice,
                "expectation_config": j.config,
                "result": {"unexpected_count": len(j.rows), "unexpected_ids": failing[:LISTED], "observed_value": j.observed},
                "exception_info": {"raised_exception": j.error is not None, "exception_message": j.error},
            }
        )
    levels = {_level(j) for j, _ in judged if not j.success}
    verdict = next((level for level in ("error", "fail", "warn") if level in levels), "pass")
    return {
        "suite_name": name,
        "verdict": verdict,
        "success": verdict == "pass",
        "statistics": {
            **counted,
            "evaluated_expectations": len(judged),
            "successful_expectations": sum(j.success for j, _ in judged),
            "errored_expectations": sum(j.error is not None for j, _ in judged),
        },
        "results": results,
    }


def _level(j: Judged) -> str:
    return "error" if j.error is not None else {CRITICAL: "fail", WARNING: "warn", INFO: "pass"}[j.expectation.severity]
