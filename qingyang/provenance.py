"""One string that changes whenever the same source could give another record.

It covers the code and rules of this package, the dictionaries and the versions of what they stand on. A task's cache
key hashes the task function only, so whoever keeps results keeps this beside them.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from qingyang import __version__

STANDS_ON = ("charset-normalizer", "jieba", "numpy", "opencc", "orjson", "rjieba")
"""Libraries whose version can change a record."""


def versions() -> dict[str, str]:
    """Name and version of this package, Python, its Unicode tables, and each library that can change a record."""
    out = {"qingyang": __version__, "python": f"{sys.version_info.major}.{sys.version_info.minor}", "unicode": unicodedata.unidata_version}
    for name in STANDS_ON:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "absent"
    return out


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits over code, rules, dictionaries and versions.

    >>> len(fingerprint())
    16
    """
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for name, data in contents("qingyang"):
        digest.update(f"\0{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def contents(package: str) -> list[tuple[str, bytes]]:
    """Name and bytes of every file of a package, in order of name; compiled and hidden files left out."""
    out: list[tuple[str, bytes]] = []

    def visit(folder: Traversable, prefix: str) -> None:
        for item in folder.iterdir():
            if item.name.startswith((".", "__pycache__")) or item.name.endswith((".pyc", ".tmp")):
                continue
            if item.is_dir():
                visit(item, f"{prefix}{item.name}/")
            else:
                out.append((prefix + item.name, item.read_bytes()))

    visit(files(package), f"{package}/")
    return sorted(out)
