"""One order explained: every amount of its ledger rows with the rule and source row behind it.

Nothing is computed here but sums: an explanation adds itself up and compares with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import ReconciliationError
from engine.ledger.explained import Cell, LedgerRow, LeftOut, OrderLine, Parcel, Part, Piece, Row
from engine.ledger.frames import FEES, FULFILMENT, INCOME, REFUND
from engine.money import format_money

# Columns whose parts are told one by one; the others are sums of them.
TOLD = (
    *INCOME,
    *REFUND,
    "cogs",
    "cogs_recovered",
    *FULFILMENT,
    *FEES,
    "fees_retained",
    "quantity",
    "quantity_returned",
)
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OrderExplanation:
    """One order, down to its source rows.

    state: counted, cancelled, held or open. parts: everything behind the columns TOLD.
    """

    order_id: int
    state: str
    status: str
    ordered_at: str  # the shop's wall clock
    country: str
    currency: str
    shop_currency: str
    lines: tuple[OrderLine, ...]
    parts: tuple[Part, ...]
    parcels: tuple[Parcel, ...]
    pieces: tuple[Piece, ...]
    cells: tuple[Cell, ...]
    left_out: tuple[LeftOut, ...]
    ledger: tuple[LedgerRow, ...]

    def total(self, column: str) -> int:
        """Sum a column over the ledger rows of the order: minor units, or units."""
        return sum(row.amounts[column] for row in self.ledger)

    def check(self) -> None:
        """Add all parts up and compare with the ledger; raises ReconciliationError."""
        told: dict[tuple[Row, str], int] = {}
        for part in self.parts:
            key = (part.row, part.column)
            told[key] = told.get(key, 0) + (part.amount or 0)
        booked = {(row.row, name): row.amounts[name] for row in self.ledger for name in TOLD}
        problems = [
            f"  {name} of {_named(row)}: explained {self._money(told.get((row, name), 0))} ≠ "
            f"ledger {self._money(booked.get((row, name), 0))}"
            for row, name in sorted(told.keys() | booked.keys(), key=str)
            if told.get((row, name), 0) != booked.get((row, name), 0)
        ]
        problems += [problem for row in self.ledger for problem in self._sums(row)]
        if problems:
            raise ReconciliationError(
                f"The explanation of order {self.order_id} does not add up:\n"
                + "\n".join(problems[:_SHOWN]),
                hint="The figures are those of the ledger. Report this with the lines above: it "
                "is a fault of the program.",
            )

    def _sums(self, row: LedgerRow) -> Iterable[str]:
        """Yield what is wrong with the columns that are sums of others."""
        of = row.amounts
        fees = [of[name] for name in FEES]
        wanted = {
            "base": of["value"] - of["discount"] + of["shipping"] + of["gift_wrap"],
            "paid": of["base"] + of["sales_tax"] + of["vat"] + of["unbooked"],
            "refund_amount": sum(of[name] for name in REFUND),
            "fee_charges": sum(max(fee, 0) for fee in fees),
            "fee_credits": sum(max(-fee, 0) for fee in fees),
        }
        for name, value in wanted.items():
            if of[name] != value:
                yield (
                    f"  {name} of {_named(row.row)}: its parts {self._money(value)} ≠ "
                    f"ledger {self._money(of[name])}"
                )

    def _money(self, amount: int) -> str:
        return format_money(amount, self.shop_currency)


def _named(row: Row) -> str:
    source = f", source {row.source_id}" if row.source_id else ""
    return f"{row.event} of line {row.line_id}{source}"
