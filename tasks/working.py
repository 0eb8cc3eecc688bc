"""An output that has a URL is made in a working copy on this machine and published there.

A run brings the copy in step with what lies there, works in it as in any folder, and publishes what changed: the putting of an object
is atomic, ``manifest.json`` is put last, what belongs to no source any more goes after that. What lies there is the truth: whoever
damages it finds it mended after the next run.

One run at a time, here by the lock of the working copy, elsewhere by a lock object that is created on the condition that there
is none, and renewed while its holder lives, on the condition that nobody has taken it over; one that is not renewed for a minute
belongs to a dead run and is taken over. An output that is a path is its own working copy, and all of this does nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from qingyang.records import QingyangError, SettingError
from tasks import lock, write
from tasks.remote import STATE, Remote, stamp

OURS = ("articles.", "words", "ledger/", "checks/", "proof/", "quarantine.jsonl", "manifest.json", "collation/", "emended/", f"{STATE}/")
"""What lies below the URL of an output and is ours; the rest is left alone."""

HERE_ONLY = (f"{STATE}/prefect/", f"{STATE}/work/", f"{STATE}/lock", f"{STATE}/published.json", f"{STATE}/lease")

BEAT = 10.0
"""Seconds after which a lock object is renewed."""

PATIENCE = 60.0
"""Seconds without a renewal after which its holder is taken for dead."""


class Lost(QingyangError):
    """Another run holds the output now."""


def working_copy(output: Path | Remote) -> Path:
    """Where an output is made: the folder itself, or the working copy of a URL, below ``$QINGYANG_WORK`` or the user's cache."""
    if isinstance(output, Path):
        return output
    given = os.environ.get("QINGYANG_WORK")
    base = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qingyang" / "work"
    return base.absolute() / f"{output.name}-{hashlib.sha256(output.url.encode()).hexdigest()[:12]}"


@dataclass(slots=True)
class Copy:
    """An output that we hold: the folder to work in, and how it is told to the world."""

    folder: Path
    url: Remote | None = None
    lease: Lease | None = None
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of each file that lies there: its stamp there (``there``) and that of our copy (``here``) when they were the same."""

    @property
    def state(self) -> Path:
        return self.folder / STATE

    def tell(self) -> None:
        """Put the journal where ``qingyang status`` looks for it."""
        if self.url is not None:
            self.url.put_files(self.folder, [f"{STATE}/attempt.json"])

    def pull(self) -> None:
        """Bring the copy in step with what lies there; what was made here and never published stays."""
        if self.url is None:
            return
        self.known = _load(self.state)
        there = _there(self.url)
        for name in self.known.keys() - there.keys():
            (self.folder / name).unlink(missing_ok=True)
            del self.known[name]
        wanted = [name for name, at in there.items() if name not in self.known or self.known[name]["there"] != at]
        self.url.get_files(wanted, self.folder)
        for name in wanted:
            self.known[name] = {"there": there[name], "here": _stamp_here(self.folder / name)}
        self._save()

    def publish(self) -> None:
        """Put what changed, the manifest last, then remove what is gone. Raises Lost when the output is not ours any more."""
        if self.url is None:
            return
        here = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if name.startswith(OURS) and not name.startswith(HERE_ONLY) and not path.name.endswith((".tmp", ".part")) and path.is_file():
                here[name] = _stamp_here(path)
        changed = [name for name, at in here.items() if name not in self.known or self.known[name]["here"] != at]
        first = [name for name in changed if not name.startswith(f"{STATE}/") and name != "manifest.json"]
        state = [name for name in changed if name.startswith(f"{STATE}/")]
        last = [name for name in changed if name == "manifest.json"]
        for names in (first, state, last):
            if self.lease is not None:
                self.lease.check()
            self.url.put_files(self.folder, names)
        self.url.remove(sorted(self.known.keys() - here.keys()))
        there = _there(self.url) if changed else {}
        for name in changed:
            if name in there:
                self.known[name] = {"there": there[name], "here": here[name]}
        for name in self.known.keys() - here.keys():
            del self.known[name]
        self._save()

    def _save(self) -> None:
        write.replace(self.state / "published.json", orjson.dumps(self.known))


@contextmanager
def hold(output: Path | Remote, waiting: Callable[[str], object] = lambda _: None) -> Iterator[Copy]:
    """Hold an output, alone; while another run holds it, wait."""
    folder = working_copy(output)
    with lock.hold(folder / STATE, waiting):
        if isinstance(output, Path):
            yield Copy(folder)
            return
        with Lease(output, waiting) as lease:
            copy = Copy(folder, output, lease)
            copy.pull()
            yield copy


def in_step(output: Remote) -> bool:
    """The working copy is what lies there, as far as it is known; nothing is opened."""
    known = _load(working_copy(output) / STATE)
    ignored = f"{STATE}/attempt.json"
    there = {name: at for name, at in _there(output).items() if name != ignored}
    return there == {name: of["there"] for name, of in known.items() if name != ignored}


@contextmanager
def at_hand(output: Path | Remote, beginnings: Sequence[str] = OURS) -> Iterator[Path]:
    """The output as a folder to read in; of a URL, a copy of the files whose names so begin, which is gone afterwards."""
    if isinstance(output, Path):
        yield output
        return
    with tempfile.TemporaryDirectory(prefix="qingyang-") as folder:
        names = [name for name in _there(output) if name.startswith(tuple(beginnings))]
        output.get_files(names, Path(folder))
        yield Path(folder)


@contextmanager
def put_below(dest: Path | Remote) -> Iterator[Path]:
    """An empty folder; what is in it at the end lies below ``dest``. Raises SettingError when something lies there already."""
    if isinstance(dest, Path):
        yield dest
        return
    if dest.listing():
        raise SettingError(f"{dest}: is not empty; choose a new one")
    with tempfile.TemporaryDirectory(prefix="qingyang-") as folder:
        yield Path(folder)
        dest.put_files(Path(folder), [p.relative_to(folder).as_posix() for p in sorted(Path(folder).rglob("*")) if p.is_file()])


def _load(state: Path) -> dict[str, dict[str, Any]]:
    try:
        kept: dict[str, dict[str, Any]] = orjson.loads((state / "published.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return kept


def _there(output: Remote) -> dict[str, list[int]]:
    listing = output.listing()
    return {name: list(stamp(info)) for name, info in listing.items() if name.startswith(OURS) and not name.startswith(HERE_ONLY)}


def _stamp_here(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ino]


# ---------------------------------------------------------------- a lock that a dead process cannot hold


class Lease:
    """The lock object of an output: created where there is none, renewed while we live."""

    NAME = f"{STATE}/lease"

    def __init__(self, output: Remote, waiting: Callable[[str], object] = lambda _: None) -> None:
        self.output, self.waiting = output, waiting
        self.token = uuid4().hex
        self._tag = ""
        """Of the object as we wrote it last, where the store tells one."""
        self._end = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Lease:
        told, seen, since = False, b"", time.monotonic()
        while True:
            try:
                self._tag = self.output.put(self.NAME, self._text(0), new=True)
                break
            except FileExistsError:
                pass
            except OSError as error:
                if not self._exists():
                    raise SettingError(f"{self.output}: cannot be written to ({error}); check the address and your rights") from None
            now = self._read()
            if now != seen:
                seen, since = now, time.monotonic()
            if now and time.monotonic() - since >= PATIENCE and self._read() == now:
                self.output.remove([self.NAME])
                continue
            if now and not told:
                self.waiting(f"{_holder(now)} is at work in {self.output}; waiting for it to end")
                told = True
            time.sleep(min(1.0, PATIENCE / 10))
        if told:  # two may have found the same dead one
            time.sleep(min(2.0, PATIENCE / 5))
            if not self._ours():
                return self.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            if self._ours():
                self.output.remove([self.NAME])

    def check(self) -> None:
        """Raises Lost when another run has taken over, as one may that has not heard from us for a minute."""
        if self._lost or not self._ours():
            raise Lost(f"{self.output}: another run holds it now ({_holder(self._read())}); this one had no connection for too long")

    def _renew(self) -> None:
        beat, last = 0, _now()
        while not self._end.wait(min(BEAT, PATIENCE / 6)):
            beat += 1
            with contextlib.suppress(OSError):  # a network that comes back in time has cost nothing
                if _now() - last > 0.8 * PATIENCE or not self._ours():
                    self._lost = True
                    return
                try:
                    self._tag = self.output.put(self.NAME, self._text(beat), instead_of=self._tag)
                    last = _now()
                except FileExistsError:  # taken over this very moment; or the answer to our last renewal never came
                    self._tag = str(self.output.info(self.NAME).get("ETag") or "")

    def _text(self, beat: int) -> bytes:
        about = {"token": self.token, "process": os.getpid(), "host": platform.node(), "beat": beat, "at": time.time()}
        return orjson.dumps(about)

    def _read(self) -> bytes:
        try:
            return self.output.read(self.NAME)
        except FileNotFoundError:
            return b""

    def _exists(self) -> bool:
        try:
            return bool(self._read())
        except OSError:
            return False

    def _ours(self) -> bool:
        try:
            return bool(orjson.loads(self._read() or b"{}").get("token") == self.token)
        except ValueError:
            return False


def _now() -> float:
    """Seconds, those of a machine that sleeps included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def alive(output: Remote) -> bool:
    """Whether a run is at work there: its lock object was renewed lately, by its clock and ours."""
    try:
        return bool(abs(time.time() - orjson.loads(output.read(Lease.NAME))["at"]) < PATIENCE)
    except (OSError, ValueError, KeyError):
        return False


def _holder(text: bytes) -> str:
    try:
        about = orjson.loads(text)
        return f"process {about['process']} on {about['host']}"
    except (ValueError, KeyError, TypeError):
        return "another run"
