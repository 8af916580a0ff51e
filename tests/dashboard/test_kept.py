"""What a loaded shop answers is worked out once for its arguments and a version of its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import pages
from engine.dashboard.kept import kept


@dataclass
class Shop:
    """Counts what it is asked."""

    version: str
    shop: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(shop_id=1))
    asked: list[tuple[int, str]] = field(default_factory=list)

    def answer(self, number: int, *, word: str = "") -> list[tuple[int, str]]:
        self.asked.append((number, word))
        return [(number, word)]

    def other(self, number: int, *, word: str = "") -> list[tuple[int, str]]:
        return self.answer(number, word=f"other {word}")


def test_the_same_question_is_asked_once() -> None:
    shop = Shop("of one question")
    assert kept(shop.answer, 1, word="a") is kept(shop.answer, 1, word="a")
    assert shop.asked == [(1, "a")]


def test_another_argument_method_version_or_shop_is_another_question() -> None:
    shop, newer = Shop("of many questions"), Shop("of many questions, newer")
    second = Shop("of many questions", SimpleNamespace(shop_id=2))
    assert kept(shop.answer, 1) == [(1, "")]
    assert kept(shop.answer, 2) == [(2, "")]
    assert kept(shop.answer, 1, word="a") == [(1, "a")]
    assert kept(shop.other, 1) == [(1, "other ")]
    assert kept(newer.answer, 1) == kept(second.answer, 1) == [(1, "")]
    assert newer.asked == second.asked == [(1, "")]


@pytest.mark.parametrize(
    ("tab", "control", "asked"),
    [("Cohorts", "cohort", "cohort_table"), ("RFM", "grain", "rfm_segments")],
)
def test_a_control_that_an_answer_does_not_depend_on_asks_nothing(
    tab: str, control: str, asked: str, shop_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = shop_app(pages.CUSTOMERS, customers=tab)
    assert at.dataframe, "the tab shows its table"

    def asks(*_: object, **__: object) -> None:
        raise AssertionError(f"{asked} was asked again")

    asks.__name__ = asked  # an answer is kept under the name of its method
    monkeypatch.setattr(EcommerceAnalyticsOptimized, asked, asks)
    chosen = at.get_by_key(control)
    chosen.set_value(chosen.options[-1]).run()
    assert not at.exception
    assert at.dataframe
