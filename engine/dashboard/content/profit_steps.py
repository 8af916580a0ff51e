"""The table of Profit bridge: one row a step, with its share, its bounds and what is behind it."""

from __future__ import annotations

from engine.dashboard.bounds import between
from engine.dashboard.bridge import LADDER, Step, amount_text, every_cost
from engine.dashboard.data import Figures
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import LOW_ENDS, REVENUE
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table
from engine.metrics.explain_nodes import Node
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.money import round_div


def steps_table(
    run: PageRun,
    figures: Figures,
    steps: list[Step],
    shown: list[Step],
    node: Node | None = None,
) -> Table:
    """Return one row a step: amount, share of net revenue, and the same before.

    A profit of which costs are missing says its bounds. node: the profit as it is explained, for
    the columns of how each step is known and of how many rows come to it.
    """
    before = run.view.compared if shown == steps else None
    revenue = figures.value(REVENUE, run.view.period)
    columns: dict[Heading, list[Cell]] = {
        Heading("step", "Step"): [f"= {one.label}" if one.is_total else one.label for one in steps],
        Heading("amount", "Amount", Unit.MONEY): [one.amount for one in shown],
        Heading("share", f"Share of {REGISTRY[REVENUE].label.lower()}", Unit.SHARE): [
            _share(one.amount, revenue) for one in steps
        ],
    }
    if before is not None:
        columns[Heading("before", "Compared with", Unit.MONEY)] = [
            _taken(one, figures.value(one.metric, before)) for one in steps
        ]
    if node is not None:
        behind = {one.name: one for one in node.walk()}
        columns[Heading("basis", "Known by")] = [behind[one.metric].basis or None for one in steps]
        columns[Heading("rows", "Rows behind it", Unit.COUNT)] = [
            _rows_behind(behind[one.metric]) for one in steps
        ]
    if any(one.is_high_end for one in steps):
        columns[Heading("bounds", "Bounds", is_wide=True)] = [
            _bounds(run, figures, *pair) for pair in zip(steps, shown, strict=True)
        ]
    alt = f"From {amount_text(shown[0], run.currency)} to {amount_text(shown[-1], run.currency)}"
    return Table("steps", tuple(columns), tuple(zip(*columns.values(), strict=True)), alt)


def _rows_behind(node: Node) -> int:
    """Return how many rows of ledger and files come to a value; one in two parts counts twice."""
    return sum(len(one.leaves) for one in node.walk() if one.leaves is not None)


def _bounds(run: PageRun, figures: Figures, step: Step, one: Step) -> str | None:
    """Return the bounds of a whole amount that has both, else that it is at most what is shown."""
    if not step.is_high_end:
        return None
    ends = ""
    if one == step and step.metric in LOW_ENDS:
        ends = between(step.metric, figures, run.view.period)
    return ends or amount_text(one, run.currency)


def _taken(step: Step, value: object) -> int | None:
    """Return what a step was in another period, signed as the ladder takes it."""
    if not isinstance(value, int):
        return None
    signs = {name: sign for _, parts in every_cost() + LADDER for sign, name in parts}
    return value if step.is_total else signs[step.metric] * value


def _share(amount: int, revenue: object) -> float | None:
    if not isinstance(revenue, int) or revenue <= 0:
        return None
    return round_div(amount * 1_000_000, revenue) / 1_000_000
