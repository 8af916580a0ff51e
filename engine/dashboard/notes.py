"""What a reader of an exported file must know: whose numbers, which days, which definitions."""

from __future__ import annotations

from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import COVERAGE
from engine.dashboard.sheets import Sheet
from engine.dashboard.wording import range_words
from engine.metrics.formats import text
from engine.metrics.registry import REGISTRY


def notes_of(run: PageRun, page: str, sheet: Sheet) -> list[tuple[str, str]]:
    """Return the notes of a file as pairs of a name and what is said under it."""
    view, shop = run.view, run.analytics.shop
    coverage = run.figures.value(COVERAGE, view.period)
    notes = [
        ("Page", page),
        ("Shop", shop.name),
        ("Range", range_words(view.period)),
        ("Compared with", range_words(view.compared) if view.compared else view.no_comparison),
        ("Time zone", run.days_of),
        ("Currency", sheet.currency),
        ("Refunds dated by", view.filters.dating.value),
        ("Data to", f"{run.last_moment():%Y-%m-%d %H:%M}"),
        ("Data version", run.analytics.version),
        ("Definitions", str(REGISTRY.version)),
        (REGISTRY[COVERAGE].label, text(REGISTRY[COVERAGE].unit, coverage, sheet.currency)),
    ]
    return notes + [
        (column.name, REGISTRY[column.name].description)
        for column in sheet.columns
        if column.name in REGISTRY.metrics
    ]
