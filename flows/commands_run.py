"""``qingyang run`` and ``qingyang status``."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import click

from flows import summary
from qingyang.records import QingyangError, SettingError
from qingyang.settings import Settings
from tasks.remote import Remote, place

LEAST_ROOM = 4_000_000
"""Bytes; the log of Prefect's database alone takes as much."""


class Place(click.ParamType):
    """A folder, or the URL of one."""

    name = "folder or URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | Remote:
        return place(value) if isinstance(value, str) else value


def warn(text: str) -> None:
    """Tell the user something that does not end the command."""
    click.echo(f"qingyang: {text}", err=True)


def read_settings(raw: Path | Remote, config: Path | None, given: dict[str, Any]) -> Settings:
    """Defaults, then ``qingyang.toml`` (the one named, or the one beside the raw folder), then the command line."""
    table: dict[str, Any] = {}
    beside = raw.absolute().parent if isinstance(raw, Path) else None
    file = config if config is not None else (beside or Path()) / "qingyang.toml"
    if config is not None or (beside is not None and file.is_file()):
        try:
            with open(file, "rb") as opened:
                table = tomllib.load(opened)
        except OSError as error:
            raise SettingError(f"{file}: cannot be read ({error.strerror})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingError(f"{file}: is no TOML: {error}") from None
        if "user_dict" in table:
            table["user_words"] = _lines(file.parent / str(table.pop("user_dict")))
        if isinstance(table.get("rules"), str | list):
            files = [table["rules"]] if isinstance(table["rules"], str) else table["rules"]
            table["rules"] = [_rules(file.parent / str(each)) for each in files]
    try:
        return Settings.from_mapping({**table, **given})
    except SettingError as error:
        # what the file calls user_dict is a path; the settings hold its words
        told = str(error).replace("user_words", "user_dict")
        raise SettingError(f"{file}: {told}" if table else told) from None


def _rules(file: Path) -> tuple[str, str]:
    """A table of the user's own rules: its name in messages, and its text."""
    try:
        return file.name, file.read_text("utf-8-sig")
    except OSError as error:
        raise SettingError(f"{file}: the rule table cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise SettingError(f"{file}: the rule table is not UTF-8 at byte {error.start}") from None


def _lines(file: Path) -> list[str]:
    try:
        return [each for each in file.read_text("utf-8-sig").splitlines() if each.strip()]
    except OSError as error:
        raise SettingError(f"{file}: the user dictionary cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise SettingError(f"{file}: the user dictionary is not UTF-8 at byte {error.start}") from None


@click.command()
@click.argument("raw", type=Place())
@click.argument("output", type=Place())
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; default: one per processor.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings; default: qingyang.toml beside RAW.")
@click.option("--variants", help="Traditional variants, with commas; 'none' for none.  [zh-Hant,zh-Hant-TW,zh-Hant-HK]")
@click.option("--engine", help="Word engine: rjieba or jieba.")
@click.option("--user-dict", type=click.Path(path_type=Path), help="User dictionary: word [frequency] [part of speech].")
@click.option("--pos", is_flag=True, default=None, help="Add parts of speech to the words.")
@click.option("--encoding", help="Encoding of every source; default: found out one by one.")
@click.option("--pattern", help="Template of the paths below RAW, like {publication}/{date}_{page}.txt")
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A table of rules of your own; ids begin with char., jump., furniture., …",
)
@click.option("--proof/--no-proof", default=None, help="Write the visual proof, or leave it to `qingyang proof`.")
@click.option("--dask", metavar="ADDRESS", help="Let the workers of this Dask scheduler do it: tcp://host:8786")
@click.option("--force", is_flag=True, help="Make everything again.")
def run(
    raw: Path | Remote,
    output: Path | Remote,
    workers: int | None,
    config: Path | None,
    variants: str | None,
    engine: str | None,
    user_dict: Path | None,
    pos: bool | None,
    encoding: str | None,
    pattern: str | None,
    rules: tuple[Path, ...],
    proof: bool | None,
    dask: str | None,
    force: bool,
) -> int:
    """Bring OUTPUT in step with the pages in RAW: clean, check and write what is new, changed or gone."""
    given: dict[str, Any] = {"engine": engine, "pos": pos, "encoding": encoding, "pattern": pattern, "proof": proof}
    given = {name: value for name, value in given.items() if value is not None}
    if variants is not None:
        given["variants"] = [] if variants.strip() in ("", "none") else [v.strip() for v in variants.split(",")]
    if user_dict is not None:
        given["user_words"] = _lines(user_dict)
    if rules:
        given["rules"] = [_rules(file) for file in rules]
    settings = read_settings(raw, config, given)
    from tasks import corpus

    corpus.check_places(raw, output)
    corpus.check_rules(settings)
    if dask is not None:
        from tasks.workers import Cluster

        with Cluster(dask):
            pass  # it answers
    report = None if force else nothing_to_do(raw, output, settings)
    if report is None:
        report = pull(raw, output, settings, workers or os.cpu_count() or 1, force, dask)
    click.echo(summary.text(report), err=True)
    return 1 if summary.quarantined(report) else 0


def nothing_to_do(raw: Path | Remote, output: Path | Remote, settings: Settings) -> dict[str, Any] | None:
    """The last run's figures when nothing has changed since; then nothing is started or written."""
    from tasks import corpus, working

    if isinstance(output, Remote) and not working.in_step(output):
        return None
    folder = working.working_copy(output)
    plan = corpus.survey(raw, folder, settings, None)
    if plan is None or not corpus.is_current(plan):
        return None
    return summary.of(plan, corpus.last(folder)["totals"], 0.0, output)


def pull(
    raw: Path | Remote, output: Path | Remote, settings: Settings, workers: int, force: bool, dask: str | None = None
) -> dict[str, Any]:
    """Run the flow with a Prefect server of our own (or the one that ``PREFECT_API_URL`` names)."""
    from contextlib import nullcontext

    from flows.server import Server
    from tasks import corpus
    from tasks.manifest import STATE
    from tasks.quiet import hush, import_great_expectations
    from tasks.workers import Workers
    from tasks.working import working_copy

    folder = working_copy(output).absolute()
    state = folder / STATE
    state.mkdir(parents=True, exist_ok=True)
    hush(state)
    much = dask is None and corpus.awaiting(raw, folder, settings, force) > corpus.WORTH_WORKERS
    with Workers(workers if much else 1) as early, nullcontext() if os.environ.get("PREFECT_API_URL") else Server(state) as server:
        # All of this in the time that the server needs to start.
        early.prepare()
        import_great_expectations()
        from tqdm import tqdm

        from flows import corpus as flow

        with tqdm(total=0, unit=" pages", disable=not sys.stderr.isatty(), leave=False) as bar:
            flow.Hooks.total = lambda n: (setattr(bar, "total", bar.n + n), bar.refresh())
            flow.Hooks.progress = bar.update
            flow.Hooks.waiting = warn
            if server is not None:
                server.ready()
            try:
                report: dict[str, Any] = flow.pull_proofs(str(raw), str(output), settings.as_dict(), workers, force, dask)
            except Exception as error:
                raise cause(error, folder) from error
    return report


def cause(error: Exception, output: Path) -> Exception:
    """What went wrong, where Prefect reports only that it could not write it down: a full disk hits its database too."""
    told: BaseException | None = error
    while told is not None:
        if isinstance(told, (OSError, QingyangError)) and not isinstance(told, ConnectionError):
            return told
        told = told.__cause__ or told.__context__
    if shutil.disk_usage(output).free < LEAST_ROOM:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(output))
    return error


@click.command()
@click.argument("output", type=Place())
def status(output: Path | Remote) -> int:
    """Say how the last run of OUTPUT went, what the corpus holds, and whether its files are still those of the run.

    Exits with 0, 1 when something is in quarantine, 3 when the last run failed or a file was changed or is gone since.
    """
    from tasks import corpus, intact, journal, working
    from tasks.remote import STATE

    with working.at_hand(output, (f"{STATE}/attempt.json", f"{STATE}/finished.json", "manifest.json")) as folder:
        attempt = journal.last(folder / STATE, working.alive(output) if isinstance(output, Remote) else None)
        kept = corpus.told(folder)
        if kept is None and attempt is None:
            what = "no finished run here" if folder.is_dir() else "no finished run: there is no such folder"
            raise SettingError(f"{output}: {what}; make a corpus with: qingyang run RAW {output}")
        damaged: dict[str, str] = {}
        if attempt is None or attempt["state"] == "finished":  # else the files are those of a run that has not ended
            damaged = intact.changed_there(output) if isinstance(output, Remote) else intact.changed(folder)
    click.echo(summary.status(output, attempt, kept, damaged))
    if damaged or (attempt is not None and attempt["state"] in ("failed", "killed")):
        return 3
    return 1 if kept is not None and summary.quarantined(kept["totals"]) else 0
