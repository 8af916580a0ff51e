"""The Overview's list of what to mend first: kinds of findings, the most sales at stake first.

One row = one kind, told by its gravest finding. What is only told so that it can be known asks for
nothing, and is left to Data health.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.ledger.health.codes import HealthFinding, meaning_of
from engine.metrics.model import Unit
from engine.sources.findings import Level

MOST = 5
# Where a kind of finding is mended, if not in a file that Data health names.
_ACCOUNT = ("FEE_UNKNOWN", "LEDGER_GAP", "ENTRY_NOT_BOOKED", "LEDGER_TYPE_UNKNOWN")
_MISSING = {"COST_MISSING": "Missing costs"}  # its tab on Data health


Kind = tuple[HealthFinding, int]  # the gravest finding of a kind, and how many there are


def draw(run: PageRun) -> None:
    """Draw the list; nothing to do is said as well."""
    found = most_urgent(run.analytics.health_findings)
    st.subheader("To do")
    if not found:
        st.caption("Nothing to mend: no finding of Data health leaves a figure open.")
        return
    tables.draw(to_do_table(found), run.currency, ids=[one for one, _ in found], opens=_open)
    st.caption(
        "What Data health has found, by the sales at stake over all time; Open leads to where it "
        "is mended."
    )


def most_urgent(findings: Sequence[HealthFinding]) -> list[Kind]:
    """Return the first finding of each kind, in the order given, and how many there are of it."""
    kinds: dict[str, Kind] = {}
    for one in findings:
        if one.level is not Level.INFO:
            first, count = kinds.get(one.code, (one, 0))
            kinds[one.code] = first, count + 1
    return list(kinds.values())[:MOST]


def to_do_table(found: Sequence[Kind]) -> Table:
    """Return one row a kind of finding."""
    headings = (
        Heading("what", "What was found"),
        Heading("sales_at_stake", "Sales at stake", Unit.MONEY, "Of the gravest finding."),
        Heading("findings", "Findings", Unit.COUNT),
        Heading("remedy", "What to do, or what is done meanwhile"),
        Heading("place", "Table or file"),
    )
    rows = tuple(
        (
            _sentence(meaning_of(one.code)),
            one.sales_at_stake,
            count,
            _sentence(one.remedy),
            one.place,
        )
        for one, count in found
    )
    return Table("to do", headings, rows, f"{len(rows)} things to mend")


def way_to(one: HealthFinding) -> tuple[Path, dict[str, str]]:
    """Return the page where a finding is mended, and what of it to open."""
    if one.code in _ACCOUNT:
        return pages.FEES, {}
    if one.code in _MISSING:
        return pages.DATA_HEALTH, {"health": _MISSING[one.code]}
    if one.order_id is not None and not one.place.endswith(".csv"):
        return pages.ORDERS, {"order": str(one.order_id)}
    return pages.DATA_HEALTH, {}


def _open(one: HealthFinding) -> None:
    drill.leave_for(*way_to(one))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
