"""The owner's targets: one row = one metric of one calendar period, and what it should come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.database.arrow import Snapshot
from engine.periods import Period, PeriodKind

TARGET_UNIT = 1_000_000  # a target of 1 in the metric's own unit, money in major units


@dataclass(frozen=True, slots=True)
class Target:
    """What a metric should come to in a month, quarter or year; `value` in millionths."""

    metric: str
    kind: PeriodKind
    start: date
    value: int

    @property
    def period(self) -> Period:
        """The calendar period that the target is for."""
        return Period.containing(self.kind, self.start)


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of a shop, and whether the program's database account may set some."""

    rows: tuple[Target, ...]
    may_write: bool


def read_targets(snapshot: Snapshot, shop_id: int) -> Targets:
    """Read the targets of a shop, ascending by metric and period."""
    rows = snapshot.read(
        "SELECT metric, period_type::text AS kind, period_start, "
        "(value * 1000000)::int8 AS millionths FROM dashboard_targets "
        "WHERE shop_id = $1 ORDER BY metric, period_type, period_start",
        (shop_id,),
    ).to_pylist()
    (rights,) = snapshot.read(
        "SELECT bool_and(has_table_privilege('dashboard_targets', one)) AS may_write "
        "FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) AS one"
    ).to_pylist()
    targets = (
        Target(row["metric"], PeriodKind(row["kind"]), row["period_start"], row["millionths"])
        for row in rows
    )
    return Targets(tuple(targets), bool(rights["may_write"]))
