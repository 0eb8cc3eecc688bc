"""One flat row of figures per record: what the data checks look at.

A row only measures; what is too much or too little stands with the expectations that judge it. Figures that do not
apply to a record (words that were not asked for, a date that is not there) are None, and nothing in a record is changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from qingyang import jumps, scripts, sentences
from qingyang.records import Record
from qingyang.rulebook import Rulebook, load

try:
    from qingyang import furniture
except ImportError:  # until the furniture rules are in
    furniture = None  # type: ignore[assignment]

HAN, LATIN, DIGIT, PUNCT, KANA, OTHER, BLANK, CONTROL, ZERO_WIDTH, REPLACEMENT, PRIVATE, COMPAT, RARE = range(13)

UNIFIED_COMPAT = frozenset("\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29")
"""Twelve characters of the compatibility block that are ideographs of their own (Unicode, Unified_Ideograph)."""


def _encodes(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def char_class(char: str) -> int:
    """The class of one character, as the counts of a row use it.

    >>> [char_class(c) == k for c, k in (("劳", HAN), ("⼈", COMPAT), ("\u200b", ZERO_WIDTH), ("鐨", RARE))]
    [True, True, True, True]
    """
    code = ord(char)
    if char == "\n":
        return BLANK
    if 0x4E00 <= code <= 0x9FFF or char in UNIFIED_COMPAT or char in "〇々":
        # GB 2312 is what a Simplified newspaper writes, Big5 what a Traditional one does. UTF-8 read as GBK
        # (鍏ㄥ浗鍔冲姩) lands outside both for every third character.
        return HAN if char in "〇々" or _encodes(char, "gb2312") or _encodes(char, "big5") else RARE
    if 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x3FFFD:
        return RARE
    if 0x2E80 <= code <= 0x2FD5 or 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F:
        return COMPAT
    if 0x3041 <= code <= 0x30FF and code not in (0x30FB, 0x30FC):
        return KANA
    if code == 0xFFFD:
        return REPLACEMENT
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return CONTROL
    if category == "Cf" and not 0xE0000 <= code <= 0xE007F:
        return ZERO_WIDTH
    if category in ("Co", "Cn", "Cs"):
        return PRIVATE
    if category == "Zs":
        return BLANK
    if category[0] == "N":
        return DIGIT
    if category[0] == "L" and (code < 0x80 or 0xFF21 <= code <= 0xFF5A):
        return LATIN
    if category[0] in "PM" or category in ("Sm", "Sc") or char in "℃℉°○●△▲□■◇◆☆★※→":
        return PUNCT
    return OTHER


class _Classes(dict[str, int]):
    """Every character's class, worked out once."""

    def __missing__(self, char: str) -> int:
        self[char] = value = char_class(char)
        return value


_CLASS = _Classes()
_BRACKETS = re.compile(r"\n|[（(][^\S\n]*|[）)]|[《》〈〉“”‘’「」『』【】〔〕［］]")
_ENUMERATOR = re.compile(r"(?:(?<=[。；，：、？！\s])|^)(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[）)]", re.M)
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])[’‘](?=[A-Za-z\s])|(?<=[0-9Ss])[’‘]|[’‘](?=\d\ds?\b)")
_CLOSE = {"）": "（", "》": "《", "〉": "〈", "”": "“", "’": "‘", "」": "「", "』": "『", "】": "【", "〕": "〔", "］": "［"}
_QUOTES = frozenset("“‘「『")
_ENDS = frozenset("。！？…”’）》」』】〕：；—～.!?)\":;︰")
_BAD_END = frozenset("，、,（“‘《「『【(")
_BAD_START = frozenset("，、。；：！？”’）》」』】)")
_HAN_RANGE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_HAN_BLANK = re.compile(f"(?<=[{_HAN_RANGE}])[^\\S\\n]+(?=[{_HAN_RANGE}])")
_HALF_WIDTH = re.compile(f"(?<=[{_HAN_RANGE}])[,;:?!()](?=[{_HAN_RANGE}])")
_RUN = re.compile(r"([^\s…—\d])\1{4,}")
_DATELINE = re.compile(r"^\s*[（(]?(?:新华社|中新社|本报|人民网|新华网|中新网)[^。，；！？\n]{0,25}?(?:[电電]|[讯訊]|报道|報道)\s*[）)]?[\s　（(]")
_NAME = re.compile(
    rf"[{_HAN_RANGE}〇]{{2,4}}|[{_HAN_RANGE}]{{1,12}}(?:[·•・‧．.][{_HAN_RANGE}A-Za-z]{{1,12}}){{1,4}}|[A-Z][A-Za-z.'’-]*(?: [A-Z][A-Za-z.'’-]*){{0,3}}"
)
_BODY = re.compile(
    rf"[{_HAN_RANGE}\d“”·（） ]{{2,30}}(?:社|部|报|院|会|委|局|组|室|台|网|处|中心|办公室|办公厅|评论员|编辑部|记者|中央|政府|研究所|大学|公司|国务院)"
)


def balance(text: str, *, head_missing: bool = False, tail_missing: bool = False) -> tuple[int, int]:
    """How many brackets, and how many quotation marks, of ``text`` have no partner.

    Paragraphs are lines. Each paragraph of a longer quotation opens anew with “ and only the last one closes, as
    newspapers print it; half brackets of an enumeration (``1）``) and apostrophes need no partner. Where the head is
    missing, the text may close what it never opened; where the tail is, leave open what it opened.

    >>> balance("他说：“好。\\n“很好。”（完")
    (1, 0)
    """
    lone: Counter[str] = Counter()
    depth: Counter[str] = Counter()
    if "’" in text or "‘" in text:
        text = _APOSTROPHE.sub("", text)
    if ")" in text or "）" in text:
        text = _ENUMERATOR.sub("", text)
    line_start = -1
    for match in _BRACKETS.finditer(text):
        mark = match.group()
        if mark == "\n":
            line_start = match.end() - 1
            continue
        mark = "（" if mark[0] in "（(" else "）" if mark == ")" else mark
        opener = _CLOSE.get(mark)
        if opener is None:
            if mark in _QUOTES and depth[mark]:
                # “ while “ is open: a new paragraph of the same quotation, or the first one was never closed
                if match.start() != line_start + 1:
                    lone[mark] += 1
                continue
            depth[mark] += 1
        elif depth[opener]:
            depth[opener] -= 1
        else:
            lone[mark] += 1
    for opener, left in depth.items():
        lone[opener] += max(0, left - tail_missing)
    if head_missing:
        for closer in _CLOSE:
            lone[closer] = max(0, lone[closer] - 1)
    brackets = quotes = 0
    for mark, count in lone.items():
        if _CLOSE.get(mark, mark) in _QUOTES:
            quotes += count
        else:
            brackets += count
    return brackets, quotes


def looks_like_a_name(name: str) -> bool:
    """Whether an author is a person of two to four Han, a foreigner with ·, or a body that signs.

    >>> [looks_like_a_name(n) for n in ("习近平", "安格拉·默克尔", "本报评论员", "记者习近平、李克强", "上接第一版")]
    [True, True, True, False, False]
    """
    if jumps.find(name):
        return False
    return bool(_NAME.fullmatch(name) or _BODY.fullmatch(name))


@lru_cache(maxsize=65536)
def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


REMOVED_AT_MOST, CHANGED_AT_MOST = 0.25, 0.6
"""Share of a page's printed characters that one rule without a budget of its own may remove, and change. A page carries
about 3 % furniture and 0.5 % jump lines; half-width punctuation is 10–15 % of a page, a page in full-width digits more."""
SMALL_PAGE = 400
"""A page of fewer printed characters has no budget: one folio line is half of a page of three lines."""


def ledger_share(entries: Iterable[Mapping[str, Any]], book: Rulebook | None = None) -> dict[str, float]:
    """How far each rule used up its budget on a page, 1.0 being all of it; the worst of several pages.

    ``entries`` are the ledger entries of the sources that a record stands in. A rule's ``budget`` counts hits in 1,000
    characters; without one, the share of the page counts. ``removed`` is the share of the page that is in no record.

    >>> ledger_share([{"pieces": [["keep", 0, 350, 0, 0], ["remove", 350, 500, "layout.rest", "版" * 150]]}])
    {'layout.rest': 1.2, 'removed': 0.3}
    """
    rules = (book or load()).rules
    worst: dict[str, float] = {}
    for entry in entries:
        total = gone = 0
        hits: Counter[str] = Counter()
        removed: Counter[str] = Counter()
        changed: Counter[str] = Counter()
        for piece in entry.get("pieces", ()):
            op = piece[0]
            if op == "keep":
                total += piece[2] - piece[1]
                continue
            rule, before = (piece[3], piece[4]) if op == "remove" else (piece[5], piece[6])
            printed = len("".join(before.split()))
            total += printed
            hits[rule] += 1
            if op == "remove":
                removed[rule] += printed
                gone += printed
            else:
                changed[rule] += printed
        if total < SMALL_PAGE:
            continue
        worst["removed"] = max(worst.get("removed", 0.0), round(gone / total, 4))
        for rule, count in hits.items():
            known = rules.get(rule)
            if known is not None and known.budget is not None:
                used = count * 1000 / total / known.budget if known.budget else float(count)
            else:
                used = max(removed[rule] / total / REMOVED_AT_MOST, changed[rule] / total / CHANGED_AT_MOST)
            if used:
                worst[rule] = max(worst.get(rule, 0.0), round(used, 4))
    return dict(sorted(worst.items()))


def _links(record: Record) -> tuple[bool, bool]:
    """Whether the head, and whether the tail, of a record is not in the corpus."""
    back, on = record["continued_from"], record["continued_on"]
    return (back is not None and back["id"] is None), (on is not None and on["id"] is None)


def _parts_ok(record: Record) -> bool:
    """Parts name a source and a stretch of it; stretches of one source do not overlap."""
    parts = record["parts"]
    if not parts or any(not p["source"] or not 0 <= p["start"] < p["end"] for p in parts):
        return False
    spans = sorted((p["source"], p["start"], p["end"]) for p in parts)
    return all(a[0] != b[0] or a[2] <= b[1] for a, b in zip(spans, spans[1:], strict=False))


def _words_join(record: Record, words: Mapping[str, Any]) -> bool:
    """Whether the words give back every paragraph, and the sentences stand where they say."""
    if words.get("id") != record["id"]:
        return False
    said: list[list[str]] = [[] for _ in record["paragraphs"]]
    for sentence in words["sentences"]:
        para, start, end = sentence["para"], sentence["start"], sentence["end"]
        if not 0 <= para < len(said):
            return False
        text = "".join(sentence["words"])
        if record["paragraphs"][para][start:end] != text or ("pos" in sentence and len(sentence["pos"]) != len(sentence["words"])):
            return False
        said[para].append(text)
    return all("".join(s) == p for s, p in zip(said, record["paragraphs"], strict=True))


def _same_structure(record: Record, variant: Record) -> bool:
    """Whether a variant has the record's id, kind, paragraphs, links, parts and the same fields filled."""
    return (
        variant["id"] == record["id"]
        and variant["kind"] == record["kind"]
        and len(variant["paragraphs"]) == len(record["paragraphs"])
        and len(variant["authors"]) == len(record["authors"])
        and variant["parts"] == record["parts"]
        and variant["continued_from"] == record["continued_from"]
        and variant["continued_on"] == record["continued_on"]
        and variant["date"] == record["date"]
        and variant["text"] == "\n".join(variant["paragraphs"])
        and all(bool(variant[f]) == bool(record[f]) for f in _FIELDS)  # type: ignore[literal-required]
        and all(bool(v) == bool(p) for v, p in zip(variant["paragraphs"], record["paragraphs"], strict=True))
    )


_FIELDS = ("headline", "kicker", "deck", "byline", "dateline", "sign_off")


def row(
    record: Record,
    *,
    words: Mapping[str, Any] | None = None,
    variants: Mapping[str, Record] | None = None,
    accounted: bool = True,
    ledger_share: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The figures of one record: flat, scalars only, in a fixed order.

    ``words`` is the record's line of ``words.jsonl``, ``variants`` its Traditional forms by name, ``accounted`` what
    :func:`qingyang.ledger.account` found of its sources, ``ledger_share`` what :func:`ledger_share` says of them.
    """
    paragraphs, text = record["paragraphs"], record["text"]
    fields = [record[f] for f in _FIELDS if record[f]]  # type: ignore[literal-required]
    meta = record["metadata"]
    fields += [*record["authors"], *(meta.get("captions") or ())]
    printed = "\n".join([*fields, text])
    counts = [0] * 13
    for char, count in Counter(printed).items():
        counts[_CLASS[char]] += count
    body = len(printed) - counts[BLANK] or 1
    han = counts[HAN] + counts[RARE] + counts[COMPAT]
    lengths = [len(p) for p in paragraphs]
    head_missing, tail_missing = _links(record)
    article = record["kind"] == "article"

    ends = [p.rstrip()[-1:] for p in paragraphs]
    good_ends = sum(e in _ENDS for e in ends if e)
    broken_ends = sum(
        (e in _BAD_END or (n >= LONG_LINE and e not in _ENDS)) for e, n in zip(ends[: len(ends) - tail_missing], lengths, strict=False) if e
    )
    broken_starts = sum(p[:1] in _BAD_START for p in paragraphs[head_missing:] if p)
    lone_brackets, lone_quotes = balance(text, head_missing=head_missing, tail_missing=tail_missing)
    head_brackets = head_quotes = 0
    for f in fields:
        b, q = balance(f)
        head_brackets, head_quotes = head_brackets + b, head_quotes + q
    runs = max((m.end() - m.start() for m in _RUN.finditer(text)), default=0)
    longs = [p for p in paragraphs if len(p) >= LONG_LINE]

    printed_on, issued = record["date"], _day(record["issue_date"])
    day = _day(printed_on)
    odd = [a for a in record["authors"] if not looks_like_a_name(a)]
    if words is not None:
        sentence_count = len(words["sentences"])
    else:
        sentence_count = sum(len(sentences.split(p)) for p in paragraphs)

    out: dict[str, Any] = {
        "record_id": record["id"],
        "kind": record["kind"],
        "publication": record["publication"],
        "issue_date": record["issue_date"],
        "page": record["page"],
        "issue": f"{record['publication'] or 'unknown'} {record['issue_date'] or 'unknown'}",
        "lang": record["lang"],
        "text_hash": blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        "paragraphs": len(paragraphs),
        "characters": len(text),
        "sentences": sentence_count,
        "shortest_paragraph": min(lengths, default=0),
        "longest_paragraph": max(lengths, default=0),
        "han_share": round(han / body, 4),
        "latin_share": round(counts[LATIN] / body, 4),
        "digit_share": round(counts[DIGIT] / body, 4),
        "rare_han_share": round(counts[RARE] / (han or 1), 4),
        "unreadable_share": round((counts[REPLACEMENT] + counts[PRIVATE] + counts[OTHER]) / body, 4),
        "control_characters": counts[CONTROL],
        "zero_width_characters": counts[ZERO_WIDTH],
        "replacement_characters": counts[REPLACEMENT],
        "private_characters": counts[PRIVATE],
        "compatibility_characters": counts[COMPAT],
        "longest_run": runs,
        "han_blanks": len(_HAN_BLANK.findall(text)),
        "half_width": len(_HALF_WIDTH.findall(text)),
        "jump_lines": len(jumps.find(printed)),
        "furniture": sum(bool(furniture and furniture.match(p)) for p in paragraphs if len(p) <= FURNITURE_LINE),
        "datelines": sum(bool(_DATELINE.match(p)) for p in paragraphs),
        "lone_brackets": lone_brackets + head_brackets,
        "lone_quotes": lone_quotes + head_quotes,
        "good_ends_share": round(good_ends / len(paragraphs), 4) if paragraphs else None,
        "broken_ends": broken_ends,
        "broken_starts": broken_starts,
        "untrimmed_paragraphs": sum(not p or p != p.strip() for p in paragraphs),
        "repeated_paragraphs": len(longs) - len(set(longs)),
        "headline_length": len(record["headline"] or ""),
        "authors": len(record["authors"]),
        "odd_authors": len(odd),
        "date": printed_on,
        "date_valid": None if printed_on is None else day is not None,
        "days_after_issue": (day - issued).days if day and issued else None,
        "head_missing": head_missing,
        "tail_missing": tail_missing,
        "complete": record["complete"],
        "complete_consistent": record["complete"] != (head_missing or tail_missing),
        "parts": len(record["parts"]),
        "parts_ok": _parts_ok(record),
        "text_joined": text == "\n".join(paragraphs) and text.count("\n") == max(0, len(paragraphs) - 1),
        "flags_per_1000": round(1000 * len(record["flags"]) / body, 3),
        "accounted": accounted,
        "words_join": None if words is None else _words_join(record, words),
        "variants": len(variants or ()),
        "variants_same_structure": None,
        "variants_simplified_only": None,
        "variants_back_share": None,
        "variants_worst": None,
        "removed_share": None,
        "over_budget": None,
        "over_budget_rules": None,
    }
    if variants:
        same, simplified, back = {}, {}, {}
        for name, variant in variants.items():
            same[name] = _same_structure(record, variant)
            try:
                simplified[name] = len(scripts.simplified_only(variant["text"]))
                back[name] = scripts.converts_back(record, variant)
            except NotImplementedError:  # until scripts has them
                simplified[name], back[name] = 0, 1.0
        out["variants_same_structure"] = all(same.values())
        out["variants_simplified_only"] = sum(simplified.values())
        out["variants_back_share"] = round(min(back.values()), 4)
        out["variants_worst"] = min(variants, key=lambda n: (same[n], -simplified[n], back[n], n))
    if ledger_share is not None:
        rules = [rule for rule, used in ledger_share.items() if used > 1]
        out["removed_share"] = ledger_share.get("removed", 0.0)
        out["over_budget"] = len(rules)
        out["over_budget_rules"] = ", ".join(rules) or None
    return out


LONG_LINE = 30
"""From 30 characters on a paragraph without an end mark is a broken one rather than a subhead or a verse."""
FURNITURE_LINE = 80
