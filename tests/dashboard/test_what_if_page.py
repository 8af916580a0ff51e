"""What-if is read like a person reads it, and held against the engine's own answers."""

from __future__ import annotations

import pytest

from engine.dashboard import freshness, pages
from engine.dashboard.content.supposed import EXAMPLES, FIELDS, words_of
from engine.dashboard.content.what_if import CARDS
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
        assert round(before[f"= {REGISTRY[name].label}"] * 100) == batch[name]
    moved = answer.total("net_profit", is_after=True) - batch["net_profit"]
    said = f"{REGISTRY['net_profit'].label}: {format_money(int(moved), 'USD', sign=True)}"
    assert said in [heading.value for heading in at.subheader]
    sizes = [abs(change) for change in skus["change"]]
    assert sizes == sorted(sizes, reverse=True) != []
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
    assert any(f"**{said} a unit**" in one.value for one in at.markdown)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_field_makes_its_change_and_says_it(field, analytics, period) -> None:
    changes = Changes(**{field.change: 12_500})
    assert words_of(changes, "USD").lower() == f"{field.label.lower()} +1.25 {field.unit}"
    before, after = analytics.what_if(period, Changes()), analytics.what_if(period, changes)
    assert before.before == before.after == after.before
    moves = field.key not in ("offsite",) or after.bars["offsite_ads_fees"]
    assert (after.before != after.after) == bool(moves)
