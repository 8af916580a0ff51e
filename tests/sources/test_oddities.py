"""Every oddity of real files: the sample files show it, it is read or told, the docs list it.

One `Oddity` is one row of the table in docs/input-files.md. Those that refuse a file can't stand in
the samples; each has a small file of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputFileError
from engine.periods import day_number
from engine.settings import PROJECT_FOLDER
from engine.sources.cost_regions import AU, EU
from engine.sources.cost_table import CostTable
from engine.sources.owner_files import OwnerFiles, read_owner_files

FOLDER = PROJECT_FOLDER / "csv_inputs"
PAGE = (PROJECT_FOLDER / "docs" / "input-files.md").read_text("utf-8")
READ, WARNED, LEFT_OUT, REFUSED = "read", "warned", "not used", "refused"


@dataclass(frozen=True)
class Oddity:
    """pattern: what the file holds. code: the message. reads: what must come of it."""

    name: str
    file: str
    pattern: bytes
    outcome: str
    code: str = ""
    reads: Callable[[OwnerFiles], bool] | None = None


def turkish(text: str, encoding: str = "utf-8") -> bytes:
    return re.escape(text.encode(encoding))


def cost_of(costs: CostTable, sku: str, region: int, year: int, month: int) -> int | None:
    """The unit cost in 1/10,000 that cost.csv states, None if it does not."""
    chosen = (costs.sku_key == sku) & (costs.region == region)
    chosen &= costs.month == year * 12 + month - 1
    return int(costs.unit_cost[chosen][0]) if chosen.any() else None


def has_cost(sku: str, region: int, year: int, month: int) -> Callable[[OwnerFiles], bool]:
    return lambda files: cost_of(files.costs, sku, region, year, month) is not None


def has_no_cost(sku: str) -> Callable[[OwnerFiles], bool]:
    return lambda files: sku not in files.costs.sku_key


SLEEVE, BOM = "FELT-SLEEVE-13IN-GREY", b"^\xef\xbb\xbf"
COST = "cost.csv"
NAMIBIA = np.zeros(1, np.int32)
LAST_DAY = np.array([day_number(date(2026, 10, 31))], np.int32)


def zone_of(files: OwnerFiles, country: str) -> int:
    return int(files.zones.find((country,), NAMIBIA, LAST_DAY)[0])


ODDITIES = [
    # How a file is saved
    Oddity("comma, CRLF, no end of the last line", COST, rb"[^\r\n]\Z", READ),
    Oddity("`;` and a byte order mark", "desi.csv", BOM + b".*;", READ),
    Oddity(
        "TAB and UTF-16", "offsite_orders.csv", b"^\xff\xfe", READ,
        reads=lambda files: len(files.offsite.order_id) > 10,
    ),
    Oddity(
        "line ends of old Macs", "sku_prefixes.csv", rb"\rDELETED-", READ,
        reads=lambda files: files.prefixes.markers == ("DELETED-",),
    ),
    Oddity(
        "bars between cells", "parcels.csv", rb"setting\|value", READ,
        reads=lambda files: len(files.parcels.us_duty_free_limit.rows) > 1,
    ),
    Oddity(
        "Turkish Windows letters", "cost_regions.csv", turkish("Birleşik", "cp1254"), WARNED,
        "ENCODING_GUESSED", lambda files: files.cost_regions.region_of("GB") == (EU, True),
    ),
    Oddity("titles above the header", "fedex_zones.csv", turkish("BÖLGELER"), READ, "TITLE_ROWS"),
    Oddity(
        "a workbook with two sheets", "fedex_prices_2026-02-01.xlsx", b"^PK", READ,
        reads=lambda files: len(files.prices.lists) == 2,
    ),
    Oddity("a wholly blank row", COST, rb"\n,+\r\n", READ, "BLANK_ROWS"),
    Oddity(
        "a row that ends early", COST, rb'SAMPLE-SHORT,,"1,234\.50"\r', READ,
        reads=lambda files: cost_of(files.costs, "SAMPLE-SHORT", 0, 2026, 10) == 12_345_000,
    ),
    Oddity("a row with more cells than the header", COST, rb"SAMPLE-LONG.*\?", LEFT_OUT,
           "ROW_TOO_LONG", has_no_cost("SAMPLE-LONG")),
    Oddity(
        "a line break and a comma in a cell", "sku_map.csv", rb'"it costs nothing,\n', READ,
    ),
    # Numbers
    Oddity(
        "decimal comma", "us_duties.csv", rb";\d+,\d;", READ,
        reads=lambda files: 700 in files.duties.rows.mdesi,
    ),
    Oddity("thousands in an amount", "expenses.csv", rb";18\.000,00;", READ),
    Oddity("a thousand in a comma file", COST, rb'"1,234\.50"', READ),
    Oddity(
        "point and comma in one file", "desi.csv", rb"9992-Grey;sample;1\.25", WARNED,
        "DECIMAL_MIXED",
    ),
    Oddity("a unit in the cell", "desi.csv", rb"0,7 kg", READ),
    Oddity("a currency sign in the cell", COST, rb",\$\d", READ),
    Oddity("another currency in the cell", COST, rb"12\.50 TL", LEFT_OUT, "CURRENCY_CONFLICT"),
    Oddity("below zero, as -4.50 or (1.50)", COST, rb"\(1\.50\)", LEFT_OUT, "NEGATIVE"),
    Oddity("text in a number", COST, rb"12,x", LEFT_OUT, "NOT_A_NUMBER"),
    Oddity("NAN, #N/A, #YOK, #DEĞER!, - and other words for nothing", COST,
           turkish("#DEĞER!") + b"|NAN", READ),
    Oddity("a cost of 0", COST, rb",0,", WARNED, "ZERO_COST"),
    Oddity(
        "goods that cost nothing, `free`", COST, rb",free,", READ,
        reads=lambda files: bool((files.costs.unit_cost == 0).any()),
    ),
    Oddity("more decimals than are kept", "fx_rates.csv", rb"\.\d{9}", READ, "ROUNDED"),
    # Headers of cost.csv
    Oddity(
        "capitals with Turkish letters", COST, turkish("AĞUSTOS"), READ,
        reads=has_cost(SLEEVE, EU, 2026, 8),
    ),
    Oddity(
        "Turkish words without their dots, and `ÇALIŞMA` in both spellings", COST, b"CALISMA", READ,
        reads=has_cost(SLEEVE, 0, 2026, 9),
    ),
    Oddity("English months", COST, rb"EU September/26", READ, reads=has_cost(SLEEVE, EU, 2026, 9)),
    Oddity("months as numbers", COST, rb"au-2026-07", READ, reads=has_cost(SLEEVE, AU, 2026, 7)),
    Oddity("years of two digits", COST, rb"EU Ekim 26", READ, reads=has_cost(SLEEVE, EU, 2026, 10)),
    Oddity("a year before or after its month", COST, rb"US 2026 Ekim", READ),
    Oddity(
        "names of regions", COST, rb"australia price", READ, reads=has_cost(SLEEVE, AU, 2026, 8)
    ),
    Oddity("a column for all regions", COST, turkish("Kasım 2025 FİYAT"), READ),
    Oddity(
        "columns without a year between dated ones", COST, turkish("US EYLÜL,"), READ,
        "YEAR_BY_POSITION", has_cost(SLEEVE, 0, 2025, 9),
    ),
    Oddity("a column whose year nothing proves", COST, turkish("AU NİSAN,"), LEFT_OUT,
           "YEAR_UNDECIDED"),
    Oddity("the same month twice", COST, turkish("US EKİM 2026"), WARNED, "DUPLICATE_CONFLICT"),
    Oddity(
        "a column with a month and other words", COST, turkish("EU MART 2026 YENİ"), WARNED,
        "COLUMN_IGNORED",
    ),
    Oddity("a column that is no price", COST, b"NOTLAR", READ, "COLUMN_IGNORED"),
    Oddity("months without a column", COST, b"^OTTOKOD", READ, "MONTHS_MISSING"),
    # SKUs
    Oddity(
        "rows without a SKU, or with `.`", COST, rb",\.,Tuftmoor", READ, "BLANK_SKU",
        lambda files: bool((files.costs.sku_key == "").any()),
    ),
    Oddity("two equal rows of one SKU", COST, b"FELT-SLEEVE-15IN-GREY", READ),
    Oddity("two rows of one SKU that differ", COST, SLEEVE.encode(), WARNED, "DUPLICATE_CONFLICT"),
    Oddity(
        "one SKU with two codes", COST, b"^9901|\n9901", WARNED, "DUPLICATE_CONFLICT",
        lambda files: bool(files.costs.conflict.any()),
    ),
    Oddity("SKUs that differ in letter case only", COST, b"felt-basket-m-black", WARNED,
           "SKU_TWINS"),
    Oddity("a sentence in place of a SKU", COST, b"sample  -  do not sell", WARNED, "SKU_IS_TEXT"),
    Oddity(
        "prefixes of channels", COST, b"OT-FELT.*LND-FELT", READ,
        reads=has_cost("OT-FELT-COASTER-BLACK", 0, 2026, 10),
    ),
    Oddity(
        "a mistyped prefix", COST, b"ZTSK-FELT", READ,
        reads=lambda files: dict(files.prefixes.typos) == {"ZTSK-": "ZSTK-"},
    ),
    Oddity("the marker `DELETED-`", COST, b"DELETED-FELT", READ,
           reads=has_no_cost("DELETED-FELT-BASKET-S-BLACK")),
    Oddity("a prefix without a separator", "sku_prefixes.csv", rb"\rUS,channel", LEFT_OUT,
           "VALUE_UNKNOWN"),
    Oddity("SKUs that lead back to each other", "sku_map.csv", b"CHICKEN,EGG", LEFT_OUT,
           "SAME_AS_RING"),
    Oddity("a code that no file has", "sku_map.csv", b"NOT-OURS,,1234567", LEFT_OUT,
           "VALUE_UNKNOWN"),
    # Prices and weights
    Oddity("a cost far from its neighbours", COST, rb"8\.7678", WARNED, "PRICE_JUMP"),
    Oddity("a price far above the lighter tier's", "fedex_prices.csv", b"50,10", WARNED,
           "PRICE_JUMP"),
    Oddity("a heavier parcel that costs less", "fedex_prices.csv", b"7,5 kg", WARNED,
           "NOT_MONOTONE"),
    Oddity(
        "Namibia, `NA`", "fedex_zones.csv", rb";NA;", READ,
        reads=lambda files: zone_of(files, "NA") >= 0,
    ),
    Oddity("a country that does not exist", "fedex_zones.csv", b"Ruritanya", LEFT_OUT,
           "COUNTRY_UNKNOWN"),
    Oddity("a name that is not its code's", "fedex_zones.csv", turkish("İzlanda;IE"), WARNED,
           "CODE_DISAGREES"),
    Oddity(
        "countries without a row", "fedex_zones.csv", b"^(?!.*;HU;)", READ,
        reads=lambda files: zone_of(files, "HU") < 0,
    ),
    Oddity("a zone without prices", "fedex_zones.csv", b"VA;9", WARNED, "ZONE_MISSING"),
    Oddity("a weight of 0, or above 100 kg", "desi.csv", b"9990-Grey;sample;0", LEFT_OUT,
           "NEGATIVE"),
    Oddity(
        "codes of variants and of whole families", "desi.csv", rb"\n\d{4};", READ,
        reads=lambda files: len(files.desi.parents.index.keys) > 10,
    ),
    Oddity(
        "a note in a column without a header", "desi.csv", turkish("hariç diğer ülkelerde"), READ,
        reads=lambda files: len(files.desi.notes) == 2,
    ),
    Oddity("a note in other words", "desi.csv", turkish("kutu değişti"), WARNED, "NOTE_NOT_READ"),
    Oddity(
        "two rates, `4.5 & 8.5`", "us_duties.csv", rb"4\.5 & 8\.5", WARNED, "RATE_RANGE",
        lambda files: bool(files.duties.rows.is_range.any()),
    ),
    Oddity("a declared value of 0", "us_duties.csv", rb";0;", WARNED, "ZERO_COST"),
    Oddity("a duty that is not value × rate", "us_duties.csv", b"DUTY", WARNED,
           "IDENTITY_BROKEN"),
    Oddity("a weight that `desi.csv` contradicts", "us_duties.csv", b"OTTOKOD", WARNED,
           "CODE_DISAGREES"),
    Oddity("one weight with two carrier prices", "us_duties.csv", b"KARGO", WARNED,
           "DUPLICATE_CONFLICT"),
    Oddity(
        "goods that are no longer made", "us_duties.csv", turkish(" - ÜRETİLMEYECEK"), READ,
        reads=lambda files: bool(files.duties.rows.is_discontinued.any()),
    ),
    # Small files
    Oddity("a rate of no day, or of 0", "fx_rates.csv", rb"31\.02\.2024", LEFT_OUT,
           "DATE_NOT_READ"),
    Oddity("a date that may be two days", "fx_rates.csv", b"03/04/2024", WARNED,
           "DATE_ORDER_ASSUMED"),
    Oddity("a rate that is missing", "fx_rates.csv", b"n/a", LEFT_OUT, "VALUE_MISSING"),
    Oddity("a day and a month at once, or neither", "expenses.csv", b"Both a day", LEFT_OUT,
           "DATE_NOT_READ"),
    Oddity("an id that a spreadsheet has rounded", "offsite_orders.csv",
           turkish("3.1E+09", "utf-16-le"), LEFT_OUT, "ID_DAMAGED"),
]  # fmt: skip
FEES = (
    "country,fee_kind,buyer,rate,fixed_minor,currency,max_minor,below_minor,base,credit,valid_from,"
    "valid_to,source,confidence\n*,transaction,any,0.05,,,,,order,,,,,\n"
)
# Name → files that are refused, and what the refusal says.
REFUSALS: dict[str, tuple[dict[str, bytes], str]] = {
    "no row that could be the header": ({COST: b"what,is,this\n1,2,3\n"}, "HEADER_NOT_FOUND"),
    "two files for one input": ({COST: b"SKU,MART 2026\nA,1\n", "cost.xlsx": b"PK"}, "TWO_FILES"),
    "two files for one start day": (
        {
            "fedex_zones_2026-02-01.csv": b"code;zone\nDE;1\n",
            "fedex_country_code_and_zone_number_2026-02-01.csv": b"code;zone\nDE;1\n",
        },
        "TWO_FILES",
    ),
    "a picture in place of a text": ({COST: b"\x89PNG\x00\x00\x01"}, "NOT_TEXT"),
    "a quote that is never closed": ({COST: b'SKU,MART 2026\n"A,1\nB,2\n'}, "QUOTE_OPEN"),
    "rates that overlap": ({"etsy_fees.csv": (FEES + FEES.split("\n")[1]).encode()}, "OVERLAP"),
    "a setting that does not exist": (
        {"parcels.csv": b"setting,value\ncolour,red\n"},
        "VALUE_UNKNOWN",
    ),
    "dates in two orders": (
        {"fx_rates.csv": b"date,from,to,rate\n13/02/2026,USD,TRY,1\n02/13/2026,USD,TRY,1\n"},
        "DATE_NOT_READ",
    ),
}


@pytest.fixture(scope="module")
def files() -> OwnerFiles:
    return read_owner_files(FOLDER, "Tuftmoor Felt", "USD")


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_the_samples_show_it_and_it_is_read_or_told(oddity: Oddity, files: OwnerFiles) -> None:
    content = (FOLDER / oddity.file).read_bytes()
    assert re.search(oddity.pattern, content, re.DOTALL)
    told = {f.code for f in files.findings if f.file.startswith(oddity.file)}
    if oddity.code:
        assert oddity.code in told
    if oddity.reads:
        assert oddity.reads(files)
    assert oddity.code or oddity.outcome is READ


@pytest.mark.parametrize("name", REFUSALS)
def test_it_refuses_the_file(name: str, tmp_path: Path) -> None:
    contents, code = REFUSALS[name]
    for file, content in contents.items():
        (tmp_path / file).write_bytes(content)
    with pytest.raises(InputFileError, match=rf"\({code}\)"):
        read_owner_files(tmp_path, "Felt", "USD")


def test_the_page_lists_every_oddity_with_its_outcome() -> None:
    section = PAGE.split("\n## Oddities", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.+?) \| (?:`(.+?)`|–) \| (.+?) \|$", section, re.MULTILINE)
    listed = [(name, file, outcome.split(":")[0]) for name, file, outcome in rows]
    known = [(oddity.name, oddity.file, oddity.outcome) for oddity in ODDITIES]
    assert listed == [*known, *((name, "", REFUSED) for name in REFUSALS)]


def test_unused_rows_of_the_samples_move_no_figure(files: OwnerFiles) -> None:
    found = files.rates.on("USD", "TRY", np.array([day_number(date(2024, 3, 5))], np.int32))
    assert found.rate[0] > 20 * 10**8
    assert set(files.sku_map.same_as) == {"OLD-FELT-SLEEVE-13IN-GREY"}
    assert files.cost_regions.region_of("TR") == (EU, True)
