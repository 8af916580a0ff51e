"""Data health, what no metric counts: findings, rows not used, countries and tables, as cards.

They are about all the data and not about a range, so nothing stands beside them to compare with.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.cards import Card
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import days_words
from engine.sources.findings import Level

_COUNTRY = "COUNTRY_UNKNOWN"


def signs_of(run: PageRun) -> list[Card]:
    """Return a card each for findings, rows not used, unknown countries and the newest fact."""
    findings, imports = run.analytics.health_findings, run.analytics.imports
    to_mend = [one for one in findings if one.level is not Level.INFO]
    errors = sum(one.level is Level.ERROR for one in to_mend)
    unused = len(imports.rejects) + imports.left_out
    lost = sum(one.count for one in findings if one.code == _COUNTRY)
    newest, beside = _freshness(run.analytics)
    return [
        _card(
            "Findings to mend",
            f"{len(to_mend):,}",
            f"{errors:,} of them an error",
            "What was found in files, tables and figures and asks for something to be done.",
        ),
        _card(
            "Rows not used",
            f"{unused:,}",
            f"of {len(imports.files):,} imported files",
            "Rows of imported files that were not understood. The tab Imports says why.",
        ),
        _card(
            "Unknown countries",
            f"{lost:,}",
            "orders or rows",
            "What names a country that is none: it has no zone and no postage from a price list.",
        ),
        _card(
            "Newest fact",
            newest,
            beside,
            "Of all tables, in days before the shop's current day. The tab Freshness has each.",
        ),
    ]


def _freshness(analytics: EcommerceAnalyticsOptimized) -> tuple[str, str]:
    """Return how old the newest fact is, and how many tables are later than in all their year."""
    zone = analytics.shop.time_zone
    behind = {
        name: (analytics.today - rhythm.newest.astimezone(ZoneInfo(zone)).date()).days
        for name, rhythm in analytics.rhythms.items()
    }
    late = sum(analytics.rhythms[name].is_late(days) for name, days in behind.items())
    days = min(behind.values(), default=0)
    words = "today" if days <= 0 else f"{days_words(days)} old"
    return words, f"{late:,} of {len(behind):,} tables late"


def _card(label: str, value: str, beside: str, help: str) -> Card:
    return Card(label, value, None, "off", "gray", beside, help, None, "line")
