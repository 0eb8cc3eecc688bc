"""The nouns of the house: what a page is made of and what comes out of it.

Everything here is plain data that crosses module and process boundaries. Positions are always counted in
*source characters*: Python string indices into :attr:`Source.text`, which is the decoded file with nothing
replaced, line ends included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\x7f" + "".join(chr(c) for c in range(0x20) if chr(c) not in "\t\n\v\f\r\x1c\x1d\x1e")
"""Characters that leave no ink and are no blanks: zero-width ones and controls."""


class QingyangError(Exception):
    """Base of every error a user can meet. The message says where, what, and what to try."""


class SourceError(QingyangError):
    """A source that cannot be read: it goes to quarantine and the run goes on."""


class RuleError(QingyangError):
    """A broken rule table: the run stops before it starts."""


class SettingError(QingyangError):
    """A wrong setting: the run stops before it starts."""


class AccountError(QingyangError):
    """A character would be lost, doubled, invented or silently changed. Never swallowed."""


class Edit(NamedTuple):
    """A proposal by a rule: characters ``start:end`` of the source become ``after``.

    >>> Edit(2, 3, "人", "char.kangxi-radical")
    Edit(start=2, end=3, after='人', rule='char.kangxi-radical')
    """

    start: int
    end: int
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: characters ``start:end`` of the source, line end and outer blanks excluded.

    ``indent`` is the number of ideograph-wide blanks in front of it (two half-width ones count as one);
    ``blank_before`` tells that an empty line stands above. Plain text has no geometry; PDF and OCR readers set
    ``page`` (0-based), ``box`` (x0, y0, x1, y1 in points) and ``font_size`` (points).
    """

    start: int
    end: int
    indent: float = 0.0
    blank_before: bool = False
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    font_size: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read: immutable text, and what is needed to give the file back byte for byte."""

    name: str
    """Path below the raw folder with forward slashes; ``-`` for standard input."""
    text: str
    """Decoded text. No newline translation; a byte order mark is left out and remembered in :attr:`bom`."""
    sha256: str
    """Of the file's bytes as they lie on disk, hexadecimal."""
    encoding: str = "utf-8"
    """Python codec name."""
    bom: bool = False
    size: int = 0
    """Bytes on disk."""
    envelope: dict[str, Any] | None = None
    """What a byte-exact restore needs beyond encoding and BOM (gzip header, or the raw bytes); see decode."""
    publication: str | None = None
    issue_date: str | None = None
    """``YYYY-MM-DD``."""
    edition: str | None = None
    page: str | None = None
    """As a plain label without zeros in front: ``"1"``, ``"A2"``."""
    identity: dict[str, str] = field(default_factory=dict)
    """Which witness each of the four comes from: ``{"page": "path"}`` (setting, path, folio, name, dateline)."""
    known_as: str = ""
    """What the ids of its records begin with; empty: its digest. Set where another issue prints the very same bytes."""
    lines: tuple[Line, ...] | None = None
    """Set by readers that know geometry; plain text leaves it to the structure stage."""


class Part(TypedDict):
    source: str
    page: str | None
    start: int
    end: int


class Link(TypedDict):
    page: str | None
    id: str | None


class Flag(TypedDict):
    para: int
    start: int
    end: int
    rule: str
    suggestion: str | None
    why: str
    confidence: float


class Checks(TypedDict):
    verdict: str
    failed: list[str]


class Record(TypedDict):
    """One line of ``articles.*.jsonl``; the keys and their order are an interface others read."""

    id: str
    kind: str
    headline: str | None
    kicker: str | None
    deck: str | None
    byline: str | None
    authors: list[str]
    dateline: str | None
    agency: str | None
    place: str | None
    sign_off: str | None
    date: str | None
    publication: str | None
    issue_date: str | None
    page: str | None
    paragraphs: list[str]
    text: str
    lang: str
    continued_from: Link | None
    continued_on: Link | None
    complete: bool
    parts: list[Part]
    flags: list[Flag]
    source: str
    created: str | None
    metadata: dict[str, Any]
    checks: Checks


PRINTED_FIELDS = ("kicker", "headline", "deck", "byline", "dateline", "sign_off", "paragraphs")
"""Fields that carry printed characters; ``metadata.*`` fields (document date, captions) are the others."""
