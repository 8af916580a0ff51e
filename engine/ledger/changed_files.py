"""The owner's files as they would be with other carrier prices, weights, fee rates and duty rates.

What is unknown stays unknown, whatever is supposed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.ledger.changed_inputs import FEE_RATES, Changes, scaled
from engine.money import Int64Array
from engine.sources.desi_files import DesiTable
from engine.sources.fee_schedule import FeeRow, FeeSchedule
from engine.sources.owner_files import OwnerFiles
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import DatedSetting, ParcelSettings, SettingRow
from engine.sources.price_lists import PriceTable


def changed_files(files: OwnerFiles, changes: Changes) -> OwnerFiles:
    """Return the owner's files with other carrier prices, weights, fee rates and duties.

    Price lists that take the place of the owner's come first, then a change in per cent.
    """
    duties, prices = files.duties, files.prices
    if changes.prices is not None:
        prices = changes.prices.by_zone or prices
        duties = replace(duties, steps=changes.prices.to_us or duties.steps)
    if changes.duty_base is not None:
        base = DatedSetting((SettingRow(changes.duty_base),))
        files = replace(files, parcels=replace(files.parcels, duty_base=base))
    if changes.duty:
        rows = duties.rows
        duties = replace(
            duties,
            rows=replace(
                rows,
                duty_ppm=_in_points(rows.duty_ppm, changes.duty),
                one_ppm=_in_points(rows.one_ppm, changes.duty),
            ),
        )
    if changes.carrier_price:
        duties = replace(duties, steps=_dearer(duties.steps, changes.carrier_price))
    if changes.weight:
        weights = _heavier(duties.rows.mdesi, changes.weight)
        duties = replace(duties, rows=replace(duties.rows, mdesi=weights))
        files = replace(files, desi=_heavier_table(files.desi, changes.weight))
        files = replace(files, parcels=_heavier_default(files.parcels, changes.weight))
    return replace(
        files,
        prices=_dearer(prices, changes.carrier_price),
        duties=duties,
        fees=_changed_fees(files.fees, changes),
    )


def _in_points(rates: Int64Array, points: int) -> Int64Array:
    return np.where(rates == UNKNOWN, UNKNOWN, np.maximum(rates + points, 0))


def _dearer(table: PriceTable, ppm: int) -> PriceTable:
    def one(price: Int64Array) -> Int64Array:
        flat = np.where(price == UNKNOWN, UNKNOWN, scaled(price.ravel(), ppm).reshape(price.shape))
        return np.asarray(flat, np.int64)

    if not ppm:
        return table
    lists = tuple(replace(each, price=one(each.price)) for each in table.lists)
    return replace(table, lists=lists)


def _changed_fees(schedule: FeeSchedule, changes: Changes) -> FeeSchedule:
    points = {kind: getattr(changes, name) for name, kinds in FEE_RATES.items() for kind in kinds}

    def one(row: FeeRow) -> FeeRow:
        if row.ppm is None or not points.get(row.kind):
            return row
        return replace(row, ppm=max(row.ppm + points[row.kind], 0))

    return replace(schedule, rows=tuple(one(row) for row in schedule.rows))


def _heavier(mdesi: Int64Array, ppm: int) -> Int64Array:
    return np.where(mdesi == UNKNOWN, UNKNOWN, scaled(mdesi, ppm))


def _heavier_table(desi: DesiTable, ppm: int) -> DesiTable:
    """Return the weights of the owner's table, those for some destinations alone among them."""
    notes = _heavier(np.array([note.mdesi for note in desi.notes], np.int64), ppm).tolist()
    return replace(
        desi,
        codes=replace(desi.codes, mdesi=_heavier(desi.codes.mdesi, ppm)),
        parents=replace(desi.parents, mdesi=_heavier(desi.parents.mdesi, ppm)),
        notes=tuple(
            replace(note, mdesi=mdesi) for note, mdesi in zip(desi.notes, notes, strict=True)
        ),
    )


def _heavier_default(settings: ParcelSettings, ppm: int) -> ParcelSettings:
    """Return the settings with another weight for what has none of its own."""
    rows = settings.default_desi.rows
    values = _heavier(np.array([row.value for row in rows], np.int64), ppm).tolist()
    heavier = tuple(replace(row, value=value) for row, value in zip(rows, values, strict=True))
    return replace(settings, default_desi=replace(settings.default_desi, rows=heavier))
