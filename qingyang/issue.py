"""One issue of a paper, from sources to records: the road of a page, start to end.

:func:`clean_issue` takes the pages of one publication and date, reads their lines, weighs roles, splits articles,
stitches what jumps, and lets :mod:`qingyang.ledger` write every string and account for every character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from qingyang import bodymatter, evidence, headings, midsentence, plain, setting, signatures, spacing, subheads, tabular, titles, unbroken
from qingyang.articles import Writer
from qingyang.decode import ledger_fields
from qingyang.lines import Sheet, read_pages
from qingyang.precedence import Decided
from qingyang.records import Record, Source
from qingyang.roles import weigh
from qingyang.rulebook import Rulebook
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
        network = weigh(mine)
        again = setting.weigh_again(batch.sheets, mine, network)
        for number, (sheet, X, (roles, p), reset) in enumerate(zip(batch.sheets, mine, network, again, strict=True), batch.first):
            page = Decided(roles, p)
            page.weigh_again(reset.p, "setting.weigh_again")
            X = decide(sheet, batch.sheets, X, page)
            drafts = cut(sheet, number, page.roles, page.p)
            drafts.decisions = _decisions(sheet, X, page, reset.because)
            drafts.in_order = in_order(page.p) and sheet.row is None
            issues.append(batch.issue)
            read.append((sheet, X, page.p, drafts))
    settled = [subheads.settle(sheet, X, p, drafts) for (sheet, X, p, _), drafts in zip(read, thread_all(read), strict=True)]
    unbroken.mend_all([(sheet, X, drafts) for (sheet, X, _, _), drafts in zip(read, settled, strict=True)])
    yield from zip(issues, settled, strict=True)


def decide(sheet: Sheet, others: Sequence[Sheet], X: evidence.Floats, page: Decided) -> evidence.Floats:
    """Hears every rule about the roles of a page, each after those whose word it asks for; who outweighs whom says
    :mod:`qingyang.precedence`. The evidence comes back, without the look of furniture where a sentence runs on."""
    X = midsentence.weigh_again(sheet, others, X, page)
    page.hear(bodymatter.keep(sheet, others, X, page))
    page.hear(tabular.paragraphs(sheet, X, page))
    page.hear(signatures.sign(sheet, X, page))
    page.hear(titles.settle(sheet, X, page))
    page.hear(tabular.poems(sheet, X, page))
    page.hear(tabular.beginnings(sheet, X, page))
    page.hear(headings.settle(sheet, X, page))
    page.hear(plain.see(page.roles, page.p, X))
    return X


def _decisions(sheet: Sheet, X: evidence.Floats, page: Decided, because: dict[int, str]) -> list[dict[str, Any]]:
    """What the ledger says of the roles of a page: of those that were not plain, of boundaries, and of all that a rule decided."""
    roles, best = page.roles, page.p.max(1).tolist()
    told = [k for k, role in enumerate(roles) if best[k] < UNSURE or role in _BOUNDARY or k in because or k in page.by]
    spoke = evidence.reasons(sheet, X, told)
    out = []
    for k, at, why in zip(told, sheet.starts[told].tolist(), spoke, strict=True):
        one: dict[str, Any] = {"at": at, "rule": f"role.{roles[k]}", "p": round(best[k], 3)}
        if k in page.by:
            role, p = page.found(k)
            one |= {"by": page.by[k], "network": {"role": role, "p": round(p, 3)}}
        out.append(one | {"because": why + ([because[k]] if k in because else [])})
    return out
