"""The questions about customers that go beyond one period, for whoever holds a shop in memory."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date

import pandas as pd

from engine.metrics import customer_orders, customer_tables
from engine.metrics.compute import Snapshot
from engine.metrics.predicted_value import PredictedValue, predict_value
from engine.money import Int64Array
from engine.periods import day_number
from engine.sources.frames import Shop


class CustomerQuestions:
    """Answers from a snapshot; tables name the currency and its digits in their `attrs`."""

    @property
    @abstractmethod
    def shop(self) -> Shop:
        """The shop that is asked about."""

    @property
    @abstractmethod
    def _snapshot(self) -> Snapshot: ...

    def cohort_table(
        self, as_of: date | None = None, refund_dating: str = "refund_day"
    ) -> pd.DataFrame:
        """One row = customers by the month of their first order × months since then.

        as_of: the last day that counts, None for the newest. Money is Int64 minor units.
        """
        table = customer_tables.cohort_table(self._snapshot, self._day(as_of), refund_dating)
        return self._with_currency(table)

    def rfm_table(
        self, as_of: date | None = None, refund_dating: str = "refund_day"
    ) -> pd.DataFrame:
        """One row = one customer: recency, frequency, monetary value, their scores, the segment.

        contribution_profit is Int64 minor units.
        """
        table = customer_tables.rfm_table(self._snapshot, self._day(as_of), refund_dating)
        return self._with_currency(table)

    def rfm_segments(
        self, as_of: date | None = None, refund_dating: str = "refund_day"
    ) -> pd.DataFrame:
        """One row = one segment of `rfm_table`: its customers, their orders, sales and profit."""
        table = customer_tables.segment_table(self.rfm_table(as_of, refund_dating))
        return self._with_currency(table)

    def orders_of_segment(self, segment: str, as_of: date | None = None) -> Int64Array:
        """Return the ids of the orders that `rfm_segments` counts of a segment, ascending."""
        return customer_orders.orders_of_segment(self._snapshot, self._day(as_of), segment)

    def orders_of_cohort(self, month: date, as_of: date | None = None) -> Int64Array:
        """Return the ids of the orders of customers who bought first in a month, ascending."""
        return customer_orders.orders_of_cohort(self._snapshot, self._day(as_of), month)

    def customer_value_curve(
        self, as_of: date | None = None, refund_dating: str = "refund_day"
    ) -> pd.DataFrame:
        """One row = one day of the first year after the first order: what a customer had left."""
        curve = customer_tables.value_curve(self._snapshot, self._day(as_of), refund_dating)
        return self._with_currency(curve)

    def predict_customer_value(self, as_of: date | None = None, seed: int = 0) -> PredictedValue:
        """Predict what a customer leaves in the next 365 days, with an 80 % interval.

        Raises ConfigurationError if SciPy is not installed (requirements-predict.txt).
        """
        return predict_value(self._snapshot, self._day(as_of), seed)

    def _day(self, as_of: date | None) -> int:
        return self._snapshot.days_begun - 1 if as_of is None else day_number(as_of)

    def _with_currency(self, table: pd.DataFrame) -> pd.DataFrame:
        table.attrs = {"currency": self.shop.currency, "digits": self.shop.digits}
        return table
