"""What-if is read like a person reads it, and held against the engine's own answers."""

from __future__ import annotations

import pytest

from engine.dashboard import freshness, pages
from engine.dashboard.content.supposed_fields import BASES, DUTY_BASE, EXAMPLES, FIELDS, words_of
from engine.dashboard.content.what_if import waiting_words
from engine.dashboard.content.what_if_tables import CARDS, parts_table, sheet_of
from engine.dashboard.filters import Filters
from engine.dashboard.wording import escape
from engine.ledger.changed_inputs import Changes
from engine.metrics.formats import text
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import Scope
from engine.money import format_money
from engine.ranges import RangeName

CHANGES = Changes(price=50_000, units=-30_000)


def submit(at, **values: float):
    """Fill the form in and run it."""
    for key, value in values.items():
        at.number_input(key=key).set_value(value)
    (run,) = [button for button in at.button if button.label == "Run"]
    run.click().run()
    assert not at.exception
    return at


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


def test_nothing_is_answered_before_anything_is_supposed(shop_app) -> None:
    at = shop_app(pages.WHAT_IF, range="12 months")
    assert at.info[0].value.startswith("Change a number and press Run")
    assert at.session_state[freshness._ASKS], "newer data are offered, not brought"
    assert not at.metric
    (example,) = [button for button in at.button if button.label == EXAMPLES[1][0]]
    example.click().run()
    assert not at.exception
    assert at.number_input(key="carrier").value == 10.0
    assert [card.label for card in at.metric] == [REGISTRY[name].label for name in CARDS]
    (clear,) = [button for button in at.button if button.label == "Clear"]
    clear.click().run()
    assert not at.metric


def test_cards_bridge_and_tables_say_what_the_engine_answers(shop_app, analytics, period) -> None:
    at = submit(shop_app(pages.WHAT_IF, range="12 months"), price=5.0, units=-3.0)
    answer = analytics.what_if(period, CHANGES)
    wanted = {name: answer.total(name, is_after=True) for name in CARDS if name[-6:] != "margin"}
    wanted["contribution_margin"] = answer.margin(is_after=True)
    ends = {"contribution_profit", "contribution_margin", "net_profit"}  # a few costs are missing
    for card, name in zip(at.metric, CARDS, strict=True):
        shown = text(REGISTRY[name].unit, wanted[name], "USD")
        assert card.value == (f"≤ {shown}" if name in ends else shown), name
    batch = analytics.calculate_metrics_batch([period], level="shop", metrics=CARDS).iloc[0]
    parts, skus = (table.value for table in at.dataframe)
    before = dict(zip(parts["part"], parts["before"], strict=True))
    for name in ("net_revenue", "contribution_profit", "net_profit"):
        label = f"= {REGISTRY[name].label}{', at most' if name in ends else ''}"
        assert round(before[label] * 100) == batch[name]
    moved = answer.total("net_profit", is_after=True) - batch["net_profit"]
    said = f"{REGISTRY['net_profit'].label}: {format_money(int(moved), 'USD', sign=True)}"
    assert said in [heading.value for heading in at.subheader]
    turn = {*answer.turned[0], *answer.turned[1]}
    order = [
        (sku not in turn, -abs(by)) for sku, by in zip(skus["sku"], skus["change"], strict=True)
    ]
    assert order == sorted(order) != []
    assert not order[0][0], "one SKU turns, and it comes first"
    change = answer.by_sku_after - answer.by_sku
    assert round(sum(skus["change"]) * 100) == change.sum()


@pytest.mark.parametrize("whose", ["country", "listing", "sku"])
def test_a_scope_stands_in_the_address(whose: str, shop_app, analytics, period) -> None:
    sku = analytics.calculate_metrics_batch([period], level="product", metrics=["orders"])
    listing = analytics.calculate_metrics_batch([period], level="listing", metrics=["orders"])
    chosen = {
        "country": "DE",
        "listing": int(listing["entity_id"].iloc[0]),
        "sku": str(sku["entity_id"].iloc[0]),
    }[whose]
    at = shop_app(range="12 months")
    at.query_params["whose"], at.query_params[whose] = whose, str(chosen)
    at.switch_page(str(pages.WHAT_IF)).run()
    submit(at, cost=10.0)
    answer = analytics.what_if(period, Changes(unit_cost=100_000), Scope(**{whose: chosen}))
    net = text(REGISTRY["net_profit"].unit, answer.total("net_profit", is_after=True), "USD")
    assert at.metric[-1].value == f"≤ {net}"


def test_a_sku_has_its_break_even_price_and_can_be_given_a_price(
    shop_app, analytics, period
) -> None:
    sold = analytics.calculate_metrics_batch([period], level="product", metrics=["units_sold"])
    sku = sold.sort_values("units_sold")["entity_id"].iloc[-1]
    at = shop_app(range="12 months")
    at.query_params["whose"], at.query_params["sku"] = "sku", sku
    at.switch_page(str(pages.WHAT_IF)).run()
    price = analytics.break_even(sku, period).price
    said = text(Unit.MONEY, price, "USD")
    ends = analytics.calculate_metrics_batch([period], level="product", entities=[sku]).iloc[0]
    lacks_costs = ends["contribution_profit"] != ends["contribution_profit_low"]
    mark = "≥ " if lacks_costs else ""
    assert any(f"of {escape(sku)}: {mark}{said} a unit." in one.value for one in at.markdown)
    submit(at, **{"unit price": price / 100})
    skus = at.dataframe[-1].value.set_index("sku")
    assert 0 <= skus.loc[sku, "after"] < 1
    answer = analytics.what_if(period, Changes(unit_price=price), Scope(sku=sku))
    assert round(skus.loc[sku, "after"] * 100) == answer.by_sku_after[answer.skus.index(sku)]
    assert any(f"**{escape(said)} a unit**" in one.value for one in at.markdown)


def test_who_waits_reads_how_many_come_first() -> None:
    assert waiting_words(0) == "The orders of the range are being worked out again …"
    assert waiting_words(1) == "One other question comes first …"
    assert waiting_words(3) == "3 other questions come first …"


PRICES = ("next.csv", b"weight;Zone 1;Zone 2\n0.5;5.00;6.00\n30;6.00;7.00\n", "text/csv")


def with_files(at, *files: tuple[str, bytes, str], **values: float):
    """Upload price files beside what the form says, and run it."""
    (field,) = at.file_uploader
    field.set_value(list(files))
    return submit(at, **values)


def test_a_price_file_is_supposed_and_the_change_in_per_cent_comes_after_it(
    shop_app, analytics, period
) -> None:
    at = with_files(shop_app(pages.WHAT_IF, range="12 months"), PRICES, carrier=10.0)
    prices, _ = analytics.read_prices([PRICES[:2]])
    changes = Changes(prices=prices, carrier_price=100_000)
    answer = analytics.what_if(period, changes)
    assert (
        answer.bars["postage"] != analytics.what_if(period, Changes(prices=prices)).bars["postage"]
    )
    net = text(REGISTRY["net_profit"].unit, answer.total("net_profit", is_after=True), "USD")
    assert at.metric[-1].value == f"≤ {net}"
    words = "Carrier prices of next.csv and carrier prices +10 %"
    assert any(escape(words) in one.value for one in at.markdown)
    said = [one.value for one in at.caption]
    assert any(one.startswith("The files come first, then the change") for one in said)
    assert any("a link to it does not hold them" in one for one in said)
    sheet = sheet_of("USD", answer, parts_table(answer, ()))
    assert sheet.rows[-1] == (f"supposed: {words}", None, None, None)
    (clear,) = [button for button in at.button if button.label == "Clear"]
    clear.click().run()
    assert not at.file_uploader[0].value
    assert not at.metric


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"weight;Zone 1\n0.5;free\n", "next.csv: has no weight with a price that can be read"),
        (
            b"name;amount\nx;1\n",
            "next.csv: has no header row that fits among its first rows; found: name, amount",
        ),
    ],
    ids=["no price", "no header"],
)
def test_a_price_file_that_is_refused_says_why_and_nothing_is_worked_out(
    content: bytes, said: str, shop_app
) -> None:
    at = with_files(shop_app(pages.WHAT_IF), ("next.csv", content, "text/csv"), price=5.0)
    (error,) = at.error
    assert escape(said) in error.value
    assert not at.metric
    assert "Explain a number" in [box.label for box in at.selectbox], "the frame stays"


def test_a_cell_that_is_no_price_is_said_and_the_rest_is_used(shop_app) -> None:
    broken = (PRICES[0], PRICES[1].replace(b"5.00", b"five"), PRICES[2])
    at = with_files(shop_app(pages.WHAT_IF), broken)
    (warning,) = at.warning
    assert escape('next.csv: row 2, column "Zone 1": value "five" is not a number') in warning.value
    assert at.metric


@pytest.mark.parametrize(
    ("asked", "is_open"),
    [({}, False), ({"price": "5.0"}, False), ({"duty": "1.0"}, True), ({DUTY_BASE: "x"}, True)],
    ids=["nothing", "price", "duty", "duty base"],
)
def test_what_a_link_supposes_is_never_folded_away(
    asked: dict[str, str], is_open: bool, shop_app
) -> None:
    (aside,) = shop_app(pages.WHAT_IF, **asked).expander
    assert aside.proto.expanded is is_open


@pytest.mark.parametrize("words", [words for words, base in BASES.items() if base is not None])
def test_what_duty_is_on_can_be_supposed(words: str, shop_app, analytics, period) -> None:
    at = shop_app(pages.WHAT_IF, range="12 months")
    at.selectbox(key=DUTY_BASE).set_value(words)
    submit(at)
    changes = Changes(duty_base=BASES[words])
    net = analytics.what_if(period, changes).total("net_profit", is_after=True)
    assert at.metric[-1].value == f"≤ {text(Unit.MONEY, net, 'USD')}"
    assert words_of(changes, "USD") == f"Duty on the {words.lower()}"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_field_makes_its_change_and_says_it(field, analytics, period) -> None:
    changes = Changes(**{field.change: 12_500})
    assert words_of(changes, "USD").lower() == f"{field.label.lower()} +1.25 {field.unit}"
    before, after = analytics.what_if(period, Changes()), analytics.what_if(period, changes)
    assert before.before == before.after == after.before
    moves = field.key not in ("offsite",) or after.bars["offsite_ads_fees"]
    assert (after.before != after.after) == bool(moves)
