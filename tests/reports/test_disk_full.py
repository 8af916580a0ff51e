"""A disk that fills up while the last table of a run is written leaves nothing of the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from tests.reports.conftest import Reports
from tests.reports.small_shop import rows
from tests.reports.test_runs import stored

ROOM = 256 * 1024  # bytes


@pytest.fixture
def small_disk(shop: DatabaseUrl) -> Iterator[Path]:
    """A file system with hardly any room, on which the last of the report tables lies."""
    socket_folder = Path(shop.host)
    if not socket_folder.is_absolute():
        pytest.skip("the server may be on another machine, so its disk can't be made small")
    folder = Path(tempfile.mkdtemp(prefix="engine-small-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("a small file system needs the right to mount one")
    owner = socket_folder.stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    name = folder.name.replace("-", "_")
    try:
        with psycopg.connect(shop.libpq(), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'".encode())
            connection.execute(f"ALTER TABLE product_reports SET TABLESPACE {name}".encode())
            yield folder
            connection.execute(b"ALTER TABLE product_reports SET TABLESPACE pg_default")
            connection.execute(b"CHECKPOINT")
            connection.execute(f"DROP TABLESPACE {name}".encode())
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder)


def test_a_full_disk_leaves_the_old_tables_and_the_next_run_with_room_works(
    shop: DatabaseUrl, reports: Reports, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free))
    ended = reports("--json")
    assert ended.code == 4
    error = ended.shop["error"]
    assert "The disk of the database" in error["message"]
    assert "is full" in error["message"]
    assert "Make room" in error["hint"]
    assert not any(stored(shop).values())
    assert rows(shop, "SELECT status::text, exit_code FROM report_runs") == [("FAILED", 4)]
    ballast.unlink()
    again = reports("--json").shop
    assert (again["exit_code"], again["rows_inserted"]) == (
        0,
        sum(len(table) for table in stored(shop).values()),
    )
