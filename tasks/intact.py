"""Whether the files of a corpus are still those that its run wrote: what a user, an editor or a disk changed since is named.

The state folder knows checksum and stamp of each file, so that only files with another stamp are read; where it is gone, the
manifest's checksums are compared with all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from qingyang.records import QingyangError
from tasks import manifest, read, write
from tasks.manifest import STATE
from tasks.output import WAY_OUT, Damaged, named
from tasks.remote import Remote


def changed(output: Path, beginnings: Sequence[str] = ("",)) -> dict[str, str]:
    """What is wrong with each file of the corpus that is not as its run wrote it, by the file's name; empty when all are.

    Only files whose names so begin are looked at.
    """
    asked = {name: kept for name, kept in listed(output).items() if name.startswith(tuple(beginnings))}
    return {name: why for name, kept in sorted(asked.items()) if (why := _wrong(output / name, kept))}


def changed_there(output: Remote) -> dict[str, str]:
    """The same for what lies below a URL, as far as a listing tells: what is gone, and what has another size."""
    found = output.listing()
    try:
        files: dict[str, dict[str, Any]] = orjson.loads(output.read("manifest.json"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {"manifest.json": "cannot be read"}
    gone = {name: "is gone" for name in files if name not in found}
    return gone | {name: "has another size" for name, of in files.items() if name in found and found[name]["size"] != of["size"]}


def listed(output: Path) -> dict[str, dict[str, Any]]:
    """Checksum and size of every file of the corpus by name, with its stamp where the state folder remembers it."""
    state = output / STATE
    try:
        files = dict(orjson.loads((state / "finished.json").read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return _by_manifest(output)
    for key, made in manifest.load_made(state).items():
        for view, kept in made.files.items():
            if kept["size"] and (view == "ledger" or (view.startswith(("articles.", "words")) and f"{view}.jsonl" not in files)):
                files[f"{view}/{key}.jsonl"] = kept
    for group in (state / "groups").glob("*.json"):
        try:
            files[f"checks/{group.name}"] = orjson.loads(group.read_bytes())
        except ValueError:
            continue
    return files


def _by_manifest(output: Path) -> dict[str, dict[str, Any]]:
    try:
        return dict(orjson.loads((output / "manifest.json").read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _wrong(path: Path, kept: Mapping[str, Any]) -> str:
    """What is wrong with a file; empty when nothing is. Its bytes are read only when its stamp is not known to be theirs."""
    try:
        now = os.stat(path)
        if list(read.stamp(now)) == kept.get("stamp"):
            return ""
        if now.st_size != kept["size"]:
            return f"has {now.st_size:,} bytes, not {kept['size']:,}"
        return "" if write.checksum(path) == kept["sha256"] else "was changed"
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


@contextmanager
def blamed(output: Path, shown: object, beginnings: Sequence[str] = ("",)) -> Iterator[None]:
    """Whatever breaks in here is blamed on damaged files where there are any among those in use; a defect of ours stays one.

    ``shown`` is what the user calls the corpus. Raises Damaged.
    """
    try:
        yield
    except (QingyangError, OSError):
        raise
    except Exception as error:
        if found := changed(output, beginnings):
            raise Damaged(f"{shown}: is damaged: {named(found)}; {WAY_OUT}") from error
        raise
