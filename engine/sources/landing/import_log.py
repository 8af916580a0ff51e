"""The record of an import: a row of `import_files` a file, a row of `import_rejects` a reject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from engine.database.copy_image import from_arrow
from engine.database.write import Connection, copy_rows
from engine.sources.findings import Findings, Level
from engine.sources.landing.file_rows import FileRows
from engine.sources.landing.import_file import ImportFile
from engine.sources.landing.receipts import REFUSED, Receipt
from engine.sources.records import Records

_UNKNOWN_KIND = "unknown"  # of a refused file whose header fits no kind
_RECORD = (
    "shop_id",
    "kind",
    "file_name",
    "sha256",
    "bytes",
    "encoding",
    "delimiter",
    "decimal_sign",
    "first_date",
    "last_date",
    "rows_total",
    "rows_new",
    "rows_changed",
    "rows_unchanged",
    "rows_removed",
    "rows_rejected",
    "status",
    "message",
    "started_at",
)


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """An import of the same bytes that landed before."""

    import_file_id: int
    started_at: datetime


def earlier_imports(
    connection: Connection, shop_id: int, fingerprints: Sequence[str]
) -> dict[str, EarlierImport]:
    """Return the imports that landed files with these SHA-256 in the shop, by SHA-256."""
    found = connection.execute(
        "SELECT sha256, id, started_at FROM import_files "
        "WHERE shop_id = %s AND sha256 = ANY(%s) AND status <> %s",
        (shop_id, list(fingerprints), REFUSED),
    ).fetchall()
    return {sha256: EarlierImport(number, started_at) for sha256, number, started_at in found}


def record_landing(
    connection: Connection,
    shop_id: int,
    file: ImportFile,
    records: Records,
    receipt: Receipt,
    *,
    decimal_sign: str,
    span: tuple[int, int] | None,
    now: datetime,
) -> int:
    """Write the row of a file that lands and return its id; an earlier row of it is used again."""
    counts = receipt.counts
    first, last = (_utc(span[0]), _utc(span[1])) if span else (None, None)
    notes = [str(group) for group in receipt.findings.groups() if group.level is not Level.ERROR]
    values = (
        shop_id,
        receipt.kind,
        file.name,
        file.sha256,
        len(file.content),
        records.encoding,
        records.delimiter,
        decimal_sign,
        first,
        last,
        receipt.total,
        counts.new,
        counts.changed,
        counts.unchanged,
        counts.removed,
        receipt.rejected,
        receipt.status,
        "\n".join(notes) or None,
        _naive(now),
    )
    changes = ", ".join(f"{name} = excluded.{name}" for name in _RECORD)
    row = connection.execute(
        f"INSERT INTO import_files ({', '.join(_RECORD)}) "
        f"VALUES ({', '.join(['%s'] * len(_RECORD))}) "
        f"ON CONFLICT (shop_id, kind, sha256) DO UPDATE SET {changes}, finished_at = NULL "
        "RETURNING id".encode(),
        values,
    ).fetchone()
    assert row is not None, "an upsert without a condition always returns its row"
    file_id: int = row[0]
    connection.execute("DELETE FROM import_rejects WHERE import_file_id = %s", (file_id,))
    return file_id


def record_refusal(
    connection: Connection, shop_id: int, file: ImportFile, receipt: Receipt, now: datetime
) -> None:
    """Write the row of a refused file; one that landed before is left as it is."""
    connection.execute(
        "INSERT INTO import_files (shop_id, kind, file_name, sha256, bytes, status, message, "
        "started_at, finished_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) "
        "ON CONFLICT (shop_id, kind, sha256) DO UPDATE SET file_name = excluded.file_name, "
        "message = excluded.message, started_at = excluded.started_at, "
        "finished_at = excluded.finished_at WHERE import_files.status = excluded.status",
        (
            shop_id,
            receipt.kind or _UNKNOWN_KIND,
            file.name,
            file.sha256,
            len(file.content),
            REFUSED,
            receipt.message,
            _naive(now),
        ),
    )


def record_rejects(
    connection: Connection, file_id: int, rows: FileRows, findings: Findings
) -> None:
    """Write every row and cell that was not understood, in the order of the file."""
    rejects = sorted(
        (finding for finding in findings if finding.level is Level.ERROR and finding.row),
        key=lambda finding: finding.row or 0,
    )
    if not rejects:
        return
    text = pa.string()
    columns = {
        "import_file_id": pa.array([file_id] * len(rejects), pa.int64()),
        "row_number": pa.array([finding.row for finding in rejects], pa.int32()),
        "column_name": pa.array([finding.column for finding in rejects], text),
        "code": pa.array([finding.code for finding in rejects], text),
        # What stands beyond the header may be anything, a buyer's name too.
        "found": pa.array([f.value if f.column else None for f in rejects], text),
        "expected": pa.array([finding.expected for finding in rejects], text),
        "raw_row": pa.array([rows.raw_row(finding) for finding in rejects], text),
    }
    copy_rows(
        connection,
        "import_rejects",
        {name: from_arrow(values) for name, values in columns.items()},
    )


def finish(connection: Connection, file_id: int) -> None:
    """Note the time at which the last row of a file was written."""
    connection.execute(
        "UPDATE import_files SET finished_at = clock_timestamp() WHERE id = %s", (file_id,)
    )


def _utc(seconds: int) -> datetime:
    return _naive(datetime.fromtimestamp(seconds, UTC))


def _naive(instant: datetime) -> datetime:
    """Return an instant as the tables hold it: UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)
