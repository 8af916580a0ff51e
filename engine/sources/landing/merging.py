"""Puts the rows of a file over the rows that a table holds: what is new, what changes, what stays.

One row in is one row of a table, met by its key. A blank never overwrites a value. A row that the
marketplace's own interface wrote (source `api`) is only completed; any other is overwritten by the
later file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.write import Connection
from engine.money import Int64Array
from engine.sources.frames import BoolArray

Schema = Mapping[str, pa.DataType]
PROTECTED = "api"


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """The rows of a file as the table will hold them, in the file's order.

    `is_new`: no row has the key yet. `is_protected`: the stored row came from source `api`.
    `stored`: the row as it is stored, all null where it is new.
    """

    table: pa.Table
    stored: pa.Table
    is_new: BoolArray
    is_protected: BoolArray

    def changed(self, watched: Sequence[str]) -> BoolArray:
        """Tell which rows are stored already and differ in one of these columns."""
        differs = np.zeros(len(self.is_new), np.bool_)
        for name in watched:
            differs |= _differs(self.table[name], self.stored[name])
        return differs & ~self.is_new


def read_stored(
    connection: Connection, table: str, schema: Schema, key: str, ids: Int64Array
) -> pa.Table:
    """Read the columns of `schema` from the rows of a table whose `key` is one of the ids."""
    sql = (
        f"SELECT {', '.join(schema)} FROM {table} "
        f"JOIN unnest(%s::bigint[]) AS wanted(wanted_id) ON {key} = wanted_id"
    )
    return read_rows(connection, sql, schema, (np.unique(ids).tolist(),))


def read_rows(
    connection: Connection, sql: str, schema: Schema, parameters: Sequence[Any]
) -> pa.Table:
    """Run a SELECT inside the transaction; its columns are those of `schema`, in that order."""
    rows = connection.execute(sql.encode(), parameters).fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.table(
        {
            name: pa.array(values, kind)
            for (name, kind), values in zip(schema.items(), columns, strict=True)
        }
    )


def merge(new: pa.Table, stored: pa.Table, key: str, leads: Mapping[str, str]) -> Merged:
    """Put the rows of a file over those of a table that have the same key.

    `stored` has at least the columns of `new`, and each key once. `leads`: column → the column
    that decides for it, so that an amount, its divisor and its currency stay together.
    """
    place: Any = pc.index_in(new[key].combine_chunks(), stored[key].combine_chunks())
    aligned = stored.take(place)
    sources: Any = aligned["source"]
    is_protected: Any = pc.fill_null(pc.equal(sources, pa.scalar(PROTECTED)), False)
    columns = {}
    for name in new.column_names:
        lead = leads.get(name, name)
        completed = pc.if_else(pc.is_valid(aligned[lead]), aligned[name], new[name])
        later = pc.if_else(pc.is_valid(new[lead]), new[name], aligned[name])
        columns[name] = pc.if_else(is_protected, completed, later)
    return Merged(
        pa.table(columns),
        aligned,
        np.asarray(place.is_null().to_numpy(zero_copy_only=False), np.bool_),
        np.asarray(is_protected.to_numpy(), np.bool_),
    )


def integers(column: Any, missing: int = 0) -> Int64Array:
    """Return an Arrow column as int64, `missing` where it is null."""
    return np.asarray(pc.fill_null(column, missing).to_numpy(), np.int64)


def known(column: Any) -> BoolArray:
    """Tell where an Arrow column holds a value."""
    return np.asarray(pc.is_valid(column).to_numpy(), np.bool_)


def nullable(values: Any, is_known: BoolArray, kind: pa.DataType | None = None) -> Any:
    """Return values as an Arrow array, null where they are not known."""
    return pa.array(values, kind or pa.int64(), mask=~is_known)


def _differs(new: Any, old: Any) -> BoolArray:
    same = pc.fill_null(pc.equal(new, old), False)
    both_null = pc.and_(pc.is_null(new), pc.is_null(old))
    return ~np.asarray(pc.or_(same, both_null).to_numpy(), np.bool_)
