"""The glossary is the registry, and works without a database."""

from __future__ import annotations

import csv
import io

import pytest

from engine.dashboard.content import glossary, glossary_entry
from engine.dashboard.filters import Filters
from engine.dashboard.pages import GLOSSARY
from engine.metrics.formats import text
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY


def test_every_metric_is_on_the_page(shop_app) -> None:
    at = shop_app(GLOSSARY)
    assert [entry.label for entry in at.expander] == [
        metric.label for metric in REGISTRY.metrics.values()
    ]
    assert at.title[0].value == "Glossary"


def test_the_chapter_is_in_the_address(shop_app) -> None:
    at = shop_app(GLOSSARY, chapter="Profit")
    labels = {m.label for m in REGISTRY.metrics.values() if m.family.value == "Profit"}
    assert {entry.label for entry in at.expander} == labels


@pytest.mark.parametrize(("words", "level"), [("Listing", "listing"), ("SKU", "product")])
def test_only_what_exists_for_a_level_can_be_listed(words: str, level: str, shop_app) -> None:
    at = shop_app(GLOSSARY, **{"exists for": words})
    assert {one.label for one in at.expander} == {m.label for m in REGISTRY.at_level(Level(level))}


@pytest.mark.parametrize("asked", ["contribution_profit", "contribution_margin_3"])
def test_a_metric_in_the_address_stands_alone_with_its_value_and_where_it_is_used(
    asked: str, shop_app, analytics, view_of
) -> None:
    metric = REGISTRY[REGISTRY.synonyms.get(asked, asked)]
    at = shop_app()
    at.query_params["metric"] = asked
    at.switch_page(str(GLOSSARY)).run()
    assert not at.exception
    assert not at.expander
    assert metric.label in [one.value for one in at.header]
    period = view_of(Filters()).period
    (answer,) = analytics.calculate_metrics_batch([period], level="shop", metrics=[metric.name])[
        metric.name
    ]
    shown = text(metric.unit, answer, "USD")
    assert at.metric[0].value.removeprefix("≤ ") == shown
    said = next(one.value for one in at.markdown if "| Source columns |" in one.value)
    assert "`net_profit`" in said or "`profit_after_ads`" in said
    links = [link.proto.page for link in at.get("page_link")]
    assert {"", "listings", "profit_bridge"} <= {link.rpartition("/")[2] for link in links}


def test_what_a_metric_is_made_of_goes_down_to_its_columns() -> None:
    assert glossary_entry.sources_of("gross_margin")[:2] == ["l.value", "l.discount"]
    assert all("." in one or one == "elapsed_days" for one in glossary_entry.sources_of("roas"))


@pytest.mark.parametrize("words", ["gross profit", "gross_profit", "contribution_margin_1"])
def test_a_metric_is_found_by_label_name_and_other_words(words: str) -> None:
    assert "gross_profit" in [m.name for m in glossary.matching(words, glossary.ALL_CHAPTERS)]


def test_a_misspelled_name_gets_a_hint(shop_app) -> None:
    at = shop_app(GLOSSARY)
    at.text_input(key="search-glossary").set_value("net revenu x").run()
    assert not at.expander
    assert "net_revenue" in at.info[0].value


def test_the_registry_file_holds_every_metric_with_its_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(glossary.registry_file().decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == list(REGISTRY.metrics)
    by_name = {row["name"]: row for row in rows}
    assert by_name["gross_profit"]["formula"] == "net_revenue − cogs"
    assert all(row["description"] for row in rows)


def test_the_glossary_opens_before_there_is_a_shop(point_at, database_url, open_app) -> None:
    point_at(database_url)
    at = open_app(GLOSSARY)
    assert len(at.expander) == len(REGISTRY.metrics)
