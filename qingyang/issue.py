"""One issue of a paper, from sources to records: the road of a page, start to end.

:func:`clean_issue` takes the pages of one publication and date, reads their lines, weighs roles, splits articles,
stitches what jumps, and lets :mod:`qingyang.ledger` write every string and account for every character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from qingyang import bodymatter, evidence, midsentence, setting, spacing, subheads, tabular, titles, unbroken
from qingyang.articles import Writer
from qingyang.decode import ledger_fields
from qingyang.lines import Sheet, read_pages
from qingyang.records import Record, Source
from qingyang.roles import settle, weigh
from qingyang.rulebook import Rulebook
from qingyang.signatures import sign
from qingyang.split import PageDrafts
from qingyang.stitch import stitch
from qingyang.thread import cut, in_order, thread_all


@dataclass(slots=True)
class Cleaned:
    """Records in reading order, and one ledger entry per source in the order the sources came."""

    records: list[Record] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)


UNSURE = 0.9
"""A decision less probable than this is written to the ledger with its reasons; boundaries of articles always are."""

_BOUNDARY = frozenset(("kicker", "headline", "resume", "other"))


def clean_issue(sources: Sequence[Source], book: Rulebook | None = None) -> Cleaned:
    """The records of one issue. ``book`` holds the rules where the user has some beside ours (:func:`qingyang.rulebook.load`).

    Raises AccountError if a character would be lost, doubled or invented (a defect of ours, never of the input).
    """
    return clean_issues([sources], book)[0]


def clean_issues(issues: Iterable[Sequence[Source]], book: Rulebook | None = None) -> list[Cleaned]:
    """Each issue as :func:`clean_issue` gives it, sooner: what is asked of the pages of small ones is asked together."""
    issues = [list(sources) for sources in issues]
    read = iter(read_pages([source for sources in issues for source in sources], book))
    sheets = [list(islice(read, len(sources))) for sources in issues]
    pages: list[list[PageDrafts]] = [[] for _ in issues]
    for group in _groups([batch for number, mine in enumerate(sheets) for batch in _batches(number, mine)]):
        for number, page in _drafted(group):
            pages[number].append(page)
    return [_cleaned(*each) for each in zip(issues, sheets, pages, strict=True)]


def _cleaned(sources: Sequence[Source], sheets: Sequence[Sheet], pages: Sequence[PageDrafts]) -> Cleaned:
    """The records of an issue from the drafts of its pages."""
    chains = stitch(sheets, pages)
    for source, sheet, page in zip(sources, sheets, pages, strict=True):
        spacing.as_delivered(source, sheet, page)
    writer = Writer(sources, sheets, pages)
    for chain in chains:
        writer.add(chain)
    records, entries = writer.finish()
    for entry, page, source in zip(entries, pages, sources, strict=True):
        entry["decisions"] = page.decisions
        head = ledger_fields(source)
        head.update(entry)
        entry.clear()
        entry.update(head)
    return Cleaned(records, entries)


BATCH = 20_000
"""Units whose evidence is held at a time: ten megabytes, whatever the size of the issue."""


class Batch(NamedTuple):
    """Pages of an issue that are weighed together."""

    issue: int
    first: int
    """Number of the first page in the issue."""
    sheets: Sequence[Sheet]


def _batches(issue: int, sheets: Sequence[Sheet]) -> Iterator[Batch]:
    first = units = 0
    for k, sheet in enumerate(sheets):
        if units and units + len(sheet) > BATCH:
            yield Batch(issue, first, sheets[first:k])
            first, units = k, 0
        units += len(sheet)
    yield Batch(issue, first, sheets[first:])


def _groups(batches: Sequence[Batch]) -> Iterator[Sequence[Batch]]:
    """As many batches at a time as may be held."""
    first = units = 0
    for k, batch in enumerate(batches):
        size = sum(map(len, batch.sheets))
        if k > first and units + size > BATCH:
            yield batches[first:k]
            first, units = k, 0
        units += size
    if batches:
        yield batches[first:]


def _drafted(group: Sequence[Batch]) -> Iterator[tuple[int, PageDrafts]]:
    """The drafts of some pages, each with the number of its issue."""
    facts = iter(evidence.gather_all([sheet for batch in group for sheet in batch.sheets]))
    issues: list[int] = []
    read: list[tuple[Sheet, evidence.Floats, evidence.Floats, PageDrafts]] = []
    for batch in group:
        mine = list(islice(facts, len(batch.sheets)))
        weighed = setting.weigh_again(batch.sheets, mine, weigh(mine))
        for number, (sheet, X, (roles, p, because)) in enumerate(zip(batch.sheets, mine, weighed, strict=True), batch.first):
            roles, p, X = midsentence.weigh_again(sheet, batch.sheets, X, roles, p)
            roles, p = bodymatter.keep(sheet, batch.sheets, X, roles, p)
            roles, p = tabular.rows(sheet, X, roles, p)
            roles, p = sign(sheet, X, roles, p)
            roles, p = titles.settle(sheet, X, roles, p)
            roles, p = tabular.verse(sheet, X, roles, p)
            page = cut(sheet, number, settle(roles, p, X), p)
            page.decisions = _decisions(sheet, X, roles, p, because)
            page.in_order = in_order(p) and sheet.row is None
            issues.append(batch.issue)
            read.append((sheet, X, p, page))
    for number, (sheet, X, p, _), page in zip(issues, read, thread_all(read), strict=True):
        yield number, unbroken.mend(sheet, X, subheads.settle(sheet, X, p, page))


def _decisions(sheet: Sheet, X: evidence.Floats, roles: list[str], p: evidence.Floats, because: dict[int, str]) -> list[dict[str, Any]]:
    best = p.max(1).tolist()
    told = [k for k, role in enumerate(roles) if best[k] < UNSURE or role in _BOUNDARY or k in because]
    spoke = evidence.reasons(sheet, X, told)
    return [
        {"at": at, "rule": f"role.{roles[k]}", "p": round(best[k], 3), "because": why + ([because[k]] if k in because else [])}
        for k, at, why in zip(told, sheet.starts[told].tolist(), spoke, strict=True)
    ]
