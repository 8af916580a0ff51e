"""Do the migrations make what schema.prisma says? Both are applied and the catalogues compared."""

import re

import psycopg
import pytest

from engine.database.authoring import SCHEMA_SQL_FILE, schema_digest, schema_sql
from engine.database.migrate import MIGRATIONS_FOLDER
from engine.database.url import DatabaseUrl
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.settings import PROJECT_FOLDER, Settings

COLUMNS = """
SELECT format('column %s %s', c.relname, a.attname),
       format('%s%s default %s', format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(pg_get_expr(d.adbin, d.adrelid), 'none'))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = %(schema)s
"""
# A NOT NULL is part of its column; before PostgreSQL 18 it was no constraint of its own.
CONSTRAINTS = """
SELECT format('constraint %s %s', conrelid::regclass, conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = %(schema)s AND conrelid <> 0 AND contype <> 'n'
"""
INDEXES = """
SELECT format('index %s %s', tablename, indexname), indexdef
FROM pg_indexes WHERE schemaname = 'public'
"""
LABELS = """
SELECT format('label %s %s', t.typname, e.enumlabel), ''
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = %(schema)s
"""
FUNCTIONS = """
SELECT format('function %s', proname), prosrc FROM pg_proc WHERE pronamespace = %(schema)s
"""
VIEWS = """
SELECT format('view %s', relname), pg_get_viewdef(oid)
FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = %(schema)s
"""
TRIGGERS = """
SELECT format('trigger %s %s', tgrelid::regclass, tgname), pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""
QUERIES = (COLUMNS, CONSTRAINTS, INDEXES, LABELS, FUNCTIONS, VIEWS, TRIGGERS)


def catalogue(url: DatabaseUrl) -> dict[str, str]:
    """Everything that makes up a schema: kind, table and name → definition."""
    with psycopg.connect(url.libpq()) as connection:
        found = {
            name: definition
            for query in QUERIES
            for name, definition in connection.execute(
                query.replace("%s", "%%s").encode(), {"schema": _oid(connection)}
            )
        }
    return {name: text for name, text in found.items() if "_prisma_migrations" not in name}


def _oid(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT 'public'::regnamespace::oid").fetchone()
    assert row is not None
    return row[0]


def apply_schema_sql(url: DatabaseUrl) -> None:
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(SCHEMA_SQL_FILE.read_bytes())


def extras() -> list[str]:
    lines = (MIGRATIONS_FOLDER / "extras.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_migrations_make_what_schema_prisma_says_and_the_listed_extras(
    database_url: DatabaseUrl, empty_database_url: DatabaseUrl
) -> None:
    apply_schema_sql(empty_database_url)
    migrated, declared = catalogue(database_url), catalogue(empty_database_url)
    assert len(declared) > 500, "the comparison sees the whole schema"
    assert {name: migrated.get(name) for name in declared} == declared
    assert sorted(migrated.keys() - declared.keys()) == extras()


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ("ALTER TABLE orders DROP COLUMN status", "column orders status"),
        ("ALTER TABLE orders ALTER item_count TYPE integer", "column orders item_count"),
        ("ALTER TABLE orders ALTER item_count DROP NOT NULL", "column orders item_count"),
        ("ALTER TABLE orders ALTER source DROP DEFAULT", "column orders source"),
        ("DROP INDEX idx_orders_country", "index orders idx_orders_country"),
        (
            "ALTER TABLE reviews DROP CONSTRAINT reviews_listing_id_fkey",
            "constraint reviews reviews_listing_id_fkey",
        ),
        ("ALTER TYPE alert_state RENAME VALUE 'STILL' TO 'AGAIN'", "label alert_state STILL"),
    ],
)
def test_the_comparison_notices_a_difference(
    database_url: DatabaseUrl, change: str, noticed: str
) -> None:
    before = catalogue(database_url)
    with psycopg.connect(database_url.libpq()) as connection:
        connection.execute(change.encode())
    after = catalogue(database_url)
    assert after.get(noticed) != before[noticed]


def test_schema_sql_was_written_from_this_schema_prisma() -> None:
    recorded = re.search(r"sha256: (\w+)", SCHEMA_SQL_FILE.read_text())
    assert recorded is not None
    assert recorded[1] == schema_digest(), "run: python -m engine migrate --new NAME"


def test_what_is_deleted_together_and_what_is_protected(database_url: DatabaseUrl) -> None:
    rules = {
        name.split()[2]: re.sub(r".*ON DELETE ", "", text)
        for name, text in catalogue(database_url).items()
        if "FOREIGN KEY" in text
    }
    assert rules["order_transactions_order_id_fkey"] == "CASCADE"
    assert rules["order_transactions_listing_id_fkey"] == "RESTRICT"
    assert rules["order_transactions_product_id_fkey"] == "RESTRICT"
    assert rules["reviews_transaction_id_fkey"] == "CASCADE"
    assert rules["listing_ad_stats_listing_id_fkey"] == "RESTRICT"
    assert rules["orders_shop_id_fkey"] == "RESTRICT"
    assert rules["shop_reports_shop_id_fkey"] == "CASCADE"


def test_every_table_with_a_change_stamp_has_it_indexed(database_url: DatabaseUrl) -> None:
    found = catalogue(database_url)
    stamped = {name.split()[1] for name in found if name.endswith(" updated_at")}
    assert len(stamped) == 15
    for table in stamped:
        assert f"index {table} idx_{table}_updated_at" in found
        assert "default CURRENT_TIMESTAMP" in found[f"column {table} updated_at"]


def test_report_columns_are_the_same_at_all_levels_but_for_counts(
    database_url: DatabaseUrl,
) -> None:
    columns: dict[str, dict[str, str]] = {"shop": {}, "listing": {}, "product": {}}
    for name, kind in catalogue(database_url).items():
        match = re.fullmatch(r"column (shop|listing|product)_reports (\w+)", name)
        if match:
            columns[match[1]][match[2]] = kind.replace("bigint", "integer")
    shop, listing, product = columns["shop"], columns["listing"], columns["product"]
    metrics = {level: {m.name for m in REGISTRY.at_level(level)} for level in Level}
    assert shop.keys() - listing.keys() == metrics[Level.SHOP] - metrics[Level.LISTING]
    assert shop.keys() - product.keys() == metrics[Level.SHOP] - metrics[Level.PRODUCT]
    only = metrics[Level.LISTING] - metrics[Level.SHOP]
    assert listing.keys() - shop.keys() == {"listing_id"} | only
    assert metrics[Level.SHOP] <= shop.keys()
    shared = shop.keys() & product.keys()
    assert {n: shop[n] for n in shared} == {n: product[n] for n in shared}
    assert {n: listing[n] for n in shared} == {n: product[n] for n in shared}


@pytest.mark.slow
@pytest.mark.skipif(
    not (PROJECT_FOLDER / "node_modules" / "migrate-cli").is_dir(),
    reason="the npm parts for writing migrations are not installed",
)
def test_schema_sql_is_what_prisma_writes(empty_database_url: DatabaseUrl) -> None:
    written = schema_sql(empty_database_url, settings=Settings.load(), say=lambda _: None)
    assert written == SCHEMA_SQL_FILE.read_text()
