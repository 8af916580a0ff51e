"""The predicted value of customers: the published CDNOW figures, the rules that say "unknown"."""

from __future__ import annotations

import csv
import importlib.metadata
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ConfigurationError
from engine.metrics import bg_nbd
from engine.metrics.bg_nbd import BgNbd, GammaGamma, Histories, fit_bg_nbd, fit_gamma_gamma
from engine.metrics.predicted_value import histories_of, predict_value
from engine.periods import day_number
from engine.sources.fee_schedule import FeeSchedule
from tests.shop_builder import Line, Order, a_shop, owner_files, snapshot_of, tables

needs_scipy = pytest.mark.skipif(
    find_spec("scipy") is None, reason="SciPy is an extra: pip install -r requirements-predict.txt"
)
needs_cdnow = pytest.mark.skipif(
    find_spec("lifetimes") is None, reason="the package lifetimes brings the CDNOW sample"
)
START = datetime(2024, 1, 1, 12, 0)


def cdnow(name: str) -> list[dict[str, str]]:
    """Rows of a sample; the files are read without importing the package, which is old."""
    (file,) = (f for f in importlib.metadata.files("lifetimes") or () if f.name == f"{name}.csv")
    text = Path(str(file.locate())).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def columns(rows, *names):
    return [np.array([float(row[name]) for row in rows]) for name in names]


@needs_scipy
@needs_cdnow
def test_the_cdnow_sample_gives_the_published_parameters():
    x, last, known = columns(cdnow("cdnow_customers_summary"), "frequency", "recency", "T")
    found = fit_bg_nbd(Histories(x, last, known, np.zeros(len(x))))
    assert len(x) == 2357
    assert found is not None
    published = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(found, name) == pytest.approx(getattr(published, name), rel=0.01), name
    # A customer with 2 repeat purchases, the last one after 30.43 weeks of 38.86, is expected to
    # make 1.226 in the next 39 weeks.
    one = Histories(*(np.array([value]) for value in (2.0, 30.43, 38.86, 0.0)))
    assert found.expected(one, 39)[0] == pytest.approx(1.226, rel=0.01)


@needs_scipy
@needs_cdnow
def test_the_cdnow_sample_gives_the_published_spending():
    rows = cdnow("cdnow_customers_summary_with_transactions")
    x, spent = columns(rows, "x", "zbar")
    found = fit_gamma_gamma(Histories(x, x, x, spent))
    assert found is not None
    for name, value in (("p", 6.25), ("q", 3.74), ("gamma", 15.45)):
        assert getattr(found, name) == pytest.approx(value, rel=0.01), name


def shop_of(purchases):
    """A shop without fees; each purchase is (customer, day, cents)."""
    orders = [
        Order(n, START + timedelta(days=int(day)), [Line(n, "A", 1, int(cents))], buyer=int(buyer))
        for n, (buyer, day, cents) in enumerate(purchases, 1)
    ]
    files = replace(owner_files(), fees=FeeSchedule((), "none"))
    return snapshot_of(tables(a_shop(), orders), files=files)


def random_shop(customers=400, days=700):
    """Customers who buy at their own pace and leave by chance."""
    draw = np.random.Generator(np.random.PCG64(3))
    purchases = []
    for buyer in range(1, customers + 1):
        day = int(draw.integers(0, days - 50))
        pace, leaves = draw.gamma(1.5) / 60 + 0.001, draw.beta(1, 4)
        scale = 1 / draw.gamma(4.0)
        while day < days:
            purchases.append((buyer, day, 100 + int(3000 * scale * draw.gamma(5.0))))
            if draw.random() < leaves:
                break
            day += 1 + int(draw.exponential(1 / pace))
    return shop_of([*purchases, (1, days, 1000)])


END = day_number(START.date()) + 700


def test_a_history_counts_days_and_leaves_out_the_first():
    shop = shop_of([(1, 0, 500), (1, 7, 1000), (1, 7, 1500), (1, 21, 100), (2, 14, 900)])
    histories, weeks = histories_of(shop, day_number(date(2024, 1, 29)))
    assert histories.repeats.tolist() == [2, 0]
    assert histories.last.tolist() == [3, 0]
    assert histories.observed.tolist() == [4, 2]
    assert histories.spent.tolist() == [1300, 0]  # 25.00 and 1.00 on two days
    assert weeks == 4


@needs_scipy
def test_equal_seeds_give_equal_answers_and_the_interval_holds_the_value():
    shop = random_shop()
    one, two = (predict_value(shop, END, seed=7, replicates=10) for _ in range(2))
    assert one == two
    assert one.reason == ""
    assert one.low <= one.value <= one.high
    assert one.value > 0
    assert predict_value(shop, END, seed=8, replicates=10).low != one.low


@needs_scipy
def test_it_predicts_what_was_bought():
    """Fitted on 500 days, it says what the customers of these buy in the next 200."""
    shop = random_shop(customers=1500)
    histories, _ = histories_of(shop, END - 200)
    model = fit_bg_nbd(histories)
    assert model is not None
    expected = float(model.expected(histories, 200 / 7).sum())
    later, _ = histories_of(shop, END)
    known = len(histories.repeats)
    bought = float(later.repeats.sum() - histories.repeats.sum())
    assert known > 900
    assert expected == pytest.approx(bought, rel=0.35)


@pytest.mark.parametrize(
    ("shop", "as_of", "reason"),
    [
        (shop_of([(n, day, 100) for n in range(1, 100) for day in (0, 400)]), END, "it takes 100"),
        (shop_of([(n, day, 100) for n in range(1, 120) for day in (0, 300)]), END, "it takes 52"),
        (shop_of([]), END, "it takes 100 repeat customers"),
    ],
)
def test_it_takes_100_repeat_customers_and_52_weeks(shop, as_of, reason):
    found = predict_value(shop, as_of, seed=1)
    assert found.value is found.low is found.high is None
    assert found.reason.startswith(reason)


@needs_scipy
def test_what_does_not_converge_has_no_value():
    # All buy again after a week and never leave: the chance of leaving has no maximum above 0.
    weekly = [(n, day, 100) for n in range(1, 121) for day in range(0, 400, 7)]
    found = predict_value(shop_of(weekly), day_number(START.date()) + 399, seed=1)
    assert found.value is None
    assert "does not converge" in found.reason


def test_without_scipy_it_says_what_to_install(monkeypatch):
    import builtins

    found = builtins.__import__

    def refuse(name, *rest, **more):
        if name.startswith("scipy"):
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    one = Histories(*(np.ones(1) for _ in range(4)))
    with pytest.raises(ConfigurationError, match="need SciPy") as caught:
        bg_nbd.fit_bg_nbd(one)
    assert "requirements-predict.txt" in caught.value.hint


def test_a_customer_without_repeats_spends_as_all_do():
    none = Histories(*(np.zeros(1) for _ in range(4)))
    assert GammaGamma(p=2.0, q=3.0, gamma=1000.0).expected(none)[0] == 1000.0
