"""Makes ``qingyang/model/fold.npz``: the Simplified character for each Traditional one, so that seams of Traditional pages are weighed too.

    python -m bench.quality.train.fold

OpenCC's ``t2s`` (Apache-2.0), character by character. Characters of GB 2312 are left alone: Simplified text writes them (乾隆, 瞭望).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from opencc import OpenCC

OUT = Path(__file__).resolve().parents[3] / "qingyang" / "model" / "fold.npz"


def plain(c: str) -> bool:
    try:
        c.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    chars = [chr(k) for k in range(0x3400, 0xA000) if not plain(chr(k))]
    folded = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    pairs = [(ord(a), ord(b)) for a, b in zip(chars, folded, strict=True) if a != b and len(b) == 1 and plain(b)]
    np.savez_compressed(OUT, pairs=np.array(pairs, np.uint16))
    print(f"{len(pairs)} characters")


if __name__ == "__main__":
    main()
