"""The questions about the payment account, for whoever holds a shop in memory."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date

import pandas as pd

from engine.ledger.account import Account
from engine.ledger.evidence import Evidence
from engine.ledger.fee_frames import Backtest
from engine.local_time import LocalClock
from engine.metrics import account_statement
from engine.metrics.account_entries import entries_frame
from engine.metrics.account_statement import BookedRow, Deposit, Drift, Shift, Statement
from engine.periods import Period


class AccountQuestions:
    """Answers from the account as it was read."""

    @property
    @abstractmethod
    def _account(self) -> Account: ...

    @property
    @abstractmethod
    def _backtest(self) -> tuple[Backtest, ...]: ...

    @property
    @abstractmethod
    def _evidence(self) -> Evidence: ...

    @property
    @abstractmethod
    def clock(self) -> LocalClock:
        """The shop's wall clock."""

    @property
    def account_days(self) -> tuple[date, date] | None:
        """The days of the account's first and last entry, None for a shop without one."""
        return account_statement.days_of(self._account)

    def account_statements(self, period: Period) -> tuple[Statement, ...]:
        """What the account held before and after the range, and each ledger type between.

        One statement a currency; none for a shop without a payment account.
        """
        return account_statement.statements(self._account, period)

    def account_entries(
        self, period: Period, currency: str, kind: str | None = None
    ) -> pd.DataFrame:
        """List the entries behind a statement, or behind one ledger type of it, the newest first.

        Their amounts sum to the statement's; columns as in `engine.metrics.account_entries`.
        """
        rows = self._evidence.tables.entries
        return entries_frame(self._account, rows, self.clock, period, currency, kind)

    def account_booked(
        self, period: Period, refund_dating: str = "refund_day"
    ) -> tuple[BookedRow, ...]:
        """From what the account charged in the range to what its figures hold, a row a cost."""
        return account_statement.booked_rows(self._account, period, refund_dating)

    def account_deposits(self, period: Period) -> tuple[Deposit, ...]:
        """Payouts to the bank in the range, the newest first."""
        return account_statement.deposits(self._account, period)

    def fee_drift(self, period: Period) -> tuple[Drift, ...]:
        """What estimates would have said of measured orders, a row a kind of fee and month."""
        return account_statement.drift(self._backtest, period)

    def fee_shifts(self) -> tuple[Shift, ...]:
        """Kinds of fees that have been off the estimate for months, up to the newest one."""
        return account_statement.lasting_shifts(self._backtest)
