"""Orders: the list adds up to the cards, and one order opens down to its source rows."""

from __future__ import annotations

import pytest

from engine.dashboard import pages
from engine.dashboard.content.order_detail import ledger_table, parts_table
from engine.dashboard.content.order_parcels import pieces_table
from engine.dashboard.content.orders import FLAGS, Only, Order, arranged
from engine.dashboard.customer_numbers import customer_number
from engine.dashboard.filters import Filters
from engine.periods import Period
from engine.ranges import RangeName


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.LAST_90_DAYS)).period


@pytest.fixture
def frame(analytics, period):
    return analytics.orders_frame(period)


def test_the_list_has_a_row_an_order_and_adds_up_to_the_engines_answer(
    frame, analytics, period
) -> None:
    listed = frame.iloc[arranged(frame, None, [], Order.NEWEST)]
    assert len(listed) == len(frame)
    whole = analytics.calculate_metrics_batch([period], level="shop").iloc[0]
    assert listed["contribution_profit"].sum() == whole["contribution_profit"]


def test_the_first_page_shows_the_newest_hundred(shop_app, frame) -> None:
    drawn = shop_app(pages.ORDERS, range="Last 90 days").dataframe[0].value
    assert len(drawn) == min(100, len(frame))
    assert list(drawn["ordered_at"]) == sorted(drawn["ordered_at"], reverse=True)


@pytest.mark.parametrize("only", Only)
def test_a_choice_leaves_the_orders_with_its_flag(only: Only, frame) -> None:
    left = frame.iloc[arranged(frame, None, [only], Order.WORST)]
    assert len(left) == int(frame[FLAGS[only]].sum())
    assert list(left["contribution_profit"]) == sorted(left["contribution_profit"])


def test_a_country_leaves_its_orders_alone(frame) -> None:
    country = frame["country"].dropna().iloc[0]
    assert set(frame.iloc[arranged(frame, country, [], Order.BEST)]["country"]) == {country}


def test_choices_that_leave_nothing_offer_to_clear_them(shop_app, frame) -> None:
    assert not frame["is_held"].any(), "a choice must leave nothing, or this tests nothing"
    at = shop_app(pages.ORDERS, range="Last 90 days")
    at.get_by_key("only").set_value(["Held"]).run()
    assert at.info[0].value == "The choices above leave no order of this range."
    (clear,) = [button for button in at.button if button.label == "Clear the choices"]
    clear.click().run()
    assert not at.exception
    assert at.dataframe


def test_an_order_of_any_day_opens_by_its_number(shop_app, analytics) -> None:
    every = analytics.orders_frame(Period.custom(analytics.first_day, analytics.today))
    number = int(every["order_id"].iloc[0])
    at = shop_app(pages.ORDERS)
    at.text_input[0].set_value(str(number)).run()
    assert at.query_params["order"] == str(number)
    assert f"Order {number}" in [one.value for one in at.subheader]
    assert any("equals the ledger" in one.value for one in at.caption)


@pytest.mark.parametrize("typed", ["999", "no number"])
def test_an_order_that_is_not_there_is_said_so(typed: str, shop_app) -> None:
    at = shop_app(pages.ORDERS)
    at.text_input[0].set_value(typed).run()
    assert at.info[0].value == f"No order “{typed}” in this shop."


def test_an_order_leads_to_its_listings_and_to_its_country(shop_app, analytics, frame) -> None:
    order = analytics.explain_order(int(frame["order_id"].iloc[0]))
    at = shop_app(pages.ORDERS, order=str(order.order_id))
    assert f"Parcels to {order.country}" in [one.label for one in at.button]
    listing = order.lines[0].listing_id
    at.button(key=f"listing {listing}").click().run()
    assert not at.exception
    assert at.title[0].value == "Listings"
    assert at.query_params["listing"] == str(listing)


def test_the_ledger_table_ends_with_the_sum_of_the_order(analytics, frame) -> None:
    order = analytics.explain_order(int(frame["order_id"].iloc[0]))
    table = ledger_table(order)
    names = [heading.name for heading in table.headings]
    sums = dict(zip(names, table.rows[-1], strict=True))
    for name in names[4:]:
        assert sums[name] == order.total(name)


def test_what_a_parcel_holds_says_weight_declared_value_and_rates(analytics, frame) -> None:
    to_us = frame[(frame["country"] == "US") & (frame["fulfilment_cost"] > 0)]
    order = analytics.explain_order(int(to_us["order_id"].iloc[0]))
    assert order.pieces
    table = pieces_table(order.pieces)
    names = [heading.name for heading in table.headings]
    for row, piece in zip(table.rows, order.pieces, strict=True):
        said = dict(zip(names, row, strict=True))
        assert said["weight"] * 1_000 == piece.unit_mdesi
        assert (said["duty_base"], said["line"]) == (piece.duty_base, str(piece.line_id))
        assert round(said["duty_rate"] * 1_000_000) == piece.duty_ppm


def test_an_unknown_cost_of_a_line_is_no_zero(analytics, frame) -> None:
    partial = frame[(frame["profit_basis"] == "partial") & (frame["cogs"] == 0)]
    order = analytics.explain_order(int(partial["order_id"].iloc[0]))
    table = ledger_table(order)
    at = [heading.name for heading in table.headings].index("cogs")
    assert None in [row[at] for row in table.rows]


def test_every_amount_names_its_rule(analytics, frame) -> None:
    table = parts_table(analytics.explain_order(int(frame["order_id"].iloc[0])).parts)
    rule = [heading.name for heading in table.headings].index("rule")
    assert all(str(row[rule]).startswith("M") for row in table.rows)


def test_a_group_of_customers_opens_its_orders_of_the_range(shop_app, analytics) -> None:
    every = Period.custom(analytics.first_day, analytics.today)
    at = shop_app(pages.ORDERS, range="All time", buyers="segment-best")
    drawn = at.dataframe[0].value
    wanted = analytics.rfm_segments().set_index("segment").loc["best", "orders"]
    own = analytics.orders_of_segment("best")
    frame = analytics.orders_frame(every)
    assert frame["order_id"].isin(own).sum() == wanted == len(own) > 0
    assert any(f"{wanted:,} rows." in one.value for one in at.caption)
    assert set(drawn["order_id"]) <= {str(one) for one in own}
    assert at.get_by_key("pick buyers").value == "segment-best"


def test_a_status_leaves_its_orders_alone(shop_app, frame) -> None:
    at = shop_app(pages.ORDERS, range="Last 90 days", status="cancelled")
    cancelled = int((frame["state"] == "cancelled").sum())
    assert cancelled > 0
    assert any(f"{cancelled:,} rows." in one.value for one in at.caption)
    assert set(at.dataframe[0].value["state"]) == {"Cancelled"}


def test_a_customer_is_a_number_that_leads_back_to_nobody() -> None:
    one, same, other = (customer_number(customer_id) for customer_id in (7, 7, 8))
    assert one == same != other
    assert len(one) == 12
