"""One run at a time in one output folder: a lock that a dead process cannot hold."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qingyang.records import SettingError


@contextmanager
def hold(state: Path, waiting: Callable[[str], object] = lambda _: None) -> Iterator[None]:
    """Hold the lock of an output folder; while another run holds it, wait, and say once whom for.

    The kernel frees the lock when its holder ends, however it ends. Raises SettingError where the folder's file system
    has no locks.
    """
    state.mkdir(parents=True, exist_ok=True)
    handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    holder = os.pread(handle, 100, 0).decode("utf-8", "replace").strip() or "another run"
                    waiting(f"{holder} is at work in {state.parent}; waiting for it to end")
                    told = True
                time.sleep(0.2)
            except OSError as error:
                raise SettingError(f"{state.parent}: cannot be locked ({error.strerror}); use a folder on a local disk") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {os.uname().nodename}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def held(state: Path) -> bool:
    """Whether a run is at work in the output folder at this moment."""
    try:
        handle = os.open(state / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
