"""Puts a demo shop together: every event of it, drawn in order, before any table is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.amounts import Amounts, draw_amounts
from engine.demo.baskets import Lines, draw_lines
from engine.demo.calendar_days import Days, local_days
from engine.demo.catalogue import Catalogue, build_catalogue
from engine.demo.costs import UnitCosts, draw_costs
from engine.demo.customers import Buyers, draw_buyers
from engine.demo.draws import BoolArray, Draws
from engine.demo.exchange import Rates, draw_rates
from engine.demo.facts import (
    ListingStats,
    Reviews,
    StockLevels,
    draw_ads,
    draw_reviews,
    draw_visits,
    stock_levels,
)
from engine.demo.fulfilment import Fulfilment, Parcels, draw_fulfilment, draw_parcels
from engine.demo.payments import AccountRates, Ledger, Payments, ledger_end, make_payments
from engine.demo.planted import Case, case_list, choose_orders
from engine.demo.refunds import Refunds, draw_refunds
from engine.demo.second_currency import choose_second
from engine.demo.sizes import Plan, ShopPlan
from engine.demo.timing import order_times
from engine.money import Int64Array

_ORDER_IDS, _LINE_IDS, _IDS_A_SHOP = 3_100_000_000, 4_200_000_000, 500_000_000


@dataclass(frozen=True, slots=True)
class DemoShop:
    """All events of one shop. Orders are numbered in time order; their ids ascend likewise."""

    plan: ShopPlan
    days: Days
    catalogue: Catalogue
    roles: dict[str, int]
    order_id: Int64Array
    day: Int64Array
    seconds: Int64Array
    buyers: Buyers
    lines: Lines
    line_id: Int64Array
    amounts: Amounts
    fulfilment: Fulfilment
    parcels: Parcels
    refunds: Refunds
    ads: list[ListingStats]
    visits: list[ListingStats]
    reviews: Reviews
    stock: StockLevels
    is_second: BoolArray  # which orders are in the second currency
    accounts: tuple[Payments, Ledger] | None

    @property
    def cases(self) -> list[Case]:
        """The planted cases with their order ids."""
        return case_list(self.roles, self.order_id)


@dataclass(frozen=True, slots=True)
class Demo:
    """The shops of a plan, and what they share: exchange rates and the brand's unit costs."""

    plan: Plan
    shops: tuple[DemoShop, ...]
    rates: dict[tuple[str, str], Rates]
    costs: UnitCosts


def generate(plan: Plan) -> Demo:
    """Draw everything that a plan asks for."""
    rates = draw_rates(plan)
    shops = tuple(_draw_shop(plan, shop, rates) for shop in plan.shops)
    return Demo(plan, shops, rates, draw_costs(plan, shops[0].catalogue))


def _draw_shop(plan: Plan, shop: ShopPlan, rates: dict[tuple[str, str], Rates]) -> DemoShop:
    def draws(topic: str) -> Draws:
        return Draws(plan.seed, shop.shop_id, topic)

    days = local_days(shop.time_zone, plan.first, plan.last)
    catalogue = build_catalogue(plan, shop)
    day, seconds = order_times(days, draws("times"), shop.orders)
    roles = choose_orders(days, day)
    lines = draw_lines(catalogue, days, day, roles, draws("lines"))
    buyers = draw_buyers(len(day), roles, draws("buyers"))
    amounts = draw_amounts(shop, lines, buyers, roles, draws("amounts"))
    fulfilment = draw_fulfilment(days, lines, day, seconds, roles, draws("fulfilment"))
    refunds = draw_refunds(days, day, seconds, lines, amounts, fulfilment, roles, draws("refunds"))
    grain = plan.size.facts
    ads, bills = draw_ads(shop, catalogue, days, lines, day, grain, draws("ads"))
    is_second = choose_second(len(day), roles, refunds)
    accounts = None
    if shop.has_ledger:
        until = ledger_end(days, plan.size.ledger_months)
        into_account = AccountRates(
            rates[shop.currency, shop.account_currency],
            rates[shop.second_currency, shop.currency],
            is_second,
        )
        accounts = make_payments(
            days, until, day, seconds, lines, amounts, fulfilment, refunds, bills, into_account
        )
    return DemoShop(
        plan=shop,
        days=days,
        catalogue=catalogue,
        roles=roles,
        order_id=_ids(draws("order ids"), _ORDER_IDS, shop, len(day), 5),
        day=day,
        seconds=seconds,
        buyers=buyers,
        lines=lines,
        line_id=_ids(draws("line ids"), _LINE_IDS, shop, len(lines), 3),
        amounts=amounts,
        fulfilment=fulfilment,
        parcels=draw_parcels(fulfilment, roles, shop.shop_id, draws("parcels")),
        refunds=refunds,
        ads=ads,
        visits=draw_visits(catalogue, days, lines, day, grain, draws("visits")),
        reviews=draw_reviews(days, lines, fulfilment, draws("reviews")),
        stock=stock_levels(catalogue, days, lines, day),
        is_second=is_second,
        accounts=accounts,
    )


def _ids(draws: Draws, base: int, shop: ShopPlan, count: int, gap: int) -> Int64Array:
    """Return ascending ids with gaps, as a marketplace's are."""
    return base + _IDS_A_SHOP * (shop.shop_id - 1) + np.cumsum(1 + draws.below(gap, count))
