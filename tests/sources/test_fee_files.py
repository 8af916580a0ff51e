"""etsy_fees.csv: what its cells mean, and which rows are refused, rejected or unknown."""

from importlib import resources

import pytest

from engine.errors import InputFileError
from engine.periods import day_date
from engine.sources.fee_files import FEE_LAYOUT, read_fees, shipped_fees
from engine.sources.fee_schedule import ANY, FEE_KINDS, FeeRow
from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START
from engine.sources.text_files import read_text

HEADER = (
    "country,fee_kind,buyer,rate,fixed_minor,currency,max_minor,below_minor,base,credit,"
    "valid_from,valid_to,source,confidence\n"
)


def read(text: str, findings: Findings | None = None) -> tuple[FeeRow, ...]:
    found = Findings() if findings is None else findings
    records = read_text((HEADER + text).encode(), "etsy_fees.csv", (FEE_LAYOUT,), found)
    return read_fees(records, found).rows


def test_a_row_in_full() -> None:
    findings = Findings()
    [row] = read(
        "Türkiye,Processing,CA/us,0.065,300,TRY,5000,60000,order+tax,rate,2026-08-01,2026-12-31,"
        "a page,low\n",
        findings,
    )
    assert (row.country, row.kind, row.buyer) == ("TR", "processing", "")
    assert row.buyer_countries == {"CA", "US"}
    assert (row.ppm, row.fixed, row.currency) == (65_000, 30_000, "TRY")
    assert (row.cap, row.below) == (500_000, 6_000_000)
    assert row.base == {"items", "shipping", "gift_wrap", "tax"}
    assert row.credit == "rate"
    assert (str(day_date(row.first)), str(day_date(row.last))) == ("2026-08-01", "2026-12-31")
    assert (row.source, row.confidence, row.row_number) == ("a page", "low", 2)
    assert row.is_active
    assert len(findings) == 0


def test_blank_cells() -> None:
    [row] = read("*,transaction,,6.5%,,,,,,,,,,\n")
    assert (row.buyer, row.ppm, row.fixed, row.cap, row.below) == (ANY, 65_000, None, None, None)
    assert (row.first, row.last, row.credit) == (OPEN_START, OPEN_END, "")


@pytest.mark.parametrize(
    ("kind", "base", "parts"),
    [
        ("transaction", "", "items shipping gift_wrap"),
        ("processing", "", "items shipping gift_wrap tax"),
        ("listing", "", "unit"),
        ("vat_on_fees", "", "fees"),
        ("deposit", "", "deposit"),
        ("transaction", "items + shipping", "items shipping"),
        ("transaction", "Order+Tax", "items shipping gift_wrap tax"),
        ("transaction", "month", "month"),
    ],
)
def test_the_base_of_a_fee(kind: str, base: str, parts: str) -> None:
    [row] = read(f"*,{kind},,0.05,,,,,{base},,,,,\n")
    assert row.base == set(parts.split())


@pytest.mark.parametrize(("currency", "fixed"), [("USD", 2_500), ("JPY", 250_000), ("KWD", 250)])
def test_fixed_amounts_are_minor_units_of_their_currency(currency: str, fixed: int) -> None:
    [row] = read(f"*,processing,,0.03,25,{currency},,,,,,,,\n")
    assert row.fixed == fixed


def test_an_unknown_first_day_keeps_the_row_as_evidence_only() -> None:
    row, other = read("GB,regulatory,,0.0032,,,,,,,Unknown,,,\nGB,regulatory,,0.0025,,,,,,,,,,\n")
    assert (row.is_active, other.is_active) == (False, True)
    assert row.first == OPEN_START


def test_an_empty_rate_and_amount_is_a_fee_that_is_not_known() -> None:
    rows = read(
        "*,vat_on_fees,,,,,,,,,,,,\n*,listing,,,20,USD,,,,,,,,\n*,transaction,,0,,,,,,,,,,\n"
    )
    assert [row.is_unknown for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("0.0x5,25,USD,", "NOT_A_NUMBER"),
        ("6.5,25,USD,", "NOT_A_NUMBER"),
        ("0.065,x,USD,", "NOT_A_NUMBER"),
        ("0.065,-1,USD,", "NEGATIVE"),
        ("0.065,25,,", "VALUE_MISSING"),
        ("0.065,25,$,", "CURRENCY_CONFLICT"),
        ("0.065,,,100", "VALUE_MISSING"),
    ],
)
def test_a_number_that_can_not_be_used_makes_the_fee_unknown_and_not_absent(
    cells: str, code: str
) -> None:
    findings = Findings()
    [row] = read(f"*,processing,,{cells},,,,,,,\n", findings)
    assert row.is_unknown
    assert [f.code for f in findings] == [code]


def test_rows_that_say_no_fee_are_rejected() -> None:
    findings = Findings()
    rows = read(
        "Atlantis,listing,,0.1,,,,,,,,,,\n"
        "*,transactoin,,0.1,,,,,,,,,,\n"
        "*,processing,XX/US,0.1,,,,,,,,,,\n"
        "*,processing,,0.1,,,,,everything,,,,,\n"
        "*,processing,,0.1,,,,,,half,,,,\n"
        "*,processing,,0.1,,,,,,,soon,,,\n"
        "*,processing,,0.1,,,,,,,2026-02-01,2026-01-01,,\n",
        findings,
    )
    assert rows == ()
    assert [(f.row, f.code) for f in findings] == [
        (2, "COUNTRY_UNKNOWN"),
        (3, "VALUE_UNKNOWN"),
        (4, "VALUE_UNKNOWN"),
        (5, "VALUE_UNKNOWN"),
        (6, "VALUE_UNKNOWN"),
        (7, "DATE_NOT_READ"),
        (8, "DATE_NOT_READ"),
    ]
    assert str(findings.of("VALUE_UNKNOWN")[0]) == (
        'etsy_fees.csv: row 3, column "fee_kind": value "transactoin" is not a kind of fee; '
        "expected listing or transaction or processing or regulatory or offsite_ads or "
        "offsite_ads_reduced or currency_conversion or vat_on_fees or share_and_save or "
        "shop_setup or etsy_plus or deposit; the row is not used"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GB,regulatory,,0.1,,,,,,,,2026-07-31,,", "GB,regulatory,any,0.2,,,,,,,2026-07-31,,,"),
        ("*,listing,,0.1,,,,,,,,,,", "*,listing,,0.1,,,,,,,,,,"),
        ("CA,processing,CA/US,0.1,,,,,,,,,,", "CA,processing,US,0.1,,,,,,,,,,"),
    ],
)
def test_two_rows_for_the_same_buyers_and_days_are_refused(one: str, other: str) -> None:
    with pytest.raises(
        InputFileError,
        match=r"etsy_fees.csv: row 3: gives the fee \w+ of \S+ again as row 2 does, for the same "
        r"buyers and days; expected a valid_to .*\(OVERLAP\)",
    ):
        read(f"{one}\n{other}\n")


@pytest.mark.parametrize(
    "other",
    ["GB,regulatory,,0.2,,,,,,,2026-08-01,,,", "GB,listing,,0.2,,,,,,,,,,",
     "FR,regulatory,,0.2,,,,,,,,,,", "GB,regulatory,other,0.2,,,,,,,,,,",
     "GB,regulatory,,0.2,,,,,,,unknown,,,"],
)  # fmt: skip
def test_rows_that_do_not_meet_are_fine(other: str) -> None:
    assert len(read(f"GB,regulatory,,0.1,,,,,,,,2026-07-31,,\n{other}\n")) == 2


def test_the_shipped_file_is_read_without_a_note() -> None:
    findings = Findings()
    content = resources.files("engine.sources").joinpath("etsy_fees.csv").read_bytes()
    records = read_text(content, "etsy_fees.csv", (FEE_LAYOUT,), findings)
    assert read_fees(records, findings) == shipped_fees()
    assert len(findings) == 0


def test_the_shipped_rows() -> None:
    rows = shipped_fees().rows
    assert len(rows) == 41
    assert {row.kind for row in rows} == FEE_KINDS.keys()
    assert [row.kind for row in rows if row.is_unknown] == ["shop_setup", "vat_on_fees"]
    assert [row.country for row in rows if not row.is_active] == ["GB", "FR", "IT", "TR"]
    assert all(row.source for row in rows)
