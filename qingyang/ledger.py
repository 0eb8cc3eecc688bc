"""One hand applies every edit, and the account of it is exact.

Structure and rules only *propose*: which stretches of the source stand in which field of which record
(:class:`Slot`), which characters change (:class:`~qingyang.records.Edit`), which are removed and why
(:class:`Removal`). :func:`compose` applies all of it, writes the strings, and tiles each source into *pieces*:

``["keep", start, end, slot, at]``
    ``text[start:end]`` stands unchanged at offset ``at`` of slot number ``slot``.
``["change", start, end, slot, at, rule, before, after]``
    ``before`` was replaced by ``after``, which stands at offset ``at``.
``["remove", start, end, rule, before]``
    ``before`` is in no record; ``rule`` says why.

Slots are ``[record id, field, paragraph]``; ``field`` is a record field or ``metadata.<name>``, ``paragraph`` the
index in it when the field is a list, else -1. :func:`account` proves that nothing was lost, doubled or invented;
:func:`restore_text` gives the source text back from output and ledger alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.records import INVISIBLE, AccountError, Edit, Record, Source

Piece = list[Any]

LAYOUT = frozenset({"layout.blank", "unwrap.join"})
"""Rules that remove blanks and line ends only: around strings, and inside them where lines were joined."""

BLANKS = " \t\u3000\u00a0\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_NO_INK = BLANKS + INVISIBLE
_START, _END = itemgetter(1), itemgetter(2)


class Stretch(NamedTuple):
    """``start:end`` of source number ``source``."""

    source: int
    start: int
    end: int


class Removal(NamedTuple):
    source: int
    start: int
    end: int
    rule: str


@dataclass(slots=True)
class Slot:
    """A string to be written: the stretches that make it up, in reading order."""

    record: str
    field: str
    para: int
    stretches: list[Stretch] = made(default_factory=list)


def compose(
    sources: Sequence[Source],
    edits: Sequence[Sequence[Edit]],
    slots: Sequence[Slot],
    removals: Iterable[Removal],
) -> tuple[list[str], list[list[Piece]]]:
    """Write every slot's string and tile every source.

    ``edits[k]`` are the proposals for source ``k``, sorted and without overlap. An edit applies where it lies
    inside a stretch that is placed; elsewhere the characters are removed anyway. Blanks and line ends between
    stretches need no explicit removal: inside a string they go as ``unwrap.join``, elsewhere as ``layout.blank``.

    Returns one string per slot and one list of pieces per source, in source order.

    Raises AccountError when a character would be placed twice or vanish without a rule.
    """
    texts = [source.text for source in sources]
    number, start, end = flat(slots)
    first = _first_edits(edits, number, start, end, texts)
    counts = np.array([len(slot.stretches) for slot in slots], np.int64)
    slot_of = np.repeat(np.arange(len(slots)), counts)
    edited = np.zeros(len(slots), np.bool_)
    edited[slot_of[first >= 0]] = True
    # what nothing is changed in is kept as it stands: nearly all slots
    begin = np.cumsum(counts) - counts
    run = np.cumsum(end - start) - (end - start)
    at = run - run[begin[slot_of]]
    kept = ~edited[slot_of] & (end > start)
    pieces: list[list[Piece]] = []
    for k in range(len(sources)):
        mine = np.flatnonzero(kept & (number == k))
        columns = (each[mine].tolist() for each in (start, end, slot_of, at))
        pieces.append([["keep", *piece] for piece in zip(*columns, strict=True)])
    strings: list[str] = []
    for n, slot in enumerate(slots):
        if edited[n]:
            strings.append(_edited(slot, n, first[begin[n] : begin[n] + counts[n]].tolist(), texts, edits, pieces))
        else:
            strings.append("".join([texts[k][a:b] for k, a, b in slot.stretches]))
    for k, here, stop, rule in removals:
        if stop > here:
            pieces[k].append(["remove", here, stop, rule, texts[k][here:stop]])
    return strings, [_fill(source, mine) for source, mine in zip(sources, pieces, strict=True)]


def flat(slots: Iterable[Slot]) -> NDArray[np.int64]:
    """Source, start and end of every stretch of the slots, one row each."""
    numbers = chain.from_iterable(chain.from_iterable(slot.stretches for slot in slots))
    return np.fromiter(numbers, np.int64).reshape(-1, 3).T


def _first_edits(
    edits: Sequence[Sequence[Edit]], number: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], texts: Sequence[str]
) -> NDArray[np.int64]:
    """For every stretch, the number of the first edit inside; -1 where there is none."""
    out = np.full(len(number), -1)
    for k, (es, text) in enumerate(zip(edits, texts, strict=True)):
        mine = np.flatnonzero(number == k)
        starts = np.array([*(e.start for e in es), len(text)])
        first = np.searchsorted(starts, start[mine])
        out[mine] = np.where(starts[first] < end[mine], first, -1)
    return out


def _edited(
    slot: Slot, number: int, first: Sequence[int], texts: Sequence[str], edits: Sequence[Sequence[Edit]], pieces: Sequence[list[Piece]]
) -> str:
    """The string of a slot in which something is changed; its pieces are added to those of its sources."""
    out: list[str] = []
    at = 0
    for (k, here, end), i in zip(slot.stretches, first, strict=True):
        text, mine, es = texts[k], pieces[k], edits[k]
        while 0 <= i < len(es) and es[i].start < end:
            e = es[i]
            i += 1
            if e.end > end or e.start < here:
                continue
            if e.start > here:
                mine.append(["keep", here, e.start, number, at])
                out.append(text[here : e.start])
                at += e.start - here
            before = text[e.start : e.end]
            if e.after:
                mine.append(["change", e.start, e.end, number, at, e.rule, before, e.after])
                out.append(e.after)
                at += len(e.after)
            elif e.end > e.start:
                mine.append(["remove", e.start, e.end, e.rule, before])
            here = e.end
        if here < end:
            mine.append(["keep", here, end, number, at])
            out.append(text[here:end])
            at += end - here
    return "".join(out)


def _fill(source: Source, pieces: list[Piece]) -> list[Piece]:
    """Sort the pieces and put a ``layout.blank`` removal into every gap of blanks."""
    pieces.sort(key=_END)
    pieces.sort(key=_START)
    text, here = source.text, 0
    out: list[Piece] = []
    above = -1
    for p in pieces:
        start = p[1]
        slot = -1 if p[0] == "remove" else p[3]
        if start != here:
            gap = text[here:start]
            if start < here:
                raise AccountError(f"{source.name}: characters {start}–{min(here, p[2])} are placed twice ({text[start : start + 20]!r})")
            if gap != "\n":
                _check_blank(source, here, gap)
            out.append(["remove", here, start, "unwrap.join" if slot == above >= 0 else "layout.blank", gap])
        out.append(p)
        above, here = slot, p[2]
    if here < len(text):
        _check_blank(source, here, text[here:])
        out.append(["remove", here, len(text), "layout.blank", text[here:]])
    return out


def _check_blank(source: Source, start: int, gap: str) -> None:
    if gap.strip(_NO_INK):
        end = start + len(gap)
        raise AccountError(f"{source.name}: characters {start}–{end} are in no record and no rule removed them ({gap[:30]!r})")


def slot_string(record: Mapping[str, Any], field_name: str, para: int) -> str:
    """The string of a record that a ledger slot names.

    >>> slot_string({"metadata": {"captions": ["图为现场。"]}}, "metadata.captions", 0)
    '图为现场。'
    """
    value: Any = record["metadata"][field_name[9:]] if field_name.startswith("metadata.") else record[field_name]
    if para >= 0:
        value = value[para]
    if not isinstance(value, str):
        raise AccountError(f"record {record.get('id')}: {field_name} {para} is missing from the output")
    return value


def account(entry: Mapping[str, Any], text: str, records: Mapping[str, Record]) -> None:
    """Prove that ``entry`` (one source's ledger) accounts for ``text`` to the last character.

    Every source character is kept, changed or removed exactly once, in order; what is kept or changed stands in
    the record at the place the ledger names. Raises AccountError at the first character that does not.
    """
    here = 0
    slots = [slot_string(records[r], f, p) for r, f, p in entry["slots"]]
    name = entry["source"]
    for p in entry["pieces"]:
        op, start, end = p[0], p[1], p[2]
        if start != here or end < start:
            raise AccountError(f"{name}: the ledger jumps from character {here} to {start}")
        here = end
        if op == "keep":
            at = p[4]
            got = slots[p[3]][at : at + end - start]
            if got != text[start:end]:
                raise AccountError(f"{name}: characters {start}–{end} changed without a rule: {text[start:end][:20]!r} → {got[:20]!r}")
        elif op == "change":
            if p[6] != text[start:end] or slots[p[3]][p[4] : p[4] + len(p[7])] != p[7]:
                raise AccountError(f"{name}: the change at {start} ({p[5]}) is not what the record shows")
        elif p[4] != text[start:end]:
            raise AccountError(f"{name}: the removal at {start} ({p[3]}) does not hold the source's characters")
    if here != len(text):
        raise AccountError(f"{name}: the ledger ends at character {here} of {len(text)}")


def account_output(entries: Iterable[Mapping[str, Any]], records: Mapping[str, Record]) -> None:
    """Prove that nothing in ``records`` was invented or doubled: every output character has one origin."""
    claims: dict[tuple[str, str, int], list[list[int]]] = {}
    for entry in entries:
        slots = [claims.setdefault((r, f, p), []) for r, f, p in entry["slots"]]
        for p in entry["pieces"]:
            if p[0] == "remove":
                continue
            spans, start = slots[p[3]], p[4]
            end = start + (p[2] - p[1] if p[0] == "keep" else len(p[7]))
            if spans and spans[-1][1] == start:  # as nearly every piece does
                spans[-1][1] = end
            else:
                spans.append([start, end])
    for (record, field_name, para), spans in claims.items():
        if not spans:
            continue
        here = 0
        for start, end in sorted(spans):
            if start != here:
                raise AccountError(f"record {record}: {field_name} {para} has characters of no or two origins at {min(here, start)}")
            here = end
        if here != len(slot_string(records[record], field_name, para)):
            raise AccountError(f"record {record}: {field_name} {para} has characters of no origin from {here} on")
    for rid, whole in records.items():
        for field_name, para in printed_places(whole):
            if slot_string(whole, field_name, para) and not claims.get((rid, field_name, para)):
                raise AccountError(f"record {rid}: {field_name} {para} comes from no source")


def printed_places(record: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Every (field, paragraph) of a record that must have come from a source."""
    out = [(f, -1) for f in ("kicker", "headline", "deck", "byline", "dateline", "sign_off") if record.get(f)]
    out += [("paragraphs", k) for k in range(len(record["paragraphs"]))]
    meta = record.get("metadata") or {}
    if meta.get("docdate"):
        out.append(("metadata.docdate", -1))
    out += [("metadata.captions", k) for k in range(len(meta.get("captions") or []))]
    return out


def restore_text(entry: Mapping[str, Any], records: Mapping[str, Record]) -> str:
    """The source text, from output and ledger alone."""
    slots: dict[int, str] = {}
    out: list[str] = []
    for p in entry["pieces"]:
        if p[0] == "keep":
            k, at = p[3], p[4]
            if k not in slots:
                r, f, para = entry["slots"][k]
                slots[k] = slot_string(records[r], f, para)
            out.append(slots[k][at : at + p[2] - p[1]])
        elif p[0] == "change":
            out.append(p[6])
        else:
            out.append(p[4])
    return "".join(out)
