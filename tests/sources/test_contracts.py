from __future__ import annotations

import pyarrow as pa
import pytest

from engine.errors import ContractError
from engine.sources.contracts import INT, MAX_AMOUNT, TEXT, Column, Contract, amount, seconds

CONTRACT = Contract(
    "order_transactions",
    "order_transactions t WHERE true",
    "line_id",
    (
        Column("line_id", INT, "t.transaction_id", required=True),
        Column("quantity", INT, required=True, lowest=1, expected="a whole number from 1"),
        Column("sku", TEXT),
        amount("price", "t.price", "t.price_divisor", required=True),
        seconds("paid_at"),
    ),
)


def rows(**changes):
    columns = {
        "line_id": [1, 2, 3],
        "quantity": [1, 1, 1],
        "price": [1, 2, 3],
        "paid_at": [None, 1, 2],
    } | changes
    table = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    table["sku"] = pa.array(["a", None, "b"]).dictionary_encode()
    return pa.table(table)


def test_the_select_names_its_columns():
    sql = CONTRACT.select()
    assert sql.startswith("SELECT t.transaction_id AS line_id, quantity AS quantity, sku AS sku, ")
    assert sql.endswith(" FROM order_transactions t WHERE true")
    assert "*," not in sql
    assert "SELECT *" not in sql


def test_a_lone_shop_needs_no_join_to_find_its_rows():
    shared = Contract(
        "lines", "lines l JOIN orders o ON true", "id", (Column("id", INT),), "lines l"
    )
    assert shared.select() == "SELECT id AS id FROM lines l JOIN orders o ON true"
    assert shared.select(is_alone=True) == "SELECT id AS id FROM lines l"
    assert CONTRACT.select(is_alone=True) == CONTRACT.select()


def test_what_keeps_its_contract_passes():
    table = rows()
    assert CONTRACT.check(table) is table


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ContractError) as caught:
        CONTRACT.check(
            rows(quantity=[0, 1, -4], price=[None, 1, MAX_AMOUNT + 1], paid_at=[0, 0, 10**12])
        )
    assert caught.value.exit_code == 5
    bounds = "an amount under ten billion, with a divisor that is a power of ten up to 1,000,000"
    money = f"; expected {bounds}"
    assert caught.value.message.splitlines() == [
        "The table order_transactions can't be read as it is:",
        "  column quantity is below 1 where line_id is 1, 3; expected a whole number from 1",
        f"  column price is missing where line_id is 1{money}",
        f"  column price is above {MAX_AMOUNT} where line_id is 3{money}",
        "  column paid_at is above 99999999999 where line_id is 3; expected unix seconds",
    ]


def test_many_rows_are_shown_by_their_first_ids():
    many = pa.table(
        {
            "line_id": pa.array(range(10), pa.int64()),
            "quantity": pa.array([0] * 10, pa.int64()),
            "sku": pa.array([None] * 10, pa.string()).dictionary_encode(),
            "price": pa.array([1] * 10, pa.int64()),
            "paid_at": pa.array([1] * 10, pa.int64()),
        }
    )
    with pytest.raises(ContractError, match="line_id is 0, 1, 2, 3, 4 and 5 more"):
        CONTRACT.check(many)


def test_a_column_of_another_type_is_named():
    table = rows().set_column(1, "quantity", pa.array([1.0, 2.0, 3.0]))
    with pytest.raises(ContractError, match="column quantity is double; expected int64"):
        CONTRACT.check(table)
