"""A desk at which tests import files: one database, a folder, the shop Felt in Berlin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from engine.database.url import DatabaseUrl
from engine.sources.landing.land import ImportCall, import_files
from engine.sources.landing.receipts import Receipt
from engine.sources.landing.shops import ImportShop, ShopWish

NOW = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
FELT = ImportShop(1, "Felt", "Europe/Berlin", "USD", "DE", "salt")
CALL = ImportCall(ShopWish("Felt", "Europe/Berlin", "USD", "DE"), ShopWish(), "salt", NOW)


@dataclass(frozen=True)
class Desk:
    """Imports files into one database and looks at what is there."""

    url: DatabaseUrl
    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def land(self, name: str, text: str, **options: Any) -> Receipt:
        """Import one file of this text."""
        (receipt,) = self.land_paths(self.write(name, text), **options)
        return receipt

    def land_paths(self, *paths: Path, **options: Any) -> list[Receipt]:
        return list(import_files(self.url, paths, replace(CALL, **options)))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url.libpq()) as connection:
            return connection.execute(sql.encode()).fetchall()

    def row(self, sql: str) -> dict[str, Any]:
        with psycopg.connect(self.url.libpq(), row_factory=dict_row) as connection:
            (row,) = connection.execute(sql.encode()).fetchall()
            return row

    def run(self, sql: str) -> None:
        with psycopg.connect(self.url.libpq()) as connection:
            connection.execute(sql.encode())
