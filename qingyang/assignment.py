"""What goes on from what, all chosen at once: no two go on from the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEP = 0.01
"""A bid is raised by so much at the least: the sum found is within this much per row of the greatest."""


def assigned(odds: NDArray[np.float64], targets: NDArray[np.int64], alone: NDArray[np.float64]) -> NDArray[np.int64]:
    """For every row its target, or -1 for none, so that the sum of the odds is the greatest and no target is taken twice.

    ``odds[row, k]`` speaks for ``targets[row, k]``, ``alone[row]`` for none. An auction: whoever is outbid looks again at the
    prices (Bertsekas 1988).

    >>> assigned(np.array([[3.0, 1.0], [2.9, -5.0]]), np.array([[0, 1], [0, 1]]), np.zeros(2)).tolist()
    [1, 0]
    """
    low = min(int(targets.min(initial=0)), 0)
    price = np.zeros(int(targets.max(initial=0)) - low + 1)
    owner = np.full(len(price), -1)
    out = np.full(len(odds), -1)
    waiting = list(range(len(odds) - 1, -1, -1))
    while waiting:
        row = waiting.pop()
        gain = odds[row] - price[targets[row] - low]
        k = int(gain.argmax())
        best = gain[k]
        if best <= alone[row]:
            continue
        gain[k] = alone[row]
        target = int(targets[row, k])
        price[target - low] += best - max(gain.max(), alone[row]) + STEP
        if owner[target - low] >= 0:
            out[owner[target - low]] = -1
            waiting.append(int(owner[target - low]))
        owner[target - low], out[row] = row, target
    return out
