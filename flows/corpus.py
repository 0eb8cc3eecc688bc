"""The flow: brings an output folder in step with its raw folder, one task per batch of groups.

Order and concurrency stand here; the work is done by ``tasks`` and the text is understood by ``qingyang``.
"""

# Annotations stay real: Prefect reads them when a worker loads this file by its path.
import errno
import os
import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import Field

from flows import summary
from flows.server import PROOF
from qingyang.records import SourceError
from qingyang.settings import Settings
from tasks import corpus, journal, remote, working
from tasks.workers import Workers, workers_for

ROUNDS = 3
"""A source that changes while it is read is read again; after three times it waits for the next run."""

MOST_TASKS = 300
"""Prefect loses task runs when thousands end at once; 500 is safe, and a run has a few more than these."""

MOST_THREADS = 32


class Hooks:
    """What a caller in this process wants to hear while the flow runs; a deployment has none."""

    total: Callable[[int], object] = staticmethod(lambda _: None)
    progress: Callable[[int], object] = staticmethod(lambda _: None)
    waiting: Callable[[str], object] = staticmethod(lambda _: None)


def _of_the_machine(task: Any, run: Any, state: Any) -> bool:
    """Try again after a failing disk or network, never after an error of logic, and not when the disk is full."""
    try:
        state.result()
    except OSError as error:
        return error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
    except Exception:
        return False
    return False


ONCE_MORE: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "retries": 1,
    "retry_delay_seconds": 2,
    "retry_condition_fn": _of_the_machine,
}


@task(name="survey", **ONCE_MORE)
def survey(raw: str, output: str, settings: Settings, workers: Workers, force: bool, unsteady: Sequence[str]) -> corpus.Plan:
    """Look at every source once and find what must be done."""
    plan = corpus.survey(remote.place(raw), Path(output), settings, workers, force, unsteady)
    assert plan is not None
    return plan


@task(name="make", task_run_name="make {names}", **ONCE_MORE)
def make(names: str, held: Callable[[], tuple[corpus.Plan, Workers, Sequence[str]]]) -> list[str]:
    """Make a few groups of shards; returns the sources that changed meanwhile."""
    plan, workers, groups = held()
    return [name for group in groups for name in corpus.make_group(plan, group, workers, Hooks.progress)]


@task(name="finish", **ONCE_MORE)
def finish(held: Callable[[], tuple[corpus.Plan, Workers]], run: dict[str, Any]) -> dict[str, int]:
    """Write what belongs to the whole corpus, remove what belongs to no source any more."""
    plan, workers = held()
    return corpus.finish(plan, run, workers)


@task(name="publish", **ONCE_MORE)
def _publish(held: Callable[[], working.Copy]) -> None:
    """Put what changed below the URL of the output."""
    held().publish()


def publish(held: working.Copy) -> None:
    if held.url is not None:
        _publish(lambda: held)


@flow(name="pull-proofs", task_runner=ThreadPoolTaskRunner(max_workers=MOST_THREADS), retries=0, persist_result=False)
def pull_proofs(
    raw: Annotated[str, Field(description="Folder with the pages, or its URL", min_length=1)] = "raw",
    output: Annotated[str, Field(description="Folder of the corpus, or its URL", min_length=1)] = "output",
    settings: Annotated[dict[str, Any] | None, Field(description="Settings as in qingyang.toml; empty means the defaults")] = None,
    workers: Annotated[int, Field(description="Processes; 0 means one per processor", ge=0, le=1024)] = 0,
    force: Annotated[bool, Field(description="Make everything again")] = False,
    dask: Annotated[str | None, Field(description="Address of a Dask scheduler whose workers do the work")] = None,
) -> dict[str, Any]:
    """Clean what is new or changed under ``raw``, check it, and leave ``output`` as a run from nothing would."""
    started = time.time()
    log = get_run_logger()
    chosen = Settings.from_mapping(settings or {})
    there = remote.place(output)
    corpus.check_places(remote.place(raw), there)
    corpus.check_rules(chosen)
    count = workers or os.cpu_count() or 1
    with (
        working.hold(there, Hooks.waiting) as held,
        journal.keep(held.state, held.tell),
        corpus.workplace(held.state),
        workers_for(count, dask) as pool,
    ):
        here = str(held.folder)
        plan = survey(raw, here, chosen, pool, force, [])
        log.info("%s sources, %s shards, %s to make", len(plan.seen), len(plan.shards), len(plan.pending))
        changed = _make_all(plan, pool)
        for round in range(2, ROUNDS + 1):
            if not changed:
                break
            log.warning("round %s: %s sources changed while they were read, %s first", round, len(changed), changed[0])
            plan = survey(raw, here, chosen, pool, False, changed if round == ROUNDS else [])
            changed = _make_all(plan, pool)
        if changed:
            raise SourceError(f"{changed[0]}: keeps changing; run again when the raw folder is quiet")
        done = corpus.last(plan.output) if corpus.is_current(plan) else None
        run = _run(started, pool.count)
        totals = done["totals"] if done else finish(lambda: (plan, pool), run)
        publish(held)
        report = summary.of(plan, totals, run["seconds"], there)
        create_markdown_artifact(summary.markdown(report), key="summary", description="What came in and what went out")
        lies = (there.absolute() / "proof" / "index.html").as_uri() if isinstance(there, Path) else f"{there}/proof/index.html"
        create_link_artifact(os.environ.get(PROOF, lies), key="proof", description="The visual proof")
        return report


def _make_all(plan: corpus.Plan, pool: Workers) -> list[str]:
    """One task per batch of groups, all submitted at once; the pool decides how many work."""
    groups = list(plan.groups)
    pending = set(plan.pending)
    todo = [plan.shards[key] for group in groups for key in plan.groups[group] if key in pending]
    sources = sum(len(s.copies) + len(s.unreadable) + sum(map(len, s.issues)) for s in todo)
    Hooks.total(sources)
    if sum(s.size for s in todo) <= corpus.WORTH_WORKERS and not pool.started:
        pool = Workers(1)  # less work than starting a process
    size = -(-len(groups) // MOST_TASKS) if groups else 1
    futures = []
    for k in range(0, len(groups), size):
        some = groups[k : k + size]
        name = some[0] if len(some) == 1 else f"{some[0]} … {some[-1]}"
        futures.append(make.submit(name, lambda some=some: (plan, pool, some)))
    return [name for future in futures for name in future.result()]


def _run(started: float, workers: int) -> dict[str, Any]:
    """What belongs to the run and to nothing it made."""
    return {
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 2),
        "host": platform.node(),
        "platform": platform.platform(),
        "workers": workers,
        "versions": {name: version(name) for name in ("great-expectations", "pandas", "prefect")},
    }
