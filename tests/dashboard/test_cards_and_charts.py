"""Cards and charts are functions of figures: text, arrow, colour, bars, hatches, words."""

from __future__ import annotations

from datetime import date

from engine.dashboard import theme
from engine.dashboard.bounds import partial_words
from engine.dashboard.buckets import Grain
from engine.dashboard.cards import fits, metric_card, narrowest
from engine.dashboard.charts.chart import whole_ticks
from engine.dashboard.charts.over_time import over_time
from engine.dashboard.data import Figures, Value
from engine.dashboard.filters import Filters, View, resolve
from engine.metrics.registry import REGISTRY
from engine.ranges import Comparison, RangeName

WEEKS = Filters(RangeName.CUSTOM, (date(2026, 3, 4), date(2026, 3, 17)), grain=Grain.WEEK)


def a_view(filters: Filters = WEEKS, first: date = date(2020, 1, 1)) -> View:
    return resolve(filters, today=date(2026, 4, 1), first_day=first, week_start=1)


def figures(view: View, name: str, now: Value, before: Value, each: list[Value]) -> Figures:
    """The range, its comparison, and the buckets; the comparison's buckets are all 1."""
    rows: dict = {bucket.asked: {name: 1} for bucket in view.compared_buckets}
    rows |= {b.asked: {name: v} for b, v in zip(view.buckets, each, strict=True)}
    rows[view.period] = {name: now}
    if view.compared:
        rows[view.compared] = {name: before}
    return Figures(rows, "USD")


def test_more_revenue_is_up_and_good() -> None:
    view = a_view()
    card = metric_card("net_revenue", figures(view, "net_revenue", 10610, 10000, [1, 2, 3]), view)
    assert (card.label, card.value) == ("Net revenue", "106.10 USD")
    assert (card.delta, card.arrow, card.colour) == ("+6.1 %", "up", "blue")
    assert card.beside == "vs before"
    assert card.line == (0.01, 0.02, 0.03)
    assert card.line_type == "bar"


def test_more_refunds_are_up_and_bad() -> None:
    view = a_view()
    name = "refund_rate_value"
    card = metric_card(name, figures(view, name, 0.05, 0.03, [0.1, None, 0.2]), view)
    assert (card.delta, card.arrow, card.colour) == ("+2.0 pp", "up", "orange")
    assert card.line == (10.0, 20.0)
    assert card.line_type == "line"


def test_less_of_a_bad_thing_is_down_and_good() -> None:
    view = a_view()
    name = "refunds_total"
    card = metric_card(name, figures(view, name, 100, 200, [0, 0, 0]), view)
    assert (card.delta, card.arrow, card.colour) == ("−50.0 %", "down", "blue")


def test_a_long_amount_gets_a_wider_card_and_a_short_one_stays_two_in_a_row() -> None:
    assert narrowest("22,714.86 USD") == narrowest("≤ 3,797.75 USD") == 160
    assert narrowest("≤ 13,524,374.43 USD") > narrowest("≤ 124,218.44 USD") > 171
    assert 2 * (2 * narrowest("≤ 13,524,374.43 USD") + 16) + 16 <= 958, "four in a row on a laptop"


def test_a_profit_that_lacks_a_little_is_not_known_for_all_sales() -> None:
    view = a_view()
    amounts = {"net_profit": 200, "net_profit_low": 100}
    for coverage, words in (
        (0.99999, "the unit cost is known for nearly all sales"),
        (0.972, "the unit cost is known for 97.2 % of sales"),
        (1.0, "some of its costs are not known"),
    ):
        rows = {view.period: {**amounts, "cost_coverage": coverage}}
        said = partial_words("net_profit", Figures(rows, "USD"), view.period)
        assert said == (
            f"Net profit is **partial**: {words}. With what is unknown it lies "
            "**between 1.00 USD and 2.00 USD**."
        )


def test_a_metric_without_direction_is_grey() -> None:
    view = a_view()
    card = metric_card("cogs", figures(view, "cogs", 200, 100, [0, 0, 0]), view)
    assert (card.arrow, card.colour) == ("up", "gray")


def test_no_change_is_the_number_zero_with_words() -> None:
    view = a_view()
    card = metric_card("orders", figures(view, "orders", 4, 4, [1, 1, 2]), view)
    assert (card.delta, card.arrow, card.beside) == (0, "off", "unchanged")


def test_a_comparison_that_a_phone_would_cut_stands_in_a_line_of_its_own() -> None:
    view = a_view()
    name = "shipping_result"
    near = metric_card(name, figures(view, name, 10610, 10000, [1, 2, 3]), view)
    far = metric_card(name, figures(view, name, 1_234_567, -1_000_000, [1, 2, 3]), view)
    assert (near.delta, fits(near)) == ("+6.1 %", True)
    assert (far.delta, fits(far)) == ("+22,345.67 USD", False)


def test_an_unknown_value_is_a_dash_that_says_why_and_has_no_change() -> None:
    view = a_view()
    card = metric_card("gross_margin", figures(view, "gross_margin", None, 0.5, [None] * 3), view)
    assert (card.value, card.delta, card.line) == ("–", None, None)
    assert card.help.startswith("Not known for these days")


def test_without_comparison_the_card_says_why() -> None:
    view = a_view(first=date(2026, 3, 1))
    card = metric_card("orders", figures(view, "orders", 4, None, [1, 1, 2]), view)
    assert (card.delta, card.beside) == (None, "no data before 1 Mar 2026")


def test_many_bars_become_an_area() -> None:
    view = a_view(Filters(RangeName.CUSTOM, (date(2026, 1, 1), date(2026, 2, 20))))
    each: list[Value] = [1] * 51
    assert metric_card("orders", figures(view, "orders", 51, 1, each), view).line_type == "area"


def test_a_bar_of_a_loss_is_vermilion_and_one_of_a_cost_below_zero_is_none() -> None:
    view = a_view()
    for name, colour in (("shipping_result", theme.LOSS), ("postage", theme.GAIN)):
        made = figures(view, name, -100, 300, [100, -300, None])
        bars = over_time(REGISTRY[name], made, view).figure.data[0]
        assert list(bars.marker.line.color) == [theme.GAIN, colour, theme.GAIN]
        assert bars.marker.color[1] == theme.see_through(colour, 0.45)


def test_a_sum_is_bars_from_zero_with_its_cut_ones_hatched() -> None:
    view = a_view()
    chart = over_time(
        REGISTRY["net_revenue"], figures(view, "net_revenue", 600, 300, [100, 200, 300]), view
    )
    bars, compared = chart.figure.data
    assert list(bars.y) == [1.0, 2.0, 3.0]
    assert list(bars.x) == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    assert list(bars.marker.pattern.shape) == ["/", "", "/"]
    assert bars.customdata[0] == "week of 2 Mar 2026 (5 of 7 days): 1.00 USD"
    assert chart.has_cut_bars
    assert chart.figure.layout.yaxis.rangemode == "tozero"
    assert (compared.line.dash, compared.line.color) == ("dash", theme.GREY)


def test_a_few_dates_stand_below_many_bars_and_each_year_once() -> None:
    dates = (date(2025, 11, 3), date(2026, 3, 29))
    view = a_view(Filters(RangeName.CUSTOM, dates, grain=Grain.WEEK))
    each: list[Value] = [1] * 21
    made = figures(view, "orders", 21, 1, each)
    axis = over_time(REGISTRY["orders"], made, view).figure.layout.xaxis
    assert list(axis.ticktext) == ["3 Nov<br>2025", "8 Dec", "12 Jan<br>2026", "16 Feb", "23 Mar"]


def test_a_rate_is_a_line_in_percent_with_a_gap_where_it_is_unknown() -> None:
    view = a_view()
    name = "refund_rate_value"
    chart = over_time(REGISTRY[name], figures(view, name, 0.5, 0.4, [0.5, None, 0.25]), view)
    line = chart.figure.data[0]
    assert line.type == "scatter"
    assert list(line.y) == [50.0, None, 25.0]
    assert not chart.has_cut_bars


def test_a_few_counted_things_have_no_halves_on_the_axis() -> None:
    view = a_view()
    few = over_time(REGISTRY["orders"], figures(view, "orders", 6, 3, [1, 3, 2]), view)
    assert few.figure.layout.yaxis.dtick == 1
    many = over_time(REGISTRY["orders"], figures(view, "orders", 60, 3, [10, 30, 20]), view)
    assert many.figure.layout.yaxis.dtick is None
    assert whole_ticks([1, 5]) == {"dtick": 1}
    assert whole_ticks([1, 6]) == {}


def test_one_bar_is_no_wall_and_what_it_is_compared_with_is_a_mark() -> None:
    day = date(2026, 3, 4)
    view = a_view(Filters(RangeName.CUSTOM, (day, day), grain=Grain.DAY))
    chart = over_time(REGISTRY["orders"], figures(view, "orders", 6, 3, [6]), view)
    bar, compared = chart.figure.data
    assert chart.figure.layout.bargap == 0.7
    assert (len(bar.x), compared.mode) == (1, "markers")


def test_the_sentence_says_metric_days_value_direction_and_peak() -> None:
    view = a_view()
    made = figures(view, "net_revenue", 600, 300, [100, 300, 200])
    assert over_time(REGISTRY["net_revenue"], made, view).alt == (
        "Net revenue by week, 4 Mar to 17 Mar 2026: 6.00 USD, up 100.0 %; "
        "highest in week of 9 Mar 2026."
    )


def test_the_sentence_of_an_unknown_series_has_a_dash() -> None:
    view = a_view(Filters(WEEKS.range_name, WEEKS.dates, Comparison.NONE, grain=Grain.WEEK))
    made = figures(view, "gross_margin", None, None, [None] * 3)
    assert over_time(REGISTRY["gross_margin"], made, view).alt == (
        "Gross margin by week, 4 Mar to 17 Mar 2026: –."
    )
