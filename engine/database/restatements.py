"""Writes why report rows of complete periods changed.

One row of `report_restatements` is one cause of one change. It points to the version that it
superseded, so it is written after the versions, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from psycopg import sql

from engine.database.blocks import ReportTable
from engine.database.copy_image import Column, bigint, date, numeric, text
from engine.database.revisions import level_of
from engine.database.write import Connection, comma_list, staged

_TABLE = "report_restatements"


def write_restatements(
    connection: Connection, run_id: int, causes: Sequence[tuple[ReportTable, pd.DataFrame]]
) -> int:
    """Write the causes of changes of each report table; returns how many periods changed.

    A frame has one row for each cause: `entity`, `kind`, `start`, `component` (empty for a change
    that moved no profit), `cause`, and `amount` in minor units.
    """
    filled = [(level_of(table), table.digits, lines) for table, lines in causes if len(lines)]
    if not filled:
        return 0
    lines = pd.concat([lines.assign(level=level) for level, _, lines in filled])
    count, levels = len(lines), lines["level"].tolist()
    entities: list[Any] = lines["entity"].tolist()
    is_listing = np.array([level == "LISTING" for level in levels], np.bool_)
    listing_ids = [entity if own else 0 for entity, own in zip(entities, is_listing, strict=True)]
    columns: dict[str, Column] = {
        "run_id": bigint(np.full(count, run_id)),
        "level": text(levels),
        "listing_id": bigint(np.array(listing_ids, np.int64), ~is_listing),
        "sku": text(
            [e if level == "PRODUCT" else None for e, level in zip(entities, levels, strict=True)]
        ),
        "period_type": text(lines["kind"].tolist()),
        "period_start": date(np.array(lines["start"].tolist(), "datetime64[D]")),
        "cause": text(lines["cause"].tolist()),
        "component": text([name or None for name in lines["component"]]),
        "amount": numeric(lines["amount"].to_numpy(np.int64), filled[0][1]),
    }
    stage = staged(connection, _TABLE, columns)
    connection.execute(
        sql.SQL(
            "INSERT INTO report_restatements (shop_id, revision_id, {own}) "
            "SELECT run.shop_id, old.revision_id, {staged} FROM {stage} stage "
            "JOIN report_runs run USING (run_id) LEFT JOIN report_revisions old "
            "ON old.shop_id = run.shop_id AND old.level = stage.level "
            "AND old.period_type = stage.period_type AND old.period_start = stage.period_start "
            "AND old.superseded_by = stage.run_id "
            "AND old.listing_id IS NOT DISTINCT FROM stage.listing_id "
            "AND old.sku IS NOT DISTINCT FROM stage.sku"
        ).format(
            own=comma_list(map(sql.Identifier, columns)),
            staged=comma_list(sql.Identifier("stage", name) for name in columns),
            stage=sql.Identifier(stage),
        )
    )
    return len(set(zip(lines["kind"], lines["start"], strict=True)))
