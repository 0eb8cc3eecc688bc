"""Finds the sources below the raw folder and reads them: the only door through which text comes in.

``.txt`` and ``.txt.gz`` are sources, at any depth. Hidden files and folders, half-copied files (``.part``, ``.tmp``, ``~``) and other
kinds are passed over and counted. A source that changes while it is read is noticed by its stamp before and after. The raw folder
may be a URL that fsspec opens.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import stat as modes
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from qingyang.records import SettingError, SourceError
from tasks import remote
from tasks.remote import Remote

ENDINGS = (".txt", ".txt.gz")

SIDECAR = ".json"
"""``02.txt.json`` beside ``02.txt`` says what the page itself does not: publication, issue_date, edition, page."""

Stamp = tuple[int, ...]
"""Size, time of change of the content and of the entry in nanoseconds, inode: what a changed file cannot keep."""


class Found(NamedTuple):
    """A source as the folder lists it: its name below the raw folder, its stamp, and why it cannot be read if so.

    The stamp of a sidecar, where there is one, follows that of the source.
    """

    name: str
    stamp: Stamp
    problem: str | None = None

    @property
    def has_sidecar(self) -> bool:
        return len(self.stamp) > 4


class Changed(SourceError):
    """The file changed while it was read."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name}: changed while it was read; run again when it is complete"


def walk(raw: Path | Remote, leave_out: Path | None = None) -> tuple[list[Found], list[str]]:
    """All sources below ``raw`` sorted by name, and the names of the files that are no sources; of a hidden folder its own alone.

    ``leave_out`` is a folder that is not entered (the output, should it lie inside). Links are followed, a circle of links is
    not. Raises SettingError when ``raw`` is no folder that can be listed.
    """
    found: list[Found] = []
    ignored: list[str] = []
    sidecars: dict[str, Stamp] = {}
    for name, look in _listed(raw, leave_out):
        if any(map(_passed_over, name.split("/"))):
            ignored.append(name)
        elif name.endswith("/") or name.lower().endswith(ENDINGS):
            found.append(look())
        elif name.endswith(SIDECAR) and name.removesuffix(SIDECAR).lower().endswith(ENDINGS):
            sidecars[name.removesuffix(SIDECAR)] = look().stamp
        else:
            ignored.append(name)
    if sidecars:
        found = [f._replace(stamp=f.stamp + sidecars.pop(f.name)) if f.name in sidecars else f for f in found]
        ignored += [name + SIDECAR for name in sidecars]
    return sorted(found), sorted(set(ignored))


def _listed(raw: Path | Remote, leave_out: Path | None) -> Iterator[tuple[str, Callable[[], Found]]]:
    """Every file below by name, and how to look at it; a folder that cannot be listed ends in a slash."""
    if isinstance(raw, Remote):
        for name, info in raw.listing().items():
            steps = name.split("/")
            for k, step in enumerate(steps[:-1]):
                if _passed_over(step):
                    name = "/".join(steps[: k + 1]) + "/"
                    break
            yield name, partial(Found, name, remote.stamp(info))
        return
    if not raw.is_dir():
        raise SettingError(f"{raw}: no such folder; give the folder that holds the pages")
    try:
        os.scandir(raw).close()
    except OSError as error:
        raise SettingError(f"{raw}: cannot be listed ({error.strerror})") from None
    avoid = _identity(leave_out) if leave_out is not None else None
    for entry, name, problem in _entries(raw, "", (), avoid):
        if problem is not None:
            yield name, partial(Found, name, (0, 0, 0, 0), problem)
        else:
            yield name, partial(_look, entry, name)


def _passed_over(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith((".part", ".tmp", "~", ".crdownload"))


def _entries(
    folder: Path | os.DirEntry[str], prefix: str, above: tuple[tuple[int, int], ...], avoid: tuple[int, int] | None
) -> Iterator[tuple[os.DirEntry[str], str, str | None]]:
    here = _identity(folder)
    if here is None or here in above or here == avoid:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + printable(entry.name)
            if _passed_over(entry.name):
                yield entry, name + "/" * entry.is_dir(), None
            elif entry.is_dir():
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


def unprintable(name: str) -> str:
    """The file name that :func:`printable` may have made ``name`` of. A name that was typed with ``\\xNN`` in it is taken for one too.

    >>> unprintable(printable("\\udcb5\\udcda1.txt")) == "\\udcb5\\udcda1.txt", unprintable("第1版.txt")
    (True, '第1版.txt')
    """
    if "\\x" not in name:
        return name
    data = re.sub(rb"\\x([89a-f][0-9a-f])", lambda m: bytes.fromhex(m[1].decode()), os.fsencode(name))
    named = os.fsdecode(data)
    return named if printable(named) == name else name


def locate(raw: Path, name: str) -> Path:
    """The file that :func:`printable` made ``name`` of."""
    if "\\x" in name and not os.path.lexists(raw / name):
        here = os.fsencode(raw)
        for step in name.split("/"):
            entries = (e for e in os.listdir(here) if printable(os.fsdecode(e)) == step)
            here = os.path.join(here, next(entries, os.fsencode(step)))
        return Path(os.fsdecode(here))
    return raw / name


def _open(raw: Path | Remote, name: str) -> AbstractContextManager[BinaryIO]:
    return raw.stream(name) if isinstance(raw, Remote) else open(locate(raw, name), "rb")


Span = tuple[int, int]
"""First byte of a part of a source, and the one after its last."""

WHOLE = 1_000_000
"""Bytes; a larger source is no page and no issue of fifty pages, and is taken in parts where lines can be told from its bytes."""

PART = 500_000
"""Bytes of a part: some twenty-five pages, as much as a batch of small sources. Cleaning takes a hundred times as much memory."""

BREAKS = tuple(
    re.compile(each)
    for each in (
        rb"\f",
        rb"\n\r?\n(?=[^\r\n]{4,60}(?<!\xe3\x80\x82)(?<!\xa1\xa3)(?<!\xa1\x43)\r?\n)",
        rb"\n\r?\n",
        rb"\n",
    )
)
"""Where a part may end, the best first: the end of a page as PDF readers write it, a blank line before what is as short as a headline and
ends with no full stop (in UTF-8, GB 18030 or Big5), a blank line, a line. No character has a line feed within it in these encodings."""


def part_name(name: str, start: int) -> str:
    """What the part of a source is called that begins at a byte; no source ends like this.

    >>> part_name("1958.txt", 4_000_000)
    '1958.txt@000004000000'
    """
    return f"{name}@{start:012d}"


def part_of(name: str) -> tuple[str, int] | None:
    """The source and the first byte of a part, by its name; None for a whole source.

    >>> part_of("1958.txt@000004000000"), part_of("1958.txt")
    (('1958.txt', 4000000), None)
    """
    match = re.fullmatch(r"(.+)@(\d{12})", name, re.DOTALL)
    return (match[1], int(match[2])) if match else None


def parts(raw: Path | Remote, name: str) -> Iterator[tuple[Span, bytes]]:
    """A large source part by part: pages stay whole where their ends can be told, lines always.

    Raises SourceError when there is no line end within a part, and for UTF-16.
    """
    with _open(raw, name) as file:
        start, rest = 0, b""
        while True:
            block = file.read(PART - len(rest))
            data = rest + block
            if b"\0" in data:
                raise SourceError(f"{name}: cannot be taken in parts, as it is no text in UTF-8, GB 18030 or Big5; split it")
            cut = _cut(data) if len(data) == PART else len(data)
            if not cut and data:
                raise SourceError(f"{name}: {PART:,} bytes without the end of a line are no newspaper page; split it")
            if data:
                yield (start, start + cut), data[:cut]
            if not block:
                return
            start, rest = start + cut, data[cut:]


def _cut(data: bytes) -> int:
    """How much of ``data`` makes a part: up to the last of the best breaks in its second half, or in all of it; 0 for none."""
    for least in (len(data) // 2, 0):
        for each in BREAKS:
            ends = [found.end() for found in each.finditer(data, least)]
            if ends:
                return ends[-1]
    return 0


def load(raw: Path | Remote, name: str, limit: int, span: Span | None = None) -> tuple[bytes, Stamp]:
    """The bytes of a source, or of a part of it, and the stamp of the whole.

    Raises SourceError when it cannot be read or is larger than ``limit`` bytes, Changed when it changed meanwhile. A network that
    fails is no fault of the source: OSError.
    """
    try:
        if isinstance(raw, Remote):
            before = remote.stamp(raw.info(name))
            if span is None:
                _no_page(name, before[0], limit)
                data = raw.read(name)  # of an object, all bytes are of one time
            else:
                with raw.stream(name) as stream:
                    stream.seek(span[0])
                    data = stream.read(span[1] - span[0])
            after = before
        else:
            with open(locate(raw, name), "rb") as file:
                before = stamp(os.fstat(file.fileno()))
                if span is None:
                    _no_page(name, before[0], limit)
                file.seek(span[0] if span else 0)
                data = file.read(span[1] - span[0] if span else limit + 1)
                after = stamp(os.fstat(file.fileno()))
    except OSError as error:
        if isinstance(raw, Remote) and not isinstance(error, (FileNotFoundError, PermissionError)):
            raise
        raise SourceError(f"{name}: cannot be read ({error.strerror or error}); check its permissions") from None
    if before != after or len(data) != (span[1] - span[0] if span else before[0]):
        raise Changed(name)
    if span:
        return data, after
    if data.startswith(b"\x1f\x8b") and _unpacks_beyond(data, limit):
        raise SourceError(f"{name}: unpacks to more than {limit:,} bytes, which is no newspaper page; split it, or raise max_source_mb")
    return data, after


def _no_page(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise SourceError(f"{name}: {size:,} bytes are no newspaper page; split it, or raise max_source_mb")


def sidecar(raw: Path | Remote, name: str) -> dict[str, Any]:
    """What the file beside a source says about it. Raises SourceError when it is no JSON object."""
    try:
        with _open(raw, name + SIDECAR) as file:
            said = orjson.loads(file.read())
    except OSError as error:
        raise SourceError(f"{name}{SIDECAR}: cannot be read ({error.strerror}); check its permissions") from None
    except ValueError as error:
        raise SourceError(f"{name}{SIDECAR}: is no JSON ({error})") from None
    if not isinstance(said, dict):
        raise SourceError(f'{name}{SIDECAR}: is no JSON object; write {{"issue_date": "2020-11-25", "page": "2"}}')
    return said


def _unpacks_beyond(data: bytes, limit: int) -> bool:
    """Whether a gzip file holds more than it may, found out without holding it. What is no good gzip is told elsewhere."""
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            while block := file.read(1 << 20):
                size += len(block)
                if size > limit:
                    return True
    except (OSError, EOFError, zlib.error):
        return False
    return False


def digest(raw: Path | Remote, name: str) -> str:
    """SHA-256 of a source of any size, in hexadecimal; empty when it cannot be read."""
    try:
        total = hashlib.sha256()
        with _open(raw, name) as file:
            while block := file.read(1 << 20):
                total.update(block)
        return total.hexdigest()
    except OSError:
        return ""


def packed(raw: Path | Remote, name: str, sha256: str, span: Span | None = None) -> Iterator[bytes]:
    """A source of any size, or a part, compressed and in base64, in pieces. Raises Changed when it is not the one of that digest."""
    packer, digest, rest = zlib.compressobj(6), hashlib.sha256(), b""
    with _open(raw, name) as file:
        left = float("inf") if span is None else span[1] - span[0]
        file.seek(span[0] if span else 0)
        while block := file.read(int(min(left, 1 << 20))):
            left -= len(block)
            digest.update(block)
            rest += packer.compress(block)
            whole = len(rest) // 3 * 3
            yield base64.b64encode(rest[:whole])
            rest = rest[whole:]
    if digest.hexdigest() != sha256:
        raise Changed(name)
    yield base64.b64encode(rest + packer.flush())
