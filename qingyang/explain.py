"""One record's story as plain text for a terminal: where it stood, what was joined, changed and removed, and on what grounds.

Reads the record and the ledger entries of its sources, and says nothing that is not in them. Widths are counted in terminal
columns, two for an ideograph; control characters of a source are shown by name and never reach the terminal.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from qingyang.ledger import LAYOUT
from qingyang.origins import Origin, Seam, Tiles, origins, removed_around, seams
from qingyang.records import RuleError

EXAMPLES = 3
"""Examples shown for each rule; the count tells how many there are."""

_WHY = {
    "layout.blank": "Blanks and line ends between stretches belong to the layout of the page, not to the text.",
    "duplicate": "The same bytes stand in another source, which is the one that was cleaned.",
}
_FAMILIES = {
    "unwrap": "A line ends where the column ends; whether the sentence goes on is judged from the lines around it.",
    "stitch": "An article goes on elsewhere; the parts are matched by their jump lines and by what they say.",
    "split": "Where one article ends and the next begins is judged from headlines, bylines, datelines and sign-offs.",
    "jump": "A corpus reader cannot turn the page; the link is kept in continued_from and continued_on.",
    "furniture": "Belongs to the page, not to an article.",
    "char": "Another form of the same character.",
    "layout": "Belongs to the layout of the page, not to the text.",
    "role": "What a line is (headline, byline, paragraph …) is judged from the lines around it.",
    "thread": "The order of columns in the file is not the order of reading.",
    "join": "A line end stands inside a paragraph.",
    "field": "What is printed around a text has a field of its own.",
    "collate": "A reference copy reads so.",
}


def why(rule: str, own: Mapping[str, str] | None = None) -> str:
    """The reason a rule table gives for a rule, or what is known of its family; empty when nothing is.

    ``own`` are the reasons that a user's tables give (:func:`reasons`).

    >>> why("layout.blank")
    'Blanks and line ends between stretches belong to the layout of the page, not to the text.'
    >>> why("articles.split_deck").endswith("a dash after a blank opens the deck.")
    True
    """
    from qingyang.markup import RULES
    from qingyang.precedence import told

    known = (own or {}).get(rule) or _tables().get(rule) or RULES.get(rule) or told(rule)
    return known or _WHY.get(rule) or _FAMILIES.get(rule.split(".")[0], "")


def reasons(tables: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The reasons that a user's tables (name and text of each, as in the settings) give for their rules; none where they are broken.

    >>> reasons([("my.toml", "[[rule]]")])
    {}
    """
    from qingyang.rulebook import load

    texts = dict(tables)
    try:
        return {rule.id: rule.why for rule in load(texts).rules.values() if rule.table in texts}
    except RuleError:
        return {}


_loaded: dict[str, str] = {}


def _tables() -> Mapping[str, str]:
    if not _loaded:
        from qingyang.rulebook import load

        _loaded.update({rule.id: rule.why for rule in load().rules.values()})
        _loaded.setdefault("layout.blank", _WHY["layout.blank"])
    return _loaded


def columns(text: str) -> int:
    """Terminal columns that a text takes.

    >>> columns("第4版")
    5
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shown(text: str) -> str:
    r"""Text that is safe and readable in a terminal: line ends as ⏎, ideographic blanks as □, other control characters by code.

    >>> shown("甲\n　乙\x1b[2J")
    '甲⏎□乙<1B>[2J'
    """
    out = []
    for c in text:
        if c == "\n":
            out.append("⏎")
        elif c == "\u3000":
            out.append("□")
        elif c != " " and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Zs"):
            out.append(f"<{ord(c):02X}>")
        else:
            out.append(c)
    return "".join(out)


def wrap(text: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """Lines of at most ``width`` columns; breaks at blanks between Latin words and anywhere between ideographs.

    >>> wrap("下转第四版 is removed", 12, "  ")
    ['  下转第四版', '  is removed']
    """
    lines: list[str] = []
    line, used = (indent if first is None else first), columns(indent if first is None else first)
    start = used
    word = ""
    for c in text + "\0":
        wide = c != "\0" and unicodedata.east_asian_width(c) in "WF"
        if c not in " \0" and not wide:
            word += c
            continue
        for chunk in (word, "" if c == "\0" else c):
            if not chunk:
                continue
            size = columns(chunk)
            if used + (0 if chunk == " " else size) > width and used > start:
                lines.append(line.rstrip(" "))
                line, used = indent, columns(indent)
                start = used
                if chunk == " ":
                    continue
            line, used = line + chunk, used + size
        word = ""
    lines.append(line.rstrip(" "))
    return lines


class _Page:
    def __init__(self, width: int, color: bool, own: Mapping[str, str]) -> None:
        self.width, self.color, self.own, self.lines = max(40, width), color, own, list[str]()

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text

    def head(self, text: str) -> None:
        self.lines.append("")
        self.say(text, "", code="1")

    def say(self, text: str, indent: str = "  ", first: str | None = None, code: str = "") -> None:
        for line in wrap(text, self.width, indent, first):
            self.lines.append(self.paint(line, code) if code else line)


def explain(
    record: Mapping[str, Any],
    ledger_entries: Iterable[Mapping[str, Any]],
    *,
    width: int = 80,
    color: bool = False,
    own: Mapping[str, str] | None = None,
) -> str:
    """What happened to one record and why; ``ledger_entries`` are those of its sources (others are ignored), ``own`` the
    :func:`reasons` of a user's rules."""
    names = {part["source"] for part in record["parts"]}
    entries = {e["source"]: e for e in ledger_entries if e["source"] in names}
    page = _Page(width, color, own or {})
    rid = record["id"]
    _title(page, record)
    found = origins(entries.values(), {rid})
    _parts(page, record, entries)
    _fields(page, record)
    _joins(page, record, found, entries)
    _changes(page, record, found)
    _removals(page, rid, entries)
    _decisions(page, record, entries)
    _flags(page, record)
    _checks(page, record)
    return "\n".join(page.lines).lstrip("\n") + "\n"


def _title(page: _Page, record: Mapping[str, Any]) -> None:
    for line in wrap(shown(record["headline"] or "(no headline)"), page.width):
        page.lines.append(page.paint(line, "1"))
    facts = [record["kind"], record["publication"], record["issue_date"], f"page {record['page']}" if record["page"] else None]
    facts.append("complete" if record["complete"] else "incomplete")
    facts += [_count(len(record["paragraphs"]), "paragraph"), _count(len(record["text"]), "character")]
    page.say(f"{record['id']} · " + " · ".join(str(f) for f in facts if f), "")
    for words, other in beyond(record):
        page.say(words + (f", record {other}" if other else ""), "")


def beyond(record: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Where the text of a record begins or goes on elsewhere, as far as the page says so; and the id of the other part.

    >>> record = {"kind": "fragment", "headline": None, "continued_from": {"page": "1", "id": None}, "continued_on": None}
    >>> beyond(record), beyond(record | {"continued_from": None})
    ([('continued from page 1, not in this corpus', None)], [('without a headline', None)])
    """
    told: list[tuple[str, str | None]] = []
    for key, said, unsaid in (
        ("continued_from", "continued from", "without a headline, seems to begin in mid-sentence"),
        ("continued_on", "continued on", "to be continued, the page does not say where"),
    ):
        link = record[key]
        page, other = (link.get("page"), link.get("id")) if link else (None, None)
        if page or other:
            told.append((f"{said} page {page or 'unknown'}{'' if other else ', not in this corpus'}", other))
        elif link:
            told.append((unsaid, None))
        elif key == "continued_from" and record["kind"] == "fragment":
            told.append(("without a headline", None))
    return told


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _parts(page: _Page, record: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> None:
    page.head("Where it stood")
    for number, part in enumerate(record["parts"], 1):
        where = f"page {part['page']}, " if part["page"] else ""
        missing = "" if part["source"] in entries else " (no ledger entry found)"
        page.say(f"{part['source']}, {where}characters {part['start']:,}–{part['end']:,}{missing}", "     ", f"  {number}. ")
    known: dict[str, list[str]] = {}
    for name, entry in entries.items():
        if entry.get("identity"):
            facts = ", ".join(f"{k.replace('_', ' ')} from the {v}" for k, v in entry["identity"].items())
            known.setdefault(facts, []).append(name)
    for facts, names in known.items():
        page.say(facts if len(names) == len(entries) else f"{', '.join(names)}: {facts}", "     ")


def _fields(page: _Page, record: Mapping[str, Any]) -> None:
    printed = [(f.replace("_", " "), record[f]) for f in ("kicker", "deck", "byline", "dateline", "sign_off") if record[f]]
    if record.get("metadata", {}).get("docdate"):
        printed.append(("document date", record["metadata"]["docdate"]))
    if not printed and not record["date"]:
        return
    page.head("Taken out of the text into fields")
    for name, value in printed:
        page.say(shown(value), "                 ", f"  {name:<15}")
    if record["date"]:
        source = (record.get("metadata") or {}).get("date_from")
        page.say(record["date"] + (f", read from the {source.replace('_', ' ')}" if source else ""), "                 ", f"  {'date':<15}")


def _joins(page: _Page, record: Mapping[str, Any], found: Mapping[Any, list[Origin]], entries: Mapping[str, Mapping[str, Any]]) -> None:
    words = {
        "line": "line ends closed",
        "over": "joined over printed matter",
        "moved": "brought forward in reading order",
        "page": "joined across pages",
        "blank": "blanks closed",
    }
    grounds = {
        (name, d["at"]): d
        for name, entry in entries.items()
        for d in entry.get("decisions", ())
        if str(d.get("rule", "")).startswith(("unwrap", "stitch", "thread"))
    }
    tiles = {name: Tiles.of(entry) for name, entry in entries.items()}
    by_kind: dict[str, list[tuple[str, Seam, str]]] = defaultdict(list)
    for (_, field, para), list_of in found.items():
        text = _string(record, field, para)
        for seam in seams(list_of, tiles):
            around = text[max(0, seam.at - 8) : seam.at] + "|" + text[seam.at : seam.at + 8]
            by_kind[seam.kind].append((_place(field, para), seam, shown(around)))
    if not by_kind:
        return
    page.head("Joins")
    for kind, name in words.items():
        rows = by_kind.get(kind, [])
        if not rows:
            continue
        page.say(f"{len(rows):,} × {name}", code="36" if page.color else "")
        for place, seam, sample in rows[: EXAMPLES if kind in ("line", "blank") else None]:
            over = f" over {', '.join(seam.rules)}" if seam.rules else ""
            page.say(f"{place}: {sample}{over}", "      ", "    ")
            ground = grounds.get((seam.source, seam.start)) or grounds.get((seam.source, seam.end))
            if ground:
                page.say(_ground(ground), "      ")


def _changes(page: _Page, record: Mapping[str, Any], found: Mapping[Any, list[Origin]]) -> None:
    by_rule: dict[str, list[tuple[str, Origin, str]]] = defaultdict(list)
    for (_, field, para), list_of in found.items():
        text = _string(record, field, para)
        for o in list_of:
            if o.rule:
                end = o.at + o.length
                context = f"{text[max(0, o.at - 6) : o.at]}⟦{o.before}→{o.after}⟧{text[end : end + 6]}"
                by_rule[o.rule].append((_place(field, para), o, shown(context)))
    page.head("Characters changed" if by_rule else "No character was changed")
    for rule, rows in sorted(by_rule.items(), key=lambda r: (-len(r[1]), r[0])):
        page.say(f"{rule}  {len(rows):,} ×", code="33")
        if reason := why(rule, page.own):
            page.say(reason, "    ")
        for place, _, context in rows[:EXAMPLES]:
            page.say(f"{place}: {context}", "      ", "    ")


def _removals(page: _Page, rid: str, entries: Mapping[str, Mapping[str, Any]]) -> None:
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries.values():
        for _, _, rule, text in removed_around(rid, entry):
            by_rule[rule][text] += 1
    page.head("Removed in it and around it" if by_rule else "Nothing was removed in it or around it")
    for rule, texts in sorted(by_rule.items(), key=lambda r: (r[0] in LAYOUT, r[0])):
        page.say(f"{rule}  {sum(texts.values()):,} ×", code="31")
        if reason := why(rule, page.own):
            page.say(reason, "    ")
        if rule not in LAYOUT:
            for text in list(texts)[:EXAMPLES]:
                page.say("“" + shown(text[:120]) + ("…" if len(text) > 120 else "") + "”", "      ", "    ")


def _decisions(page: _Page, record: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> None:
    rows = []
    for part in record["parts"]:
        entry = entries.get(part["source"], {})
        rows += [(entry["source"], d) for d in entry.get("decisions", ()) if part["start"] <= d["at"] <= part["end"]]
    ruled: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for source, d in rows:
        if d.get("by"):
            ruled[d["by"]].append((source, d))
    _ruled(page, record, ruled)
    weighed = [d for _, d in rows if not d.get("by")]
    if not weighed:
        return
    page.head("Decisions, the least certain first")
    weighed.sort(key=lambda d: (abs(d["p"] - 0.5) if d.get("p") is not None else 1, d["at"]))
    for d in weighed[:12]:
        page.say(_ground(d, at=True), "    ", "  ")
    if len(weighed) > 12:
        page.say(f"and {len(weighed) - 12:,} more, all in the ledger")


def _ruled(page: _Page, record: Mapping[str, Any], ruled: Mapping[str, list[tuple[str, Mapping[str, Any]]]]) -> None:
    """What rules decided, whatever the network found more probable."""
    if not ruled:
        return
    page.head("Decided by rules")
    several = len({part["source"] for part in record["parts"]}) > 1
    for rule, rows in sorted(ruled.items()):
        page.say(f"{rule}  {len(rows):,} ×", code="33")
        if reason := why(rule, page.own):
            page.say(reason, "    ")
        for source, d in rows[:EXAMPLES]:
            where = f" of {source}" if several else ""
            page.say(f"{d['rule']} at character {d['at']:,}{where}{_instead(d)}", "      ", "    ")


def _instead(decision: Mapping[str, Any]) -> str:
    """What the network had found, where a rule decided."""
    found = decision.get("network")
    return f"; the network: {found['role']}, p {found['p']:.2f}" if found else ""


def grounds(decision: Mapping[str, Any]) -> list[str]:
    """What a decision rests on: the rule, where one decided, and what speaks for it.

    >>> network = {"role": "headline", "p": 0.8}
    >>> grounds({"rule": "role.start", "by": "tabular.rows", "network": network, "because": ["the line fills its column"]})
    ['by tabular.rows; the network: headline, p 0.80', 'the line fills its column']
    """
    by = [f"by {decision['by']}{_instead(decision)}"] if decision.get("by") else []
    return by + [str(b) for b in decision.get("because") or ()]


def _ground(decision: Mapping[str, Any], *, at: bool = False) -> str:
    p = f", p {decision['p']:.2f}" if decision.get("p") is not None else ""
    because = "; ".join(grounds(decision))
    where = f" at character {decision['at']:,}" if at else ""
    return f"{decision['rule']}{where}{p}" + (f": {shown(because)}" if because else "")


def _flags(page: _Page, record: Mapping[str, Any]) -> None:
    page.head("Flags: suspicious places, left as printed" if record["flags"] else "No flags")
    for flag in record["flags"]:
        text = record["paragraphs"][flag["para"]]
        a, b = flag["start"], flag["end"]
        context = f"{text[max(0, a - 6) : a]}⟦{text[a:b]}⟧{text[b : b + 6]}"
        better = f" → {flag['suggestion']}" if flag["suggestion"] else ""
        page.say(f"paragraph {flag['para'] + 1}: {shown(context + better)}  ({flag['rule']}, {flag['confidence']:.2f})", "    ", "  ", "35")
        page.say(shown(flag["why"]), "    ")


def _checks(page: _Page, record: Mapping[str, Any]) -> None:
    verdict = record["checks"]["verdict"]
    page.head(f"Checks: {verdict}")
    for name in record["checks"]["failed"]:
        page.say(str(name), "    ", "  ", "31" if verdict == "fail" else "33")


def _place(field: str, para: int) -> str:
    return f"paragraph {para + 1}" if field == "paragraphs" else field.removeprefix("metadata.").replace("_", " ")


def _string(record: Mapping[str, Any], field: str, para: int) -> str:
    value: Any = record["metadata"][field[9:]] if field.startswith("metadata.") else record[field]
    return str(value[para] if para >= 0 else value)
