"""The scorer knows a perfect output and every kind of damage; the floors go down only with a reason; the gate holds.

A perfect output is pulled from the composer's labels through the same :func:`qingyang.ledger.compose` that the road uses;
then one thing at a time is spoilt.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.pfr_wrap import joins, page_text, wrap
from bench.quality import gate
from bench.quality.compose import Issue, compose
from bench.quality.score import day_of, figures, pool, score, sources_of
from qingyang.issue import Cleaned
from qingyang.ledger import Removal, Slot, Stretch
from qingyang.ledger import compose as pull
from qingyang.records import AccountError, Record, Source

ROOT = Path(__file__).resolve().parents[1]
FIELDS = {
    "headline": "headline",
    "headline_cont": "headline",
    "kicker": "kicker",
    "deck": "deck",
    "byline": "byline",
    "docdate": "metadata.docdate",
    "dateline": "dateline",
    "sign_off": "sign_off",
}


# ---------------------------------------------------------------- a perfect output
@dataclass
class Article:
    """A record before its strings are written."""

    id: str
    gold: dict[str, Any]
    pages: list[int]
    kind: str = "article"
    strings: dict[str, list[Stretch]] = field(default_factory=dict)
    paragraphs: list[list[Stretch]] = field(default_factory=list)
    captions: list[list[Stretch]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Proof:
    issue: Issue
    sources: list[Source]
    without: list[int]
    articles: list[Article]
    removed: list[Removal]

    def cleaned(self) -> Cleaned:
        slots: list[Slot] = []
        records: list[Record] = []
        for a in self.articles:
            slots += [Slot(a.id, f, -1, s) for f, s in a.strings.items() if s]
            slots += [Slot(a.id, "paragraphs", k, s) for k, s in enumerate(a.paragraphs)]
            slots += [Slot(a.id, "metadata.captions", k, s) for k, s in enumerate(a.captions)]
        strings, pieces = pull(self.sources, [[] for _ in self.sources], slots, self.removed)
        date = self.issue.gold["style"]["date"]
        for a in self.articles:
            dated = a.gold["docdate"] or a.gold["lead"] or a.gold["tail"] or ""
            record: dict[str, Any] = dict.fromkeys(("headline", "kicker", "deck", "byline", "dateline", "sign_off"))
            record |= {"id": a.id, "kind": a.kind, "authors": a.gold["authors"], "agency": a.gold["agency"], "place": a.gold["place"]}
            record |= {"date": day_of(dated, date), "page": str(a.pages[0]), "continued_from": None, "continued_on": None}
            record["parts"] = [{"source": "", "page": str(n), "start": 0, "end": 0} for n in a.pages]
            record["metadata"] = {"captions": [""] * len(a.captions)}
            record["paragraphs"] = [""] * len(a.paragraphs)
            for s, text in zip(slots, strings, strict=True):
                if s.record == a.id:
                    if s.field == "metadata.captions":
                        record["metadata"]["captions"][s.para] = text
                    elif s.field.startswith("metadata."):
                        record["metadata"][s.field[9:]] = text
                    elif s.para >= 0:
                        record["paragraphs"][s.para] = text
                    else:
                        record[s.field] = text
            record["text"] = "\n".join(record["paragraphs"])
            records.append(record | a.changes)  # type: ignore[arg-type]
        names = [[s.record, s.field, s.para] for s in slots]
        ledger = [{"source": s.name, "slots": names, "pieces": p} for s, p in zip(self.sources, pieces, strict=True)]
        return Cleaned(records, ledger)

    def figures(self) -> dict[str, float | None]:
        return figures(score(self.issue, self.cleaned(), without=self.without))

    def article(self, right: Callable[[Article], bool]) -> Article:
        return next(a for a in self.articles if right(a))


def perfect(issue: Issue, without: list[int] | None = None) -> Proof:
    """Every string along the labels' links; what stands in no string is removed."""
    without = without or []
    sources = sources_of(issue, without=without)
    articles: dict[str, Article] = {}
    for a in issue.gold["articles"]:
        pages = [p["page"] for p in a["parts"] if p["page"] not in without]
        if pages:
            headless = a["parts"][0]["page"] in without
            articles[a["id"]] = Article(a["id"], a, pages, "fragment" if headless else "article")
            if headless:
                articles[a["id"]].changes = {"continued_from": {"page": str(a["parts"][0]["page"]), "id": None}}
    numbers = [n for n in range(1, len(issue.pages) + 1) if n not in without]
    pieces: dict[tuple[int, int, int], tuple[dict[str, Any], Stretch]] = {}
    removed: list[Removal] = []
    for k, n in enumerate(numbers):
        at = row = 0
        for line in issue.pages[n - 1].split("\n"):
            here = 0
            segments = issue.labels[n - 1][row] if line.strip() else []
            for m, seg in enumerate(segments):
                if line[here : seg["start"]].strip():
                    removed.append(Removal(k, at + here, at + seg["start"], "furniture.page"))
                here = seg["end"]
                pieces[(n, row, m)] = (seg, Stretch(k, at + seg["start"], at + seg["end"]))
            if line[here:].strip():
                removed.append(Removal(k, at + here, at + len(line), "furniture.page"))
            row += bool(line.strip())
            at += len(line) + 1
    after = {tuple(seg["prev"]): me for me, (seg, _) in pieces.items() if seg["prev"]}
    paragraphs: dict[str, dict[int, list[Stretch]]] = {}
    for me, (seg, stretch) in pieces.items():
        if seg["prev"] and tuple(seg["prev"]) in pieces:
            continue
        if seg["role"] in ("furniture", "index", "jump_from", "jump_to", "cont_title") or seg["article"] not in articles:
            removed.append(Removal(*stretch, "furniture.page"))
            while (me := after.get(me)) is not None:  # type: ignore[assignment]
                removed.append(Removal(*pieces[me][1], "furniture.page"))
            continue
        a = articles[seg["article"]]
        string = [stretch]
        while (me := after.get(me)) is not None:  # type: ignore[assignment]
            string.append(pieces[me][1])
        if seg["role"] in ("body", "subhead"):
            paragraphs.setdefault(a.id, {}).setdefault(seg["para"], []).extend(string)
        elif seg["role"] == "caption":
            a.captions.append(string)
        else:
            a.strings.setdefault(FIELDS[seg["role"]], []).extend(string)
    for a in articles.values():
        a.paragraphs = [s for _, s in sorted(paragraphs.get(a.id, {}).items())]
    return Proof(issue, sources, without, list(articles.values()), removed)


@pytest.mark.parametrize(
    "profile", ["fragments", "lines", "blocks", "interleaved+medium", "disorder+heavy", "paragraphs", "markdown", "layout"]
)
def test_a_perfect_output_scores_one(profile: str) -> None:
    done = [perfect(compose(gate.FIRST + k, profile=profile, pages=3)) for k in (50, 51)]
    got = figures(pool(score(p.issue, p.cleaned()) for p in done))
    assert {k: v for k, v in got.items() if v is not None and v != 1.0} == {}
    assert got["join"] == got["bcubed"] == got["headline"] == 1.0 and got["kept"] == 1.0


def jumping() -> Issue:
    """An issue with an article that jumps from page 1 between two paragraphs."""
    for seed in range(gate.FIRST, gate.FIRST + 100):
        issue = compose(seed, profile="fragments", pages=3)
        for a in perfect(issue).articles:
            if a.pages[0] == 1 and len(a.pages) == 2 and cut(a):
                return issue
    raise AssertionError("no issue jumps")


def cut(a: Article) -> int:
    """The paragraph of an article with which its second page begins; 0 where the jump is inside one."""
    pages = [{s.source for s in p} for p in a.paragraphs]
    k = next((k for k, p in enumerate(pages) if p != pages[0]), 0)
    return k if all(len(p) == 1 for p in pages) else 0


@pytest.fixture(scope="module")
def paper() -> Issue:
    return jumping()


def test_a_page_that_is_missing_leaves_orphans(paper: Issue) -> None:
    p = perfect(paper, [1])
    assert any(a.kind == "fragment" for a in p.articles)
    assert {k: v for k, v in p.figures().items() if v is not None and v != 1.0} == {}
    for a in p.articles:
        a.kind, a.changes = "article", {}
    assert p.figures()["orphan"] == 0.0


# ---------------------------------------------------------------- spoilt outputs
def tear(p: Proof) -> None:
    """A paragraph of two fragments in two."""
    a = p.article(lambda a: any(len(s) > 1 and len({t.source for t in s}) == 1 for s in a.paragraphs))
    k = next(k for k, s in enumerate(a.paragraphs) if len(s) > 1 and len({t.source for t in s}) == 1)
    a.paragraphs[k : k + 1] = [a.paragraphs[k][:1], a.paragraphs[k][1:]]


def tear_inside(p: Proof) -> None:
    """A paragraph in two where the page does not break it."""
    a = p.articles[0]
    first, *rest = a.paragraphs[-1]
    mid = (first.start + first.end) // 2
    a.paragraphs[-1:] = [[first._replace(end=mid)], [first._replace(start=mid), *rest]]


def glue(p: Proof) -> None:
    """Two paragraphs of one page in one."""
    a = p.article(lambda a: len(a.paragraphs) > 1 and len(a.pages) == 1)
    a.paragraphs[0:2] = [a.paragraphs[0] + a.paragraphs[1]]


def move(p: Proof) -> None:
    """A long paragraph to the article after its own."""
    k = next(k for k, a in enumerate(p.articles[:-1]) if len(a.paragraphs) > 3 and a.pages == p.articles[k + 1].pages)
    p.articles[k + 1].paragraphs.append(p.articles[k].paragraphs.pop())


def unlink(p: Proof) -> None:
    """A jumping article as two records that do not know of each other."""
    a = p.article(lambda a: len(a.pages) == 2 and bool(cut(a)))
    tail = Article(a.id + "-tail", a.gold, a.pages[1:], "article", {}, a.paragraphs[cut(a) :])
    a.paragraphs, a.pages = a.paragraphs[: cut(a)], a.pages[:1]
    p.articles.append(tail)


def unlink_but_say(p: Proof) -> None:
    """The same, with the link in the records: nothing is wrong."""
    unlink(p)
    tail = p.articles[-1]
    tail.changes = {"continued_from": {"page": "1", "id": tail.id[:-5]}}


def link(p: Proof) -> None:
    """Two articles linked that have nothing to do with each other."""
    a, b = (p.article(lambda a, n=n: a.pages == [n]) for n in (1, 2))  # type: ignore[misc]
    a.changes = {"continued_on": {"page": "2", "id": b.id}}


def orphan(p: Proof) -> None:
    p.articles[0].kind = "fragment"


def short_headline(p: Proof) -> None:
    """The end of a headline as a deck."""
    a = p.article(lambda a: len(a.strings) == 2 and a.strings["headline"][-1].end - a.strings["headline"][-1].start > 5)
    *lines, last = a.strings["headline"]
    a.strings["headline"] = [*lines, last._replace(end=last.end - 3)]
    a.strings["deck"] = [last._replace(start=last.end - 3)]


def wrong(name: str, value: Any) -> Callable[[Proof], None]:
    def spoil(p: Proof) -> None:
        p.article(lambda a: bool(a.gold[name]) if name != "date" else True).changes = {name: value}

    spoil.__doc__ = f"wrong {name}"
    return spoil


def size(a: Article) -> int:
    return sum(s.end - s.start for q in a.paragraphs for s in q)


def folio(p: Proof) -> tuple[Article, list[Stretch]]:
    """A line of furniture, and an article of its page forty times as long: recovered all the same when it swallows the line."""
    for k, r in enumerate(p.removed):
        for a in p.articles:
            if a.pages == [r.source + 1] and size(a) > 40 * (r.end - r.start) > 160:
                del p.removed[k]
                return a, [Stretch(r.source, r.start, r.end)]
    raise AssertionError("no such line")


def keep_furniture(p: Proof) -> None:
    """A folio line as a paragraph."""
    a, line = folio(p)
    a.paragraphs.append(line)


def keep_furniture_as_caption(p: Proof) -> None:
    """A folio line among the captions, where it does no harm."""
    a, line = folio(p)
    a.captions.append(line)


def inner(p: Proof) -> list[Stretch]:
    """A paragraph amid an article forty times as long."""
    for a in p.articles:
        for k, q in enumerate(a.paragraphs[1:-1], 1):
            if len(a.pages) == len(q) == 1 and size(a) > 40 * (q[0].end - q[0].start):
                return a.paragraphs.pop(k)
    raise AssertionError("no such paragraph")


def lose(p: Proof) -> None:
    """A short paragraph goes with the furniture."""
    p.removed += [Removal(*s, "furniture.page") for s in inner(p)]


def hide(p: Proof) -> None:
    """A short paragraph goes into a caption."""
    p.articles[0].captions.append(inner(p))


SPOILT: list[tuple[Callable[[Proof], None], set[str]]] = [
    (tear, {"join", "break"}),
    (tear_inside, {"break"}),
    (glue, {"join", "break"}),
    (move, {"bcubed", "recovered", "boundary"}),
    (unlink, {"link"}),
    (unlink_but_say, set()),
    (link, {"link"}),
    (orphan, {"orphan"}),
    (short_headline, {"headline"}),
    (wrong("authors", ["某人"]), {"authors"}),
    (wrong("agency", None), {"agency"}),
    (wrong("place", "他处"), {"place"}),
    (wrong("date", "1900-01-01"), {"date"}),
    (keep_furniture, {"removal", "bcubed"}),
    (keep_furniture_as_caption, set()),
    (lose, {"kept", "removal", "bcubed"}),
    (hide, {"kept", "removal", "bcubed"}),
]


@pytest.mark.parametrize(("spoil", "lowers"), SPOILT, ids=[s.__doc__ or s.__name__ for s, _ in SPOILT])
def test_each_damage_lowers_its_scores_and_no_other(spoil: Callable[[Proof], None], lowers: set[str], paper: Issue) -> None:
    p = perfect(paper)
    spoil(p)
    got = p.figures()
    assert {k for k in gate.SHOWN if got[k] is not None and got[k] < 1.0} == lowers  # type: ignore[operator]


def test_what_is_invented_doubled_or_lost_without_a_rule_has_no_score(paper: Issue) -> None:
    done = perfect(paper).cleaned()
    score(paper, done)
    record = done.records[0]
    record["paragraphs"][0] += "。"
    with pytest.raises(AccountError, match="no origin"):
        score(paper, done)
    doubled = perfect(paper)
    doubled.articles[0].paragraphs.append(doubled.articles[0].paragraphs[0])
    with pytest.raises(AccountError, match="placed twice"):
        doubled.cleaned()
    lost = perfect(paper)
    lost.articles[0].paragraphs.pop()
    with pytest.raises(AccountError, match="no rule removed them"):
        lost.cleaned()
    swapped = perfect(paper).cleaned()
    swapped.records[0]["paragraphs"][0] = "错" + swapped.records[0]["paragraphs"][0][1:]
    with pytest.raises(AccountError, match="without a rule"):
        score(paper, swapped)


# ---------------------------------------------------------------- floors
@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The gate with one profile of one issue, and floors of its own; what the road returns is given."""
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.toml")
    monkeypatch.setattr(gate, "EXAM", ("lines",))
    monkeypatch.setattr(gate, "ISSUES", 1)
    monkeypatch.setattr(gate, "sit_sample", lambda: gate.Row("sample", pages="s"))
    issue = compose(gate.FIRST, profile="lines", pages=2)
    monkeypatch.setattr(gate, "compose", lambda *_a, **_k: issue)

    def run(*args: str, spoil: Callable[[Proof], None] | None = None) -> tuple[int, str]:
        def clean_issue(sources: list[Source]) -> Cleaned:
            p = perfect(issue, [1] if len(sources) < len(issue.pages) else [])
            if spoil and not p.without:
                spoil(p)
            return p.cleaned()

        monkeypatch.setattr(gate, "clean_issue", clean_issue)
        monkeypatch.setattr(gate, "sit", lambda profile, count=1, sit=SIT: sit(profile, count))
        code = gate.main(args)
        out = capsys.readouterr()
        return code, out.out + out.err

    return run


SIT = gate.sit


def test_floors_go_down_only_with_a_sentence(small: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = small()
    assert code == 1 and "has no floors" in said
    with pytest.raises(SystemExit):
        small("--set-floors")
    with pytest.raises(SystemExit):
        small("--set-floors", "--because", "so")
    assert small("--set-floors", "--because", "first floors, measured on a perfect output")[0] == 0
    assert small()[0] == 0
    kept = gate.load()
    floors = kept["floors"]["lines"]
    assert 0.99 < floors["join"] < 1.0 and kept["log"][0]["lowered"] == []

    many = lambda p: [tear(p) for _ in range(20)] and None  # noqa: E731
    code, said = small(spoil=many)
    assert (
        code == 1
        and re.search(r"lines: join 0\.9\d+ is below its floor", said)
        and "lines: break" in said
        and "headline" not in said.split("floor", 1)[1]
    )
    code, said = small("--raise-floors", spoil=many)
    assert code == 1 and gate.load() == kept, "a gate that fails raises nothing"

    assert small("--set-floors", "--because", "paragraphs may be torn for this test", spoil=many)[0] == 0
    log = gate.load()["log"]
    assert [e["because"][:5] for e in log] == ["first", "parag"]
    assert any(x.startswith(f"lines join {floors['join']} → ") for x in log[1]["lowered"]) and len(log[1]["lowered"]) == 2
    assert small(spoil=many)[0] == 0

    assert "2 floors raised" in small("--raise-floors")[1]
    assert gate.load()["floors"] == kept["floors"] and len(gate.load()["log"]) == 2
    assert small(spoil=many)[0] == 1


def test_an_exam_that_changed_does_not_pass_for_the_old_one(small: Callable[..., tuple[int, str]]) -> None:
    small("--set-floors", "--because", "first floors, measured on a perfect output")
    text = gate.FLOORS.read_text("utf-8")
    gate.FLOORS.write_text(re.sub(r'("lines" = ")\w{4}', r"\g<1>0000", text), "utf-8")
    code, said = small()
    assert code == 1 and "lines has other pages than its floors were set on" in said
    assert small("--raise-floors")[0] == 1


def test_a_floor_of_nothing_is_below(small: Callable[..., tuple[int, str]]) -> None:
    """A figure that is not measured any more does not pass."""
    row = gate.Row("lines")
    assert gate.below(row, {"join": 0.5}) == ["lines: join 0.0000 is below its floor 0.500"]


# ---------------------------------------------------------------- columns
def test_wrapped_paragraphs_come_back() -> None:
    text = "“小麦丰收，农民高兴。”记者在田间看到，联合收割机往来穿梭，（今年）丰收在望！"
    for width in (2, 5, 10, 24):
        for indent in ("", "　　"):
            lines = wrap(text, width + 2, indent)
            assert "".join(lines) == indent + text
            assert all(line[0] not in "。，、；：？！”’）》" for line in lines)
            assert max(map(len, lines)) <= width + 2
    page, where = page_text([["丰收", text, "第二段。"], ["标题", text]], 10, "　　")
    assert ["".join(page[a:b] for a, b, p in where if p == k) for k in (1, 2, 4)] == [text, "第二段。", text]


def test_joined_lines_are_counted() -> None:
    head = "全国夏粮获得丰收"
    body = ["今年以来，各地农业部门组织联合收割机跨区作业，确保颗粒归仓，农民喜获丰收，市场供应充足，价格稳定，人民群众十分满意。"] * 2
    n = joins("人民日报/1998-01-01/1.txt", [[head, *body]], 13, "　　")
    assert n.tp + n.fn == 2 * (len(wrap(body[0], 13, "　　")) - 1) and n.tp > 0


# ---------------------------------------------------------------- the gate itself
def test_the_gate_holds() -> None:
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "bench.quality.gate", "--workers", "2"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
