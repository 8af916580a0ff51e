"""Imports files: each is read, checked, compared with the tables and written in one transaction.

A file lands with its rejects and its record, or not at all; a refused file does not keep the others
from landing. The same bytes land once. Nothing is written in a dry run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from engine.database.url import DatabaseUrl
from engine.database.write import Connection, write_transaction
from engine.errors import InputFileError, LockedError
from engine.local_time import local_clock
from engine.sources.findings import Findings
from engine.sources.landing.file_rows import FileRows
from engine.sources.landing.import_file import ImportFile, find_files, open_file, read_records
from engine.sources.landing.import_log import (
    earlier_imports,
    finish,
    record_landing,
    record_refusal,
    record_rejects,
)
from engine.sources.landing.kinds import BUYER_COLUMNS, READING_ORDER, SALES
from engine.sources.landing.receipts import (
    ALREADY_IMPORTED,
    NOT_LANDED,
    REFUSED,
    Receipt,
    status_of,
)
from engine.sources.landing.refunds import read_refunds
from engine.sources.landing.refunds_landing import RefundsPlan, plan_refunds, write_refunds
from engine.sources.landing.sales import read_sales
from engine.sources.landing.sales_landing import SalesPlan, plan_sales, write_sales
from engine.sources.landing.shops import (
    ImportShop,
    ShopWish,
    choose_shop,
    insert_shop,
    read_shops,
)
from engine.sources.records import Records
from engine.sources.snapshots import copy_today

_PROGRAM = "engine import"
_LOCK_NUMBER = 72707370
_MANY_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class ImportCall:
    """What one call of the import is asked to do.

    `asked`: the shop by the options; `defaults`: by the settings. `new_salt`: a random text for a
    shop that has to be made. `now`: an instant with a zone. `strict`: a file with any reject or
    warning does not land. `replace`: files that landed before are read again.
    """

    asked: ShopWish
    defaults: ShopWish
    new_salt: str
    now: datetime
    dry_run: bool = False
    strict: bool = False
    replace: bool = False


@dataclass(slots=True, eq=False)
class _Reading:
    """A file with its rows, or with the reason why it is refused."""

    file: ImportFile
    findings: Findings = field(default_factory=Findings)
    records: Records | None = None
    refusal: str = ""


def import_files(url: DatabaseUrl, paths: Sequence[Path], call: ImportCall) -> Iterator[Receipt]:
    """Import files, and yield the receipt of each as soon as it has landed.

    Sales land before refunds, whatever the order of the paths. Raises SourceError for a path where
    nothing is, UsageError if it is not clear which shop is meant, LockedError while another import
    is at work.
    """
    files = [open_file(path) for path in find_files(paths)]
    with write_transaction(url, application_name=_PROGRAM) as connection:
        shop = choose_shop(read_shops(connection), call.asked, call.defaults, call.new_salt)
        fingerprints = [file.sha256 for file in files]
        earlier = earlier_imports(connection, shop.shop_id, fingerprints)
    if call.replace:
        earlier = {}
    first_with: dict[str, ImportFile] = {}
    for file in files:
        if file.sha256 in earlier:
            import_ = earlier[file.sha256]
            when = f"{import_.started_at:%Y-%m-%d %H:%M} UTC (import {import_.import_file_id})"
            yield _already_imported(
                file, f"was imported on {when}", "nothing is done; --replace reads it again"
            )
        elif file.sha256 in first_with:
            other = first_with[file.sha256].name
            yield _already_imported(file, f"has the same content as {other}", "nothing is done")
        else:
            first_with[file.sha256] = file
    readings = sorted(map(_read, first_with.values()), key=_reading_order)
    coming_orders: set[int] = set()
    for reading in readings:
        yield _land(url, reading, call, coming_orders)


def _already_imported(file: ImportFile, what: str, action: str) -> Receipt:
    findings = Findings()
    findings.add("ALREADY_IMPORTED", file=file.name, what=what, action=action)
    message = f"{what}; {action} (ALREADY_IMPORTED)"
    return Receipt(file.name, ALREADY_IMPORTED, findings=findings, message=message)


def _read(file: ImportFile) -> _Reading:
    reading = _Reading(file)
    try:
        reading.records = read_records(file, reading.findings)
    except InputFileError as error:
        reading.refusal = str(error)
    return reading


def _reading_order(reading: _Reading) -> tuple[int, str]:
    place = READING_ORDER[reading.records.layout.kind] if reading.records else -1
    return place, reading.file.name


def _land(
    url: DatabaseUrl, reading: _Reading, call: ImportCall, coming_orders: set[int]
) -> Receipt:
    """Land one file in one transaction; what refuses it is recorded in one of its own."""
    if reading.records is not None:
        try:
            with _transaction(url, call) as (connection, shop):
                return _land_rows(connection, shop, reading, reading.records, call, coming_orders)
        except InputFileError as error:
            reading.refusal = str(error)
    kind = reading.records.layout.kind if reading.records else ""
    receipt = Receipt(reading.file.name, REFUSED, kind, message=reading.refusal)
    if not call.dry_run:
        with _transaction(url, call) as (connection, shop):
            if not shop.is_new:
                record_refusal(connection, shop.shop_id, reading.file, receipt, call.now)
    return receipt


@contextmanager
def _transaction(url: DatabaseUrl, call: ImportCall) -> Iterator[tuple[Connection, ImportShop]]:
    """Open the transaction of one file, alone among imports, and find its shop."""
    with write_transaction(url, application_name=_PROGRAM) as connection:
        if not call.dry_run:
            row = connection.execute(
                "SELECT pg_try_advisory_xact_lock(%s)", (_LOCK_NUMBER,)
            ).fetchone()
            if row != (True,):
                raise LockedError(
                    "Another import into this database is at work.",
                    hint="Wait until it has ended, then import again.",
                )
        shops = read_shops(connection)
        yield connection, choose_shop(shops, call.asked, call.defaults, call.new_salt)


def _land_rows(
    connection: Connection,
    shop: ImportShop,
    reading: _Reading,
    records: Records,
    call: ImportCall,
    coming_orders: set[int],
) -> Receipt:
    rows = FileRows(records, reading.findings, BUYER_COLUMNS)
    clock = local_clock(shop.time_zone)
    plan: SalesPlan | RefundsPlan
    if records.layout is SALES:
        sales = read_sales(rows, shop, clock)
        plan, style = plan_sales(connection, sales, shop), sales.style
        if call.dry_run:
            coming_orders.update(plan.order_ids.tolist())
    else:
        refunds = read_refunds(rows, shop, clock)
        plan, style = plan_refunds(connection, refunds, shop, coming_orders), refunds.style
    receipt = Receipt(
        reading.file.name,
        status_of(reading.findings),
        records.layout.kind,
        rows.total,
        rows.rejected_count,
        plan.counts,
        reading.findings,
    )
    if call.strict and receipt.has_problems:
        return replace(receipt, status=NOT_LANDED)
    if call.dry_run:
        return receipt
    if shop.is_new:
        insert_shop(connection, shop)
    file_id = record_landing(
        connection,
        shop.shop_id,
        reading.file,
        records,
        receipt,
        decimal_sign=style.decimal_sign,
        span=plan.span,
        now=call.now,
    )
    record_rejects(connection, file_id, rows, reading.findings)
    _write(connection, plan, file_id)
    finish(connection, file_id)
    copy_today(connection, shop.shop_id, call.now)
    return receipt


def _write(connection: Connection, plan: SalesPlan | RefundsPlan, file_id: int) -> None:
    if isinstance(plan, SalesPlan):
        write_sales(connection, plan, file_id)
        tables = "listings, orders, order_transactions"
    else:
        write_refunds(connection, plan, file_id)
        tables = "order_refunds, order_refund_items"
    if plan.counts.new > _MANY_ROWS:
        # The planner must not go on thinking that the tables are empty.
        connection.execute(f"ANALYZE {tables}".encode())
