"""The engine's ledger, built from the loaded demo, holds what the generator did, to the cent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.demo.exchange import jump_day
from engine.demo.shop import Demo
from engine.demo.truth import RETURNS, Key, count_truth
from engine.ledger.cost_labels import LABELS
from engine.ledger.events import build_ledger
from engine.ledger.facts import Facts
from engine.ledger.frames import NO_SKU, EventKind, Ledger
from engine.ledger.weights import WeightSource
from engine.local_time import local_clock
from engine.money import MILLION, Int64Array
from engine.periods import day_number
from engine.sources.owner_files import read_owner_files
from engine.sources.tables import read_shops, read_tables

# What a column of the truth is called in the ledger; several are summed.
SALES = {
    "units": ("quantity",),
    "value": ("value",),
    "discount": ("discount",),
    "shipping": ("shipping",),
    "gift_wrap": ("gift_wrap",),
    "sales_tax": ("sales_tax",),
    "vat": ("vat",),
    "unbooked": ("unbooked",),
    "cogs": ("cogs",),
    "units_costed": ("quantity_costed",),
}
BACK = {
    "refunds": ("refund_amount",),
    "goods_back": ("returns_value",),
    "shipping_back": ("shipping_refunded",),
    "gift_wrap_back": ("gift_wrap_refunded",),
    "tax_back": ("sales_tax_refunded", "vat_refunded", "unbooked_refunded"),
    "excess": ("refund_excess",),
}


def months_of(days: Int64Array) -> list[str]:
    return [str(day) for day in days.astype("datetime64[D]").astype("datetime64[M]")]


def add_up(ledger: Ledger) -> dict[Key, dict[str, int]]:
    """Sum the ledger as the truth does: by level, entity and month."""
    sums: dict[Key, dict[str, int]] = {}

    def add(names: dict[str, tuple[str, ...]], kind: int, days: Int64Array, suffix: str) -> None:
        rows = np.flatnonzero(ledger.kind == kind)
        months = months_of(days[rows])
        columns = {
            name + suffix: np.asarray(sum(ledger.amounts[part] for part in parts))[rows].tolist()
            for name, parts in names.items()
        }
        for place, row in enumerate(rows.tolist()):
            entities = (
                ("shop", ledger.shop.shop_id),
                ("listing", int(ledger.listing_ids[ledger.listing[row]])),
                ("sku", str(ledger.skus[ledger.sku[row]])),
            )
            for level, entity in entities:
                total = sums.setdefault((level, entity, months[place]), {})
                for name, values in columns.items():
                    total[name] = total.get(name, 0) + values[place]

    add(SALES, EventKind.SALE, ledger.event_day.astype(np.int64), "")
    add(BACK, EventKind.REFUND, ledger.event_day.astype(np.int64), "")
    add(BACK, EventKind.REFUND, ledger.order_day.astype(np.int64), "_by_order_day")
    return sums


@pytest.fixture(scope="module")
def built(small_demo_url: DatabaseUrl, small_demo_files: Path) -> list[tuple[Ledger, Facts]]:
    found = []
    with open_snapshot(small_demo_url) as source:
        for shop in read_shops(source):
            files = read_owner_files(small_demo_files, shop.name, "USD")
            tables = read_tables(source, shop)
            found.append(build_ledger(tables, files, local_clock(shop.time_zone)))
    return found


def test_fees_keep_their_share_when_the_lira_jumps_inside_a_month(
    small_demo: Demo, built: list[tuple[Ledger, Facts]]
) -> None:
    """Each charge in lira comes back at the rate of its own payment, before the jump and after."""
    shop, ledger = small_demo.shops[0], built[0][0]
    jump = day_number(jump_day(small_demo.plan))
    second = set(shop.order_id[shop.is_second].tolist())
    sale = ledger.kind == EventKind.SALE
    checked = {"before": 0, "after": 0}
    for order in np.unique(ledger.order[sale]).tolist():
        day = int(ledger.orders.day[order])
        if abs(day - jump) > 40 or int(ledger.orders.order_id[order]) in second:
            continue
        rows = sale & (ledger.order == order)
        base = int(ledger.amounts["base"][rows].sum())
        fee = int(ledger.amounts["transaction_fees"][rows].sum())
        # Each line, shipping and gift wrap is a charge of its own, rounded in lira and in dollars.
        assert abs(fee - base * 65_000 / MILLION) <= int(rows.sum()) + 2
        assert int(ledger.amounts["fees_measured"][rows].sum()) > 0 or base == 0
        checked["after" if day >= jump else "before"] += 1
    assert min(checked.values()) >= 5
    assert shop.plan.account_currency == "TRY"


def test_every_month_of_every_entity_and_every_label_is_equal(
    small_demo: Demo, built: list[tuple[Ledger, Facts]]
) -> None:
    for shop, (ledger, facts) in zip(small_demo.shops, built, strict=True):
        true = count_truth(small_demo, shop)
        truth, computed = true.totals, add_up(ledger)
        columns = [*SALES, *RETURNS, *(f"{name}_by_order_day" for name in RETURNS)]
        differing = [
            (key, name, computed.get(key, {}).get(name, 0), row.get(name, 0))
            for key in truth.keys() | computed.keys()
            for row in (truth.get(key, {}),)
            for name in columns
            if computed.get(key, {}).get(name, 0) != row.get(name, 0)
        ]
        assert not differing, differing[:10]
        assert cost_labels(facts) == true.cost_labels
        for sku, source in weight_labels(facts):
            assert source == true.weight_labels[sku.upper()], sku


def cost_labels(facts: Facts) -> dict[tuple[str, str], int]:
    """Units sold by SKU and label of their cost."""
    skus = (*facts.lines.skus, NO_SKU)
    label = facts.costs.answers.label[facts.costs.question]
    units: dict[tuple[str, str], int] = {}
    columns = (facts.lines.sku.tolist(), label.tolist(), facts.lines.quantity.tolist())
    for sku, code, quantity in zip(*columns, strict=True):
        key = skus[sku], LABELS[code]
        units[key] = units.get(key, 0) + quantity
    return units


def weight_labels(facts: Facts) -> set[tuple[str, str]]:
    """The SKUs that were sent, each with the file that its weight is from."""
    sent = facts.fulfilment
    sku = facts.lines.sku[sent.pieces.line]
    pairs = zip(sku.tolist(), sent.parts.unit.source.tolist(), strict=True)
    return {
        (facts.lines.skus[code], WeightSource(source).name.lower())
        for code, source in pairs
        if code >= 0
    }
