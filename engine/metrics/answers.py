"""A block of integers as people want it: a pandas frame, or a list of dicts.

One row = one entity × one period, and in a breakdown × one value of each dimension. A null stays
null in both forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from engine.ledger.frames import SEVERAL, Ledger
from engine.metrics.compute import MetricBlock
from engine.metrics.evaluate import Column
from engine.metrics.model import PRODUCT, SCALE, SHOP, Unit
from engine.money import to_decimal
from engine.periods import day_date


def as_frame(block: MetricBlock) -> pd.DataFrame:
    """Return the block as a frame."""
    keys = _keys(block)
    kind = "string" if _has_text_ids(block) else "int64"
    entity: Any = pd.Series(keys.pop("entity_id"), dtype=kind)
    metrics = {name: _array(column) for name, column in block.columns.items()}
    keys |= {name: pd.array(keys[name], dtype="string") for name in block.breakdown}
    return pd.DataFrame({"entity_id": entity, **keys, **metrics})


def frame_of(answers: Sequence[tuple[int, MetricBlock]]) -> pd.DataFrame:
    """Return the answers of several shops as one frame, `shop_id` beside `entity_id`.

    answers: shop ids with their blocks of the same question. The id 0 stands for all of a block,
    and then there is no such column.
    """
    frames = []
    for shop_id, block in answers:
        frame = as_frame(block)
        if shop_id:
            frame.insert(1, "shop_id", np.full(len(block), shop_id, np.int64))
        frames.append(frame)
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def records_of(answers: Sequence[tuple[int, MetricBlock]], digits: int) -> list[dict[str, Any]]:
    """Return the same as dicts, see `as_records`."""
    return [
        {"entity_id": record["entity_id"], "shop_id": shop_id} | record if shop_id else record
        for shop_id, block in answers
        for record in as_records(block, digits)
    ]


def held_frame(ledger: Ledger) -> pd.DataFrame:
    """Return what is held back for want of a rate; one row = one order's income or one refund.

    Columns: order_id (null: not known), refund_id (null: the order itself), day (the day whose rate
    is missing), currency, is_in_several (no rate helps, the amounts name several currencies).
    """
    held = ledger.held
    names = [None if name == SEVERAL else name for name in (*held.currency.values, SEVERAL)]
    return pd.DataFrame(
        {
            "order_id": pd.array(held.order_id, dtype="Int64"),
            "refund_id": pd.array(held.refund_id, dtype="Int64"),
            "day": [day_date(day) for day in held.day.tolist()],
            "currency": pd.array([names[code] for code in held.currency.code], dtype="string"),
            "is_in_several": held.is_in_several,
        }
    ).assign(
        order_id=lambda frame: frame.order_id.mask(frame.order_id == 0),
        refund_id=lambda frame: frame.refund_id.mask(frame.refund_id == 0),
    )


def as_records(block: MetricBlock, digits: int) -> list[dict[str, Any]]:
    """Return the block as dicts, money as exact Decimal in major units, null as None."""
    keys = _keys(block)
    columns = {name: list(values) for name, values in keys.items()}
    for name, column in block.columns.items():
        columns[name] = [
            _plain(column, int(value), digits) if known else None
            for value, known in zip(column.values, column.known, strict=True)
        ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _has_text_ids(block: MetricBlock) -> bool:
    return block.level is PRODUCT


def _keys(block: MetricBlock) -> dict[str, Any]:
    ids, entity, period = block.entity_ids, block.entity.tolist(), block.period.tolist()
    values = {
        dimension: [names[code] for code in codes.tolist()]
        for dimension, (codes, names) in block.breakdown.items()
    }

    def by_period(each: list[Any]) -> list[Any]:
        return [each[index] for index in period]

    return {
        "entity_id": ids * len(entity) if block.level is SHOP else [ids[code] for code in entity],
        "period_type": by_period([period.kind.value for period in block.periods]),
        "period_start": by_period([period.start for period in block.periods]),
        "period_end": by_period([period.end for period in block.periods]),
        "period_days": by_period([period.days for period in block.periods]),
        "elapsed_days": block.elapsed_days.tolist(),
        "is_complete": block.is_complete.tolist(),
        **values,
    }


def _array(column: Column) -> Any:
    """One metric as a nullable pandas array."""
    missing = ~column.known
    if column.unit is Unit.TEXT:
        names = pd.array([*column.texts, None], dtype="string")
        return names.take(np.where(missing, len(column.texts), column.values))
    if column.unit in SCALE:
        return pd.arrays.FloatingArray(column.values / SCALE[column.unit], missing)
    return pd.arrays.IntegerArray(column.values.astype(np.int64), missing)


def _plain(column: Column, value: int, digits: int) -> Decimal | float | int | str:
    if column.unit is Unit.TEXT:
        return column.texts[value]
    if column.unit is Unit.MONEY:
        return to_decimal(value, digits)
    return value / SCALE[column.unit] if column.unit in SCALE else value
