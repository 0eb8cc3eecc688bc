"""One issue of a paper, from sources to records: the road of a page, start to end.

:func:`clean_issue` takes the pages of one publication and date, reads their lines, weighs roles, splits articles,
stitches what jumps, and lets :mod:`qingyang.ledger` write every string and account for every character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from qingyang import evidence, subheads
from qingyang.articles import Writer
from qingyang.decode import ledger_fields
from qingyang.lines import Sheet, read_lines
from qingyang.records import Record, Source
from qingyang.roles import settle, weigh
from qingyang.rulebook import Rulebook
from qingyang.split import PageDrafts
from qingyang.stitch import stitch
from qingyang.thread import cut, thread


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
    """Each issue as :func:`clean_issue` gives it, sooner: the evidence of small ones is gathered together."""
    issues = [list(sources) for sources in issues]
    sheets = [[read_lines(s, book) for s in sources] for sources in issues]
    facts = _gathered([batch for mine in sheets for batch in _batches(mine)])
    return [_cleaned(sources, mine, facts) for sources, mine in zip(issues, sheets, strict=True)]


def _cleaned(sources: Sequence[Source], sheets: Sequence[Sheet], gathered: Iterator[list[evidence.Floats]]) -> Cleaned:
    pages: list[PageDrafts] = []
    for batch in _batches(sheets):
        facts = next(gathered)
        for sheet, X, (roles, p) in zip(batch, facts, weigh(facts), strict=True):
            page = cut(sheet, len(pages), settle(roles, p, X), p)
            page.decisions = _decisions(sheet, X, roles, p)
            pages.append(subheads.settle(sheet, X, p, thread(sheet, X, p, page)))
    chains = stitch(sheets, pages)
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


def _batches(sheets: Sequence[Sheet]) -> list[Sequence[Sheet]]:
    """The pages of an issue that are weighed together."""
    out: list[Sequence[Sheet]] = []
    first = units = 0
    for k, sheet in enumerate(sheets):
        if units and units + len(sheet) > BATCH:
            out.append(sheets[first:k])
            first, units = k, 0
        units += len(sheet)
    return [*out, sheets[first:]]


def _gathered(batches: Sequence[Sequence[Sheet]]) -> Iterator[list[evidence.Floats]]:
    """The evidence of the pages of each batch; as many batches at a time as may be held."""
    first = 0
    while first < len(batches):
        last, units = first, 0
        while last < len(batches) and (last == first or units + sum(map(len, batches[last])) <= BATCH):
            units += sum(map(len, batches[last]))
            last += 1
        facts = iter(evidence.gather_all([sheet for batch in batches[first:last] for sheet in batch]))
        for batch in batches[first:last]:
            yield list(islice(facts, len(batch)))
        first = last


def _decisions(sheet: Sheet, X: evidence.Floats, roles: list[str], p: evidence.Floats) -> list[dict[str, Any]]:
    best = p.max(1).tolist()
    told = [k for k, role in enumerate(roles) if best[k] < UNSURE or role in _BOUNDARY]
    because = evidence.reasons(sheet, X, told)
    return [
        {"at": at, "rule": f"role.{roles[k]}", "p": round(best[k], 3), "because": why}
        for k, at, why in zip(told, sheet.starts[told].tolist(), because, strict=True)
    ]
