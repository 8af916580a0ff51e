"""The questions about stock that no metric answers, for whoever holds a shop in memory."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date

import pandas as pd

from engine.metrics import stock_list
from engine.metrics.compute import Snapshot
from engine.periods import day_number


class StockQuestions:
    """Answers from a snapshot; stock is known of days on which it was looked at, and a week on."""

    @property
    @abstractmethod
    def _snapshot(self) -> Snapshot: ...

    def stock_table(self, as_of: date | None = None) -> pd.DataFrame:
        """One row = one SKU whose stock is known: pace, forecast, when to order, what lies dead.

        as_of: the end of which day, None for the newest. A day of which nothing is known has no
        row. Columns as in `engine.metrics.stock_list.stock_table`.
        """
        return stock_list.stock_table(self._snapshot, self._stock_day(as_of))

    def stock_ages(self, as_of: date | None = None) -> pd.DataFrame:
        """One row = the stock whose last sale is so long ago; the rows add up to the shop's."""
        return stock_list.age_table(self._snapshot, self._stock_day(as_of))

    @property
    def first_stock_day(self) -> date | None:
        """The first day of which any stock is known, None if none ever was."""
        return stock_list.first_look(self._snapshot)

    def _stock_day(self, as_of: date | None) -> int:
        return self._snapshot.days_begun - 1 if as_of is None else day_number(as_of)
