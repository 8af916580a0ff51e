"""What an error of the PostgreSQL server means for a person: our error instead of the driver's.

The driver's own error always stays the cause, because only it tells whether a second try is worth
it. What has no entry here is a bug of ours and goes up as it is. A server that refuses us for good
is a matter of configuration; one that is out of reach, or says to come back later, is not.
"""

from __future__ import annotations

import re

from engine.database.retry import is_lost
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, ContractError, EngineError, SourceError

# The driver's own advice, on a line of its own; ours follows.
_ASKED_BACK = re.compile(r"\n\s*Is the server running[^\n]*")
_MISSING = {"42P01": "table", "42703": "column", "42704": "type", "3F000": "schema"}


def explain(url: DatabaseUrl, message: str, sqlstate: str | None) -> EngineError | None:
    """Return the error for a driver's message and SQLSTATE, None if it is nothing of the outside.

    No SQLSTATE means that the driver itself lost or never had its connection; then the words tell
    whether the server refused it.
    """
    text = " ".join(_ASKED_BACK.sub("", url.scrub(message)).split())
    if sqlstate in _MISSING:
        return ContractError(
            f"The database {url} lacks a {_MISSING[sqlstate]} that the program needs: {text}",
            hint="Bring the database up to date with: python -m engine migrate",
        )
    if sqlstate == "42501":
        return ConfigurationError(
            f"The account of {url} may not do this: {text}",
            hint="GRANT the right to this account, or use another account in DATABASE_URL.",
        )
    refused = not is_lost(message) if sqlstate is None else sqlstate[:2] in {"28", "3D"}
    if refused:
        return ConfigurationError(
            f"The database {url} refuses: {text}",
            hint="Check account, password and database name in DATABASE_URL.",
        )
    if sqlstate == "53100":
        return SourceError(
            f"The disk of the database {url} is full: {text}",
            hint="Nothing was written. Make room where the server keeps its data, then try again.",
        )
    if sqlstate == "57014":
        return SourceError(
            f"The database {url} took longer than allowed: {text}",
            hint="Try again when the server is less busy, or ask for less.",
        )
    if sqlstate == "55P03":
        return SourceError(
            f"Another program holds a lock in {url}: {text}", hint="Try again when it has ended."
        )
    if sqlstate is None or sqlstate[:2] in {"08", "53", "57", "58"}:
        return SourceError(
            f"The database {url} is out of reach: {text}",
            hint="Check that the server runs and that DATABASE_URL names it.",
        )
    return None
