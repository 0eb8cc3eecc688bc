"""A Prefect server of our own: on loopback, started before anything heavy is imported, gone when we are gone.

The built-in ephemeral server starts late, blocks the flow meanwhile and survives a killed parent. This one starts in the
background while the modules import, listens on a socket that we opened (no port is guessed), and ends when its standard
input closes, which the kernel does for us however we end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from qingyang.records import QingyangError, SettingError
from tasks.quiet import hush

PATIENCE = 600.0
"""Seconds. A server that ends is noticed at once; one that is only slow, on a machine with ten times its work, took 106."""

PROOF = "QINGYANG_PROOF"
"""Environment: the address at which a lasting server shows the proof. A page that came by http may not open a ``file:`` link."""

# What a single run has no use for: nothing is scheduled, late, paused, triggered or leased in it, and no block is ever loaded. It
# saves a fifth of the start, and what looks every few seconds would cost CPU for as long as the run lasts.
IDLE = "SCHEDULER LATE_RUNS FOREMAN PAUSE_EXPIRATIONS CANCELLATION_CLEANUP CLEANUP_RECONCILER REPOSSESSOR TRIGGERS"
ONE_RUN = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE.split()} | {"PREFECT_API_BLOCKS_REGISTER_ON_START": "false"}


class ServerError(QingyangError):
    """Our Prefect server did not come up."""


class Server:
    """A server with its database in ``state``; with pages for the browser and all services when it is to last."""

    def __init__(self, state: Path, *, lasting: bool = False, port: int = 0) -> None:
        self.state = state
        self.home = state / "prefect"
        self.log = self.home / "server.log"
        self.lasting = lasting
        try:
            self._socket = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise SettingError(f"port {port}: cannot be used ({error.strerror}); choose another, or 0 for a free one") from None
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = False

    def __enter__(self) -> Self:
        """Start it; returns at once. ``PREFECT_API_URL`` names it from now on, so import Prefect only after this."""
        os.environ["PREFECT_HOME"] = str(self.home)
        hush(self.state)
        self.home.mkdir(parents=True, exist_ok=True)
        database = self.home / "prefect.db"
        self._fresh = not database.exists()
        if self._fresh:
            self._made_by.unlink(missing_ok=True)
        template = _template()
        if self._fresh and template is not None and template.exists():
            with contextlib.suppress(OSError):
                shutil.copyfile(template, f"{database}.tmp")
                os.replace(f"{database}.tmp", database)
                self._made_by.write_text(_versions())
                self._fresh = False
        environment = dict(os.environ, PREFECT_API_URL=self.url, PREFECT_UI_API_URL=self.url, PREFECT_SERVER_UI_API_URL=self.url)
        environment["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "WARNING"
        if not self.lasting:
            environment |= ONE_RUN | {"PREFECT_SERVER_UI_ENABLED": "false", "PREFECT_UI_ENABLED": "false"}
        folder = str(self.state.parent / "proof") if self.lasting else ""
        if self.lasting:
            os.environ[PROOF] = f"{self.url.removesuffix('/api')}/proof/index.html"
        if self._known():
            environment["PREFECT_API_DATABASE_MIGRATE_ON_START"] = "false"
        os.environ["PREFECT_API_URL"] = self.url
        with open(self.log, "wb") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "flows.server", str(self._socket.fileno()), folder],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=[self._socket.fileno()],
                start_new_session=True,
            )
        self._socket.close()
        return self

    def ready(self) -> None:
        """Wait until it answers. Raises ServerError with the end of its log when it does not."""
        assert self._child is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                if self._child.poll() is not None:
                    raise ServerError(f"the Prefect server ended while starting: {self._tail()}") from None
                time.sleep(0.05)
        else:
            raise ServerError(f"the Prefect server did not answer in {PATIENCE:.0f} seconds: {self._tail()}")
        if not self._known():
            self._made_by.write_text(_versions())
        if self._fresh:
            self._keep_template()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.environ.pop(PROOF, None)
        child = self._child
        if child is None:
            return
        if "prefect.logging.handlers" in sys.modules:
            from prefect.logging.handlers import APILogHandler

            APILogHandler().flush()
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdin is not None:
            child.stdin.close()

    @property
    def _made_by(self) -> Path:
        return self.home / "made-by"

    def _known(self) -> bool:
        """The database has every table of this very Prefect: looking for more would take a second."""
        try:
            return self._made_by.read_text() == _versions()
        except OSError:
            return False

    def _tail(self) -> str:
        try:
            return self.log.read_text(errors="replace")[-600:].strip() or "its log is empty"
        except OSError:
            return "it left no log"

    def _keep_template(self) -> None:
        """Making the database takes three times as long as starting: the next new output folder gets a copy of it."""
        template = _template()
        if template is None:
            return
        temporary = template.with_name(f".{template.name}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError, sqlite3.Error):
            template.parent.mkdir(parents=True, exist_ok=True)
            here, there = sqlite3.connect(self.home / "prefect.db"), sqlite3.connect(temporary)
            with contextlib.closing(here), contextlib.closing(there):
                here.backup(there)
            os.replace(temporary, template)
        temporary.unlink(missing_ok=True)


def _versions() -> str:
    return f"prefect-{version('prefect')}-{version('sqlalchemy')}"


def _template() -> Path | None:
    """An empty database of this very Prefect, beside the interpreter's other shared files."""
    name = f"{_versions()}.db"
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        return Path(sys.prefix) / "share" / "qingyang" / name
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "qingyang" / name if os.path.isabs(home) else None


def _serve(handle: int, proof: str) -> None:
    """The child: serve on an open socket until standard input closes, the folder ``proof`` too where there is one."""

    def follow() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
    gc.disable()  # these imports make a million objects that stay: looking through them is a sixth of their time
    import uvicorn
    from prefect.server.api.server import create_app
    from starlette.responses import RedirectResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    app = create_app()
    if proof:  # first, as Prefect's own pages take every address that is left
        app.router.routes.insert(0, Route("/proof", lambda _: RedirectResponse("proof/")))
        app.router.routes.insert(1, Mount("/proof", StaticFiles(directory=proof, html=True, check_dir=False)))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, ws="websockets-sansio")
    gc.freeze()
    gc.enable()
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=handle)])


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
