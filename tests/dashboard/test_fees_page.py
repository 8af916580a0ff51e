"""Fees & payouts: what it shows of the payment account is the table's own, to the cent."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from engine.dashboard import pages
from engine.dashboard.content.fees import BASES
from engine.dashboard.content.fees_entries import FATES
from engine.ledger.fee_frames import Fate
from engine.metrics.formats import text
from engine.metrics.model import Unit
from engine.periods import Period

SPRING = {"range": "Custom", "dates": ["2024-03-01", "2024-04-30"]}
PERIOD = Period.custom(date(2024, 3, 1), date(2024, 4, 30))
# The table itself, in the shop's days; the demo's amounts are in cents.
BY_TYPE = """
SELECT ledger_type, count(*), sum(amount) FROM ledger_entries
WHERE to_timestamp(created_timestamp) AT TIME ZONE 'Europe/Istanbul' >= '2024-03-01'
AND to_timestamp(created_timestamp) AT TIME ZONE 'Europe/Istanbul' < '2024-05-01' GROUP BY 1
"""
BALANCE = """
SELECT balance FROM ledger_entries
WHERE to_timestamp(created_timestamp) AT TIME ZONE 'Europe/Istanbul' < %s
ORDER BY sequence_number DESC LIMIT 1
"""


@pytest.fixture
def open_tab(shop_app):
    """Open the page on two months with an account, at one of its tabs."""

    def open_(tab: str, **query):
        return shop_app(pages.FEES, fees=tab, **(query or SPRING))

    return open_


def cents(column) -> list[int]:
    return [round(value * 100) for value in column]


def test_the_account_stands_above_every_tab(open_tab, analytics) -> None:
    (statement,) = analytics.account_statements(PERIOD)
    closing = text(Unit.MONEY, statement.closing, "TRY")
    said = f"Payment account at the end of 30 Apr 2024: {closing}; not explained by entries of"
    for tab in ("By kind", "Deposits"):
        captions = [one.value for one in open_tab(tab).caption]
        assert any(one.startswith(said) and one.endswith("0.00 TRY.") for one in captions)


def test_the_account_is_the_table_from_balance_to_balance(open_tab, shop_template) -> None:
    at = open_tab("Tie-out")
    drawn = at.dataframe[0].value
    with psycopg.connect(shop_template.libpq()) as connection:
        by_type = connection.execute(BY_TYPE).fetchall()
        ends = [
            connection.execute(BALANCE, [day]).fetchone() for day in ("2024-03-01", "2024-05-01")
        ]
    types = drawn.iloc[1:-1]
    shown = zip(types["ledger_type"], types["entries"], cents(types["amount"]), strict=True)
    assert sorted(shown) == sorted((kind, count, int(amount)) for kind, count, amount in by_type)
    amounts = cents(drawn["amount"])
    assert [amounts[0], amounts[-1]] == [end[0] for end in ends]
    assert sum(amounts[:-1]) == amounts[-1]
    assert any("0.00 TRY is unexplained" in one.value for one in at.caption)


@pytest.mark.parametrize(
    ("label", "dating"), [("Refund day", "refund_day"), ("Order day", "order_day")]
)
def test_every_cost_leads_from_the_account_to_the_figure(
    label, dating, open_tab, analytics
) -> None:
    drawn = open_tab("Tie-out", refunds=label, **SPRING).dataframe[1].value
    figures = analytics.calculate_metrics_batch([PERIOD], level="shop", refund_dating=dating).iloc[
        0
    ]
    names = ("charged", "to_other_days", "from_other_days", "not_booked")
    for row in drawn.to_dict("records"):
        *parts, booked, elsewhere, figure = cents(
            row[name] for name in (*names, "booked", "elsewhere", "figure")
        )
        assert sum(parts) == booked
        assert booked + elsewhere == figure
        # In these months the account has every fee; ads are known from statistics, day by day.
        assert elsewhere == 0 or row["cost"] == "Ad spend"
    by_label = dict(zip(drawn["cost"], cents(drawn["figure"]), strict=True))
    assert by_label["Transaction fees"] == figures["transaction_fees"]
    assert by_label["Ad spend"] == figures["ad_spend"]


@pytest.mark.parametrize("chosen", ["12 months", "All time"])
def test_how_a_fee_is_known_adds_up_to_the_fee(chosen: str, open_tab) -> None:
    drawn = open_tab("By kind", range=chosen).dataframe[0].value
    for row in drawn.to_dict("records"):
        assert sum(cents(row[basis] for basis in BASES)) == cents([row["amount"]])[0]


def test_drift_is_the_engines_and_the_newest_month_stands_first(open_tab, analytics) -> None:
    drawn = open_tab("Drift").dataframe[0].value
    wanted = analytics.fee_drift(PERIOD)
    assert len(drawn) == len(wanted) > 5
    assert drawn["month"].iloc[0] == "Apr 2024"
    assert sorted(cents(drawn["difference"])) == sorted(r.estimated - r.measured for r in wanted)


def test_deposits_are_the_tables_and_cover_what_came_before(open_tab, shop_template) -> None:
    drawn = open_tab("Deposits").dataframe[0].value
    with psycopg.connect(shop_template.libpq()) as connection:
        wanted = connection.execute(
            "SELECT -sum(amount) FROM ledger_entries WHERE ledger_type = 'DISBURSE' AND "
            "created_timestamp BETWEEN extract(epoch FROM '2024-03-01 00:00+03'::timestamptz) AND "
            "extract(epoch FROM '2024-04-30 23:59+03'::timestamptz)"
        ).fetchone()
    assert sum(cents(drawn["amount"])) == int(wanted[0])
    assert (drawn["entries"] >= drawn["orders"]).all()


@pytest.mark.parametrize("tab", ["By kind", "Tie-out", "Deposits", "Drift"])
def test_a_range_without_entries_says_when_there_are_some(tab: str, open_tab) -> None:
    at = open_tab(tab, range="Last 90 days")
    (info,) = at.info
    assert info.value.startswith("The account has entries from ")
    (button,) = [one for one in at.button if one.label.startswith("Show ")]
    button.click().run()
    assert not at.exception
    assert at.dataframe


def test_a_type_opens_its_entries_which_are_the_tables_own(open_tab, shop_template) -> None:
    at = open_tab("Tie-out", entries="TRY:transaction", **SPRING)
    account, entries = at.dataframe[0].value, at.dataframe[1].value
    with psycopg.connect(shop_template.libpq()) as connection:
        found = connection.execute(
            "SELECT entry_id, amount, order_id FROM ledger_entries WHERE ledger_type = "
            "'transaction' AND created_timestamp BETWEEN "
            "extract(epoch FROM '2024-03-01 00:00+03'::timestamptz) AND "
            "extract(epoch FROM '2024-04-30 23:59:59+03'::timestamptz)"
        ).fetchall()
    shown = zip(entries["entry_id"], cents(entries["amount"]), entries["order_id"], strict=True)
    assert sorted(shown) == sorted((str(one), int(amount), str(of)) for one, amount, of in found)
    assert set(entries["description"]) == {"Transaction fees"}
    assert set(entries["booked"]) == {"On its order's day"}
    assert list(entries["entered_at"]) == sorted(entries["entered_at"], reverse=True)
    of_type = account[account["ledger_type"] == "transaction"]
    assert cents(of_type["amount"]) == [sum(cents(entries["amount"]))]
    assert any(f"All {len(found):,} come to " in one.value for one in at.caption)
    # A balance has no entries, and so no button; every type has.
    assert list(account["open"].isna()) == [True, *[False] * (len(account) - 2), True]


def test_every_fate_that_a_range_can_show_is_said() -> None:
    assert set(FATES) == set(Fate) - {Fate.AFTER_WATERMARK}
