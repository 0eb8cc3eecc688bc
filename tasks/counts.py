"""What a run came to, in words: the same ones wherever it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

QUARANTINED = {
    "unreadable": ("source without a record", "sources without a record"),
    "copies": ("copy of another source", "copies of other sources"),
    "failed": ("record failed a check", "records failed a check"),
}


def many(count: int, one: str, more: str = "") -> str:
    """A number and what it counts.

    >>> many(1, "source"), many(1200, "source"), many(0, "copy of another source", "copies of other sources")
    ('1 source', '1,200 sources', '0 copies of other sources')
    """
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def quarantined(totals: Mapping[str, Any]) -> str:
    """What stands in quarantine; empty when nothing does.

    >>> quarantined({"unreadable": 6, "copies": 0, "failed": 1})
    '6 sources without a record, 1 record failed a check'
    """
    return ", ".join(many(totals[key], *label) for key, label in QUARANTINED.items() if totals.get(key))


def passed_over(count: int) -> str:
    """How many files are no sources."""
    return (
        f"{many(count, 'file or folder', 'files and folders')}: hidden, half-copied, or neither .txt nor .txt.gz (named in manifest.json)"
    )
