"""Computes metrics for any list of periods: sum first, divide last, null where nothing is known.

A snapshot is everything that one shop needs to answer, immutable once built. A block is the
answer: one row = one entity × one period, every value an integer in its unit's smallest step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from engine.errors import PeriodError, UnknownEntityError
from engine.ledger.frames import Ledger
from engine.memory import give_back
from engine.metrics.ad_shares import AdShares, AdTables, build_ad_tables, share_ads
from engine.metrics.calendar import Calendar
from engine.metrics.customer_value import ObservedValue, observe_value
from engine.metrics.customers import Customers, build_customers
from engine.metrics.day_tables import DATINGS, LOOK_UP, DayTable, Places, active_pairs
from engine.metrics.evaluate import Column, evaluate
from engine.metrics.groups import Groups
from engine.metrics.levels import LevelTables, build_level
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level, Metric
from engine.metrics.order_tables import contribution_of, order_codes, sales_in_time
from engine.metrics.parts import Parts
from engine.metrics.states import build_states
from engine.metrics.stockout_risk import SkuRisk
from engine.money import Int64Array
from engine.periods import (
    Period,
    PeriodKind,
    day_date,
    day_number,
    disjoint_layers,
    period_of_days,
)
from engine.sorting import distinct
from engine.sources.frames import BoolArray

_GROUPS_AT_ONCE = 65536


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All tables of one shop, read-only, as known before `days_begun`."""

    ledger: Ledger
    calendar: Calendar
    days_begun: int  # number of the first local day that has not begun
    days_ended: int  # number of the first local day that has not ended
    customers: Customers
    observed: Mapping[str, ObservedValue]  # what customers have been worth, by refund dating
    levels: dict[Level, LevelTables]
    ads: AdTables

    @property
    def first_day(self) -> date | None:
        """The day of the first fact, None for a shop without facts; expenses alone are none."""
        ledger = self.ledger
        facts = len(ledger) + len(ledger.ads.rows.day) + len(ledger.visits.rows.day)
        return day_date(self.calendar.first_day) if facts else None


@dataclass(frozen=True, slots=True)
class MetricBlock:
    """One row = one entity × one period, ascending by (entity, period start, period end).

    In a breakdown one row = one entity × period × value of each dimension, in their order.
    """

    level: Level
    entity: Int64Array  # code; 0 at shop level
    entity_ids: list[int] | list[str]  # by code
    period: Int64Array  # index into periods
    periods: tuple[Period, ...]
    elapsed_days: Int64Array
    is_complete: BoolArray  # the watermark has passed the period's last midnight
    columns: dict[str, Column]
    breakdown: dict[str, tuple[Int64Array, tuple[str, ...]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entity)


def build_snapshot(
    ledger: Ledger, days_begun: int, days_ended: int, restock_days: int = 14
) -> Snapshot:
    """Sort the ledger once for each level.

    `days_begun` and `days_ended` number the first local day that has not begun, not ended;
    `restock_days` is how long new stock takes to come.
    """
    calendar = _calendar(ledger, days_begun)
    customers = build_customers(ledger, calendar)
    sales, contribution = sales_in_time(ledger), contribution_of(ledger)
    codes = order_codes(ledger.orders)
    states = {level: build_states(level, ledger, calendar) for level in Level}
    skus = SkuRisk(ledger, calendar, states[PRODUCT]["stock"], restock_days)
    ads = build_ad_tables(ledger, calendar)
    levels = {}
    for level in Level:
        give_back()
        levels[level] = build_level(
            level, ledger, calendar, customers, codes, sales, contribution, states[level], skus
        )
    observed = {
        dating: observe_value(ledger, calendar, customers, contribution, calendar.index(days))
        for dating, days in zip(DATINGS, (ledger.event_day, ledger.order_day), strict=True)
    }
    return Snapshot(ledger, calendar, days_begun, days_ended, customers, observed, levels, ads)


def _calendar(ledger: Ledger, days_begun: int) -> Calendar:
    # A cancelled or held order has a day too, so the calendar spans all orders. Days of other facts
    # are in no figure before they have begun.
    days = np.concatenate((ledger.event_day, ledger.order_day, ledger.orders.day))
    others = [facts.rows.day[facts.rows.day < days_begun] for facts in ledger.day_facts]
    first = int(min((int(d.min()) for d in (days, *others) if len(d)), default=days_begun - 1))
    last = max(int(days.max(initial=first)), days_begun - 1)
    return Calendar(first, last - first + 1, days_begun - first)


def compute_block(
    snapshot: Snapshot,
    periods: Sequence[Period],
    level: Level,
    metrics: Sequence[Metric],
    *,
    entities: Sequence[int] | Sequence[str] | None = None,
    refund_dating: str = "refund_day",
) -> MetricBlock:
    """Compute metrics for every entity × period.

    Without `entities` a listing or SKU has a row where it has a ledger row, a cancelled or held
    order, or a fact without an order; the shop has one for every period. With them every entity has
    one, in the given order.

    Raises PeriodError for no period or one twice, UnknownEntityError for an entity that the shop
    never had.
    """
    check_periods(periods)
    assert refund_dating in DATINGS, refund_dating
    tables = snapshot.levels[level]
    ads = None
    if level is PRODUCT:
        ads = share_ads(snapshot.ads, list(periods), snapshot.calendar)
    groups, places = _asked(snapshot, tables, periods, entities, refund_dating, ads)
    texts = {"payment_method": snapshot.ledger.orders.payment_methods}

    def evaluated(rows: slice) -> dict[str, Column]:
        parts = Parts(
            tables,
            snapshot.calendar,
            snapshot.customers,
            snapshot.observed[refund_dating],
            groups.some(rows),
            places.some(rows),
            refund_dating,
            len(snapshot.ledger.orders.payment_methods),
            ads,
            snapshot.levels[SHOP],
        )
        return evaluate(parts, metrics, texts)

    return MetricBlock(
        level=level,
        entity=groups.entity,
        entity_ids=entity_ids(snapshot, level),
        period=groups.period,
        periods=tuple(periods),
        elapsed_days=groups.elapsed,
        is_complete=complete(snapshot, periods)[groups.period],
        columns=_in_chunks(evaluated, len(groups)),
    )


def _in_chunks(evaluated: Callable[[slice], dict[str, Column]], groups: int) -> dict[str, Column]:
    """Evaluate so many groups at once that what lies between stays in the processor's cache."""
    if groups <= _GROUPS_AT_ONCE:
        return evaluated(slice(0, groups))
    whole: dict[str, Column] = {}
    for begin in range(0, groups, _GROUPS_AT_ONCE):
        rows = slice(begin, begin + _GROUPS_AT_ONCE)
        chunk = evaluated(rows)
        if not whole:
            # In one piece, which goes back to the machine as a whole when the block is dropped.
            held, known = np.empty((len(chunk), groups), np.int64), np.broadcast_to(True, groups)
            columns = zip(chunk.items(), held, strict=True)
            whole = {n: replace(c, values=values, known=known) for (n, c), values in columns}
        for name, column in chunk.items():
            whole[name].values[rows] = column.values
            if not column.known.all():
                if not whole[name].known.strides[0]:  # known so far: one True for all groups
                    whole[name] = replace(whole[name], known=np.ones(groups, np.bool_))
                whole[name].known[rows] = column.known
    return whole


def entity_ids(snapshot: Snapshot, level: Level) -> list[int] | list[str]:
    """Return the ids of a level by code: the shop's, listing ids, or SKUs."""
    if level is SHOP:
        return [snapshot.ledger.shop.shop_id]
    if level is LISTING:
        ids: list[int] = snapshot.ledger.listing_ids.tolist()
        return ids
    return list(snapshot.ledger.skus)


def check_periods(periods: Sequence[Period]) -> None:
    """Raise PeriodError for no period, or for the same one twice."""
    if not periods:
        raise PeriodError("No period was asked for.", hint="Give at least one Period.")
    if len(set(periods)) < len(periods):
        twice = next(period for period in periods if list(periods).count(period) > 1)
        raise PeriodError(
            f"The period {twice.kind} {twice.start} to {twice.end} was asked for twice.",
            hint="Ask for each period once.",
        )


def _asked(
    snapshot: Snapshot,
    tables: LevelTables,
    periods: Sequence[Period],
    entities: Sequence[int] | Sequence[str] | None,
    dating: str,
    ads: AdShares | None,
) -> tuple[Groups, Places]:
    """Return the groups that a block has a row for, and where their days stand."""
    in_time = np.array(
        sorted(range(len(periods)), key=lambda i: (periods[i].start, periods[i].end)), np.int64
    )
    table = tables.day_tables[dating]
    is_every = entities is not None or tables.level is SHOP
    looks_up = LOOK_UP * tables.entities * len(periods) < len(table.sheets[0].key)
    if is_every or looks_up:
        codes = np.arange(tables.entities)
        if entities is not None:
            codes = codes_of(snapshot, tables.level, entities)
        entity, period = np.repeat(codes, len(periods)), np.tile(in_time, len(codes))
    else:
        entity, period = _active(snapshot, table, periods, in_time, ads)
    groups = _groups(snapshot, entity, period, periods)
    places = table.places(groups.entity, groups.first, groups.last)
    if is_every or not looks_up:
        return groups, places
    rows = np.flatnonzero(places.has_rows() | _has_ads(ads, groups))
    return groups.some(rows), places.some(rows)


def _has_ads(ads: AdShares | None, groups: Groups) -> BoolArray:
    """Tell which groups have a share of ads."""
    if ads is None:
        return np.zeros(len(groups), np.bool_)
    shares = [ads.of(name, groups.entity, groups.period) != 0 for name in ads.amounts]
    return np.asarray(np.logical_or.reduce(shares))


def _active(
    snapshot: Snapshot,
    table: DayTable,
    periods: Sequence[Period],
    in_time: Int64Array,
    ads: AdShares | None,
) -> tuple[Int64Array, Int64Array]:
    """Return (entity, period) of each pair with a row, read off the days: ascending by both."""
    entity, period = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    calendar = snapshot.calendar
    for layer in disjoint_layers(list(periods)):
        of_day = period_of_days([periods[i] for i in layer], calendar.first_day, calendar.days)
        here, index = active_pairs(table, of_day)
        entity.append(here)
        period.append(np.asarray(layer, np.int64)[index])
    if ads is not None:
        here, index = ads.pairs()
        entity.append(here)
        period.append(index)
    rank = np.empty(len(in_time), np.int64)
    rank[in_time] = np.arange(len(in_time))
    pairs = distinct(np.concatenate(entity) * len(periods) + rank[np.concatenate(period)])
    entities, ranks = np.divmod(pairs, len(periods))
    return entities, in_time[ranks]


def codes_of(
    snapshot: Snapshot, level: Level, entities: Sequence[int] | Sequence[str]
) -> Int64Array:
    """Return the codes of entities; raises UnknownEntityError with the nearest ids."""
    known = {entity: code for code, entity in enumerate(entity_ids(snapshot, level))}
    for entity in entities:
        if entity not in known:
            raise UnknownEntityError.from_entity(level, entity, known)
    return np.array([known[entity] for entity in entities], np.int64)


def complete(snapshot: Snapshot, periods: Sequence[Period]) -> BoolArray:
    """Return which periods have ended; bool[periods]."""
    return np.array([day_number(p.end) < snapshot.days_ended for p in periods], np.bool_)


def _groups(
    snapshot: Snapshot, entity: Int64Array, period: Int64Array, periods: Sequence[Period]
) -> Groups:
    origin = snapshot.calendar.first_day
    first = np.array([day_number(p.start) - origin for p in periods], np.int64)
    last = np.array([day_number(p.end) - origin for p in periods], np.int64)
    before = np.array([day_number(p.previous().start) - origin for p in periods], np.int64)
    elapsed = np.array([p.elapsed_days(snapshot.days_begun) for p in periods], np.int64)
    is_year = np.array([p.kind == PeriodKind.YEARLY for p in periods], np.bool_)
    return Groups(
        entity,
        first[period],
        last[period],
        before[period],
        elapsed[period],
        period,
        is_year[period],
    )
