"""What a byte-exact restore needs beyond encoding and byte order mark: gzip wrapper, patches, or the raw file itself.

An envelope is a small JSON object: ``{"gzip": {"header", "level"}}`` where zlib gives the same stream again, ``{"patch": [[start,
end, hex]]}`` where the file spells a few characters otherwise than the codec would, ``{"raw"}`` where neither is exact.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

from qingyang.records import SourceError

LARGEST = 1 << 30
"""Bytes a gzip file may unpack to: a page has thousands, a newspaper's year some ten millions."""

RAW: dict[str, Any] = {"raw": ""}
"""Stands for an envelope that has to hold the file itself."""


def pack(data: bytes) -> str:
    """``data`` as JSON can hold it: base64 of zlib.

    >>> unpack_raw(pack(b"PNG")) == b"PNG"
    True
    """
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def unpack_raw(raw: str) -> bytes:
    """The bytes that :func:`pack` took."""
    return zlib.decompress(base64.b64decode(raw))


def unpack(name: str, data: bytes) -> tuple[bytes, dict[str, Any] | None]:
    """The bytes inside a gzip file (known by its first bytes, not by its name) and how to wrap them again."""
    if not data.startswith(b"\x1f\x8b\x08"):
        return data, None
    out: list[bytes] = []
    rest, members, room = data, 0, LARGEST
    while rest.startswith(b"\x1f\x8b\x08"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            out.append(unpacker.decompress(rest, room + 1))
        except zlib.error as e:
            raise SourceError(f"{name}: damaged gzip ({e}); fetch the file again, or unpack what is left of it with gunzip") from None
        room -= len(out[-1])
        if room < 0:
            raise SourceError(f"{name}: unpacks to more than {LARGEST >> 20} MiB; unpack and split it")
        if not unpacker.eof:
            raise SourceError(f"{name}: the gzip file ends too early; fetch the file again, or unpack what is left of it with gunzip")
        rest, members = unpacker.unused_data, members + 1
    body = b"".join(out)
    if members > 1 or rest:
        return body, RAW
    start = _header_length(data)
    for level in (9, 6, 1, 8, 7, 5, 4, 3, 2):
        if _deflates_to(body, level, data, start):
            return body, {"gzip": {"header": base64.b64encode(data[:start]).decode("ascii"), "level": level}}
    return body, RAW


def _header_length(data: bytes) -> int:
    """Bytes of a gzip member's header (RFC 1952)."""
    flags, at = data[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for bit in (8, 16):
        if flags & bit:
            at = data.index(0, at) + 1
    return at + (2 if flags & 2 else 0)


def deflate(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def _deflates_to(body: bytes, level: int, data: bytes, start: int) -> bool:
    """Whether zlib at ``level`` gives the member's own stream; large bodies are first tried on their head."""
    if len(body) > 1 << 20:
        head = zlib.compressobj(level, zlib.DEFLATED, -15).compress(body[: 1 << 19])
        if not data.startswith(head, start):
            return False
    return deflate(body, level) == data[start:-8]


def patch(again: bytes, content: bytes) -> list[list[Any]] | None:
    """What to replace in ``again`` to get ``content``: [start, end, hex], or None when that is no less than the file.

    >>> patch(b"one\\ntwo\\nthree", b"one\\ntxo\\nthree")
    [[5, 6, '78']]
    """
    ours, theirs = again.split(b"\n"), content.split(b"\n")
    if len(ours) != len(theirs):
        ours, theirs = [again], [content]
    out: list[list[Any]] = []
    at = size = 0
    for a, b in zip(ours, theirs, strict=True):
        if a != b:
            left = _common(a, b)
            right = _common(a[left:][::-1], b[left:][::-1])
            out.append([at + left, at + len(a) - right, b[left : len(b) - right].hex()])
            size += 20 + 2 * (len(b) - left - right)
        at += len(a) + 1
    return out if size < len(content) // 4 + 200 else None


def _common(a: bytes, b: bytes) -> int:
    """Length of the common beginning."""
    n = min(len(a), len(b))
    if a[:n] == b[:n]:
        return n
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def apply_patch(data: bytes, changes: list[list[Any]] | None) -> bytes:
    """The inverse of :func:`patch`.

    >>> apply_patch(b"one\\ntwo\\nthree", [[5, 6, "78"]])
    b'one\\ntxo\\nthree'
    """
    for start, end, other in reversed(changes or []):
        data = data[:start] + bytes.fromhex(other) + data[end:]
    return data


def wrap(data: bytes, gzip: dict[str, Any]) -> bytes:
    """The one-member gzip file that :func:`unpack` described."""
    trailer = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return base64.b64decode(gzip["header"]) + deflate(data, gzip["level"]) + trailer
