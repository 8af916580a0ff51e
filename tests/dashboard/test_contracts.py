"""What no page may do, read from the source of the dashboard."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.dashboard.bridge import METRICS
from engine.dashboard.metric_names import at_level
from engine.errors import LevelError, UnknownMetricError
from engine.metrics.model import LISTING, PRODUCT, SHOP
from engine.metrics.registry import REGISTRY
from engine.settings import PROJECT_FOLDER

FOLDER = PROJECT_FOLDER / "engine" / "dashboard"
MODULES = sorted(FOLDER.rglob("*.py"))
# Where metric names stand; everything else takes them from here.
NAMING = {"questions.py", "bridge.py", "news.py"}
PARTS_OF_PAGES = FOLDER / "content"
SUMMING = {"groupby", "agg", "aggregate", "sum", "cumsum", "mean", "median", "pivot_table", "merge"}


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def texts(path: Path) -> set[str]:
    found = (node.value for node in nodes(path) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str)}


def test_metric_names_stand_in_one_place_and_all_of_them_exist() -> None:
    for path in MODULES:
        named = {word for word in texts(path) if "_" in word and word in REGISTRY.metrics}
        allowed = path.name in NAMING or path.parent == PARTS_OF_PAGES
        assert not named or allowed, f"{path.name} names {sorted(named)}"
    assert set(METRICS) <= set(REGISTRY.metrics)


def test_every_name_that_is_asked_for_is_declared_at_its_level() -> None:
    levels = {"SHOP": SHOP, "LISTING": LISTING, "PRODUCT": PRODUCT}
    checked = 0
    for path in MODULES:
        for node in nodes(path):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "at_level":
                continue
            level = levels[getattr(node.args[0], "id", "")]
            for given in node.args[1:]:
                if isinstance(given, ast.Constant):
                    assert level in REGISTRY[str(given.value)].levels, given.value
                    checked += 1
    assert checked > 30


def test_a_wrong_name_fails_where_it_is_written() -> None:
    with pytest.raises(UnknownMetricError, match="net_revenue"):
        at_level(SHOP, "net_revenu")
    with pytest.raises(LevelError, match="shop"):
        at_level(PRODUCT, "days_between_customer_orders")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_page_groups_rows_or_adds_them_up(path: Path) -> None:
    called = {
        node.func.attr
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & SUMMING


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_page_speaks_to_the_database_itself(path: Path) -> None:
    assert not [text for text in texts(path) if text.lstrip().upper().startswith("SELECT ")]
    assert not [text for text in texts(path) if text.endswith("_reports")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_style_sheet_and_no_html_of_our_own(path: Path) -> None:
    source = path.read_text("utf-8")
    assert "unsafe_allow_html" not in source
    assert "st.html" not in source


def test_every_chart_and_table_has_its_words_for_those_who_do_not_see_it() -> None:
    drawn = {"plotly_chart", "dataframe", "table"}
    found = 0
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in drawn:
                assert "alt" in {keyword.arg for keyword in node.keywords}, path.name
                found += 1
    assert found >= 4


def test_every_view_is_a_page_and_every_page_a_view() -> None:
    listed = (FOLDER / "pages.py").read_text("utf-8")
    for path in (FOLDER / "views").glob("*.py"):
        assert f'"{path.name}"' in listed
