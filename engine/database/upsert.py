"""Lands rows that may be there already: new ones are inserted, changed ones updated, others left.

One row in, one row of a table, found by its unique key. An equal row is not touched at all, so a
file that is read twice changes nothing and `updated_at` tells when a row really changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import sql

from engine.database.copy_image import Column
from engine.database.write import Connection, comma_list, row_count, same_key, staged
from engine.errors import ContractError

_SHOWN_KEYS = 5


@dataclass(frozen=True, slots=True)
class UpsertRule:
    """How rows of one table meet those that are there.

    `key`: the columns of a unique index, none of them NULL. `unwatched`: columns that are written
    with a change and are none by themselves. A NULL never overwrites a value, unless
    `blanks_overwrite`. A stored row whose `source` is `protected_source` is only completed where it
    is NULL by a row of another source, never overwritten.
    """

    key: tuple[str, ...]
    unwatched: tuple[str, ...] = ("source", "import_file_id", "import_row")
    blanks_overwrite: bool = False
    protected_source: str | None = None


@dataclass(frozen=True, slots=True)
class Upserted:
    """How many rows were inserted, updated, found equal; keys of the first two if asked for.

    The keys are values of the rule's first key column.
    """

    inserted: int
    updated: int
    unchanged: int
    inserted_keys: npt.NDArray[Any]
    updated_keys: npt.NDArray[Any]


def upsert(
    connection: Connection, table: str, columns: Mapping[str, Column], rule: UpsertRule
) -> Upserted:
    """Land the rows of one table by a rule; an update sets `updated_at` where the table has it.

    Raises ContractError if two of the rows share a key, or if a row meets a stored one with
    another `external_id`: two things that were given the same made-up id.
    """
    if rule.protected_source is not None and "source" not in columns:
        raise ValueError(f"rows for {table} need a source: the rule protects stored rows by it")
    count = row_count(columns)
    if not count:
        nothing = np.empty(0, np.int64)
        return Upserted(0, 0, 0, nothing, nothing)
    stage = staged(connection, table, columns)
    _refuse_twins(connection, table, stage, rule)
    if "external_id" in columns:
        _refuse_strangers(connection, table, stage, rule)
    has_clock = "updated_at" not in columns and _has_updated_at(connection, table)
    statement = _statement(table, stage, list(columns), rule, has_clock)
    merged = connection.execute(statement).fetchall()
    inserted = np.array([key for is_new, key in merged if is_new])
    updated = np.array([key for is_new, key in merged if not is_new])
    unchanged = count - len(inserted) - len(updated)
    return Upserted(len(inserted), len(updated), unchanged, inserted, updated)


def _statement(
    table: str, stage: str, names: list[str], rule: UpsertRule, has_clock: bool
) -> sql.Composed:
    """Write the merge. Equal rows are left out before the INSERT, whose ON CONFLICT would lock,
    and so write, every row it meets."""
    changes: list[sql.Composable] = [
        sql.SQL("{} = {}").format(sql.Identifier(name), _resolved(name, "excluded", rule))
        for name in names
        if name not in rule.key
    ]
    if has_clock:
        changes.append(sql.SQL("updated_at = CURRENT_TIMESTAMP"))
    action = sql.SQL("DO UPDATE SET {} WHERE {}").format(
        comma_list(changes), _differs(names, "excluded", rule)
    )
    return sql.SQL(
        "INSERT INTO {table} AS live ({names}) "
        "SELECT {staged} FROM {stage} stage LEFT JOIN {table} live ON {same_key} "
        "WHERE {first_key} IS NULL OR {differs} "
        "ON CONFLICT ({key}) {action} "
        "RETURNING xmax = 0, {first_key}"
    ).format(
        table=sql.Identifier(table),
        stage=sql.Identifier(stage),
        names=comma_list(map(sql.Identifier, names)),
        staged=comma_list(sql.Identifier("stage", name) for name in names),
        same_key=same_key(rule.key),
        first_key=sql.Identifier("live", rule.key[0]),
        differs=_differs(names, "stage", rule),
        key=comma_list(map(sql.Identifier, rule.key)),
        action=action if changes else sql.SQL("DO NOTHING"),
    )


def _differs(names: list[str], new: str, rule: UpsertRule) -> sql.Composable:
    """Return the condition that a watched column of the row `new` would change `live`."""
    watched = [name for name in names if name not in {*rule.key, *rule.unwatched}]
    if not watched:
        return sql.SQL("false")
    return sql.SQL("({}) IS DISTINCT FROM ({})").format(
        comma_list(sql.Identifier("live", name) for name in watched),
        comma_list(_resolved(name, new, rule) for name in watched),
    )


def _resolved(name: str, new: str, rule: UpsertRule) -> sql.Composable:
    """Return what a column holds after the row `new` has met the row `live`."""
    value = "{new}" if rule.blanks_overwrite else "coalesce({new}, {old})"
    if rule.protected_source is not None:
        completed = "{old}" if name in rule.unwatched else "coalesce({old}, {new})"
        value = (
            "CASE WHEN live.source = {protected} AND {source} <> {protected} "
            f"THEN {completed} ELSE {value} END"
        )
    return sql.SQL(value).format(
        old=sql.Identifier("live", name),
        new=sql.Identifier(new, name),
        source=sql.Identifier(new, "source"),
        protected=sql.Literal(rule.protected_source),
    )


def _refuse_twins(connection: Connection, table: str, stage: str, rule: UpsertRule) -> None:
    key = comma_list(map(sql.Identifier, rule.key))
    twins = connection.execute(
        sql.SQL(
            "SELECT {key} FROM {stage} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key}"
        ).format(key=key, stage=sql.Identifier(stage))
    ).fetchall()
    if twins:
        raise ContractError(
            f"{len(twins)} keys occur more than once among the rows for the table {table}: "
            f"{', '.join(rule.key)} = {_shown(twins)}; expected one row a key."
        )


def _refuse_strangers(connection: Connection, table: str, stage: str, rule: UpsertRule) -> None:
    strangers = connection.execute(
        sql.SQL(
            "SELECT {key}, stage.external_id, live.external_id "
            "FROM {stage} stage JOIN {table} live ON {same_key} "
            "WHERE stage.external_id <> live.external_id ORDER BY {key}"
        ).format(
            key=comma_list(sql.Identifier("stage", name) for name in rule.key),
            stage=sql.Identifier(stage),
            table=sql.Identifier(table),
            same_key=same_key(rule.key),
        )
    ).fetchall()
    if strangers:
        raise ContractError(
            f"{len(strangers)} rows for the table {table} have the key of a stored row that stands "
            f"for something else: {', '.join(rule.key)}, new and stored external_id = "
            f"{_shown(strangers)}.",
            hint="Two different ids were given the same made-up number; nothing was written.",
        )


def _shown(rows: list[tuple[Any, ...]]) -> str:
    shown = "; ".join(", ".join(map(str, row)) for row in rows[:_SHOWN_KEYS])
    return shown if len(rows) <= _SHOWN_KEYS else f"{shown}; …"


def _has_updated_at(connection: Connection, table: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = 'updated_at'",
        (f'"{table}"',),
    ).fetchone()
    return found is not None
