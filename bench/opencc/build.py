"""``qingyang/rules/opencc.tsv`` from the dictionaries of the OpenCC that is installed.

    python -m bench.opencc.build qingyang/rules/opencc.tsv

One line a dictionary entry: the step, what is printed, what OpenCC makes of it. Phrases that it converts character by
character are left out: wherever no other phrase stands, each character goes its own way, and :mod:`qingyang.conversion`
need not ask. OpenCC's dictionaries are under the Apache License 2.0.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

STEPS = {
    "hk": ("HKVariantsPhrases", "HKVariants"),
    "tw": ("TWPhrases", "TWVariantsPhrases", "TWVariants"),
    "hk-back": ("HKVariantsRevPhrases", "HKVariantsRev"),
    "tw-back": ("TWPhrasesRev", "TWVariantsRevPhrases", "TWVariantsRev"),
    "tw-characters-back": ("TWVariantsRevPhrases", "TWVariantsRev"),
    "simplified": ("TSPhrases", "TSCharactersExt", "TSCharacters"),
}
"""The steps of OpenCC's configurations after s2t, and the dictionaries of each: the first that has a phrase decides."""


def dictionary(name: str) -> dict[str, str]:
    """Key → first value of one of OpenCC's dictionaries."""
    import opencc

    home = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        source = home / "share" / "opencc" / f"{name}.ocd2"
        subprocess.run([home / "bin" / "opencc_dict", "-i", source, "-o", out, "-f", "ocd2", "-t", "text"], check=True, capture_output=True)
        rows = (line.split("\t") for line in out.read_text("utf-8").splitlines() if line)
        return {key: values.split(" ")[0] for key, values in rows}


def entries(step: str) -> dict[str, str]:
    """The step's single characters, and its phrases that are more than their characters."""
    every: dict[str, str] = {}
    for name in STEPS[step]:
        every = {**dictionary(name), **every}
    own = {key: value for key, value in every.items() if len(key) == 1}
    more = {key: value for key, value in every.items() if len(key) > 1 and value != "".join(own.get(c, c) for c in key)}
    return {**own, **more}


def table() -> str:
    import opencc

    lines = [f"version\t{opencc.__version__}\t"]
    for step in STEPS:
        lines += [f"{step}\t{key}\t{value}" for key, value in sorted(entries(step).items()) if key != value or len(key) > 1]
    return "\n".join(lines) + "\n"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("out", type=Path)
    ask.parse_args().out.write_text(table(), "utf-8")


if __name__ == "__main__":
    main()
