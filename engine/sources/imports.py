"""What was not understood when files were imported: one row = one reject, or one refused file.

Read from `import_files` and `import_rejects`, as they stand in the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.database.arrow import Snapshot

MOST_REJECTS = 5_000  # of the newest files; the others are counted


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
class Imports:
    """The rejects of a shop, of the newest file first; `left_out`: how many are not among them."""

    rejects: tuple[Reject, ...] = ()
    left_out: int = 0


NO_IMPORTS = Imports()


def read_imports(snapshot: Snapshot, shop_id: int) -> Imports:
    """Read what the imports of a shop left out."""
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
    return Imports(tuple(rejects), of_all - len(rejected))
