"""Each month of the shop is held against the payment account, kind by kind, to the cent."""

from __future__ import annotations

from decimal import Decimal

from engine.database.url import DatabaseUrl
from tests.reports.conftest import Reports
from tests.reports.small_shop import execute, rows


def test_account_and_figures_tie_out_by_month_and_kind_with_a_named_residual(
    reported_demo: DatabaseUrl, reports: Reports
) -> None:
    shop = reports("--json").shop
    months = shop["tie_out"]
    stored = dict(
        rows(
            reported_demo,
            "SELECT period_start::text, to_jsonb(r) FROM shop_reports r "
            "WHERE period_type = 'MONTHLY'",
        )
    )
    assert len(months) > 6
    booked = 0
    for month in months:
        for cost in month["costs"]:
            amounts = {name: Decimal(text) for name, text in cost.items() if name != "kind"}
            assert amounts["booked"] == (
                amounts["charged"]
                - amounts["to_other_days"]
                + amounts["from_other_days"]
                - amounts["not_booked"]
            )
            assert amounts["figure"] == amounts["booked"] + amounts["elsewhere"]
            assert amounts["figure"] == Decimal(str(stored[month["month"]][cost["kind"]]))
            booked += amounts["booked"] != 0
        assert set(month["unexplained"].values()) == {"0.00"}
    assert booked > 20
    assert rows(
        reported_demo, "SELECT tie_out FROM report_runs WHERE run_id = %s", shop["run_id"]
    ) == [(months,)]


def test_an_entry_that_is_missing_is_named_and_so_is_what_the_figures_have_from_elsewhere(
    reported_demo: DatabaseUrl, reports: Reports
) -> None:
    whole = reports()
    assert whole.code == 0, whole.err
    assert "months: " in whole.out
    assert "from elsewhere" in whole.out
    assert "without an entry" not in whole.out
    ((gone, amount, month),) = rows(
        reported_demo,
        "SELECT entry_id, amount, to_char(to_timestamp(created_timestamp), 'YYYY-MM') "
        "FROM ledger_entries WHERE shop_id = 1 AND ledger_type = 'transaction' "
        "AND extract(day FROM to_timestamp(created_timestamp)) BETWEEN 5 AND 20 "
        "ORDER BY created_timestamp, entry_id LIMIT 1",
    )
    execute(reported_demo, "DELETE FROM ledger_entries WHERE entry_id = %s", gone)
    said = f"{month}: the balance moved by −{abs(amount) / 100:.2f} TRY without an entry."
    lacking = reports()
    assert lacking.code == 0, lacking.err
    assert said in lacking.out


def test_a_shop_without_a_payment_account_has_nothing_to_tie(
    shop: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--json")
    assert ended.shop["tie_out"] == []
    assert rows(shop, "SELECT tie_out FROM report_runs") == [([],)]
