"""A desk to import at, and a way to read a file without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.database.url import DatabaseUrl
from engine.local_time import local_clock
from engine.sources.findings import Findings
from engine.sources.landing.file_rows import FileRows
from engine.sources.landing.import_file import open_file, read_records
from engine.sources.landing.kinds import BUYER_COLUMNS, SALES
from engine.sources.landing.refunds import Refunds, read_refunds
from engine.sources.landing.sales import Sales, read_sales
from tests.sources.landing.desk import FELT, Desk


@pytest.fixture
def desk(database_url: DatabaseUrl, tmp_path: Path) -> Desk:
    return Desk(database_url, tmp_path)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Sales | Refunds]:
    """Read and check a file without a database."""

    def read_text(text: str) -> Sales | Refunds:
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        findings = Findings()
        records = read_records(open_file(path), findings)
        rows = FileRows(records, findings, BUYER_COLUMNS)
        clock = local_clock(FELT.time_zone)
        reader = read_sales if records.layout is SALES else read_refunds
        return reader(rows, FELT, clock)

    return read_text
