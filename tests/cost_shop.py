"""Unit costs of a small shop whose files are written as the owner writes them.

One `Asked` is one order of one unit; `look_up` puts all of them through the ledger at once and
tells how each cost was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.ledger.cost_labels import LABELS
from engine.ledger.events import build_ledger
from engine.ledger.facts import Facts
from engine.ledger.frames import CostBasis, Ledger
from engine.local_time import local_clock
from engine.money import UNIT_SCALE, to_decimal
from engine.sources.owner_files import OwnerFiles, read_owner_files
from tests.shop_builder import Line, Order, a_shop, tables


@dataclass(frozen=True)
class Asked:
    """A SKU that was ordered to a country on a day."""

    sku: str | None
    country: str | None = "DE"
    day: str = "2026-03-15"
    listing: int | None = None
    quantity: int = 1


@dataclass(frozen=True)
class Found:
    """What the look-up answers: cost in major units as text, '' if unknown."""

    cost: str
    label: str
    months: int
    basis: str
    row: int
    conflict: bool


MISSING = Found("", "missing", 0, "unknown", -1, False)


def owner_writes(folder: Path, **files: str) -> OwnerFiles:
    """Read the texts as the owner's files of these names."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return read_owner_files(folder, "Worked", "USD")


def facts_of(
    files: OwnerFiles,
    asked: Sequence[Asked],
    listings: Mapping[int, Sequence[str]] | None = None,
    currency: str = "USD",
) -> tuple[Ledger, Facts]:
    """Return the ledger of orders with one line each; order and line i are number i + 1."""
    orders = [
        Order(
            number,
            datetime.fromisoformat(one.day).replace(hour=12),
            [Line(number, one.sku, one.quantity, 5000, one.listing)],
            country=one.country,
        )
        for number, one in enumerate(asked, 1)
    ]
    offered = [
        (listing * 1_000 + place, listing, sku)
        for listing, skus in (listings or {}).items()
        for place, sku in enumerate(skus)
    ]
    shop = a_shop(currency=currency)
    source = tables(shop, orders, products=offered)
    return build_ledger(source, files, local_clock(shop.time_zone))


def look_up(
    files: OwnerFiles,
    *asked: Asked,
    listings: Mapping[int, Sequence[str]] | None = None,
    currency: str = "USD",
) -> list[Found]:
    """Answer each, in the order asked."""
    _, facts = facts_of(files, asked, listings, currency)
    found = [MISSING] * len(asked)
    costs = facts.costs
    answers = costs.answers
    for row, line in enumerate(facts.lines.line_id.tolist()):
        at = int(costs.question[row])
        known = bool(costs.known[row])
        unit = to_decimal(int(costs.unit_cost[row]), UNIT_SCALE).normalize()
        found[line - 1] = Found(
            f"{unit:f}" if known else "",
            LABELS[answers.label[at]],
            int(answers.months[at]),
            CostBasis(costs.basis[row]).name.lower(),
            int(answers.row_number[at]),
            bool(answers.conflict[at]),
        )
    return found
