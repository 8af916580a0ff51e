"""The demo's csv_inputs/ show every oddity that owners' files have, and all are read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from engine.demo.csv_files.folder import owner_files
from engine.demo.shop import generate
from engine.demo.sizes import DEFAULT_END, make_plan
from engine.periods import day_number
from engine.sources.csv_folder import find_file, read_one
from engine.sources.dated_files import read_dated, read_pair
from engine.sources.desi_files import DESI_LAYOUT, DesiTable, read_desi
from engine.sources.duty_files import DUTY_LAYOUT, read_duties
from engine.sources.duty_table import COUNTRY, DutyTable, check_weights
from engine.sources.expense_files import EXPENSE_LAYOUT, read_expenses
from engine.sources.fee_files import FEE_LAYOUT, read_fees, shipped_fees
from engine.sources.findings import Findings
from engine.sources.offsite_orders import OFFSITE_LAYOUT, read_offsite_orders
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import PARCEL_LAYOUT, read_parcel_settings
from engine.sources.price_files import PRICE_LAYOUT, check_zones, read_prices
from engine.sources.price_lists import PriceTable
from engine.sources.rate_files import RATE_LAYOUT, read_rates
from engine.sources.records import Layout, Records
from engine.sources.sku_map import MAP_LAYOUT, read_sku_map
from engine.sources.skus import sku_key
from engine.sources.text_files import read_text
from engine.sources.zone_files import ZONE_LAYOUT, Zones, read_zones

Table = TypeVar("Table")
PAIR = (("fedex_zones", ZONE_LAYOUT), ("fedex_prices", PRICE_LAYOUT))
FEBRUARY = day_number(date(2026, 2, 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of a small demo shop."""
    made = generate(make_plan("demo", seed=1, end=DEFAULT_END, orders=500, shops=1))
    path = tmp_path_factory.mktemp("csv_inputs")
    for name, content in owner_files(made).items():
        (path / name).write_bytes(content)
    return path


def one(
    folder: Path,
    name: str,
    layout: Layout,
    read: Callable[[Records, Findings], Table],
    findings: Findings,
) -> Table:
    file = find_file(folder, name, findings)
    assert file is not None
    return read(read_one(file.path, (layout,), findings), findings)


def codes(findings: Findings) -> set[str]:
    return {finding.code for finding in findings}


def desi_of(folder: Path, findings: Findings) -> DesiTable:
    return read_desi(read_dated(folder, "desi", DESI_LAYOUT, findings), findings)


def duties_of(folder: Path, findings: Findings) -> DutyTable:
    return read_duties(read_dated(folder, "us_duties", DUTY_LAYOUT, findings), findings)


def carrier_of(folder: Path, findings: Findings) -> tuple[Zones, PriceTable]:
    zone_files, price_files = read_pair(folder, PAIR, findings)
    zones, prices = read_zones(zone_files, findings), read_prices(price_files, findings)
    check_zones(zones, prices, findings)
    return zones, prices


def test_weights_with_a_bad_cell_and_notes(folder: Path) -> None:
    findings = Findings()
    desi = desi_of(folder, findings)
    assert len(desi.codes.mdesi) > 400
    assert len(desi.notes) == 2
    bad = [(finding.column, finding.value) for finding in findings.of("NOT_A_NUMBER")]
    assert bad == [("DESİ", "150"), ("DESİ", "yok")]
    assert len(findings.of("NOTE_NOT_READ")) == 1
    assert codes(findings) == {"NOT_A_NUMBER", "NEGATIVE", "DECIMAL_MIXED", "NOTE_NOT_READ"}


def test_zones_and_prices_of_two_text_files_and_a_later_workbook(folder: Path) -> None:
    findings = Findings()
    zones, prices = carrier_of(folder, findings)
    countries = ("NA", "DE", "HU", "PA", "PR")
    country = np.arange(5, dtype=np.int32)
    before = zones.find(countries, country, FEBRUARY - 1).tolist()
    assert [zone >= 0 for zone in before] == [True, True, False, False, True]
    assert zones.find(countries, country, FEBRUARY).tolist() == [*before[:4], -1]
    first = zones.find(("DE",), np.zeros(2, np.int32), FEBRUARY)
    days = np.array([FEBRUARY - 1, FEBRUARY], np.int32)
    found = prices.price(zones.names, first, np.array([500, 500]), days)
    assert found.price.tolist() == [78_000, 84_200]
    jumps = [str(f).split(": ", 2)[2].split(";")[0] for f in findings.of("PRICE_JUMP")]
    assert jumps == [
        "zone 2: 2.5 kg → 3 kg goes from 13.80 to 50.10",
        "zone 2: 2.5 kg → 3 kg goes from 14.90 to 54.10",
    ]
    assert "zone 6: 7 kg → 7.5 kg goes from 36.85 to 35.80" in str(findings.of("NOT_MONOTONE")[1])
    assert [f.value for f in findings.of("CODE_DISAGREES")] == ["İzlanda", "İzlanda"]
    assert len(findings.of("TITLE_ROWS")) == 3
    told = {"PRICE_JUMP", "NOT_MONOTONE", "CODE_DISAGREES", "TITLE_ROWS"}
    assert codes(findings) == told | {"COUNTRY_UNKNOWN", "ZONE_MISSING"}


def test_duties_with_every_oddity(folder: Path) -> None:
    findings = Findings()
    duties = duties_of(folder, findings)
    rows = duties.rows
    assert len(duties) > 400
    assert rows.is_range.any()
    assert (rows.duty_ppm[rows.is_range] <= 130_000).all()
    assert rows.is_discontinued.any()
    assert not any("MEYECEK" in sku_key(sku) for sku in duties.sku)
    assert (rows.declared_value == UNKNOWN).sum() == len(findings.of("ZERO_COST")) > 0
    two_cents = [f for f in findings.of("IDENTITY_BROKEN") if f.column == "DUTY"]
    assert len(two_cents) == len(findings.of("IDENTITY_BROKEN")) > 0
    assert "is another price for" in str(findings.of("DUPLICATE_CONFLICT")[0])
    check_weights(duties, desi_of(folder, Findings()), findings)
    assert len(findings.of("CODE_DISAGREES")) > 10
    steps = duties.steps.price((COUNTRY,), np.zeros(1, np.int32), np.array([1]), rows.first[:1])
    assert steps.price.tolist() == [98_000]


def test_small_files(folder: Path) -> None:
    findings = Findings()
    rates = one(folder, "fx_rates", RATE_LAYOUT, read_rates, findings)
    sunday = np.array([day_number(date(2026, 3, 29))], np.int32)
    found = rates.on("TRY", "USD", sunday)
    assert found.is_inverse.tolist() == [True]
    assert (sunday - found.day).tolist() == [2]
    expenses = one(folder, "expenses", EXPENSE_LAYOUT, read_expenses, findings)
    assert len(expenses) > 100
    assert set(expenses.currency) == {"TRY", "USD"}
    settings = one(folder, "parcels", PARCEL_LAYOUT, read_parcel_settings, findings)
    start = day_number(date(2025, 8, 29))
    limits = settings.us_duty_free_limit.on(np.array([start - 1, start], np.int32))
    assert limits.tolist() == [8_000_000, 0]
    offsite = one(folder, "offsite_orders", OFFSITE_LAYOUT, read_offsite_orders, findings)
    assert set(offsite.kind.tolist()) == {0, 1}
    by_file: dict[str, set[str]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, set()).add(finding.code)
    assert by_file == {
        "fx_rates.csv": {
            *("DATE_NOT_READ", "DATE_ORDER_ASSUMED", "VALUE_MISSING", "NEGATIVE"),
            *("VALUE_UNKNOWN", "DUPLICATE_CONFLICT", "ROUNDED"),
        },
        "expenses.csv": {"DATE_NOT_READ", "VALUE_MISSING", "ROW_TOO_LONG"},
        "offsite_orders.csv": {"ID_DAMAGED", "VALUE_MISSING"},
    }


def test_the_demos_fees_are_the_shipped_ones_and_the_shops_own_tax(folder: Path) -> None:
    findings = Findings()
    fees = one(folder, "etsy_fees", FEE_LAYOUT, read_fees, findings)
    days = np.array([day_number(date(2026, 7, 31)), day_number(date(2026, 8, 1))], np.int32)
    buyer = np.zeros(2, np.int32)
    for kind in ("listing", "transaction", "processing", "regulatory", "offsite_ads"):
        answers = []
        for schedule in (fees, shipped_fees()):
            found = [schedule.rows[n] for n in schedule.rows_for("TR", kind, ("US",), buyer, days)]
            answers.append([(row.ppm, row.fixed, row.currency, row.base) for row in found])
        assert answers[0] == answers[1]
    own = fees.rows_for("TR", "vat_on_fees", ("US",), buyer, days)
    assert not fees.unknown(own).any()
    assert len(findings) == 0


def test_mapped_skus_name_codes_that_the_other_files_have(folder: Path) -> None:
    findings = Findings()
    known = {*desi_of(folder, findings).codes.index.keys, *duties_of(folder, findings).code}
    file = find_file(folder, "sku_map", findings)
    assert file is not None
    records = read_text(file.path.read_bytes(), file.label, (MAP_LAYOUT,), findings)
    found = Findings()
    mapped = read_sku_map(records, found, desi_codes=known)
    assert codes(found) == {"SAME_AS_RING", "ZERO_COST"}
    assert mapped.same_as == {"OLD-FELT-SLEEVE-13IN-GREY": "FELT-SLEEVE-13IN-GREY"}
    assert sorted(o.unit_cost for o in mapped.overrides.values()) == [UNKNOWN, UNKNOWN, 64_000]
