"""Looks at every source once: its digest, and which publication, issue and page it is.

What is known stays known: a source whose stamp is that of the last survey is not opened again. The result decides which
issues there are, which sources are copies of others, and so which shards must be made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qingyang import decode, identity
from qingyang.records import Source, SourceError
from qingyang.settings import Settings
from tasks import read


@dataclass(frozen=True, slots=True)
class Seen:
    """A source as the survey saw it. ``problem`` says why it cannot be cleaned; None when it can."""

    name: str
    stamp: read.Stamp
    sha256: str
    publication: str | None
    issue_date: str | None
    edition: str | None
    page: str | None
    problem: str | None = None

    @property
    def size(self) -> int:
        return self.stamp[0]


def look(raw: Path, found: Sequence[read.Found], settings: Settings) -> list[Seen]:
    """Read and identify ``found``, in the order given. Never raises for a source; its problem is told instead."""
    return [_look(raw, item, settings) for item in found]


def _look(raw: Path, item: read.Found, settings: Settings) -> Seen:
    limit = int(settings.max_source_mb * 1_000_000)
    if item.problem is not None:
        return _unreadable(raw, item.name, item.stamp, "", item.problem, settings)
    try:
        data, stamp = read.load(raw, item.name, limit)
    except SourceError as error:
        digest = "" if isinstance(error, read.Changed) else read.digest(raw, item.name)
        return _unreadable(raw, item.name, item.stamp, digest, str(error), settings)
    digest = hashlib.sha256(data).hexdigest()
    try:
        source = identity.identify(decode.read(item.name, data, encoding=settings.encoding), pattern=settings.pattern)
    except SourceError as error:
        return _unreadable(raw, item.name, stamp, digest, str(error), settings)
    return Seen(item.name, stamp, digest, source.publication, source.issue_date, source.edition, source.page)


def _unreadable(raw: Path, name: str, stamp: read.Stamp, digest: str, problem: str, settings: Settings) -> Seen:
    """Its path may still tell to which shard it belongs."""
    known = identity.identify(Source(name=name, text="", sha256=digest), pattern=settings.pattern)
    return Seen(name, stamp, digest, known.publication, known.issue_date, known.edition, known.page, problem)
