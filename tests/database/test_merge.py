from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
import pytest

from engine.database.arrow import open_snapshot
from engine.database.blocks import (
    NULL_INT64,
    Field,
    Kind,
    ReportTable,
    Words,
    compare,
    row_digests,
    take,
)
from engine.database.merge import MergeCounts, merge, read_stored
from engine.database.url import DatabaseUrl
from engine.database.write import write_transaction
from engine.errors import ContractError

FIRST_NIGHT, SECOND_NIGHT = datetime(2026, 4, 5, 1, tzinfo=UTC), datetime(2026, 4, 6, 1, tzinfo=UTC)
LARGEST = 10**18 - 1

TABLE = ReportTable(
    "product_reports",
    key=("shop_id", "period_type", "period_start", "sku"),
    fields=(
        Field("shop_id", Kind.INTEGER),
        Field("sku", Kind.TEXT),
        Field("period_type", Kind.TEXT),
        Field("period_start", Kind.DATE),
        Field("period_end", Kind.DATE),
        Field("period_days", Kind.INTEGER),
        Field("elapsed_days", Kind.INTEGER),
        Field("is_complete", Kind.BOOLEAN),
        Field("currency", Kind.TEXT),
        Field("net_sales", Kind.MONEY),
        Field("units_sold", Kind.INTEGER),
        Field("markup", Kind.DOUBLE),
        Field("hours_between_orders", Kind.HUNDREDTHS),
        Field("primary_payment_method", Kind.TEXT),
    ),
    digits=2,
)
VALUES = [field.name for field in TABLE.fields[9:]]


@pytest.fixture
def reports_url(database_url: DatabaseUrl) -> DatabaseUrl:
    """A database with shop 1 and the runs 1 and 2."""
    with psycopg.connect(database_url.libpq()) as connection:
        connection.execute(
            "INSERT INTO shops (shop_id, name, time_zone, currency, buyer_salt) "
            "VALUES (1, 'Felt & Co', 'Europe/Istanbul', 'USD', 'salt')"
        )
        connection.execute(
            "INSERT INTO report_runs (call_id, shop_id, status, stage, started_at, command, host, "
            "process_id, code_version, registry_version, settings_hash, settings) "
            "SELECT gen_random_uuid(), 1, 'RUNNING', 'write', now(), '', '', 1, '', 1, '', '{}' "
            "FROM generate_series(1, 2)"
        )
    return database_url


def rows(skus: list[str], **values: list[Any]) -> dict[str, Any]:
    """One day of some SKUs; values that are not given are all unknown."""
    count = len(skus)
    day = np.full(count, "2026-04-01", "datetime64[D]")
    same = np.zeros(count, np.int32)
    unknown = np.full(count, NULL_INT64)
    methods = values.get("primary_payment_method", [None] * count)
    words = sorted({method for method in methods if method is not None})
    codes = [-1 if method is None else words.index(method) for method in methods]
    return {
        "shop_id": np.ones(count, np.int64),
        "sku": Words(np.arange(count, dtype=np.int32), skus),
        "period_type": Words(same, ["DAILY"]),
        "period_start": day,
        "period_end": day,
        "period_days": np.ones(count, np.int64),
        "elapsed_days": np.ones(count, np.int64),
        "is_complete": np.ones(count, bool),
        "currency": Words(same, ["USD"]),
        "net_sales": np.array(values.get("net_sales", unknown)),
        "units_sold": np.array(values.get("units_sold", unknown)),
        "markup": np.array(values.get("markup", [np.nan] * count)),
        "hours_between_orders": np.array(values.get("hours_between_orders", [np.nan] * count)),
        "primary_payment_method": Words(np.array(codes, np.int32), words),
    }


def write(
    url: DatabaseUrl,
    block: dict[str, Any],
    *,
    run_id: int = 1,
    table: ReportTable = TABLE,
    **kw: Any,
) -> MergeCounts:
    night = FIRST_NIGHT if run_id == 1 else SECOND_NIGHT
    digests = kw.pop("digests", row_digests(table, block))
    with write_transaction(url, application_name="test") as connection:
        return merge(connection, table, [(block, digests)], run_id=run_id, computed_at=night, **kw)


def stored(url: DatabaseUrl, columns: str, *, binary: bool = False) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        sql = f'SELECT {columns} FROM product_reports ORDER BY sku COLLATE "C"'
        return connection.execute(sql.encode(), binary=binary).fetchall()


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("way", ["straight", "merged", "compared first"])
def test_values_at_their_limits_come_back_exactly(
    reports_url: DatabaseUrl, binary: bool, way: str
) -> None:
    if way != "straight":  # a shop that has a row already is merged
        write(reports_url, rows(["SKU"]))
    random = np.random.default_rng(3)
    count = 5_000
    choices: dict[str, list[Any]] = {
        "net_sales": [0, 1, -1, 99, -100, LARGEST, -LARGEST, 2**53 + 1, NULL_INT64],
        "units_sold": [0, 1, -(2**31), 2**31 - 1, NULL_INT64],
        "markup": [0.0, 0.1, -1e-308, 1.7976931348623157e308, 0.333333, np.nan],
        "hours_between_orders": [0.0, 0.01, 0.29, 1.1, -5.55, 99_999_999.99, np.nan],
        "primary_payment_method": ["card", "", "İyzico 😀", None],
    }
    picked = {
        name: [options[place] for place in random.integers(0, len(options), count)]
        for name, options in choices.items()
    }
    skus = [f"SKU-{number:05d}" for number in range(count)]
    compare_first = way == "compared first"
    written = write(reports_url, rows(skus, **picked), compare_first=compare_first)
    assert written == MergeCounts(count, 0, 0)
    found = stored(reports_url, ", ".join(["sku", *VALUES]), binary=binary)[-count:]
    expected = zip(skus, *(map(_as_stored(name), picked[name]) for name in VALUES), strict=True)
    assert found == list(expected)


def _as_stored(name: str) -> Any:
    def known(value: Any) -> Any:
        if value is None or value == NULL_INT64 or value != value:
            return None
        if name == "net_sales":
            return Decimal(value).scaleb(-2)
        return Decimal(f"{value:.2f}") if name == "hours_between_orders" else value

    return known


def test_the_key_and_the_version_are_written_with_their_types(reports_url: DatabaseUrl) -> None:
    block = rows(["A"])
    (digest,) = row_digests(TABLE, block).tolist()
    write(reports_url, block)
    assert stored(
        reports_url,
        "shop_id, period_type::text, period_start::text, period_end::text, is_complete, currency, "
        "run_id, computed_at, row_hash",
    ) == [(1, "DAILY", "2026-04-01", "2026-04-01", True, "USD", 1, FIRST_NIGHT, digest)]


def test_a_first_load_and_a_merge_leave_the_same_rows(reports_url: DatabaseUrl) -> None:
    block = rows(
        ["A", "Ü", "C" * 40],
        net_sales=[LARGEST, NULL_INT64, -1],
        units_sold=[NULL_INT64, 0, 2**31 - 1],
        markup=[0.1, np.nan, -0.5],
        hours_between_orders=[np.nan, 0.29, 99_999_999.99],
        primary_payment_method=[None, "card", ""],
    )
    left = []
    for merged in (False, True):
        with psycopg.connect(reports_url.libpq()) as connection:
            connection.execute("TRUNCATE product_reports")
        if merged:
            write(reports_url, rows(["other"]))
        assert write(reports_url, block).inserted == 3
        with psycopg.connect(reports_url.libpq()) as connection:
            statement = (
                "SELECT live::text FROM product_reports live WHERE sku <> 'other' ORDER BY 1"
            )
            left.append(sorted(connection.execute(statement).fetchall()))
    assert left[0] == left[1]
    assert len(left[0]) == 3


def test_a_first_load_refuses_two_rows_of_one_key(reports_url: DatabaseUrl) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation, match="product_reports_pkey"):
        write(reports_url, rows(["A", "A"]))
    assert stored(reports_url, "sku") == []


@pytest.mark.parametrize("compare_first", [True, False])
def test_a_row_is_rewritten_only_if_a_value_differs(
    reports_url: DatabaseUrl, compare_first: bool
) -> None:
    write(reports_url, rows(["A", "B"], net_sales=[100, 200], units_sold=[1, NULL_INT64]))
    second = rows(["A", "B", "C"], net_sales=[100, 201, 5], units_sold=[1, NULL_INT64, 1])
    written = write(reports_url, second, run_id=2, compare_first=compare_first)
    assert written == MergeCounts(inserted=1, updated=1, unchanged=1)
    assert stored(reports_url, "sku, net_sales, run_id, computed_at") == [
        ("A", Decimal("1.00"), 1, FIRST_NIGHT),
        ("B", Decimal("2.01"), 2, SECOND_NIGHT),
        ("C", Decimal("0.05"), 2, SECOND_NIGHT),
    ]


@pytest.mark.parametrize(("before", "after"), [(NULL_INT64, 0), (0, NULL_INT64)])
def test_unknown_and_zero_differ(reports_url: DatabaseUrl, before: int, after: int) -> None:
    write(reports_url, rows(["A"], net_sales=[before]))
    assert write(reports_url, rows(["A"], net_sales=[after]), run_id=2).updated == 1
    assert stored(reports_url, "net_sales IS NULL") == [(after == NULL_INT64,)]


def test_a_digest_never_decides_alone_and_is_put_right(reports_url: DatabaseUrl) -> None:
    block = rows(["A", "B"], net_sales=[100, 200])
    write(reports_url, block, digests=np.array([11, 22]))
    written = write(reports_url, block, run_id=2)
    assert written == MergeCounts(inserted=0, updated=0, unchanged=2)
    right = row_digests(TABLE, block).tolist()
    assert stored(reports_url, "run_id, computed_at, row_hash") == [
        (1, FIRST_NIGHT, right[0]),
        (1, FIRST_NIGHT, right[1]),
    ]


def test_stored_keys_and_digests_lead_to_an_empty_difference(reports_url: DatabaseUrl) -> None:
    block = rows(["A", "B", "ü"], net_sales=[1, 2, 3])
    digests = row_digests(TABLE, block)
    write(reports_url, block)
    with open_snapshot(reports_url) as snapshot:
        found = read_stored(snapshot, TABLE, "shop_id = $1", (1,))
        elsewhere = read_stored(snapshot, TABLE, "shop_id = $1", (2,))
    difference = compare(TABLE, block, digests, found)
    assert (difference.unchanged, len(difference.removed)) == (3, 0)
    assert compare(TABLE, block, digests, elsewhere).new.tolist() == [0, 1, 2]


def test_several_blocks_share_one_transaction(reports_url: DatabaseUrl) -> None:
    with write_transaction(reports_url, application_name="test") as connection:
        for sku in ("A", "B"):
            block = rows([sku])
            blocks = [(block, row_digests(TABLE, block))]
            merge(connection, TABLE, blocks, run_id=1, computed_at=FIRST_NIGHT)
    assert stored(reports_url, "sku") == [("A",), ("B",)]


def test_a_currency_without_decimals_is_stored_whole(reports_url: DatabaseUrl) -> None:
    yen = ReportTable(TABLE.name, TABLE.key, TABLE.fields, digits=0)
    block = rows(["A"], net_sales=[1234], hours_between_orders=[1.25])
    write(reports_url, block, table=yen)
    assert stored(reports_url, "net_sales, hours_between_orders") == [
        (Decimal("1234.00"), Decimal("1.25"))
    ]


@pytest.mark.parametrize(("digits", "amount"), [(2, 10**18), (2, -(10**18)), (0, 10**16)])
def test_an_amount_too_large_for_its_column_is_refused(
    reports_url: DatabaseUrl, digits: int, amount: int
) -> None:
    table = ReportTable(TABLE.name, TABLE.key, TABLE.fields, digits)
    with pytest.raises(ContractError, match="An amount of net_sales has more than 16 digits"):
        write(reports_url, rows(["A"], net_sales=[amount]), table=table)


def test_a_share_outside_its_bounds_is_refused_by_the_table(reports_url: DatabaseUrl) -> None:
    table = ReportTable(
        TABLE.name, TABLE.key, (*TABLE.fields, Field("discount_rate", Kind.DOUBLE)), 2
    )
    for outside in (1.01, -0.01, np.inf):
        block = rows(["A"]) | {"discount_rate": np.array([outside])}
        with pytest.raises(psycopg.errors.CheckViolation, match="discount_rate_check"):
            write(reports_url, block, table=table)


def test_a_field_without_column_is_named(reports_url: DatabaseUrl) -> None:
    table = ReportTable(TABLE.name, TABLE.key, (*TABLE.fields, Field("profit", Kind.MONEY)), 2)
    block = rows(["A"]) | {"profit": np.array([1])}
    with pytest.raises(ContractError, match="product_reports lacks the columns profit"):
        write(reports_url, block, table=table)


def test_no_rows_are_no_statement(reports_url: DatabaseUrl) -> None:
    assert write(reports_url, take(rows(["A"]), slice(0, 0))) == MergeCounts(0, 0, 0)


def test_a_shop_that_goes_takes_its_reports_along(reports_url: DatabaseUrl) -> None:
    write(reports_url, rows(["A", "B"]))
    with psycopg.connect(reports_url.libpq()) as connection:
        connection.execute("DELETE FROM shops")
        assert connection.execute("SELECT count(*) FROM report_runs").fetchone() == (0,)
    assert stored(reports_url, "sku") == []


def test_a_run_that_a_report_row_names_cannot_go(reports_url: DatabaseUrl) -> None:
    write(reports_url, rows(["A"]))
    with (
        pytest.raises(psycopg.errors.ForeignKeyViolation, match="run 1 has rows in the report"),
        psycopg.connect(reports_url.libpq()) as connection,
    ):
        connection.execute("DELETE FROM report_runs")
