from __future__ import annotations

import inspect
import re

import pytest

from engine import errors
from engine.errors import (
    EXIT_CODES,
    EngineError,
    LevelError,
    UnknownEntityError,
    UnknownMetricError,
    did_you_mean,
)


def classes() -> dict[str, type[EngineError]]:
    members = inspect.getmembers(errors, inspect.isclass)
    return {name: kind for name, kind in members if issubclass(kind, EngineError)}


def drawn_tree() -> dict[str, tuple[str | None, int | None]]:
    """Each class of the drawing in the module's text: its parent and the code beside it."""
    assert errors.__doc__ is not None
    tree: dict[str, tuple[str | None, int | None]] = {}
    above: dict[int, str] = {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"^(?P<branch>[ │├└─]*)(?P<name>\w+Error)\b\s*(?P<code>\d+)?", line)
        if found is None:
            continue
        depth = len(found["branch"])
        parents = [name for place, name in above.items() if place < depth]
        tree[found["name"]] = (
            parents[-1] if parents else None,
            found["code"] and int(found["code"]),
        )
        above = {place: name for place, name in above.items() if place < depth}
        above[depth] = found["name"]
    return tree


def test_the_drawing_shows_every_error_under_its_parent() -> None:
    drawn = {name: parent for name, (parent, _) in drawn_tree().items()}
    real = {
        name: None if kind is EngineError else kind.__base__.__name__
        for name, kind in classes().items()
    }
    assert drawn == real


def test_the_drawing_shows_the_exit_code_of_each_family() -> None:
    drawn = {name: code for name, (_, code) in drawn_tree().items() if code is not None}
    own = {
        name: kind.exit_code
        for name, kind in classes().items()
        if "exit_code" in vars(kind) and kind is not EngineError
    }
    assert drawn == own


def test_every_exit_code_of_an_error_is_explained() -> None:
    assert {kind.exit_code for kind in classes().values()} <= set(EXIT_CODES)


def test_the_next_step_follows_on_a_line_of_its_own() -> None:
    assert str(EngineError("It failed.", hint="Try this.")) == "It failed.\nTry this."
    assert str(EngineError("It failed.")) == "It failed."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("net_sale", "Did you mean net_sales?"),
        ("order_count", "Did you mean orders_count?"),
        ("xyz", ""),
    ],
)
def test_near_names_are_offered_and_far_ones_are_not(name: str, hint: str) -> None:
    assert did_you_mean(name, ["orders_count", "net_sales", "refunds"]) == hint


def test_an_unknown_metric_names_the_nearest_or_says_where_all_are() -> None:
    near = UnknownMetricError.from_name("net_sale", iter(["net_sales"]))
    assert str(near) == "There is no metric 'net_sale'.\nDid you mean net_sales?"
    far = UnknownMetricError.from_name("xyz", iter(["net_sales", "orders"]))
    assert far.hint == "There are 2 metrics, see docs/metrics.md."


def test_a_metric_at_a_wrong_level_names_the_right_ones() -> None:
    error = LevelError.from_metric("visits", "sku", ["shop", "listing"])
    assert error.message == "The metric 'visits' does not exist at level 'sku'."
    assert error.hint == "It exists at: shop, listing."


def test_an_unknown_entity_names_the_nearest() -> None:
    error = UnknownEntityError.from_entity("sku", "MUG-2", ["MUG-1", "HAT"])
    assert str(error) == "The shop has no sku 'MUG-2'.\nDid you mean MUG-1?"
