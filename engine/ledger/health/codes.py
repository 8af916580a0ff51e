"""What can be wrong with the facts of a shop: one row = one code, with its meaning and a remedy.

Codes of files are those of `engine.sources.findings`; the ones below are the ledger's own. An
*error* leaves a figure without an amount, a *warning* is an assumption that moves one, an *info* is
told so that it can be known.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.sources.findings import CODES, Level


@dataclass(frozen=True, slots=True)
class HealthCode:
    """One kind of finding: how grave, what it means, and what to do about it."""

    level: Level
    meaning: str
    remedy: str


_LEDGER: dict[str, tuple[Level, str, str]] = {
    # Goods
    "COST_MISSING": (
        Level.ERROR,
        "goods sold without a known unit cost",
        "Enter the cost in cost.csv, or in sku_map.csv: python -m engine check --template.",
    ),
    "COST_NOT_CONVERTED": (
        Level.ERROR,
        "a unit cost in a currency without a rate on the order's day",
        "Add the rates of these days to fx_rates.csv.",
    ),
    "COST_CONFLICT": (
        Level.WARNING,
        "a unit cost from rows that contradict each other",
        "Keep one row with one cost code for the SKU in cost.csv.",
    ),
    "COST_ESTIMATED": (
        Level.INFO,
        "unit costs that stand in for missing ones",
        "Enter the SKU's own cost of the month and region in cost.csv.",
    ),
    # Parcels
    "WEIGHT_MISSING": (
        Level.ERROR,
        "goods sent whose weight is not known",
        "Enter the weight in desi.csv, or set default_desi in parcels.csv.",
    ),
    "WEIGHT_DEFAULT": (
        Level.WARNING,
        "goods sent at the default weight",
        "Enter the weight in desi.csv or us_duties.csv.",
    ),
    "PRICE_MISSING": (
        Level.ERROR,
        "parcels without a price in their zone, weight and day",
        "Add the zone or the tier to fedex_prices.csv, or the rate to fx_rates.csv.",
    ),
    "DUTY_MISSING": (
        Level.ERROR,
        "goods sent to a country with duties, without declared value or rate",
        "Complete the SKU's row in us_duties.csv.",
    ),
    # Orders and refunds
    "ORDER_HELD": (
        Level.ERROR,
        "orders and refunds in no figure, since their currency can't be converted",
        "Add the rates of their days to fx_rates.csv.",
    ),
    "STATUS_CONTRADICTORY": (
        Level.WARNING,
        "orders that count by their status, but are marked as unpaid",
        "Compare the orders with the marketplace.",
    ),
    "REFUND_ASSUMED": (
        Level.WARNING,
        "orders called fully refunded without a refund: one of all that was paid is assumed",
        "Import the refunds of these orders.",
    ),
    "REFUND_WITHOUT_DAY": (
        Level.WARNING,
        "refunds without a day, dated on the day of their order",
        "Import them again with their dates.",
    ),
    "REFUND_LEFT_OUT": (
        Level.WARNING,
        "refunds that are in no figure",
        "Check the refunds of this kind.",
    ),
    "AMOUNT_NEGATIVE": (
        Level.WARNING,
        "order amounts below zero, taken as zero",
        "Mend the orders where they come from.",
    ),
    "DISCOUNT_CLIPPED": (
        Level.WARNING,
        "discounts above the goods, taken as the goods",
        "Mend the orders where they come from.",
    ),
    "TOTAL_BELOW_PARTS": (
        Level.INFO,
        "orders whose grand total is below the sum of its parts",
        "Nothing, if these orders were reduced afterwards.",
    ),
    # Fees
    "FEE_UNKNOWN": (
        Level.ERROR,
        "sales with a fee that is neither in the account nor in the fee table",
        "Enter the rate in etsy_fees.csv, or import the payment account.",
    ),
    "LEDGER_GAP": (
        Level.WARNING,
        "fees of a month that are too few to be believed; the estimates stand",
        "Import the payment account of the whole month.",
    ),
    "ENTRY_NOT_BOOKED": (
        Level.WARNING,
        "entries of the payment account that are in no figure",
        "Check the entries of this kind.",
    ),
    "ESTIMATE_OFF": (
        Level.WARNING,
        "fee estimates more than 5 % from what was charged on measured orders",
        "Correct the rate in etsy_fees.csv.",
    ),
    "VAT_RECOVERABLE": (
        Level.INFO,
        "VAT on fees that is no cost, as the setting VAT_ON_FEES says",
        "Nothing.",
    ),
    # Days
    "DAY_NOT_CONVERTED": (
        Level.ERROR,
        "days whose ads or expenses are in a currency that can't be converted",
        "Add the rates of these days to fx_rates.csv.",
    ),
    "DAY_WITHOUT_DATA": (
        Level.WARNING,
        "days without figures between days that have some",
        "Import the figures of these days; a day without a row is not a day of zero.",
    ),
    "AD_SPEND_DIFFERS": (
        Level.INFO,
        "ad spend that the payment account puts otherwise; the statistics count",
        "Nothing, if the account bills on other days.",
    ),
    # Imports
    "FILE_REFUSED": (
        Level.ERROR,
        "a file that was refused at its import",
        "Mend the file and import it again.",
    ),
    "REJECT_CODE_UNKNOWN": (
        Level.ERROR,
        "rows that an import did not use, for a reason that this version does not know",
        "Update the program, or mend the rows and import their files again.",
    ),
    "REJECTS_LEFT_OUT": (
        Level.INFO,
        "rejects of imports that are not listed one by one",
        "They are in the table import_rejects.",
    ),
}
_SHARED = {
    "COST_OLD": "Enter this year's cost in cost.csv.",
    "SKU_AMBIGUOUS": "Give the rows one cost code, or the SKU a row in sku_map.csv.",
    "SKU_TWINS": "If they are one product, say so with same_as in sku_map.csv.",
    "COUNTRY_UNKNOWN": "Use a name or code of ISO 3166.",
    "ZONE_MISSING": "Add the country to fedex_zones.csv.",
    "STATUS_UNKNOWN": "Tell which orders are meant; they count if they are marked as paid.",
    "LEDGER_TYPE_UNKNOWN": "Nothing; the amounts are in other fees. Tell the maintainers its name.",
}
HEALTH_CODES: dict[str, HealthCode] = {
    **{code: HealthCode(*row) for code, row in _LEDGER.items()},
    **{code: HealthCode(*CODES[code], remedy) for code, remedy in _SHARED.items()},
}


def meaning_of(code: str) -> str:
    """Return what a code means, the ledger's own or one of a file."""
    return HEALTH_CODES[code].meaning if code in HEALTH_CODES else CODES[code][1]


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One thing that was found.

    place: the file or table. row, column, value: where in it. count: how many lines, orders or
    entries. sales_at_stake: minor units, sales after discounts of the lines that it touches, None
    if they can't be told. sku, order_id: an example to open.
    """

    code: str
    level: Level
    place: str
    what: str
    remedy: str
    count: int = 1
    sales_at_stake: int | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    sku: str | None = None
    order_id: int | None = None


def found(code: str, place: str, what: str, **more: object) -> HealthFinding:
    """Return a finding of one of HEALTH_CODES."""
    kind = HEALTH_CODES[code]
    return HealthFinding(code, kind.level, place, what, kind.remedy, **more)  # type: ignore[arg-type]


def by_stake(findings: list[HealthFinding]) -> list[HealthFinding]:
    """Return the findings by sales at stake, the unknown ones last; then graver ones first."""
    levels = list(Level)

    def key(finding: HealthFinding) -> tuple[object, ...]:
        stake = finding.sales_at_stake
        place = (finding.place, finding.row or 0, finding.column or "", finding.value or "")
        return (stake is None, -(stake or 0), levels.index(finding.level), finding.code, *place)

    return sorted(findings, key=key)
