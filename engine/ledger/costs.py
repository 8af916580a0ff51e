"""Unit costs of order lines, in minor units of the shop by the rate of the order's day.

One row of `LineCosts` = one line. Rules M16, M17 and M36 of docs/money-rules.md. An unknown cost is
never zero: the line keeps its sales and is counted as not costed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from engine.ledger.cost_answers import CostAnswers, CostQuestions, answer_costs
from engine.ledger.cost_book import CostBook
from engine.ledger.frames import CostBasis
from engine.ledger.owner_amounts import product_div
from engine.money import UNIT_SCALE, Int64Array
from engine.sources.frames import BoolArray, Int8Array, Int32Array, Shop
from engine.sources.rate_files import FoundRates, Rates


@dataclass(frozen=True, slots=True, eq=False)
class LineCosts:
    """The unit cost of each line; one row = one line, in their order.

    answers: of all questions, `question`: int32, which of them a line asks. unit_cost: int64,
    1/10,000 of the major unit of the answer's currency, 0 where unknown. basis: int8, a CostBasis.
    rate: of that currency into the shop's on the day of the order. cost_code: int32, indexes
    `book.cost_codes`, −1 = none. book: how costs are looked up, for explanations.
    """

    answers: CostAnswers
    question: Int32Array
    unit_cost: Int64Array
    basis: Int8Array
    rate: FoundRates
    cost_code: Int32Array
    book: CostBook
    digits: int

    @property
    def known(self) -> BoolArray:
        """Which lines have a cost."""
        return np.asarray(self.basis != CostBasis.UNKNOWN)

    @property
    def lacks_rate(self) -> BoolArray:
        """Which lines have a cost in a currency that can't be converted on their day."""
        return np.asarray(~self.known & self.answers.known[self.question])

    def minor(self, line: Int64Array, quantity: Int64Array) -> Int64Array:
        """Return unit cost × quantity of some lines in minor units of the shop, rounded once.

        line: int64[n], −1 = no line. quantity: int64[n], ≥ 0. 0 where the cost is unknown.
        """
        factors = (self.unit_cost, self.rate.numerator, self.rate.denominator)
        unit, numerator, denominator = (np.append(part, 0)[line] for part in factors)
        return self._minor(unit, quantity, numerator, denominator)

    def minor_of_all(self, quantity: Int64Array) -> Int64Array:
        """Return unit cost × quantity of every line, as `minor` does; quantity: int64[lines]."""
        return self._minor(self.unit_cost, quantity, self.rate.numerator, self.rate.denominator)

    def _minor(
        self, unit: Int64Array, quantity: Int64Array, numerator: Int64Array, denominator: Int64Array
    ) -> Int64Array:
        scale = 10 ** (UNIT_SCALE - self.digits)
        return product_div((unit, quantity, numerator), (np.maximum(denominator, 1), scale))


def find_unit_costs(
    book: CostBook, questions: CostQuestions, *, shop: Shop, rates: Rates, day: Int32Array
) -> LineCosts:
    """Find the unit cost of each line.

    questions: of SKUs by their place in the book. day: int32, the order's day of each line. A cost
    whose currency has no rate on that day stays unknown (M17); one of nothing needs no rate.
    """
    answers = answer_costs(book.groups, book.names, questions, book.currency)
    of_line = questions.of_line
    unit_cost = answers.unit_cost[of_line]
    rate = _rates(answers, of_line, shop, rates, day)
    usable = rate.known | (unit_cost == 0)
    return LineCosts(
        answers=answers,
        question=of_line,
        unit_cost=np.where(usable, unit_cost, 0),
        basis=np.where(usable, answers.basis[of_line], CostBasis.UNKNOWN).astype(np.int8),
        rate=rate,
        cost_code=book.cost_code[questions.sku[of_line]],
        book=book,
        digits=shop.digits,
    )


def _rates(
    answers: CostAnswers, of_line: Int32Array, shop: Shop, rates: Rates, day: Int32Array
) -> FoundRates:
    """Return the rate of each line's cost into the shop's currency on the day of its order."""
    count = len(of_line)
    found = FoundRates(
        np.broadcast_to(np.int64(1), count),
        np.broadcast_to(np.int64(1), count),
        np.broadcast_to(np.bool_(True), count),
        day.astype(np.int32, copy=False),
        np.broadcast_to(np.bool_(False), count),
    )
    foreign = [name for name in answers.currencies if name != shop.currency]
    if not foreign:
        return found  # of most shops: no room for what is the same in every line
    found = FoundRates(*(np.array(getattr(found, field.name)) for field in fields(found)))
    currency = answers.currency[of_line]
    for name in foreign:
        rows = np.flatnonzero(currency == answers.currencies.index(name))
        one = rates.on(name, shop.currency, day[rows])
        found.numerator[rows], found.denominator[rows] = one.numerator, one.denominator
        found.known[rows], found.day[rows] = one.known, one.day
        found.is_inverse[rows] = one.is_inverse
    return found
