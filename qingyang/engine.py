"""rjieba's engine, without what ``import rjieba`` does besides: it loads the dictionary once more, for functions that we do not call
(a sixth of a second and 30 MB). A module of its own, so that it is loaded once, whoever asks, and not before.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

__all__ = ["Jieba"]

_COMPILED = "rjieba.rjieba"
"""Where the package looks for it, should somebody import that."""


def _loaded() -> ModuleType:
    package = find_spec("rjieba")
    spec = package and PathFinder.find_spec(_COMPILED, package.submodule_search_locations)
    if _COMPILED in sys.modules or spec is None or spec.loader is None:  # or an rjieba of another make than we know
        return import_module("rjieba")
    module = sys.modules[_COMPILED] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Jieba: Any = _loaded().Jieba
