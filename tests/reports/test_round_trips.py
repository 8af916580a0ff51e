"""How often a run speaks to the server: as often for a large shop as for a small one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import adbc_driver_manager.dbapi
import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.reports.analyst_views import publish_views
from engine.reports.run_book import RunBook
from tests.reports.conftest import Named, Reports
from tests.reports.small_shop import Line, add_order, execute


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Statements by way; the rows that a COPY carries, and those of a SELECT, are none."""
    counts: Counter[str] = Counter()

    def count(owner: Any, method: str, way: str) -> None:
        honest = getattr(owner, method)

        def counted(*arguments: Any, **named: Any) -> Any:
            counts[way] += 1
            return honest(*arguments, **named)

        monkeypatch.setattr(owner, method, counted)

    count(psycopg.Cursor, "execute", "statements")
    count(adbc_driver_manager.dbapi.Cursor, "execute", "reads")
    count(RunBook, "_ask", "look-ups")
    return counts


def test_a_run_speaks_to_the_server_as_often_for_any_number_of_rows(
    shop: DatabaseUrl,
    reported_demo: DatabaseUrl,
    named: Named,
    reports: Reports,
    spoken: Counter[str],
) -> None:
    execute(
        reported_demo,
        "TRUNCATE shop_reports, listing_reports, product_reports, report_restatements, "
        "report_alerts, report_runs",
    )
    counts = []
    for url, least in ((shop, 100), (reported_demo, 4_000)):
        named(url)
        publish_views(url)
        spoken.clear()
        assert reports("--json").shop["rows_inserted"] > least
        counts.append(dict(spoken))
    assert counts[0] == counts[1]
    assert counts[0]["statements"] + counts[0]["look-ups"] <= 30


def test_a_night_on_which_everything_happens_stays_within_thirty(
    reported: DatabaseUrl, reports: Reports, spoken: Counter[str]
) -> None:
    execute(reported, "DELETE FROM orders WHERE order_id = 1002")
    add_order(reported, 1_050, "2026-01-20T10:00", [Line(101, "RING-S", 700), Line(102, "N", 9)])
    spoken.clear()
    run = reports("--json").shop
    counts = ("rows_inserted", "rows_updated", "rows_removed", "revisions_written")
    assert min(run[count] for count in (*counts, "restated_periods")) > 0
    assert spoken["statements"] + spoken["look-ups"] <= 30
