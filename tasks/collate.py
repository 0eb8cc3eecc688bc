"""Reference copies from disk, the apparatus into ``output/collation/``; on demand an emended copy of the corpus beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qingyang.collate import Witnesses, apparatus, find_witnesses, read_witness
from qingyang.collate import emend as emend_record
from qingyang.collate import witnesses as index
from qingyang.records import SettingError
from tasks import output as shelf


def collate(output: Path, witnesses: list[Path], emend: bool = False) -> Path:
    """Write ``collation/apparatus.jsonl``: one variant a line, in the order of the corpus. Returns its path.

    ``collation/witnesses.jsonl`` names the copies found for each record. With ``emend``, ``emended/articles.zh-Hans.jsonl``
    holds the records with the witnesses' readings and ``emended/ledger.jsonl`` every emendation; the corpus stays as it is.
    Where there is a proof, it shows the variants from now on.
    """
    shelf.require(output)
    known = index(pair for path in _files(witnesses) for pair in read_witness(path.name, _text(path)))
    if not known.copies:
        raise SettingError("no witness: name at least one text or JSON-lines file")
    found: list[dict[str, Any]] = []
    emended: list[dict[str, Any]] = []
    ledger: list[dict[str, Any]] = []
    folder = output / "collation"

    def rows() -> Iterator[dict[str, Any]]:
        for record in shelf.rows(output, "articles.zh-Hans"):
            variants = list(_variants(record, known, found))
            if emend:
                copy, entries = emend_record(record, variants)  # type: ignore[arg-type]
                emended.append(dict(copy))
                ledger.extend(entry._asdict() for entry in entries)
            for variant in variants:
                yield variant._asdict()

    shelf.replace_lines(folder / "apparatus.jsonl", rows())
    shelf.replace_lines(folder / "witnesses.jsonl", found)
    if emend:
        shelf.replace_lines(output / "emended" / "ledger.jsonl", ledger)
        shelf.replace_lines(output / "emended" / "articles.zh-Hans.jsonl", emended)
    if (output / "proof" / "index.html").is_file():
        from tasks.corpus import renew_proof

        renew_proof(output)
    return folder / "apparatus.jsonl"


def _variants(record: dict[str, Any], known: Witnesses, found: list[dict[str, Any]]) -> Iterator[Any]:
    for witness in find_witnesses(record, known):
        variants = apparatus(record, witness)
        found.append({"id": record["id"], "witness": witness.name, "variants": len(variants)})
        yield from variants


def _files(paths: list[Path]) -> list[Path]:
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            out += sorted(p for p in path.rglob("*") if p.suffix in {".txt", ".jsonl", ".ndjson", ".json"})
        elif path.is_file():
            out.append(path)
        else:
            raise SettingError(f"{path}: no such witness")
    return out


def _text(path: Path) -> str:
    try:
        from qingyang.decode import read
    except ImportError:
        return path.read_bytes().decode("utf-8-sig")
    return read(path.name, path.read_bytes()).text
