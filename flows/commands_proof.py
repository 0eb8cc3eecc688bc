"""``qingyang proof``, ``explain`` and ``collate``: looking at a corpus that is there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from qingyang.records import SettingError

_output = click.argument("output", type=click.Path(path_type=Path))


@click.command()
@_output
def proof(output: Path) -> int:
    """Write the visual proof of OUTPUT: the raw page beside its articles."""
    from tasks.proof import write_proof

    click.echo(write_proof(output))
    return 0


@click.command()
@_output
@click.argument("record")
def explain(output: Path, record: str) -> int:
    """Say why RECORD (its id, or the beginning of one) of OUTPUT is as it is: where each part stood, what changed, what was decided."""
    from qingyang.explain import explain as tell
    from tasks import output as shelf

    shelf.require(output)
    found = {r["id"]: r for r in shelf.rows(output, "articles.zh-Hans") if r["id"].startswith(record)}
    for each in shelf.rows(output, "quarantine"):
        if each.get("record", {}).get("id", "").startswith(record):
            found[each["record"]["id"]] = each["record"]
    if len(found) != 1:
        what = "no record" if not found else f"{len(found)} records, {', '.join(sorted(found)[:3])} …,"
        raise SettingError(f"{output}: {what} with an id that begins with {record}; ids stand first in every line of articles.zh-Hans")
    (one,) = found.values()
    sources = {part["source"] for part in one["parts"]}
    entries = [entry for entry in shelf.rows(output, "ledger") if entry["source"] in sources]
    click.echo(tell(one, entries, width=min(100, shutil.get_terminal_size().columns), color=sys.stdout.isatty()))
    return 0


@click.command()
@_output
@click.argument("witnesses", nargs=-1, type=click.Path(path_type=Path))
@click.option("--witness", "more", multiple=True, type=click.Path(path_type=Path), help="A reference copy, or a folder of them.")
@click.option("--emend", is_flag=True, help="Also write an emended copy of the corpus; the corpus itself stays as it is.")
def collate(output: Path, witnesses: tuple[Path, ...], more: tuple[Path, ...], emend: bool) -> int:
    """Compare the corpus in OUTPUT with reference copies (files or folders): an apparatus of variants."""
    from tasks.collate import collate as compare

    witnesses = more + witnesses
    missing = [w for w in witnesses if not w.exists()]
    if missing:
        raise SettingError(f"{missing[0]}: no such file or folder; name the reference copies")
    click.echo(compare(output, list(witnesses), emend))
    return 0
