"""Folders that fsspec opens by a URL (``s3://bucket/raw``): listed, read and written object by object.

Opened anew in every process; what a library calls its own errors of the network arrive as OSError.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from qingyang.records import QingyangError, SettingError

STATE = ".qingyang"

Stamp = tuple[int, ...]


def place(given: str | Path) -> Path | Remote:
    """The folder that a user names: a path, or a URL that is none.

    >>> place("local:///srv/raw")
    PosixPath('/srv/raw')
    >>> place("s3://archive/raw/")
    Remote(url='s3://archive/raw')
    """
    if isinstance(given, Path) or "://" not in given:
        return Path(given)
    scheme, _, rest = given.partition("://")
    if scheme in ("file", "local"):
        return Path(rest)
    return Remote(given.rstrip("/"))


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder that has a URL. It can be sent to another process, which opens it for itself."""

    url: str

    def __str__(self) -> str:
        return self.url

    def absolute(self) -> Remote:
        return self

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def open(self) -> tuple[Any, str]:
        """The file system and the path of the folder in it. Raises SettingError when there is no such file system."""
        import fsspec

        try:
            fs, path = fsspec.url_to_fs(self.url)
        except ImportError as error:
            scheme = self.url.partition(":")[0]
            extra = "pip install 'qingyang[s3]'" if scheme == "s3" else "install the package that fsspec asks for"
            raise SettingError(f"{self.url}: cannot be opened ({error}); try: {extra}") from None
        except (ValueError, TypeError) as error:
            raise SettingError(f"{self.url}: cannot be opened ({error})") from None
        return fs, str(path).rstrip("/")

    def listing(self) -> dict[str, dict[str, Any]]:
        """Everything below, as it is now: what the file system knows of each file, by its name below the folder."""
        fs, root = self.open()
        fs.invalidate_cache()
        with _translated(self.url):
            found: dict[str, dict[str, Any]] = fs.find(root, detail=True)
        return {path.removeprefix(root).lstrip("/"): info for path, info in found.items() if info["type"] == "file"}

    def info(self, name: str) -> dict[str, Any]:
        fs, root = self.open()
        with _translated(f"{self.url}/{name}"):
            fs.invalidate_cache(str(PurePosixPath(f"{root}/{name}").parent))
            told: dict[str, Any] = fs.info(f"{root}/{name}")
        return told

    def read(self, name: str) -> bytes:
        fs, root = self.open()
        with _translated(f"{self.url}/{name}"):
            data: bytes = fs.cat_file(f"{root}/{name}")
        return data

    @contextmanager
    def stream(self, name: str) -> Iterator[BinaryIO]:
        fs, root = self.open()
        with _translated(f"{self.url}/{name}"), fs.open(f"{root}/{name}", "rb") as file:
            yield file

    def put(self, name: str, data: bytes, *, new: bool = False, instead_of: str = "") -> str:
        """Write one object in one step; returns its tag, where the store tells one.

        With ``new``, FileExistsError when there is one; with ``instead_of``, when there is not the one of that tag any more.
        """
        fs, root = self.open()
        condition = {"IfMatch": instead_of} if instead_of else {}  # only S3 tells tags
        with _translated(f"{self.url}/{name}"):
            try:
                told = fs.pipe_file(f"{root}/{name}", data, mode="create" if new else "overwrite", **condition)
            except OSError as error:
                if instead_of and error.errno == errno.EINVAL:  # so s3fs calls a condition that does not hold
                    raise FileExistsError(errno.EEXIST, "is not what was written last", f"{self.url}/{name}") from error
                raise
        return str(told.get("ETag") or "") if isinstance(told, dict) else ""

    def put_files(self, folder: Path, names: Sequence[str]) -> None:
        fs, root = self.open()
        for k in range(0, len(names), 500):
            some = names[k : k + 500]
            with _translated(self.url):
                fs.put([str(folder / name) for name in some], [f"{root}/{name}" for name in some])

    def get_files(self, names: Sequence[str], folder: Path) -> None:
        fs, root = self.open()
        for folder_of in {(folder / name).parent for name in names}:
            folder_of.mkdir(parents=True, exist_ok=True)
        for k in range(0, len(names), 500):
            some = names[k : k + 500]
            with _translated(self.url):
                fs.get([f"{root}/{name}" for name in some], [str(folder / name) for name in some])

    def remove(self, names: Sequence[str]) -> None:
        fs, root = self.open()
        for name in names:
            with contextlib.suppress(FileNotFoundError), _translated(f"{self.url}/{name}"):
                fs.rm_file(f"{root}/{name}")


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Every library has errors of its own for a network that fails; here they are OSErrors, and may be tried again."""
    try:
        yield
    except (OSError, QingyangError):
        raise
    except Exception as error:
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}", where) from error


def stamp(info: dict[str, Any]) -> Stamp:
    """Size, time of change and tag of an object, in the manner of :func:`tasks.read.stamp`."""
    changed = next((info[key] for key in ("LastModified", "mtime", "last_modified", "updated", "created") if info.get(key)), 0)
    if hasattr(changed, "timestamp"):
        changed = changed.timestamp()
    told = str(changed) if isinstance(changed, str) else ""
    tag = "|".join([told, *(str(info.get(key) or "") for key in ("ETag", "etag", "VersionId", "md5", "content_md5", "generation"))])
    number = int.from_bytes(hashlib.sha256(tag.encode()).digest()[:7], "big")
    return int(info.get("size") or 0), 0 if told else int(float(changed) * 1e9), number, 0
