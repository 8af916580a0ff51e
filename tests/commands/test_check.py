"""`python -m engine check`: findings of tables and files, the template, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from tests.commands.conftest import Ended

Engine = Callable[..., Ended]
SHOP = ("--time-zone", "Europe/Berlin", "--currency", "USD", "--country", "DE")
SALES = """order_id,ordered_at,sku,quantity,unit_price,currency,country
1001,2026-03-29,RING-S,2,10.00,USD,DE
1002,2026-03-29,RING-L,1,30.00,USD,Atlantis
1003,2026-03-29,RING-M,x,30.00,USD,DE
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of the owner's files."""
    made = tmp_path / "csv_inputs"
    made.mkdir()
    monkeypatch.setenv("CSV_FOLDER", str(made))
    return made


@pytest.fixture
def felt(engine: Engine, database: DatabaseUrl, tmp_path: Path) -> None:
    """A shop with three sales, one of which is not understood."""
    path = tmp_path / "sales.csv"
    path.write_text(SALES)
    assert engine("import", str(path), "--shop", "Felt", *SHOP).code == 0


def rows_of_everything(url: DatabaseUrl) -> list[tuple[object, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1"
        ).fetchall()


@pytest.mark.usefixtures("felt")
def test_findings_are_grouped_errors_first_and_by_what_is_at_stake(
    engine: Engine, folder: Path
) -> None:
    (folder / "cost.csv").write_text("SKU,MART 2026\nRING-S,1x\n")
    ended = engine("check")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("Felt: ")
    missing = lines.index("  error COST_MISSING (goods sold without a known unit cost): 2")
    assert lines[missing + 1].startswith("    Enter the cost in cost.csv")
    assert lines[missing + 2 : missing + 4] == [
        '    cost.csv: column "sku": value "RING-L" no file tells what it costs; the sales have '
        "no cost (30.00 USD at stake)",
        '    cost.csv: column "sku": value "RING-S" no file tells what it costs; the sales have '
        "no cost (20.00 USD at stake)",
    ]
    assert any("sales.csv: row 4" in line for line in lines)
    assert any('value "Atlantis" is no known country' in line for line in lines)
    levels = [line.split()[0] for line in lines[1:] if not line.startswith("   ")]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)


@pytest.mark.usefixtures("felt", "folder")
def test_nothing_is_written(engine: Engine, database: DatabaseUrl, folder: Path) -> None:
    before = rows_of_everything(database)
    assert engine("check").code == 0
    assert rows_of_everything(database) == before
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("felt", "folder")
def test_strict_ends_with_5_where_there_is_something_to_mend(engine: Engine) -> None:
    ended = engine("check", "--strict")
    assert ended.code == 5
    assert "error(s) and warning(s) were found, and --strict was given." in ended.err


@pytest.mark.usefixtures("felt")
def test_a_refused_file_ends_with_5_and_is_named(engine: Engine, folder: Path) -> None:
    (folder / "cost.csv").write_text("what,is,this\n1,2,3\n")
    ended = engine("check")
    assert ended.code == 5
    assert "cost.csv: " in ended.err
    assert "HEADER_NOT_FOUND" in ended.err


@pytest.mark.usefixtures("felt", "folder")
def test_the_template_is_written_and_read_back(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    template = tmp_path / "new.csv"
    ended = engine("check", "--template", str(template))
    assert ended.code == 0
    assert ended.out.endswith("save it as sku_map.csv in csv_inputs/.\n")
    rows = template.read_text("utf-8-sig").splitlines()
    assert rows[1:] == [
        "RING-L,,,,,,USD,no suggestion",
        "RING-S,,,,,,USD,no suggestion",
    ]
    filled = template.read_text("utf-8-sig").replace("RING-S,,,,,,", "RING-S,,,,,2.50,")
    (folder / "sku_map.csv").write_text(filled)
    assert "COST_MISSING (goods sold without a known unit cost): 1" in engine("check").out


@pytest.mark.usefixtures("felt", "folder")
def test_a_template_needs_one_shop_and_a_place(engine: Engine, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "new.csv"
    ended = engine("check", "--template", str(nowhere))
    assert ended.code == 4
    assert f"The template can't be written to {nowhere}" in ended.err
    (tmp_path / "sales.csv").write_text(SALES.replace("100", "200"))
    engine("import", str(tmp_path / "sales.csv"), "--shop", "Wool", *SHOP)
    ended = engine("check", "--template", str(tmp_path / "new.csv"))
    assert ended.code == 2
    assert "--template is for one shop, and there are 2." in ended.err
    both = engine("check").out
    assert "Felt: " in both
    assert "Wool: " in both
    assert "Felt: " not in engine("check", "--shop", "Wool").out


@pytest.mark.usefixtures("database", "folder")
def test_an_unknown_shop_ends_with_2(engine: Engine) -> None:
    assert engine("check", "--shop", "Nobody").code == 2


@pytest.mark.usefixtures("database")
def test_without_a_shop_the_files_are_checked_all_the_same(engine: Engine, folder: Path) -> None:
    (folder / "cost.csv").write_text("SKU,MART 2026\nRING-S,1x\n")
    ended = engine("check")
    assert ended.code == 0
    assert ended.out.startswith("No shop yet; csv_inputs: ")
    assert 'cost.csv: row 2, column "MART 2026": value "1x" is not a number' in ended.out
    assert engine("check", "--strict").code == 5
