"""The survey tells a page the day and newspaper of its folder, and cleaning believes the survey."""

from __future__ import annotations

from pathlib import Path

from qingyang.settings import Settings
from tasks import manifest, read, shard, survey

PAGES = {
    "i004/p01.txt": "锦城商报\n2023年10月23日  星期一\n第4647期  今日8版\n本报北京10月22日讯\n",
    "i004/p02.txt": "2  经济    锦城商报    2023年10月23日 星期一\n怎样看待这火热的一年？\n",
    "i004/p03.txt": "2023年10月23日  星期一 专版 第三版\n从踢『雪地足球』想到的\n",
    "i004/p04.txt": "前些天，北京地区普降瑞雪。\n",
    "other/p03.txt": "2023年10月23日  星期一 专版 第三版\n另一张报纸\n",
}


def test_an_issue_stays_whole(tmp_path: Path) -> None:
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found, _ = read.walk(tmp_path)
    seen = survey.look(tmp_path, found, Settings())
    assert {len(pages) for made in manifest.shards(seen, "").values() for pages in made.issues} == {2, 1}
    made = manifest.shards(survey.agree(seen), "")
    assert {key: [[s.name for s in pages] for pages in m.issues] for key, m in made.items()} == {
        "锦城商报-2023-10": [[f"i004/p0{k}.txt" for k in (1, 2, 3, 4)]],
        "unknown-2023-10": [["other/p03.txt"]],
    }
    sources, changed = shard._sources(tmp_path, made["锦城商报-2023-10"].issues[0], Settings())
    assert not changed
    assert {(s.publication, s.issue_date) for s in sources} == {("锦城商报", "2023-10-23")}
    assert sources[2].identity == {"issue_date": "folio", "page": "folio", "publication": "folder"}


def test_the_survey_is_kept_with_all_it_knows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("（2020年11月24日）\n新华社北京11月24日电 大会召开。\n", encoding="utf-8")
    found, _ = read.walk(tmp_path)
    seen = survey.look(tmp_path, found, Settings())
    assert seen[0].issue_date == "2020-11-25"
    manifest.save_survey(tmp_path, "code", seen)
    assert list(manifest.load_survey(tmp_path, "code").values()) == seen
