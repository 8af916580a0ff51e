"""Where the income of an order's lines comes from: prices, and the amounts of the order.

Rules M9 to M13 of docs/money-rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.explained import Part, Why, parts_of, trimmed, whole_part
from engine.ledger.frames import INCOME
from engine.ledger.one_order import OneOrder
from engine.ledger.sales import line_values, weights_of
from engine.sources.frames import AMOUNT_DIGITS

_RULES = {"discount": "M10", "shipping": "M10", "gift_wrap": "M10", "sales_tax": "M10"}


def explain_income(one: OneOrder) -> Iterator[Part]:
    """Yield the parts of the income columns of a counted order."""
    yield from _values(one)
    for name in INCOME[1:]:
        yield from _order_amount(one, name)
    quantity = one.facts.lines.quantity[one.lines].tolist()
    for row, line, units in zip(one.sale_rows, one.lines, quantity, strict=True):
        yield whole_part(row, "quantity", units, Why("M9", "measured", *_line_source(one, line)))


def _values(one: OneOrder) -> Iterator[Part]:
    """Price × quantity of each line; the order's sum is what is rounded."""
    facts = one.facts
    group_of_line = one.work.sold.to_rows(np.arange(one.work.sold.groups))
    stated = line_values(facts.tables, facts.lines, facts.in_time[facts.sales.order], group_of_line)
    whole = int(facts.sales.orders["value"][one.group])
    for at, row in enumerate(one.sale_rows):
        line = int(one.lines[at])
        why = Why(
            "M9", "measured", *_line_source(one, line), _price_formula(one, line) + one.rate()
        )
        yield from parts_of([row], "value", whole, stated[one.lines], why, [at])


def _line_source(one: OneOrder, line: int) -> tuple[str, str]:
    if one.facts.lines.source[line] < 0:
        return "orders", f"order_id {one.order_id}"
    return "order_transactions", f"transaction_id {one.facts.lines.line_id[line]}"


def _price_formula(one: OneOrder, line: int) -> str:
    facts = one.facts
    source = int(facts.lines.source[line])
    if source < 0:
        return "the order's total of its goods, as it has no lines"
    price = trimmed(int(facts.tables.lines.price[source]), AMOUNT_DIGITS)
    return f"{facts.lines.quantity[line]} × {price}"


def _order_amount(one: OneOrder, name: str) -> Iterator[Part]:
    """An amount of the order on its lines, by their own figures or by their value."""
    facts = one.facts
    sales = facts.sales
    whole = int(sales.orders[name][one.group])
    if not whole:
        return
    value = sales.lines["value"]
    weights = weights_of(name, facts.tables, facts.lines, value, sales.orders[name], sales.starts)
    weights = weights[one.lines]
    own = not np.array_equal(weights, value[one.lines])
    words = "by the lines' own figures" if own else "by the lines' value"
    if name == "unbooked":
        words = f"grand total less all stated parts, {words}"
    words += one.rate()
    rule = _RULES.get(name, "M12" if name == "unbooked" else "M10")
    why = Why(rule, "measured", "orders", f"order_id {one.order_id}", words)
    yield from parts_of(one.sale_rows, name, whole, weights, why)
