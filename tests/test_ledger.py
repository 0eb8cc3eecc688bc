"""Nothing lost, nothing doubled, nothing invented: on arbitrary text, and when somebody tampers."""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang.decode import read, to_bytes, unreadable
from qingyang.identity import identify
from qingyang.issue import Cleaned, clean_issue
from qingyang.ledger import account, account_output, restore_text
from qingyang.records import AccountError, Source, SourceError

ENCODINGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "encodings"

PIECES = st.sampled_from(
    [
        "　　新华社北京11月24日电 (记者樊曦、刘夏村)为学习贯彻", "(上接第1版)", "（下转第２版）", "（新华社北京１１月２４日电）", "本报记者 李  舸", "习近平", "同志们：",
        "小麦丰收。", "各国领导人", "\n", "\n\n", "\r\n", "\r", "\f", "　　", " ", "\t", "\u200b", "\ufeff", "⺠⼈", "１９９８年", "……”", "“", "（", "2020年11月25日 星期三 第2版",
        "责编：吴刚", "图为现场。新华社记者 谢环驰摄", "——在大会上的讲话", "。", "\x00", "\ud800", "𠮷", "www.people.com.cn", "上接第一版】", "▲", "\u2028",
    ]
)  # fmt: skip
PAGES = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40).map("".join),
)


def source(text: str, name: str = "p.txt", page: str | None = "1") -> Source:
    data = text.encode("utf-8", "surrogatepass")
    return Source(name, text, hashlib.sha256(data).hexdigest(), size=len(data), page=page, issue_date="2020-11-25", publication="人民日报")


def check(sources: list[Source]) -> Cleaned:
    done = clean_issue(sources)
    records = {r["id"]: r for r in done.records}
    assert len(records) == len(done.records)
    for s, entry in zip(sources, done.ledger, strict=True):
        account(entry, s.text, records)
        assert restore_text(entry, records) == s.text
    account_output(done.ledger, records)
    return done


@settings(max_examples=150, deadline=None)
@given(PAGES)
def test_every_character_of_any_page_is_accounted_for(text: str) -> None:
    check([source(text)])


@settings(max_examples=60, deadline=None)
@given(st.lists(PAGES, min_size=2, max_size=4, unique=True))
def test_and_of_any_issue(texts: list[str]) -> None:
    check([source(t, f"{k}.txt", str(k)) for k, t in enumerate(texts, 1)])


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), PAGES.map(lambda t: t.encode("utf-8", "surrogatepass")), PAGES.map(lambda t: t.encode("gb18030", "ignore"))
    )
)
def test_any_bytes_come_back(data: bytes) -> None:
    try:
        s = identify(read("p.txt", data))
    except SourceError as error:
        assert "p.txt" in str(error)
        assert unreadable("p.txt", data, str(error))["raw"] is not None
        return
    done = check([s])
    assert to_bytes(done.ledger[0], restore_text(done.ledger[0], {r["id"]: r for r in done.records})) == data


@pytest.mark.skipif(
    not ENCODINGS.exists(), reason="the 35 real files in eight encodings are not beside the checkout (../shared/data/encodings)"
)
def test_real_files_come_back() -> None:
    files = [f for f in sorted(ENCODINGS.rglob("*")) if f.is_file() and f.name != "MANIFEST.tsv"]
    assert len(files) == 35
    read_, refused, web = 0, [], []
    for f in files:
        data = f.read_bytes()
        try:
            s = identify(read(f.name, data))
        except SourceError as error:
            (web if "web page" in str(error) else refused).append(f.name)
            continue
        done = check([s])
        assert to_bytes(done.ledger[0], restore_text(done.ledger[0], {r["id"]: r for r in done.records})) == data
        read_ += 1
    assert all(".html" in name for name in web)
    assert read_ + len(web) >= 33, refused


def test_a_tampered_record_is_noticed() -> None:
    s = source("小麦丰收\n新华社北京11月24日电 今年夏粮产\n量再创新高。\n")
    done = check([s])
    records = {r["id"]: r for r in done.records}
    rid = done.records[0]["id"]
    spoilt = copy.deepcopy(records)
    spoilt[rid]["paragraphs"][0] = spoilt[rid]["paragraphs"][0].replace("夏粮", "秋粮")
    with pytest.raises(AccountError, match="changed without a rule"):
        account(done.ledger[0], s.text, spoilt)
    spoilt = copy.deepcopy(records)
    spoilt[rid]["paragraphs"][0] += "好"
    with pytest.raises(AccountError, match="no origin"):
        account_output(done.ledger, spoilt)
    cut = copy.deepcopy(done.ledger[0])
    del cut["pieces"][1]
    with pytest.raises(AccountError, match="jumps"):
        account(cut, s.text, records)
