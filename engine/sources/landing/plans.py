"""What one file will do to the tables, decided before anything is written.

One plan is one file. Its counts are of rows of the file; only `removed` counts rows of a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from engine.database.copy_image import Column, from_arrow
from engine.database.upsert import UpsertRule, upsert
from engine.database.write import Connection, copy_rows
from engine.money import Int64Array
from engine.sources.frames import BoolArray


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of the file that are new, changed and unchanged; rows of tables that are removed."""

    new: int
    changed: int
    unchanged: int
    removed: int = 0

    @classmethod
    def of(cls, is_new: BoolArray, is_changed: BoolArray, removed: int = 0) -> RowCounts:
        """Count the rows; one that is new counts as new only."""
        new = int(is_new.sum())
        changed = int((is_changed & ~is_new).sum())
        return cls(new, changed, len(is_new) - new - changed, removed)


@dataclass(frozen=True, slots=True, eq=False)
class TableChange:
    """Rows that go into one table: `new` ones are loaded, `changed` ones written over theirs.

    `protected`: which of the changed rows keep the origin that they have.
    """

    table: str
    key: str
    new: pa.Table
    changed: pa.Table
    protected: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_))


def write_change(
    connection: Connection, change: TableChange, file_id: int, *, new_may_exist: bool = False
) -> None:
    """Write the rows of one table as those of an import file.

    `new_may_exist`: another program may have written a new row since the plan was made.
    """
    rule = UpsertRule((change.key,), blanks_overwrite=True)
    new = table_columns(change.new, file_id)
    if new and new_may_exist:
        upsert(connection, change.table, new, rule)
    elif new:
        copy_rows(connection, change.table, new)
    changed = table_columns(change.changed, file_id, change.protected)
    if changed:
        upsert(connection, change.table, changed, rule)


def table_columns(
    rows: pa.Table, file_id: int, protected: BoolArray | None = None
) -> dict[str, Column]:
    """Return rows as columns to write, with the id of their import file; {} without rows."""
    if not len(rows):
        return {}
    columns = {name: from_arrow(rows[name]) for name in rows.column_names}
    ids = np.full(len(rows), file_id, np.int64)
    mask = protected if protected is not None and len(protected) else None
    columns["import_file_id"] = from_arrow(pa.array(ids, mask=mask))
    return columns


def first_and_last(seconds: Int64Array) -> tuple[int, int] | None:
    """Return the first and the last instant of a file's rows, None without rows."""
    return (int(seconds.min()), int(seconds.max())) if len(seconds) else None
