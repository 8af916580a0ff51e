"""Calls that leave something out: one listing, shops that are done, nights without a change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.database.url import DatabaseUrl
from tests.reports.conftest import CALL_ID, Named, Reports, copy_of, run_once
from tests.reports.small_shop import Line, add_order, execute, fill, rows


def test_a_night_without_a_change_ends_with_99_if_asked(
    reported: DatabaseUrl, reports: Reports
) -> None:
    assert reports("--skip-empty").code == 99
    add_order(reported, 1_050, "2026-03-31T12:30", [Line(101, "RING-S", 700)])
    assert reports("--skip-empty").code == 0
    assert reports("--skip-empty", "--dry-run").code == 0


def test_one_listing_can_be_looked_at_alone(reported: DatabaseUrl, reports: Reports) -> None:
    add_order(reported, 1_050, "2026-01-20T10:00", [Line(101, "RING-S", 700), Line(102, "N", 9)])
    counts = reports("--dry-run", "--json", "--listing", "101").shop
    ((own,),) = rows(reported, "SELECT count(*) FROM listing_reports WHERE listing_id = 101")
    # The day and the week are new to the listing; month, quarter and year change.
    assert counts["rows_computed"] == own + 2
    assert (counts["rows_inserted"], counts["rows_updated"]) == (2, 3)
    assert counts["rows_removed"] == 0


def test_listings_and_skus_are_for_calls_that_write_nothing(
    reported: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--listing", "101")
    assert ended.code == 2
    assert "their sums would not be the shop's" in ended.err
    ended = reports("--dry-run", "--sku", "BOX", "--level", "shop")
    assert ended.code == 2
    assert "leaves out what --listing and --sku name" in ended.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--verify", "--dry-run"), "--dry-run and --verify are two calls"),
        (("--verify", "--resume"), "--resume is about what a run stores"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    reports: Reports, words: tuple[str, ...], message: str
) -> None:
    ended = reports(*words)
    assert ended.code == 2
    assert message in ended.err


@pytest.fixture(scope="module")
def two_reported_template(
    server_url: DatabaseUrl, shop_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with two shops and their reports, of one call, to be copied."""
    with copy_of(server_url, shop_template) as url:
        fill(url, 2, "Wool")
        run_once(url, tmp_path_factory.mktemp("no_files"))
        yield url.database


@pytest.fixture
def two_reported(
    server_url: DatabaseUrl, two_reported_template: str, named: Named
) -> Iterator[DatabaseUrl]:
    """A database with two shops and their reports, of one call."""
    with copy_of(server_url, two_reported_template) as url:
        yield named(url)


def test_a_resumed_call_leaves_out_the_shops_that_are_done(
    shop: DatabaseUrl, reports: Reports
) -> None:
    fill(shop, 2, "Wool")
    execute(shop, "UPDATE order_transactions SET quantity = -1 WHERE order_id >= 2000")
    assert reports().code == 7
    execute(shop, "UPDATE order_transactions SET quantity = 1 WHERE order_id >= 2000")
    first, second = reports("--resume", "--json").record["shops"]
    assert (first["status"], second["status"]) == ("SKIPPED", "SUCCEEDED")


def test_a_call_that_was_cut_off_between_two_shops_is_resumed_under_its_own_id(
    two_reported: DatabaseUrl, reports: Reports
) -> None:
    # As a kill between the shops would have left it.
    execute(two_reported, "DELETE FROM shop_reports WHERE shop_id = 2")
    execute(two_reported, "DELETE FROM listing_reports WHERE shop_id = 2")
    execute(two_reported, "DELETE FROM product_reports WHERE shop_id = 2")
    execute(two_reported, "DELETE FROM report_runs WHERE shop_id = 2")
    resumed = reports("--resume", "--json").record
    first, second = resumed["shops"]
    assert (first["status"], first["run_id"]) == ("SKIPPED", 1)
    assert second["status"] == "SUCCEEDED"
    assert resumed["call_id"] == CALL_ID
    # All of it is done now: a further call is a new one.
    again = reports("--resume", "--json").record
    assert again["call_id"] != CALL_ID
    assert [one["status"] for one in again["shops"]] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_shop_whose_inputs_moved_meanwhile_is_done_again(
    two_reported: DatabaseUrl, reports: Reports
) -> None:
    execute(two_reported, "UPDATE report_runs SET status = 'INTERRUPTED' WHERE shop_id = 2")
    add_order(two_reported, 1_050, "2026-03-31T12:30", [Line(101, "RING-S", 700)])
    shops = reports("--resume", "--json").record["shops"]
    assert [one["status"] for one in shops] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_shop_whose_rows_are_kept_otherwise_meanwhile_is_done_again(
    two_reported: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(two_reported, "UPDATE report_runs SET status = 'INTERRUPTED' WHERE shop_id = 2")
    monkeypatch.setenv("REPORTS_DAILY_KEEP_DAYS", "40")
    shops = reports("--resume", "--json").record["shops"]
    assert [one["status"] for one in shops] == ["SUCCEEDED", "SUCCEEDED"]
    assert shops[0]["rows_expired"] > 0


def test_a_shop_that_was_done_is_said_to_be(two_reported: DatabaseUrl, reports: Reports) -> None:
    execute(two_reported, "UPDATE report_runs SET status = 'INTERRUPTED' WHERE shop_id = 2")
    out = reports("--resume").out
    assert "Felt & Co: done by run 1, and its inputs are the same." in out
