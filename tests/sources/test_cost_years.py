"""Price columns without a year take it from their place, or from nowhere."""

import pytest

from engine.sources.cost_headers import read_price_header
from engine.sources.cost_years import column_months


def years(*headers: str) -> list[str]:
    """Return `2021-12` or `?` for each header."""
    read = [read_price_header(header) for header in headers]
    months = column_months([header for header in read if header is not None])
    assert len(months) == len(headers)
    return ["?" if m is None else f"{m // 12}-{m % 12 + 1:02d}" for m in months]


def test_a_run_between_dated_neighbours() -> None:
    assert years("OCAK 2022", "ARALIK", "KASIM", "EKIM 2021") == [
        "2022-01",
        "2021-12",
        "2021-11",
        "2021-10",
    ]


def test_a_run_at_the_right_edge_and_at_the_left_one() -> None:
    assert years("SUBAT 2022", "OCAK 2022", "ARALIK", "EKIM")[2:] == ["2021-12", "2021-10"]
    assert years("MART", "SUBAT", "OCAK 2022", "ARALIK 2021")[:2] == ["2022-03", "2022-02"]


def test_an_oldest_first_sheet() -> None:
    assert years("KASIM 2021", "ARALIK", "OCAK", "SUBAT 2022")[1:3] == ["2021-12", "2022-01"]


def test_two_runs() -> None:
    assert years("MART 2023", "SUBAT", "OCAK 2023", "ARALIK 2022", "KASIM", "EKIM 2022") == [
        "2023-03",
        "2023-02",
        "2023-01",
        "2022-12",
        "2022-11",
        "2022-10",
    ]


def test_three_regions_of_one_month_are_one_block() -> None:
    assert (
        years(
            "US OCAK 2022", "EU OCAK 2022", "US ARALIK", "EU ARALIK", "AU ARALIK", "US KASIM 2021"
        )[2:5]
        == ["2021-12"] * 3
    )


def test_neighbours_of_one_month_share_the_year_that_one_of_them_has() -> None:
    assert years("US OCAK 2022", "EU OCAK", "AU OCAK") == ["2022-01"] * 3


def test_a_month_between_two_years_of_itself_is_undecided() -> None:
    assert years("OCAK 2023", "OCAK", "OCAK 2022")[1] == "?"


def test_both_sides_must_agree() -> None:
    # From the left it is May 2022, from the right May 2021: a year lies between.
    assert years("HAZIRAN 2022", "MAYIS", "NISAN 2021", "MART 2021")[1] == "?"


@pytest.mark.parametrize("headers", [("OCAK", "ARALIK"), ("OCAK 2022", "ARALIK", "KASIM")])
def test_fewer_than_two_dated_blocks_prove_nothing(headers: tuple[str, ...]) -> None:
    assert years(*headers)[1:] == ["?"] * (len(headers) - 1)


def test_a_sheet_that_goes_up_as_often_as_down_proves_nothing() -> None:
    assert years("OCAK 2022", "MART 2022", "SUBAT 2022", "OCAK")[3] == "?"


def test_the_first_month_of_another_region_breaks_the_run() -> None:
    # Newest first for the US, then again from the newest for the EU: only sure columns get a year.
    assert years("US MART 2022", "US SUBAT 2022", "US OCAK", "EU MART 2022", "EU SUBAT 2022") == [
        "2022-03",
        "2022-02",
        "?",
        "2022-03",
        "2022-02",
    ]


def test_a_run_longer_than_a_year() -> None:
    names = "KASIM EKIM EYLUL AGUSTOS TEMMUZ HAZIRAN MAYIS NISAN MART SUBAT OCAK ARALIK KASIM"
    found = years("OCAK 2023", "ARALIK 2022", *names.split(), "EKIM 2021")
    assert found[2] == "2022-11"
    assert found[-2] == "2021-11"
