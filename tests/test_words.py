"""Words: they join back to the text with either engine, never cross a sentence, and the engines are our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang.records import AccountError, SettingError
from qingyang.sentences import split
from qingyang.words import Segmenter, parity, words_record

# People's Daily, 25 November 2020, page 2
PARAGRAPHS = [
    "1950年党和国家首次表彰劳动模范70年来，我国工人阶级与祖国同成长。奏响了“咱们工人有力量”的主旋律！",
    "同志们！",
    "",
    "好的.完 了\n第二行\u3000a.b c-d 50%",
]
FAST, SLOW, TAGGER = Segmenter("rjieba"), Segmenter("jieba"), Segmenter(pos=True)
TEXTS = st.text(max_size=80) | st.text(alphabet="习近平在北京发展大学生。！“”.,-+#&_%3ab \n\t\u3000\x00\x1e\r〇㐀𠀀é", max_size=80)


def record(paragraphs: list[str]) -> Any:
    return {"id": "8f14e45fceea167a-0", "paragraphs": paragraphs}


@pytest.mark.parametrize("segmenter", [FAST, SLOW], ids=["rjieba", "jieba"])
@given(text=TEXTS)
@settings(deadline=None)  # the first example loads a dictionary
def test_joins_back(segmenter: Segmenter, text: str) -> None:
    assert "".join(segmenter.cut(text)) == text


@pytest.mark.parametrize("segmenter", [FAST, SLOW, TAGGER], ids=["rjieba", "jieba", "pos"])
@given(texts=st.lists(TEXTS, max_size=6))
@settings(deadline=None, max_examples=40)
def test_texts_cut_together_are_as_cut_alone(segmenter: Segmenter, texts: list[str]) -> None:
    assert segmenter.cut_all(texts) == [segmenter.cut(text) for text in texts]


@pytest.mark.parametrize("segmenter", [FAST, SLOW, TAGGER], ids=["rjieba", "jieba", "pos"])
def test_record(segmenter: Segmenter) -> None:
    out = words_record(record(PARAGRAPHS), segmenter)
    assert list(out) == ["id", "engine", "sentences"]
    assert out["id"] == "8f14e45fceea167a-0"
    assert [(s["para"], s["start"], s["end"]) for s in out["sentences"]] == [
        (para, start, end) for para, text in enumerate(PARAGRAPHS) for start, end in split(text)
    ]
    for sentence in out["sentences"]:
        assert "".join(sentence["words"]) == PARAGRAPHS[sentence["para"]][sentence["start"] : sentence["end"]]
        assert all(sentence["words"])
        assert len(sentence.get("pos", sentence["words"])) == len(sentence["words"])
        assert ("pos" in sentence) == segmenter.pos
    assert "工人阶级" in out["sentences"][0]["words"]


@given(st.lists(TEXTS, max_size=4))
@settings(deadline=None)
def test_words_never_cross_a_sentence(paragraphs: list[str]) -> None:
    for sentence in words_record(record(paragraphs), FAST)["sentences"]:
        assert "".join(sentence["words"]) == paragraphs[sentence["para"]][sentence["start"] : sentence["end"]]


def test_a_word_is_cut_where_a_sentence_ends() -> None:
    out = words_record(record(["A+.他说完.明天"]), Segmenter(pos=True, user_words=["完.明天 100000 n"]))
    assert [s["words"][-1] for s in out["sentences"]] == ["完.", "明天"]
    assert [len(s["words"]) for s in out["sentences"]] == [len(s["pos"]) for s in out["sentences"]]


def test_part_of_speech() -> None:
    assert TAGGER.tag("全国劳动模范") == [("全国", "n"), ("劳动模范", "l")]
    with pytest.raises(SettingError, match="pos=True"):
        FAST.tag("全国")


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_user_words(engine: str) -> None:
    line = "青稞酒厂在互助县"
    assert "青稞酒厂" in Segmenter(engine, ["\ufeff青稞酒厂 20 nt", "", "互助县"]).cut(line)
    # another instance knows nothing of it
    assert "青稞酒厂" not in (FAST if engine == "rjieba" else SLOW).cut(line)


def test_user_words_carry_their_part_of_speech() -> None:
    assert ("青稞酒厂", "nt") in Segmenter(pos=True, user_words=["青稞酒厂 20 nt"]).tag("青稞酒厂开工")


def test_wrong_settings() -> None:
    with pytest.raises(SettingError, match="rjieba, jieba"):
        Segmenter("ictclas")
    with pytest.raises(SettingError, match="青稞"):
        Segmenter(user_words=["青稞 0"])


def test_an_engine_that_loses_text_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    segmenter = Segmenter()
    monkeypatch.setattr(segmenter, "_load", lambda: lambda text: text.split())
    with pytest.raises(AccountError, match="rjieba"):
        segmenter.cut("全国 劳动")


def test_the_dictionary_is_read_as_jieba_reads_it() -> None:
    theirs = SLOW._load() and SLOW._owner
    with theirs.get_dict_file() as file:
        assert (theirs.FREQ, theirs.total) == theirs.gen_pfdict(file)


def test_parity() -> None:
    prose = PARAGRAPHS[:3]
    assert parity(prose) == (sum(len(SLOW.cut(p)) for p in prose), 0)
    # Known: rjieba keeps Latin letters together over points and hyphens.
    assert parity(["COVID-19"]) == (3, 3)


def test_parity_counts_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Segmenter, "cut", lambda self, text: ["劳动", "模范"] if self.engine == "rjieba" else ["劳动模范"])
    assert parity(["劳动模范"]) == (1, 1)


def test_silent_and_without_a_cache_file(tmp_path: Path) -> None:
    code = (
        "import sys; from qingyang.words import Segmenter; segmenter = Segmenter(pos=True);"
        "assert not {'jieba', 'rjieba'} & set(sys.modules); segmenter.cut('全国')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": "."},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_dictionary_is_loaded_once() -> None:
    """``import rjieba`` loads one for itself: we do without, and leave the package as others expect it."""
    script = (
        "import sys; from qingyang.words import dictionary; mine = dictionary(); assert 'rjieba' not in sys.modules;"
        "import rjieba; assert rjieba.Jieba is type(mine); print(*rjieba.cut('全国劳动模范'))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=True)
    assert run.stdout.split() == ["全国", "劳动模范"]
