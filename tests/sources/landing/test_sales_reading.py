from collections.abc import Callable

import pytest

from engine.errors import InputFileError
from engine.sources.landing.sales import Sales

Read = Callable[[str], Sales]
HEADER = "order_id,ordered_at,sku,quantity,unit_price,currency"


def messages(sales: Sales, code: str) -> list[str]:
    return [str(finding) for finding in sales.rows.findings.of(code)]


def file_of(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (
            ",2026-03-01,A,1,5,USD",
            "VALUE_MISSING",
            'file.csv: row 2, column "order_id": is empty; expected the id of the order; '
            "the row is rejected",
        ),
        (
            "3.12E+09,2026-03-01,A,1,5,USD",
            "ID_DAMAGED",
            'file.csv: row 2, column "order_id": value "3.12E+09" was rounded by a spreadsheet; '
            "expected the whole order id; export the file again and don't open it in a "
            "spreadsheet; the row is rejected",
        ),
        (
            "7,soon,A,1,5,USD",
            "DATE_NOT_READ",
            'file.csv: row 2, column "ordered_at": value "soon" is not a date; expected a date '
            "such as 2026-03-29, or a date and a time such as 2026-03-29 23:30; the row is "
            "rejected",
        ),
        (
            "7,2026-03-01,A,two,5,USD",
            "NOT_A_NUMBER",
            'file.csv: row 2, column "quantity": value "two" is not a number; expected a whole '
            "number from 1; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1.5,5,USD",
            "NOT_A_NUMBER",
            'file.csv: row 2, column "quantity": value "1.5" is not a whole number from 1; '
            "expected a whole number from 1; the row is rejected",
        ),
        (
            "7,2026-03-01,A,-1,5,USD",
            "NEGATIVE",
            'file.csv: row 2, column "quantity": value "-1" is below zero; expected a whole '
            "number from 1; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1000001,5,USD",
            "NOT_A_NUMBER",
            'file.csv: row 2, column "quantity": value "1000001" is too large; expected at most '
            "1,000,000 pieces; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1,-5.00,USD",
            "NEGATIVE",
            'file.csv: row 2, column "unit_price": value "-5.00" is below zero; expected an '
            "amount such as 12.34; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1,10000000000,USD",
            "NOT_A_NUMBER",
            'file.csv: row 2, column "unit_price": value "10000000000" is too large; expected an '
            "amount under ten billion; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1,5,Dollar",
            "CURRENCY_CONFLICT",
            'file.csv: row 2, column "currency": value "Dollar" is not a currency; expected an '
            "ISO 4217 code such as USD; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1,€5,USD",
            "CURRENCY_CONFLICT",
            'file.csv: row 2, column "unit_price": value "€5" is not in USD, the row\'s currency; '
            "expected one currency in a row; the row is rejected",
        ),
        (
            "7,2026-03-01,A,1000000,9999999,USD",
            "NOT_A_NUMBER",
            'file.csv: row 2, column "unit_price": value "9999999" is a price with which the '
            "order adds up to ten billion or more; expected orders under ten billion; the row is "
            "rejected",
        ),
    ],
)
def test_a_row_that_can_not_be_understood_is_rejected_with_its_reason(
    read: Read, row: str, code: str, message: str
) -> None:
    sales = read(file_of(row))
    assert messages(sales, code) == [message]
    assert sales.rows.rejected.tolist() == [True]


def test_a_good_row_is_kept_without_a_word(read: Read) -> None:
    sales = read(file_of("7,2026-03-01 10:00,A,2,$5.25,USD"))
    assert not len(sales.rows.findings)
    assert sales.kept.tolist() == [0]
    assert (sales.unit_price.millionths[0], sales.quantity[0]) == (5_250_000, 2)


def test_a_rejected_line_takes_its_whole_order_along(read: Read) -> None:
    sales = read(
        file_of("7,2026-03-01,A,1,5,USD", "7,2026-03-01,B,x,5,USD", "8,2026-03-01,A,1,5,USD")
    )
    assert sales.kept.tolist() == [2]
    assert messages(sales, "ORDER_INCOMPLETE") == [
        'file.csv: row 2, column "order_id": value "7" is an order of which row 3 was rejected; '
        "expected every line of the order; the row is rejected"
    ]


def test_a_row_with_too_many_cells_takes_its_order_along(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,A,1,5,USD", "7,2026-03-01,B,1,5,USD,extra"))
    assert not len(sales.kept)
    assert (sales.rows.total, sales.rows.rejected_count) == (2, 2)
    assert messages(sales, "ORDER_INCOMPLETE") == [
        'file.csv: row 2, column "order_id": value "7" is an order of which row 3 was rejected; '
        "expected every line of the order; the row is rejected"
    ]


def test_a_cell_that_is_not_needed_only_blanks_itself(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,A,1,5,USD,soon", header=f"{HEADER},shipped_at"))
    assert sales.kept.tolist() == [0]
    assert not sales.shipped.known[0]
    assert messages(sales, "DATE_NOT_READ") == [
        'file.csv: row 2, column "shipped_at": value "soon" is not a date; expected a date such '
        "as 2026-03-29, or a date and a time such as 2026-03-29 23:30; the cell is treated as "
        "missing"
    ]


def test_a_line_id_twice_in_an_order_rejects_the_later_row(read: Read) -> None:
    header = f"{HEADER},line_id"
    sales = read(
        file_of(
            "7,2026-03-01,A,1,5,USD,1",
            "8,2026-03-01,A,1,5,USD,1",
            "8,2026-03-01,B,1,5,USD,1",
            header=header,
        )
    )
    assert sales.kept.tolist() == [0]
    assert messages(sales, "DUPLICATE_ID") == [
        'file.csv: row 4, column "line_id": value "1" is the line of row 3 too; expected each '
        "line of an order once; the row is rejected"
    ]


def test_two_currencies_in_one_order_are_a_conflict(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,A,1,5,USD", "7,2026-03-01,B,1,5,EUR"))
    assert not len(sales.kept)
    assert messages(sales, "CURRENCY_CONFLICT") == [
        'file.csv: row 3, column "currency": value "EUR" differs from USD in row 2 of the same '
        "order; expected one currency in an order; the row is rejected"
    ]


def test_a_file_with_a_decimal_comma_is_read_by_its_own_votes(read: Read) -> None:
    sales = read(file_of('7,2026-03-01,A,1,"5,25",USD', '8,2026-03-01,A,1,"1.234,50",USD'))
    assert sales.unit_price.millionths.tolist() == [5_250_000, 1_234_500_000]
    assert sales.style.decimal_sign == ","


def test_amounts_beyond_six_decimals_are_rounded_and_counted(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,A,1,0.1234565,USD"))
    assert sales.unit_price.millionths.tolist() == [123_457]
    assert messages(sales, "ROUNDED") == [
        'file.csv: column "unit_price": 1 amount(s) have more than 6 decimals; they are rounded '
        "to 6 decimals"
    ]


def test_rows_without_a_sku_are_kept_and_counted(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,,1,5,USD", "8,2026-03-01,N/A,1,5,USD"))
    assert len(sales.kept) == 2
    assert messages(sales, "BLANK_SKU") == [
        'file.csv: column "sku": 2 row(s) have no SKU; they count for their listing and for no SKU'
    ]


def test_a_sku_that_is_a_sentence_is_used_and_noted(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,a ring in blue,1,5,USD"))
    assert len(sales.kept) == 1
    assert messages(sales, "SKU_IS_TEXT") == [
        'file.csv: column "sku": value "a ring in blue" looks like a sentence (1 row(s)); '
        "expected a SKU of at most 40 characters; it is used as it is"
    ]


def test_dates_in_two_orders_refuse_the_whole_file(read: Read) -> None:
    with pytest.raises(InputFileError, match="writes dates in two ways"):
        read(file_of("7,13/4/26,A,1,5,USD", "8,4/13/26,A,1,5,USD"))


def test_a_rejected_row_is_kept_as_json_without_buyers_and_unknown_columns(read: Read) -> None:
    sales = read(
        file_of("7,2026-03-01,A,x,5,USD,anna,Anna Kay", header=f"{HEADER},buyer_id,Ship Name")
    )
    (finding,) = sales.rows.findings.of("NOT_A_NUMBER")
    assert sales.rows.raw_row(finding) == (
        '{"order_id": "7", "ordered_at": "2026-03-01", "sku": "A", "quantity": "x", '
        '"unit_price": "5", "currency": "USD", "buyer_id": "", "Ship Name": ""}'
    )


def test_a_row_that_is_too_long_is_not_kept_at_all(read: Read) -> None:
    sales = read(file_of("7,2026-03-01,A,1,5,USD,Anna Kay"))
    (finding,) = sales.rows.findings.of("ROW_TOO_LONG")
    assert sales.rows.raw_row(finding) is None
