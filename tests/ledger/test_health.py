"""What is found in the facts of a shop: each code, with the sales that hang on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from engine.ledger.events import build_ledger
from engine.ledger.facts import Policies
from engine.ledger.health.codes import HEALTH_CODES, HealthFinding, by_stake, found, meaning_of
from engine.ledger.health.provenance import provenance
from engine.ledger.health.report import Health, examine
from engine.local_time import local_clock
from engine.sources.findings import Level
from engine.sources.imports import Imports, Reject
from engine.sources.owner_files import OwnerFiles
from tests import worked_shop
from tests.cost_shop import Asked, facts_of, owner_writes
from tests.shop_builder import Entry, Line, Order, Refund, Span, a_shop, tables

HEAD = "OTTOKOD,SKU,EU MART 2026,EU OCAK 2025\n"
DAY = datetime(2026, 3, 15, 12)


def health_of(files: OwnerFiles, *asked: Asked, currency: str = "USD") -> Health:
    """The health of a shop in which every line sold for 50.00."""
    ledger, facts = facts_of(files, asked, currency=currency)
    return examine(ledger, facts, files)


def of(health: Health, code: str) -> list[HealthFinding]:
    return [finding for finding in health.findings if finding.code == code]


def short(findings: list[HealthFinding]) -> list[tuple[str | None, int, int | None]]:
    """Value, count and stake of each."""
    return [(f.value, f.count, f.sales_at_stake) for f in findings]


def test_skus_without_a_cost_come_by_the_sales_that_wait_for_it(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,A,1.00,\n")
    asked = (Asked("B"), Asked("C"), Asked("C", quantity=2), Asked(None), Asked("A"))
    health = health_of(files, *asked)
    missing = of(health, "COST_MISSING")
    assert short(missing) == [("C", 2, 15_000), ("(none)", 1, 5_000), ("B", 1, 5_000)]
    assert missing[0].level is Level.ERROR
    assert missing[0].order_id == 3  # the order with most of these sales
    assert "sku_map.csv" in missing[0].remedy


def test_old_contradictory_and_borrowed_costs(tmp_path: Path) -> None:
    rows = "1,OLD,,2.00\n2,TWO,5.00,\n3,TWO,5.00,\n4,SKI-RED,7.00,\n"
    files = owner_writes(tmp_path, cost=HEAD + rows)
    health = health_of(files, Asked("OLD"), Asked("TWO"), Asked("SKI-BLUE"), Asked("SKI-RED"))
    [old] = of(health, "COST_OLD")
    assert (old.value, old.row, old.what) == (
        "OLD", 2, "the newest cost is 14 months older than a sale"
    )  # fmt: skip
    [conflict] = of(health, "COST_CONFLICT")
    assert (conflict.value, conflict.row) == ("TWO", 4)
    assert "Mar 2026" in conflict.what
    [borrowed] = of(health, "COST_ESTIMATED")
    assert (borrowed.value, borrowed.sku) == ("sibling/same_month/asked", "SKI-BLUE")
    assert borrowed.level is Level.INFO


def test_a_cost_without_a_rate_is_no_missing_cost(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,A,1.00,\n")
    health = health_of(files, Asked("A"), currency="EUR")
    assert of(health, "COST_MISSING") == []
    [found_one] = of(health, "COST_NOT_CONVERTED")
    assert found_one.value == "USD"
    assert found_one.what == "no rate from USD to EUR within 7 days, as on 2026-03-15"
    assert len(health.missing) == 0


def test_ambiguous_skus_and_twins(tmp_path: Path) -> None:
    rows = "1,OT-FELT-A,1.00,\n2,MG-FELT-A,1.00,\n3,FELT-B,1,\n"
    files = owner_writes(tmp_path, cost=HEAD + rows)
    health = health_of(files, Asked("FELT-A"), Asked("Felt-B"), Asked("FELT-B"))
    [ambiguous] = of(health, "SKU_AMBIGUOUS")
    assert "MG-FELT-A and OT-FELT-A" in ambiguous.what
    assert short(of(health, "SKU_TWINS")) == [("FELT-B and Felt-B", 2, 10_000)]


def test_parcels_without_weight_zone_price_or_duty(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        desi="OTTOKOD;DESİ\nA;0,5\nHEAVY;9\n",
        fedex_zones="Ülke Kodu;Zone\nDE;1\n",
        fedex_prices="Ağırlık;1.Bölge\n0,5 kg;9,00\n",
        us_duties="SKU;DESİ-KG;INVOICE ÜRÜN BEDELİ;US FEDEX KARGO ÜCRETİ;DUTY OTAN\nA;0,5;3;10;5\n",
        parcels="setting,value\ndefault_desi,none\nover_max,unknown\n",
    )
    health = health_of(
        files, Asked("A"), Asked("A", "FR"), Asked("B"), Asked("HEAVY"), Asked("A", "US")
    )
    assert short(of(health, "WEIGHT_MISSING")) == [("B", 1, 5_000)]
    assert short(of(health, "ZONE_MISSING")) == [("FR", 1, 5_000)]
    assert short(of(health, "PRICE_MISSING")) == [("DE", 1, 5_000)]
    assert short(of(health, "DUTY_MISSING")) == [("A", 1, 5_000)]  # no import tax rate
    (tmp_path / "parcels.csv").unlink()
    health = health_of(owner_writes(tmp_path), Asked("B"))
    assert short(of(health, "WEIGHT_DEFAULT")) == [("B", 1, 5_000)]


def worked_health(orders: list[Order], policies: Policies | None = None, **more: object) -> Health:
    """The health of a shop with these rows and the files of the worked shop."""
    shop, files = a_shop(), worked_shop.files()
    source = tables(shop, orders, **more)  # type: ignore[arg-type]
    clock = local_clock(shop.time_zone)
    ledger, facts = build_ledger(source, files, clock, policies=policies)
    return examine(ledger, facts, files)


def test_orders_that_were_read_with_an_assumption() -> None:
    line = [Line(1, "B", 1, 5_000)]

    def order(number: int, **facts: object) -> Order:
        lines = [replace(line[0], line_id=number)]
        return Order(number, DAY, lines, **facts)  # type: ignore[arg-type]

    orders = [
        order(1, country="Atlantis"),
        order(2, country="Atlantis", status="canceled"),
        order(3, status="on hold"),
        order(4, status="completed", is_paid=False),
        order(5, currency="GBP"),
        order(6, status="fully refunded"),
        order(7, discount=6_000),
        order(8, shipping=-1),
        order(9, grand_total=100),
    ]
    refunds = [Refund(71, 7, None, 100), Refund(72, 2, DAY, 100), Refund(73, 7, DAY, 0)]
    health = worked_health(orders, refunds=refunds)
    assert short(of(health, "COUNTRY_UNKNOWN")) == [("Atlantis", 2, 5_000)]
    assert short(of(health, "STATUS_UNKNOWN")) == [("on hold", 1, 5_000)]
    assert short(of(health, "STATUS_CONTRADICTORY")) == [("completed", 1, 5_000)]
    [held] = of(health, "ORDER_HELD")
    assert (held.value, held.sales_at_stake, held.order_id) == ("GBP", None, 5)
    for code in ("AMOUNT_NEGATIVE", "DISCOUNT_CLIPPED", "TOTAL_BELOW_PARTS", "REFUND_ASSUMED"):
        assert [finding.count for finding in of(health, code)] == [1], code
    assert [finding.count for finding in of(health, "REFUND_WITHOUT_DAY")] == [1]
    assert sorted(finding.what for finding in of(health, "REFUND_LEFT_OUT")) == [
        "refunds of nothing are left out",
        "refunds of orders that do not count, or that are not there",
    ]


def test_fees_that_the_account_leaves_open() -> None:
    orders = [Order(n, DAY, [Line(n, "B", 1, 5_000)]) for n in (1, 2, 3)]
    entries = [
        Entry(1, "transaction", -10, DAY),
        Entry(2, "mystery_fee", -100, DAY),
        Entry(3, "shipping_labels", -500, DAY),
        Entry(4, "transaction", -100, DAY, order_id=1),
        Entry(5, "PAYMENT_PROCESSING_FEE", -365, DAY, order_id=1),
    ]
    health = worked_health(orders, entries=entries)
    [gap] = of(health, "LEDGER_GAP")
    assert (gap.column, gap.value, gap.sales_at_stake) == ("transaction_fees", "2026-03", 10_000)
    assert "0.10 USD charged where 6.50 USD is expected for 2 orders" in gap.what
    assert short(of(health, "LEDGER_TYPE_UNKNOWN")) == [("mystery_fee", 1, None)]
    assert short(of(health, "ENTRY_NOT_BOOKED")) == [("label_without_order", 1, None)]
    off = {finding.value for finding in of(health, "ESTIMATE_OFF")}
    assert "transaction_fees" in off
    assert "processing_fees" not in off


def test_an_unknown_fee_and_recoverable_vat(tmp_path: Path) -> None:
    fees = (
        "country,fee_kind,buyer,rate,fixed_minor,currency,max_minor,below_minor,base,credit,"
        "valid_from,valid_to,source,confidence\n"
        "*,transaction,any,0.065,,,,,order,,,,,\n*,processing,any,,,,,,order,,,,,\n"
    )
    files = owner_writes(tmp_path, etsy_fees=fees)
    health = health_of(files, Asked("A"))
    assert ("processing_fees", 1, 5_000) in short(of(health, "FEE_UNKNOWN"))
    orders = [Order(1, DAY, [Line(1, "B", 1, 5_000)])]
    entries = [Entry(1, "vat_seller_services", -123, DAY, 1)]
    health = worked_health(orders, Policies(vat_on_fees="recoverable"), entries=entries)
    [memo] = of(health, "VAT_RECOVERABLE")
    assert memo.value is not None
    assert memo.value.endswith(" USD")


def test_a_bad_cell_puts_only_the_sales_at_stake_that_ask_for_it(tmp_path: Path) -> None:
    cost = "OTTOKOD,SKU,EU MART 2026,ŞUBAT 2026\n1,A,12x,1.00\n1,B,1.00,-3\n"
    duties = "SKU;DESİ-KG;INVOICE ÜRÜN BEDELİ;DUTY OTAN;DUTY;VERGİ ORANI\nA;1;0;5;0;1\n"
    files = owner_writes(tmp_path, cost=cost, us_duties=duties)
    health = health_of(
        files,
        Asked("A"),
        Asked("A", day="2026-02-03"),
        Asked("A", "US"),
        Asked("B", "US", day="2026-02-03"),
        Asked("B", "AU", day="2026-02-03"),
    )
    assert [(f.row, f.sku, f.sales_at_stake) for f in of(health, "NOT_A_NUMBER")] == [
        (2, "A", 5_000)
    ]
    assert short(of(health, "NEGATIVE")) == [("-3", 1, 10_000)]  # a column for all regions
    [zero] = [f for f in of(health, "ZERO_COST") if f.place == "us_duties.csv"]
    assert (zero.sku, zero.sales_at_stake) == ("A", 5_000)


def test_rejects_and_refused_files_of_imports_are_among_the_findings(tmp_path: Path) -> None:
    files = owner_writes(tmp_path)
    ledger, facts = facts_of(files, [Asked("A")])
    imports = Imports(
        (
            Reject("sales.csv", "", None, None, None, "sales.csv: no header"),
            Reject("refunds.csv", "NOT_A_NUMBER", 7, "amount", "x", "an amount"),
        ),
        left_out=3,
    )
    health = examine(ledger, facts, files, imports)
    [refused] = of(health, "FILE_REFUSED")
    assert (refused.place, refused.what) == ("sales.csv", "sales.csv: no header")
    [reject] = [f for f in of(health, "NOT_A_NUMBER") if f.place == "refunds.csv"]
    assert (reject.row, reject.column, reject.value, reject.level) == (7, "amount", "x", "error")
    assert [f.count for f in of(health, "REJECTS_LEFT_OUT")] == [3]


def test_a_reject_of_a_code_that_is_not_known_is_a_finding_and_stops_nothing(
    tmp_path: Path,
) -> None:
    files = owner_writes(tmp_path)
    ledger, facts = facts_of(files, [Asked("A")])
    reject = Reject("sales.csv", "TOO_NEW", 7, "amount", "x", "an amount")
    [finding] = of(examine(ledger, facts, files, Imports((reject,))), "REJECT_CODE_UNKNOWN")
    assert finding == HealthFinding(
        "REJECT_CODE_UNKNOWN",
        "error",
        "sales.csv",
        "not used for the reason 'TOO_NEW', which is not known here; expected an amount",
        HEALTH_CODES["REJECT_CODE_UNKNOWN"].remedy,
        row=7,
        column="amount",
        value="x",
    )
    assert meaning_of(finding.code)


def test_findings_come_by_stake_with_the_unknown_ones_last() -> None:
    rows = [
        found("COST_OLD", "b", "x", sales_at_stake=None),
        found("COST_MISSING", "a", "x", sales_at_stake=None),
        found("COST_OLD", "a", "x", sales_at_stake=0),
        found("COST_OLD", "a", "x", sales_at_stake=7),
    ]
    assert [rows.index(finding) for finding in by_stake(rows)] == [3, 2, 1, 0]


def test_a_shop_without_orders_has_nothing_to_mend(tmp_path: Path) -> None:
    files = owner_writes(tmp_path)
    ledger, facts = build_ledger(tables(a_shop(), []), files, local_clock("Europe/Istanbul"))
    health = examine(ledger, facts, files)
    assert {finding.code for finding in health.findings} <= {"FILE_ABSENT"}
    assert health.provenance == ()
    assert health.missing.suggestions() == []


def test_the_provenance_of_the_worked_shop_adds_up() -> None:
    source, files = worked_shop.source(), worked_shop.files()
    facts = build_ledger(source, files, local_clock(source.shop.time_zone))[1]
    rows = provenance(facts)
    assert [(r.label, r.basis, r.lines, r.sales, r.amount) for r in rows if r.cost == "cogs"] == [
        ("direct/earlier_month/asked", "measured", 5, 21_601, 7_021),
        ("missing", "missing", 1, 4_500, None),
        ("direct/same_month/asked", "measured", 1, 3_200, 800),
    ]
    sales = int((facts.sales.lines["value"] - facts.sales.lines["discount"]).sum())
    for cost in {row.cost for row in rows}:
        of_cost = [row for row in rows if row.cost == cost]
        assert sum(row.sales for row in of_cost) == sales
        assert sum(row.lines for row in of_cost) == len(facts.lines.order)
        shares = [row.share_of_sales or 0 for row in of_cost]
        assert abs(sum(shares) - 1_000_000) <= len(shares)
    fees = [row for row in rows if row.cost == "transaction_fees"]
    assert {row.basis for row in fees} == {"measured", "estimated"}
    assert sum(row.amount or 0 for row in fees) == int(facts.fees.sale["transaction_fees"].sum())


@pytest.mark.parametrize("code", sorted(HEALTH_CODES))
def test_every_code_says_what_it_means_and_what_to_do(code: str) -> None:
    kind = HEALTH_CODES[code]
    assert kind.meaning
    assert kind.remedy.endswith(".")


def test_findings_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,A,1.00,\n")
    asked = [Asked("B"), Asked("C", "FR"), Asked("A"), Asked("C")]
    one, other = (health_of(files, *rows) for rows in (asked, asked[::-1]))
    stripped = [[replace(f, order_id=None) for f in health.findings] for health in (one, other)]
    assert stripped[0] == stripped[1]
    assert np.array_equal(one.missing.sales, other.missing.sales)


def test_days_of_ads_that_are_missing_or_told_otherwise_by_the_account(tmp_path: Path) -> None:
    def week(row: int, month: int, day: int) -> Span:
        start = date(2026, month, day)
        return Span(row, 101, start, start, "DAILY", spend=100)

    ads = [week(1, 3, 1), week(2, 3, 2), week(3, 3, 5)]
    visits = [Span(1, 101, date(2026, 3, 1), date(2026, 3, 1), "DAILY", visits=7)]
    entries = [
        Entry(1, "prolist", -130, datetime(2026, 3, 1, 12)),
        Entry(2, "prolist", -500, datetime(2026, 3, 9, 12)),
    ]
    orders = [Order(1, DAY, [Line(1, "B", 1, 5_000)])]
    health = worked_health(orders, ads=ads, visits=visits, entries=entries)
    assert short(of(health, "DAY_WITHOUT_DATA")) == [("2026-03-03", 2, None)]
    [differs] = of(health, "AD_SPEND_DIFFERS")
    assert differs.what.startswith("1.00 USD by the statistics, 1.30 USD in the payment account")
    expenses = "date;month;name;amount;currency\n;2026-02;Rent;10;GBP\n2026-03-02;;Tool;5;USD\n"
    files = owner_writes(tmp_path, expenses=expenses)
    [unknown] = of(health_of(files, Asked("A")), "DAY_NOT_CONVERTED")
    assert (unknown.place, unknown.count) == ("expenses.csv", 28)
    assert unknown.what == "amounts from 2026-02-01 to 2026-02-28 can't be converted"
