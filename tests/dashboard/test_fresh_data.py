"""A page that is open follows the shop: a new order, a refund and a cost file."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.dashboard import freshness, pages
from engine.dashboard.data import figures_of
from engine.database.url import DatabaseUrl
from engine.metrics.registry import REGISTRY

# A copy of the latest whole order of the shop, under numbers of its own.
NEW_ORDER = """
INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object(
    'order_id', 900000001, 'created_at', now(), 'updated_at', now()))).*
FROM orders o WHERE order_id = (SELECT max(order_id) FROM orders WHERE status = 'Completed');
INSERT INTO order_transactions SELECT (jsonb_populate_record(t, jsonb_build_object(
    'id', 900000000 + t.id, 'order_id', 900000001, 'transaction_id', 900000000 + t.id,
    'created_at', now(), 'updated_at', now()))).*
FROM order_transactions t
WHERE order_id = (SELECT max(order_id) FROM orders WHERE order_id < 900000001
                  AND status = 'Completed')
"""
NEW_REFUND = """
INSERT INTO order_refunds (order_id, shop_id, refund_id, amount, amount_divisor, currency_code,
    created_timestamp, updated_at)
SELECT order_id, shop_id, 900000001, 300, 100, 'USD', created_timestamp + 60, now()
FROM orders WHERE order_id = 900000001
"""


@pytest.fixture
def own_files(
    point_at, shop_copy: DatabaseUrl, shop_files: Path, tmp_path: Path, monkeypatch
) -> Path:
    """The owner's files, for one test to change."""
    folder = tmp_path / "csv_inputs"
    shutil.copytree(shop_files, folder)
    point_at(shop_copy)
    monkeypatch.setenv("CSV_FOLDER", str(folder))
    st.cache_resource.clear()
    return folder


def card(at, name: str) -> str:
    (found,) = [one.value for one in at.metric if one.label == REGISTRY[name].label]
    return str(found)


def followed(at) -> None:
    """Let the page look for newer data and run again, as its tick does."""
    figures_of().check()
    figures_of().wait(30)
    at.run()
    assert not at.exception


def execute(url: DatabaseUrl, statements: str) -> None:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute(statements)


def test_an_order_a_refund_and_a_cost_arrive_on_an_open_page(
    own_files: Path, shop_copy: DatabaseUrl, open_app
) -> None:
    at = open_app(range="All time")
    seen = [(card(at, "orders"), card(at, "net_revenue"), card(at, "net_profit"))]

    def follows() -> tuple[str, str, str]:
        followed(at)
        seen.append((card(at, "orders"), card(at, "net_revenue"), card(at, "net_profit")))
        return seen[-1]

    execute(shop_copy, NEW_ORDER)
    orders, revenue, _ = follows()
    assert int(orders.replace(",", "")) == int(seen[0][0].replace(",", "")) + 1
    assert revenue != seen[0][1]
    assert "1 order" in at.toast[0].value

    execute(shop_copy, NEW_REFUND)
    orders, revenue, _ = follows()
    assert orders == seen[1][0]
    assert revenue != seen[1][1]
    assert "1 refund" in at.toast[0].value

    costs = own_files / "cost.csv"
    costs.write_text(costs.read_text(encoding="utf-8").replace("12.", "13."), encoding="utf-8")
    orders, revenue, profit = follows()
    assert (orders, revenue) == seen[2][:2]
    assert profit != seen[2][2]


def a_page_in_progress(figures: str) -> None:
    """A page whose keeper has a later state by now, of these figures; it was drawn of `older`."""
    from types import SimpleNamespace

    import streamlit as st

    from engine.dashboard import freshness

    def state(version: str, of: str) -> SimpleNamespace:
        return SimpleNamespace(
            version=version, error=None, analytics=SimpleNamespace(version=of, shop=None)
        )

    later = state("later", figures)
    keeper = SimpleNamespace(
        state=later, is_working=False, check=lambda: None, wait=lambda seconds: None
    )
    if "drawn" not in st.session_state:
        freshness.ask_first()
    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    shown = state("as drawn", "older") if st.session_state["drawn"] == 1 else later
    freshness._tick(keeper, shown, 0.0)


@pytest.mark.parametrize(
    ("figures", "offered"), [("newer", ["Show the newer data"]), ("older", [])]
)
def test_work_in_progress_is_moved_by_newer_data_only_when_its_reader_says_so(
    figures: str, offered: list[str]
) -> None:
    """A failure to read brings no newer data to show."""
    at = AppTest.from_function(a_page_in_progress, kwargs={"figures": figures}).run()
    assert not at.exception
    assert at.session_state["drawn"] == 1, "the page has stayed as it was"
    assert [one.label for one in at.button] == offered


def test_compare_asks_first_and_a_page_that_is_only_read_does_not(shop_app) -> None:
    for page, asks in ((pages.COMPARE, True), (pages.GLOSSARY, False)):
        at = shop_app(page)
        assert at.session_state[freshness._ASKS] is asks, page
