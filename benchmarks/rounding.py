"""How every engine of the benchmarks rounds, for those that compute in arrays or frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.spec import DERIVED, NULL, RATIOS, Terms

Columns = dict[str, Any]


def with_quotients(columns: Columns) -> Columns:
    """Return the columns with those that are made of others; each is int64[rows], NULL = null."""
    found = dict(columns)
    for name, terms in DERIVED.items():
        found[name] = _total(columns, terms)
    for name, ratio in RATIOS.items():
        over = _total(columns, ratio.over) * ratio.scale
        under = _total(columns, ratio.under)
        found[name] = np.where(under > 0, divide(over, np.maximum(under, 1)), NULL)
    return found


def divide(over: Any, under: Any) -> Any:
    """Divide and round to the nearest integer, halves away from zero; under > 0."""
    return np.sign(over) * ((2 * np.abs(over) + under) // (2 * under))


def _total(columns: Columns, terms: Terms) -> Any:
    return sum(sign * columns[name] for sign, name in terms)
