"""qingyang (清样) pulls clean proofs from newspaper pages: one record per article, nothing lost, every change explained.

>>> [r["headline"] for r in clean("小麦丰收\\n新华社北京11月24日电 (记者樊曦)今年夏粮\\n产量再创新高。\\n")]
['小麦丰收']
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from qingyang.records import AccountError, QingyangError, Record, RuleError, SettingError, Source, SourceError

__version__ = "0.1.0"
__all__ = ["AccountError", "QingyangError", "Record", "RuleError", "SettingError", "Source", "SourceError", "clean", "fingerprint"]


def clean(
    page: str | bytes,
    *,
    name: str = "-",
    encoding: str | None = None,
    publication: str | None = None,
    issue_date: str | None = None,
    edition: str | None = None,
    page_label: str | None = None,
) -> list[Record]:
    """The records of one page.

    ``page`` is the text, or the bytes of a file (any encoding of :mod:`qingyang.decode`, also gzipped). What the page
    says of its paper, date and number is used where the caller does not say it (``issue_date`` as ``YYYY-MM-DD``).

    Raises SourceError where bytes cannot be read as text.
    """
    from qingyang.decode import read
    from qingyang.flags import find_all
    from qingyang.identity import identify
    from qingyang.issue import clean_issue

    if isinstance(page, bytes):
        source = read(name, page, encoding=encoding)
    else:
        data = page.encode("utf-8", "surrogatepass")
        source = Source(name, page, hashlib.sha256(data).hexdigest(), size=len(data))
    source = identify(source)
    told = {"publication": publication, "issue_date": issue_date, "edition": edition, "page": page_label}
    source = replace(source, **{k: v for k, v in told.items() if v is not None})  # type: ignore[arg-type]
    records = clean_issue([source]).records
    for record, flags in zip(records, find_all(records), strict=True):
        record["flags"] = flags
    return records


def fingerprint() -> str:
    """What a result depends on besides its source: code, rules, model, versions of jieba, rjieba and OpenCC."""
    from qingyang.provenance import fingerprint as _fingerprint

    return _fingerprint()
