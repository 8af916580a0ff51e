"""The health of a shop as pandas frames: findings, SKUs without a cost, provenance of costs.

One row = one finding, one SKU, or one kind of cost and label. Money is Int64 minor units, unit
costs are Decimal in major units, shares Float64; null is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from engine.ledger.frames import NO_SKU
from engine.ledger.health.codes import HealthFinding
from engine.ledger.health.missing import MissingCosts, Suggestion
from engine.ledger.health.provenance import ProvenanceRow
from engine.money import MILLION, UNIT_SCALE, to_decimal
from engine.periods import day_date
from engine.sources.cost_regions import REGIONS
from engine.sources.sku_map_template import TemplateRow

_TEXT, _INTEGER = "string", "Int64"
_FINDING = {
    "code": _TEXT,
    "level": _TEXT,
    "place": _TEXT,
    "row": _INTEGER,
    "column": _TEXT,
    "value": _TEXT,
    "sales_at_stake": _INTEGER,
    "count": _INTEGER,
    "what": _TEXT,
    "remedy": _TEXT,
    "sku": _TEXT,
    "order_id": _INTEGER,
}


def findings_frame(findings: Sequence[HealthFinding]) -> pd.DataFrame:
    """Return the findings, in their order."""
    return pd.DataFrame(
        {
            name: pd.Series([getattr(finding, name) for finding in findings], dtype=kind)
            for name, kind in _FINDING.items()
        }
    )


def missing_frame(missing: MissingCosts, titles: Mapping[int, str]) -> pd.DataFrame:
    """Return the SKUs without a cost, the most sales at stake first."""
    suggested = missing.suggestions()
    listings = missing.listing_id.tolist()
    return pd.DataFrame(
        {
            "sku": pd.Series(missing.names, dtype=_TEXT),
            "sales_at_stake": pd.Series(missing.sales, dtype=_INTEGER),
            "units": pd.Series(missing.units, dtype=_INTEGER),
            "lines": pd.Series(missing.lines, dtype=_INTEGER),
            "listing_id": pd.Series(listings, dtype=_INTEGER),
            "listing_title": pd.Series([titles.get(one) for one in listings], dtype=_TEXT),
            "region": pd.Series([REGIONS[r] for r in missing.region.tolist()], dtype=_TEXT),
            "first_sale": [day_date(day) for day in missing.first_day.tolist()],
            "last_sale": [day_date(day) for day in missing.last_day.tolist()],
            "tried": pd.Series(missing.tried(), dtype=_TEXT),
            "suggested_cost": pd.Series(
                [None if s is None else to_decimal(s.unit_cost, UNIT_SCALE) for s in suggested],
                dtype=object,
            ),
            "suggested_currency": _of(suggested, "currency"),
            "suggested_label": _of(suggested, "label"),
            "why_not_used": _of(suggested, "why_not"),
        }
    )


def _of(suggested: Sequence[Suggestion | None], name: str) -> pd.Series:
    return pd.Series([s and getattr(s, name) for s in suggested], dtype=_TEXT)


def provenance_frame(rows: Sequence[ProvenanceRow]) -> pd.DataFrame:
    """Return how the costs are known, kind by kind, the largest sales first."""
    columns: dict[str, Any] = {}
    for name in ("cost", "label", "basis"):
        columns[name] = pd.Series([getattr(row, name) for row in rows], dtype=_TEXT)
    for name in ("lines", "sales", "amount"):
        columns[name] = pd.Series([getattr(row, name) for row in rows], dtype=_INTEGER)
    for name in ("share_of_sales", "share_of_amount"):
        parts = pd.Series([getattr(row, name) for row in rows], dtype=_INTEGER)
        columns[name] = parts / MILLION
    return pd.DataFrame(columns)


def template_rows(missing: MissingCosts) -> list[TemplateRow]:
    """Return the rows that sku_map.csv lacks, with what the look-up would suggest as a note."""
    rows = zip(missing.names, missing.suggestions(), strict=True)
    return [
        TemplateRow(sku, missing.book.currency, _note(suggestion))
        for sku, suggestion in rows
        if sku != NO_SKU
    ]


def _note(suggestion: Suggestion | None) -> str:
    if suggestion is None:
        return "no suggestion"
    cost = to_decimal(suggestion.unit_cost, UNIT_SCALE).normalize()
    return (
        f"maybe {cost:f} {suggestion.currency} ({suggestion.label}, row {suggestion.row_number} of "
        f"cost.csv; not used: {suggestion.why_not})"
    )
