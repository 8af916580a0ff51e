"""Whether anything has changed since the last look: one number pair a table, one hash a file.

Cheap enough to be asked every minute: each table answers from its index on `updated_at`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.database.arrow import Snapshot

# Tables that the figures are computed from, all with the column updated_at.
_TABLES = (
    "shops",
    "orders",
    "order_transactions",
    "order_refunds",
    "order_payments",
    "ledger_entries",
    "listings",
    "listing_products",
    "listing_ad_stats",
    "listing_visit_stats",
    "reviews",
    "product_offerings",
)
_ONCE_A_DAY = ("stock_snapshots", "listing_snapshots")  # written once, never changed
_WITHOUT_STAMP = ("order_refund_items", "order_shipments")


def table_version(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Return rows and newest change of each source table; one of them moves when a table does."""
    parts = [
        f"SELECT '{table}' AS name, count(*) AS rows, "
        f"coalesce((extract(epoch FROM max(updated_at)) * 1000)::int8, 0) AS newest FROM {table}"
        for table in _TABLES
    ]
    parts += [
        f"SELECT '{table}' AS name, count(*) AS rows, coalesce(max(id), 0) AS newest FROM {table}"
        for table in _WITHOUT_STAMP
    ]
    parts += [
        f"SELECT '{table}' AS name, count(*) AS rows, coalesce(sum(newest.day), 0)::int8 AS newest "
        "FROM shops s CROSS JOIN LATERAL (SELECT copy.day - date '1970-01-01' AS day "
        f"FROM {table} copy WHERE copy.shop_id = s.shop_id ORDER BY copy.day DESC LIMIT 1) newest"
        for table in _ONCE_A_DAY
    ]
    rows = snapshot.read(" UNION ALL ".join(parts)).to_pylist()
    return {row["name"]: (row["rows"], row["newest"]) for row in rows}


def file_version(folder: Path) -> str:
    """Return a text that changes whenever a file of the owner does; blank for an absent folder."""
    return " ".join(f"{name}:{digest}" for name, digest in file_fingerprints(folder).items())


def file_fingerprints(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of the owner, by its path in the folder."""
    if not folder.is_dir():
        return {}
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.casefold() in (".csv", ".xlsx")
    }
