"""`expenses.csv`: what the shop spends besides goods, parcels, fees and ads.

One row is one expense of a day or of a calendar month. Two equal rows are two expenses. An amount
below zero is money that came back. How an amount is spread over its days is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.money import UNIT_SCALE, Int64Array
from engine.periods import add_months, day_number
from engine.sources.findings import Findings
from engine.sources.frames import Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import is_missing
from engine.sources.owner_rows import NumberKind, OwnerRows, read_month
from engine.sources.records import Layout, Records

EXPENSE_LAYOUT = Layout(
    "expenses",
    {"date": (), "month": (), "name": (), "amount": (), "currency": (), "category": ()},
    required=(("date", "month"), ("name",), ("amount",)),
    wanted="date or month, name, amount, currency, category",
)
_AMOUNT = NumberKind(UNIT_SCALE, "an amount such as 120.00", 10**12, may_be_negative=True)
_NO_AMOUNT = -(2**63)
_EITHER = "a date such as 2026-03-29 or a month such as 2026-03, not both"
_YEARS = range(1971, 2100)


@dataclass(frozen=True, slots=True, eq=False)
class Expenses:
    """The expenses of a file, in its order; one value per row.

    first, last: int32, day numbers, both inclusive. amount: int64, 1/10,000 of the major unit of
    `currency`; above zero is a cost. category: '' if the row names none. row_number: int32, the
    line of the file.
    """

    first: Int32Array
    last: Int32Array
    amount: Int64Array
    currency: tuple[str, ...]
    name: tuple[str, ...]
    category: tuple[str, ...]
    row_number: Int32Array

    def __len__(self) -> int:
        return len(self.amount)


_NO_DAYS = np.empty(0, np.int32)
NO_EXPENSES = Expenses(_NO_DAYS, _NO_DAYS, np.empty(0, np.int64), (), (), (), _NO_DAYS)


def read_expenses(records: Records, findings: Findings) -> Expenses:
    """Return the expenses of a file; a row that can't be used is noted and left out."""
    rows = OwnerRows(records, findings, numbers=("amount",), dates=("date",))
    first, last = _spans(rows)
    nameless = np.array([not name for name in rows.texts("name")], np.bool_)
    rows.require("name", nameless, "what the money was spent on")
    amount = rows.integers("amount", _AMOUNT, needed=True, missing=_NO_AMOUNT)
    currencies = rows.currencies("currency")
    rows.reject_foreign_marks("amount", currencies)
    used = np.flatnonzero(rows.used)
    names, categories = rows.texts("name"), rows.texts("category")
    return Expenses(
        first=first[used],
        last=last[used],
        amount=amount[used],
        currency=tuple(currencies[row] for row in used.tolist()),
        name=tuple(names[row] for row in used.tolist()),
        category=tuple(categories[row] for row in used.tolist()),
        row_number=rows.row_numbers()[used],
    )


def _spans(rows: OwnerRows) -> tuple[Int32Array, Int32Array]:
    """Return the first and last day of each row; reject those with both or neither."""
    first = rows.days("date", blank=0)
    last = first.copy()
    dates, months = rows.texts("date"), rows.texts("month")
    for index, (day, month) in enumerate(zip(dates, months, strict=True)):
        if not rows.used[index]:
            continue
        if is_missing(day) == is_missing(month):
            code = "VALUE_MISSING" if is_missing(day) else "DATE_NOT_READ"
            what = "is empty, and so is the date" if is_missing(day) else "stands beside a date"
            rows.reject(index, "month", Problem(code, what, _EITHER))
        elif not is_missing(month):
            number = read_month(month)
            if number is None or number // 12 not in _YEARS:
                expected = "a month such as 2026-03"
                rows.reject(index, "month", Problem("DATE_NOT_READ", "is not a month", expected))
                continue
            start = date(number // 12, number % 12 + 1, 1)
            first[index] = day_number(start)
            last[index] = day_number(add_months(start, 1)) - 1
    return first, last
