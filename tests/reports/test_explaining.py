"""`--explain METRIC` prints what one number is made of, adds it up, and writes nothing."""

from __future__ import annotations

import json

import pytest

from engine.database.url import DatabaseUrl
from tests.reports.conftest import Reports
from tests.reports.small_shop import fill, rows

YEAR = ("--period", "yearly", "--from", "2026-01-01")


def test_the_tree_of_a_number_is_printed_down_to_its_order_lines(
    reported: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--explain", "net_sales", *YEAR)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "Net sales of shop Felt & Co, 2026-01-01 to 2026-12-31"
    ((stored,),) = rows(
        reported, "SELECT net_sales FROM shop_reports WHERE period_type = 'YEARLY' "
        "AND period_start = '2026-01-01'"
    )  # fmt: skip
    total = f"Net sales: {stored:,.2f} USD = sales_after_discounts − returns_value"
    assert lines[1] == total
    sold = [line for line in lines if "event sale" in line and "rule M9" in line]
    ((count,),) = rows(
        reported,
        "SELECT count(*) FROM order_transactions JOIN orders USING (order_id) "
        "WHERE created_timestamp >= extract(epoch FROM timestamptz '2026-01-01 00:00+03')",
    )
    assert len(sold) == count
    assert lines[-1] == "It adds up from the rows upwards."


def test_as_json_every_row_is_there(reported: DatabaseUrl, reports: Reports) -> None:
    ended = reports("--explain", "orders", "--listing", "101", "--json", *YEAR)
    assert ended.code == 0
    record = json.loads(ended.out)
    assert (record["level"], record["entity"], record["period_type"]) == ("listing", 101, "YEARLY")
    tree = record["tree"]
    assert tree["value"] == len(tree["children"][0]["leaves"])
    assert {node["name"] for node in tree["left_out"]} >= {"o.cancelled_orders", "o.held_orders"}


def test_days_are_asked_for_by_from_and_to(shop: DatabaseUrl, reports: Reports) -> None:
    ended = reports("--explain", "gms", "--from", "2026-01-01", "--to", "2026-01-02")
    assert ended.code == 0
    assert "2026-01-01 to 2026-01-02" in ended.out


def test_explaining_writes_nothing(shop: DatabaseUrl, reports: Reports) -> None:
    assert reports("--explain", "orders", *YEAR).code == 0
    assert rows(shop, "SELECT count(*) FROM report_runs") == [(0,)]
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("orders",), "needs to know which period"),
        (("orders", "--period", "monthly"), "needs to know which period"),
        (("orders", *YEAR, "--period", "daily"), "more than one --period"),
        (("orders", *YEAR, "--sku", "A", "--listing", "1"), "more than one listing or SKU"),
        (("orders", *YEAR, "--level", "product"), "not the level of what is asked for, shop"),
        (("ordres", *YEAR), "Did you mean orders"),
        (("skus_sold", *YEAR, "--sku", "BOX"), "does not exist at level 'product'"),
        (("orders", *YEAR, "--sku", "BOXX"), "The shop has no product 'BOXX'"),
        (("orders", *YEAR, "--to", "2027-01-01"), "lie in different periods"),
        (("orders", *YEAR, "--verify"), "--verify and --explain are two calls"),
    ],
)
def test_what_is_not_one_number_is_wrong_usage(
    shop: DatabaseUrl, reports: Reports, words: tuple[str, ...], message: str
) -> None:
    ended = reports("--explain", *words)
    assert ended.code == 2
    assert message in ended.err


def test_of_two_shops_one_has_to_be_named(shop: DatabaseUrl, reports: Reports) -> None:
    fill(shop, 2, "Wool")
    assert reports("--explain", "orders", *YEAR).code == 2
    assert reports("--explain", "orders", *YEAR, "--shop", "Wool").code == 0
