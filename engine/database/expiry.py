"""Deletes what the report tables keep no longer, inside the write transaction of a run.

The database itself guards versions: it lets go of one only for the running run of its shop, and
never of the first complete one.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql

from engine.database.write import Connection

_ALLOWED = "engine.retention_of_run"  # the setting of the transaction that the trigger reads


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
    deleted = connection.execute(
        "DELETE FROM report_revisions old USING (SELECT revision_id, min(known_from) "
        "FILTER (WHERE is_complete) OVER (PARTITION BY level, listing_id, sku, period_type, "
        "period_start) AS first_complete FROM report_revisions WHERE shop_id = %(shop)s) every "
        "WHERE old.revision_id = every.revision_id AND old.known_to < %(before)s "
        "AND NOT (old.is_complete AND old.known_from = every.first_complete)",
        {"shop": shop_id, "before": superseded_before},
    ).rowcount
    connection.execute("SELECT set_config(%s, '', true)", (_ALLOWED,))
    return deleted
