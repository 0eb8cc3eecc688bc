"""A record in Traditional Chinese: the same id and structure, every printed field converted by OpenCC.

Three variants: ``zh-Hant`` (OpenCC's s2t), ``zh-Hant-TW`` (s2twp, with Taiwan's words) and ``zh-Hant-HK`` (s2hk).
"""

from __future__ import annotations

from typing import Any

from qingyang.records import Record, SettingError

CONFIGS = {"zh-Hant": "s2t", "zh-Hant-TW": "s2twp", "zh-Hant-HK": "s2hk"}
BACK = {"zh-Hant": "t2s", "zh-Hant-TW": "tw2sp", "zh-Hant-HK": "hk2s"}
_SEPARATOR = "\x1e"
_SINGLE = ("headline", "kicker", "deck", "byline", "dateline", "agency", "place", "sign_off")


class Converter:
    """Converts records to one variant; the OpenCC instance is its own, made at first use."""

    def __init__(self, variant: str = "zh-Hant") -> None:
        if variant not in CONFIGS:
            raise SettingError(f"variant {variant!r} is not known; choose one of {', '.join(CONFIGS)}")
        self.variant = variant
        self._engine: Any = None

    def text(self, text: str) -> str:
        """``text`` in this variant.

        >>> Converter("zh-Hant-HK").text("为了核实这说法")
        '為了核實這説法'
        """
        if self._engine is None:
            import opencc

            self._engine = opencc.OpenCC(CONFIGS[self.variant])
        # OpenCC stops at NUL
        return "\0".join(self._engine.convert(part) for part in text.split("\0"))

    def convert(self, record: Record) -> Record:
        """The record in this variant: same id, same structure, its own flags."""
        out: Any = dict(record)
        metadata = dict(record["metadata"])
        strings: list[str] = [record[key] for key in _SINGLE if record[key]]  # type: ignore[literal-required]
        strings += record["authors"] + record["paragraphs"] + list(metadata.get("captions") or [])
        strings += [metadata["docdate"]] if metadata.get("docdate") else []
        done = self.text(_SEPARATOR.join(strings)).split(_SEPARATOR)
        if len(done) != len(strings):
            done = [self.text(string) for string in strings]
        parts = iter(done)
        for key in _SINGLE:
            out[key] = next(parts) if record[key] else record[key]  # type: ignore[literal-required]
        out["authors"] = [next(parts) for _ in record["authors"]]
        out["paragraphs"] = [next(parts) for _ in record["paragraphs"]]
        if metadata.get("captions"):
            metadata["captions"] = [next(parts) for _ in metadata["captions"]]
        if metadata.get("docdate"):
            metadata["docdate"] = next(parts)
        out["text"] = "\n".join(out["paragraphs"])
        out["lang"] = self.variant
        out["flags"] = []
        out["metadata"] = metadata
        return out  # type: ignore[no-any-return]


def simplified_only(text: str) -> set[str]:
    """Characters of ``text`` that only Simplified Chinese writes."""
    raise NotImplementedError


def converts_back(record: Record, variant_record: Record) -> float:
    """Share of the record's characters that come back when its variant is converted to Simplified again."""
    raise NotImplementedError
