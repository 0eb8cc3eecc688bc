"""Great Expectations over the rows of ``qingyang.metrics``: one verdict per record and one for the corpus.

Every expectation stands in the table below with its id, its severity, what it means and what a reader should do. A
record that breaks a critical one goes to quarantine, one that breaks a warning keeps its place and says so. An
expectation that errors has judged nothing: its records get ``check.errored:<id>`` as a warning, so that nothing is lost to a
broken check, and the verdict of the whole is ``error``, so that nothing passes for checked that was not.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from qingyang.records import SettingError
from tasks import quiet

if TYPE_CHECKING:
    import pandas

CRITICAL, WARNING, INFO = "critical", "warning", "info"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of the table: what is asked of ``column`` and how bad it is when the answer is no.

    ``test`` is ``("between", low, high)`` (None = open), ``("in", values)``, ``("unique",)``, or for a whole table ``("mean", low,
    high)``, ``("rows", low, high)`` and ``("distinct", low)``. ``when`` restricts it to rows, as (column, value).
    """

    id: str
    severity: str
    column: str
    test: tuple[Any, ...]
    meaning: str
    advice: str
    when: tuple[str, Any] | None = None


def _e(id: str, severity: str, column: str, test: tuple[Any, ...], meaning: str, advice: str, when: tuple[str, Any] | None = None) -> Expectation:
    return Expectation(id, severity, column, test, meaning, advice, when)


NONE = ("between", 0, 0)
YES = ("in", [True])
ARTICLE, FRAGMENT = ("kind", "article"), ("kind", "fragment")

RECORD: tuple[Expectation, ...] = (
    # ---- what would poison a corpus
    _e("record.measured", CRITICAL, "missing_figures", NONE, "Every figure that the checks need was measured.",
       "The row is incomplete: a defect of the software, not of the page. Report it with the record's source."),
    _e("record.id-unique", CRITICAL, "record_id", ("unique",), "No other record has this id.",
       "Look for one page stored twice under raw/ and keep one."),
    _e("record.kind", CRITICAL, "kind", ("in", ["article", "fragment"]), "The record is an article or a fragment.",
       "A defect of the software: report it."),
    _e("record.accounted", CRITICAL, "accounted", YES, "Every character of the sources is kept, changed or removed by a named rule.",
       "Do not use the record: characters are lost or invented. Report it with the source."),
    _e("record.parts", CRITICAL, "parts_ok", YES, "The record says where in which source it stood, and no stretch is used twice.",
       "A defect of the software: report it with the source."),
    _e("record.text-joins", CRITICAL, "text_joined", YES, "The text is its paragraphs, one a line.",
       "A defect of the software: report it."),
    _e("record.words-join", CRITICAL, "words_join", YES, "The words, joined, are the text.",
       "Check the user dictionary and the engine; cut again with --engine jieba."),
    _e("record.variant-structure", CRITICAL, "variants_same_structure", YES, "Every Traditional form has the same id, paragraphs and fields.",
       "Do not align this record across scripts; look for stray line ends in the source."),
    _e("record.no-control", CRITICAL, "control_characters", NONE, "No control character is left.",
       "Look at the source in an editor that shows control characters; it may be half binary or wrongly decoded."),
    _e("record.no-zero-width", CRITICAL, "zero_width_characters", NONE, "No zero-width or direction character is left.",
       "They split words for every search. Add the character to the character rules."),
    _e("record.no-jump-line", CRITICAL, "jump_lines", NONE, "No 上接/下转 line is left in the text or its fields.",
       "Read the place: a form of jump line that no rule knows goes into the jump rules, with its example."),
    _e("record.readable", CRITICAL, "unreadable_share", ("between", 0, 0.05), "At most 5 % of the characters are replacement, private or stray symbols.",
       "The source was decoded wrongly or its font has no Unicode table: try --encoding, or extract the page again with OCR."),
    _e("record.not-mojibake", CRITICAL, "rare_han_share", ("between", 0, 0.2), "The Han are those that newspapers write (GB 2312, Big5).",
       "Text like 鍏ㄥ浗 is UTF-8 read as GBK: name the encoding with --encoding."),
    _e("record.mostly-chinese", CRITICAL, "han_share", ("between", 0.1, None), "At least a tenth of the characters are Han.",
       "A table, an advertisement in another script, or OCR of a picture: exclude it or keep it apart.", ("long", True)),
    _e("record.within-budget", CRITICAL, "over_budget", NONE, "No rule removed or changed more of the page than its budget allows.",
       "A rule ran wild on this page, or the page is unlike a newspaper: look at its ledger in the proof."),
    # ---- what a reader should look at
    _e("record.has-body", WARNING, "paragraphs", ("between", 1, None), "There is text under the headline.",
       "A headline alone: a picture, a poem, or an article whose text went to its neighbour."),
    _e("record.no-furniture", WARNING, "furniture", NONE, "No paragraph is a folio, an imprint or other furniture.",
       "Delete the paragraph, or add the form to the furniture rules."),
    _e("record.no-dateline", WARNING, "datelines", NONE, "No paragraph opens with a dateline (新华社…电, 本报…讯).",
       "Two articles may have run together here, or the dateline has a form that no rule knows."),
    _e("record.brackets", WARNING, "lone_brackets", NONE, "Every bracket has its partner.",
       "A bracket was lost or misread, or a piece of text is missing or in the wrong place."),
    _e("record.quotes", WARNING, "lone_quotes", NONE, "Every quotation mark has its partner.",
       "A mark was lost or turned round by OCR, or a piece of text is missing or in the wrong place."),
    _e("record.paragraph-ends", WARNING, "broken_ends", NONE, "No paragraph breaks off in mid-sentence.",
       "The next paragraph may belong to it, or its end stands elsewhere on the page."),
    _e("record.paragraph-starts", WARNING, "broken_starts", NONE, "No paragraph opens with ，。” or the like.",
       "It belongs to the paragraph before it, or a column is out of order."),
    _e("record.paragraphs-like-prose", WARNING, "good_ends_share", ("between", 0.5, None), "Half of the paragraphs or more end like paragraphs.",
       "Verse, a list or a table; or line ends of the column were taken for paragraphs.", ("many_paragraphs", True)),
    _e("record.paragraph-length", WARNING, "longest_paragraph", ("between", 0, 2500), "No paragraph is longer than 2,500 characters.",
       "Paragraphs, or whole articles, may have run together."),
    _e("record.trimmed", WARNING, "untrimmed_paragraphs", NONE, "No paragraph is empty or has blanks around it.",
       "A defect of the software: report it."),
    _e("record.no-repeats", WARNING, "repeated_paragraphs", NONE, "No long paragraph stands twice.",
       "The page may carry a text twice, or two copies of one page were stitched."),
    _e("record.no-run", WARNING, "longest_run", ("between", 0, 8), "No character is repeated more than eight times.",
       "A rule line, a dotted leader or OCR of a picture."),
    _e("record.no-blanks", WARNING, "han_blanks", ("between", 0, 3), "Han stand without blanks between them.",
       "A table or a list of names; or blanks that the extraction put in."),
    _e("record.no-replacement", WARNING, "replacement_characters", NONE, "No replacement character (U+FFFD) stands for a lost one.",
       "The character was lost before qingyang saw it: compare the printed page."),
    _e("record.no-private-use", WARNING, "private_characters", NONE, "No character is private or unassigned.",
       "A rare character in a font's private area: compare the printed page."),
    _e("record.no-compatibility", WARNING, "compatibility_characters", NONE, "No radical or compatibility ideograph stands for an ideograph.",
       "Search will miss the word: add the character to the character rules."),
    _e("record.headline", WARNING, "headline_length", ("between", 1, 80), "The article has a headline of at most 80 characters.",
       "The headline may be in the text, in the neighbour, or text may have been taken for it.", ARTICLE),
    _e("record.date-valid", WARNING, "date_valid", YES, "The date is a day of the calendar.",
       "A misread dateline: compare the printed page."),
    _e("record.date-near", WARNING, "days_after_issue", ("between", -31, 0), "The date is the issue's day or up to 31 days before.",
       "A misread dateline, a document of an older date, or a wrong issue date in the file's path."),
    _e("record.complete", WARNING, "complete_consistent", YES, "complete is false if, and only if, a link leads to a part that is not there.",
       "A defect of the software: report it."),
    _e("record.authors", WARNING, "odd_authors", NONE, "Every author looks like a person or a body that signs.",
       "Read the byline: it was cut wrongly, or it is text."),
    _e("record.variant-script", WARNING, "variants_simplified_only", NONE, "No Traditional form has a character that only Simplified writes.",
       "A word that OpenCC leaves alone: compare the place."),
    _e("record.variant-back", WARNING, "variants_back_share", ("between", 0.95, None), "95 % of each Traditional form, or more, converts back to the record.",
       "Words of Taiwan or Hong Kong that have two Simplified forms: read them before counting words."),
    _e("fragment.linked", WARNING, "head_missing", YES, "A fragment says that its head is missing.",
       "A defect of the software: report it.", FRAGMENT),
    _e("fragment.no-headline", WARNING, "headline_length", NONE, "A fragment has no headline.",
       "It may be an article of its own.", FRAGMENT),
    # ---- what is worth counting
    _e("record.han-share", INFO, "han_share", ("between", 0.5, None), "At least half of the characters are Han.",
       "Tables, results, programmes; leave them out of counts of words.", ("long", True)),
    _e("record.half-width", INFO, "half_width", NONE, "No half-width punctuation between Han.",
       "Printed so, or a form that no rule knows."),
    _e("record.flags", INFO, "flags_per_1000", ("between", 0, 20), "At most 20 flags in 1,000 characters.",
       "Poor OCR: compare the printed page before quoting."),
    _e("record.complete-text", INFO, "complete", YES, "The article is whole.",
       "The other part stands on a page that is not in the corpus."),
)

CORPUS: tuple[Expectation, ...] = (
    _e("corpus.not-empty", WARNING, "record_id", ("rows", 1, None), "There are records.",
       "Nothing that reads as an article was found: look at quarantine.jsonl."),
    _e("corpus.id-unique", CRITICAL, "record_id", ("unique",), "No two records have the same id.",
       "Look for one page stored twice under raw/ and keep one."),
    _e("corpus.text-unique", WARNING, "long_text_hash", ("unique",), "No two records of 50 characters or more have the same text.",
       "A page stored twice in two encodings, or an article printed twice."),
    _e("corpus.quarantined", WARNING, "failed", ("mean", 0, 0.02), "At most 2 % of the records are quarantined.",
       "One cause usually explains most of them: sort quarantine.jsonl by reason."),
    _e("corpus.warned", WARNING, "warned", ("mean", 0, 0.3), "At most 30 % of the records carry a warning.",
       "Sort the records by checks.failed; the commonest warning comes first."),
    _e("corpus.dated", WARNING, "dated", ("mean", 0.5, 1), "At least half of the records are dated, by themselves or by their issue.",
       "Name files by date, or configure the path pattern."),
    _e("corpus.placed", WARNING, "placed", ("mean", 0.5, 1), "Publication and issue date are known for at least half of the records.",
       "Name folders raw/<publication>/<YYYY-MM-DD>/<page>.txt, or configure the path pattern."),
    _e("corpus.fragments", WARNING, "fragment", ("mean", 0, 0.3), "At most 30 % of the records are fragments.",
       "Pages are missing, or their order or numbers are wrong."),
    _e("corpus.han-share", WARNING, "han_share", ("mean", 0.6, 1), "On average at least 60 % of the characters are Han.",
       "Wrong encoding, or not a Chinese newspaper."),
)

ISSUES: tuple[Expectation, ...] = (
    _e("corpus.issue-pages", INFO, "missing_pages", NONE, "The pages of an issue run from the first to the last without a gap.",
       "A page is missing under raw/: what continues on it stays incomplete."),
)

BY_ID: dict[str, Expectation] = {e.id: e for e in (*RECORD, *CORPUS, *ISSUES)}

OPTIONAL = frozenset({"publication", "issue_date", "page", "date", "date_valid", "days_after_issue", "good_ends_share", "words_join",
    "variants_same_structure", "variants_simplified_only", "variants_back_share", "variants_worst", "removed_share", "over_budget",
    "over_budget_rules"})  # fmt: skip
"""Columns that may be empty: what they measure need not be there."""

LONG_RECORD = 50
"""Below 50 characters a share says nothing: a caption of ten characters may be half digits."""
MANY_PARAGRAPHS = 6
LISTED = 100
"""So many failing ids are listed per expectation; the records themselves carry all of them."""


@dataclass(slots=True)
class Verdicts:
    """What the checks found, by record and as a whole."""

    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    """``{record id: {"verdict": "pass"|"warn"|"fail", "failed": [expectation ids]}}``; info does not count as failed."""
    critical: dict[str, list[str]] = field(default_factory=dict)
    """The reasons, in words, of every record that fails."""
    results: dict[str, Any] = field(default_factory=dict)
    """For ``checks/``: the same rows give the same bytes."""
    errored: list[str] = field(default_factory=list)
    """What each expectation said that could not be judged."""

    @property
    def verdict(self) -> str:
        """``error`` before ``fail`` before ``warn`` before ``pass``."""
        return str(self.results.get("verdict", "pass"))


class _Judged(NamedTuple):
    """What one expectation came to: rows (positions) that fail it, or why it could not be judged."""

    expectation: Expectation
    config: dict[str, Any]
    success: bool
    rows: list[int]
    observed: float | int | None
    error: str | None


def validate(rows: pandas.DataFrame) -> Verdicts:
    """A verdict for every record, from a frame with one row of :func:`qingyang.metrics.row` per record.

    The frame may hold any number of rows; one call costs about 0.3 s at 1,000 and 0.7 s at 100,000.
    """
    frame = rows.reset_index(drop=True).copy()
    needed = [c for c in dict.fromkeys(e.column for e in RECORD) if c in frame and c not in OPTIONAL]
    frame["missing_figures"] = frame[needed].isna().sum(axis=1) if len(needed) else 0
    if "characters" in frame:
        frame["long"] = frame["characters"] >= LONG_RECORD
    if "paragraphs" in frame:
        frame["many_paragraphs"] = frame["paragraphs"] >= MANY_PARAGRAPHS
    judged = _judge("record", RECORD, frame)
    ids = [str(i) for i in frame["record_id"]] if "record_id" in frame else [f"row {k}" for k in range(len(frame))]
    out = _verdicts("record", judged, frame, ids)
    for k in ids:
        out.by_id.setdefault(k, {"verdict": "pass", "failed": []})
    return out


def validate_corpus(rows: pandas.DataFrame, by_id: Mapping[str, Mapping[str, Any]] | None = None) -> Verdicts:
    """The verdict of the corpus as a whole, from all its rows and the verdicts of its records.

    ``by_id`` of what it returns names only the records that a corpus expectation points at (two of one text).
    """
    import pandas

    frame = rows.reset_index(drop=True).copy()
    verdicts = {k: v["verdict"] for k, v in (by_id or {}).items()}
    told = frame["record_id"].map(verdicts) if len(frame) else pandas.Series(dtype=object)
    frame["failed"] = (told == "fail").astype(float)
    frame["warned"] = (told == "warn").astype(float)
    frame["placed"] = (frame["publication"].notna() & frame["issue_date"].notna()).astype(float)
    frame["dated"] = (frame["date"].notna() | frame["issue_date"].notna()).astype(float)
    frame["fragment"] = (frame["kind"] == "fragment").astype(float)
    frame["long_text_hash"] = frame["text_hash"].where(frame["characters"] >= LONG_RECORD)
    judged = _judge("corpus", CORPUS, frame)
    issues = _issues(frame)
    judged += _judge("issues", ISSUES, issues)
    ids = [str(i) for i in frame["record_id"]]
    out = _verdicts("corpus", judged[: len(CORPUS)], frame, ids)
    more = _verdicts("issues", judged[len(CORPUS) :], issues, [str(i) for i in issues["issue"]])
    out.results = _report("corpus", judged, {"records": len(frame), "issues": len(issues)}, ids, [str(i) for i in issues["issue"]])
    out.errored += more.errored
    return out


def _issues(frame: pandas.DataFrame) -> pandas.DataFrame:
    """One row per issue: how many of its pages are not there, section by section (A1, A2, B1 …)."""
    import pandas

    out = []
    known = frame[frame["page"].notna() & frame["issue_date"].notna()]
    for issue, pages in known.groupby("issue", sort=True)["page"]:
        sections: dict[str, set[int]] = {}
        for page in pages:
            number = str(page).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if number.isdecimal():
                sections.setdefault(str(page)[: -len(number)], set()).add(int(number))
        out.append((issue, sum(max(s) - len(s) for s in sections.values())))
    return pandas.DataFrame(out, columns=["issue", "missing_pages"])


def _judge(name: str, table: Sequence[Expectation], frame: pandas.DataFrame) -> list[_Judged]:
    """Run a table of expectations: first yes or no, then the failing rows of those that said no."""
    if not len(frame):
        return [_Judged(e, {}, e.test[0] != "rows" or not e.test[1], [], 0 if e.test[0] == "rows" else None, None) for e in table]
    frame = frame.assign(**{_ROW: range(len(frame))})
    made = {e.id: _make(e) for e in table}
    configs = {key: _config(x) for key, x in made.items()}
    said, broken = _ask(name, list(made.values()), frame, "BOOLEAN_ONLY")
    failing = [e for e in table if e.id in said and not said[e.id].success and not _error(said[e.id])]
    detail, broken_detail = _ask(name, [made[e.id] for e in failing], frame, _COMPLETE) if failing else ({}, None)
    out = []
    for e in table:
        first, second = said.get(e.id), detail.get(e.id)
        error = broken or (_error(first) if first is not None else "it gave no result")
        if error is None and not first.success:
            error = broken_detail or (_error(second) if second is not None else "it gave no result")
        if error is not None:
            out.append(_Judged(e, configs[e.id], False, [], None, error))
        elif first.success:
            out.append(_Judged(e, configs[e.id], True, [], None, None))
        else:
            found = second.result
            rows = sorted({int(i[_ROW]) for i in found.get("unexpected_index_list") or ()})
            observed = found.get("observed_value")
            if not rows and e.test[0] in ("between", "in", "unique"):
                out.append(_Judged(e, configs[e.id], False, [], None, "it failed without naming a record"))
            else:
                out.append(_Judged(e, configs[e.id], False, rows, observed, None))
    return out


_ROW = "row_number"
_COMPLETE = {"result_format": "COMPLETE", "unexpected_index_column_names": [_ROW], "include_unexpected_rows": False}
_LOCK = threading.Lock()
"""Great Expectations keeps its data assets in one context: one validation at a time."""


def _hush() -> None:
    """Before any import of Great Expectations: nothing goes out."""
    for name in ("DO_NOT_TRACK", "GX_ANALYTICS_ENABLED"):
        os.environ.setdefault(name, quiet.SETTINGS[name])


@cache
def _batches() -> Any:
    """Where frames are handed in: an ephemeral context, silent outwards and without progress bars."""
    _hush()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("qingyang").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _make(e: Expectation) -> Any:
    """The Great Expectations object of one line of the table."""
    _hush()
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    common: dict[str, Any] = {"severity": e.severity, "meta": {"id": e.id}}
    if e.when:
        common["row_condition"] = Column(e.when[0]) == e.when[1]
    kind, *values = e.test
    if kind == "rows":
        return gxe.ExpectTableRowCountToBeBetween(min_value=values[0], max_value=values[1], **common)
    common["column"] = e.column
    if kind == "between":
        return gxe.ExpectColumnValuesToBeBetween(min_value=values[0], max_value=values[1], **common)
    if kind == "mean":
        return gxe.ExpectColumnMeanToBeBetween(min_value=values[0], max_value=values[1], **common)
    if kind == "in":
        return gxe.ExpectColumnValuesToBeInSet(value_set=values[0], **common)
    if kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(**common)
    raise SettingError(f"{e.id}: test {kind!r} is not known")


def _config(made: Any) -> dict[str, Any]:
    """Type and arguments of an expectation, without what differs from run to run."""
    told = made.configuration.to_json_dict()
    kwargs = {k: v for k, v in told["kwargs"].items() if k != "batch_id"}
    return {"type": told["type"], "kwargs": json.loads(json.dumps(kwargs, sort_keys=True, default=str))}


def _ask(name: str, expectations: list[Any], frame: pandas.DataFrame, result_format: Any) -> tuple[dict[str, Any], str | None]:
    """Results by expectation id, or why the whole suite did not run."""
    with _LOCK:
        try:
            import great_expectations as gx

            batch = _batches().get_batch(batch_parameters={"dataframe": frame})
            suite = gx.ExpectationSuite(name=name, expectations=expectations)
            results = batch.validate(suite, result_format=result_format).results
        except Exception as error:  # whatever breaks in there, the records are unjudged and the run must hear of it
            return {}, f"{type(error).__name__}: {error}".splitlines()[0]
    return {r.expectation_config.meta["id"]: r for r in results}, None


def _error(result: Any) -> str | None:
    """What an expectation raised, if it did: Great Expectations reports that like a failure."""
    info = result.exception_info or {}
    tales = [info] if "raised_exception" in info else list(info.values())
    for tale in tales:
        if tale.get("raised_exception"):
            return str(tale.get("exception_message") or "it raised an exception").splitlines()[0]
    return None


def _verdicts(name: str, judged: Sequence[_Judged], frame: pandas.DataFrame, ids: Sequence[str]) -> Verdicts:
    """By record, in words, and as a report."""
    out = Verdicts(results=_report(name, judged, {"records": len(frame)}, ids))
    for j in judged:
        e = j.expectation
        if j.error is not None:
            out.errored.append(f"{e.id}: {j.error}")
            if name == "record":
                for key in _asked(e, frame, ids):
                    _note(out.by_id, key, "warn", f"check.errored:{e.id}")
            continue
        if e.severity == INFO:
            continue
        for k in j.rows:
            _note(out.by_id, ids[k], "fail" if e.severity == CRITICAL else "warn", e.id)
            if e.severity == CRITICAL:
                reasons = out.critical.setdefault(ids[k], [])
                reason = _reason(e, frame.iloc[k])
                if reason not in reasons:
                    reasons.append(reason)
    return out


def _asked(e: Expectation, frame: pandas.DataFrame, ids: Sequence[str]) -> Iterable[str]:
    """The records that an expectation was to judge."""
    if e.when is None or e.when[0] not in frame:
        return ids
    return [ids[k] for k in frame.index[frame[e.when[0]] == e.when[1]]]


def _note(by_id: dict[str, dict[str, Any]], key: str, verdict: str, what: str) -> None:
    mine = by_id.setdefault(key, {"verdict": verdict, "failed": []})
    if verdict == "fail":
        mine["verdict"] = "fail"
    if what not in mine["failed"]:
        mine["failed"].append(what)


_SHOW = {"record.variant-structure": "variants_worst", "record.within-budget": "over_budget_rules"}
"""Columns that tell more than the figure that was judged."""


def _reason(e: Expectation, row: Any) -> str:
    value = row[_SHOW.get(e.id, e.column)]
    found = "" if e.test in (YES, ("unique",)) and e.id not in _SHOW else f" Found: {value}."
    return f"{e.id}: not so: {e.meaning}{found} {e.advice}"


def _report(name: str, judged: Sequence[_Judged], counted: dict[str, int], *ids: Sequence[str]) -> dict[str, Any]:
    """What goes to ``checks/``: fields named as Great Expectations names them, nothing that changes from run to run."""
    results = []
    for j in judged:
        e = j.expectation
        names = ids[-1] if e in ISSUES else ids[0]
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
    return {
        "suite_name": name,
        "verdict": _worst(judged),
        "success": all(j.success for j in judged),
        "statistics": {
            **counted,
            "evaluated_expectations": len(judged),
            "successful_expectations": sum(j.success for j in judged),
            "errored_expectations": sum(j.error is not None for j in judged),
        },
        "results": results,
    }


def _worst(judged: Iterable[_Judged]) -> str:
    levels = {"error" if j.error is not None else {CRITICAL: "fail", WARNING: "warn", INFO: "pass"}[j.expectation.severity] for j in judged if not j.success}
    return next((v for v in ("error", "fail", "warn") if v in levels), "pass")
