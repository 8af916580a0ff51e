"""Files of random cells, many of them wrong: whatever lands must add up, and land once."""

import random

import pytest

from engine.sources.landing.plans import RowCounts
from tests.sources.landing.desk import Desk

DATES = ["2026-03-29", "2026-03-29 02:30", "3/14/26", "2026-10-25T02:30:01", "soon", ""]
ORDER_IDS = ["1", "2", "3", "0003", "A-1", "A-2", "", "3E9", "0", "99999999999999999999"]
SALES = {
    "order_id": ORDER_IDS,
    "ordered_at": DATES,
    "sku": ["A", "B", " A ", "DELETED-A", "", "N/A", "a b c d"],
    "listing_id": ["11", "12", "L1", "0", "", "011", "1.5"],
    "quantity": ["1", "2", "1,000", "x", "-1", "0", "1.5", "1.0", ""],
    "unit_price": ["1", "1.5", "0.125", "0", "1.2345678", "$5", "€5", "-1", "9999999999", ""],
    "currency": ["USD", "USD", "usd", "EUR", "KWD", "JPY", "XXX", ""],
    "line_id": ["", "1", "2", "-"],
    "title": ["Ring", "", "Yüzük"],
    "buyer_id": ["anna", "7", ""],
    "country": ["US", "NA", "Atlantis", "-", ""],
    "discount": ["", "0", "1", "2.5", "-1", "x"],
    "shipping": ["", "3", "3", "4"],
    "tax": ["", "0.333333"],
    "status": ["", "paid", "open", "odd"],
    "shipped_at": ["", "2026-04-01", "bad"],
}
REFUNDS = {
    "refund_id": ["1", "2", "R1", "01", "", "3E9"],
    "date": DATES,
    "amount": ["1", "2.5", "0.125", "0", "-1", "x", ""],
    "currency": SALES["currency"],
    "order_id": ORDER_IDS,
    "sku": SALES["sku"],
    "listing_id": SALES["listing_id"],
    "quantity": SALES["quantity"],
    "tax_amount": ["", "0", "0.1", "0.0001", "5"],
    "reason": ["", "broken"],
}
NEEDED = {"order_id", "ordered_at", "sku", "quantity", "unit_price", "currency"}
NEEDED |= {"refund_id", "date", "amount"}
BROKEN_ORDERS = """
    SELECT order_id FROM orders o LEFT JOIN (
        SELECT order_id, sum(price * quantity * (1000000 / price_divisor)) AS price,
            sum(quantity) AS pieces FROM order_transactions GROUP BY order_id
    ) lines USING (order_id)
    WHERE lines.price IS NULL OR item_count <> pieces
        OR total_price * (1000000 / total_price_divisor) <> lines.price
        OR grand_total * (1000000 / grand_total_divisor) <> lines.price
            - coalesce(discount_amt * (1000000 / discount_divisor), 0)
            + coalesce(total_shipping_cost * (1000000 / shipping_divisor), 0)
            + coalesce(total_tax_cost * (1000000 / tax_divisor), 0)
"""
BROKEN_REFUNDS = """
    SELECT r.id FROM order_refunds r JOIN order_refund_items i ON i.order_refund_id = r.id
    GROUP BY r.id HAVING count(*) > 1
        OR sum(i.amount * (1000000 / i.amount_divisor))
            <> max((r.amount - coalesce(r.tax_amount, 0)) * (1000000 / r.amount_divisor))
"""


def messy_file(chance: random.Random) -> str:
    cells = chance.choice([SALES, SALES, REFUNDS])
    columns = [name for name in cells if name in NEEDED or chance.random() < 0.6]
    chance.shuffle(columns)
    share_of_good = chance.choice([0.6, 0.9, 1.0])

    def cell(name: str) -> str:
        if name in ("order_id", "refund_id"):
            return chance.choice(cells[name][:5] if share_of_good > 0.7 else cells[name])
        return cells[name][0] if chance.random() < share_of_good else chance.choice(cells[name])

    rows = [[cell(name) for name in columns] for _ in range(chance.randint(0, 12))]
    if rows and chance.random() < 0.2:
        rows[0].append("beyond")
    delimiter = chance.choice(";\t|")
    return "\n".join(delimiter.join(row) for row in [columns, *rows]) + "\n"


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_lands_adds_up_and_lands_once(desk: Desk, seed: int) -> None:
    chance, landed = random.Random(seed), 0
    for number in range(25):
        text = messy_file(chance)
        planned = desk.land(f"{number}.csv", text, dry_run=True)
        receipt = desk.land(f"{number}.csv", text)
        counts = receipt.counts
        assert (planned.counts, planned.rejected) == (counts, receipt.rejected)
        assert receipt.total == counts.new + counts.changed + counts.unchanged + receipt.rejected
        if receipt.status in ("refused", "already_imported"):
            continue
        landed += counts.new
        again = desk.land(f"{number}.csv", text, replace=True)
        assert again.counts == RowCounts(0, 0, counts.new + counts.changed + counts.unchanged)
        assert desk.rows(BROKEN_ORDERS) == []
        assert desk.rows(BROKEN_REFUNDS) == []
    assert landed > 20
