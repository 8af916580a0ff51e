"""What the carrier takes for a parcel: one row of the answer = one parcel.

Rules M38 and M40 of docs/money-rules.md. The weight of all that is in it is raised to the next tier
in force on the parcel's day, at the price of the destination's zone or of its own list. A label
that was paid for goes before any list. Where weight, zone or price is not known the postage is
unknown, and its ceiling says how much it can be at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import allocate, sum_by_group
from engine.ledger.frames import CostBasis
from engine.ledger.owner_amounts import OwnerAmounts
from engine.ledger.parcels import NONE, Parcels, Pieces
from engine.ledger.weights import UnitWeights
from engine.money import Int64Array, round_div
from engine.sources.duty_table import COUNTRY
from engine.sources.frames import BoolArray, Int8Array, Int32Array, Texts
from engine.sources.held_columns import Columns
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import DatedSetting
from engine.sources.price_lists import PriceTable
from engine.sources.zone_files import Zones


@dataclass(frozen=True, slots=True, eq=False)
class CarrierPrices:
    """What parcels cost: by zone, and by the own list of one destination, COUNTRY."""

    zones: Zones
    prices: PriceTable
    own: PriceTable
    over_max: DatedSetting


@dataclass(frozen=True, slots=True, eq=False)
class ParcelWeights(Columns):
    """What the parcels weigh; all int64, in mdesi.

    pieces: of each piece, UNKNOWN where its line's is. worst: the same with the largest weight on
    file for an unknown one, UNKNOWN only if there is none. total, worst_total: their sums by
    parcel, UNKNOWN if one of the pieces is. shares: int64[pieces], what the costs of a parcel are
    split by: the weights, or the units of a parcel that holds an unknown one.
    """

    pieces: Int64Array
    worst: Int64Array
    total: Int64Array
    worst_total: Int64Array
    shares: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Postage(Columns):
    """What each parcel costs to send, in minor units.

    price: UNKNOWN where it is not known. ceiling: the most that an unknown price can be, UNKNOWN if
    that is not known either, 0 for a known one. basis: int8, a CostBasis. tier: mdesi that the list
    charges for, UNKNOWN without a price of the list. zone: −1 = none; COUNTRY is that one's own
    list. is_label: the price is that of labels.
    """

    price: Int64Array
    ceiling: Int64Array
    basis: Int8Array
    tier: Int64Array
    zone: Texts
    is_label: BoolArray


def weigh(pieces: Pieces, unit: UnitWeights, quantity: Int64Array, largest: int) -> ParcelWeights:
    """Sum the weights of parcels; a line of n parcels puts an n-th of its weight into each.

    unit, quantity: one value per piece. largest: mdesi, the largest weight on file, or UNKNOWN.
    """
    parts = pieces.parts.astype(np.int64)
    own = round_div(np.maximum(unit.mdesi, 0) * quantity, parts)
    limit = round_div(max(largest, 0) * quantity, parts)
    known = unit.mdesi != UNKNOWN
    weight = np.where(known, own, UNKNOWN)
    worst = np.where(known, own, limit if largest != UNKNOWN else UNKNOWN)
    total = _sum_known(weight, pieces.starts)
    whole = (total != UNKNOWN)[pieces.parcel]
    return ParcelWeights(
        pieces=weight,
        worst=worst,
        total=total,
        worst_total=_sum_known(worst, pieces.starts),
        shares=np.where(whole, weight, quantity),
    )


def _sum_known(values: Int64Array, starts: Int64Array) -> Int64Array:
    unknown = sum_by_group((values == UNKNOWN).astype(np.int64), starts)
    return np.where(unknown > 0, UNKNOWN, sum_by_group(values, starts))


def price_parcels(
    parcels: Parcels,
    weights: ParcelWeights,
    is_rough: BoolArray,
    countries: Sequence[str],
    carrier: CarrierPrices,
    amounts: OwnerAmounts,
    labels: Int64Array,
) -> Postage:
    """Price the parcels.

    is_rough: bool[parcels], a weight in it is estimated. countries: what `parcels.country` indexes.
    labels: int64[parcels], minor units that were paid for labels, below zero for none.
    """
    destinations = np.array([code == COUNTRY for code in countries] + [False], np.bool_)
    own = destinations[parcels.country] & _in_force(carrier.own, parcels.day)
    zone = carrier.zones.find(countries, parcels.country, parcels.day)
    found = _listed(carrier, amounts, zone, own, weights.total, parcels.day)
    is_label = labels >= 0
    price = np.where(is_label, labels, found.price)
    is_known = price != UNKNOWN
    is_estimated = found.is_estimated | parcels.is_split | is_rough
    basis = np.where(
        is_label,
        CostBasis.MEASURED,
        np.where(is_estimated, CostBasis.ESTIMATED, CostBasis.MEASURED),
    )
    ceiling = np.zeros(len(price), np.int64)
    open_ = np.flatnonzero(~is_known)
    ceiling[open_] = _ceilings(
        carrier, amounts, zone[open_], own[open_], weights.worst_total[open_], parcels.day[open_]
    )
    names = tuple(dict.fromkeys((*carrier.zones.names, COUNTRY)))
    return Postage(
        price=price,
        ceiling=ceiling,
        basis=np.where(is_known, basis, CostBasis.UNKNOWN).astype(np.int8),
        tier=found.tier,
        zone=Texts(np.where(own, names.index(COUNTRY), zone).astype(np.int32), names),
        is_label=is_label,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Listed:
    price: Int64Array  # minor units, or UNKNOWN
    tier: Int64Array
    is_estimated: BoolArray


def _listed(
    carrier: CarrierPrices,
    amounts: OwnerAmounts,
    zone: Int32Array,
    own: BoolArray,
    mdesi: Int64Array,
    day: Int32Array,
) -> _Listed:
    """Look up the price of parcels: of its own list where a destination has one, else by zone."""
    extrapolates = carrier.over_max.on(day) > 0
    by_zone = carrier.prices.price(
        carrier.zones.names, np.where(own, NONE, zone), mdesi, day, extrapolates
    )
    of_country = np.where(own, 0, NONE).astype(np.int32)
    by_own = carrier.own.price((COUNTRY,), of_country, mdesi, day, extrapolates)
    return _Listed(
        np.where(
            own,
            amounts.minor(by_own.price, carrier.own.currency, day),
            amounts.minor(by_zone.price, carrier.prices.currency, day),
        ),
        np.where(own, by_own.tier, by_zone.tier),
        np.where(own, by_own.is_estimated, by_zone.is_estimated),
    )


def _ceilings(
    carrier: CarrierPrices,
    amounts: OwnerAmounts,
    zone: Int32Array,
    own: BoolArray,
    mdesi: Int64Array,
    day: Int32Array,
) -> Int64Array:
    """The most that parcels of unknown postage can cost: the worst row in force."""
    found = _listed(carrier, amounts, zone, own, mdesi, day).price
    dearest = carrier.prices.dearest(mdesi, day, carrier.over_max.on(day) > 0)
    nowhere = ~own & (zone == NONE)
    return np.where(nowhere, amounts.minor(dearest.price, carrier.prices.currency, day), found)


def _in_force(table: PriceTable, day: Int32Array) -> BoolArray:
    found = np.zeros(len(day), np.bool_)
    for prices in table.lists:
        if len(prices.tier):
            found |= (day >= prices.first) & (day <= prices.last)
    return found


def labels_of_parcels(
    parcels: Parcels, pieces: Pieces, order_of_line: Int32Array, label_cost: Int64Array
) -> Int64Array:
    """Return what was paid for the labels of each parcel, −1 where no order of it has one.

    label_cost: int64[orders], minor units, below zero for none. An order of several parcels has
    paid an equal part of its labels for each of them.
    """
    order = order_of_line[pieces.line]
    # One row = one order in one parcel: the first of its pieces.
    _, first = np.unique(
        pieces.parcel.astype(np.int64) * len(label_cost) + order, return_index=True
    )
    first = first[np.lexsort((pieces.parcel[first], order[first]))]
    orders, begins = np.unique(order[first], return_index=True)
    starts = np.append(begins, len(first)).astype(np.int64)
    paid = np.maximum(label_cost[orders], 0)
    shares = allocate(paid, np.ones(len(first), np.int64), starts)
    has_label = label_cost[order[first]] >= 0
    total = np.zeros(len(parcels), np.int64)
    np.add.at(total, pieces.parcel[first], shares)
    labelled = np.zeros(len(parcels), np.bool_)
    labelled[pieces.parcel[first[has_label]]] = True
    return np.where(labelled, total, NONE)
