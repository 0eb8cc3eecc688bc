"""``qingyang serve`` and ``qingyang watch``: the corpus kept in step for years, by the clock or as pages arrive.

Both bring up one Prefect server of their own, its pages in the browser included, on loopback only; both end cleanly on Ctrl-C and
SIGTERM and leave no process behind. Runs never overlap: a second one waits for the first.
"""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from flows import summary
from flows.commands_run import Place, nothing_to_do, read_settings
from qingyang.records import QingyangError, SettingError
from qingyang.settings import Settings
from tasks.remote import Remote

_raw = click.argument("raw", type=Place())
_output = click.argument("output", type=Place())
_workers = click.option("--workers", type=click.IntRange(1, 1024), help="Processes; default: one per processor.")
_config = click.option("--config", type=click.Path(path_type=Path), help="Settings; default: qingyang.toml beside RAW.")
_port = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the Prefect pages; default: a free one.")


@click.command()
@_raw
@_output
@click.option("--cron", required=True, help="When to run, as in crontab: '0 6 * * *'.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="Of the schedule.")
@_workers
@_config
@_port
def serve(raw: Path | Remote, output: Path | Remote, cron: str, timezone: str, workers: int | None, config: Path | None, port: int) -> int:
    """Bring OUTPUT in step with RAW by the clock, until stopped."""
    settings = _checked(raw, output, config)
    _check_schedule(cron, timezone)
    with _server(output, port):
        from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
        from prefect.flows import EntrypointType
        from prefect.runner import Runner
        from prefect.schedules import Cron

        from flows.corpus import pull_proofs

        class Stoppable(Runner):
            """Ends the run that is under way when it is stopped itself; Prefect's own leaves it alone, without a server."""

            async def until_stopped(self) -> None:
                loop, task = asyncio.get_running_loop(), asyncio.current_task()
                assert task is not None
                self.cancel = functools.partial(loop.call_soon_threadsafe, task.cancel)
                await self.start()

            def handle_sigterm(self, *_: Any, **__: Any) -> None:
                self.cancel()

            async def __aexit__(self, *error: Any) -> None:
                _end_runs()
                await super().__aexit__(*error)

        click.echo(f"qingyang: runs at {cron} ({timezone}); Ctrl-C ends", err=True)
        name = f"daily {output.absolute().name}"
        runner = Stoppable(name=name, limit=1)
        runner.add_flow(
            pull_proofs,
            name=name,
            schedule=Cron(cron, timezone=timezone),
            parameters=_parameters(raw, output, settings, workers),
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        with suppress(asyncio.CancelledError):  # by SIGTERM; Ctrl-C comes as KeyboardInterrupt
            asyncio.run(runner.until_stopped())
    return 0


GRACE = 10.0
"""Seconds that a run has to tell Prefect that it ends; it may be killed at any moment."""


def _end_runs() -> None:
    """End the processes in which the scheduler has runs."""
    runs = multiprocessing.active_children()
    for run in runs:
        run.terminate()
    patience = time.monotonic() + GRACE
    for run in runs:
        run.join(max(0.0, patience - time.monotonic()))
        if run.exitcode is None:
            run.kill()
            run.join()


@click.command()
@_raw
@_output
@click.option("--settle", default=5.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds without a change before a run.")
@click.option("--every", default=2.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds between two looks at RAW.")
@_workers
@_config
@_port
def watch(
    raw: Path | Remote, output: Path | Remote, settle: float, every: float, workers: int | None, config: Path | None, port: int
) -> int:
    """Bring OUTPUT in step with RAW whenever pages arrive, change or go, until stopped."""
    settings = _checked(raw, output, config)
    with _server(output, port):
        click.echo(f"qingyang: watches {raw}/; Ctrl-C ends", err=True)
        for _ in _settled(raw, output, settle, every):
            if not _current(raw, output, settings):
                _run(raw, output, settings, workers)
    return 0


def _current(raw: Path | Remote, output: Path | Remote, settings: Settings) -> bool:
    """Nothing is to be done; where that cannot be told, a run will find out."""
    try:
        return nothing_to_do(raw, output, settings) is not None
    except (OSError, QingyangError):
        return False


def _run(raw: Path | Remote, output: Path | Remote, settings: Settings, workers: int | None) -> None:
    """One run; a failed one is told and does not end the watch."""
    from flows.cli import explain
    from flows.corpus import pull_proofs

    try:
        report = pull_proofs(**_parameters(raw, output, settings, workers))
    except Exception as error:
        click.echo(f"qingyang: the run failed: {explain(error)}", err=True)
    else:
        click.echo(summary.text(report), err=True)


def _settled(raw: Path | Remote, output: Path | Remote, settle: float, every: float) -> Iterator[None]:
    """Once at the start, then whenever RAW has changed and has been still for ``settle`` seconds.

    A file that is still being copied changes from look to look, and so is waited for.
    """
    from tasks import read
    from tasks.working import working_copy

    told, seen, since = None, None, 0.0
    while True:
        try:
            now = read.walk(raw, leave_out=working_copy(output))[0]
        except (SettingError, OSError) as error:
            click.echo(f"qingyang: {error}", err=True)
            now = []
        if now != seen:
            seen, since = now, time.monotonic()
        still = told is None or time.monotonic() - since >= settle
        if seen != told and still:
            told = seen
            yield
        else:
            time.sleep(every)


def _checked(raw: Path | Remote, output: Path | Remote, config: Path | None) -> Settings:
    """The settings; whatever is wrong is told before anything is started."""
    from tasks import corpus

    settings = read_settings(raw, config, {})
    corpus.check_places(raw, output)
    corpus.check_rules(settings)
    return settings


def _parameters(raw: Path | Remote, output: Path | Remote, settings: Settings, workers: int | None) -> dict[str, Any]:
    places = {"raw": str(raw.absolute()), "output": str(output.absolute())}
    return {**places, "settings": settings.as_dict(), "workers": workers or 0}


def _check_schedule(cron: str, timezone: str) -> None:
    from zoneinfo import ZoneInfo

    from cronsim import CronSim, CronSimError

    try:
        import datetime

        next(CronSim(cron, datetime.datetime(2020, 1, 1)))
    except (CronSimError, StopIteration):
        raise SettingError(f"--cron {cron!r}: is no schedule; write minute hour day month weekday, like '0 6 * * *'") from None
    try:
        ZoneInfo(timezone)
    except (OSError, ValueError, KeyError):
        raise SettingError(f"--timezone {timezone!r}: is not known; write it like Asia/Shanghai") from None


@contextmanager
def _server(output: Path | Remote, port: int) -> Iterator[None]:
    """A lasting server, or the one that ``PREFECT_API_URL`` names; SIGTERM ends like Ctrl-C."""
    from flows.server import PROOF, Server
    from tasks.manifest import STATE
    from tasks.quiet import hush, import_great_expectations
    from tasks.working import working_copy

    state = working_copy(output).absolute() / STATE
    state.mkdir(parents=True, exist_ok=True)
    hush(state)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    up = False
    try:
        if os.environ.get("PREFECT_API_URL"):
            up = True
            yield
        else:
            with Server(state, lasting=True, port=port) as server:
                import_great_expectations()
                server.ready()
                click.echo(f"qingyang: Prefect at {server.url.removesuffix('/api')}, the proof at {os.environ[PROOF]}", err=True)
                up = True
                yield
    except KeyboardInterrupt:
        if not up:
            # ended while the server was still starting: there is no body to run
            click.echo("qingyang: stopped", err=True)
            raise SystemExit(0) from None
    click.echo("qingyang: stopped", err=True)
