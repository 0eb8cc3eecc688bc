"""One flat row of figures per record: what the data checks look at.

A row only measures; what is too much or too little stands with the expectations that judge it. Figures that do not
apply to a record (words that were not asked for, a date that is not there) are None, and nothing in a record is changed.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qingyang import furniture, jumps, scripts, sentences
from qingyang.codes import code_points
from qingyang.han import costs
from qingyang.markup import RULES as MARKS
from qingyang.records import Record
from qingyang.rulebook import Rulebook, load

FIELDS = ("headline", "kicker", "deck", "byline", "dateline", "sign_off")
LONG_LINE = 30
"""From 30 characters on, a paragraph without an end mark is broken off rather than a subhead or a verse."""
ENOUGH_HAN = 50
"""Characters. Below, one line of rare names (冉冉 婷婷 丁霞) is rarer than text read in the wrong encoding."""

CLASSES = 12
HAN, LATIN, DIGIT, PUNCTUATION, KANA, OTHER, BLANK, CONTROL, ZERO_WIDTH, REPLACEMENT, PRIVATE, COMPATIBILITY = range(CLASSES)

_OWN_IDEOGRAPHS = frozenset("\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29")
"""Twelve characters of the compatibility block are ideographs of their own (Unicode: Unified_Ideograph)."""
_RANGES = (
    (((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2F7FF), (0x30000, 0x3FFFD)), HAN),
    (((0x2E80, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)), COMPATIBILITY),
    (((0x3041, 0x30FA), (0x30FD, 0x30FF)), KANA),
    (((0xFFFD, 0xFFFD),), REPLACEMENT),
    # soft hyphen, zero-width blanks, joiners, directions, byte order mark, interlinear marks, Hangul fillers
    (((0xAD, 0xAD), (0x115F, 0x1160), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)), ZERO_WIDTH),
    (((0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)), ZERO_WIDTH),
)


def char_class(char: str) -> int:
    """The class of one character, as a row counts it.

    >>> [char_class(c) for c in "劳⼈\u200bＡ３，\ufffd"] == [HAN, COMPATIBILITY, ZERO_WIDTH, LATIN, DIGIT, PUNCTUATION, REPLACEMENT]
    True
    """
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Co", "Cn", "Cs"):
        return PRIVATE
    if char in "〇々" or char in _OWN_IDEOGRAPHS:
        return HAN
    for ranges, kind in _RANGES:
        if any(low <= code <= high for low, high in ranges):
            return kind
    if category in ("Cc", "Zl", "Zp"):
        return BLANK if char in "\t\n" else CONTROL
    if category == "Zs":
        return BLANK
    if category[0] == "N":
        return DIGIT
    if category[0] == "L" and (code < 0x80 or "Ａ" <= char <= "ｚ"):
        return LATIN
    if category[0] in "PM" or category in ("Sm", "Sc") or char in "℃℉°○●△▲▽▼□■◇◆☆★※→←↑↓◎⊙①②③④⑤⑥⑦⑧⑨⑩":
        return PUNCTUATION
    return OTHER


UNCOMMON = 13.0
"""Nats of a Han that is on none of the shelves of :mod:`qingyang.han`."""
_UNSEEN = 255


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """By code point, the class of each character, and for a Han how rare it is; worked out by :func:`_classes` when it is met first."""
    return np.full(sys.maxunicode + 1, _UNSEEN, np.uint8), np.zeros(sys.maxunicode + 1)


def _classes(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    kinds, cost = _tables()
    for code in np.unique(codes[kinds[codes] == _UNSEEN]).tolist():
        kinds[code] = kind = char_class(chr(code))
        cost[code] = costs().get(chr(code), UNCOMMON) if kind == HAN else 0.0
    return kinds[codes]


def printed(record: Record) -> str:
    """All that a record prints, its fields included."""
    fields = [record[key] for key in FIELDS if record[key]]  # type: ignore[literal-required]
    return "\n".join([*fields, *record["authors"], *(record["metadata"].get("captions") or ()), record["text"]])


def characters(records: Sequence[Record]) -> list[dict[str, Any]]:
    """What kinds of characters each record prints; shares are of all that are not blank."""
    if not records:
        return []
    texts = [printed(record) for record in records]
    counters = [Counter(text) for text in texts]
    codes = code_points("".join(map("".join, counters)))
    sizes = np.fromiter(map(len, counters), np.int64, len(counters))
    times = np.fromiter(chain.from_iterable(counter.values() for counter in counters), np.int64, len(codes))
    kinds = _classes(codes)
    of = np.repeat(np.arange(len(texts)) * CLASSES, sizes) + kinds
    counts = np.bincount(of, times, CLASSES * len(texts)).astype(np.int64).reshape(-1, CLASSES).tolist()
    nats = times * _tables()[1][codes]
    ends = np.cumsum(sizes)
    runs = _with_runs(texts)
    out = []
    for k, (text, mine, end, size) in enumerate(zip(texts, counts, ends.tolist(), sizes.tolist(), strict=True)):
        # one after the other, in the order of the text: a sum in another order may differ in its last bit
        whole = float(np.add.accumulate(nats[end - size : end])[-1]) if mine[HAN] >= ENOUGH_HAN else 0.0
        out.append(_figures(text, mine, whole, _longest_run(text) if k in runs else 0))
    return out


def _figures(text: str, counts: list[int], nats: float, longest: int) -> dict[str, Any]:
    counts[REPLACEMENT] += 2 * text.count("锟斤拷")  # two U+FFFD in UTF-8, read as GBK
    body = len(text) - counts[BLANK] or 1
    return {
        "han_share": round((counts[HAN] + counts[COMPATIBILITY]) / body, 4),
        "latin_share": round(counts[LATIN] / body, 4),
        "digit_share": round(counts[DIGIT] / body, 4),
        "han_rarity": round(nats / counts[HAN], 2) if counts[HAN] >= ENOUGH_HAN else None,
        "unreadable_share": round((counts[REPLACEMENT] + counts[PRIVATE] + counts[OTHER]) / body, 4),
        "control_characters": counts[CONTROL],
        "zero_width_characters": counts[ZERO_WIDTH],
        "replacement_characters": counts[REPLACEMENT],
        "private_characters": counts[PRIVATE],
        "compatibility_characters": counts[COMPATIBILITY],
        "longest_run": longest,
    }


def _with_runs(texts: Sequence[str]) -> set[int]:
    """The texts in which a character stands RUN times in a row; a line end between them parts the texts, and is no run."""
    codes = code_points("\n".join(texts))
    same = codes[1:] == codes[:-1]
    for _ in range(RUN - 2):
        same = same[1:] & same[:-1]
    some = np.flatnonzero(same)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return set(np.searchsorted(ends, some, "right").tolist())


def _longest_run(text: str) -> int:
    return max((len(match[0]) for match in _RUN.finditer(text) if match[1] not in _RUNS_WELL), default=0)


RUN = 5
"""From five on, a repeated character is a run: 哈哈哈哈 is speech."""
_RUNS_WELL = frozenset("…—0０\n")
_RUN = re.compile(rf"(.)\1{{{RUN - 1},}}", re.DOTALL)

# ---- brackets and quotation marks

_CLOSES = {"）": "（", "》": "《", "〉": "〈", "”": "“", "’": "‘", "」": "「", "』": "『", "】": "【", "〕": "〔", "］": "［"}
_QUOTES = frozenset("“‘「『")
_MARKS = re.compile("[\n()" + "".join(_CLOSES) + "".join(_CLOSES.values()) + "]")
_ITEM = re.compile(r"(?:(?<=[。；，：、？！\s])|^)(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,3})$")
"""What stands before the half bracket of an enumeration: ``1）``."""
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])[’‘](?=[A-Za-z\s])|(?<=[0-9Ss])[’‘]|[’‘](?=\d\d(?!\d))")


def lone_marks(text: str, *, head_missing: bool = False, tail_missing: bool = False) -> tuple[int, int]:
    """How many brackets, and how many quotation marks, of ``text`` have no partner.

    Paragraphs are lines. As newspapers print it, each paragraph of a longer quotation opens anew with “ and only the
    last one closes. Half brackets of an enumeration (``1）``) and apostrophes need no partner, and （ may close with ``)``.
    Where the head is missing, the text may close what it never opened; where the tail is, leave open what it opened.

    >>> lone_marks("他说：“好。\\n“很好。”（完")
    (1, 0)
    """
    if not _MARKS.search(text):
        return 0, 0
    if "’" in text or "‘" in text:
        text = _APOSTROPHE.sub("", text)
    lone: Counter[str] = Counter()
    depth: Counter[str] = Counter()
    line = 0
    for match in _MARKS.finditer(text):
        mark = match.group()
        if mark == "\n":
            line = match.end()
            continue
        mark = "（" if mark == "(" else "）" if mark == ")" else mark
        opener = _CLOSES.get(mark)
        if opener is None:
            if mark not in _QUOTES or not depth[mark]:
                depth[mark] += 1
            elif match.start() != line:  # “ while “ is open, and no new paragraph: the first one was never closed
                lone[mark] += 1
        elif depth[opener]:
            depth[opener] -= 1
        elif mark != "）" or not _ITEM.search(text[max(line, match.start() - 5) : match.start()]):
            lone[mark] += 1
    if head_missing:
        lone.subtract({closer: 1 for closer in _CLOSES if lone[closer]})
    for opener, left in depth.items():
        lone[opener] += max(0, left - tail_missing)
    quotes = sum(n for mark, n in lone.items() if _CLOSES.get(mark, mark) in _QUOTES)
    return sum(lone.values()) - quotes, quotes


# ---- paragraphs

_GOOD_ENDS = frozenset('。！？…”’）》」』】〕：；—～.!?)":;')
_OPENING = frozenset("（“‘《「『【(")
_BULLETS = frozenset("●○■□◆◇▲△★☆·•")
_GOES_ON = frozenset("，、。；：！？”’）》」』】)")
_H = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_HAN_BLANK = re.compile(f"(?<=[{_H}])[^\\S\\n]+(?=[{_H}])")
_HALF_WIDTH = re.compile(f"(?<=[{_H}])[,;:?!()](?=[{_H}])")
_DATELINE = re.compile(r"\s*[（(]?(?:新华[社网]|中新[社网]|本报|人民网)[^。，；！？\n]{0,25}?(?:[电電讯訊]|报道|報道)\s*[）)]?[\s（(]")


def _breaks_off(paragraph: str) -> bool:
    """Whether a paragraph ends in mid-sentence: with an opening bracket, or long and after a comma or a Han.

    >>> _breaks_off("当今世界正经历百年未有之大变局，我国"), _breaks_off("劳动最光荣"), _breaks_off("从黄土，从历史，")
    (False, False, False)
    >>> _breaks_off("第三，努力建设高素质劳动大军。劳动者素质对一个国家、一个民族发展至关重要。当")
    True
    """
    end = paragraph[-1]
    if end in _GOOD_ENDS:
        return False
    if end in _OPENING:
        return True
    if len(paragraph) < LONG_LINE // 2 or paragraph[0] in _BULLETS:  # a verse; the items of a list often end bare
        return False
    if end in "，、,":
        return True
    return len(paragraph) >= LONG_LINE and "。" in paragraph and char_class(end) == HAN and "——" not in paragraph[-12:]  # ——编者


def _goes_on(paragraph: str) -> bool:
    """Whether a paragraph opens with what belongs to the one before: ，。” but not ’97."""
    return paragraph[0] in _GOES_ON and not (paragraph[0] == "’" and paragraph[1:2].isdigit())


def _paragraphs(record: Record, head_missing: bool, tail_missing: bool) -> dict[str, Any]:
    paragraphs, text = record["paragraphs"], record["text"]
    stripped = [p.strip() for p in paragraphs]
    lengths = [len(p) for p in paragraphs]
    longs = [p for p in stripped if len(p) >= LONG_LINE]
    closed = stripped[: len(stripped) - tail_missing]
    opened = stripped[head_missing:]
    return {
        "shortest_paragraph": min(lengths, default=0),
        "longest_paragraph": max(lengths, default=0),
        "good_ends_share": round(sum(p[-1:] in _GOOD_ENDS for p in stripped) / len(stripped), 4) if stripped else None,
        "broken_ends": sum(map(_breaks_off, filter(None, closed))),
        "broken_starts": sum(map(_goes_on, filter(None, opened))),
        "untrimmed_paragraphs": sum(not p or p != q for p, q in zip(paragraphs, stripped, strict=True)),
        "repeated_paragraphs": len(longs) - len(set(longs)),
        "furniture": sum(map(_is_furniture, stripped)),
        "datelines": sum(bool(_DATELINE.match(p)) for p in paragraphs),
        "han_blanks": len(_HAN_BLANK.findall(text)) if text.count("\n") + 1 < len(text.split()) else 0,
        "half_width": len(_HALF_WIDTH.findall(text)) if any(c in text for c in ",;:?!()") else 0,
        "text_joined": text == "\n".join(paragraphs) and text.count("\n") == max(0, len(paragraphs) - 1),
    }


def _is_furniture(paragraph: str) -> bool:
    """Whether a sure rule calls the whole paragraph furniture."""
    if len(paragraph) > furniture.LONGEST:
        return False
    rule = furniture.match(paragraph)
    return rule is not None and furniture.strength(rule) == "sure"


# ---- fields

_NAME = re.compile(
    f"[{_H}〇]{{2,4}}"
    f"|[{_H}]{{1,12}}(?:[·•・‧．.][{_H}A-Za-z]{{1,12}}){{1,4}}"
    r"|[A-Z][A-Za-z.'’-]*(?: [A-Z][A-Za-z.'’-]*){0,3}"
)
_BODIES = (
    "社|部|报|院|会|委|局|组|室|台|网|处|中心|办公厅|评论员|编辑部|记者|作者|中央|政府|研究所|大学|学院|公司|集团|军区|"
    "銀行|银行|大使馆|总统|主席|总理"
)
_BODY = re.compile(rf"[{_H}\d“”·（） ]{{1,30}}(?:{_BODIES})")
_NO_NAME = re.compile("^(?:上接|下转|下轉|上转|摄影|记者|本报)")


def looks_like_a_name(name: str) -> bool:
    """Whether an author is a person of two to four Han, a foreigner with ·, or a body that signs.

    >>> [looks_like_a_name(n) for n in ("习近平", "安格拉·默克尔", "本报评论员", "习近平、李克强", "上接一版")]
    [True, True, True, False, False]
    """
    return bool(_BODY.fullmatch(name) or (_NAME.fullmatch(name) and not _NO_NAME.match(name)))


@lru_cache(maxsize=65536)
def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


def missing_ends(record: Record) -> tuple[bool, bool]:
    """Whether the head, and whether the tail, of a record stands on a page that is not in the corpus."""
    back, on = record["continued_from"], record["continued_on"]
    return (back is not None and back["id"] is None), (on is not None and on["id"] is None)


def _complete_consistent(record: Record, missing: bool) -> bool:
    """Whether ``complete`` says what the links say; a fragment that no jump line leads to is incomplete all the same."""
    return not record["complete"] if missing or record["kind"] == "fragment" else record["complete"]


def _parts_ok(record: Record) -> bool:
    """Parts name a source and a stretch of it, and stretches of one source do not overlap."""
    parts = record["parts"]
    if not parts or any(not p["source"] or not 0 <= p["start"] < p["end"] for p in parts):
        return False
    spans = sorted((p["source"], p["start"], p["end"]) for p in parts)
    return all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))


# ---- views


def _words_join(record: Record, words: Mapping[str, Any]) -> bool:
    """Whether the words give back every paragraph, and every sentence stands where it says."""
    if words.get("id") != record["id"]:
        return False
    said: list[list[str]] = [[] for _ in record["paragraphs"]]
    for sentence in words["sentences"]:
        k = sentence["para"]
        text = "".join(sentence["words"])
        if not 0 <= k < len(said) or record["paragraphs"][k][sentence["start"] : sentence["end"]] != text:
            return False
        if "pos" in sentence and len(sentence["pos"]) != len(sentence["words"]):
            return False
        said[k].append(text)
    return all("".join(s) == p for s, p in zip(said, record["paragraphs"], strict=True))


_SAME = ("id", "kind", "parts", "continued_from", "continued_on", "date")


def _differing_share(words: Mapping[str, Any], reference: Mapping[str, Any]) -> float:
    """Share of the reference's words that the other view does not cut at the same two places; the reference may end sooner."""
    ours, theirs = words["sentences"], reference["sentences"]
    count = sum(len(sentence["words"]) for sentence in theirs)
    beside = ours[: len(theirs)]
    if [(s["para"], s["start"]) for s in beside] == [(s["para"], s["start"]) for s in theirs]:
        # sentence by sentence, and most are cut alike
        some = [(a, b) for a, b in zip(beside, theirs, strict=True) if a["words"] != b["words"]]
        ours, theirs = [a for a, _ in some], [b for _, b in some]
    return round(len(_spans(theirs) - _spans(ours)) / (count or 1), 4)


def _spans(sentences: Sequence[Mapping[str, Any]]) -> set[tuple[int, int, int]]:
    out = set()
    for sentence in sentences:
        start = sentence["start"]
        for word in sentence["words"]:
            out.add((sentence["para"], start, start + len(word)))
            start += len(word)
    return out


def _same_structure(record: Record, variant: Record) -> bool:
    """Whether a Traditional form has the record's id, kind, parts, links and date, and the same fields filled."""
    return (
        all(variant[key] == record[key] for key in _SAME)  # type: ignore[literal-required]
        and all(bool(variant[key]) == bool(record[key]) for key in FIELDS)  # type: ignore[literal-required]
        and list(map(bool, variant["paragraphs"])) == list(map(bool, record["paragraphs"]))
        and len(variant["authors"]) == len(record["authors"])
        and variant["text"] == "\n".join(variant["paragraphs"])
        and variant["text"].count("\n") == max(0, len(record["paragraphs"]) - 1)
    )


def _views(record: Record, variants: Mapping[str, Record], judged: Mapping[str, scripts.Judged] | None) -> dict[str, Any]:
    """Over all Traditional forms: the same structure, characters that only Simplified writes, share that converts back."""
    if not variants:
        return dict.fromkeys(("variants_same_structure", "variants_simplified_only", "variants_back_share", "variants_worst"))
    judged = judged or scripts.judge([record], [variants])[0]
    same = {name: _same_structure(record, variant) for name, variant in variants.items()}
    simplified = {name: judged[name].simplified for name in variants}
    # what has another structure cannot be laid beside the record
    back = {name: judged[name].back if same[name] else 1.0 for name in variants}
    return {
        "variants_same_structure": all(same.values()),
        "variants_simplified_only": sum(simplified.values()),
        "variants_back_share": round(min(back.values()), 4),
        "variants_worst": min(variants, key=lambda name: (same[name], -simplified[name], back[name], name)),
    }


# ---- the ledger

REMOVED_AT_MOST, CHANGED_AT_MOST = 0.25, 0.6
"""Share of a page's printed characters that one rule without a budget of its own may remove, and change. A page carries
about 3 % furniture and 0.5 % jump lines; half-width punctuation is 10–15 % of a page, a page in full-width digits more."""
REMOVED_ALWAYS = 200
"""Characters that a rule may remove of a page however short: folio, contents, telephone numbers and credits of a front page are as long
where there is little text beside them."""
HITS_PER = 1000
"""Characters to which a rule's own budget refers, and for which a shorter page counts: one jump line is no sign of a rule run wild."""
SMALL_PAGE = 400
"""A page of fewer printed characters has no budget: one folio line is half of a page of three lines."""


def ledger_share(entries: Iterable[Mapping[str, Any]], book: Rulebook | None = None) -> dict[str, float]:
    """How far each rule used up its budget on a page, 1.0 being all of it; the worst of several pages.

    ``entries`` are the ledger entries of the sources that a record stands in. A rule's ``budget`` counts hits in 1,000
    characters; without one, the share of the page counts. ``removed`` is the share of the page that is in no record.

    >>> ledger_share([{"pieces": [["keep", 0, 700, 0, 0], ["remove", 700, 1000, "layout.rest", "版" * 300]]}])
    {'layout.rest': 1.2, 'removed': 0.3}
    """
    return worst_share(page_share(entry, book) for entry in entries)


def worst_share(pages: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The worst of what :func:`page_share` says of several pages."""
    worst: dict[str, float] = {}
    for used in pages:
        for rule, share in used.items():
            worst[rule] = max(worst.get(rule, 0.0), round(share, 4))
    return {rule: share for rule, share in sorted(worst.items()) if share or rule == "removed"}


def page_share(entry: Mapping[str, Any], book: Rulebook | None = None, times: float = 1.0) -> dict[str, float]:
    """How far each rule used up its budget on one page; nothing of a small one. Every budget is multiplied by ``times``."""
    total, gone, uses = _budgets(entry, book, times)
    shares = {"removed": gone / total} if total else {}
    for used in uses:
        shares[used.rule] = max(shares.get(used.rule, 0.0), used.share)
    return shares


def excess(entry: Mapping[str, Any], book: Rulebook | None = None, times: float = 1.0) -> list[str]:
    """Which rules went over their budget on a page, by how much, and the least ``page_budget`` that lets them, in words.

    >>> excess({"pieces": [["keep", 0, 700, 0, 0], ["remove", 700, 1000, "layout.rest", "版" * 300]]})
    ['layout.rest removed 300 of 1,000 characters, its budget is 250 (page_budget = 1.2 would allow it)']
    """
    total, _, uses = _budgets(entry, book, times)
    said = []
    for used in uses:
        if round(used.share, 4) > 1:
            what = f"was found {used.amount} times in" if used.what == "found" else f"{used.what} {used.amount:,} of"
            enough = math.ceil(10 * times * used.share) / 10
            budget = f"its budget is {used.allowed:,.4g} (page_budget = {enough:g} would allow it)"
            said.append(f"{used.rule} {what} {total:,} characters, {budget}")
    return said


class _Used(NamedTuple):
    """What a rule did on a page (``found``, ``removed``, ``changed``), how often or to how many characters, and what it may."""

    rule: str
    what: str
    amount: int
    allowed: float

    @property
    def share(self) -> float:
        return self.amount / self.allowed


def _budgets(entry: Mapping[str, Any], book: Rulebook | None, times: float) -> tuple[int, int, list[_Used]]:
    """Printed characters of a page, those that are in no record, and what each rule did against its budgets; nothing of a small page."""
    rules = (book or load()).rules
    total, hits, removed, changed = _use(entry.get("pieces", ()))
    if total < SMALL_PAGE:
        return 0, 0, []
    used = []
    for rule, count in hits.items():
        known = rules.get(rule)
        used.append(_Used(rule, "removed", removed[rule], times * max(REMOVED_AT_MOST * total, REMOVED_ALWAYS)))
        if known is not None and known.budget is not None:
            used.append(_Used(rule, "found", count, times * known.budget * max(total, HITS_PER) / HITS_PER))
        else:
            used.append(_Used(rule, "changed", changed[rule], times * CHANGED_AT_MOST * total))
    return total, sum(removed.values()), used


def _use(pieces: Iterable[Sequence[Any]]) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    """Printed characters of a page; per rule its hits, and how many characters it removed and changed."""
    total = 0
    hits: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    edits: Counter[tuple[bool, str, str]] = Counter()
    """Thousands of a page are alike."""
    for piece in pieces:
        if piece[0] == "keep":
            total += piece[2] - piece[1]
        elif piece[0] == "remove":
            edits[True, piece[3], piece[4]] += 1
        else:
            edits[False, piece[5], piece[6]] += 1
    for (gone, rule, before), times in edits.items():
        if rule in MARKS:
            # what a converter wrote is none of the page
            continue
        size = 0 if before.isspace() else times * sum(map(len, before.split()))
        total += size
        hits[rule] += times
        (removed if gone else changed)[rule] += size
    return total, hits, removed, changed


# ---- the row


def row(
    record: Record,
    *,
    words: Mapping[str, Any] | None = None,
    reference: Mapping[str, Any] | None = None,
    variants: Mapping[str, Record] | None = None,
    accounted: bool = True,
    ledger_share: Mapping[str, float] | None = None,
    over_budget: Sequence[str] = (),
    judged: Mapping[str, scripts.Judged] | None = None,
    kinds: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The figures of one record: flat, scalars only, always the same keys in the same order.

    ``words`` is the record's line of ``words.jsonl``, ``reference`` the same cut by jieba itself (for a sample of records),
    ``variants`` its Traditional forms by name, ``accounted`` what :func:`qingyang.ledger.account` found of its sources,
    ``ledger_share`` what :func:`ledger_share` says of them, ``over_budget`` what :func:`excess` does; ``judged`` is what
    :func:`qingyang.scripts.judge` says of the variants and ``kinds`` what :func:`characters` says of the record, for whoever asks
    them about many records at once.
    """
    paragraphs, text = record["paragraphs"], record["text"]
    fields = [record[key] for key in FIELDS if record[key]]  # type: ignore[literal-required]
    fields += [*record["authors"], *(record["metadata"].get("captions") or ())]
    head_missing, tail_missing = missing_ends(record)
    marks = [lone_marks(text, head_missing=head_missing, tail_missing=tail_missing), *map(lone_marks, fields)]
    day, issued = _day(record["date"]), _day(record["issue_date"])
    used = ledger_share or {}
    ran_wild = [rule for rule, share in used.items() if share > 1]
    return {
        "record_id": record["id"],
        "kind": record["kind"],
        "publication": record["publication"],
        "issue_date": record["issue_date"],
        "page": ",".join(dict.fromkeys(p["page"] for p in record["parts"] if p["page"])) or None,
        "issue": " ".join(
            filter(None, (record["publication"] or "unknown", record["issue_date"] or "unknown", record["metadata"].get("edition")))
        ),
        "lang": record["lang"],
        "text_hash": blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        "paragraphs": len(paragraphs),
        "characters": len(text),
        "sentences": len(words["sentences"]) if words is not None else sum(len(sentences.split(p)) for p in paragraphs),
        **(characters([record])[0] if kinds is None else kinds),
        **_paragraphs(record, head_missing, tail_missing),
        "lone_brackets": sum(m[0] for m in marks),
        "lone_quotes": sum(m[1] for m in marks),
        "jump_lines": len(jumps.find(printed(record))),
        "headline_length": len(record["headline"] or ""),
        "authors": len(record["authors"]),
        "odd_authors": sum(not looks_like_a_name(a) for a in record["authors"]),
        "date": record["date"],
        "date_valid": None if record["date"] is None else day is not None,
        "days_after_issue": (day - issued).days if day and issued else None,
        "head_missing": head_missing,
        "tail_missing": tail_missing,
        "complete": record["complete"],
        "complete_consistent": _complete_consistent(record, head_missing or tail_missing),
        "unsure_continuations": int(record["metadata"].get("continuation") == "unsure"),
        "unsure_order": int(record["metadata"].get("order") == "unsure"),
        "parts": len(record["parts"]),
        "parts_ok": _parts_ok(record),
        "flags_per_1000": round(1000 * len(record["flags"]) / max(1, len(text)), 3),
        "accounted": accounted,
        "words_join": None if words is None else _words_join(record, words),
        "words_differing": None if words is None or reference is None else _differing_share(words, reference),
        "variants": len(variants or ()),
        **_views(record, variants or {}, judged),
        "removed_share": None if ledger_share is None else used.get("removed", 0.0),
        "over_budget": None if ledger_share is None else len(ran_wild),
        "over_budget_rules": "; ".join(over_budget) or ", ".join(ran_wild) or None,
    }
