"""Puts tables of expectations to Great Expectations and brings back plain answers: yes, which rows not, or why not judged.

An expectation costs it some ten milliseconds, whatever the number of rows. So figures of which the same is asked are put
one below the other and asked about as one long column, without the rows that are not meant. What cannot be put so, or
raises then, is asked alone: first for yes or no, then, for those that said no, for the failing rows. An expectation that
raises reports ``success: false`` like one that fails; here the two are kept apart.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from qingyang.records import SettingError
from tasks import quiet
from tasks.expectations import YES, Expectation

if TYPE_CHECKING:
    import pandas

_LOCK = threading.Lock()
"""Great Expectations keeps its data assets in one context: one validation at a time."""
_PER_ROW = ("between", "in", "unique")
_NUMBERS, _TRUTH = ("i", "u", "f"), ("b", "boolean", "empty")
"""Kinds of columns that can stand one below the other and keep their values."""
_ROWS_TOO = {"result_format": "COMPLETE", "include_unexpected_rows": False, "partial_unexpected_count": 0}
"""Failing rows come as positions in the index: naming a column of ids instead costs 50 µs a row."""


class Judged(NamedTuple):
    """What one expectation came to: the rows (positions) that fail it, or the error that kept it from judging."""

    expectation: Expectation
    config: dict[str, Any]
    success: bool
    rows: list[int]
    observed: float | None
    error: str | None


def judge(name: str, table: Sequence[Expectation], frame: pandas.DataFrame) -> list[Judged]:
    """Every line of a table against a frame, in the order of the table."""
    if not len(frame):
        return [_of_nothing(e) for e in table]
    _hush()
    columns = dict.fromkeys(c for e in table for c in (e.column, e.when[0] if e.when else e.column) if c in frame)
    frame = frame[list(columns)].reset_index(drop=True)
    together = _together(name, table, frame)
    alone = [e for e in table if e.id not in together]
    said, broken = _ask(name, [_make(e) for e in alone], frame, "BOOLEAN_ONLY") if alone else ({}, None)
    no = [_make(e) for e in alone if e.id in said and not said[e.id].success and not _raised(said[e.id])]
    rows, broken_rows = _ask(name, no, frame, _ROWS_TOO) if no else ({}, None)
    out = []
    for e in table:
        if e.id in together:
            out.append(Judged(e, _config(e), not together[e.id], together[e.id], None, None))
            continue
        answer, error = said.get(e.id), broken
        if error is None:
            error = _raised(answer)
        if error is None and not answer.success:
            answer, error = rows.get(e.id), broken_rows
            error = error or _raised(answer)
        out.append(_judged(e, _config(e), answer, error))
    return out


def _together(name: str, table: Sequence[Expectation], frame: pandas.DataFrame) -> dict[str, list[int]]:
    """The failing rows by expectation, of those whose figures can stand in one column with others of the same test."""
    stacks: dict[tuple[Any, ...], list[tuple[Expectation, pandas.Series[Any]]]] = {}
    for e in table:
        figures = _figures(e, frame)
        if figures is not None:
            stacks.setdefault(e.test, []).append((e, figures))
    heights: dict[int, list[tuple[Any, ...]]] = {}
    for test, stack in stacks.items():
        heights.setdefault(len(stack), []).append(test)
    out: dict[str, list[int]] = {}
    for tests in heights.values():  # columns of one height make a frame
        out |= _failing(name, {test: stacks[test] for test in tests}, len(frame))
    return out


def _figures(e: Expectation, frame: pandas.DataFrame) -> pandas.Series[Any] | None:
    """The column of one expectation, null where it asks nothing; None where it must be asked alone."""
    from pandas.api.types import infer_dtype

    if e.column not in frame or (e.when and e.when[0] not in frame):
        return None
    asked = frame[e.column]
    found = asked.dtype.kind if asked.dtype.kind in "biuf" else infer_dtype(asked, skipna=True)
    if e.test[0] == "between" and found == "empty":  # nulls only
        asked, found = asked.astype(float), "f"
    if found not in (_NUMBERS if e.test[0] == "between" else _TRUTH if e.test == YES else ()):
        return None
    return asked if e.when is None else asked.where(frame[e.when[0]] == e.when[1])


def _failing(
    name: str, stacks: Mapping[tuple[Any, ...], Sequence[tuple[Expectation, pandas.Series[Any]]]], count: int
) -> dict[str, list[int]]:
    import pandas

    frame = pandas.DataFrame({str(k): pandas.concat([f for _, f in stack], ignore_index=True) for k, stack in enumerate(stacks.values())})
    made = [_of_figures(test, str(k)) for k, test in enumerate(stacks)]
    said, _ = _ask(name, made, frame, _ROWS_TOO)
    out: dict[str, list[int]] = {}
    for k, stack in enumerate(stacks.values()):
        answer = said.get(str(k))
        if _raised(answer):
            continue  # asked alone, each tells what it raised
        rows = sorted({int(row) for row in answer.result.get("unexpected_index_list") or ()})
        if not answer.success and not rows:
            continue
        out |= {e.id: [] for e, _ in stack}
        for row in rows:
            out[stack[row // count][0].id].append(row % count)
    return out


def _of_nothing(e: Expectation) -> Judged:
    """An empty frame is not put to Great Expectations: every expectation but the count of rows holds."""
    counts = e.test[0] == "rows"
    return Judged(e, {}, not (counts and e.test[1]), [], 0 if counts else None, None)


def _judged(e: Expectation, config: dict[str, Any], answer: Any, error: str | None) -> Judged:
    if error is not None:
        return Judged(e, config, False, [], None, error)
    if answer.success:
        return Judged(e, config, True, [], None, None)
    observed = answer.result.get("observed_value")
    rows = sorted({int(k) for k in answer.result.get("unexpected_index_list") or ()})
    if not rows and e.test[0] in _PER_ROW:
        return Judged(e, config, False, [], None, "it failed and named no row")
    return Judged(e, config, False, rows, None if observed is None else round(float(observed), 6), None)


def _hush() -> None:
    """Before any import of Great Expectations: nothing goes out."""
    for name in ("DO_NOT_TRACK", "GX_ANALYTICS_ENABLED"):
        os.environ.setdefault(name, quiet.SETTINGS[name])


@cache
def _batches() -> Any:
    """Where frames are handed in: an ephemeral context without progress bars."""
    gx = quiet.import_great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("qingyang").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


@cache
def _make(e: Expectation) -> Any:
    """The Great Expectations object of one line of the table."""
    from great_expectations.expectations.row_conditions import Column

    arguments: dict[str, Any] = {"severity": e.severity, "meta": {"id": e.id}}
    if e.when:
        arguments["row_condition"] = Column(e.when[0]) == e.when[1]
    if e.test[0] != "rows":
        arguments["column"] = e.column
    return _expectation(e.id, e.test, arguments)


@cache
def _of_figures(test: tuple[Any, ...], column: str) -> Any:
    """The Great Expectations object that puts a test to a column of figures."""
    return _expectation(test[0], test, {"column": column, "meta": {"id": column}})


def _expectation(name: str, test: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    quiet.import_great_expectations()
    import great_expectations.expectations as gxe

    kind, *values = test
    if kind == "rows":
        return gxe.ExpectTableRowCountToBeBetween(min_value=values[0], max_value=values[1], **arguments)
    if kind == "between":
        return gxe.ExpectColumnValuesToBeBetween(min_value=values[0], max_value=values[1], **arguments)
    if kind == "mean":
        return gxe.ExpectColumnMeanToBeBetween(min_value=values[0], max_value=values[1], **arguments)
    if kind == "in":
        return gxe.ExpectColumnValuesToBeInSet(value_set=list(values[0]), **arguments)
    if kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(**arguments)
    raise SettingError(f"{name}: test {kind!r} is not known; choose one of between, in, unique, mean, rows")


@cache
def _config(e: Expectation) -> dict[str, Any]:
    """Type and arguments, without the ids that differ from run to run."""
    told = _make(e).configuration.to_json_dict()
    return {"type": told["type"], "kwargs": json.loads(json.dumps(told["kwargs"], sort_keys=True, default=str))}


def _ask(name: str, expectations: list[Any], frame: pandas.DataFrame, result_format: Any) -> tuple[dict[str, Any], str | None]:
    """Answers by expectation id, or why there are none."""
    with _LOCK:
        try:
            import great_expectations as gx

            batch = _batches().get_batch(batch_parameters={"dataframe": frame})
            suite = gx.ExpectationSuite(name=name, expectations=expectations)
            results = batch.validate(suite, result_format=result_format).results
        except Exception as error:  # whatever breaks in there, the records are unjudged and the run must hear of it
            return {}, _first_line(f"{type(error).__name__}: {error}")
    return {r.expectation_config.meta["id"]: r for r in results}, None


def _raised(answer: Any) -> str | None:
    """What an expectation raised, if it did."""
    if answer is None:
        return "it gave no answer"
    info = answer.exception_info or {}
    for told in [info] if "raised_exception" in info else info.values():
        if told.get("raised_exception"):
            return _first_line(str(told.get("exception_message") or "it raised an exception"))
    return None


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
