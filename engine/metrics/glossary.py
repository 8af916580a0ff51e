"""The catalogue as a page: docs/metrics.md is this module's output and nothing else."""

from __future__ import annotations

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
  distinct count, `f.x` a fact that belongs to no order. A name without a dot is another metric.
- A ratio is null where its denominator is unknown or not above zero. Unknown is never zero.
"""
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
    if metric.synonyms:
        facts.append(f"also called {', '.join(f'`{word}`' for word in metric.synonyms)}")
    return "\n".join(
        (
            f"### {metric.label} · `{metric.name}`\n",
            f"{metric.description}\n",
            f"    {metric.formula}\n",
            "; ".join(facts) + ".\n",
        )
    )
