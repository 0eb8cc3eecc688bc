"""What was made of what: the memory that lets a run do only what changed, and trust nothing it cannot prove.

The state folder ``OUTPUT/.qingyang`` holds one survey of the sources and one small file per finished shard: the digest of
everything that went into it and the stamp and checksum of every file that came out. A file of state is written after
what it vouches for, so a run killed at any moment leaves at worst work to be done again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from qingyang.provenance import contents, fingerprint
from qingyang.settings import Settings
from tasks import read, write
from tasks.remote import STATE as STATE
from tasks.survey import Seen

LOOKS_ON = re.compile(
    r"tasks/(templates/.*|(__init__|collate|corpus|counts|intact|journal|lock|output|proof|quiet|ready|remote|restore|workers|working|write)\.py)"
)
"""What of this package moves files or looks at them, and decides nothing about what is in a shard."""


@dataclass(slots=True)
class Shard:
    """One publication and month: the unit of recomputing and writing."""

    key: str
    issues: list[list[Seen]] = field(default_factory=list)
    copies: list[tuple[Seen, str]] = field(default_factory=list)
    """Sources with the same bytes as another one of the same page, and its name."""
    unreadable: list[Seen] = field(default_factory=list)
    digest: str = ""

    @property
    def size(self) -> int:
        return sum(seen.size for pages in self.issues for seen in pages)

    @property
    def group(self) -> str:
        """Publication and year: the shards whose records are checked together."""
        return self.key[:-3] if re.search(r"-\d{4}-\d{2}$", self.key) else self.key


def code_digest(settings: Settings) -> str:
    """Changes with the library, with the tasks that decide about records, and with what the user chose."""
    digest = hashlib.sha256(fingerprint().encode())
    for name, data in contents("tasks"):
        if not LOOKS_ON.fullmatch(name):
            digest.update(f"\0{name}\0{len(data)}\0".encode())
            digest.update(data)
    # How the corpus is cut into files, and whether there is a proof of it, decides nothing about what is in them.
    chosen = {k: v for k, v in settings.as_dict().items() if k not in ("one_file_up_to_mb", "proof")}
    digest.update(orjson.dumps(chosen, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()[:32]


# ---------------------------------------------------------------- sources


def load_survey(state: Path, code: str) -> dict[str, Seen]:
    """The last survey by name; empty when there is none or it was made by other code or settings."""
    try:
        kept = orjson.loads((state / "survey.json").read_bytes())
        if kept["code"] != code:
            return {}
        return {row[0]: _seen(row) for row in kept["sources"]}
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return {}


def save_survey(state: Path, code: str, seen: Iterable[Seen]) -> None:
    write.replace(state / "survey.json", orjson.dumps({"code": code, "sources": [_row(s) for s in seen]}))


def _row(s: Seen) -> list[Any]:
    row = [s.name, s.stamp, s.sha256, s.publication, s.issue_date, s.edition, s.page, s.problem, s.identity]
    return row if s.span is None and not s.parts else [*row, s.span, [_row(part) for part in s.parts]]


def _seen(row: list[Any]) -> Seen:
    span, parts = row[9:] or (None, [])
    return Seen(row[0], tuple(row[1]), *row[2:9], span=tuple(span) if span else None, parts=tuple(map(_seen, parts)))


def views_digest() -> str:
    """Changes with everything that makes the files of the corpus as a whole: proof, templates, this package."""
    digest = hashlib.sha256()
    for name, data in contents("tasks"):
        digest.update(f"\0{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def unseen(found: Sequence[read.Found], known: dict[str, Seen]) -> list[read.Found]:
    """The sources that must be opened: new, changed, or unreadable the last time."""
    return [f for f in found if (s := known.get(f.name)) is None or s.stamp != f.stamp or not s.sha256 or f.problem != s.problem]


# ---------------------------------------------------------------- shards


def shards(seen: Iterable[Seen], code: str) -> dict[str, Shard]:
    """Sources sorted into shards, issues and pages; the order is that of the output.

    Of sources with the same bytes one is cleaned for each place where they were printed, the others are copies (:func:`_copies`).
    """
    made: dict[str, Shard] = {}
    issues: dict[tuple[str, ...], list[Seen]] = {}
    seen = sorted(seen, key=lambda s: s.name)
    twins: dict[str, list[Seen]] = {}
    for s in seen:
        if s.problem is None:
            twins.setdefault(s.sha256, []).append(s)
    copies: dict[str, str] = {}
    known_as: dict[str, str] = {}
    for some in twins.values():
        if len(some) > 1:
            _copies(some, copies, known_as)
    for s in seen:
        key = shard_key(s.publication, s.issue_date)
        shard = made.setdefault(key, Shard(key))
        if s.problem is not None:
            shard.unreadable.append(s)
        elif s.name in copies:
            shard.copies.append((s, copies[s.name]))
        else:
            s = replace(s, known_as=known_as[s.name]) if s.name in known_as else s
            issues.setdefault((key, *_issue_key(s)), []).append(s)
    for (key, *_), pages in sorted(issues.items()):
        made[key].issues.append(sorted(pages, key=lambda s: (_page_key(s.page), s.name)))
    for shard in made.values():
        shard.digest = _digest(shard, code)
    return dict(sorted(made.items()))


Printed = tuple[str | None, ...]
"""Publication, date, edition and page that a source has by its place; an issue without an edition is the main one."""

BY_PLACE = frozenset(("setting", "path", "name", "folder"))
"""Witnesses that tell sources with the same bytes apart: what is printed on them is the same."""


def _copies(some: Sequence[Seen], copies: dict[str, str], known_as: dict[str, str]) -> None:
    """Of sources with the same bytes, sorted by name: which are copies of which, and the ids of those that are none.

    Two editions of a day share a page, and each is to be whole: what was printed elsewhere is no copy. A source that does not say
    where it was printed is one. The ids of the first place are those of the bytes alone; the others' tell the place too.
    """
    places = {s.name: _printed(s) for s in some}
    cleaned: list[Seen] = []
    for s in sorted(some, key=lambda s: (places[s.name].count(None), s.issue_date or "", s.edition or "")):
        here = places[s.name]
        original = next((each for each in cleaned if _may_be_one(here, places[each.name])), None)
        if original is not None:
            copies[s.name] = original.name
            continue
        if cleaned:
            known_as[s.name] = hashlib.sha256(orjson.dumps([s.sha256, *here])).hexdigest()[:16]
        cleaned.append(s)


def _printed(s: Seen) -> Printed:
    """Where its place says that a source was printed; edition and page tell only within one issue."""
    publication, day, page = (getattr(s, f) if s.identity.get(f) in BY_PLACE else None for f in ("publication", "issue_date", "page"))
    return publication, day, s.edition or (None if day is None else ""), None if day is None else page


def _may_be_one(here: Printed, there: Printed) -> bool:
    """Whether two places may be one: nothing that both know differs.

    >>> _may_be_one(("甲报", "1988-11-07", "早版", "3"), ("甲报", "1988-11-07", "晚版", "3"))
    False
    >>> _may_be_one(("甲报", "1988-11-07", "", "3"), (None, None, None, None))
    True
    """
    return all(a is None or b is None or a == b for a, b in zip(here, there, strict=True))


def _issue_key(s: Seen) -> tuple[str, ...]:
    """A source of unknown date is an issue of its own; one of unknown publication shares it with its folder only.

    A part of a large source is one too: together they would take the memory that the parts are there to save.
    """
    if s.issue_date is None:
        return ("", "", "", s.name)
    folder = s.name if s.span else "" if s.publication else s.name.rpartition("/")[0]
    return (s.issue_date, s.edition or "", s.publication or "", folder)


def _page_key(page: str | None) -> tuple[Any, ...]:
    """Page 2 before page 10, A before B, no page last."""
    if page is None:
        return (1,)
    return (0, *((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.findall(r"\d+|\D+", page)))


def shard_key(publication: str | None, issue_date: str | None) -> str:
    """The shard's name, fit to be a file's name.

    >>> shard_key("人民日报", "2020-11-25"), shard_key(None, None)
    ('人民日报-2020-11', 'unknown-unknown')
    """
    name = re.sub(r"[^\w.+-]+", "_", publication or "unknown").strip("._") or "_"
    if len(name.encode()) > 120:
        name = name[:32] + "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name}-{issue_date[:7] if issue_date else 'unknown'}"


def _digest(shard: Shard, code: str) -> str:
    def of(s: Seen) -> list[Any]:
        return [s.name, s.sha256, s.publication, s.issue_date, s.edition, s.page, s.problem, s.identity, s.known_as]

    whole = [
        code,
        shard.key,
        [[of(s) for s in pages] for pages in shard.issues],
        [[of(s), original] for s, original in shard.copies],
        [of(s) for s in shard.unreadable],
    ]
    return hashlib.sha256(orjson.dumps(whole)).hexdigest()[:32]


# ---------------------------------------------------------------- what was made


@dataclass(slots=True)
class Made:
    """A finished shard: the digest of what went in, and each file that came out by its name in the corpus."""

    key: str
    digest: str
    files: dict[str, dict[str, Any]]
    """``{"sha256", "size", "stamp"}`` by view (``articles.zh-Hans``, ``words``, ``ledger`` …)."""
    counts: dict[str, int]


def load_made(state: Path) -> dict[str, Made]:
    """Every finished shard the state folder vouches for; a damaged file of state vouches for nothing."""
    out: dict[str, Made] = {}
    for file in sorted((state / "shards").glob("*.json")):
        try:
            made = Made(**orjson.loads(file.read_bytes()))
        except (OSError, ValueError, TypeError):
            continue
        if made.key == file.name[:-5]:
            out[made.key] = made
    return out


def save_made(state: Path, made: Made) -> None:
    document = {"key": made.key, "digest": made.digest, "files": made.files, "counts": made.counts}
    write.replace(state / "shards" / f"{made.key}.json", orjson.dumps(document))


def forget(state: Path, key: str) -> None:
    (state / "shards" / f"{key}.json").unlink(missing_ok=True)


def intact(path: Path, kept: dict[str, Any]) -> bool:
    """The file is still the one that was written. Its bytes are only read again when its stamp differs."""
    try:
        now = read.stamp(os.stat(path))
    except OSError:
        return False
    if list(now) == kept["stamp"]:
        return True
    if now[0] != kept["size"]:
        return False
    return write.checksum(path) == str(kept["sha256"])
