"""Where postage, duty, import tax and the carrier's fee of an order come from, parcel by parcel.

Rules M37 to M40 of docs/money-rules.md. A parcel may hold goods of several orders, and an order may
be several parcels: every amount is told for the parcel, then for what the parcel holds of a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.ledger.explain_entries import ACCOUNT, entry_name
from engine.ledger.explained import (
    MEASURED,
    UNKNOWN,
    Parcel,
    Part,
    Piece,
    Row,
    Why,
    parts_of,
    plain,
    trimmed,
    whole_part,
)
from engine.ledger.fee_frames import Fate
from engine.ledger.frames import CostBasis
from engine.ledger.one_order import SALE, OneOrder
from engine.ledger.parcels import NONE
from engine.ledger.weights import WeightSource
from engine.money import UNIT_SCALE, Int64Array
from engine.periods import day_date
from engine.sources.duty_table import COUNTRY
from engine.sources.ledger_types import Bucket
from engine.sources.owner_rows import UNKNOWN as NOT_KNOWN
from engine.sources.price_lists import PriceTable

_RATE_DIGITS, _WEIGHT_DIGITS = 6, 3


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """What an order's parcels are, what they hold, and the parts of the fulfilment columns."""

    parcels: tuple[Parcel, ...]
    pieces: tuple[Piece, ...]
    parts: tuple[Part, ...]


def explain_parcels(one: OneOrder) -> Fulfilled:
    """Explain the fulfilment columns of a counted order."""
    pieces = one.facts.fulfilment.pieces
    own = np.flatnonzero(np.isin(pieces.line, one.lines))
    parcels: list[Parcel] = []
    told: list[Piece] = []
    parts: list[Part] = list(_labels_without_parcel(one))
    for number, parcel in enumerate(np.unique(pieces.parcel[own]).tolist(), 1):
        here = own[pieces.parcel[own] == parcel]
        parcels.append(_parcel(one, parcel, number))
        told += _pieces(one, parcel, number)
        parts += _parcel_parts(one, parcel, parcels[-1], here)
    return Fulfilled(tuple(parcels), tuple(told), tuple(parts))


def _parcel(one: OneOrder, parcel: int, number: int) -> Parcel:
    fulfilment = one.facts.fulfilment
    parcels, weights, postage = fulfilment.parcels, fulfilment.weights, fulfilment.postage
    country, zone = int(parcels.country[parcel]), int(postage.zone.code[parcel])
    price = int(postage.price[parcel])
    return Parcel(
        number=number,
        orders=tuple(_orders_in(one, parcel)),
        day=day_date(int(parcels.day[parcel])),
        country=one.facts.orders.countries[country] if country >= 0 else "",
        zone=postage.zone.values[zone] if zone >= 0 else "",
        mdesi=_known(weights.total[parcel]),
        tier=None if postage.is_label[parcel] else _known(postage.tier[parcel]),
        price=_known(price),
        why=_postage_why(one, parcel),
    )


def _known(value: np.int64 | int) -> int | None:
    return None if int(value) == NOT_KNOWN else int(value)


def _rows(one: OneOrder, parcel: int) -> Int64Array:
    starts = one.facts.fulfilment.pieces.starts
    return np.arange(int(starts[parcel]), int(starts[parcel + 1]))


def _orders_in(one: OneOrder, parcel: int) -> list[int]:
    line = one.facts.fulfilment.pieces.line[_rows(one, parcel)]
    ids: list[int] = np.unique(one.facts.lines.order_id[line]).tolist()
    return ids


def _postage_why(one: OneOrder, parcel: int) -> Why:
    fulfilment = one.facts.fulfilment
    postage = fulfilment.postage
    basis = CostBasis(int(postage.basis[parcel])).name.lower()
    if postage.is_label[parcel]:
        return Why("M38", basis, ACCOUNT, _label_entries(one, parcel), "labels that were paid for")
    if basis == UNKNOWN:
        return Why("M38", UNKNOWN, "carrier price list", "", _missing(one, parcel))
    return Why("M38", basis, *_price_row(one, parcel))


def _label_entries(one: OneOrder, parcel: int) -> str:
    placed = one.work.placed
    chosen = placed.of(Bucket.POSTAGE, Fate.LABEL)
    orders = one.facts.orders.order_id[placed.entries.order[chosen]]
    of_parcel = chosen[np.isin(orders, _orders_in(one, parcel))]
    return ", ".join(entry_name(one, entry) for entry in of_parcel.tolist())


def _missing(one: OneOrder, parcel: int) -> str:
    fulfilment = one.facts.fulfilment
    if fulfilment.weights.total[parcel] == NOT_KNOWN:
        return "the weight of a line is not known"
    if fulfilment.postage.zone.code[parcel] < 0:
        return "the destination has no zone"
    return "no price is in force for this zone, weight and day"


def _price_row(one: OneOrder, parcel: int) -> tuple[str, str, str]:
    """Return file, row and formula of a price of the list."""
    files, fulfilment = one.facts.terms.files, one.facts.fulfilment
    postage = fulfilment.postage
    zone = postage.zone.values[int(postage.zone.code[parcel])]
    day, tier = int(fulfilment.parcels.day[parcel]), int(postage.tier[parcel])
    table = files.duties.steps if zone == COUNTRY else files.prices
    prices = next(p for p in table.lists if p.first <= day <= p.last)
    column = prices.price[table.zones.index(zone)]
    heavy = trimmed(tier, _WEIGHT_DIGITS)
    at = int(np.searchsorted(prices.tier, tier))
    if at < len(prices.tier):
        formula = f"{plain(int(column[at]), UNIT_SCALE)} {table.currency}"
    else:
        formula = _beyond(table, prices.tier, column, tier)
    return prices.file or _file_of(zone), f"zone {zone}, {heavy} kg", formula


def _file_of(zone: str) -> str:
    return "us_duties.csv" if zone == COUNTRY else "fedex_prices.csv"


def _beyond(table: PriceTable, tiers: Int64Array, column: Int64Array, tier: int) -> str:
    """Return the formula of a price above the last tier: so many steps of the last two."""
    steps = (tier - int(tiers[-1])) // int(tiers[-1] - tiers[-2])
    last, step = int(column[-1]), int(column[-1] - column[-2])
    return f"{plain(last, UNIT_SCALE)} + {steps} × {plain(step, UNIT_SCALE)} {table.currency}"


def _pieces(one: OneOrder, parcel: int, number: int) -> Iterator[Piece]:
    fulfilment, lines = one.facts.fulfilment, one.facts.lines
    pieces, unit, duties = fulfilment.pieces, fulfilment.parts.unit, fulfilment.duties
    rows = one.facts.terms.files.duties.rows
    for at in _rows(one, parcel).tolist():
        line, row = int(pieces.line[at]), int(fulfilment.parts.duty_row[at])
        yield Piece(
            parcel=number,
            order_id=int(lines.order_id[line]),
            line_id=int(lines.line_id[line]),
            quantity=int(lines.quantity[line]),
            unit_mdesi=_known(unit.mdesi[at]),
            weight_source=WeightSource(int(unit.source[at])).name.lower().replace("_", " "),
            duty_base=_known(duties.base[at]),
            duty_ppm=_known(rows.duty_ppm[row]) if row >= 0 else None,
            import_tax_ppm=_known(rows.import_tax_ppm[row]) if row >= 0 else None,
            duty_row=_duty_source(one, at)[1],
        )


def _duty_source(one: OneOrder, piece: int) -> tuple[str, str]:
    table, row = one.facts.terms.files.duties, int(one.facts.fulfilment.parts.duty_row[piece])
    if row < 0:
        return "us_duties.csv", "no row for this SKU"
    file = table.files[int(table.rows.file[row])]
    return file, f"row {table.rows.row_number[row]}"


def _parcel_parts(one: OneOrder, parcel: int, told: Parcel, here: Int64Array) -> Iterator[Part]:
    """Yield what one parcel puts on the lines of this order; `here`: its pieces of them."""
    fulfilment = one.facts.fulfilment
    rows, duties = _rows(one, parcel), fulfilment.duties
    shares = fulfilment.weights.shares[rows]
    own = [Row(SALE, int(one.facts.lines.line_id[fulfilment.pieces.line[at]])) for at in here]
    chosen = (here - rows[0]).tolist()
    if told.price is None:
        yield from (Part(row, "postage", None, told.why) for row in own)
    else:
        yield from parts_of(own, "postage", told.price, shares, told.why, chosen)
    for row, at in zip(own, here.tolist(), strict=True):
        yield from _duty_parts(one, row, at)
    basis = CostBasis(int(duties.carrier_fee_basis[parcel])).name.lower()
    formula = "the larger of a flat amount and a share of duty and import tax"
    why = Why("M39", basis, "parcels.csv", "carrier_fee_flat, carrier_fee_rate", formula)
    if basis == UNKNOWN:
        yield from (Part(row, "carrier_fee", None, why) for row in own)
    elif fee := int(duties.carrier_fee[parcel]):
        yield from parts_of(own, "carrier_fee", fee, shares, why, chosen)


def _duty_parts(one: OneOrder, row: Row, piece: int) -> Iterator[Part]:
    fulfilment, files = one.facts.fulfilment, one.facts.terms.files
    duties, duty_row = fulfilment.duties, int(fulfilment.parts.duty_row[piece])
    base = int(duties.base[piece])
    for column, bases, rates in (
        ("duty", duties.duty_basis, files.duties.rows.duty_ppm),
        ("import_tax", duties.import_tax_basis, files.duties.rows.import_tax_ppm),
    ):
        basis = CostBasis(int(bases[piece])).name.lower()
        amount = int(fulfilment.parts.costs[column][piece])
        if basis == UNKNOWN:
            missing = "the base or a rate of a line in the parcel is not known"
            yield Part(row, column, None, Why("M39", UNKNOWN, *_duty_source(one, piece), missing))
        elif base:  # else nothing is due
            formula = f"{trimmed(int(rates[duty_row]), _RATE_DIGITS)} × {plain(base, one.digits)}"
            why = Why("M39", basis, *_duty_source(one, piece), formula)
            yield whole_part(row, column, amount, why)


def _labels_without_parcel(one: OneOrder) -> Iterator[Part]:
    """Labels that were paid for an order without a parcel go to its lines by units."""
    paid = int(one.facts.fees.labels[one.at])
    if one.facts.fulfilment.parcels.of_order[one.at] != NONE or paid <= 0:
        return
    placed = one.work.placed
    chosen = placed.of(Bucket.POSTAGE, Fate.LABEL)
    chosen = chosen[placed.group[chosen] == one.group]
    names = ", ".join(entry_name(one, entry) for entry in chosen.tolist())
    why = Why("M38", MEASURED, ACCOUNT, names, "labels of an order without a parcel, by units")
    units = one.facts.lines.quantity[one.lines]
    yield from parts_of(one.sale_rows, "postage", paid, units, why)
