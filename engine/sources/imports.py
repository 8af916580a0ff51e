"""What was imported and what was not understood: one row = one file, or one reject of one.

Read from `import_files` and `import_rejects`, as they stand in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.database.arrow import Snapshot

MOST_REJECTS = 5_000  # of the newest files; the others are counted
MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Reject:
    """A row or cell that was not used; for a refused file `code` is blank and `expected` why."""

    file: str
    code: str
    row: int | None
    column: str | None
    found: str | None
    expected: str


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One import of one file; times are UTC. first, last: of its rows, None where it has none."""

    file: str
    kind: str
    status: str
    started_at: datetime
    first: datetime | None
    last: datetime | None
    rows: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    message: str | None


@dataclass(frozen=True, slots=True)
class Imports:
    """The rejects of a shop, of the newest file first; `left_out`: how many are not among them.

    files: the newest first.
    """

    rejects: tuple[Reject, ...] = ()
    left_out: int = 0
    files: tuple[ImportedFile, ...] = ()


NO_IMPORTS = Imports()


def read_imports(snapshot: Snapshot, shop_id: int) -> Imports:
    """Read the imports of a shop, and what they left out."""
    refused = snapshot.read(
        "SELECT file_name, message FROM import_files "
        "WHERE shop_id = $1 AND status = 'refused' ORDER BY started_at DESC, id",
        (shop_id,),
    ).to_pylist()
    rejected = snapshot.read(
        "SELECT f.file_name, r.code, r.row_number, r.column_name, r.found, r.expected, "
        "count(*) OVER () AS of_all "
        "FROM import_rejects r JOIN import_files f ON f.id = r.import_file_id "
        "WHERE f.shop_id = $1 ORDER BY f.started_at DESC, f.id, r.row_number, r.id "
        f"LIMIT {MOST_REJECTS}",
        (shop_id,),
    ).to_pylist()
    rejects = [
        Reject(row["file_name"], "", None, None, None, row["message"] or "") for row in refused
    ]
    rejects += [
        Reject(
            row["file_name"],
            row["code"],
            row["row_number"],
            row["column_name"],
            row["found"],
            row["expected"],
        )
        for row in rejected
    ]
    of_all = rejected[0]["of_all"] if rejected else 0
    return Imports(tuple(rejects), of_all - len(rejected), _files(snapshot, shop_id))


def _files(snapshot: Snapshot, shop_id: int) -> tuple[ImportedFile, ...]:
    rows = snapshot.read(
        "SELECT file_name AS file, kind, status, started_at, first_date AS first, "
        "last_date AS last, rows_total AS rows, rows_new AS new, rows_changed AS changed, "
        "rows_unchanged AS unchanged, rows_removed AS removed, rows_rejected AS rejected, message "
        "FROM import_files WHERE shop_id = $1 ORDER BY started_at DESC, id DESC "
        f"LIMIT {MOST_FILES}",
        (shop_id,),
    ).to_pylist()
    # The columns are of UTC, which they do not say.
    return tuple(
        ImportedFile(**row | {"started_at": row["started_at"].replace(tzinfo=UTC)}) for row in rows
    )
