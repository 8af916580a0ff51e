"""What a figure can be broken down by, and which metrics each dimension can split.

A dimension splits a metric if its groups are made of rows of the ledger: then they add up to the
whole, or are counted again within each group. What people, ranks or other sources decide can't be
split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import combinations

from engine.errors import BreakdownError
from engine.metrics.model import Basis as BasisFormula
from engine.metrics.model import Level, Linear, Metric, Ratio
from engine.metrics.registry import REGISTRY


class Dimension(StrEnum):
    """What the groups of a breakdown are."""

    COUNTRY = "country"  # of the order's destination, ISO 3166-1
    ZONE = "zone"  # of the order's first parcel, as are the next three
    TIER = "tier"  # desi that the price list charges for
    CARRIER = "carrier"
    PARCEL_BASIS = "parcel_basis"
    PAYMENT_METHOD = "payment_method"
    WEEKDAY = "weekday"  # ISO, 1 = Monday, of the order's local time, as the hour
    HOUR = "hour"
    CUSTOMER_KIND = "customer_kind"  # new, returning or guest
    COST_CODE = "cost_code"  # of the line, as is the next one
    SKU = "sku"
    FEE_KIND = "fee_kind"
    FEE_BASIS = "fee_basis"
    REFUND_REASON = "refund_reason"


OF_FEES = (Dimension.FEE_KIND, Dimension.FEE_BASIS)
OF_LINES = (Dimension.COST_CODE, Dimension.SKU)
OF_REFUNDS = (Dimension.REFUND_REASON,)
OF_ORDERS = tuple(d for d in Dimension if d not in (*OF_FEES, *OF_LINES, *OF_REFUNDS))

_FEE_METRICS = ("platform_fees", "offsite_ads_fees", "fee_credits")
_REFUND_METRICS = (
    "returns_value",
    "refund_excess",
    "refunds_total",
    "refund_count",
    "units_returned",
    "fees_retained_on_refunds",
)
# Parts beside ledger columns that can be counted within a group.
COUNTS = (
    "o.orders",
    "o.guest_orders",
    "o.gift_orders",
    "o.shipped_orders",
    "o.loss_orders",
    "o.refunded_so_far",
    "o.refunds",
    "o.parcels",
    "d.refunded_orders",
)
Breakdown = str | tuple[str, str]


def read_breakdown(breakdown: Breakdown) -> tuple[Dimension, ...]:
    """Return the one or two dimensions named; raises BreakdownError."""
    names = (breakdown,) if isinstance(breakdown, str) else tuple(breakdown)
    for name in names:
        if name not in tuple(Dimension):
            raise BreakdownError.from_dimension(name, Dimension)
    if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
        raise BreakdownError(
            f"Figures are broken down by one dimension or a pair of two, not by {names}.",
            hint=f"There are: {', '.join(Dimension)}.",
        )
    return tuple(Dimension(name) for name in names)


def choose_metrics(
    level: Level, names: Sequence[str] | None, dimensions: Sequence[Dimension]
) -> list[Metric]:
    """Return the named metrics, or all of the level that the dimensions can split.

    Raises UnknownMetricError, LevelError, or BreakdownError that lists what works.
    """
    able = [metric for metric in REGISTRY.at_level(level) if can_split(metric, dimensions)]
    if names is not None:
        chosen = REGISTRY.choose(level, names)
        for metric in chosen:
            if metric not in able:
                raise BreakdownError.from_metric(
                    metric.name,
                    " and ".join(dimensions),
                    dimensions_of(metric),
                    (other.name for other in able),
                )
        return chosen
    if not able:
        raise BreakdownError(
            f"No metric can be broken down by {' and '.join(dimensions)} together.",
            hint=f"These pairs split something: {', '.join(_pairs(level))}.",
        )
    return able


def _pairs(level: Level) -> list[str]:
    metrics = REGISTRY.at_level(level)
    return [
        f"{one} and {other}"
        for one, other in combinations(Dimension, 2)
        if any(can_split(metric, (one, other)) for metric in metrics)
    ]


def dimensions_of(
    metric: Metric, known: Mapping[str, Metric] = REGISTRY.metrics
) -> tuple[Dimension, ...]:
    """Return the dimensions that can split a metric."""
    return tuple(d for d in Dimension if can_split(metric, (d,), known))


def can_split(
    metric: Metric, dimensions: Sequence[Dimension], known: Mapping[str, Metric] = REGISTRY.metrics
) -> bool:
    """Whether a metric can be broken down by all of the dimensions at once."""
    for dimension in dimensions:
        if dimension in OF_FEES and metric.name not in _FEE_METRICS:
            return False
        if dimension in OF_REFUNDS and metric.name not in _REFUND_METRICS:
            return False
    return _is_of_ledger_rows(metric, known)


def _is_of_ledger_rows(metric: Metric, known: Mapping[str, Metric]) -> bool:
    if not isinstance(metric.formula, Linear | Ratio | BasisFormula):
        return False
    for name in metric.formula.inputs:
        if name in known:
            if not _is_of_ledger_rows(known[name], known):
                return False
        elif not (name.startswith("l.") or name in COUNTS or name == "elapsed_days"):
            return False
    return True
