"""Printed issues as files: what real tools made of composed pages (:mod:`bench.quality.press`), kept because few have the tools."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.quality.compose import Issue

FOLDER = Path(__file__).resolve().parent / "printed"
KINDS = ("pdftotext", "tesseract", "scans", "scans+blocks")


def pack(issues: Sequence[Issue], path: Path) -> None:
    """The same bytes for the same issues."""
    text = json.dumps([asdict(i) for i in issues], ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def unpack(kind: str) -> list[Issue]:
    """The issues that the gate keeps of one tool."""
    return [Issue(**i) for i in json.loads(gzip.decompress((FOLDER / f"{kind}.json.gz").read_bytes()))]
