"""Gives the raw folder back from a finished corpus: every source byte for byte, from records and ledger alone."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from qingyang.decode import to_bytes
from qingyang.ledger import restore_text
from qingyang.records import QingyangError, Record, SettingError
from tasks import output as corpus
from tasks import read, write
from tasks.counts import many
from tasks.remote import STATE

NOT_THE_SAME = "what came back is not what was read; output or ledger were changed since"

PIECE = 1 << 22
"""Characters of base64 at a time; a multiple of four."""


def restore(output: Path, dest: Path, told: corpus.Listener = lambda _: None) -> tuple[int, list[str]]:
    """Write every source of the corpus in ``output`` below ``dest``; how many, and what could not be given back.

    What is given back is compared with the checksum of the source as it was read. ``told`` hears of damage that may have cost
    nothing. Raises SettingError when ``output`` holds no corpus, or ``dest`` already holds something else.
    """
    corpus.require(output)
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise SettingError(f"{dest}: is not an empty folder; choose a new one")
    dest.mkdir(parents=True, exist_ok=True)
    records = _Records(output, told)
    expected, sizes = _sources(output, told)
    done, failures, later = 0, [], []
    for shard, path in corpus.shards(output, "ledger"):
        records.enter(shard)
        for entry in corpus.lines(path, told):
            expected.discard(entry["source"])
            if "duplicate_of" in entry:
                later.append(entry)
                continue
            try:
                done += _unpack(dest, entry, failures) if "raw" in entry else _give(dest, entry, _bytes(entry, records), failures)
            except BROKEN as error:
                failures.append(f"{entry['source']}: cannot be restored ({_said(error)})")
    for entry in later:
        try:
            data = _given(dest, entry["duplicate_of"])
            done += _give(dest, entry, data, failures)
        except OSError as error:
            failures.append(f"{entry['source']}: cannot be restored, its original {entry['duplicate_of']} is not there ({error.strerror})")
        except BROKEN as error:
            failures.append(f"{entry['source']}: cannot be restored ({_said(error)})")
    for path in sorted(dest.rglob(f".*{IN_PARTS}")):
        done += _put_together(path, dest, sizes, failures)
    failures += [f"{name}: cannot be restored (no line of ledger/ speaks of it)" for name in sorted(expected)]
    if records.spared:
        told(f"{output}: articles.zh-Hans was changed since the run; {many(records.spared, 'source')} came back by the copies in {STATE}/")
    return done, failures


BROKEN = (QingyangError, KeyError, IndexError, ValueError, TypeError, AttributeError, zlib.error)
"""What a ledger or a record that was changed by hand may come to."""


def _said(error: BaseException) -> str:
    return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)


def _bytes(entry: Mapping[str, Any], records: _Records) -> bytes:
    """The file that an entry accounts for, by the corpus; where that was changed, by the copy that the state folder has of its records."""
    try:
        return source_bytes(entry, records)
    except BROKEN:
        with suppress(*BROKEN):
            data = source_bytes(entry, records.copies())
            records.spared += 1
            return data
        raise


def _sources(output: Path, told: corpus.Listener) -> tuple[set[str], dict[str, int]]:
    """The names of all sources, and how large each was that was taken in parts, as the manifest has them."""
    try:
        seen = [(source["source"], source["size"]) for source in orjson.loads((output / "manifest.json").read_bytes())["sources"]]
    except (OSError, ValueError, KeyError, TypeError):
        told(f"{output}/manifest.json: cannot be read; whether these are all the sources, only the ledger says")
        return set(), {}
    sizes: dict[str, int] = {}
    for name, size in seen:
        if part := read.part_of(name):
            sizes[part[0]] = max(sizes.get(part[0], 0), part[1] + size)
    return {name for name, _ in seen}, sizes


def source_bytes(entry: Mapping[str, Any], records: Mapping[str, Record]) -> bytes:
    """The file that a ledger entry accounts for, as it lay on disk."""
    if "raw" in entry:
        return zlib.decompress(base64.b64decode(entry["raw"]))
    if "pieces" not in entry:
        raise ValueError("it could not be read when the corpus was made")
    return to_bytes(dict(entry), restore_text(entry, records))


def below(dest: Path, name: str) -> Path:
    """The place of a source; a name that leads out of the folder is refused."""
    if name.startswith("/") or ".." in name.split("/"):
        raise SettingError(f"{name}: leads out of the folder; the ledger is damaged")
    return dest / read.unprintable(name)


def _give(dest: Path, entry: Mapping[str, Any], data: bytes, failures: list[str]) -> int:
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        failures.append(f"{entry['source']}: {NOT_THE_SAME}")
        return 0
    part = read.part_of(entry["source"])
    if part is None:
        write.replace(below(dest, entry["source"]), data)
        return 1
    folder = _folder(dest, part[0])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(part[1])).write_bytes(data)
    return 0  # counted when all of them are there


IN_PARTS = ".parts"


def _folder(dest: Path, name: str) -> Path:
    """Where the parts of a large source wait for each other."""
    path = below(dest, name)
    return path.with_name(f".{path.name}{IN_PARTS}")


def _given(dest: Path, name: str) -> bytes:
    """The bytes of a source, or part of one, that was given back already."""
    part = read.part_of(name)
    return below(dest, name).read_bytes() if part is None else (_folder(dest, part[0]) / str(part[1])).read_bytes()


def _put_together(folder: Path, dest: Path, sizes: Mapping[str, int], failures: list[str]) -> int:
    """One file of its parts, and how many that makes; one that lacks a part is told and not given back."""
    path = folder.with_name(folder.name.removeprefix(".").removesuffix(IN_PARTS))
    name = read.printable(path.relative_to(dest).as_posix())
    parts, end = {int(part.name): part for part in folder.iterdir()}, 0
    while end in parts:
        end += parts[end].stat().st_size
    whole = end == sizes.get(name, end) and end >= max(parts)
    if whole:
        write.join([parts[start] for start in sorted(parts)], path)
    else:
        failures.append(f"{name}: cannot be restored, what began at byte {end:,} could not be given back")
    shutil.rmtree(folder)
    return int(whole)


def _unpack(dest: Path, entry: Mapping[str, Any], failures: list[str]) -> int:
    """Give back a source that was kept whole: it may be larger than the memory at hand."""
    if read.part_of(entry["source"]):
        return _give(dest, entry, zlib.decompress(base64.b64decode(entry["raw"])), failures)
    unpacker, digest = zlib.decompressobj(), hashlib.sha256()
    path = below(dest, entry["source"])

    def pieces() -> Iterator[bytes]:
        packed = entry["raw"]
        for k in range(0, len(packed), PIECE):
            rest = base64.b64decode(packed[k : k + PIECE])
            while rest:
                yield unpacker.decompress(rest, PIECE)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush()

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            for piece in pieces():
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() == entry["sha256"]:
            os.replace(temporary, path)
            return 1
        failures.append(f"{entry['source']}: {NOT_THE_SAME}")
    except (ValueError, zlib.error) as error:
        failures.append(f"{entry['source']}: cannot be restored ({error})")
    finally:
        temporary.unlink(missing_ok=True)
    return 0


class _Records(dict[str, Record]):
    """The records of the shard at hand, so that a large corpus needs no more memory than a month of it."""

    def __init__(self, output: Path, told: corpus.Listener) -> None:
        super().__init__()
        self.output, self.told = output, told
        self.quarantined = _records(corpus.rows(output, "quarantine", told))
        self.files = dict(corpus.shards(output, "articles.zh-Hans"))
        self.shard = ""
        self.spared = 0
        """Sources that came back by the copies of their records."""
        self._copies: dict[str, Record] | None = None
        if "" in self.files:
            self._read(self.files[""])

    def enter(self, shard: str) -> None:
        self.shard, self._copies = shard, None
        if "" in self.files:
            return
        self.clear()
        if shard in self.files:
            self._read(self.files[shard])

    def copies(self) -> dict[str, Record]:
        """The shard's records as the state folder keeps them: those of a small corpus, and those in quarantine."""
        if self._copies is None:
            self._copies = {}
            for view in ("parts/articles.zh-Hans", "quarantine"):
                path = self.output / STATE / view / f"{self.shard}.jsonl"
                if path.is_file():
                    self._copies |= _records(corpus.lines(path, lambda _: None))
        return self._copies

    def _read(self, path: Path) -> None:
        self.update(_records(corpus.lines(path, self.told)))

    def __missing__(self, record: str) -> Record:
        if record in self.quarantined:
            return self.quarantined[record]
        raise KeyError(f"record {record} is not in the corpus")


def _records(rows: Iterable[Mapping[str, Any]]) -> dict[str, Record]:
    """Records by id, of a view that holds them or of quarantine, which holds other things too."""
    found = (row.get("record", row) for row in rows)
    return {one["id"]: one for one in found if isinstance(one, dict) and "id" in one}
