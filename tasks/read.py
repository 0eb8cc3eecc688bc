"""Finds the sources below the raw folder and reads them: the only door through which text comes in.

``.txt`` and ``.txt.gz`` are sources, at any depth; hidden files and half-copied ones (``.part``, ``.tmp``, ``~``) are passed
over, other kinds are counted. A source that changes while it is read is noticed by its stamp before and after.
"""

from __future__ import annotations

import hashlib
import os
import stat as modes
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qingyang.records import SettingError, SourceError

ENDINGS = (".txt", ".txt.gz")

Stamp = tuple[int, int, int, int]
"""Size, time of change of the content and of the entry in nanoseconds, inode: what a changed file cannot keep."""


class Found(NamedTuple):
    """A source as the folder lists it: its name below the raw folder, its stamp, and why it cannot be read if so."""

    name: str
    stamp: Stamp
    problem: str | None = None


class Changed(SourceError):
    """The file changed while it was read."""


def walk(raw: Path, leave_out: Path | None = None) -> tuple[list[Found], list[str]]:
    """All sources below ``raw`` sorted by name, and the names of the files that are no sources.

    ``leave_out`` is a folder that is not entered (the output, should it lie inside). Links are followed, a circle of links is
    not. Raises SettingError when ``raw`` is no folder that can be listed.
    """
    if not raw.is_dir():
        raise SettingError(f"{raw}: no such folder; give the folder that holds the pages")
    try:
        os.scandir(raw).close()
    except OSError as error:
        raise SettingError(f"{raw}: cannot be listed ({error.strerror})") from None
    found: list[Found] = []
    ignored: list[str] = []
    avoid = _identity(leave_out) if leave_out is not None else None
    for entry, name, problem in _entries(raw, "", (), avoid):
        if problem is not None:
            found.append(Found(name, (0, 0, 0, 0), problem))
        elif not name.lower().endswith(ENDINGS):
            ignored.append(name)
        else:
            found.append(_look(entry, name))
    return sorted(found), sorted(ignored)


def _entries(
    folder: Path | os.DirEntry[str], prefix: str, above: tuple[tuple[int, int], ...], avoid: tuple[int, int] | None
) -> Iterator[tuple[os.DirEntry[str], str, str | None]]:
    here = _identity(folder)
    if here is None or here in above or here == avoid:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + printable(entry.name)
            if entry.name.startswith(".") or entry.name.lower().endswith((".part", ".tmp", "~", ".crdownload")):
                continue
            if entry.is_dir():
                try:
                    yield from _entries(entry, name + "/", (*above, here), avoid)
                except OSError as error:
                    yield entry, name + "/", f"{name}/: the folder cannot be listed ({error.strerror}); check its permissions"
            else:
                yield entry, name, None


def _identity(place: Path | os.DirEntry[str]) -> tuple[int, int] | None:
    try:
        status = os.stat(place)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _look(entry: os.DirEntry[str], name: str) -> Found:
    try:
        status = entry.stat()
    except OSError as error:
        return Found(name, (0, 0, 0, 0), f"{name}: cannot be read ({error.strerror}); is it a link to a file that is gone?")
    if not modes.S_ISREG(status.st_mode):
        return Found(name, (0, 0, 0, 0), f"{name}: is no regular file; give a copy of what it carries")
    return Found(name, stamp(status))


def stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def printable(name: str) -> str:
    """A file name as text; bytes that are no UTF-8 show as ``\\xNN``, so that every name can stand in JSON.

    >>> printable("第1版.txt")
    '第1版.txt'
    >>> printable("\\udcb5\\udcda1.txt")
    '\\\\xb5\\\\xda1.txt'
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name


def locate(raw: Path, name: str) -> Path:
    """The file that :func:`printable` made ``name`` of."""
    if "\\x" in name and not os.path.lexists(raw / name):
        here = os.fsencode(raw)
        for step in name.split("/"):
            entries = (e for e in os.listdir(here) if printable(os.fsdecode(e)) == step)
            here = os.path.join(here, next(entries, os.fsencode(step)))
        return Path(os.fsdecode(here))
    return raw / name


def load(raw: Path, name: str, limit: int) -> tuple[bytes, Stamp]:
    """The bytes of a source and its stamp.

    Raises SourceError when it cannot be read or is larger than ``limit`` bytes, Changed when it changed meanwhile.
    """
    try:
        with open(locate(raw, name), "rb") as file:
            before = stamp(os.fstat(file.fileno()))
            if before[0] > limit:
                raise SourceError(f"{name}: {before[0]:,} bytes are no newspaper page; split it, or raise max_source_mb")
            data = file.read(limit + 1)
            after = stamp(os.fstat(file.fileno()))
    except OSError as error:
        raise SourceError(f"{name}: cannot be read ({error.strerror}); check its permissions") from None
    if before != after or len(data) != before[0]:
        raise Changed(f"{name}: changed while it was read; run again when it is complete")
    return data, after


def digest(raw: Path, name: str) -> str:
    """SHA-256 of a source of any size, in hexadecimal; empty when it cannot be read."""
    try:
        with open(locate(raw, name), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
