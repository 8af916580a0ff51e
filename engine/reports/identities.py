"""What must add up among the rows of a run, checked before any of them is written.

Over entities: the rows of all listings, and those of all SKUs, sum up to the shop's row, in every
period. Over time: days sum up to their week and month, months to quarters, quarters to years, for
every entity. All in integers; a difference of one ends the run with the rows that differ. Where a
part is unknown there is no sum, and nothing is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.database.blocks import NULL_INT64
from engine.errors import ReconciliationError
from engine.ledger.reconcile import Identity
from engine.metrics.model import SHOP, Level, Metric, Unit
from engine.metrics.registry import REGISTRY
from engine.money import Int64Array, format_money
from engine.periods import Period, PeriodKind
from engine.reports.build import UnitRows
from engine.reports.spec import metrics_over_entities, metrics_over_time

_SHOWN = 20
# Each kind of period with the finer one that it consists of.
_PARTS = {
    PeriodKind.WEEKLY: PeriodKind.DAILY,
    PeriodKind.MONTHLY: PeriodKind.DAILY,
    PeriodKind.QUARTERLY: PeriodKind.MONTHLY,
    PeriodKind.YEARLY: PeriodKind.QUARTERLY,
}

BoolArray = npt.NDArray[np.bool_]
# Names the group at a position; asked only for groups that differ.
Label = Callable[[int], tuple[Level, object, Period]]


@dataclass(frozen=True, slots=True)
class Sums:
    """One metric summed by group: `value` is int64, `known` false where a part is unknown."""

    value: Int64Array
    known: BoolArray


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One figure that is not the sum of its parts."""

    level: Level
    entity: object
    period: Period
    metric: Metric
    parts: int
    whole: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One identity that was checked, and every figure for which it does not hold."""

    identity: Identity
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """The sums over all entities of a unit, one position a period of the unit."""

    level: Level
    kind: PeriodKind
    periods: Sequence[Period]
    sums: Mapping[str, Sums]


def sums_by_period(unit: UnitRows) -> PeriodSums:
    """Sum each metric that adds over entities, period by period."""
    order = np.argsort(unit.period, kind="stable")
    sums = {
        metric.name: _sums(unit.amount(metric.name)[order], unit.period[order], len(unit.periods))
        for metric in metrics_over_entities(unit.level)
    }
    return PeriodSums(unit.level, unit.kind, unit.periods, sums)


def check_entities(units: Sequence[PeriodSums]) -> Iterator[Checked]:
    """Compare the sums over listings, and over SKUs, with the shop's own figures."""
    shop = {unit.kind: unit for unit in units if unit.level is SHOP}
    for unit in units:
        if unit.level is SHOP or unit.kind not in shop:
            continue
        whole = shop[unit.kind].sums
        pairs = [(name, sums, whole[name]) for name, sums in unit.sums.items() if name in whole]
        name = f"{unit.kind.value}: sum over {unit.level} rows = shop row"
        yield _compare(name, pairs, partial(_label_of_period, unit))


def check_time(
    units: Sequence[UnitRows], first_fact: date | None, today: date
) -> Iterator[Checked]:
    """Compare the sums over days, months and quarters with the periods that consist of them.

    `units` are of one level. A period of which the call has computed only a part is left out; the
    days before the first fact and after today have nothing to add.
    """
    by_kind = {unit.kind: unit for unit in units}
    for kind, part in _PARTS.items():
        if kind not in by_kind or part not in by_kind or first_fact is None:
            continue
        whole, parts = by_kind[kind], by_kind[part]
        covered = np.array(
            [
                max(period.start, first_fact) >= parts.periods[0].start
                and min(period.end, today) <= parts.periods[-1].end
                for period in whole.periods
            ],
            np.bool_,
        )
        yield _compare_time(whole, parts, covered)


def raise_broken(checked: Sequence[Checked], currency: str) -> list[Identity]:
    """Return the identities; raises ReconciliationError with a table if one does not hold."""
    broken = [(c.identity.name, m) for c in checked for m in c.mismatches]
    if broken:
        lines = [_line(name, mismatch, currency) for name, mismatch in broken[:_SHOWN]]
        if len(broken) > _SHOWN:
            lines.append(f"  … and {len(broken) - _SHOWN} more")
        raise ReconciliationError(
            f"{len(broken)} figures are not the sum of their parts:\n" + "\n".join(lines),
            hint="Nothing was written. This is a fault of the program; please report it with "
            "the lines above.",
        )
    return [c.identity for c in checked]


def _compare_time(whole: UnitRows, parts: UnitRows, covered: BoolArray) -> Checked:
    count = len(whole.periods)
    holder = _holder(parts.periods, whole.periods)
    usable = np.append(covered, False)
    rows = usable[holder[parts.period]]
    group = parts.entity[rows] * count + holder[parts.period][rows]
    own = covered[whole.period]
    own_group = whole.entity[own] * count + whole.period[own]
    groups = np.union1d(group, own_group)
    place, own_place = np.searchsorted(groups, group), np.searchsorted(groups, own_group)
    # One metric after the other: together they would take as much memory as the rows.
    pairs = (
        (
            metric.name,
            _sums(parts.amount(metric.name)[rows], place, len(groups)),
            _sums(whole.amount(metric.name)[own], own_place, len(groups)),
        )
        for metric in metrics_over_time(whole.level)
    )

    def label(at: int) -> tuple[Level, object, Period]:
        entity, period = divmod(int(groups[at]), count)
        return whole.level, whole.entity_ids[entity], whole.periods[period]

    name = f"{whole.level}: sum over {parts.kind.value} rows = {whole.kind.value} row"
    return _compare(name, pairs, label)


def _label_of_period(unit: PeriodSums, at: int) -> tuple[Level, object, Period]:
    return unit.level, "all", unit.periods[at]


def _holder(parts: Sequence[Period], wholes: Sequence[Period]) -> Int64Array:
    """Return for each part the position of the whole that holds it, −1 for none."""
    starts = np.array([period.start for period in wholes], "datetime64[D]")
    ends = np.array([period.end for period in wholes], "datetime64[D]")
    days = np.array([period.start for period in parts], "datetime64[D]")
    place = np.searchsorted(starts, days, side="right") - 1
    return np.where((place >= 0) & (days <= ends[np.maximum(place, 0)]), place, -1)


def _sums(amounts: Int64Array, group: Int64Array, groups: int) -> Sums:
    """Sum int64 amounts by group; the groups ascend."""
    value, known = np.zeros(groups, np.int64), np.ones(groups, np.bool_)
    if len(group):
        starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
        missing = amounts == NULL_INT64
        value[group[starts]] = np.add.reduceat(np.where(missing, 0, amounts), starts)
        known[group[starts]] = ~np.logical_or.reduceat(missing, starts)
    return Sums(value, known)


def _compare(
    name: str,
    pairs: Iterable[tuple[str, Sums, Sums]],
    label: Label,
) -> Checked:
    """Compare two sums of each metric, group by group; left and right are control totals."""
    left = right = 0
    mismatches = []
    for metric, parts, whole in pairs:
        comparable = parts.known & whole.known
        left += int(parts.value[comparable].sum())
        right += int(whole.value[comparable].sum())
        for at in np.flatnonzero(comparable & (parts.value != whole.value)):
            level, entity, period = label(int(at))
            part, total = int(parts.value[at]), int(whole.value[at])
            mismatches.append(Mismatch(level, entity, period, REGISTRY[metric], part, total))
    return Checked(Identity(name, left, right), tuple(mismatches))


def _line(name: str, mismatch: Mismatch, currency: str) -> str:
    metric, period = mismatch.metric, mismatch.period
    parts, whole = (
        format_money(value, currency) if metric.unit is Unit.MONEY else f"{value:,}"
        for value in (mismatch.parts, mismatch.whole)
    )
    where = f"{mismatch.level} {mismatch.entity}, {period.start} to {period.end}"
    return f"  {name}: {where}, {metric.name}: {parts} ≠ {whole}"
