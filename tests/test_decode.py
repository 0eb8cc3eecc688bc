"""Reading bytes: the right encoding, the right text, the same bytes again, and errors that help."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from functools import cache
from pathlib import Path

import opencc
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qingyang import decode, euctw
from qingyang.decode import ledger_fields, read, to_bytes, unreadable
from qingyang.guess import PLAUSIBLE, guesses, reading
from qingyang.records import AccountError, SettingError, Source, SourceError

DATA = Path(__file__).parent / "data" / "cjkencodings"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "encodings"
SAMPLE = Path(__file__).parents[1] / "raw" / "人民日报" / "2020-11-25" / "02.txt"
PAGE = SAMPLE.read_text(encoding="utf-8")
CODECS = ("utf-8", "gb18030", "gbk", "gb2312", "hz", "big5", "big5hkscs", "euc_tw", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def back(source: Source) -> bytes:
    return to_bytes(ledger_fields(source), source.text)


# The CPython pairs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["gb2312", "gbk", "gb18030", "hz", "big5", "big5hkscs"])
def test_cpython_pair_reads_as_its_twin(codec: str) -> None:
    data = (DATA / f"{codec}.txt").read_bytes()
    twin = (DATA / f"{codec}-utf8.txt").read_text(encoding="utf-8")
    source = read("a.txt", data, encoding=codec)
    assert source.text == twin.translate({0x2015: 0x2014} if codec in ("gb2312", "hz") else {})
    assert source.encoding == codec
    assert back(source) == data


@pytest.mark.parametrize("codec", ["gb2312", "gbk", "gb18030", "hz", "big5"])
def test_cpython_file_is_labelled_right(codec: str) -> None:
    assert read("a.txt", (DATA / f"{codec}.txt").read_bytes()).encoding == codec


def test_a_dozen_rare_hong_kong_characters_are_not_guessed() -> None:
    """Known miss: 23 bytes of HKSCS characters that no text uses read as badly in every encoding. It is refused, not misread."""
    data = (DATA / "big5hkscs.txt").read_bytes()
    with pytest.raises(SourceError, match="name its encoding with --encoding"):
        read("a.txt", data)
    assert read("a.txt", data, encoding="big5hkscs").encoding == "big5hkscs"


# The 35 real files ----------------------------------------------------------------------------------------------------------


def manifest() -> list[tuple[str, str]]:
    if not SHARED.is_dir():
        return []
    rows = (SHARED / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [(name, label.lower().replace("-", "_")) for name, label, _ in (row.split("\t") for row in rows)]


def label_of(data: bytes) -> str:
    """The encoding that is reported: of the source, or in the error of one that cannot be decoded to the end."""
    try:
        return read("a.txt", data).encoding
    except SourceError:
        best = guesses(data)[0]
        return best.codec if best.each <= PLAUSIBLE else "unknown"


CHAINS = {"gb2312": {"gb2312", "gbk", "gb18030"}, "big5": {"big5", "big5hkscs", "cp950"}, "utf_8": {"utf-8"}}


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT CHECKED: the 35 real files are not at {SHARED}")
def test_labels_of_the_real_files() -> None:
    wrong = {}
    for name, label in manifest():
        got = label_of((SHARED / name).read_bytes())
        if got not in CHAINS.get(label, {label}):
            wrong[name] = (label, got)
    assert set(wrong) <= {"cpython_cjkencodings/big5hkscs.txt"}, wrong


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT CHECKED: the 35 real files are not at {SHARED}")
@pytest.mark.parametrize("name", [name for name, _ in manifest()])
def test_every_real_file_comes_back(name: str) -> None:
    data = (SHARED / name).read_bytes()
    try:
        assert back(read(name, data)) == data
    except SourceError as e:
        assert to_bytes(unreadable(name, data, str(e)), "") == data


# Samples in every encoding --------------------------------------------------------------------------------------------------


@cache
def converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    return str(converter().convert(text))


def encodable(text: str, codec: str) -> str:
    """``text`` without the characters that ``codec`` has no code for."""

    def has(c: str) -> bool:
        try:
            return bool(decode.encode(c, codec))
        except UnicodeEncodeError:
            return False

    known = {c for c in set(text) if has(c)}
    return "".join(c for c in text if c in known)


def samples() -> list[str]:
    rng = random.Random(20201125)
    lines = [line for line in PAGE.splitlines() if len(line) >= 8]
    out = [rng.choice(lines) for _ in range(30)]
    return out + ["\n".join(lines[k : k + 20]) + "\n" for k in (rng.randrange(len(lines) - 20) for _ in range(30))]


@pytest.mark.parametrize("codec", [c for c in CODECS if c not in ("gb2312", "gbk")])
def test_sixty_samples(codec: str) -> None:
    """One-line and 20-line samples of the sample page, as the field's detectors were measured (they get 49 to 60 of 60)."""
    wrong = []
    for text in samples():
        if codec in ("big5", "big5hkscs", "euc_tw"):
            text = traditional(text)
        data = decode.encode(encodable(text, codec), codec)
        got = label_of(data)
        family = decode._FAMILY.get(codec, (codec,))
        # Three ideographs (the line 年月日 of a date) are no evidence for as rare an encoding as EUC-TW.
        if got not in family and not data.isascii() and not (codec == "euc_tw" and len(text) < 15):
            wrong.append((text[:20], got))
    assert not wrong


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("한국의 대통령은 오늘 서울에서 열린 기념식에 참석해 국민의 단결을 강조했다.", "euc_kr"),
        ("日本の首相は今日、東京で開かれた式典に出席し、国民の団結を強調した。", "euc_jp"),
        ("日本の首相は今日、東京で開かれた式典に出席し、国民の団結を強調した。", "shift_jis"),
        ("Президент России сегодня выступил в Москве на церемонии.", "cp1251"),
        ("Президент России сегодня выступил в Москве на церемонии.", "koi8-r"),
        ("Müller fährt über die Brücke nach Köln", "latin-1"),
        ("Le président a déclaré à Genève que l'été était très chaud", "latin-1"),
    ],
)
def test_what_is_not_chinese_is_refused_not_misread(text: str, codec: str) -> None:
    data = text.encode(codec)
    with pytest.raises(SourceError, match="--encoding"):
        read("a.txt", data)
    assert read("a.txt", data, encoding=codec).text == text


def test_gb_dash_and_dot_are_what_newspapers_mean() -> None:
    """Python's gb2312 gives U+2015 and U+30FB, which no later step would know as 破折号 and 间隔号."""
    source = read("a.txt", bytes.fromhex("a1aaa1aa") + "阿不都·热西提".encode("gbk"))
    assert source.text == "——阿不都·热西提"
    assert source.encoding == "gb2312"
    hz = ("新华社北京电" + "——阿不都·热西提").translate({0x2014: 0x2015, 0xB7: 0x30FB}).encode("hz")
    assert read("a.txt", hz).text == "新华社北京电——阿不都·热西提"
    assert back(read("a.txt", hz)) == hz


def test_big5_dots_and_circled_numbers_are_what_newspapers_mean() -> None:
    """Python's big5 reads the dot of foreign names (A145) as a bullet, and ① (C6A1) as a kana mark."""
    source = read("a.txt", "總統比爾".encode("big5") + b"\xa1\x45" + "克林頓昨天說".encode("big5"))
    assert (source.text, source.encoding) == ("總統比爾‧克林頓昨天說", "big5")
    circled = "記者昨天報導".encode("big5") + b"\xc6\xa1"
    assert (read("a.txt", circled).text, read("a.txt", circled).encoding) == ("記者昨天報導①", "big5hkscs")
    assert back(source) == "總統比爾".encode("big5") + b"\xa1\x45" + "克林頓昨天說".encode("big5")


# What the user says ---------------------------------------------------------------------------------------------------------


def test_the_users_word_wins() -> None:
    data = "上接第一版".encode("big5", "ignore") + b"\n"
    assert read("a.txt", "会议".encode("gb18030"), encoding="big5").text != "会议"
    assert read("a.txt", data, encoding="Big5-HKSCS").encoding == "big5"
    assert read("a.txt", "第七版".encode("utf-16"), encoding="utf-16").bom
    assert read("a.txt", "第七版，要闻".encode("utf-16-be"), encoding="utf-16").text == "第七版，要闻"


def test_a_wrong_word_is_told_where_and_what_to_try() -> None:
    data = "第七版\n要闻".encode() + "，".encode()
    with pytest.raises(SourceError, match=r"^0001-p3\.txt: not GB18030 at byte \d+; try --encoding utf-8$"):
        read("0001-p3.txt", data, encoding="gb18030")
    with pytest.raises(SourceError, match=r"^a\.txt: not UTF-8 at byte 0; try --encoding gb18030$"):
        read("a.txt", "新华社北京11月24日电".encode("gbk"), encoding="utf-8")
    with pytest.raises(SourceError, match="byte order mark"):
        read("a.txt", b"\xef\xbb\xbf" + "第七版".encode(), encoding="gb18030")
    for unknown in ("gb1830", "base64", "rot13", "hex"):
        with pytest.raises(SettingError, match="unknown"):
            read("a.txt", b"x", encoding=unknown)


def test_the_byte_is_counted_in_the_file() -> None:
    good = "我国工人阶级和广大劳动群众".encode("gb18030") * 40
    with pytest.raises(SourceError, match=rf"not GB18030 at byte {len(good)}, in line 1, though the rest"):
        read("a.txt", good + b"\xff" + good)
    marked = b"\xef\xbb\xbf" + "第七版".encode() + b"\xff"
    with pytest.raises(SourceError, match="not UTF-8 at byte 12,"):
        read("a.txt", marked)
    with pytest.raises(SourceError, match="not UTF-8 at byte 27 of the unpacked text"):
        read("a.txt.gz", gzip.compress("我国工人阶级和广大".encode() + b"\xff" + "劳动群众".encode()))


def test_damaged_utf8_is_not_taken_for_gbk() -> None:
    data = PAGE.encode()[:5000].rstrip(b"\n")
    with pytest.raises(SourceError, match="not UTF-8 at byte"):
        read("a.txt", data[:2000] + data[2001:])


# What is no text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", r"empty file \(0 bytes\)"),
        (gzip.compress(b""), "holds 0 bytes"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF, not text; extract its text"),
        ("\ufeff\n<!DOCTYPE html>\n<html><body><p>青河县新桥通车</p></body></html>".encode(), "a web page .HTML., not text"),
        ('<?xml version="1.0" encoding="gbk"?>\n<HTML lang="zh">青河县新桥通车</HTML>'.encode("gbk"), "a web page"),
        ("<html>青河县新桥通车</html>".encode("utf-16"), "a web page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG picture, not text; read it by OCR"),
        (b"PK\x03\x04\x14\x00\x06\x00", "ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Office document"),
        (b"BZh91AY&SY" + bytes(20), "bzip2"),
        (bytes(5000), "binary data"),
        (bytes(range(256)) * 40, "binary data"),
        (b"\x01\x02\x03\x04\x05" * 100, "binary data"),
        (gzip.compress(gzip.compress(b"x")), "gzip inside gzip"),
        (gzip.compress(PAGE.encode())[:-400], "ends too early"),
        (gzip.compress(PAGE.encode())[:400] + b"\x00" * 400, "gzip"),
        (b"\x1b$)A\x0eWVGo\x0f", "ISO-2022"),
    ],
)
def test_what_is_no_text_has_its_own_message(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=f"^a/b.bin: .*{says}"):
        read("a/b.bin", data)
    assert to_bytes(unreadable("a/b.bin", data, "x"), "") == data


def test_a_page_that_writes_about_html_is_text() -> None:
    assert read("a.txt", "网页以<html>开头\n<htmlx>".encode()).text.startswith("网页")


def test_random_bytes_are_refused() -> None:
    rng = random.Random(7)
    for _ in range(50):
        with pytest.raises(SourceError):
            read("a.bin", rng.randbytes(3000))


def test_a_stray_control_character_is_no_reason() -> None:
    page = "\x0c" + PAGE.replace("人民", "人\x02民", 3)
    assert read("a.txt", page.encode()).text == page


# The same bytes again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", CODECS)
def test_page_comes_back(codec: str) -> None:
    text = PAGE.replace("\n", "\r\n", 7)
    if codec in ("big5", "big5hkscs", "euc_tw"):
        text = traditional(text)
    text = encodable(text, codec)
    data = decode.encode(text, codec)
    source = read("a.txt", data)
    assert (source.text, back(source), source.envelope) == (text, data, None)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
        (b"\xff\xfe\0\0", "utf-32-le"),
    ],
)
def test_byte_order_marks(mark: bytes, codec: str) -> None:
    data = mark + "第七版\r\n".encode(codec)
    source = read("a.txt", data)
    assert source.text == "第七版\r\n"
    assert source.bom
    assert back(source) == data
    twice = read("a.txt", mark + data)
    assert twice.text == "\ufeff第七版\r\n"
    assert back(twice) == mark + data


@pytest.mark.parametrize("level", range(10))
def test_gzip_comes_back_without_the_file_in_the_ledger(level: int) -> None:
    packer = io.BytesIO()
    with gzip.GzipFile("02.txt", "wb", level, packer, mtime=1606262400) as f:
        f.write(PAGE.encode())
    data = packer.getvalue()
    source = read("人民日报/2020-11-25/02.txt.gz", data)
    assert source.text == PAGE
    assert source.size == len(data)
    assert back(source) == data
    assert level == 0 or set(source.envelope or {}) == {"gzip"}


def test_foreign_gzip_comes_back_from_the_ledger() -> None:
    two = gzip.compress(PAGE[:500].encode()) + gzip.compress(PAGE[500:].encode())
    strange = zlib.compressobj(9, zlib.DEFLATED, 31, 1, zlib.Z_HUFFMAN_ONLY)
    for data in (two, gzip.compress(PAGE.encode()) + b"trailing", strange.compress(PAGE.encode()) + strange.flush()):
        source = read("a.gz", data)
        assert source.text == PAGE
        assert set(source.envelope or {}) == {"raw"}
        assert back(source) == data


def test_hz_spelt_otherwise_than_python_would() -> None:
    """Shifted out and in again between two characters: legal, and no encoder writes it."""
    hz = b"~{<:Ky2;S{#,~}~{NpJ)l6HK!#~}\n" * 30
    source = read("a.gz", gzip.compress(hz))
    assert source.text.startswith("己所不欲，勿施")
    assert source.encoding == "hz"
    assert back(source) == gzip.compress(hz)
    assert source.envelope is not None


def test_two_byte_pairs_for_one_character_need_a_small_patch() -> None:
    """Big5 has 十 among the ideographs (A451) and among the numerals (A2CC); the text alone cannot tell which stood there."""
    plain = traditional(PAGE).encode("big5", "ignore")
    numeral, ideograph = b"\xa2\xcc", "十".encode("big5")
    data = plain.replace(ideograph, numeral, 2)
    assert plain.count(ideograph) > 2
    source = read("a.txt", data)
    assert source.text == plain.decode("big5")
    assert back(source) == data
    assert [change[2] for change in (source.envelope or {})["patch"]] == ["a2cc", "a2cc"]


def test_a_tampered_text_is_noticed() -> None:
    source = read("a.txt", "第七版".encode())
    with pytest.raises(AccountError, match="sha256"):
        to_bytes(ledger_fields(source), "第八版")
    latin = read("a.txt", "Köln".encode("latin-1"), encoding="latin-1")
    with pytest.raises(AccountError, match="character 0"):
        to_bytes(ledger_fields(latin), "第")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff\xfe\x00\x00")
@example(b"\xff\xfea\x00\x00")
@example(b"\x84\x31\x95\x33\x83\x36\xc7\x38")
@example(b"~{!*~}~~~\n")
@example(b"\x1f\x8b\x08\x00")
def test_any_bytes_are_refused_or_come_back(data: bytes) -> None:
    for encoding in (None, "gb18030", "big5hkscs", "hz", "euc-tw", "utf-16"):
        try:
            source = read("a", data, encoding=encoding)
        except SourceError as e:
            assert str(e).startswith("a: ")
            assert to_bytes(unreadable("a", data, str(e)), "") == data
        else:
            source.text.encode()
            assert back(source) == data


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80), st.sampled_from(CODECS), st.booleans())
def test_any_text_comes_back_in_the_codec_it_was_written_in(text: str, codec: str, packed: bool) -> None:
    text = encodable(text, codec)
    data = decode.encode(text, codec)
    assume(data and not any(data.startswith(start) for start, *_ in (*decode.BOMS, *decode.MAGIC)))
    file = gzip.compress(data) if packed else data
    source = read("a", file, encoding=codec)
    assert source.text == text or any(c in text for c in decode._MEANS.get(codec, {}))
    assert back(source) == file


HAN = st.text(st.sampled_from(sorted(set(PAGE) - set("\r"))), min_size=30, max_size=300)


@settings(max_examples=60, deadline=None)
@given(HAN, st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-32-be"]))
def test_shuffled_chinese_is_recognised(text: str, codec: str) -> None:
    source = read("a", text.encode(codec))
    assert source.text == text


# Parts ----------------------------------------------------------------------------------------------------------------------


def test_euctw_covers_both_planes_and_turns_round() -> None:
    to_text, to_code = euctw._tables()
    assert len(to_text) == len(to_code) == 13_517
    assert all(euctw.encode(euctw.decode(code)) == code for code in to_text)
    with pytest.raises(UnicodeDecodeError) as e:
        euctw.decode(b"ab\x8e\xa3\xa1\xa1")
    assert e.value.start == 2


def test_euctw_outside_its_planes_is_refused_with_the_way_out() -> None:
    data = euctw.encode(encodable(traditional(PAGE[:200]), "euc_tw")) + b"\x8e\xa3\xa1\xa1"
    with pytest.raises(SourceError, match="iconv -f EUC-TW -t UTF-8"):
        read("a.txt", data)


def test_prose_is_cheap_and_mojibake_dear() -> None:
    assert reading(PAGE)[1] < 7
    assert reading(PAGE.encode().decode("gb18030", "replace"))[1] > PLAUSIBLE
    assert reading(traditional(PAGE).encode("big5", "ignore").decode("gb18030", "replace"))[1] > PLAUSIBLE


def test_a_long_single_line_is_read_in_pieces_and_placed_exactly() -> None:
    line = (PAGE.replace("\n", "") * 150).encode("gb18030")
    assert len(line) > 2_500_000
    assert read("a.txt", line).encoding == "gbk"
    with pytest.raises(SourceError, match=f"at byte {len(line) - 4},"):
        read("a.txt", line[:-4] + b"\xff" + line[-4:])


def test_two_encodings_in_one_file_are_told_with_the_line_and_the_way_out() -> None:
    mixed = "小麦丰收，农民高兴。\n".encode() + "今天下午，全国人民代表大会常务委员会举行会议。\n".encode("gbk")
    with pytest.raises(SourceError, match=r"^a\.txt: not \S+ at byte \d+, in line [12], .*make two files of it there$"):
        read("a.txt", mixed)
