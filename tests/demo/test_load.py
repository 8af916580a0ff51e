"""Loading a demo into a database: whole or not at all, and never beside somebody's shop."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from engine.commands.demo import demo as command
from engine.database.url import DatabaseUrl
from engine.demo.load import FACT_TABLES, Target, load, look_at
from engine.demo.rows import fact_tables
from engine.demo.shop import Demo, generate
from engine.demo.sizes import make_plan
from engine.errors import UsageError

_INDEXES = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
    "SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint "
    "ORDER BY 1"
)
_SHOP = (
    "INSERT INTO shops (shop_id, name, time_zone, currency, buyer_salt)"
    " VALUES (7, 'Somebody', 'Europe/Paris', 'EUR', 'x')"
)
_ORDER = (
    "INSERT INTO orders (order_id, created_timestamp, total_price, total_price_currency_code,"
    " item_count, is_paid, is_shipped) VALUES (1, 1700000000, 100, 'USD', 1, true, true)"
)


def ask(url: DatabaseUrl, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(query).fetchall()


def run(url: DatabaseUrl, *statements: str) -> None:
    with psycopg.connect(url.libpq()) as connection:
        for statement in statements:
            connection.execute(statement)


def counts(url: DatabaseUrl) -> dict[str, int]:
    union = " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in FACT_TABLES)
    return {str(name): int(str(count)) for name, count in ask(url, union)}


def expected_counts(demo: Demo) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(FACT_TABLES, 0)
    for shop in demo.shops:
        for table in fact_tables(shop):
            found[table.name] += len(table)
    return found


@pytest.fixture
def command_line(
    database_url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", database_url.prisma())
    monkeypatch.setenv("CSV_FOLDER", str(tmp_path / "csv"))
    return CliRunner()


def test_every_row_arrives(database_url: DatabaseUrl, small_demo: Demo) -> None:
    loaded = load(database_url, small_demo)
    assert counts(database_url) == expected_counts(small_demo)
    assert loaded["orders"] == 800
    shops = ask(database_url, "SELECT shop_id, is_demo, synced_at FROM shops ORDER BY 1")
    assert shops == [
        (1, True, datetime.datetime(2026, 10, 31, 21)),
        (2, True, datetime.datetime(2026, 11, 1, 4)),
    ]


def test_values_arrive_as_they_were_made(database_url: DatabaseUrl, small_demo: Demo) -> None:
    load(database_url, small_demo)
    shop = small_demo.shops[0]
    order = shop.roles["country_namibia"]
    query = (
        "SELECT country, grand_total, created_datetime, buyer_user_id FROM orders WHERE order_id"
    )
    (row,) = ask(database_url, f"{query} = {shop.order_id[order]}")
    moment = datetime.datetime.fromtimestamp(int(shop.seconds[order]), datetime.UTC)
    buyer = None if shop.buyers.is_guest[order] else shop.buyers.buyer_id[order]
    assert row == ("NA", shop.amounts.paid[order], moment.replace(tzinfo=None), buyer)
    (code,) = ask(database_url, "SELECT tracking_code FROM order_shipments LIMIT 1")[0]
    assert re.fullmatch(r"TF\d{12}", str(code))


def test_numbering_goes_on_after_the_loaded_rows(
    database_url: DatabaseUrl, small_demo: Demo
) -> None:
    load(database_url, small_demo)
    run(database_url, "INSERT INTO order_refunds (amount, currency_code) VALUES (1, 'USD')")
    largest, second = ask(database_url, "SELECT id FROM order_refunds ORDER BY id DESC LIMIT 2")
    assert int(str(largest[0])) == int(str(second[0])) + 1


def test_a_second_demo_replaces_the_first(database_url: DatabaseUrl, small_demo: Demo) -> None:
    load(database_url, small_demo)
    run(
        database_url,
        "INSERT INTO import_files (shop_id, kind, file_name, sha256, bytes, status, started_at)"
        " VALUES (2, 'sales', 'a.csv', 'x', 1, 'landed', now())",
    )
    other = generate(make_plan(orders=300, seed=2))
    load(database_url, other)
    assert counts(database_url) == expected_counts(other)
    assert ask(database_url, "SELECT shop_id FROM shops") == [(1,)]
    assert ask(database_url, "SELECT count(*) FROM import_files") == [(0,)]


def test_a_large_load_puts_back_every_index_and_constraint(
    database_url: DatabaseUrl, small_demo: Demo
) -> None:
    before = ask(database_url, _INDEXES)
    load(database_url, small_demo, bulk=True)
    assert ask(database_url, _INDEXES) == before
    assert counts(database_url) == expected_counts(small_demo)


@pytest.mark.parametrize("statements", [(_SHOP,), (_ORDER,)], ids=["a shop", "orders of no shop"])
def test_a_database_of_somebody_is_refused(
    database_url: DatabaseUrl, small_demo: Demo, statements: tuple[str, ...]
) -> None:
    run(database_url, *statements)
    assert look_at(database_url) is Target.FOREIGN
    with pytest.raises(
        UsageError, match=r"holds another shop than the demo's; nothing was written"
    ):
        load(database_url, small_demo)
    assert ask(database_url, "SELECT count(*) FROM order_transactions") == [(0,)]


def test_a_load_that_fails_leaves_the_earlier_demo(
    database_url: DatabaseUrl, small_demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(database_url, small_demo)

    def fail(text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.demo.load._ROWS_AT_ONCE", 100)
    with pytest.raises(KeyboardInterrupt):
        load(database_url, generate(make_plan(orders=300, seed=2)), say=fail)
    assert counts(database_url) == expected_counts(small_demo)


def test_the_command_loads_and_writes_and_sums_up(
    command_line: CliRunner, database_url: DatabaseUrl, tmp_path: Path
) -> None:
    truth = tmp_path / "truth.json"
    result = command_line.invoke(command, ["--orders", "300", "--truth", str(truth)])
    assert result.exit_code == 0, result.output
    assert "Tuftmoor Felt: 300 orders from 2023-11-01 to 2026-10-31" in result.output
    assert "14 files written" in result.output
    assert json.loads(truth.read_text())["seed"] == 1
    assert (tmp_path / "csv" / "cost.csv").is_file()
    assert ask(database_url, "SELECT count(*) FROM orders") == [(300,)]


def test_if_empty_does_nothing_where_orders_exist(
    command_line: CliRunner, database_url: DatabaseUrl, tmp_path: Path
) -> None:
    run(database_url, _SHOP, _ORDER)
    result = command_line.invoke(command, ["--if-empty", "--orders", "300"])
    assert result.exit_code == 0, result.output
    assert ask(database_url, "SELECT count(*) FROM orders") == [(1,)]
    assert not (tmp_path / "csv").exists()


def test_if_empty_fills_an_empty_database(
    command_line: CliRunner, database_url: DatabaseUrl
) -> None:
    assert command_line.invoke(command, ["--if-empty", "--orders", "300"]).exit_code == 0
    assert look_at(database_url) is Target.DEMO


def test_the_command_refuses_before_it_writes_a_file(
    command_line: CliRunner, database_url: DatabaseUrl, tmp_path: Path
) -> None:
    run(database_url, _SHOP)
    result = command_line.invoke(command, ["--orders", "300"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2
    assert not (tmp_path / "csv").exists()


def test_files_that_are_somebodys_are_named(
    command_line: CliRunner, database_url: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "cost.csv").write_text("mine")
    result = command_line.invoke(command, ["--orders", "300"])
    assert "left alone, not the demo's: cost.csv" in result.output
