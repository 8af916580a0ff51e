"""Why complete periods changed: the difference of each profit component, taken to its causes.

One row of the answer is one cause of one change of one report row. A SKU's differences are split
by the rules of causes.py and summed upwards to the shop; a listing's by the same rules, and then
brought to the same sums. So the amounts of a row add up to the change of its profit, and those of a
cause to the same total at every level. A first run, and a period that still ran, restate nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.database.blocks import NULL_INT64
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.money import Int64Array
from engine.periods import Period, PeriodKind
from engine.reports.causes import PROFIT, Cause, causes_of, profit_components
from engine.reports.evidence import Evidence
from engine.sources.frames import BoolArray

KEY = ["entity", "kind", "start"]
_LINE = [*KEY, "component", "cause", "amount"]
_ROW_SIGNALS = {
    "row.sales": ("gross_merchandise_sales", "discounts", "units_sold", "orders"),
    "row.refunds": ("returns_value", "refund_excess", "refunds_total"),
    "row.returned_units": ("units_returned",),
    "row.fee_basis": ("fee_measured_share",),
    "row.refunded_orders": ("returns_value_by_order_day",),
    "row.reviews": ("reviews",),
    "row.stock": ("closing_stock", "stockout_days"),
}
_UNIT_COST = "average_unit_cost"
NOTHING = ""  # the component of a change that moved no profit
# What a row has to bring along to be explained, beside its key, `end` and `is_complete`.
WATCHED = tuple(
    dict.fromkeys(
        [
            *profit_components(),
            PROFIT,
            *(name for names in _ROW_SIGNALS.values() for name in names),
            _UNIT_COST,
        ]
    )
)


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of one level that changed: `old` and `new` are frames with KEY, `end` and WATCHED.

    Values are integers as a report table counts them, NULL_INT64 = unknown. A row that is new is in
    `new` only, one that was removed in `old` only; rows that were not complete are in neither.
    """

    level: Level
    old: pd.DataFrame
    new: pd.DataFrame


# What moved since the run that covered a period last; None: no run did.
Since = Callable[[Level, Period], "Evidence | None"]


def restate(moved: Sequence[Moved], since: Since) -> dict[Level, pd.DataFrame]:
    """Return the causes of all changes, by level; one row = one cause.

    Columns: KEY, `component` (NOTHING where no profit moved), `cause`, `amount` (effect on profit,
    minor units). `since` says what moved since the run that covered a period last, None for no run.
    """
    changes = {one.level: _Changes(one, since) for one in moved}
    lines = {level: change.lines() for level, change in changes.items()}
    product = changes.get(PRODUCT)
    if product is not None:
        for level in (SHOP, LISTING):
            if level in changes:
                agreeing = changes[level].periods_that_sum_to(product)
                bring = _summed if level is SHOP else _brought_to
                lines[level] = bring(lines[level], lines[PRODUCT], agreeing)
    return {level: changes[level].complete(found) for level, found in lines.items()}


class _Changes:
    """The differences of the rows of one level."""

    def __init__(self, moved: Moved, since: Since) -> None:
        ends = pd.concat([moved.old, moved.new]).drop_duplicates(KEY).set_index(KEY)["end"]
        index: Any = ends.index
        self._old = _aligned(moved.old, index)
        self._new = _aligned(moved.new, index)
        periods, code = _periods(index, ends)
        evidence = [since(moved.level, period) for period in periods]
        covered = np.array([one is not None for one in evidence], np.bool_)
        rows = covered[code] if len(code) else np.zeros(0, np.bool_)
        self._index = index[rows]
        self._old, self._new = (_rows(frame, rows) for frame in (self._old, self._new))
        self._facts = self._row_facts() | _period_facts(periods, evidence, code[rows])
        self._effects = {
            name: sign * self._difference(name) for name, sign in profit_components().items()
        }

    def lines(self) -> pd.DataFrame:
        """Return what each component moved, with its cause; rows that moved none are left out."""
        others = [self._part(name, e) for name, e in self._effects.items() if name != "cogs"]
        return _joined([*others, *self._goods()])

    def complete(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Add the lines of rows that moved no profit, and what is left unexplained, to the cent."""
        explained = lines.groupby(KEY, sort=False)["amount"].sum().reindex(self._index)
        rest = self._difference(PROFIT) - explained.fillna(0).astype(np.int64).to_numpy()
        count = len(self._index)
        unexplained = self._frame(rest != 0, NOTHING, [Cause.UNEXPLAINED] * count, rest)
        silent = explained.isna().to_numpy() & (rest == 0)
        quiet = self._frame(silent, NOTHING, causes_of(None, self._facts, count), 0 * rest)
        every = _joined([lines, unexplained, quiet])
        return every.sort_values([*KEY, "component", "cause"], ignore_index=True)

    def periods_that_sum_to(self, parts: _Changes) -> set[tuple[str, Any]]:
        """Return the (kind, start) in which the rows of both levels moved by the same sums."""
        mine, theirs = self._sums(), parts._sums()
        both = mine.index.intersection(theirs.index)
        agrees = (mine.loc[both] == theirs.loc[both]).all(axis=1)
        return set(both[agrees.to_numpy()])

    def _sums(self) -> pd.DataFrame:
        frame = pd.DataFrame(self._effects, index=self._index)
        return frame.groupby(level=["kind", "start"]).sum()

    def _goods(self) -> list[pd.DataFrame]:
        """Take the goods apart: the change of units at the old unit cost, and the rest."""
        effect = self._effects["cogs"]
        units = self._difference("units_sold")
        unit_cost = self._old[_UNIT_COST]
        unknown = unit_cost == NULL_INT64
        by_units = np.where(unknown, effect, -units * np.where(unknown, 0, unit_cost))
        by_units = np.where(self._facts["orders"] & (units != 0), by_units, 0)
        count = len(effect)
        ordered = self._frame(by_units != 0, "cogs", [Cause.ORDER_CHANGE] * count, by_units)
        return [ordered, self._part("cogs", effect - by_units)]

    def _part(self, name: str, amount: Int64Array) -> pd.DataFrame:
        return self._frame(amount != 0, name, causes_of(name, self._facts, len(amount)), amount)

    def _frame(
        self, rows: BoolArray, component: str, causes: Sequence[Cause], amount: Int64Array
    ) -> pd.DataFrame:
        frame: pd.DataFrame = self._index[rows].to_frame(index=False)
        frame["component"] = component
        frame["cause"] = [cause.value for cause, chosen in zip(causes, rows, strict=True) if chosen]
        frame["amount"] = amount[rows]
        return frame

    def _difference(self, name: str) -> Int64Array:
        """New less old; 0 where a side is unknown, as in a column that is new to the program."""
        old, new = self._old[name], self._new[name]
        return np.where((old == NULL_INT64) | (new == NULL_INT64), 0, new - old)

    def _row_facts(self) -> dict[str, BoolArray]:
        return {
            signal: np.asarray(
                np.logical_or.reduce([self._old[name] != self._new[name] for name in names])
            )
            for signal, names in _ROW_SIGNALS.items()
        }


def _aligned(frame: pd.DataFrame, index: Any) -> dict[str, Int64Array]:
    """Return the watched columns in the order of the index, 0 for a row that is not there."""
    values = frame.set_index(KEY)[list(WATCHED)].reindex(index, fill_value=0)
    return {name: values[name].to_numpy(np.int64) for name in WATCHED}


def _rows(columns: Mapping[str, Int64Array], rows: BoolArray) -> dict[str, Int64Array]:
    return {name: values[rows] for name, values in columns.items()}


def _periods(index: Any, ends: pd.Series) -> tuple[list[Period], Int64Array]:
    """Return the distinct periods of the rows, and which of them each row is in."""
    spans = index.droplevel("entity")
    code, distinct = pd.factorize(spans)
    first = np.unique(code, return_index=True)[1]
    last = ends.to_numpy()[first]
    return [
        Period(PeriodKind(kind), start, end)
        for (kind, start), end in zip(distinct, last, strict=True)
    ], code.astype(np.int64)


def _period_facts(
    periods: Sequence[Period], evidence: Sequence[Evidence | None], code: Int64Array
) -> dict[str, BoolArray]:
    known = [
        (one.facts(period) if one is not None else None)
        for one, period in zip(evidence, periods, strict=True)
    ]
    names = next((facts for facts in known if facts is not None), Evidence.nothing().facts(None))
    return {
        name: np.array([bool(facts and facts[name]) for facts in known], np.bool_)[code]
        for name in names
    }


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0][:0].reset_index(drop=True)


def _in_periods(lines: pd.DataFrame, periods: set[tuple[str, Any]]) -> BoolArray:
    pairs = zip(lines["kind"], lines["start"], strict=True)
    return np.array([pair in periods for pair in pairs], np.bool_)


def _totals(lines: pd.DataFrame) -> pd.Series:
    return lines.groupby(["kind", "start", "component", "cause"], sort=True)["amount"].sum()


def _summed(own: pd.DataFrame, parts: pd.DataFrame, agreeing: set[tuple[str, Any]]) -> pd.DataFrame:
    """Replace the shop's own lines by the sums of its SKUs', where these add up to its changes."""
    totals = _totals(parts[_in_periods(parts, agreeing)])
    sums = totals[totals != 0].reset_index()
    sums.insert(0, "entity", own["entity"].iloc[0] if len(own) else 0)
    kept = own[~_in_periods(own, agreeing)]
    return _joined([kept, sums[_LINE]])


def _brought_to(
    own: pd.DataFrame, parts: pd.DataFrame, agreeing: set[tuple[str, Any]]
) -> pd.DataFrame:
    """Bring the causes of listings to the sums of the SKUs'.

    They differ only where a SKU is sold in several listings whose changes have several causes. The
    difference goes to the listing with the largest change of that component, the smallest id first,
    whose own sum stays as it is.
    """
    mine, theirs = (_totals(lines[_in_periods(lines, agreeing)]) for lines in (own, parts))
    index = mine.index.union(theirs.index)
    missing = theirs.reindex(index, fill_value=0) - mine.reindex(index, fill_value=0)
    missing = missing[missing != 0]
    if not len(missing):
        return own
    size = own.groupby([*KEY, "component"])["amount"].sum().abs().rename("size").reset_index()
    largest = size.sort_values(["size", "entity"], ascending=[False, True]).drop_duplicates(
        ["kind", "start", "component"]
    )
    added = missing.reset_index().merge(
        largest, on=["kind", "start", "component"], validate="many_to_one"
    )
    together = pd.concat([own, added[_LINE]]).groupby(_LINE[:-1], sort=False)["amount"].sum()
    return together[together != 0].reset_index()
