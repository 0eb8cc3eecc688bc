"""A verdict for every record and for the corpus, from the rows of :mod:`qingyang.metrics`.

What is asked stands in :mod:`tasks.expectations`; Great Expectations judges. A record that breaks a critical expectation
fails, one that breaks a warning is warned. An expectation that raises has judged nothing: its records are warned with
``check.errored:<id>``, so that no record is lost to a broken check, and the verdict of the whole is ``error``, so that
nothing passes for checked that was not.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.expectations import BY_ID, CORPUS, CRITICAL, INFO, ISSUES, LONG_FROM, MANY_FROM, MAY_BE_NULL, RECORD, WARNING, Expectation
from tasks.judge import Judged, judge

if TYPE_CHECKING:
    import pandas

__all__ = ["BY_ID", "Expectation", "Verdicts", "validate", "validate_corpus"]

ERRORED = "check.errored:"
LISTED = 100
"""So many failing ids are listed per expectation in ``checks/``; the records themselves carry all of theirs."""

_TELLS_MORE = {"record.variant-structure": "variants_worst", "record.within-budget": "over_budget_rules"}
"""Columns that say more to a reader than the figure that was judged."""

ASKED = frozenset(
    {"record_id", "characters", "paragraphs", *_TELLS_MORE.values()}
    | {column for e in RECORD for column in (e.column, e.when[0] if e.when else e.column)}
)
"""What :func:`validate` looks at in a row: three quarters of it, and hardly a string."""


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


def validate_corpus(rows: Iterable[Mapping[str, Any]]) -> Verdicts:
    """The verdict of the corpus as a whole, from the rows of all its records, each with its ``verdict`` where it has one.

    Of a row it keeps some hundred bytes, so that an archive of decades fits. In what it returns, ``by_id`` names just the records that
    a corpus expectation points at: two of one id, two of one text.
    """
    import pandas

    names = _Names()
    columns: dict[str, array[Any]] = {column: array("q") for column in ("record_id", "long_text_hash")}
    """Of a string that must stand once, its hash: a number is held against millions of others sooner."""
    columns |= {column: array("b") for column in ("failed", "warned", "placed", "dated", "fragment", "brief")}
    columns["han_share"] = array("d")
    pages = _Pages()
    for row in rows:
        name, known = str(row["record_id"]), row["issue_date"] is not None
        names.append(name)
        for column, value in (
            ("record_id", hash(name)),
            ("long_text_hash", hash(row["text_hash"])),
            ("failed", row.get("verdict") == "fail"),
            ("warned", row.get("verdict") == "warn"),
            ("placed", known and row["publication"] is not None),
            ("dated", known or row["date"] is not None),
            ("fragment", row["kind"] == "fragment"),
            ("brief", row["characters"] < LONG_FROM),
            ("han_share", row["han_share"]),
        ):
            columns[column].append(value)
        if known and row["page"] is not None:
            pages.add(row["issue"], row["page"])
    frame = pandas.DataFrame({column: np.frombuffer(values, values.typecode) for column, values in columns.items()}, copy=False)
    frame["long_text_hash"] = frame["long_text_hash"].astype("Int64").mask(frame.pop("brief").astype(bool))
    columns.clear()
    issues = pages.frame()
    tables = [(judge("corpus", CORPUS, frame), frame, names), (judge("issues", ISSUES, issues), issues, list(issues["record_id"]))]
    out = Verdicts()
    for judged, table, called in tables:
        for j in judged:
            _enter(out, j, table, called)
    listed = [(j, called) for judged, _, called in tables for j in judged]
    out.results = _report("corpus", listed, {"records": len(frame), "issues": len(issues)})
    return out


class _Names(Sequence[str]):
    """Names one after the other, in a fifth of the room that a list takes."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])

    def append(self, name: str) -> None:
        self._text += name.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, k: Any) -> Any:
        return self._text[self._ends[k] : self._ends[k + 1]].decode("utf-8", "surrogatepass")


def _names(frame: pandas.DataFrame) -> list[str]:
    return [str(name) for name in frame["record_id"]] if "record_id" in frame else [f"row {k}" for k in range(len(frame))]


class _Pages:
    """The pages of each issue, section by section (A1, A2, B1 …)."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, set[int]]] = {}

    def add(self, issue: str, printed_on: str) -> None:
        for page in str(printed_on).split(","):
            number = page.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if number.isdecimal() and int(number):
                self._found.setdefault(issue, {}).setdefault(page[: -len(number)], set()).add(int(number))

    def frame(self) -> pandas.DataFrame:
        """One row per issue: how many of its pages are not there."""
        import pandas

        out = [(issue, sum(max(found) - len(found) for found in sections.values())) for issue, sections in sorted(self._found.items())]
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
