"""What a run left in ``output/``, read back: records, ledger and checks, whether the corpus lies in one file or in shards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from qingyang.records import QingyangError, SettingError


def shards(output: Path, stem: str) -> list[tuple[str, Path]]:
    """(shard name, file) of ``stem.jsonl`` (shard name ``""``) and of every ``stem/*.jsonl``, by name."""
    single = output / f"{stem}.jsonl"
    found = [("", single)] if single.is_file() else []
    folder = output / stem
    if folder.is_dir():
        found += [(path.name.removesuffix(".jsonl"), path) for path in sorted(folder.glob("*.jsonl"))]
    return found


class Damaged(QingyangError):
    """A file of the corpus is not what its run wrote."""


WAY_OUT = "`qingyang run RAW OUTPUT` mends it"

NAMED = 3
"""So many damaged files are named in one sentence."""


def named(found: Mapping[str, str]) -> str:
    """Damaged files in a sentence, the first few by name.

    >>> named({"words.jsonl": "is gone"})
    'words.jsonl is gone'
    >>> named({f"ledger/{k}.jsonl": "was changed" for k in range(5)})
    'ledger/0.jsonl was changed, ledger/1.jsonl was changed, ledger/2.jsonl was changed and 2 more'
    """
    some = ", ".join(f"{name} {why}" for name, why in list(found.items())[:NAMED])
    return some + (f" and {len(found) - NAMED:,} more" if len(found) > NAMED else "")


Listener = Callable[[str], object]
"""Hears of a line that cannot be read, where the work goes on without it."""

KEYS = {"articles.zh-Hans": "id", "ledger": "source"}
"""What every line of a view has."""


def lines(path: Path, told: Listener | None = None) -> Iterator[dict[str, Any]]:
    """The objects of one JSON-lines file. A line that holds none is left out where ``told`` is there to hear of it.

    Raises Damaged where nobody hears.
    """
    key = KEYS.get(path.stem) or KEYS.get(path.parent.name)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                one, why = orjson.loads(line), f"is no object with {key!r}" if key else "is no object"
            except ValueError as error:
                one, why = None, f"is no JSON ({str(error).partition(': line')[0]})"
            if isinstance(one, dict) and (key is None or key in one):
                yield one
                continue
            what = f"{path}: line {number} {why}; the file was changed since its run, {WAY_OUT}"
            if told is None:
                raise Damaged(what)
            told(what)


def rows(output: Path, stem: str, told: Listener | None = None) -> Iterator[dict[str, Any]]:
    """Every object of ``stem``, over all its shards; as in :func:`lines`."""
    for _, path in shards(output, stem):
        yield from lines(path, told)


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
