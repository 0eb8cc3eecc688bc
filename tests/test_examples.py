"""Every example runs: those of the docstrings, and those of the README."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from flows import cli
from qingyang.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def modules() -> list[str]:
    paths = [p for room in ("qingyang", "tasks", "flows") for p in sorted((ROOT / room).rglob("*.py"))]
    # flows.corpus needs Prefect, which must not be imported before its environment is set.
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in paths if ">>>" in p.read_text("utf-8")]
    return [name for name in names if name != "flows.corpus"]


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_run(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried and not failed


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_of_the_readme_runs(code: str) -> None:
    names: dict[str, object] = {}
    exec(code, names)
    assert names["records"]


@pytest.mark.parametrize("table", blocks("toml"))
def test_the_settings_of_the_readme_are_the_defaults(table: str) -> None:
    """As copied it changes nothing and names no file that is not there."""
    assert Settings.from_mapping(tomllib.loads(table)) == Settings()
    assert "\n# user_dict = " in table


COMMANDS = re.findall(r"^    (qingyang .*?)(?:\s+#.*)?$", README, re.M)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_of_the_readme_exist(line: str) -> None:
    words = shlex.split(line)[1:]
    command = cli.cli.get_command(None, words[0])  # type: ignore[arg-type]
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_command_is_in_the_readme_and_answers_for_itself() -> None:
    named = {line.split()[1] for line in COMMANDS}
    assert named == set(cli.COMMANDS)
    for name in cli.COMMANDS:
        command = cli.cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None and command.name == name and command.help


def test_the_targets_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M)
