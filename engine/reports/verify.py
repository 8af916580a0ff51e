"""Compares what the report tables hold with what the sources say now, value by value.

A value that differs although nothing moved that it depends on is drift: somebody changed a row, or
the program is wrong. One whose inputs did move is pending: the next run will write it. The history
is checked too: versions that overlap or leave a gap, causes that do not add up, or that are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.arrow import Snapshot
from engine.database.blocks import (
    NULL_INT64,
    Alignment,
    Block,
    Field,
    Kind,
    ReportTable,
    Values,
    Words,
    align,
    as_integers,
    block_length,
    take,
)
from engine.database.url import DatabaseUrl
from engine.metrics.model import SHOP, Level
from engine.money import to_decimal
from engine.periods import Period, PeriodKind
from engine.reports.build import UnitRows, build_unit, no_unit
from engine.reports.history_checks import check_history
from engine.reports.moved_rows import Past
from engine.reports.spec import ENTITY_FIELDS, Scope, report_table
from engine.reports.store import open_reports

_NOTHING = "no row"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not what it should be; `column` is blank for a whole row."""

    level: Level
    entity: str
    period: Period
    column: str
    stored: str
    computed: str

    def __str__(self) -> str:
        where = f"{self.level} {self.entity}, {self.period.kind.lower()} {self.period.start}"
        return f"{where}, {self.column or 'row'}: stored {self.stored}, computed {self.computed}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: rows compared, drift, rows that the next run will write, broken history."""

    rows: int
    drift: tuple[Difference, ...]
    pending: int
    history: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the tables are what they should be; what is pending is no fault."""
        return not self.drift and not self.history


def verify_shop(
    analytics: EcommerceAnalyticsOptimized,
    scope: Scope,
    url: DatabaseUrl,
    past: Past,
    pool: Executor,
    timeout_ms: int,
) -> Verification:
    """Compare every stored row of the scope with the answer of today.

    Raises SourceError if the server goes away.
    """
    rows = pending = 0
    drift: list[Difference] = []
    with open_reports(url, timeout_ms) as snapshot:
        for level, kind, periods in _units(analytics, scope):
            table = report_table(level, analytics.shop.digits)
            unit = pool.submit(_unit, analytics, table, level, kind, periods)
            condition, parameters = scope.condition([analytics.shop.shop_id], [kind], level)
            stored = _read_rows(snapshot, table, condition, parameters)
            block: Block = unit.result().columns
            wanted = scope.rows(level, block)
            if wanted is not None:
                block = take(block, np.flatnonzero(wanted))
            rows += max(block_length(block), block_length(stored))
            found, waiting = _compare(level, table, block, stored, past)
            drift += found
            pending += waiting
        history = check_history(snapshot, analytics.shop.shop_id)
    return Verification(rows, tuple(drift), pending, tuple(history))


def _units(
    analytics: EcommerceAnalyticsOptimized, scope: Scope
) -> Iterator[tuple[Level, PeriodKind, list[Period]]]:
    shop = analytics.shop
    for kind in scope.kinds:
        periods = scope.periods(kind, analytics.first_day, analytics.today, shop.week_start)
        for level in scope.levels:
            yield level, kind, scope.stored(level, periods)


def _unit(
    analytics: EcommerceAnalyticsOptimized,
    table: ReportTable,
    level: Level,
    kind: PeriodKind,
    periods: list[Period],
) -> UnitRows:
    if periods:
        return build_unit(analytics, level, kind, periods)
    return no_unit(table, level, kind)


def _compare(
    level: Level, table: ReportTable, block: Block, stored: Block, past: Past
) -> tuple[list[Difference], int]:
    """Return what drifted, and how many rows wait for the next run."""
    found = align(table, block, stored)
    mine, theirs = np.flatnonzero(found.is_stored), found.place[found.is_stored]
    differs = {
        field.name: as_integers(field, block[field.name])[mine]
        != as_integers(field, stored[field.name])[theirs]
        for field in table.value_fields
    }
    any_differs = np.logical_or.reduce([np.zeros(len(mine), np.bool_), *differs.values()])
    drift: list[Difference] = []
    pending = 0
    for at in np.flatnonzero(any_differs).tolist():
        period = _period(block, int(mine[at]))
        if past.explains(level, period):
            pending += 1
            continue
        who = _entity(level, block, int(mine[at]))
        drift += [
            Difference(
                level,
                who,
                period,
                field.name,
                _shown(field, table, stored[field.name], int(theirs[at])),
                _shown(field, table, block[field.name], int(mine[at])),
            )
            for field in table.value_fields
            if differs[field.name][at]
        ]
    rows, waiting = _whole_rows(level, block, stored, found, past)
    return drift + rows, pending + waiting


def _whole_rows(
    level: Level, block: Block, stored: Block, found: Alignment, past: Past
) -> tuple[list[Difference], int]:
    """Return rows that are missing or should not be there."""
    drift, pending = [], 0
    missing = [(block, at) for at in np.flatnonzero(~found.is_stored).tolist()]
    for rows, at in [*missing, *((stored, at) for at in found.gone.tolist())]:
        period = _period(rows, at)
        if past.explains(level, period):
            pending += 1
            continue
        words = (_NOTHING, "a row") if rows is block else ("a row", _NOTHING)
        drift.append(Difference(level, _entity(level, rows, at), period, "", *words))
    return drift, pending


def _period(rows: Block, at: int) -> Period:
    kind, start, end = (rows[f"period_{part}"] for part in ("type", "start", "end"))
    assert isinstance(kind, Words)
    days: Any = np.array([np.asarray(start)[at], np.asarray(end)[at]], "datetime64[D]")
    return Period(PeriodKind(kind.words[kind.codes[at]]), *days.astype(object))


def _entity(level: Level, rows: Block, at: int) -> str:
    values = rows["shop_id" if level is SHOP else ENTITY_FIELDS[level].name]
    return _text(values, at)


def _text(values: Values, at: int) -> str:
    if isinstance(values, Words):
        code = int(values.codes[at])
        return "unknown" if code < 0 else values.words[code]
    return str(values[at])


def _shown(field: Field, table: ReportTable, values: Values, at: int) -> str:
    if isinstance(values, Words):
        return _text(values, at)
    value: Any = values[at]
    if field.kind in (Kind.MONEY, Kind.INTEGER):
        if int(value) == NULL_INT64:
            return "unknown"
        return str(to_decimal(int(value), table.digits) if field.kind is Kind.MONEY else value)
    if field.kind in (Kind.DOUBLE, Kind.HUNDREDTHS):
        return "unknown" if np.isnan(value) else str(float(value))
    return str(value)


def _read_rows(
    snapshot: Snapshot, table: ReportTable, condition: str, parameters: tuple[Any, ...]
) -> Block:
    selected = ", ".join(_selected(field, table.digits) for field in table.fields)
    rows = snapshot.read(f"SELECT {selected} FROM {table.name} WHERE {condition}", parameters)
    return {field.name: _values(field, rows[field.name]) for field in table.fields}


def _selected(field: Field, digits: int) -> str:
    name = field.name
    match field.kind:
        case Kind.MONEY:
            value = f"coalesce(({name} * {10**digits})::int8, '{NULL_INT64}'::int8)"
        case Kind.INTEGER:
            value = f"coalesce({name}::int8, '{NULL_INT64}'::int8)"
        case Kind.HUNDREDTHS | Kind.DOUBLE:
            value = f"coalesce({name}::float8, 'NaN')"
        case Kind.TEXT:
            value = f"{name}::text"
        case _:
            value = name
    return f"{value} AS {name}"


def _values(field: Field, column: Any) -> Values:
    array = column.combine_chunks()
    if field.kind is Kind.TEXT:
        codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return Words(codes.astype(np.int32), array.dictionary.to_pylist())
    if field.kind is Kind.DATE:
        return np.asarray(array.to_numpy(zero_copy_only=False), "datetime64[D]")
    return np.asarray(array.to_numpy(zero_copy_only=False))
