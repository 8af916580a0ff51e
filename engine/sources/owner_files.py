"""The owner's files in csv_inputs/, read as one: what the ledger asks of them, and what was found.

No file is required. What is absent is reported once, and its figures stay unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.sources.cost_files import read_cost_file
from engine.sources.cost_regions import (
    REGION_LAYOUT,
    CostRegions,
    read_cost_regions,
    shipped_regions,
)
from engine.sources.cost_table import CostTable, empty_costs
from engine.sources.csv_folder import find_file, read_one
from engine.sources.findings import Findings
from engine.sources.sku_prefixes import (
    PREFIX_LAYOUT,
    SHIPPED_PREFIXES,
    SkuPrefixes,
    read_prefixes,
)
from engine.sources.skus import sku_identity


@dataclass(frozen=True, slots=True)
class OwnerFiles:
    """What the owner's files say, as far as the figures ask today."""

    costs: CostTable
    cost_regions: CostRegions
    prefixes: SkuPrefixes
    findings: Findings

    def identity(self, text: str) -> str | None:
        """Return the SKU that reports group by, None for what is no SKU."""
        return sku_identity(text, self.prefixes)


def read_owner_files(folder: Path, shop: str, cost_currency: str) -> OwnerFiles:
    """Read what the folder holds for a shop.

    Raises InputFileError for a file that is there but refused, SourceError for one that can't be
    opened.
    """
    findings = Findings()
    prefixes, regions, costs = SHIPPED_PREFIXES, shipped_regions(), empty_costs(cost_currency)
    if file := find_file(folder, "sku_prefixes", findings, shop=shop):
        prefixes = read_prefixes(read_one(file.path, (PREFIX_LAYOUT,), findings), findings)
    if file := find_file(folder, "cost_regions", findings, shop=shop):
        regions = read_cost_regions(read_one(file.path, (REGION_LAYOUT,), findings), findings)
    if file := find_file(folder, "cost", findings, shop=shop):
        costs, found = read_cost_file(file.path, cost_currency=cost_currency, prefixes=prefixes)
        findings.extend(found)
    return OwnerFiles(costs, regions, prefixes, findings)
