"""What the report tables keep no longer: told beforehand, and deleted inside a run's transaction.

The database itself guards versions: it lets go of one only for the running run of its shop, and
never of the first complete one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import sql

from engine.database.arrow import Snapshot
from engine.database.write import Connection

REVISIONS = "report_revisions"
_ALLOWED = "engine.retention_of_run"  # the setting of the transaction that the trigger reads
# The first complete version of each row stays for good.
_EVERY = (
    "(SELECT revision_id, min(known_from) FILTER (WHERE is_complete) OVER (PARTITION BY level, "
    "listing_id, sku, period_type, period_start) AS first_complete FROM report_revisions "
    "WHERE shop_id = {shop}) every"
)
_SUPERSEDED = (
    "old.revision_id = every.revision_id AND old.known_to < {before} "
    "AND NOT (old.is_complete AND old.known_from = every.first_complete)"
)


@dataclass(frozen=True, slots=True)
class Expiring:
    """What would be deleted from a table: its rows, and the periods that they are of.

    first, last: the first days of the earliest and of the latest of these periods.
    """

    table: str
    rows: int
    periods: int
    first: date
    last: date


def expiring_rows(snapshot: Snapshot, table: str, shop_id: int, kept: str) -> Expiring | None:
    """Count the rows that `expire_rows` would delete; None for none."""
    source = f"{table} old WHERE shop_id = $1 AND NOT {kept}"
    return _counted(snapshot, table, source, (shop_id,))


def expiring_revisions(
    snapshot: Snapshot, shop_id: int, superseded_before: datetime
) -> Expiring | None:
    """Count the versions that `expire_revisions` would delete; None for none."""
    every, superseded = _EVERY.format(shop="$1"), _SUPERSEDED.format(before="$2")
    source = f"{REVISIONS} old, {every} WHERE {superseded}"
    return _counted(snapshot, REVISIONS, source, (shop_id, superseded_before))


def _counted(
    snapshot: Snapshot, table: str, source: str, parameters: tuple[int | datetime, ...]
) -> Expiring | None:
    found = snapshot.read(
        "SELECT count(*) AS rows, min(period_start) AS first, max(period_start) AS last, "
        f"count(DISTINCT (period_type, period_start)) AS periods FROM {source}",
        parameters,
    ).to_pylist()[0]
    return Expiring(table, **found) if found["rows"] else None


def expire_rows(connection: Connection, table: str, shop_id: int, kept: str) -> int:
    """Delete the rows of a shop for which the condition `kept` does not hold; returns how many.

    No version of them is kept: nothing has changed about what they say.
    """
    statement = sql.SQL("DELETE FROM {table} WHERE shop_id = %s AND NOT {kept}").format(
        table=sql.Identifier(table),
        kept=sql.SQL(kept),  # made of enums and dates alone
    )
    return connection.execute(statement, (shop_id,)).rowcount


def expire_revisions(
    connection: Connection, run_id: int, shop_id: int, superseded_before: datetime
) -> int:
    """Delete the versions of a shop that were superseded before an instant; returns how many.

    The first complete version of each row stays for good.
    """
    connection.execute("SELECT set_config(%s, %s, true)", (_ALLOWED, str(run_id)))
    every, superseded = _EVERY.format(shop="%(shop)s"), _SUPERSEDED.format(before="%(before)s")
    deleted = connection.execute(
        f"DELETE FROM {REVISIONS} old USING {every} WHERE {superseded}",
        {"shop": shop_id, "before": superseded_before},
    ).rowcount
    connection.execute("SELECT set_config(%s, '', true)", (_ALLOWED,))
    return deleted
