"""Demos for tests: a small one with both shops, and the one that the command makes by default."""

from __future__ import annotations

import pytest

from engine.demo.shop import Demo, DemoShop, generate
from engine.demo.sizes import make_plan


@pytest.fixture(scope="session")
def small_demo() -> Demo:
    """500 orders in Istanbul and 300 in New York, with every planted case."""
    return generate(make_plan(orders=500, shops=2))


@pytest.fixture(scope="session")
def default_demo() -> Demo:
    """What `python -m engine demo` makes."""
    return generate(make_plan())


@pytest.fixture(scope="session")
def default_shop(default_demo: Demo) -> DemoShop:
    """The shop of the default demo."""
    return default_demo.shops[0]


@pytest.fixture(params=[0, 1], ids=["Istanbul", "New York"])
def each_shop(request: pytest.FixtureRequest, small_demo: Demo) -> DemoShop:
    """Each shop of the small demo in turn."""
    return small_demo.shops[request.param]
