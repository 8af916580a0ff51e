"""The worked example of docs/worked-example.md: six orders whose every figure is known by hand."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.ledger.events import build_ledger
from engine.ledger.evidence import Evidence, keep_evidence
from engine.local_time import local_clock
from engine.metrics.compute import Snapshot, build_snapshot
from engine.sources.frames import SourceTables
from engine.sources.owner_files import OwnerFiles, read_owner_files
from tests.shop_builder import Entry, Line, Order, Refund, Span, a_shop, snapshot_of, tables, utc

WATERMARK = utc("2026-04-10T12:00:00")


AD = Span(1, 101, date(2026, 3, 16), date(2026, 4, 14), spend=1500, sales=6000, clicks=60, orders=3)


def source() -> SourceTables:
    orders = [
        Order(
            1001,
            datetime(2026, 3, 5, 10, 15),
            [Line(11, "A-RED", 2, 3000, 101), Line(12, "B", 1, 4501, 102)],
            buyer=1,
            status="completed",
            is_shipped=True,
            ship_hours=26,
            discount=1000,
            shipping=799,
            gift_wrap=300,
            grand_total=10600,
        ),
        Order(
            1002,
            datetime(2026, 2, 26, 9, 0),
            [Line(21, "A-BLUE", 1, 3200, 101)],
            buyer=2,
            status="partially refunded",
            shipping=600,
            tax=304,
            grand_total=4104,
        ),
        Order(
            1003,
            datetime(2026, 3, 12, 10, 40),
            [Line(31, "A-BLUE", 1, 3200, 101), Line(32, "B", 2, 4450, 102)],
            buyer=2,
            country="US",
            status="Completed",
            is_shipped=True,
            ship_hours=50,
            tax=847,
            grand_total=12947,
        ),
        Order(
            1004,
            datetime(2026, 3, 18, 16, 0),
            [Line(41, "C", 3, 1500, 103)],
            buyer=1,
            payment="paypal",
            shipping=500,
            grand_total=5000,
        ),
        Order(
            1005,
            datetime(2026, 3, 20, 12, 0),
            [Line(51, "B", 1, 4500, 102)],
            buyer=3,
            status="Canceled",
            grand_total=4500,
        ),
        Order(
            1006,
            datetime(2026, 3, 31, 23, 59, 30),
            [Line(61, "A-RED", 1, 0, 101)],
            payment="other",
            grand_total=0,
        ),
    ]
    refunds = [Refund(1, 1002, datetime(2026, 3, 3, 12, 0), 1500)]
    return tables(a_shop(), orders, refunds, entries=account(), ads=[AD])


def account() -> list[Entry]:
    """The payment account, which only knows order 1001."""
    day = datetime(2026, 3, 5, 10, 20)
    of_line = [
        ("transaction", 353, 11),
        ("transaction", 265, 12),
        ("renew_sold", 20, 11),
        ("renew_sold", 20, 12),
    ]
    of_order = [
        ("shipping_transaction", 52),
        ("gift_wrap_fees", 20),
        ("PAYMENT_PROCESSING_FEE", 727),
        ("regulatory_operating_fee", 177),
        ("vat_seller_services", 181),
        ("vat_on_processing_fees", 145),
    ]
    entries = [
        Entry(at, kind, -cents, day, line_id=line)
        for at, (kind, cents, line) in enumerate(of_line, 1)
    ]
    entries += [
        Entry(at, kind, -cents, day, order_id=1001) for at, (kind, cents) in enumerate(of_order, 5)
    ]
    return entries


# What the owner writes into csv_inputs/; C has no cost, and B no weight of its own in desi.csv.
FILES = {
    "cost": (
        "SKU,US ŞUBAT 2026,EU ŞUBAT 2026\n"
        "A-RED,8.2350,8.2350\nA-BLUE,8.0000,8.0000\nB,12.5000,12.5000\n"
    ),
    "desi": "OTTOKOD;DESİ\nA-RED;0,5\nC;0,5\n",
    "fedex_zones": "Ülke;Ülke Kodu;Zone\nGermany;DE;1\n",
    "fedex_prices": (
        "Ağırlık;1.Bölge\n0,5 kg;9,00\n1 kg;11,00\n1,5 kg;13,50\n2 kg;16,00\n2,5 kg;18,60\n"
    ),
    "us_duties": (
        "SKU;OTTOKOD;DESİ-KG;INVOICE ÜRÜN BEDELİ;US FEDEX KARGO ÜCRETİ;FEDEX İŞLEM ÜCRETİ;"
        "DUTY OTAN;VERGİ ORANI;valid_from;valid_to\n"
        "A-BLUE;;0,5;3,20;10,00;;4,5;15;;\n"
        "B;;1,2;5,94;;;8;15;;\n"
        ";;1;;11,20;;;;;\n"
        ";;1,5;;12,60;;;;;\n"
        ";;2;;14,00;;;;;\n"
    ),
    "parcels": (
        "setting,value,currency,valid_from,valid_to\n"
        "carrier_fee_flat,4.50,USD,,\ncarrier_fee_rate,0.02,,,\n"
    ),
    "etsy_fees": (
        "country,fee_kind,buyer,rate,fixed_minor,currency,max_minor,below_minor,base,credit,"
        "valid_from,valid_to,source,confidence\n"
        "*,transaction,any,0.065,,,,,order,,,,invented,low\n"
        "*,processing,any,0.065,40,USD,,,order+tax,rate,,,invented,low\n"
        "*,regulatory,any,0.0167,,,,,order,,,,invented,low\n"
        "*,listing,any,,20,USD,,,unit,,,,invented,low\n"
        "*,vat_on_fees,any,0.2,,,,,fees,,,,invented,low\n"
    ),
    "expenses": "date,month,name,amount,currency,category\n,2026-03,Rent,31.00,USD,premises\n",
}


@lru_cache(maxsize=1)
def files() -> OwnerFiles:
    """The owner's files, read as they would be from a folder."""
    with TemporaryDirectory() as folder:
        for name, text in FILES.items():
            (Path(folder) / f"{name}.csv").write_text(text, encoding="utf-8")
        return read_owner_files(Path(folder), "Worked", "USD")


def snapshot() -> Snapshot:
    return snapshot_of(source(), files=files(), watermark=WATERMARK)


@lru_cache(maxsize=1)
def opened() -> tuple[Snapshot, Evidence]:
    """Return its figures and what they open to."""
    clock = local_clock("Europe/Istanbul")
    ledger, facts = build_ledger(source(), files(), clock)
    snapshot = build_snapshot(ledger, clock.days_begun(WATERMARK), clock.days_ended(WATERMARK))
    return snapshot, keep_evidence(facts)
