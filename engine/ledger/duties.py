"""What customs and the carrier take on a parcel's way into a country with a duty table.

Rule M39 of docs/money-rules.md. Duty and import tax are per line of a parcel, on one base; the
carrier's fee for advancing them is one per parcel. All are as in force on the parcel's day. If the
base or a rate of one line is not known, the three amounts of its parcel are unknown, and ceilings
say how much they can be at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import sum_by_group
from engine.ledger.frames import CostBasis
from engine.ledger.owner_amounts import OwnerAmounts, share_of
from engine.ledger.parcels import NONE, Parcels, Pieces
from engine.money import Int64Array
from engine.sources.duty_table import COUNTRY, DutyRows, DutyTable
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.held_columns import Columns
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import ParcelSettings
from engine.sources.price_lists import CARRIER_CURRENCY


@dataclass(frozen=True, slots=True, eq=False)
class DutiableGoods(Columns):
    """What duties are asked of; one value per piece, int64.

    quantity, value: units and minor units after discount of the piece's whole line. order_value:
    minor units after discount of its whole order. row: row of the duty table in force, −1 = none.
    """

    quantity: Int64Array
    value: Int64Array
    order_value: Int64Array
    row: Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class DutyRules:
    """The owner's duty table and settings, and what their amounts are in the shop's currency."""

    table: DutyTable
    settings: ParcelSettings
    amounts: OwnerAmounts


@dataclass(frozen=True, slots=True, eq=False)
class Duties(Columns):
    """Duties in minor units, 0 where they are not known; the bases are int8, a CostBasis.

    duty, import_tax and their bases: of each piece. base: what they are on, UNKNOWN where it is not
    known, 0 where nothing is due. ceiling: the most that unknown duty and import tax of a piece can
    be together. carrier_fee, carrier_fee_basis, carrier_fee_ceiling: of each parcel. A ceiling is 0
    where all is known and UNKNOWN where it is not known itself.
    """

    duty: Int64Array
    import_tax: Int64Array
    base: Int64Array
    duty_basis: Int8Array
    import_tax_basis: Int8Array
    ceiling: Int64Array
    carrier_fee: Int64Array
    carrier_fee_basis: Int8Array
    carrier_fee_ceiling: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class _Terms(Columns):
    """The base and rates of pieces; UNKNOWN where they are not known. handling: a fee."""

    base: Int64Array
    duty_ppm: Int64Array
    tax_ppm: Int64Array
    handling: Int64Array
    is_range: BoolArray

    @property
    def known(self) -> BoolArray:
        lowest = np.minimum(np.minimum(self.base, self.duty_ppm), self.tax_ppm)
        return np.asarray(lowest != UNKNOWN)


def find_duties(
    parcels: Parcels,
    pieces: Pieces,
    goods: DutiableGoods,
    countries: Sequence[str],
    rules: DutyRules,
) -> Duties:
    """Find what is due on each piece and parcel.

    A destination that is not known may be the one with duties, so that they are unknown, unless the
    duty-free limit covers the order. countries: what `parcels.country` indexes.
    """
    terms = _terms(parcels, pieces, goods, rules)
    is_due, is_doubtful = _liable(parcels, pieces, goods, countries, rules)
    is_open = is_due & (~terms.known | is_doubtful)
    known = ~pieces.any_by_parcel(is_open)
    taxed = is_due & known[pieces.parcel]
    base = np.where(is_due, terms.base, 0)
    duty, tax = np.zeros((2, len(pieces)), np.int64)
    duty[taxed] = share_of(base[taxed], terms.duty_ppm[taxed])
    tax[taxed] = share_of(base[taxed], terms.tax_ppm[taxed])
    is_split, is_range = parcels.is_split[pieces.parcel], is_due & terms.is_range
    fee = _carrier_fees(parcels, pieces, duty + tax, terms.handling, rules)
    is_rough = parcels.is_split | pieces.any_by_parcel(is_range)
    worst, worst_fee = _ceilings(parcels, pieces, goods, terms, is_due, is_open, rules)
    is_fee_known = known & (fee != UNKNOWN)
    return Duties(
        duty=duty,
        import_tax=tax,
        base=base,
        duty_basis=_basis(known[pieces.parcel], is_split | is_range),
        import_tax_basis=_basis(known[pieces.parcel], is_split),
        ceiling=np.where(known[pieces.parcel], 0, worst),
        carrier_fee=np.where(is_fee_known, fee, 0),
        carrier_fee_basis=_basis(is_fee_known, is_rough),
        carrier_fee_ceiling=np.where(is_fee_known, 0, worst_fee),
    )


def _basis(known: BoolArray, is_estimated: BoolArray) -> Int8Array:
    stated = np.where(is_estimated, CostBasis.ESTIMATED, CostBasis.MEASURED)
    return np.where(known, stated, CostBasis.UNKNOWN).astype(np.int8)


def _terms(
    parcels: Parcels,
    pieces: Pieces,
    goods: DutiableGoods,
    rules: DutyRules,
) -> _Terms:
    day = parcels.day[pieces.parcel]
    rows, row = rules.table.rows, goods.row
    declared = np.append(rows.declared_value, UNKNOWN)[row]
    of_sale = rules.settings.duty_base.on(day) > 0
    by_value = rules.amounts.minor(declared, CARRIER_CURRENCY, day, goods.quantity)
    base = np.where(of_sale, goods.value, by_value)
    handling = np.append(rows.handling_fee, UNKNOWN)[row]
    return _Terms(
        base=pieces.share(base),
        duty_ppm=np.append(rows.duty_ppm, UNKNOWN)[row],
        tax_ppm=np.append(rows.import_tax_ppm, UNKNOWN)[row],
        handling=rules.amounts.minor(handling, CARRIER_CURRENCY, day),
        is_range=np.append(rows.is_range, False)[row],
    )


def _liable(
    parcels: Parcels,
    pieces: Pieces,
    goods: DutiableGoods,
    countries: Sequence[str],
    rules: DutyRules,
) -> tuple[BoolArray, BoolArray]:
    """Return which pieces owe duty, and for which of them that is only a possibility."""
    if not len(rules.table):
        nothing = np.zeros(len(pieces), np.bool_)
        return nothing, nothing
    destinations = np.array([code == COUNTRY for code in countries] + [True], np.bool_)
    by_seller = rules.settings.duty_payer.on(parcels.day) == 0
    is_due = (destinations[parcels.country] & by_seller)[pieces.parcel]
    limit = rules.amounts.setting(rules.settings.us_duty_free_limit, parcels.day)[pieces.parcel]
    is_due &= ~((limit > 0) & (goods.order_value <= limit))
    is_doubtful = (limit == UNKNOWN) | (parcels.country == NONE)[pieces.parcel]
    return is_due, is_due & is_doubtful


def _carrier_fees(
    parcels: Parcels,
    pieces: Pieces,
    charged: Int64Array,
    handling: Int64Array,
    rules: DutyRules,
) -> Int64Array:
    """The fee of each parcel on what its pieces are charged; UNKNOWN if it can't be told.

    It is the flat fee, else the largest handling fee of its lines, but at least the share.
    """
    total = sum_by_group(charged, pieces.starts)
    flat = rules.amounts.setting(rules.settings.carrier_fee_flat, parcels.day)
    row = rules.settings.carrier_fee_flat.rows_on(parcels.day)
    is_set = np.array([r.value != UNKNOWN for r in rules.settings.carrier_fee_flat.rows])[row]
    largest = np.maximum.reduceat(handling, pieces.starts[:-1]) if len(parcels) else handling
    least = np.where(is_set, flat, largest)
    fee = np.maximum(least, share_of(total, rules.settings.carrier_fee_rate.on(parcels.day)))
    return np.where(total > 0, np.where(least == UNKNOWN, UNKNOWN, fee), 0)


def _ceilings(
    parcels: Parcels,
    pieces: Pieces,
    goods: DutiableGoods,
    terms: _Terms,
    is_due: BoolArray,
    is_open: BoolArray,
    rules: DutyRules,
) -> tuple[Int64Array, Int64Array]:
    """The most that duty and import tax of each piece, and the fee of each parcel, can be.

    A line with something unknown is taken at the highest rates in force, and at what it was sold
    for where its declared value is unknown.
    """
    duty_ppm, tax_ppm, fee = (
        column[pieces.parcel] for column in _highest(rules.table.rows, parcels.day)
    )
    sold = pieces.share(goods.value)
    base = np.where(terms.base != UNKNOWN, terms.base, sold)
    rates = [
        np.where(is_due, np.where(is_open, highest, own), 0)
        for highest, own in ((duty_ppm, terms.duty_ppm), (tax_ppm, terms.tax_ppm))
    ]
    nothing = (rates[0] == UNKNOWN) | (rates[1] == UNKNOWN)
    worst = sum(share_of(base, np.maximum(rate, 0)) for rate in rates)
    day = parcels.day[pieces.parcel]
    highest_fee = rules.amounts.minor(fee, CARRIER_CURRENCY, day)
    handling = np.where(terms.handling != UNKNOWN, terms.handling, highest_fee)
    handling = np.where(is_open, np.maximum(handling, highest_fee), handling)
    worst_fee = _carrier_fees(parcels, pieces, np.asarray(worst), handling, rules)
    is_lost = pieces.any_by_parcel(nothing)
    return np.where(nothing, UNKNOWN, worst), np.where(is_lost, UNKNOWN, worst_fee)


def _highest(rows: DutyRows, day: Int32Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """The highest duty rate, import tax rate and handling fee in force on each day."""
    last = rows.last.astype(np.int64)
    changes = np.unique(np.concatenate((rows.first.astype(np.int64), last + 1)))
    span = np.searchsorted(changes, day, side="right") - 1
    best = np.full((3, len(changes) + 1), UNKNOWN, np.int64)
    for number in np.unique(span[span >= 0]).tolist():
        held = (rows.first <= changes[number]) & (last >= changes[number])
        for place, column in enumerate(
            (rows.highest_duty_ppm, rows.import_tax_ppm, rows.handling_fee)
        ):
            best[place, number] = column[held].max(initial=UNKNOWN)
    return best[0][span], best[1][span], best[2][span]
