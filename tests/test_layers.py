"""flows → tasks → qingyang: nobody looks back up, and the library never touches a disk, a clock or a log."""

from __future__ import annotations

import ast
import importlib.machinery
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FORBIDDEN = {
    "qingyang": {
        "tasks", "flows", "prefect", "great_expectations", "pandas", "click", "tqdm", "logging", "time", "os", "pathlib", "shutil",
        "tempfile", "subprocess", "socket", "sqlite3", "threading", "multiprocessing", "random", "secrets", "uuid", "urllib", "requests",
    },
    "tasks": {"flows", "prefect", "click", "tqdm"},
    "flows": set(),
}  # fmt: skip

CALLS = {"open()", "print()", "input()", ".now()", ".today()", ".utcnow()", ".open()"}
CALLS |= {".read_text()", ".write_text()", ".read_bytes()", ".write_bytes()"}
"""Calls that touch a disk, a terminal or a clock."""

PACKAGE_DATA = {".open()", ".read_text()", ".read_bytes()"}
"""Allowed where ``importlib.resources`` gives the file: our own rules and code."""


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0] if not node.level else "."


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_go_one_way(room: str) -> None:
    found = [(path.name, name) for path in modules(room) for name in imports(ast.parse(path.read_text("utf-8"))) if name in FORBIDDEN[room]]
    assert found == []
    assert modules(room)


def test_the_library_reads_no_disk_and_no_clock() -> None:
    found = []
    for path in modules("qingyang"):
        text = path.read_text("utf-8")
        allowed = PACKAGE_DATA if re.search(r"from importlib(\.| import )resources", text) else set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                name = f"{node.func.id}()" if isinstance(node.func, ast.Name) else f".{getattr(node.func, 'attr', '')}()"
                if name in CALLS - allowed:
                    found.append(f"{path.name}:{node.lineno} {name}")
    assert found == []


@pytest.mark.parametrize("path", modules("flows"), ids=lambda p: p.name)
def test_no_flow_file_bears_the_name_of_a_library(path: Path) -> None:
    """Prefect imports flows/x.py as a module named x."""
    places = [p for p in (sysconfig.get_path(k) for k in ("stdlib", "purelib", "platlib")) if p]
    assert path.stem == "__init__" or path.stem not in sys.stdlib_module_names
    assert path.stem == "__init__" or importlib.machinery.PathFinder.find_spec(path.stem, places) is None
