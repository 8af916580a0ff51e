"""The parcels of one order: weight, zone and price, and what each holds with its duty."""

from __future__ import annotations

from collections.abc import Sequence

from engine.dashboard.tables import Heading, Table
from engine.ledger.explained import Parcel, Piece
from engine.metrics.model import Unit
from engine.money import MILLION

_MDESI = 1_000  # thousandths of a desi


def parcels_table(parcels: Sequence[Parcel]) -> Table:
    """Return one row a parcel; weights in thousandths of a desi are written as desi."""
    headings = (
        Heading("number", "Parcel", Unit.INT),
        Heading("day", "Day"),
        Heading("zone", "Zone"),
        Heading("weight", "Desi weighed", Unit.MULTIPLE),
        Heading("tier", "Desi charged", Unit.MULTIPLE),
        Heading("price", "Postage", Unit.MONEY),
        Heading("basis", "Known by"),
        Heading("rule", "Rule"),
        Heading("source", "Source"),
    )
    rows = tuple(
        (
            one.number,
            one.day.isoformat(),
            one.zone,
            None if one.mdesi is None else one.mdesi / _MDESI,
            None if one.tier is None else one.tier / _MDESI,
            one.price,
            one.why.basis,
            one.why.rule,
            f"{one.why.source} {one.why.source_row}".strip(),
        )
        for one in parcels
    )
    return Table("parcels", headings, rows, f"{len(parcels)} parcels")


def pieces_table(pieces: Sequence[Piece]) -> Table:
    """Return one row what a parcel holds of one line: its weight, and what duty is taken of."""
    headings = (
        Heading("parcel", "Parcel", Unit.INT),
        Heading("line", "Line"),
        Heading("order", "Order"),
        Heading("units", "Units", Unit.COUNT),
        Heading("weight", "Desi of a unit", Unit.MULTIPLE),
        Heading("weight_source", "Weight from"),
        Heading(
            "duty_base", "Declared value", Unit.MONEY, "What duty and import tax are taken of."
        ),
        Heading("duty_rate", "Duty rate", Unit.SHARE),
        Heading("import_tax_rate", "Import tax rate", Unit.SHARE),
        Heading("duty_source", "Rates from"),
    )
    rows = tuple(
        (
            one.parcel,
            str(one.line_id),
            str(one.order_id),
            one.quantity,
            None if one.unit_mdesi is None else one.unit_mdesi / _MDESI,
            one.weight_source or None,
            one.duty_base,
            _share(one.duty_ppm),
            _share(one.import_tax_ppm),
            one.duty_row or None,
        )
        for one in pieces
    )
    return Table("pieces", headings, rows, f"{len(pieces)} contents of parcels")


def _share(ppm: int | None) -> float | None:
    return None if ppm is None else ppm / MILLION
