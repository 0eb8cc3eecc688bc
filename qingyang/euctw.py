"""EUC-TW, for which Python has no codec: CNS 11643 planes 1 and 2 to text and back.

Both planes list their characters in the order of Big5 but for a few dozen places, so the table is a list of runs over
Python's own Big5. Planes 3 to 15 are not carried: a file that needs them is refused with its place.
"""

from __future__ import annotations

import re
from functools import cache

_RUNS = (
    "0:0:5 6:6:8 15:15:6 21:23:2 24:22 29:29:44 73:74 74:73 75:75:22 98:98 100:100:27 127:128 128:127 129:129:19 148:149 149:148 "
    "150:150:4 155:21 156:158:2 160:160 162:162 165:165:69 282:234:29 312:264 314:266:142 470:6101:20 3290:471:1412 4702:1884:424 "
    "5126:1883 5127:2308:1876 7003:4571 7004:4184:387 7391:4572:525 7916:5286 7917:5097:105 8023:5203:83 8106:5287:84 8190:5517 "
    "8191:5371:54 8245:5426 8246:5425 8247:5427:90 8337:5518:354 8836:6280:10 8846:6291:33 8879:6372 8880:6324:48 8928:6373:46 "
    "8974:6586 8975:6419:167 9142:6587:1840 10982:9074 10983:8428:108 11091:8537:537 11628:8427 11629:9075:100 11729:8536 "
    "11730:9175:399 12129:9575:1637 13766:11761 13767:11212:146 13913:11899 13914:11358:287 14201:12508 14202:11645:116 "
    "14318:11762:137 14455:11900:104 14559:12425 14560:12004:222 14782:12227:198 14980:12426:82 15062:12509:86 15148:12226 "
    "15149:12595:8 15157:12604:153 15310:12758:56 15366:13114 15367:12814:113 15480:12603 15481:12927:142 15623:12757 15624:13069:45 "
    "15669:13115:71 15740:13380 15741:13186:194 15935:13381:490 16425:13914 16426:13871:43 16469:13915 16470:13917:11 16481:13916 "
    "16482:13928:4 "
)
"""Cell of the two planes (94 × 94 each) : place in Big5 (157 a row) : how many go on in step."""

_OTHERS = {
    5: "・", 14: "﹑", 23: "︲", 154: "‖", 158: "∕﹨", 161: "￥", 163: "￠￡", 490: "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ", 571: "亠", 578: "冫", 583: "勹",
    3102: "".join(map(chr, range(0x2400, 0x2420))) + "␡", 8022: "彞",
}  # fmt: skip
"""Cells whose character Python's Big5 does not have."""


@cache
def _tables() -> tuple[dict[bytes, str], dict[str, bytes]]:
    """Bytes to character (two bytes in plane 1, four in plane 2), and back."""
    to_text: dict[bytes, str] = {}
    cells: dict[int, str] = {}
    for run in _RUNS.split():
        cell, place, *count = map(int, run.split(":"))
        for k in range(count[0] if count else 1):
            row, column = divmod(place + k, 157)
            cells[cell + k] = bytes((row + 0xA1, column + (0x40 if column < 63 else 0x62))).decode("big5")
    for cell, characters in _OTHERS.items():
        cells |= {cell + k: c for k, c in enumerate(characters)}
    for cell, c in sorted(cells.items()):
        plane, at = divmod(cell, 94 * 94)
        pair = bytes((at // 94 + 0xA1, at % 94 + 0xA1))
        to_text[b"\x8e\xa2" + pair if plane else pair] = c
    back: dict[str, bytes] = {}
    for code, c in to_text.items():
        back.setdefault(c, code)
    return to_text, back


_TOKEN = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}|[\x80-\xff]", re.DOTALL)


def decode(data: bytes, lenient: bool = False) -> str:
    """The text of ``data``. Raises UnicodeDecodeError at the first byte that is not EUC-TW of planes 1 and 2.

    Leniently, a character of the other planes becomes the rare ideograph U+9FFF and what is no EUC-TW becomes U+FFFD: enough
    to recognise the encoding by.

    >>> decode(bytes.fromhex("ead7fda4cbf0c6ee2c20454c"))
    '臺灣使用, EL'
    """
    to_text, _ = _tables()
    out: list[str] = []
    for m in _TOKEN.finditer(data):
        token = m.group()
        if token[0] < 0x80:
            out.append(token.decode("ascii"))
            continue
        c = to_text.get(token[-2:] if token[:2] == b"\x8e\xa1" else token)
        if c is None and lenient:
            c = "\u9fff" if len(token) == 4 else "\ufffd"
        if c is None:
            raise UnicodeDecodeError("euc_tw", data, m.start(), m.end(), "not in planes 1 and 2")
        out.append(c)
    return "".join(out)


def encode(text: str) -> bytes:
    """``text`` in EUC-TW, plane 1 in two bytes. Raises UnicodeEncodeError where it has no code.

    >>> decode(encode("清樣：一九九八年"))
    '清樣：一九九八年'
    """
    _, back = _tables()
    out = bytearray()
    for i, c in enumerate(text):
        if c < "\x80":
            out.append(ord(c))
        elif c in back:
            out += back[c]
        else:
            raise UnicodeEncodeError("euc_tw", text, i, i + 1, "not in planes 1 and 2")
    return bytes(out)
