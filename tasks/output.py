"""What a run left in ``output/``, read back: records, ledger and checks, whether the corpus lies in one file or in shards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from qingyang.records import SettingError


def shards(output: Path, stem: str) -> list[tuple[str, Path]]:
    """(shard name, file) of ``stem.jsonl`` (shard name ``""``) and of every ``stem/*.jsonl``, by name."""
    single = output / f"{stem}.jsonl"
    found = [("", single)] if single.is_file() else []
    folder = output / stem
    if folder.is_dir():
        found += [(path.name.removesuffix(".jsonl"), path) for path in sorted(folder.glob("*.jsonl"))]
    return found


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of one JSON-lines file."""
    with path.open("rb") as file:
        for line in file:
            if not line.isspace():
                yield orjson.loads(line)


def rows(output: Path, stem: str) -> Iterator[dict[str, Any]]:
    """Every object of ``stem``, over all its shards."""
    for _, path in shards(output, stem):
        yield from lines(path)


def rules(output: Path) -> list[tuple[str, str]]:
    """The user's own rule tables, name and text, that the corpus was made with."""
    try:
        return [(name, text) for name, text in orjson.loads((output / "manifest.json").read_bytes())["configuration"]["rules"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def require(output: Path) -> None:
    """Raises SettingError when the folder does not hold the result of a run."""
    if not output.is_dir():
        raise SettingError(f"{output}: no such folder; give the OUTPUT of a run (qingyang run RAW OUTPUT)")
    if not shards(output, "articles.zh-Hans") and not shards(output, "ledger") and not (output / "quarantine.jsonl").is_file():
        raise SettingError(f"{output}: holds no corpus (no articles.zh-Hans); give the OUTPUT of a run (qingyang run RAW OUTPUT)")


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step: a reader sees the old file or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
    except FileNotFoundError:  # its folder, once for hundreds of pages
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
    os.replace(partial, path)


def replace_lines(path: Path, objects: Iterable[Any]) -> int:
    """Write objects as JSON lines, in one step; how many there were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        with partial.open("wb") as file:
            for one in objects:
                file.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))
                count += 1
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return count
