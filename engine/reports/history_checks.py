"""Whether the history of the reports holds together: one line is one thing that is wrong.

Versions of a row follow one another without overlap, and without gap where the earlier one was of a
complete period. The causes of a change add up to the change of profit, and none is missing. Where a
run left rows or versions out, as the settings of its night said, they may be missing.
"""

from __future__ import annotations

from engine.database.arrow import Snapshot
from engine.metrics.model import SHOP, Level
from engine.reports.causes import PROFIT, Cause
from engine.reports.spec import ENTITY_FIELDS, TABLE_NAMES

_SHOWN = 50
# What each run left out: rows of single days, and versions that were superseded before an instant.
_LEFT_OUT = (
    "left_out AS (SELECT known_at, inputs #> '{daily,levels}' AS levels, "
    "(inputs #>> '{daily,since}')::date AS since, "
    "known_at - make_interval(hours => 24 * nullif((inputs ->> 'revision_keep_days')::int, 0)) "
    "AS superseded_before FROM report_runs WHERE shop_id = $1 AND status = 'SUCCEEDED')"
)


def check_history(snapshot: Snapshot, shop_id: int) -> list[str]:
    """Return what is wrong with the versions and causes of a shop's reports."""
    lines: list[str] = []
    for level in Level:
        rows = snapshot.read(_versions(level), (shop_id,)).to_pylist()
        lines += [
            f"{level} {row['entity']}, {row['kind'].lower()} {row['start']}: {row['wrong']}"
            for row in rows
        ]
    return lines


def _versions(level: Level) -> str:
    """Return the SELECT of the rows of a level whose history is broken."""
    table = TABLE_NAMES[level]
    entity = "shop_id" if level is SHOP else ENTITY_FIELDS[level].name
    of_level = f"level = '{level.name}'"
    kept = _kept(level)
    return (
        f"WITH {_LEFT_OUT}, versions AS ("
        f"SELECT {entity}::text AS entity, period_type, period_start, computed_at AS known_from, "
        f"NULL::timestamptz AS known_to, is_complete, 'LIVE' AS kind, run_id, {PROFIT} AS profit "
        f"FROM {table} WHERE shop_id = $1 UNION ALL "
        f"SELECT {entity}::text, period_type, period_start, known_from, known_to, is_complete, "
        f"kind::text, run_id, (metrics ->> '{PROFIT}')::numeric FROM report_revisions "
        f"WHERE shop_id = $1 AND {of_level}), "
        "moved AS (SELECT *, lead(known_from) OVER row AS next_from, lag(kind) OVER row AS "
        "kind_before, lag(is_complete) OVER row AS was_complete, "
        "lag(known_to) OVER row AS to_before, "
        "profit - lag(profit) OVER row AS change FROM versions WINDOW row AS "
        "(PARTITION BY entity, period_type, period_start ORDER BY known_from)), "
        f"causes AS (SELECT {entity}::text AS entity, period_type, period_start, run_id, "
        f"sum(amount) AS amount, bool_or(cause = '{Cause.UNEXPLAINED}') AS unexplained "
        f"FROM report_restatements WHERE shop_id = $1 AND {of_level} GROUP BY 1, 2, 3, 4), "
        "wrong AS (SELECT entity, period_type, period_start, CASE "
        "WHEN next_from < known_to THEN 'two versions overlap at ' || next_from "
        f"WHEN next_from > known_to AND is_complete AND kind = 'CHANGED' AND {kept} "
        "THEN 'no version is known from ' || known_to || ' to ' || next_from "
        f"WHEN next_from IS NULL AND kind = 'CHANGED' AND is_complete AND {kept} "
        "THEN 'no version follows that of ' || known_from "
        "WHEN kind_before = 'CHANGED' AND was_complete AND to_before = known_from "
        "AND causes.amount <> change "
        "THEN 'causes of ' || causes.amount || ' for a change of ' || change || ' in run ' "
        "|| run_id "
        "WHEN causes.unexplained THEN 'a change in run ' || run_id || ' has no cause' END AS wrong "
        "FROM moved LEFT JOIN causes USING (entity, period_type, period_start, run_id)) "
        "SELECT entity, period_type::text AS kind, period_start::text AS start, wrong FROM wrong "
        f"WHERE wrong IS NOT NULL ORDER BY 3, 2, 1 LIMIT {_SHOWN}"
    )


def _kept(level: Level) -> str:
    """Return the condition under which what follows a version must still be there."""
    kept = "NOT EXISTS (SELECT FROM left_out WHERE known_to < superseded_before)"
    if level is SHOP:
        return kept
    return (
        f"{kept} AND NOT (period_type = 'DAILY' AND EXISTS (SELECT FROM left_out WHERE "
        "known_at >= known_to AND known_at < coalesce(next_from, 'infinity') "
        f"AND (NOT levels @> to_jsonb('{level.value}'::text) OR period_start < since)))"
    )
