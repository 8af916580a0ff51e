"""Carries on with a call that did not come to its end: what it did need not be done again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.analytics import probe_version
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.metrics.registry import REGISTRY
from engine.reports.desk import Call
from engine.reports.earlier_runs import kept_of, limits_of
from engine.reports.store import APPLICATION
from engine.settings import Settings


def resumed(call: Call, settings: Settings, url: DatabaseUrl) -> tuple[Call, dict[int, int]]:
    """Return the call as a part of the last one, and by shop the runs of it that still hold.

    A run holds if it succeeded, was asked for the same, keeps what the settings keep now, and
    nothing that it read has moved since.
    If every shop of the last call succeeded there is nothing to carry on with: the call stays its
    own, and no shop is left out. Raises SourceError if the server is out of reach.
    """
    with open_snapshot(url, application_name=APPLICATION) as snapshot:
        rows = snapshot.read(
            "SELECT run_id, shop_id, call_id::text AS call_id, status::text AS status, "
            "code_version, registry_version, settings_hash, watermark, "
            "array_to_string(scope_periods, ' ') AS kinds, "
            "array_to_string(scope_levels, ' ') AS levels, coalesce(inputs, '{}')::text AS inputs "
            "FROM report_runs WHERE call_id = "
            "(SELECT call_id FROM report_runs ORDER BY run_id DESC LIMIT 1) ORDER BY run_id"
        ).to_pylist()
        shops = snapshot.read("SELECT shop_id FROM shops")["shop_id"].to_pylist()
    last = {row["shop_id"]: row for row in rows}
    succeeded = {shop_id for shop_id, row in last.items() if row["status"] == "SUCCEEDED"}
    wanted = set(last) if call.shops else set(shops)
    if not rows or wanted <= succeeded:
        return call, {}
    version = probe_version(settings, url)
    done = {
        shop_id: row["run_id"]
        for shop_id, row in last.items()
        if shop_id in succeeded and _holds(row, call, version)
    }
    caller = replace(call.caller, call_id=rows[-1]["call_id"])
    return replace(call, caller=caller), done


def _holds(row: Mapping[str, Any], call: Call, version: str) -> bool:
    caller, inputs = call.caller, json.loads(row["inputs"])
    return (
        inputs.get("fingerprint") == version
        and inputs.get("limits") == limits_of(caller.scope)
        and all(inputs.get(name) == kept for name, kept in kept_of(call.retention).items())
        and row["kinds"].split() == [kind.value for kind in caller.scope.kinds]
        and row["levels"].split() == [level.value for level in caller.scope.levels]
        and (row["code_version"], row["registry_version"])
        == (caller.code_version, REGISTRY.version)
        and row["settings_hash"] == caller.settings_hash
        and call.as_of in (None, row["watermark"])
        and not call.full
    )
