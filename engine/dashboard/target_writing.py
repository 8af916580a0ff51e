"""Sets and removes a target: the one thing that the dashboard writes, row by row."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.dashboard.access.passwords import Role
from engine.database.client import open_client
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.sources.targets import TARGET_UNIT, Target


def write_target(url: DatabaseUrl, shop_id: int, target: Target, role: Role) -> None:
    """Set a target, in place of one of the same metric and period; a value of 0 removes it.

    Raises UsageError for anyone but the owner, SourceError if the database is out of reach.
    """
    if role is not Role.OWNER:
        raise UsageError("Only the owner sets targets.", hint="Sign in with the owner's password.")
    key = {
        "shopId": shop_id,
        "metric": target.metric,
        "periodType": target.kind.value,
        "periodStart": datetime(target.start.year, target.start.month, target.start.day),
    }
    value = Decimal(target.value) / TARGET_UNIT
    with open_client(url) as db:
        if not target.value:
            db.dashboardtarget.delete_many(where=key)
            return
        db.dashboardtarget.upsert(
            where={"shopId_metric_periodType_periodStart": key},
            data={
                "create": {**key, "value": value, "setBy": role.value},
                "update": {"value": value, "setBy": role.value},
            },
        )
