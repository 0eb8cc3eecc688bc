"""Looks at every source once: its digest, and which publication, issue and page it is.

What is known stays known: a source whose stamp is that of the last survey is not opened again. The result decides which
issues there are, which sources are copies of others, and so which shards must be made.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qingyang import decode, identity
from qingyang.records import SettingError, Source, SourceError
from qingyang.settings import Settings
from tasks import read
from tasks.remote import Remote

TRIES = 3


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
    identity: dict[str, str] = field(default_factory=dict)
    """Which witness each of the four comes from."""
    span: read.Span | None = None
    """Of a part of a large source: where it lies in it. What the survey says of the whole stands in its parts, which are sources from
    here on, and issues of their own."""
    parts: tuple[Seen, ...] = ()
    known_as: str = ""
    """As in :class:`~qingyang.records.Source`."""

    @property
    def size(self) -> int:
        return self.span[1] - self.span[0] if self.span else self.stamp[0]

    @property
    def file(self) -> str:
        """The name of the file that it is or is part of."""
        part = read.part_of(self.name)
        return part[0] if part else self.name


def look(raw: Path | Remote, found: Sequence[read.Found], settings: Settings) -> list[Seen]:
    """Read and identify ``found``, in the order given. Never raises for a source; its problem is told instead."""
    return [_look(raw, item, settings) for item in found]


def _look(raw: Path | Remote, item: read.Found, settings: Settings) -> Seen:
    limit = int(settings.max_source_mb * 1_000_000)
    if item.problem is not None:
        return _unreadable(item, "", item.problem, settings)
    if item.stamp[0] > read.WHOLE and (whole := _in_parts(raw, item, settings)) is not None:
        return whole
    try:
        data, stamp = _steady(raw, item.name, limit)
    except SourceError as error:
        digest = "" if isinstance(error, read.Changed) else read.digest(raw, item.name)
        return _unreadable(item, digest, str(error), settings)
    item = item._replace(stamp=stamp + item.stamp[4:])
    digest = hashlib.sha256(data).hexdigest()
    try:
        sidecar = read.sidecar(raw, item.name) if item.has_sidecar else None
        source = decode.read(item.name, data, encoding=settings.encoding)
        source = _identify(source, settings, sidecar)
    except SourceError as error:
        return _unreadable(item, digest, str(error), settings)
    return _seen(item, digest, source, None)


def _in_parts(raw: Path | Remote, item: read.Found, settings: Settings) -> Seen | None:
    """A large source, looked at part by part; None where it cannot be cut, is packed, or changed meanwhile."""
    if item.name.lower().endswith(".gz"):
        return None
    digest, parts = hashlib.sha256(), []
    try:
        for span, data in read.parts(raw, item.name):
            digest.update(data)
            parts.append(_part(raw, item, span, data, settings))
        _, stamp = read.load(raw, item.name, 0, (0, 0))
    except (SourceError, OSError):
        return None
    if stamp != item.stamp[: len(stamp)] or sum(part.size for part in parts) != stamp[0]:
        return None
    whole = Seen(item.name, item.stamp, digest.hexdigest(), None, None, None, None)
    return replace(whole, parts=tuple(parts))


def _part(raw: Path | Remote, item: read.Found, span: read.Span, data: bytes, settings: Settings) -> Seen:
    """A part is identified by the file's name and its own text."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        sidecar = read.sidecar(raw, item.name) if item.has_sidecar else None
        source = _identify(decode.read(item.name, data, encoding=settings.encoding), settings, sidecar)
        seen = _seen(item, digest, source, None)
    except SourceError as error:
        seen = _unreadable(item, digest, str(error), settings)
    return replace(seen, name=read.part_name(item.name, span[0]), span=span)


def _steady(raw: Path | Remote, name: str, limit: int) -> tuple[bytes, read.Stamp]:
    """A source that changes while it is read is read again, as it may be about to be complete."""
    for _ in range(TRIES - 1):
        try:
            return read.load(raw, name, limit)
        except read.Changed:
            time.sleep(0.2)
    return read.load(raw, name, limit)


def _identify(source: Source, settings: Settings, sidecar: dict[str, Any] | None) -> Source:
    """The source with what its witnesses say. Raises SourceError for a sidecar that cannot be meant."""
    try:
        return identity.identify(source, pattern=settings.pattern, sidecar=sidecar)
    except SettingError as error:
        if sidecar is None:
            raise
        raise SourceError(str(error)) from None


def _unreadable(item: read.Found, digest: str, problem: str, settings: Settings) -> Seen:
    """Its path may still tell to which shard it belongs."""
    known = _identify(Source(name=item.name, text="", sha256=digest), settings, None)
    return _seen(item, digest, known, problem)


def _seen(item: read.Found, digest: str, s: Source, problem: str | None) -> Seen:
    return Seen(item.name, item.stamp, digest, s.publication, s.issue_date, s.edition, s.page, problem, s.identity)


def identified(source: Source, seen: Seen) -> Source:
    """A source read again, with what the survey knows about it."""
    known: dict[str, Any] = {f: getattr(seen, f) for f in (*identity.FIELDS, "identity", "known_as")}
    return replace(source, **known)


def agree(seen: Sequence[Seen]) -> list[Seen]:
    """Pages that print no day or no newspaper's name take those that their whole folder agrees on."""
    readable = [s for s in seen if s.problem is None]
    together = identity.agree([identified(Source(s.name, "", s.sha256), s) for s in readable])
    known = {
        s.name: replace(s, publication=t.publication, issue_date=t.issue_date, identity=t.identity)
        for s, t in zip(readable, together, strict=True)
        if t.identity is not s.identity
    }
    return [known.get(s.name, s) for s in seen]
