"""Views and comments that follow from definitions in the program, not from a migration.

They are made by one script in one transaction. A mark on one of the views tells which script it
was, so that a look is enough to know whether it has to run again.
"""

from __future__ import annotations

from psycopg import sql

from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.database.write import write_transaction

_APPLICATION = "engine publishing"
_LOCK_NUMBER = 72707370


def is_published(url: DatabaseUrl, view: str, mark: str) -> bool:
    """Whether the script with this mark was the last to make the view."""
    with open_snapshot(url, application_name=_APPLICATION) as snapshot:
        rows = snapshot.read(
            "SELECT obj_description(to_regclass($1), 'pg_class') AS mark", (view,)
        ).to_pylist()
    return bool(rows[0]["mark"] == mark)


def publish(url: DatabaseUrl, view: str, mark: str, script: str) -> None:
    """Run a script of CREATE VIEW and COMMENT, and put the mark on the view; all or nothing.

    Programs that publish at once wait for each other. Raises ConfigurationError if the account
    may not make views, SourceError if the server is out of reach.
    """
    with write_transaction(url, application_name=_APPLICATION) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK_NUMBER,))
        connection.execute(script.encode())
        connection.execute(
            sql.SQL("COMMENT ON VIEW {} IS {}").format(sql.Identifier(view), sql.Literal(mark))
        )
