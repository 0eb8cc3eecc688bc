"""Bytes become a :class:`~qingyang.records.Source`, and a ledger entry with its text becomes the same bytes again.

Nothing is translated or replaced: line ends, odd characters and the byte order mark are remembered as they were. What a strict
codec cannot say (a gzip wrapper, two byte pairs for one character) goes into the source's envelope.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from qingyang import euctw
from qingyang.envelope import RAW, apply_patch, pack, patch, unpack, unpack_raw, wrap
from qingyang.guess import PLAUSIBLE, guesses, sample
from qingyang.records import AccountError, SettingError, Source, SourceError

BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

FAMILIES = {
    "gb18030": ("gb2312", "gbk", "gb18030"),
    "big5hkscs": ("big5", "big5hkscs", "cp950"),
}
"""Codecs that agree wherever the narrower one has a say: the label is the first that reads every byte."""

_FAMILY = {member: members for members in FAMILIES.values() for member in members}

_DECODES = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
"""Whose table is used. Python's gb2312 reads the dash A1AA as U+2015 and the dot A1A4 as U+30FB; every GB text of today means
U+2014 and U+00B7, as gbk and gb18030 have it. Python's big5 has kana where Big5 pages have ① and their own kana, C6A1 on."""

_MEANS = {
    "hz": {"\u2015": "—", "\u30fb": "·"},
    "big5": {"•": "‧", "､": "﹑", "‾": "¯", "∼": "～", "♁": "⊕", "☉": "⊙", "¥": "￥", "¢": "￠", "£": "￡"},
}
_MEANS["big5hkscs"] = _MEANS["big5"]
"""Characters that Python's table has for a code, and what the code means wherever it is printed (as cp950 has it)."""

_FROM = {codec: str.maketrans(table) for codec, table in _MEANS.items()}
_TO = {codec: str.maketrans({after: before for before, after in table.items()}) for codec, table in _MEANS.items()}

_NAMES = {"gb2312": "GB2312", "gbk": "GBK", "gb18030": "GB18030", "hz": "HZ", "big5": "Big5", "big5hkscs": "Big5-HKSCS", "euc_tw": "EUC-TW"}

MAGIC = (
    (b"%PDF-", "a PDF", "extract its text first (pdftotext -layout, or OCR) and put the .txt here"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "read it by OCR first and put the .txt here"),
    (b"\xff\xd8\xff", "a JPEG picture", "read it by OCR first and put the .txt here"),
    (b"GIF8", "a GIF picture", "read it by OCR first and put the .txt here"),
    (b"II*\x00", "a TIFF picture", "read it by OCR first and put the .txt here"),
    (b"MM\x00*", "a TIFF picture", "read it by OCR first and put the .txt here"),
    (b"PK\x03\x04", "a ZIP archive (or a .docx, .epub, .xlsx)", "unpack it, or save the document as plain text"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"BZh", "bzip2 data", "unpack it (bunzip2); only gzip is read as it is"),
    (b"\xfd7zXZ\x00", "xz data", "unpack it (unxz); only gzip is read as it is"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it (unzstd); only gzip is read as it is"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "save it as plain text"),
    (b"{\\rtf", "an RTF document", "save it as plain text"),
    (b"\x7fELF", "a program", "remove it"),
    (b"SQLite format 3\x00", "a database", "export its text"),
)

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
"""A web page that was saved as text; in UTF-16 once its NULs are left out."""

CONTROL_SHARE = 0.02
"""Share of control characters from which data is no text: PDF extraction leaves a form feed and a stray \\x02 per page, binary
data has one in eight."""

_CONTROLS = bytes(c for c in range(0x20) if c not in b"\t\n\r\f\v\x1a\x1b") + b"\x7f"


def read(name: str, data: bytes, *, encoding: str | None = None) -> Source:
    """The file ``name`` with content ``data`` as a Source: decoded strictly, gzip unpacked, nothing else changed.

    ``encoding`` is the user's word and wins; without it a byte order mark decides, then valid UTF-8, then how well each
    candidate's reading passes for Chinese. A member of the GB or Big5 chain stands for the whole chain, and the narrowest
    that reads every byte is reported.

    >>> read("0002-p1.txt", "新华社北京11月24日电\\r\\n".encode("gbk")).encoding
    'gb2312'

    Raises SourceError (which file, which byte, what to try) and, for an ``encoding`` nobody knows, SettingError.

    >>> read("0001-p3.txt", "上接第一版".encode("utf-8"), encoding="gb18030")
    Traceback (most recent call last):
    ...
    qingyang.records.SourceError: 0001-p3.txt: not GB18030 at byte 14; try --encoding utf-8
    """
    wanted = codec_name(encoding) if encoding else None
    if not data:
        raise SourceError(f"{name}: empty file (0 bytes); remove it, or put the page's text into it")
    body, envelope = unpack(name, data)
    if not body:
        raise SourceError(f"{name}: the gzip file holds 0 bytes; remove it, or put the page's text into it")
    _refuse_formats(name, body)
    mark, codec = _codec(name, body, wanted)
    codec, text = _strict(name, body, len(mark), codec, wanted, " of the unpacked text" if body is not data else "")
    _refuse_binary(name, body, text, codec)
    if envelope != RAW:
        again = _encode_again(text, codec)
        if again != body[len(mark) :]:
            changes = patch(again, body[len(mark) :])
            envelope = RAW if changes is None else {**(envelope or {}), "patch": changes}
    if envelope == RAW:
        envelope = {"raw": pack(data)}
    return Source(name, text, hashlib.sha256(data).hexdigest(), codec, bool(mark), len(data), envelope)


def codec_name(encoding: str) -> str:
    """Our name of the codec the user means. Raises SettingError for one that does not exist.

    >>> [codec_name(e) for e in ("UTF8", "GB-2312", "cp936", "Big5-HKSCS", "EUC-TW", "utf-8-sig", "HZ-GB-2312")]
    ['utf-8', 'gb2312', 'gbk', 'big5hkscs', 'euc_tw', 'utf-8', 'hz']
    """
    plain = encoding.strip().lower().replace("_", "-")
    plain = {"euctw": "euc-tw", "x-euc-tw": "euc-tw", "gb-2312": "gb2312", "gb-18030": "gb18030", "utf8-bom": "utf-8"}.get(plain, plain)
    if plain == "euc-tw":
        return "euc_tw"
    try:
        info = codecs.lookup(plain)
        "".encode(plain)  # refuses base64, rot13 and their like
    except (LookupError, TypeError):
        raise SettingError(
            f"encoding {encoding!r} is unknown; known are utf-8, utf-16, gb18030, gbk, gb2312, hz, big5, big5hkscs, euc-tw "
            "and Python's other text codecs"
        ) from None
    return {"utf-8-sig": "utf-8"}.get(info.name, info.name)


def encode(text: str, codec: str) -> bytes:
    """``text`` in ``codec`` as :func:`read` understands it.

    >>> encode("——·", "gb2312").hex(), encode("——", "hz")
    ('a1aaa1aaa1a4', b'~{!*!*~}')
    """
    if codec == "euc_tw":
        return euctw.encode(text)
    if codec in _TO:
        text = text.translate(_TO[codec])
    return text.encode(_DECODES.get(codec, codec))


def _decode(data: bytes, codec: str) -> str:
    """Strict. Raises UnicodeError."""
    if codec == "euc_tw":
        return euctw.decode(data)
    text = data.decode(_DECODES.get(codec, codec))
    if codec in _DECODES:
        narrow = data.decode(codec)  # the narrow codec says whether, the wide one what
        if codec == "big5" and narrow != text:
            raise UnicodeError("a code that Big5 and Big5-HKSCS read differently")
    if not codec.startswith("utf-"):
        text.encode("utf-8")  # GB18030 has codes for lone surrogates, which no file written out may hold
    return text.translate(_FROM[codec]) if codec in _FROM else text


def _encode_again(text: str, codec: str) -> bytes:
    """``text`` encoded, or nothing when a character came from a code that its codec does not write."""
    try:
        return encode(text, codec)
    except UnicodeEncodeError:
        return b""


def _codec(name: str, body: bytes, wanted: str | None) -> tuple[bytes, str]:
    """The byte order mark and the codec to try."""
    for mark, codec in BOMS:
        if not body.startswith(mark):
            continue
        if wanted is None or wanted in _FAMILY.get(codec, (codec, codec[:6])):  # utf-16 means either order
            if codec == "utf-32-le" and not _reads(body[4:], codec):
                continue  # UTF-16 with a NUL in front
            return mark, codec
        if len(mark) > 2 and _reads(body[len(mark) :], codec):
            raise SourceError(
                f"{name}: starts with a {_shown(codec)} byte order mark and is not {_shown(wanted)}; "
                f"leave --encoding out, or try --encoding {codec}"
            )
    if wanted in ("utf-16", "utf-32"):
        orders = [g for g in guesses(body) if g.codec.startswith(wanted)]
        return b"", orders[0].codec if orders else f"{wanted}-le"
    if wanted is not None:
        return b"", wanted
    if 0 not in body and not (b"~{" in body and body.isascii()) and _reads(body, "utf-8"):
        return b"", "utf-8"
    best = guesses(body)[0]
    if best.each <= PLAUSIBLE:
        return b"", best.codec
    if _reads(body, "utf-8"):
        return b"", "utf-8"
    _refuse_noise(name, body)
    at = _first_error(body, "utf-8")
    raise SourceError(
        f"{name}: not UTF-8 at byte {at}, in line {_line(body, at)}, and in no other encoding does it read as Chinese; "
        "name its encoding with --encoding, or, where two encodings stand in one file, make two files of it there"
    )


def _strict(name: str, body: bytes, skip: int, codec: str, wanted: str | None, where: str) -> tuple[str, str]:
    """The narrowest codec of the family that reads every byte, and the text. Raises SourceError at the first bad byte."""
    content = body[skip:] if skip else body
    furthest = -1
    for member in ("cp950", *FAMILIES["big5hkscs"]) if wanted == "cp950" else _FAMILY.get(codec, (codec,)):
        try:
            return member, _decode(content, member)
        except UnicodeDecodeError as e:
            furthest = max(furthest, e.start)
        except UnicodeError:
            furthest = max(furthest, 0)
    at = furthest + skip
    family = "gb18030" if codec in FAMILIES["gb18030"] else "big5hkscs" if codec in FAMILIES["big5hkscs"] else codec
    if codec == "euc_tw" and (wanted is None or content[furthest : furthest + 1] == b"\x8e"):
        raise SourceError(
            f"{name}: EUC-TW with a character outside planes 1 and 2 at byte {at}{where}; convert it first: iconv -f EUC-TW -t UTF-8"
        )
    if wanted is None:
        raise SourceError(
            f"{name}: not {_shown(family)} at byte {at}{where}, in line {_line(body, at)}, though the rest reads as {_shown(family)}; "
            "repair the byte, name another encoding with --encoding, or, where two encodings stand in one file, make two files of it there"
        )
    raise SourceError(f"{name}: not {_shown(family)} at byte {at}{where}; {_advice(content, family)}")


def _advice(content: bytes, failed: str) -> str:
    """Which other encoding to try."""
    for g in guesses(content):
        if g.codec == failed or (g.codec != "utf-8" and g.each > PLAUSIBLE):
            continue
        for member in _FAMILY.get(g.codec, (g.codec,)):
            if _reads(content, member):
                return f"try --encoding {g.codec}"
    return "leave --encoding out, or repair the byte"


def _reads(data: bytes, codec: str) -> bool:
    return _first_error(data, codec) < 0


def _first_error(data: bytes, codec: str) -> int:
    """Where ``data`` first is not ``codec``; -1 when it is all through."""
    try:
        _decode(data, codec)
    except UnicodeDecodeError as e:
        return e.start
    except UnicodeError:
        return 0
    return -1


def _line(data: bytes, at: int) -> int:
    r"""The number of the line that a byte stands in, from 1 on; of encodings in which a byte 10 ends one.

    >>> _line("小麦\n丰收".encode(), 8)
    2
    """
    return data.count(b"\n", 0, at) + 1


def _shown(codec: str) -> str:
    return _NAMES.get(codec, codec.upper())


def _refuse_formats(name: str, body: bytes) -> None:
    for magic, what, way_out in MAGIC:
        if body.startswith(magic):
            raise SourceError(f"{name}: {what}, not text; {way_out}")
    if _HTML.match(body[:2000].replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")):
        raise SourceError(f"{name}: a web page (HTML), not text; save the article's text from it and put the .txt here")
    if body.startswith(b"\x1f\x8b"):
        raise SourceError(f"{name}: gzip inside gzip; unpack it once")
    if b"\x1b$)" in body[:4096]:
        raise SourceError(f"{name}: ISO-2022 text; convert it first: iconv -f ISO-2022-CN-EXT -t UTF-8")


def _noise(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def _refuse_noise(name: str, body: bytes) -> None:
    piece = b"".join(sample(body))
    n = _noise(piece)
    if n > 1 and n > CONTROL_SHARE * len(piece):
        raise SourceError(
            f"{name}: binary data ({n} control bytes in the {len(piece)} looked at), not text; remove it, or extract its text first"
        )


def _refuse_binary(name: str, body: bytes, text: str, codec: str) -> None:
    """Refuse what decodes but is no text. In UTF-16 and UTF-32 the characters are looked at, elsewhere the bytes."""
    if not codec.startswith(("utf-16", "utf-32")):
        _refuse_noise(name, body)
        return
    head = text[:65_536]
    n = sum(head.count(chr(c)) for c in _CONTROLS)
    if n > 1 and n > CONTROL_SHARE * len(head):
        raise SourceError(
            f"{name}: binary data ({n} control characters in the first {len(head)}), not text; remove it, or extract its text first"
        )


def to_bytes(entry: Mapping[str, Any], text: str) -> bytes:
    """The file as it lay on disk, from its ledger entry and its text.

    >>> source = read("a.txt", "第七版\\r\\n".encode("utf-16"))
    >>> to_bytes(ledger_fields(source), source.text) == "第七版\\r\\n".encode("utf-16")
    True

    Raises AccountError when the result is not the file of that sha256.
    """
    envelope = entry.get("envelope") or {}
    raw = entry.get("raw") or envelope.get("raw")
    if raw:
        data = unpack_raw(raw)
    else:
        try:
            data = encode(text, entry["encoding"])
        except UnicodeEncodeError as e:
            raise AccountError(
                f"{entry['source']}: character {e.start} of the restored text has no {_shown(entry['encoding'])} code"
            ) from None
        data = apply_patch(data, envelope.get("patch"))
        if entry["bom"]:
            data = next(mark for mark, codec in BOMS if codec == entry["encoding"] or _DECODES.get(entry["encoding"]) == codec) + data
        if "gzip" in envelope:
            data = wrap(data, envelope["gzip"])
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        why = "; this zlib compresses otherwise than the one of the run" if "gzip" in envelope else ""
        raise AccountError(f"{entry['source']}: the restored bytes are not the file's (sha256 differs){why}")
    return data


def ledger_fields(source: Source) -> dict[str, Any]:
    """The fields of a source's ledger entry that belong to the file."""
    return {
        "source": source.name,
        "sha256": source.sha256,
        "size": source.size,
        "encoding": source.encoding,
        "bom": source.bom,
        "envelope": source.envelope,
        "length": len(source.text),
        "identity": dict(source.identity),
    }


def unreadable(name: str, data: bytes, error: str) -> dict[str, Any]:
    """The ledger entry of a source that cannot be read; it still gives the file back.

    >>> to_bytes(unreadable("a.pdf", b"%PDF-1.7", "a.pdf: a PDF, not text"), "")
    b'%PDF-1.7'
    """
    return {
        "source": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "error": str(error),
        "raw": pack(data),
    }
