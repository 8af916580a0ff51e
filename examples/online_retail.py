"""Turns a public data set of a real gift shop into `sales` and `refunds` files to import.

The data set is *Online Retail II* (Daqing Chen, UCI Machine Learning Repository, data set 502,
licence CC BY 4.0): every invoice line of a shop in the United Kingdom over two years. It is not
part of this project. Download the zip file from https://archive.ics.uci.edu/dataset/502, unpack
`online_retail_II.xlsx`, then:

    python examples/online_retail.py online_retail_II.xlsx --out retail
    python -m engine import retail --shop "Online Retail" --time-zone Europe/London \
        --currency GBP --country GB

The shop is not on Etsy, so it owes none of Etsy's fees. Say so before you look at a profit, with a
fee file that has a header and no rows:

    mkdir -p "csv_inputs/Online Retail"
    echo country,fee_kind,rate > "csv_inputs/Online Retail/etsy_fees.csv"

A copy of it as CSV or Parquet with the same columns will do as well: Invoice, StockCode,
Description, Quantity, InvoiceDate, Price, Customer ID, Country.

One row of the data is one line of an invoice. It becomes a line of `sales` if something was sold,
or a refund without an order if its invoice is a cancellation (`C…`): the data do not say which
order was cancelled. Free goods, write-offs and corrections of the books are left out and counted.
"""

from __future__ import annotations

import argparse
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
CURRENCY = "GBP"
PRICE_DECIMALS = 3  # a few prices are in tenths of a penny


def main(arguments: list[str] | None = None) -> int:
    """Read the data, write the two files, print what became of every row."""
    options = _options(arguments)
    try:
        data = read_data(options.path, options.sheet)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5 if options.path.exists() else 4
    kind = classify(data)
    sales, refunds = sales_rows(data[kind == "sale"]), refund_rows(data[kind == "refund"])
    options.out.mkdir(parents=True, exist_ok=True)
    files = [
        _write(sales, options.out / "sales", options.format),
        _write(refunds, options.out / "refunds", options.format),
    ]
    left_out = kind[~kind.isin(["sale", "refund"])].value_counts()
    print(
        f"{len(data):,} rows read = {len(sales):,} sales in {sales['order_id'].nunique():,} orders "
        f"+ {len(refunds):,} refunds + {left_out.sum():,} left out"
    )
    for reason, count in left_out.items():
        print(f"  left out: {count:,} {reason}")
    print(f"written: {', '.join(map(str, files))}")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Turn the Online Retail II data set into sales and refunds files to import."
    )
    parser.add_argument("path", type=Path, help="the data set as .xlsx, .csv or .parquet")
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the two files")
    parser.add_argument("--sheet", default=0, help="sheet of a workbook (default: the first)")
    parser.add_argument(
        "--format", choices=("csv", "parquet"), default="csv", help="of the two files"
    )
    return parser.parse_args(arguments)


def read_data(path: Path, sheet: str | int = 0) -> pd.DataFrame:
    """Return the invoice lines in the order of the file; raises ValueError for a missing column."""
    if path.suffix == ".parquet":
        data = pd.read_parquet(path)
    elif path.suffix == ".xlsx":
        data = pd.read_excel(path, sheet_name=sheet, dtype={"Invoice": str, "StockCode": str})
    else:
        data = pd.read_csv(path, dtype={"Invoice": str, "StockCode": str}, encoding="utf-8-sig")
    missing = [name for name in COLUMNS if name not in data]
    if missing:
        raise ValueError(
            f"{path} lacks the column {', '.join(missing)}; expected {', '.join(COLUMNS)}"
        )
    data = data[list(COLUMNS)].copy()
    for name in ("Invoice", "StockCode", "Description", "Country"):
        data[name] = data[name].astype("string").str.strip().fillna("")
    data["InvoiceDate"] = pd.to_datetime(data["InvoiceDate"])
    return data


def classify(data: pd.DataFrame) -> pd.Series:
    """Return for each row "sale", "refund", or the reason why it is left out."""
    cancels = data["Invoice"].str.upper().str.startswith("C")
    corrects = data["Invoice"].str.upper().str.startswith("A")
    cases = [
        (corrects, "corrections of the books (invoice A…)"),
        (data["Price"] == 0, "free goods and write-offs (price 0)"),
        (data["Price"] < 0, "with a price below zero"),
        (cancels & (data["Quantity"] >= 0), "cancellations that take nothing back"),
        (cancels, "refund"),
        (data["Quantity"] <= 0, "without a quantity sold"),
    ]
    conditions = [condition.to_numpy(dtype=bool) for condition, _ in cases]
    answers = [answer for _, answer in cases]
    return pd.Series(np.select(conditions, answers, "sale"), index=data.index, dtype="string")


def sales_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the `sales` file: one row = one order line."""
    return pd.DataFrame(
        {
            "order_id": lines["Invoice"],
            "ordered_at": lines["InvoiceDate"],
            "sku": lines["StockCode"],
            "listing_id": listing_ids(lines["StockCode"]),
            "quantity": lines["Quantity"],
            "unit_price": _major(_thousandths(lines["Price"])),
            "currency": CURRENCY,
            "title": lines["Description"],
            "buyer_id": lines["Customer ID"].astype("Int64").astype("string").fillna(""),
            "country": lines["Country"],
        }
    )


def refund_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the `refunds` file: one row = one cancelled line, without an order."""
    place = lines.groupby("Invoice").cumcount() + 1
    return pd.DataFrame(
        {
            "refund_id": lines["Invoice"] + "-" + place.astype("string"),
            "date": lines["InvoiceDate"],
            "amount": _major(_thousandths(lines["Price"]) * -lines["Quantity"]),
            "currency": CURRENCY,
            "sku": lines["StockCode"],
            "listing_id": listing_ids(lines["StockCode"]),
            "quantity": -lines["Quantity"],
            "reason": "cancelled",
        }
    )


def listing_ids(stock_codes: pd.Series) -> pd.Series:
    """Return the listing of each stock code: its first five digits; what has none is no article."""
    return stock_codes.str.extract(r"^(\d{5})", expand=False).fillna("")


def _thousandths(prices: pd.Series) -> pd.Series:
    """Return prices as whole thousandths; raises ValueError for one with more decimals."""
    exact = {price: Decimal(str(price)).scaleb(PRICE_DECIMALS) for price in prices.unique()}
    odd = [price for price, value in exact.items() if value != value.to_integral_value()]
    if odd:
        raise ValueError(f"the price {odd[0]} has more than {PRICE_DECIMALS} decimals")
    return prices.map({price: int(value) for price, value in exact.items()}).astype("int64")


def _major(thousandths: pd.Series) -> pd.Series:
    """Return whole thousandths as exact decimals: two of them, three where needed."""
    exact = {
        value: Decimal(value).scaleb(-PRICE_DECIMALS)
        if value % 10
        else Decimal(value // 10).scaleb(1 - PRICE_DECIMALS)
        for value in thousandths.unique().tolist()
    }
    return thousandths.map(exact).astype("object")


def _write(rows: pd.DataFrame, path: Path, kind: str) -> Path:
    target = path.with_suffix(f".{kind}")
    if kind == "parquet":
        pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), target)
    else:
        rows.to_csv(target, index=False, date_format="%Y-%m-%d %H:%M:%S")
    return target


if __name__ == "__main__":
    sys.exit(main())
