"""The catalogue as a page: docs/metrics.md is this module's output and nothing else."""

from __future__ import annotations

from textwrap import fill

from engine.metrics.dimensions import OF_FEES, OF_LINES, OF_ORDERS, OF_REFUNDS, dimensions_of
from engine.metrics.model import Family, Level, Metric
from engine.metrics.registry import REGISTRY, Registry

_INTRODUCTION = """\
# Metrics

Every number that the dashboard shows and the reports store, declared once in
`engine/metrics/catalogue/`. This page is generated from those declarations by
`python -m engine docs`; do not edit it.

How an amount comes to an order line is in [money-rules.md](money-rules.md), and six orders worked
out by hand are in [worked-example.md](worked-example.md).

- **Levels**: S = shop, L = listing, P = product, which is one SKU over all its listings.
- **Adds over**: whether values may be summed over entities (E), and over time (T) at which levels.
  Everything else is recomputed for each period.
- `l.x` is a ledger column summed over the period, `o.x` counts orders placed in it, `d.x` is a
  distinct count, `f.x` a fact that belongs to no order. `s.x` is a state on the last day that has
  begun, `w.x` the part x of the whole shop. A name without a dot is another metric.
- A ratio is null where its denominator is unknown or not above zero. Unknown is never zero.
"""
_BREAKDOWNS = """\
## Breakdowns

Most figures can be broken down, by one dimension or by a pair. Each value that occurs is a row, and
what has no value is `(none)`; sums add up to the figure without a breakdown, ratios are divided
within the group. The entry of a metric names the kinds of dimension that can split it:
"""
_KINDS_OF_DIMENSION = {
    "order": (
        OF_ORDERS,
        "Zone, tier (desi), carrier and basis are those of the order's first parcel; weekday "
        "(1 = Monday) and hour are local.",
    ),
    "line": (OF_LINES, "An order with lines of two of them counts in both."),
    "fee": (OF_FEES, "Only amounts that are not 0."),
    "refund": (OF_REFUNDS, "As the source says it, folded."),
}
_CUSTOMERS = """\
## Customers beyond one period

`cohort_table(as_of)`: the customers of a month of first orders, in each month since; a quiet month
is a row of zeros, a month that has not begun is none. Retention is customers who bought ÷ the size
of the cohort.

`rfm_table(as_of)`: recency is the days since the last order, frequency the counted orders, monetary
value all sales after discounts. A score is `1 + 5 · w // n`, with w the customers who are strictly
worse and n all; under five customers there is none. Segments, the first that fits: R ≥ 4 and F ≥ 4
*best*, R ≤ 2 and F ≥ 4 *slipping*, R ≥ 4 and F ≤ 2 *recent*, R ≤ 2 and F ≤ 2 *lost*, else *steady*.
The contribution profit of a customer is all that the orders have left up to the day.

`customer_value_curve(as_of)`: contribution profit of the customers whose first order lies 365 to
729 days back, by days since it. Its last day is `customer_lifetime_value`.

`predict_customer_value(as_of, seed)`: an extra (`requirements-predict.txt`). BG/NBD for the days on
which a customer buys in the next 365, gamma-gamma for the sales of such a day, times the
contribution margin of the last 365 days. Nothing under 100 repeat customers or 52 weeks, or where
the likelihood has no maximum; the interval holds 80 % of the values of customers drawn again.
"""
_WIDTH = 100
_LETTER = {Level.SHOP: "S", Level.LISTING: "L", Level.PRODUCT: "P"}


def metrics_page(registry: Registry = REGISTRY) -> str:
    """Return the text of docs/metrics.md."""
    count = {level: len(registry.at_level(level)) for level in Level}
    chapters = [_INTRODUCTION, f"{count[Level.SHOP]} metrics at shop level, "]
    chapters[1] += f"{count[Level.LISTING]} for a listing, {count[Level.PRODUCT]} for a SKU.\n"
    for family in Family:
        metrics = [metric for metric in registry.metrics.values() if metric.family is family]
        chapters.append(f"## {family.value}\n")
        chapters += [_entry(metric) for metric in metrics]
    chapters += [_BREAKDOWNS, *(_dimensions(kind) for kind in _KINDS_OF_DIMENSION), ""]
    chapters.append(_CUSTOMERS)
    return "\n".join(chapters).rstrip() + "\n"


def _entry(metric: Metric) -> str:
    facts = [
        f"unit {metric.unit.value}",
        metric.kind.value,
        f"levels {' '.join(_LETTER[level] for level in metric.levels)}",
    ]
    adds = ["E"] if metric.adds_over_entities else []
    if metric.adds_over_time:
        adds.append(f"T ({' '.join(_LETTER[level] for level in metric.adds_over_time)})")
    if adds:
        facts.append(f"adds over {' and '.join(adds)}")
    kinds = _kinds_of_dimension(metric)
    if kinds:
        facts.append(f"breaks down by {', '.join(kinds)}")
    if metric.synonyms:
        facts.append(f"also called {', '.join(f'`{word}`' for word in metric.synonyms)}")
    return "\n".join(
        (
            f"### {metric.label} · `{metric.name}`\n",
            fill(metric.description, _WIDTH, break_on_hyphens=False) + "\n",
            f"    {metric.formula}\n",
            fill("; ".join(facts) + ".", _WIDTH, break_on_hyphens=False) + "\n",
        )
    )


def _dimensions(kind: str) -> str:
    dimensions, about = _KINDS_OF_DIMENSION[kind]
    names = ", ".join(f"`{name}`" for name in dimensions)
    return fill(f"- **{kind}**: {names}. {about}", _WIDTH, subsequent_indent="  ")


def _kinds_of_dimension(metric: Metric) -> list[str]:
    able = set(dimensions_of(metric))
    return [kind for kind, (of, _) in _KINDS_OF_DIMENSION.items() if able.issuperset(of)]
