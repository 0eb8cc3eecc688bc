"""What a user may decide about a run, as one immutable record, checked before anything is written.

:func:`Settings.from_mapping` takes the table of a ``qingyang.toml`` and refuses what it does not know. Everything in it
changes the output, so all of it is part of what decides whether a shard must be made again.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from qingyang.decode import codec_name
from qingyang.identity import compile_pattern
from qingyang.records import SettingError

VARIANTS = ("zh-Hant", "zh-Hant-TW", "zh-Hant-HK")
ENGINES = ("rjieba", "jieba")


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of a run.

    >>> Settings(variants=("zh-Hant-TW",)).variants
    ('zh-Hant-TW',)
    >>> Settings(engine="jeiba")
    Traceback (most recent call last):
    ...
    qingyang.records.SettingError: engine: 'jeiba' is not known; did you mean 'jieba'? Known: rjieba, jieba
    """

    variants: tuple[str, ...] = VARIANTS
    """Traditional variants to write; the Simplified text is always written."""
    engine: str = "rjieba"
    """Word engine: ``rjieba`` (fast) or ``jieba`` (the reference)."""
    user_words: tuple[str, ...] = ()
    """Lines of a user dictionary, ``word [frequency] [part of speech]``."""
    pos: bool = False
    """Add parts of speech to ``words.jsonl`` (jieba's own tagger, about five times the time)."""
    encoding: str | None = None
    """Encoding of every source; unset, each is found out by itself."""
    pattern: str | None = None
    """Template of the path below the raw folder, ``{publication}/{date}_{page}.txt``."""
    one_file_up_to_mb: float = 32.0
    """Up to this many megabytes of sources the corpus is one file per view; beyond, one file per publication and month."""
    proof: bool = True
    """Write the visual proof with every run; without, on demand."""
    rules: tuple[tuple[str, str], ...] = ()
    """Rule tables of the user's own, name and text of each: see :func:`qingyang.rulebook.load`."""
    page_budget: float = 1.0
    """How many times a rule's budget it may use on a page; the records of a page on which one uses more go to quarantine."""
    max_source_mb: float = 16.0
    """A larger source goes to quarantine where it cannot be taken in parts: packed, UTF-16, or without ends of lines."""

    def __post_init__(self) -> None:
        for name in self.variants:
            _known("variants", name, VARIANTS)
        if len(set(self.variants)) != len(self.variants):
            raise SettingError(f"variants: {', '.join(self.variants)} names one twice")
        _known("engine", self.engine, ENGINES)
        if self.encoding is not None:
            codec_name(self.encoding)
        if self.pattern is not None:
            compile_pattern(self.pattern)
        if self.one_file_up_to_mb < 0:
            raise SettingError(f"one_file_up_to_mb: {self.one_file_up_to_mb} is negative; 0 always writes one file per month")
        if not 0 < self.page_budget < float("inf"):
            raise SettingError(f"page_budget: {self.page_budget} is out of range; choose more than 0: 2 lets a rule do twice as much")
        if not 0 < self.max_source_mb <= 64:
            raise SettingError(f"max_source_mb: {self.max_source_mb} is out of range; choose more than 0 and at most 64")

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Settings:
        """Settings from a TOML table; SettingError names the key and the nearest known one.

        >>> Settings.from_mapping({"variants": [], "pos": True}).pos
        True
        """
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise SettingError(f"{key}: no such setting{_near(key, known)} Known: {', '.join(known)}")
            values[key] = _typed(key, value)
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON-able values; ``from_mapping`` of it is the same settings."""
        return {k: [list(w) if isinstance(w, tuple) else w for w in v] if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def _typed(key: str, value: Any) -> Any:
    match key:
        case "variants" | "user_words":
            if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
                raise SettingError(f"{key}: expected a list of strings, got {value!r}")
            return tuple(value)
        case "rules":
            if isinstance(value, Mapping):
                value = list(value.items())
            if not all(isinstance(v, (list, tuple)) and len(v) == 2 and all(isinstance(t, str) for t in v) for v in value):
                raise SettingError(f"{key}: expected names and texts of rule tables, got {value!r}")
            return tuple((name, text) for name, text in value)
        case "pos" | "proof":
            if not isinstance(value, bool):
                raise SettingError(f"{key}: expected true or false, got {value!r}")
            return value
        case "one_file_up_to_mb" | "max_source_mb" | "page_budget":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise SettingError(f"{key}: expected a number{' of megabytes' if key.endswith('_mb') else ''}, got {value!r}")
            return float(value)
        case "encoding" | "pattern":
            if value is not None and not isinstance(value, str):
                raise SettingError(f"{key}: expected a string, got {value!r}")
            return value or None
    if not isinstance(value, str):
        raise SettingError(f"{key}: expected a string, got {value!r}")
    return value


def _known(key: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingError(f"{key}: {value!r} is not known{_near(value, choices)} Known: {', '.join(choices)}")


def _near(word: str, choices: Any) -> str:
    near = difflib.get_close_matches(str(word), list(choices), n=1)
    return f"; did you mean {near[0]!r}?" if near else "."
