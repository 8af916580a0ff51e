"""What holds for any orders, refunds and currencies: nothing is lost, and no order of rows counts.

The shops are drawn at random: orders in five currencies of none, two and three decimals, with rates
as a pair, the other way round or not at all, and refunds in the order's currency or the shop's.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.explain_order import explain_order
from engine.ledger.frames import AMOUNTS, INCOME, REFUND, EventKind, OrderState
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from engine.money import round_div
from engine.periods import day_number
from engine.sources.frames import Maybe, Texts
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests import worked_shop
from tests.shop_builder import CENT, Item, Line, Order, Refund, a_shop, integers, tables

FIRST = datetime(2026, 3, 1, 12, 0)
SHOP = a_shop()
CURRENCIES = (None, "EUR", "JPY", "KWD", "CHF")  # the last has no rate


def rate_table(exact: bool = False) -> Rates:
    values = {("EUR", "USD"): 2.0, ("USD", "JPY"): 0.5, ("KWD", "USD"): 4.0}
    if not exact:
        values = {("EUR", "USD"): 1.08317, ("USD", "JPY"): 148.37, ("KWD", "USD"): 3.2549}
    days = np.array([day_number(FIRST.date()) + 5 * n - 3 for n in range(20)], np.int32)
    found = {}
    for pair, value in values.items():
        # The rate moves, so that a refund is worth another amount than its sale.
        steps = [0 if exact else number * 700_000 for number in range(len(days))]
        rate = integers([round(value * RATE_SCALE) + step for step in steps])
        found[pair] = PairRates(days, rate, np.arange(len(days), dtype=np.int32))
    return Rates(found)


FILES = replace(worked_shop.files(), rates=rate_table())
amounts = st.integers(0, 6_000)
lines = st.lists(
    st.tuples(st.integers(0, 9_999), st.integers(1, 4), st.sampled_from(["A", "B", "A-RED", None])),
    max_size=4,
)
orders = st.builds(
    lambda day, currency, goods, parts, share, above, status: (
        day, currency, goods, parts, share, above, status,
    ),
    st.integers(0, 40),
    st.sampled_from(CURRENCIES),
    lines,
    st.tuples(amounts, amounts, amounts, amounts),
    st.integers(0, 100),
    st.sampled_from([0, 0, 250]),
    st.sampled_from(["paid", "paid", "Completed", "fully refunded", "canceled"]),
)  # fmt: skip
refunds = st.tuples(
    st.integers(0, 9),
    st.integers(0, 30),
    st.integers(1, 30_000),
    st.none() | st.integers(0, 900),
    st.booleans(),
    st.booleans(),
)


def a_shop_of(drawn, given_back):
    """The rows of a shop: orders 1, 2, …, each with its lines, and the refunds of some of them."""
    rows = []
    for number, (day, currency, goods, parts, share, above, status) in enumerate(drawn, 1):
        own = [
            # No two SKUs share a listing, so that none lends another its unit cost.
            Line(10 * number + at, sku, quantity, price, 1000 + 10 * number + at)
            for at, (price, quantity, sku) in enumerate(goods)
        ]
        value = sum(line.price * line.quantity for line in own)
        discount = value * share // 100
        total = value - discount + sum(parts) + above
        names = ("shipping", "gift_wrap", "tax", "vat")
        rows.append(
            Order(
                number, FIRST + timedelta(days=day), own, currency=currency, status=status,
                discount=discount, grand_total=total, **dict(zip(names, parts, strict=True)),
            )
        )  # fmt: skip
    back = []
    for number, (of, lag, amount, tax, in_dollars, names_line) in enumerate(given_back, 1):
        order = rows[of % len(rows)]
        items = []
        if names_line and order.lines:
            items = [Item(amount // 2, line_id=order.lines[0].line_id, quantity=1)]
        back.append(
            Refund(
                number, None if of == 9 else order.order_id, order.at + timedelta(days=lag), amount,
                tax=tax, items=items, currency="USD" if in_dollars else None,
            )
        )  # fmt: skip
    return rows, back


shops = st.builds(
    a_shop_of, st.lists(orders, min_size=1, max_size=5), st.lists(refunds, max_size=5)
)


def ledger_of(rows, back, files=FILES, source=None):
    source = source or tables(SHOP, rows, back)
    ledger, facts = build_ledger(source, files, local_clock(SHOP.time_zone))
    reconcile(ledger, facts)
    return ledger, facts


def rows_of(ledger, ids=None):
    """Every ledger row, as its key and amounts; of some orders only, if ids are given."""
    order_id = np.append(ledger.orders.order_id, 0)[ledger.order]
    columns = [ledger.kind, order_id, ledger.line_id, ledger.source_id, ledger.event_day]
    columns += [ledger.amounts[name] for name in AMOUNTS]
    rows = sorted(zip(*(column.tolist() for column in columns), strict=True))
    return [row for row in rows if ids is None or row[1] in ids]


@settings(deadline=None, max_examples=60)
@given(shops)
def test_every_amount_of_every_order_comes_to_its_lines(shop):
    rows, back = shop
    ledger, facts = ledger_of(rows, back)
    rates = FILES.rates
    for order in rows:
        at = int(np.flatnonzero(ledger.orders.order_id == order.order_id)[0])
        sale = (ledger.order == at) & (ledger.kind == EventKind.SALE)
        if ledger.orders.state[at] != OrderState.COUNTED:
            assert not sale.any()
            continue
        found = rates.on(order.currency or "USD", "USD", ledger.orders.day[at : at + 1])
        over, under = int(found.numerator[0]), int(found.denominator[0])
        shipping = round_div(order.shipping * CENT * over, under * 10**4)
        assert int(ledger.amounts["shipping"][sale].sum()) == shipping
        tax = round_div(order.tax * CENT * over, under * 10**4)
        assert int(ledger.amounts["sales_tax"][sale].sum()) == tax
    gone = sum((ledger.amounts[name] for name in REFUND), np.zeros(len(ledger), np.int64))
    assert int(gone.sum()) == int(facts.refunds.amount.sum())
    assert all(int(ledger.amounts[name].min(initial=0)) >= 0 for name in (*INCOME, *REFUND))


@settings(deadline=None, max_examples=40)
@given(shops)
def test_no_order_gives_back_more_of_a_part_than_it_had_in_its_own_currency(shop):
    _, facts = ledger_of(*shop)
    sales, back = facts.sales, facts.back
    known = back.line >= 0
    merchandise = sales.own_lines["value"] - sales.own_lines["discount"]
    for name, paid in (("returns_value", merchandise), ("shipping_refunded", None)):
        had = sales.own_lines["shipping"] if paid is None else paid
        given_back = np.zeros(len(had), np.int64)
        np.add.at(given_back, back.line[known], back.own[name][known])
        assert (given_back <= had).all()


@settings(deadline=None, max_examples=40)
@given(shops, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_codes_decides_nothing(shop, random):
    rows, back = shop
    straight, _ = ledger_of(rows, back)
    mixed_rows, mixed_back = random.sample(rows, len(rows)), random.sample(back, len(back))
    source = tables(SHOP, mixed_rows, mixed_back)
    renamed = {
        frame.name: replace(
            getattr(source, frame.name),
            currency=with_other_codes(getattr(source, frame.name).currency),
        )
        for frame in fields(source)
        if frame.name in ("orders", "lines", "refunds")
    }
    mixed, _ = ledger_of(rows, back, source=replace(source, **renamed))
    assert rows_of(straight) == rows_of(mixed)
    assert straight.held.order_id.tolist() == mixed.held.order_id.tolist()


@settings(deadline=None, max_examples=25)
@given(shops)
def test_every_order_is_explained_to_the_cent(shop):
    ledger, facts = ledger_of(*shop)
    evidence = keep_evidence(facts)
    for order in shop[0]:
        explain_order(ledger, evidence, order.order_id).check()


def with_other_codes(texts: Texts) -> Texts:
    """The same texts in the opposite order of codes, with one that no row uses."""
    last = len(texts.values) - 1
    return Texts(np.where(texts.code < 0, -1, last - texts.code), (*texts.values[::-1], "XAU"))


@settings(deadline=None, max_examples=40)
@given(shops, st.integers(0, 31))
def test_a_shop_in_batches_has_the_rows_of_the_whole(shop, choice):
    rows, back = shop
    whole, _ = ledger_of(rows, back)
    batches = []
    for side in (0, 1):
        own = [order for order in rows if (choice >> order.order_id) & 1 == side]
        ids = {order.order_id for order in own}
        if side == 0:
            ids.add(None)
        ledger, _ = ledger_of(own, [refund for refund in back if refund.order_id in ids])
        batches += rows_of(ledger)
    assert sorted(batches) == rows_of(whole)


@settings(deadline=None, max_examples=40)
@given(shops)
def test_doubling_all_amounts_doubles_money(shop):
    """At rates of 2 and 4 nothing has to be rounded, so each sum is twice as large."""
    rows, back = shop
    files = replace(FILES, rates=rate_table(exact=True))
    source = tables(SHOP, rows, back)
    twice = replace(
        source,
        orders=doubled(source.orders, "grand_total discount shipping gift_wrap sales_tax vat"),
        lines=doubled(source.lines, "price"),
        refunds=doubled(source.refunds, "amount tax"),
        refund_items=doubled(source.refund_items, "amount"),
    )
    one, _ = ledger_of(rows, back, files, source)
    two, _ = ledger_of(rows, back, files, twice)
    for name in (*INCOME, "base", "paid", "refund_amount"):
        for kind in (EventKind.SALE, EventKind.REFUND):
            once, again = (
                int(ledger.amounts[name][ledger.kind == kind].sum()) for ledger in (one, two)
            )
            assert again == 2 * once, (name, kind)


def doubled(frame, names):
    changes = {}
    for name in names.split():
        column = getattr(frame, name)
        known = isinstance(column, Maybe)
        changes[name] = Maybe(column.value * 2, column.known) if known else column * 2
    return replace(frame, **changes)


def test_the_rates_of_these_shops_cover_their_days():
    day = np.array([day_number(date(2026, 3, 1)) + 70], np.int32)
    assert FILES.rates.on("EUR", "USD", day).known.all()
    assert not FILES.rates.on("CHF", "USD", day).known.any()
