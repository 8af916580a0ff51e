"""All shops together in one currency: what each of them comes to, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import EcommerceAnalyticsOptimized, Settings
from engine.database.url import DatabaseUrl
from engine.errors import SettingError, UnknownEntityError, UsageError
from engine.metrics.compute import compute_block
from engine.metrics.model import Kind, Level
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind, periods_between
from tests.demo.test_figures_equal_oracle import differences, telling_rows
from tests.oracle import Oracle

# What was seen of shelves and listings: unknown of all shops together.
SEEN = {
    name
    for name, metric in REGISTRY.metrics.items()
    if any(part.startswith("s.") for part in metric.formula.inputs) or metric.kind is Kind.SNAPSHOT
}


def all_in(currency: str, url: DatabaseUrl, files: Path) -> EcommerceAnalyticsOptimized:
    given = {"CSV_FOLDER": str(files), "REPORTING_CURRENCY": currency}
    settings = Settings.load(given, dotenv_file=files / ".env")
    return EcommerceAnalyticsOptimized.load("all", settings=settings, url=url)


@pytest.fixture(scope="module")
def together(small_demo_url: DatabaseUrl, small_demo_files: Path) -> EcommerceAnalyticsOptimized:
    return all_in("USD", small_demo_url, small_demo_files)


def months(analytics: EcommerceAnalyticsOptimized) -> list[Period]:
    assert analytics.first_day is not None
    return list(periods_between(PeriodKind.MONTHLY, analytics.first_day, analytics.today))


@pytest.mark.parametrize("kind", GRAINS)
@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
def test_the_row_of_all_shops_is_the_sum_of_theirs(
    together: EcommerceAnalyticsOptimized, kind: PeriodKind, dating: str
) -> None:
    names = [m.name for m in REGISTRY.at_level(Level.SHOP) if m.adds_over_entities]
    # Customers, orders and SKUs of two shops are never the same.
    names += [m.name for m in REGISTRY.at_level(Level.SHOP) if m.kind is Kind.DISTINCT]
    names = [n for n in names if n not in ("payment_methods", "stockout_days")]
    chosen = REGISTRY.choose(Level.SHOP, [name for name in names if name not in SEEN])
    periods = list(periods_between(kind, together.first_day, together.today))
    whole = compute_block(together.snapshot, periods, Level.SHOP, chosen, refund_dating=dating)
    parts = [
        compute_block(one.snapshot, periods, Level.SHOP, chosen, refund_dating=dating)
        for one in together.shops
    ]
    for name, column in whole.columns.items():
        summed = sum(part.columns[name].values * part.columns[name].known for part in parts)
        assert (column.values[column.known] == summed[column.known]).all(), name
        # A cost without a bound in one shop leaves the low end of all without one.
        of_parts = [part.columns[name].known for part in parts]
        known = (np.all if name.endswith("_low") else np.any)(of_parts, axis=0)
        assert column.known.tolist() == known.tolist(), name
    assert len(whole.columns) > 50
    assert all(int(part.columns["net_revenue"].values.sum()) > 1_000_000 for part in parts)


def test_every_figure_of_all_shops_is_what_the_oracle_says_of_their_ledgers(
    together: EcommerceAnalyticsOptimized,
) -> None:
    metrics = REGISTRY.at_level(Level.SHOP)
    ledger = together.snapshot.ledger
    # The oracle goes by names, and both shops sell some SKUs of one name.
    named = (*(f"{sku} {code}" for code, sku in enumerate(ledger.skus[:-1])), ledger.skus[-1])
    oracle = Oracle(replace(ledger, skus=named), together.snapshot.days_begun)
    periods = {(p.start, p.end): p for p in months(together)}
    frame = together.calculate_metrics_batch(list(periods.values()), level="shop")
    assert set(frame.entity_id) == {0}
    for at in telling_rows(frame, metrics, seed=1):
        row = frame.iloc[at]
        expected = oracle.answer("shop", 0, periods[row.period_start, row.period_end])
        assert not list(differences(row, expected, metrics))


def test_a_shop_that_is_kept_in_the_reporting_currency_has_its_own_figures(
    together: EcommerceAnalyticsOptimized, small_shops: list[EcommerceAnalyticsOptimized]
) -> None:
    for level in ("listing", "product"):
        own = small_shops[0].calculate_metrics_batch(months(together), level=level)
        frame = together.calculate_metrics_batch(months(together), level=level)
        assert list(frame.columns[:2]) == ["entity_id", "shop_id"]
        assert set(frame.shop_id) == {1, 2}
        here = frame[frame.shop_id == 1].drop(columns="shop_id").reset_index(drop=True)
        pd.testing.assert_frame_equal(here, own, check_exact=True)


def test_an_order_in_yen_is_worth_dollars_of_its_day_and_no_conversion_fee_is_made_up(
    together: EcommerceAnalyticsOptimized, small_shops: list[EcommerceAnalyticsOptimized]
) -> None:
    in_dollars, in_yen = together.shops[1].snapshot.ledger, small_shops[1].snapshot.ledger
    assert in_dollars.shop.currency == "USD"
    assert in_dollars.shop.own_currency == "JPY"
    always = [Period.custom(together.first_day, together.today)]
    names = ["order_totals", "currency_conversion_fees", "orders"]
    chosen = REGISTRY.choose(Level.SHOP, names)
    there, here = (
        compute_block(one.snapshot, always, Level.SHOP, chosen).columns
        for one in (small_shops[1], together.shops[1])
    )
    yen, cents = (int(side["order_totals"].values[0]) for side in (there, here))
    assert 100 < yen / (cents / 100) < 200
    assert there["orders"].values[0] == here["orders"].values[0]
    # The shop has a few orders in dollars, whose fee is the marketplace's, and nothing more.
    fee_yen, fee = (int(side["currency_conversion_fees"].values[0]) for side in (there, here))
    assert abs(fee_yen - fee / 100 * yen / (cents / 100)) < 0.05 * fee_yen + 50
    assert len(in_yen) == len(in_dollars)


def test_without_rates_the_shop_is_held_and_listed_and_its_sums_are_not_those_of_another(
    together: EcommerceAnalyticsOptimized, small_demo_url: DatabaseUrl, small_demo_files: Path
) -> None:
    in_crowns = all_in("ISK", small_demo_url, small_demo_files)
    always = [Period.custom(in_crowns.first_day, in_crowns.today)]
    names = ["orders", "net_revenue", "held_orders", "gross_margin"]
    frame = in_crowns.calculate_metrics_batch(always, level="shop", metrics=names)
    assert frame.loc[0, ["orders", "net_revenue"]].tolist() == [0, 0]
    assert pd.isna(frame.loc[0, "gross_margin"])
    before = together.calculate_metrics_batch(always, level="shop", metrics=names)
    assert frame.loc[0, "held_orders"] == before.loc[0, "orders"] + before.loc[0, "held_orders"]
    assert set(in_crowns.held.shop_id) == {1, 2}
    assert frame.attrs["currency"] == "ISK"


def test_a_listing_is_found_in_the_shop_that_has_it(together: EcommerceAnalyticsOptimized) -> None:
    last = [Period.containing("MONTHLY", together.today - timedelta(days=40))]
    theirs = int(together.shops[1].snapshot.ledger.listing_ids[0])
    rows = together.calculate_metrics_batch(
        last, level="listing", entities=[theirs, 0], metrics=["net_sales"], as_frame=False
    )
    assert [(row["entity_id"], row["shop_id"]) for row in rows] == [(0, 1), (theirs, 2), (0, 2)]
    with pytest.raises(UnknownEntityError, match="has no listing 5"):
        together.calculate_metrics_batch(last, level="listing", entities=[5])


def test_what_opens_one_shop_is_refused_of_all(together: EcommerceAnalyticsOptimized) -> None:
    for ask in (together.health, together.cohort_table, together.missing_costs):
        with pytest.raises(UsageError, match="all of them were loaded together") as caught:
            ask()
        assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="asked of one shop"):
        together.explain_order(1)


def test_all_shops_take_a_reporting_currency(
    small_demo_url: DatabaseUrl, small_demo_files: Path
) -> None:
    for currency in ("", "KWD"):
        with pytest.raises(SettingError, match=f"REPORTING_CURRENCY is '{currency}'") as caught:
            all_in(currency, small_demo_url, small_demo_files)
        assert caught.value.exit_code == 3
