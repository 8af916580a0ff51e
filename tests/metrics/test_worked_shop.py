"""Every figure of the worked example that the catalogue has, at every level, to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from engine.metrics.answers import as_records
from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
FEBRUARY = Period.containing("MONTHLY", date(2026, 2, 1))
TWO_MONTHS = (FEBRUARY, MARCH)

SHOP = {
    "gross_merchandise_sales": 271.01,
    "discounts": 10.00,
    "sales_after_discounts": 261.01,
    "returns_value": 11.70,
    "returns_value_by_order_day": 0.00,
    "net_sales": 249.31,
    "shipping_income": 10.80,
    "gift_wrap_income": 3.00,
    "refund_excess": 0.00,
    "net_revenue": 263.11,
    "sales_tax_collected": 7.36,
    "vat_collected": 0.00,
    "order_totals": 285.47,
    "refunds_total": 15.00,
    "cogs": 70.21,
    "gross_profit": 192.90,
    "postage": 57.90,
    "duty": 1.09,
    "import_tax": 2.26,
    "carrier_fee": 4.50,
    "fulfilment_cost": 65.75,
    "shipping_result": -54.95,
    "parcels": 4,
    "fulfilment_cost_per_parcel": 16.44,
    "landed_cost_per_order": 33.99,
    "weight_coverage": 1.0,
    "transaction_fees": 17.12,
    "processing_fees": 18.76,
    "listing_fees": 1.80,
    "regulatory_fees": 4.40,
    "currency_conversion_fees": 0.00,
    "vat_on_fees": 8.41,
    "other_fees": 0.00,
    "platform_fees": 50.49,
    "offsite_ads_fees": 0.00,
    "fee_credits": 2.53,
    "fee_measured_share": 0.369672,
    "fee_rate": 0.191897,
    "fees_retained_on_refunds": 0.26,
    "contribution_profit": 76.66,
    "contribution_profit_low": 31.66,
    "contribution_margin": 0.291361,
    "contribution_per_order": 19.17,
    "contribution_per_unit": 7.67,
    "contribution_per_customer": 47.07,
    "loss_orders": 1,
    "cost_coverage": 0.827593,
    "profit_basis": "partial",
    "gross_margin": 0.733153,
    "costed_gross_margin": 0.670546,
    "markup": 2.747472,
    "orders": 4,
    "units_sold": 10,
    "units_returned": 0,
    "unit_return_rate": 0.0,
    "average_order_value": 65.25,
    "average_unit_price": 26.10,
    "average_unit_cost": 10.03,
    "order_value_p25": 33.75,
    "order_value_median": 70.01,
    "order_value_p75": 101.51,
    "order_value_std": 46.53,
    "discount_rate": 0.036899,
    "refund_rate_value": 0.044826,
    "refund_rate_orders": 0.25,
    "order_refund_share": 0.0,
    "refund_count": 1,
    "refunded_orders": 1,
    "customers": 2,
    "new_customers": 1,
    "returning_customers": 1,
    "guest_orders": 1,
    "repeat_customers": 2,
    "repeat_customer_rate": 1.0,
    "customer_retention_rate": 1.0,
    "orders_per_customer": 1.5,
    "sales_per_customer": 130.51,
    "cancelled_orders": 1,
    "cancellation_rate": 0.2,
    "completion_rate": 0.4,
    "held_orders": 0,
    "shipped_orders": 2,
    "shipped_rate": 0.5,
    "ship_hours_median": 38.00,
    "hours_between_orders": 212.58,
    "peak_hour": 10,
    "peak_weekday": 4,
    "peak_month": 3,
    "primary_payment_method": "cc",
    "payment_methods": 3,
    "payment_method_diversity": 0.625,
    "units_per_order": 2.5,
    "skus_sold": 4,
    "gift_orders": 0,
    "gift_rate": 0.0,
    "sales_per_day": 8.42,
    "orders_per_day": 0.129032,
    "days_between_customer_orders": 13.5,
    "ad_spend": 8.00,
    "ad_clicks": 32,
    "ad_orders": 3,
    "ad_sales": 32.00,
    "cost_per_click": 0.25,
    "cost_per_ad_order": 2.67,
    "roas": 4.0,
    "ad_spend_rate": 0.030650,
    "break_even_roas": 3.432168,
    "marketing_cost": 8.00,
    "profit_after_ads": 68.66,
    "operating_expenses": 31.00,
    "total_costs": 225.45,
    "cost_per_order": 56.36,
    "net_profit": 37.66,
    "net_profit_low": -7.34,
    "net_margin": 0.143134,
    "net_profit_per_unit": 3.77,
    "take_home_rate": 0.777698,
    "customer_acquisition_cost": 8.00,
    "visits": None,
    "views": None,
    "conversion_rate": None,
    "sales_per_view": None,
    "contribution_per_view": None,
    "favourites": None,
    "favourites_added": None,
    "favourite_to_order_rate": None,
    "view_to_favourite_rate": None,
    "views_per_listing": None,
    "favourites_per_listing": None,
    "closing_stock": None,
    "stock_value": None,
    "average_stock_value": None,
    "active_offers": None,
    "offer_price_average": None,
    "offer_price_range": None,
    "stock_turnover": None,
    "sell_through": None,
    "days_of_stock": None,
    "stockout_days": None,
    "reviews": 0,
    "review_average": None,
    "seasonality_index": None,
    "customer_lifetime_value": None,
    "payback_days": None,
}
LISTING_101 = {
    "gross_merchandise_sales": 92.00,
    "discounts": 5.71,
    "sales_after_discounts": 86.29,
    "returns_value": 11.70,
    "net_sales": 74.59,
    "shipping_income": 2.38,
    "gift_wrap_income": 1.71,
    "net_revenue": 78.68,
    "sales_tax_collected": 1.13,
    "order_totals": 94.81,
    "refunds_total": 15.00,
    "cogs": 32.71,
    "gross_profit": 45.97,
    "postage": 20.35,
    "duty": 0.14,
    "import_tax": 0.48,
    "carrier_fee": 0.78,
    "fulfilment_cost": 21.75,
    "shipping_result": -19.37,
    "parcels": 3,
    "weight_coverage": 1.0,
    "transaction_fees": 5.12,
    "processing_fees": 5.50,
    "regulatory_fees": 1.31,
    "listing_fees": 0.60,
    "vat_on_fees": 2.51,
    "platform_fees": 15.04,
    "fee_credits": 2.53,
    "fee_measured_share": 0.635174,
    "fee_rate": 0.191154,
    "contribution_profit": 9.18,
    "contribution_margin": 0.116675,
    "loss_orders": 1,
    "cost_coverage": 1.0,
    "profit_basis": "estimated",
    "gross_margin": 0.584265,
    "costed_gross_margin": 0.584265,
    "orders": 3,
    "units_sold": 4,
    "average_order_value": 28.76,
    "average_unit_price": 21.57,
    "average_unit_cost": 8.18,
    "order_value_p25": 16.00,
    "order_value_median": 32.00,
    "order_value_p75": 43.15,
    "order_value_std": 22.28,
    "refund_rate_value": 0.135589,
    "refund_rate_orders": 0.333333,
    "order_refund_share": 0.0,
    "customers": 2,
    "new_customers": 1,
    "returning_customers": 1,
    "guest_orders": 1,
    "skus_sold": 2,
    "ad_spend": 8.00,
    "ad_clicks": 32,
    "ad_sales": 32.00,
    "cost_per_click": 0.25,
    "roas": 4.0,
    "break_even_roas": 8.570806,
    "profit_after_ads": 1.18,
    "operating_expenses": 0.00,
    "total_costs": 77.50,
    "net_profit": 1.18,
    "net_profit_low": 1.18,
    "net_margin": 0.014997,
}
A_RED = {
    "gross_merchandise_sales": 60.00,
    "discounts": 5.71,
    "sales_after_discounts": 54.29,
    "returns_value": 0.00,
    "net_sales": 54.29,
    "shipping_income": 4.57,
    "gift_wrap_income": 1.71,
    "net_revenue": 60.57,
    "sales_tax_collected": 0.00,
    "order_totals": 60.57,
    "refunds_total": 0.00,
    "cogs": 24.71,
    "gross_profit": 35.86,
    "postage": 17.45,
    "duty": 0.00,
    "import_tax": 0.00,
    "carrier_fee": 0.00,
    "fulfilment_cost": 17.45,
    "shipping_result": -12.88,
    "parcels": 2,
    "weight_coverage": 1.0,
    "transaction_fees": 3.94,
    "processing_fees": 4.15,
    "regulatory_fees": 1.01,
    "listing_fees": 0.40,
    "vat_on_fees": 1.90,
    "platform_fees": 11.40,
    "fee_credits": 0.00,
    "fee_measured_share": 0.978947,
    "fee_rate": 0.188212,
    "contribution_profit": 7.01,
    "contribution_margin": 0.115734,
    "loss_orders": 1,
    "profit_basis": "estimated",
    "gross_margin": 0.592042,
    "orders": 2,
    "units_sold": 3,
    "average_order_value": 27.15,
    "average_unit_price": 18.10,
    "average_unit_cost": 8.24,
    "order_value_p25": 13.57,
    "order_value_median": 27.15,
    "order_value_p75": 40.72,
    "order_value_std": 27.15,
    "refund_rate_value": 0.0,
    "refund_rate_orders": 0.0,
    "customers": 1,
    "new_customers": 1,
    "returning_customers": 0,
    "guest_orders": 1,
    "ad_spend": 5.03,
    "profit_after_ads": 1.98,
    "operating_expenses": 0.00,
    "total_costs": 58.59,
    "net_profit": 1.98,
    "net_profit_low": 1.98,
    "net_margin": 0.032689,
    "break_even_roas": 8.640514,
}
A_BLUE = {
    "gross_merchandise_sales": 32.00,
    "discounts": 0.00,
    "sales_after_discounts": 32.00,
    "returns_value": 11.70,
    "net_sales": 20.30,
    "shipping_income": -2.19,
    "gift_wrap_income": 0.00,
    "net_revenue": 18.11,
    "sales_tax_collected": 1.13,
    "order_totals": 34.24,
    "refunds_total": 15.00,
    "cogs": 8.00,
    "gross_profit": 10.11,
    "postage": 2.90,
    "duty": 0.14,
    "import_tax": 0.48,
    "carrier_fee": 0.78,
    "fulfilment_cost": 4.30,
    "shipping_result": -6.49,
    "parcels": 1,
    "weight_coverage": 1.0,
    "transaction_fees": 1.18,
    "processing_fees": 1.35,
    "regulatory_fees": 0.30,
    "listing_fees": 0.20,
    "vat_on_fees": 0.61,
    "platform_fees": 3.64,
    "fee_credits": 2.53,
    "fee_measured_share": 0.0,
    "fee_rate": 0.200994,
    "contribution_profit": 2.17,
    "contribution_margin": 0.119823,
    "loss_orders": 0,
    "profit_basis": "estimated",
    "gross_margin": 0.558255,
    "orders": 1,
    "units_sold": 1,
    "average_order_value": 32.00,
    "order_value_std": 0.00,
    "refund_rate_value": 0.365625,
    "refund_rate_orders": 1.0,
    "customers": 1,
    "new_customers": 0,
    "returning_customers": 1,
    "guest_orders": 0,
    "ad_spend": 2.97,
    "profit_after_ads": -0.80,
    "operating_expenses": 0.00,
    "total_costs": 18.91,
    "net_profit": -0.80,
    "net_profit_low": -0.80,
    "net_margin": -0.044174,
    "break_even_roas": 8.345622,
}
CASES = [
    (level, entity, metric, value)
    for level, entity, figures in (
        ("shop", 1, SHOP),
        ("listing", 101, LISTING_101),
        ("product", "A-RED", A_RED),
        ("product", "A-BLUE", A_BLUE),
    )
    for metric, value in figures.items()
]


def answers(period, level, entity, dating="refund_day"):
    snapshot = worked_shop.snapshot()
    metrics = REGISTRY.at_level(Level(level))
    block = compute_block(
        snapshot, [period], Level(level), metrics, entities=[entity], refund_dating=dating
    )
    return as_records(block, 2)[0]


@pytest.fixture(scope="module")
def march():
    return {
        (level, entity): answers(MARCH, level, entity)
        for level, entity in (
            ("shop", 1),
            ("listing", 101),
            ("product", "A-RED"),
            ("product", "A-BLUE"),
        )
    }


@pytest.mark.parametrize(("level", "entity", "metric", "value"), CASES)
def test_march_by_refund_day(march, level, entity, metric, value):
    found = march[level, entity][metric]
    exact = value is None or isinstance(value, str)
    assert found == value if exact else float(found) == value


def test_every_metric_of_the_catalogue_has_a_figure_worked_out_by_hand():
    assert set(SHOP) == {metric.name for metric in REGISTRY.at_level(Level.SHOP)}


def test_by_order_day_march_has_no_return_and_february_has_it():
    march = answers(MARCH, "shop", 1, "order_day")
    february = answers(FEBRUARY, "shop", 1, "order_day")
    assert (str(march["returns_value"]), str(march["net_revenue"])) == ("0.00", "277.00")
    assert (str(february["returns_value"]), str(february["net_revenue"])) == ("11.70", "24.11")


def test_both_datings_leave_the_same_net_profit_over_the_two_months():
    profits = {
        dating: [str(answers(month, "shop", 1, dating)["net_profit"]) for month in TWO_MONTHS]
        for dating in ("refund_day", "order_day")
    }
    assert profits == {"refund_day": ["13.36", "37.66"], "order_day": ["2.00", "49.02"]}


def test_the_rest_of_a_span_lies_in_the_days_of_april_that_have_begun():
    april = answers(Period.containing("MONTHLY", date(2026, 4, 1)), "shop", 1)
    assert (str(april["ad_spend"]), april["ad_clicks"]) == ("5.00", 20)


def test_listings_and_skus_add_up_to_the_shop_with_what_belongs_to_none():
    snapshot = worked_shop.snapshot()
    names = ["net_revenue", "net_profit"]
    for level, nothing in ((Level.LISTING, 0), (Level.PRODUCT, "(none)")):
        block = compute_block(snapshot, [MARCH], level, REGISTRY.choose(level, names))
        assert int(block.columns["net_revenue"].values.sum()) == 26311
        profit = dict(zip(block.entity.tolist(), block.columns["net_profit"].values, strict=True))
        assert sum(profit.values()) == 3766
        assert profit[block.entity_ids.index(nothing)] == -3100
