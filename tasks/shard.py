"""Cleans one batch of issues and writes its lines: the work of one process, with nothing shared and nothing kept.

:func:`make` leaves the parts of every view in a folder of its own; :func:`assemble` puts a shard's parts together once
the checks have spoken. Both can be run again at any time with the same result.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import orjson

from qingyang import decode, flags, issue, ledger, metrics, rulebook, scripts
from qingyang.records import AccountError, Record, RuleError, SettingError, Source, SourceError
from qingyang.rulebook import Rulebook
from qingyang.scripts import Converters
from qingyang.settings import Settings
from qingyang.words import Segmenter, words_record
from tasks import read, write
from tasks.remote import Remote, place
from tasks.survey import Seen, identified

NOTHING = "{}: nothing on it reads as an article; the ledger says which rule removed what, add the text if it should have some"

PASSED = b'"checks":{"verdict":"pass","failed":[]}}\n'
"""How the line of a record ends before the checks have spoken: ``checks`` is the last key of a record."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Issues of one shard, small enough for one process."""

    raw: str
    folder: str
    issues: list[list[Seen]]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch came to. ``changed`` are sources that are no longer what the survey saw."""

    counts: dict[str, int]
    changed: list[str]


def views(settings: Settings) -> list[str]:
    """The views of the corpus that hold records' lines, by the name of their file."""
    return ["articles.zh-Hans", *(f"articles.{v}" for v in settings.variants), "words"]


@lru_cache(maxsize=2)
def _tools(settings: Settings) -> tuple[Segmenter, Converters, Segmenter | None]:
    """Engines are dear to start: once per process. The last is jieba itself, where another engine must be held against it."""
    segmenter = Segmenter(engine=settings.engine, user_words=settings.user_words, pos=settings.pos)
    jieba = Segmenter(engine="jieba", user_words=settings.user_words) if segmenter.engine != "jieba" else None
    return segmenter, Converters(settings.variants), jieba


@lru_cache(maxsize=2)
def _book(rules: tuple[tuple[str, str], ...]) -> Rulebook | None:
    """The rules with the user's own; None where there are none."""
    return rulebook.load(dict(rules)) if rules else None


def make(batch: Batch) -> Done:
    """Clean the batch and leave one file per view in its folder, with the metrics and the ledger beside them."""
    gc.set_threshold(YOUNG)
    raw = place(batch.raw)
    # A cluster may run a batch twice at the same time, when it has lost sight of a worker: each in a folder of its own.
    folder = Path(f"{batch.folder}.{uuid4().hex}")
    folder.mkdir(parents=True)
    book = _book(batch.settings.rules)
    counts = {"sources": 0, "characters": 0, "articles": 0, "fragments": 0, "flags": 0}
    changed: list[str] = []
    out = {name: open(folder / f"{name}.jsonl", "wb") for name in [*views(batch.settings), "ledger", "metrics", "unreadable"]}  # noqa: SIM115
    waiting: list[list[Source]] = []
    try:
        for pages in batch.issues:
            sources, lost = _sources(raw, pages, batch.settings)
            changed += lost
            if lost:
                continue
            waiting.append(sources)
            if sum(len(source.text) for each in waiting for source in each) >= TOGETHER:
                _finish(_clean_all(waiting, book), batch.settings, out, counts)
                waiting.clear()
        _finish(_clean_all(waiting, book), batch.settings, out, counts)
    finally:
        for file in out.values():
            file.close()
    try:
        folder.rename(batch.folder)
    except OSError:
        if not Path(batch.folder).is_dir():
            raise
        shutil.rmtree(folder, ignore_errors=True)  # the other one was first, with the same bytes
    return Done(counts, changed)


YOUNG = 200_000
"""New objects after which the collector looks for cycles. It looks at every one that is new, and a batch makes some hundred thousand;
cycles are few and small (reading the models leaves 77 objects, once), so that as often as usual it would take a twentieth of the
time for next to nothing."""

SAMPLE = 1_000
"""Characters of an issue's longest record, paragraphs whole, that jieba itself cuts too: a twentieth of all text. jieba takes
thirty times as long as the fast engine."""

TOGETHER = 150_000
"""Characters of issues whose records are finished together: what is done in arrays costs as much for one page as for ten."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The records of one issue, with the ledger entries of its sources and those that failed."""

    sources: list[Source]
    records: list[Record]
    entries: list[dict[str, Any]]
    failures: list[tuple[Source, str]]

    @property
    def size(self) -> int:
        return sum(len(source.text) for source in self.sources)


def _finish(issues: Sequence[Cleaned], settings: Settings, out: Mapping[str, IO[bytes]], counts: dict[str, int]) -> None:
    """Flags, views and metrics of the issues' records, written line by line."""
    segmenter, converters, jieba = _tools(settings)
    book = _book(settings.rules)
    every = [record for each in issues for record in each.records]
    for record, found in zip(every, flags.find_all(every), strict=True):
        record["flags"] = found
    cut = scripts.cut_each([scripts.printed(record) for record in every], segmenter) if _alike(segmenter, converters) else None
    variants = converters.convert_all(every, cut)
    judged = scripts.judge(every, variants)
    told = iter(zip(variants, judged, metrics.characters(every), cut or [None] * len(every), strict=True))
    for each in issues:
        for source, error in each.failures:
            out["unreadable"].write(line({"source": source.name, "error": error}))
        faulty = _accounted(each.sources, each.records, each.entries)
        entry_of = {entry["source"]: entry for entry in each.entries}
        pages = {name: metrics.page_share(entry, book, settings.page_budget) for name, entry in entry_of.items()}
        shares: dict[tuple[str, ...], dict[str, float]] = {}
        for entry in each.entries:
            out["ledger"].write(line(entry))
            if not entry.get("slots") and "error" not in entry:
                out["unreadable"].write(line({"source": entry["source"], "error": NOTHING.format(entry["source"])}))
        longest = max(each.records, key=lambda r: (len(r["text"]), r["id"]), default=None)
        for record in each.records:
            mine, good, kinds, printed = next(told)
            words = words_record(record, segmenter, printed and printed[: len(record["paragraphs"])])
            where = tuple(dict.fromkeys(part["source"] for part in record["parts"]))
            if where not in shares:
                shares[where] = metrics.worst_share(pages[name] for name in where if name in pages)
            over = []
            if any(share > 1 for share in shares[where].values()):
                over = [said for name in where if name in pages for said in metrics.excess(entry_of[name], book, settings.page_budget)]
            reference = words_record(record, jieba, paragraphs=_first(record, SAMPLE)) if jieba and record is longest else None
            row = metrics.row(
                record, words=words, reference=reference, variants=mine, accounted=record["id"] not in faulty,
                ledger_share=shares[where], over_budget=over, judged=good, kinds=kinds,
            )  # fmt: skip
            out["articles.zh-Hans"].write(line(record))
            for v, converted in mine.items():
                out[f"articles.{v}"].write(line(converted))
            out["words"].write(line(words))
            out["metrics"].write(line(row))
            counts["articles" if record["kind"] == "article" else "fragments"] += 1
            counts["flags"] += len(record["flags"])
        counts["sources"] += len(each.sources)
        counts["characters"] += each.size


def _first(record: Record, characters: int) -> int:
    """How many paragraphs of the record hold so many characters; all where it has fewer."""
    sizes = accumulate(map(len, record["paragraphs"]))
    return next((count for count, size in enumerate(sizes, 1) if size >= characters), len(record["paragraphs"]))


def _alike(segmenter: Segmenter, converters: Converters) -> bool:
    """Whether the words of the corpus are those that the variants are read by."""
    theirs = converters.segmenter
    return bool(converters.converters) and not segmenter.pos and segmenter.engine == theirs.engine and not segmenter.user_words


WARM = """小麦丰收

新华社北京11月24日电（记者范长江）农业部门说，今年夏粮产量再创新高，各地组织联合收割机跨区作业，确保颗粒归仓。
"""


def warm(settings: Settings) -> None:
    """Load what a batch needs (models, dictionaries, conversions) by cleaning a small page for nobody."""
    source = decode.read("-", WARM.encode())
    out = {name: io.BytesIO() for name in [*views(settings), "ledger", "metrics", "unreadable"]}
    counts = {"sources": 0, "characters": 0, "articles": 0, "fragments": 0, "flags": 0}
    _finish([Cleaned([source], *_clean([source], _book(settings.rules)))], settings, out, counts)


def line(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _sources(raw: Path | Remote, pages: Sequence[Seen], settings: Settings) -> tuple[list[Source], list[str]]:
    sources, changed = [], []
    for seen in pages:
        try:
            data, _ = read.load(raw, seen.file, int(settings.max_source_mb * 1_000_000), seen.span)
        except SourceError:
            changed.append(seen.name)
            continue
        if hashlib.sha256(data).hexdigest() != seen.sha256:
            changed.append(seen.name)
            continue
        source = decode.read(seen.name, data, encoding=settings.encoding)
        sources.append(identified(source, seen))
    return sources, changed


def _clean_all(issues: Sequence[list[Source]], book: Rulebook | None) -> list[Cleaned]:
    """The issues cleaned together; one by one where that fails."""
    try:
        done = issue.clean_issues(issues, book)
        return [Cleaned(sources, list(c.records), list(c.ledger), []) for sources, c in zip(issues, done, strict=True)]
    except (RuleError, SettingError):
        raise
    except Exception:
        return [Cleaned(sources, *_clean(sources, book)) for sources in issues]


def _clean(sources: Sequence[Source], book: Rulebook | None) -> tuple[list[Record], list[dict[str, Any]], list[tuple[Source, str]]]:
    """The records of an issue. Where it fails as a whole, page by page; a page that fails alone is told and set aside."""
    try:
        cleaned = issue.clean_issue(list(sources), book)
        return list(cleaned.records), list(cleaned.ledger), []
    except (RuleError, SettingError):
        raise
    except Exception as error:
        if len(sources) == 1:
            message = f"{sources[0].name}: could not be cleaned ({type(error).__name__}: {error}); please report it"
            return [], [_lost(sources[0], message)], [(sources[0], message)]
    records: list[Record] = []
    entries: list[dict[str, Any]] = []
    failures: list[tuple[Source, str]] = []
    for source in sources:
        some, more, failed = _clean([source], book)
        records += some
        entries += more
        failures += failed
    return records, entries, failures


def _lost(source: Source, message: str) -> dict[str, Any]:
    data = decode.to_bytes(decode.ledger_fields(source), source.text)
    return {"source": source.name, "sha256": source.sha256, "size": source.size, "error": message, "raw": packed(data)}


def packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 6)).decode()


def _accounted(sources: Sequence[Source], records: Sequence[Record], entries: Sequence[dict[str, Any]]) -> set[str]:
    """Ids of the records whose account does not come out even."""
    by_id = {r["id"]: r for r in records}
    faulty: set[str] = set()
    for source, entry in zip(sources, entries, strict=True):
        if "pieces" not in entry:
            continue
        try:
            ledger.account(entry, source.text, by_id)
        except (AccountError, KeyError, IndexError):
            faulty |= {slot[0] for slot in entry["slots"]} or set(by_id)
    try:
        ledger.account_output([e for e in entries if "pieces" in e], by_id)
    except (AccountError, KeyError, IndexError):
        for record in records:
            mine = [e for e in entries if any(slot[0] == record["id"] for slot in e.get("slots", ()))]
            try:
                ledger.account_output(_only(mine, record["id"]), {record["id"]: record})
            except (AccountError, KeyError, IndexError):
                faulty.add(record["id"])
    return faulty


def _only(entries: Sequence[dict[str, Any]], record: str) -> Iterator[dict[str, Any]]:
    for entry in entries:
        mine = {k for k, slot in enumerate(entry["slots"]) if slot[0] == record}
        yield {**entry, "pieces": [p for p in entry["pieces"] if p[0] == "remove" or p[3] in mine]}


# ---------------------------------------------------------------- putting a shard together


@dataclass(frozen=True, slots=True)
class Assembly:
    """A shard's batches, in order, and the verdicts other than "pass" on its records."""

    folder: str
    batches: list[str]
    settings: Settings
    verdicts: dict[str, dict[str, Any]]
    copies: list[tuple[Seen, str]]
    unreadable: list[Seen]
    raw: str


def assemble(job: Assembly) -> dict[str, dict[str, Any]]:
    """Write ``<view>.jsonl`` of a whole shard into its folder; returns checksum and size of each.

    A record with a failed check goes to ``quarantine`` with the reasons; its lines are in no other view.
    """
    folder = Path(job.folder)
    failed = {i for i, v in job.verdicts.items() if v["verdict"] == "fail"}
    out: dict[str, dict[str, Any]] = {}
    for view in views(job.settings):
        lines = _lines(job, view)
        if failed:
            lines = (each for each in lines if _id(each) not in failed)
        if view != "words" and job.verdicts:
            lines = (_judged(each, job.verdicts) for each in lines)
        out[view] = _write(folder / f"{view}.jsonl", lines)
    out["ledger"] = _write(folder / "ledger.jsonl", _ledger(job))
    out["quarantine"] = _write(folder / "quarantine.jsonl", _quarantine(job, failed))
    verdicts = sorted(job.verdicts.items())
    out["verdicts"] = _write(folder / "verdicts.jsonl", (line({"id": i, "verdict": v["verdict"]}) for i, v in verdicts))
    return out


def _lines(job: Assembly, view: str) -> Iterator[bytes]:
    for batch in job.batches:
        with open(Path(batch) / f"{view}.jsonl", "rb") as file:
            yield from file


def _id(each: bytes) -> str:
    """Of a line that begins with ``{"id":"…"``."""
    return each[7 : each.index(b'"', 7)].decode()


def _judged(each: bytes, verdicts: dict[str, dict[str, Any]]) -> bytes:
    if (verdict := verdicts.get(_id(each))) is None:
        return each
    checks = {"verdict": verdict["verdict"], "failed": verdict["failed"]}
    if each.endswith(PASSED):
        return each[: -len(PASSED)] + b'"checks":' + orjson.dumps(checks) + b"}\n"
    return line({**orjson.loads(each), "checks": checks})


def _ledger(job: Assembly) -> Iterator[bytes]:
    yield from _lines(job, "ledger")
    for seen, original in job.copies:
        yield line({"source": seen.name, "sha256": seen.sha256, "size": seen.size, "duplicate_of": original})
    for seen in job.unreadable:
        entry: dict[str, Any] = {"source": seen.name, "sha256": seen.sha256, "size": seen.size, "error": seen.problem}
        if not seen.sha256:
            yield line(entry)
            continue
        yield orjson.dumps(entry)[:-1] + b',"raw":"'
        yield from read.packed(place(job.raw), seen.file, seen.sha256, seen.span)
        yield b'"}\n'


def _quarantine(job: Assembly, failed: set[str]) -> Iterator[bytes]:
    if failed:
        for each in _lines(job, "articles.zh-Hans"):
            if _id(each) in failed:
                record = orjson.loads(_judged(each, job.verdicts))
                yield line({"record": record, "reasons": job.verdicts[record["id"]]["reasons"]})
    for seen, original in job.copies:
        error = f"{seen.name}: has the same bytes as {original}, which was cleaned, and nothing says that it is another page"
        yield line({"source": seen.name, "error": error, "duplicate_of": original})
    yield from _lines(job, "unreadable")
    for seen in job.unreadable:
        yield line({"source": seen.name, "error": seen.problem, "sha256": seen.sha256, "size": seen.size})


def _write(path: Path, lines: Iterator[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    temporary = path.with_name(f"{path.name}.{uuid4().hex}")
    with open(temporary, "wb", buffering=write.BLOCK) as file:
        for each in lines:
            digest.update(each)
            size += file.write(each)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    return {"sha256": digest.hexdigest(), "size": size}
