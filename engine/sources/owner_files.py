"""The owner's files in csv_inputs/, read as one: what the ledger asks of them, and what was found.

No file is required. What is absent is reported once, and its figures stay unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from engine.sources.cost_files import read_cost_file
from engine.sources.cost_regions import (
    REGION_LAYOUT,
    CostRegions,
    read_cost_regions,
    shipped_regions,
)
from engine.sources.cost_table import CostTable, empty_costs
from engine.sources.csv_folder import find_file, read_one
from engine.sources.dated_files import read_dated, read_pair
from engine.sources.desi_files import DESI_LAYOUT, NO_DESI, DesiTable, read_desi
from engine.sources.duty_files import DUTY_LAYOUT, NO_DUTIES, read_duties
from engine.sources.duty_table import DutyTable, check_weights
from engine.sources.expense_files import EXPENSE_LAYOUT, NO_EXPENSES, Expenses, read_expenses
from engine.sources.fee_files import FEE_LAYOUT, read_fees, shipped_fees
from engine.sources.fee_schedule import FeeSchedule
from engine.sources.findings import Findings
from engine.sources.offsite_orders import (
    NO_OFFSITE,
    OFFSITE_LAYOUT,
    OffsiteOrders,
    read_offsite_orders,
)
from engine.sources.parcel_settings import (
    PARCEL_LAYOUT,
    ParcelSettings,
    read_parcel_settings,
    shipped_settings,
)
from engine.sources.price_files import PRICE_LAYOUT, check_zones, read_prices
from engine.sources.price_lists import NO_PRICES, PriceTable
from engine.sources.rate_files import NO_RATES, RATE_LAYOUT, Rates, read_rates
from engine.sources.records import Layout, Records
from engine.sources.sku_map import MAP_LAYOUT, NO_MAP, SkuMap, read_sku_map
from engine.sources.sku_prefixes import (
    PREFIX_LAYOUT,
    SHIPPED_PREFIXES,
    SkuPrefixes,
    read_prefixes,
)
from engine.sources.skus import sku_identity, sku_key
from engine.sources.zone_files import NO_ZONES, ZONE_LAYOUT, Zones, read_zones

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnerFiles:
    """What the owner's files say, as far as the figures ask today."""

    costs: CostTable
    cost_regions: CostRegions
    prefixes: SkuPrefixes = SHIPPED_PREFIXES
    desi: DesiTable = NO_DESI
    zones: Zones = NO_ZONES
    prices: PriceTable = NO_PRICES
    duties: DutyTable = NO_DUTIES
    parcels: ParcelSettings = field(default_factory=shipped_settings)
    sku_map: SkuMap = NO_MAP
    fees: FeeSchedule = field(default_factory=shipped_fees)
    rates: Rates = NO_RATES
    offsite: OffsiteOrders = NO_OFFSITE
    expenses: Expenses = NO_EXPENSES
    findings: Findings = field(default_factory=Findings)
    _met: dict[str, str | None] = field(default_factory=dict, init=False, repr=False)

    def identity(self, text: str) -> str | None:
        """Return the SKU that reports group by, None for what is no SKU."""
        if text not in self._met:  # every table names the same SKUs
            self._met[text] = self.sku_map.merged(sku_identity(text, self.prefixes))
        return self._met[text]


def read_owner_files(folder: Path, shop: str, cost_currency: str) -> OwnerFiles:
    """Read what the folder holds for a shop.

    Raises InputFileError for a file that is there but refused, SourceError for one that can't be
    opened.
    """
    findings = Findings()

    def one(name: str, layout: Layout, read: Callable[[Records, Findings], T], absent: T) -> T:
        file = find_file(folder, name, findings, shop=shop)
        return absent if file is None else read(read_one(file.path, (layout,), findings), findings)

    prefixes = one("sku_prefixes", PREFIX_LAYOUT, read_prefixes, SHIPPED_PREFIXES)
    costs = empty_costs(cost_currency)
    if file := find_file(folder, "cost", findings, shop=shop):
        costs, found = read_cost_file(file.path, cost_currency=cost_currency, prefixes=prefixes)
        findings.extend(found)
    zone_files, price_files = read_pair(
        folder,
        (("fedex_zones", ZONE_LAYOUT), ("fedex_prices", PRICE_LAYOUT)),
        findings,
        shop=shop,
    )
    zones, prices = read_zones(zone_files, findings), read_prices(price_files, findings)
    check_zones(zones, prices, findings)
    desi = read_desi(read_dated(folder, "desi", DESI_LAYOUT, findings, shop=shop), findings)
    duty_files = read_dated(folder, "us_duties", DUTY_LAYOUT, findings, shop=shop)
    duties = read_duties(duty_files, findings, prefixes=prefixes)
    check_weights(duties, desi, findings)
    read_map = partial(
        read_sku_map,
        cost_codes={sku_key(code) for code in set(costs.cost_code.tolist())} - {""},
        desi_codes={*desi.codes.index.keys, *duties.code} - {""},
        cost_currency=cost_currency,
        prefixes=prefixes,
    )
    return OwnerFiles(
        costs=costs,
        cost_regions=one("cost_regions", REGION_LAYOUT, read_cost_regions, shipped_regions()),
        prefixes=prefixes,
        desi=desi,
        zones=zones,
        prices=prices,
        duties=duties,
        sku_map=one("sku_map", MAP_LAYOUT, read_map, NO_MAP),
        parcels=one("parcels", PARCEL_LAYOUT, read_parcel_settings, shipped_settings()),
        fees=one("etsy_fees", FEE_LAYOUT, read_fees, shipped_fees()),
        rates=one("fx_rates", RATE_LAYOUT, read_rates, NO_RATES),
        offsite=one("offsite_orders", OFFSITE_LAYOUT, read_offsite_orders, NO_OFFSITE),
        expenses=one("expenses", EXPENSE_LAYOUT, read_expenses, NO_EXPENSES),
        findings=findings,
    )
