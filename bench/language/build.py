"""Makes ``qingyang/data/language.npz``: how probable each word is, alone and after another word.

    python -m bench.language.build TEXTS... --out qingyang/data/language.npz

TEXTS are files or folders of prose outside copyright: PRC statutes and regulations (``*.md``), government work reports and
congress reports (``*.jsonl`` with a ``content``). Word frequencies and parts of speech are jieba's (MIT), readings are
pypinyin's (MIT), needed only here. The same texts give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qingyang.flagging.language import EDGE, LATIN, NUMBER, UNKNOWN, UNKNOWN_CHARACTER, plain

LEXICAL_CLASSES = 150
"""So many of the most frequent words are a class of their own: function words and punctuation."""
DICTIONARY_SHARE = 2 / 3
"""Weight of jieba's frequencies in a word's probability; the rest is the texts'."""
LEAST_FREQUENCY = 10
"""Words rarer than this in jieba's dictionary (60 million tokens) and absent from the texts are all equally rare."""
WITTEN_BELL = 10.0
"""The higher, the less a word's few followers are trusted."""
CLASS_SHARE = 0.7
LEAST_SUGGESTED = 2e-7
"""Words less probable than this are never suggested."""
HAN = re.compile("[\u4e00-\u9fff]+")


def paragraphs(paths: list[Path]) -> Iterator[str]:
    """Paragraphs of all texts, blanks and markup left out, in simplified characters."""
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    found = sorted(p for path in paths for p in ([path] if path.is_file() else path.rglob("*")) if p.suffix in (".md", ".jsonl"))
    for path in found:
        text = path.read_text("utf-8")
        for content in [json.loads(line)["content"] for line in text.splitlines()] if path.suffix == ".jsonl" else [text]:
            for line in simplify(re.sub("<[^>]*>", "", content)).splitlines():
                line = re.sub(r"[#*\s\u3000]+", "", line)
                if len(line) >= 4:
                    yield line


def dictionary() -> dict[str, tuple[int, str]]:
    """jieba's words with frequency and part of speech."""
    rows = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
    return {w: (int(f), t) for w, f, t in (row.split(" ") for row in rows)}


def readings() -> dict[str, str]:
    """Syllable without tone → characters read so, the common ones only."""
    from pypinyin.constants import PINYIN_DICT

    out: defaultdict[str, list[str]] = defaultdict(list)
    for code, pinyin in sorted(PINYIN_DICT.items()):
        if 0x4E00 <= code < 0xA000:
            bare = {unicodedata.normalize("NFD", p) for p in pinyin.split(",")[:3]}
            for syllable in sorted({"".join(c for c in p if not unicodedata.combining(c) or c == "\u0308") for p in bare}):
                out[syllable].append(chr(code))
    return {s: "".join(c) for s, c in out.items()}


def build(paths: list[Path]) -> dict[str, npt.NDArray[np.generic]]:
    import rjieba

    cut = rjieba.Jieba().cut
    single: Counter[str] = Counter()
    pair: Counter[tuple[str, str]] = Counter()
    triple: Counter[tuple[str, str, str]] = Counter()
    for line in paragraphs(paths):
        words = [EDGE, *(plain(w) for w in cut(line, False)), EDGE]
        single.update(words[1:])
        pair.update(pairwise(words))
        triple.update(zip(words, words[1:], words[2:], strict=False))
    known = dictionary()
    tokens, mass = sum(single.values()), sum(f for f, _ in known.values())
    special = [EDGE, NUMBER, LATIN, UNKNOWN_CHARACTER, UNKNOWN]
    usual = {w for w, (f, _) in known.items() if HAN.fullmatch(w) and (f >= LEAST_FREQUENCY or len(w) == 1)}
    rest = sorted((usual | set(single)) - set(special))
    vocabulary = special + rest
    prob = np.array([(1 - DICTIONARY_SHARE) * single[w] / tokens + DICTIONARY_SHARE * known.get(w, (0, ""))[0] / mass for w in vocabulary])
    prob[: len(special)] = [single[EDGE] / tokens, single[NUMBER] / tokens, single[LATIN] / tokens, 1e-8, 3e-8]
    prob = np.maximum(prob, 2e-9)

    lexical = {w: f"={w}" for w, _ in single.most_common(LEXICAL_CLASSES)} | {w: f"={w}" for w in special}
    tag = [lexical.get(w) or known.get(w, (0, "x"))[1][:2] + ("1" if len(w) == 1 else "") for w in vocabulary]
    weight: Counter[str] = Counter()
    for t, p in zip(tag, prob.tolist(), strict=True):
        weight[t] += p
    common = {t for t, _ in weight.most_common(250)} | {f"={w}" for w in special}
    tag = [t if t in common else "x" for t in tag]
    classes = sorted(set(tag))
    number = {t: i for i, t in enumerate(classes)}
    cls = np.array([number[t] for t in tag], np.uint8)
    total = np.bincount(cls, prob, len(classes))

    at = {w: i for i, w in enumerate(vocabulary)}
    pair = Counter({(a, b): n for (a, b), n in pair.items() if a in at and b in at})
    moves = np.zeros((len(classes), len(classes)))
    for (a, b), n in pair.items():
        moves[cls[at[a]], cls[at[b]]] += n
    out, kinds = moves.sum(1, keepdims=True), (moves > 0).sum(1, keepdims=True)
    trust = out / np.maximum(out + 3 * kinds, 1)
    transition = trust * moves / np.maximum(out, 1) + (1 - trust) * (total / total.sum())

    follow: Counter[str] = Counter()
    different: Counter[str] = Counter()
    for (a, _), n in pair.items():
        follow[a] += n
        different[a] += 1
    back = np.array([1 - follow[w] / (follow[w] + WITTEN_BELL * different[w]) if follow[w] else 1.0 for w in vocabulary])
    keys = sorted((at[a], at[b], n) for (a, b), n in pair.items())
    left, right, n = (np.array(column) for column in zip(*keys, strict=True))
    by_class = CLASS_SHARE * transition[cls[left], cls[right]] * prob[right] / total[cls[right]] + (1 - CLASS_SHARE) * prob[right]
    followers = np.array([max(follow[w], 1) for w in vocabulary])
    joint = (1 - back[left]) * n / followers[left] + back[left] * by_class

    heard = readings()
    names = Counter()
    for w, (_, t) in known.items():
        if t in ("nrt", "nrfg") and len(w) >= 3:
            names.update(w)
    other = Counter(c for w, (_, t) in known.items() if len(w) > 1 and not t.startswith("n") for c in w)
    common_characters = {w for w in vocabulary if len(w) == 1 and HAN.fullmatch(w) and (single[w] or known.get(w, (0, ""))[0] >= 100)} | {
        c for w in vocabulary if len(w) == 2 for c in w
    }
    shorter: defaultdict[str, list[int]] = defaultdict(list)
    for i in sorted(range(len(special), len(vocabulary)), key=lambda i: -prob[i]):
        w = vocabulary[i]
        if prob[i] >= LEAST_SUGGESTED and 2 <= len(w) <= 6 and HAN.fullmatch(w):
            for key in dict.fromkeys(w[:k] + w[k + 1 :] for k in range(len(w))):
                shorter[key].append(i)
    parts = [known.get(w, (0, "x"))[1][:2] for w in vocabulary]
    speech = {t: i for i, t in enumerate(sorted(set(parts)))}
    homophones = [f"{s} {kept}" for s, c in sorted(heard.items()) if len(kept := "".join(x for x in c if x in common_characters)) > 1]
    people = sorted(w for w, (f, t) in known.items() if t in ("nr", "nrt", "nrfg") and 2 <= len(w) <= 6 and (f >= 3 or len(w) > 3))
    return {
        "words": _text(vocabulary),
        "cost": np.round(-np.log(prob) * 1000).astype(np.uint16),
        "cls": cls,
        "tag": np.array([speech[t] for t in parts], np.uint8),
        "tags": _text(list(speech)),
        "class_weight": np.log(total).astype(np.float32),
        "transition": np.log(transition).astype(np.float16),
        "back": np.log(back).astype(np.float16),
        "left": left.astype(np.uint32),
        "right": right.astype(np.uint32),
        "pair": np.round(-np.log(joint) * 1000).astype(np.uint16),
        "phrases": np.array(set_phrases(triple, pair, at), np.uint32),
        "shorter": _text(list(shorter)),
        "shorter_count": np.array([len(x) for x in shorter.values()], np.uint16),
        "shorter_word": np.array([i for x in shorter.values() for i in x], np.uint32),
        "homophones": _text(homophones),
        "foreign": _text(sorted(c for c, k in names.items() if k >= 25 and k > other[c] * 0.05)),
        "people": _text(people),
    }


def set_phrases(triple: Counter[tuple[str, str, str]], pair: Counter[tuple[str, str]], at: dict[str, int]) -> list[list[int]]:
    """Three words of which the middle one hardly varies, and what is left of it when a character is missing.

    而 不懈 奋斗 occurs three times and nothing else stands between the two; 不 奋斗 never occurs: 而 不 奋斗 is suspicious.
    """
    between: Counter[tuple[str, str]] = Counter()
    for (a, _, b), n in triple.items():
        between[a, b] += n
    out = []
    for (a, w, b), n in sorted(triple.items()):
        if n < 3 or n / between[a, b] < 0.5 or len(w) not in (2, 3) or len(a + b) < 3 or not HAN.fullmatch(a + w + b):
            continue
        for c in dict.fromkeys(w[:k] + w[k + 1 :] for k in range(len(w))):
            if c in at and a in at and b in at and w in at and not (pair[a, c] and pair[c, b]):
                out.append([at[a], at[c], at[b], at[w]])
    return out


def _text(rows: list[str]) -> npt.NDArray[np.generic]:
    return np.frombuffer("\n".join(rows).encode(), np.uint8)


def write(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> None:
    """An ``.npz`` without dates in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, array in sorted(arrays.items()):
            buffer = io.BytesIO()
            np.save(buffer, array)
            z.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("qingyang/data/language.npz"))
    args = parser.parse_args()
    write(build(args.texts), args.out)


if __name__ == "__main__":
    main()
