"""The single entries of the payment account: one row = one entry, and what became of it.

They are the rows that the statement counts and sums by type, so both come to the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.ledger.account import Account, minor_unit
from engine.ledger.fee_frames import Fate
from engine.local_time import LocalClock
from engine.money import Int64Array, round_div
from engine.periods import Period
from engine.sources.frames import BoolArray, EntryRows, Texts


def entries_frame(
    account: Account,
    rows: EntryRows,
    clock: LocalClock,
    period: Period,
    currency: str,
    kind: str | None = None,
) -> pd.DataFrame:
    """Return the entries of a range in one currency of the account, the newest first.

    rows: each with the order that it was found to be of. kind: a ledger type as received, None for
    all of them. Columns: entry_id, entered_at (local time), ledger_type ("" = none given),
    description, amount (Int64, minor units of the currency, positive to the seller), order_id (null
    = of no known order), fate (a Fate in lower case: where figures have it, or why none has).
    """
    chosen = (account.fates != Fate.AFTER_WATERMARK) & period.holds(clock.days(rows.seconds))
    chosen &= _is(rows.currency, currency)
    if kind is not None:
        chosen &= _is(rows.kind, kind)
    at = np.flatnonzero(chosen)
    at = at[np.lexsort((at, rows.seconds[at]))][::-1]
    order_id = pd.array(rows.order_id[at], dtype="Int64")
    order_id[rows.order_id[at] == 0] = pd.NA
    fates = np.array([fate.name.lower() for fate in Fate], dtype=object)
    return pd.DataFrame(
        {
            "entry_id": rows.entry_id[at],
            "entered_at": clock.local_seconds(rows.seconds[at]).astype("datetime64[s]"),
            "ledger_type": _texts(rows.kind, at).fillna(""),
            "description": _texts(rows.description, at),
            "amount": pd.array(round_div(rows.amount[at], minor_unit(rows, at)), dtype="Int64"),
            "order_id": order_id,
            "fate": pd.array(fates[account.fates[at]], dtype="string"),
        }
    )


def _is(texts: Texts, wanted: str) -> BoolArray:
    """Return which rows hold a text; those without one hold ""."""
    holds = np.array([*(value == wanted for value in texts.values), wanted == ""], np.bool_)
    return np.asarray(holds[texts.code])


def _texts(texts: Texts, at: Int64Array) -> pd.Series[str]:
    """Return the texts of some rows, null where there is none."""
    used, code = np.unique(texts.code[at], return_inverse=True)
    words = [None if number < 0 else texts.values[number] for number in used.tolist()]
    return pd.Series(np.array(words, dtype=object)[code.ravel()], dtype="string")
