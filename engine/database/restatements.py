"""Writes why report rows of complete periods changed.

One row of `report_restatements` is one cause of one change. It points to the version that it
superseded, so it is written after the versions, in the same transaction.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from psycopg import sql

from engine.database.blocks import ReportTable
from engine.database.copy_image import Column, bigint, date, numeric, text
from engine.database.revisions import level_of
from engine.database.write import Connection, staged

_TABLE = "report_restatements"


def write_restatements(
    connection: Connection, table: ReportTable, run_id: int, lines: pd.DataFrame
) -> None:
    """Write the causes of changes in one report table.

    lines: one row = one cause, with `entity`, `kind`, `start`, `component` (empty for a change that
    moved no profit), `cause` and `amount` in minor units.
    """
    count, level = len(lines), level_of(table)
    columns: dict[str, Column] = {
        "run_id": bigint(np.full(count, run_id)),
        "level": text([level] * count),
        "period_type": text(lines["kind"].tolist()),
        "period_start": date(np.array(lines["start"].tolist(), "datetime64[D]")),
        "cause": text(lines["cause"].tolist()),
        "component": text([name or None for name in lines["component"]]),
        "amount": numeric(lines["amount"].to_numpy(np.int64), table.digits),
    }
    entity = {"LISTING": "listing_id", "PRODUCT": "sku"}.get(level)
    if entity == "sku":
        columns["sku"] = text(lines["entity"].tolist())
    elif entity:
        columns["listing_id"] = bigint(lines["entity"].to_numpy(np.int64))
    own = sql.SQL(", ").join(map(sql.Identifier, columns))
    same_entity = (
        sql.SQL("AND old.{0} = stage.{0}").format(sql.Identifier(entity)) if entity else sql.SQL("")
    )
    with staged(connection, _TABLE, columns) as stage:
        connection.execute(
            sql.SQL(
                "INSERT INTO report_restatements (shop_id, revision_id, {own}) "
                "SELECT run.shop_id, old.revision_id, {staged} FROM {stage} stage "
                "JOIN report_runs run USING (run_id) LEFT JOIN report_revisions old "
                "ON old.shop_id = run.shop_id AND old.level = stage.level "
                "AND old.period_type = stage.period_type AND old.period_start = stage.period_start "
                "AND old.superseded_by = stage.run_id {same_entity}"
            ).format(
                own=own,
                staged=sql.SQL(", ").join(sql.Identifier("stage", name) for name in columns),
                stage=sql.Identifier(stage),
                same_entity=same_entity,
            )
        )
