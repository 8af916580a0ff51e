"""The glossary is the registry, and works without a database."""

from __future__ import annotations

import csv
import io

import pytest

from engine.dashboard.content import glossary
from engine.dashboard.pages import GLOSSARY
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
