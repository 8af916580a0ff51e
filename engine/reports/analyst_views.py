"""What the database offers to people who know SQL: views of the report tables, and what each
column means.

One view is one level and one kind of period, with the title of the entity as it is today; three
more show each row as it was first reported. Views and comments follow from the catalogue, so a run
publishes them anew as soon as a definition has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.database.publishing import is_published, publish
from engine.database.url import DatabaseUrl
from engine.digests import text_digest
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level, Metric
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, PeriodKind
from engine.reports.spec import ENTITY_FIELDS, TABLE_NAMES

_MARKED_VIEW = "shop_daily"
_TITLES = {
    LISTING: "(SELECT listings.title FROM listings WHERE listings.listing_id = r.listing_id "
    "AND r.listing_id <> 0) AS listing_title",
    PRODUCT: "(SELECT listings.title FROM listing_products JOIN listings USING (listing_id) "
    "WHERE listing_products.sku = r.sku AND listings.shop_id = r.shop_id "
    "ORDER BY listings.listing_id LIMIT 1) AS product_title",
}
_HEADER = {
    "shop_id": "The shop.",
    "listing_id": "The listing; 0 = what belongs to none.",
    "listing_title": "Title of the listing as it is today.",
    "sku": "The SKU over all its listings; (none) = what has none.",
    "product_title": "Title, as it is today, of the SKU's listing with the smallest id.",
    "period_type": "DAILY, WEEKLY, MONTHLY, QUARTERLY or YEARLY.",
    "period_start": "First local day of the period.",
    "period_end": "Last local day of the period, included.",
    "period_days": "Days of the period.",
    "elapsed_days": "Days of the period that had begun when it was computed.",
    "is_complete": "Whether the period had ended when it was computed.",
    "currency": "Currency of all money in the row, ISO 4217.",
    "run_id": "The run that wrote this version.",
    "computed_at": "From when on the values were known.",
    "row_hash": "64 bits over the values, to find changes quickly.",
}


def view_name(level: Level, kind: PeriodKind) -> str:
    """Return the name of the view of one level and one kind of period."""
    return f"{level}_{kind.lower()}"


def publish_views(url: DatabaseUrl) -> None:
    """Make the views and comments, or renew them where a definition has changed.

    Raises ConfigurationError if the account may not, SourceError if the server is out of reach.
    """
    script = "\n".join([*_views(), *_comments()])
    mark = f"Definitions {text_digest(script) & 0xFFFFFFFFFFFFFFFF:016x}"
    if not is_published(url, _MARKED_VIEW, mark):
        publish(url, _MARKED_VIEW, mark, script)


def describe(metric: Metric) -> str:
    """Return what a column of a metric means: label, definition, unit and version."""
    return (
        f"{metric.label}: {metric.description} = {metric.formula} [{metric.unit}; "
        f"definition {REGISTRY.version}]"
    )


def _views() -> Iterator[str]:
    for level, table in TABLE_NAMES.items():
        title = f"{_TITLES[level]}, " if level in _TITLES else ""
        for kind in GRAINS:
            yield (
                f"CREATE OR REPLACE VIEW {view_name(level, kind)} AS SELECT {title}r.* "
                f"FROM {table} r WHERE r.period_type = '{kind.value}';"
            )
        key = ", ".join(_key(level))
        yield (
            f"CREATE OR REPLACE VIEW {level}_first_reported AS SELECT DISTINCT ON ({key}) r.* "
            f"FROM (SELECT * FROM {table} WHERE is_complete UNION ALL "
            f"SELECT row.* FROM report_revisions old, LATERAL jsonb_populate_record(NULL::{table}, "
            f"report_row(old)) row WHERE old.level = '{level.name}' AND old.is_complete) r "
            f"ORDER BY {key}, computed_at;"
        )


def _key(level: Level) -> list[str]:
    entity = [] if level is SHOP else [ENTITY_FIELDS[level].name]
    return ["shop_id", "period_type", "period_start", *entity]


def _comments() -> Iterator[str]:
    for level, table in TABLE_NAMES.items():
        views = [view_name(level, kind) for kind in GRAINS]
        for name in (table, *views, f"{level}_first_reported"):
            columns = dict(_HEADER)
            for other in set(ENTITY_FIELDS) - {level}:
                del columns[ENTITY_FIELDS[other].name], columns[f"{other}_title"]
            if name not in views:
                columns.pop(f"{level}_title", None)
            columns |= {metric.name: describe(metric) for metric in REGISTRY.at_level(level)}
            for column, meaning in columns.items():
                quoted = meaning.replace("'", "''")
                yield f"COMMENT ON COLUMN {name}.{column} IS '{quoted}';"
