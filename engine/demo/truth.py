"""What a demo shop truly sold, gave back and paid for its goods: totals by entity and local month.

Counted from the generator's own events, never by the engine, so that tests can hold the engine to
it. One row of `totals` is one shop, listing or SKU × one month; amounts are minor units.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.demo.catalogue import NO_SKU
from engine.demo.cost_truth import true_costs, weight_labels
from engine.demo.costs import UNKNOWN
from engine.demo.countries import ANYWHERE, COUNTRIES, REGIONS
from engine.demo.exchange import RATE_UNIT
from engine.demo.listing_truth import listing_truth
from engine.demo.refund_truth import GOODS, SALES_TAX, SHIPPING, UNBOOKED, VAT, WRAP, divide_refunds
from engine.demo.second_currency import lines_in_shop_money
from engine.demo.shop import Demo, DemoShop
from engine.money import UNIT_SCALE, Int64Array, currency_digits, round_div

NO_SKU_NAME, NO_LISTING = "(none)", 0
SALES = (
    "orders units value discount shipping gift_wrap sales_tax vat unbooked cogs units_costed"
).split()
RETURNS = "refunds goods_back shipping_back gift_wrap_back tax_back excess".split()
# The columns of a row, by the day of the event; returns a second time by the day of the order.
COLUMNS = (*SALES, *RETURNS, *(f"{name}_by_order_day" for name in RETURNS))
LEVELS = ("shop", "listing", "sku")
Key = tuple[str, int | str, str]  # level, entity, month as 2026-03


@dataclass(frozen=True, slots=True)
class Truth:
    """Totals of one shop; a combination without any event has no row.

    cost_labels: units sold by SKU and label of their unit cost. weight_labels: by SKU, the file
    that its weight is from.
    """

    shop_id: int
    currency: str
    totals: dict[Key, dict[str, int]]
    cost_labels: dict[tuple[str, str], int]
    weight_labels: dict[str, str]


def count_truth(demo: Demo, shop: DemoShop) -> Truth:
    """Add up the events of one shop."""
    totals: dict[Key, dict[str, int]] = {}
    counted = np.flatnonzero(shop.fulfilment.counts[shop.lines.order])
    line_day = shop.day[shop.lines.order[counted]]
    month = shop.days.month[line_day]
    columns = {name: values[counted] for name, values in _sale_columns(demo, shop).items()}
    for level, entity, names in _entities(shop, counted):
        _add_sales(totals, level, entity, names, month, columns)
        _add_orders(totals, level, entity, names, month, shop.lines.order[counted])
    _add_returns(totals, demo, shop)
    return Truth(
        shop.plan.shop_id,
        shop.plan.currency,
        totals,
        _cost_labels(demo, shop, counted),
        weight_labels(shop.catalogue, demo.costs),
    )


def truth_text(demo: Demo) -> str:
    """Return the truth of all shops as JSON, with the planted cases."""
    shops = []
    for shop in demo.shops:
        truth = count_truth(demo, shop)
        cases = [
            {"case_id": case.case_id, "order_id": case.order_id, "about": case.about}
            for case in shop.cases
        ]
        shops.append(
            {
                "shop_id": truth.shop_id,
                "name": shop.plan.name,
                "time_zone": shop.plan.time_zone,
                "currency": truth.currency,
                "cases": cases,
                "skus": _sku_rows(truth),
                "listings": _rows(listing_truth(shop)),
                "totals": _rows(truth.totals),
            }
        )
    plan = demo.plan
    head = {"size": plan.size.name, "seed": plan.seed, "first": str(plan.first)}
    return json.dumps({**head, "last": str(plan.last), "shops": shops}, indent=1) + "\n"


def _rows(totals: Mapping[Any, dict[str, int]]) -> list[dict[str, int | str]]:
    """Return totals by level, entity and month as records, in that order."""
    return [
        {"level": level, "entity": entity, "month": month, **values}
        for (level, entity, month), values in sorted(
            totals.items(), key=lambda item: (item[0][0], str(item[0][1]), item[0][2])
        )
    ]


def _sale_columns(demo: Demo, shop: DemoShop) -> dict[str, Int64Array]:
    rates = demo.rates[shop.plan.second_currency, shop.plan.currency]
    money = lines_in_shop_money(
        shop.plan, rates, shop.day, shop.lines, shop.amounts, shop.is_second
    )
    cogs = line_costs(demo, shop)
    known = cogs != UNKNOWN
    return {
        "units": shop.lines.quantity,
        "value": money["value"],
        "discount": money["discount"],
        "shipping": money["shipping"],
        "gift_wrap": money["gift_wrap"],
        "sales_tax": money["tax"],
        "vat": money["vat"],
        "unbooked": money["unbooked"],
        "cogs": np.where(known, cogs, 0),
        "units_costed": np.where(known, shop.lines.quantity, 0),
    }


def line_costs(demo: Demo, shop: DemoShop) -> Int64Array:
    """Return the cost of goods of each line, UNKNOWN where the owner's files tell none.

    A cost in US dollars is converted at the rate of the order's day.
    """
    unit, _ = _unit_costs(demo, shop)
    order = shop.lines.order
    digits = currency_digits(shop.plan.currency)
    whole = np.maximum(unit, 0) * shop.lines.quantity
    if shop.plan.currency == "USD":
        cost = round_div(whole, 10 ** (UNIT_SCALE - digits))
    else:
        rate = demo.rates["USD", shop.plan.currency].at(shop.day[order])
        cost = round_div(whole * rate, RATE_UNIT * 10 ** (UNIT_SCALE - digits))
    return np.where(unit == UNKNOWN, UNKNOWN, cost)


def _unit_costs(
    demo: Demo, shop: DemoShop
) -> tuple[Int64Array, np.ndarray[tuple[int, ...], np.dtype[np.object_]]]:
    """Return the unit cost of each line in 1/10,000 USD, and its label."""
    order = shop.lines.order
    regions = [REGIONS.index(country.region) for country in COUNTRIES]
    region = np.array([*regions, REGIONS.index(ANYWHERE)], np.int64)[shop.buyers.country[order]]
    sku = shop.lines.sku
    # The spelling in small letters, the last of the names, has the costs of the same SKU.
    spelled = shop.lines.names.index(shop.lines.names[-1].upper())
    sku = np.where(sku == len(shop.lines.names) - 1, spelled, sku)
    costs = true_costs(shop.catalogue, demo.costs)
    return costs.of(sku, region, shop.days.month[shop.day[order]])


def _cost_labels(demo: Demo, shop: DemoShop, lines: Int64Array) -> dict[tuple[str, str], int]:
    names = _sku_names(shop)
    labels = _unit_costs(demo, shop)[1][lines].tolist()
    units: dict[tuple[str, str], int] = {}
    columns = (shop.lines.sku[lines].tolist(), labels, shop.lines.quantity[lines].tolist())
    for sku, label, quantity in zip(*columns, strict=True):
        key = str(names[sku]), label
        units[key] = units.get(key, 0) + quantity
    return units


def _sku_rows(truth: Truth) -> list[dict[str, object]]:
    """One row for each SKU that was sold: units by label of the cost, and whence its weight is."""
    by_sku: dict[str, dict[str, int]] = {}
    for (sku, label), units in sorted(truth.cost_labels.items()):
        by_sku.setdefault(sku, {})[label] = units
    return [
        {"sku": sku, "cost_labels": labels, "weight_label": truth.weight_labels.get(sku.upper())}
        for sku, labels in by_sku.items()
    ]


def _entities(
    shop: DemoShop, lines: Int64Array
) -> list[tuple[str, Int64Array, dict[int, int | str]]]:
    """Return by level the entity's number of each line, and what the numbers stand for."""
    listing = shop.catalogue.listing_of[shop.lines.product[lines]]
    nothing = np.zeros(len(lines), np.int64)
    return [
        ("shop", nothing, {0: shop.plan.shop_id}),
        ("listing", listing, _listing_names(shop)),
        ("sku", shop.lines.sku[lines], _sku_names(shop)),
    ]


def _listing_names(shop: DemoShop) -> dict[int, int | str]:
    names: dict[int, int | str] = {-1: NO_LISTING}
    return names | dict(enumerate(shop.catalogue.listing_ids.tolist()))


def _sku_names(shop: DemoShop) -> dict[int, int | str]:
    names: dict[int, int | str] = {NO_SKU: NO_SKU_NAME}
    return names | dict(enumerate(shop.lines.names))


def _month_text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def _row(totals: dict[Key, dict[str, int]], key: Key) -> dict[str, int]:
    return totals.setdefault(key, dict.fromkeys(COLUMNS, 0))


def _add_sales(
    totals: dict[Key, dict[str, int]],
    level: str,
    entity: Int64Array,
    names: dict[int, int | str],
    month: Int64Array,
    columns: dict[str, Int64Array],
) -> None:
    pairs, group = np.unique(np.stack([entity, month]), axis=1, return_inverse=True)
    for column, values in columns.items():
        sums = np.zeros(pairs.shape[1], np.int64)
        np.add.at(sums, group, values)
        for number, (one, at) in enumerate(pairs.T.tolist()):
            _row(totals, (level, names[one], _month_text(at)))[column] += int(sums[number])


def _add_orders(
    totals: dict[Key, dict[str, int]],
    level: str,
    entity: Int64Array,
    names: dict[int, int | str],
    month: Int64Array,
    order: Int64Array,
) -> None:
    """An order counts once for each entity that it has lines of."""
    distinct = np.unique(np.stack([entity, month, order]), axis=1)
    pairs, counts = np.unique(distinct[:2], axis=1, return_counts=True)
    for (one, at), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
        _row(totals, (level, names[one], _month_text(at)))["orders"] += count


def _add_returns(totals: dict[Key, dict[str, int]], demo: Demo, shop: DemoShop) -> None:
    listings, skus = _listing_names(shop), _sku_names(shop)
    for one in divide_refunds(shop, demo.rates):
        values = {
            "refunds": one.amount,
            "goods_back": one.parts[GOODS],
            "shipping_back": one.parts[SHIPPING],
            "gift_wrap_back": one.parts[WRAP],
            "tax_back": one.parts[SALES_TAX] + one.parts[VAT] + one.parts[UNBOOKED],
            "excess": one.excess,
        }
        if not any(values.values()):
            continue
        entities = (shop.plan.shop_id, listings[one.listing], skus[one.sku])
        for level, entity in zip(LEVELS, entities, strict=True):
            for day, suffix in ((one.day, ""), (one.order_day, "_by_order_day")):
                month = _month_text(int(shop.days.month[day]))
                row = _row(totals, (level, entity, month))
                for name, value in values.items():
                    row[name + suffix] += value
