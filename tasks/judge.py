"""Puts tables of expectations to Great Expectations and brings back plain answers: yes, which rows not, or why not judged.

An expectation costs it some ten milliseconds, whatever the number of rows. So all figures that have bounds are put one below
the other in one long column, the bound of each beside it, without the rows that are not meant; of the two columns two questions
are asked: is this what it must be, and is this no less than that. What cannot be put so, or raises then, is asked alone: first
for yes or no, then, for those that said no, for the failing rows. An expectation that raises reports ``success: false`` like one
that fails; here the two are kept apart.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qingyang.records import SettingError
from tasks import quiet
from tasks.expectations import YES, Expectation

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas

_LOCK = threading.Lock()
"""Great Expectations keeps its data assets in one context: one validation at a time."""
_PER_ROW = ("between", "in", "unique")
_NUMBERS, _TRUTH = ("i", "u", "f", "empty"), ("b", "boolean", "empty")
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


TOGETHER = 10_000
"""Rows whose figures are put one below the other at a time: some 25 MB."""


def _together(name: str, table: Sequence[Expectation], frame: pandas.DataFrame) -> dict[str, list[int]]:
    """The failing rows by expectation, of those that ask for bounds of figures or for the truth of a statement."""
    asked = [e for e in table if _holds_figures(e, frame)]
    out: dict[str, set[int]] = {e.id: set() for e in asked}
    for start in range(0, len(frame), TOGETHER):
        some = frame.iloc[start : start + TOGETHER]
        for e, rows in _failing(name, [(e, _figures(e, some)) for e in asked]):
            if e.id not in out:
                continue
            if rows is None:
                del out[e.id]
            else:
                out[e.id].update(start + row for row in rows)
    return {name: sorted(rows) for name, rows in out.items()}


def _holds_figures(e: Expectation, frame: pandas.DataFrame) -> bool:
    """Whether the column of one expectation can stand below others; if not, it must be asked alone."""
    from pandas.api.types import infer_dtype

    if e.column not in frame or (e.when and e.when[0] not in frame):
        return False
    asked = frame[e.column]
    found = asked.dtype.kind if asked.dtype.kind in "biuf" else infer_dtype(asked, skipna=True)
    return found in (_NUMBERS if e.test[0] == "between" else _TRUTH if e.test == YES else ())


def _figures(e: Expectation, frame: pandas.DataFrame) -> npt.NDArray[np.float64]:
    """The column of one expectation, NaN where it asks nothing."""
    asked = frame[e.column]
    if e.when is not None:
        asked = asked.where(frame[e.when[0]] == e.when[1])
    return asked.astype(float).to_numpy()


def _failing(name: str, asked: Sequence[tuple[Expectation, npt.NDArray[np.float64]]]) -> list[tuple[Expectation, list[int] | None]]:
    """The rows that fail each expectation; None where that was not judged."""
    import pandas

    what: dict[str, list[tuple[Expectation, Any, Any]]] = {"equal": [], "least": []}
    """Expectation, figures and what they must equal; or figures or a bound, and what they must not be less than."""
    for e, figures in asked:
        low, high = e.test[1:] if e.test != YES else (1, 1)
        if low is not None and low == high:
            what["equal"].append((e, figures, low))
            continue
        what["least"] += [(e, figures, low)] if low is not None else []
        what["least"] += [(e, high, figures)] if high is not None else []
    made = [_of_pairs(kind) for kind, some in what.items() if some]
    if not made:
        return []
    count = len(asked[0][1])
    columns = {}
    for kind, some in what.items():
        for side, name_of in enumerate(_PAIRS[kind], 1):
            columns[name_of] = pandas.Series(np.concatenate([np.broadcast_to(one[side], count) for one in some])) if some else None
    said, _ = _ask(name, made, pandas.DataFrame({k: v for k, v in columns.items() if v is not None}), _ROWS_TOO)
    out: list[tuple[Expectation, list[int] | None]] = []
    for kind, some in what.items():
        answer = said.get(kind)
        raised = _raised(answer)
        rows = [] if raised else sorted({int(row) for row in answer.result.get("unexpected_index_list") or ()})
        if raised or (not answer.success and not rows):
            out += [(e, None) for e, _, _ in some]  # asked alone, each tells what it raised
        out += [(some[row // count][0], [row % count]) for row in rows]
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


_PAIRS = {"equal": ("is", "must be"), "least": ("no less", "than")}


@cache
def _of_pairs(kind: str) -> Any:
    """The Great Expectations object that holds figures against what stands beside them."""
    quiet.import_great_expectations()
    import great_expectations.expectations as gxe

    one, other = _PAIRS[kind]
    named: dict[str, Any] = {"column_A": one, "column_B": other, "ignore_row_if": "either_value_is_missing", "meta": {"id": kind}}
    if kind == "equal":
        return gxe.ExpectColumnPairValuesToBeEqual(**named)
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(or_equal=True, **named)


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
