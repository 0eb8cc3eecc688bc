"""Suspicious places of a record, each with its evidence, a suggestion where there is one, and how likely it is right.

The text is never changed: agreement inside a page proves nothing, so suspicion is told and left to a reader or to a
witness (``collate``). Precision is what makes flags usable; a finder that cannot be right in most cases does not speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qingyang.flagging import channel, printed, spelling
from qingyang.records import Flag, Record


def find(record: Record) -> list[Flag]:
    """The flags of a record, sorted by place, never two on the same characters."""
    return find_all([record])[0]


def find_all(records: Sequence[Record]) -> list[list[Flag]]:
    """The flags of each record; many at once take a fraction of the time."""
    # The words that the channel knows are Simplified ones: of Traditional text it would call every other word damaged.
    damaged = channel.find_all([[] if record.get("lang") == "zh-Hant" else record["paragraphs"] for record in records])
    return [_sorted([*_printed(record), *flags]) for record, flags in zip(records, damaged, strict=True)]


def _printed(record: Record) -> list[Flag]:
    """What print itself forbids, and names that contradict themselves."""
    paragraphs = record["paragraphs"]
    issue = date.fromisoformat(record["issue_date"]) if record["issue_date"] else None
    found = printed.brackets(
        paragraphs,
        head_missing=record["continued_from"] is not None or not record["complete"],
        tail_missing=record["continued_on"] is not None or not record["complete"],
    )
    found += printed.dates(paragraphs, issue)
    found += printed.dateline(record["dateline"], issue)
    found += printed.zeros(paragraphs)
    found += printed.counts(paragraphs)
    found += spelling.echoes(paragraphs)
    found += spelling.two_spellings(paragraphs)
    return found


def _sorted(flags: list[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda f: (f["para"], f["start"], f["end"], f["rule"]))
