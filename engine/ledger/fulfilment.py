"""What it costs to bring the goods to the buyer: postage, duty, import tax and the carrier's fee.

One row of the answer = one sale line. Rules M37 to M40 of docs/money-rules.md. Goods become
parcels, parcels are weighed and priced, customs are added, and every amount of a parcel comes back
to its lines, so that their sum is the amount of the parcel. What is not known is never 0 in
disguise: its basis says so, and a ceiling says how much it can be.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from engine.ledger.allocation import allocate, sum_by_group
from engine.ledger.amounts import Amounts
from engine.ledger.duties import DutiableGoods, Duties, DutyRules, find_duties
from engine.ledger.frames import CostBasis, Orders
from engine.ledger.owner_amounts import OwnerAmounts
from engine.ledger.parcels import NONE, Parcels, Pieces, form_parcels
from engine.ledger.postage import (
    CarrierPrices,
    ParcelWeights,
    Postage,
    labels_of_parcels,
    price_parcels,
    weigh,
)
from engine.ledger.sales import Lines, SaleAmounts
from engine.ledger.sku_names import CostOwners, SkuNames, name_skus
from engine.ledger.weights import (
    SkuCodes,
    UnitWeights,
    code_skus,
    find_unit_weights,
    largest_weight,
)
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.cost_table import EMPTY_COSTS, CostTable
from engine.sources.desi_files import NO_DESI, DesiTable
from engine.sources.duty_files import NO_DUTIES
from engine.sources.duty_table import DutyTable
from engine.sources.frames import BoolArray, Int8Array, Int32Array, SourceTables, TrackingRows
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import ParcelSettings, shipped_settings
from engine.sources.price_lists import NO_PRICES, PriceTable
from engine.sources.rate_files import NO_RATES, Rates
from engine.sources.sku_map import NO_MAP, SkuMap
from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes
from engine.sources.zone_files import NO_ZONES, Zones

COSTS = ("postage", "duty", "import_tax", "carrier_fee")


@dataclass(frozen=True, slots=True, eq=False)
class CarrierFiles:
    """What the owner's files say of weights, carrier prices and duties; by default nothing."""

    costs: CostTable = EMPTY_COSTS
    prefixes: SkuPrefixes = SHIPPED_PREFIXES
    sku_map: SkuMap = NO_MAP
    desi: DesiTable = NO_DESI
    zones: Zones = NO_ZONES
    prices: PriceTable = NO_PRICES
    duties: DutyTable = NO_DUTIES
    settings: ParcelSettings = field(default_factory=shipped_settings)
    rates: Rates = NO_RATES

    def names_of(self, skus: tuple[str, ...], owners: CostOwners | None = None) -> SkuNames:
        """Return what the files call each SKU; `owners` of the costs, if they are at hand."""
        owners = owners or CostOwners.of(self.costs, self.prefixes)
        return name_skus(skus, self.duties, owners, self.prefixes, self.sku_map.overrides)

    def carrier_prices(self) -> CarrierPrices:
        """Return what the files say of prices."""
        own = self.duties.steps
        return CarrierPrices(self.zones, self.prices, own, self.settings.over_max)


@dataclass(frozen=True, slots=True, eq=False)
class PieceCosts:
    """What is behind the costs of each piece, for explanations; one row = one row of `Pieces`.

    unit: the weight of one unit. duty_row: row of the duty table in force, −1 = none. costs: int64
    by name of COSTS, minor units, 0 where unknown. They add up to the lines and to the parcels.
    """

    unit: UnitWeights
    duty_row: Int32Array
    costs: Amounts


@dataclass(frozen=True, slots=True, eq=False)
class Fulfilment:
    """One row = one sale line, in their order.

    columns: int64, minor units; postage, duty, import_tax, carrier_fee (0 where unknown),
    fulfilment_ceiling (the most that the unknown ones can be; 0 where all are known, −1 where that
    is not known either) and sales_weighed. basis: int8 by name of COSTS, a CostBasis.
    Below: one row of `postage` and `weights` (by parcel) is one parcel, one of `parts` one piece.
    """

    columns: Amounts
    basis: dict[str, Int8Array]
    parcels: Parcels
    pieces: Pieces
    weights: ParcelWeights
    postage: Postage
    duties: Duties
    parts: PieceCosts

    @property
    def parcel_of_order(self) -> Int64Array:
        """The first parcel of each order (index into Orders), −1 where it has none."""
        return self.parcels.of_order

    def without_reasons(self) -> Fulfilment:
        """Return it without what only the explanation of a parcel asks for, which is empty then."""
        none, no_basis = np.empty(0, np.int64), np.empty(0, np.int8)
        return replace(
            self,
            weights=ParcelWeights(none, none, self.weights.total, none, none),
            postage=replace(self.postage, ceiling=none),
            duties=replace(
                self.duties,
                duty=none,
                import_tax=none,
                base=none,
                import_tax_basis=no_basis,
                ceiling=none,
                carrier_fee_ceiling=none,
            ),
        )


def fulfil(
    tables: SourceTables,
    orders: Orders,
    lines: Lines,
    sales: SaleAmounts,
    files: CarrierFiles,
    clock: LocalClock,
    *,
    tracking: TrackingRows,
    names: SkuNames | None = None,
    unsent: BoolArray | None = None,
    label_cost: Int64Array | None = None,
) -> Fulfilment:
    """Find the fulfilment costs of the sale lines.

    `lines`: those of counted orders. names: of `lines.skus`, if they are at hand. unsent:
    bool[orders], refunded in full and never shipped, so without a parcel. label_cost:
    int64[orders], minor units paid for the labels of each order, −1 = none; what was paid for an
    order without a parcel is split over its lines by their units.
    """
    paid = np.full(len(orders), NONE, np.int64) if label_cost is None else label_cost
    parcels, pieces = form_parcels(orders, lines, _is_sent(tables, lines, unsent), tracking, clock)
    amounts = OwnerAmounts(tables.shop, files.rates)
    codes = code_skus(names or files.names_of(lines.skus))
    unit, duty_row = _unit_weights(lines, orders, parcels, pieces, files, codes)
    largest = largest_weight(files.desi, files.duties)
    weights = weigh(pieces, unit, lines.quantity[pieces.line], largest)
    postage = price_parcels(
        parcels,
        weights,
        is_rough=pieces.any_by_parcel(unit.is_estimated),
        countries=orders.countries,
        carrier=files.carrier_prices(),
        amounts=amounts,
        labels=labels_of_parcels(parcels, pieces, lines.order, paid),
    )
    goods = _goods(lines, sales, pieces, duty_row)
    rules = DutyRules(files.duties, files.settings, amounts)
    duties = find_duties(parcels, pieces, goods, orders.countries, rules)
    costs = _piece_costs(pieces, weights, postage, duties)
    count = len(lines.order)
    columns = {name: pieces.sum_by_line(costs[name], count) for name in COSTS}
    columns["postage"] += _labels_without_parcel(lines, sales, parcels, paid)
    columns["fulfilment_ceiling"] = _ceilings(pieces, weights, postage, duties, count)
    is_weighed = _is_weighed(pieces, unit, postage, count)
    columns["sales_weighed"] = np.where(is_weighed, _after_discount(sales), 0)
    return Fulfilment(
        columns=Amounts(columns.items()),
        basis=_bases(pieces, postage, duties, count),
        parcels=parcels,
        pieces=pieces,
        weights=weights,
        postage=postage,
        duties=duties,
        parts=PieceCosts(unit, duty_row, Amounts(costs.items())),
    )


def _is_sent(tables: SourceTables, lines: Lines, unsent: BoolArray | None) -> BoolArray:
    """Which lines are goods to send; the stand-in of an order without lines is taken for one."""
    is_physical = ~np.append(tables.lines.is_digital, False)[lines.source]
    return is_physical if unsent is None else is_physical & ~unsent[lines.order]


def _unit_weights(
    lines: Lines,
    orders: Orders,
    parcels: Parcels,
    pieces: Pieces,
    files: CarrierFiles,
    codes: SkuCodes,
) -> tuple[UnitWeights, Int32Array]:
    """Return the unit weight of each piece, and its row of the duty table, on the parcel's day."""
    sku, day = lines.sku[pieces.line], parcels.day[pieces.parcel]
    duty_row = files.duties.find(codes.duty_keys, codes.duty[sku], day)
    unit = find_unit_weights(
        codes,
        sku,
        day,
        parcels.country[pieces.parcel],
        orders.countries,
        duty_row=duty_row,
        desi=files.desi,
        duties=files.duties,
        default_desi=files.settings.default_desi,
    )
    return unit, duty_row


def _after_discount(sales: SaleAmounts) -> Int64Array:
    return sales.lines["value"] - sales.lines["discount"]


def _goods(lines: Lines, sales: SaleAmounts, pieces: Pieces, duty_row: Int32Array) -> DutiableGoods:
    value = _after_discount(sales)
    of_order = np.repeat(sum_by_group(value, sales.starts), np.diff(sales.starts))
    return DutiableGoods(
        quantity=lines.quantity[pieces.line],
        value=value[pieces.line],
        order_value=of_order[pieces.line],
        row=duty_row,
    )


def _piece_costs(
    pieces: Pieces, weights: ParcelWeights, postage: Postage, duties: Duties
) -> dict[str, Int64Array]:
    """Split what is taken for a parcel over its pieces, by what they weigh (M40)."""
    known = np.maximum(postage.price, 0)
    return {
        "postage": allocate(known, weights.shares, pieces.starts),
        "duty": duties.duty,
        "import_tax": duties.import_tax,
        "carrier_fee": allocate(duties.carrier_fee, weights.shares, pieces.starts),
    }


def _labels_without_parcel(
    lines: Lines, sales: SaleAmounts, parcels: Parcels, paid: Int64Array
) -> Int64Array:
    stray = np.where(parcels.of_order == NONE, np.maximum(paid, 0), 0)
    return allocate(stray[sales.order], lines.quantity, sales.starts)


def _ceilings(
    pieces: Pieces, weights: ParcelWeights, postage: Postage, duties: Duties, lines: int
) -> Int64Array:
    """Sum what the unknown costs of each line can be at most; UNKNOWN if one can't be told."""
    by_worst = np.where(
        (weights.worst_total != UNKNOWN)[pieces.parcel], weights.worst, weights.shares
    )
    most = duties.ceiling.copy()
    for ceiling, shares in (
        (postage.ceiling, by_worst),
        (duties.carrier_fee_ceiling, weights.shares),
    ):
        spread = allocate(np.maximum(ceiling, 0), shares, pieces.starts)
        is_open = (most == UNKNOWN) | (ceiling == UNKNOWN)[pieces.parcel]
        most = np.where(is_open, UNKNOWN, most + spread)
    total = pieces.sum_by_line(most, lines)
    return np.where(pieces.any_by_line(most == UNKNOWN, lines), UNKNOWN, total)


def _is_weighed(pieces: Pieces, unit: UnitWeights, postage: Postage, lines: int) -> BoolArray:
    """Which lines have no parcel, or only parcels whose postage is known without a default."""
    by_default = pieces.any_by_parcel(unit.is_default) & ~postage.is_label
    is_guess = by_default | (postage.price == UNKNOWN)
    return ~pieces.any_by_line(is_guess[pieces.parcel], lines)


def _bases(pieces: Pieces, postage: Postage, duties: Duties, lines: int) -> dict[str, Int8Array]:
    """The basis of each cost of a line: unknown or estimated as soon as one piece of it is."""
    by_piece = {
        "postage": postage.basis[pieces.parcel],
        "duty": duties.duty_basis,
        "import_tax": duties.import_tax_basis,
        "carrier_fee": duties.carrier_fee_basis[pieces.parcel],
    }
    found = {}
    for name, basis in by_piece.items():
        is_unknown = pieces.any_by_line(basis == CostBasis.UNKNOWN, lines)
        is_estimated = pieces.any_by_line(basis == CostBasis.ESTIMATED, lines)
        stated = np.where(is_estimated, CostBasis.ESTIMATED, CostBasis.MEASURED)
        found[name] = np.where(is_unknown, CostBasis.UNKNOWN, stated).astype(np.int8)
    return found
