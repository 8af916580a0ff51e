"""The table of order statuses: canonical word, and whether the order is a sale."""

import pytest

from engine.sources.statuses import means_unpaid, read_status


@pytest.mark.parametrize(
    ("text", "canonical", "paid_counts", "unpaid_counts"),
    [
        ("completed", "completed", True, True),
        ("Paid", "paid", True, True),
        ("fully refunded", "fully_refunded", True, True),
        ("FULLY_REFUNDED", "fully_refunded", True, True),
        ("partially-refunded", "partially_refunded", True, True),
        ("Canceled", "canceled", False, False),
        ("cancelled", "canceled", False, False),
        ("open", "open", True, False),
        ("unpaid", "open", True, False),
        ("Pending", "open", True, False),
        ("unshipped", "open", True, False),
        ("payment processing", "payment_processing", True, False),
        ("Processing", "payment_processing", True, False),
        ("complete", "completed", True, False),
        ("shipped", "completed", True, False),
        ("DELIVERED", "completed", True, False),
        ("refunded", "fully_refunded", True, False),
        ("partial refund", "partially_refunded", True, False),
        ("teleported", "unknown", True, False),
    ],
)
def test_each_row_of_the_table(
    text: str, canonical: str, paid_counts: bool, unpaid_counts: bool
) -> None:
    paid, unpaid = read_status(text, True, False), read_status(text, False, False)
    assert (paid.canonical, unpaid.canonical) == (canonical, canonical)
    assert (paid.is_sale, unpaid.is_sale) == (paid_counts, unpaid_counts)


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_blank_status_follows_from_shipped_and_paid(text: str | None) -> None:
    assert read_status(text, True, True).canonical == "completed"
    assert read_status(text, True, False).canonical == "paid"
    assert read_status(text, False, False).canonical == "open"
    assert read_status(text, True, False).is_sale
    shipped_unpaid = read_status(text, False, True)
    assert (shipped_unpaid.canonical, shipped_unpaid.is_sale) == ("completed", False)


@pytest.mark.parametrize("text", ["completed", "paid", "Fully Refunded", "partially refunded"])
def test_a_status_that_says_paid_beats_an_unpaid_order_and_is_listed(text: str) -> None:
    contradiction = read_status(text, False, False)
    assert contradiction.is_sale
    assert contradiction.is_contradictory
    assert not read_status(text, True, False).is_contradictory


def test_only_cancelled_is_counted_as_cancelled() -> None:
    assert read_status("Cancelled", True, True).is_cancelled
    assert not read_status("open", False, False).is_cancelled
    assert not read_status("cancelled", True, True).is_contradictory


def test_an_unknown_status_is_said_to_be_unknown() -> None:
    assert not read_status("teleported", True, True).is_known
    assert read_status("open", True, True).is_known
    assert read_status(None, True, True).is_known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Open", True),
        ("payment-processing", True),
        ("shipped", False),
        ("paid", False),
        (None, False),
        ("teleported", False),
    ],
)
def test_which_statuses_say_that_no_money_came(text: str | None, expected: bool) -> None:
    assert means_unpaid(text) is expected
