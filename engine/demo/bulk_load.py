"""Loads large tables faster: without indexes and foreign keys, which are put back afterwards.

All of it happens in the caller's transaction, so nobody ever sees a table without its constraints,
and an interrupted load leaves everything as it was. Other sessions wait meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.database.write import Connection

_FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                  conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY (%s::text[]::regclass[])
    ORDER BY conrelid::regclass::text, conname"""
# Those of primary keys and of constraints stay: ascending keys cost little.
_INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY (%s::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    ORDER BY indexrelid::regclass::text"""


@contextmanager
def without_indexes(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take indexes and foreign keys off some tables, and put the same ones back at the end."""
    connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    keys = connection.execute(_FOREIGN_KEYS, (list(tables),)).fetchall()
    indexes = connection.execute(_INDEXES, (list(tables),)).fetchall()
    for drop, _ in (*keys, *indexes):
        connection.execute(drop)
    yield
    for _, create in (*indexes, *keys):
        connection.execute(create)
