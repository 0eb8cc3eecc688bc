"""``qingyang clean`` and ``qingyang restore``: without Prefect, without checks, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows.commands_run import Place, warn
from flows.summary import many
from qingyang.records import SettingError, SourceError
from tasks.remote import Remote


@click.command()
@click.argument("file")
@click.option("--encoding", help="Encoding of the page; default: found out.")
def clean(file: str, encoding: str | None) -> int:
    """Print the records of one page (FILE, or - for standard input) as JSON lines."""
    import orjson

    import qingyang
    from qingyang.settings import Settings

    Settings(encoding=encoding)
    if file == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            raise SettingError(f"{file}: cannot be read ({error.strerror})") from None
    try:
        records = qingyang.clean(data, name=file, encoding=encoding)
    except SourceError as error:
        click.echo(f"qingyang: {error}", err=True)
        return 1
    for record in records:
        sys.stdout.buffer.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
    if not records:
        click.echo(f"qingyang: {file}: nothing on it reads as an article; `qingyang run` writes which rule took what", err=True)
    return 0


@click.command()
@click.argument("output", type=Place())
@click.argument("dest", type=Place())
def restore(output: Path | Remote, dest: Path | Remote) -> int:
    """Write every source of the corpus OUTPUT below the folder DEST, byte for byte as it was read.

    Exits with 1 when one of them cannot be given back.
    """
    from tasks import intact, working
    from tasks.restore import restore as give_back

    wanted = ("articles.zh-Hans", "ledger/", "quarantine.jsonl", "manifest.json")
    with working.at_hand(output, wanted) as corpus, working.put_below(dest) as folder, intact.blamed(corpus, output, wanted):
        count, failures = give_back(corpus, folder, warn)
    for failure in failures:
        click.echo(f"qingyang: {failure}", err=True)
    click.echo(f"{many(count, 'source')} restored to {dest}/", err=True)
    return 1 if failures else 0
