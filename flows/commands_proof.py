"""``qingyang proof``, ``explain`` and ``collate``: looking at a corpus that is there."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from flows.commands_run import Place, warn
from flows.summary import many
from qingyang.records import SettingError
from tasks.remote import Remote

_output = click.argument("output", type=Place())


@click.command()
@_output
def proof(output: Path | Remote) -> int:
    """Write the visual proof of OUTPUT: the raw page beside its articles."""
    from tasks import corpus

    with _held(output) as folder:
        written = corpus.renew_proof(folder)
    click.echo(f"{output}/{written.relative_to(folder).as_posix()}")
    return 0


@contextmanager
def _held(output: Path | Remote) -> Iterator[Path]:
    """The output as a folder that no run changes meanwhile; what is changed in it is published."""
    from tasks import intact, working
    from tasks import output as shelf

    if isinstance(output, Path):
        shelf.require(output)
    with working.hold(output, warn) as held:
        shelf.require(held.folder)
        with intact.blamed(held.folder, output):
            yield held.folder
        held.publish()


@click.command()
@_output
@click.argument("record")
def explain(output: Path | Remote, record: str) -> int:
    """Say why RECORD (its id, or the beginning of one) of OUTPUT is as it is: where each part stood, what changed, what was decided."""
    from qingyang.explain import explain as tell
    from qingyang.explain import reasons
    from tasks import intact, working
    from tasks import output as shelf

    wanted = ("articles.zh-Hans", "quarantine.jsonl", "ledger/", "manifest.json")
    with working.at_hand(output, wanted) as folder:
        shelf.require(folder)
        broken: list[str] = []
        with intact.blamed(folder, output, wanted):
            one = _found(folder, record, output, broken)
            sources = {part["source"] for part in one["parts"]}
            entries = [entry for entry in shelf.rows(folder, "ledger", broken.append) if entry["source"] in sources]
            if lost := sorted(sources - {entry["source"] for entry in entries}):
                raise shelf.Damaged("; ".join([*broken, f"{output}: no line of ledger/ speaks of {lost[0]}; {shelf.WAY_OUT}"]))
            width, own = min(100, shutil.get_terminal_size().columns), reasons(shelf.rules(folder))
            said = tell(one, entries, width=width, color=sys.stdout.isatty(), own=own)
    for each in broken:
        warn(each)
    click.echo(said)
    return 0


def _found(folder: Path, record: str, shown: object, broken: list[str]) -> dict[str, Any]:
    """The record of that id, or the only one whose id begins so. Raises Damaged where it may have stood in what was changed since."""
    from tasks import intact
    from tasks import output as shelf

    found = {r["id"]: r for r in shelf.rows(folder, "articles.zh-Hans", broken.append) if r["id"].startswith(record)}
    for each in shelf.rows(folder, "quarantine", broken.append):
        if each.get("record", {}).get("id", "").startswith(record):
            found[each["record"]["id"]] = each["record"]
    if record in found:
        return found[record]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found and (lost := intact.changed(folder, ("articles.zh-Hans", "quarantine.jsonl"))):
        raise shelf.Damaged(
            f"{shown}: no record with an id that begins with {record}, but {shelf.named(lost)} since the run; {shelf.WAY_OUT}"
        )
    what = "no record" if not found else f"{len(found)} records, {', '.join(sorted(found)[:3])} …,"
    raise SettingError(f"{shown}: {what} with an id that begins with {record}; ids stand first in every line of articles.zh-Hans")


@click.command()
@_output
@click.argument("witnesses", nargs=-1, type=click.Path(path_type=Path))
@click.option("--witness", "more", multiple=True, type=click.Path(path_type=Path), help="A reference copy, or a folder of them.")
@click.option("--emend", is_flag=True, help="Also write an emended copy of the corpus; the corpus itself stays as it is.")
def collate(output: Path | Remote, witnesses: tuple[Path, ...], more: tuple[Path, ...], emend: bool) -> int:
    """Compare the corpus in OUTPUT with reference copies (files or folders): an apparatus of variants."""
    from tasks.collate import collate as compare

    witnesses = more + witnesses
    missing = [w for w in witnesses if not w.exists()]
    if missing:
        raise SettingError(f"{missing[0]}: no such file or folder; name the reference copies")
    with _held(output) as folder:
        written = compare(folder, list(witnesses), emend)
        found = _compared(folder)
    click.echo(found.format(output=output), err=True)
    click.echo(f"{output}/{written.relative_to(folder).as_posix()}")
    return 0


def _compared(folder: Path) -> str:
    """What a collation came to, and where to look; ``{output}`` stands for the corpus."""
    from tasks import output as shelf

    kinds = Counter(row["kind"] for row in shelf.lines(folder / "collation" / "apparatus.jsonl"))
    copied = {row["id"] for row in shelf.lines(folder / "collation" / "witnesses.jsonl")}
    records = sum(1 for _ in shelf.rows(folder, "articles.zh-Hans"))
    if not copied:
        return f"none of {many(records, 'record')} has a copy among the witnesses"
    what = ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common())
    said = many(kinds.total(), "variant") + (f" ({what})" if what else "")
    said += f"; {len(copied):,} of {many(records, 'record')} {'has' if len(copied) == 1 else 'have'} a copy"
    return said + ("; {output}/proof/index.html shows them" if what and (folder / "proof" / "index.html").is_file() else "")
