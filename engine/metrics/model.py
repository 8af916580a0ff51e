"""The vocabulary of the metric catalogue: what a metric is, and the closed set of formulas.

A formula names other metrics, or parts. A part is what a level can answer for any range of days:

- `l.<column>`  a ledger column summed over the entity's rows of the range
- `o.<fact>`    a count or sum over the counted orders placed in the range
- `d.<count>`   a distinct count, recomputed for every range
- `f.<fact>`    a fact without an order: ads, visits, expenses, summed over the days of the range
- `s.<state>`   what holds on the last day that has begun: stock, prices, favourites
- `w.<part>`    a part of the whole shop in the same period, for comparisons
- `elapsed_days` the days of the period that have begun
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """Whose number it is: the shop's, a listing's, or one SKU's over all its listings."""

    SHOP = "shop"
    LISTING = "listing"
    PRODUCT = "product"


SHOP, LISTING, PRODUCT = Level.SHOP, Level.LISTING, Level.PRODUCT
ALL_LEVELS = (SHOP, LISTING, PRODUCT)


class Unit(StrEnum):
    """What a value is measured in; engines hold integers, `scale` of them make one."""

    MONEY = "money"
    COUNT = "count"
    INT = "int"
    SHARE = "share"
    MULTIPLE = "multiple"
    HOURS = "hours"
    DAYS = "days"
    TEXT = "text"


SCALE = {Unit.SHARE: 1_000_000, Unit.MULTIPLE: 1_000_000, Unit.HOURS: 100, Unit.DAYS: 100}


class Kind(StrEnum):
    """How a value comes about; it decides whether values may be added."""

    SUM = "sum"
    DISTINCT = "distinct"
    RATIO = "ratio"
    DERIVED = "derived"
    QUANTILE = "quantile"
    STD = "std"
    MODE = "mode"
    FLAG = "flag"
    SNAPSHOT = "snapshot"  # a state on the last day; sums over entities, with a row or not


class Direction(StrEnum):
    """Which way is good for the shop."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class Family(StrEnum):
    """The chapters of the catalogue."""

    SALES = "Sales"
    REFUNDS = "Discounts, refunds"
    COSTS = "Costs"
    FEES = "Fees"
    FULFILMENT = "Fulfilment"
    PROFIT = "Profit"
    BASKET = "Orders, basket"
    CUSTOMERS = "Customers"
    OPERATIONS = "Operations"
    PAYMENTS = "Payments"
    TIME = "Time patterns"
    INVENTORY = "Inventory"
    TRAFFIC = "Traffic, ads"
    QUALITY = "Quality"


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of metrics and parts, each added or subtracted."""

    terms: tuple[tuple[int, str], ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics and parts it names."""
        return tuple(name for _, name in self.terms)

    def __str__(self) -> str:
        words = [f"{'+' if sign > 0 else '−'} {name}" for sign, name in self.terms]
        return " ".join(words).removeprefix("+ ")


_TERM = re.compile(r"\s*([+−-])?\s*([\w.]+)\s*")


def linear(text: str) -> Linear:
    """Read `a + b − c`; raises ValueError for anything else."""
    terms, at = [], 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or (found.group(1) is None) != (
            at == 0 and not text.startswith(("−", "-"))
        ):
            raise ValueError(f"not a sum of names: {text!r}")
        terms.append((-1 if found.group(1) in ("−", "-") else 1, found.group(2)))
        at = found.end()
    return Linear(tuple(terms))


@dataclass(frozen=True, slots=True)
class Ratio:
    """One sum over another, divided last; null where the denominator is null or not positive."""

    over: Linear
    under: Linear

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics and parts it names."""
        return self.over.inputs + self.under.inputs

    def __str__(self) -> str:
        over, under = (
            f"({side})" if len(side.terms) > 1 else str(side) for side in (self.over, self.under)
        )
        return f"{over} ÷ {under}"


@dataclass(frozen=True, slots=True)
class Quantile:
    """The point above which a share `above / below` of a series lies, interpolated."""

    series: str
    above: int
    below: int

    inputs: tuple[str, ...] = field(default=(), init=False)

    def __str__(self) -> str:
        return f"{self.series.replace('_', ' ')} at {self.above}/{self.below}"


@dataclass(frozen=True, slots=True)
class Std:
    """The population standard deviation of a series."""

    series: str
    inputs: tuple[str, ...] = field(default=(), init=False)

    def __str__(self) -> str:
        return f"population standard deviation of {self.series.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Mode:
    """The most frequent code among counted orders; of equals the smallest."""

    code: str
    inputs: tuple[str, ...] = field(default=(), init=False)

    def __str__(self) -> str:
        return f"most frequent {self.code.replace('_', ' ')} of the orders"


@dataclass(frozen=True, slots=True)
class Diversity:
    """1 − Σp² over the codes of the orders that name one."""

    code: str
    inputs: tuple[str, ...] = field(default=(), init=False)

    def __str__(self) -> str:
        return f"1 − Σp² over {self.code.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Basis:
    """How the costs in a profit figure are known: measured, estimated or partial."""

    inputs: tuple[str, ...] = field(
        default=("l.rows", "l.rows_partial", "l.rows_estimated"), init=False
    )

    def __str__(self) -> str:
        return "partial if a cost is unknown, else estimated if one is estimated, else measured"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with an estimator of its own in `engine/metrics/estimates.py`.

    `rule` says in words what it computes; `inputs` are the metrics whose values it is given.
    """

    estimator: str
    rule: str
    inputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.rule


Formula = Linear | Ratio | Quantile | Std | Mode | Diversity | Basis | Estimate


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of the catalogue.

    `adds_over_entities` and `adds_over_time` list the levels at which values may be summed over
    entities, over disjoint periods. `lowest` and `highest` bound every value.
    """

    name: str
    label: str
    unit: Unit
    kind: Kind
    formula: Formula
    family: Family
    description: str
    levels: tuple[Level, ...] = ALL_LEVELS
    adds_over_entities: bool = False
    adds_over_time: tuple[Level, ...] = ()
    direction: Direction = Direction.NEUTRAL
    lowest: int | None = None
    highest: int | None = None
    synonyms: tuple[str, ...] = ()
    since: int = 1
