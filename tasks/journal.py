"""The last attempt at a run, so that what failed at night is seen in the morning."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tasks import lock, write

FILE = "attempt.json"


@contextmanager
def keep(state: Path, tell: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Write down that a run began, and how it ended; one that was killed has no end. ``tell`` passes the news on."""
    about: dict[str, Any] = {"began": _now(), "process": os.getpid(), "host": platform.node(), "state": "running", "error": None}
    write.replace(state / FILE, orjson.dumps(about))
    tell()
    try:
        yield
    except BaseException as error:
        told = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else "stopped from outside"
        with contextlib.suppress(OSError):  # the disk may be what failed
            write.replace(state / FILE, orjson.dumps({**about, "ended": _now(), "state": "failed", "error": told[:2000]}))
            tell()
        raise
    write.replace(state / FILE, orjson.dumps({**about, "ended": _now(), "state": "finished"}))
    tell()


def last(state: Path, alive: bool | None = None) -> dict[str, Any] | None:
    """The last attempt; its state is running, finished, failed or killed. None when there was none.

    ``alive`` says whether a run is at work, where the lock of the folder does not know.
    """
    try:
        about: dict[str, Any] = orjson.loads((state / FILE).read_bytes())
    except (OSError, ValueError):
        return None
    if about["state"] == "running" and not (lock.held(state) if alive is None else alive):
        about["state"] = "killed"
    return about


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
