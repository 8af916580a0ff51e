"""A table that states a thing twice: the lowest row counts, cell by cell, and both are named."""

import numpy as np

from engine.sources.duplicate_rows import Settled, settle_rows
from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN, NumberKind, OwnerRows
from engine.sources.records import Layout
from engine.sources.text_files import read_text

LAYOUT = Layout("goods", {"sku": (), "weight": (), "note": ()}, required=(("sku",),))
WEIGHT = NumberKind(0, "a weight", 100)


def settle(text: str, findings: Findings) -> Settled:
    rows = OwnerRows(read_text(text.encode(), "goods.csv", (LAYOUT,), findings), findings)
    weight = rows.integers("weight", WEIGHT)
    rows.used &= np.array([cell != "rejected" for cell in rows.texts("note")], np.bool_)
    note = np.array(rows.texts("note"), object)
    return settle_rows(rows, rows.texts("sku"), {"weight": weight, "note": note}, same="SKU")


def test_rows_without_duplicates_come_back_as_they_are() -> None:
    findings = Findings()
    settled = settle("sku,weight,note\nB,2,b\nA,1,a\n", findings)
    assert settled.row.tolist() == [0, 1]
    assert settled.values["weight"].tolist() == [2, 1]
    assert len(findings) == 0


def test_the_lowest_row_wins_and_the_others_are_named() -> None:
    findings = Findings()
    settled = settle("sku,weight,note\nA,1,a\nB,5,b\nA,2,a\nA,3,a\n", findings)
    assert settled.row.tolist() == [3, 1]
    assert settled.values["weight"].tolist() == [3, 5]
    assert [str(finding) for finding in findings] == [
        'goods.csv: row 2, column "weight": value "1" is not the 3 that row 5 gives the same SKU; '
        "expected one row for each SKU; row 5 is used",
        'goods.csv: row 4, column "weight": value "2" is not the 3 that row 5 gives the same SKU; '
        "expected one row for each SKU; row 5 is used",
    ]


def test_a_cell_that_holds_nothing_leaves_the_answer_to_the_row_above() -> None:
    findings = Findings()
    settled = settle("sku,weight,note\nA,1,\nA,,said\nB,,\nB,,\n", findings)
    assert settled.row.tolist() == [1, 3]
    assert settled.values["weight"].tolist() == [1, UNKNOWN]
    assert settled.source["weight"].tolist() == [0, 3]
    assert settled.values["note"].tolist() == ["said", ""]
    assert len(findings) == 0


def test_rejected_rows_have_no_say() -> None:
    findings = Findings()
    settled = settle("sku,weight,note\nA,1,\nA,2,rejected\nC,9,rejected\n", findings)
    assert settled.values["weight"].tolist() == [1]
    assert len(findings) == 0


def test_no_rows_at_all() -> None:
    settled = settle("sku,weight\n", Findings())
    assert settled.row.tolist() == []
    assert settled.values["weight"].tolist() == []
