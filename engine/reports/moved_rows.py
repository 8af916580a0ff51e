"""The changed rows of a run as they are now and as they were, ready to be explained.

One row of a frame is one report row of a complete period: its key, its last day and the metrics
that restatements.py watches, as integers. Only what changed is kept in memory or read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.database.arrow import Snapshot
from engine.database.blocks import NULL_INT64, Block, Kind, ReportTable, Words, null_where, take
from engine.local_time import LocalClock
from engine.metrics.model import SHOP, Level
from engine.money import MILLION, Int64Array
from engine.periods import Period, PeriodKind, day_number
from engine.reports.changes import Change
from engine.reports.earlier_runs import EarlierRun
from engine.reports.evidence import Evidence, evidence_since
from engine.reports.restatements import KEY, WATCHED, Moved
from engine.reports.spec import ENTITY_FIELDS

_MANY_PERIODS = 400  # from which on a list of them is no help to the server


@dataclass(frozen=True, slots=True)
class MovedNow:
    """The rows of one level that a run writes or removes: present values, and keys of the gone."""

    change: Change
    rows: pd.DataFrame
    gone: pd.DataFrame


class Past:
    """What the runs before know of a period: whether it was complete, and what moved since."""

    def __init__(
        self,
        runs: Sequence[EarlierRun],
        clock: LocalClock,
        watermark: datetime,
        inputs: Mapping[str, Any],
        definitions: tuple[str, int],
        settings_hash: str,
    ) -> None:
        self._runs = runs
        self._watermark = watermark
        self._ended = [clock.days_ended(run.watermark) for run in runs]
        self._evidence = [evidence_since(r, inputs, definitions, settings_hash) for r in runs]

    def since(self, level: Level, period: Period) -> Evidence | None:
        """Return what moved since the period was computed last, None if there was no run at all."""
        if not self._runs:
            return None
        at = self._covering(level, period)
        return self._evidence[-1 if at is None else at]

    def was_complete(self, level: Level, period: Period) -> bool:
        """Whether a run had computed the period when it had ended."""
        at = self._covering(level, period)
        return at is not None and self._ended[at] > day_number(period.end)

    def explains(self, level: Level, period: Period) -> bool:
        """Whether a stored row of the period may differ because what it depends on has moved.

        A period that no run has computed yet is explained by that.
        """
        at = self._covering(level, period)
        if at is None:
            return True
        still_ran = self._ended[at] <= day_number(period.end)
        return (still_ran and self._runs[at].watermark != self._watermark) or self._evidence[
            at
        ].moved_until(period)

    def _covering(self, level: Level, period: Period) -> int | None:
        """Return which run has computed the period last, None if that one left its rows out."""
        at = next((i for i, r in enumerate(self._runs) if r.scope.has(level, period)), None)
        if at is None or not self._runs[at].scope.daily.has(level, period):
            return None
        return at


def moved_frame(level: Level, table: ReportTable, block: Block, moved: Int64Array) -> pd.DataFrame:
    """Pick the rows of a block that are new or differ; open periods are left out."""
    complete: Any = block["is_complete"]
    return _frame(level, table, take(block, moved[complete[moved]]))


def moved_now(change: Change, frames: Sequence[pd.DataFrame]) -> MovedNow:
    """Put the rows that a change is about together with the keys of those that go."""
    filled = [frame for frame in frames if len(frame)] or list(frames[:1])
    return MovedNow(change, pd.concat(filled, ignore_index=True), _keys(change))


def read_moved(snapshot: Snapshot, now: MovedNow, shop_id: int, past: Past) -> Moved:
    """Read the same rows as they are stored, and leave out those that restate nothing."""
    change = now.change
    wanted = pd.concat([now.rows[KEY], now.gone[KEY]])
    stored = _read_stored(snapshot, change, shop_id, wanted)
    stored = stored.merge(wanted.drop_duplicates(), on=KEY, validate="one_to_one")
    was_open = stored[~stored["is_complete"]][KEY]
    old = stored[stored["is_complete"]].drop(columns="is_complete")
    new = _without(now.rows, was_open)
    added = _without(new, old[KEY])
    early = [
        not past.was_complete(change.level, Period(PeriodKind(kind), start, end))
        for kind, start, end in zip(added["kind"], added["start"], added["end"], strict=True)
    ]
    new = _without(new, added[KEY][np.array(early, np.bool_)])
    reopened = _without(_without(old[KEY], new[KEY]), now.gone[KEY])
    return Moved(change.level, _without(old, reopened), new)


def _without(frame: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a frame whose key is not among the keys."""
    if not len(keys):
        return frame
    known = pd.MultiIndex.from_frame(keys[KEY])
    here: Any = pd.MultiIndex.from_frame(frame[KEY]).isin(known)
    left: pd.DataFrame = frame[~here]
    return left


def _frame(level: Level, table: ReportTable, rows: Mapping[str, Any]) -> pd.DataFrame:
    columns = _key_columns(level, rows) | {"end": rows["period_end"].astype(object)}
    fields = {field.name: field for field in table.fields}
    for name in WATCHED:
        values = rows[name]
        columns[name] = _millionths(values) if fields[name].kind is Kind.DOUBLE else values
    return pd.DataFrame(columns)


def _keys(change: Change) -> pd.DataFrame:
    return pd.DataFrame(_key_columns(change.level, change.removed))


def _key_columns(level: Level, rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return KEY of rows: plain ids, names of kinds, and dates."""
    if level is SHOP:
        entity: Any = rows["shop_id"]
    else:
        entity = _plain(rows[ENTITY_FIELDS[level].name])
    start: Any = rows["period_start"]
    return {
        "entity": entity,
        "kind": _plain(rows["period_type"]),
        "start": start.astype("datetime64[D]").astype(object),
    }


def _plain(values: Any) -> Any:
    if isinstance(values, Words):
        return np.array([*values.words, ""], object)[values.codes]
    return values


def _millionths(values: Any) -> Int64Array:
    known = ~np.isnan(values)
    return null_where(np.rint(np.where(known, values, 0) * MILLION).astype(np.int64), ~known)


def _read_stored(
    snapshot: Snapshot, change: Change, shop_id: int, wanted: pd.DataFrame
) -> pd.DataFrame:
    level = change.level
    entity = "shop_id" if level is SHOP else ENTITY_FIELDS[level].name
    kinds = {field.name: field.kind for field in change.table.fields}
    watched = [f"{_cast(name, kinds[name], change.table.digits)} AS {name}" for name in WATCHED]
    rows: Any = snapshot.read(
        f"SELECT {entity} AS entity, period_type::text AS kind, period_start AS start, "
        f"period_end AS end, is_complete, {', '.join(watched)} FROM {change.table.name} "
        f"WHERE shop_id = $1 AND {_in_periods(wanted)}",
        (shop_id,),
    )
    return pd.DataFrame({name: _column(rows[name]) for name in rows.column_names})


def _cast(name: str, kind: Kind, digits: int) -> str:
    scale = {Kind.MONEY: 10**digits, Kind.DOUBLE: MILLION}.get(kind, 1)
    value = f"round(({name} * {scale})::numeric)" if kind is Kind.DOUBLE else f"{name} * {scale}"
    return f"coalesce(({value})::int8, '{NULL_INT64}'::int8)"


def _in_periods(wanted: pd.DataFrame) -> str:
    pairs = sorted(set(zip(wanted["kind"], wanted["start"], strict=True)))
    if not pairs:
        return "false"
    if len(pairs) > _MANY_PERIODS:
        kinds = ", ".join(f"'{kind}'" for kind in sorted({kind for kind, _ in pairs}))
        return f"period_type IN ({kinds})"
    spelled = ", ".join(f"('{kind}', date '{start}')" for kind, start in pairs)
    return f"(period_type, period_start) IN ({spelled})"


def _column(column: pa.ChunkedArray[Any]) -> Any:
    array: Any = column.combine_chunks()
    if pa.types.is_dictionary(array.type) or pa.types.is_date(array.type):
        return np.array(array.to_pylist(), object)
    return array.to_numpy(zero_copy_only=False)
