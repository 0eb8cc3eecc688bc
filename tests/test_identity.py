"""Publication, day and page: each witness by itself, their order, and their quarrels on record."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyang import decode
from qingyang.folio import folio, publication_name, read_line
from qingyang.identity import agree, compile_pattern, from_datelines, from_name, from_path, from_pattern, from_sidecar, identify
from qingyang.records import SettingError, Source

SAMPLE = Path(__file__).parents[1] / "raw" / "人民日报" / "2020-11-25" / "02.txt"
PAGE = SAMPLE.read_text(encoding="utf-8")


def who(name: str, text: str = "", **settings: object) -> tuple[str | None, str | None, str | None, str | None]:
    s = identify(Source(name, text, ""), **settings)  # type: ignore[arg-type]
    return s.publication, s.issue_date, s.edition, s.page


# The sample page ------------------------------------------------------------------------------------------------------------


def test_the_sample_by_its_path() -> None:
    s = identify(decode.read("人民日报/2020-11-25/02.txt", SAMPLE.read_bytes()))
    assert (s.publication, s.issue_date, s.edition, s.page) == ("人民日报", "2020-11-25", None, "2")
    assert s.identity == {"publication": "path", "issue_date": "path", "page": "path"}


def test_the_sample_by_its_datelines_alone() -> None:
    """No folio and no name: 新华社北京11月24日电 and the document date （2020年11月24日） imply the next morning's paper."""
    s = identify(Source("inbox/0001.txt", PAGE, ""))
    assert (s.publication, s.issue_date, s.page) == (None, "2020-11-25", None)
    assert s.identity == {"issue_date": "dateline"}


# Settings -------------------------------------------------------------------------------------------------------------------


def test_settings_win_over_everything_and_the_quarrel_is_on_record() -> None:
    text = "2  经济    锦城商报    2023年10月23日 星期一\n怎样看待这火热的一年？"
    s = identify(Source("锦城商报/2023-10-22/04.txt", text, ""), sidecar={"issue_date": "2023-10-24", "page": "第09版", "edition": None})
    assert (s.publication, s.issue_date, s.page) == ("锦城商报", "2023-10-24", "9")
    assert s.identity["issue_date"] == s.identity["page"] == "setting"
    assert s.identity["conflict.issue_date"] == "path 2023-10-22"
    assert s.identity["conflict.page"] == "path 4"
    assert "conflict.publication" not in s.identity
    assert identify(Source("x/2023-10-24/04.txt", text, ""), pattern="{publication}/{date}/{page}.txt").identity["publication"] == "setting"


@pytest.mark.parametrize(
    ("pattern", "name", "want"),
    [
        (
            "{publication}/{date}/{page}.txt",
            "人民日报/2020-11-25/02.txt.gz",
            {"publication": "人民日报", "issue_date": "2020-11-25", "page": "2"},
        ),
        ("{date}-{edition}/{page}.txt", "a/b/20201125-海外版/A02.txt", {"issue_date": "2020-11-25", "edition": "海外版", "page": "A2"}),
        ("{year}/{month}/{day}/{any}_{page}.txt", "1998/1/5/scan_7.txt", {"issue_date": "1998-01-05", "page": "7"}),
        ("{publication}_{date}.txt", "人民日报_20200230.txt", {"publication": "人民日报"}),
        ("{publication}/{date}/{page}.txt", "0001.txt", {}),
        ("p{page}.txt", "p+3.txt", {"page": "+3"}),
    ],
)
def test_patterns(pattern: str, name: str, want: dict[str, str]) -> None:
    assert from_pattern(name, pattern) == want


@pytest.mark.parametrize("pattern", ["{publisher}/{page}.txt", "{page", "raw/*.txt", "{page}-{page}", "a}b{page}"])
def test_patterns_that_cannot_be_meant(pattern: str) -> None:
    with pytest.raises(SettingError, match="path pattern"):
        compile_pattern(pattern)


def test_sidecars_that_cannot_be_meant() -> None:
    for sidecar in ({"issue_date": "2020-02-30"}, {"issue_date": "soon"}, {"date": "2020-11-25"}):
        with pytest.raises(SettingError, match=r"^a\.txt: sidecar"):
            from_sidecar("a.txt", sidecar)
    assert from_sidecar("a.txt", {"issue_date": "二〇二〇年十一月二十五日", "page": "四开特刊"}) == {
        "issue_date": "2020-11-25",
        "page": "四开特刊",
    }


# Path and name --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("raw/人民日报/2020-11-25/02.txt", ("人民日报", "2020-11-25", None, "2")),
        ("人民日报/2020-11-25-2/第三版.txt", ("人民日报", "2020-11-25", "2", "3")),
        ("人民日报/20201125_海外版/p4.txt", ("人民日报", "2020-11-25", "海外版", "4")),
        ("2020-11-25/02.txt", (None, "2020-11-25", None, "2")),
        ("rmrb/2020/11/25/02.txt", ("人民日报", "2020-11-25", None, "2")),
        ("rmrb/2020-11/25/nw.D110000renmrb_20201125_1-02.htm", ("人民日报", "2020-11-25", None, "2")),
        ("锦城商报/0001.txt", ("锦城商报", None, None, None)),
        ("人民日报/2020-02-30/02.txt", ("人民日报", None, None, "2")),
        ("人民日报/2020-11-25/讲话.txt", ("人民日报", "2020-11-25", None, None)),
        ("2020-11-25_02.txt", (None, "2020-11-25", None, "2")),
        ("rmrb20201125_02", ("人民日报", "2020-11-25", None, "2")),
        ("rmrb2020112502.txt", ("人民日报", "2020-11-25", None, "2")),
        ("人民日报2020年11月25日第2版.txt", ("人民日报", "2020-11-25", None, "2")),
        ("人民日报_2020.11.25_A02.txt", ("人民日报", "2020-11-25", None, "A2")),
        ("i004/p01.txt", (None, None, None, "1")),
        ("scan-page-12.txt", (None, None, None, "12")),
        ("0001-p3.txt", (None, None, None, "3")),
        ("0001.txt", (None, None, None, None)),
        ("20201325_02.txt", (None, None, None, None)),
        ("会议报道.txt", (None, None, None, None)),
        ("-", (None, None, None, None)),
    ],
)
def test_names(name: str, want: tuple[str | None, ...]) -> None:
    assert who(name) == want


def test_path_and_name_are_two_witnesses() -> None:
    s = identify(Source("人民日报/2020-11-25/2020-11-26_02.txt", "", ""))
    assert s.issue_date == "2020-11-25"
    assert s.identity["conflict.issue_date"] == "name 2020-11-26"


@given(st.text(max_size=40))
def test_any_name_is_answered(name: str) -> None:
    for says in (from_path(name), from_name(name), from_pattern(name, "{publication}/{date}/{page}.txt")):
        assert all(isinstance(v, str) and v for v in says.values())


# The folio line -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "day", "page", "publication"),
    [
        ("2  经济    锦城商报    2023年10月23日 星期一", "2023-10-23", "2", "锦城商报"),
        ("２０２３年１月１日  星期日", "2023-01-01", None, None),
        ("2023年10月23日 星期一 专版 第三版", "2023-10-23", "3", None),
        ("2024年4月22日  星期一国际A2版", "2024-04-22", "A2", None),
        ("中国建设报 2026年8月31日 第9167期 今日8版", "2026-08-31", None, "中国建设报"),
        ("2011年1月1日 星期六 农历庚寅年十一月廿七 十二月初三小寒 第8715期(今日四版)", "2011-01-01", None, None),
        ("《 人民日报 》（ 2020年05月19日 01 版）", "2020-05-19", "1", "人民日报"),
        ("人民日报（2020年5月19日第2版）", "2020-05-19", "2", "人民日报"),
        ("2026年09月29日 第01版", "2026-09-29", "1", None),
        ("二〇二〇年十一月二十五日 星期三 要闻 第二版", "2020-11-25", "2", None),
        ("人 民 日 报", None, None, "人民日报"),
        ("第三版", None, "3", None),
        ("A2版", None, "A2", None),
        ("第11版:综合新闻", None, "11", None),
        ("3 体育长岭晚报”2023年7月21日星期五", "2023-07-21", "3", "长岭晚报"),
    ],
)
def test_folio_lines(line: str, day: str | None, page: str | None, publication: str | None) -> None:
    f = read_line(line) if line != "人 民 日 报" else read_line(line.replace(" ", ""))
    assert f is not None
    assert (f.day.isoformat() if f.day else None, f.page, f.publication) == (day, page, publication)
    assert not f.weekday_wrong


@pytest.mark.parametrize(
    "line",
    [
        "(2020年11月24日)",
        "（一九九七年十二月三十一日）",
        "2020年11月24日",
        "2025年03月07日14:51 来源：人民网",
        "2025年9月29日，中共中央政治局召开会议，分析研究当前经济形势和经济工作。",
        "新华社北京11月24日电 (记者樊曦、刘夏村)",
        "（下转第二版）",
        "◀◀◀上接第一版",
        "上接 第一版",
        "升官岂可带走公物（7版）",
        "本版责编：吕钟正 吴 凯",
        "一版责编：吴  丹  许  诺  孟繁哲    二版责编：殷新宇  蒋雪婕  郭雪岩",
        "相关报道见第四版",
        "2020年2月30日 星期日 第二版 要闻，今天报道，记者",
        "1949年10月1日，开国大典在北京举行",
        "争做奋斗者 建功新征程",
        "天气预报",
    ],
)
def test_what_is_no_folio(line: str) -> None:
    assert read_line(line) is None
    assert folio(f"{line}\n全国劳动模范和先进工作者表彰大会今天在北京举行。\n") == ({}, {})


def test_a_folio_in_pieces() -> None:
    text = "2\n经济\n锦城商报\n2023年10月23日 星期一\n信息技术风起云涌学者专家指点江山\n本报记者贾西平\n"
    assert folio(text)[0] == {"issue_date": "2023-10-23", "publication": "锦城商报", "page": "2"}


def test_a_folio_at_the_foot() -> None:
    text = PAGE + "\n要闻  2020年11月25日  星期三  第二版\n"
    s = identify(Source("0001.txt", text, ""))
    assert (s.issue_date, s.page, s.identity["issue_date"]) == ("2020-11-25", "2", "folio")


def test_a_nameplate_means_the_front_page() -> None:
    plate = "锦城商报\n2023年10月23日  星期一\n第4647期  今日8版\n国内统一连续出版物号 CN 55-0052\n锦城商报社出版  代号1－60\n"
    s = identify(Source("0001.txt", plate + "汪道涵在《两岸关系》杂志发表新年祝辞\n" + "开辟未来（8版）\n", ""))
    assert (s.publication, s.issue_date, s.page) == ("锦城商报", "2023-10-23", "1")
    assert s.identity["page"] == "nameplate"


def test_a_weekday_that_belies_its_date_makes_it_the_last_resort() -> None:
    text = "2020年11月26日 星期三  第二版\n正文\n"
    assert identify(Source("a.txt", text, "")).issue_date == "2020-11-26"
    s = identify(Source("2020-11-25_02.txt", text, ""))
    assert (s.issue_date, s.identity["issue_date"]) == ("2020-11-25", "name")
    assert s.identity["conflict.issue_date"] == "folio 2020-11-26"


@pytest.mark.parametrize(
    "name", ["人民日报", "解放军报", "文汇报", "大公报", "人民日报海外版", "参考消息", "新华每日电讯", "国际商报", "经济日报"]
)
def test_newspapers(name: str) -> None:
    assert publication_name(name) == name


@pytest.mark.parametrize(
    "name", ["天气预报", "本报", "日报", "会议简报", "新闻公报", "宣传海报", "要闻", "报", "东海晚报社出版", "捷报", "人民日报讯"]
)
def test_no_newspapers(name: str) -> None:
    assert publication_name(name) is None


@given(st.text(st.sampled_from("第二三版2０日月年星期一 \n（）()报人民今接转2020A电讯、，。"), max_size=120))
def test_any_page_is_answered(text: str) -> None:
    s = identify(Source("x", text, ""))
    assert s.issue_date is None or len(s.issue_date) == 10
    assert set(s.identity) >= {f for f in ("publication", "issue_date", "page") if getattr(s, f)}


# Datelines ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("新华社北京11月24日电 大会今天召开。\n2020年11月24日\n", "2020-11-25"),
        ("新华社北京11月24日电 大会2020年11月24日召开。", "2020-11-25"),
        ("本报北京１２月３１日讯 新年将至。\n（一九九八年一月一日）\n", "1998-01-01"),
        ("新华社北京11月24日电\n本报上海11月23日电\n(2020年11月24日)\n", "2020-11-25"),
        ("新华社北京11月24日电 大会今天召开。", None),
        ("新华社北京2月30日电\n2020年2月30日\n", None),
        ("(2020年11月24日)\n习近平\n", None),
        ("新华社北京10月1日电 1949年10月1日，开国大典。70年后的2019年，", None),
        ("新华社北京7月1日电\n2020年6月1日\n", None),
    ],
)
def test_datelines(text: str, day: str | None) -> None:
    got = from_datelines(text)
    assert (got.isoformat() if got else None) == day


# Folders --------------------------------------------------------------------------------------------------------------------


def page(name: str, publication: str | None, day: str | None, by: str = "folio") -> Source:
    return Source(name, "", "", publication=publication, issue_date=day, identity={"issue_date": by} if day else {})


def test_a_folder_of_one_mind_tells_its_pages() -> None:
    got = agree(
        [
            page("i/1", "锦城商报", "2023-10-23"),
            page("i/2", None, "2023-10-23"),
            page("i/3", None, None),
            page("i/4", None, "2023-10-02", "dateline"),
        ]
    )
    assert {(s.publication, s.issue_date) for s in got} == {("锦城商报", "2023-10-23")}
    assert got[0].identity == {"issue_date": "folio"}
    assert got[2].identity == {"issue_date": "folder", "publication": "folder"}
    assert got[3].identity["conflict.issue_date"] == "dateline 2023-10-02"


@pytest.mark.parametrize(
    "pages",
    [
        [page("i/1", "锦城商报", "2023-10-23"), page("i/2", "东海晚报", "2023-10-23"), page("i/3", None, None)],
        [page("i/1", "锦城商报", "2023-10-23"), page("i/2", None, "2023-10-24"), page("i/3", None, None)],
        [page("i/1", "锦城商报", "2023-10-23"), page("i/2", None, None), page("i/3", None, None)],
        [page("1", "锦城商报", "2023-10-23"), page("2", None, None)],
        [page("i/1", "锦城商报", "2023-10-23"), page("j/2", None, "2023-10-23")],
    ],
)
def test_a_folder_of_two_minds_tells_nothing(pages: list[Source]) -> None:
    assert agree(pages) == pages


# Speed ----------------------------------------------------------------------------------------------------------------------


def test_a_page_takes_well_under_a_millisecond() -> None:
    source = Source("人民日报/2020-11-25/02.txt", PAGE, "")
    best = min(_timed(source) for _ in range(20))
    assert best < 0.001


def _timed(source: Source) -> float:
    start = time.perf_counter()
    identify(source)
    return time.perf_counter() - start


def test_a_letter_with_one_digit_is_a_page_only_beside_a_date() -> None:
    assert from_name("t1.txt") == {} and from_name("02.txt") == {"page": "2"} and from_name("A02.txt") == {"page": "A2"}
    assert from_name("2020-11-25_A2.txt") == {"issue_date": "2020-11-25", "page": "A2"}
