"""Findings on what sending cost: weights, zones, prices and duties that no file tells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.facts import Facts
from engine.ledger.frames import NO_SKU, CostBasis
from engine.ledger.health.codes import HealthFinding, found
from engine.ledger.health.stakes import add_up, sales_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.sources.owner_files import OwnerFiles
from engine.sources.owner_rows import UNKNOWN


def parcel_findings(facts: Facts, files: OwnerFiles) -> Iterator[HealthFinding]:
    """Yield what was found on parcels: one row a SKU, or a country."""
    sent = facts.fulfilment
    pieces = sent.pieces
    count = len(facts.lines.order)
    sales = sales_of(facts)
    is_priced = sent.postage.is_label[pieces.parcel]
    unknown = sent.parts.unit.mdesi == UNKNOWN
    by_default = sent.parts.unit.is_default & ~unknown
    for code, chosen, file, what in (
        ("WEIGHT_MISSING", unknown & ~is_priced, "desi.csv", "its postage is unknown"),
        ("WEIGHT_DEFAULT", by_default & ~is_priced, "desi.csv", "the default weight is taken"),
        (
            "DUTY_MISSING",
            _lacks_duty(facts, files),
            "us_duties.csv",
            "its duties are unknown",
        ),
    ):
        yield from _by_sku(facts, sales, code, pieces.any_by_line(chosen, count), file, what)
    is_open = (sent.postage.price == UNKNOWN) & (sent.weights.total != UNKNOWN)
    without_zone = (sent.postage.zone.code < 0) & (sent.parcels.country >= 0)
    yield from _by_country(facts, sales, "ZONE_MISSING", is_open & without_zone)
    priceless = is_open & (sent.postage.zone.code >= 0)
    yield from _by_country(facts, sales, "PRICE_MISSING", priceless)


def _lacks_duty(facts: Facts, files: OwnerFiles) -> BoolArray:
    """Pieces whose own row of the duty table leaves the duties of their parcel unknown."""
    sent = facts.fulfilment
    rows = files.duties.rows
    columns = (rows.declared_value, rows.duty_ppm, rows.import_tax_ppm)
    complete = np.append(np.minimum.reduce(columns) != UNKNOWN, False)
    is_unknown = sent.duties.duty_basis == CostBasis.UNKNOWN
    is_placed = sent.parcels.country[sent.pieces.parcel] >= 0
    return np.asarray(is_unknown & is_placed & ~complete[sent.parts.duty_row])


def _by_sku(
    facts: Facts, sales: Int64Array, code: str, chosen: BoolArray, file: str, what: str
) -> Iterator[HealthFinding]:
    skus = (*facts.lines.skus, NO_SKU)
    stakes = add_up(facts.lines.sku, sales, chosen)
    rows = zip(stakes.group, stakes.lines, stakes.sales, stakes.best, strict=True)
    for sku, lines, at_stake, best in rows:
        yield found(
            code,
            file,
            what,
            count=int(lines),
            sales_at_stake=int(at_stake),
            column="sku",
            value=skus[sku],
            sku=skus[sku],
            order_id=int(facts.lines.order_id[best]),
        )


def _by_country(
    facts: Facts, sales: Int64Array, code: str, parcel: BoolArray
) -> Iterator[HealthFinding]:
    sent, orders = facts.fulfilment, facts.orders
    chosen = sent.pieces.any_by_line(parcel[sent.pieces.parcel], len(sales))
    stakes = add_up(orders.country[facts.lines.order], sales, chosen)
    rows = zip(stakes.group, stakes.lines, stakes.sales, stakes.best, strict=True)
    for country, lines, at_stake, best in rows:
        name = orders.countries[country] if country >= 0 else "unknown"
        is_zone = code == "ZONE_MISSING"
        yield found(
            code,
            "fedex_zones.csv" if is_zone else "fedex_prices.csv",
            f"parcels to {name} have no {'zone' if is_zone else 'price'}, so no known postage",
            count=int(lines),
            sales_at_stake=int(at_stake),
            column="code" if is_zone else None,
            value=name,
            order_id=int(facts.lines.order_id[best]),
        )
