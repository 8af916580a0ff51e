"""Each planted case is what it says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.demo.fulfilment import NOT_SHIPPED
from engine.demo.order_tables import line_rows, order_rows, parcel_rows, refund_rows
from engine.demo.planted import ROLES, has_two_lines
from engine.demo.refunds import NO_ORDER, UNKNOWN
from engine.demo.shop import Demo, DemoShop, generate
from engine.demo.sizes import make_plan
from engine.demo.tables import Column, Table


def texts(column: Column) -> list[str | None]:
    return [None if code < 0 else column.words[code] for code in column.values.tolist()]


def status_of(shop: DemoShop, role: str) -> str | None:
    return texts(order_rows(shop).columns["status"])[shop.roles[role]]


def country_of(shop: DemoShop, role: str) -> str | None:
    return texts(order_rows(shop).columns["country"])[shop.roles[role]]


def lines_of(shop: DemoShop, role: str) -> list[int]:
    return np.flatnonzero(shop.lines.order == shop.roles[role]).tolist()


def skus_of(shop: DemoShop, role: str) -> list[str | None]:
    written = texts(line_rows(shop).columns["sku"])
    return [written[line] for line in lines_of(shop, role)]


def refunds_of(shop: DemoShop, role: str) -> list[int]:
    return np.flatnonzero(shop.refunds.order == shop.roles[role]).tolist()


def refund_date(shop: DemoShop, row: int) -> date:
    return shop.days.date(int(shop.refunds.day[row]))


def order_date(shop: DemoShop, role: str) -> date:
    return shop.days.date(int(shop.day[shop.roles[role]]))


def values(table: Table, name: str) -> list[int]:
    return table.columns[name].values.tolist()


def test_every_role_has_an_order_of_its_own(each_shop: DemoShop) -> None:
    assert list(each_shop.roles) == list(ROLES)
    assert len(set(each_shop.roles.values())) == len(ROLES)
    for role in ROLES:
        assert len(lines_of(each_shop, role)) == (2 if has_two_lines(role) else 1)


def test_cases_name_their_orders(each_shop: DemoShop) -> None:
    case = next(c for c in each_shop.cases if c.case_id == "zero_total")
    assert case.order_id == each_shop.order_id[each_shop.roles["zero_total"]]
    assert case.about == "a coupon of 100 % and free shipping: nothing paid"


def test_skus(each_shop: DemoShop) -> None:
    written = skus_of(each_shop, "null_sku_beside_sku")
    assert written[0]
    assert written[1] is None
    line = lines_of(each_shop, "sku_from_product")[0]
    assert skus_of(each_shop, "sku_from_product") == [None]
    assert each_shop.lines.sku[line] >= 0
    assert skus_of(each_shop, "custom_order") == [None]
    assert (
        skus_of(each_shop, "sku_with_spaces")[0] != skus_of(each_shop, "sku_with_spaces")[0].strip()
    )  # type: ignore[union-attr]
    assert len(set(skus_of(each_shop, "same_sku_twice"))) == 1


def test_a_deleted_listing_sold_a_sku_that_lives_elsewhere(each_shop: DemoShop) -> None:
    (line,) = lines_of(each_shop, "listing_deleted_later")
    assert skus_of(each_shop, "listing_deleted_later")[0].startswith("DELETED-")  # type: ignore[union-attr]
    own = each_shop.lines.sku == each_shop.lines.sku[line]
    listings = each_shop.catalogue.listing_of[each_shop.lines.product[own]]
    assert len(set(listings.tolist())) > 1


def test_one_sku_in_two_listings(each_shop: DemoShop) -> None:
    (line,) = lines_of(each_shop, "shared_sku")
    product = each_shop.catalogue.products[int(each_shop.lines.product[line])]
    first = each_shop.catalogue.products[0]
    assert product.sku == first.sku
    assert product.listing != first.listing


def test_digital_lines_ship_nothing(each_shop: DemoShop) -> None:
    beside, alone = each_shop.roles["digital_beside_physical"], each_shop.roles["digital_alone"]
    assert each_shop.lines.is_digital[lines_of(each_shop, "digital_beside_physical")].tolist() == [
        False,
        True,
    ]
    assert each_shop.fulfilment.shipped_at[beside] != NOT_SHIPPED
    assert each_shop.fulfilment.shipped_at[alone] == NOT_SHIPPED
    assert each_shop.amounts.shipping[alone] == 0


def test_amounts(each_shop: DemoShop) -> None:
    amounts, roles = each_shop.amounts, each_shop.roles
    assert amounts.paid[roles["zero_total"]] == 0
    assert amounts.value[roles["zero_total"]] > 0
    assert amounts.gift_wrap[roles["gift_wrap"]] > 0
    assert each_shop.lines.price[lines_of(each_shop, "free_line")[1]] == 0
    assert amounts.line_discount[lines_of(each_shop, "coupon_on_one_line")[1]] == 0
    assert amounts.line_discount[lines_of(each_shop, "coupon_on_one_line")[0]] > 0


@pytest.mark.parametrize(
    ("role", "written"),
    [("country_atlantis", "Atlantis"), ("country_namibia", "NA"), ("country_missing", None)],
)
def test_countries(each_shop: DemoShop, role: str, written: str | None) -> None:
    assert country_of(each_shop, role) == written


@pytest.mark.parametrize(
    ("role", "status", "counts"),
    [
        ("status_blank", None, True),
        ("status_spelled", "  cOMPLETED ", True),
        ("status_synonym", "delivered", True),
        ("status_unknown_paid", "on hold", True),
        ("status_unknown_unpaid", "on hold", False),
        ("status_open", "Open", False),
        ("cancelled_paid", "Canceled", False),
        ("cancelled_british", "cancelled", False),
        ("refunded_without_row", "Fully Refunded", True),
        ("refund_above_revenue", "Fully Refunded", True),
    ],
)
def test_statuses(each_shop: DemoShop, role: str, status: str | None, counts: bool) -> None:
    assert status_of(each_shop, role) == status
    assert each_shop.fulfilment.counts[each_shop.roles[role]] == counts


def test_refunds_come_in_another_month_and_another_year(each_shop: DemoShop) -> None:
    (later,) = refunds_of(each_shop, "refund_later_month")
    assert refund_date(each_shop, later).replace(day=1) > order_date(
        each_shop, "refund_later_month"
    )
    (year,) = refunds_of(each_shop, "refund_later_year")
    assert refund_date(each_shop, year).year == order_date(each_shop, "refund_later_year").year + 1


def test_refunds_before_shipping(each_shop: DemoShop) -> None:
    order = each_shop.roles["refund_same_day"]
    (row,) = refunds_of(each_shop, "refund_same_day")
    assert each_shop.refunds.day[row] - each_shop.day[order] in (0, 1)
    assert each_shop.fulfilment.shipped_at[order] == NOT_SHIPPED
    assert each_shop.refunds.amount[row] == each_shop.amounts.paid[order]


def test_refunds_by_size(each_shop: DemoShop) -> None:
    refunds, amounts, roles = each_shop.refunds, each_shop.amounts, each_shop.roles
    (row,) = refunds_of(each_shop, "refund_above_item")
    assert refunds.amount[row] > each_shop.lines.value[refunds.line[row]]
    (row,) = refunds_of(each_shop, "refund_above_revenue")
    assert refunds.amount[row] > amounts.base[roles["refund_above_revenue"]]
    (row,) = refunds_of(each_shop, "refund_above_paid")
    assert refunds.amount[row] > amounts.paid[roles["refund_above_paid"]]
    (row,) = refunds_of(each_shop, "refund_of_tax_alone")
    assert refunds.amount[row] == refunds.tax[row] == amounts.tax[roles["refund_of_tax_alone"]] > 0
    rows = refunds_of(each_shop, "refund_in_two_parts")
    assert len(rows) == 2
    assert refunds.amount[rows].sum() == amounts.paid[roles["refund_in_two_parts"]]


def test_refund_rows_that_are_special(each_shop: DemoShop) -> None:
    rows, items = refund_rows(each_shop)
    statuses, superseded = texts(rows.columns["status"]), values(rows, "is_superseded")
    (failed,) = refunds_of(each_shop, "refund_failed")
    (replaced,) = refunds_of(each_shop, "refund_superseded")
    (undated,) = refunds_of(each_shop, "refund_day_unknown")
    assert statuses[failed] == "failed"
    assert superseded[replaced] == 1
    assert each_shop.refunds.seconds[undated] == UNKNOWN
    assert refunds_of(each_shop, "refunded_without_row") == []
    assert (each_shop.refunds.order == NO_ORDER).sum() == 2
    named = items.columns["transaction_id"].missing
    assert named is not None
    assert named.sum() == 1  # the item of an order that nobody knows


def test_parcels(each_shop: DemoShop) -> None:
    codes = values(parcel_rows(each_shop), "tracking_code")
    order = each_shop.parcels.order.tolist()
    of = {
        role: {code for code, own in zip(codes, order, strict=True) if own == each_shop.roles[role]}
        for role in ("two_parcels", "shared_parcel_first", "shared_parcel_second")
    }
    assert len(of["two_parcels"]) == 2
    assert of["shared_parcel_first"] == of["shared_parcel_second"] != set()


def test_the_last_and_first_seconds_of_days_are_there(default_shop: DemoShop) -> None:
    zone = ZoneInfo("Europe/Istanbul")
    clock = {
        datetime.fromtimestamp(s, UTC).astimezone(zone).isoformat(" ")[:19]
        for s in default_shop.seconds.tolist()
    }
    assert {
        "2024-02-29 00:00:00",
        "2024-02-29 23:59:59",
        "2024-12-31 23:59:59",
        "2025-01-01 00:00:00",
        "2026-07-31 23:59:59",
        "2026-08-01 00:00:00",
    } <= clock


def test_new_york_has_the_hour_that_comes_twice(small_demo: Demo) -> None:
    zone = ZoneInfo("America/New_York")
    clock = {
        datetime.fromtimestamp(s, UTC).astimezone(zone).isoformat()
        for s in small_demo.shops[1].seconds.tolist()
    }
    assert {"2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-05:00"} <= clock


def test_the_53rd_week_is_there_when_the_end_day_allows() -> None:
    shop = generate(make_plan(orders=300, end=date(2027, 1, 31))).shops[0]
    last_second = shop.days.start[shop.days.index(date(2027, 1, 4))] - 1
    assert last_second in shop.seconds
