"""The order of a run's work, without a scheduler: what is pending, making a group of shards, and the finish.

The flow wraps these steps in tasks. A group is a publication's year: its shards are made in batches, checked together,
put together and moved to their place one by one. :func:`finish` writes what belongs to the corpus as a whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from qingyang import decode, issue, rulebook
from qingyang.records import QingyangError, RuleError, SettingError
from qingyang.settings import Settings
from tasks import manifest, read, shard, write
from tasks.manifest import STATE, Made, Shard
from tasks.output import WAY_OUT, Damaged, named
from tasks.remote import Remote
from tasks.survey import Seen, agree, look
from tasks.workers import Workers

BATCH_BYTES = 450_000
"""Sources per batch: some 40 pages, which are finished together (:data:`tasks.shard.TOGETHER`), a second or two of work; a worker's
memory stays small and the pool stays busy to the end."""

WORTH_WORKERS = 1_000_000
"""Bytes of sources; less is done here in the time that two workers need to be there."""

TOTALS = ("sources", "cleaned", "ignored", "characters", "articles", "fragments", "flags", "warned", "failed", "copies", "unreadable")

READABLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

OURS = ("articles.", "words", "ledger", "checks", "proof", "quarantine.jsonl", "manifest.json")


@dataclass(slots=True)
class Plan:
    """What there is, and what of it must be made."""

    raw: Path | Remote
    output: Path
    settings: Settings
    code: str
    seen: list[Seen]
    ignored: list[str]
    shards: dict[str, Shard]
    one_file: bool
    made: dict[str, Made] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Shards by group; only groups with something to do."""

    @property
    def state(self) -> Path:
        return self.output / STATE

    @property
    def digest(self) -> str:
        """Of everything that decides what the finished corpus is."""
        made = [[s.key, s.digest] for s in self.shards.values()]
        whole = [self.code, manifest.views_digest(), self.one_file, self.settings.proof, self.ignored, made]
        return hashlib.sha256(orjson.dumps(whole)).hexdigest()[:32]

    def members(self, group: str) -> list[Shard]:
        return [s for s in self.shards.values() if s.group == group]


def check_places(raw: Path | Remote, output: Path | Remote) -> None:
    """SettingError when the two folders cannot be what they are asked to be. Writes nothing."""
    for each in (raw, output):
        if isinstance(each, Remote):
            each.open()
    if isinstance(raw, Remote) and isinstance(output, Remote) and f"{raw}/".startswith(f"{output}/"):
        raise SettingError(f"{output}: holds the raw folder, or is it; choose another output")
    if isinstance(raw, Remote) and isinstance(output, Remote) and f"{output}/".startswith(f"{raw}/"):
        raise SettingError(f"{output}: lies in the raw folder; choose another output")
    if isinstance(raw, Remote):
        _check_url(raw)
    elif not raw.is_dir():
        raise SettingError(f"{raw}: no such folder; give the folder that holds the pages")
    if isinstance(output, Remote):
        return
    here = output
    while not here.exists() and here.parent != here:
        here = here.parent
    if not here.is_dir():
        raise SettingError(f"{here}: is not a folder; choose another output")
    if not os.access(here, os.W_OK | os.X_OK):
        raise SettingError(f"{here}: cannot be written to; check its permissions or choose another output")
    if isinstance(raw, Path) and raw.resolve() in output.resolve().parents:
        raise SettingError(f"{output}: lies in the raw folder; choose an output beside it")
    if output.exists():
        if isinstance(raw, Path) and output.samefile(raw):
            raise SettingError(f"{output}: is the raw folder itself; choose another output")
        if isinstance(raw, Path) and output.resolve() in raw.resolve().parents:
            raise SettingError(f"{output}: holds the raw folder; choose another output")
        if not (output / STATE).is_dir() and not (output / "manifest.json").is_file():
            theirs = sorted(p.name for p in output.iterdir() if p.name.startswith(OURS))
            if theirs:
                raise SettingError(f"{output}: holds {theirs[0]}, which no run of ours wrote; choose another output or move it away")


def _check_url(raw: Remote) -> None:
    fs, path = raw.open()
    try:
        fs.invalidate_cache()
        there = fs.exists(path)
    except Exception as error:
        raise SettingError(f"{raw}: cannot be opened ({type(error).__name__}: {error}); check the address and your rights") from None
    if not there:
        raise SettingError(f"{raw}: no such folder, or nothing in it; give the folder that holds the pages")


def check_rules(settings: Settings) -> None:
    """RuleError when the rule tables, the user's too, or the model are broken, found out before anything is written."""
    rulebook.load(dict(settings.rules))
    try:
        issue.clean_issue([decode.read("-", "小麦丰收\n\n本报讯 小麦近日开镰收割。\n".encode())])
    except QingyangError:
        raise
    except Exception as error:
        raise RuleError(f"rules or model are broken, no page can be cleaned ({type(error).__name__}: {error})") from error


def place(plan: Plan, view: str, key: str) -> Path:
    """Where a shard's file of a view lives."""
    if view in ("quarantine", "metrics", "verdicts"):
        return plan.state / view / f"{key}.jsonl"
    if plan.one_file and view != "ledger":
        return plan.state / "parts" / view / f"{key}.jsonl"
    return plan.output / view / f"{key}.jsonl"


# ---------------------------------------------------------------- what is pending


def awaiting(raw: Path | Remote, output: Path, settings: Settings, force: bool = False) -> int:
    """Bytes of the sources that a run will have to open, as the folder lists them; 0 where listing it takes a network."""
    if isinstance(raw, Remote):
        return 0
    found, _ = read.walk(raw, leave_out=output)
    known = {} if force else manifest.load_survey(output / STATE, manifest.code_digest(settings))
    return sum(f.stamp[0] for f in manifest.unseen(found, known))


def survey(
    raw: Path | Remote, output: Path, settings: Settings, workers: Workers | None, force: bool = False, unsteady: Iterable[str] = ()
) -> Plan | None:
    """What must be done. Without ``workers`` nothing is opened or written: None when sources would have to be opened.

    ``unsteady`` are sources that changed every time they were read: they are set aside until the next run.
    """
    code = manifest.code_digest(settings)
    found, ignored = read.walk(raw, leave_out=output)
    known = {} if force else manifest.load_survey(output / STATE, code)
    fresh = manifest.unseen(found, known)
    if fresh and workers is None:
        if len(fresh) > 20 or any(f.name not in known for f in fresh):
            return None
        known = known | {s.name: s for s in look(raw, fresh, settings)}  # unreadable the last time, and perhaps still
    elif fresh and workers is not None:
        if sum(f.stamp[0] for f in fresh) > WORTH_WORKERS:
            workers.prepare()  # loads while we look
        size = max(1, min(500, len(fresh) // (4 * workers.count) + 1))
        looks = [_Look(raw.absolute(), fresh[k : k + size], settings) for k in range(0, len(fresh), size)]
        for some in (workers if len(fresh) > 200 else Workers(1)).map(_look, looks):
            known.update((s.name, s) for s in some)
    names = {f.name for f in found}
    gone = known.keys() - names
    seen = [known[f.name] for f in found]
    if workers is not None and (fresh or gone):
        manifest.save_survey(output / STATE, code, seen)
    seen = [part for s in seen for part in s.parts or (s,)]
    bad = set(unsteady)
    seen = agree([_unsteady(s) if s.name in bad else s for s in seen])
    one_file = sum(s.size for s in seen) <= settings.one_file_up_to_mb * 1_000_000
    plan = Plan(raw, output, settings, code, seen, ignored, manifest.shards(seen, code), one_file)
    plan.made = {} if force else manifest.load_made(plan.state)
    if workers is not None:
        _relocate(plan)
    plan.pending = [key for key in plan.shards if not _stands(plan, key)]
    todo = {plan.shards[key].group for key in plan.pending}
    for group in dict.fromkeys(s.group for s in plan.shards.values()):
        if group in todo or not _checked(plan, group):
            plan.groups[group] = [s.key for s in plan.members(group)]
    return plan


@dataclass(frozen=True, slots=True)
class _Look:
    raw: Path | Remote
    found: Sequence[read.Found]
    settings: Settings


def _look(job: _Look) -> list[Seen]:
    return look(job.raw, job.found, job.settings)


def _unsteady(s: Seen) -> Seen:
    return replace(s, sha256="", problem=f"{s.name}: changed every time it was read; run again when it is complete")


def _stands(plan: Plan, key: str) -> bool:
    """The shard was made from exactly these sources by exactly this code, and its files are still what they were."""
    made = plan.made.get(key)
    if made is None or made.digest != plan.shards[key].digest:
        return False
    return all(_intact(place(plan, view, key), kept) for view, kept in made.files.items())


def _intact(path: Path, kept: dict[str, Any]) -> bool:
    return manifest.intact(path, kept) if kept["size"] else not path.exists()


def _group_digest(shards: Sequence[Shard]) -> str:
    return hashlib.sha256(orjson.dumps([[s.key, s.digest] for s in shards])).hexdigest()[:32]


def _checked(plan: Plan, group: str) -> bool:
    try:
        kept = orjson.loads((plan.state / "groups" / f"{group}.json").read_bytes())
        return kept["digest"] == _group_digest(plan.members(group)) and manifest.intact(plan.output / "checks" / f"{group}.json", kept)
    except (OSError, ValueError, KeyError):
        return False


def _relocate(plan: Plan) -> None:
    """Move parts when the corpus has outgrown one file per view, or fits into one again."""
    for key in plan.made:
        for view in shard.views(plan.settings):
            here = place(plan, view, key)
            there = plan.output / view / f"{key}.jsonl" if plan.one_file else plan.state / "parts" / view / f"{key}.jsonl"
            if there.exists() and not here.exists():
                write.put(there, here)


def is_current(plan: Plan) -> bool:
    """Nothing to do, as the plan was made: every shard stands, and so does everything written at the end."""
    if plan.groups or plan.pending or set(plan.made) - set(plan.shards):
        return False
    try:
        kept = orjson.loads((plan.state / "finished.json").read_bytes())
        return kept["digest"] == plan.digest and all(manifest.intact(plan.output / name, of) for name, of in kept["files"].items())
    except (OSError, ValueError, KeyError):
        return False


def last(output: Path) -> dict[str, Any]:
    """What the last finished run wrote down: ``{"totals", "run", "files", …}``. SettingError when there was none."""
    try:
        kept: dict[str, Any] = orjson.loads((output / STATE / "finished.json").read_bytes())
    except (OSError, ValueError):
        what = "no finished run here" if output.is_dir() else "no finished run: there is no such folder"
        raise SettingError(f"{output}: {what}; make a corpus with: qingyang run RAW {output}") from None
    return kept


def told(output: Path) -> dict[str, Any] | None:
    """The same for those who only tell of it: where the state folder is gone, the manifest knows as much. None when there was no run."""
    try:
        return last(output)
    except SettingError:
        pass
    try:
        document = orjson.loads((output / "manifest.json").read_bytes())
        return {"totals": document["counts"], "run": document["run"], "files": document["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


# ---------------------------------------------------------------- making


@contextmanager
def workplace(state: Path) -> Iterator[None]:
    """The folder of unfinished parts is empty before a run, and after one that failed: a full disk is given back its room."""
    shutil.rmtree(state / "work", ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(state / "work", ignore_errors=True)


@lru_cache(maxsize=1)
def _checker(process: int) -> ThreadPoolExecutor:
    """The thread of this process that judges. A forked process needs one of its own: it inherits the pool, and not the thread in it.

    Great Expectations keeps a context per process, so one validation at a time; and always in the same thread, because what frames
    leave behind is kept for each thread that made some: 40 MB, and a run has dozens of threads.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="checks")


def make_group(plan: Plan, group: str, workers: Workers, progress: Callable[[int], object] = lambda _: None) -> list[str]:
    """Make, check and put in place the pending shards of a group. Returns the sources that changed meanwhile.

    A shard with such a source is left for the next round, and so is the group's verdict.
    """
    work, raw = plan.state.absolute() / "work" / group, str(plan.raw.absolute())  # a cluster's workers stand elsewhere
    shutil.rmtree(work, ignore_errors=True)
    pending = set(plan.pending)
    todo = [plan.shards[key] for key in plan.groups[group] if key in pending]
    batches: list[shard.Batch] = []
    of: dict[str, list[int]] = {}
    for s in todo:
        of[s.key] = []
        for issues in _batches(s.issues):
            of[s.key].append(len(batches))
            batches.append(shard.Batch(raw, f"{work / s.key}.{len(of[s.key])}", issues, plan.settings))
    done = workers.map(shard.make, batches, lambda d: progress(d.counts["sources"]))
    changed = [name for d in done for name in d.changed]
    if changed:
        return changed
    for s in todo:
        metrics = [Path(batches[k].folder) / "metrics.jsonl" for k in of[s.key]]
        write.join(metrics, work / f"{s.key}.metrics.jsonl")
    verdicts, errored = _checker(os.getpid()).submit(_check, plan, group, work, {s.key for s in todo}).result()
    jobs = []
    for s in todo:
        (work / s.key).mkdir(parents=True)
        folders = [batches[k].folder for k in of[s.key]]
        mine = verdicts.get(s.key, {})
        jobs.append(shard.Assembly(str(work / s.key), folders, plan.settings, mine, s.copies, s.unreadable, raw))
    try:
        files = workers.map(shard.assemble, jobs)
    except read.Changed as error:
        return [error.name]
    for s, job, out in zip(todo, jobs, files, strict=True):
        counts = _counts(s, [done[k] for k in of[s.key]], job)
        _commit(plan, s, work, out, counts)
        progress(len(s.copies) + len(s.unreadable))
    kept = write.vouch(plan.output / "checks" / f"{group}.json")
    about = {"digest": _group_digest(plan.members(group)), "errored": errored, **kept}
    write.replace(plan.state / "groups" / f"{group}.json", orjson.dumps(about))
    shutil.rmtree(work, ignore_errors=True)
    return []


def _batches(issues: list[list[Seen]]) -> list[list[list[Seen]]]:
    out: list[list[list[Seen]]] = []
    size = BATCH_BYTES
    for pages in issues:
        if size >= BATCH_BYTES:
            out.append([])
            size = 0
        out[-1].append(pages)
        size += sum(s.size for s in pages)
    return out


def _check(plan: Plan, group: str, work: Path, fresh: set[str]) -> tuple[dict[str, dict[str, dict[str, Any]]], list[str]]:
    """Validate the whole group's rows. Verdicts other than "pass" by shard and record, and what could not be judged.

    Writes ``checks/<group>.json``.
    """
    import pandas

    from tasks import check

    columns: dict[str, list[Any]] = {}
    shard_of: list[str] = []
    for s in plan.members(group):
        path = work / f"{s.key}.metrics.jsonl" if s.key in fresh else place(plan, "metrics", s.key)
        shard_of += [s.key] * _append(columns, check.ASKED, _read_lines(path))
    keys = dict(zip(columns.get("record_id", ()), shard_of, strict=True))
    frame = pandas.DataFrame({name: pandas.Series(columns.pop(name)) for name in list(columns)}, copy=False)
    verdicts = check.validate(frame)
    write.replace(plan.output / "checks" / f"{group}.json", orjson.dumps(verdicts.results, option=READABLE))
    out: dict[str, dict[str, dict[str, Any]]] = {}
    for record, verdict in verdicts.by_id.items():
        if verdict["verdict"] != "pass":
            out.setdefault(keys[record], {})[record] = {**verdict, "reasons": verdicts.critical.get(record, [])}
    return out, verdicts.errored


def _append(columns: dict[str, list[Any]], asked: Collection[str], rows: Iterable[dict[str, Any]]) -> int:
    """Add what is ``asked`` of rows to a table by columns, which takes a seventh of the memory that rows take; how many there were."""
    count = 0
    for row in rows:
        mine = {name: value for name, value in row.items() if name in asked}
        if not columns:
            columns.update((name, []) for name in mine)
        if mine.keys() != columns.keys():
            raise ValueError(f"{row['record_id']}: other figures than the records before it; run again with --force")
        for name, value in mine.items():
            columns[name].append(sys.intern(value) if isinstance(value, str) else value)
        count += 1
    return count


def _counts(s: Shard, done: Sequence[shard.Done], job: shard.Assembly) -> dict[str, int]:
    counts = {"sources": 0, "characters": 0, "articles": 0, "fragments": 0, "flags": 0}
    for d in done:
        for name, value in d.counts.items():
            counts[name] += value
    verdicts = [v["verdict"] for v in job.verdicts.values()]
    counts |= {"warned": verdicts.count("warn"), "failed": verdicts.count("fail"), "copies": len(s.copies), "unreadable": len(s.unreadable)}
    counts["unreadable"] += sum(_line_count(Path(b) / "unreadable.jsonl") for b in job.batches)
    return counts


def _line_count(path: Path) -> int:
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def _commit(plan: Plan, s: Shard, work: Path, out: dict[str, dict[str, Any]], counts: dict[str, int]) -> None:
    """Move a shard's files to their places; the state that vouches for them comes last."""
    manifest.forget(plan.state, s.key)
    metrics = work / s.key / "metrics.jsonl"
    write.put(work / f"{s.key}.metrics.jsonl", metrics)
    out["metrics"] = {"sha256": write.checksum(metrics), "size": metrics.stat().st_size}
    for view, kept in out.items():
        path = place(plan, view, s.key)
        if kept["size"]:
            write.put(work / s.key / f"{view}.jsonl", path)
            kept["stamp"] = list(read.stamp(os.stat(path)))
        else:
            path.unlink(missing_ok=True)
    made = Made(s.key, s.digest, out, counts)
    manifest.save_made(plan.state, made)
    plan.made[s.key] = made


# ---------------------------------------------------------------- the finish


def finish(plan: Plan, run: dict[str, Any], workers: Workers | None = None) -> dict[str, int]:
    """Write what belongs to the whole corpus and remove what belongs to no source any more. Returns the totals."""
    for key in plan.made.keys() - plan.shards.keys():
        manifest.forget(plan.state, key)
        del plan.made[key]
    made = [plan.made[key] for key in plan.shards]
    _remove_stale(plan)
    files: dict[str, dict[str, Any]] = {}
    if plan.one_file:
        for view in shard.views(plan.settings):
            files[f"{view}.jsonl"] = write.join(_parts(plan, made, view), plan.output / f"{view}.jsonl")
    files["quarantine.jsonl"] = write.join(_parts(plan, made, "quarantine"), plan.output / "quarantine.jsonl")
    totals = dict.fromkeys(TOTALS, 0)
    for m in made:
        for name, value in m.counts.items():
            totals[name] += value
    totals |= {"sources": len(plan.seen), "cleaned": totals["sources"], "ignored": len(plan.ignored)}
    totals["unjudged"] = _checker(os.getpid()).submit(_check_corpus, plan).result()
    files["checks/corpus.json"] = write.vouch(plan.output / "checks" / "corpus.json")
    _write_manifest(plan, files, totals, run)  # the proof shows it, and is listed in it
    shown = _proof(plan, workers)
    files |= _proof_files(plan.output, _known(plan.output)["files"])
    files["manifest.json"] = _write_manifest(plan, files, totals, run)
    finished = {"digest": plan.digest, "files": files, "totals": totals, "run": run, "shown": shown}
    write.replace(plan.state / "finished.json", orjson.dumps(finished))
    return totals


def _parts(plan: Plan, made: Sequence[Made], view: str) -> list[Path]:
    return [place(plan, view, m.key) for m in made if m.files[view]["size"]]


def _check_corpus(plan: Plan) -> int:
    """Judge the corpus as a whole into ``checks/corpus.json``; how many expectations, there and in the groups, could not judge."""
    from tasks import check

    verdicts = check.validate_corpus(_rows_of_all(plan))
    write.replace(plan.output / "checks" / "corpus.json", orjson.dumps(verdicts.results, option=READABLE))
    unjudged = len(verdicts.errored)
    for group in dict.fromkeys(s.group for s in plan.shards.values()):
        unjudged += len(orjson.loads((plan.state / "groups" / f"{group}.json").read_bytes())["errored"])
    return unjudged


def _rows_of_all(plan: Plan) -> Iterator[dict[str, Any]]:
    """The metrics of every record with the verdict on it, shard by shard."""
    for key in plan.shards:
        told = {verdict["id"]: verdict["verdict"] for verdict in _read_lines(place(plan, "verdicts", key))}
        for row in _read_lines(place(plan, "metrics", key)):
            yield {**row, "verdict": told.get(row["record_id"])}


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file; a view that came out empty has no file."""
    if path.exists():
        with open(path, "rb") as file:
            for each in file:
                yield orjson.loads(each)


def _proof(plan: Plan, workers: Workers | None) -> dict[str, str]:
    """Write the visual proof, or remove the one of another corpus. What each shard's pages show, to know the next time what is new.

    Only shards that were made since the last proof are looked at: in a large archive the others are many.
    """
    from tasks import proof

    if not plan.settings.proof:
        for gone in (plan.output / "proof", plan.output / proof.STATE):
            shutil.rmtree(gone, ignore_errors=True)
        return {}
    known = _known(plan.output)
    for name, of in known["files"].items():
        if name.startswith("proof/") and not manifest.intact(plan.output / name, of):
            (plan.output / name).unlink(missing_ok=True)
    variants = plan.output / "collation" / "apparatus.jsonl"
    basis = manifest.views_digest() + (write.checksum(variants) if variants.exists() else "")
    shown = {}
    for key, m in plan.made.items():
        whole = [basis, m.digest, sorted((view, kept["sha256"]) for view, kept in m.files.items())]
        shown[key] = hashlib.sha256(orjson.dumps(whole)).hexdigest()[:16]
    was = known.get("shown", {})
    proof.write_proof(plan.output, only={key for key, now in shown.items() if was.get(key) != now}, pool=workers)
    return shown


def _known(output: Path) -> dict[str, Any]:
    """What the last finished run wrote down, or that there was none."""
    try:
        return last(output)
    except SettingError:
        return {"files": {}}


def renew_proof(output: Path) -> Path:
    """Write the visual proof of a finished corpus once more; what vouches for the corpus vouches for it too. Returns its index.

    Raises Damaged when the corpus is not what its run wrote: its pages would show what no run finds wrong afterwards.
    """
    from tasks import intact, proof

    if found := intact.changed(output, ("articles.", "ledger/", "quarantine.jsonl", "checks/", "manifest.json")):
        raise Damaged(f"{output}: {named(found)} since the run, and the proof would show it; {WAY_OUT}")

    index = proof.write_proof(output)
    try:
        kept = last(output)
        document = orjson.loads((output / "manifest.json").read_bytes())
        files = {name: of for name, of in kept["files"].items() if not name.startswith("proof/")} | _proof_files(output, kept["files"])
        listed = {name: of for name, of in document["files"].items() if not name.startswith("proof/")}
    except (SettingError, OSError, ValueError, KeyError):
        return index  # the next run will see to it
    listed |= {name: {"sha256": of["sha256"], "size": of["size"]} for name, of in files.items() if name.startswith("proof/")}
    document["files"] = dict(sorted(listed.items()))
    write.replace(output / "manifest.json", orjson.dumps(document, option=READABLE))
    files["manifest.json"] = write.vouch(output / "manifest.json")
    write.replace(output / STATE / "finished.json", orjson.dumps({**kept, "files": files}))
    return index


def _proof_files(output: Path, known: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Checksum, size and stamp of every file of the proof, read again only where it changed."""
    out: dict[str, dict[str, Any]] = {}
    for path in sorted((output / "proof").rglob("*")):
        if path.is_file():
            name = path.relative_to(output).as_posix()
            same = name in known and known[name]["stamp"] == list(read.stamp(os.stat(path)))
            out[name] = known[name] if same else write.vouch(path)
    return out


def _remove_stale(plan: Plan) -> None:
    """Everything in our folders that no shard of now accounts for, temporary files of killed runs included."""
    expected: set[Path] = set()
    views = shard.views(plan.settings)
    for key, m in plan.made.items():
        expected |= {place(plan, view, key) for view, kept in m.files.items() if kept["size"]}
    groups = {s.group for s in plan.shards.values()}
    expected |= {plan.output / "checks" / f"{group}.json" for group in (*groups, "corpus")}
    expected |= {plan.state / "groups" / f"{group}.json" for group in groups}
    expected |= {plan.state / "shards" / f"{key}.json" for key in plan.shards}
    if plan.one_file:
        expected |= {plan.output / f"{view}.jsonl" for view in views}
    ours = [*plan.output.glob("articles.*.jsonl"), *plan.output.glob("words.jsonl")]
    folders = [*plan.output.glob("articles.*/"), plan.output / "words", plan.output / "ledger", plan.output / "checks"]
    folders += [plan.state / name for name in ("groups", "shards", "metrics", "quarantine", "verdicts")]
    folders += (plan.state / "parts").glob("*")
    for folder in folders:
        if folder.is_dir():
            ours += [p for p in folder.iterdir() if p.is_file()]
    for path in ours:
        if path not in expected:
            path.unlink(missing_ok=True)
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    for folder in (plan.output, plan.state):
        write.sweep(folder)


def _write_manifest(plan: Plan, files: dict[str, dict[str, Any]], totals: dict[str, int], run: dict[str, Any]) -> dict[str, Any]:
    from qingyang.provenance import fingerprint, versions

    listed = {name: {"sha256": kept["sha256"], "size": kept["size"]} for name, kept in files.items()}
    for key, m in plan.made.items():
        for view, kept in m.files.items():
            path = place(plan, view, key)
            if kept["size"] and path.is_relative_to(plan.output) and not path.is_relative_to(plan.state):
                listed[path.relative_to(plan.output).as_posix()] = {"sha256": kept["sha256"], "size": kept["size"]}
    for group in dict.fromkeys(s.group for s in plan.shards.values()):
        path = plan.output / "checks" / f"{group}.json"
        listed[path.relative_to(plan.output).as_posix()] = {"sha256": write.checksum(path), "size": path.stat().st_size}
    document = {
        "software": "qingyang",
        "fingerprint": fingerprint(),
        "versions": versions(),
        "configuration": plan.settings.as_dict(),
        "counts": totals,
        "sources": [_source(s) for s in plan.seen],
        "ignored": plan.ignored,
        "files": dict(sorted(listed.items())),
        "run": run,
    }
    path = plan.output / "manifest.json"
    write.replace(path, orjson.dumps(document, option=READABLE))
    return write.vouch(path)


def _source(s: Seen) -> dict[str, Any]:
    out: dict[str, Any] = {"source": s.name, "sha256": s.sha256, "size": s.size}
    out |= {"publication": s.publication, "issue_date": s.issue_date, "edition": s.edition, "page": s.page}
    return out | ({"error": s.problem} if s.problem else {})
