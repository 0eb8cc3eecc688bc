"""Puts files in their place: whole or not at all.

Everything is written beside its place under a temporary name, flushed to the disk and then renamed, so that no reader ever
sees half a file, whatever is killed when.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks import read

BLOCK = 1 << 20


def replace(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def put(temporary: Path, path: Path) -> None:
    """Move a finished file to its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, path)


def join(parts: Iterable[Path], path: Path) -> dict[str, Any]:
    """One file out of many, in one step; returns what :func:`vouch` returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    digest, size = hashlib.sha256(), 0
    try:
        with open(temporary, "wb") as out:
            for part in parts:
                with open(part, "rb") as file:
                    while block := file.read(BLOCK):
                        digest.update(block)
                        size += out.write(block)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return {"sha256": digest.hexdigest(), "size": size, "stamp": list(read.stamp(os.stat(path)))}


def checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def vouch(path: Path) -> dict[str, Any]:
    """Checksum, size and stamp of a file: what the state folder keeps about it."""
    return {"sha256": checksum(path), "size": path.stat().st_size, "stamp": list(read.stamp(os.stat(path)))}


def sweep(folder: Path) -> None:
    """Remove temporary files that a killed run left in ``folder`` (not below it)."""
    if folder.is_dir():
        for left in folder.glob(".*.tmp"):
            left.unlink(missing_ok=True)
