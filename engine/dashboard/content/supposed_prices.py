"""Carrier price files that the reader of What-if brings along, in memory and nowhere else.

An upload lasts as long as its page is open. It is no part of the address: a link says everything
that is supposed but this.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.wording import escape
from engine.errors import InputFileError
from engine.sources.csv_folder import SUFFIXES
from engine.sources.findings import SHOWN, Findings, Level
from engine.sources.other_prices import OtherPrices

_FORGOTTEN = "price files forgotten"  # of the session: how often; an uploader empties by a new key
_MOST_MEGABYTES = 5


def upload() -> list[UploadedFile]:
    """Draw the field for files, and return those that are in it."""
    return st.file_uploader(
        "Carrier price files",
        type=list(SUFFIXES),
        accept_multiple_files=True,
        key=_key(),
        max_upload_size=_MOST_MEGABYTES,
        help="Like fedex_prices.csv, and for parcels to the US like us_duties.csv, of which only "
        "the carrier's prices count. Each takes the place of yours on every day of the range.",
    )


def has_any() -> bool:
    """Whether files are in the field."""
    return bool(st.session_state.get(_key()))


def read(
    analytics: EcommerceAnalyticsOptimized, files: Sequence[UploadedFile]
) -> OtherPrices | None:
    """Read the files, and say what was not understood; raises InputFileError for a refused one."""
    if not files:
        return None
    prices, findings = analytics.read_prices([(file.name, file.getvalue()) for file in files])
    _say(findings)
    st.caption(
        "The files come first, then the change of carrier prices in per cent. They stay in memory "
        "while this page is open, and a link to it does not hold them: send them along."
    )
    return prices


def refuse(error: InputFileError) -> None:
    """Say why a file is refused."""
    st.error(
        f"{escape(error.message)}. Nothing is worked out until the file is mended or taken away.",
        title="A price file can't be used",
    )


def forget() -> None:
    """Empty the field; for the callback of a button."""
    st.session_state[_FORGOTTEN] = st.session_state.get(_FORGOTTEN, 0) + 1


def _key() -> str:
    return f"price files {st.session_state.get(_FORGOTTEN, 0)}"


def _say(findings: Findings) -> None:
    """Say what is not used, and what is read with an assumption."""
    told = [one for one in findings if one.level is not Level.INFO]
    if not told:
        return
    lines = [f"- {escape(str(one))}" for one in told[:SHOWN]]
    if len(told) > SHOWN:
        lines.append(f"- and {len(told) - SHOWN:,} more")
    st.warning("\n".join(lines), title="Read with doubts")
