"""Explains one figure of one entity and period as a tree that adds itself up again.

The tree follows the formulas of the registry, so that a new metric explains itself. Its values are
those of the batch answer; its leaves are rows of the ledger, found without the tables that answers
come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.ledger.evidence import Evidence
from engine.metrics.compute import Snapshot, compute_block, entity_ids
from engine.metrics.evaluate import CEILINGS, covered_parts
from engine.metrics.explain_nodes import Node
from engine.metrics.explain_parts import unit_of
from engine.metrics.explain_rows import Asked
from engine.metrics.explain_tree import Tree, is_part
from engine.metrics.model import (
    Family,
    Kind,
    Level,
    Linear,
    Metric,
    Ratio,
)
from engine.metrics.registry import REGISTRY
from engine.metrics.state_parts import WINDOWS
from engine.periods import Period

# What is in no figure, shown at the root of every tree.
LEFT_OUT = {
    "o.cancelled_orders": "Cancelled orders, in no other figure",
    "o.held_orders": "Orders whose currency can't be converted, in no other figure",
    "l.unbooked": "Paid beyond all stated parts, no revenue (M12)",
    "l.rows_partial": "Sale rows with an unknown cost, which is in no sum",
    "f.unknown_costs": "Ads and expenses that can't be converted, which are in no sum",
}


def explain(
    snapshot: Snapshot,
    evidence: Evidence,
    metric: str,
    level: Level,
    entity: int | str,
    period: Period,
    *,
    refund_dating: str = "refund_day",
) -> Node:
    """Explain a metric by name or synonym; the root's value is that of the batch answer.

    Raises UnknownMetricError, LevelError and UnknownEntityError as the batch answer does.
    """
    [wanted] = REGISTRY.choose(level, [metric])
    code = _code(snapshot, level, entity)
    asked = Asked(snapshot, evidence, level, code, period, refund_dating)
    names = [*_closure(wanted), *LEFT_OUT]
    entities: Any = [entity]  # ids of one kind, as the level has them
    block = compute_block(
        snapshot,
        [period],
        level,
        [_metric(name) for name in dict.fromkeys(names)],
        entities=entities,
        refund_dating=refund_dating,
    )
    tree = Tree(asked, block.columns)
    root = tree.metric(wanted)
    return replace(root, left_out=tuple(_left_out(tree)))


def _code(snapshot: Snapshot, level: Level, entity: int | str) -> int:
    ids = list(entity_ids(snapshot, level))
    return ids.index(entity) if entity in ids else -1  # the batch answer says what is wrong


def _metric(name: str) -> Metric:
    """Return a metric, or a part as one, so that the batch answer gives its value too."""
    if not is_part(name):
        return REGISTRY[name]
    formula = Linear(((1, name),))
    return Metric(name, name, unit_of(name), Kind.SUM, formula, Family.SALES, "A part.")


def _closure(metric: Metric) -> Iterator[str]:
    """Yield a metric and every metric and part below it."""
    yield metric.name
    if isinstance(metric.formula, Ratio) and covered_parts(metric.formula.inputs):
        yield "elapsed_days"
    for name in metric.formula.inputs:
        if is_part(name):
            yield from (name, *([CEILINGS[name]] if name in CEILINGS else []))
            if name.rpartition(".")[2] in WINDOWS:
                yield "elapsed_days"
        else:
            yield from _closure(REGISTRY[name])


def _left_out(tree: Tree) -> Iterator[Node]:
    for part, label in LEFT_OUT.items():
        yield replace(tree.part(part), label=label)
