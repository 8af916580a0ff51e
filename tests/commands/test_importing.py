from collections.abc import Callable
from pathlib import Path

import pytest

from engine.database.url import DatabaseUrl
from tests.commands.conftest import Ended

Engine = Callable[..., Ended]
SHOP = ("--shop", "Felt", "--time-zone", "Europe/Berlin", "--currency", "USD", "--country", "DE")
SALES = """order_id,ordered_at,sku,quantity,unit_price,currency
1001,2026-03-29,RING-S,2,10.00,USD
"""

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def sales(tmp_path: Path) -> str:
    path = tmp_path / "sales.csv"
    path.write_text(SALES)
    return str(path)


def test_an_import_prints_its_counts_to_stdout_and_ends_with_0(engine: Engine, sales: str) -> None:
    ended = engine("import", sales, *SHOP)
    assert (ended.code, ended.out) == (
        0,
        "sales.csv: sales, 1 rows read = 1 new + 0 changed + 0 unchanged + 0 rejected; landed\n",
    )


def test_an_import_of_the_same_file_ends_with_0(engine: Engine, sales: str) -> None:
    engine("import", sales, *SHOP)
    ended = engine("import", sales)
    assert ended.code == 0
    assert "(ALREADY_IMPORTED)" in ended.out


def test_a_dry_run_says_so(engine: Engine, sales: str) -> None:
    ended = engine("import", sales, "--dry-run", *SHOP)
    assert (ended.code, ended.out.endswith("; nothing written (dry run)\n")) == (0, True)


def test_without_a_shop_the_import_ends_with_2(engine: Engine, sales: str) -> None:
    ended = engine("import", sales)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith(
        "error: There is no shop yet, and --shop, --time-zone, --currency is missing.\n"
        '       For example: --shop "My shop" --time-zone Europe/Istanbul --currency USD\n'
    )


def test_a_missing_file_ends_with_4(engine: Engine, tmp_path: Path) -> None:
    ended = engine("import", str(tmp_path / "none.csv"), *SHOP)
    assert ended.code == 4
    assert ended.err.endswith(
        f"error: There is no file {tmp_path / 'none.csv'}.\n       Check the path.\n"
    )


def test_a_refused_file_ends_with_5(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name\nRing\n")
    ended = engine("import", str(path), *SHOP)
    assert ended.code == 5
    assert "(HEADER_NOT_FOUND)" in ended.out
    assert ended.err.endswith(
        "error: Refused: a.csv.\n       The reason stands above; nothing of it landed.\n"
    )


def test_a_reject_ends_with_0_and_with_5_if_strict(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(SALES + "1002,2026-03-29,RING-S,many,10.00,USD\n")
    strict = engine("import", str(path), "--strict", *SHOP)
    assert strict.code == 5
    assert strict.err.endswith(
        "error: Not landed because of --strict: a.csv.\n"
        "       Mend what stands above, or import without --strict.\n"
    )
    assert engine("import", str(path), *SHOP).code == 0


def test_a_shop_with_three_decimals_ends_with_3(engine: Engine, sales: str) -> None:
    ended = engine(
        "import", sales, "--shop", "A", "--time-zone", "Asia/Kuwait", "--currency", "KWD"
    )
    assert ended.code == 3
    assert "A shop can't be kept in KWD" in ended.err


def test_the_shop_can_come_from_the_settings(
    engine: Engine, sales: str, monkeypatch: pytest.MonkeyPatch, database: DatabaseUrl
) -> None:
    for name, value in zip(("SHOP", "TIME_ZONE", "CURRENCY"), SHOP[1::2], strict=False):
        monkeypatch.setenv(name, value)
    assert engine("import", sales).code == 0
